//! Dates as curl reads them, and as HTTP writes them.
//!
//! [`parse`] takes everything that `curl_getdate` does: the three forms of RFC 9110 §5.6.7, those of
//! cookies, and nearly any other order of the same parts. It serves `-z`, `Retry-After` and
//! `Last-Modified`; [`cookie`] reads `Expires` of cookies, as browsers do. Times are seconds since the beginning of 1970, UTC; there is no
//! clock and no local time here.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "days and seconds of years that are far from the bounds of i64"
)]

use std::fmt::Write as _;

const WEEKDAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Reads the date of a cookie as RFC 6265 §5.1.1 says: the first time, day, month and year among
/// words that anything may stand between. Zones and weekdays mean nothing.
pub fn cookie(text: &[u8]) -> Option<i64> {
    let (mut time, mut day, mut month, mut year) = (None, None, None, None);
    for word in text
        .split(|&octet| is_cookie_delimiter(octet))
        .filter(|word| !word.is_empty())
    {
        if time.is_none()
            && let Some(found) = clock_time(word)
        {
            time = Some(found);
        } else if day.is_none()
            && let Some(found) = leading_number(word, 1, 2)
        {
            day = Some(found);
        } else if month.is_none()
            && let Some(found) = month_named(word)
        {
            month = Some(found);
        } else if year.is_none()
            && let Some(found) = leading_number(word, 2, 4)
        {
            year = Some(match found {
                0..=69 => found + 2000,
                70..=99 => found + 1900,
                _ => found,
            });
        }
    }
    let (day, month, year) = (day?, month?, year?);
    let (hours, minutes, seconds) = time?;
    let valid = (1..=31).contains(&day)
        && year >= FIRST_COOKIE_YEAR
        && hours <= 23
        && minutes <= 59
        && seconds <= 59;
    let of_day = (hours * 60 + minutes) * 60 + seconds;
    valid.then_some((days(year, month) + day - 1) * 86_400 + of_day)
}

/// RFC 6265 §5.1.1, step 5.
const FIRST_COOKIE_YEAR: i64 = 1601;

fn is_cookie_delimiter(octet: u8) -> bool {
    matches!(octet, b'\t' | 0x20..=0x2f | 0x3b..=0x40 | 0x5b..=0x60 | 0x7b..=0x7e)
}

/// A number of so many digits at the beginning of a word, followed by no further digit.
fn leading_number(word: &[u8], least: usize, most: usize) -> Option<i64> {
    let digits = word
        .iter()
        .take_while(|octet| octet.is_ascii_digit())
        .count();
    let digits = word
        .get(..digits)
        .filter(|digits| (least..=most).contains(&digits.len()))?;
    Some(
        digits
            .iter()
            .fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')),
    )
}

/// `21:01:22`; whether there is such a time is another question.
fn clock_time(word: &[u8]) -> Option<(i64, i64, i64)> {
    let mut parts = word.splitn(3, |&octet| octet == b':');
    let whole = |part: &[u8]| leading_number(part, 1, 2).filter(|_| part.len() <= 2);
    let (hours, minutes) = (whole(parts.next()?)?, whole(parts.next()?)?);
    Some((hours, minutes, leading_number(parts.next()?, 1, 2)?))
}

fn month_named(word: &[u8]) -> Option<i64> {
    let start = word.get(..3)?;
    let found = MONTHS
        .iter()
        .position(|month| start.eq_ignore_ascii_case(month.as_bytes()))?;
    i64::try_from(found).ok()
}

/// The names of time zones, and the minutes that make UTC of their time. The single letters have the
/// signs that curl gives them (and RFC 822 did), the reverse of military usage.
const ZONES: &[(&str, i64)] = &[
    ("GMT", 0),
    ("UT", 0),
    ("UTC", 0),
    ("WET", 0),
    ("BST", -60),
    ("WAT", 60),
    ("AST", 240),
    ("ADT", 180),
    ("EST", 300),
    ("EDT", 240),
    ("CST", 360),
    ("CDT", 300),
    ("MST", 420),
    ("MDT", 360),
    ("PST", 480),
    ("PDT", 420),
    ("YST", 540),
    ("YDT", 480),
    ("HST", 600),
    ("HDT", 540),
    ("CAT", 600),
    ("AHST", 600),
    ("NT", 660),
    ("IDLW", 720),
    ("CET", -60),
    ("MET", -60),
    ("MEWT", -60),
    ("MEST", -120),
    ("CEST", -120),
    ("MESZ", -120),
    ("FWT", -60),
    ("FST", -120),
    ("EET", -120),
    ("WAST", -420),
    ("WADT", -480),
    ("CCT", -480),
    ("JST", -540),
    ("EAST", -600),
    ("EADT", -660),
    ("GST", -600),
    ("NZT", -720),
    ("NZST", -720),
    ("NZDT", -780),
    ("IDLE", -720),
    ("A", 60),
    ("B", 120),
    ("C", 180),
    ("D", 240),
    ("E", 300),
    ("F", 360),
    ("G", 420),
    ("H", 480),
    ("I", 540),
    ("K", 600),
    ("L", 660),
    ("M", 720),
    ("N", -60),
    ("O", -120),
    ("P", -180),
    ("Q", -240),
    ("R", -300),
    ("S", -360),
    ("T", -420),
    ("U", -480),
    ("V", -540),
    ("W", -600),
    ("X", -660),
    ("Y", -720),
    ("Z", 0),
];

