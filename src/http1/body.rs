//! How the content of a message is delimited, and the framing of a body as it streams by.
//!
//! [`framing`] is RFC 9112, section 6.3, step by step, with curl 8.22's outcome where they differ.
//! [`Body`] reads what that announced (sections 6 to 8), and holds no content back. Decoding a
//! transfer coding other than `chunked` is not done here: [`codings`] says which were applied.

use super::broken::Broken;
use super::head::{self, Field, Head, Version, is_control, list};
use super::line::{Blank, LineBuffer};
use super::role::Role;
use super::rule::{Notes, Rule};
use super::settings::{Codings, ContentLength, Limits, Settings, Spent};

/// How the end of a body is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// There is no body.
    None,
    /// The body is this many octets long.
    Length(u64),
    /// The body comes in chunks.
    Chunked,
    /// The body ends where the connection does. Of a request: it is sent as it is, and the
    /// connection is not used again.
    UntilClose,
}

/// The fields that say where the content ends.
const FRAMING_FIELDS: [&str; 2] = ["Content-Length", "Transfer-Encoding"];

/// A length of 2 to the 63rd or more is an overflow, as in curl.
const MAX_LENGTH: u64 = i64::MAX as u64;

/// Says how the content of the response `head` to a `method` request is delimited.
pub fn framing(method: &str, head: &Head, settings: &Settings) -> Result<Framing, Broken> {
    delimit(method, head, settings, 0, &mut Notes::default())
}

/// The transfer codings that the content has beside `chunked`, in the order they were applied.
pub fn codings(head: &Head) -> Vec<Vec<u8>> {
    let fields = head.all("Transfer-Encoding");
    fields
        .flat_map(|field| list(&field.value).map(<[u8]>::to_vec).collect::<Vec<_>>())
        .filter(|coding| !is_chunked(coding) && !is_identity(coding))
        .collect()
}

/// As [`framing`], and notes what is odd about it.
pub(super) fn delimit(
    method: &str,
    head: &Head,
    settings: &Settings,
    at: u64,
    notes: &mut Notes,
) -> Result<Framing, Broken> {
    if !may_have_framing(method, head) {
        if head.status() != 304 && fields_that_frame(head).next().is_some() {
            notes.note(Rule::FramingForbidden, at);
        }
        return Ok(Framing::None); // steps 1 and 2
    }
    let mut delimiters = Delimiters::default();
    for field in fields_that_frame(head) {
        delimiters.read(&field, settings, at, notes)?;
    }
    if delimiters.coded && head.version() == Version::Http10 {
        notes.note(Rule::CodingInHttp10, at);
    }
    if delimiters.coded && delimiters.length.is_some() {
        notes.note(Rule::LengthBesideCoding, at); // step 3
    }
    Ok(if method == "HEAD" {
        Framing::None // step 1
    } else if delimiters.chunked {
        Framing::Chunked // step 4
    } else if delimiters.coded {
        Framing::UntilClose // step 4
    } else if let Some(length) = delimiters.length {
        Framing::Length(length) // step 6; step 5 is in `Delimiters::read`
    } else {
        Framing::UntilClose // step 8
    })
}

/// Refuses an unfinished head when its last field alone is reason enough, so that a bad response
/// ends at its bad field. What only several fields tell is found by [`delimit`].
pub(super) fn check_last_field(
    method: &str,
    head: &Head,
    settings: &Settings,
) -> Result<(), Broken> {
    if !may_have_framing(method, head) {
        return Ok(());
    }
    match head.last_field_named(&FRAMING_FIELDS) {
        Some(field) => Delimiters::default().read(&field, settings, 0, &mut Notes::default()),
        None => Ok(()),
    }
}

/// Whether the fields that frame are looked at. They are in the answer to HEAD, which tells what
/// GET would give; not where the status alone says that no content comes.
fn may_have_framing(method: &str, head: &Head) -> bool {
    match head.status() {
        100..200 | 204 | 304 => false,
        200..300 => method != "CONNECT",
        _ => true,
    }
}

fn fields_that_frame(head: &Head) -> impl Iterator<Item = Field<'_>> {
    head.fields()
        .filter(|field| FRAMING_FIELDS.iter().any(|name| field.is(name)))
}

fn is_chunked(coding: &[u8]) -> bool {
    coding.eq_ignore_ascii_case(b"chunked")
}

fn is_identity(coding: &[u8]) -> bool {
    coding.eq_ignore_ascii_case(b"identity")
}

/// What the fields read so far say about the end of the body.
#[derive(Debug, Default)]
struct Delimiters {
    length: Option<u64>,
    /// A transfer coding came that changes where the body ends.
    coded: bool,
    chunked: bool,
    codings: usize,
}

impl Delimiters {
    fn read(
        &mut self,
        field: &Field<'_>,
        settings: &Settings,
        at: u64,
        notes: &mut Notes,
    ) -> Result<(), Broken> {
        if field.is("Transfer-Encoding") {
            self.coded |= list(&field.value).next().is_none();
            return list(&field.value)
                .try_for_each(|coding| self.read_coding(coding, settings, at, notes));
        }
        if settings.content_length == ContentLength::Ignored {
            return Ok(());
        }
        for value in field.value.split(|&octet| octet == b',') {
            let value = parse_length(head::trim(value))?;
            match self.length {
                None => self.length = Some(value),
                Some(length) if length == value => notes.note(Rule::LengthRepeated, at),
                Some(_) => return Err(Broken::LengthsDiffer),
            }
        }
        Ok(())
    }

    fn read_coding(
        &mut self,
        coding: &[u8],
        settings: &Settings,
        at: u64,
        notes: &mut Notes,
    ) -> Result<(), Broken> {
        let spelled = || String::from_utf8_lossy(coding).into_owned();
        if is_chunked(coding) {
            if self.chunked {
                notes.note(Rule::ChunkedRepeated, at);
            }
            self.chunked = true;
            self.coded = true;
        } else if settings.codings == Codings::Raw {
            // Nothing will be undone: Content-Length counts what comes, as in curl.
            return Ok(());
        } else if self.chunked {
            return Err(Broken::CodingMisplaced(spelled()));
        } else if is_identity(coding) {
            notes.note(Rule::IdentityCoding, at);
        } else if settings.codings == Codings::Refused {
            return Err(Broken::CodingUnasked(spelled()));
        } else {
            self.coded = true;
        }
        self.codings = self.codings.saturating_add(1);
        if self.codings > settings.limits.codings {
            Err(Broken::TooManyCodings)
        } else {
            Ok(())
        }
    }
}

/// A decimal number, digits alone.
fn parse_length(digits: &[u8]) -> Result<u64, Broken> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(Broken::ContentLength);
    }
    number(digits, 10).ok_or(Broken::LengthOverflow)
}

/// The value of digits already looked at; none when it is above [`MAX_LENGTH`].
fn number(digits: &[u8], radix: u32) -> Option<u64> {
    digits
        .iter()
        .try_fold(0_u64, |sum, &digit| {
            let digit = char::from(digit).to_digit(radix)?;
            sum.checked_mul(u64::from(radix))?
                .checked_add(u64::from(digit))
        })
        .filter(|&sum| sum <= MAX_LENGTH)
}

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
