//! Start lines and field lines.

use super::{Asked, DEFAULT, OK, Then, asked, check, check_as, check_fields, tell};
use rcurl::http1::{Head, Http09, Role, Rule, Settings, Version, parse_field_line, request_lines};

#[test]
fn status_lines() {
    for (line, expected) in [
        ("HTTP/1.1 200 OK", "200 end kept"),
        ("HTTP/1.1 200", "200 end kept"),
        ("HTTP/1.1 200 ", "200 end kept"),
        ("HTTP/1.0 200 OK", "200 end"),
        ("HTTP/1.1 999 Odd", "999 end kept"),
        ("HTTP/1.1\t200\tOK", "200 end kept"),
    ] {
        check(
            &format!("{line}\r\nContent-Length: 0\r\n\r\n"),
            Then::Waits,
            expected,
        );
    }
    for (line, broken) in [
        ("HTTP/1.1  200 OK", "Subversion"),
        ("HTTP/1.1", "Subversion"),
        ("HTTP/1.1 ", "Subversion"),
        ("HTTP/1.1 2 OK", "Subversion"),
        ("HTTP/1.1 -12 OK", "Subversion"),
        ("HTTP/1.1 abc OK", "Subversion"),
        ("HTTP/1.2 200 OK", "Subversion"),
        ("HTTP/1.01 200 OK", "Subversion"),
        ("HTTP/1. 200 OK", "Subversion"),
        ("HTTP/11.1 200 OK", "Subversion"),
        ("HTTP/1.1 099 OK", "StatusCode"),
        ("HTTP/1.1 0123456789 OK", "StatusCode"),
        ("HTTP/1.1 2000 OK", "StatusCodeGlued"),
        ("HTTP/1.1 200OK", "StatusCodeGlued"),
        ("HTTP/2 200", "Version"),
        ("HTTP/0.9 200 OK", "Version"),
        ("HTTP/-1.1 200 OK", "Version"),
        ("HTTP/1.1 200 O\0K", "Nul"),
        ("HTTP/1.1 200 O\rK", "CarriageReturn"),
    ] {
        let input = format!("{line}\r\n\r\n");
        let stray = input.escape_default();
        check(
            &input,
            Then::Closes,
            &format!("stray[{stray}] {broken}").replace("\\u{0}", "\\x00"),
        );
    }
}

#[test]
fn what_is_no_status_line_is_http09_or_an_error() {
    let allowed = Asked {
        settings: Settings {
            http09: Http09::Allowed,
            ..DEFAULT
        },
        ..asked("GET")
    };
    for text in [
        "o",
        "HTML",
        "<p>hello",
        "http/1.1 200 OK",
        "HTTPS/1.1",
        "\r\n\r\n",
        " HTTP/1.1",
    ] {
        let shown = text.escape_default();
        check(text, Then::Closes, &format!("stray[{shown}] Http09"));
        check_as(
            allowed,
            text,
            Then::Closes,
            &format!("0 [{shown}] end by close"),
        );
        let head = Asked {
            method: "HEAD",
            ..allowed
        };
        check_as(
            head,
            text,
            Then::Closes,
            &format!("stray[{shown}] NoStatusLine"),
        );
    }
    check("HTT", Then::Waits, "waiting");
    check("HTTP/", Then::Closes, "stray[HTTP/] EmptyReply");
    let interim = "HTTP/1.1 100 Continue\r\n\r\nData";
    check_as(
        allowed,
        interim,
        Then::Closes,
        "100 stray[Data] NoStatusLine",
    );
}

#[test]
fn header_lines() {
    for (line, expected) in [
        ("X-A: b\r\n", None),
        ("X-A:\r\n", None),
        ("X-A:b\n", Some(Rule::BareLf)),
        ("X A: b\r\n", Some(Rule::FieldName)),
        (": b\r\n", Some(Rule::FieldName)),
        ("X-A : b\r\n", Some(Rule::BlankBeforeColon)),
        ("X-A: \x1b[2J\r\n", Some(Rule::FieldValue)),
        (" X-A: b\r\n", Some(Rule::BlankAfterStartLine)),
    ] {
        let input = format!("{OK}{line}Content-Length: 0\r\n\r\n");
        let story = tell(asked("GET"), input.as_bytes(), Then::Waits);
        assert_eq!(story.summary(), "200 end kept");
        let expected: Vec<_> = expected.map(|rule| (rule, 17)).into_iter().collect();
        assert_eq!(story.violations, expected, "{line:?}");
    }
    check_fields(
        "no colon\r\n",
        "",
        "stray[no colon\\r\\n\\r\\n] ColonMissing",
    );
    check_fields(
        " no colon\r\n",
        "",
        "stray[ no colon\\r\\n\\r\\n] ColonMissing",
    );
    check_fields("a: b\0\r\n", "", "stray[a: b\\x00\\r\\n\\r\\n] Nul");
    check_fields(
        "a: b\rc: d\r\n",
        "",
        "stray[a: b\\rc: d\\r\\n\\r\\n] CarriageReturn",
    );
    check_fields(
        "a: b\r\r\n",
        "",
        "stray[a: b\\r\\r\\n\\r\\n] CarriageReturn",
    );
    check(
        "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi",
        Then::Waits,
        "200 [hi] end kept",
    );
}

