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
    out.push('"');
    for chunk in octets.utf8_chunks() {
        chunk
            .valid()
            .chars()
            .for_each(|letter| character(letter, out));
        let invalid = chunk.invalid().iter().copied();
        invalid.for_each(|octet| character(char::from(octet), out));
    }
    out.push('"');
}

fn character(letter: char, out: &mut String) {
    match letter {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        control if control.is_control() => {
            let _ = write!(out, "\\u{:04x}", u32::from(control));
        }
        other => out.push(other),
    }
}
