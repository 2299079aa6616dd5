//! How the content of a message is delimited.
//!
//! [`framing`] is RFC 9112, section 6.3, step by step, with curl 8.22's outcome where they differ.
//! Decoding a transfer coding other than `chunked` is not done here: [`codings`] says which were
//! applied.

use super::broken::Broken;
use super::head::{self, Field, Head, Version, list};
use super::rule::{Notes, Rule};
use super::settings::{Codings, ContentLength, Settings};

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
    head.any_of(&FRAMING_FIELDS)
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
pub(super) fn number(digits: &[u8], radix: u32) -> Option<u64> {
    digits
        .iter()
        .try_fold(0_u64, |sum, &digit| {
            let digit = char::from(digit).to_digit(radix)?;
            sum.checked_mul(u64::from(radix))?
                .checked_add(u64::from(digit))
        })
        .filter(|&sum| sum <= MAX_LENGTH)
}
