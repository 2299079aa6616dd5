//! One request and its response over one wire, both directions at once.
//!
//! Knows: when the request body is fed to the wire and when the response is read, the wait for `100
//! Continue`, an early answer, and every limit of time. Must not know: what a response means, where
//! content goes, or which request comes next.
//!
//! Sources: RFC 9112, 9.3 to 9.6; RFC 9110, 10.1.1 (Expect).

use std::io;
use std::time::{Duration, Instant};

use crate::error::{Error, Exit, reason};
use crate::event::{Bytes, Direction, Happening, Layer, Tap};
use crate::http1::{Broken, Connection, Head, Role, Signal};
use crate::net::{Io, Wait, Wire};
use crate::transfer::compose::RequestHead;
use crate::transfer::failure::{Failure, Trouble};
use crate::transfer::incoming::{Incoming, Receiver, Reception};
use crate::transfer::outgoing::{Lack, Outgoing, Sending, WINDOW};
use crate::transfer::pace::{Pace, SlowWatch};
use crate::transfer::source::Source;

/// What an exchange is held to.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// The layer that the octets are told of.
    pub layer: Layer,
    /// When the transfer began; time-outs tell how long it took.
    pub began: Instant,
    /// When it must be over.
    pub deadline: Option<Instant>,
    /// How long `100 Continue` is waited for.
    pub continue_timeout: Duration,
    /// `--limit-rate`, octets a second.
    pub rate: Option<u64>,
    /// `--speed-limit` and `--speed-time`: slower than this for so long is a failure.
    pub least_speed: Option<(u64, Duration)>,
}

/// A response that came to its end.
#[derive(Debug)]
pub struct Response {
    /// The final head.
    pub head: Head,
    /// The connection switched to another protocol: what follows was not looked at.
    pub switched: bool,
    /// 417 came for an `Expect` that was sent.
    pub expectation_failed: bool,
    /// The content was left unread.
    pub left: bool,
}

/// The speed is looked at, and the time told, this often.
const TICK: Duration = Duration::from_millis(200);

/// Runs an exchange to its end.
pub fn exchange(
    wire: &mut dyn Wire,
    http: &mut Connection,
    head: &RequestHead,
    source: &mut Source,
    receiver: &mut dyn Receiver,
    terms: Terms,
    tap: &Tap,
) -> std::result::Result<Response, Failure> {
    let now = tap.clock().now();
    let pace = Pace::new(terms.rate, now);
    let mut exchange = Exchange {
        out: Outgoing::new(source, head.framing, terms.layer, pace, now),
        incoming: Incoming::new(receiver, terms.layer, pace),
        http,
        tap,
        terms,
        next_tick: now.checked_add(TICK).unwrap_or(now),
        speed: terms
            .least_speed
            .map(|(least, span)| SlowWatch::new(least, span)),
        expectation_failed: false,
    };
    let result = exchange.run(wire, head);
    if result.is_err() {
        exchange.leave(&[]);
    }
    result.map_err(|trouble| Failure::new(trouble, exchange.incoming.octets == 0))
}

type Result<T> = std::result::Result<T, Trouble>;

struct Exchange<'a> {
    http: &'a mut Connection,
    tap: &'a Tap,
    terms: Terms,
    out: Outgoing<'a>,
    incoming: Incoming<'a>,
    /// When the speed is looked at, and the time told, once more.
    next_tick: Instant,
    speed: Option<SlowWatch>,
    expectation_failed: bool,
}

/// Whether a response has come to its end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    More,
    Complete,
    Switched,
    Left,
}

/// Whether a response makes the rest of its request pointless (RFC 9112, 9.5).
fn refuses(head: &Head) -> bool {
    head.status() >= 300
}

impl<'a> Exchange<'a> {
    fn run(&mut self, wire: &mut dyn Wire, head: &'a RequestHead) -> Result<Response> {
        self.begin(wire, head)?;
        loop {
            let now = self.tap.clock().now();
            self.feed(wire, now)?;
            if self.incoming.over && self.request_is_over() {
                return self.response(Progress::Complete);
            }
            self.mind_the_time(now)?;
            let progress = match self.wait(wire, now) {
                Io::Bytes { at, bytes } => self.take(at, bytes)?,
                Io::Passed { at, count } => self.pass(at, count)?,
                Io::OutletClosed(error) => return Err(Trouble::from(Error::cannot_write(error))),
                Io::Sent(_) => {
                    self.out.handed_over = self.tap.clock().now();
                    Progress::More
                }
                Io::Room | Io::AlsoReady | Io::OutletFull | Io::TimedOut => Progress::More,
                Io::Eof | Io::Failed(_) if self.incoming.over => {
                    return self.response(Progress::Complete);
                }
                Io::Eof => self.end_of_stream()?,
                Io::Failed(error) => return Err(Trouble::from(self.broken_off(&error))),
            };
            match progress {
                Progress::More => {}
                // A success that came early does not end the request: the rest is sent, as curl does.
                Progress::Complete => self.incoming.over = true,
                done => return self.response(done),
            }
        }
    }

