//! `-F` and `--form-string`: the parts of a multipart form.
//!
//! Knows: `name=content`, `name=@file`, `name=<file`, `=(` and `=)`, and what may follow behind
//! semicolons (`type`, `filename`, `headers`, `encoder`). Must not know: how a form is sent.

use super::draft::Kind;
use super::files;
use super::state::{Outcome, State, Stop};
use super::values::{Value, one_line, os};
use super::wrong::Wrong;
use crate::codec::text::split_once;
use crate::plan::{Encoder, Part, PartContent};

/// `--form-string`: the content is what it is.
pub(crate) fn add_string(state: &mut State<'_>, argument: Value<'_>) -> Outcome {
    let (name, content) = split(state, argument)?;
    let part = Part {
        name,
        content: PartContent::Bytes(content.to_vec()),
        ..Part::default()
    };
    put(state, part)?;
    asks_for_form(state)
}

/// `-F`.
pub(crate) fn add(state: &mut State<'_>, argument: Value<'_>) -> Outcome {
    let (name, content) = split(state, argument)?;
    match content {
        [b'(', ..] => open(state, name, content)?,
        b")" if name.is_none() => close(state)?,
        [b'@', files @ ..] => attach(state, name, files)?,
        [b'<', file @ ..] => {
            let mut fields = Fields::read(state, file, End::Text)?;
            fields.refuse_filename(state);
            let content = match file_content(&fields.content) {
                PartContent::Stdin => PartContent::Bytes(read(state, &fields.content)?),
                other => other,
            };
            let part = fields.into_part(name, content)?;
            put(state, part)?;
        }
        _ => {
            let mut fields = Fields::read(state, content, End::Text)?;
            let content = PartContent::Bytes(std::mem::take(&mut fields.content));
            let part = fields.into_part(name, content)?;
            put(state, part)?;
        }
    }
    asks_for_form(state)
}

fn asks_for_form(state: &mut State<'_>) -> Outcome {
    let draft = &mut state.draft;
    Ok(draft.asks_for(Kind::Form, &mut state.notices, &state.global)?)
}

/// The name, and what follows the equals sign.
fn split<'v>(
    state: &mut State<'_>,
    argument: Value<'v>,
) -> Result<(Option<String>, &'v [u8]), Stop> {
    let Some((name, content)) = split_once(argument.octets(), b'=') else {
        state.warn("Illegally formatted input field");
        return Err(Wrong::BadUse.into());
    };
    let name = Value::new(name).text()?;
    Ok(((!name.is_empty()).then(|| name.to_owned()), content))
}

/// Parts go into parts so many times: whoever makes or reads them goes as deep.
const DEEPEST: usize = 100;

/// Where the next part goes.
fn put(state: &mut State<'_>, part: Part) -> Outcome {
    let depth = state.draft.form_depth;
    let mut parts = &mut state.draft.form.parts;
    for _ in 0..depth {
        parts = match parts.last_mut().map(|part| &mut part.content) {
            Some(PartContent::Parts(inner)) => inner,
            _ => return Err(Wrong::BadUse.into()),
        };
    }
    parts.push(part);
    Ok(())
}

/// `=(`: what follows goes into a part of its own.
fn open(state: &mut State<'_>, name: Option<String>, content: &[u8]) -> Outcome {
    let mut fields = Fields::read(state, content, End::Text)?;
    fields.refuse_filename(state);
    if let Some(encoder) = fields.encoder.take() {
        let encoder = String::from_utf8_lossy(&encoder);
        state.warn(format!("Field encoder not allowed here: {encoder}"));
    }
    let part = fields.into_part(name, PartContent::Parts(Vec::new()))?;
    put(state, part)?;
    state.draft.form_depth = state.draft.form_depth.saturating_add(1);
    if state.draft.form_depth > DEEPEST {
        state.warn(format!(
            "no more than {DEEPEST} multiparts go into one another"
        ));
        return Err(Wrong::BadUse.into());
    }
    Ok(())
}

/// `=)`.
fn close(state: &mut State<'_>) -> Outcome {
    let Some(depth) = state.draft.form_depth.checked_sub(1) else {
        state.warn("no multipart to terminate");
        return Err(Wrong::BadUse.into());
    };
    state.draft.form_depth = depth;
    Ok(())
}

