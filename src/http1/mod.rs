//! The pure core: HTTP/1.1 as a client speaks it, from octets to labelled pieces and back.
//!
//! [`Connection`] is told what is sent and given what is received, and says what each octet is. It
//! does no I/O and knows no time. Sending and receiving are two state machines side by side, since
//! a response may begin before its request has ended (RFC 9112, section 9.4):
//!
//! ```text
//!  sending     send_head        send_content        end_message
//!     Complete ─────────▶ Length / Chunked / Unframed ─────────▶ Complete
//!         └──────────────── (no body) ─────────────────────────────▲
//!
//!  receiving   send_head              status line
//!     Idle ───────────▶ StatusLine ─────────────────▶ Fields
//!       ▲                  ▲    │ no `HTTP/`             │ empty line: Interim or Final
//!       │                  │    ▼ (Final, HTTP/0.9)      ▼
//!       │                  │   Body ◀───── final ──── HeadEnd ── 101, CONNECT 2xx ──▶ Switched
//!       │    End           │    │                        │
//!       └──────────────────┼────┘                        │
//!                          └────────── interim ──────────┘
//!
//!     any ── Broken, abandon ──▶ Given up: what still comes is Stray
//! ```
//!
//! Two laws hold, whatever comes: the pieces joined are the input, and splitting the input
//! anywhere changes nothing.
//!
//! A worked exchange:
//!
//! ```
//! use rcurl::http1::{Connection, Framing, Role, Settings, Signal};
//!
//! let mut connection = Connection::new(Settings::default());
//! let mut wire = b"POST /paint HTTP/1.1\r\nHost: shed\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
//! connection.send_head("POST", Framing::Chunked)?;
//! connection.send_content(b"blue", |_role, octets| wire.extend_from_slice(octets))?;
//! connection.end_message(|_role, octets| wire.extend_from_slice(octets))?;
//! assert!(wire.ends_with(b"\r\n\r\n4\r\nblue\r\n0\r\n\r\n"));
//!
//! let mut input: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone";
//! let mut told = Vec::new();
//! loop {
//!     let (taken, signal) = connection.receive(input).unwrap();
//!     match signal {
//!         Signal::NeedMore => break, // read more, or wait for the next request
//!         Signal::Piece(role, octets) => told.push((role, octets.to_vec())),
//!         Signal::Final(head) => assert_eq!(head.status(), 200),
//!         _ => {}
//!     }
//!     input = &input[taken..];
//! }
//! assert_eq!(told.last(), Some(&(Role::Content, b"done".to_vec())));
//! assert!(connection.reusable());
//! # Ok::<(), rcurl::http1::Misuse>(())
//! ```

mod body;
mod broken;
mod head;
mod length;
mod line;
mod role;
mod rule;
mod sending;
mod settings;
mod unseen;

pub use broken::Broken;
pub use head::{Field, Head, Version, parse_field_line, request_lines, version_and_status};
pub use length::{Framing, codings, framing};
pub use role::Role;
pub use rule::{RULES, Row, Rule, Verdict, Violation};
pub use sending::Misuse;
pub use settings::{Codings, ContentLength, Http09, Limits, Peer, Settings, Upgrade};
pub use unseen::Chunks;

use body::{Body, Part, Surroundings};
use line::{Blank, LineBuffer};
use rule::Notes;
use sending::Sending;
use settings::Spent;
use std::{fmt, mem};

/// What [`Connection::receive`] found.
#[derive(Clone, PartialEq, Eq)]
pub enum Signal<'a> {
    /// All input is taken; nothing more can be said before more comes.
    NeedMore,
    /// These octets are this part of the response.
    Piece(Role, &'a [u8]),
    /// A rule was broken, and reading goes on. Follows the piece or head that broke it.
    Violated(Violation),
    /// The head of an interim (1xx) response is known; its empty line comes next, as a piece.
    Interim(Head),
    /// The head of the final response is known; its empty line comes next, as a piece.
    Final(Head),
    /// The response is complete.
    End,
    /// The connection speaks another protocol from here on: after a 101 that was asked for, or a
    /// 2xx to CONNECT. What is left of the input belongs to that.
    Switched,
}

