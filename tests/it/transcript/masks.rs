//! What has a mark, and what has none.

use rcurl::cli::{self, Asked};
use rcurl::environment::Environment;
use rcurl::plan::{Mask, Notice, Plan, Varying};

use super::response;

fn field(line: &str) -> String {
    let lines = response(&[], &format!("{line}\r\n"), "");
    lines[0].strip_prefix("< ").unwrap().to_owned()
}

#[test]
fn fields_that_vary() {
    for (line, shown) in [
        ("Date: Sat, 21 Nov 2026 09:30:00 GMT", "Date: <date>"),
        ("Expires: Sunday, 22-Nov-26 09:30:00 GMT", "Expires: <date>"),
        (
            "Set-Cookie: a=b; Expires=Sun, 22-Nov-2026 09:30:00 GMT; Secure",
            "Set-Cookie: a=b; Expires=<date>; Secure",
        ),
        (
            "Retry-After: Sat, 21 Nov 2026 09:31:00 GMT",
            "Retry-After: <date>",
        ),
        ("X-Amz-Date: 20261121T093000Z", "X-Amz-Date: <date>"),
        ("Age: 12", "Age: <duration>"),
        ("X-Runtime: 0.0123", "X-Runtime: <duration>"),
        ("X-Process-Time: 0.0123", "X-Process-Time: <duration>"),
        (
            "x-envoy-upstream-service-time: 5",
            "x-envoy-upstream-service-time: <duration>",
        ),
        (
            "Server-Timing: a;dur=1.5;desc=\"x\", b;dur=2",
            "Server-Timing: a;dur=<duration>;desc=\"x\", b;dur=<duration>",
        ),
        (
            "X-RateLimit-Remaining: 59",
            "X-RateLimit-Remaining: <count>",
        ),
        ("RateLimit-Reset: 10", "RateLimit-Reset: <count>"),
        (
            "RateLimit: \"default\";r=50;t=30",
            "RateLimit: \"default\";r=<count>;t=<count>",
        ),
        (
            "RateLimit: limit=100, remaining=50, reset=5",
            "RateLimit: limit=100, remaining=<count>, reset=<count>",
        ),
        ("X-Request-Id: abc", "X-Request-Id: <id>"),
        ("X-Correlation-ID: abc", "X-Correlation-ID: <id>"),
        (
            "X-Amzn-Trace-Id: Root=1-67891233-abcdef012345678912345678",
            "X-Amzn-Trace-Id: <id>",
        ),
        (
            "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "traceparent: <id>",
        ),
        ("CF-Ray: 8d1f2a3b4c5d6e7f-AMS", "CF-Ray: <id>"),
        ("ETag: \"abc\"", "ETag: \"<etag>\""),
        ("ETag: W/\"abc\"", "ETag: W/\"<etag>\""),
        ("ETag: 2ebf56890f8848ec", "ETag: <etag>"),
        (
            "Content-Type: multipart/mixed; boundary=\"abcdefgh\"",
            "Content-Type: multipart/mixed; boundary=\"<boundary>\"",
        ),
        (
            "WWW-Authenticate: Digest realm=\"r\", nonce=\"n/+=\", opaque=o, stale=false",
            "WWW-Authenticate: Digest realm=\"r\", nonce=\"<nonce 1>\", opaque=<nonce 2>, stale=false",
        ),
        (
            "Authentication-Info: rspauth=\"ab\", cnonce=\"c\", nc=00000001",
            "Authentication-Info: rspauth=\"<signature>\", cnonce=\"<nonce>\", nc=00000001",
        ),
        (
            "Content-Security-Policy: script-src 'nonce-abc' 'self'",
            "Content-Security-Policy: script-src 'nonce-<nonce>' 'self'",
        ),
        (
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
            "Sec-WebSocket-Accept: <signature>",
        ),
        ("Signature: sig1=:YWJj:", "Signature: sig1=:<signature>:"),
        (
            "Signature-Input: sig1=(\"@method\");created=1795253400;nonce=\"n\"",
            "Signature-Input: sig1=(\"@method\");created=<date>;nonce=\"<nonce>\"",
        ),
        (
            "Location: http://localhost:40000/",
            "Location: http://localhost:<port>/",
        ),
        ("X-Forwarded-Port: 5000", "X-Forwarded-Port: <port>"),
        ("Server: rcurl/0.1.0-dev", "Server: rcurl/<version>"),
    ] {
        assert_eq!(field(line), shown);
    }
}

