//! Content that goes past the program: into pipes, and into nothing.

use std::io::Read as _;
use std::process::{ChildStdout, Command};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rcurl::cli::{Asked, parse};
use rcurl::clock::{Clock as _, SystemClock};
use rcurl::environment::Environment;
use rcurl::error::Exit;
use rcurl::event::{Bytes, Direction, Event, Happening, Interest, Observer, Tap};
use rcurl::http1::Role;
use rcurl::net::{Network, Surroundings};
use rcurl::streams::{Console, Input, Streams};
use rcurl::transfer::batch;
use rcurl::transfer::job::Shared;
use rcurl::transfer::memory::Memory;

use super::secured::world;
use super::{MIB, octets};
use crate::support::certificates::server_config;
use crate::support::program::{end, rcurl, run};
use crate::support::server::{Server, Talk, response};

/// Lengths on both sides of what decides which way content goes.
const LENGTHS: [usize; 8] = [
    0,
    1,
    16 * 1024,
    64 * 1024 - 1,
    64 * 1024 + 1,
    MIB - 1,
    MIB + 1,
    5 * MIB + 17,
];

/// Answers `/kind/length`, as long as the connection lives.
fn answer(talk: &mut Talk) {
    while let Some((head, _)) = talk.request() {
        let path = head.split(' ').nth(1).unwrap();
        let (kind, length) = path[1..].split_once('/').unwrap();
        let length: usize = length.parse().unwrap();
        let content = match kind {
            "zeros" => vec![0; length],
            _ => octets(length),
        };
        match kind {
            "whole" | "zeros" => talk.say(response("200 OK", "", content)),
            "apart" => {
                talk.say(format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n"));
                talk.say("\r\n");
                for part in content.chunks(100_000) {
                    talk.say(part);
                }
            }
            "chunks" => {
                talk.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                for part in content.chunks(70_000) {
                    talk.say(format!("{:x}\r\n", part.len()));
                    talk.say([part, b"\r\n"].concat());
                }
                talk.say("0\r\n\r\n");
            }
            "moved" => {
                let fields = "Location: /whole/3\r\n";
                talk.say(response("302 Found", fields, content));
            }
            // Without a length, or with one that is never reached.
            "close" | "cut" => {
                let fields = match kind {
                    "cut" => format!("Content-Length: {}\r\n", length + 1000),
                    _ => String::new(),
                };
                talk.say(format!("HTTP/1.1 200 OK\r\n{fields}\r\n"));
                talk.say(content);
                talk.close();
                return;
            }
            other => panic!("{other} is not known here"),
        }
    }
}

#[test]
fn a_pipe_gets_content_of_any_length_unchanged() {
    for kind in ["whole", "apart", "chunks", "close"] {
        for length in LENGTHS {
            let server = Server::new(answer);
            let (first, second) = (format!("/{kind}/{length}"), "/whole/7");
            let ended = run(rcurl(&["-sS", &server.url(&first), &server.url(second)]));
            assert_eq!(
                (ended.exit, ended.stderr.as_str()),
                (Some(0), ""),
                "{first}"
            );
            assert!(
                ended.stdout == [octets(length), octets(7)].concat(),
                "{first}"
            );
            let connections = if kind == "close" { 2 } else { 1 };
            assert_eq!(server.heard().len(), connections, "{first}");
        }
    }
}

#[test]
fn content_for_nobody_is_counted_and_nothing_more_is_taken() {
    for kind in ["whole", "apart", "chunks", "moved"] {
        for length in LENGTHS {
            for null in [&["-o", "/dev/null"][..], &["--out-null"]] {
                let server = Server::new(answer);
                let first = server.url(&format!("/{kind}/{length}"));
                let second = server.url("/whole/7");
                let words = ["-sS", "-L", "-w", "%{size_download} ", &first];
                let ended = run(rcurl(&[&words[..], null, &[&second]].concat()));
                let size = if kind == "moved" { 3 } else { length };
                let expected = [format!("{size} ").as_bytes(), &octets(7), b"7 "].concat();
                assert_eq!(
                    (ended.exit, ended.stderr.as_str()),
                    (Some(0), ""),
                    "{first}"
                );
                assert!(ended.stdout == expected, "{first}");
                assert_eq!(server.heard().len(), 1, "{first}");
            }
        }
    }
}

#[test]
fn content_that_breaks_off_is_told_to_the_octet() {
    let server = Server::new(answer);
    for length in [1000, 3 * MIB] {
        let url = server.url(&format!("/cut/{length}"));
        for (words, expected) in [
            (&["-sS"][..], octets(length)),
            (&["-sS", "--out-null"], vec![]),
        ] {
            let ended = run(rcurl(
                &[words, &["-w", "%{stderr}%{size_download}", &url]].concat(),
            ));
            let message = "rcurl: (18) end of response with 1000 bytes missing\n";
            assert_eq!(ended.exit, Some(18), "{words:?}");
            assert_eq!(ended.stderr, format!("{message}{length}"), "{words:?}");
            assert!(ended.stdout == expected, "{words:?} {length}");
        }
    }
}

/// Starts a command and takes its standard output.
fn started(mut command: Command) -> (std::process::Child, ChildStdout) {
    let mut child = command.spawn().unwrap();
    let stdout = child.stdout.take().unwrap();
    (child, stdout)
}

#[test]
fn a_slow_reader_gets_everything() {
    let server = Server::new(answer);
    let (child, mut stdout) = started(rcurl(&["-sS", &server.url("/whole/6000000")]));
    let mut came = Vec::new();
    let mut some = vec![0; 50_000];
    loop {
        // Long enough for the pipe to fill up, now and then.
        let now = SystemClock.now();
        SystemClock.pause(now + Duration::from_millis(5));
        match stdout.read(&mut some).unwrap() {
            0 => break,
            count => came.extend_from_slice(&some[..count]),
        }
    }
    let ended = end(child);
    assert_eq!((ended.exit, ended.stderr.as_str()), (Some(0), ""));
    assert!(came == octets(6_000_000), "{} octets came", came.len());
}

#[test]
fn a_reader_that_goes_away_ends_the_transfer() {
    let server = Server::new(answer);
    for kind in ["whole", "close", "chunks"] {
        let url = server.url(&format!("/{kind}/8000000"));
        let (child, mut stdout) = started(rcurl(&["-sS", &url]));
        stdout.read_exact(&mut vec![0; 100_000]).unwrap();
        drop(stdout);
        let ended = end(child);
        assert_eq!(ended.exit, Some(23), "{kind}: {}", ended.stderr);
        let message = "rcurl: (23) Failure writing output to destination: Broken pipe\n";
        assert_eq!(ended.stderr, message, "{kind}");
    }
}

#[test]
fn the_time_passes_while_nobody_reads() {
    let server = Server::new(answer);
    let (child, stdout) = started(rcurl(&["-sS", "-m", "2", &server.url("/zeros/50000000")]));
    let ended = end(child);
    drop(stdout);
    assert_eq!(ended.exit, Some(28), "{}", ended.stderr);
    assert!(
        ended.stderr.contains(" out of 50000000 bytes received"),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_pipe_is_filled_no_faster_than_allowed() {
    let server = Server::new(answer);
    let url = server.url("/whole/3000000");
    let ended = run(rcurl(&["-sS", "-m", "1.5", "--limit-rate", "500K", &url]));
    assert_eq!(ended.exit, Some(28), "{}", ended.stderr);
    let came = ended.stdout.len();
    assert!(came < 1_500_000, "{came} octets came in little time");
    assert!(ended.stdout == octets(3_000_000)[..came]);
}

/// Notes for each piece of content whether its octets were seen.
struct Notes {
    flow: Direction,
    seen: Arc<Mutex<Vec<(bool, u64)>>>,
    interest: Interest,
}

impl Observer for Notes {
    fn observe(&mut self, event: &Event<'_>) {
        if let Happening::Piece {
            direction,
            role: Role::Content,
            bytes,
            ..
        } = &event.what
            && *direction == self.flow
        {
            let seen = matches!(bytes, Bytes::Seen(_));
            self.seen.lock().unwrap().push((seen, bytes.count()));
        }
    }

    fn wants(&self) -> Interest {
        self.interest
    }
}

/// Runs a command line with a pipe as standard output; gives what views were told of content that
/// flows this way.
pub(super) fn watched(words: &[&str], interest: Interest, flow: Direction) -> Vec<(bool, u64)> {
    let words: Vec<_> = words.iter().map(Into::into).collect();
    let Ok(Asked::Run(plan)) = parse(&words, &Environment::default(), &mut std::io::empty()) else {
        panic!("{words:?} is no plan");
    };
    let (mut reader, writer) = std::io::pipe().unwrap();
    let drain = thread::spawn(move || std::io::copy(&mut reader, &mut std::io::sink()));
    let streams = Streams {
        stdin: Input::new(std::io::empty()),
        stdout: Console::from_file(std::fs::File::from(std::os::fd::OwnedFd::from(writer))),
        stderr: Console::new(std::io::stderr()),
    };
    let shared = Shared {
        environment: Environment::default(),
        network: Network::new(Surroundings::default()),
        memory: Memory::default(),
        streams,
        noise: Box::new(|_| Ok(())),
    };
    let seen = Arc::<Mutex<Vec<_>>>::default();
    let notes = Notes {
        flow,
        seen: seen.clone(),
        interest,
    };
    let tap = Tap::new(Arc::new(SystemClock), vec![Box::new(notes)]);
    assert_eq!(batch::run(&plan, &shared, &tap), Exit::Ok);
    drop(shared);
    drain.join().unwrap().unwrap();
    let seen = seen.lock().unwrap().clone();
    assert_eq!(seen.iter().map(|(_, count)| count).sum::<u64>(), 3_000_000);
    seen
}

#[cfg(target_os = "linux")]
#[test]
fn content_goes_unseen_only_where_nobody_wants_it_and_nothing_is_in_the_way() {
    let plain = Server::new(answer);
    let (world, ca) = world();
    let secure = Server::tls(server_config(&world.issue(&["a.test"], |_| {})), answer);
    let resolve = format!("a.test:{}:127.0.0.1", secure.port());
    let whole = plain.url("/whole/3000000");
    let secret = secure.url_by("a.test", "/whole/3000000");
    let nobody = Interest::default();
    let somebody = Interest {
        content: true,
        ..nobody
    };
    let received = |words: &[&str], interest| watched(words, interest, Direction::In);
    let all_seen = |seen: &[(bool, u64)]| seen.iter().all(|(seen, _)| *seen);
    for words in [&["-q", &whole][..], &["-q", "-o", "/dev/null", &whole]] {
        assert!(!all_seen(&received(words, nobody)), "{words:?}");
        assert!(all_seen(&received(words, somebody)), "{words:?}");
    }
    let tls = ["-q", "--cacert", &ca, "--resolve", &resolve, &secret];
    let file = tempfile::NamedTempFile::new().unwrap();
    let file = file.path().to_str().unwrap();
    for words in [
        &tls[..],
        &["-q", "-o", file, &whole],
        &["-q", "--max-filesize", "4000000", &whole],
    ] {
        assert!(all_seen(&received(words, nobody)), "{words:?}");
    }
}
