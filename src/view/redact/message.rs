//! What the head of a message tells of its content.
//!
//! Knows: the fields that say which filter fits, and whether any does. Must not know: content.

use super::content::Filter;
use crate::codec::content::is_coded;
use crate::http1::{Role, parse_field_line};

/// A message so far.
#[derive(Debug, Default)]
pub(super) struct Message {
    media_type: Vec<u8>,
    coded: bool,
    chunked: bool,
    /// The length of its content, where it is known.
    pub(super) length: Option<u64>,
    /// Where it has got to.
    pub(super) reached: Reached,
}

/// A place in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Reached {
    /// Its head has begun, or nothing of it has come.
    #[default]
    Head,
    /// Its head is complete.
    HeadEnd,
    /// Some of its content has come, or all of it.
    Content,
}

impl Message {
    /// A message of which no more is known to come.
    pub(super) fn over() -> Self {
        Self {
            reached: Reached::Content,
            ..Self::default()
        }
    }

    /// Takes note of a part, as it came.
    pub(super) fn hear(&mut self, role: Role, octets: &[u8]) {
        match role {
            Role::RequestLine | Role::StatusLine => *self = Self::default(),
            Role::FieldLine => self.field(octets),
            Role::HeadEnd => self.reached = Reached::HeadEnd,
            Role::Content
            | Role::ChunkSize
            | Role::ChunkEnd
            | Role::TrailerLine
            | Role::MessageEnd => self.reached = Reached::Content,
            Role::Handshake | Role::TlsRecord | Role::Stray | Role::Unread => {}
        }
    }

    fn field(&mut self, line: &[u8]) {
        let Some(field) = parse_field_line(line) else {
            return;
        };
        if field.is("Content-Type") {
            self.media_type = field.value.into_owned();
        } else if field.is("Content-Length") {
            let digits = std::str::from_utf8(&field.value).ok();
            self.length = digits.and_then(|digits| digits.parse().ok());
        } else if field.is("Content-Encoding") {
            self.coded |= is_coded(&field.value);
        } else if field.is("Transfer-Encoding") {
            self.chunked = true;
        }
    }

    /// Whether content can be looked into.
    pub(super) fn is_legible(&self) -> bool {
        !self.coded
    }

    /// Whether it can be where it stands as it came, its framing too.
    pub(super) fn is_legible_raw(&self) -> bool {
        !self.coded && !self.chunked
    }

    /// What finds secrets in its content.
    pub(super) fn filter(&self) -> Filter {
        Filter::new(&self.media_type)
    }
}
