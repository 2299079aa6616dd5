//! `--parallel-max-host`: how many transfers to one host there may be at the same time.
//!
//! Knows: hosts by name, and who waits. Must not know: what a transfer is.

use std::collections::HashMap;
use std::sync::{Condvar, Mutex, PoisonError};

use crate::lock::lock;

/// The seats at all hosts.
pub(crate) struct Seats {
    most: usize,
    taken: Mutex<HashMap<String, usize>>,
    freed: Condvar,
}

/// A seat at a host, free again when dropped.
pub(crate) struct Seat<'a> {
    seats: &'a Seats,
    host: String,
}

impl Seats {
    /// At most so many seats at each host, and at least one.
    pub(crate) fn new(most: u16) -> Self {
        Self {
            most: usize::from(most).max(1),
            taken: Mutex::default(),
            freed: Condvar::new(),
        }
    }

    /// Takes a seat, once there is one.
    pub(crate) fn take(&self, host: String) -> Seat<'_> {
        let full = |taken: &mut HashMap<String, usize>| {
            taken.get(&host).is_some_and(|taken| *taken >= self.most)
        };
        let taken = self.freed.wait_while(lock(&self.taken), full);
        let mut taken = taken.unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(host.clone()).or_default();
        *count = count.saturating_add(1);
        drop(taken);
        Seat { seats: self, host }
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        if let Some(taken) = lock(&self.seats.taken).get_mut(&self.host) {
            *taken = taken.saturating_sub(1);
        }
        self.seats.freed.notify_all();
    }
}
