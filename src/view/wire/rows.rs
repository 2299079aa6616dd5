//! Octets as rows of text that can be read back.
//!
//! Knows: where a row ends, and how an octet is written. Must not know: which part of a message it
//! belongs to. Everything is written as it would stand in the source of most languages: a line end
//! as `\r\n`, which any pipe, font and search takes, where a picture such as `␍` would be lost in
//! one of them; and the backslash twice, so that it is clear what was sent.

use std::fmt::Write as _;

use crate::codec::text::safe;
use crate::view::style::{Meaning, Style};

/// How much goes on a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Widths {
    /// Columns of text.
    pub(super) text: usize,
    /// Octets in hexadecimal.
    pub(super) binary: usize,
}

impl Widths {
    /// Where nothing has a width: lines stay whole, unless there is no end to them.
    pub(super) const UNBOUNDED: Self = Self {
        text: 1000,
        binary: 16,
    };

    /// For so many columns.
    pub(super) fn within(columns: usize) -> Self {
        const LEAST: usize = 24;
        const SIXTEEN: usize = 54;
        Self {
            text: columns.max(LEAST),
            binary: if columns < SIXTEEN { 8 } else { 16 },
        }
    }
}

/// How text is coloured.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ink {
    pub(super) style: Style,
    /// What stands for itself.
    pub(super) plain: Option<Meaning>,
    /// A line feed without its carriage return.
    pub(super) bare_line_feed: Meaning,
}

/// One octet or character of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// It stands for itself.
    Plain(char),
    /// The first half of a CR LF.
    CarriageReturn,
    /// The second half.
    LineFeed,
    /// A line feed alone.
    BareLineFeed,
    /// A character that could drive or deceive a terminal, or be overlooked.
    Unsafe(char),
    /// An octet that is no UTF-8.
    Octet(u8),
}

impl Sign {
    /// How many octets it is.
    fn length(self) -> usize {
        match self {
            Sign::Plain(it) | Sign::Unsafe(it) => it.len_utf8(),
            _ => 1,
        }
    }

    fn is_line_end(self) -> bool {
        matches!(
            self,
            Sign::CarriageReturn | Sign::LineFeed | Sign::BareLineFeed
        )
    }

    /// How many columns it takes on a page; what is wide in East Asian type takes two.
    fn columns(self) -> usize {
        match self {
            Sign::Plain('\\' | '\u{1100}'..)
            | Sign::Unsafe('\t' | '\r')
            | Sign::CarriageReturn
            | Sign::LineFeed
            | Sign::BareLineFeed => 2,
            Sign::Plain(_) => 1,
            Sign::Unsafe(it) => it.len_utf8().saturating_mul(4),
            Sign::Octet(_) => 4,
        }
    }

    fn write(self, out: &mut String) {
        match self {
            Sign::Plain('\\') => out.push_str("\\\\"),
            Sign::Plain(it) => out.push(it),
            Sign::CarriageReturn | Sign::Unsafe('\r') => out.push_str("\\r"),
            Sign::LineFeed | Sign::BareLineFeed => out.push_str("\\n"),
            Sign::Unsafe('\t') => out.push_str("\\t"),
            Sign::Unsafe(it) => {
                for octet in it.encode_utf8(&mut [0; 4]).bytes() {
                    write_octet(octet, out);
                }
            }
            Sign::Octet(octet) => write_octet(octet, out),
        }
    }

    fn meaning(self, ink: Ink) -> Option<Meaning> {
        match self {
            Sign::Plain(_) => ink.plain,
            Sign::CarriageReturn | Sign::LineFeed => Some(Meaning::Aside),
            Sign::BareLineFeed => Some(ink.bare_line_feed),
            Sign::Unsafe(_) | Sign::Octet(_) => Some(Meaning::Notable),
        }
    }
}

fn write_octet(octet: u8, out: &mut String) {
    // Writing to a String cannot fail.
    let _ = write!(out, "\\x{octet:02x}");
}

fn signs(octets: &[u8]) -> impl Iterator<Item = Sign> {
    octets.utf8_chunks().flat_map(|chunk| {
        let text = chunk.valid();
        let signs = text.char_indices().map(move |(at, it)| sign(text, at, it));
        signs.chain(chunk.invalid().iter().copied().map(Sign::Octet))
    })
}

fn sign(text: &str, at: usize, it: char) -> Sign {
    let (before, from) = text.split_at_checked(at).unwrap_or((text, ""));
    match it {
        '\r' if from.starts_with("\r\n") => Sign::CarriageReturn,
        '\n' if before.ends_with('\r') => Sign::LineFeed,
        '\n' => Sign::BareLineFeed,
        '\t' => Sign::Unsafe(it),
        it if safe(it) => Sign::Plain(it),
        it => Sign::Unsafe(it),
    }
}

