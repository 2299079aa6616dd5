//! Times, octets and rates in words.
//!
//! Knows: how much of a number a person reads: three digits, and the unit that goes with them. Must
//! not know: what was measured.

use std::time::Duration;

/// `0.08 ms`, `7.25 ms`, `790 ms`, `1.50 s`: three digits, two after the point at most.
pub(super) fn time(time: Duration) -> String {
    let millis = time.as_secs_f64() * 1000.0;
    match time {
        Duration::ZERO => "0 ms".to_owned(),
        _ if millis < 0.001 => "0.001 ms".to_owned(),
        _ if millis < 0.01 => format!("{millis:.3} ms"),
        _ if millis < 999.5 => format!("{} ms", digits(millis)),
        _ if millis < 999_500.0 => format!("{} s", digits(millis / 1000.0)),
        _ => format!("{} s", time.as_secs()),
    }
}

/// The same to the microsecond: `200.004 ms`, `1.5 s`.
pub(super) fn exact(time: Duration) -> String {
    let micros = time.as_micros();
    let (whole, fraction, unit) = if micros < 1_000_000 {
        (micros / 1000, format!("{:03}", micros % 1000), "ms")
    } else {
        let (whole, micros) = (micros / 1_000_000, micros % 1_000_000);
        (whole, format!("{micros:06}"), "s")
    };
    match fraction.trim_end_matches('0') {
        "" => format!("{whole} {unit}"),
        fraction => format!("{whole}.{fraction} {unit}"),
    }
}

/// `1 octet`, `512 octets`, `5.24 MB`: a kilobyte is a thousand octets.
pub(super) fn octets(count: u64) -> String {
    match count {
        1 => "1 octet".to_owned(),
        0..1000 => format!("{count} octets"),
        _ => large(count),
    }
}

/// `120 MB/s`.
pub(super) fn rate(octets_a_second: u64) -> String {
    match octets_a_second {
        0..1000 => format!("{octets_a_second} B/s"),
        _ => format!("{}/s", large(octets_a_second)),
    }
}

fn large(count: u64) -> String {
    const UNITS: [(u64, &str); 4] = [
        (1_000_000_000_000_000, "PB"),
        (1_000_000_000_000, "TB"),
        (1_000_000_000, "GB"),
        (1_000_000, "MB"),
    ];
    // A unit begins where rounding makes a thousand of the one below.
    let mut units = UNITS.into_iter();
    let unit = units.find(|(length, _)| count >= length.saturating_sub(length / 2_000));
    let (length, unit) = unit.unwrap_or((1_000, "kB"));
    let thousandths = count.checked_div(length / 1_000).unwrap_or_default();
    let value = f64::from(u32::try_from(thousandths).unwrap_or(u32::MAX)) / 1000.0;
    format!("{} {unit}", digits(value))
}

/// Three digits; the bounds are those at which rounding makes one more.
fn digits(value: f64) -> String {
    if value < 9.995 {
        format!("{value:.2}")
    } else if value < 99.95 {
        format!("{value:.1}")
    } else {
        format!("{value:.0}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits_and_their_unit() {
        for (nanos, expected) in [
            (0, "0 ms"),
            (1, "0.001 ms"),
            (5_400, "0.005 ms"),
            (84_000, "0.08 ms"),
            (7_254_000, "7.25 ms"),
            (9_996_000, "10.0 ms"),
            (99_960_000, "100 ms"),
            (790_400_000, "790 ms"),
            (999_600_000, "1.00 s"),
            (1_503_000_000, "1.50 s"),
            (61_000_000_000, "61.0 s"),
            (3_725_900_000_000, "3725 s"),
        ] {
            assert_eq!(time(Duration::from_nanos(nanos)), expected, "{nanos}");
        }
    }

    #[test]
    fn exact_times_have_what_digits_they_need() {
        for (micros, expected) in [
            (0, "0 ms"),
            (4, "0.004 ms"),
            (200_000, "200 ms"),
            (200_004, "200.004 ms"),
            (1_000_000, "1 s"),
            (1_500_020, "1.50002 s"),
        ] {
            assert_eq!(exact(Duration::from_micros(micros)), expected, "{micros}");
        }
    }

    #[test]
    fn octets_and_rates_have_three_digits_and_their_unit() {
        for (count, expected, a_second) in [
            (0, "0 octets", "0 B/s"),
            (1, "1 octet", "1 B/s"),
            (999, "999 octets", "999 B/s"),
            (1_000, "1.00 kB", "1.00 kB/s"),
            (5_242_880, "5.24 MB", "5.24 MB/s"),
            (999_700, "1.00 MB", "1.00 MB/s"),
            (120_000_000_000, "120 GB", "120 GB/s"),
            (u64::MAX, "18447 PB", "18447 PB/s"),
        ] {
            assert_eq!(octets(count), expected);
            assert_eq!(rate(count), a_second);
        }
    }
}