/// `@file`, or several separated by commas, which become parts of one part.
fn attach(state: &mut State<'_>, name: Option<String>, files: &[u8]) -> Outcome {
    let mut parts = Vec::new();
    let mut rest = Some(files);
    while let Some(text) = rest {
        let fields = Fields::read(state, text, End::Comma)?;
        rest = fields.further;
        let content = file_content(&fields.content);
        let own_name = file_name(&fields.content);
        let mut part = fields.into_part(None, content)?;
        if part.filename.is_none() {
            part.filename = Some(own_name?);
        }
        parts.push(part);
    }
    let part = match parts.len() {
        1 => parts.pop().map(|part| Part { name, ..part }),
        _ => Some(Part {
            name,
            content: PartContent::Parts(parts),
            ..Part::default()
        }),
    };
    put(state, part.unwrap_or_default())
}

fn file_content(name: &[u8]) -> PartContent {
    match name {
        b"-" => PartContent::Stdin,
        _ => PartContent::File(os(name).into()),
    }
}

/// The last part of a path, which the receiver is told.
fn file_name(path: &[u8]) -> Result<String, Wrong> {
    let name = path.rsplit(|&octet| octet == b'/').next();
    Ok(Value::new(name.unwrap_or(path)).text()?.to_owned())
}

fn read(state: &mut State<'_>, file: &[u8]) -> Result<Vec<u8>, Stop> {
    let file = Value::new(file);
    files::whole(&file.path(), state.stdin).map_err(|_| {
        state.complain(
            format!("Failed to open {}", file.shown()),
            Wrong::Unreadable,
        )
    })
}

/// What ends the fields of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The end of the text.
    Text,
    /// A comma too.
    Comma,
}

/// A content and what follows it behind semicolons.
#[derive(Debug, Default)]
struct Fields<'t> {
    content: Vec<u8>,
    content_type: Option<Vec<u8>>,
    filename: Option<Vec<u8>>,
    encoder: Option<Vec<u8>>,
    headers: Vec<String>,
    /// Further files, behind a comma.
    further: Option<&'t [u8]>,
}

impl<'t> Fields<'t> {
    fn read(state: &mut State<'_>, text: &'t [u8], end: End) -> Result<Self, Stop> {
        let mut fields = Fields::default();
        let mut scanner = Scanner { rest: text, end };
        scanner.blanks();
        fields.content = scanner.word();
        while scanner.next() == Some(b';') {
            scanner.step();
            scanner.blanks();
            fields.field(state, &mut scanner)?;
        }
        fields.further = scanner.rest.get(1..);
        Ok(fields)
    }

    fn field(&mut self, state: &mut State<'_>, scanner: &mut Scanner<'_>) -> Outcome {
        if self.content_type.is_none() && scanner.takes(b"type=") {
            self.content_type = Some(scanner.media_type().ok_or_else(|| {
                state.warn("Illegally formatted content-type field");
                Stop::Wrong(Wrong::BadUse)
            })?);
        } else if scanner.takes(b"filename=") {
            scanner.blanks();
            self.filename = Some(scanner.word());
        } else if scanner.takes(b"encoder=") {
            scanner.blanks();
            self.encoder = Some(scanner.word());
        } else if scanner.takes(b"headers=") {
            let from_file = matches!(scanner.next(), Some(b'@' | b'<'));
            if from_file {
                scanner.step();
            }
            scanner.blanks();
            let word = scanner.word();
            if from_file {
                self.headers_in(state, &word)?;
            } else {
                self.headers.push(header(&word)?);
            }
        } else {
            let unknown = scanner.word();
            if !unknown.is_empty() {
                let unknown = String::from_utf8_lossy(&unknown);
                state.warn(format!("skip unknown form field: {unknown}"));
            }
        }
        Ok(())
    }

    /// A file of headers: `#` begins a comment, a line that begins with a blank continues.
    fn headers_in(&mut self, state: &mut State<'_>, file: &[u8]) -> Outcome {
        let text = match files::whole(&Value::new(file).path(), state.stdin) {
            Ok(text) => text,
            Err(error) => {
                let (file, reason) = (Value::new(file).shown(), crate::error::reason(&error));
                state.warn(format!("Cannot read from {file}: {reason}"));
                return Ok(());
            }
        };
        for line in text.split(|&octet| octet == b'\n') {
            let continues = line.first().is_some_and(u8::is_ascii_whitespace);
            let line = header(line.trim_ascii())?;
            match self.headers.last_mut() {
                _ if line.is_empty() || line.starts_with('#') => {}
                Some(before) if continues => {
                    before.push(' ');
                    before.push_str(&line);
                }
                _ => self.headers.push(line),
            }
        }
        Ok(())
    }

