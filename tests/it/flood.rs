//! Octets without a pause, in either direction, hold nothing up: neither the time nor the answer.

mod deaf;
mod idler;

use std::ffi::OsString;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rcurl::World;
use rcurl::clock::{Clock, SystemClock};
use rcurl::environment::Environment;
use rcurl::event::Peer;
use rcurl::net::{Dialler, ScriptedWire, Sockets, Step, Wire};
use rcurl::streams::{Input, Streams};

use self::deaf::Deaf;
use self::idler::Idler;
use crate::scripted::Caught;
use crate::support::certificates::World as Certificates;

/// A clock that each look at it moves on by a millisecond: whatever is done takes time.
struct Busy(Mutex<Instant>);

impl Clock for Busy {
    fn now(&self) -> Instant {
        let mut now = self.0.lock().unwrap();
        *now += Duration::from_millis(1);
        *now
    }

    /// Sometime in November 2026, when certificates are valid.
    fn wall(&self) -> Duration {
        Duration::from_secs(1_795_000_000)
    }

    fn pause(&self, until: Instant) {
        let mut now = self.0.lock().unwrap();
        *now = until.max(*now);
    }
}

/// One server that follows these steps.
struct Server(Arc<Busy>, Vec<Step>);

impl Dialler for Server {
    fn dial(&self, peer: &Peer, _until: Option<Instant>) -> io::Result<Box<dyn Wire>> {
        let wire = ScriptedWire::new(self.1.clone(), self.0.clone()).leading_to(peer);
        Ok(Box::new(wire))
    }
}

/// The exit status and standard output of a run that meets this server.
fn run(words: &[&str], stdin: Input, steps: Vec<Step>) -> (u8, Vec<u8>) {
    run_with(words, stdin, |clock| Arc::new(Server(clock, steps)))
}

fn run_with(
    words: &[&str],
    stdin: Input,
    server: impl FnOnce(Arc<Busy>) -> Arc<dyn Dialler>,
) -> (u8, Vec<u8>) {
    let clock = Arc::new(Busy(Mutex::new(SystemClock.now())));
    let (stdout, stderr) = (Caught::default(), Caught::default());
    let world = World {
        environment: Environment::default(),
        streams: Streams {
            stdin,
            stdout: stdout.console(),
            stderr: stderr.console(),
        },
        sockets: Sockets::Scripted(server(clock.clone())),
        clock,
        noise: Box::new(|octets| {
            octets.fill(0);
            Ok(())
        }),
        secret_line: Box::new(|| None),
    };
    let words: Vec<OsString> = words.iter().map(OsString::from).collect();
    let exit = rcurl::run(&words, world) as u8;
    (exit, stdout.octets())
}

fn head(text: &str) -> [Step; 2] {
    let head = format!("{}\r\n\r\n", text.replace('\n', "\r\n"));
    [
        Step::Await(b"\r\n\r\n".to_vec()),
        Step::Say(head.into_bytes()),
    ]
}

#[test]
fn a_flood_of_content_does_not_outlast_the_time() {
    let mut steps = Vec::from(head("HTTP/1.1 200 OK"));
    steps.extend(vec![Step::Say(b"x".to_vec()); 5000]);
    let nothing = Input::new(io::empty());
    let (exit, content) = run(&["-m", "1", "http://127.0.0.1/"], nothing, steps);
    assert_eq!(exit, 28);
    assert!(content.len() < 1000, "{}", content.len());
}

#[test]
fn an_endless_upload_hears_the_answer() {
    let steps = head("HTTP/1.1 413 Content Too Large\nContent-Length: 0");
    let endless = Input::new(io::repeat(b'x'));
    let words = [
        "-T",
        "-",
        "-H",
        "Expect:",
        "-w",
        "%{http_code}",
        "http://127.0.0.1/",
    ];
    assert_eq!(run(&words, endless, steps.into()), (0, b"413".to_vec()));
}

#[test]
fn a_flood_of_session_tickets_does_not_outlast_the_time() {
    let certificates = Certificates::new();
    let issued = certificates.issue(&["127.0.0.1"], |_| {});
    let ca = certificates.folder.path().join("ca.pem");
    let words = [
        "-m",
        "1",
        "--cacert",
        ca.to_str().unwrap(),
        "https://127.0.0.1/",
    ];
    let nothing = Input::new(io::empty());
    let server = |clock: Arc<Busy>| Arc::new(Idler::new(clock, &issued)) as Arc<dyn Dialler>;
    assert_eq!(run_with(&words, nothing, server), (28, Vec::new()));
}

/// Each of these bodies ends in the queue of a wire that takes no more of it.
#[test]
fn a_refused_body_that_is_never_taken_holds_nothing_up() {
    let body = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(body.path(), "x".repeat(100_000)).unwrap();
    let file = body.path().to_str().unwrap();
    let data = format!("@{file}");
    let refused = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig";
    let moved = "HTTP/1.1 307 Temporary Redirect\r\nLocation: /\r\nContent-Length: 0\r\n\r\n";
    let next = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnext";
    let told = ["-m", "9", "-w", " %{http_code} %{num_connects} "];
    let url = "http://127.0.0.1/";
    for takes in [1000, 70_000, 100_000] {
        for upload in [["-T", file], ["--data-binary", &data]] {
            let check = |more: &[&str], answers: [&'static str; 2], expected: &str| {
                let first = [&["-H", "Expect:"], &upload[..], &told, &[url]];
                let words = [&first.concat(), more].concat();
                let deaf = |clock: Arc<Busy>| {
                    let answers = Mutex::new(Vec::from(answers).into_iter());
                    Arc::new(Deaf {
                        clock,
                        answers,
                        takes,
                    }) as Arc<dyn Dialler>
                };
                let (exit, shown) = run_with(&words, Input::new(io::empty()), deaf);
                let shown = String::from_utf8(shown).unwrap();
                assert_eq!((exit, shown.as_str()), (0, expected), "{takes} {words:?}");
            };
            check(&["-L"], [moved, refused], "big 413 2 ");
            // The connection is of no more use.
            let then = [&["--next"], &told[..], &[url]].concat();
            check(&then, [refused, next], "big 413 1 next 200 1 ");
        }
    }
}
