//! How content is delimited.

use super::{Asked, DEFAULT, OK, Then, asked, check_as, check_chunks, check_fields};
use rcurl::http1::{Codings, ContentLength, Framing, Head, Settings, codings, framing};

#[test]
fn content_length() {
    for (fields, expected) in [
        ("Content-Length: 5\r\n", "200 [hello] end"),
        ("cOnTeNt-LeNgTh:5\r\n", "200 [hello] end"),
        (
            "Content-Length: 0000000000000000000000005\r\n",
            "200 [hello] end",
        ),
        ("Content-Length: 5, 5\r\n", "200 [hello] end"),
        (
            "Content-Length: 5\r\nContent-Length: 5\r\n",
            "200 [hello] end",
        ),
        ("Content-Length:\r\n 5\r\n", "200 [hello] end"),
        ("Content-Length: 5\r\n \r\n", "200 [hello] end"),
        ("Content-Length: 3\r\n", "200 [hel] stray[lo] end"),
        ("Content-Length: 0\r\n", "200 stray[hello] end"),
        (
            "Content-Length: 7\r\n",
            "200 [hello] ContentCut { missing: 2 }",
        ),
        ("Content-Length : 5\r\n", "200 [hello] end by close"),
        ("", "200 [hello] end by close"),
    ] {
        check_fields(fields, "hello", expected);
    }
    let huge = format!("200 [hello] ContentCut {{ missing: {} }}", i64::MAX - 5);
    check_fields("Content-Length: 9223372036854775807\r\n", "hello", &huge);
}

#[test]
fn a_bad_content_length_ends_the_response_at_its_line() {
    for value in [
        "-5", "+5", "0x5", "5f", "five", "5e0", "5,", ",5", "5 5", "(5)", "5;", "\x0c5", "5\u{b}",
    ] {
        let line = format!("Content-Length: {value}\r\n");
        let stray = format!("{line}X: y\r\n\r\n")
            .into_bytes()
            .escape_ascii()
            .to_string();
        check_fields(
            &format!("{line}X: y\r\n"),
            "",
            &format!("stray[{stray}] ContentLength"),
        );
    }
    for digits in [
        "9223372036854775808",
        "36893488147419103232",
        &"9".repeat(300),
    ] {
        let stray = format!("Content-Length: {digits}\\r\\n\\r\\n");
        let expected = format!("stray[{stray}] LengthOverflow");
        check_fields(&format!("Content-Length: {digits}\r\n"), "", &expected);
    }
    for before in ["", "Transfer-Encoding: chunked\r\n"] {
        let fields = format!("{before}Content-Length: \r\n");
        let expected = "stray[Content-Length: \\r\\n\\r\\n] ContentLength";
        check_fields(&fields, "", expected);
    }
    let twice = "Content-Length: 5\r\nContent-Length: 6\r\n";
    check_fields(twice, "", "stray[\\r\\n] LengthsDiffer");
    let list = "Content-Length: 5, 6\r\n";
    check_fields(
        list,
        "",
        "stray[Content-Length: 5, 6\\r\\n\\r\\n] LengthsDiffer",
    );
    let folded = "Content-Length: 5\r\n 0\r\n";
    let stray = "stray[Content-Length: 5\\r\\n 0\\r\\n\\r\\n]";
    check_fields(folded, "", &format!("{stray} ContentLength"));
}

#[test]
fn ignored_content_length() {
    let settings = Settings {
        content_length: ContentLength::Ignored,
        ..DEFAULT
    };
    let ignored = Asked {
        settings,
        ..asked("GET")
    };
    for length in ["2", "99", "-1", "99999999999999999999"] {
        let input = format!("{OK}Content-Length: {length}\r\n\r\nhello");
        check_as(ignored, &input, Then::Closes, "200 [hello] end by close");
    }
}

