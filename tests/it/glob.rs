//! Globs: what they stand for, and what is wrong with them.

use crate::support::chance::chance;
use proptest::prelude::*;
use rcurl::glob::{Glob, name_file};

fn check(pattern: &str, expected: &[&str]) {
    let glob = Glob::parse(pattern).unwrap();
    let texts: Vec<String> = (0..glob.count())
        .map(|number| glob.expand(number).text)
        .collect();
    assert_eq!(texts, expected, "{pattern}");
}

#[test]
fn patterns_stand_for_texts() {
    check("plain", &["plain"]);
    check("", &[""]);
    check("a{b,c}d", &["abd", "acd"]);
    check("{a,b}[1-2]", &["a1", "a2", "b1", "b2"]);
    check("[08-11]", &["08", "09", "10", "11"]);
    check("[1-9:4]", &["1", "5", "9"]);
    check("[0-10:3]", &["0", "3", "6", "9"]);
    check("[5-5]", &["5"]);
    check("[a-e:2]", &["a", "c", "e"]);
    check("[1- 2]", &["1", "2"]);
    check("{,a}", &["", "a"]);
    check(r"{a\,b,c\}}", &["a,b", "c}"]);
    check(r"\{a\}\[b\]\n", &[r"{a}[b]\n"]);
    check(
        "http://[::1]:80/[1-2]",
        &["http://[::1]:80/1", "http://[::1]:80/2"],
    );
    check("http://[fe80::1%25eth0]/", &["http://[fe80::1%25eth0]/"]);
    check("a[]b", &["a[]b"]);
    check("{<n>é,ü}", &["é", "ü"]);
    check("{<>x}", &["<>x"]);
}

#[test]
fn mistakes_are_told_with_their_position() {
    for (pattern, expected) in [
        ("{,", "unmatched brace in position 3:\n{,\n  ^"),
        (
            "a}b",
            "unmatched close brace/bracket in position 2:\na}b\n ^",
        ),
        ("a]", "unmatched close brace/bracket in position 2:\na]\n ^"),
        ("{}", "empty string within braces in position 2:\n{}\n ^"),
        ("{a{b}}", "nested brace in position 3:\n{a{b}}\n  ^"),
        ("{a]}", "unexpected close bracket in position 3:\n{a]}\n  ^"),
        ("[x]", "bad range in position 2:\n[x]\n ^"),
        ("[z-a]", "bad range in position 6:\n[z-a]\n     ^"),
        ("[2-1]", "bad range in position 6:\n[2-1]\n     ^"),
        ("[1-2:5]", "bad range in position 8:\n[1-2:5]\n       ^"),
        ("[1-2:0]", "bad range in position 8:\n[1-2:0]\n       ^"),
        ("[-]", "bad range specification in position 2:\n[-]\n ^"),
        (
            "[0-1][9223372036854775806-9223372036854775807]",
            "range end/step overflow in position 47:\n[0-1][9223372036854775806-9223372036854775807]\n                                              ^",
        ),
        (
            "[0-9223372036854775806][0-9]",
            "range overflow in position 29:\n[0-9223372036854775806][0-9]\n                            ^",
        ),
        (
            "https://dummy.example/{<test>A,B}{<test>C,D}",
            "Duplicate glob name in position 40:\nhttps://dummy.example/{<test>A,B}{<test>C,D}\n                                       ^",
        ),
    ] {
        assert_eq!(Glob::parse(pattern).unwrap_err(), expected, "{pattern}");
    }
    let many = format!("http://testingthis/{}{{a}}", "{a}b".repeat(150));
    let told = Glob::parse(&many).unwrap_err();
    assert!(told.starts_with("too many {} sets in position 403:\nhttp://testingthis/{a}b"));
    assert_eq!(told.len(), 511);
}

#[test]
fn file_names_take_what_patterns_became() {
    let url = Glob::parse("x{<who>a,b}y[1-3]").unwrap().expand(4);
    let upload = Glob::parse("up{<up>1,2}").unwrap().expand(1);
    assert_eq!(url.text, "xby2");
    for (template, expected) in [
        ("f", "f"),
        ("#1-#2", "b-2"),
        ("#2#1#", "2b#"),
        ("#3 #0 #99999999999999999999", "#3 #0 #99999999999999999999"),
        ("#<who>.#1", "b.b"),
        ("#<up>", "2"),
        ("#<open", "#<open"),
        ("#<>", "#<>"),
    ] {
        assert_eq!(
            name_file(template, Some(&url), Some(&upload)).unwrap(),
            expected,
            "{template}"
        );
    }
    assert_eq!(
        url.name_file("somewhere/#<foo>").unwrap_err(),
        "no glob exists with this name in position 16:\nsomewhere/#<foo>\n               ^"
    );
    assert_eq!(name_file("#1", None, None).unwrap(), "#1");
}

#[test]
fn a_number_has_as_many_digits_as_were_typed_however_many() {
    let zeros = "0".repeat(70_000);
    let glob = Glob::parse(&format!("[{zeros}8-10]")).unwrap();
    assert_eq!(glob.count(), 3);
    assert_eq!(glob.expand(0).text, format!("{zeros}8"));
    assert_eq!(glob.expand(2).text, format!("{}10", "0".repeat(69_999)));
}

#[test]
fn a_mistake_far_into_a_pattern_is_told() {
    let text = "x".repeat(70_000) + "{";
    let told = Glob::parse(&text).unwrap_err();
    assert!(told.starts_with("unmatched brace in position 70002:\nxxx"));
    assert_eq!(told.len(), 511);
}

#[test]
fn a_billion_texts_cost_nothing() {
    let glob = Glob::parse("[0-999999999]").unwrap();
    assert_eq!(glob.count(), 1_000_000_000);
    assert_eq!(glob.expand(123_456_789).text, "123456789");
}

proptest! {
    #![proptest_config(chance(256))]

    #[test]
    fn nothing_crashes(pattern in "[\\]\\[{}\\\\,:<>#a-c0-9é-]{0,40}", number in any::<u64>()) {
        if let Ok(glob) = Glob::parse(&pattern) {
            let expansion = glob.expand(number % glob.count());
            let _ = expansion.name_file(&pattern);
        }
    }

    #[test]
    fn text_without_patterns_stands_for_itself(text in "[a-z0-9:/?#&=%. \\\\-]{0,40}") {
        let glob = Glob::parse(&text).unwrap();
        prop_assert_eq!(glob.count(), 1);
        prop_assert_eq!(glob.expand(0).text, text);
    }
}
