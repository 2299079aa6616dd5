//! The content of a message as it comes: counted, hashed, and held as far as it may be shown.
//!
//! Knows: codings are undone (what they make of the same content differs from server to server, and
//! gzip writes the time into it), and a bound on what is held. Must not know: what a content looks
//! like when it is shown.

use std::convert::Infallible;

use sha2::{Digest as _, Sha256};

use crate::codec::content::{Codings, Decoder};
use crate::codec::text::hexadecimal;
use crate::http1::{Role, parse_field_line, request_lines};

/// A content that is longer, undone, is told by its length and hash, in octets.
const MOST: usize = 1024 * 1024;
/// So much of a packed content is unpacked; beyond that it counts as it came.
const MOST_UNDONE: u64 = 64 * 1024 * 1024;

/// A content.
pub(super) struct Body {
    /// The value of `Content-Type`.
    pub(super) media_type: Vec<u8>,
    came: Octets,
    undoing: Option<Undoing>,
    /// Octets that nobody saw.
    hidden: u64,
}

/// Octets, as far as they may be held.
pub(super) struct Octets {
    /// How many.
    pub(super) length: u64,
    hash: Sha256,
    held: Option<Vec<u8>>,
}

/// Codings on their way to be undone.
struct Undoing {
    names: String,
    decoder: Decoder,
    made: Octets,
}

/// What there is to show.
pub(super) struct Content<'a> {
    /// The octets, codings undone.
    pub(super) octets: &'a Octets,
    /// The codings that were undone: `gzip`.
    pub(super) undone: Option<&'a str>,
}

impl Body {
    /// The content behind this head.
    pub(super) fn behind(head: &[u8]) -> Self {
        let mut media_type = Vec::new();
        let mut codings = Codings::new();
        let mut known = true;
        let lines = request_lines(head).filter(|(role, _)| *role == Role::FieldLine);
        for field in lines.filter_map(|(_, line)| parse_field_line(line)) {
            if field.is("Content-Type") {
                media_type = field.value.into_owned();
            } else if field.is("Content-Encoding") || field.is("Transfer-Encoding") {
                let names = field.value.split(|&octet| octet == b',');
                for name in names.filter(|name| !name.trim_ascii().eq_ignore_ascii_case(b"chunked"))
                {
                    known &= codings.add(name).is_ok();
                }
            }
        }
        let names: Vec<String> = codings.as_slice().iter().map(ToString::to_string).collect();
        let undoing = (known && !codings.is_empty()).then(|| Undoing {
            names: names.join(", "),
            decoder: Decoder::new(&codings),
            made: Octets::default(),
        });
        Self {
            media_type,
            came: Octets::default(),
            undoing,
            hidden: 0,
        }
    }

    /// Takes what came next. `room` is what may be held of all contents together.
    pub(super) fn push(&mut self, octets: &[u8], room: &mut usize) {
        if let Some(undoing) = &mut self.undoing {
            let made = &mut undoing.made;
            let mut take = |piece: &[u8]| -> Result<(), Infallible> {
                made.push(piece, room);
                Ok(())
            };
            let went_well = undoing.decoder.decode(octets, &mut take).is_ok();
            if !went_well || made.length > MOST_UNDONE {
                made.release(room);
                self.undoing = None;
            }
        }
        self.came.push(octets, room);
    }

    /// So many octets came that nobody saw.
    pub(super) fn pass(&mut self, count: u64) {
        self.hidden = self.hidden.saturating_add(count);
    }

    /// What came, as far as it was seen.
    pub(super) fn content(&self) -> Content<'_> {
        let undone = self
            .undoing
            .as_ref()
            .filter(|undoing| undoing.decoder.finish().is_ok());
        match undone {
            Some(undoing) => Content {
                octets: &undoing.made,
                undone: Some(&undoing.names),
            },
            None => Content {
                octets: &self.came,
                undone: None,
            },
        }
    }

    /// Whether it holds boundaries, which a hash would vary with.
    pub(super) fn is_multipart(&self) -> bool {
        let start = self.media_type.get(..10);
        start.is_some_and(|start| start.eq_ignore_ascii_case(b"multipart/"))
    }

    /// Octets that nobody saw.
    pub(super) fn hidden(&self) -> u64 {
        self.hidden
    }
}

impl Default for Octets {
    fn default() -> Self {
        Self {
            length: 0,
            hash: Sha256::new(),
            held: Some(Vec::new()),
        }
    }
}

impl Octets {
    /// All of them, unless there were too many.
    pub(super) fn held(&self) -> Option<&[u8]> {
        self.held.as_deref()
    }

    /// SHA-256 in hexadecimal.
    pub(super) fn hash(&self) -> String {
        hexadecimal(&self.hash.clone().finalize())
    }

    fn push(&mut self, octets: &[u8], room: &mut usize) {
        self.length = self.length.saturating_add(octets.len() as u64);
        self.hash.update(octets);
        let Some(held) = &mut self.held else { return };
        let length = held.len().saturating_add(octets.len());
        match room.checked_sub(octets.len()) {
            Some(left) if length <= MOST => {
                held.extend_from_slice(octets);
                *room = left;
            }
            _ => self.release(room),
        }
    }

    /// Nothing is held any more.
    fn release(&mut self, room: &mut usize) {
        let held = self.held.take().unwrap_or_default();
        *room = room.saturating_add(held.len());
    }
}
