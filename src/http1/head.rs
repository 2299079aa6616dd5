//! The head of a response: its status line and field lines, kept exactly as received.
//!
//! Knows the grammar of RFC 9112, sections 3 to 5, and where curl 8.22 is more lenient or more
//! strict than it. Does not know what a field means; `body.rs` reads those that frame the content.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use super::broken::Broken;
use super::role::Role;
use super::rule::{Notes, Rule};
use super::settings::Peer;

/// The version of HTTP that a response is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// No head at all: the content begins with the first octet.
    Http09,
    /// HTTP/1.0.
    Http10,
    /// HTTP/1.1.
    Http11,
}

/// The head of a response: order, case and spelling as received.
#[derive(Clone, PartialEq, Eq)]
pub struct Head {
    raw: Vec<u8>,
    /// The status line, then one range per field, its continuation lines included.
    lines: Vec<Range<usize>>,
    version: Version,
    status: u16,
    reason: Range<usize>,
}

/// One field of a head.
#[derive(Clone, PartialEq, Eq)]
pub struct Field<'a> {
    /// The name as sent: what stands before the first colon, white space included.
    pub name: &'a [u8],
    /// The value without white space around it; continuation lines joined with one space.
    pub value: Cow<'a, [u8]>,
    /// The whole line as received, with its line end; more than one line when it is folded.
    pub line: &'a [u8],
}

/// Shows the name alone, as the value may be a cookie.
impl fmt::Debug for Field<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Field({})", self.name.escape_ascii())
    }
}

impl Field<'_> {
    /// Whether this is the name of the field, in any case.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }
}

impl Head {
    /// The head of an answer that has none (HTTP/0.9).
    pub(super) const fn absent() -> Self {
        Self {
            raw: Vec::new(),
            lines: Vec::new(),
            version: Version::Http09,
            status: 0,
            reason: 0..0,
        }
    }

    /// Reads a complete head, from the status line to the empty line. Octets after that are not
    /// looked at. For heads that came out of a file; a stream is read by
    /// [`Connection`](super::Connection).
    pub fn parse(octets: &[u8]) -> Result<Self, Broken> {
        let mut lines = octets.split_inclusive(|&octet| octet == b'\n');
        let mut notes = Notes::default();
        let mut head = Self::absent();
        head.begin(lines.next().unwrap_or_default(), 0, &mut notes)?;
        for line in lines {
            if is_blank_line(line) {
                head.end(line);
                return Ok(head);
            }
            head.add(line, 0, &mut notes)?;
        }
        Err(Broken::HeadCut)
    }

    /// The version in the status line.
    pub const fn version(&self) -> Version {
        self.version
    }

    /// The status code, 100 to 999; 0 for an answer without head.
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The reason phrase, possibly empty.
    pub fn reason(&self) -> &[u8] {
        self.slice(&self.reason)
    }

    /// Every octet of the head, from the status line to the empty line.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// The status line with its line end; empty for an answer without head.
    pub fn status_line(&self) -> &[u8] {
        self.lines.first().map_or(&[], |line| self.slice(line))
    }

