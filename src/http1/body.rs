//! The framing of a body as it streams by.
//!
//! [`Body`] reads what [`framing`](super::framing) announced (RFC 9112, sections 6 to 8), and holds
//! no content back.

use super::broken::Broken;
use super::head::{self, is_control};
use super::length::{Framing, number};
use super::line::{Blank, LineBuffer};
use super::role::Role;
use super::rule::{Notes, Rule};
use super::settings::{Limits, Spent};

/// A body being received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    /// Nothing is left to come.
    Done,
    /// This many octets are left.
    Length(u64),
    UntilClose,
    Chunked(Chunked),
}

/// Where in a chunked body the reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chunked {
    Size,
    /// This many octets of the chunk are left, never 0.
    Data(u64),
    DataEnd,
    Trailer,
}

impl From<Framing> for Body {
    fn from(framing: Framing) -> Self {
        match framing {
            Framing::None | Framing::Length(0) => Self::Done,
            Framing::Length(length) => Self::Length(length),
            Framing::Chunked => Self::Chunked(Chunked::Size),
            Framing::UntilClose => Self::UntilClose,
        }
    }
}

/// What the next octets of a body are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    NeedMore,
    Piece(Role),
    End,
}

/// What a body needs to know while it is read.
pub(super) struct Surroundings<'a> {
    pub(super) line: &'a mut LineBuffer,
    pub(super) limits: &'a Limits,
    pub(super) spent: &'a mut Spent,
    pub(super) notes: &'a mut Notes,
    /// Offset of the input.
    pub(super) at: u64,
}

impl Surroundings<'_> {
    /// Offset of the first octet of the line being read.
    fn line_offset(&self) -> u64 {
        self.at.saturating_sub(self.line.kept() as u64)
    }
}

impl Body {
    /// Reads a prefix of `input`, and says how long that is and what it was.
    pub(super) fn step(
        &mut self,
        input: &[u8],
        around: &mut Surroundings<'_>,
    ) -> Result<(usize, Part), Broken> {
        match self {
            Self::Done => Ok((0, Part::End)),
            Self::Length(left) => {
                let (taken, part) = content(input, left);
                if *left == 0 {
                    *self = Self::Done;
                }
                Ok((taken, part))
            }
            // What looked like the beginning of a status line may be content, too.
            Self::UntilClose if around.line.release() => Ok((0, Part::Piece(Role::Content))),
            Self::UntilClose => {
                let mut endless = u64::MAX;
                Ok(content(input, &mut endless))
            }
            Self::Chunked(chunked) => {
                let (taken, part) = chunked.step(input, around)?;
                if part == Part::Piece(Role::MessageEnd) {
                    *self = Self::Done;
                }
                Ok((taken, part))
            }
        }
    }

    /// How many octets are still to come, where that is known.
    pub(super) const fn remaining(&self) -> Option<u64> {
        match *self {
            Self::Done => Some(0),
            Self::Length(left) => Some(left),
            Self::UntilClose | Self::Chunked(_) => None,
        }
    }

    /// What the end of the connection means here.
    pub(super) const fn close(&self) -> Result<(), Broken> {
        match *self {
            Self::Done | Self::UntilClose => Ok(()),
            Self::Length(missing) => Err(Broken::ContentCut { missing }),
            Self::Chunked(_) => Err(Broken::ChunkedCut),
        }
    }
}

/// As much content as there is, up to what is left.
fn content(input: &[u8], left: &mut u64) -> (usize, Part) {
    let taken = usize::try_from(*left).map_or(input.len(), |left| left.min(input.len()));
    *left = left.saturating_sub(taken as u64);
    match taken {
        0 => (0, Part::NeedMore),
        _ => (taken, Part::Piece(Role::Content)),
    }
}

impl Chunked {
    fn step(
        &mut self,
        input: &[u8],
        around: &mut Surroundings<'_>,
    ) -> Result<(usize, Part), Broken> {
        match self {
            Self::Size => self.size(input, around),
            Self::Data(left) => {
                let (taken, part) = content(input, left);
                if *left == 0 {
                    *self = Self::DataEnd;
                }
                Ok((taken, part))
            }
            Self::DataEnd => self.data_end(input, around),
            Self::Trailer => trailer(input, around),
        }
    }

