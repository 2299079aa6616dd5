//! JSON laid out: tables, then the laws.

use std::convert::Infallible;

use crate::support::chance::chance;
use proptest::prelude::*;
use rcurl::codec::json::{Break, Check, Colours, Controls, Form, Formatter, Style};

/// Formats pieces of content; what came out, and where it broke.
fn format_pieces<'a>(
    form: Form,
    style: Style,
    check: Check,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<u8>, Option<Break>) {
    let mut formatter = Formatter::new(form, style, check);
    let mut out = Vec::new();
    let mut deliver = |piece: &[u8]| -> Result<(), Infallible> {
        assert!(piece.len() <= 160 * 1024, "a piece of {}", piece.len());
        out.extend_from_slice(piece);
        Ok(())
    };
    for piece in pieces {
        formatter.push(piece, &mut deliver).unwrap();
    }
    formatter.finish(&mut deliver).unwrap();
    (out, formatter.broken())
}

fn format(form: Form, input: &[u8]) -> Vec<u8> {
    format_pieces(form, Style::PLAIN, Check::Held, [input]).0
}

#[track_caller]
fn check(form: Form, input: &[u8], expected: &[u8]) {
    let output = format(form, input);
    assert_eq!(
        output.escape_ascii().to_string(),
        expected.escape_ascii().to_string(),
        "{}",
        input.escape_ascii()
    );
}

#[track_caller]
fn check_json(input: &str, expected: &str) {
    check(Form::Json, input.as_bytes(), expected.as_bytes());
}

#[test]
fn texts_are_laid_out_like_jq() {
    check_json("{}", "{}\n");
    check_json(" [ ] ", "[]\n");
    check_json("1", "1\n");
    check_json("\"a\"", "\"a\"\n");
    check_json("\t null\r\n", "null\n");
    check_json("[1,2]", "[\n  1,\n  2\n]\n");
    check_json(
        r#"{"a":1,"b":[true,false,{}],"c":{"d":[[]]}}"#,
        r#"{
  "a": 1,
  "b": [
    true,
    false,
    {}
  ],
  "c": {
    "d": [
      []
    ]
  }
}
"#,
    );
}

#[test]
fn tokens_stay_as_sent() {
    for token in [
        "0",
        "-0",
        "-0.0",
        "1.10",
        "1E400",
        "1e-400",
        "-1.5e+10",
        "18446744073709551616",
        "123456789012345678901234567890.0",
        "\"\"",
        r#""\u00E9\u00ea\/\"\\\b\f\n\r\t""#,
        r#""\ud800""#,
        r#""\udead\uD834\uDD1E""#,
        "\"é雪😀\u{7f}\u{2028}\"",
        "\"]},[{:\"",
    ] {
        check_json(token, &format!("{token}\n"));
        check_json(&format!("[{token}]"), &format!("[\n  {token}\n]\n"));
        if token.starts_with('"') {
            check_json(
                &format!("{{{token}:1}}"),
                &format!("{{\n  {token}: 1\n}}\n"),
            );
        }
    }
    check_json(
        r#"{"b":1,"a":2,"b":1}"#,
        "{\n  \"b\": 1,\n  \"a\": 2,\n  \"b\": 1\n}\n",
    );
}

#[test]
fn octets_in_strings_pass_whatever_they_are() {
    check(
        Form::Json,
        b"[\"\xe9\",\"\xff\xfe\xed\xa0\xbd\"]",
        b"[\n  \"\xe9\",\n  \"\xff\xfe\xed\xa0\xbd\"\n]\n",
    );
}

#[test]
fn a_byte_order_mark_stays() {
    check_json("\u{feff}[1]", "\u{feff}[\n  1\n]\n");
    check_json("\u{feff}", "\u{feff}");
    check_json(" \u{feff}[1]", " \u{feff}[1]");
    check_json("\u{feff}\u{feff}[1]", "\u{feff}\u{feff}[1]");
    check(Form::Json, b"\xef\xbb{}", b"\xef\xbb{}");
}