    /// Sends the head, and with it as much of the body as fits in one write.
    fn begin(&mut self, wire: &mut dyn Wire, head: &'a RequestHead) -> Result<()> {
        let patience = self.tap.clock().after(self.terms.continue_timeout);
        let leave = head.expects_continue.then_some(patience);
        self.out.begin(self.http, head, leave)?;
        self.out.push(wire, self.tap);
        if head.expects_continue {
            self.tap.emit(Happening::AwaitingContinue);
        }
        Ok(())
    }

    /// Hands the wire the next piece of the request body, and tells when the last of it is gone. One
    /// piece: however fast the other side takes them, its answer and the time are looked at between.
    fn feed(&mut self, wire: &mut dyn Wire, now: Instant) -> Result<()> {
        self.out.lacks = Lack::Nothing;
        if self.takes_more(wire, now) {
            self.out.send_more(self.http, wire, self.tap)?;
        }
        if self.out.state == Sending::Queued && wire.queued() == 0 {
            self.out.state = Sending::Told;
            if self.terms.layer == Layer::Http {
                let (at, body) = (self.out.handed_over, self.out.body());
                self.tap.emit_at(at, Happening::RequestSent { body });
            }
        }
        Ok(())
    }

    fn takes_more(&self, wire: &dyn Wire, now: Instant) -> bool {
        self.out.state == Sending::Body
            && self.out.lacks == Lack::Nothing
            && wire.queued() < WINDOW
            && self.out.pace.ready(now)
    }

