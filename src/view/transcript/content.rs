//! A content in lines that a person can read, and a program compare.
//!
//! Knows: text stands line by line, JSON laid out; everything else is told by its length and a hash.
//! Must not know: messages, or what varies.

use sha2::{Digest as _, Sha256};

use crate::codec::json::{Check, Form, Formatter, Style};
use crate::codec::text::hexadecimal;

/// JSON that takes more room when it is laid out stands as it came, in octets.
const MOST_LAID_OUT: usize = 8 * 1024 * 1024;

/// A line of a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// As it came, without its line end.
    Line(Vec<u8>),
    /// Said of octets in place of them.
    Said(String),
}

/// The lines of a content of this media type.
pub(super) fn lines(octets: &[u8], media_type: &[u8]) -> Vec<Shown> {
    if octets.is_empty() {
        return Vec::new();
    }
    let boundary = boundary(media_type).filter(|_| begins_with(media_type, "multipart/"));
    if let Some(boundary) = boundary {
        return parts(octets, boundary);
    }
    if !is_text(octets, media_type) {
        return vec![binary(octets)];
    }
    match Form::of(media_type).and_then(|form| laid_out(octets, form)) {
        Some(laid_out) => text(&laid_out),
        None => text(octets),
    }
}

/// What is said of octets that are not shown.
pub(super) fn said(length: u64, hash: &str) -> String {
    let plural = if length == 1 { "" } else { "s" };
    format!("[{length} byte{plural}, SHA-256 {hash}]")
}

fn binary(octets: &[u8]) -> Shown {
    let hash = hexadecimal(&Sha256::digest(octets));
    Shown::Said(said(octets.len() as u64, &hash))
}

/// Lines of a text. CR LF is told once where all lines end so, and else with the line.
fn text(octets: &[u8]) -> Vec<Shown> {
    let lines = octets.split_inclusive(|&octet| octet == b'\n');
    let mut ended = lines.filter(|line| line.ends_with(b"\n")).peekable();
    let has_ends = ended.peek().is_some();
    if has_ends && ended.all(|line| line.ends_with(b"\r\n")) {
        let mut shown = lines_without(octets, b"\r\n");
        shown.push(Shown::Said("[lines end with CR LF]".to_owned()));
        return shown;
    }
    lines_without(octets, b"\n")
}

/// Lines, without the line end that is usual there; any other one is part of the line.
fn lines_without(octets: &[u8], usual: &[u8]) -> Vec<Shown> {
    if octets.is_empty() {
        return Vec::new();
    }
    let mut lines: Vec<_> = octets
        .split_inclusive(|&octet| octet == b'\n')
        .map(|line| {
            let line = line.strip_suffix(usual).unwrap_or(line);
            Shown::Line(line.strip_suffix(b"\n").unwrap_or(line).to_vec())
        })
        .collect();
    if !octets.ends_with(b"\n") {
        lines.push(Shown::Said("[no line end]".to_owned()));
    }
    lines
}

/// A multipart content (RFC 2046, 5.1.1) part by part: one that is no text spoils no other.
fn parts(octets: &[u8], boundary: &[u8]) -> Vec<Shown> {
    let usual = b"\r\n";
    let delimiter = [b"--", boundary].concat();
    let mut lines = Vec::new();
    let mut rest = octets;
    while !rest.is_empty() {
        let next = delimiter_in(rest, &delimiter).unwrap_or(rest.len());
        let (part, from) = rest.split_at(next);
        part_lines(part, &mut lines);
        let line = from.split_inclusive(|&octet| octet == b'\n').next();
        let line = line.unwrap_or_default();
        lines.extend(lines_without(line, usual));
        rest = from.strip_prefix(line).unwrap_or_default();
    }
    lines
}

/// A part: its fields, and its content.
fn part_lines(part: &[u8], lines: &mut Vec<Shown>) {
    let usual = b"\r\n";
    if is_text(part, b"") {
        return lines.extend(lines_without(part, usual));
    }
    let mut places = 0..=part.len();
    let end = places.find(|at| part.split_at(*at).0.ends_with(b"\r\n\r\n"));
    let (head, content) = part.split_at(end.unwrap_or(0));
    // The line end before a delimiter belongs to the delimiter.
    let content = content.strip_suffix(usual).unwrap_or(content);
    lines.extend(lines_without(head, usual));
    lines.push(binary(content));
}

/// Where a line begins with the delimiter.
fn delimiter_in(octets: &[u8], delimiter: &[u8]) -> Option<usize> {
    (0..octets.len()).find(|at| {
        let (before, from) = octets.split_at(*at);
        from.starts_with(delimiter) && (before.is_empty() || before.ends_with(b"\n"))
    })
}

/// The boundary of a multipart media type.
fn boundary(media_type: &[u8]) -> Option<&[u8]> {
    let name = b"boundary=";
    let at = media_type
        .windows(name.len())
        .position(|window| window.eq_ignore_ascii_case(name))?;
    let value = media_type.get(at..)?.get(name.len()..)?;
    let value = match value.strip_prefix(b"\"") {
        Some(quoted) => quoted.split(|&octet| octet == b'"').next()?,
        None => value.split(|octet| b"; \t".contains(octet)).next()?,
    };
    (!value.is_empty()).then_some(value)
}

fn begins_with(media_type: &[u8], known: &str) -> bool {
    let start = media_type.get(..known.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(known.as_bytes()))
}

/// Text in UTF-8, or in what a media type calls text, without the controls that no text has.
pub(super) fn is_text(octets: &[u8], media_type: &[u8]) -> bool {
    let stray = |octet: &u8| matches!(octet, 0..=6 | 14..=26 | 28..=31 | 127);
    if octets.iter().any(stray) {
        return false;
    }
    let kinds = ["json", "xml", "javascript", "urlencoded"];
    let named = |kind: &&str| {
        let mut windows = media_type.windows(kind.len());
        windows.any(|window| window.eq_ignore_ascii_case(kind.as_bytes()))
    };
    std::str::from_utf8(octets).is_ok()
        || begins_with(media_type, "text/")
        || kinds.iter().any(named)
}

/// JSON laid out; `None` where that is too long.
fn laid_out(octets: &[u8], form: Form) -> Option<Vec<u8>> {
    let mut formatter = Formatter::new(form, Style::PLAIN, Check::Held);
    let mut out = Vec::new();
    let mut deliver = |piece: &[u8]| {
        out.extend_from_slice(piece);
        if out.len() > MOST_LAID_OUT {
            Err(())
        } else {
            Ok(())
        }
    };
    formatter.push(octets, &mut deliver).ok()?;
    formatter.finish(&mut deliver).ok()?;
    Some(out)
}
