//! A response on its way to whoever makes something of it.
//!
//! Knows: which piece is told to whom, in which order, and what has come so far. Must not know: how
//! octets are read, or what a head means.

use std::time::Instant;

use crate::error::Error;
use crate::event::{Bytes, Direction, Happening, Layer, Tap};
use crate::http1::{Connection, Head, Role};
use crate::net::{Bypass, Outlet};
use crate::transfer::pace::Pace;

/// Who makes something of a response.
pub trait Receiver {
    /// A line of a head is complete, and not yet shown.
    fn hear(&mut self, role: Role, line: &[u8]);

    /// A line of a head (with its line end) was shown; `-i` and `-D` want it now.
    fn pass(&mut self, role: Role, line: &[u8]) -> Result<(), Error>;

    /// A head is complete but for its empty line. What is to become of the content?
    fn decide(&mut self, head: &Head) -> Result<Reception, Error>;

    /// Content, or whatever else of the body is to be delivered.
    fn content(&mut self, octets: &[u8]) -> Result<(), Error>;

    /// Where content may go unseen; asked anew each time.
    fn outlet(&mut self) -> Option<Outlet<'_>> {
        None
    }

    /// So many octets of content went there.
    fn passed(&mut self, _octets: u64) {}
}

/// What becomes of the content of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reception {
    /// It goes to the receiver.
    Deliver,
    /// It goes to the receiver as it is framed: chunk sizes, trailers and all (`--raw`).
    DeliverFramed,
    /// It is read and thrown away, so that the connection can be kept.
    Ignore,
    /// It is not read; the connection is closed.
    Leave,
}

/// Less content than this is read and written.
const WORTH_A_BYPASS: u64 = 64 * 1024;

/// So much goes past at once, at most: the time and other limits are looked at in between.
const AT_ONCE: usize = 1024 * 1024;

/// The response so far.
pub(crate) struct Incoming<'a> {
    pub(crate) receiver: &'a mut dyn Receiver,
    /// The final head.
    pub(crate) head: Option<Head>,
    pub(crate) reception: Reception,
    layer: Layer,
    pub(crate) pace: Pace,
    /// All octets that came.
    pub(crate) octets: u64,
    /// Octets of content.
    pub(crate) content: u64,
    /// The response is complete.
    pub(crate) over: bool,
    /// The content of small chunks, together.
    gathered: Vec<u8>,
}

impl<'a> Incoming<'a> {
    /// A response of which nothing came yet.
    pub(crate) fn new(receiver: &'a mut dyn Receiver, layer: Layer, pace: Pace) -> Self {
        Self {
            receiver,
            head: None,
            reception: Reception::Deliver,
            layer,
            pace,
            octets: 0,
            content: 0,
            over: false,
            gathered: Vec::new(),
        }
    }

    /// So many octets came.
    pub(crate) fn moved(&mut self, octets: usize) {
        self.octets = self.octets.saturating_add(octets as u64);
        // No head is held back, as in curl: small portions of it would come slowly.
        if self.head.is_some() {
            self.pace.moved(octets);
        }
    }

    /// The head of an interim response is complete.
    pub(crate) fn interim(&mut self, tap: &Tap, head: &Head) -> Result<(), Error> {
        tap.emit(Happening::HeadReceived { head });
        self.receiver.decide(head).map(drop)
    }

    /// A piece was read: it is heard, then shown, then passed on.
    pub(crate) fn piece(
        &mut self,
        tap: &Tap,
        at: Instant,
        role: Role,
        octets: &[u8],
    ) -> Result<(), Error> {
        let is_head = matches!(
            role,
            Role::StatusLine | Role::FieldLine | Role::HeadEnd | Role::TrailerLine
        );
        if is_head {
            self.receiver.hear(role, octets);
        }
        self.tell(tap, at, role, Bytes::Seen(octets));
        if is_head {
            self.receiver.pass(role, octets)?;
        }
        if role == Role::Content {
            self.content = self.content.saturating_add(octets.len() as u64);
        }
        let is_body = !matches!(
            role,
            Role::StatusLine | Role::FieldLine | Role::HeadEnd | Role::Stray
        );
        let delivered = match self.reception {
            Reception::Deliver => role == Role::Content,
            Reception::DeliverFramed => is_body,
            Reception::Ignore | Reception::Leave => false,
        };
        if delivered {
            self.receiver.content(octets)?;
        }
        Ok(())
    }

    /// Small chunks are read in one go where nobody wants to see their pieces: they are counted, and
    /// their content is delivered together. They are gone from the input then, even if that fails.
    pub(crate) fn chunks(
        &mut self,
        http: &mut Connection,
        input: &mut &[u8],
        tap: &Tap,
        at: Instant,
    ) -> Result<(), Error> {
        if tap.interest().content || self.reception == Reception::DeliverFramed {
            return Ok(());
        }
        let delivered = self.reception == Reception::Deliver;
        let is_for_nobody = !delivered || matches!(self.receiver.outlet(), Some(Outlet::Nowhere));
        self.gathered.clear();
        let read = if is_for_nobody {
            http.receive_chunks(input, |_| {})
        } else {
            http.receive_chunks(input, |content| self.gathered.extend_from_slice(content))
        };
        *input = input.get(read.octets()..).unwrap_or_default();
        for (role, octets) in [
            (Role::ChunkSize, read.sizes),
            (Role::Content, read.content),
            (Role::ChunkEnd, read.ends),
        ] {
            if octets > 0 {
                self.tell(tap, at, role, Bytes::Counted(octets as u64));
            }
        }
        self.content = self.content.saturating_add(read.content as u64);
        if read.content == 0 || !delivered {
            return Ok(());
        }
        if is_for_nobody {
            self.receiver.passed(read.content as u64);
            return Ok(());
        }
        self.receiver.content(&self.gathered)
    }

    /// Leave for content to go past the program, where that is worth it and nobody wants to see it.
    pub(crate) fn bypass(&mut self, http: &Connection, tap: &Tap) -> Option<Bypass<'_>> {
        let left = http.unframed().filter(|_| !tap.interest().content)?;
        // Of content without a length, what has come says what may come.
        let expected = if left == u64::MAX { self.content } else { left };
        let outlet = match self.reception {
            _ if expected < WORTH_A_BYPASS => None,
            Reception::Deliver | Reception::DeliverFramed => self.receiver.outlet(),
            Reception::Ignore => Some(Outlet::Nowhere),
            Reception::Leave => None,
        };
        let most = usize::try_from(left).map_or(AT_ONCE, |left| left.min(AT_ONCE));
        outlet.map(|outlet| Bypass { outlet, most })
    }

    /// So much content went past.
    pub(crate) fn passed(&mut self, tap: &Tap, at: Instant, octets: u64) {
        self.tell(tap, at, Role::Content, Bytes::Counted(octets));
        self.content = self.content.saturating_add(octets);
        if self.reception != Reception::Ignore {
            self.receiver.passed(octets);
        }
    }

    /// Tells a piece to those who look on.
    pub(crate) fn tell(&self, tap: &Tap, at: Instant, role: Role, bytes: Bytes<'_>) {
        let (direction, layer) = (Direction::In, self.layer);
        let piece = Happening::Piece {
            direction,
            layer,
            role,
            bytes,
        };
        tap.emit_at(at, piece);
    }
}
