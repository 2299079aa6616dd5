//! Secrets shown as marks: `Authorization: Bearer <secret 1>`.
//!
//! Knows: which part of a line, a sentence or a content is a secret. Must not know: views, or where
//! anything goes. `names` say where a secret follows, `value` which part of a value it is, `content`
//! finds them in bodies as they come, `secrets` gives equal ones equal marks, and `told` goes round
//! any view, so that it is told none.
//!
//! User names are no secrets: curl tells them too.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "positions and counts within one bounded text: no sum comes near the end of its type"
)]

mod content;
mod names;
mod secrets;
mod told;
mod value;

use crate::http1::Role;

pub use content::Filter;
pub use secrets::Secrets;
pub use told::Redacted;

use names::{Place, says};

/// A line of a head, or of a trailer section, with marks in the places of secrets.
pub fn line(role: Role, line: &[u8], secrets: &mut Secrets) -> Vec<u8> {
    let field = matches!(role, Role::FieldLine | Role::TrailerLine);
    let colon = line
        .iter()
        .position(|&octet| octet == b':')
        .filter(|_| field);
    if let Some((name, value)) = colon.and_then(|at| line.split_at_checked(at + 1))
        && let Some(says) = says(name, Place::Elsewhere)
    {
        let start = value.len() - value.trim_ascii_start().len();
        let end = value.trim_ascii_end().len().max(start);
        let part = value.get(start..end).unwrap_or_default();
        let marked = value::marked(says, part, secrets);
        return [name, &value::spliced(value, &[(start..end, marked)])].concat();
    }
    value::text(line, secrets).unwrap_or_else(|| line.to_vec())
}

/// Words that may quote a URL, with marks in the places of secrets.
pub fn words(words: &str, secrets: &mut Secrets) -> String {
    value::text(words.as_bytes(), secrets).map_or_else(
        || words.to_owned(),
        |marked| String::from_utf8_lossy(&marked).into_owned(),
    )
}
