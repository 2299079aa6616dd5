//! `-d` and its relatives, `--url-query`, `-H` and `-w`: content given as text or as a file.
//!
//! Knows: which of them reads `@file`, what it drops, how it encodes and how it is joined. Must not
//! know: how a request is made of it.

use super::draft::Data;
use super::files;
use super::state::{Outcome, State, Stop};
use super::values::{Value, one_line};
use super::wrong::Wrong;
use crate::codec::text::{form_encode, split_once};

/// The relatives of `-d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `-d`: a file loses its line ends and NULs.
    Ascii,
    /// `--data-binary`: a file is kept.
    Binary,
    /// `--data-raw`: `@` is data.
    Raw,
    /// `--data-urlencode`.
    Encoded,
    /// `--json`: as `Binary`, joined without `&`.
    Json,
}

/// Adds data to the content of the request.
pub(crate) fn add(state: &mut State<'_>, kind: Kind, argument: Value<'_>) -> Outcome {
    let mut octets = match (kind, argument.after(b'@')) {
        (Kind::Encoded, _) => encoded(state, argument)?.into_bytes(),
        (Kind::Raw, _) | (_, None) => argument.octets().to_vec(),
        (_, Some(file)) => read(state, file)?,
    };
    if kind == Kind::Ascii && argument.octets().starts_with(b"@") {
        octets.retain(|octet| !b"\r\n\0".contains(octet));
    }
    let data = state.draft.data.get_or_insert_with(Data::default);
    data.json |= kind == Kind::Json;
    if data.octets.is_empty() {
        data.octets = octets;
        return Ok(());
    }
    if kind != Kind::Json {
        data.octets.push(b'&');
    }
    data.octets.append(&mut octets);
    Ok(())
}

/// `--url-query`: as `--data-urlencode`, or as it is behind a `+`.
pub(crate) fn add_query(state: &mut State<'_>, argument: Value<'_>) -> Outcome {
    let text = match argument.after(b'+') {
        Some(plain) => plain.line()?.to_owned(),
        None => encoded(state, argument)?,
    };
    let query = &mut state.operation().request.url_query;
    *query = Some(match query.take() {
        Some(before) => format!("{before}&{text}"),
        None => text,
    });
    Ok(())
}

/// `content`, `=content`, `name=content`, `@file` or `name@file`, the content percent-encoded.
fn encoded(state: &mut State<'_>, argument: Value<'_>) -> Result<String, Stop> {
    let octets = argument.octets();
    let (name, value, is_file) = if let Some((name, value)) = split_once(octets, b'=') {
        (name, Value::new(value), false)
    } else if let Some((name, file)) = split_once(octets, b'@') {
        (name, Value::new(file), true)
    } else {
        (&[][..], argument, false)
    };
    let mut text = String::new();
    let name = Value::new(name).line()?;
    if !name.is_empty() {
        text.push_str(name);
        text.push('=');
    }
    if !is_file {
        form_encode(value.octets(), &mut text);
        return Ok(text);
    }
    let mut take = |piece: &[u8]| form_encode(piece, &mut text);
    let read = files::pieces(&value.path(), state.stdin, &mut take);
    read.map_err(|_| unreadable(state, value))?;
    Ok(text)
}

/// Who a header is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Receiver {
    /// `-H`.
    Origin,
    /// `--proxy-header`.
    Proxy,
}

/// `-H` and `--proxy-header`: a line, or `@file` with lines.
pub(crate) fn header(state: &mut State<'_>, receiver: Receiver, argument: Value<'_>) -> Outcome {
    let mut lines = Vec::new();
    if let Some(file) = argument.after(b'@') {
        let text = read(state, file)?;
        for (_, line) in files::lines(&text) {
            one_line(line)?;
            lines.push(line.to_vec());
        }
    } else {
        one_line(argument.octets())?;
        if !argument.octets().iter().any(|octet| b":;".contains(octet)) {
            let kind = match receiver {
                Receiver::Origin => "HTTP",
                Receiver::Proxy => "proxy",
            };
            let shown = argument.shown();
            state.warn(format!(
                "The provided {kind} header '{shown}' does not look like a header?"
            ));
        }
        lines.push(argument.octets().to_vec());
    }
    let request = &mut state.operation().request;
    match receiver {
        Receiver::Origin => request.headers.append(&mut lines),
        Receiver::Proxy => request.proxy_headers.append(&mut lines),
    }
    Ok(())
}

/// `-w`: a format, or `@file` with one, which loses its line ends.
pub(crate) fn write_out(state: &mut State<'_>, argument: Value<'_>) -> Outcome {
    let mut format = match argument.after(b'@') {
        Some(file) => read(state, file)?,
        None => argument.octets().to_vec(),
    };
    if argument.octets().starts_with(b"@") {
        format.retain(|octet| !b"\r\n\0".contains(octet));
    }
    state.operation().write_out = Some(format);
    Ok(())
}

fn read(state: &mut State<'_>, file: Value<'_>) -> Result<Vec<u8>, Stop> {
    files::whole(&file.path(), state.stdin).map_err(|_| unreadable(state, file))
}

fn unreadable(state: &mut State<'_>, file: Value<'_>) -> Stop {
    let complaint = format!("Failed to open {}", file.shown());
    state.complain(complaint, Wrong::Unreadable)
}