#[test]
fn nothing_stays_nothing() {
    for blank in ["", " ", "\r\n\t"] {
        check_json(blank, blank);
        assert_eq!(
            format_pieces(Form::Json, Style::PLAIN, Check::Held, [blank.as_bytes()]).1,
            None
        );
    }
}

/// A broken text passes unchanged, and it is said where it breaks: the line, the column, and what
/// should have stood there.
#[track_caller]
fn check_broken(input: &[u8], line: u64, column: u64, wanted: &str) {
    let (output, found) = format_pieces(Form::Json, Style::PLAIN, Check::Held, [input]);
    assert_eq!(
        output.escape_ascii().to_string(),
        input.escape_ascii().to_string()
    );
    let found = found.unwrap();
    assert_eq!(
        (found.line, found.column, found.wanted),
        (line, column, wanted),
        "{}",
        input.escape_ascii()
    );
}

#[test]
fn broken_texts_pass_unchanged() {
    check_broken(b"}", 1, 1, "a value");
    check_broken(b"[1,]", 1, 4, "a value");
    check_broken(b"[,1]", 1, 2, "a value or ']'");
    check_broken(b"[1 2]", 1, 4, "',' or ']'");
    check_broken(b"[1}", 1, 3, "',' or ']'");
    check_broken(b"{\"a\":1]", 1, 7, "',' or '}'");
    check_broken(b"{\"a\":1,}", 1, 8, "a name");
    check_broken(b"{a:1}", 1, 2, "a name or '}'");
    check_broken(b"{'a':1}", 1, 2, "a name or '}'");
    check_broken(b"{]", 1, 2, "a name or '}'");
    check_broken(b"[}", 1, 2, "a value or ']'");
    check_broken(b"{\"a\" 1}", 1, 6, "':'");
    check_broken(b"{\"a\",1}", 1, 5, "':'");
    check_broken(b"{\"a\":}", 1, 6, "a value");
    check_broken(b"{\"a\":1}}", 1, 8, "the end of the text");
    check_broken(b"{\"a\":1} x", 1, 9, "the end of the text");
    check_broken(b"1 2", 1, 3, "the end of the text");
    check_broken(b"[]\0", 1, 3, "the end of the text");
    check_broken(b"[1 /* c */]", 1, 4, "',' or ']'");
    check_broken(b"while(1);[1]", 1, 1, "a value");
    check_broken(b"<html>", 1, 1, "a value");
    check_broken(b"[\x0b1]", 1, 2, "a value or ']'");
    check_broken(b"[\xc2\xa01]", 1, 2, "a value or ']'");
    check_broken(b"{\0\"\0a\0", 1, 2, "a name or '}'");
}

#[test]
fn broken_tokens_pass_unchanged() {
    check_broken(b"[-]", 1, 3, "a digit");
    check_broken(b"[-.5]", 1, 3, "a digit");
    check_broken(b"[1.]", 1, 4, "a digit");
    check_broken(b"[1.e1]", 1, 4, "a digit");
    check_broken(b"[1e]", 1, 4, "a digit");
    check_broken(b"[1e+]", 1, 5, "a digit");
    check_broken(b"[01]", 1, 3, "',' or ']'");
    check_broken(b"[0x1]", 1, 3, "',' or ']'");
    check_broken(b"[1.2.3]", 1, 5, "',' or ']'");
    check_broken(b"[.5]", 1, 2, "a value or ']'");
    check_broken(b"[+1]", 1, 2, "a value or ']'");
    check_broken(b"[-Infinity]", 1, 3, "a digit");
    check_broken(b"[NaN]", 1, 2, "a value or ']'");
    check_broken(b"[nul]", 1, 5, "true, false or null");
    check_broken(b"[True]", 1, 2, "a value or ']'");
    check_broken(b"truefalse", 1, 5, "the end of the text");
    check_broken(b"[\"a\nb\"]", 1, 4, "a character or '\"'");
    check_broken(b"[\"a\tb\"]", 1, 4, "a character or '\"'");
    check_broken(b"[\"\\x\"]", 1, 4, "an escape");
    check_broken(b"[\"\\u12\"]", 1, 7, "a hexadecimal digit");
    check_broken(b"[\"\\u00g0\"]", 1, 7, "a hexadecimal digit");
}

