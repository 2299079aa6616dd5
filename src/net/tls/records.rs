//! TLS records, seen from outside.
//!
//! Knows: where a record ends (RFC 8446, 5.1: type, version, length). Must not know: keys, or what
//! is inside.

use std::time::Instant;

use crate::event::{Bytes, Direction, Happening, Layer, Tap};
use crate::http1::Role;

/// Type, version and length.
const HEADER: usize = 5;

/// Tells each record of a connection, both ways, when somebody wants to know.
pub(super) struct Records {
    layer: Layer,
    handshake: Handshake,
    tap: Option<Tap>,
    sent: Vec<u8>,
    received: Vec<u8>,
}

/// Where a session is; some look at its handshake alone.
#[derive(PartialEq)]
enum Handshake {
    Lasting,
    Over,
}

impl Records {
    pub(super) fn new(layer: Layer) -> Self {
        Self {
            layer,
            handshake: Handshake::Lasting,
            tap: None,
            sent: Vec::new(),
            received: Vec::new(),
        }
    }

    /// From now on records are told to this tap.
    pub(super) fn tell(&mut self, tap: &Tap) {
        let interest = tap.interest();
        let lasting = self.handshake == Handshake::Lasting;
        let wanted = interest.records || (interest.handshakes && lasting);
        self.tap = wanted.then(|| tap.clone());
    }

    /// The handshake is over, and with it what some wanted to see.
    pub(super) fn handshake_is_over(&mut self) {
        self.handshake = Handshake::Over;
        if self.tap.as_ref().is_some_and(|tap| !tap.interest().records) {
            self.tap = None;
            self.sent = Vec::new();
            self.received = Vec::new();
        }
    }

    /// Octets passed the wire below at once; every record that is complete is told.
    pub(super) fn pass(&mut self, at: Instant, direction: Direction, octets: &[u8]) {
        let Some(tap) = &self.tap else { return };
        let (layer, bytes) = (self.layer, octets.len());
        tap.emit_at(
            at,
            Happening::Batch {
                direction,
                layer,
                bytes,
            },
        );
        let pending = match direction {
            Direction::Out => &mut self.sent,
            Direction::In => &mut self.received,
        };
        pending.extend_from_slice(octets);
        let mut rest = pending.as_slice();
        while let Some((record, after)) = first_record(rest) {
            tell(tap, at, layer, direction, Role::TlsRecord, record);
            rest = after;
        }
        let told = pending.len().saturating_sub(rest.len());
        pending.drain(..told);
    }

    /// Nothing more will be received: what is left is no record.
    pub(super) fn end(&mut self, at: Instant) {
        let rest = std::mem::take(&mut self.received);
        if let Some(tap) = &self.tap
            && !rest.is_empty()
        {
            tell(tap, at, self.layer, Direction::In, Role::Stray, &rest);
        }
    }
}

fn first_record(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_, length) = octets.first_chunk::<HEADER>()?.split_at(3);
    let length = u16::from_be_bytes(length.try_into().ok()?);
    octets.split_at_checked(HEADER + usize::from(length))
}

fn tell(tap: &Tap, at: Instant, layer: Layer, direction: Direction, role: Role, octets: &[u8]) {
    let bytes = Bytes::Seen(octets);
    tap.emit_at(
        at,
        Happening::Piece {
            direction,
            layer,
            role,
            bytes,
        },
    );
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use proptest::prelude::*;

    use super::*;
    use crate::clock::{Clock as _, SystemClock};
    use crate::event::{Event, Interest, Observer};

    type Pieces = Vec<(Role, Vec<u8>)>;

    #[derive(Clone, Default)]
    struct Told(Arc<Mutex<Pieces>>);

    impl Observer for Told {
        fn observe(&mut self, event: &Event<'_>) {
            if let Happening::Piece {
                role,
                bytes: Bytes::Seen(octets),
                ..
            } = event.what
            {
                self.0.lock().unwrap().push((role, octets.to_vec()));
            }
        }

        fn wants(&self) -> Interest {
            Interest {
                records: true,
                ..Interest::default()
            }
        }
    }

    fn told(octets: &[u8], cuts: &[usize]) -> Pieces {
        let told = Told::default();
        let tap = Tap::new(Arc::new(SystemClock), vec![Box::new(told.clone())]);
        let mut records = Records::new(Layer::Tls);
        records.tell(&tap);
        let at = SystemClock.now();
        let mut rest = octets;
        for cut in cuts {
            let (first, after) = rest.split_at((*cut).min(rest.len()));
            records.pass(at, Direction::In, first);
            rest = after;
        }
        records.pass(at, Direction::In, rest);
        records.end(at);
        told.0.lock().unwrap().clone()
    }

    proptest! {
        #[test]
        fn splitting_the_input_changes_nothing_and_no_octet_is_lost(
            bodies in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..6),
            stray in prop::collection::vec(any::<u8>(), 0..5),
            cuts in prop::collection::vec(0..200_usize, 0..12),
        ) {
            let mut octets = Vec::new();
            for body in &bodies {
                octets.extend([22, 3, 3]);
                octets.extend(u16::try_from(body.len()).unwrap().to_be_bytes());
                octets.extend(body);
            }
            octets.extend(&stray);
            let whole = told(&octets, &[]);
            prop_assert_eq!(&told(&octets, &cuts), &whole);
            let joined: Vec<u8> = whole.iter().flat_map(|(_, piece)| piece.clone()).collect();
            prop_assert_eq!(joined, octets);
            let records = whole.iter().filter(|(role, _)| *role == Role::TlsRecord).count();
            prop_assert_eq!(records, bodies.len());
        }
    }
}
