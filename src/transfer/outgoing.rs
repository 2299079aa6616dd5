//! The body of a request on its way to the wire.
//!
//! Knows: how far the request is, and how content from a source is framed, paced, told and queued.
//! Must not know: the response, or what lets the body go.

use std::os::fd::BorrowedFd;
use std::time::Instant;

use crate::error::{Error, Exit};
use crate::event::{Bytes, Direction, Happening, Layer, Tap};
use crate::http1::{Connection, Framing, Misuse, Role};
use crate::net::Wire;
use crate::transfer::pace::Pace;
use crate::transfer::source::{Pull, Source};

/// How far the request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sending {
    /// The body waits for leave until then.
    AwaitingContinue(Instant),
    /// The body is being sent.
    Body,
    /// All of it is queued.
    Queued,
    /// All of it is gone, and that was told.
    Told,
    /// The rest will not be sent.
    Given,
}

/// The request, past its composed head.
pub(crate) struct Outgoing<'a> {
    source: &'a mut Source,
    pub(crate) state: Sending,
    layer: Layer,
    /// Composed, about to be handed to the wire.
    pub(crate) octets: Vec<u8>,
    buffer: Vec<u8>,
    /// Octets of the body as sent.
    body: u64,
    has_body: bool,
    pub(crate) pace: Pace,
    /// The source had nothing to give yet.
    pub(crate) waits_for_source: bool,
}

impl<'a> Outgoing<'a> {
    /// A body that may be sent at once, framed like this.
    pub(crate) fn new(source: &'a mut Source, framing: Framing, layer: Layer, pace: Pace) -> Self {
        Self {
            source,
            state: Sending::Body,
            layer,
            octets: Vec::new(),
            buffer: Vec::new(),
            body: 0,
            has_body: framing != Framing::None,
            pace,
            waits_for_source: false,
        }
    }

    /// The source that has nothing to give yet, to be waited for.
    pub(crate) fn awaited_source(&self) -> Option<BorrowedFd<'_>> {
        self.source.pollable().filter(|_| self.waits_for_source)
    }

    /// Octets of the body as sent; none without a body.
    pub(crate) fn body(&self) -> Option<u64> {
        self.has_body.then_some(self.body)
    }

    /// All of the request is queued.
    pub(crate) fn is_complete(&self) -> bool {
        matches!(self.state, Sending::Queued | Sending::Told)
    }

    /// The body may go.
    pub(crate) fn granted(&mut self) {
        if matches!(self.state, Sending::AwaitingContinue(_)) {
            self.state = Sending::Body;
        }
    }

    /// Takes a piece of the body from its source and frames it.
    pub(crate) fn fill(
        &mut self,
        http: &mut Connection,
        tap: &Tap,
        most: usize,
    ) -> Result<(), Error> {
        if !self.has_body {
            self.state = Sending::Queued;
            return Ok(());
        }
        let most = self.pace.portion(most.max(1024));
        self.buffer.resize(most, 0);
        let misuse = |error: Misuse| Error::new(Exit::BadFunctionArgument, error.to_string());
        let mut framed = Framed {
            tap,
            layer: self.layer,
            pieces: Vec::new(),
            octets: &mut self.octets,
            count: 0,
        };
        match self.source.pull(&mut self.buffer)? {
            Pull::NotNow => self.waits_for_source = true,
            Pull::Data(count) => {
                let data = self.buffer.get(..count).unwrap_or_default();
                http.send_content(data, |role, octets| framed.add(role, octets))
                    .map_err(misuse)?;
            }
            Pull::End => {
                http.end_message(|role, octets| framed.add(role, octets))
                    .map_err(misuse)?;
                self.state = Sending::Queued;
            }
        }
        let count = framed.count;
        framed.tell();
        self.body += count as u64;
        self.pace.moved(count);
        // A body of known length is over with its last octet: no need to ask the source once more.
        if self.state == Sending::Body && self.source.length() == Some(self.source.pulled()) {
            return self.fill(http, tap, most);
        }
        Ok(())
    }

    /// Hands over what is composed.
    pub(crate) fn push(&mut self, wire: &mut dyn Wire) {
        if !self.octets.is_empty() {
            // A failure to send is remembered by the wire and told when reading ends too: the
            // server may have answered before it closed.
            let _ = wire.send(&self.octets);
            self.octets.clear();
        }
    }
}

/// Framed octets with their roles, told as one batch.
struct Framed<'a> {
    tap: &'a Tap,
    layer: Layer,
    octets: &'a mut Vec<u8>,
    pieces: Vec<(Role, usize)>,
    count: usize,
}

impl Framed<'_> {
    fn add(&mut self, role: Role, octets: &[u8]) {
        self.octets.extend_from_slice(octets);
        self.pieces.push((role, octets.len()));
        self.count += octets.len();
    }

    fn tell(self) {
        if self.count == 0 {
            return;
        }
        let (direction, layer) = (Direction::Out, self.layer);
        self.tap.emit(Happening::Batch {
            direction,
            layer,
            bytes: self.count,
        });
        let mut at = self.octets.len() - self.count;
        for (role, length) in self.pieces {
            let bytes = Bytes::Seen(self.octets.get(at..at + length).unwrap_or_default());
            self.tap.emit(Happening::Piece {
                direction,
                layer,
                role,
                bytes,
            });
            at += length;
        }
    }
}
