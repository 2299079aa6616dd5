//! The body of a request on its way to the wire.
//!
//! Knows: how far the request is, and how content from a source is framed, paced, told and queued,
//! or left in its file for the kernel to send.
//! Must not know: the response, or what lets the body go.

use std::io::IoSlice;
use std::os::fd::BorrowedFd;
use std::time::Instant;

use crate::error::{Error, Exit};
use crate::event::{Attention, Bytes, Direction, Happening, Layer, Tap};
use crate::http1::{Connection, Framing, Misuse, Role, request_lines};
use crate::net::{FileSent, Wire};
use crate::transfer::compose::RequestHead;
use crate::transfer::pace::Pace;
use crate::transfer::source::{Pull, Source};

/// How much may wait for the kernel before more of the body is read (curl's upload buffer).
pub(crate) const WINDOW: usize = 64 * 1024;

/// How much of the body is read at once, after what goes with the head.
pub(crate) const AT_ONCE: usize = 256 * 1024;

/// How much of a file is left to the kernel at once: the time and the answer are looked at in between.
const FILE_AT_ONCE: usize = 1024 * 1024;

/// Less of a file than this is read and sent.
const WORTH_SENDFILE: usize = 64 * 1024;

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
    /// The head, until it is handed to the wire.
    head: &'a [u8],
    /// What is about to be handed over with it.
    body: Portion,
    /// When the wire was given something last.
    pub(crate) handed_over: Instant,
    /// Octets of the body as sent.
    sent: u64,
    has_body: bool,
    pub(crate) pace: Pace,
    pub(crate) lacks: Lack,
}

/// Why no more of the body can be handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lack {
    /// It can.
    Nothing,
    /// The source had nothing to give yet.
    Content,
    /// The kernel had no room for octets of a file.
    Room,
}

impl<'a> Outgoing<'a> {
    /// A request whose body may be sent at once, framed like this.
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
            head: &[],
            body: Portion::default(),
            handed_over: now,
            sent: 0,
            has_body: framing != Framing::None,
            pace,
            lacks: Lack::Nothing,
        }
    }

    /// The source that has nothing to give yet, to be waited for.
    pub(crate) fn awaited_source(&self) -> Option<BorrowedFd<'_>> {
        let pollable = self.source.pollable();
        pollable.filter(|_| self.lacks == Lack::Content)
    }

    /// Waits until the source has something to give again, and does nothing else meanwhile.
    pub(crate) fn await_source(&mut self) -> Result<(), Error> {
        if self.lacks == Lack::Content {
            self.lacks = Lack::Nothing;
            self.source.wait()?;
        }
        Ok(())
    }

    /// Octets of the body as sent; none without a body.
    pub(crate) fn body(&self) -> Option<u64> {
        self.has_body.then_some(self.sent)
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
        head: &'a RequestHead,
        leave: Option<Instant>,
    ) -> Result<(), Error> {
        http.send_head(&head.method, head.framing)
            .map_err(misused)?;
        self.head = &head.octets;
        match leave {
            Some(until) => self.state = Sending::AwaitingContinue(until),
            None => self.fill(http, WINDOW.saturating_sub(head.octets.len()))?,
        }
        Ok(())
    }

    /// Takes a portion of the body from its source and frames it.
    pub(crate) fn fill(&mut self, http: &mut Connection, most: usize) -> Result<(), Error> {
        if !self.has_body {
            self.state = Sending::Queued;
            return Ok(());
        }
        let most = self.pace.portion(most.max(1024));
        match self.source.pull(self.body.room(most))? {
            Pull::NotNow => self.lacks = Lack::Content,
            Pull::Data(count) => self.body.content(http, count).map_err(misused)?,
            Pull::End => self.state = Sending::Queued,
        }
        // A body of known length is over with its last octet: no need to ask the source once more.
        if self.state == Sending::Queued || self.source.length() == Some(self.source.pulled()) {
            self.body.end(http).map_err(misused)?;
            self.state = Sending::Queued;
        }
        self.moved(self.body.octets());
        Ok(())
    }

    fn moved(&mut self, count: usize) {
        self.sent = self.sent.saturating_add(count as u64);
        self.pace.moved(count);
    }

    /// Hands the wire the next portion of the body.
    pub(crate) fn send_more(
        &mut self,
        http: &mut Connection,
        wire: &mut dyn Wire,
        tap: &Tap,
    ) -> Result<(), Error> {
        if !tap.interest().content && self.send_file(http, wire, tap)? {
            return Ok(());
        }
        self.fill(http, AT_ONCE)?;
        self.push(wire, tap);
        Ok(())
    }

    /// Leaves a stretch of a file to the kernel, where that is worth it and can be done; whether it was.
    fn send_file(
        &mut self,
        http: &mut Connection,
        wire: &mut dyn Wire,
        tap: &Tap,
    ) -> Result<bool, Error> {
        let Some(left) = http.unframed_to_send() else {
            return Ok(false);
        };
        let most = usize::try_from(left)
            .unwrap_or(usize::MAX)
            .min(FILE_AT_ONCE);
        let stretch = self.source.stretch(self.pace.portion(most))?;
        let Some(stretch) = stretch.filter(|it| it.octets >= WORTH_SENDFILE) else {
            return Ok(false);
        };
        let at = tap.clock().now();
        match wire.send_file(stretch) {
            FileSent::Unsupported => return Ok(false),
            FileSent::Full => self.lacks = Lack::Room,
            FileSent::Octets(count) => {
                self.handed_over = tap.clock().now();
                self.source.passed(count);
                http.sent_past(count as u64);
                if http.unframed_to_send() == Some(0) {
                    http.end_message(|_, _| {}).map_err(misused)?;
                    self.state = Sending::Queued;
                }
                self.moved(count);
                self.tell_batch(tap, at, count);
                self.tell_piece(tap, at, Role::Content, Bytes::Counted(count as u64));
            }
        }
        Ok(true)
    }

    /// Gives what is composed to who does not send it: there is nothing to tell.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        let (before, content, after) = self.body.parts();
        let octets = [self.head, before, content, after].concat();
        self.head = &[];
        self.body.clear();
        octets
    }

    /// Hands over what is composed, then tells of it: a slow terminal must not count as sending.
    pub(crate) fn push(&mut self, wire: &mut dyn Wire, tap: &Tap) {
        let at = tap.clock().now();
        let (before, content, after) = self.body.parts();
        let parts = [self.head, before, content, after].map(IoSlice::new);
        let is_used = |part: &IoSlice<'_>| !part.is_empty();
        if let (Some(first), Some(last)) = (
            parts.iter().position(is_used),
            parts.iter().rposition(is_used),
        ) {
            // A failure to send is remembered by the wire and told when reading ends too: the
            // server may have answered before it closed.
            let _ = wire.send_together(parts.get(first..=last).unwrap_or_default());
            self.handed_over = tap.clock().now();
        }
        if tap.attention() == Attention::ToAll {
            self.tell(at, tap);
        }
        self.head = &[];
        self.body.clear();
    }

    fn tell(&self, at: Instant, tap: &Tap) {
        let piece = |(role, octets)| self.tell_piece(tap, at, role, Bytes::Seen(octets));
        self.tell_batch(tap, at, self.head.len());
        request_lines(self.head).for_each(piece);
        let before_end = self.body.octets().saturating_sub(self.body.ending);
        self.tell_batch(tap, at, before_end);
        let mut told = 0;
        for (role, octets) in self.body.pieces() {
            if told == before_end {
                self.tell_batch(tap, at, self.body.ending);
            }
            piece((role, octets));
            told = octets.len().saturating_add(told);
        }
    }

    /// So many octets were handed over together.
    fn tell_batch(&self, tap: &Tap, at: Instant, bytes: usize) {
        if bytes > 0 {
            let batch = Happening::Batch {
                direction: Direction::Out,
                layer: self.layer,
                bytes,
            };
            tap.emit_at(at, batch);
        }
    }

    fn tell_piece(&self, tap: &Tap, at: Instant, role: Role, bytes: Bytes<'_>) {
        let piece = Happening::Piece {
            direction: Direction::Out,
            layer: self.layer,
            role,
            bytes,
        };
        tap.emit_at(at, piece);
    }
}

