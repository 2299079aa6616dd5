//! A stage for views: a clock that ticks by itself, streams that are caught, events by hand.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rcurl::clock::{Clock, SystemClock};
use rcurl::environment::Environment;
use rcurl::error::Error;
use rcurl::event::{Bytes, Direction, Happening, Layer, Lookup, Peer, Tap};
use rcurl::http1::{Head, Role};
use rcurl::plan::{Operation, Plan};
use rcurl::streams::Console;
use rcurl::target::{Reading, Target};
use rcurl::view::observers;

/// Each reading is a millisecond later than the one before; the day is 21 November 2026, 09:30 UTC.
pub(crate) struct Ticking {
    start: Instant,
    readings: AtomicU64,
}

impl Ticking {
    pub(crate) fn clock() -> Arc<dyn Clock> {
        Arc::new(Self {
            start: SystemClock.now(),
            readings: AtomicU64::new(0),
        })
    }
}

impl Clock for Ticking {
    fn now(&self) -> Instant {
        self.start + Duration::from_millis(self.readings.fetch_add(1, Ordering::Relaxed))
    }

    fn wall(&self) -> Duration {
        Duration::from_mins(29_920_890)
    }

    fn pause(&self, _until: Instant) {}
}

/// A stream whose octets are kept.
#[derive(Clone, Default)]
pub(crate) struct Caught(Arc<Mutex<Vec<u8>>>);

impl Caught {
    pub(crate) fn console(&self) -> Console {
        Console::new(self.clone())
    }

    pub(crate) fn octets(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.octets()).unwrap()
    }
}

impl Write for Caught {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(octets);
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The views of a plan, and the end of the stream that feeds them.
pub(crate) struct Stage {
    pub(crate) tap: Tap,
    pub(crate) stdout: Caught,
    pub(crate) stderr: Caught,
}

/// A plan with one operation.
pub(crate) fn plan(change: impl FnOnce(&mut Plan)) -> Plan {
    let mut plan = Plan {
        operations: vec![Operation::default()],
        ..Plan::default()
    };
    change(&mut plan);
    plan
}

/// Streams that are pipes, in UTC.
pub(crate) fn pipes() -> Environment {
    let mut environment = Environment::default();
    environment.variables.insert("TZ".into(), "UTC0".into());
    environment
}

/// Standard error is a terminal that takes colours.
pub(crate) fn terminal() -> Environment {
    Environment {
        stderr_is_terminal: true,
        stderr_takes_colour: true,
        ..pipes()
    }
}

pub(crate) fn target(url: &str) -> Target {
    Target::parse(url, &Reading::default()).unwrap()
}

impl Stage {
    pub(crate) fn new(plan: &Plan, environment: &Environment) -> Self {
        let (stdout, stderr) = (Caught::default(), Caught::default());
        let clock = Ticking::clock();
        let views = observers(
            plan,
            environment,
            &stdout.console(),
            &stderr.console(),
            &clock,
        );
        Self {
            tap: Tap::new(clock, views),
            stdout,
            stderr,
        }
    }

    pub(crate) fn emit(&self, what: Happening<'_>) {
        self.tap.emit(what);
    }

    /// A transfer and its first request begin.
    pub(crate) fn start(&self, url: &str) {
        self.emit(Happening::Started {
            url,
            number: 0,
            operation: 0,
        });
        self.ask("GET", url);
    }

    pub(crate) fn ask(&self, method: &str, url: &str) {
        self.emit(Happening::Requesting {
            target: &target(url),
            method,
            by_proxy: false,
        });
    }

    /// Connection 0 to localhost, whose first address refuses.
    pub(crate) fn connect(&mut self) {
        let addresses = [
            "[::1]:8000".parse().unwrap(),
            "127.0.0.1:8000".parse().unwrap(),
        ];
        let [first, second] = addresses.map(Peer::Tcp);
        let local = Some("127.0.0.1:5000".parse().unwrap());
        self.tap.on_connection(Some(0));
        self.emit(Happening::Resolving { host: "localhost" });
        self.emit(Happening::Resolved {
            host: "localhost",
            port: 8000,
            addresses: &addresses,
            lookup: Lookup::Asked,
        });
        self.emit(Happening::Connecting { peer: &first });
        self.emit(Happening::ConnectFailed {
            peer: &first,
            local: Some("[::1]:4000".parse().unwrap()),
            error: &io::Error::from_raw_os_error(111),
        });
        self.emit(Happening::Connecting { peer: &second });
        self.emit(Happening::Connected {
            peer: &second,
            local,
        });
        self.emit(Happening::Established {
            host: "localhost",
            peer: &second,
            local,
        });
    }

    pub(crate) fn batch(&self, direction: Direction, layer: Layer, bytes: usize) {
        self.emit(Happening::Batch {
            direction,
            layer,
            bytes,
        });
    }

    pub(crate) fn piece(&self, direction: Direction, layer: Layer, role: Role, octets: &[u8]) {
        self.emit(Happening::Piece {
            direction,
            layer,
            role,
            bytes: Bytes::Seen(octets),
        });
    }

    /// A request of this head and body, in one write.
    pub(crate) fn send(&self, head: &str, body: &str) {
        self.batch(Direction::Out, Layer::Http, head.len() + body.len());
        for (role, line) in lines(head, Role::RequestLine) {
            self.piece(Direction::Out, Layer::Http, role, line);
        }
        if !body.is_empty() {
            self.piece(Direction::Out, Layer::Http, Role::Content, body.as_bytes());
        }
        let body = (!body.is_empty()).then_some(body.len() as u64);
        self.emit(Happening::RequestSent { body });
    }

    /// A response of this head and content, in one read.
    pub(crate) fn receive(&self, head: impl AsRef<[u8]>, content: &str) {
        self.receive_on(Layer::Http, head.as_ref(), content);
    }

    pub(crate) fn receive_on(&self, layer: Layer, head: &[u8], content: &str) {
        let parsed = Head::parse(head).unwrap();
        self.batch(Direction::In, layer, head.len() + content.len());
        for (role, line) in lines(head, Role::StatusLine) {
            if role == Role::HeadEnd {
                self.emit(Happening::HeadReceived { head: &parsed });
            }
            self.piece(Direction::In, layer, role, line);
        }
        if !content.is_empty() {
            self.piece(Direction::In, layer, Role::Content, content.as_bytes());
            self.emit(Happening::Delivered {
                bytes: content.len() as u64,
            });
        }
    }

    pub(crate) fn finish(&self, outcome: Result<(), &Error>) {
        self.emit(Happening::Finished { outcome });
    }
}

/// The lines of a head with their roles.
fn lines(head: &(impl AsRef<[u8]> + ?Sized), first: Role) -> impl Iterator<Item = (Role, &[u8])> {
    let lines = head.as_ref().split_inclusive(|&octet| octet == b'\n');
    lines.enumerate().map(move |(index, line)| match index {
        0 => (first, line),
        _ if line == b"\r\n" => (Role::HeadEnd, line),
        _ => (Role::FieldLine, line),
    })
}
