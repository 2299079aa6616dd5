//! What an expression finds in a line, and where a path leads to in JSON.

use proptest::prelude::*;
use rcurl::codec::json::Path;
use rcurl::codec::pattern::Pattern;

use crate::support::chance::chance;

#[test]
fn an_expression_finds_its_group_or_all_of_it() {
    for (pattern, text, found) in [
        ("b+", "abba b", &["bb", "b"][..]),
        ("took ([0-9]+) ms", "took 12 ms, took 3 ms", &["12", "3"]),
        // The first group that took part counts, and none at all is the whole match.
        ("a(b)|c(d)", "ab cd", &["b", "d"]),
        ("a(b)?", "a ab", &["a", "b"]),
        ("(?i)ab", "AB aB", &["AB", "aB"]),
        // Nothing is nothing to mark.
        ("x*", "abc", &[]),
        ("a()", "aa", &[]),
        ("é.", "née!", &["ée"]),
    ] {
        let places = Pattern::new(pattern).unwrap().places(text);
        let shown: Vec<_> = places.into_iter().map(|place| &text[place]).collect();
        assert_eq!(shown, found, "{pattern} in {text}");
    }
}

#[test]
fn an_expression_that_is_none_says_why() {
    for pattern in ["(", "[a", "a{2", "*", "\\", "(?<n", "a{100000}{100000}"] {
        let why = Pattern::new(pattern).unwrap_err();
        assert!(why.len() > 5, "{pattern}: {why}");
    }
}

const ORDERS: &str = r#"{"id": 7, "items": [{"id": "a", "price": 1.5e3, "tags": ["x", "y"]},
  {"id": "b,}]\"", "price": null}], "by": {"id": true, "odd key": {"id": -0}}, "items2": []}"#;

#[test]
fn a_path_leads_to_values() {
    for (path, found) in [
        (".id", &["7"][..]),
        ("$.id", &["7"]),
        (r#"["id"]"#, &["7"]),
        (".items[0].id", &[r#""a""#]),
        (".items[1].id", &[r#""b,}]\"""#]),
        (".items[*].price", &["1.5e3", "null"]),
        (".items[*].tags[1]", &[r#""y""#]),
        // A container stands for all that it holds.
        (".items[0]", &[r#""a""#, "1.5e3", r#""x""#, r#""y""#]),
        (".by", &["true", "-0"]),
        (r#".by["odd key"].id"#, &["-0"]),
        (".by.*.id", &["-0"]),
        (".by.*", &["true", "-0"]),
        ("..id", &["7", r#""a""#, r#""b,}]\"""#, "true", "-0"]),
        (".items..id", &[r#""a""#, r#""b,}]\"""#]),
        ("..tags[0]", &[r#""x""#]),
        (
            "..*",
            &[
                "7",
                r#""a""#,
                "1.5e3",
                r#""x""#,
                r#""y""#,
                r#""b,}]\"""#,
                "null",
                "true",
                "-0",
            ],
        ),
        (".nothing", &[]),
        (".items2[*]", &[]),
        (".id.id", &[]),
        ("[0]", &[]),
    ] {
        assert_eq!(values(path, ORDERS), found, "{path}");
    }
}

#[test]
fn a_path_looks_at_each_text_by_itself() {
    assert_eq!(values(".a", "{\"a\":1}\n{\"a\":2}\n"), ["1", "2"]);
    assert_eq!(values("[0]", "[1,2][3]"), ["1", "3"]);
    assert_eq!(values(".a", "1 \"a\" {\"a\":2}"), ["2"]);
}

#[test]
fn a_text_that_breaks_off_is_followed_as_far_as_it_goes() {
    for (text, found) in [
        ("{\"a\":1,\"b\":{\"a\"", &["1"][..]),
        ("{\"a\":\"cut", &["\"cut"]),
        ("{\"a\":\"\\", &["\"\\"]),
        ("{\"a\":1,\"a\":tr", &["1", "tr"]),
        ("]}{\"a\":1}", &["1"]),
        ("", &[]),
    ] {
        assert_eq!(values(".a", text), found, "{text}");
    }
    let deep = "[".repeat(1_000_000);
    assert!(values("..a", &deep).is_empty());
}

#[test]
fn a_path_that_is_none_says_why() {
    for (path, why) in [
        ("", "a path has a step, as in .items[*].id"),
        ("$", "a path has a step, as in .items[*].id"),
        ("a", "a step begins with . or [, unlike a"),
        (".", "a . is followed by no name"),
        (".a.", "a . is followed by no name"),
        (".a...b", "a . is followed by no name"),
        ("[1", "a [ has no ]"),
        ("[x]", "[x] is neither a number nor [*]"),
        ("[-1]", "[-1] is neither a number nor [*]"),
        ("[\"a]", "a \" is not followed by \"]"),
    ] {
        assert_eq!(Path::new(path).unwrap_err(), why, "{path}");
    }
    assert_eq!(
        Path::new(&".a".repeat(61)).unwrap_err(),
        "a path has 60 steps at most"
    );
}

fn values<'t>(path: &str, text: &'t str) -> Vec<&'t str> {
    let places = Path::new(path).unwrap().values(text.as_bytes());
    places.into_iter().map(|place| &text[place]).collect()
}

proptest! {
    #![proptest_config(chance(256))]

    /// Places are in order and apart, so that each can be replaced.
    #[test]
    fn places_are_in_order_and_apart(
        path in r"(\.[ab]|\.\.[ab]|\.\*|\[\*\]|\[[0-2]\]){1,4}",
        text in r#"([\[\]{},: \n\\]|"[ab]"|"|[ab1]){0,60}"#,
    ) {
        let places = Path::new(&path).unwrap().values(text.as_bytes());
        let mut at = 0;
        for place in places {
            prop_assert!(at <= place.start && place.start < place.end && place.end <= text.len());
            at = place.end;
        }
    }
}