#[test]
fn a_folded_field_is_one_piece() {
    let field = "Set-Cookie: a=b;\r\n path=/c;\n\t\r\n secure\r\n";
    let input = format!("{OK}X: y\r\n{field}Content-Length: 0\r\n\r\n");
    let story = tell(asked("GET"), input.as_bytes(), Then::Waits);
    let lines: Vec<_> = story
        .pieces
        .iter()
        .filter(|(role, _)| *role == Role::FieldLine)
        .map(|(_, octets)| octets.escape_ascii().to_string())
        .collect();
    let field = field.escape_default().to_string();
    assert_eq!(lines, ["X: y\\r\\n", &field, "Content-Length: 0\\r\\n"]);
    let at = |rule| {
        story
            .violations
            .iter()
            .find(|told| told.0 == rule)
            .unwrap()
            .1
    };
    assert_eq!((at(Rule::ObsFold), at(Rule::BareLf)), (41, 41));
    check_fields("A: b\r\n c", "", "stray[A: b\\r\\n c\\r\\n] HeadCut");
}

#[test]
fn a_rule_is_told_once_per_exchange() {
    let input = "HTTP/1.1 200 OK\na:b\nc:d\nContent-Length: 0\n\n";
    let story = tell(asked("GET"), input.as_bytes(), Then::Waits);
    assert_eq!(story.violations, [(Rule::BareLf, 0)]);
}

#[test]
fn head_knows_what_was_sent() {
    let raw = b"HTTP/1.0 404 No such  thing\r\n skipped: x\r\nA: \t one \r\n\t two\r\n  \r\nb:2\na : 3\r\n\r\nrest";
    let head = Head::parse(raw).unwrap();
    assert_eq!((head.version(), head.status()), (Version::Http10, 404));
    assert_eq!(head.reason(), b"No such  thing");
    assert_eq!(head.raw(), &raw[..raw.len() - 4]);
    assert_eq!(head.status_line(), b"HTTP/1.0 404 No such  thing\r\n");
    let fields: Vec<_> = head
        .fields()
        .map(|field| (field.name, field.value, field.line))
        .collect();
    let folded: &[u8] = b"A: \t one \r\n\t two\r\n  \r\n";
    assert_eq!(
        fields,
        [
            (&b"A"[..], b"one two".into(), folded),
            (b"b", b"2".into(), b"b:2\n"),
            (b"a ", b"3".into(), b"a : 3\r\n"),
        ]
    );
    assert_eq!(head.field("a").unwrap().line, folded);
    assert_eq!(head.all("B").count(), 1);
    assert!(head.field("c").is_none());
    assert!(!format!("{head:?}").contains("one"));
}

#[test]
fn single_lines() {
    for (line, expected) in [
        ("Location:  /x y \r\n", Some(("Location", "/x y"))),
        ("Location:", Some(("Location", ""))),
        ("a : b: c\n", Some(("a ", "b: c"))),
        (" more\r\n", None),
        ("none\r\n", None),
        ("", None),
    ] {
        let field = parse_field_line(line.as_bytes());
        let found = field.as_ref().map(|field| (field.name, &*field.value));
        assert_eq!(
            found,
            expected.map(|(name, value)| (name.as_bytes(), value.as_bytes())),
            "{line:?}"
        );
    }
    let lines: Vec<_> = request_lines(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").collect();
    assert_eq!(
        lines,
        [
            (Role::RequestLine, &b"GET / HTTP/1.1\r\n"[..]),
            (Role::FieldLine, b"Host: x\r\n"),
            (Role::HeadEnd, b"\r\n"),
        ]
    );
}