/// A date has at most this many parts; what follows is not read.
const MOST_PARTS: usize = 6;
/// No part of a date is a greater number.
const MOST: i64 = 99_999_999;
/// The first year that is Gregorian from beginning to end.
const FIRST_YEAR: i64 = 1583;

/// Reads a date in any form; `None` if it lacks a day, month or year, or holds anything else.
pub fn parse(text: &[u8]) -> Option<i64> {
    let mut date = Date::default();
    let mut rest = text;
    for _ in 0..MOST_PARTS {
        let skipped = rest
            .iter()
            .take_while(|byte| !byte.is_ascii_alphanumeric())
            .count();
        let sign = skipped
            .checked_sub(1)
            .and_then(|last| rest.get(last))
            .copied();
        rest = rest.get(skipped..)?;
        rest = match rest.first() {
            None => break,
            Some(first) if first.is_ascii_alphabetic() => date.take_name(rest)?,
            Some(_) => match date.take_time(rest) {
                Some(rest) => rest,
                None => date.take_number(rest, sign)?,
            },
        };
    }
    date.seconds()
}

/// The preferred form of HTTP (RFC 9110 §5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
#[expect(clippy::cast_sign_loss, reason = "the remainders are never negative")]
pub fn imf_fixdate(seconds: i64) -> String {
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    let (hour, minute, second) = time_of_day(seconds);
    // The first day of 1970 was a Thursday.
    let weekday = (seconds.div_euclid(86_400) + 3).rem_euclid(7) as usize;
    let weekday = WEEKDAYS.get(weekday).and_then(|name| name.get(..3));
    let month = MONTHS.get(month as usize);
    let mut text = String::with_capacity(29);
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        "{}, {day:02} {} {year:04} {hour:02}:{minute:02}:{second:02} GMT",
        weekday.unwrap_or_default(),
        month.unwrap_or(&""),
    );
    text
}

/// The form of curl's cache files: `19941106 08:49:37`, in UTC. None for a time that no such form
/// can be read back from: before the year 1583, or after 9999.
pub fn stamp(seconds: i64) -> Option<String> {
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    let (hour, minute, second) = time_of_day(seconds);
    let month = month + 1;
    (FIRST_YEAR..=9999)
        .contains(&year)
        .then(|| format!("{year:04}{month:02}{day:02} {hour:02}:{minute:02}:{second:02}"))
}

/// The basic form of ISO 8601, as signatures have it: `19941106T084937Z`.
pub fn basic_utc(seconds: i64) -> String {
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    let (hour, minute, second) = time_of_day(seconds);
    let month = month + 1;
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

/// Hour, minute and second.
fn time_of_day(seconds: i64) -> (i64, i64, i64) {
    let second = seconds.rem_euclid(86_400);
    (second / 3600, second / 60 % 60, second % 60)
}

/// What a number is taken for if nothing else decides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Next {
    #[default]
    Day,
    Year,
}

/// The parts found so far.
#[derive(Debug, Default)]
struct Date {
    weekday: bool,
    year: Option<i64>,
    /// From 0.
    month: Option<i64>,
    /// From 1; curl takes day 0 and the 31st of any month, and so on into the month beside.
    day: Option<i64>,
    /// Seconds into the day.
    time: Option<i64>,
    /// Seconds to add for UTC.
    zone: Option<i64>,
    next: Next,
}