/// Shows how long a piece is, not what it says, as it may carry a cookie.
impl fmt::Debug for Signal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NeedMore => f.write_str("NeedMore"),
            Self::Piece(role, octets) => write!(f, "Piece({role:?}, {} octets)", octets.len()),
            Self::Violated(violation) => f.debug_tuple("Violated").field(violation).finish(),
            Self::Interim(head) => f.debug_tuple("Interim").field(head).finish(),
            Self::Final(head) => f.debug_tuple("Final").field(head).finish(),
            Self::End => f.write_str("End"),
            Self::Switched => f.write_str("Switched"),
        }
    }
}

/// The client's end of one connection, for any number of exchanges one after another.
#[derive(Debug)]
pub struct Connection {
    settings: Settings,
    sending: Sending,
    receiving: Receiving,
    method: String,
    /// The head being received.
    head: Head,
    line: LineBuffer,
    notes: Notes,
    spent: Spent,
    /// Octets received since the request.
    received: u64,
    /// Of the last response on this connection.
    version: Option<Version>,
    /// Both sides are willing, so far, to use this connection again.
    persistent: bool,
}

/// The response: what is expected next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Receiving {
    Idle,
    StatusLine,
    Fields,
    HeadEnd(Then),
    Body(Body),
    Switched,
    GivenUp,
}

/// What comes after the empty line of a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    Interim,
    Body(Body),
    Switched,
}

/// A signal that does not yet say which octets it is about.
enum Step {
    Part(Part),
    Interim(Head),
    Final(Head),
    Switched,
}

impl Connection {
    /// A connection on which nothing has been sent.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            sending: Sending::Complete,
            receiving: Receiving::Idle,
            method: String::new(),
            head: Head::absent(),
            line: LineBuffer::default(),
            notes: Notes::default(),
            spent: Spent::default(),
            received: 0,
            version: None,
            persistent: true,
        }
    }

    /// Takes other settings, for the exchanges that begin from now on.
    pub fn set(&mut self, settings: Settings) {
        self.settings = settings;
    }

    /// Begins an exchange: a request head was sent, and its body will be framed like this.
    pub fn send_head(&mut self, method: &str, body: Framing) -> Result<(), Misuse> {
        if self.in_flight() || self.sending != Sending::Complete {
            return Err(Misuse::Busy);
        }
        if !self.reusable() {
            return Err(Misuse::NotReusable);
        }
        self.sending = Sending::from(body);
        self.persistent = body != Framing::UntilClose;
        self.receiving = Receiving::StatusLine;
        method.clone_into(&mut self.method);
        self.notes = Notes::default();
        self.spent = Spent::default();
        self.received = 0;
        Ok(())
    }

    /// Frames content. `out` is given the octets to send, piece by piece, with their roles. Nothing
    /// comes of empty content.
    pub fn send_content(
        &mut self,
        data: &[u8],
        mut out: impl FnMut(Role, &[u8]),
    ) -> Result<(), Misuse> {
        self.sending.content(data, &mut out)
    }

    /// Ends the request. `out` is given what is left to send. Harmless where no body is open.
    pub fn end_message(&mut self, mut out: impl FnMut(Role, &[u8])) -> Result<(), Misuse> {
        self.sending.end(&mut out)
    }

    /// Reads a prefix of `input`, and says how long it is and what it was. To be called, with what
    /// is left of the input, until it says [`Signal::NeedMore`] (or [`Signal::Switched`]): much is
    /// said without taking any input. All input is then taken, and may be dropped.
    ///
    /// After an error none of the input at hand is taken; it and what follows is
    /// [`Role::Stray`] to further calls, so that no octet goes untold.
    pub fn receive<'a>(&'a mut self, input: &'a [u8]) -> Result<(usize, Signal<'a>), Broken> {
        if let Some(violation) = self.notes.next() {
            return Ok((0, Signal::Violated(violation)));
        }
        self.line.begin();
        let (taken, step) = self.step(input).inspect_err(|_| {
            self.line.give_back();
            self.give_up();
        })?;
        self.received = self.received.saturating_add(taken as u64);
        let signal = match step {
            Step::Part(Part::NeedMore) => Signal::NeedMore,
            Step::Part(Part::Piece(role)) => Signal::Piece(role, self.line.bytes(input, taken)),
            Step::Part(Part::End) => Signal::End,
            Step::Interim(head) => Signal::Interim(head),
            Step::Final(head) => Signal::Final(head),
            Step::Switched => Signal::Switched,
        };
        Ok((taken, signal))
    }

    /// A field that is whole but for the octet after it, which would say whether it goes on. When
    /// the peer sends no more, it is a field like the others: to be asked for before
    /// [`receive_eof`](Self::receive_eof).
    pub fn last_field(&mut self) -> Option<&[u8]> {
        if self.receiving != Receiving::Fields || !self.line.is_ended() {
            return None;
        }
        self.line.release();
        Some(self.line.bytes(&[], 0))
    }

    /// The peer will send no more. [`Signal::End`] where that is an end as good as any; an error
    /// where something is missing. What was kept of an unfinished line is stray to
    /// [`receive`](Self::receive) then.
    pub fn receive_eof(&mut self) -> Result<Signal<'static>, Broken> {
        self.persistent = false;
        let end = match &self.receiving {
            Receiving::Idle | Receiving::Switched | Receiving::GivenUp => Ok(()),
            Receiving::StatusLine => Err(Broken::EmptyReply),
            Receiving::Fields | Receiving::HeadEnd(_) => Err(Broken::HeadCut),
            Receiving::Body(body) => body.close(),
        };
        self.line.begin();
        self.receiving = if end.is_ok() {
            Receiving::Idle
        } else {
            Receiving::GivenUp
        };
        end.map(|()| Signal::End)
    }

    /// Gives the exchange up: the rest of the response is not wanted, and no more of the request
    /// is sent. The connection cannot be used again, unless nothing was missing.
    pub fn abandon(&mut self) {
        if self.in_flight() || self.sending != Sending::Complete {
            self.give_up();
            self.sending = Sending::Complete;
        }
    }

    /// The connection is not to be used after the exchange in flight, whatever the peer says: the
    /// request said so (`Connection: close`), or its last octets won't go out.
    pub fn close_after(&mut self) {
        self.persistent = false;
    }

    /// Whether the next request may be sent: both messages of the last exchange are complete, and
    /// both sides keep the connection.
    pub fn reusable(&self) -> bool {
        self.persistent && self.receiving == Receiving::Idle && self.sending == Sending::Complete
    }

    /// Whether both sides are willing, so far, to use this connection again.
    pub const fn persistent(&self) -> bool {
        self.persistent
    }

    /// Whether a response is expected or being received.
    pub fn in_flight(&self) -> bool {
        !matches!(
            self.receiving,
            Receiving::Idle | Receiving::Switched | Receiving::GivenUp
        )
    }

    /// Whether some of the request body is still to be sent.
    pub fn request_open(&self) -> bool {
        self.sending != Sending::Complete
    }

    /// The version of the last response on this connection.
    pub const fn version(&self) -> Option<Version> {
        self.version
    }

    /// How many octets of content are still to come, where the response announced it.
    pub const fn remaining(&self) -> Option<u64> {
        match self.receiving {
            Receiving::HeadEnd(Then::Body(body)) | Receiving::Body(body) => body.remaining(),
            _ => None,
        }
    }
}