    /// Waits for what comes next.
    fn wait<'w>(&mut self, wire: &'w mut dyn Wire, now: Instant) -> Io<'w> {
        let at_once = self.takes_more(wire, now).then_some(now);
        let wait = Wait {
            until: at_once.or_else(|| self.next_alarm(now)),
            receive: self.incoming.pace.allowance(now),
            also: self.out.awaited_source(),
        };
        let theirs = self.speed.is_some() && self.out.lacks != Lack::Content;
        let began = theirs.then(|| self.tap.clock().now());
        let io = match self.incoming.bypass(self.http, self.tap) {
            Some(past) => wire.wait_or_pass(wait, past),
            None => wire.wait(wait),
        };
        if let (Some(speed), Some(began)) = (&mut self.speed, began)
            && !matches!(io, Io::OutletFull)
        {
            speed.waited(self.tap.clock().now().saturating_duration_since(began));
        }
        io
    }

    /// Whether nothing more of the request will go out, once the response is over. What the wire still
    /// holds of a request that was refused is given up: the server may never take it.
    fn request_is_over(&mut self) -> bool {
        let refused = self.incoming.head.as_ref().is_some_and(refuses);
        if self.out.state == Sending::Queued && refused {
            self.out.state = Sending::Given;
            self.http.close_after();
        }
        matches!(self.out.state, Sending::Told | Sending::Given)
    }

    fn take(&mut self, at: Instant, bytes: &[u8]) -> Result<Progress> {
        self.came(at, bytes.len());
        self.read_all(at, bytes)
    }

    /// Content went past the program.
    fn pass(&mut self, at: Instant, count: usize) -> Result<Progress> {
        self.came(at, count);
        self.http.pass_over(count as u64);
        self.incoming.passed(self.tap, at, count as u64);
        self.read_all(at, &[])
    }

    fn came(&mut self, at: Instant, bytes: usize) {
        let (direction, layer) = (Direction::In, self.terms.layer);
        let batch = Happening::Batch {
            direction,
            layer,
            bytes,
        };
        self.tap.emit_at(at, batch);
        self.incoming.moved(bytes);
    }

    /// Reads octets that came, to the last one or to the end of the response; tells what is left.
    fn read_all(&mut self, at: Instant, bytes: &[u8]) -> Result<Progress> {
        let mut rest = bytes;
        let progress = self.read(at, &mut rest);
        if matches!(progress, Ok(Progress::Left) | Err(_)) {
            self.leave(rest);
        }
        progress
    }

    /// Reads as far as there is something to read; `rest` is what was not taken.
    fn read(&mut self, at: Instant, rest: &mut &[u8]) -> Result<Progress> {
        loop {
            self.incoming.chunks(self.http, rest, self.tap, at)?;
            let input = *rest;
            let (taken, signal) = match self.http.receive(input) {
                Ok(step) => step,
                Err(broken) => return Err(self.malformed(broken, std::mem::take(rest))),
            };
            *rest = input.get(taken..).unwrap_or_default();
            match signal {
                Signal::NeedMore => return Ok(Progress::More),
                Signal::Piece(role, octets) => self.incoming.piece(self.tap, at, role, octets)?,
                Signal::Violated(ref violation) => self.tap.emit(Happening::Violated { violation }),
                Signal::Interim(head) => {
                    self.incoming.interim(self.tap, &head)?;
                    if head.status() == 100 {
                        self.out.granted();
                    }
                }
                Signal::Final(head) => {
                    if self.decide(head, at, rest)? == Progress::Left {
                        return Ok(Progress::Left);
                    }
                }
                Signal::End => {
                    self.tell_rest(std::mem::take(rest), Role::Stray);
                    return Ok(Progress::Complete);
                }
                Signal::Switched if self.terms.layer == Layer::Http => {
                    // Another protocol, which nobody here speaks: it is shown until it ends.
                    let octets = std::mem::take(rest);
                    self.incoming.piece(self.tap, at, Role::Content, octets)?;
                    return Ok(Progress::More);
                }
                Signal::Switched if !rest.is_empty() => {
                    return Err(self.spoke_out_of_turn(std::mem::take(rest)));
                }
                Signal::Switched => return Ok(Progress::Switched),
            }
        }
    }

    /// The final head is known: asks what it means, then shows its empty line.
    fn decide(&mut self, head: Head, at: Instant, rest: &mut &[u8]) -> Result<Progress> {
        self.tap.emit(Happening::HeadReceived { head: &head });
        let decision = self.incoming.receiver.decide(&head);
        if !self.out.is_complete() && refuses(&head) {
            if head.status() == 417 && matches!(self.out.state, Sending::AwaitingContinue(_)) {
                self.expectation_failed = true;
                self.tap.emit(Happening::ExpectationFailed);
            }
            self.out.state = Sending::Given;
        } else {
            self.out.granted();
        }
        self.incoming.head = Some(head);
        let pointless = |reception| reception == Reception::Ignore && !self.http.persistent();
        match decision {
            // Nobody reads a body just to close the connection behind it.
            Ok(reception) if reception == Reception::Leave || pointless(reception) => {
                self.show_head_end(at, rest)?;
                self.http.abandon();
                Ok(Progress::Left)
            }
            Ok(reception) => {
                if reception == Reception::Ignore && self.terms.layer == Layer::Http {
                    self.tap.emit(Happening::IgnoringBody {
                        sized: self.http.remaining().is_some(),
                    });
                }
                self.incoming.reception = reception;
                Ok(Progress::More)
            }
            Err(error) => {
                self.tap.emit(Happening::Failed { error: &error });
                self.show_head_end(at, rest)?;
                Err(Trouble::Told(error))
            }
        }
    }

    fn show_head_end(&mut self, at: Instant, rest: &mut &[u8]) -> Result<()> {
        loop {
            let input = *rest;
            match self.http.receive(input) {
                Ok((_, Signal::Violated(ref violation))) => {
                    self.tap.emit(Happening::Violated { violation });
                }
                Ok((taken, Signal::Piece(role, octets))) => {
                    *rest = input.get(taken..).unwrap_or_default();
                    self.incoming.piece(self.tap, at, role, octets)?;
                    return Ok(());
                }
                _ => return Ok(()),
            }
        }
    }

    /// Gives the response up. What came of it and will not be read is told all the same.
    fn leave(&mut self, rest: &[u8]) {
        self.http.abandon();
        self.tell_rest(rest, Role::Unread);
    }

    /// Tells the octets that cannot be read on, so that none is lost, and makes the error.
    fn malformed(&mut self, broken: Broken, rest: &[u8]) -> Trouble {
        let error = Error::from(broken);
        self.tap.emit(Happening::Failed { error: &error });
        self.tell_rest(rest, Role::Stray);
        Trouble::Told(error)
    }

    /// Behind a granted tunnel it is our turn to speak; what comes before that was never asked for.
    fn spoke_out_of_turn(&mut self, rest: &[u8]) -> Trouble {
        let now = self.tap.clock().now();
        self.incoming
            .tell(self.tap, now, Role::Stray, Bytes::Seen(rest));
        let message = format!(
            "The proxy sent {} bytes before it was spoken to through the tunnel",
            rest.len()
        );
        Trouble::from(Error::new(Exit::RecvError, message))
    }

    /// Tells octets that are part of no response any more.
    fn tell_rest(&mut self, mut rest: &[u8], role: Role) {
        let now = self.tap.clock().now();
        loop {
            match self.http.receive(rest) {
                Ok((taken, Signal::Piece(_, octets))) => {
                    self.incoming.tell(self.tap, now, role, Bytes::Seen(octets));
                    rest = rest.get(taken..).unwrap_or_default();
                }
                Ok((_, Signal::Violated(ref violation))) => {
                    self.tap.emit(Happening::Violated { violation });
                }
                _ => return,
            }
        }
    }

    fn end_of_stream(&mut self) -> Result<Progress> {
        let at = self.tap.clock().now();
        if let Some(line) = self.http.last_field() {
            self.incoming.piece(self.tap, at, Role::FieldLine, line)?;
        }
        self.tap.emit_at(at, Happening::StreamEnded);
        match self.http.receive_eof() {
            Ok(_) => Ok(Progress::Complete),
            // On a kept connection this is no failure yet: a fresh one is tried.
            Err(broken @ Broken::EmptyReply) => {
                self.tell_rest(&[], Role::Stray);
                Err(Trouble::from(Error::from(broken)))
            }
            Err(broken) => Err(self.malformed(broken, &[])),
        }
    }

    /// The socket failed. A response that was complete but for its close stays complete.
    fn broken_off(&mut self, error: &io::Error) -> Error {
        let reason = reason(error);
        if self.out.is_complete() || self.incoming.octets > 0 {
            Error::new(Exit::RecvError, format!("Recv failure: {reason}"))
        } else {
            Error::new(Exit::SendError, format!("Send failure: {reason}"))
        }
    }

    /// How long the wire may be waited for.
    fn next_alarm(&self, now: Instant) -> Option<Instant> {
        let awaited = match self.out.state {
            Sending::AwaitingContinue(until) => Some(until),
            _ => None,
        };
        let tick = (self.tap.interest().ticks || self.speed.is_some()).then_some(self.next_tick);
        let pauses = [
            self.incoming.pace.next(now),
            self.out.pace.next(now).filter(|_| !self.out.is_complete()),
        ];
        [self.terms.deadline, awaited, tick]
            .into_iter()
            .chain(pauses)
            .flatten()
            .min()
    }

    /// Does what is due by now, whether or not octets keep coming.
    fn mind_the_time(&mut self, now: Instant) -> Result<()> {
        if self.tap.is_stopped() {
            return Err(Trouble::from(Error::stopped()));
        }
        if self.terms.deadline.is_some_and(|deadline| now >= deadline) {
            return Err(Trouble::from(self.timed_out(now)));
        }
        if let Sending::AwaitingContinue(until) = self.out.state
            && now >= until
        {
            self.tap.emit(Happening::ContinueNotGranted);
            self.out.granted();
        }
        if now < self.next_tick {
            return Ok(());
        }
        self.next_tick = now.checked_add(TICK).unwrap_or(now);
        if let Some(speed) = &mut self.speed {
            let sent = self.out.body().unwrap_or_default();
            speed.check(sent.saturating_add(self.incoming.content))?;
        }
        self.tap.emit(Happening::Tick);
        Ok(())
    }

    fn timed_out(&self, now: Instant) -> Error {
        let took = now.saturating_duration_since(self.terms.began).as_millis();
        let content = self.incoming.content;
        let of = self.http.remaining().map_or_else(String::new, |left| {
            format!(" out of {}", content.saturating_add(left))
        });
        let message = format!(
            "Operation timed out after {took} milliseconds with {content}{of} bytes received"
        );
        Error::new(Exit::OperationTimedout, message)
    }

    fn response(&mut self, progress: Progress) -> Result<Response> {
        let Some(head) = self.incoming.head.take() else {
            return Err(Trouble::from(Error::from(Broken::EmptyReply)));
        };
        Ok(Response {
            head,
            switched: progress == Progress::Switched,
            expectation_failed: self.expectation_failed,
            left: progress == Progress::Left,
        })
    }
}