#[test]
fn lines_and_columns_are_counted() {
    check_broken(b"{\n  \"a\": 1,\r\n  b\n}", 3, 3, "a name");
    check_broken(b"[\n\n\n", 4, 1, "a value or ']'");
    // A column is an octet, not a character.
    check_broken("[\n\"é\" x]".as_bytes(), 2, 6, "',' or ']'");
    check_broken("\u{feff}[}".as_bytes(), 1, 5, "a value or ']'");
}

/// No beginning of a text is a text.
#[test]
fn texts_cut_short_pass_unchanged() {
    let whole = br#"{"a":[1,2.5e3,"x\u00e9"],"b":{"c":null}}"#;
    for length in 1..whole.len() {
        check(Form::Json, &whole[..length], &whole[..length]);
    }
}

#[test]
fn a_long_text_passes_raw_from_where_it_breaks() {
    let items = 300_000;
    let sound = format!("[{}", "1234,".repeat(items));
    let laid_out = format!("[\n  {}", "1234,\n  ".repeat(items));
    for broken in ["}, 5]\r\n", "\"\x01\" , 6", "12x , ", "tru", "\""] {
        let input = sound.clone() + broken;
        let (output, found) = format_pieces(
            Form::Json,
            Style::PLAIN,
            Check::Held,
            input.as_bytes().chunks(70_000),
        );
        assert!(
            output == (laid_out.clone() + broken).into_bytes(),
            "{broken:?}"
        );
        assert!(found.unwrap().offset >= sound.len() as u64);
    }
}

#[test]
fn streaming_passes_raw_from_where_it_breaks() {
    let stream = |input: &str| {
        let style = Style {
            colours: Colours::STANDARD,
            controls: Controls::AsSent,
        };
        let plain = format_pieces(
            Form::Json,
            Style::PLAIN,
            Check::Streaming,
            [input.as_bytes()],
        );
        let coloured = format_pieces(Form::Json, style, Check::Streaming, [input.as_bytes()]);
        assert_eq!(plain.1, coloured.1);
        assert_eq!(
            String::from_utf8(plain.0.clone()).unwrap(),
            without_colours(&coloured.0)
        );
        String::from_utf8(plain.0).unwrap()
    };
    assert_eq!(stream("[1,{\"a\":tru }"), "[\n  1,\n  {\n    \"a\": tru }");
    assert_eq!(stream("[\"a\nb\", 1]"), "[\n  \"a\nb\", 1]");
    assert_eq!(stream("[1]  x  "), "[\n  1\n]x  ");
    assert_eq!(stream("[1"), "[\n  1");
}

#[test]
fn what_is_there_is_shown_at_once_when_streaming() {
    let mut formatter = Formatter::new(Form::Json, Style::PLAIN, Check::Streaming);
    let mut out = Vec::new();
    formatter
        .push::<Infallible>(b"[{\"a\":\"x", &mut |piece| {
            out.extend_from_slice(piece);
            Ok(())
        })
        .unwrap();
    assert_eq!(out, b"[\n  {\n    \"a\": \"x");
}

