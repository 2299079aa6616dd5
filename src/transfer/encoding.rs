//! The content transfer encodings of a form's parts, as streaming filters.
//!
//! Knows: base64, quoted-printable and the check for 7 bit. Must not know: where the octets come
//! from, or how a part is framed.
//!
//! Sources: RFC 2045 §6.7 (quoted-printable) and §6.8 (base64). As in curl, lines end in CRLF, are
//! 76 characters long at most, and the last one has no line end.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::plan::Encoder;

/// The longest line of encoded text, its line end not counted (RFC 2045 §6.7, §6.8).
const LINE: usize = 76;

/// The octets that fill one line of base64.
const BASE64_INPUT: usize = LINE / 4 * 3;

/// An octet above 127 in a part that was called 7 bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotSevenBit(pub u8);

impl std::fmt::Display for NotSevenBit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "octet {:#04x} in a part encoded as 7bit", self.0)
    }
}

impl std::error::Error for NotSevenBit {}

/// The name of an encoding, as `Content-Transfer-Encoding` tells it.
pub fn name(encoder: Encoder) -> &'static str {
    match encoder {
        Encoder::EightBit => "8bit",
        Encoder::SevenBit => "7bit",
        Encoder::Binary => "binary",
        Encoder::Base64 => "base64",
        Encoder::QuotedPrintable => "quoted-printable",
    }
}

/// How long content becomes; `None` when that is not known without reading it.
pub fn encoded_length(encoder: Encoder, content: Option<u64>) -> Option<u64> {
    match (encoder, content?) {
        (_, 0) => Some(0),
        (Encoder::EightBit | Encoder::SevenBit | Encoder::Binary, length) => Some(length),
        (Encoder::Base64, length) => {
            let characters = length.div_ceil(3).checked_mul(4)?;
            let line_ends = characters.saturating_sub(1).checked_div(LINE as u64)?;
            characters.checked_add(line_ends.checked_mul(2)?)
        }
        (Encoder::QuotedPrintable, _) => None,
    }
}

/// A content transfer encoding at work.
pub struct Encoding {
    encoder: Encoder,
    /// Octets that wait for what follows them: less than one line.
    pending: Vec<u8>,
    /// The characters on the current line of quoted-printable, or the lines of base64 so far.
    written: usize,
}

impl Encoding {
    /// An encoding at its beginning.
    pub fn new(encoder: Encoder) -> Self {
        Self {
            encoder,
            pending: Vec::new(),
            written: 0,
        }
    }

    /// Encodes a piece of content, of any size, and appends what is ready to `out`.
    pub fn feed(&mut self, content: &[u8], out: &mut Vec<u8>) -> Result<(), NotSevenBit> {
        match self.encoder {
            Encoder::EightBit | Encoder::Binary => out.extend_from_slice(content),
            Encoder::SevenBit => {
                if let Some(octet) = content.iter().find(|octet| !octet.is_ascii()) {
                    return Err(NotSevenBit(*octet));
                }
                out.extend_from_slice(content);
            }
            Encoder::Base64 => {
                self.pending.extend_from_slice(content);
                let pending = std::mem::take(&mut self.pending);
                let (lines, rest) = pending.as_chunks::<BASE64_INPUT>();
                for line in lines {
                    self.base64_line(line, out);
                }
                self.pending = rest.to_vec();
            }
            Encoder::QuotedPrintable => {
                self.pending.extend_from_slice(content);
                self.quote(Lookahead::More, out);
            }
        }
        Ok(())
    }

    /// Encodes what waited for more, now that there is none.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        match self.encoder {
            Encoder::Base64 if !self.pending.is_empty() => {
                let rest = std::mem::take(&mut self.pending);
                self.base64_line(&rest, out);
            }
            Encoder::QuotedPrintable => self.quote(Lookahead::End, out),
            _ => {}
        }
    }

    fn base64_line(&mut self, line: &[u8], out: &mut Vec<u8>) {
        if self.written > 0 {
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(STANDARD.encode(line).as_bytes());
        self.written = self.written.saturating_add(1);
    }

    fn quote(&mut self, behind: Lookahead, out: &mut Vec<u8>) {
        let pending = std::mem::take(&mut self.pending);
        let mut rest = pending.as_slice();
        while let Some(quoted) = Quoted::first_of(rest, behind) {
            let after = rest.get(quoted.takes()..).unwrap_or_default();
            let column = self.written.saturating_add(quoted.width());
            // The last column is for a soft line break, unless the line ends there anyway.
            let fits = match column {
                _ if quoted == Quoted::LineEnd => Some(true),
                ..LINE => Some(true),
                LINE => line_ends(after, behind),
                _ => Some(false),
            };
            match fits {
                Some(true) => self.written = column,
                Some(false) => {
                    out.extend_from_slice(b"=\r\n");
                    self.written = quoted.width();
                }
                None => break,
            }
            quoted.write(out);
            if quoted == Quoted::LineEnd {
                self.written = 0;
            }
            rest = after;
        }
        self.pending = rest.to_vec();
    }
}

/// What comes behind the octets at hand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lookahead {
    /// Perhaps more.
    More,
    /// Nothing.
    End,
}

/// One octet, or one line end, as quoted-printable writes it (RFC 2045 §6.7).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quoted {
    Plain(u8),
    Escaped(u8),
    LineEnd,
}

impl Quoted {
    /// The first of `rest`; `None` when there is none, or when what follows decides and is not here.
    fn first_of(rest: &[u8], behind: Lookahead) -> Option<Self> {
        Some(match rest {
            [] => return None,
            [b'\r', b'\n', ..] => Quoted::LineEnd,
            [b'\r'] if behind == Lookahead::More => return None,
            [blank @ (b' ' | b'\t'), after @ ..] if line_ends(after, behind)? => {
                Quoted::Escaped(*blank)
            }
            [plain @ (b'\t' | b' '..=b'<' | b'>'..=b'~'), ..] => Quoted::Plain(*plain),
            [octet, ..] => Quoted::Escaped(*octet),
        })
    }

    /// Octets of content.
    fn takes(self) -> usize {
        match self {
            Quoted::Plain(_) | Quoted::Escaped(_) => 1,
            Quoted::LineEnd => 2,
        }
    }

    /// Columns of the line.
    fn width(self) -> usize {
        match self {
            Quoted::Plain(_) => 1,
            Quoted::Escaped(_) => 3,
            Quoted::LineEnd => 0,
        }
    }

    fn write(self, out: &mut Vec<u8>) {
        match self {
            Quoted::Plain(octet) => out.push(octet),
            Quoted::Escaped(octet) => {
                out.extend_from_slice(format!("={octet:02X}").as_bytes());
            }
            Quoted::LineEnd => out.extend_from_slice(b"\r\n"),
        }
    }
}

/// Whether a line, or everything, ends here; `None` when that is not to be told yet.
fn line_ends(rest: &[u8], behind: Lookahead) -> Option<bool> {
    match rest {
        [] | [b'\r'] if behind == Lookahead::More => None,
        [] | [b'\r', b'\n', ..] => Some(true),
        _ => Some(false),
    }
}