impl Connection {
    fn step(&mut self, input: &[u8]) -> Result<(usize, Step), Broken> {
        match self.receiving {
            Receiving::Idle | Receiving::GivenUp => Ok(self.stray(input)),
            Receiving::StatusLine => self.status_line(input),
            Receiving::Fields => self.field_line(input),
            Receiving::HeadEnd(then) => self.head_end(input, then),
            Receiving::Body(body) => self.body(input, body),
            Receiving::Switched => Ok((0, Step::Switched)),
        }
    }

    fn status_line(&mut self, input: &[u8]) -> Result<(usize, Step), Broken> {
        if !self.line.may_begin(b"HTTP/", input) {
            return self.headless();
        }
        let at = self.line_offset();
        let limits = &self.settings.limits;
        let Some(taken) = self.line.take(input, limits.line, Broken::LineTooLong)? else {
            return Ok(need_more(input));
        };
        let line = self.line.bytes(input, taken);
        self.spent.line(line, limits)?;
        self.head = Head::absent();
        self.head.begin(line, at, &mut self.notes)?;
        self.receiving = Receiving::Fields;
        Ok((taken, Step::Part(Part::Piece(Role::StatusLine))))
    }

    /// The response does not begin with a status line. HTTP/0.9, if that may be.
    fn headless(&mut self) -> Result<(usize, Step), Broken> {
        match self.settings.http09 {
            _ if self.version.is_some() => return Err(Broken::NoStatusLine),
            Http09::Refused => return Err(Broken::Http09),
            Http09::Allowed if self.method != "HEAD" => {}
            Http09::Allowed | Http09::Impossible => return Err(Broken::NoStatusLine),
        }
        self.version = Some(Version::Http09);
        self.persistent = false;
        self.receiving = Receiving::Body(Body::UntilClose);
        Ok((0, Step::Final(Head::absent())))
    }