/// How many octets of this text go on the first row: to the end of the line, or to the last sign
/// that fits. A line end always fits.
pub(super) fn text_row(octets: &[u8], width: usize) -> usize {
    // A sign has four octets at most; beyond that nothing fits.
    let most = width.saturating_mul(4).saturating_add(8);
    let window = octets.get(..most).unwrap_or(octets);
    let mut lines = window.split_inclusive(|&octet| octet == b'\n');
    let (mut taken, mut columns) = (0_usize, 0_usize);
    for sign in signs(lines.next().unwrap_or_default()) {
        columns = columns.saturating_add(sign.columns());
        if columns > width && taken > 0 && !sign.is_line_end() {
            break;
        }
        taken = taken.saturating_add(sign.length());
    }
    taken
}

/// One row of text. A blank at its end is written so that it can be seen.
pub(super) fn write_text(octets: &[u8], ink: Ink, out: &mut Vec<u8>) {
    let (octets, blank) = match octets.strip_suffix(b" ") {
        Some(before) => (before, Some(Sign::Octet(b' '))),
        None => (octets, None),
    };
    let mut run = (None, String::new());
    for sign in signs(octets).chain(blank) {
        let meaning = sign.meaning(ink);
        if meaning != run.0 {
            paint(ink.style, &run, out);
            run = (meaning, String::new());
        }
        sign.write(&mut run.1);
    }
    paint(ink.style, &run, out);
}

fn paint(style: Style, (meaning, text): &(Option<Meaning>, String), out: &mut Vec<u8>) {
    match meaning {
        Some(meaning) => style.paint(*meaning, text.as_bytes(), out),
        None => out.extend_from_slice(text.as_bytes()),
    }
}

/// One row of `width` octets or fewer, in hexadecimal and as ASCII.
pub(super) fn write_binary(octets: &[u8], width: usize, style: Style, out: &mut Vec<u8>) {
    let columns = width.saturating_mul(2).saturating_add(width / 4);
    let mut text = String::with_capacity(columns);
    for (at, octet) in octets.iter().enumerate() {
        if at > 0 && at % 4 == 0 {
            text.push(' ');
        }
        let _ = write!(text, "{octet:02x}");
    }
    out.extend_from_slice(format!("{text:columns$}").as_bytes());
    let ascii: String = octets.iter().copied().map(printable).collect();
    style.paint(Meaning::Aside, format!("|{ascii}|").as_bytes(), out);
}

fn printable(octet: u8) -> char {
    match octet {
        b' '..=b'~' => char::from(octet),
        _ => '.',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(octets: &[u8], width: usize) -> Vec<String> {
        let ink = Ink {
            style: Style::default(),
            plain: None,
            bare_line_feed: Meaning::Aside,
        };
        let mut rows = Vec::new();
        let mut rest = octets;
        while !rest.is_empty() {
            let (row, after) = rest.split_at(text_row(rest, width));
            let mut out = Vec::new();
            write_text(row, ink, &mut out);
            rows.push(String::from_utf8(out).unwrap());
            rest = after;
        }
        rows
    }

    #[test]
    fn a_row_ends_with_its_line_or_where_it_is_full() {
        for (octets, width, expected) in [
            (
                &b"one\r\ntwo\nthree"[..],
                80,
                vec![r"one\r\n", r"two\n", "three"],
            ),
            (b"abcdefgh", 3, vec!["abc", "def", "gh"]),
            // A line end stays with its line.
            (b"abc\r\nd", 3, vec![r"abc\r\n", "d"]),
            (b"abc\n", 3, vec![r"abc\n"]),
            // An escape is not torn, nor is a character.
            (b"ab\tc", 3, vec!["ab", r"\tc"]),
            ("ab語c".as_bytes(), 3, vec!["ab", "語c"]),
            // What is wider than a row has a row of its own.
            ("a\u{202e}b".as_bytes(), 3, vec!["a", r"\xe2\x80\xae", "b"]),
        ] {
            assert_eq!(text(octets, width), expected, "{octets:?}");
        }
    }

    #[test]
    fn each_octet_can_be_told_from_every_other() {
        for (octets, expected) in [
            (&b"a\\n"[..], r"a\\n"),
            (b"\x1b[1m\0\x7f", r"\x1b[1m\x00\x7f"),
            (b"\xff\xc3", r"\xff\xc3"),
            ("\u{9b}é".as_bytes(), r"\xc2\x9bé"),
            (b"a\rb\r\n", r"a\rb\r\n"),
            (b"to be seen ", r"to be seen\x20"),
        ] {
            assert_eq!(text(octets, 80), [expected], "{octets:?}");
        }
    }

    #[test]
    fn binary_rows_are_aligned() {
        let row = |octets: &[u8], width| {
            let mut out = Vec::new();
            write_binary(octets, width, Style::default(), &mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(
            row(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16),
            "89504e47 0d0a1a0a 0000000d 49484452 |.PNG........IHDR|"
        );
        assert_eq!(
            row(b"\x89PNG\r", 16),
            "89504e47 0d                         |.PNG.|"
        );
        assert_eq!(row(b"\x89PNG\r\n\x1a\n", 8), "89504e47 0d0a1a0a |.PNG....|");
    }
}
