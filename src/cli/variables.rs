//! `--variable` and `--expand-…`.
//!
//! Knows: how a variable is set (text, file, environment, byte range), and how `{{name:function}}` is
//! put into an argument. Must not know: which option the argument belongs to.

use std::ffi::OsStr;
use std::ops::RangeInclusive;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::files;
use super::state::{Outcome, State, Stop};
use super::values::{self, Value};
use super::wrong::Wrong;
use crate::codec::text::{percent_encode, split_once};

/// No name is longer, in octets.
const LONGEST_NAME: usize = 127;

/// `--variable name=text`, `name@file`, `%NAME`, `%NAME=default`; `name[1-5]…` takes a part only.
pub(crate) fn set(state: &mut State<'_>, argument: Value<'_>) -> Outcome {
    let imported = argument.after(b'%');
    let (name, mut rest) = name_of(imported.unwrap_or(argument).octets());
    if name.is_empty() || name.len() > LONGEST_NAME {
        let length = name.len();
        state.warn(format!("Bad variable name length ({length}), skipping"));
        return Ok(());
    }
    let mut content = None;
    if imported.is_some() {
        let variables = &state.environment.variables;
        let value = variables.get(AsRef::<OsStr>::as_ref(&values::os(name)));
        content = value.map(|value| value.as_encoded_bytes().to_vec());
        if rest.is_empty() && content.is_none() {
            let name = Value::new(name).shown();
            return Err(state.complain(
                format!("Variable '{name}' import fail, not set"),
                Wrong::Expansion,
            ));
        }
    }
    let mut range = None;
    if let [b'[', after @ ..] = rest
        && after.first().is_some_and(u8::is_ascii_digit)
    {
        let (found, after) = byte_range(after).ok_or(Wrong::VariableSyntax)?;
        range = Some(found);
        rest = after;
    }
    let content = match (content, rest) {
        (Some(content), _) => content,
        (None, [b'@', file @ ..]) => part(read(state, Value::new(file))?, range),
        (None, [b'=', text @ ..]) => part(text.to_vec(), range),
        _ => {
            let argument = argument.shown();
            state.warn(format!("Bad --variable syntax, skipping: {argument}"));
            return Ok(());
        }
    };
    if state.variables.content(name).is_some() {
        let name = Value::new(name).shown();
        state.note(format!("Overwriting variable '{name}'"));
    }
    state.variables.set(name, content);
    Ok(())
}

fn read(state: &mut State<'_>, file: Value<'_>) -> Result<Vec<u8>, Stop> {
    files::whole(&file.path(), state.stdin).map_err(|error| {
        let (file, reason) = (file.shown(), crate::error::reason(&error));
        state.complain(
            format!("Failed to open {file}: {reason}"),
            Wrong::Unreadable,
        )
    })
}

fn is_name(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || octet == b'_'
}

/// The name at the start, and what follows it.
fn name_of(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text
        .iter()
        .position(|&octet| !is_name(octet))
        .unwrap_or(text.len());
    text.split_at(end)
}

/// `first-last]` or `first-]`, and what follows.
fn byte_range(text: &[u8]) -> Option<(RangeInclusive<usize>, &[u8])> {
    let (range, rest) = split_once(text, b']')?;
    let (first, last) = std::str::from_utf8(range).ok()?.split_once('-')?;
    let first: usize = number(first)?;
    let last: usize = if last.is_empty() {
        usize::MAX
    } else {
        number(last)?
    };
    (first <= last).then_some((first..=last, rest))
}

