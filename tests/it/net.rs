//! The network room against real sockets on loopback, and against scripts.

mod dial;
mod proxy;
pub(crate) mod tls;
mod tls_files;
mod tls_options;
mod tls_staple;

use std::io::{Read, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rcurl::clock::{Clock, SystemClock};
use rcurl::error::{Error, Exit};
use rcurl::event::{Bytes, Ending, Event, Happening, Interest, Observer, Peer, Tap, TlsFacts};
use rcurl::net::{
    Deadlines, Io, Link, Network, ScriptedWire, Step, Surroundings, Tunnel, Wait, Way, Wire,
};
use rcurl::plan::Route;
use rcurl::target::{Reading, Target};

/// Notes what is told, one short line per event.
#[derive(Clone, Default)]
struct Notes {
    lines: Arc<Mutex<Vec<String>>>,
    interest: Interest,
}

impl Observer for Notes {
    fn observe(&mut self, event: &Event<'_>) {
        let line = match &event.what {
            Happening::Tick => return,
            Happening::Resolved {
                lookup, addresses, ..
            } => {
                format!("resolved {lookup:?} {}", addresses.len())
            }
            Happening::Connecting { peer } => format!("connecting {}", family(peer)),
            Happening::ConnectFailed { peer, error, .. } => {
                format!("failed {} {:?}", family(peer), error.kind())
            }
            Happening::Connected { peer, .. } => format!("connected {}", family(peer)),
            Happening::Established { host, .. } => format!("established {host}"),
            Happening::Reused { host, is_proxy, .. } => format!("reused {host} {is_proxy}"),
            Happening::Kept { .. } => "kept".to_owned(),
            Happening::Ended { how } => format!("ended {how:?}"),
            Happening::Failed { error } => format!("error {}", error.exit as u8),
            Happening::ResolveFailed { host, .. } => format!("unresolved {host}"),
            Happening::Secured { session } => secured(session),
            Happening::Piece {
                direction,
                layer,
                role,
                bytes: Bytes::Seen(bytes),
            } => {
                let start: Vec<_> = bytes
                    .iter()
                    .take(3)
                    .map(|octet| format!("{octet:02x}"))
                    .collect();
                format!("{layer:?} {direction:?} {role:?} {}", start.join(" "))
            }
            other => format!("{other:?}"),
        };
        self.lines.lock().unwrap().push(line);
    }

    fn wants(&self) -> Interest {
        self.interest
    }
}

impl Notes {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.lines.lock().unwrap())
    }
}

fn secured(session: &TlsFacts) -> String {
    let own = &session.certificates[0];
    format!(
        "secured {} {} {} < {} [{}] {} {} matched {}: {:?}",
        session.version,
        session.group,
        own.subject,
        own.issuer,
        own.names.join(", "),
        own.key,
        own.signature_algorithm,
        session.matched_name.as_deref().unwrap_or("-"),
        session.verification
    )
}

fn family(peer: &Peer) -> &'static str {
    match peer {
        Peer::Tcp(SocketAddr::V4(_)) => "v4",
        Peer::Tcp(SocketAddr::V6(_)) => "v6",
        Peer::Unix(_) => "unix",
        Peer::Abstract(_) => "abstract",
    }
}

fn tap() -> (Tap, Notes) {
    let notes = Notes::default();
    (tap_with(&notes), notes)
}

fn tap_with(notes: &Notes) -> Tap {
    Tap::new(Arc::new(SystemClock), vec![Box::new(notes.clone())])
}

fn way(url: &str) -> Way {
    let target = Target::parse(url, &Reading::default()).unwrap();
    Way::new(&target, &Route::default()).unwrap()
}

fn soon(tap: &Tap) -> Deadlines {
    let now = tap.clock().now();
    Deadlines {
        total: Some(now + Duration::from_secs(20)),
        ..Deadlines::none(now)
    }
}

fn open(network: &Network, way: &Way, tap: &mut Tap) -> Result<Link, Error> {
    let deadlines = soon(tap);
    network.open(way, &deadlines, tap, &mut |_, _| Ok(Tunnel::Granted))
}

/// A server for one connection after the other.
fn serve(mut each: impl FnMut(TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        listener
            .incoming()
            .map_while(Result::ok)
            .for_each(&mut each);
    });
    address
}