#[test]
fn depth_is_no_flood() {
    for levels in [64, 65, 1000, 65_536] {
        let input = "[".repeat(levels) + &"]".repeat(levels);
        let output = format(Form::Json, input.as_bytes());
        assert!(
            output.len() < input.len() + 10_000,
            "{levels} levels: {}",
            output.len()
        );
        assert!(
            without_blanks(&output) == input.into_bytes(),
            "{levels} levels"
        );
    }
    let input = "{\"a\":".repeat(65_537) + "1" + &"}".repeat(65_537);
    let (output, found) = format_pieces(Form::Json, Style::PLAIN, Check::Held, [input.as_bytes()]);
    assert!(output == input.as_bytes());
    assert_eq!(found.unwrap().wanted, "fewer levels");
}

#[test]
fn lines_are_laid_out_one_by_one() {
    check(Form::Lines, b"{\"a\":1}\n[]\n", b"{\n  \"a\": 1\n}\n[]\n");
    check(Form::Lines, b"{\"a\":1}\r\n7", b"{\n  \"a\": 1\n}\n7\n");
    check(
        Form::Lines,
        b"[1]\n{broken\n\n[2]\nrest",
        b"[\n  1\n]\n{broken\n\n[\n  2\n]\nrest",
    );
    check(Form::Lines, b"1 2\n", b"1 2\n");
    let (_, found) = format_pieces(
        Form::Lines,
        Style::PLAIN,
        Check::Held,
        [b"1\n\n[2,\nx".as_slice()],
    );
    assert_eq!(
        found,
        Some(Break {
            line: 3,
            column: 4,
            offset: 6,
            wanted: "a value"
        })
    );
}

#[test]
fn a_line_too_long_to_hold_is_laid_out() {
    let long = format!("[{}1]", "1234,".repeat(300_000));
    let input = format!("{long}\n[x\n");
    let output = format(Form::Lines, input.as_bytes());
    assert!(output == [format(Form::Json, long.as_bytes()).as_slice(), b"[x\n"].concat());
}

#[test]
fn events_stay_events() {
    check(
        Form::Events,
        b"event: a\ndata: {\"a\":[1]}\nid: 7\n\n: {\"c\":1}\ndata:[{}]\r\n\r\ndata: text\rdata: 1\n",
        b"event: a\ndata: {\ndata:   \"a\": [\ndata:     1\ndata:   ]\ndata: }\nid: 7\n\n: {\"c\":1}\ndata:[\ndata:   {}\ndata: ]\r\n\r\ndata: text\rdata: 1\n",
    );
    check(
        Form::Events,
        b"data: {\"a\":1\ndata: {}x\ndata:  {}\ndat",
        b"data: {\"a\":1\ndata: {}x\ndata:  {}\ndat",
    );
    check(
        Form::Events,
        b"data\ndata: [1]",
        b"data\ndata: [\ndata:   1\ndata: ]",
    );
    check(
        Form::Events,
        b"dataset: {}\nxdata: []\ndata : {}\n",
        b"dataset: {}\nxdata: []\ndata : {}\n",
    );
}

#[test]
fn colours_go_by_meaning() {
    let colours = Colours {
        key: "<key>",
        string: "<string>",
        number: "<number>",
        boolean: "<boolean>",
        null: "<null>",
        punctuation: "<mark>",
    };
    let style = Style {
        colours,
        controls: Controls::AsSent,
    };
    let input = br#"{"a":["b",1,true,false,null]}"#.as_slice();
    let (output, _) = format_pieces(Form::Json, style, Check::Held, [input]);
    assert_eq!(
        String::from_utf8(output).unwrap().replace("\x1b[0m", "<>"),
        "<mark>{<>\n  <key>\"a\"<><mark>: <><mark>[<>\n    <string>\"b\"<><mark>,<>\n    <number>1<><mark>,<>\n    <boolean>true<><mark>,<>\n    <boolean>false<><mark>,<>\n    <null>null<>\n  <mark>]<>\n<mark>}<>\n",
    );
}

