//! Secrets shown as marks: `Authorization: Bearer <secret 1>`.
//!
//! Knows: which part of a line, a sentence or a content is a secret. Must not know: views, or where
//! anything goes. `names` say where a secret follows, `value` which part of a value it is, `content`
//! finds them in bodies as they come, `leftover` in what was not read as a `message`, `texts` in sentences and URLs, `secrets` gives equal ones equal
//! marks, and `told` goes round any view, so that it is told none.
//!
//! User names are no secrets: curl tells them too.

mod content;
mod leftover;
mod message;
mod names;
mod secrets;
mod texts;
mod told;
mod value;

use crate::codec::text::split_once;
use crate::http1::Role;

pub use content::Filter;
pub use secrets::Secrets;
pub use told::Redacted;

use names::{Place, says};

/// A line of a head, or of a trailer section, with marks in the places of secrets.
pub fn line(role: Role, line: &[u8], secrets: &mut Secrets) -> Vec<u8> {
    if matches!(role, Role::FieldLine | Role::TrailerLine)
        && let Some((name, value)) = split_once(line, b':')
        && let Some(says) = says(name, Place::Elsewhere)
    {
        let value = value::between_blanks(value, |value| value::marked(says, value, secrets));
        return [name, b":", &value].concat();
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
