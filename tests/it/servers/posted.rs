//! Content of files that the kernel is left to send.

use std::fs::{self, File, OpenOptions};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rcurl::clock::{Clock as _, SystemClock};
use rcurl::event::Direction;
#[cfg(target_os = "linux")]
use rcurl::event::Interest;
use tempfile::NamedTempFile;

#[cfg(target_os = "linux")]
use super::secured::world;
#[cfg(target_os = "linux")]
use super::unseen::watched;
use super::{MIB, octets};
#[cfg(target_os = "linux")]
use crate::support::certificates::server_config;
use crate::support::program::{rcurl, run};
use crate::support::server::{Server, Talk, field, response};

/// Lengths on both sides of what decides who sends.
const LENGTHS: [usize; 7] = [
    0,
    1,
    64 * 1024 - 1,
    128 * 1024 + 1,
    MIB,
    MIB + 1,
    5 * MIB + 17,
];

fn file_with(content: &[u8]) -> (NamedTempFile, String) {
    let file = NamedTempFile::new().unwrap();
    fs::write(file.path(), content).unwrap();
    let name = file.path().to_str().unwrap().to_owned();
    (file, name)
}

/// Keeps every body, and is content with it.
fn keeper() -> (Server, Receiver<Vec<u8>>) {
    let (bodies, kept) = channel();
    let bodies = Mutex::new(bodies);
    let server = Server::new(move |talk| {
        while let Some((_, body)) = talk.request() {
            bodies.lock().unwrap().send(body).unwrap();
            talk.say(response("200 OK", "", ""));
        }
    });
    (server, kept)
}

#[test]
fn a_file_of_any_length_arrives_unchanged() {
    let (server, bodies) = keeper();
    for length in LENGTHS {
        let sent = octets(length);
        let (_file, name) = file_with(&sent);
        let from = length.min(70_000) / 2;
        for (resumed, expected) in [("0", &sent[..]), (&from.to_string(), &sent[from..])] {
            let words = ["-sS", "-w", "%{size_upload}", "-C", resumed, "-T", &name];
            let ended = run(rcurl(&[&words[..], &[&server.url("/up")]].concat()));
            assert_eq!((ended.exit, ended.stderr.as_str()), (Some(0), ""));
            let count = expected.len().to_string();
            assert_eq!(String::from_utf8_lossy(&ended.stdout), count);
            assert!(bodies.recv().unwrap() == expected, "{length} {resumed}");
        }
    }
}

#[test]
fn files_in_a_form_arrive_in_their_places() {
    let (server, bodies) = keeper();
    let (first, second) = (octets(2 * MIB + 3), octets(100));
    let files = [file_with(&first), file_with(&second), file_with(&first)];
    let part = |at: usize| format!("f{at}=@{};filename=n", files[at].1);
    let parts = [part(0), part(1), part(2)];
    let mut words = vec!["-sS"];
    for part in ["a=b", &parts[0], &parts[1], &parts[2], "c=d"] {
        words.extend(["-F", part]);
    }
    let url = server.url("/");
    let ended = run(rcurl(&[&words[..], &[&url]].concat()));
    assert_eq!((ended.exit, ended.stderr.as_str()), (Some(0), ""));
    let body = bodies.recv().unwrap();
    let line_end = body.iter().position(|&octet| octet == b'\r').unwrap();
    let delimiter = String::from_utf8_lossy(&body[..line_end]);
    let of_file = |at: usize, content: &[u8]| {
        let disposition = format!("form-data; name=\"f{at}\"; filename=\"n\"");
        let media = "application/octet-stream";
        let head = format!(
            "{delimiter}\r\nContent-Disposition: {disposition}\r\nContent-Type: {media}\r\n\r\n"
        );
        [head.as_bytes(), content, b"\r\n"].concat()
    };
    let of_text = |name: &str, value: &str| {
        let disposition = format!("form-data; name=\"{name}\"");
        format!("{delimiter}\r\nContent-Disposition: {disposition}\r\n\r\n{value}\r\n")
    };
    let expected = [
        of_text("a", "b").as_bytes(),
        &of_file(0, &first),
        &of_file(1, &second),
        &of_file(2, &first),
        of_text("c", "d").as_bytes(),
        format!("{delimiter}--\r\n").as_bytes(),
    ]
    .concat();
    assert!(body == expected, "{} octets came", body.len());
}

#[test]
fn a_file_is_sent_again_where_its_request_is_redirected() {
    let sent = octets(3 * MIB);
    let (_file, name) = file_with(&sent);
    let bodies = Arc::new(Mutex::new(Vec::new()));
    let kept = bodies.clone();
    let server = Server::new(move |talk| {
        while let Some((head, body)) = talk.request() {
            kept.lock().unwrap().push(body);
            talk.say(if head.starts_with("PUT /first ") {
                response("307 Temporary Redirect", "Location: /second\r\n", "")
            } else {
                response("200 OK", "", "")
            });
        }
    });
    let ended = run(rcurl(&["-sSL", "-T", &name, &server.url("/first")]));
    assert_eq!((ended.exit, ended.stderr.as_str()), (Some(0), ""));
    assert!(*bodies.lock().unwrap() == [sent.clone(), sent]);
}