#[test]
fn transfer_codings() {
    const HELLO: &str = "5\r\nhello\r\n0\r\n\r\n";
    for value in [
        "chunked",
        "ChUnKeD",
        "\tchunked\t",
        ",chunked,",
        "chunked, chunked",
        "identity, chunked",
        "chunked\r\nTransfer-Encoding: chunked",
        "\r\n chunked",
        "chunked\r\n , chunked",
        "chunked\r\nContent-Length: 3",
    ] {
        check_fields(
            &format!("Transfer-Encoding: {value}\r\n"),
            HELLO,
            "200 [hello] end",
        );
    }
    for value in ["identity", "identity, identity", ""] {
        let fields = format!("Transfer-Encoding: {value}\r\n");
        check_fields(&fields, "hello", "200 [hello] end by close");
    }
    let counted = "Transfer-Encoding: identity\r\nContent-Length: 3\r\n";
    check_fields(counted, "hello", "200 [hel] stray[lo] end");
    for (value, coding) in [
        ("gzip", "gzip"),
        ("gzip, chunked", "gzip"),
        ("identityx", "identityx"),
        ("chunkedchunked", "chunkedchunked"),
        ("chunked;q=1", "chunked;q=1"),
        ("\"chunked\"", "\"chunked\""),
    ] {
        let line = format!("Transfer-Encoding: {value}\r\n");
        let stray = format!("{line}\r\n")
            .into_bytes()
            .escape_ascii()
            .to_string();
        check_fields(
            &line,
            "",
            &format!("stray[{stray}] CodingUnasked({coding:?})"),
        );
    }
    for value in ["chunked, identity", "chunked, gzip"] {
        let line = format!("Transfer-Encoding: {value}\r\n");
        let coding = &value[9..];
        let stray = format!("stray[Transfer-Encoding: {value}\\r\\n\\r\\n]");
        check_fields(&line, "", &format!("{stray} CodingMisplaced({coding:?})"));
    }
    let apart = "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n";
    check_fields(apart, "", "stray[\\r\\n] CodingMisplaced(\"identity\")");
}

