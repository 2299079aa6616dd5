//! Cookie files: which lines are read, and how they are written.

use super::{NOW, date, jar, read, sent, set, story, written};
use rcurl::transfer::cookies::Jar;

#[test]
fn files_are_read() {
    let reads = |lines: &str, expected: &str| {
        let text = format!("{lines}\nh.test\tFALSE\t/\tFALSE\t0\tend\t1\n");
        let expected = if expected.is_empty() {
            "end=1".into()
        } else {
            format!("end=1; {expected}")
        };
        assert_eq!(sent(&read(&text), "http://h.test/"), expected, "{lines:?}");
    };
    reads("h.test\tFALSE\t/\tFALSE\t0\tk\tv", "k=v");
    reads("h.test\tFALSE\t/\tFALSE\t0\tk\tv\r", "k=v");
    reads("H.TEST\tFALSE\t/\tFALSE\t9999999999\tk\tv", "k=v");
    reads("#HttpOnly_.h.test\tTRUE\t/\tFALSE\t0\tk\tv", "k=v");
    reads("h.test\tFALSE\t/\tFALSE\t0\tk\t", "k=");
    reads("h.test\tFALSE\t/\tFALSE\t0\tk", "k=");
    reads("h.test\tFALSE\tFALSE\t0\tk\tv", "k=v");
    reads("Set-Cookie: k=v; Domain=h.test", "k=v");
    reads("set-cookie:k=v;domain=.h.test\r", "k=v");
    for none in [
        "# h.test\tFALSE\t/\tFALSE\t0\tk\tv",
        "h.test FALSE / FALSE 0 k v",
        "h.test\tFALSE\t/\tFALSE\t0\tk\tv\tmore",
        "h.test\tFALSE\t/\tFALSE\t0\t\tk\tv",
        "h.test\tFALSE\t/\tFALSE\t0\t\tv",
        "h.test\tFALSE\t/\tFALSE\tsoon\tk\tv",
        "h.test\tFALSE\t/\tFALSE\t-1\tk\tv",
        "h.test\tFALSE\t/\tFALSE\t1\tk\tv",
        "h.test\tFALSE\t/\tTRUE\t0\tk\tv",
        "h.test\tFALSE\t/\tFALSE\t0\t__Secure-k\tv",
        "h.test\tFALSE\t/\tFALSE\t0\tk\ta\u{1}b",
        "h.test\tFALSE\t/\tFALSE",
        "\tFALSE\t/\tFALSE\t0\tk\tv",
        "\t\t\t\t\t\t",
        "Set-Cookie: k=v; Domain=.",
        "Set-Cookie: k=v",
        "HTTP/1.1 200 OK\r\nServer: x\r\n",
    ] {
        reads(none, "");
    }
    assert_eq!(
        sent(
            &read("h.test\tFALSE\t/\tTRUE\t0\tk\tv\n"),
            "https://h.test/"
        ),
        "k=v"
    );
}

/// Such a line names no site; curl sends it to addresses and nowhere else.
#[test]
fn a_header_line_without_a_domain() {
    let jar = read(
        "Set-Cookie: foobar=name; domain=127.0.0.1; path=/;\nSet-Cookie: cookie=yes; path=/we;\n\
         Set-Cookie: cookie=perhaps; path=/we/want;\nSet-Cookie: nocookie=yes; path=/WE;\n\
         Set-Cookie: blexp=yesyes; domain=127.0.0.1; domain=127.0.0.1; expiry=totally bad;\n\
         Set-Cookie: cookie9=junk--\t\nSet-Cookie: cookie1=\u{1}-junk\n",
    );
    let expected = "cookie=perhaps; cookie=yes; foobar=name; blexp=yesyes; cookie9=junk--";
    assert_eq!(sent(&jar, "http://127.0.0.1/we/want/8"), expected);
    assert_eq!(sent(&jar, "http://h.test/we/want/8"), "-");
    assert_eq!(written(&jar).lines().count(), 2);
}