impl Date {
    /// A weekday, month or time zone; returns what follows it.
    fn take_name<'a>(&mut self, text: &'a [u8]) -> Option<&'a [u8]> {
        let length = text
            .iter()
            .take_while(|byte| byte.is_ascii_alphabetic())
            .count();
        let (name, rest) = text.split_at_checked(length)?;
        let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
        let is_day = |day: &&str| is(day) || day.get(..3).is_some_and(is);
        if !self.weekday && WEEKDAYS.iter().any(is_day) {
            self.weekday = true;
            return Some(rest);
        }
        if self.month.is_none()
            && let Some((month, _)) = (0..).zip(MONTHS).find(|(_, name)| is(name))
        {
            self.month = Some(month);
            return Some(rest);
        }
        if self.zone.is_some() {
            return None;
        }
        let (_, minutes) = ZONES.iter().find(|(zone, _)| is(zone))?;
        self.zone = Some(minutes * 60);
        Some(rest)
    }

    /// `hh:mm` or `hh:mm:ss`, each of one digit or two; a leap second is a second more.
    fn take_time<'a>(&mut self, text: &'a [u8]) -> Option<&'a [u8]> {
        if self.time.is_some() {
            return None;
        }
        let (hour, rest) = one_or_two_digits(text).filter(|(hour, _)| *hour < 24)?;
        let (minute, rest) =
            one_or_two_digits(rest.strip_prefix(b":")?).filter(|(minute, _)| *minute < 60)?;
        let (second, rest) = match rest.strip_prefix(b":").and_then(one_or_two_digits) {
            Some((second, rest)) if second <= 60 => (second, rest),
            Some(_) => return None,
            None => (0, rest),
        };
        self.time = Some((hour * 60 + minute) * 60 + second);
        Some(rest)
    }

    /// A day, a year, `YYYYMMDD`, or `hhmm` east or west of UTC.
    fn take_number<'a>(&mut self, text: &'a [u8], sign: Option<u8>) -> Option<&'a [u8]> {
        let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (number, rest) = text.split_at_checked(digits)?;
        let value = number.iter().try_fold(0, |value, digit| {
            let value = value * 10 + i64::from(digit - b'0');
            (value <= MOST).then_some(value)
        })?;
        match (digits, sign) {
            (4, Some(sign @ (b'+' | b'-'))) if self.zone.is_none() && value <= 1400 => {
                let east = (value / 100 * 60 + value % 100) * 60;
                self.zone = Some(if sign == b'+' { -east } else { east });
            }
            (8, _) if (self.year, self.month, self.day) == (None, None, None) => {
                self.year = Some(value / 10_000);
                // Month 0 is none, and fails for want of one.
                self.month = (value / 100 % 100)
                    .checked_sub(1)
                    .filter(|month| *month >= 0);
                self.day = Some(value % 100);
            }
            _ => self.take_day_or_year(value)?,
        }
        Some(rest)
    }

    fn take_day_or_year(&mut self, value: i64) -> Option<()> {
        if self.next == Next::Day && self.day.is_none() {
            self.next = Next::Year;
            if (1..32).contains(&value) {
                self.day = Some(value);
                return Some(());
            }
        }
        if self.next == Next::Day || self.year.is_some() {
            return None;
        }
        self.year = Some(match value {
            0..=70 => value + 2000,
            71..=99 => value + 1900,
            _ => value,
        });
        if self.day.is_none() {
            self.next = Next::Day;
        }
        Some(())
    }

    fn seconds(&self) -> Option<i64> {
        let year = self.year.filter(|year| *year >= FIRST_YEAR)?;
        let month = self.month.filter(|month| *month < 12)?;
        let day = self.day.filter(|day| *day <= 31)?;
        let days = days(year, month) + day - 1;
        Some(days * 86_400 + self.time.unwrap_or(0) + self.zone.unwrap_or(0))
    }
}

fn one_or_two_digits(text: &[u8]) -> Option<(i64, &[u8])> {
    let digit = |byte: &u8| byte.is_ascii_digit().then(|| i64::from(byte - b'0'));
    let (first, rest) = text.split_first()?;
    let first = digit(first)?;
    match rest
        .split_first()
        .and_then(|(second, rest)| Some((digit(second)?, rest)))
    {
        Some((second, rest)) => Some((first * 10 + second, rest)),
        None => Some((first, rest)),
    }
}

// The calendar repeats every 400 years, which are 146,097 days. Years are counted from March, so
// that the leap day comes last; 719,468 days lie between 1 March 0 and 1 January 1970.

/// Days from the beginning of 1970 to that of a month (from 0).
fn days(year: i64, month: i64) -> i64 {
    let since_march = (month + 10) % 12;
    let year = if month < 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * since_march + 2) / 5;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The year, month (from 0) and day (from 1) of a day counted from the beginning of 1970.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let since_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * since_march + 2) / 5 + 1;
    let month = (since_march + 2) % 12;
    (era * 400 + year + i64::from(month < 2), month, day)
}
