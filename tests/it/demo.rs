//! The demo's server, on real sockets.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};

use rcurl::demo::Demo;

use crate::support::program::{rcurl, run};

/// Everything the server says to these octets, after which the client says nothing more.
fn says(demo: &Demo, request: &str) -> String {
    let mut stream = TcpStream::connect(demo.address()).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn get(demo: &Demo, path: &str) -> String {
    says(
        demo,
        &format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    )
}

const HELLO_HEAD: &str =
    "HTTP/1.1 200 OK\r\nServer: rcurl-demo\r\nContent-Type: application/json\r\n";

#[test]
fn the_root_is_json() {
    let demo = Demo::start().unwrap();
    let answer = get(&demo, "/");
    let (head, content) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with(HELLO_HEAD), "{head}");
    assert!(
        head.ends_with(&format!("Content-Length: {}", content.len())),
        "{head}"
    );
    let json: serde_json::Value = serde_json::from_str(content).unwrap();
    assert_eq!(json["message"], "Hello from rcurl");
    // Any spelling of the same.
    assert_eq!(get(&demo, "/?a=b"), answer);
    assert_eq!(get(&demo, "http://localhost/"), answer);
    assert_eq!(get(&demo, "http://localhost"), answer);
    assert_eq!(says(&demo, "\r\nGET / HTTP/1.1\n\n"), answer);
}

#[test]
fn one_address_leads_to_another() {
    let demo = Demo::start().unwrap();
    assert_eq!(
        get(&demo, "/moved"),
        "HTTP/1.1 302 Found\r\nServer: rcurl-demo\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"
    );
}

#[test]
fn a_stream_has_chunks_and_a_trailer() {
    let demo = Demo::start().unwrap();
    let head = "HTTP/1.1 200 OK\r\nServer: rcurl-demo\r\nContent-Type: application/x-ndjson\r\n\
                Trailer: Lines\r\n";
    let lines = [
        "{\"line\":1,\"says\":\"each line\"}\n",
        "{\"line\":2,\"says\":\"is one chunk\"}\n",
        "{\"line\":3,\"says\":\"and a trailer follows\"}\n",
    ];
    assert_eq!(
        get(&demo, "/stream"),
        format!(
            "{head}Transfer-Encoding: chunked\r\n\r\n1e\r\n{}\r\n21\r\n{}\r\n2a\r\n{}\r\n\
             0\r\nLines: 3\r\n\r\n",
            lines[0], lines[1], lines[2]
        )
    );
    assert_eq!(
        says(&demo, "GET /stream HTTP/1.0\r\n\r\n"),
        format!("{head}Connection: close\r\n\r\n{}", lines.concat())
    );
}

#[test]
fn anything_else_is_a_problem() {
    let demo = Demo::start().unwrap();
    let answer = get(&demo, "/missing");
    assert!(
        answer.starts_with(
            "HTTP/1.1 404 Not Found\r\nServer: rcurl-demo\r\nContent-Type: application/problem+json\r\n"
        ),
        "{answer}"
    );
    let (_, content) = answer.split_once("\r\n\r\n").unwrap();
    let json: serde_json::Value = serde_json::from_str(content).unwrap();
    assert_eq!(json["status"], 404);
    assert_eq!(get(&demo, "/else"), answer);
}

/// A hello of TLS need not have a line end that could be waited for.
#[test]
fn octets_that_are_no_text_are_refused_at_once() {
    let demo = Demo::start().unwrap();
    let mut stream = TcpStream::connect(demo.address()).unwrap();
    stream.write_all(b"\x16\x03\x01\0\xf1\x01").unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 400");
}

#[test]
fn a_head_is_answered_by_a_head() {
    let demo = Demo::start().unwrap();
    let whole = get(&demo, "/");
    let head = says(&demo, "HEAD / HTTP/1.1\r\n\r\n");
    assert!(
        head.ends_with("\r\n\r\n") && whole.starts_with(&head),
        "{head}"
    );
}

