//! What is sent when a transfer is tried again.

use std::fs::{self, File};
use std::io::{Seek as _, SeekFrom};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use tempfile::TempDir;

use super::unchunked;
use crate::support::program::{Ended, rcurl, run, run_with};
use crate::support::server::{Server, Talk, field, response};

const GONE: &str = "rcurl: (65) necessary data rewind was not possible\n";

/// What the request brought, free of chunks.
fn body(talk: &mut Talk) -> Option<Vec<u8>> {
    let (head, body) = talk.request()?;
    let chunked = field(&head, "transfer-encoding").is_some();
    Some(if chunked { unchunked(&body) } else { body })
}

/// Gives these answers, one connection each, and keeps every body.
fn answering(answers: &'static [&'static str]) -> (Server, Receiver<Vec<u8>>) {
    let (bodies, kept) = channel();
    let left = Arc::new(Mutex::new((bodies, answers.iter())));
    let server = Server::new(move |talk| {
        let sent = body(talk).unwrap();
        let mut left = left.lock().unwrap();
        left.0.send(sent).unwrap();
        let fields = "Connection: close\r\nLocation: /elsewhere\r\n";
        talk.say(response(left.1.next().unwrap(), fields, ""));
    });
    (server, kept)
}

fn words<'a>(options: &[&'a str], url: &'a str) -> Vec<&'a str> {
    let common = ["-sS", "--retry", "1", "--retry-delay", "0.01"];
    [&common[..], options, &[url]].concat()
}

fn told(ended: &Ended) -> (Option<i32>, &str) {
    (ended.exit, &ended.stderr)
}

#[test]
fn a_retry_does_not_send_the_rest_of_a_pipe_as_if_it_were_the_whole() {
    let (server, bodies) = answering(&["503 Busy", "200 OK"]);
    let url = server.url("/up");
    let ended = run_with(rcurl(&words(&["-T", "-"], &url)), b"hello".into());
    assert_eq!(told(&ended), (Some(65), GONE));
    assert_eq!(bodies.try_iter().collect::<Vec<_>>(), [b"hello"]);
}

#[test]
fn a_retry_reads_a_file_at_standard_input_again_from_where_it_began() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("sent");
    fs::write(&path, "read before\nhello\n").unwrap();
    for option in [["-T", "-"], ["-F", "x=@-"]] {
        let (server, bodies) = answering(&["503 Busy", "200 OK"]);
        let url = server.url("/up");
        let mut file = File::open(&path).unwrap();
        file.seek(SeekFrom::Start(12)).unwrap();
        let mut command = rcurl(&words(&option, &url));
        command.stdin(file);
        assert_eq!(told(&run(command)), (Some(0), ""), "{option:?}");
        let sent: Vec<_> = bodies.try_iter().collect();
        let text = String::from_utf8_lossy(&sent[0]);
        assert!(text.contains("hello\n"), "{text}");
        assert!(!text.contains("read before"), "{text}");
        assert_eq!(sent, [sent[0].clone(), sent[0].clone()]);
    }
}

#[test]
fn a_retry_sends_a_form_with_what_came_through_a_pipe() {
    let (server, bodies) = answering(&["503 Busy", "200 OK"]);
    let url = server.url("/up");
    let ended = run_with(rcurl(&words(&["-F", "x=@-"], &url)), b"hello".into());
    assert_eq!(told(&ended), (Some(0), ""));
    let sent: Vec<_> = bodies.try_iter().collect();
    assert!(String::from_utf8_lossy(&sent[1]).contains("\r\n\r\nhello\r\n"));
    assert_eq!(sent[0], sent[1]);
}

#[test]
fn a_retry_sends_again_what_a_redirect_had_dropped() {
    let (server, bodies) = answering(&["303 Over There", "503 Busy", "303 Over There", "200 OK"]);
    let url = server.url("/up");
    let ended = run_with(rcurl(&words(&["-L", "-F", "x=<-"], &url)), b"hello".into());
    assert_eq!(told(&ended), (Some(0), ""));
    let sent: Vec<_> = bodies.try_iter().collect();
    assert!(String::from_utf8_lossy(&sent[0]).contains("\r\n\r\nhello\r\n"));
    assert_eq!(sent, [sent[0].clone(), vec![], sent[0].clone(), vec![]]);
}

#[test]
fn a_retry_sends_a_pipe_of_which_nothing_was_read() {
    let (bodies, kept) = channel();
    let asked = Mutex::new(0);
    let server = Server::new(move |talk| {
        let mut asked = asked.lock().unwrap();
        *asked += 1;
        if *asked == 1 {
            talk.head();
        } else {
            bodies.send(body(talk).unwrap()).unwrap();
        }
        let status = if *asked == 1 { "503 Busy" } else { "200 OK" };
        talk.say(response(status, "Connection: close\r\n", ""));
    });
    let url = server.url("/up");
    // It asks for leave before it reads.
    let line = words(&["-T", "-", "--expect100-timeout", "60"], &url);
    let ended = run_with(rcurl(&line), b"hello".into());
    assert_eq!(told(&ended), (Some(0), ""));
    assert_eq!(kept.try_iter().collect::<Vec<_>>(), [b"hello"]);
}

#[test]
fn a_retry_does_not_wait_for_another_writer_of_a_named_pipe() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("pipe");
    rustix::fs::mkfifoat(rustix::fs::CWD, &path, rustix::fs::Mode::RWXU).unwrap();
    let (server, bodies) = answering(&["503 Busy", "200 OK"]);
    let (url, name) = (server.url("/up"), path.to_str().unwrap());
    let writer = {
        let path = path.clone();
        thread::spawn(move || fs::write(path, "hello").unwrap())
    };
    let ended = run(rcurl(&words(&["-T", name], &url)));
    writer.join().unwrap();
    assert_eq!(told(&ended), (Some(65), GONE));
    assert_eq!(bodies.try_iter().collect::<Vec<_>>(), [b"hello"]);
}
