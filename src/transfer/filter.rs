//! What content goes through on its way: the content transfer encoding of a part, or `--crlf`.
//!
//! Knows: what each makes of the octets, and of their number. Must not know: where they come from.

use super::encoding::{Encoding, NotSevenBit, encoded_length};
use crate::plan::Encoder;

/// A change made to octets as they pass.
pub(super) enum Filter {
    /// A content transfer encoding.
    Encoding(Encoder, Encoding),
    /// Line feeds without a CR before them get one; tells whether the last octet was a CR.
    LineEnds(bool),
}

impl Filter {
    /// A content transfer encoding at its beginning.
    pub(super) fn encoding(encoder: Encoder) -> Self {
        Self::Encoding(encoder, Encoding::new(encoder))
    }

    /// `--crlf` at its beginning.
    pub(super) fn line_ends() -> Self {
        Self::LineEnds(false)
    }

    /// Back to the beginning.
    pub(super) fn restart(&mut self) {
        *self = match self {
            Self::Encoding(encoder, _) => Self::encoding(*encoder),
            Self::LineEnds(_) => Self::line_ends(),
        };
    }

    /// How long content of this length becomes; `None` when only reading tells.
    pub(super) fn length(&self, content: Option<u64>) -> Option<u64> {
        match self {
            Self::Encoding(encoder, _) => encoded_length(*encoder, content),
            Self::LineEnds(_) => content.filter(|length| *length == 0),
        }
    }

    /// Takes a piece of any size, and appends what is ready to `out`.
    pub(super) fn feed(&mut self, content: &[u8], out: &mut Vec<u8>) -> Result<(), NotSevenBit> {
        match self {
            Self::Encoding(_, encoding) => encoding.feed(content, out),
            Self::LineEnds(after_cr) => {
                for &octet in content {
                    if octet == b'\n' && !*after_cr {
                        out.push(b'\r');
                    }
                    out.push(octet);
                    *after_cr = octet == b'\r';
                }
                Ok(())
            }
        }
    }

    /// Appends what waited for more, now that there is none.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        if let Self::Encoding(_, encoding) = self {
            encoding.finish(out);
        }
    }
}
