//! `--parallel-max-host`: how many transfers to one host there may be at the same time.
//!
//! Knows: hosts by name, and who waits. Must not know: what a transfer is.

use std::collections::HashMap;
use std::sync::{Condvar, Mutex, PoisonError};

use crate::lock::lock;

/// How many transfers go to each host, and how many may.
pub(crate) struct HostLimit {
    most: usize,
    taken: Mutex<HashMap<String, usize>>,
    freed: Condvar,
}

/// Leave for one transfer to a host, given back when dropped.
pub(crate) struct Permit<'a> {
    limit: &'a HostLimit,
    host: String,
}

impl HostLimit {
    /// At most so many at each host, and at least one.
    pub(crate) fn new(most: u16) -> Self {
        Self {
            most: usize::from(most).max(1),
            taken: Mutex::default(),
            freed: Condvar::new(),
        }
    }

    /// Waits until one more may go to this host.
    pub(crate) fn wait(&self, host: String) -> Permit<'_> {
        let full = |taken: &mut HashMap<String, usize>| {
            taken.get(&host).is_some_and(|taken| *taken >= self.most)
        };
        let taken = self.freed.wait_while(lock(&self.taken), full);
        let mut taken = taken.unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(host.clone()).or_default();
        *count = count.saturating_add(1);
        drop(taken);
        Permit { limit: self, host }
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if let Some(taken) = lock(&self.limit.taken).get_mut(&self.host) {
            *taken = taken.saturating_sub(1);
        }
        self.limit.freed.notify_all();
    }
}
