//! Octets of every role, and those that were not read as a message.

use rcurl::event::{Direction, Ending, Happening, Layer};
use rcurl::http1::Role;
use rcurl::plan::{Destination, Trace, When, WireLimit};

use crate::scripted::{Stage, pipes, plan};

/// What `--wire` and `--trace-ascii` show of pieces that came behind a head.
fn shown(head: &str, pieces: &[(Layer, Role, &str)]) -> [String; 2] {
    let told = |trace: Trace, wire: Option<WireLimit>| {
        let plan = plan(|plan| {
            plan.global.silent = true;
            plan.global.trace = trace;
            plan.global.inspect.wire = wire;
            plan.global.inspect.redact = When::Always;
        });
        let mut stage = Stage::new(&plan, &pipes());
        stage.start("http://localhost:8000/");
        stage.connect();
        stage.send("GET / HTTP/1.1\r\n\r\n", "");
        let lines = head.split_inclusive('\n').enumerate();
        for (index, line) in lines {
            let role = match (index, line) {
                (0, _) => Role::StatusLine,
                (_, "\r\n") => Role::HeadEnd,
                _ => Role::FieldLine,
            };
            stage.piece(Direction::In, Layer::Http, role, line.as_bytes());
        }
        for (layer, role, text) in pieces {
            let direction = match role {
                Role::RequestLine | Role::Handshake => Direction::Out,
                _ => Direction::In,
            };
            stage.piece(direction, *layer, *role, text.as_bytes());
        }
        stage.emit(Happening::Exchanged);
        stage.emit(Happening::Ended {
            how: Ending::Closed,
        });
        stage.finish(Ok(()));
        stage.stderr.text()
    };
    [
        told(Trace::Off, Some(WireLimit::All)),
        told(Trace::Ascii(Destination::Stderr), None),
    ]
}

/// A secret as a piece of this role may have it. A new role needs an answer, too.
fn telling(role: Role) -> Option<&'static str> {
    match role {
        Role::RequestLine => Some("GET /?token=hunter22 HTTP/1.1\r\n"),
        Role::StatusLine => Some("HTTP/1.1 200 http://a:hunter22@b/\r\n"),
        Role::FieldLine | Role::TrailerLine => Some("Set-Cookie: sid=hunter22\r\n"),
        Role::Content => Some("{\"password\":\"hunter22\"}"),
        Role::ChunkSize => Some("5;token=hunter22\r\n"),
        Role::Handshake => Some("\x01\x03bob\x08hunter22"),
        Role::Stray | Role::Unread => Some("X-Api-Key: hunter22\r\n"),
        // Nothing but the end of a line, or encrypted.
        Role::HeadEnd | Role::ChunkEnd | Role::MessageEnd | Role::TlsRecord => None,
    }
}

const ROLES: [Role; 13] = [
    Role::RequestLine,
    Role::StatusLine,
    Role::FieldLine,
    Role::HeadEnd,
    Role::Content,
    Role::ChunkSize,
    Role::ChunkEnd,
    Role::TrailerLine,
    Role::MessageEnd,
    Role::Handshake,
    Role::TlsRecord,
    Role::Stray,
    Role::Unread,
];

#[test]
fn no_role_shows_a_secret() {
    for role in ROLES {
        let Some(text) = telling(role) else { continue };
        for layer in [Layer::Http, Layer::Tunnel, Layer::Socks, Layer::Tls] {
            for told in shown("", &[(layer, role, text)]) {
                assert!(!told.contains("hunter"), "{role:?}: {told}");
            }
        }
    }
}

/// Pieces of octets that were not read passed as they were.
#[test]
fn what_was_not_read_shows_no_secret() {
    let (http, unread, stray) = (Layer::Http, Role::Unread, Role::Stray);
    let json = "{\"password\":\"hunter22\",\"a\":1}";
    for (head, pieces, seen) in [
        // A body that nobody needs.
        (
            "HTTP/1.1 200 OK\r\n\r\n",
            &[(http, unread, json)][..],
            "{\"password\":\"<secret 1>\",\"a\":1}",
        ),
        (
            "HTTP/1.1 200 OK\r\n\r\n",
            &[
                (http, unread, "{\"password\":\"hun"),
                (http, unread, "ter22\"}"),
            ],
            "{\"password\":\"<secret 1>\"}",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n",
            &[(http, unread, "a=b&password=hunter22")],
            "password=<secret 1>",
        ),
        // A head that broke, and a field that goes on.
        (
            "HTTP/1.1 200 OK\r\n",
            &[
                (http, stray, "no colon\r\n"),
                (http, stray, "Set-Cookie: sid=hunter22\r\n"),
            ],
            "Set-Cookie: sid=<secret 1>",
        ),
        (
            "HTTP/1.1 200 OK\r\n",
            &[(http, stray, "X Api-Key:\r\n hunter22\r\nX-A: b\r\n")],
            "X-A: b",
        ),
        (
            "HTTP/1.1 200 OK\r\n",
            &[(http, unread, "Set-Cookie: sid=hunter22")],
            "Set-Cookie: sid=<secret 1>",
        ),
        // Another response, behind content.
        (
            "HTTP/1.1 200 OK\r\n\r\n",
            &[
                (http, Role::Content, "hi"),
                (http, stray, "HTTP/1.1 200 OK\r\nX-Api-Key: hunter22\r\n"),
                (http, stray, "\r\n{\"password\":\n"),
                (http, stray, "\"other-one-\"}"),
            ],
            "X-Api-Key: <secret 1>",
        ),
    ] {
        for told in shown(head, pieces) {
            assert!(
                !told.contains("hunter") && !told.contains("ter22"),
                "{told}"
            );
            assert!(told.contains(seen), "{seen}: {told}");
        }
    }
}

#[test]
fn what_cannot_be_looked_into_is_counted() {
    let coded = "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n";
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let plain = "HTTP/1.1 200 OK\r\n\r\n";
    let (http, unread, stray) = (Layer::Http, Role::Unread, Role::Stray);
    for (head, pieces) in [
        (coded, &[(http, unread, "hunter22")][..]),
        (
            chunked,
            &[
                (http, unread, "10\r\n{\"password\":\"hun\r\n"),
                (http, unread, "9\r\nter22\"}\r\n"),
            ],
        ),
        // The rest of a content that was longer than its length.
        (
            plain,
            &[
                (http, Role::Content, "{\"pass"),
                (http, stray, "word\":\"hunter22\"}"),
            ],
        ),
        (
            plain,
            &[(http, unread, "hi"), (http, stray, "word\":\"hunter22\"}")],
        ),
        ("", &[(http, stray, coded), (http, stray, "hunter22")]),
    ] {
        for told in shown(head, pieces) {
            assert!(
                !told.contains("hunter") && !told.contains("\"hun") && !told.contains("ter22"),
                "{told}"
            );
        }
        let [wire, _] = shown(head, pieces);
        assert!(wire.contains("not shown"), "{wire}");
    }
}
