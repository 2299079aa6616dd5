//! TLS records, seen from outside.
//!
//! Knows: where a record ends (RFC 8446, 5.1: type, version, length). Must not know: keys, or what
//! is inside.

use crate::event::{Bytes, Direction, Happening, Layer, Tap};
use crate::http1::Role;

/// Type, version and length.
const HEADER: usize = 5;

/// Tells each record of a connection, both ways, when somebody wants to know.
pub(super) struct Records {
    layer: Layer,
    tap: Option<Tap>,
    sent: Vec<u8>,
    received: Vec<u8>,
}

impl Records {
    pub(super) fn new(layer: Layer) -> Self {
        Self {
            layer,
            tap: None,
            sent: Vec::new(),
            received: Vec::new(),
        }
    }

    /// From now on records are told to this tap.
    pub(super) fn tell(&mut self, tap: &Tap) {
        self.tap = tap.interest().records.then(|| tap.clone());
    }

    /// Octets passed; every record that is complete is told.
    pub(super) fn pass(&mut self, direction: Direction, octets: &[u8]) {
        let Some(tap) = &self.tap else { return };
        let pending = match direction {
            Direction::Out => &mut self.sent,
            Direction::In => &mut self.received,
        };
        pending.extend_from_slice(octets);
        let mut rest = pending.as_slice();
        while let Some((record, after)) = first_record(rest) {
            tell(tap, self.layer, direction, Role::TlsRecord, record);
            rest = after;
        }
        let told = pending.len() - rest.len();
        pending.drain(..told);
    }

    /// Nothing more will be received: what is left is no record.
    pub(super) fn end(&mut self) {
        let rest = std::mem::take(&mut self.received);
        if let Some(tap) = &self.tap
            && !rest.is_empty()
        {
            tell(tap, self.layer, Direction::In, Role::Stray, &rest);
        }
    }
}

fn first_record(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_, length) = octets.first_chunk::<HEADER>()?.split_at(3);
    let length = u16::from_be_bytes(length.try_into().ok()?);
    octets.split_at_checked(HEADER + usize::from(length))
}

fn tell(tap: &Tap, layer: Layer, direction: Direction, role: Role, octets: &[u8]) {
    tap.emit(Happening::Piece {
        direction,
        layer,
        role,
        bytes: Bytes::Seen(octets),
    });
}
