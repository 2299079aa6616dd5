//! The body of a request on its way to the wire.
//!
//! Knows: how far the request is, and how content from a source is framed, paced, told and queued.
//! Must not know: the response, or what lets the body go.

use std::os::fd::BorrowedFd;
use std::time::Instant;

use crate::error::{Error, Exit};
use crate::event::{Bytes, Direction, Happening, Layer, Tap};
use crate::http1::{Connection, Framing, Misuse, Role, request_lines};
use crate::net::Wire;
use crate::transfer::compose::RequestHead;
use crate::transfer::pace::Pace;
use crate::transfer::source::{Pull, Source};

/// How much may wait for the kernel before more of the body is read (curl's upload buffer).
pub(crate) const WINDOW: usize = 64 * 1024;

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
    octets: Vec<u8>,
    /// What of it is to be told then.
    untold: Vec<Batch>,
    /// When the wire was given something last.
    pub(crate) handed_over: Instant,
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
    pub(crate) fn new(
        source: &'a mut Source,
        framing: Framing,
        layer: Layer,
        pace: Pace,
        now: Instant,
    ) -> Self {
        Self {
            source,
            state: Sending::Body,
            layer,
            octets: Vec::new(),
            untold: Vec::new(),
            handed_over: now,
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

    /// Waits until the source has something to give again, and does nothing else meanwhile.
    pub(crate) fn await_source(&mut self) -> Result<(), Error> {
        if std::mem::take(&mut self.waits_for_source) {
            self.source.wait()?;
        }
        Ok(())
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

    /// Takes the head, and with it as much of the body as fits in one write, unless that waits for
    /// leave until then.
    pub(crate) fn begin(
        &mut self,
        http: &mut Connection,
        head: &RequestHead,
        leave: Option<Instant>,
    ) -> Result<(), Error> {
        http.send_head(&head.method, head.framing)
            .map_err(misused)?;
        self.head(&head.octets);
        match leave {
            Some(until) => self.state = Sending::AwaitingContinue(until),
            None => self.fill(http, WINDOW.saturating_sub(head.octets.len()))?,
        }
        Ok(())
    }

    /// Takes a piece of the body from its source and frames it.
    pub(crate) fn fill(&mut self, http: &mut Connection, most: usize) -> Result<(), Error> {
        if !self.has_body {
            self.state = Sending::Queued;
            return Ok(());
        }
        let most = self.pace.portion(most.max(1024));
        self.buffer.resize(most, 0);
        let mut framed = Batch::default();
        let octets = &mut self.octets;
        match self.source.pull(&mut self.buffer)? {
            Pull::NotNow => self.waits_for_source = true,
            Pull::Data(count) => {
                let data = self.buffer.get(..count).unwrap_or_default();
                http.send_content(data, |role, piece| framed.add(role, piece, octets))
                    .map_err(misused)?;
            }
            Pull::End => {
                http.end_message(|role, piece| framed.add(role, piece, octets))
                    .map_err(misused)?;
                self.state = Sending::Queued;
            }
        }
        let count = framed.octets;
        self.untold.push(framed);
        self.body = self.body.saturating_add(count as u64);
        self.pace.moved(count);
        // A body of known length is over with its last octet: no need to ask the source once more.
        if self.state == Sending::Body && self.source.length() == Some(self.source.pulled()) {
            return self.fill(http, most);
        }
        Ok(())
    }

    /// Takes the head of the request, to be sent with what is filled in next.
    fn head(&mut self, head: &[u8]) {
        let mut batch = Batch::default();
        for (role, line) in request_lines(head) {
            batch.add(role, line, &mut self.octets);
        }
        self.untold.push(batch);
    }

    /// Gives what is composed to who does not send it: there is nothing to tell.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        self.untold.clear();
        std::mem::take(&mut self.octets)
    }

    /// Hands over what is composed, then tells of it: a slow terminal must not count as sending.
    pub(crate) fn push(&mut self, wire: &mut dyn Wire, tap: &Tap) {
        let at = tap.clock().now();
        if !self.octets.is_empty() {
            // A failure to send is remembered by the wire and told when reading ends too: the
            // server may have answered before it closed.
            let _ = wire.send(&self.octets);
            self.handed_over = tap.clock().now();
        }
        let mut rest = self.octets.as_slice();
        for batch in self.untold.drain(..).filter(|batch| batch.octets > 0) {
            rest = batch.tell(rest, self.layer, at, tap);
        }
        self.octets.clear();
    }
}

fn misused(misuse: Misuse) -> Error {
    Error::new(Exit::BadFunctionArgument, misuse.to_string())
}

/// Octets handed over together, with their roles.
#[derive(Default)]
struct Batch {
    pieces: Vec<(Role, usize)>,
    octets: usize,
}

impl Batch {
    /// Appends a piece to what will be sent.
    fn add(&mut self, role: Role, piece: &[u8], octets: &mut Vec<u8>) {
        octets.extend_from_slice(piece);
        self.pieces.push((role, piece.len()));
        self.octets = self.octets.saturating_add(piece.len());
    }

    /// Tells the pieces, which stand at the beginning of `octets`; gives what is behind them.
    fn tell<'a>(self, mut octets: &'a [u8], layer: Layer, at: Instant, tap: &Tap) -> &'a [u8] {
        let direction = Direction::Out;
        let bytes = self.octets;
        tap.emit_at(
            at,
            Happening::Batch {
                direction,
                layer,
                bytes,
            },
        );
        for (role, length) in self.pieces {
            let (piece, rest) = octets.split_at_checked(length).unwrap_or((octets, &[]));
            let bytes = Bytes::Seen(piece);
            tap.emit_at(
                at,
                Happening::Piece {
                    direction,
                    layer,
                    role,
                    bytes,
                },
            );
            octets = rest;
        }
        octets
    }
}