/// Reads so many octets, or to the end.
fn receive(wire: &mut dyn Wire, count: usize) -> Vec<u8> {
    let until = Some(SystemClock.now() + Duration::from_secs(20));
    let mut received = Vec::new();
    while received.len() < count {
        let wait = Wait {
            until,
            receive: usize::MAX,
            also: None,
        };
        match wire.wait(wait) {
            Io::Bytes { bytes, .. } => received.extend_from_slice(bytes),
            Io::Sent(_) => {}
            Io::Eof => break,
            other => panic!("{other:?}"),
        }
    }
    received
}

#[test]
fn a_refused_first_address_is_told_and_the_next_one_taken() {
    let server = serve(|mut stream| {
        let mut request = [0; 4];
        stream.read_exact(&mut request).unwrap();
        stream.write_all(b"pong").unwrap();
    });
    let (mut tap, notes) = tap();
    let way = way(&format!("http://localhost:{}/", server.port()));
    let mut link = open(&Network::new(Surroundings::default()), &way, &mut tap).unwrap();
    link.wire.send(b"ping").unwrap();
    assert_eq!(receive(&mut *link.wire, usize::MAX), b"pong");
    let expected = [
        "resolved Asked 2",
        "connecting v6",
        "failed v6 ConnectionRefused",
        "connecting v4",
        "connected v4",
        "established localhost",
    ];
    assert_eq!(notes.take(), expected);
    assert_eq!(link.peer, Peer::Tcp(server));
}

#[test]
fn nobody_there_is_exit_7_with_curls_words() {
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let (mut tap, notes) = tap();
    let way = way(&format!("http://{free}/"));
    let error = open(&Network::new(Surroundings::default()), &way, &mut tap)
        .err()
        .unwrap();
    assert_eq!(error.exit, Exit::CouldntConnect);
    assert!(
        error
            .message
            .starts_with(&format!("Failed to connect to {free} after "))
    );
    assert!(error.message.ends_with(" ms: Could not connect to server"));
    let told = notes.take();
    assert_eq!(told[3..], ["error 7", "ended Closed"]);
}

