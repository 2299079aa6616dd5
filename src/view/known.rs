//! Values that a mark stands for, found again wherever they come.
//!
//! Knows: where in a text a known value stands by itself. Must not know: what makes a value known, or
//! what its mark means.

use std::collections::BTreeMap;

/// From so many octets on, a value is found within longer words too: it isn't there by chance.
const UNMISTAKABLE: usize = 12;

/// Values with their marks, by their first octet.
#[derive(Debug, Default)]
pub(super) struct Known(BTreeMap<u8, Vec<(Vec<u8>, String)>>);

impl Known {
    /// From now on `mark` stands for this value; the first mark of a value stays.
    pub(super) fn learn(&mut self, value: &[u8], mark: &str) {
        let Some(first) = value.first() else { return };
        let alike = self.0.entry(*first).or_default();
        if !alike.iter().any(|(known, _)| known == value) {
            alike.push((value.to_vec(), mark.to_owned()));
            // Where one value begins another, the longer one is meant.
            alike.sort_by_key(|(known, _)| std::cmp::Reverse(known.len()));
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
            let found = self.0.get(first).into_iter().flatten();
            let mut found = found.filter(|(value, _)| stands_at(value, text, at));
            let Some((value, mark)) = found.next() else {
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
    fn mark_at(&self, text: &[u8], at: usize) -> Option<&str> {
        let rest = text.get(at..).filter(|rest| rest.starts_with(b"<"))?;
        let mut marks = self.0.values().flatten().map(|(_, mark)| mark.as_str());
        marks.find(|mark| rest.starts_with(mark.as_bytes()))
    }
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
    use super::Known;

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
}
