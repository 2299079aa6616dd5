//! `--limit-rate` and `--speed-limit`: how much may move when, and how much must.
//!
//! Knows: a rate and what moved so far. Must not know: which way, or what.

use std::collections::VecDeque;
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

/// `--speed-limit`: too slow for too long, where the speed is a mean over the last seconds (curl's
/// `CURR_TIME`). Only time spent waiting for the other side counts: it is not to blame for a slow
/// disk, nor for who writes or reads slowly at the other end of a pipe.
pub(crate) struct SlowWatch {
    least: u64,
    span: Duration,
    waited: Duration,
    /// After how much waiting how much had moved, [`APART`] each, the oldest first.
    samples: VecDeque<(Duration, u64)>,
    /// After how much waiting it became too slow, if it is.
    slow_since: Option<Duration>,
}

/// The samples that the mean is taken over.
const SAMPLES: usize = 6;

/// The time between two of them.
const APART: Duration = Duration::from_secs(1);

impl SlowWatch {
    /// Less than so many octets a second, for such a span, is too slow.
    pub(crate) fn new(least: u64, span: Duration) -> Self {
        Self {
            least,
            span,
            waited: Duration::ZERO,
            samples: VecDeque::from([(Duration::ZERO, 0)]),
            slow_since: Some(Duration::ZERO),
        }
    }

    /// The other side was waited for so long.
    pub(crate) fn waited(&mut self, time: Duration) {
        self.waited = self.waited.saturating_add(time);
    }

    /// Whether it goes fast enough, with so many octets moved in all.
    ///
    /// # Errors
    /// Exit 28 when it does not.
    pub(crate) fn check(&mut self, octets: u64) -> Result<(), Error> {
        let Some(enough) = self.goes_well(octets) else {
            return Ok(());
        };
        self.sample(octets);
        if enough {
            self.slow_since = None;
            return Ok(());
        }
        let since = *self.slow_since.get_or_insert(self.waited);
        if self.waited.saturating_sub(since) < self.span {
            return Ok(());
        }
        let (least, span) = (self.least, self.span.as_secs());
        let message = format!(
            "Operation too slow. Less than {least} bytes/sec transferred the last {span} seconds"
        );
        Err(Error::new(Exit::OperationTimedout, message))
    }

    /// Whether the mean is high enough; there is none before anybody has waited.
    fn goes_well(&self, octets: u64) -> Option<bool> {
        let (then, before) = self.samples.front().copied()?;
        let time = self.waited.checked_sub(then).filter(|it| !it.is_zero())?;
        let moved = u128::from(octets.saturating_sub(before)).saturating_mul(1_000_000_000);
        Some(moved >= u128::from(self.least).saturating_mul(time.as_nanos()))
    }

    fn sample(&mut self, octets: u64) {
        let last = self.samples.back().map_or(Duration::ZERO, |(at, _)| *at);
        if self.waited.saturating_sub(last) < APART {
            return;
        }
        self.samples.push_back((self.waited, octets));
        if self.samples.len() > SAMPLES {
            self.samples.pop_front();
        }
    }
}
