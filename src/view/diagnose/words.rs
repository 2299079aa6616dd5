//! Times, amounts and octets as people read them.
//!
//! Knows: one way to write each. Must not know: what is measured.

use std::fmt::Write as _;
use std::time::Duration;
use std::{iter, mem};

/// `1.0 ms`, `2.5 s`.
pub(super) fn time(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        format!("{:.1} ms", time.as_secs_f64() * 1000.0)
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}

/// A limit as it was given: `2 s`, `0.5 s`.
pub(super) fn limit(time: Duration) -> String {
    format!("{} s", time.as_secs_f64())
}

/// `1 octet`, `5 octets`.
pub(super) fn octets(count: u64) -> String {
    match count {
        1 => "1 octet".to_owned(),
        count => format!("{count} octets"),
    }
}

/// The beginning of octets between quotes, as a programmer would write them.
pub(super) fn quoted(octets: &[u8]) -> String {
    const WIDTH: usize = 60;
    let mut text = String::from("\"");
    for &octet in octets {
        if text.len() > WIDTH {
            return text + "\"...";
        }
        match octet {
            b'\r' => text.push_str("\\r"),
            b'\n' => text.push_str("\\n"),
            b'\t' => text.push_str("\\t"),
            b'"' | b'\\' => text.extend(['\\', char::from(octet)]),
            b' '..=b'~' => text.push(char::from(octet)),
            // Writing to a String cannot fail.
            _ => {
                let _ = write!(text, "\\x{octet:02x}");
            }
        }
    }
    text.push('"');
    text
}

/// How many letters two words are apart: changed, added, left out, or two that changed places.
pub(super) fn distance(one: &str, other: &str) -> usize {
    // Row by row; the two rows above are needed, for letters that changed places.
    let mut second: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=other.chars().count()).collect();
    let mut before_a = None;
    for (number, a) in one.chars().enumerate() {
        let mut left = number.saturating_add(1);
        let mut row = vec![left];
        let mut before_b = None;
        let twice_above = second.iter().copied().map(Some);
        let twice_above = iter::once(None)
            .chain(twice_above)
            .chain(iter::repeat(None));
        let both_above = above.iter().zip(above.iter().skip(1));
        for ((b, (diagonal, up)), before) in other.chars().zip(both_above).zip(twice_above) {
            let mut least = diagonal.saturating_add(usize::from(a != b));
            least = least.min(up.min(&left).saturating_add(1));
            if let Some(before) = before
                && (before_a, before_b) == (Some(b), Some(a))
            {
                least = least.min(before.saturating_add(1));
            }
            row.push(least);
            left = least;
            before_b = Some(b);
        }
        before_a = Some(a);
        second = mem::replace(&mut above, row);
    }
    above.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_are_quoted_as_in_a_program() {
        assert_eq!(quoted(b"a\"\\\r\n\t\x1b\x80"), r#""a\"\\\r\n\t\x1b\x80""#);
        assert_eq!(quoted(&[b'x'; 60]).len(), 62);
        assert!(quoted(&[b'x'; 61]).ends_with("x\"..."));
    }

    #[test]
    fn words_are_so_many_letters_apart() {
        for (one, other, expected) in [
            ("localhost", "localhost", 0),
            ("localhst", "localhost", 1),
            ("lcoalhost", "localhost", 1),
            ("localhots", "localhost", 1),
            ("htps", "https", 1),
            ("ftp", "http", 2),
            ("", "abc", 3),
        ] {
            assert_eq!(distance(one, other), expected, "{one} {other}");
            assert_eq!(distance(other, one), expected, "{other} {one}");
        }
    }
}
