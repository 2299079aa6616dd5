//! Bodies whose pieces nobody looks at.
//!
//! Knows: how much content may go by without being seen, and chunks as nearly everybody writes them:
//! a size in hexadecimal digits, CR LF, content, CR LF (RFC 9112, section 7.1), read in one go. Must
//! not know: what else a chunk may be, or what is wrong with it; that is left to
//! [`Connection::receive`].

use super::body::{Body, Chunked};
use super::{Connection, Receiving};

/// How many octets of chunks were read, by their part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Chunks {
    /// First lines.
    pub sizes: usize,
    /// Content.
    pub content: usize,
    /// Line ends after content.
    pub ends: usize,
}

impl Chunks {
    /// All of them together.
    pub const fn octets(&self) -> usize {
        self.sizes
            .saturating_add(self.content)
            .saturating_add(self.ends)
    }
}

/// So much content of one chunk is better handed on where it stands.
const WORTH_A_PIECE: usize = 8 * 1024;

/// More digits than this, and a size is looked at more closely.
const MOST_DIGITS: usize = 15;

impl Connection {
    /// How much content may be received without being seen: what is left of it, or [`u64::MAX`] where
    /// it ends with the connection. None where octets have to be looked at.
    pub fn unframed(&self) -> Option<u64> {
        match self.receiving {
            Receiving::Body(Body::Length(left)) => Some(left),
            Receiving::Body(Body::UntilClose) if self.line.kept() == 0 => Some(u64::MAX),
            _ => None,
        }
    }

    /// So much content, and no more than [`unframed`](Self::unframed) said, was received unseen.
    pub fn pass_over(&mut self, octets: u64) {
        if let Receiving::Body(Body::Length(left)) = &mut self.receiving {
            *left = left.saturating_sub(octets);
            if *left == 0 {
                self.receiving = Receiving::Body(Body::Done);
            }
        }
        self.received = self.received.saturating_add(octets);
    }

    /// How much of the request's content may be sent by others, as it is: what is left of a known
    /// length. None where it has to be framed.
    pub fn unframed_to_send(&self) -> Option<u64> {
        self.sending.unframed()
    }

    /// So much content, and no more than [`unframed_to_send`](Self::unframed_to_send) said, was sent.
    pub fn sent_past(&mut self, octets: u64) {
        self.sending.pass_over(octets);
    }

    /// Reads small plain chunks at the front of `input`, as many as there are, and hands over their
    /// content. Whatever comes next is for [`receive`](Self::receive), which would have told the same
    /// octets piece by piece.
    pub fn receive_chunks(&mut self, input: &[u8], content: impl FnMut(&[u8])) -> Chunks {
        let mut read = Chunks::default();
        let Receiving::Body(Body::Chunked(mut at)) = self.receiving else {
            return read;
        };
        self.line.begin();
        if self.notes.is_empty() && self.line.kept() == 0 {
            at.run(input, content, &mut read);
            self.receiving = Receiving::Body(Body::Chunked(at));
            self.received = self.received.saturating_add(read.octets() as u64);
        }
        read
    }
}

impl Chunked {
    fn run(&mut self, input: &[u8], mut content: impl FnMut(&[u8]), read: &mut Chunks) {
        loop {
            let rest = input.get(read.octets()..).unwrap_or_default();
            match *self {
                Self::Size => {
                    let Some((size, length)) = plain_size(rest) else {
                        return;
                    };
                    *self = Self::Data(size);
                    read.sizes = read.sizes.saturating_add(length);
                }
                Self::Data(left) => {
                    let here =
                        usize::try_from(left).map_or(rest.len(), |left| left.min(rest.len()));
                    if here == 0 || here >= WORTH_A_PIECE {
                        return;
                    }
                    content(rest.get(..here).unwrap_or_default());
                    read.content = read.content.saturating_add(here);
                    *self = match left.saturating_sub(here as u64) {
                        0 => Self::DataEnd,
                        left => Self::Data(left),
                    };
                }
                Self::DataEnd if is_line_end(rest) => {
                    *self = Self::Size;
                    read.ends = read.ends.saturating_add(2);
                }
                Self::DataEnd | Self::Trailer => return,
            }
        }
    }
}

/// The size that a plain first line gives, which is not the last chunk's, and the line's length.
fn plain_size(input: &[u8]) -> Option<(u64, usize)> {
    let mut size = 0;
    for (digits, &octet) in input.iter().take(MOST_DIGITS.saturating_add(1)).enumerate() {
        let Some(digit) = char::from(octet).to_digit(16) else {
            let plain = size > 0 && is_line_end(input.get(digits..).unwrap_or_default());
            return plain.then_some((size, digits.saturating_add(2)));
        };
        size = size << 4 | u64::from(digit);
    }
    None
}

fn is_line_end(input: &[u8]) -> bool {
    matches!(input, [b'\r', b'\n', ..])
}
