//! Which host a URL means, which schemes are followed, and odd text of every kind.

use rcurl::codec::text::{percent_decode, percent_encode};
use rcurl::glob::Glob;
use rcurl::target::{Reading, Target};

use super::{DONE, accepts, moved, play, sent, sent_over};

fn host(url: &str) -> Option<String> {
    let target = Target::parse(url, &Reading::default()).ok()?;
    Some(target.ascii_host())
}

/// CVE-2009-0037, CVE-2025-14524.
#[test]
fn a_redirect_leads_to_http_alone() {
    for to in [
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "file:/etc/passwd",
        "scp://127.0.0.1/etc/passwd",
        "ftp://127.0.0.1/",
        "gopher://127.0.0.1/_x",
        "dict://127.0.0.1/",
        "ldap://127.0.0.1/",
        "javascript:alert(1)",
        "data:text/plain,hello",
        "ipfs://x",
    ] {
        for options in ["-L", "-L --proto-redir =all", "-L --proto =http,file"] {
            let line = format!("{options} http://127.0.0.1/");
            let outcome = play(&line, vec![accepts(&[moved(to)])]);
            assert!(
                outcome.stdout.is_empty() && outcome.exit != 0,
                "{options} {to}"
            );
            assert_eq!(sent(&outcome).len(), 1, "{options} {to}");
        }
    }
}

#[test]
fn data_in_a_query_ends_where_a_fragment_would_begin() {
    for (words, line) in [
        ("-G -d q=#tag", "GET /a?q= HTTP/1.1"),
        ("--url-query +q#tag", "GET /a?q HTTP/1.1"),
        ("-G -d #tag", "GET /a HTTP/1.1"),
        ("-G --json {}", "GET /a?{} HTTP/1.1"),
        ("-I -G --json {}", "HEAD /a?{} HTTP/1.1"),
    ] {
        let outcome = play(
            &format!("{words} http://127.0.0.1/a"),
            vec![accepts(&[DONE])],
        );
        let [request] = sent_over(&outcome);
        assert_eq!(request.lines().next(), Some(line), "{words}");
        assert!(!request.contains("Content-Length"), "{words}: {request}");
    }
}

/// CVE-2024-2004.
#[test]
fn protocols_that_are_all_taken_away_stay_away() {
    for protocols in [
        "-all,-http",
        "-all",
        "=",
        "-all,-https,-http",
        "=ftp",
        "-http",
    ] {
        let line = format!("--proto {protocols} http://127.0.0.1/");
        let outcome = play(&line, vec![accepts(&[DONE])]);
        assert!(
            matches!(outcome.exit, 1 | 2) && sent(&outcome).is_empty(),
            "{protocols}"
        );
    }
}

/// CVE-2014-8150.
#[test]
fn no_url_breaks_a_line() {
    for url in [
        "http://127.0.0.1/\r\nX: y",
        "http://127.0.0.1/?\ny",
        "http://127.0.0.1\r/",
    ] {
        assert_eq!(host(url), None, "{url:?}");
    }
    let to = "/a\rX-Injected: 1";
    let outcome = play("-L http://127.0.0.1/", vec![accepts(&[&moved(to), DONE])]);
    for (_, text) in sent(&outcome) {
        assert!(!text.contains("\rX-Injected"), "{text:?}");
    }
    let to = "/%0d%0aX-Injected:%201";
    let outcome = play("-L http://127.0.0.1/", vec![accepts(&[&moved(to), DONE])]);
    let [only] = sent_over(&outcome);
    assert!(
        only.contains("GET /%0d%0aX-Injected:%201 HTTP/1.1\r\n"),
        "{only}"
    );
}

/// CVE-2016-8624.
#[test]
fn a_number_sign_ends_the_host() {
    assert_eq!(host("http://a.test#@b.test/x").as_deref(), Some("a.test"));
    assert_eq!(host("http://a.test?@b.test/x").as_deref(), Some("a.test"));
    assert_eq!(host("http://a.test/@b.test/x").as_deref(), Some("a.test"));
    assert_eq!(host("http://a.test\\@b.test/x"), None);
    assert_eq!(
        host("http://a.test:80#@b.test:81/"),
        Some("a.test".to_owned())
    );
}