#[test]
fn controls_are_made_visible_on_request() {
    let style = Style {
        colours: Colours::NONE,
        controls: Controls::Visible,
    };
    let show = |form, input: &[u8]| {
        String::from_utf8(format_pieces(form, style, Check::Held, [input]).0).unwrap()
    };
    assert_eq!(
        show(Form::Json, b"[\"\x7f\xc2\x9b2J\xe2\x80\xae\xe9 \xc3\xa9\"]"),
        "[\n  \"^?\\u009b2J\\u202e\\xe9 é\"\n]\n"
    );
    assert_eq!(
        show(Form::Json, b"{\"a\":\"\x1b[2J\"}\r\n"),
        "{\"a\":\"^[[2J\"}\r\n"
    );
    assert_eq!(show(Form::Json, b"[1] \xe2\x80"), "[1] \\xe2\\x80");
    assert_eq!(
        show(Form::Lines, b"\x1b\r\n[\"\x7f\"]\n"),
        "^[\r\n[\n  \"^?\"\n]\n"
    );
    assert_eq!(
        show(Form::Events, b"data: \x1b\r\n\rid:\r"),
        "data: ^[\r\n^Mid:^M"
    );
}

#[test]
fn an_error_of_the_receiver_comes_back() {
    let mut formatter = Formatter::new(Form::Json, Style::PLAIN, Check::Streaming);
    assert_eq!(formatter.push(b"[1", &mut |_| Err("full")), Err("full"));
}

#[test]
fn types_announce_forms() {
    let check = |content_type: &str, form| {
        assert_eq!(Form::of(content_type.as_bytes()), form, "{content_type:?}");
    };
    check("application/json", Some(Form::Json));
    check(" Application/JSON ; charset=utf-8", Some(Form::Json));
    check("application/problem+json", Some(Form::Json));
    check("application/vnd.x.v1+json;a=b", Some(Form::Json));
    check("text/json", Some(Form::Json));
    check("application/x-ndjson", Some(Form::Lines));
    check("application/jsonl", Some(Form::Lines));
    check("text/event-stream;charset=utf-8", Some(Form::Events));
    for other in [
        "",
        "text/html",
        "text/plain",
        "application/javascript",
        "application/jsonp",
        "json",
        "application/json-seq",
        "application/octet-stream",
        ";;;application/json",
        "+json",
        "text/html; x=application/json",
        "application/jsonx",
    ] {
        check(other, None);
    }
}

// The laws.

/// Without the white space between tokens.
fn without_blanks(text: &[u8]) -> Vec<u8> {
    let (mut inside, mut escaped) = (false, false);
    let mut kept = text.to_vec();
    kept.retain(|&byte| {
        let keep = inside || !b" \t\r\n".contains(&byte);
        if escaped {
            escaped = false;
        } else if byte == b'"' {
            inside = !inside;
        } else {
            escaped = inside && byte == b'\\';
        }
        keep
    });
    kept
}

fn without_colours(text: &[u8]) -> String {
    let text = String::from_utf8(text.to_vec()).unwrap();
    let mut parts = text.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_owned();
    first
        + &parts
            .map(|part| part.split_once('m').unwrap().1)
            .collect::<String>()
}

fn space() -> impl Strategy<Value = &'static str> + Clone {
    prop::sample::select(vec!["", "", " ", "\n", "\t ", "\r\n"])
}

/// A text with white space wherever it may stand.
fn text() -> impl Strategy<Value = String> {
    let token = prop_oneof![
        Just("true".to_owned()),
        Just("false".to_owned()),
        Just("null".to_owned()),
        "-?(0|[1-9][0-9]{0,3})(\\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})?",
        string(),
    ];
    token.prop_recursive(5, 40, 5, |inner| {
        let spaced = (space(), inner, space())
            .prop_map(|(a, value, b)| format!("{a}{value}{b}"))
            .boxed();
        let member = (space(), string(), space(), spaced.clone())
            .prop_map(|(a, key, b, value)| format!("{a}{key}{b}:{value}"));
        prop_oneof![
            space().prop_map(|blank| format!("[{blank}]")),
            space().prop_map(|blank| format!("{{{blank}}}")),
            prop::collection::vec(spaced, 1..5).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec(member, 1..5)
                .prop_map(|items| format!("{{{}}}", items.join(","))),
        ]
    })
}

