//! Whole exchanges, and what is left of the connection after them.

use super::{Asked, CHUNKED, DEFAULT, OK, Story, Then, asked, check, check_as, tell};
use std::fmt::Write as _;

use rcurl::http1::{
    Broken, Connection, Framing, Head, Misuse, Peer, Role, Settings, Signal, Upgrade,
};

#[test]
fn interim_responses_come_before_the_final_one() {
    let end = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    for interim in [
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 100 Continue\r\nContent-Length: 5\r\n\r\n",
        "HTTP/1.1 100 Continue\r\nTransfer-Encoding: gzip\r\n\r\n",
        "HTTP/1.0 100 Continue\r\n\r\n",
    ] {
        check(
            &format!("{interim}{end}"),
            Then::Waits,
            "100 200 [hi] end kept",
        );
        check(interim, Then::Waits, "100 waiting");
        check(interim, Then::Closes, "100 EmptyReply");
    }
}

#[test]
fn the_protocol_switches_only_where_it_was_asked_to() {
    let input = "HTTP/1.1 101 Switching\r\nUpgrade: foo\r\n\r\nframes";
    check(input, Then::Closes, "101 stray[frames] end");
    let settings = Settings {
        upgrade: Upgrade::Asked,
        ..DEFAULT
    };
    check_as(
        Asked {
            settings,
            ..asked("GET")
        },
        input,
        Then::Waits,
        "101 other[frames] switched",
    );

    let tunnel = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhello";
    check_as(
        asked("CONNECT"),
        tunnel,
        Then::Waits,
        "200 other[hello] switched",
    );
    let refused = "HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno";
    check_as(asked("CONNECT"), refused, Then::Waits, "403 [no] end kept");
}

#[test]
fn the_connection_ends_in_time_or_too_early() {
    check("", Then::Closes, "EmptyReply");
    check(
        "HTTP/1.1 200 O",
        Then::Closes,
        "stray[HTTP/1.1 200 O] EmptyReply",
    );
    check("HTTP/1.1 200 OK\r\n", Then::Closes, "HeadCut");
    check(
        "HTTP/1.1 200 OK\r\nA: b\r\nContent-Le",
        Then::Closes,
        "stray[Content-Le] HeadCut",
    );
    check("HTTP/1.1 200 OK\r\n\r", Then::Closes, "stray[\\r] HeadCut");
    check("HTTP/1.1 200 OK\r\n\r\n", Then::Closes, "200 end by close");
    check("HTTP/1.1 200 OK\r\n\r\nhi", Then::Waits, "200 [hi] waiting");
}

#[test]
fn connections_are_kept_or_not() {
    for (line, fields, kept) in [
        ("HTTP/1.1", "", true),
        ("HTTP/1.1", "Connection: close\r\n", false),
        ("HTTP/1.1", "Connection: foo, CLOSE\r\n", false),
        (
            "HTTP/1.1",
            "Connection: keep-alive\r\nConnection: close\r\n",
            false,
        ),
        ("HTTP/1.1", "Connection: closed\r\n", true),
        ("HTTP/1.1", "Proxy-Connection: close\r\n", true),
        ("HTTP/1.0", "", false),
        ("HTTP/1.0", "Connection: Keep-Alive\r\n", true),
        ("HTTP/1.0", "Connection: Keep-Alive, close\r\n", false),
        ("HTTP/1.0", "Proxy-Connection: keep-alive\r\n", false),
    ] {
        let input = format!("{line} 200 OK\r\n{fields}Content-Length: 0\r\n\r\n");
        check(
            &input,
            Then::Waits,
            if kept { "200 end kept" } else { "200 end" },
        );
    }
    let proxy = Asked {
        settings: Settings {
            peer: Peer::Proxy,
            ..DEFAULT
        },
        ..asked("GET")
    };
    let old = "HTTP/1.0 200 OK\r\nProxy-Connection: keep-alive\r\nContent-Length: 0\r\n\r\n";
    check_as(proxy, old, Then::Waits, "200 end kept");
    let new = "HTTP/1.1 200 OK\r\nProxy-Connection: close\r\nContent-Length: 0\r\n\r\n";
    check_as(proxy, new, Then::Waits, "200 end");
    let coded =
        "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    check(coded, Then::Waits, "200 end");
}

