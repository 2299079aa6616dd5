//! Marks in the places of values, numbered where there are several.
//!
//! Knows: equal values of a kind have one mark, numbers go by first appearance, and the only value of
//! its kind has no number. Must not know: what is marked, or why. As the count is known at the end
//! only, a mark is a placeholder until then: two control characters with kind and number between
//! them, which no text holds that was made visible.

use std::collections::BTreeMap;

use crate::plan::Varying;

const OPENS: char = '\u{2}';
const CLOSES: char = '\u{3}';

/// The marks of one transcript.
#[derive(Debug, Default)]
pub(super) struct Marks(BTreeMap<Varying, BTreeMap<String, usize>>);

impl Marks {
    /// The mark of a value. That two values of some kinds are equal is chance (two dates of the same
    /// second): those have no number.
    pub(super) fn mark(&mut self, varying: Varying, value: &str) -> String {
        let identity = match varying {
            Varying::Boundary | Varying::Etag | Varying::Id | Varying::Nonce | Varying::Port => {
                value
            }
            _ => return format!("<{}>", varying.word()),
        };
        let values = self.0.entry(varying).or_default();
        let next = values.len().saturating_add(1);
        let number = *values.entry(identity.to_owned()).or_insert(next);
        format!("{OPENS}{}{number}{CLOSES}", letter(varying))
    }

    /// The text with its marks as they are read.
    pub(super) fn settled(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut parts = text.split(OPENS);
        out.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let (mark, rest) = part.split_once(CLOSES).unwrap_or((part, ""));
            self.settle(mark, &mut out);
            out.push_str(rest);
        }
        out
    }

    fn settle(&self, mark: &str, out: &mut String) {
        let mut rest = mark.chars();
        let kind = rest.next();
        let varying = Varying::ALL
            .iter()
            .find(|varying| Some(letter(**varying)) == kind);
        let Some(varying) = varying else { return };
        out.push('<');
        out.push_str(varying.word());
        if self.0.get(varying).is_some_and(|values| values.len() > 1) {
            out.push(' ');
            out.push_str(rest.as_str());
        }
        out.push('>');
    }
}

/// What a kind is called in a placeholder.
fn letter(varying: Varying) -> char {
    char::from(b'A'.saturating_add(varying as u8))
}

/// Whether a value is a mark already, settled or not.
pub(super) fn is_mark(value: &str) -> bool {
    let inside = value
        .strip_prefix('<')
        .and_then(|value| value.strip_suffix('>'));
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == ' ';
    inside.is_some_and(|inside| {
        inside.starts_with(|c: char| c.is_ascii_lowercase()) && inside.chars().all(fits)
    }) || value.starts_with(OPENS) && value.ends_with(CLOSES)
}
