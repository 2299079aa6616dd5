//! `--limit-rate` and `--speed-limit`: how much may move when, and how much must.
//!
//! Knows: a rate and what moved so far. Must not know: which way, or what.

use std::time::{Duration, Instant};

use crate::error::{Error, Exit};

/// A mean rate that is not exceeded.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    rate: Option<u64>,
    began: Instant,
    octets: u64,
}

impl Pace {
    /// A pace of so many octets a second that begins now; no rate, or 0, is no limit.
    pub fn new(rate: Option<u64>, now: Instant) -> Self {
        Self {
            rate: rate.filter(|rate| *rate > 0),
            began: now,
            octets: 0,
        }
    }

    /// So many octets moved.
    pub fn moved(&mut self, octets: usize) {
        self.octets = self.octets.saturating_add(octets as u64);
    }

    /// Whether more may move now.
    pub fn ready(&self, now: Instant) -> bool {
        self.next(now).is_none()
    }

    /// When more may move, if not now.
    pub fn next(&self, now: Instant) -> Option<Instant> {
        let nanoseconds = u128::from(self.octets).saturating_mul(1_000_000_000);
        let nanoseconds = nanoseconds.checked_div(self.rate?.into())?;
        let length = Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX));
        let due = self.began.checked_add(length)?;
        (due > now).then_some(due)
    }

    /// How much may move now: a portion, or nothing before its time.
    pub fn allowance(&self, now: Instant) -> usize {
        if self.ready(now) {
            self.portion(usize::MAX)
        } else {
            0
        }
    }

    /// How much to move at once, of what there is room for: a tenth of a second's worth.
    pub fn portion(&self, room: usize) -> usize {
        match self.rate {
            Some(rate) => room.min(usize::try_from(rate / 10).unwrap_or(usize::MAX).max(1)),
            None => room,
        }
    }
}

/// `--speed-limit`: too slow for too long. Only time spent waiting for the other side counts: it is not
/// to blame for a slow disk, nor for who writes or reads slowly at the other end of a pipe.
pub(crate) struct SlowWatch {
    least: u64,
    span: Duration,
    waited: Duration,
    octets: u64,
}

impl SlowWatch {
    /// At least so many octets a second, looked at after each such span.
    pub(crate) fn new(least: u64, span: Duration) -> Self {
        Self {
            least,
            span,
            waited: Duration::ZERO,
            octets: 0,
        }
    }

    /// So many octets moved.
    pub(crate) fn moved(&mut self, octets: u64) {
        self.octets = self.octets.saturating_add(octets);
    }

    /// The other side was waited for so long.
    pub(crate) fn waited(&mut self, time: Duration) {
        self.waited = self.waited.saturating_add(time);
    }

    /// Whether it goes fast enough.
    ///
    /// # Errors
    /// Exit 28 when it does not.
    pub(crate) fn check(&mut self) -> Result<(), Error> {
        if self.waited < self.span {
            return Ok(());
        }
        if self.octets < self.least.saturating_mul(self.span.as_secs().max(1)) {
            let (least, span) = (self.least, self.span.as_secs());
            let message = format!(
                "Operation too slow. Less than {least} bytes/sec transferred the last {span} seconds"
            );
            return Err(Error::new(Exit::OperationTimedout, message));
        }
        self.waited = Duration::ZERO;
        self.octets = 0;
        Ok(())
    }
}
