//! `%{json}` and `%{header_json}`.
//!
//! Knows: how values become JSON. Must not know: what they mean.

use std::fmt::Write as _;

use super::variables::{Means, VARIABLES, Value, seconds};
use crate::http1::Head;
use crate::view::ledger::Account;

/// All variables as one object, in the order of the table.
pub(super) fn all(account: &Account) -> Vec<u8> {
    let mut text = String::from("{");
    for variable in VARIABLES {
        if matches!(variable.means, Means::Switch(_)) {
            continue;
        }
        text.push('"');
        text.push_str(variable.name);
        text.push_str("\":");
        match variable.value(account) {
            Value::Text(None) => text.push_str("null"),
            Value::Text(Some(value)) => string(&value, &mut text),
            Value::Number(number) => text.push_str(&number.to_string()),
            Value::Status(status) => text.push_str(&status.to_string()),
            Value::Seconds(time) => text.push_str(&seconds(time)),
        }
        text.push(',');
    }
    text.push_str(concat!(
        "\"curl_version\":\"rcurl/",
        env!("CARGO_PKG_VERSION"),
        "\"}"
    ));
    text.into_bytes()
}

/// The fields of a head: each name once, in lower case, with all its values.
pub(super) fn head(head: Option<&Head>) -> Vec<u8> {
    let mut fields: Vec<(String, Vec<String>)> = Vec::new();
    for field in head.into_iter().flat_map(Head::fields) {
        let mut name = String::new();
        string(
            field.name.trim_ascii().to_ascii_lowercase().as_slice(),
            &mut name,
        );
        let mut value = String::new();
        string(&field.value, &mut value);
        match fields.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.push(value),
            None => fields.push((name, vec![value])),
        }
    }
    let lines: Vec<_> = fields
        .iter()
        .map(|(name, values)| format!("{name}:[{}]", values.join(",")))
        .collect();
    format!("{{{}\n}}", lines.join(",\n")).into_bytes()
}

/// Appends a JSON string. What is not UTF-8 is read as ISO 8859-1, as HTTP long did (RFC 9110, 5.5):
/// the result is JSON whatever a server sends, and no octet is lost.
fn string(octets: &[u8], out: &mut String) {
    let mut text = String::with_capacity(octets.len());
    for chunk in octets.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().copied().map(char::from));
    }
    for letter in serde_json::Value::from(text).to_string().chars() {
        // JSON lets DEL and the C1 controls pass; a terminal should not see them.
        if letter.is_control() {
            let _ = write!(out, "\\u{:04x}", u32::from(letter));
        } else {
            out.push(letter);
        }
    }
}