#[test]
fn files_are_written_newest_first() {
    let jar = story(&[
        ("http://h.test/a/b", "s=1"),
        (
            "http://h.test/",
            "p=2; Max-Age=5000; Path=/d; Domain=h.test",
        ),
        ("https://h.test/", "h=3; HttpOnly; Secure"),
        ("http://h.test/", "e=4; Max-Age=0"),
        ("http://h.test/a/b", "s=5"),
        ("http://[::1]/", "q=\"5 5\""),
    ]);
    let expected = format!(
        "::1\tFALSE\t/\tFALSE\t0\tq\t\"5 5\"\n#HttpOnly_h.test\tFALSE\t/\tTRUE\t0\th\t3\n\
         .h.test\tTRUE\t/d\tFALSE\t{}\tp\t2\nh.test\tFALSE\t/a\tFALSE\t0\ts\t5\n",
        NOW + 5000
    );
    assert_eq!(written(&jar), expected);
    assert_eq!(written(&Jar::new(date)), "");
}

#[test]
fn a_response_overrules_files() {
    let file = b"h.test\tFALSE\t/\tFALSE\t0\tk\tfile\n";
    let mut jar = jar();
    jar.read_file(file, NOW);
    jar.read_file(b"h.test\tFALSE\t/\tFALSE\t0\tk\tlater\n", NOW);
    assert_eq!(sent(&jar, "http://h.test/"), "k=later");
    set(&mut jar, "http://h.test/", "k=live");
    jar.read_file(file, NOW);
    assert_eq!(sent(&jar, "http://h.test/"), "k=live");
}

#[test]
fn session_cookies_can_be_forgotten() {
    let mut jar =
        read("h.test\tFALSE\t/\tFALSE\t0\ta\t1\nh.test\tFALSE\t/\tFALSE\t9999999999\tb\t2\n");
    jar.forget_session_cookies();
    assert_eq!(sent(&jar, "http://h.test/"), "b=2");
}

/// curl's form; a jar that goes through the file again and again must not gather old values.
#[test]
fn no_path_in_the_file_ends_with_a_slash() {
    let line = |value: &str| format!("h.test\tFALSE\t/a\tFALSE\t0\tk\t{value}\n");
    let mut jar = read(&line("old"));
    set(&mut jar, "http://h.test/", "k=new; Path=/a/");
    assert_eq!(sent(&jar, "http://h.test/a/b"), "k=new");
    assert!(written(&jar) == line("new"));
    set(&mut jar, "http://h.test/", "k=newer; Path=/a");
    assert_eq!(sent(&jar, "http://h.test/a/b"), "k=new; k=newer");
    assert!(written(&jar) == line("newer"));
    let mut jar = read("h.test\tFALSE\t/a/\tFALSE\t0\tk\tv\n");
    assert_eq!(sent(&jar, "http://h.test/a"), "-");
    set(&mut jar, "http://h.test/a/", "k=other");
    assert_eq!(sent(&jar, "http://h.test/a"), "k=other");
}

/// Written again, the first two lines would be a remark and another domain.
#[test]
fn a_domain_that_a_file_cannot_hold_is_none() {
    let text = ".#h.test\tFALSE\t/\tFALSE\t0\ta\tb\n\
                ..h.test\tTRUE\t/\tFALSE\t0\ta\tb\n\
                Set-Cookie: a=b; Domain=#h.test\n\
                Set-Cookie: a=b; Domain=..h.test\n\
                .h.test\tTRUE\t/\tFALSE\t0\tc\td\n";
    assert_eq!(written(&read(text)), ".h.test\tTRUE\t/\tFALSE\t0\tc\td\n");
}

#[test]
fn a_quote_before_the_last_slash_of_a_path_survives_the_file() {
    for path in ["/x\"/", "/x\"h=\"/", "\"/x\"//\"/", "/\"/\"/"] {
        let mut jar = jar();
        set(&mut jar, "http://h.test/", &format!("a=b; path={path}"));
        let text = written(&jar);
        assert_eq!(written(&read(&text)), text, "{path}");
    }
}

#[test]
fn a_path_with_slashes_at_its_end_is_no_wider_after_the_file() {
    for path in ["//", "////", "\"\"////", "/a//", "/a///", "/a/b//"] {
        let mut jar = jar();
        set(&mut jar, "http://h.test/", &format!("k=v; path={path}"));
        let again = read(&written(&jar));
        for to in ["/", "/a", "/a/", "/a/b", "/a/b/", "/a//b", "//x", "/////x"] {
            let url = format!("http://h.test{to}");
            assert_eq!(sent(&again, &url), sent(&jar, &url), "{path} at {to}");
        }
    }
}