fn number(digits: &str) -> Option<usize> {
    let plain = digits.bytes().all(|octet| octet.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

fn part(content: Vec<u8>, range: Option<RangeInclusive<usize>>) -> Vec<u8> {
    let Some(range) = range else {
        return content;
    };
    let end = range.end().saturating_add(1).min(content.len());
    content
        .get(*range.start()..end)
        .unwrap_or_default()
        .to_vec()
}

/// `--expand-…`: puts variables into an argument. Without any in it, it stays as it is.
pub(crate) fn expand(state: &mut State<'_>, argument: Value<'_>) -> Result<Vec<u8>, Stop> {
    let mut expanded = Vec::new();
    let mut replaced = false;
    let mut rest = argument.octets();
    while let Some((before, after)) = split_at_pair(rest, b"{{") {
        if let Some(before) = before.strip_suffix(b"\\") {
            expanded.extend_from_slice(before);
            expanded.extend_from_slice(b"{{");
            rest = after;
            continue;
        }
        let Some((inside, after)) = split_at_pair(after, b"}}") else {
            let argument = argument.shown();
            state.warn(format!("missing close '}}}}' in '{argument}'"));
            break;
        };
        expanded.extend_from_slice(before);
        match evaluate(state, inside, argument)? {
            Some(content) => {
                expanded.extend_from_slice(&content);
                replaced = true;
            }
            None => expanded.extend([b"{{", inside, b"}}"].concat()),
        }
        rest = after;
    }
    if !replaced {
        return Ok(argument.octets().to_vec());
    }
    expanded.extend_from_slice(rest);
    Ok(expanded)
}

/// What stands for `{{inside}}`; `None` when it is no variable, and stays as it is.
fn evaluate(
    state: &mut State<'_>,
    inside: &[u8],
    argument: Value<'_>,
) -> Result<Option<Vec<u8>>, Stop> {
    let colon = inside.iter().position(|&octet| octet == b':');
    let (name, functions) = inside.split_at(colon.unwrap_or(inside.len()));
    if name.is_empty() || name.len() > LONGEST_NAME {
        let argument = argument.shown();
        state.warn(format!("bad variable name length '{argument}'"));
        return Ok(None);
    }
    if !name.iter().copied().all(is_name) {
        let name = Value::new(name).shown();
        state.warn(format!("bad variable name: {name}"));
        return Ok(None);
    }
    let mut content = state.variables.content(name).unwrap_or_default().to_vec();
    for function in functions.split(|&octet| octet == b':').skip(1) {
        content = apply(function, &content).ok_or_else(|| {
            let functions = Value::new(functions).shown();
            state.complain(
                format!("unknown variable function in '{functions}'"),
                Wrong::Expansion,
            )
        })?;
    }
    if content.contains(&0) {
        return Err(state.complain("variable contains null byte", Wrong::Expansion));
    }
    Ok(Some(content))
}

fn apply(function: &[u8], content: &[u8]) -> Option<Vec<u8>> {
    Some(match function {
        b"trim" => trim(content).to_vec(),
        b"json" => json(content),
        b"url" => percent_encode(content).into_bytes(),
        b"b64" => BASE64_STANDARD.encode(content).into_bytes(),
        b"64dec" => BASE64_STANDARD
            .decode(content)
            .unwrap_or_else(|_| b"[64dec-fail]".to_vec()),
        _ => return None,
    })
}

fn trim(content: &[u8]) -> &[u8] {
    let blank = |octet: &u8| octet.is_ascii_whitespace() || *octet == 0x0b;
    let start = content.iter().position(|octet| !blank(octet));
    let end = content.iter().rposition(|octet| !blank(octet));
    start
        .zip(end)
        .and_then(|(start, end)| content.get(start..=end))
        .unwrap_or_default()
}

/// The inside of a JSON string (RFC 8259, 7).
fn json(content: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(content.len());
    for &octet in content {
        match octet {
            b'"' | b'\\' => text.extend([b'\\', octet]),
            0x08 => text.extend(b"\\b"),
            0x0c => text.extend(b"\\f"),
            b'\n' => text.extend(b"\\n"),
            b'\r' => text.extend(b"\\r"),
            b'\t' => text.extend(b"\\t"),
            0..0x20 => text.extend(format!("\\u{octet:04x}").into_bytes()),
            _ => text.push(octet),
        }
    }
    text
}

/// What stands before the first of these pairs of octets, and what after it.
fn split_at_pair<'t>(text: &'t [u8], pair: &[u8]) -> Option<(&'t [u8], &'t [u8])> {
    let at = text.windows(pair.len()).position(|window| window == pair)?;
    let (before, from) = text.split_at(at);
    Some((before, from.strip_prefix(pair)?))
}