    /// Where a name of a file has no place.
    fn refuse_filename(&mut self, state: &mut State<'_>) {
        if let Some(name) = self.filename.take() {
            let name = String::from_utf8_lossy(&name);
            state.warn(format!("Field filename not allowed here: {name}"));
        }
    }

    fn into_part(self, name: Option<String>, content: PartContent) -> Result<Part, Wrong> {
        let text = |octets: Vec<u8>| Value::new(&octets).line().map(str::to_owned);
        let encoder = match self.encoder.as_deref() {
            None => None,
            Some(b"8bit") => Some(Encoder::EightBit),
            Some(b"7bit") => Some(Encoder::SevenBit),
            Some(b"binary") => Some(Encoder::Binary),
            Some(b"base64") => Some(Encoder::Base64),
            Some(b"quoted-printable") => Some(Encoder::QuotedPrintable),
            Some(_) => return Err(Wrong::BadUse),
        };
        Ok(Part {
            name,
            content,
            content_type: self.content_type.map(text).transpose()?,
            filename: self
                .filename
                .map(|octets| Value::new(&octets).text().map(str::to_owned))
                .transpose()?,
            encoder,
            headers: self.headers,
        })
    }
}

fn header(line: &[u8]) -> Result<String, Wrong> {
    one_line(line)?;
    Ok(Value::new(line).text()?.to_owned())
}

/// Reads words behind semicolons.
struct Scanner<'t> {
    rest: &'t [u8],
    end: End,
}

impl<'t> Scanner<'t> {
    fn next(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    fn step(&mut self) {
        self.rest = self.rest.get(1..).unwrap_or_default();
    }

    fn blanks(&mut self) {
        self.rest = self.rest.trim_ascii_start();
    }

    /// Takes a name of a field, in any case.
    fn takes(&mut self, name: &[u8]) -> bool {
        match after_name(self.rest, name) {
            Some(after) => {
                self.rest = after;
                true
            }
            None => false,
        }
    }

    fn ends(&self, octet: u8) -> bool {
        octet == b';' || (self.end == End::Comma && octet == b',')
    }

    /// The octets before the next end.
    fn until_end(&mut self) -> &'t [u8] {
        let length = self.rest.iter().position(|&octet| self.ends(octet));
        let (taken, rest) = self.rest.split_at(length.unwrap_or(self.rest.len()));
        self.rest = rest;
        taken
    }

    /// A word; in double quotes `\"` and `\\` stand for the second character, and nothing ends it but
    /// the closing quote.
    fn word(&mut self) -> Vec<u8> {
        let quoted = self.rest.strip_prefix(b"\"").and_then(unquoted);
        if let Some((word, rest)) = quoted {
            self.rest = rest;
            self.until_end();
            return word;
        }
        self.until_end().trim_ascii_end().to_vec()
    }

    /// `major/minor` with its parameters, up to the next field that has a name of ours.
    fn media_type(&mut self) -> Option<Vec<u8>> {
        self.blanks();
        let whole = self.rest;
        let (major, minor) = split_once(self.until_end(), b'/')?;
        if major.is_empty() || major.contains(&b' ') || minor.is_empty() {
            return None;
        }
        while self.next() == Some(b';') && !self.names_a_field() {
            self.step();
            self.until_end();
        }
        let media_type = whole.strip_suffix(self.rest).unwrap_or(whole);
        Some(media_type.trim_ascii_end().to_vec())
    }

    fn names_a_field(&self) -> bool {
        let after = self.rest.get(1..).unwrap_or_default().trim_ascii_start();
        let names: [&[u8]; 3] = [b"filename=", b"headers=", b"encoder="];
        names
            .into_iter()
            .any(|name| after_name(after, name).is_some())
    }
}

/// What follows a name, in any case.
fn after_name<'t>(text: &'t [u8], name: &[u8]) -> Option<&'t [u8]> {
    let (start, after) = text.split_at_checked(name.len())?;
    start.eq_ignore_ascii_case(name).then_some(after)
}

/// The inside of a quoted text, and what follows the closing quote; `None` without one.
fn unquoted(mut text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut word = Vec::new();
    loop {
        match text {
            [b'"', after @ ..] => return Some((word, after)),
            [b'\\', octet @ (b'\\' | b'"'), after @ ..] | [octet, after @ ..] => {
                word.push(*octet);
                text = after;
            }
            [] => return None,
        }
    }
}
