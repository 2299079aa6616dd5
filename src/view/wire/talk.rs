//! What has passed on one connection.
//!
//! Knows: the streams inside one another (a socket's, and those that its TLS sessions carry), how
//! far each has come, and how far it has been told. Must not know: how anything is shown.

use super::body::Body;
use super::record::Records;
use super::socks::Socks;
use crate::event::{Direction, Layer};
use crate::plan::WireLimit;

/// A socket, TLS to a proxy, TLS to the origin inside.
const DEPTHS: usize = 3;

/// One connection.
#[derive(Debug)]
pub(super) struct Talk {
    /// TLS sessions begun, one inside the other.
    pub(super) sessions: usize,
    pub(super) socks: Socks,
    /// Where the answer to the last request begins.
    pub(super) answer: u64,
    /// The transfer that ended it.
    pub(super) ended_by: Option<u32>,
    sent: Side,
    received: Side,
}

/// One direction of a connection.
#[derive(Debug)]
pub(super) struct Side {
    streams: [Stream; DEPTHS],
    records: [Records; DEPTHS],
    pub(super) body: Body,
}

/// One stream of octets, counted from 0.
#[derive(Debug, Clone, Copy, Default)]
struct Stream {
    /// How far it has come.
    passed: u64,
    /// How far it has been told; a line that is not whole has passed and is not told yet.
    told: u64,
}

impl Talk {
    /// A connection on which nothing has passed.
    pub(super) fn new(limit: WireLimit) -> Self {
        Self {
            sessions: 0,
            socks: Socks::default(),
            answer: 0,
            ended_by: None,
            sent: Side::new(limit),
            received: Side::new(limit),
        }
    }

    pub(super) fn side(&mut self, direction: Direction) -> &mut Side {
        match direction {
            Direction::Out => &mut self.sent,
            Direction::In => &mut self.received,
        }
    }

    /// In how many TLS sessions a layer's octets are wrapped.
    pub(super) fn depth(&self, layer: Layer) -> usize {
        let depth = match layer {
            Layer::ProxyTls => 0,
            Layer::Tls => self.sessions.saturating_sub(1),
            Layer::Http | Layer::Tunnel | Layer::Socks => self.sessions,
        };
        depth.min(DEPTHS - 1)
    }
}

impl Side {
    fn new(limit: WireLimit) -> Self {
        Self {
            streams: [Stream::default(); DEPTHS],
            records: [(); DEPTHS].map(|()| Records::default()),
            body: Body::new(limit),
        }
    }

    /// So many octets pass; gives the offset of the first.
    pub(super) fn pass(&mut self, depth: usize, octets: u64) -> u64 {
        let passed = self.streams.get_mut(depth).map(|it| &mut it.passed);
        passed.map_or(0, |passed| advance(passed, octets))
    }

    /// So many octets are told; gives the offset of the first.
    pub(super) fn tell(&mut self, depth: usize, octets: u64) -> u64 {
        let told = self.streams.get_mut(depth).map(|it| &mut it.told);
        told.map_or(0, |told| advance(told, octets))
    }

    /// A TLS record at this depth, in words.
    pub(super) fn describe(&mut self, depth: usize, record: &[u8]) -> String {
        let records = self.records.get_mut(depth);
        records.map_or_else(String::new, |records| records.describe(record))
    }
}

fn advance(position: &mut u64, octets: u64) -> u64 {
    let before = *position;
    *position = before.saturating_add(octets);
    before
}
