//! The request side of a connection: how content is framed as it is sent (RFC 9112, sections 6
//! and 7.1). Knows nothing of the response.

use std::{error, fmt};

use super::length::Framing;
use super::role::Role;

/// A call that does not fit what was sent so far: a mistake of the caller, not of the peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misuse {
    /// A request was begun before the exchange before it was over.
    Busy,
    /// A request was begun on a connection that cannot be used again.
    NotReusable,
    /// Content was sent where no body is open.
    NoBody,
    /// More content was sent than the length announced.
    TooLong,
    /// The body was ended before the length announced was reached.
    TooShort {
        /// Octets not sent.
        missing: u64,
    },
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy => f.write_str("a request was begun before the last exchange was over"),
            Self::NotReusable => f.write_str("a request was begun on a connection that is used up"),
            Self::NoBody => f.write_str("content was sent where no body is open"),
            Self::TooLong => f.write_str("more content was sent than announced"),
            Self::TooShort { missing } => write!(f, "{missing} octets of content were not sent"),
        }
    }
}

impl error::Error for Misuse {}

/// What of a request's body may still be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sending {
    /// Nothing.
    Complete,
    /// This many octets.
    Length(u64),
    /// Chunks.
    Chunked,
    /// Anything, as it is.
    Unframed,
}

impl From<Framing> for Sending {
    fn from(framing: Framing) -> Self {
        match framing {
            Framing::None | Framing::Length(0) => Self::Complete,
            Framing::Length(length) => Self::Length(length),
            Framing::Chunked => Self::Chunked,
            Framing::UntilClose => Self::Unframed,
        }
    }
}

impl Sending {
    pub(super) fn content(
        &mut self,
        data: &[u8],
        out: &mut impl FnMut(Role, &[u8]),
    ) -> Result<(), Misuse> {
        if data.is_empty() {
            return Ok(()); // an empty chunk would be the last one
        }
        match self {
            Self::Complete => return Err(Misuse::NoBody),
            Self::Unframed => out(Role::Content, data),
            Self::Length(left) => {
                *left = left.checked_sub(data.len() as u64).ok_or(Misuse::TooLong)?;
                out(Role::Content, data);
            }
            Self::Chunked => {
                out(Role::ChunkSize, format!("{:x}\r\n", data.len()).as_bytes());
                out(Role::Content, data);
                out(Role::ChunkEnd, b"\r\n");
            }
        }
        Ok(())
    }

    /// How much content may go as it is, without being counted here first.
    pub(super) fn unframed(&self) -> Option<u64> {
        match self {
            Self::Length(left) => Some(*left),
            Self::Complete | Self::Chunked | Self::Unframed => None,
        }
    }

    /// So much content was sent by others.
    pub(super) fn pass_over(&mut self, octets: u64) {
        if let Self::Length(left) = self {
            *left = left.saturating_sub(octets);
        }
    }

    pub(super) fn end(&mut self, out: &mut impl FnMut(Role, &[u8])) -> Result<(), Misuse> {
        match *self {
            Self::Length(missing) if missing > 0 => return Err(Misuse::TooShort { missing }),
            Self::Chunked => {
                out(Role::ChunkSize, b"0\r\n");
                out(Role::MessageEnd, b"\r\n");
            }
            Self::Complete | Self::Length(_) | Self::Unframed => {}
        }
        *self = Self::Complete;
        Ok(())
    }
}