#[test]
fn each_octet_has_its_role() {
    let input =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x\r\nhi\r\n0\r\nT: u\r\n\r\n";
    let story = tell(asked("GET"), input.as_bytes(), Then::Waits);
    let pieces: Vec<(Role, &[u8])> = story
        .pieces
        .iter()
        .map(|(role, octets)| (*role, &octets[..]))
        .collect();
    assert_eq!(
        pieces,
        [
            (Role::StatusLine, &b"HTTP/1.1 200 OK\r\n"[..]),
            (Role::FieldLine, b"Transfer-Encoding: chunked\r\n"),
            (Role::HeadEnd, b"\r\n"),
            (Role::ChunkSize, b"2;x\r\n"),
            (Role::Content, b"hi"),
            (Role::ChunkEnd, b"\r\n"),
            (Role::ChunkSize, b"0\r\n"),
            (Role::TrailerLine, b"T: u\r\n"),
            (Role::MessageEnd, b"\r\n"),
        ]
    );
}

#[test]
fn the_head_is_told_before_its_empty_line() {
    let mut connection = Connection::new(DEFAULT);
    connection.send_head("GET", Framing::None).unwrap();
    let input = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n";
    let mut rest = &input[..];
    for line in 0..2 {
        let (taken, signal) = connection.receive(rest).unwrap();
        assert!(matches!(signal, Signal::Piece(_, _)), "line {line}");
        rest = &rest[taken..];
    }
    let head = Head::parse(input).unwrap();
    assert_eq!(head.raw(), input);
    assert_eq!(connection.receive(rest), Ok((0, Signal::Final(head))));
    assert_eq!(connection.remaining(), Some(9));
    assert_eq!(
        connection.receive(rest),
        Ok((2, Signal::Piece(Role::HeadEnd, b"\r\n")))
    );
}

#[test]
fn limits_end_what_does_not_end() {
    fn endless(start: &str, more: &str) -> Broken {
        let mut connection = Connection::new(DEFAULT);
        connection.send_head("GET", Framing::None).unwrap();
        let mut story = Story::default();
        story.feed(&mut connection, start.as_bytes());
        for _ in 0..400_000 {
            story.feed(&mut connection, more.as_bytes());
            if let Some(Err(broken)) = story.outcome {
                return broken;
            }
        }
        panic!("still reading after 400,000 times {more:?}");
    }
    #[track_caller]
    fn too_large(broken: &Broken) {
        let limit = DEFAULT.limits.head;
        assert!(
            matches!(*broken, Broken::HeadTooLarge { size, limit: l } if size > limit && l == limit)
        );
    }
    let long = "x".repeat(1000);
    assert_eq!(endless(OK, "X"), Broken::LineTooLong);
    assert_eq!(endless("HTTP/1.1 200 ", "X"), Broken::LineTooLong);
    assert_eq!(
        endless(OK, "a: b\r\n"),
        Broken::TooManyFields { limit: 5000 }
    );
    too_large(&endless("", "HTTP/1.1 100 C\r\n\r\n"));
    too_large(&endless(OK, &format!("a: {long}\r\n")));
    let folded = endless(&format!("{OK}X: a\r\n"), &format!(" {long}\r\n"));
    assert_eq!(folded, Broken::LineTooLong);
    assert_eq!(endless(CHUNKED, "5;x"), Broken::ChunkLineTooLong);
    assert_eq!(
        endless(&format!("{CHUNKED}0\r\n"), "a: b\r\n"),
        Broken::TooManyFields { limit: 5000 }
    );
    assert_eq!(
        endless(&format!("{CHUNKED}0\r\n"), "X"),
        Broken::LineTooLong
    );
}

#[test]
fn one_connection_many_exchanges() {
    let mut connection = Connection::new(DEFAULT);
    for content in ["a", "bb", ""] {
        connection.send_head("GET", Framing::None).unwrap();
        assert!(connection.in_flight());
        let mut story = Story::default();
        let input = format!("{OK}Content-Length: {}\r\n\r\n{content}", content.len());
        story.feed(&mut connection, input.as_bytes());
        assert_eq!(story.octets(Some(Role::Content)), content.as_bytes());
        assert!(connection.reusable() && !connection.in_flight());
    }
    connection.send_head("GET", Framing::None).unwrap();
    assert_eq!(connection.receive(b"junk"), Err(Broken::NoStatusLine));
    assert_eq!(
        connection.send_head("GET", Framing::None),
        Err(Misuse::NotReusable)
    );
}

#[test]
fn an_unasked_octet_uses_the_connection_up() {
    let mut connection = Connection::new(DEFAULT);
    assert!(connection.reusable());
    assert_eq!(
        connection.receive(b"HTTP"),
        Ok((4, Signal::Piece(Role::Stray, b"HTTP")))
    );
    assert!(!connection.reusable());
}

#[test]
fn an_answer_may_come_before_the_request_is_complete() {
    let mut connection = Connection::new(DEFAULT);
    connection.send_head("PUT", Framing::Length(3)).unwrap();
    connection.send_content(b"ab", |_, _| {}).unwrap();
    let mut story = Story::default();
    story.feed(
        &mut connection,
        b"HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n",
    );
    assert_eq!(story.outcome, Some(Ok("end")));
    assert!(!connection.reusable() && connection.request_open());
    assert_eq!(
        connection.send_head("GET", Framing::None),
        Err(Misuse::Busy)
    );
    connection.send_content(b"c", |_, _| {}).unwrap();
    connection.end_message(|_, _| {}).unwrap();
    assert!(connection.reusable());
}