fn misused(misuse: Misuse) -> Error {
    Error::new(Exit::BadFunctionArgument, misuse.to_string())
}

/// A portion of the body, framed: content as it was read, and around it what frames it.
#[derive(Default)]
struct Portion {
    /// Its first octets, as many as were read, are content.
    buffer: Vec<u8>,
    content: usize,
    framing: Vec<u8>,
    /// Where in the framing the content stands.
    content_at: usize,
    pieces: Vec<(Role, usize)>,
    /// Octets at the end of the framing that end the body.
    ending: usize,
}

impl Portion {
    /// Room to read content into.
    fn room(&mut self, most: usize) -> &mut [u8] {
        if self.buffer.len() < most {
            self.buffer.resize(most, 0);
        }
        self.buffer.get_mut(..most).unwrap_or_default()
    }

    /// So much content was read.
    fn content(&mut self, http: &mut Connection, count: usize) -> Result<(), Misuse> {
        let Self {
            buffer,
            framing,
            pieces,
            ..
        } = self;
        let content = buffer.get(..count).unwrap_or_default();
        http.send_content(content, |role, octets| {
            pieces.push((role, octets.len()));
            if role == Role::Content {
                self.content_at = framing.len();
            } else {
                framing.extend_from_slice(octets);
            }
        })?;
        self.content = count;
        Ok(())
    }

    /// The body is over.
    fn end(&mut self, http: &mut Connection) -> Result<(), Misuse> {
        http.end_message(|role, octets| {
            self.pieces.push((role, octets.len()));
            self.framing.extend_from_slice(octets);
            self.ending = self.ending.saturating_add(octets.len());
        })
    }

    fn octets(&self) -> usize {
        self.framing.len().saturating_add(self.content)
    }

    /// The octets: what stands before the content, the content, what stands behind it.
    fn parts(&self) -> (&[u8], &[u8], &[u8]) {
        let framing = self.framing.as_slice();
        let (before, after) = framing
            .split_at_checked(self.content_at)
            .unwrap_or((framing, &[]));
        let content = self.buffer.get(..self.content).unwrap_or_default();
        (before, content, after)
    }

    /// The octets piece by piece.
    fn pieces(&self) -> impl Iterator<Item = (Role, &[u8])> {
        let (before, content, after) = self.parts();
        let mut rest = [before, content, after]
            .into_iter()
            .filter(|part| !part.is_empty());
        let mut part: &[u8] = &[];
        self.pieces.iter().map(move |(role, length)| {
            if part.is_empty() {
                part = rest.next().unwrap_or_default();
            }
            let (piece, left) = part.split_at_checked(*length).unwrap_or((part, &[]));
            part = left;
            (*role, piece)
        })
    }

    fn clear(&mut self) {
        (self.content, self.content_at, self.ending) = (0, 0, 0);
        self.framing.clear();
        self.pieces.clear();
    }
}
