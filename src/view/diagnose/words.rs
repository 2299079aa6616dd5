//! Times, amounts and octets as people read them.
//!
//! Knows: one way to write each. Must not know: what is measured.

use std::fmt::Write as _;
use std::time::Duration;

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
    let mut above: Vec<usize> = (0..=other.chars().count()).collect();
    let mut second = above.clone();
    let mut before = None;
    for (number, a) in (1..).zip(one.chars()) {
        let mut row = vec![number];
        let mut left = number;
        // The letter before `b`, and what is known of the words before both pairs.
        let mut corner = None;
        let columns = other.chars().zip(above.array_windows()).zip(&second);
        for ((b, [diagonal, up]), two_up) in columns {
            let swapped = corner.filter(|(letter, _)| (before, *letter) == (Some(b), a));
            let nearest = swapped.map_or(left, |(_, it)| left.min(it)).min(*up);
            let changed = diagonal.saturating_add(usize::from(a != b));
            left = changed.min(nearest.saturating_add(1));
            row.push(left);
            corner = Some((b, *two_up));
        }
        before = Some(a);
        second = std::mem::replace(&mut above, row);
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
