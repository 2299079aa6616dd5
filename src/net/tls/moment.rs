//! A point in time in words, as certificates have them.
//!
//! Knows: the calendar. Must not know: what time it is.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "days and seconds of years that are far from the bounds of i64"
)]

/// `Nov 21 01:13:53 2026 GMT`, from Unix seconds.
pub(super) fn in_words(seconds: i64) -> String {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let (year, month, day) = date(seconds.div_euclid(86_400));
    let name = MONTHS.get(month).copied().unwrap_or_default();
    let second = seconds.rem_euclid(86_400);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{name} {day:2} {hour:02}:{minute:02}:{second:02} {year} GMT")
}

/// Year, month from 0 and day from 1 of a day counted from the Unix epoch. Years are taken to begin
/// in March, so that the leap day is the last one, and come in cycles of 400.
fn date(day: i64) -> (i64, usize, i64) {
    let day = day + 719_468;
    let cycle = day.div_euclid(146_097);
    let day = day.rem_euclid(146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let in_month = day - (153 * month + 2) / 5 + 1;
    let january_or_february = i64::from(month >= 10);
    let month = usize::try_from((month + 2) % 12).unwrap_or(0);
    (year + cycle * 400 + january_or_february, month, in_month)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_read_as_openssl_prints_them() {
        for (seconds, expected) in [
            (0, "Jan  1 00:00:00 1970 GMT"),
            (951_782_400, "Feb 29 00:00:00 2000 GMT"),
            (951_868_800, "Mar  1 00:00:00 2000 GMT"),
            (1_795_223_633, "Nov 21 01:13:53 2026 GMT"),
            (-1, "Dec 31 23:59:59 1969 GMT"),
            (4_102_444_800, "Jan  1 00:00:00 2100 GMT"),
        ] {
            assert_eq!(in_words(seconds), expected);
        }
    }
}