#[test]
fn an_echo_of_megabytes_does_not_lock_up() {
    let server = serve(|mut stream| {
        let mut copy = stream.try_clone().unwrap();
        std::io::copy(&mut stream, &mut copy).unwrap();
    });
    let (mut tap, _) = tap();
    let way = way(&format!("http://{server}/"));
    let mut link = open(&Network::new(Surroundings::default()), &way, &mut tap).unwrap();
    let block: Vec<u8> = (0..=u8::MAX).cycle().take(64 * 1024 + 7).collect();
    let blocks = 200;
    let total = block.len() * blocks;
    let (mut begun, mut received) = (0, 0);
    while received < total {
        while begun < blocks && link.wire.queued() < 256 * 1024 {
            link.wire.send(&block).unwrap();
            begun += 1;
        }
        let wait = Wait {
            until: Some(SystemClock.now() + Duration::from_secs(20)),
            receive: usize::MAX,
            also: None,
        };
        match link.wire.wait(wait) {
            Io::Bytes { bytes, .. } => {
                for &octet in bytes {
                    assert_eq!(octet, block[received % block.len()]);
                    received += 1;
                }
            }
            Io::Sent(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn an_early_answer_is_seen_after_sending_failed() {
    let server = serve(|mut stream| {
        stream.write_all(b"413 too large").unwrap();
        stream.read_exact(&mut [0; 4]).unwrap();
        // What is left unread makes this end a reset.
    });
    let (mut tap, _) = tap();
    let way = way(&format!("http://{server}/"));
    let mut link = open(&Network::new(Surroundings::default()), &way, &mut tap).unwrap();
    let until = Some(SystemClock.now() + Duration::from_secs(20));
    let block = vec![b'x'; 64 * 1024];
    while link.wire.send(&block).is_ok() {
        while link.wire.queued() > block.len() {
            let held_back = Wait {
                until,
                ..Wait::default()
            };
            assert!(matches!(link.wire.wait(held_back), Io::Sent(_)));
        }
    }
    assert!(link.wire.sending_failed().is_some());
    assert_eq!(receive(&mut *link.wire, 13), b"413 too large");
    let wait = Wait {
        until,
        receive: usize::MAX,
        also: None,
    };
    assert!(matches!(link.wire.wait(wait), Io::Failed(_)));
}

#[test]
fn something_else_ends_a_wait() {
    let server = serve(|mut stream| drop(stream.read_to_end(&mut Vec::new())));
    let (mut tap, _) = tap();
    let way = way(&format!("http://{server}/"));
    let mut link = open(&Network::new(Surroundings::default()), &way, &mut tap).unwrap();
    let (mut one, other) = UnixStream::pair().unwrap();
    let now = SystemClock.now();
    let wait = |until: Duration| Wait {
        until: Some(now + until),
        receive: usize::MAX,
        also: Some(other.as_fd()),
    };
    assert!(matches!(link.wire.wait(wait(Duration::ZERO)), Io::TimedOut));
    one.write_all(b"typed").unwrap();
    let much = Duration::from_secs(20);
    assert!(matches!(link.wire.wait(wait(much)), Io::AlsoReady));
}

#[test]
fn a_kept_connection_is_reused_and_a_dead_one_thrown_away() {
    let server = serve(|mut stream| {
        let mut request = [0; 4];
        while stream.read_exact(&mut request).is_ok() && &request != b"quit" {
            stream.write_all(&request).unwrap();
        }
    });
    let (mut tap, notes) = tap();
    let network = Network::new(Surroundings::default());
    let way = way(&format!("http://{server}/"));
    let mut link = open(&network, &way, &mut tap).unwrap();
    network.keep(link, &tap);
    notes.take();
    link = open(&network, &way, &mut tap).unwrap();
    assert!(link.used_before && link.id == 0);
    link.wire.send(b"quit").unwrap();
    assert!(receive(&mut *link.wire, 1).is_empty());
    network.keep(link, &tap);
    link = open(&network, &way, &mut tap).unwrap();
    assert!(!link.used_before && link.id == 1);
    network.end(link, Ending::ShutDown, &tap);
    let expected = [
        "reused 127.0.0.1 false",
        "kept",
        "ended ShutDown",
        "resolved Literal 1",
        "connecting v4",
        "connected v4",
        "established 127.0.0.1",
        "ended ShutDown",
    ];
    assert_eq!(notes.take(), expected);
}

/// A clock that stands still until somebody pauses.
struct StillClock(Instant, Mutex<Duration>);

impl Clock for StillClock {
    fn now(&self) -> Instant {
        self.0 + *self.1.lock().unwrap()
    }
    fn wall(&self) -> Duration {
        *self.1.lock().unwrap()
    }
    fn pause(&self, until: Instant) {
        let mut passed = self.1.lock().unwrap();
        *passed = (*passed).max(until.saturating_duration_since(self.0));
    }
}

#[test]
fn a_script_speaks_in_turn_and_time_passes_without_waiting() {
    let clock = Arc::new(StillClock(SystemClock.now(), Mutex::default()));
    let hour = Duration::from_hours(1);
    let steps = [
        Step::Expect(4),
        Step::Silence(hour),
        Step::Say(b"pong".to_vec()),
        Step::Close,
    ];
    let mut wire = ScriptedWire::new(steps, clock.clone());
    let sent = wire.sent();
    let wait = |minutes: u64| Wait {
        until: Some(clock.0 + Duration::from_mins(minutes)),
        receive: usize::MAX,
        also: None,
    };
    assert!(matches!(wire.wait(wait(1)), Io::TimedOut));
    wire.send(b"ping").unwrap();
    assert!(matches!(wire.wait(wait(31)), Io::TimedOut));
    assert!(matches!(wire.wait(wait(60)), Io::TimedOut));
    assert!(matches!(
        wire.wait(wait(62)),
        Io::Bytes { bytes: b"pong", .. }
    ));
    assert!(matches!(wire.wait(wait(62)), Io::Eof));
    assert_eq!(clock.wall(), hour + Duration::from_mins(1));
    assert_eq!(*sent.lock().unwrap(), b"ping");
}

/// Reads so many octets, of each lot that is handed over the first alone: the others are given back.
fn receive_one_by_one(wire: &mut dyn Wire, count: usize) -> Vec<u8> {
    let wait = Wait {
        until: Some(SystemClock.now() + Duration::from_secs(20)),
        receive: usize::MAX,
        also: None,
    };
    let mut taken = Vec::new();
    while taken.len() < count {
        let Io::Bytes { bytes, .. } = wire.wait(wait) else {
            panic!("{taken:?} and no more");
        };
        taken.push(bytes[0]);
        let left = bytes.len() - 1;
        wire.give_back(left);
        assert!(left == 0 || !wire.is_idle_and_alive());
    }
    taken
}

/// Until somebody reads from the pipe; whether the wait ends before that or then.
#[cfg(target_os = "linux")]
#[test]
fn a_full_pipe_is_told() {
    use rcurl::net::{Bypass, Outlet};
    const LENGTH: usize = 1024 * 1024;
    let server = serve(|mut stream| {
        stream
            .write_all(&[b'x'; 1024].repeat(LENGTH / 1024))
            .unwrap();
        let _ = stream.read(&mut [0]);
    });
    let (mut tap, _) = tap();
    let way = way(&format!("http://{server}/"));
    let mut link = open(&Network::new(Surroundings::default()), &way, &mut tap).unwrap();
    let (mut reader, writer) = std::io::pipe().unwrap();
    let mut pass = |until: Duration| {
        let wait = Wait {
            until: Some(SystemClock.now() + until),
            receive: usize::MAX,
            also: None,
        };
        let past = Bypass {
            outlet: Outlet::Pipe(writer.as_fd()),
            most: LENGTH,
        };
        match link.wire.wait_or_pass(wait, past) {
            Io::Passed { count, .. } => Some(count),
            Io::TimedOut => Some(0),
            Io::OutletFull => None,
            other => panic!("{other:?}"),
        }
    };
    let much = Duration::from_secs(20);
    let mut passed = 0;
    while let Some(count) = pass(Duration::from_millis(300)) {
        passed += count;
    }
    assert_eq!(pass(Duration::ZERO), None);
    let reading = thread::spawn(move || {
        let now = SystemClock.now();
        SystemClock.pause(now + Duration::from_millis(100));
        std::io::copy(&mut reader, &mut std::io::sink()).unwrap()
    });
    assert_eq!(pass(much), None);
    while passed < LENGTH {
        passed += pass(much).unwrap_or(0);
    }
    drop(writer);
    assert_eq!(reading.join().unwrap(), LENGTH as u64);
}

/// Reads so many octets in portions of three, two of which are given back now and then.
fn receive_in_portions(wire: &mut dyn Wire, count: usize) -> Vec<u8> {
    let wait = Wait {
        until: Some(SystemClock.now() + Duration::from_secs(20)),
        receive: 3,
        also: None,
    };
    let (mut taken, mut portions) = (Vec::new(), 0);
    while taken.len() < count {
        let Io::Bytes { bytes, .. } = wire.wait(wait) else {
            panic!("{taken:?} and no more");
        };
        assert!(matches!(bytes.len(), 1..=3), "{} octets", bytes.len());
        portions += 1;
        let (now, later) = bytes.split_at(if portions % 2 == 0 { 1 } else { bytes.len() });
        taken.extend_from_slice(now);
        let left = later.len();
        wire.give_back(left);
        assert!(taken.len() == count || !wire.is_idle_and_alive());
    }
    taken
}

#[test]
fn no_more_octets_come_at_once_than_are_wanted() {
    let server = serve(|mut stream| {
        stream.write_all(b"0123456789").unwrap();
        let _ = stream.read(&mut [0]);
    });
    let (mut tap, _) = tap();
    let way = way(&format!("http://{server}/"));
    let mut link = open(&Network::new(Surroundings::default()), &way, &mut tap).unwrap();
    assert_eq!(receive_in_portions(&mut *link.wire, 10), b"0123456789");
    let steps = [Step::Say(b"0123456".to_vec()), Step::Say(b"789".to_vec())];
    let mut wire = ScriptedWire::new(steps, Arc::new(SystemClock));
    assert_eq!(receive_in_portions(&mut wire, 10), b"0123456789");
}

#[test]
fn octets_that_are_given_back_come_again() {
    let server = serve(|mut stream| {
        stream.write_all(b"0123456").unwrap();
        stream.write_all(b"789").unwrap();
        let _ = stream.read(&mut [0]);
    });
    let (mut tap, _) = tap();
    let way = way(&format!("http://{server}/"));
    let mut link = open(&Network::new(Surroundings::default()), &way, &mut tap).unwrap();
    assert_eq!(receive_one_by_one(&mut *link.wire, 10), b"0123456789");
    let steps = [Step::Say(b"0123456".to_vec()), Step::Say(b"789".to_vec())];
    let mut wire = ScriptedWire::new(steps, Arc::new(SystemClock));
    assert_eq!(receive_one_by_one(&mut wire, 10), b"0123456789");
}