    fn size(
        &mut self,
        input: &[u8],
        around: &mut Surroundings<'_>,
    ) -> Result<(usize, Part), Broken> {
        if let Some(octet) = around.line.first(input)
            && !octet.is_ascii_hexdigit()
        {
            return Err(Broken::ChunkSizeDigit(octet));
        }
        let at = around.line_offset();
        let limit = around.limits.chunk_line;
        let Some(taken) = around.line.take(input, limit, Broken::ChunkLineTooLong)? else {
            return Ok((input.len(), Part::NeedMore));
        };
        let line = around.line.bytes(input, taken);
        *self = match parse_chunk_size(line, at, around.notes)? {
            0 => Self::Trailer,
            size => Self::Data(size),
        };
        Ok((taken, Part::Piece(Role::ChunkSize)))
    }

    fn data_end(
        &mut self,
        input: &[u8],
        around: &mut Surroundings<'_>,
    ) -> Result<(usize, Part), Broken> {
        if around.line.blank(input) == Blank::No {
            return Err(Broken::ChunkEnd);
        }
        let at = around.line_offset();
        let Some(taken) = around.line.take(input, 2, Broken::ChunkEnd)? else {
            return Ok((input.len(), Part::NeedMore));
        };
        head::without_line_end(around.line.bytes(input, taken), at, around.notes);
        *self = Self::Size;
        Ok((taken, Part::Piece(Role::ChunkEnd)))
    }
}

/// A line of the trailer section, or the empty line that ends it. Trailers count with the head.
fn trailer(input: &[u8], around: &mut Surroundings<'_>) -> Result<(usize, Part), Broken> {
    let last = around.line.blank(input) == Blank::Yes;
    let at = around.line_offset();
    let Some(taken) = around
        .line
        .take(input, around.limits.line, Broken::LineTooLong)?
    else {
        return Ok((input.len(), Part::NeedMore));
    };
    let line = around.line.bytes(input, taken);
    let content = head::without_line_end(line, at, around.notes);
    if last {
        around.spent.line(line, around.limits)?;
        return Ok((taken, Part::Piece(Role::MessageEnd)));
    }
    around.spent.field_line(line, around.limits)?;
    if content.contains(&b'\r') {
        return Err(Broken::Trailer);
    }
    inspect_trailer(content, at, around.notes);
    Ok((taken, Part::Piece(Role::TrailerLine)))
}

fn inspect_trailer(line: &[u8], at: u64, notes: &mut Notes) {
    const FORBIDDEN: [&str; 6] = [
        "Transfer-Encoding",
        "Content-Length",
        "Host",
        "Content-Encoding",
        "Content-Type",
        "Trailer",
    ];
    head::inspect_value(line, at, notes);
    let Some(field) = head::parse_field_line(line) else {
        return notes.note(Rule::TrailerLine, at);
    };
    head::inspect_name(field.name, at, notes);
    if FORBIDDEN.iter().any(|name| field.is(name)) {
        notes.note(Rule::TrailerField, at);
    }
}

/// Reads the size in the first line of a chunk, which begins with a hexadecimal digit.
fn parse_chunk_size(line: &[u8], at: u64, notes: &mut Notes) -> Result<u64, Broken> {
    const MAX_DIGITS: usize = 16;
    let content = head::without_line_end(line, at, notes);
    let end = content
        .iter()
        .position(|octet| !octet.is_ascii_hexdigit())
        .unwrap_or(content.len());
    let (digits, rest) = content.split_at(end);
    if digits.len() > MAX_DIGITS {
        return Err(Broken::ChunkSizeLong);
    }
    let Some(size) = number(digits, 16) else {
        return Err(Broken::ChunkSizeOverflow(
            String::from_utf8_lossy(digits).into_owned(),
        ));
    };
    let after_blanks = rest.iter().find(|&&octet| !head::is_blank(octet));
    if !matches!(after_blanks, None | Some(b';')) {
        return Err(Broken::ChunkSizeTail);
    }
    if rest.first().copied().is_some_and(head::is_blank) {
        notes.note(Rule::ChunkSizeBlank, at);
    }
    if rest.iter().copied().any(is_control) {
        notes.note(Rule::ChunkExtension, at);
    }
    Ok(size)
}
