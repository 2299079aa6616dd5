//! A lock that stays open when a thread panics behind it.
//!
//! Knows: that what is behind one is of use however it was left. Must not know: what it is.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Waits for the lock. What is behind it are caches, views and files, of use however they were left.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