/// CVE-2022-27780.
#[test]
fn an_escaped_separator_is_no_part_of_a_host() {
    for octet in [
        "%2f", "%2F", "%3a", "%40", "%23", "%3f", "%5c", "%5b", "%25", "%00", "%20", "%0a",
    ] {
        let url = format!("http://a.test{octet}b.test/");
        assert_eq!(host(&url), None, "{url}");
    }
    assert_eq!(host("http://%61.test/").as_deref(), Some("a.test"));
}

/// CVE-2016-8625.
#[test]
fn international_names_are_read_as_in_2008_and_not_as_in_2003() {
    assert_eq!(
        host("http://stra\u{df}e.test/").as_deref(),
        Some("xn--strae-oqa.test")
    );
    assert_eq!(
        host("http://fa\u{df}.test/").as_deref(),
        Some("xn--fa-hia.test")
    );
}

/// CVE-2013-2174.
#[test]
fn an_escape_cut_short_stands_for_itself() {
    for text in ["%", "%2", "a%", "a%2", "%%", "%g0", "%0g", "%-1", "% 1"] {
        assert_eq!(percent_decode(text.as_bytes()), text.as_bytes());
    }
}

/// CVE-2016-7167, CVE-2016-8622, CVE-2019-5435.
#[test]
fn long_texts_keep_their_length() {
    let long = "\u{e9}".repeat(1 << 20);
    let coded = percent_encode(long.as_bytes());
    assert_eq!(coded.len(), 6 << 20);
    assert_eq!(percent_decode(coded.as_bytes()), long.as_bytes());
    let url = |length| format!("http://a.test/{}", "x".repeat(length));
    let target = Target::parse(&url(4 << 20), &Reading::default()).unwrap();
    assert_eq!(target.request_target().len(), (4 << 20) + 1);
    assert_eq!(host(&url(9_000_000)), None);
    assert_eq!(host(&format!("http://{}/", "a".repeat(70_000))), None);
    let outcome = play(
        &format!("-u {}:x http://127.0.0.1/", "u".repeat(200_000)),
        vec![accepts(&[DONE])],
    );
    assert_eq!(outcome.exit, 0);
}

/// CVE-2016-8620, CVE-2017-1000101.
#[test]
fn patterns_cut_short_are_mistakes() {
    for pattern in [
        "[",
        "{",
        "[0",
        "[0-",
        "[0-9",
        "[0-9:",
        "[0-9:1",
        "[a",
        "[a-",
        "[a-z:",
        "{a",
        "{a,",
        "{,",
        "[-1-2]",
        "[2-1]",
        "[0-18446744073709551616]",
        "[0-9223372036854775807:9223372036854775807]",
        "[1-2:0]",
        "[z-a]",
        "[a-z:999999999999999999999]",
        "[0-60000000000000000000",
        "{{",
        "]",
        "}",
    ] {
        assert!(Glob::parse(pattern).is_err(), "{pattern}");
    }
    let many = "[0-9223372036854775806]".repeat(2);
    assert!(Glob::parse(&many).is_err());
    assert!(Glob::parse(&"{a,b}".repeat(300)).is_err());
}

/// CVE-2017-7407.
#[test]
fn a_format_cut_short_stands_for_itself() {
    for format in [
        "%",
        "%%",
        "\\",
        "%{",
        "%{http_code",
        "%header{",
        "%header{x:",
        "%output{",
        "%time{",
        "a%",
        "a\\",
    ] {
        let line = format!("-w '{format}' http://127.0.0.1/");
        let outcome = play(&line, vec![accepts(&[DONE])]);
        assert_eq!(outcome.exit, 0, "{format}");
        assert!(outcome.stdout.len() <= format.len(), "{format}");
    }
}

/// CVE-2018-16842.
#[test]
fn warnings_of_any_length_are_told_whole() {
    for word in [
        "x".repeat(10_000),
        "x ".repeat(5_000),
        " ".repeat(10_000),
        "\u{e9}".repeat(5_000),
    ] {
        let line = format!("-F '{word}' http://127.0.0.1/");
        assert_eq!(play(&line, Vec::new()).exit, 2);
        let line = format!("-H '@{word}' http://127.0.0.1/");
        assert_ne!(play(&line, Vec::new()).exit, 0);
    }
}
