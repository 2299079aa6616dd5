//! `.netrc` files: a question and the answer.

use crate::support::chance::chance;
use proptest::prelude::*;
use rcurl::transfer::netrc::{Malformed, find};

/// What the file has for `user@host` or `host`, as `user:password`; `-` for nothing.
fn check(text: &str, asked: &str, expected: &str) {
    let (user, host) = asked
        .split_once('@')
        .map_or((None, asked), |(user, host)| (Some(user), host));
    let answer = match find(text.as_bytes(), host, user.map(str::as_bytes)) {
        Ok(Some(found)) => {
            let text = String::from_utf8_lossy;
            format!("{}:{}", text(found.user()), text(found.password()))
        }
        Ok(None) => "-".into(),
        Err(Malformed) => "malformed".into(),
    };
    assert_eq!(answer, expected, "{asked} in {text:?}");
}

#[test]
fn entries() {
    let plain = "machine a.test\n  login alice\n  password secret\n";
    check(plain, "a.test", "alice:secret");
    check(plain, "A.TEST", "alice:secret");
    check(plain, "alice@a.test", "alice:secret");
    check(plain, "Alice@a.test", "-");
    check(plain, "bob@a.test", "-");
    check(plain, "a.test.evil.test", "-");
    check(plain, "test", "-");
    check(&plain.replace('\n', "\r\n"), "a.test", "alice:secret");
    check(plain.trim_end(), "a.test", "alice:secret");
    check("MACHINE a.test PassWord p LOGIN l", "a.test", "l:p");
    check(
        "machine a.test password p login l account x machine b.test login m",
        "a.test",
        "l:p",
    );
    check(
        "machine a.test login l account password password p",
        "a.test",
        "l:p",
    );
    check("machine .test login l password p", "a.test", "-");
    check("machine", "a.test", "-");
    check(
        "junk machine a.test junk login l junk password",
        "a.test",
        "l:",
    );
    check("", "a.test", "-");
}

#[test]
fn the_entry_that_says_something_about_the_user() {
    let several = "machine h password firstthis login unknown\nmachine h password any\n\
                   machine h password other login anotherone\n";
    check(several, "user@h", "user:any");
    check(several, "unknown@h", "unknown:firstthis");
    check(several, "h", "unknown:firstthis");
    let two = "machine h login one password 1\nmachine h login two password 2\n";
    check(two, "two@h", "two:2");
    check(two, "h", "one:1");
    check(
        "machine h login one\nmachine h login one password 1",
        "one@h",
        "one:1",
    );
    check("machine h login one", "h", "one:");
    check(
        "machine h\npassword secret\n\nmachine example.com",
        "h",
        ":secret",
    );
    check("machine h\nmachine g login l password p", "h", "-");
}

#[test]
fn the_default_entry() {
    let text = "machine b.test login bob password bpw\ndefault login alice password apw\n";
    check(text, "a.test", "alice:apw");
    check(text, "b.test", "bob:bpw");
    check(
        "machine a.test login l password p\ndefault login d",
        "b.test",
        "d:",
    );
    check("machine a.test login l password p\ndefault", "b.test", "-");
}

#[test]
fn quoted_words() {
    check(
        r#"machine h login "user one" password "with spaces and \"\n\r\t\a""#,
        "h",
        "user one:with spaces and \"\n\r\ta",
    );
    check(r#""machine" h login l"#, "h", "-");
    check(r#"machine "h" login "" password """#, "h", ":");
    check(r#"machine h login l password a"b"#, "h", "l:a\"b");
    check(r#"machine h login l password "open"#, "h", "malformed");
    check("machine h login l password \"open\\", "h", "malformed");
    check("machine h login l password p machine \"open", "h", "l:p");
}

#[test]
fn comments() {
    check(
        "# machine h login x password y\nmachine h login l password p",
        "h",
        "l:p",
    );
    check(" \t# \"open\nmachine h login l password #p", "h", "l:#p");
}

#[test]
fn macros_are_passed_over() {
    let text = "\nmacdef init\n\tcd \"open\nmachine h login x password y\n\nmachine h login l password p\n";
    check(text, "h", "l:p");
    check(&text.replace('\n', "\r\n"), "h", "l:p");
    check(
        "machine h login l password p macdef init\nmachine g login m\n",
        "h",
        "l:p",
    );
    check("macdef init machine h login l\nmachine h login l", "h", "-");
    check("macdef a\nx\n \t\nmachine h login l", "h", "l:");
}

#[test]
fn limits() {
    let word = "p".repeat(4096);
    check(
        &format!("machine h login l password {word}"),
        "h",
        &format!("l:{word}"),
    );
    check(
        &format!("machine h login l password {word}p"),
        "h",
        "malformed",
    );
    check(
        &format!("machine h login l password \"{word}p\""),
        "h",
        "malformed",
    );
    check(
        &format!("# {}\nmachine h login l", "x".repeat(4000)),
        "h",
        "l:",
    );
    check(
        &format!("# {}\nmachine h login l", "x".repeat(17_000)),
        "h",
        "malformed",
    );
    check(&"machine g login l\n".repeat(10_000), "h", "malformed");
    check(&"# comment\n".repeat(20_000), "h", "-");
}

proptest! {
    #![proptest_config(chance(256))]

    #[test]
    fn any_octets_are_read(text in prop::collection::vec(any::<u8>(), 0..400), user in any::<Option<Vec<u8>>>()) {
        let _ = find(&text, "h", user.as_deref());
    }

    #[test]
    fn any_words_are_read(words in prop::collection::vec("machine|default|login|password|account|macdef|h|\"|\\\\|\n|\r|#| ", 0..60)) {
        let _ = find(words.join(" ").as_bytes(), "h", None);
    }

    #[test]
    fn what_is_quoted_is_found(user in "[^\\x00]{1,30}", password in "[^\\x00]{0,30}") {
        let quote = |text: &str| {
            let text = text.replace('\\', "\\\\").replace('"', "\\\"");
            format!("\"{}\"", text.replace('\n', "\\n"))
        };
        let text = format!("machine h login {} password {}", quote(&user), quote(&password));
        let found = find(text.as_bytes(), "h", None).unwrap().unwrap();
        prop_assert_eq!(found.user(), user.as_bytes());
        prop_assert_eq!(found.password(), password.as_bytes());
    }
}
