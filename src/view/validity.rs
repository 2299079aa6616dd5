//! How long a certificate is good for, in words.
//!
//! Knows: dates held against one another, and spans of time as people say them. Must not know: what
//! time it is.

use std::fmt;

use crate::event::Certificate;

/// Where a moment stands in the life of a certificate; the times are seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// So long before it becomes valid.
    TooEarly(i64),
    /// So long before it expires.
    Valid(i64),
    /// So long after it expired.
    TooLate(i64),
}

impl Standing {
    /// Of a certificate at a moment (Unix seconds).
    pub(super) fn of(certificate: &Certificate, now: i64) -> Self {
        let (first, last) = (certificate.not_before, certificate.not_after);
        if now < first {
            Standing::TooEarly(first.saturating_sub(now))
        } else if now <= last {
            Standing::Valid(last.saturating_sub(now))
        } else {
            Standing::TooLate(now.saturating_sub(last))
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Standing::TooEarly(seconds) => write!(f, "not valid for another {}", span(seconds)),
            Standing::Valid(seconds) => write!(f, "{} left", span(seconds)),
            Standing::TooLate(seconds) => write!(f, "expired {} ago", span(seconds)),
        }
    }
}

/// `19 days`: one number, and that above one where there is a smaller unit.
pub(super) fn span(seconds: i64) -> String {
    const UNITS: [(i64, &str); 5] = [
        (31_557_600, "years"),
        (86_400, "days"),
        (3_600, "hours"),
        (60, "minutes"),
        (1, "seconds"),
    ];
    let mut counts = UNITS
        .iter()
        .filter_map(|(length, name)| Some((seconds.checked_div(*length)?, name)));
    match counts.find(|(count, _)| *count > 1) {
        Some((count, name)) => format!("{count} {name}"),
        None if seconds == 1 => "1 second".to_owned(),
        None => "0 seconds".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_told_in_one_number() {
        for (seconds, expected) in [
            (0, "0 seconds"),
            (1, "1 second"),
            (119, "119 seconds"),
            (120, "2 minutes"),
            (7_199, "119 minutes"),
            (7_200, "2 hours"),
            (172_799, "47 hours"),
            (172_800, "2 days"),
            (63_115_199, "730 days"),
            (63_115_200, "2 years"),
        ] {
            assert_eq!(span(seconds), expected);
        }
    }

    #[test]
    fn a_certificate_is_valid_from_its_first_second_to_its_last() {
        let certificate = Certificate {
            not_before: 1_000,
            not_after: 2_000,
            ..Certificate::default()
        };
        for (now, expected) in [
            (400, "not valid for another 10 minutes"),
            (999, "not valid for another 1 second"),
            (1_000, "16 minutes left"),
            (2_000, "0 seconds left"),
            (2_001, "expired 1 second ago"),
            (i64::MIN, "not valid for another 292271023045 years"),
        ] {
            let standing = Standing::of(&certificate, now).to_string();
            assert_eq!(standing, expected, "{now}");
        }
    }
}
