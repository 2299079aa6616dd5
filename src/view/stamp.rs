//! The time of day of an event.
//!
//! Knows: one point known on both clocks, and the local time zone. Must not know: the present time.

use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::clock::Clock;
use crate::environment::Environment;

/// A point on the steady clock and the time of day that it was.
#[derive(Debug, Clone)]
pub struct Stamp {
    steady: Instant,
    wall: Duration,
    zone: TimeZone,
}

impl Stamp {
    /// Reads both clocks once; `TZ` names the zone, else the system does.
    pub fn local(clock: &dyn Clock, environment: &Environment) -> Self {
        let zone = environment
            .var("TZ")
            .and_then(|rule| TimeZone::posix(rule).ok())
            .unwrap_or_else(TimeZone::system);
        Self::new(clock, zone)
    }

    /// Reads both clocks once; times are told in UTC.
    pub fn utc(clock: &dyn Clock) -> Self {
        Self::new(clock, TimeZone::UTC)
    }

    fn new(clock: &dyn Clock, zone: TimeZone) -> Self {
        Self {
            steady: clock.now(),
            wall: clock.wall(),
            zone,
        }
    }

    /// The time of day of a point on the steady clock, to the microsecond.
    pub(super) fn of(&self, at: Instant) -> Zoned {
        let wall = match at.checked_duration_since(self.steady) {
            Some(since) => self.wall.saturating_add(since),
            None => self
                .wall
                .saturating_sub(self.steady.saturating_duration_since(at)),
        };
        let micros = i64::try_from(wall.as_micros()).unwrap_or(i64::MAX);
        Timestamp::from_microsecond(micros)
            .unwrap_or(Timestamp::UNIX_EPOCH)
            .to_zoned(self.zone.clone())
    }
}
