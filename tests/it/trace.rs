//! `-v`, `--trace-ascii`, `--trace`: events in, curl's text out.

use proptest::collection::vec;
use proptest::prelude::*;
use rcurl::error::{Error, Exit};
use rcurl::event::{
    Bytes, Certificate, Direction, Distrust, Ending, Fault, Happening, Interest, Layer, Lookup,
    Side, TlsFacts, Trust, Verification,
};
use rcurl::http1::Role;
use rcurl::plan::{Destination, Plan, Trace};

use super::scripted::{Stage, pipes, plan, target, terminal};
use crate::support::chance::chance;

fn traced(trace: Trace) -> Plan {
    plan(|plan| {
        plan.global.silent = true;
        plan.global.trace = trace;
    })
}

fn verbose() -> Stage {
    Stage::new(&traced(Trace::Verbose), &pipes())
}

/// Plays on a pipe and compares what `-v` says, without the line of times.
fn check(play: impl FnOnce(&mut Stage), expected: &str) {
    let mut stage = verbose();
    play(&mut stage);
    assert_eq!(stage.stderr.text(), expected.replace('␍', "\r"));
}

const REQUEST: &str = "GET / HTTP/1.1\r\nHost: localhost:8000\r\n\r\n";

#[test]
fn a_whole_exchange_reads_as_in_curl() {
    check(
        |stage| {
            stage.start("http://localhost:8000/");
            stage.connect();
            stage.send(REQUEST, "");
            stage.emit(Happening::AssumeClose);
            stage.receive(
                "HTTP/1.0 200 OK\r\nContent-Length: 52\r\n\r\n",
                &"x".repeat(52),
            );
            stage.emit(Happening::Ended {
                how: Ending::ShutDown,
            });
            stage.emit(Happening::Exchanged);
            stage.finish(Ok(()));
        },
        "\
* Host localhost:8000 was resolved.
* IPv6: ::1
* IPv4: 127.0.0.1
*   Trying [::1]:8000...
* connect to ::1 port 8000 from ::1 port 4000 failed: Connection refused
*   Trying 127.0.0.1:8000...
* Established connection to localhost (127.0.0.1 port 8000) from 127.0.0.1 port 5000 
* using HTTP/1.x
> GET / HTTP/1.1␍
> Host: localhost:8000␍
> ␍
* Request completely sent off
* HTTP 1.0, assume close after body
< HTTP/1.0 200 OK␍
< Content-Length: 52␍
< ␍
{ [52 bytes data]
* shutting down connection #0
* Time: name look-up 1.0 ms, connect 2.0 ms, sending 3.0 ms, waiting 3.0 ms, receiving 6.0 ms, \
total 22.0 ms
",
    );
}

#[test]
fn a_redirect_on_a_kept_connection() {
    check(
        |stage| {
            stage.tap.on_connection(Some(0));
            stage.emit(Happening::CookieHeard {
                outcome: "Added cookie a=\"b\" for domain localhost, path /, expire 0",
            });
            stage.emit(Happening::IgnoringBody { sized: true });
            stage.emit(Happening::Kept {
                host: "localhost:8000",
            });
            stage.emit(Happening::Following {
                target: &target("http://localhost:8000/cookies"),
                redirect: true,
            });
            stage.emit(Happening::Reused {
                scheme: "http",
                host: "localhost",
                is_proxy: false,
            });
            stage.emit(Happening::Authenticating {
                side: Side::Server,
                scheme: "Digest",
                user: "user",
            });
        },
        "\
* Added cookie a=\"b\" for domain localhost, path /, expire 0
* Ignoring the response-body
* setting size while ignoring
* Connection #0 to host localhost:8000 left intact
* Issue another request to this URL: 'http://localhost:8000/cookies'
* Reusing existing http: connection with host localhost
* Server auth using Digest with user 'user'
",
    );
}

#[test]
fn each_other_fact_has_its_line() {
    let addresses = ["127.0.0.1:80".parse().unwrap()];
    let resolved = |lookup| Happening::Resolved {
        host: "api.example",
        port: 80,
        addresses: &addresses,
        lookup,
    };
    let error = Error::new(Exit::OperationTimedout, "Operation timed out");
    for (what, expected) in [
        (resolved(Lookup::Literal), ""),
        (
            resolved(Lookup::Cached),
            "* Hostname api.example was found in DNS cache\n\
             * Host api.example:80 was resolved.\n* IPv6: (none)\n* IPv4: 127.0.0.1\n",
        ),
        (
            Happening::ResolveAdded {
                entry: "api.example:80:127.0.0.1",
            },
            "* [DNS] added api.example:80:127.0.0.1 to cache\n",
        ),
        (
            Happening::Tunnelling {
                authority: "localhost:443",
            },
            "* CONNECT: no ALPN negotiated\n* Establishing HTTP proxy tunnel to localhost:443\n",
        ),
        (
            Happening::Tunnelled { status: 200 },
            "* CONNECT phase completed for HTTP proxy\n\
             * CONNECT tunnel established, response 200\n",
        ),
        (
            Happening::RequestSent { body: Some(9) },
            "* upload completely sent off: 9 bytes\n",
        ),
        (
            Happening::ResolveFailed {
                host: "x.invalid",
                port: 80,
                reason: "Name or service not known",
            },
            "* Could not resolve host: x.invalid\n* Could not resolve host: x.invalid\n\
             * Could not resolve: x.invalid:80\n",
        ),
        (
            Happening::Rewinding,
            "* Need to rewind upload for next request\n",
        ),
        (
            Happening::AuthenticationRemark {
                remark: "Basic authentication problem, ignoring.",
            },
            "* Basic authentication problem, ignoring.\n",
        ),
        (
            Happening::Signing {
                remark: "aws_sigv4: Canonical request (enclosed in []) - [GET\n/]",
            },
            "* aws_sigv4: Canonical request (enclosed in []) - [GET\n* /]\n",
        ),
        (
            Happening::IgnoringBody { sized: false },
            "* Ignoring the response-body\n",
        ),
        (
            Happening::Ended {
                how: Ending::Closed,
            },
            "* closing connection #0\n",
        ),
        (
            Happening::Failed { error: &error },
            "* Operation timed out\n",
        ),
        (Happening::Tick, ""),
    ] {
        check(
            |stage| {
                stage.tap.on_connection(Some(0));
                stage.emit(what);
            },
            expected,
        );
    }
}

#[test]
fn data_is_told_once_until_another_line_comes() {
    check(
        |stage| {
            stage.start("http://localhost:8000/");
            stage.send("POST / HTTP/1.1\r\n\r\n", "a=1&b=two");
            stage.batch(Direction::In, Layer::Http, 19 + 8);
            stage.piece(
                Direction::In,
                Layer::Http,
                Role::StatusLine,
                b"HTTP/1.1 200 OK\r\n",
            );
            stage.piece(Direction::In, Layer::Http, Role::HeadEnd, b"\r\n");
            stage.piece(Direction::In, Layer::Http, Role::ChunkSize, b"3\r\n");
            stage.piece(Direction::In, Layer::Http, Role::Content, b"abc");
            stage.piece(Direction::In, Layer::Http, Role::ChunkEnd, b"\r\n");
            stage.batch(Direction::In, Layer::Http, 5);
            stage.piece(Direction::In, Layer::Http, Role::MessageEnd, b"0\r\n\r\n");
            stage.emit(Happening::Kept { host: "h:1" });
            stage.emit(Happening::Piece {
                direction: Direction::In,
                layer: Layer::Http,
                role: Role::Content,
                bytes: Bytes::Counted(70_000),
            });
        },
        "\
> POST / HTTP/1.1␍
> ␍
} [9 bytes data]
* upload completely sent off: 9 bytes
< HTTP/1.1 200 OK␍
< ␍
{ [8 bytes data]
* Connection to host h:1 left intact
{ [70000 bytes data]
",
    );
}

fn certificate() -> Certificate {
    Certificate {
        subject: "O=Seeds; CN=localhost".to_owned(),
        issuer: "CN=Test CA".to_owned(),
        not_before: 1_795_223_633,
        not_after: 1_796_951_633,
        key: "EC/prime256v1 (256/128 Bits/secBits)".to_owned(),
        key_algorithm: "id-ecPublicKey".to_owned(),
        signature_algorithm: "ecdsa-with-SHA256".to_owned(),
        version: 3,
        der: vec![0x30; 60],
        ..Certificate::default()
    }
}

fn session() -> TlsFacts {
    TlsFacts {
        version: "TLSv1.3",
        suite: "TLS_AES_256_GCM_SHA384".to_owned(),
        group: "X25519".to_owned(),
        alpn: Some("http/1.1".to_owned()),
        alpn_offered: true,
        certificates: vec![certificate()],
        wanted_name: "localhost".to_owned(),
        matched_name: Some("localhost".to_owned()),
        judged_at: 1_795_253_400,
        ..TlsFacts::default()
    }
}

#[test]
fn a_session_is_told_in_curls_block() {
    check(
        |stage| {
            let trust = Trust {
                file: Some("ca.pem".into()),
                built_in: true,
                ..Trust::default()
            };
            stage.emit(Happening::Securing {
                alpn: &["http/1.1"],
                trust: &trust,
            });
            stage.emit(Happening::Secured {
                session: &session(),
            });
        },
        "\
* ALPN: rcurl offers http/1.1
* SSL Trust Anchors:
*   CAfile: ca.pem
*   built-in roots (webpki-roots)
* SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384 / X25519 / id-ecPublicKey
* ALPN: server accepted http/1.1
* Server certificate:
*   subject: O=Seeds; CN=localhost
*   start date: Nov 21 01:13:53 2026 GMT
*   expire date: Dec 11 01:13:53 2026 GMT
*   issuer: CN=Test CA
*   Certificate level 0: Public key type EC/prime256v1 (256/128 Bits/secBits), \
signed using ecdsa-with-SHA256
*   subjectAltName: \"localhost\" matches cert's \"localhost\"
* SSL certificate verified via rustls.
*   [0] O=Seeds; CN=localhost, issued by CN=Test CA, 19 days left
",
    );
}

fn distrust(fault: Fault, reason: &str) -> Distrust {
    let reason = reason.to_owned();
    Distrust { fault, reason }
}

#[test]
fn a_wrong_name_and_no_verification_are_told() {
    let told = |session: &TlsFacts| {
        let stage = verbose();
        stage.emit(Happening::Secured { session });
        let text = stage.stderr.text();
        let told = text.split_once("SHA256\n").unwrap().1;
        told.split_once("*   [0]").unwrap().0.to_owned()
    };
    let failed = TlsFacts {
        matched_name: None,
        verification: Verification::Failed(distrust(Fault::WrongName, "not valid for name")),
        ..session()
    };
    assert_eq!(
        told(&failed),
        "*  subjectAltName does not match hostname localhost\n\
         * rustls verify result: not valid for name\n"
    );
    let ignored = TlsFacts {
        matched_name: None,
        verification: Verification::Ignored(distrust(Fault::UnknownIssuer, "unknown issuer")),
        ..session()
    };
    assert_eq!(
        told(&ignored),
        "* rustls verify result: unknown issuer\n\
         *  SSL certificate verification failed, continuing anyway!\n"
    );
}

#[test]
fn no_name_in_a_certificate_forges_a_line() {
    let mut forged = session();
    forged.certificates[0].subject = "CN=x\n< HTTP/1.1 200 Forged\r\n\u{1b}[2J".to_owned();
    let stage = verbose();
    stage.emit(Happening::Secured { session: &forged });
    let text = stage.stderr.text();
    assert!(
        text.contains("subject: CN=x^J< HTTP/1.1 200 Forged^M^J^[[2J\n"),
        "{text}"
    );
    assert!(text.lines().all(|line| line.starts_with("* ")), "{text}");
}

#[test]
fn ascii_traces_dump_blocks() {
    let mut stage = Stage::new(&traced(Trace::Ascii(Destination::Stdout)), &pipes());
    stage.tap.on_connection(Some(0));
    stage.start("http://localhost:8000/");
    stage.send(REQUEST, "");
    stage.batch(Direction::In, Layer::Http, 19 + 76);
    stage.piece(
        Direction::In,
        Layer::Http,
        Role::StatusLine,
        b"HTTP/1.1 200 OK\r\n",
    );
    stage.piece(Direction::In, Layer::Http, Role::HeadEnd, b"\r\n");
    stage.piece(Direction::In, Layer::Http, Role::Content, &[b'a'; 64]);
    stage.piece(
        Direction::In,
        Layer::Http,
        Role::Content,
        b"\r\nb\x1b\xffc\r\n\r\nde",
    );
    stage.emit(Happening::Kept { host: "h:1" });
    assert_eq!(
        stage.stdout.text(),
        "\
=> Send header, 40 bytes (0x28)
0000: GET / HTTP/1.1
0010: Host: localhost:8000
0026: 
== Info: Request completely sent off
<= Recv header, 17 bytes (0x11)
0000: HTTP/1.1 200 OK
<= Recv header, 2 bytes (0x2)
0000: 
<= Recv data, 76 bytes (0x4c)
0000: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
0042: b..c
0048: 
004a: de
== Info: Connection #0 to host h:1 left intact
"
    );
    assert_eq!(stage.stderr.text(), "");
}

#[test]
fn hexadecimal_traces_show_every_octet() {
    let mut plan = traced(Trace::Hex(Destination::Stderr));
    plan.global.trace_ids = true;
    plan.global.trace_time = true;
    let mut stage = Stage::new(&plan, &pipes());
    stage.emit(Happening::Rewinding);
    stage.tap.on_connection(Some(3));
    stage.piece(
        Direction::In,
        Layer::Http,
        Role::StatusLine,
        b"HTTP/1.1 200 Okay\r\n",
    );
    assert_eq!(
        stage.stderr.text(),
        "\
09:30:00.001000 [0-x] == Info: Need to rewind upload for next request
09:30:00.002000 [0-3] <= Recv header, 19 bytes (0x13)
0000: 48 54 54 50 2f 31 2e 31 20 32 30 30 20 4f 6b 61 HTTP/1.1 200 Oka
0010: 79 0d 0a                                        y..
"
    );
}

#[test]
fn only_handshakes_are_dumped_of_tls() {
    let stage = Stage::new(&traced(Trace::Ascii(Destination::Stderr)), &pipes());
    let record = |octets| stage.piece(Direction::Out, Layer::Tls, Role::TlsRecord, octets);
    stage.start("https://localhost/");
    stage.emit(Happening::Securing {
        alpn: &[],
        trust: &Trust {
            disabled: true,
            ..Trust::default()
        },
    });
    record(b"hello");
    stage.emit(Happening::Secured {
        session: &TlsFacts::default(),
    });
    let before = stage.stderr.text();
    assert!(
        before.contains("=> Send SSL data, 5 bytes (0x5)\n0000: hello\n"),
        "{before}"
    );
    record(b"ciphertext");
    assert_eq!(stage.stderr.text(), before);
}

#[test]
fn a_terminal_gets_colours_and_no_control_characters() {
    let stage = Stage::new(&traced(Trace::Verbose), &terminal());
    stage.start("http://localhost:8000/");
    stage.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "");
    stage.receive(
        b"HTTP/1.1 404 No\x1b]0;x\x07\r\nX-Evil: a\x1b[2J\xc2\x9bb\r\n\r\n",
        "",
    );
    assert_eq!(
        stage.stderr.text(),
        "> \u{1b}[1mGET / HTTP/1.1\u{1b}[0m\n\
         > \u{1b}[1mHost\u{1b}[0m: a\n\
         > \n\
         \u{1b}[2m* Request completely sent off\u{1b}[0m\n\
         < \u{1b}[31mHTTP/1.1 404 No^[]0;x^G\u{1b}[0m\n\
         < \u{1b}[1mX-Evil\u{1b}[0m: a^[[2J\\u009bb\n\
         < \n"
    );
}

#[test]
fn plain_terminals_get_no_colours() {
    let mut plan = traced(Trace::Verbose);
    plan.global.styled_output = false;
    let stage = Stage::new(&plan, &terminal());
    stage.receive("HTTP/1.1 200 OK\r\n\r\n", "");
    assert_eq!(stage.stderr.text(), "< HTTP/1.1 200 OK\n< \n");
}

#[test]
fn a_pipe_gets_heads_as_they_came() {
    let stage = verbose();
    let head = b"HTTP/1.1 200 OK\nX: \x1b[2J\xe9\r\n\r\n";
    stage.piece(Direction::In, Layer::Http, Role::StatusLine, &head[..16]);
    stage.piece(Direction::In, Layer::Http, Role::FieldLine, &head[16..26]);
    stage.piece(Direction::In, Layer::Http, Role::HeadEnd, &head[26..]);
    assert_eq!(
        stage.stderr.octets(),
        b"< HTTP/1.1 200 OK\n< X: \x1b[2J\xe9\r\n< \r\n"
    );
}

#[test]
fn data_shown_on_the_same_terminal_is_not_counted() {
    let environment = rcurl::environment::Environment {
        stdout_is_terminal: true,
        stderr_takes_colour: false,
        ..terminal()
    };
    for (saved, expected) in [(false, 0), (true, 1)] {
        let stage = Stage::new(&traced(Trace::Verbose), &environment);
        stage.start("http://localhost:8000/");
        if saved {
            stage.emit(Happening::Saving {
                path: "file".as_ref(),
            });
        }
        stage.receive("HTTP/1.1 200 OK\r\n\r\n", "content");
        let text = stage.stderr.text();
        assert_eq!(text.matches("{ [7 bytes data]").count(), expected, "{text}");
    }
}

#[test]
fn a_trace_file_that_cannot_be_made_is_a_warning() {
    let mut plan = traced(Trace::Ascii(Destination::File("/nonexistent/trace".into())));
    plan.global.silent = false;
    let stage = Stage::new(&plan, &pipes());
    stage.emit(Happening::Rewinding);
    stage.emit(Happening::Rewinding);
    assert_eq!(
        stage.stderr.text(),
        "Warning: Failed to create the trace file /nonexistent/trace: No such file or \n\
         Warning: directory\n"
    );
}

#[test]
fn nobody_wants_more_than_is_shown() {
    let interest = |trace| Stage::new(&traced(trace), &pipes()).tap.interest();
    assert_eq!(interest(Trace::Off), Interest::default());
    assert_eq!(
        interest(Trace::Verbose),
        Interest {
            tls: true,
            handshakes: true,
            ..Interest::default()
        }
    );
    assert_eq!(
        interest(Trace::Hex(Destination::Stderr)),
        Interest {
            content: true,
            tls: true,
            records: true,
            handshakes: true,
            ticks: false
        }
    );
}

proptest! {
    #![proptest_config(chance(256))]

    /// What a hexadecimal trace shows, read back, is what was sent.
    #[test]
    fn no_octet_is_lost_in_a_dump(octets in vec(any::<u8>(), 1..200)) {
        let stage = Stage::new(&traced(Trace::Hex(Destination::Stderr)), &pipes());
        stage.piece(Direction::In, Layer::Http, Role::Content, &octets);
        let text = stage.stderr.text();
        let rows = text.lines().skip(1).map(|row| row[6..54].split_whitespace());
        let read: Vec<u8> = rows
            .flatten()
            .map(|digits| u8::from_str_radix(digits, 16).unwrap())
            .collect();
        prop_assert_eq!(read, octets);
    }

    /// Whatever a server sends, a terminal gets lines and our own colours.
    #[test]
    fn nothing_drives_a_terminal(octets in vec(any::<u8>(), 0..100)) {
        for trace in [Trace::Verbose, Trace::Ascii(Destination::Stderr)] {
            let stage = Stage::new(&traced(trace), &terminal());
            for role in [Role::StatusLine, Role::FieldLine, Role::Content] {
                stage.piece(Direction::In, Layer::Http, role, &octets);
            }
            stage.emit(Happening::CookieHeard {
                outcome: &String::from_utf8_lossy(&octets),
            });
            let text = stage.stderr.text();
            let text = ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[2m", "\u{1b}[31m", "\u{1b}[32m", "\u{1b}[33m"]
                .iter()
                .fold(text, |text, colour| text.replace(colour, ""));
            prop_assert!(!text.contains(|c: char| c.is_control() && c != '\n' && c != '\t'), "{text:?}");
        }
    }
}