#[test]
fn fields_that_stay() {
    for line in [
        "Expires: 0",
        "Expires: -1",
        "Expires: Thu, 01 Jan 1970 00:00:00 GMT",
        "Expires: Thu, 19 Nov 1981 08:52:00 GMT",
        "Set-Cookie: a=; Expires=Thu, 01-Jan-70 00:00:00 GMT",
        "Retry-After: 120",
        "Content-Type: multipart/x-mixed-replace; boundary=frame",
        "X-RateLimit-Limit: 60",
        "Keep-Alive: timeout=5, max=100",
        "Content-Length: 0",
        "Server: nginx/1.22.1",
        "If-None-Match: *",
        "Cache-Control: max-age=3600",
        "Location: http://localhost:8000/",
        "Location: http://elsewhere.test:40000/",
        "X-Forwarded-Port: 5001",
        "Connection: keep-alive",
        "Vary: Origin",
        "No-Colon-Value:",
    ] {
        assert_eq!(field(line), line);
    }
}

fn line(text: &str) -> String {
    let lines = response(&[], "", &format!("{text}\n"));
    lines[1].strip_prefix("< ").unwrap().to_owned()
}

#[test]
fn lines_that_vary() {
    for (text, shown) in [
        ("at 2026-11-21T09:30:00.123Z.", "at <date>."),
        ("at 2026-11-21T09:30:00+01:00", "at <date>"),
        ("at 2026-11-21 09:30", "at <date>"),
        ("2024-02-29T00:00:00Z", "<date>"),
        ("Sat, 21 Nov 2026 09:30:00 GMT", "<date>"),
        ("Sat Nov 21 09:30:00 2026", "<date>"),
        ("until Nov  1 01:13:53 2026 GMT", "until <date>"),
        ("Nov 21 09:30:00 host", "<date> host"),
        (
            "Sat Nov 21 2026 09:30:00 GMT+0100 (Central European Standard Time)",
            "<date>",
        ),
        ("[21/Nov/2026:09:30:00 +0000]", "[<date>]"),
        ("sub/    21-Nov-2026 09:30    -", "sub/    <date>    -"),
        ("20261121T093000Z", "<date>"),
        ("1795253400", "<date>"),
        ("1795253400.123", "<date>"),
        ("1795253400123", "<date>"),
        ("1795253400123456", "<date>"),
        ("1795253400123456789", "<date>"),
        ("\"expires_at\": 1811253400", "\"expires_at\": <date>"),
        ("today is 2026-11-21", "today is <date>"),
        ("0F8FAD5B-D9CB-469F-A165-70867728950E", "<id>"),
        (
            "urn:uuid:0f8fad5b-d9cb-469f-a165-70867728950e/7c9e6679-7425-40de-944b-e07fc1f90ae7",
            "urn:uuid:<id 1>/<id 2>",
        ),
        (
            "http://localhost:40000/ http://127.0.0.1:40000",
            "http://localhost:<port>/ http://127.0.0.1:<port>",
        ),
        (
            "[::1]:50000 and api.localhost:40001",
            "[::1]:<port 1> and api.localhost:<port 2>",
        ),
        ("127.0.0.1 port 40000", "127.0.0.1 port <port>"),
        ("{\"remotePort\": 5000}", "{\"remotePort\": <port>}"),
        (
            "\"User-Agent\": \"rcurl/0.1.0\"",
            "\"User-Agent\": \"rcurl/<version>\"",
        ),
    ] {
        assert_eq!(line(text), shown);
    }
}

#[test]
fn lines_that_stay() {
    for text in [
        "1999-12-31T23:59:59Z",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "2024-02-29",
        "1234567890",
        "1795063400",
        "1831253400",
        "2026-12-24",
        "1795253400x",
        "x1795253400",
        "99999",
        "00000000-0000-0000-0000-000000000000",
        "0f8fad5bd9cb469fa16570867728950e",
        "localhost:8000",
        "elsewhere.test:40000",
        "notlocalhost:40000",
        "a 12:34567 b",
        "port 5001",
        "exports: 5000",
        "after 12 ms",
        "nginx/1.22.1",
        "<date> and <id 1>",
    ] {
        let shown = line(text);
        // `exports` ends like the name of a port.
        if text != "exports: 5000" {
            assert_eq!(shown, text);
        }
    }
}

