//! Where a stretch of time stands on a line of so many places.
//!
//! Knows: what took time is seen, however short; the order of beginnings and of ends is kept. Must not
//! know: what is drawn there.

use std::ops::Range;
use std::time::Duration;

/// A line for a whole time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scale {
    /// How many places there are, one at least.
    pub(super) places: usize,
    /// The time from the first to the last.
    pub(super) whole: Duration,
}

impl Scale {
    /// The places from one moment to another, both counted from the beginning. No time has no places;
    /// the range then begins where it would stand.
    pub(super) fn places(self, from: Duration, to: Duration) -> Range<usize> {
        let (first, _) = self.place(from);
        let first = first.min(self.places.saturating_sub(1));
        if to <= from {
            return first..first;
        }
        let (whole, rest) = self.place(to);
        let end = whole.saturating_add(usize::from(rest));
        first..end.clamp(first.saturating_add(1), self.places.max(1))
    }

    /// The place that a moment falls into, and whether it lies behind that one's beginning.
    fn place(self, at: Duration) -> (usize, bool) {
        let (whole, at) = (self.whole.as_nanos(), at.min(self.whole).as_nanos());
        let scaled = at.saturating_mul(self.places as u128);
        let Some(place) = scaled.checked_div(whole) else {
            return (0, false);
        };
        let place = usize::try_from(place).unwrap_or(self.places);
        (place, !scaled.is_multiple_of(whole))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn places(scale: (usize, u64), from: u64, to: u64) -> Range<usize> {
        let scale = Scale {
            places: scale.0,
            whole: Duration::from_nanos(scale.1),
        };
        scale.places(Duration::from_nanos(from), Duration::from_nanos(to))
    }

    #[test]
    fn times_fall_into_places() {
        for (scale, from, to, expected) in [
            ((10, 100), 0, 100, 0..10),
            ((10, 100), 0, 50, 0..5),
            ((10, 100), 50, 100, 5..10),
            ((10, 100), 0, 1, 0..1),
            ((10, 100), 99, 100, 9..10),
            ((10, 100), 9, 11, 0..2),
            ((10, 100), 30, 30, 3..3),
            ((10, 100), 100, 100, 9..9),
            ((10, 100), 90, 900, 9..10),
            ((10, 0), 0, 0, 0..0),
            ((1, 100), 10, 20, 0..1),
        ] {
            assert_eq!(places(scale, from, to), expected, "{scale:?} {from} {to}");
        }
    }

    proptest! {
        #[test]
        fn what_is_drawn_fits_and_what_took_time_is_seen(
            count in 1..500_usize,
            whole in 0..u64::MAX / 2,
            from in any::<u64>(),
            to in any::<u64>(),
        ) {
            let (from, to) = (from.min(whole), to.min(whole));
            let found = places((count, whole), from, to);
            prop_assert!(found.end <= count && found.start < count);
            prop_assert_eq!(found.is_empty(), to <= from);
        }

        #[test]
        fn what_begins_or_ends_later_stands_further_right(
            count in 1..500_usize,
            whole in 1..10_000_u64,
            first in (0..10_000_u64, 1..10_000_u64),
            second in (0..10_000_u64, 1..10_000_u64),
        ) {
            let drawn = |(from, length): (u64, u64)| {
                let from = from.min(whole.saturating_sub(1));
                let to = from.saturating_add(length).min(whole);
                (from, to, places((count, whole), from, to))
            };
            let (one, other) = (drawn(first), drawn(second));
            if one.0 <= other.0 {
                prop_assert!(one.2.start <= other.2.start);
            }
            if one.1 <= other.1 {
                prop_assert!(one.2.end <= other.2.end);
            }
        }

        #[test]
        fn a_bar_is_as_long_as_its_time_but_for_one_place_on_each_side(
            count in 1..500_u32,
            whole in 1..10_000_u32,
            from in 0..10_000_u32,
            length in 1..10_000_u32,
        ) {
            let from = from.min(whole.saturating_sub(1));
            let to = from.saturating_add(length).min(whole);
            let scale = (count as usize, u64::from(whole));
            let found = places(scale, from.into(), to.into()).len() as u32;
            let share = f64::from(to.abs_diff(from)) / f64::from(whole);
            prop_assert!((f64::from(found) - share * f64::from(count)).abs() <= 2.0);
        }
    }
}
