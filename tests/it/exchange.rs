//! One exchange over a scripted wire: what is told of it.

use std::fs::File;
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rcurl::clock::{Clock, SystemClock};
use rcurl::error::{Error, Exit};
use rcurl::event::{Bytes, Direction, Event, Happening, Interest, Layer, Observer, Peer, Tap};
use rcurl::http1::{Connection, Framing, Head, Role, Settings};
use rcurl::net::{Bypass, Io, ScriptedWire, Step, Wait, Wire};
use rcurl::streams::Input;
use rcurl::transfer::compose::RequestHead;
use rcurl::transfer::exchange::{Response, Terms, exchange};
use rcurl::transfer::failure::Failure;
use rcurl::transfer::incoming::{Receiver, Reception};
use rcurl::transfer::source::Source;

/// Takes so much content, and no more.
struct Full {
    room: usize,
    reception: Reception,
}

impl Receiver for Full {
    fn hear(&mut self, _role: Role, _line: &[u8]) {}

    fn pass(&mut self, _role: Role, _line: &[u8]) -> Result<(), Error> {
        Ok(())
    }

    fn decide(&mut self, _head: &Head) -> Result<Reception, Error> {
        Ok(self.reception)
    }

    fn content(&mut self, octets: &[u8]) -> Result<(), Error> {
        let left = self.room.checked_sub(octets.len());
        self.room = left.ok_or_else(|| Error::new(Exit::WriteError, "there is no more room"))?;
        Ok(())
    }
}

/// The octets that came: when, how many at once, and how many their pieces have.
#[derive(Default)]
struct Came {
    batches: Vec<(Instant, usize)>,
    pieces: u64,
}

#[derive(Clone, Default)]
struct Notes {
    came: Arc<Mutex<Came>>,
    interest: Interest,
}

impl Observer for Notes {
    fn observe(&mut self, event: &Event<'_>) {
        let Came { batches, pieces } = &mut *self.came.lock().unwrap();
        match &event.what {
            Happening::Batch {
                direction: Direction::In,
                bytes,
                ..
            } => batches.push((event.at, *bytes)),
            Happening::Piece {
                direction: Direction::In,
                bytes,
                ..
            } => *pieces += Bytes::count(bytes),
            _ => {}
        }
    }

    fn wants(&self) -> Interest {
        self.interest
    }
}

/// Time that passes where it is waited for.
struct Time(Mutex<Instant>);

impl Time {
    fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(SystemClock.now())))
    }
}

impl Clock for Time {
    fn now(&self) -> Instant {
        *self.0.lock().unwrap()
    }

    fn wall(&self) -> Duration {
        Duration::ZERO
    }

    fn pause(&self, until: Instant) {
        let mut now = self.0.lock().unwrap();
        *now = until.max(*now);
    }
}

/// What an exchange is held to unless its test says more.
fn free(now: Instant) -> Terms {
    Terms {
        layer: Layer::Http,
        began: now,
        deadline: None,
        continue_timeout: Duration::ZERO,
        rate: None,
        least_speed: None,
    }
}

/// A `GET` over this wire.
fn ask(
    wire: &mut dyn Wire,
    receiver: &mut dyn Receiver,
    terms: Terms,
    tap: &Tap,
) -> Result<Response, Failure> {
    let mut nothing = Source::empty();
    send(&mut nothing, Framing::None, wire, receiver, terms, tap)
}

fn send(
    source: &mut Source,
    framing: Framing,
    wire: &mut dyn Wire,
    receiver: &mut dyn Receiver,
    terms: Terms,
    tap: &Tap,
) -> Result<Response, Failure> {
    let head = RequestHead {
        method: "GET".to_owned(),
        octets: b"GET / HTTP/1.1\r\n\r\n".to_vec(),
        expects_continue: false,
        framing,
    };
    let mut http = Connection::new(Settings::default());
    exchange(wire, &mut http, &head, source, receiver, terms, tap)
}

/// Receives a response that comes in parts of this length; gives what was told of it.
fn told(
    response: &[u8],
    part: usize,
    mut receiver: Full,
    interest: Interest,
    change: impl FnOnce(&mut Terms),
) -> (Result<Response, Failure>, Came) {
    let clock = Time::new();
    let notes = Notes {
        interest,
        ..Notes::default()
    };
    let tap = Tap::new(clock.clone(), vec![Box::new(notes.clone())]);
    let parts = response.chunks(part).map(|part| Step::Say(part.to_vec()));
    let mut terms = free(clock.now());
    change(&mut terms);
    let mut wire = ScriptedWire::new(parts, clock);
    let outcome = ask(&mut wire, &mut receiver, terms, &tap);
    let came = std::mem::take(&mut *notes.came.lock().unwrap());
    (outcome, came)
}