#[test]
fn a_connection_serves_many_requests() {
    let demo = Demo::start().unwrap();
    let [one, two] = ["/", "/moved"].map(|path| get(&demo, path));
    let pipelined = "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello\
                     GET /moved HTTP/1.1\r\n\r\n\
                     GET /moved HTTP/1.1\r\nConnection: close\r\n\r\n\
                     GET / HTTP/1.1\r\n\r\n";
    let last = two.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    assert_eq!(says(&demo, pipelined), one + &two + &last);
}

/// What is not read is no reason for silence: the answer comes, then the end.
#[test]
fn content_that_is_not_understood_ends_the_connection() {
    let demo = Demo::start().unwrap();
    for framing in [
        "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        "Content-Length: 3000000\r\n\r\nabc",
        "Content-Length: -1\r\n\r\nabc",
    ] {
        let answer = says(&demo, &format!("POST / HTTP/1.1\r\n{framing}"));
        assert!(
            answer.contains("\r\nConnection: close\r\n"),
            "{framing:?}: {answer}"
        );
        assert_eq!(
            answer.matches("HTTP/1.1").count(),
            1,
            "{framing:?}: {answer}"
        );
    }
}

#[test]
fn a_head_without_end_is_not_read_to_its_end() {
    let demo = Demo::start().unwrap();
    let mut stream = TcpStream::connect(demo.address()).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\n").unwrap();
    let endless = "X: y\r\n".repeat(100_000);
    // The server hangs up at some point of this.
    let _ = stream.write_all(endless.as_bytes());
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Ok(_) => assert_eq!(answer, b""),
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
    }
}

#[test]
fn one_connection_too_many_is_closed() {
    let demo = Demo::start().unwrap();
    let mut held: Vec<TcpStream> = Vec::new();
    let mut octet = [0; 1];
    for _ in 0..32 {
        let mut stream = TcpStream::connect(demo.address()).unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
        stream.read_exact(&mut octet).unwrap();
        held.push(stream);
    }
    let mut refused = TcpStream::connect(demo.address()).unwrap();
    let _ = refused.write_all(b"GET / HTTP/1.1\r\n\r\n");
    assert_eq!(refused.read(&mut octet).unwrap_or(0), 0, "no answer");
}

#[test]
fn dropping_it_ends_everything() {
    let demo = Demo::start().unwrap();
    let address = demo.address();
    let mut idle = TcpStream::connect(address).unwrap();
    idle.write_all(b"GET / HTTP/1.1\r\n\r\nGET").unwrap();
    let mut octet = [0; 1];
    idle.read_exact(&mut octet).unwrap();
    drop(demo);
    let mut rest = Vec::new();
    assert!(idle.read_to_end(&mut rest).is_ok_and(|octets| octets > 0));
    assert_eq!(
        TcpStream::connect(address).unwrap_err().kind(),
        ErrorKind::ConnectionRefused
    );
}

#[test]
fn the_tour_visits_every_kind_of_answer() {
    let demo = Demo::start().unwrap();
    let answers: Vec<String> = Demo::STEPS
        .iter()
        .map(|step| get(&demo, step.path)["HTTP/1.1 ".len()..][..3].to_owned())
        .collect();
    assert_eq!(answers[..4], ["200", "302", "200", "404"]);
    let last = Demo::STEPS.last().unwrap();
    assert_eq!((last.scheme, last.exit), ("https", 35));
}

#[test]
fn the_tour_shows_every_view_and_ends_well() {
    let ended = run(rcurl(&["--demo"]));
    let talk = ended.stderr;
    assert_eq!(ended.exit, Some(0), "{talk}");
    for told in [
        "< HTTP/1.1 404",
        " chunk ",
        "Timeline: GET",
        "--dry-run --json '{\"hello\": \"world\"}'",
        "rcurl: (35)",
        "  seen: the first line: \"HTTP/1.1 400 Bad Request\\r\\n\"",
        "  try:  ",
    ] {
        assert!(talk.contains(told), "{told}: {talk}");
    }
    let content = String::from_utf8_lossy(&ended.stdout).into_owned();
    for told in ["> GET / HTTP/1.1", "POST / HTTP/1.1\r\n"] {
        assert!(content.contains(told), "{told}: {content}");
    }
}
