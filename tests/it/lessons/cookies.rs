//! No cookie for strangers, and none that does harm.

use super::{DONE, accepts, moved, play, sent_over, split};
use crate::cookies::{check, jar, read, sent, set, written};
use crate::support::program::{rcurl, run};
use crate::support::server::{Server, response};
use crate::support::stage::Meeting;

/// CVE-2013-1944.
#[test]
fn a_host_that_only_ends_like_the_domain_gets_no_cookie() {
    for line in ["k=v; Domain=ample.test", "k=v; Domain=example.test"] {
        let from = "http://www.ample.test/";
        check(from, &[line], "http://www.example.test/", "-");
    }
    check("http://ample.test/", &["k=v"], "http://example.test/", "-");
}

/// CVE-2014-3613.
#[test]
fn a_part_of_an_address_is_no_domain() {
    for domain in [".0.0.1", "0.0.1", "0.1", ".1", "1", "127.0.0.1."] {
        let line = format!("k=v; Domain={domain}");
        check("http://127.0.0.1/", &[&line], "http://127.0.0.1/", "-");
        check("http://127.0.0.1/", &[&line], "http://129.0.0.1/", "-");
    }
    check(
        "http://[::ffff:192.0.2.128]/",
        &["k=v; Domain=.0.2.128"],
        "http://9.0.2.128/",
        "-",
    );
    check(
        "http://127.0.0.1/",
        &["k=v; Domain=127.0.0.1"],
        "http://127.0.0.1/",
        "k=v",
    );
}

/// CVE-2014-3620.
#[test]
fn a_cookie_for_a_top_level_domain_is_refused() {
    for domain in ["test", ".test", "com", ".com", ".", "co.uk", ".github.io"] {
        for host in ["a.test", "a.com", "a.co.uk", "a.github.io"] {
            let line = format!("k=v; Domain={domain}");
            let from = format!("http://{host}/");
            let (_, suffix) = host.split_once('.').unwrap();
            check(&from, &[&line], &format!("http://b.{suffix}/"), "-");
        }
    }
}

/// CVE-2022-27779, CVE-2026-8924.
#[test]
fn a_cookie_for_a_public_suffix_with_a_trailing_dot_is_refused() {
    for domain in [
        "co.uk.", ".co.uk.", "co.uk..", "CO.UK.", "uk.", "me.", ".me.",
    ] {
        let line = format!("k=v; Domain={domain}");
        for from in [
            "http://a.co.uk./",
            "http://a.co.uk/",
            "http://a.me./",
            "http://me./",
        ] {
            for to in [
                "http://b.co.uk./",
                "http://b.co.uk/",
                "http://b.me./",
                "http://b.me/",
            ] {
                check(from, &[&line], to, "-");
            }
        }
    }
}

/// CVE-2023-46218.
#[test]
fn a_cookie_for_a_public_suffix_in_mixed_case_is_refused() {
    for domain in ["co.UK", "Co.Uk", ".CO.uk"] {
        let line = format!("k=v; Domain={domain}");
        for from in [
            "http://curl.co.uk/",
            "http://CURL.CO.UK/",
            "http://curl.co.UK/",
        ] {
            check(from, &[&line], "http://other.co.uk/", "-");
        }
    }
}

/// CVE-2016-8615: a line of a file that is too long is not two.
#[test]
fn a_long_line_of_a_jar_injects_no_cookie_for_another_host() {
    for length in [4_000, 5_000, 8_192, 65_536, 1_000_000] {
        let long = format!(
            "a.test\tFALSE\t/\tFALSE\t0\tk\t{}\nb.test",
            "v".repeat(length)
        );
        let injected = format!("{} b.test\tFALSE\t/\tFALSE\t0\tevil\t1", "x".repeat(length));
        let jar = read(&format!(
            "{long}\n{injected}\nc.test\tFALSE\t/\tFALSE\t0\tk\tv\n"
        ));
        assert_eq!(sent(&jar, "http://b.test/"), "-", "{length}");
        assert_eq!(sent(&jar, "http://c.test/"), "k=v", "{length}");
    }
}

/// CVE-2023-38546.
#[test]
fn no_file_called_none_is_read_unasked() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["none", "(null)", "-"] {
        let cookie = "127.0.0.1\tFALSE\t/\tFALSE\t0\tk\ts3cr3t\n";
        std::fs::write(folder.path().join(name), cookie).unwrap();
    }
    let server = Server::new(|talk| {
        while talk.request().is_some() {
            talk.say(DONE);
        }
    });
    for words in ["-s -b ''", "-s -c jar", "-s -j -b ''", "-s"] {
        let url = server.url("/");
        let mut command = rcurl(&split(&format!("{words} {url} {url}")));
        command.current_dir(folder.path());
        assert_eq!(run(command).exit, Some(0), "{words}");
        let heard = String::from_utf8(server.take_heard().concat()).unwrap();
        assert!(
            heard.contains("GET / ") && !heard.contains("Cookie"),
            "{heard}"
        );
    }
}

