//! Values that a mark stands for, found again wherever they come.
//!
//! Knows: where in a text a known value stands by itself. Must not know: what makes a value known, or
//! what its mark means.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound::{Included, Unbounded};

/// From so many octets on, a value is found within longer words too: it isn't there by chance.
const UNMISTAKABLE: usize = 12;

/// So many values are known at most: a server may send any number of them.
const MOST: usize = 8192;

/// A value of more octets is not found again: a cookie of more is refused, too (RFC 6265, 6.1).
const LONGEST: usize = 4096;

/// No mark has more octets.
const LONGEST_MARK: usize = 64;

/// Values with their marks, in order, so that those that begin a text lie side by side.
type Values = BTreeMap<Vec<u8>, String>;

/// What is known, up to a bound.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// By their first octet, which few texts go on from.
    values: BTreeMap<u8, Values>,
    marks: BTreeSet<Vec<u8>>,
    count: usize,
}

impl Known {
    /// From now on `mark` stands for this value; the first mark of a value stays. What is too long, or
    /// one too many, is passed over.
    pub(super) fn learn(&mut self, value: &[u8], mark: &str) {
        let Some(first) = value.first() else { return };
        if self.count >= MOST || value.len() > LONGEST {
            return;
        }
        let alike = self.values.entry(*first).or_default();
        if !alike.contains_key(value) {
            alike.insert(value.to_vec(), mark.to_owned());
            self.marks.insert(mark.as_bytes().to_vec());
            self.count = self.count.saturating_add(1);
        }
    }

    /// The text with marks in the places of known values; `None` where there are none.
    pub(super) fn replaced(&self, text: &[u8]) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        let (mut at, mut copied) = (0, 0);
        while let Some(first) = text.get(at) {
            if let Some(mark) = self.mark_at(text, at) {
                at = at.saturating_add(mark.len());
                continue;
            }
            let alike = self.values.get(first).into_iter();
            let mut found = alike.flat_map(|alike| beginnings(alike, text, at));
            let Some((value, mark)) = found.find(|(value, _)| stands_at(value, text, at)) else {
                at = at.saturating_add(1);
                continue;
            };
            out.extend_from_slice(text.get(copied..at).unwrap_or_default());
            out.extend_from_slice(mark.as_bytes());
            at = at.saturating_add(value.len());
            copied = at;
        }
        if copied == 0 {
            return None;
        }
        out.extend_from_slice(text.get(copied..).unwrap_or_default());
        Some(out)
    }

    /// The mark that stands here already: its words may be a known value themselves.
    fn mark_at<'t>(&self, text: &'t [u8], at: usize) -> Option<&'t [u8]> {
        let rest = text.get(at..).filter(|rest| rest.starts_with(b"<"))?;
        let mut octets = rest.iter().take(LONGEST_MARK);
        let end = octets.position(|&octet| octet == b'>')?;
        let mark = rest.get(..=end)?;
        self.marks.contains(mark).then_some(mark)
    }
}

/// Values that begin what stands here, the longest first. Where one value begins another, the longer
/// one is meant.
///
/// In order, a beginning stands before the text. The last value before the text is one, or has so many
/// octets in common with it that no beginning has more.
fn beginnings<'k>(
    values: &'k Values,
    text: &[u8],
    at: usize,
) -> impl Iterator<Item = (&'k [u8], &'k str)> {
    let rest = text.get(at..).unwrap_or_default();
    let mut bound = rest.get(..LONGEST).unwrap_or(rest);
    std::iter::from_fn(move || {
        loop {
            let mut before = values.range::<[u8], _>((Unbounded, Included(bound)));
            let (value, mark) = before.next_back()?;
            let common = value
                .iter()
                .zip(bound)
                .take_while(|(one, other)| one == other);
            let common = common.count();
            let begins = common == value.len();
            let left = if begins {
                common.checked_sub(1)?
            } else {
                common
            };
            bound = bound.get(..left)?;
            if begins {
                return Some((value.as_slice(), mark.as_str()));
            }
        }
    })
}

/// Whether a value stands here, and is no part of a longer word.
fn stands_at(value: &[u8], text: &[u8], at: usize) -> bool {
    let Some((before, from)) = text.split_at_checked(at) else {
        return false;
    };
    let Some(after) = from.strip_prefix(value) else {
        return false;
    };
    let joined = |one: Option<&u8>, other: Option<&u8>| {
        let is_word = |octet: Option<&u8>| octet.is_some_and(u8::is_ascii_alphanumeric);
        is_word(one) && is_word(other)
    };
    value.len() >= UNMISTAKABLE
        || !joined(before.last(), value.first()) && !joined(value.last(), after.first())
}

#[cfg(test)]
mod tests {
    use super::{Known, MOST};

    #[test]
    fn a_mark_is_not_marked_again() {
        let mut known = Known::default();
        known.learn(b"abcdefgh", "<secret 1>");
        known.learn(b"secret", "<secret 2>");
        for (text, expected) in [
            ("abcdefgh, secret", Some("<secret 1>, <secret 2>")),
            ("<secret 1>", None),
            (
                "<secret 1> is no secret",
                Some("<secret 1> is no <secret 2>"),
            ),
            ("<secret>", Some("<<secret 2>>")),
        ] {
            let replaced = known.replaced(text.as_bytes());
            assert_eq!(replaced.as_deref(), expected.map(str::as_bytes), "{text}");
        }
    }

    #[test]
    fn where_one_value_begins_another_the_longest_that_stands_there_is_meant() {
        let mut known = Known::default();
        for (value, mark) in [
            ("abc", "<1>"),
            ("abc-def", "<2>"),
            ("abc-def-ghi-jkl", "<3>"),
            ("abc-def-ghj", "<4>"),
            ("abd", "<5>"),
        ] {
            known.learn(value.as_bytes(), mark);
        }
        for (text, expected) in [
            ("abc", "<1>"),
            ("abc-de", "<1>-de"),
            ("abc-def-gh", "<2>-gh"),
            ("abc-defg", "<1>-defg"),
            ("abc-def-ghi-jklm", "<3>m"),
            ("abc-def-ghj.abd.abc", "<4>.<5>.<1>"),
        ] {
            let replaced = known.replaced(text.as_bytes()).unwrap();
            assert_eq!(String::from_utf8(replaced).unwrap(), expected, "{text}");
        }
        for text in ["abcd", "ab", "aabc", "abe", ""] {
            assert_eq!(known.replaced(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn what_is_known_has_a_bound() {
        let mut known = Known::default();
        for number in 0..MOST + 10 {
            known.learn(format!("value {number}").as_bytes(), "<mark>");
        }
        assert_eq!(known.count, MOST);
        let replaced = |text: String| known.replaced(text.as_bytes());
        assert_eq!(
            replaced(format!("value {}", MOST - 1)),
            Some(b"<mark>".to_vec())
        );
        assert_eq!(replaced(format!("value {MOST}")), None);
        let mut known = Known::default();
        known.learn(&[b'x'; super::LONGEST + 1], "<mark>");
        assert_eq!(known.count, 0);
    }
}
