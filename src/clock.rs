//! Time as an input.
//!
//! Knows: the only clock and the only sleep of the program, behind a trait. Must not know: what
//! the time is needed for. Tests pass a clock that ticks by itself.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The only source of time.
pub trait Clock: Send + Sync {
    /// A point on the steady clock.
    fn now(&self) -> Instant;
    /// The time of day since the Unix epoch.
    fn wall(&self) -> Duration;
    /// The time of day in whole Unix seconds, as HTTP's dates count.
    fn unix_time(&self) -> i64 {
        i64::try_from(self.wall().as_secs()).unwrap_or(i64::MAX)
    }
    /// The point so long from now, or as late as there are points.
    fn after(&self, length: Duration) -> Instant {
        later(self.now(), length)
    }
    /// Sleeps until then.
    fn pause(&self, until: Instant);
}

/// The point so much later, or at least a century.
pub fn later(point: Instant, length: Duration) -> Instant {
    const CENTURY: Duration = Duration::from_hours(100 * 365 * 24);
    [length, CENTURY]
        .into_iter()
        .find_map(|length| point.checked_add(length))
        .unwrap_or(point)
}

/// The clock of the system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the system's clock and sleeps"
)]
impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn wall(&self) -> Duration {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
    }

    fn pause(&self, until: Instant) {
        std::thread::sleep(until.saturating_duration_since(Instant::now()));
    }
}