#[test]
fn what_a_field_showed_is_found_again() {
    let fields = "X-Request-Id: abcdefgh12\r\nETag: \"short\"\r\nContent-Security-Policy: 'nonce-abcdefgh'\r\n\
                  Content-Type: multipart/mixed; boundary=xxxxxxxx\r\n";
    let content = "--xxxxxxxx\r\n\r\nabcdefgh12, <script nonce=\"abcdefgh\">, short, yabcdefghy\r\n--xxxxxxxx--\r\n";
    assert_eq!(
        response(&[], fields, content),
        [
            "< X-Request-Id: <id>",
            "< ETag: \"<etag>\"",
            "< Content-Security-Policy: 'nonce-<nonce>'",
            "< Content-Type: multipart/mixed; boundary=<boundary>",
            "<",
            "< --<boundary>",
            "<",
            "< <id>, <script nonce=\"<nonce>\">, short, yabcdefghy",
            "< --<boundary>--",
        ]
    );
}

#[test]
fn what_is_told_of_content_varies_with_it() {
    let fields = "Content-Length: 11\r\nContent-MD5: abc\r\nContent-Digest: sha-256=:abc:\r\n";
    assert_eq!(
        response(&[], fields, "1795253400\n")[..3],
        [
            "< Content-Length: <length>",
            "< Content-MD5: <digest>",
            "< Content-Digest: <digest>"
        ]
    );
    assert_eq!(
        response(&[], fields, "0000000000\n")[..3],
        [
            "< Content-Length: 11",
            "< Content-MD5: abc",
            "< Content-Digest: sha-256=:abc:"
        ]
    );
}

#[test]
fn the_length_of_coded_content_varies_without_content_too() {
    let fields = "Content-Encoding: gzip\r\nContent-Length: 20\r\n";
    assert_eq!(response(&[], fields, "")[1], "< Content-Length: <length>");
}

fn read(words: &[&str]) -> Result<Box<Plan>, cli::Refusal> {
    let words: Vec<_> = ["-q", "http://localhost/"]
        .iter()
        .chain(words)
        .map(std::ffi::OsString::from)
        .collect();
    match cli::parse(&words, &Environment::default(), &mut std::io::empty())? {
        Asked::Run(plan) => Ok(plan),
        other => panic!("{other:?}"),
    }
}

fn masks(words: &[&str]) -> Vec<Mask> {
    let words: Vec<_> = words.iter().flat_map(|word| ["--mask", word]).collect();
    read(&words).unwrap().global.inspect.masks
}

#[test]
fn masks_of_the_user() {
    let fields = "X-Build: 4711\r\nX-Empty:\r\nX-Time: took 12 ms\r\nServer: nginx/1.22.1 (Ubuntu)\r\nX-Powered-By: PHP/8.2\r\n\
                  X-AspNet-Version: 4.0\r\nContent-Type: application/json\r\nContent-Length: 59\r\n";
    let content = "{\"a\":[{\"id\":1},{\"id\":\"x\"}],\"by\":\"nginx/1.22.1\",\"n\":\"12 ms\"}\n";
    let wanted = masks(&[
        "header:x-build",
        "header:X-Empty",
        "json:.a[*].id",
        "regex:([0-9]+) ms",
        "server",
    ]);
    assert_eq!(
        response(&wanted, fields, content),
        [
            "< X-Build: <masked>",
            "< X-Empty:",
            "< X-Time: took <masked> ms",
            "< Server: nginx/<version> (Ubuntu)",
            "< X-Powered-By: PHP/<version>",
            "< X-AspNet-Version: <version>",
            "< Content-Type: application/json",
            "< Content-Length: <length>",
            "<",
            "< {",
            "<   \"a\": [",
            "<     {",
            "<       \"id\": \"<masked>\"",
            "<     },",
            "<     {",
            "<       \"id\": \"<masked>\"",
            "<     }",
            "<   ],",
            "<   \"by\": \"nginx/<version>\",",
            "<   \"n\": \"<masked> ms\"",
            "< }",
        ]
    );
}

