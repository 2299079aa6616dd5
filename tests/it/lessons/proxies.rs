//! What a proxy may know.

use super::{DONE, accepts, moved, play, play_in, sent, sent_over};
use rcurl::net::Step;

use crate::support::stage::Meeting;

/// Base64 of `alice:s3cr3t`.
const BASIC: &str = "YWxpY2U6czNjcjN0";

/// CVE-2015-3153.
#[test]
fn what_is_for_the_origin_does_not_reach_the_proxy_of_a_tunnel() {
    for secret in [
        "-H 'Authorization: s3cr3t'",
        "-H 'X-Key: s3cr3t'",
        "-H 'Cookie: s3cr3t'",
        "-b k=s3cr3t",
        "-A s3cr3t",
        "-e s3cr3t",
        "--oauth2-bearer s3cr3t",
        "-u s3cr3t:s3cr3t",
        "-d s3cr3t",
        "-H 'Host: s3cr3t'",
    ] {
        let line = format!("-p -x http://127.0.0.1:3128 {secret} http://a.test/");
        let tunnel = Meeting::Accepts(vec![
            Step::Await(b"\r\n\r\n".to_vec()),
            Step::Say(b"HTTP/1.1 200 Yes\r\n\r\n".to_vec()),
            Step::Await(b"\r\n\r\n".to_vec()),
            Step::Say(DONE.into()),
        ]);
        let [only] = sent_over(&play(&line, vec![tunnel]));
        let (connect, request) = only.split_once("\r\n\r\n").unwrap();
        assert!(
            connect.starts_with("CONNECT a.test:80 HTTP/1.1\r\n"),
            "{connect}"
        );
        let shows = |text: &str| text.contains("s3cr3t") || text.contains("czNjcjN0OnMzY3IzdA");
        // curl lets `-A` name the client to the proxy too.
        assert!(
            !shows(connect) || secret.starts_with("-A"),
            "{secret}: {connect}"
        );
        assert!(shows(request), "{secret}: {request}");
    }
}

/// CVE-2026-86414.
#[test]
fn a_proxy_that_asks_for_the_origins_credentials_gets_none() {
    let no = "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"r\"\r\nContent-Length: 0\r\n\r\n";
    for how in ["--basic", "--anyauth", "--digest"] {
        let line = format!("-p {how} -x http://127.0.0.1:3128 -u alice:s3cr3t http://a.test/");
        let outcome = play(&line, vec![accepts(&[no, no]), accepts(&[no, no])]);
        for (_, text) in sent(&outcome) {
            assert!(text.starts_with("CONNECT "), "{text}");
            assert!(
                !text.contains("uthorization") && !text.contains(BASIC),
                "{text}"
            );
        }
        assert_ne!(outcome.exit, 0, "{how}");
    }
}

/// CVE-2026-6253: two schemes, two proxies, and only the first has credentials.
#[test]
fn the_credentials_of_one_proxy_do_not_reach_another() {
    let variables = [
        ("http_proxy", "http://alice:s3cr3t@127.0.0.1:3128"),
        ("https_proxy", "http://127.0.0.2:3128"),
    ];
    let refused = "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n";
    let meetings = vec![accepts(&[moved("https://a.test/")]), accepts(&[refused])];
    let outcome = play_in(&variables, "-L http://a.test/", meetings);
    let [(_, first), (to, second)] = &sent(&outcome)[..] else {
        panic!("two proxies");
    };
    assert!(first.contains(BASIC), "{first}");
    assert_eq!(*to, "127.0.0.2:3128");
    assert!(
        second.starts_with("CONNECT ") && !second.contains("uthorization"),
        "{second}"
    );
}

/// CVE-2026-7168.
#[test]
fn what_one_proxy_asked_of_digest_is_not_answered_at_another() {
    let challenge = "HTTP/1.1 407 No\r\nProxy-Authenticate: Digest realm=\"r\", nonce=\"n0nce\"\r\n\
         Content-Length: 0\r\n\r\n";
    let line = "--proxy-digest -x http://127.0.0.1:3128 -U alice:s3cr3t http://a.test/ \
                --next -x http://127.0.0.2:3128 http://a.test/";
    let outcome = play(line, vec![accepts(&[challenge, DONE]), accepts(&[DONE])]);
    let [first, second] = sent_over(&outcome);
    assert!(first.contains("n0nce"), "{first}");
    assert!(!second.contains("uthorization"), "{second}");
}

/// The same credentials are for both.
#[test]
fn what_one_proxy_asked_of_digest_is_not_answered_at_that_of_a_redirect() {
    let variables = [
        ("http_proxy", "http://127.0.0.1:3128"),
        ("https_proxy", "http://127.0.0.2:3128"),
    ];
    let challenge = "HTTP/1.1 407 No\r\nProxy-Authenticate: Digest realm=\"r\", nonce=\"n0nce\"\r\n\
         Content-Length: 0\r\n\r\n";
    let refused = "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n";
    let line = "-L --proxy-digest -U alice:s3cr3t http://a.test/";
    let to = moved("https://a.test/");
    let meetings = vec![accepts(&[challenge, &to]), accepts(&[refused])];
    let outcome = play_in(&variables, line, meetings);
    let [(_, first), (_, second)] = &sent(&outcome)[..] else {
        panic!("two proxies");
    };
    assert!(first.contains("n0nce"), "{first}");
    assert!(
        second.starts_with("CONNECT ") && !second.contains("uthorization"),
        "{second}"
    );
}

/// CVE-2023-38545.
#[test]
fn a_host_name_that_fits_no_socks_request_is_refused() {
    let label = "x".repeat(60);
    let host = [label.as_str(); 5].join(".");
    for kind in ["socks5h", "socks4a"] {
        let greeting = Meeting::Accepts(vec![Step::Expect(3), Step::Say(vec![5, 0])]);
        let line = format!("-x {kind}://127.0.0.1:1080 http://{host}/");
        let outcome = play(&line, vec![greeting]);
        assert!(outcome.exit != 0, "{kind}");
        for (_, text) in sent(&outcome) {
            assert!(!text.contains(&label), "{kind}: {text:?}");
        }
    }
}
