//! What holds of every transcript, whatever was said.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use rcurl::event::{Direction, Happening, Layer};
use rcurl::http1::{Connection, Framing, Settings, Signal};
use rcurl::net::Step;
use rcurl::plan::{Mask, When};

use super::{response, told, told_with};
use crate::scripted::Stage;
use crate::support::chance::chance;
use crate::support::stage::{Meeting, Scene};

/// Plays a response of these octets, cut into reads.
fn hear(stage: &mut Stage, octets: &[u8], sizes: &[usize]) {
    stage.start("http://localhost:40000/");
    stage.connect();
    stage.send("GET / HTTP/1.1\r\nHost: localhost:40000\r\n\r\n", "");
    let mut http = Connection::new(Settings::default());
    http.send_head("GET", Framing::None).unwrap();
    let mut rest = octets;
    for size in sizes.iter().chain(&[usize::MAX]) {
        let (read, after) = rest.split_at((*size).min(rest.len()));
        rest = after;
        stage.batch(Direction::In, Layer::Http, read.len());
        if !take(stage, &mut http, read) {
            break;
        }
    }
    stage.emit(Happening::Exchanged);
    stage.finish(Ok(()));
}

/// Tells what a read is; false when reading is over.
fn take(stage: &Stage, http: &mut Connection, mut read: &[u8]) -> bool {
    loop {
        let Ok((taken, signal)) = http.receive(read) else {
            return false;
        };
        match signal {
            Signal::NeedMore => return true,
            Signal::End | Signal::Switched => return false,
            Signal::Piece(role, octets) => stage.piece(Direction::In, Layer::Http, role, octets),
            Signal::Violated(violation) => stage.emit(Happening::Violated {
                violation: &violation,
            }),
            Signal::Interim(head) | Signal::Final(head) => {
                stage.emit(Happening::HeadReceived { head: &head });
            }
        }
        read = &read[taken..];
    }
}

/// Words that have marks, or may come to have them.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("2026-11-21T09:30:00Z".to_owned()),
        Just("Sat, 21 Nov 2026 09:30:00 GMT".to_owned()),
        Just("1795253400".to_owned()),
        Just("0f8fad5b-d9cb-469f-a165-70867728950e".to_owned()),
        Just("7c9e6679-7425-40de-944b-e07fc1f90ae7".to_owned()),
        Just("localhost:40000".to_owned()),
        Just("[::1]:40001".to_owned()),
        Just("port: 5000".to_owned()),
        Just("rcurl/0.1.0".to_owned()),
        Just("nonce=\"abcdefgh\"".to_owned()),
        Just("<id 1> <date>".to_owned()),
        Just("password=hunter2&".to_owned()),
        Just("{\"a\": \"x\", \"token\": \"abcdefgh\"}".to_owned()),
        Just("--abcdefgh".to_owned()),
        Just("\n".to_owned()),
        Just("\r\n".to_owned()),
        "[ -~]{0,6}",
        any::<String>(),
    ]
}

fn field_line() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        Just("X-Request-Id"),
        Just("ETag"),
        Just("WWW-Authenticate"),
        Just("Set-Cookie"),
        Just("Content-Digest"),
        Just("X-Other"),
        Just("Location"),
    ];
    let value = word().prop_map(|word| word.replace(|c: char| c.is_control(), ""));
    (name, value).prop_map(|(name, value)| format!("{name}: {value}\r\n"))
}

fn message() -> impl Strategy<Value = Vec<u8>> {
    let media_type = prop_oneof![
        Just(""),
        Just("Content-Type: application/json\r\n"),
        Just("Content-Type: multipart/form-data; boundary=abcdefgh\r\n"),
        Just("Content-Type: text/event-stream\r\n"),
        Just("Content-Type: application/x-ndjson\r\n"),
        Just("Content-Encoding: gzip\r\n"),
    ];
    let content = vec(word(), 0..8).prop_map(|words| words.concat());
    (media_type, vec(field_line(), 0..4), content, any::<bool>()).prop_map(|(media_type, fields, content, chunked)| {
        let fields = fields.concat();
        let text = if chunked {
            format!(
                "HTTP/1.1 200 OK\r\n{media_type}{fields}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{content}\r\n0\r\nX-Request-Id: abc\r\n\r\n",
                content.len()
            )
        } else {
            format!("HTTP/1.1 200 OK\r\n{media_type}{fields}Content-Length: {}\r\n\r\n{content}", content.len())
        };
        text.into_bytes()
    })
}

