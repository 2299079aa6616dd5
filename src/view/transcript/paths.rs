//! JSON with marks where paths of the user lead to.
//!
//! Knows: each text of a content is looked at by itself, and only if it is JSON; then it is JSON
//! afterwards too, laid out as before. Must not know: where paths come from.

use std::convert::Infallible;

use crate::codec::json::{Check, Form, Formatter, Path, Style};

/// The content with this mark in the place of each value that a path leads to.
pub(super) fn masked(content: &[u8], form: Form, paths: &[&Path], mark: &str) -> Vec<u8> {
    let text = |text: &[u8]| {
        if paths.is_empty() || !is_json(text) {
            return text.to_vec();
        }
        let start = text.to_vec();
        paths.iter().fold(start, |text, path| at(path, &text, mark))
    };
    let lines = content.split_inclusive(|&octet| octet == b'\n');
    match form {
        Form::Json => text(content),
        Form::Lines => lines.flat_map(text).collect(),
        Form::Events => lines
            .flat_map(|line| {
                let (name, value) = line.split_at(name_length(line));
                [name.to_vec(), text(value)].concat()
            })
            .collect(),
    }
}

fn at(path: &Path, text: &[u8], mark: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut copied = 0;
    for place in path.values(text) {
        out.extend_from_slice(text.get(copied..place.start).unwrap_or_default());
        out.extend_from_slice(format!("\"{mark}\"").as_bytes());
        copied = place.end;
    }
    out.extend_from_slice(text.get(copied..).unwrap_or_default());
    out
}

/// How much of a line of an event stream stands before its data; all of a line without any.
fn name_length(line: &[u8]) -> usize {
    match line.strip_prefix(b"data:") {
        Some([b' ', ..]) => 6,
        Some(_) => 5,
        None => line.len(),
    }
}

fn is_json(text: &[u8]) -> bool {
    let mut formatter = Formatter::new(Form::Json, Style::PLAIN, Check::Streaming);
    let mut deliver = |_: &[u8]| -> Result<(), Infallible> { Ok(()) };
    let Ok(()) = formatter.push(text, &mut deliver);
    let Ok(()) = formatter.finish(&mut deliver);
    formatter.broken().is_none()
}
