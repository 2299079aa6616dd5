//! Why a response cannot be read on.
//!
//! Knows curl's exit codes by number only; the wording stands with the exit codes.

use std::error::Error;
use std::fmt;

use super::rule::Rule;

/// Why a response cannot be read on. Each variant says curl's exit code and when it comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// 52: the connection ended before a status line was complete.
    EmptyReply,
    /// 18: the connection ended inside the head. curl 8.22 lets this pass with 0, or 52 or 18.
    HeadCut,
    /// 1: the first octets are no status line, and a bare body is not allowed (`--http0.9`).
    Http09,
    /// 8: no status line, where a bare body cannot be meant: in answer to HEAD, or when this
    /// connection has spoken HTTP/1 before.
    NoStatusLine,
    /// 8: something is glued to the status code. curl lets letters pass.
    StatusCodeGlued,
    /// 1: the major version is not 1.
    Version,
    /// 1: `HTTP/1` is not followed by `.0` or `.1`, a blank and a digit.
    Subversion,
    /// 1: the status code is below 100.
    StatusCode,
    /// 8: a NUL in a line of the head.
    Nul,
    /// 8: a CR inside a line of the head.
    CarriageReturn,
    /// 8: a field line without a colon.
    ColonMissing,
    /// 100: one line of a head or a trailer section is longer than [`Limits::line`](super::Limits).
    LineTooLong,
    /// 56: the heads and trailers of one exchange are together longer than
    /// [`Limits::head`](super::Limits).
    HeadTooLarge {
        /// Octets so far, this line included.
        size: usize,
        /// Octets allowed.
        limit: usize,
    },
    /// 100: more field lines in one exchange than [`Limits::fields`](super::Limits).
    TooManyFields {
        /// Field lines allowed.
        limit: usize,
    },
    /// 8: Content-Length is not a decimal number.
    ContentLength,
    /// 8: two Content-Length values differ.
    LengthsDiffer,
    /// 63: Content-Length is 2 to the 63rd or more. curl reads on
    /// until the close where no maximum is given.
    LengthOverflow,
    /// 61: this transfer coding (as sent, control characters included) was not asked for.
    CodingUnasked(String),
    /// 61: this transfer coding (as sent, control characters included) stands after `chunked`.
    CodingMisplaced(String),
    /// 61: more transfer codings than [`Limits::codings`](super::Limits).
    TooManyCodings,
    /// 18: the connection ended with this many octets of Content-Length missing.
    ContentCut {
        /// Octets that did not come.
        missing: u64,
    },
    /// 18: the connection ended before the end of a chunked body.
    ChunkedCut,
    /// 56: this octet stands where a chunk size should begin.
    ChunkSizeDigit(u8),
    /// 56: a chunk size of more than 16 digits.
    ChunkSizeLong,
    /// 56: a chunk size (these digits) of 2 to the 63rd or more.
    ChunkSizeOverflow(String),
    /// 56: a chunk size is followed by neither an extension nor the line end. curl reads on.
    ChunkSizeTail,
    /// 56: the line of a chunk size is longer than [`Limits::chunk_line`](super::Limits). curl has
    /// no such limit.
    ChunkLineTooLong,
    /// 56: something other than a line end after the data of a chunk.
    ChunkEnd,
    /// 56: a CR inside a trailer line.
    Trailer,
}

impl Broken {
    /// The rule that was broken; none where only a limit was reached.
    pub const fn rule(&self) -> Option<Rule> {
        Some(match self {
            Self::EmptyReply | Self::HeadCut | Self::ContentCut { .. } | Self::ChunkedCut => {
                Rule::Truncated
            }
            Self::Http09 | Self::NoStatusLine => Rule::StatusLineMissing,
            Self::Version | Self::Subversion => Rule::Version,
            Self::StatusCodeGlued | Self::StatusCode => Rule::StatusCode,
            Self::Nul => Rule::Nul,
            Self::CarriageReturn | Self::Trailer => Rule::BareCr,
            Self::ColonMissing => Rule::ColonMissing,
            Self::ContentLength => Rule::LengthForm,
            Self::LengthsDiffer => Rule::LengthDiffers,
            Self::LengthOverflow => Rule::LengthOverflow,
            Self::CodingUnasked(_) => Rule::CodingUnasked,
            Self::CodingMisplaced(_) => Rule::ChunkedNotLast,
            Self::ChunkSizeDigit(_) | Self::ChunkSizeLong | Self::ChunkSizeOverflow(_) => {
                Rule::ChunkSize
            }
            Self::ChunkSizeTail => Rule::ChunkSizeTail,
            Self::ChunkEnd => Rule::ChunkEnd,
            Self::LineTooLong
            | Self::HeadTooLarge { .. }
            | Self::TooManyFields { .. }
            | Self::TooManyCodings
            | Self::ChunkLineTooLong => return None,
        })
    }
}

impl fmt::Display for Broken {
    /// The rule that was broken.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rule() {
            Some(rule) => f.write_str(rule.row().sentence),
            None => f.write_str("The response is larger than allowed."),
        }
    }
}

impl Error for Broken {}