/// Whether or not there is room for the content, and whoever looks on.
#[test]
fn the_octets_told_are_the_octets_that_came() {
    let responses = [
        "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n01234567890123456789stray",
        "HTTP/1.1 200 OK\r\n\r\n01234567890123456789",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
         a\r\n0123456789\r\n5\r\n01234\r\n3\r\n012\r\n02 ; x=y\r\n01\r\n0\r\nt: v\r\n\r\nstray",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n5\r\n012345678",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\nnone\r\n01234",
    ];
    let somebody = Interest {
        content: true,
        ..Interest::default()
    };
    for response in responses {
        let length = response.len();
        for part in 1..=length {
            for interest in [Interest::default(), somebody] {
                for reception in [
                    Reception::Deliver,
                    Reception::DeliverFramed,
                    Reception::Ignore,
                ] {
                    for room in [0, 9, 10, 14, 21] {
                        let receiver = Full { room, reception };
                        let response = response.as_bytes();
                        let (_, told) = told(response, part, receiver, interest, |_| {});
                        let came: usize = told.batches.iter().map(|(_, octets)| octets).sum();
                        let label = format!("{response:?} by {part}, {reception:?}, {room}");
                        assert_eq!(came as u64, told.pieces, "{label}");
                        assert!(came > 0, "{label}");
                    }
                }
            }
        }
    }
}

/// A tenth of a second's worth at once, each when its time has come; the head is not held back.
#[test]
fn content_comes_in_small_portions_where_its_rate_is_limited() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n";
    let response = [head.as_bytes(), &[b'x'; 5000]].concat();
    for part in [7, 100, 5000, 9000] {
        let receiver = Full {
            room: 5000,
            reception: Reception::Deliver,
        };
        let limited = |terms: &mut Terms| {
            terms.rate = Some(1000);
            at_least(900)(terms);
        };
        let nobody = Interest::default();
        let (outcome, told) = told(&response, part, receiver, nobody, limited);
        assert!(outcome.is_ok(), "by {part}: {outcome:?}");
        let begin = told.batches[0].0;
        let mut came = 0;
        for (at, octets) in told.batches {
            assert!(octets <= 100, "by {part}: {octets} at once");
            let due = (at - begin).as_millis() as usize;
            let allowed = head.len() + due + 200;
            assert!(came <= allowed, "by {part}: {came} after {due} ms");
            came += octets;
        }
        assert_eq!(came, response.len(), "by {part}");
    }
}

/// Slower than this for a second is too slow.
fn at_least(least: u64) -> impl Fn(&mut Terms) {
    move |terms| terms.least_speed = Some((least, Duration::from_secs(1)))
}

#[test]
fn a_pause_after_a_quick_start_is_not_too_slow() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n";
    for (least, pause, expected) in [
        // Six octets are enough for a mean of one in a second, as long as they are in it.
        (1, 2500, Exit::Ok),
        (1, 5900, Exit::Ok),
        (1, 60_000, Exit::OperationTimedout),
        // The head is no content.
        (7, 2500, Exit::OperationTimedout),
    ] {
        let clock = Time::new();
        let tap = Tap::new(clock.clone(), Vec::new());
        let steps = [
            Step::Say([head, "first "].concat().into()),
            Step::Silence(Duration::from_millis(pause)),
            Step::Say("second".into()),
        ];
        let begin = clock.now();
        let mut wire = ScriptedWire::new(steps, clock.clone());
        let mut terms = free(begin);
        at_least(least)(&mut terms);
        let mut reader = Full {
            room: 12,
            reception: Reception::Deliver,
        };
        let outcome = ask(&mut wire, &mut reader, terms, &tap);
        let exit = outcome.map_or_else(|failure| failure.error.exit, |_| Exit::Ok);
        assert_eq!(exit, expected, "{least} after {pause} ms");
        assert!(clock.now() - begin < Duration::from_secs(8), "{pause} ms");
    }
}

/// Each piece of content takes long to write.
struct SlowDisk(Arc<Time>);

impl Receiver for SlowDisk {
    fn hear(&mut self, _role: Role, _line: &[u8]) {}

