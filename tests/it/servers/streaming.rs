//! Lines and events that come one by one: each is shown before the server goes on.

use std::io::Read as _;
use std::sync::{Mutex, mpsc};
use std::thread;

use crate::support::program::{end, rcurl};
use crate::support::server::Server;

/// A server that says each of these pieces only when what it made of the one before has been seen.
#[track_caller]
fn check(content_type: &'static str, pieces: &'static [(&'static str, &'static str)]) {
    let (seen, go_on) = mpsc::channel::<()>();
    let go_on = Mutex::new(go_on);
    let server = Server::new(move |talk| {
        talk.head();
        talk.say(format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\n\r\n"
        ));
        for (piece, _) in pieces {
            talk.say(piece);
            if go_on.lock().unwrap().recv().is_err() {
                return;
            }
        }
    });
    let url = server.url("/");
    // A run that holds back what it has is over after a while, and has failed.
    let mut child = rcurl(&["-sS", "--pretty", "-m", "20", &url])
        .spawn()
        .unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let reader = thread::spawn(move || {
        for (_, shown) in pieces {
            let mut octets = vec![0; shown.len()];
            if stdout.read_exact(&mut octets).is_err() {
                return Err(shown);
            }
            assert_eq!(String::from_utf8_lossy(&octets), *shown);
            let _ = seen.send(());
        }
        Ok(())
    });
    assert_eq!(reader.join().unwrap(), Ok(()), "not shown when it came");
    let ended = end(child);
    assert_eq!((ended.exit, ended.stderr.as_str()), (Some(0), ""));
}

#[test]
fn a_line_of_ndjson_is_shown_before_the_next_one_comes() {
    check(
        "application/x-ndjson",
        &[
            ("{\"a\":1}\n", "{\n  \"a\": 1\n}\n"),
            ("[]\n{\"b", "[]\n"),
            ("\":[]}\n", "{\n  \"b\": []\n}\n"),
            ("{no}\n", "{no}\n"),
        ],
    );
}

#[test]
fn an_event_is_shown_before_the_next_one_comes() {
    check(
        "text/event-stream",
        &[
            (": ping\n\n", ": ping\n\n"),
            (
                "event: tick\ndata: {\"a\":1}\n\n",
                "event: tick\ndata: {\ndata:   \"a\": 1\ndata: }\n\n",
            ),
            ("data: text", "data: text"),
            ("\r\n\r\n", "\r\n\r\n"),
        ],
    );
}