#[test]
fn transfer_codings_asked_for_and_raw() {
    let with = |codings| Asked {
        settings: Settings { codings, ..DEFAULT },
        ..asked("GET")
    };
    let gzip = "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n1\r\nz\r\n0\r\n\r\n";
    check_as(with(Codings::Asked), gzip, Then::Waits, "200 [z] end kept");
    check_as(with(Codings::Raw), gzip, Then::Waits, "200 [z] end kept");
    let close = "HTTP/1.1 200 OK\r\nTransfer-Encoding: what\r\nContent-Length: 1\r\n\r\nzz";
    check_as(
        with(Codings::Asked),
        close,
        Then::Closes,
        "200 [zz] end by close",
    );
    check_as(
        with(Codings::Raw),
        close,
        Then::Closes,
        "200 [z] stray[z] end",
    );
    let six = "HTTP/1.1 200 OK\r\nTransfer-Encoding: a,b,c,d,e,chunked\r\n\r\n";
    let stray = "stray[Transfer-Encoding: a,b,c,d,e,chunked\\r\\n\\r\\n]";
    check_as(
        with(Codings::Asked),
        six,
        Then::Closes,
        &format!("{stray} TooManyCodings"),
    );

    let head = Head::parse(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: GZIP\r\ntransfer-encoding: identity, br,, chunked\r\n\r\n");
    assert_eq!(codings(&head.unwrap()), [b"GZIP".to_vec(), b"br".to_vec()]);
}

#[test]
fn framing_step_by_step() {
    use Framing::{Chunked, Length, None, UntilClose};
    let both = "Transfer-Encoding: chunked\r\nContent-Length: 5";
    for (method, status, fields, expected) in [
        ("GET", 200, "Content-Length: 5", Length(5)),
        ("GET", 200, "Content-Length: 0", Length(0)),
        ("GET", 200, "A: b", UntilClose),
        ("GET", 200, both, Chunked),
        ("GET", 205, "Content-Length: 5", Length(5)),
        ("HEAD", 200, both, None),
        ("GET", 100, both, None),
        ("GET", 204, both, None),
        ("GET", 304, both, None),
        ("GET", 204, "Content-Length: x", None),
        ("CONNECT", 200, both, None),
        ("CONNECT", 407, both, Chunked),
        ("CONNECT", 407, "Content-Length: 5", Length(5)),
    ] {
        let head =
            Head::parse(format!("HTTP/1.1 {status} X\r\n{fields}\r\n\r\n").as_bytes()).unwrap();
        assert_eq!(
            framing(method, &head, &DEFAULT),
            Ok(expected),
            "{method} {status} {fields}"
        );
    }
}

#[test]
fn chunks() {
    for (body, expected) in [
        ("5\r\nhello\r\n0\r\n\r\n", "[hello] end"),
        ("2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", "[he] [llo] end"),
        ("0\r\n\r\n", "end"),
        ("A\r\n0123456789\r\n0\r\n\r\n", "[0123456789] end"),
        ("0005\r\nhello\r\n000\r\n\r\n", "[hello] end"),
        ("0000000000000005\r\nhello\r\n0\r\n\r\n", "[hello] end"),
        ("5;a=b;c\r\nhello\r\n0;x\r\n\r\n", "[hello] end"),
        ("5;a=\"\r\nhello\r\n0\r\n\r\n", "[hello] end"),
        ("5  \r\nhello\r\n0\t;x\r\n\r\n", "[hello] end"),
        ("5\nhello\n0\n\n", "[hello] end"),
        (
            "5\r\nhello\r\n0\r\nA: b\r\nC: d\r\n\r\n",
            "[hello] (A: b) (C: d) end",
        ),
        (
            "0\r\nno colon\r\n folded\r\n\r\n",
            "(no colon) (folded) end",
        ),
        ("0\r\n\r\n5\r\nhello\r\n", "stray[5\\r\\nhello\\r\\n] end"),
        ("5\r\nhel", "[hel] ChunkedCut"),
        ("5\r\nhello\r\n", "[hello] ChunkedCut"),
        ("5\r\nhello\r\n0\r\n", "[hello] ChunkedCut"),
        ("5\r\nhello\r\n0\r\n\r", "[hello] stray[\\r] ChunkedCut"),
        ("7FFFFFFFFFFFFFFF\r\nhello", "[hello] ChunkedCut"),
        ("", "ChunkedCut"),
    ] {
        check_chunks(body, expected);
    }
}

#[test]
fn broken_chunks() {
    for (size, broken) in [
        (" 5", "ChunkSizeDigit(32)"),
        ("+5", "ChunkSizeDigit(43)"),
        ("-0", "ChunkSizeDigit(45)"),
        (";5", "ChunkSizeDigit(59)"),
        ("", "ChunkSizeDigit(13)"),
        ("\u{ff15}", "ChunkSizeDigit(239)"),
        ("0x5", "ChunkSizeTail"),
        ("5.0", "ChunkSizeTail"),
        ("5 5", "ChunkSizeTail"),
        ("5x", "ChunkSizeTail"),
        ("5\0", "ChunkSizeTail"),
        ("5\r", "ChunkSizeTail"),
        ("10000000000000005", "ChunkSizeLong"),
        (
            "FFFFFFFFFFFFFFFF",
            "ChunkSizeOverflow(\"FFFFFFFFFFFFFFFF\")",
        ),
        (
            "8000000000000000",
            "ChunkSizeOverflow(\"8000000000000000\")",
        ),
    ] {
        let body = format!("{size}\r\nhello\r\n");
        let stray = body.as_bytes().escape_ascii().to_string();
        check_chunks(&body, &format!("stray[{stray}] {broken}"));
    }
    for (body, expected) in [
        (
            "5\r\nhello0\r\n\r\n",
            "[hello] stray[0\\r\\n\\r\\n] ChunkEnd",
        ),
        ("3\r\nhello\r\n", "[hel] stray[lo\\r\\n] ChunkEnd"),
        ("5\r\nhello\r0\r\n", "[hello] stray[\\r0\\r\\n] ChunkEnd"),
        ("5\r\nhello\r\r\n", "[hello] stray[\\r\\r\\n] ChunkEnd"),
        (
            "0\r\nA: b\rc\r\n\r\n",
            "stray[A: b\\rc\\r\\n\\r\\n] Trailer",
        ),
    ] {
        check_chunks(body, expected);
    }
}
