//! curl's meter: one line of figures, written over and over.
//!
//! Knows: its columns and how numbers are fitted into them. Must not know: when it is drawn.
//!
//! Source: what curl 8.22 shows; sizes take six columns, times seven.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::view::ledger::rate;

/// What stands above the meter.
pub(super) const HEAD: &str =
    "  % Total    % Received % Xferd  Average Speed  Time    Time    Time   Current
                                 Dload  Upload  Total   Spent   Left   Speed
";

/// What stands above the meter of parallel transfers.
pub(super) const PARALLEL_HEAD: &str =
    "DL% UL%  Dled   Uled  Xfers  Live Total   Current Left    Speed\n";

/// What one transfer has come to so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Figures {
    pub(super) received: u64,
    pub(super) expected: Option<u64>,
    pub(super) sent: u64,
    pub(super) spent: Duration,
}

/// What all transfers have come to.
#[derive(Debug, Clone, Default)]
pub(super) struct Sum {
    received: u64,
    sent: u64,
    expected: u64,
    unknown: bool,
    pub(super) transfers: u64,
    pub(super) running: u64,
    pub(super) spent: Duration,
}

/// The octets of the last seconds.
#[derive(Debug, Default)]
pub(super) struct Recent {
    samples: VecDeque<(Instant, u64)>,
}

impl Recent {
    /// Octets a second over the last five seconds.
    pub(super) fn speed(&mut self, at: Instant, figures: &Figures) -> u64 {
        let octets = figures.received.saturating_add(figures.sent);
        let (since, before) = *self.samples.front().unwrap_or(&(at, octets));
        if self
            .samples
            .back()
            .is_none_or(|(last, _)| at.saturating_duration_since(*last) >= Duration::from_secs(1))
        {
            self.samples.push_back((at, octets));
        }
        if self.samples.len() > 6 {
            self.samples.pop_front();
        }
        if since == at {
            return rate(octets, figures.spent);
        }
        rate(
            octets.saturating_sub(before),
            at.saturating_duration_since(since),
        )
    }
}

/// The meter's line, which begins by going back to its start.
pub(super) fn line(figures: &Figures, current: u64) -> String {
    let Figures {
        received,
        expected,
        sent,
        spent,
    } = *figures;
    let down = rate(received, spent);
    let up = rate(sent, spent);
    let total = expected.and_then(|expected| expected.checked_div(down));
    let total = total.unwrap_or(0);
    let spent = spent.as_secs();
    let percent = expected.map_or(0, |expected| percent(received, expected));
    format!(
        "\r{percent:3} {} {percent:3} {} {:3} {} {} {} {} {} {} {}",
        size(expected.unwrap_or(received).saturating_add(sent)),
        size(received),
        0,
        size(sent),
        size(down),
        size(up),
        time(total),
        time(spent),
        time(total.saturating_sub(spent)),
        size(current),
    )
}

impl Sum {
    pub(super) fn add(&mut self, figures: &Figures) {
        self.received = self.received.saturating_add(figures.received);
        self.sent = self.sent.saturating_add(figures.sent);
        match figures.expected {
            Some(expected) => self.expected = self.expected.saturating_add(expected),
            None => self.unknown = true,
        }
    }

    /// One line for all transfers.
    pub(super) fn line(&self) -> String {
        let speed = rate(self.received.max(self.sent), self.spent);
        let known = !self.unknown && self.expected > 0;
        let total = self.expected.checked_div(speed).filter(|_| known);
        let total = total.unwrap_or(0);
        let percent = if known {
            format!("{:3}", percent(self.received, self.expected))
        } else {
            "-- ".to_owned()
        };
        let spent = self.spent.as_secs();
        format!(
            "\r{percent} --  {} {} {:5} {:5} {} {} {} {}",
            size(self.received),
            size(self.sent),
            self.transfers,
            self.running,
            time(total),
            time(spent),
            time(total.saturating_sub(spent)),
            size(speed),
        )
    }
}

fn percent(part: u64, whole: u64) -> u64 {
    share(100, part, whole.max(1)).min(100)
}

/// As much of `all` as `part` is of `whole`; 0 of nothing.
pub(super) fn share(all: u64, part: u64, whole: u64) -> u64 {
    let product = u128::from(all).saturating_mul(part.into());
    let share = product.checked_div(whole.into()).unwrap_or(0);
    u64::try_from(share).unwrap_or(u64::MAX)
}

/// Six columns: a number below 100000, else three or four digits and a unit.
pub(super) fn size(octets: u64) -> String {
    if octets < 100_000 {
        return format!("{octets:6}");
    }
    let mut whole = octets;
    let mut rest = 0;
    let mut unit = ' ';
    for next in "kMGTPE".chars() {
        unit = next;
        rest = whole % 1024;
        whole /= 1024;
        if whole < 1000 {
            break;
        }
    }
    if whole < 100 {
        format!("{whole:2}.{:02}{unit}", share(100, rest, 1024))
    } else {
        format!("{whole:3}.{}{unit}", share(10, rest, 1024))
    }
}

/// Seven columns: blank, `  mm:ss`, `h:mm:ss`, then coarser and coarser.
pub(super) fn time(seconds: u64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400);
    match seconds {
        0 => " ".repeat(7),
        1..3600 => format!("  {minutes:02}:{:02}", seconds % 60),
        3600..36_000 => format!("{hours}:{:02}:{:02}", minutes % 60, seconds % 60),
        _ if hours < 100 => format!("{hours:2}h {:02}m", minutes % 60),
        _ if days < 100 => format!("{days:2}d {:02}h", hours % 24),
        _ if days < 1000 => format!("{days:6}d"),
        _ if days / 30 < 1000 => format!("{:6}m", days / 30),
        _ if days / 365 < 100_000 => format!("{:6}y", days / 365),
        _ => ">99999y".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{size, time};

    #[test]
    fn sizes_take_six_columns() {
        for (octets, expected) in [
            (0, "     0"),
            (10, "    10"),
            (99_999, " 99999"),
            (100_000, "97.65k"),
            (199_999, "195.3k"),
            (48_780_288, "46.52M"),
            (u64::MAX / 2, " 7.99E"),
        ] {
            assert_eq!(size(octets), expected, "{octets}");
        }
    }

    #[test]
    fn times_take_seven_columns() {
        for (seconds, expected) in [
            (0, "       "),
            (59, "  00:59"),
            (3599, "  59:59"),
            (3600, "1:00:00"),
            (36_000, "10h 00m"),
            (360_000, " 4d 04h"),
            (86_400 * 100, "   100d"),
            (86_400 * 1000, "    33m"),
            (u64::MAX, ">99999y"),
        ] {
            assert_eq!(time(seconds), expected, "{seconds}");
        }
    }
}