#[test]
fn a_path_leads_into_each_line_and_into_json_alone() {
    let lines = "Content-Type: application/x-ndjson\r\n";
    assert_eq!(
        response(&masks(&["json:.a"]), lines, "{\"a\":1}\n{\"a\":2}\n")[2..],
        [
            "< {",
            "<   \"a\": \"<masked>\"",
            "< }",
            "< {",
            "<   \"a\": \"<masked>\"",
            "< }"
        ]
    );
    let events = "Content-Type: text/event-stream\r\n";
    assert_eq!(
        response(
            &masks(&["json:.a"]),
            events,
            "data: {\"a\":1}\ndata:[2]\nid: {\"a\":1}\n"
        )[2..],
        [
            "< data: {",
            "< data:   \"a\": \"<masked>\"",
            "< data: }",
            "< data:[",
            "< data:   2",
            "< data: ]",
            "< id: {\"a\":1}"
        ]
    );
    // What is broken is no JSON.
    assert_eq!(
        response(&masks(&["json:.a"]), lines, "{\"a\":1\n{\"a\":2}\n")[2..],
        ["< {\"a\":1", "< {", "<   \"a\": \"<masked>\"", "< }"]
    );
    let text = "Content-Type: text/plain\r\n";
    assert_eq!(
        response(&masks(&["json:.a"]), text, "{\"a\":1}\n")[2..],
        ["< {\"a\":1}"]
    );
}

#[test]
fn an_expression_sees_what_is_said_of_octets() {
    let wanted = masks(&["regex:SHA-256 [0-9a-f]+"]);
    assert_eq!(response(&wanted, "", "\0")[1..], ["{ [1 byte, <masked>]"]);
}

#[test]
fn every_kind_can_be_kept() {
    let fields = "Content-Type: multipart/mixed; boundary=abcdefgh\r\nRateLimit-Remaining: 1\r\nDate: Sat, 21 Nov 2026 09:30:00 GMT\r\n\
                  Age: 1\r\nETag: \"a\"\r\nX-Request-Id: a\r\nWWW-Authenticate: Digest nonce=a\r\nLocation: http://localhost:40000/\r\n\
                  Signature: a=:b:\r\nServer: rcurl/1.0\r\nContent-Length: 1\r\nContent-MD5: a\r\n";
    let lines = |masks: &[Mask]| response(masks, fields, "1795253400");
    let all: Vec<Mask> = Varying::ALL
        .iter()
        .map(|varying| Mask::Keep(*varying))
        .collect();
    let kept = lines(&all);
    assert_eq!(kept.len(), 15, "{kept:?}");
    for line in &kept[..12] {
        assert!(fields.contains(line.strip_prefix("< ").unwrap()), "{line}");
    }
    for varying in Varying::ALL {
        let mark = format!("<{}>", varying.word());
        let has = |lines: &[String]| lines.iter().any(|line| line.contains(&mark));
        assert!(has(&lines(&[])), "{mark}");
        assert!(
            !has(&lines(&masks(&[&format!("keep:{}", varying.word())]))),
            "{mark}"
        );
    }
}

#[test]
fn a_mask_that_is_none_says_why() {
    for (mask, why) in [
        ("x", "the kinds are header, json, keep, regex and server"),
        (
            "Header:x",
            "the kinds are header, json, keep, regex and server",
        ),
        ("header", "it wants a pattern, as in header:X-Build"),
        ("header:", "it wants a pattern, as in header:X-Build"),
        ("header:a b", "a b is no name of a header"),
        (
            "json",
            "it wants a pattern, as in json:.items[*].created_at",
        ),
        ("json:items", "a step begins with . or [, unlike items"),
        ("regex", "it wants a pattern, as in regex:took [0-9]+ ms"),
        ("server:nginx", "it takes no pattern"),
        (
            "keep:time",
            "what can be kept is boundary, count, date, digest, duration, etag, id, length, nonce, port, signature, version",
        ),
    ] {
        let refusal = read(&["--mask", mask]).unwrap_err();
        assert_eq!(refusal.error.exit as u8, 2);
        assert_eq!(
            refusal.notices,
            [Notice::Complaint(format!("--mask {mask}: {why}"))]
        );
    }
    let refusal = read(&["--mask", "regex:("]).unwrap_err();
    assert!(
        matches!(&refusal.notices[..], [Notice::Complaint(text)] if text.starts_with("--mask regex:(: "))
    );
    let refusal = read(&["--mask", ""]).unwrap_err();
    assert_eq!(
        refusal.error.message,
        "option --mask: blank argument where content is expected"
    );
}

#[test]
fn what_does_nothing_is_told() {
    let told = |words: &[&str]| read(words).unwrap().notices;
    let warning = |text: &str| vec![Notice::Warning(text.to_owned())];
    assert_eq!(
        told(&["--update"]),
        warning("--update does nothing without --snapshot")
    );
    let idle = warning("--mask does nothing without --transcript or --snapshot");
    assert_eq!(told(&["--mask", "server"]), idle);
    assert_eq!(
        told(&["--mask", "server", "--snapshot", "s", "--update"]),
        []
    );
    assert_eq!(told(&["--mask", "server", "--transcript", "-"]), []);
}