    /// The fields in order. A line before the first field that begins with white space is none.
    pub fn fields(&self) -> impl DoubleEndedIterator<Item = Field<'_>> {
        self.field_lines().filter_map(parse_field_line)
    }

    fn field_lines(&self) -> impl DoubleEndedIterator<Item = &[u8]> {
        let lines = self.lines.iter().skip(1);
        lines.map(|line| self.slice(line))
    }

    /// The first field of this name, in any case.
    pub fn field(&self, name: &str) -> Option<Field<'_>> {
        self.all(name).next()
    }

    /// All fields of this name, in any case, in order.
    pub fn all(&self, name: &str) -> impl DoubleEndedIterator<Item = Field<'_>> {
        let lines = self.field_lines().filter(move |line| is_named(line, name));
        lines.filter_map(parse_field_line)
    }

    /// All fields that have one of these names, in any case, in order.
    pub(super) fn any_of(&self, names: &[&str]) -> impl Iterator<Item = Field<'_>> {
        let is_one = |line: &&[u8]| names.iter().any(|name| is_named(line, name));
        self.field_lines()
            .filter(is_one)
            .filter_map(parse_field_line)
    }

    /// Whether a field of this name has `token` in its comma-separated list, in any case.
    pub fn lists(&self, name: &str, token: &str) -> bool {
        self.all(name)
            .any(|field| list(&field.value).any(|t| t.eq_ignore_ascii_case(token.as_bytes())))
    }

    /// Whether the sender of this head keeps the connection (RFC 9112, section 9.3).
    pub(super) fn persistent(&self, peer: Peer) -> bool {
        let says = |option| {
            self.lists("Connection", option)
                || peer == Peer::Proxy && self.lists("Proxy-Connection", option)
        };
        match self.version {
            Version::Http09 => false,
            Version::Http10 => {
                says("keep-alive") && !says("close") && self.field("Transfer-Encoding").is_none()
            }
            Version::Http11 => !says("close"),
        }
    }

    /// Takes the status line.
    pub(super) fn begin(&mut self, line: &[u8], at: u64, notes: &mut Notes) -> Result<(), Broken> {
        const USUAL: (usize, usize) = (512, 16);
        let content = line_content(line, at, notes)?;
        self.raw.reserve(USUAL.0);
        self.lines.reserve(USUAL.1);
        let status = parse_status_line(content, at, notes)?;
        self.version = status.version;
        self.status = status.code;
        self.reason = status.reason;
        self.push(line);
        Ok(())
    }

    /// Takes one more line, not the empty one: a field, or more of the field before it.
    pub(super) fn add(&mut self, line: &[u8], at: u64, notes: &mut Notes) -> Result<(), Broken> {
        let content = line_content(line, at, notes)?;
        let blank = content.first().is_some_and(|&octet| is_blank(octet));
        if blank && self.lines.len() > 1 {
            notes.note(Rule::ObsFold, at);
            inspect_value(content, at, notes);
            self.raw.extend_from_slice(line);
            if let Some(last) = self.lines.last_mut() {
                last.end = self.raw.len();
            }
            return Ok(());
        }
        let (name, value) = split_at_colon(content).ok_or(Broken::ColonMissing)?;
        if blank {
            notes.note(Rule::BlankAfterStartLine, at);
        } else {
            inspect_name(name, at, notes);
        }
        inspect_value(value, at, notes);
        self.push(line);
        Ok(())
    }

    /// Takes the empty line.
    pub(super) fn end(&mut self, line: &[u8]) {
        self.raw.extend_from_slice(line);
    }

    /// The field that came last, as far as it has come, if it has one of these names.
    pub(super) fn last_field_named(&self, names: &[&str]) -> Option<Field<'_>> {
        let line = self.slice(self.lines.get(1..)?.last()?);
        let is_one = names.iter().any(|name| is_named(line, name));
        is_one.then(|| parse_field_line(line)).flatten()
    }

    fn slice(&self, range: &Range<usize>) -> &[u8] {
        self.raw.get(range.clone()).unwrap_or_default()
    }

    fn push(&mut self, line: &[u8]) {
        let start = self.raw.len();
        self.raw.extend_from_slice(line);
        self.lines.push(start..self.raw.len());
    }
}

/// Shows no field, as fields may carry cookies.
impl fmt::Debug for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Head")
            .field("version", &self.version)
            .field("status", &self.status)
            .field("lines", &self.lines.len())
            .finish_non_exhaustive()
    }
}

/// Reads one field line (continuation lines may follow in the same slice). `None` for a line that
/// begins with white space or has no colon, as such a line is no field of its own.
pub fn parse_field_line(line: &[u8]) -> Option<Field<'_>> {
    if line.first().is_none_or(|&octet| is_blank(octet)) {
        return None;
    }
    let (name, value) = split_at_colon(line)?;
    Some(Field {
        name,
        value: unfold(value),
        line,
    })
}

/// Whether a field line has this name, in any case. Asked before the value is looked at.
fn is_named(line: &[u8], name: &str) -> bool {
    line.split_at_checked(name.len())
        .is_some_and(|(start, rest)| {
            rest.first() == Some(&b':') && start.eq_ignore_ascii_case(name.as_bytes())
        })
}

/// What stands before the first colon, and what after it.
fn split_at_colon(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut parts = line.splitn(2, |&octet| octet == b':');
    Some((parts.next()?, parts.next()?))
}

/// The members of a comma-separated list, without white space, empty ones left out.
pub(super) fn list(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value
        .split(|&octet| octet == b',')
        .map(trim)
        .filter(|member| !member.is_empty())
}

/// Version and status of a status line, as [`Connection`](super::Connection) hands it out. `None` for
/// what is no status line.
pub fn version_and_status(line: &[u8]) -> Option<(Version, u16)> {
    let mut notes = Notes::default();
    let content = line_content(line, 0, &mut notes).ok()?;
    let status = parse_status_line(content, 0, &mut notes).ok()?;
    Some((status.version, status.code))
}

/// Labels the lines of a request head that is about to be sent.
pub fn request_lines(head: &[u8]) -> impl Iterator<Item = (Role, &[u8])> {
    head.split_inclusive(|&octet| octet == b'\n')
        .enumerate()
        .map(|(index, line)| {
            let role = match index {
                0 => Role::RequestLine,
                _ if is_blank_line(line) => Role::HeadEnd,
                _ => Role::FieldLine,
            };
            (role, line)
        })
}