fn string() -> impl Strategy<Value = String> {
    let pieces = vec![
        "a",
        "xyz ",
        "\\\"",
        "\\\\",
        "\\n",
        "\\u00e9",
        "é",
        "雪",
        "{",
        "]",
        ",",
        ":",
        " ",
        "a longer run of plain characters",
        "\u{7f}",
        "/",
    ];
    prop::collection::vec(prop::sample::select(pieces), 0..6)
        .prop_map(|pieces| format!("\"{}\"", pieces.concat()))
}

/// What is nearly JSON: tokens in any order.
fn soup() -> impl Strategy<Value = String> {
    let pieces = vec![
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"a\"",
        "\"",
        "\\",
        "\\u",
        "1",
        "-",
        ".5",
        "e",
        "true",
        "nul",
        " ",
        "\n",
        "\r",
        "data:",
        "data: ",
        "é",
        "\x1b",
        "\x00",
        "{}",
        "[1]",
        "{\"a\":1}",
    ];
    prop::collection::vec(prop::sample::select(pieces), 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(chance(256))]

    #[test]
    fn only_white_space_changes(input in text()) {
        let output = format(Form::Json, input.as_bytes());
        prop_assert!(output.ends_with(b"\n"));
        prop_assert_eq!(without_blanks(&output), without_blanks(input.as_bytes()));
    }

    #[test]
    fn what_is_laid_out_stays_so(input in text()) {
        let once = format(Form::Json, input.as_bytes());
        prop_assert_eq!(format(Form::Json, &once), once);
    }

    #[test]
    fn a_laid_out_stream_of_events_stays_so(input in prop_oneof![text(), soup()]) {
        let input = format!("data: {input}\n\n");
        let once = format(Form::Events, input.as_bytes());
        prop_assert_eq!(format(Form::Events, &once), once);
    }

    /// A text is laid out exactly when another parser takes it; else nothing changes.
    #[test]
    fn what_is_broken_passes_unchanged(input in prop_oneof![soup(), text()]) {
        let (output, found) = format_pieces(Form::Json, Style::PLAIN, Check::Held, [input.as_bytes()]);
        let sound = serde_json::from_str::<serde_json::Value>(&input).is_ok();
        if sound {
            prop_assert_eq!(found, None);
            prop_assert_eq!(without_blanks(&output), without_blanks(input.as_bytes()));
        } else {
            prop_assert_eq!(found.is_some(), !input.trim_ascii().is_empty());
            prop_assert_eq!(output, input.into_bytes());
        }
    }

    #[test]
    fn cuts_change_nothing(input in prop_oneof![soup(), text()], size in 1_usize..8, streaming: bool) {
        let check = if streaming { Check::Streaming } else { Check::Held };
        for form in [Form::Json, Form::Lines, Form::Events] {
            for style in [Style::PLAIN, Style::TERMINAL] {
                let whole = format_pieces(form, style, check, [input.as_bytes()]);
                let pieces = format_pieces(form, style, check, input.as_bytes().chunks(size));
                prop_assert_eq!(whole, pieces);
            }
        }
    }

    #[test]
    fn no_control_reaches_a_terminal(
        input in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..60),
            soup().prop_map(String::into_bytes),
        ],
        streaming: bool,
    ) {
        let check = if streaming { Check::Streaming } else { Check::Held };
        for form in [Form::Json, Form::Lines, Form::Events] {
            let (output, _) = format_pieces(form, Style::TERMINAL, check, [input.as_slice()]);
            let shown = without_colours(&output).replace("\r\n", "\n");
            prop_assert!(shown.chars().all(|c| !c.is_control() || c == '\n' || c == '\t'), "{:?}", shown);
        }
    }
}
