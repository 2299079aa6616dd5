//! Octets laid out: curl's lines of `-v`, and the dumps of `--trace-ascii` and `--trace`.
//!
//! Knows: what begins each kind of line, and what a dump looks like. Must not know: events.

use std::fmt::Write as _;

use crate::codec::text::{split_once, visible};
use crate::event::Direction;
use crate::view::style::{Meaning, Style};

/// What a trace looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `-v`.
    Lines,
    /// `--trace-ascii`.
    Ascii,
    /// `--trace`.
    Hex,
}

/// What a block of octets is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Info,
    HeadIn,
    HeadOut,
    DataIn,
    DataOut,
    TlsIn,
    TlsOut,
}

impl Kind {
    pub(super) fn data(direction: Direction) -> Self {
        match direction {
            Direction::In => Kind::DataIn,
            Direction::Out => Kind::DataOut,
        }
    }

    pub(super) fn tls(direction: Direction) -> Self {
        match direction {
            Direction::In => Kind::TlsIn,
            Direction::Out => Kind::TlsOut,
        }
    }

    fn mark(self) -> &'static str {
        match self {
            Kind::Info => "* ",
            Kind::HeadIn => "< ",
            Kind::HeadOut => "> ",
            Kind::DataIn | Kind::TlsIn => "{ ",
            Kind::DataOut | Kind::TlsOut => "} ",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Kind::Info => "== Info: ",
            Kind::HeadIn => "<= Recv header",
            Kind::HeadOut => "=> Send header",
            Kind::DataIn => "<= Recv data",
            Kind::DataOut => "=> Send data",
            Kind::TlsIn => "<= Recv SSL data",
            Kind::TlsOut => "=> Send SSL data",
        }
    }
}

/// How everything of a trace is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sheet {
    pub(super) form: Form,
    pub(super) style: Style,
}

impl Sheet {
    /// One line, or one dump.
    pub(super) fn block(self, prefix: &str, kind: Kind, octets: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(octets.len());
        out.extend_from_slice(prefix.as_bytes());
        match (self.form, kind) {
            (Form::Lines, Kind::Info) => {
                let mut line = kind.mark().as_bytes().to_vec();
                line.extend_from_slice(&on_one_line(octets));
                self.style.paint(Meaning::Aside, &line, &mut out);
                out.push(b'\n');
            }
            (Form::Lines, _) => self.line(kind, octets, &mut out),
            (Form::Ascii | Form::Hex, Kind::Info) => {
                out.extend_from_slice(kind.title().as_bytes());
                out.extend_from_slice(&on_one_line(octets));
                out.push(b'\n');
            }
            (Form::Ascii, _) => dump_ascii(kind, octets, &mut out),
            (Form::Hex, _) => dump_hex(kind, octets, &mut out),
        }
        out
    }

    /// `{ [52 bytes data]`.
    pub(super) fn data_line(self, prefix: &str, kind: Kind, size: usize) -> Vec<u8> {
        let mut out = prefix.as_bytes().to_vec();
        let line = format!("{}[{size} bytes data]", kind.mark());
        self.style.paint(Meaning::Aside, line.as_bytes(), &mut out);
        out.push(b'\n');
        out
    }

    /// A line of a head: as it is, its line end too, but on a terminal.
    fn line(self, kind: Kind, line: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(kind.mark().as_bytes());
        if !self.style.terminal {
            out.extend_from_slice(line);
            if !line.ends_with(b"\n") {
                out.push(b'\n');
            }
            return;
        }
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let text = self.style.safe(line);
        match Self::named(kind, &text) {
            Some((meaning, named)) => {
                self.style.paint(meaning, named, out);
                out.extend_from_slice(text.strip_prefix(named).unwrap_or_default());
            }
            None => out.extend_from_slice(&text),
        }
        out.push(b'\n');
    }

    /// The beginning of a line that means something: a start line, or the name of a field.
    fn named(kind: Kind, text: &[u8]) -> Option<(Meaning, &[u8])> {
        if kind == Kind::HeadIn && text.starts_with(b"HTTP/") {
            let digits = text
                .get(9..12)
                .and_then(|digits| std::str::from_utf8(digits).ok());
            let status = digits.and_then(|digits| digits.parse().ok());
            return status.map(|status| (Meaning::of_status(status), text));
        }
        if kind == Kind::HeadOut && text.windows(6).any(|window| window == b" HTTP/") {
            return Some((Meaning::Name, text));
        }
        let (name, _) = split_once(text, b':')?;
        (!name.contains(&b' ')).then_some((Meaning::Name, name))
    }
}

/// A sentence stays one line, whatever name it quotes: none may forge a line of its own.
fn on_one_line(sentence: &[u8]) -> Vec<u8> {
    visible(sentence).into_owned().into_bytes()
}

fn title(kind: Kind, octets: &[u8]) -> String {
    let size = octets.len();
    format!("{}, {size} bytes (0x{size:x})\n", kind.title())
}

/// Sixteen octets a row, in hexadecimal and as text.
fn dump_hex(kind: Kind, octets: &[u8], out: &mut Vec<u8>) {
    let mut text = title(kind, octets);
    for (at, chunk) in (0_usize..).step_by(16).zip(octets.chunks(16)) {
        let _ = write!(text, "{at:04x}: ");
        for octet in chunk {
            let _ = write!(text, "{octet:02x} ");
        }
        text.extend((chunk.len()..16).map(|_| "   "));
        text.extend(chunk.iter().map(|&octet| printable(octet)));
        text.push('\n');
    }
    out.extend_from_slice(text.as_bytes());
}

/// Up to 64 octets a row; CR LF ends a row and is not shown.
fn dump_ascii(kind: Kind, octets: &[u8], out: &mut Vec<u8>) {
    const ROW: usize = 64;
    const ROW_WITH_END: usize = 66;
    let mut text = title(kind, octets);
    let mut rest = octets;
    while !rest.is_empty() {
        let at = octets.len().saturating_sub(rest.len());
        let near = rest.get(..ROW_WITH_END).unwrap_or(rest);
        let end = near.windows(2).position(|pair| pair == b"\r\n");
        let (row, after) = rest.split_at(end.unwrap_or(rest.len().min(ROW)));
        let _ = write!(text, "{at:04x}: ");
        text.extend(row.iter().map(|&octet| printable(octet)));
        text.push('\n');
        rest = after.strip_prefix(b"\r\n").unwrap_or(after);
    }
    out.extend_from_slice(text.as_bytes());
}

fn printable(octet: u8) -> char {
    match octet {
        b' '..=b'~' => char::from(octet),
        _ => '.',
    }
}
