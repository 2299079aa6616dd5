//! Problem documents: what is read out of them as they pass.

use proptest::prelude::*;
use rcurl::codec::problem::{Problem, Reader, announced};

use crate::support::chance::chance;

fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Option<Problem> {
    let mut reader = Reader::default();
    for piece in pieces {
        reader.push(piece);
    }
    reader.finish()
}

fn said(document: &str) -> [Option<String>; 4] {
    let problem = read([document.as_bytes()]).unwrap_or_default();
    let status = problem.status.map(|status| status.to_string());
    [problem.kind, problem.title, status, problem.detail]
}

#[track_caller]
fn check(document: &str, expected: [Option<&str>; 4]) {
    assert_eq!(
        said(document),
        expected.map(|it| it.map(str::to_owned)),
        "{document}"
    );
}

#[test]
fn members_at_the_top_are_read() {
    check(
        r#"{"type": "https://example.com/p", "title": "Out of credit", "status": 403, "detail": "It costs 50."}"#,
        [
            Some("https://example.com/p"),
            Some("Out of credit"),
            Some("403"),
            Some("It costs 50."),
        ],
    );
    check(
        r#" { "detail":"d" , "title" :"t"}"#,
        [None, Some("t"), None, Some("d")],
    );
    check(r#"{"status":403}"#, [None, None, Some("403"), None]);
    check(
        "{\"status\" : 404 \r\n, \"x\": 1}",
        [None, None, Some("404"), None],
    );
    check(
        r#"{"title": "one", "title": "two"}"#,
        [None, Some("two"), None, None],
    );
    check(
        r#"{"type": "about:blank", "title": "t"}"#,
        [None, Some("t"), None, None],
    );
}

#[test]
fn members_elsewhere_are_not() {
    let nothing = [None, None, None, None];
    check("", nothing);
    check("{}", nothing);
    check(
        r#"{"errors": [{"title": "no", "status": 1}], "x": {"detail": "no"}}"#,
        nothing,
    );
    check(r#"[{"title": "no"}]"#, nothing);
    check(r#"["title", "no"]"#, nothing);
    check(r#"{"a": "title", "b": "no"}"#, nothing);
    check(
        r#"{"title": ["no"], "detail": {"x": "no"}, "type": null}"#,
        nothing,
    );
    check(
        r#"{"x": [1, 2], "title": "yes"}"#,
        [None, Some("yes"), None, None],
    );
    check(
        r#"{"a\"title": "no", "b": "}", "title": "yes"}"#,
        [None, Some("yes"), None, None],
    );
}

#[test]
fn only_a_number_that_can_be_one_is_a_status() {
    for status in [
        "\"403\"",
        "4",
        "99",
        "600",
        "403.5",
        "4e2",
        "-403",
        "true",
        "[403]",
        "{\"a\": 403}",
    ] {
        check(
            &format!("{{\"status\": {status}}}"),
            [None, None, None, None],
        );
    }
}

#[test]
fn texts_stand_on_one_line_without_escapes() {
    check(
        r#"{"title": " a\n\t b \u00e9\ud83d\ude00\/\\\"", "detail": "\u0020"}"#,
        [None, Some("a b é😀/\\\""), None, None],
    );
    check(
        r#"{"title": "\ud83d x", "detail": "\ude00"}"#,
        [None, Some("x"), None, Some("\u{fffd}")],
    );
    check(
        r#"{"title": "\u001b[31m"}"#,
        [None, Some("\u{1b}[31m"), None, None],
    );
}

#[test]
fn long_texts_are_cut() {
    let [_, title, ..] = said(&format!("{{\"title\": \"{}\"}}", "é".repeat(10_000)));
    assert_eq!(title.unwrap(), "é".repeat(256) + "…");
    let [_, title, ..] = said(&format!("{{\"title\": \"x{}\"}}", "é".repeat(10_000)));
    assert_eq!(title.unwrap(), format!("x{}…", "é".repeat(255)));
    let [_, title, ..] = said(&format!(
        "{{\"{}\": 1, \"title\": \"t\"}}",
        "n".repeat(10_000)
    ));
    assert_eq!(title.unwrap(), "t");
}

#[test]
fn types_announce_problems() {
    for (content_type, expected) in [
        ("application/problem+json", true),
        ("Application/Problem+JSON ; charset=utf-8", true),
        ("application/json", false),
        ("application/problem+xml", false),
        ("", false),
    ] {
        assert_eq!(
            announced(content_type.as_bytes()),
            expected,
            "{content_type}"
        );
    }
}

proptest! {
    #![proptest_config(chance(256))]

    /// What stands in a document is what a reader of whole documents finds.
    #[test]
    fn what_is_read_is_what_stands_there(title in "\\PC{0,40}", detail in "\\PC{0,40}", junk in "\\PC{0,20}") {
        let document = serde_json::json!({"x": [junk], "title": title, "y": {"title": 1}, "detail": detail});
        let one_line = |text: &str| Some(text.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|it| !it.is_empty());
        let [_, found, _, other] = said(&document.to_string());
        prop_assert_eq!(found, one_line(&title));
        prop_assert_eq!(other, one_line(&detail));
    }

    /// Wherever the document is cut, and whatever it is, the same is read.
    #[test]
    fn cuts_change_nothing(
        document in prop_oneof![
            "[{}\\[\\]\",:\\\\u0-9a-f title]{0,60}",
            Just(r#"{"title": "a\u00e9\ud83d\ude00", "status": 403, "detail": "\"é"}"#.to_owned()),
        ],
        size in 1_usize..5,
    ) {
        let whole = read([document.as_bytes()]);
        prop_assert_eq!(read(document.as_bytes().chunks(size)), whole);
    }
}