    fn pass(&mut self, _role: Role, _line: &[u8]) -> Result<(), Error> {
        Ok(())
    }

    fn decide(&mut self, _head: &Head) -> Result<Reception, Error> {
        Ok(Reception::Deliver)
    }

    fn content(&mut self, _octets: &[u8]) -> Result<(), Error> {
        self.0.pause(self.0.now() + Duration::from_secs(5));
        Ok(())
    }
}

#[test]
fn a_slow_disk_is_no_slow_server() {
    let clock = Time::new();
    let tap = Tap::new(clock.clone(), Vec::new());
    let steps = [
        "HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n0123456789",
        "0123456789",
        "0123456789",
    ];
    let steps = steps.map(|text| Step::Say(text.as_bytes().to_vec()));
    let mut terms = free(clock.now());
    at_least(1000)(&mut terms);
    let mut wire = ScriptedWire::new(steps, clock.clone());
    let outcome = ask(&mut wire, &mut SlowDisk(clock), terms, &tap);
    assert!(outcome.is_ok(), "{outcome:?}");
}

/// A wire whose content goes past the program, after a while in which none does.
struct Passing {
    wire: ScriptedWire,
    clock: Arc<Time>,
    /// So many waits end with the time.
    waits: usize,
    /// There was no room for what had come.
    full: bool,
}

impl Wire for Passing {
    fn send_together(&mut self, parts: &[IoSlice<'_>]) -> io::Result<()> {
        self.wire.send_together(parts)
    }

    fn queued(&self) -> usize {
        self.wire.queued()
    }

    fn wait(&mut self, wait: Wait<'_>) -> Io<'_> {
        self.wire.wait(wait)
    }

    fn wait_or_pass(&mut self, wait: Wait<'_>, past: Bypass<'_>) -> Io<'_> {
        if let Some(left) = self.waits.checked_sub(1) {
            self.waits = left;
            self.clock.pause(wait.until.unwrap());
            return if self.full {
                Io::OutletFull
            } else {
                Io::TimedOut
            };
        }
        let (at, count) = (self.clock.now(), past.most);
        Io::Passed { at, count }
    }

    fn give_back(&mut self, count: usize) {
        self.wire.give_back(count);
    }

    fn sending_failed(&self) -> Option<io::ErrorKind> {
        self.wire.sending_failed()
    }

    fn peer(&self) -> &Peer {
        self.wire.peer()
    }

    fn local(&self) -> Option<SocketAddr> {
        self.wire.local()
    }

    fn is_idle_and_alive(&mut self) -> bool {
        self.wire.is_idle_and_alive()
    }
}

#[test]
fn a_slow_reader_is_no_slow_server() {
    for full in [true, false] {
        let clock = Time::new();
        let tap = Tap::new(clock.clone(), Vec::new());
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n";
        let mut wire = Passing {
            wire: ScriptedWire::new([Step::Say(head.into())], clock.clone()),
            clock: clock.clone(),
            waits: 20,
            full,
        };
        let mut terms = free(clock.now());
        at_least(1000)(&mut terms);
        let mut nobody = Full {
            room: 0,
            reception: Reception::Ignore,
        };
        let outcome = ask(&mut wire, &mut nobody, terms, &tap);
        let exit = outcome.map_or_else(|failure| failure.error.exit, |_| Exit::Ok);
        let expected = if full {
            Exit::Ok
        } else {
            Exit::OperationTimedout
        };
        assert_eq!(exit, expected);
    }
}

#[test]
fn a_slow_source_is_no_slow_server() {
    let clock = Time::new();
    let tap = Tap::new(clock.clone(), Vec::new());
    let (reader, writer) = io::pipe().unwrap();
    let reader = File::from(OwnedFd::from(reader));
    let mut source = Source::stdin(Input::from_file(reader));
    let answer = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n";
    let steps = [
        Step::Silence(Duration::from_secs(5)),
        Step::Say(answer.into()),
    ];
    let mut wire = ScriptedWire::new(steps, clock.clone());
    let mut terms = free(clock.now());
    at_least(1000)(&mut terms);
    let mut nobody = Full {
        room: 0,
        reception: Reception::Ignore,
    };
    let framing = Framing::Chunked;
    let outcome = send(&mut source, framing, &mut wire, &mut nobody, terms, &tap);
    drop(writer);
    assert!(outcome.is_ok(), "{outcome:?}");
}
