//! What octets are called.
//!
//! Knows: a name and a colour for each part of a message. Must not know: where they stand in a
//! stream, or how a row is laid out.

use super::forms::Form;
use crate::event::Direction;
use crate::http1::{Role, version_and_status};
use crate::view::style::Meaning;

/// What a row of octets is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    RequestLine,
    /// A status line of this status; 0 where it has none.
    StatusLine(u16),
    Field,
    /// A line that goes on with the field before it (RFC 9112, 5.2).
    Folded,
    HeadEnd,
    Content,
    /// The size of a chunk of so many octets, extensions included.
    Chunk(u64),
    LastChunk,
    ChunkEnd,
    Trailer,
    MessageEnd,
    ProxyLine,
    /// A message of a SOCKS handshake.
    Socks(&'static str),
    Stray,
    Unread,
}

impl Part {
    /// The part that octets of this role are.
    pub(super) fn of(role: Role, octets: &[u8]) -> Self {
        match role {
            Role::RequestLine => Part::RequestLine,
            Role::StatusLine => {
                Part::StatusLine(version_and_status(octets).map_or(0, |(_, status)| status))
            }
            Role::FieldLine => Part::Field,
            Role::HeadEnd => Part::HeadEnd,
            Role::Content => Part::Content,
            Role::ChunkSize => match chunk_size(octets) {
                0 => Part::LastChunk,
                size => Part::Chunk(size),
            },
            Role::ChunkEnd => Part::ChunkEnd,
            Role::TrailerLine => Part::Trailer,
            Role::MessageEnd => Part::MessageEnd,
            Role::Handshake => Part::ProxyLine,
            Role::TlsRecord | Role::Stray => Part::Stray,
            Role::Unread => Part::Unread,
        }
    }

    /// The name that stands before its octets. What is binary says so, unless it always is.
    pub(super) fn name(self, form: Form) -> String {
        let name = match self {
            Part::RequestLine => "request line",
            Part::StatusLine(101) => "status line",
            Part::StatusLine(100..200) => "interim",
            Part::StatusLine(_) => "status line",
            Part::Field => "field",
            Part::Folded => "folded",
            Part::HeadEnd => "head end",
            Part::Content if form == Form::Binary => return "binary".to_owned(),
            Part::Content => "content",
            Part::Chunk(size) => return format!("chunk {size}"),
            Part::LastChunk => "last chunk",
            Part::ChunkEnd => "chunk end",
            Part::Trailer => "trailer",
            Part::MessageEnd => "message end",
            Part::ProxyLine => "PROXY line",
            Part::Socks(name) => return name.to_owned(),
            Part::Stray => "stray",
            Part::Unread => "unread",
        };
        match form {
            Form::Text => name.to_owned(),
            Form::Binary => format!("{name} binary"),
        }
    }

    /// What its text says at a glance.
    pub(super) fn meaning(self) -> Option<Meaning> {
        match self {
            Part::RequestLine => Some(Meaning::Name),
            Part::StatusLine(status) => Some(Meaning::of_status(status)),
            Part::Chunk(_) | Part::LastChunk | Part::ChunkEnd => Some(Meaning::Aside),
            Part::Stray | Part::Unread => Some(Meaning::Notable),
            _ => None,
        }
    }

    /// How many octets at the beginning of a line are a field's name.
    pub(super) fn name_in(self, line: &[u8]) -> usize {
        match self {
            Part::Field | Part::Trailer => {
                line.iter().position(|&octet| octet == b':').unwrap_or(0)
            }
            _ => 0,
        }
    }

    /// What a line feed without its carriage return means here.
    pub(super) fn bare_line_feed(self) -> Meaning {
        match self {
            Part::Content | Part::Stray | Part::Unread => Meaning::Aside,
            _ => Meaning::Notable,
        }
    }

    /// Whether it is shown only so far as `--wire`'s limit goes.
    pub(super) fn is_limited(self) -> bool {
        matches!(self, Part::Content | Part::Stray | Part::Unread)
    }

    /// The part that the next row of the same piece is.
    pub(super) fn next_row(self) -> Self {
        match self {
            Part::Field | Part::Trailer => Part::Folded,
            other => other,
        }
    }
}

/// The sign of a direction, as in `-v`.
pub(super) fn mark(direction: Direction) -> (char, Meaning) {
    match direction {
        Direction::Out => ('>', Meaning::Sent),
        Direction::In => ('<', Meaning::Received),
    }
}

/// The number at the beginning of a chunk's first line; the reader has checked it.
fn chunk_size(line: &[u8]) -> u64 {
    let digits = line
        .iter()
        .map_while(|&octet| char::from(octet).to_digit(16));
    digits.fold(0, |size, digit| {
        size.saturating_mul(16).saturating_add(u64::from(digit))
    })
}

/// `1 octet`, `2 octets`.
pub(super) fn count(number: u64, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        _ => format!("{number} {what}s"),
    }
}
