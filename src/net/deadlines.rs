//! How long setting up a connection may take.
//!
//! Knows: the two limits (`--connect-timeout`, `-m`) as points in time, and that a run may be stopped.
//! Must not know: what is waited for.

use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::event::Tap;

/// While waiting, time is told this often to views that want it.
const TICK: Duration = Duration::from_millis(250);

/// The limits of one connection's setup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// When the transfer began: messages count from here.
    pub started: Instant,
    /// The end of the time to connect, TLS included.
    pub connect: Option<Instant>,
    /// The end of the time for the transfer.
    pub total: Option<Instant>,
}

impl Deadlines {
    /// No limit.
    pub fn none(started: Instant) -> Self {
        Self {
            started,
            connect: None,
            total: None,
        }
    }

    /// The earlier one of both limits.
    pub fn end(&self) -> Option<Instant> {
        self.connect.into_iter().chain(self.total).min()
    }

    /// How long to wait at most before looking at the clock again: to the end, or to the next tick.
    pub(super) fn next_look(&self, tap: &Tap) -> Option<Instant> {
        let tick = tap.interest().ticks.then(|| tap.clock().after(TICK));
        self.end().into_iter().chain(tick).min()
    }

    /// Fails when the time is up, in the words for so many milliseconds since the transfer began, or
    /// when the run has been stopped.
    pub(super) fn check(&self, tap: &Tap, late: fn(u128) -> Error) -> Result<()> {
        if tap.is_stopped() {
            return Err(Error::stopped());
        }
        let now = tap.clock().now();
        if self.end().is_some_and(|end| now >= end) {
            return Err(late(self.elapsed(now)));
        }
        Ok(())
    }

    /// Milliseconds since the transfer began.
    pub(super) fn elapsed(&self, now: Instant) -> u128 {
        now.saturating_duration_since(self.started).as_millis()
    }
}