    fn field_line(&mut self, input: &[u8]) -> Result<(usize, Step), Broken> {
        if self.line.blank(input) == Blank::Yes {
            return self.complete_head(input);
        }
        let mut at = self.line_offset();
        let limits = &self.settings.limits;
        let Some(taken) = self
            .line
            .take_field(input, limits.line, Broken::LineTooLong)?
        else {
            return Ok(need_more(input));
        };
        let field = self.line.bytes(input, taken);
        self.spent.field_line(field, limits)?;
        for line in field.split_inclusive(|&octet| octet == b'\n') {
            self.head.add(line, at, &mut self.notes)?;
            at = at.saturating_add(line.len() as u64);
        }
        length::check_last_field(&self.method, &self.head, &self.settings)?;
        Ok((taken, Step::Part(Part::Piece(Role::FieldLine))))
    }

    /// The empty line is at hand, and not yet taken: decides what the head means.
    fn complete_head(&mut self, input: &[u8]) -> Result<(usize, Step), Broken> {
        let at = self.line_offset();
        if self.line.first(input) == Some(b'\n') {
            self.notes.note(Rule::BareLf, at);
            self.head.end(b"\n");
        } else {
            self.head.end(b"\r\n");
        }
        let framing = length::delimit(
            &self.method,
            &self.head,
            &self.settings,
            at,
            &mut self.notes,
        )?;
        let status = self.head.status();
        self.version = Some(self.head.version());
        let then = match status {
            101 if self.settings.upgrade == Upgrade::Asked => Then::Switched,
            101 => {
                self.notes.note(Rule::SwitchUnasked, at);
                self.persistent = false;
                Then::Body(Body::Done)
            }
            100..200 => Then::Interim,
            200..300 if self.method == "CONNECT" => Then::Switched,
            _ => {
                self.persistent &= framing != Framing::UntilClose;
                self.persistent &= self.head.persistent(self.settings.peer);
                Then::Body(Body::from(framing))
            }
        };
        self.receiving = Receiving::HeadEnd(then);
        let head = mem::replace(&mut self.head, Head::absent());
        Ok((
            0,
            if then == Then::Interim {
                Step::Interim(head)
            } else {
                Step::Final(head)
            },
        ))
    }

    fn head_end(&mut self, input: &[u8], then: Then) -> Result<(usize, Step), Broken> {
        let limits = &self.settings.limits;
        let Some(taken) = self.line.take(input, limits.line, Broken::LineTooLong)? else {
            return Ok(need_more(input));
        };
        self.spent.line(self.line.bytes(input, taken), limits)?;
        self.receiving = match then {
            Then::Interim => Receiving::StatusLine,
            Then::Body(body) => Receiving::Body(body),
            Then::Switched => Receiving::Switched,
        };
        Ok((taken, Step::Part(Part::Piece(Role::HeadEnd))))
    }

    fn body(&mut self, input: &[u8], mut body: Body) -> Result<(usize, Step), Broken> {
        let mut around = Surroundings {
            line: &mut self.line,
            limits: &self.settings.limits,
            spent: &mut self.spent,
            notes: &mut self.notes,
            at: self.received,
        };
        let (taken, part) = body.step(input, &mut around)?;
        self.receiving = match part {
            Part::End => Receiving::Idle,
            _ => Receiving::Body(body),
        };
        Ok((taken, Step::Part(part)))
    }

    fn stray(&mut self, input: &[u8]) -> (usize, Step) {
        if self.line.release() {
            return (0, Step::Part(Part::Piece(Role::Stray)));
        }
        if input.is_empty() {
            return need_more(input);
        }
        if self.receiving == Receiving::Idle {
            self.persistent = false;
            self.notes.note(Rule::Stray, self.received);
        }
        (input.len(), Step::Part(Part::Piece(Role::Stray)))
    }

    fn give_up(&mut self) {
        self.persistent = false;
        self.receiving = Receiving::GivenUp;
    }

    /// Offset of the first octet of the line being read.
    const fn line_offset(&self) -> u64 {
        self.received.saturating_sub(self.line.kept() as u64)
    }
}

const fn need_more(input: &[u8]) -> (usize, Step) {
    (input.len(), Step::Part(Part::NeedMore))
}