proptest! {
    #![proptest_config(chance(100))]

    #[test]
    fn how_octets_came_together_changes_nothing(octets in message(), sizes in vec(1..30_usize, 0..40)) {
        let whole = told(|stage| hear(stage, &octets, &[]));
        let cut = told(|stage| hear(stage, &octets, &sizes));
        prop_assert_eq!(cut, whole);
    }

    #[test]
    fn a_transcript_is_lines_of_text_without_controls(octets in vec(any::<u8>(), 0..300)) {
        let head = b"HTTP/1.1 200 OK\r\nX: ";
        for octets in [octets.clone(), [head, &*octets].concat(), [head, &b"y\r\n\r\n"[..], &octets].concat()] {
            let text = told(|stage| hear(stage, &octets, &[]));
            prop_assert!(text.ends_with('\n'));
            prop_assert!(text.chars().all(|c| !c.is_control() || c == '\n' || c == '\t'), "{:?}", text);
            for line in text.lines() {
                let begins = ["* ", "> ", "< ", "} ", "{ ", "! "].iter().any(|mark| line.starts_with(mark));
                prop_assert!(begins || ["", "<", ">"].contains(&line), "{:?}", line);
            }
        }
    }

    #[test]
    fn masking_twice_is_masking_once(
        fields in vec(field_line(), 0..5),
        words in vec(word(), 0..8),
    ) {
        let (fields, content) = (fields.concat(), words.concat());
        let content = content.replace(|c: char| c.is_control() && c != '\n', "");
        let once = response(&[], &fields, &content);
        let inside = |line: &String| line.get(2..).unwrap_or_default().to_owned();
        let blank = once.iter().position(|line| line == "<").unwrap();
        let fields: Vec<_> = once[..blank].iter().map(|line| inside(line) + "\r\n").collect();
        let lines = once[blank + 1..].iter().filter(|line| line.starts_with('<'));
        let lines: Vec<_> = lines.map(|line| inside(line) + "\n").collect();
        let twice = response(&[], &fields.concat(), &lines.concat());
        let shown = |lines: &[String]| -> Vec<String> {
            lines.iter().filter(|line| line.starts_with('<')).cloned().collect()
        };
        prop_assert_eq!(shown(&twice), shown(&once));
    }

    #[test]
    fn masks_never_change_the_number_of_lines(
        octets in message(),
        path in "(\\.a|\\.\\.token|\\[\\*\\]|\\.\\*)",
        pattern in select(vec!["a", "[0-9]+", ".", r"\s+", ".*", "(x)|(y)", r"[^\n]*$"]),
    ) {
        let masks = [
            Mask::Json(rcurl::codec::json::Path::new(&path).unwrap()),
            Mask::Regex(rcurl::codec::pattern::Pattern::new(pattern).unwrap()),
            Mask::Header("x-other".to_owned()),
            Mask::Server,
        ];
        let bare = told_with(&[], When::Never, |stage| hear(stage, &octets, &[]));
        let masked = told_with(&masks, When::Never, |stage| hear(stage, &octets, &[]));
        prop_assert_eq!(masked.lines().count(), bare.lines().count(), "{}\n{}", bare, masked);
    }
}

/// A server's octets, said in pieces of this size.
fn said(octets: &[u8], size: usize) -> Vec<Step> {
    let mut steps = vec![Step::Await(b"\r\n\r\n".to_vec())];
    steps.extend(octets.chunks(size).map(|piece| Step::Say(piece.to_vec())));
    steps
}

#[test]
fn a_whole_run_gives_the_same_transcript_however_the_server_speaks() {
    let moved = b"HTTP/1.1 302 Found\r\nLocation: /next\r\nX-Request-Id: abcdefgh\r\nContent-Length: 6\r\n\r\nmoved\n";
    let done = b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\
                 Transfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n3;x=y\r\n[1]\r\n1\r\n}\r\n0\r\nSum: 9\r\n\r\n";
    let run = |size: usize| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("t");
        let words = [
            "-L",
            "-d",
            "a=b",
            "--post302",
            "--transcript",
            file.to_str().unwrap(),
            "http://127.0.0.1/",
        ];
        let scene = Scene {
            words: words.map(str::to_owned).to_vec(),
            meetings: vec![Meeting::Accepts(
                [said(moved, size), said(done, size)].concat(),
            )],
            ..Scene::default()
        };
        assert_eq!(scene.play().exit, 0);
        std::fs::read_to_string(file).unwrap()
    };
    let whole = run(usize::MAX);
    assert!(
        whole.contains("< HTTP/1.1 103 Early Hints") && whole.contains("< Sum: 9"),
        "{whole}"
    );
    for size in [1, 2, 3, 7, 50] {
        assert_eq!(run(size), whole, "pieces of {size}");
    }
}

#[test]
fn content_is_held_up_to_a_bound() {
    let lengths = [1024 * 1024, 1024 * 1024 + 1];
    for (length, shown) in lengths.into_iter().zip([true, false]) {
        let line = format!("{}\n", "x".repeat(63));
        let content = line.repeat(length / 64) + &line[..length % 64];
        let text = told(|stage| {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
            hear(stage, &[head.as_bytes(), content.as_bytes()].concat(), &[]);
        });
        assert_eq!(text.contains(&line), shown, "{length}");
        assert_eq!(
            text.contains(&format!("{{ [{length} bytes, SHA-256 ")),
            !shown,
            "{length}"
        );
    }
}

#[test]
fn all_contents_together_are_held_up_to_a_bound() {
    let content = format!("{}\n", "x".repeat(1_000_000));
    let text = told_with(&[], When::Never, |stage| {
        for transfer in 0..20 {
            stage.tap = stage.tap.for_transfer(transfer);
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
                content.len()
            );
            hear(stage, &[head.as_bytes(), content.as_bytes()].concat(), &[]);
        }
    });
    assert_eq!(text.matches("{ [1000001 bytes, SHA-256 ").count(), 4);
    assert!(text.len() < 17_000_000, "{}", text.len());
}

#[test]
fn transfers_at_the_same_time_stand_in_their_order() {
    let text = told(|stage| {
        let first = stage.tap.for_transfer(0);
        stage.tap = stage.tap.for_transfer(1);
        stage.start("http://localhost/second");
        let second = std::mem::replace(&mut stage.tap, first);
        stage.start("http://localhost/first");
        stage.send("GET /first HTTP/1.1\r\nX-Request-Id: one\r\n\r\n", "");
        let first = std::mem::replace(&mut stage.tap, second);
        stage.send("GET /second HTTP/1.1\r\nX-Request-Id: two\r\n\r\n", "");
        stage.finish(Ok(()));
        stage.tap = first;
        stage.finish(Ok(()));
    });
    assert_eq!(
        text,
        "* GET http://localhost/first\n> GET /first HTTP/1.1\n> X-Request-Id: <id 1>\n>\n\n\
         * GET http://localhost/second\n> GET /second HTTP/1.1\n> X-Request-Id: <id 2>\n>\n"
    );
}
