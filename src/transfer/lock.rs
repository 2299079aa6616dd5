//! A lock that stays open when a thread panics behind it.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Waits for the lock. What is behind it are caches and files, of use however they were left.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