/// Reads the head and lets the body come.
fn grant(talk: &mut Talk) -> usize {
    let head = talk.head();
    talk.say("HTTP/1.1 100 Continue\r\n\r\n");
    field(&head, "content-length").unwrap().parse().unwrap()
}

#[test]
fn a_slow_server_is_waited_for() {
    let sent = octets(9 * MIB);
    let (_file, name) = file_with(&sent);
    let (bodies, kept) = channel();
    let bodies = Mutex::new(bodies);
    let server = Server::new(move |talk| {
        let length = grant(talk);
        let mut body = Vec::new();
        while body.len() < length {
            if body.len() < 5 * MIB {
                // Long enough for the socket to fill up, now and then.
                let now = SystemClock.now();
                SystemClock.pause(now + Duration::from_millis(2));
            }
            let some = talk.some();
            assert!(!some.is_empty(), "{} octets came", body.len());
            body.extend(some);
        }
        bodies.lock().unwrap().send(body).unwrap();
        talk.say(response("200 OK", "", "all of it\n"));
    });
    let ended = run(rcurl(&["-sS", "-T", &name, &server.url("/")]));
    assert_eq!((ended.exit, ended.stderr.as_str()), (Some(0), ""));
    assert_eq!(ended.stdout, b"all of it\n");
    assert!(kept.recv().unwrap() == sent);
}

#[test]
fn a_server_that_takes_nothing_more_does_not_outlast_the_time() {
    let (_file, name) = file_with(&[]);
    File::create(&name).unwrap().set_len(50_000_000).unwrap();
    let server = Server::new(|talk| {
        grant(talk);
        let now = SystemClock.now();
        SystemClock.pause(now + Duration::from_secs(10));
    });
    let ended = run(rcurl(&["-sS", "-m", "1", "-T", &name, &server.url("/")]));
    assert_eq!(ended.exit, Some(28), "{}", ended.stderr);
}

#[test]
fn a_file_that_shrinks_while_it_is_sent_is_told() {
    let (file, name) = file_with(&[]);
    let whole = 50_000_000;
    file.as_file().set_len(whole).unwrap();
    let path = name.clone();
    let server = Server::new(move |talk| {
        grant(talk);
        talk.some();
        let file = OpenOptions::new().write(true).open(&path).unwrap();
        file.set_len(1000).unwrap();
        talk.drain();
    });
    let ended = run(rcurl(&["-sS", "-T", &name, &server.url("/")]));
    assert_eq!(ended.exit, Some(26), "{}", ended.stderr);
    let begin = "rcurl: (26) client read function EOF fail, only ";
    let end = format!("/{whole} of needed bytes read\n");
    assert!(ended.stderr.starts_with(begin), "{}", ended.stderr);
    assert!(ended.stderr.ends_with(&end), "{}", ended.stderr);
}

#[test]
fn a_file_goes_out_no_faster_than_allowed() {
    let (server, _bodies) = keeper();
    let (_file, name) = file_with(&octets(3 * MIB));
    let words = ["-sS", "-m", "1.5", "--limit-rate", "500K", "-T", &name];
    let ended = run(rcurl(&[&words[..], &[&server.url("/")]].concat()));
    assert_eq!(ended.exit, Some(28), "{}", ended.stderr);
    let came: usize = server.heard().iter().map(Vec::len).sum();
    assert!(came < 1_500_000, "{came} octets came in little time");
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_goes_out_unseen_only_where_nobody_wants_to_see_it_and_nothing_is_in_the_way() {
    let (server, _bodies) = keeper();
    let (world, ca) = world();
    let config = server_config(&world.issue(&["a.test"], |_| {}));
    let secure = Server::tls(config, |talk| {
        while talk.request().is_some() {
            talk.say(response("200 OK", "", ""));
        }
    });
    let resolve = format!("a.test:{}:127.0.0.1", secure.port());
    let (_file, name) = file_with(&octets(3_000_000));
    let (url, secret) = (server.url("/"), secure.url_by("a.test", "/"));
    let nobody = Interest::default();
    let somebody = Interest {
        content: true,
        ..nobody
    };
    let sent = |words: &[&str], interest| {
        let pieces = watched(words, interest, Direction::Out);
        pieces.iter().all(|(seen, _)| *seen)
    };
    let plain = ["-q", "-T", &name, &url];
    assert!(!sent(&plain, nobody));
    assert!(sent(&plain, somebody));
    let tls = [
        "-q",
        "--cacert",
        &ca,
        "--resolve",
        &resolve,
        "-T",
        &name,
        &secret,
    ];
    assert!(sent(&tls, nobody));
    let chunked = ["-q", "-H", "Transfer-Encoding: chunked", "-T", &name, &url];
    assert!(sent(&chunked, nobody));
}