/// CVE-2022-32205.
#[test]
fn a_server_that_sets_many_great_cookies_still_gets_requests() {
    let lines = (0..400).map(|n| format!("Set-Cookie: k{n}={}\r\n", "v".repeat(500)));
    let fields: String = lines.collect::<Vec<_>>().concat();
    let many = format!("HTTP/1.1 302 Found\r\n{fields}Location: /\r\nContent-Length: 0\r\n\r\n");
    let outcome = play("-L -b '' http://127.0.0.1/", vec![accepts(&[&many, DONE])]);
    let [only] = sent_over(&outcome);
    let (_, second) = only.split_once("\r\n\r\n").unwrap();
    let cookie = second
        .lines()
        .find(|line| line.starts_with("Cookie: "))
        .unwrap();
    assert!((4000..8190).contains(&cookie.len()), "{}", cookie.len());
    assert!(second.len() < 10_000);
}

/// CVE-2022-35252.
#[test]
fn a_cookie_with_a_control_character_is_refused() {
    for octet in (0..0x20).chain([0x7f]).map(char::from) {
        if matches!(octet, '\t' | '\n' | '\r') {
            continue; // White space around it goes, and a line ends a field.
        }
        for line in [
            format!("k=a{octet}b"),
            format!("k{octet}=v"),
            format!("k=v{octet}"),
        ] {
            check("http://a.test/", &[&line], "http://a.test/", "-");
        }
    }
}

/// CVE-2015-3145, CVE-2025-9086.
#[test]
fn odd_paths_of_cookies_do_no_harm() {
    for path in ["\"", "\"\"", "", "/", "//", "\"/", "/\"", "\\", "'", " "] {
        let line = format!("k=v; Path={path}");
        check("http://a.test/", &[&line], "http://b.test/", "-");
        // A secure cookie of the site is not hidden by one that came without TLS.
        let mut jar = jar();
        set(&mut jar, "https://a.test/", "k=secure; Path=/; Secure");
        set(&mut jar, "http://a.test/", &line);
        assert_eq!(sent(&jar, "https://a.test/"), "k=secure", "{path}");
    }
}

/// What a server may try in order to spoil the jar for others.
fn spoilers() -> Vec<String> {
    let long = |n: usize| "x".repeat(n);
    vec![
        format!("k={}", long(4094)),
        format!("{}=v", long(4094)),
        format!("k={}; Path=/{}", long(3000), long(1900)),
        format!("k=v; Path=/{}", long(4900)),
        format!(
            "k={}; Domain=a.test; Max-Age=99999999999999999999",
            long(4000)
        ),
        "k=v; Max-Age=9223372036854775807".to_owned(),
        "k=v; Expires=Fri, 31 Dec 9999 23:59:59 GMT".to_owned(),
        "k=a\tb".to_owned(),
        "a\tb=v".to_owned(),
        "k=\t; Path=/\t".to_owned(),
        "k=v; Path=/\tx".to_owned(),
        "#HttpOnly_k=v".to_owned(),
        "# k=v".to_owned(),
        "k=v; Domain=#a.test".to_owned(),
        "Set-Cookie: k=v".to_owned(),
        "k=\u{2028}\u{85}\u{feff}".to_owned(),
    ]
}

/// CVE-2026-86412, CVE-2026-92386.
#[test]
fn no_cookie_of_a_server_keeps_the_jar_from_being_read_again() {
    for spoiler in spoilers() {
        let mut jar = read("other.test\tFALSE\t/\tFALSE\t0\tfirst\t1\n");
        set(&mut jar, "http://a.test/", &spoiler);
        set(&mut jar, "http://late.test/", "last=1");
        let lines = |jar| {
            let text = written(jar);
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        let again = read(&written(&jar));
        assert_eq!(lines(&again), lines(&jar), "{spoiler}");
        assert_eq!(sent(&again, "http://other.test/"), "first=1", "{spoiler}");
        assert_eq!(sent(&again, "http://late.test/"), "last=1", "{spoiler}");
    }
}

/// The same over whole runs that read and write one file.
#[test]
fn no_cookie_of_a_server_empties_the_jar_of_others() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jar");
    std::fs::write(&file, "other.test\tFALSE\t/\tFALSE\t0\tfirst\t1\n").unwrap();
    let line = format!("-b {0} -c {0} http://127.0.0.1/", file.display());
    for spoiler in spoilers() {
        let fields = format!("Set-Cookie: {spoiler}\r\n");
        let answer = String::from_utf8(response("200 OK", &fields, "")).unwrap();
        assert_eq!(play(&line, vec![accepts(&[answer])]).exit, 0, "{spoiler}");
        assert_eq!(play(&line, vec![Meeting::Refuses]).exit, 7, "{spoiler}");
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(
            text.contains("\nother.test\tFALSE\t/\tFALSE\t0\tfirst\t1\n"),
            "{spoiler}: {text}"
        );
    }
}

/// CVE-2016-8623 and its like: what a redirect sets is there at once, and once.
#[test]
fn a_cookie_set_on_the_way_is_sent_to_its_setter_alone() {
    let names = "--resolve a.test:80:127.0.0.1 --resolve b.test:80:127.0.0.2";
    let setting = moved("http://b.test/").replace("Content", "Set-Cookie: k=s3cr3t\r\nContent");
    let line = format!("-L -b '' {names} http://a.test/ http://a.test/");
    let meetings = vec![accepts(&[&setting, DONE]), accepts(&[DONE])];
    let [first, second] = sent_over(&play(&line, meetings));
    assert_eq!(first.matches("Cookie: k=s3cr3t").count(), 1, "{first}");
    assert!(!second.contains("s3cr3t"), "{second}");
}