struct StatusLine {
    version: Version,
    code: u16,
    reason: Range<usize>,
}

/// Reads a status line without its line end. What curl refuses is refused, and so is what is glued
/// to the code (`200OK`, `2000`).
fn parse_status_line(line: &[u8], at: u64, notes: &mut Notes) -> Result<StatusLine, Broken> {
    let after = line.strip_prefix(b"HTTP/").ok_or(Broken::Http09)?;
    let after = after.strip_prefix(b"1").ok_or(Broken::Version)?;
    let (version, after) = match after {
        [b'.', b'1', after @ ..] => (Version::Http11, after),
        [b'.', b'0', after @ ..] => (Version::Http10, after),
        _ => return Err(Broken::Subversion),
    };
    let ([before, a, b, c], rest) = after.split_first_chunk().ok_or(Broken::Subversion)?;
    if !is_blank(*before) || ![a, b, c].iter().all(|digit| digit.is_ascii_digit()) {
        return Err(Broken::Subversion);
    }
    let digits = [*a, *b, *c];
    let code = str::from_utf8(&digits)
        .ok()
        .and_then(|text| text.parse().ok());
    let code = code.filter(|&code| code >= 100).ok_or(Broken::StatusCode)?;
    let (after, reason) = match rest.split_first() {
        None => (None, rest),
        Some((&octet, reason)) if is_blank(octet) => (Some(octet), reason),
        Some(_) => return Err(Broken::StatusCodeGlued),
    };
    if code >= 600 {
        notes.note(Rule::StatusClass, at);
    }
    if *before != b' ' || after != Some(b' ') {
        notes.note(Rule::StatusLineSpace, at);
    }
    if reason.iter().copied().any(is_control) {
        notes.note(Rule::ReasonPhrase, at);
    }
    Ok(StatusLine {
        version,
        code,
        reason: line.len().saturating_sub(reason.len())..line.len(),
    })
}

/// A line of a head without its line end.
fn line_content<'a>(line: &'a [u8], at: u64, notes: &mut Notes) -> Result<&'a [u8], Broken> {
    let content = without_line_end(line, at, notes);
    if content.contains(&0) {
        return Err(Broken::Nul);
    }
    if content.contains(&b'\r') {
        return Err(Broken::CarriageReturn);
    }
    Ok(content)
}

/// Takes CR LF, or LF alone, off a line.
pub(super) fn without_line_end<'a>(line: &'a [u8], at: u64, notes: &mut Notes) -> &'a [u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or_else(|| {
        notes.note(Rule::BareLf, at);
        line
    })
}

/// Notes what is wrong with a field name.
pub(super) fn inspect_name(name: &[u8], at: u64, notes: &mut Notes) {
    let token = trim(name);
    if name.last().is_some_and(|&octet| is_blank(octet)) {
        notes.note(Rule::BlankBeforeColon, at);
    }
    if token.is_empty() || !token.iter().copied().all(is_token) {
        notes.note(Rule::FieldName, at);
    }
}

/// Notes what is wrong with a field value, or a part of one.
pub(super) fn inspect_value(value: &[u8], at: u64, notes: &mut Notes) {
    if value.iter().copied().any(is_control) {
        notes.note(Rule::FieldValue, at);
    }
}

/// Joins the lines of a folded value as curl 8.22 does: the white space around each fold, line end
/// included, becomes one space.
fn unfold(value: &[u8]) -> Cow<'_, [u8]> {
    let value = trim(value);
    if !value.contains(&b'\n') {
        return Cow::Borrowed(value);
    }
    let mut lines = value
        .split(|&octet| octet == b'\n')
        .map(trim)
        .filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    let mut folded = Cow::Borrowed(first);
    for line in lines {
        let joined = folded.to_mut();
        joined.push(b' ');
        joined.extend_from_slice(line);
    }
    folded
}

/// Takes white space off both ends: space, tab and what is left of a line end.
pub(super) fn trim(value: &[u8]) -> &[u8] {
    let ends = |octet: &u8| !is_blank(*octet) && *octet != b'\r' && *octet != b'\n';
    let start = value.iter().position(ends);
    let last = value.iter().rposition(ends);
    start
        .zip(last)
        .and_then(|(start, last)| value.get(start..=last))
        .unwrap_or_default()
}

fn is_blank_line(line: &[u8]) -> bool {
    matches!(line, b"\n" | b"\r\n")
}

pub(super) const fn is_blank(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t')
}

pub(super) const fn is_control(octet: u8) -> bool {
    octet.is_ascii_control() && octet != b'\t'
}

/// RFC 9110, section 5.6.2.
const fn is_token(octet: u8) -> bool {
    octet.is_ascii_alphanumeric()
        || matches!(
            octet,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        )
}