#[test]
fn content_that_others_send_counts_as_sent() {
    for (body, open) in [
        (Framing::None, None),
        (Framing::Chunked, None),
        (Framing::UntilClose, None),
        (Framing::Length(5), Some(5)),
    ] {
        let mut connection = Connection::new(DEFAULT);
        connection.send_head("PUT", body).unwrap();
        assert_eq!(connection.unframed_to_send(), open, "{body:?}");
    }
    let mut connection = Connection::new(DEFAULT);
    connection.send_head("PUT", Framing::Length(5)).unwrap();
    connection.send_content(b"a", |_, _| {}).unwrap();
    connection.sent_past(3);
    assert_eq!(connection.unframed_to_send(), Some(1));
    let missing = Misuse::TooShort { missing: 1 };
    assert_eq!(connection.end_message(|_, _| {}), Err(missing));
    connection.sent_past(1);
    connection.end_message(|_, _| {}).unwrap();
    assert!(!connection.request_open());
}

#[test]
fn an_abandoned_exchange_uses_the_connection_up() {
    let mut connection = Connection::new(DEFAULT);
    connection.send_head("GET", Framing::None).unwrap();
    let mut story = Story::default();
    story.feed(&mut connection, b"HTTP/1.1 200 OK\r\nContent-Len");
    connection.abandon();
    story.feed(&mut connection, b"gth: 3\r\n\r\nabc");
    assert_eq!(
        story.summary(),
        "stray[Content-Length: 3\\r\\n\\r\\nabc] waiting"
    );
    assert!(!connection.reusable() && !connection.in_flight());
}

#[test]
fn requests_are_framed() {
    fn send(body: Framing, parts: &[&str]) -> Result<String, Misuse> {
        let mut connection = Connection::new(DEFAULT);
        let mut wire = String::new();
        let mut out = |role: Role, octets: &[u8]| {
            write!(wire, "{role:?}:{} ", octets.escape_ascii()).unwrap();
        };
        connection.send_head("POST", body)?;
        for part in parts {
            connection.send_content(part.as_bytes(), &mut out)?;
        }
        connection.end_message(&mut out)?;
        Ok(wire)
    }
    let ok = |text: &str| Ok(text.to_owned());
    let ten = "0123456789abcdef";
    assert_eq!(send(Framing::None, &[]), ok(""));
    assert_eq!(send(Framing::None, &["x"]), Err(Misuse::NoBody));
    assert_eq!(
        send(Framing::Length(3), &["ab", "c"]),
        ok("Content:ab Content:c ")
    );
    assert_eq!(
        send(Framing::Length(3), &["ab"]),
        Err(Misuse::TooShort { missing: 1 })
    );
    assert_eq!(
        send(Framing::Length(3), &["ab", "cd"]),
        Err(Misuse::TooLong)
    );
    assert_eq!(
        send(Framing::UntilClose, &["ab", "cd"]),
        ok("Content:ab Content:cd ")
    );
    let last = "ChunkSize:0\\r\\n MessageEnd:\\r\\n ";
    assert_eq!(send(Framing::Chunked, &[""]), ok(last));
    let chunk = format!("ChunkSize:10\\r\\n Content:{ten} ChunkEnd:\\r\\n {last}");
    assert_eq!(send(Framing::Chunked, &[ten]), ok(&chunk));
}

/// The core waits for the octet after a line end, which might go on with the field; where the peer
/// closes instead, the field was whole.
#[test]
fn the_last_field_before_a_close_is_told_as_a_field() {
    let told = |input: &[u8]| {
        let mut connection = Connection::new(Settings::default());
        connection.send_head("GET", Framing::None).unwrap();
        let mut rest = input;
        while let (taken, Signal::Piece(..)) = connection.receive(rest).unwrap() {
            rest = &rest[taken..];
        }
        connection.last_field().map(<[u8]>::to_vec)
    };
    assert_eq!(
        told(b"HTTP/1.1 200 OK\r\nA: b\r\n"),
        Some(b"A: b\r\n".to_vec())
    );
    assert_eq!(
        told(b"HTTP/1.1 200 OK\r\nA: b\r\n c\r\n"),
        Some(b"A: b\r\n c\r\n".to_vec())
    );
    assert_eq!(told(b"HTTP/1.1 200 OK\r\nA: b"), None);
    assert_eq!(told(b"HTTP/1.1 200 OK\r\n"), None);
}
