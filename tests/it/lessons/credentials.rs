//! What is given for one origin, host or transfer is given for no other.

use super::{DONE, accepts, moved, play, sent_over};
use crate::support::certificates::World;
use crate::support::program::{rcurl, run};
use crate::support::server::{Server, response};

/// Base64 of `alice:s3cr3t`.
const BASIC: &str = "YWxpY2U6czNjcjN0";

/// Ways to give a secret, and how it shows.
const SECRETS: [(&str, &str); 6] = [
    ("-u alice:s3cr3t", BASIC),
    ("--oauth2-bearer s3cr3t", "s3cr3t"),
    ("-H 'Authorization: Bearer s3cr3t'", "s3cr3t"),
    ("-H 'authorization:Bearer s3cr3t'", "s3cr3t"),
    ("-H 'Cookie: k=s3cr3t'", "s3cr3t"),
    ("-b k=s3cr3t", "s3cr3t"),
];

const TWO_HOSTS: &str = "--resolve a.test:80:127.0.0.1 --resolve b.test:80:127.0.0.2";

/// CVE-2018-1000007, CVE-2022-27774, CVE-2022-27776.
#[test]
fn a_redirect_to_another_host_or_port_takes_no_credentials_along() {
    for (secret, shown) in SECRETS {
        for to in [
            "http://b.test/",
            "//b.test/",
            "HTTP://b.test/",
            "http://sub.a.test/",
            "http://a.test.evil.test/",
            "http://xa.test/",
            "http://a.test:81/",
            "http://bob:pw@a.test:81/",
        ] {
            let names = "--resolve '*:80:127.0.0.2' --resolve '*:81:127.0.0.3'";
            let line = format!("-L {names} --resolve a.test:80:127.0.0.1 {secret} http://a.test/");
            let outcome = play(&line, vec![accepts(&[moved(to)]), accepts(&[DONE])]);
            let [first, second] = sent_over(&outcome);
            assert!(first.contains(shown), "{line}: {first}");
            assert!(!second.contains(shown), "{line} to {to}: {second}");
        }
    }
}

/// CVE-2022-27774: the same host and port, but another scheme.
#[test]
fn a_redirect_to_another_scheme_takes_no_credentials_along() {
    let world = World::new();
    let issued = world.issue(&["a.test"], |_| {});
    let ca = world.folder.path().join("ca.pem");
    let config = crate::net::tls::config(&issued, &crate::net::tls::BOTH);
    let plain = Server::new(|talk| {
        while talk.request().is_some() {
            talk.say(DONE);
        }
    });
    let to = format!("Location: {}\r\n", plain.url_by("a.test", "/"));
    let secure = Server::tls(config, move |talk| {
        while talk.request().is_some() {
            talk.say(response("302 Found", &to, ""));
        }
    });
    let names = [&plain, &secure].map(|server| format!("a.test:{}:127.0.0.1", server.port()));
    for (secret, shown) in SECRETS {
        let line = format!(
            "-sSL --cacert {} --resolve {} --resolve {} {secret} {}",
            ca.display(),
            names[0],
            names[1],
            secure.url_by("a.test", "/"),
        );
        let ended = run(rcurl(&super::split(&line)));
        assert_eq!(ended.exit, Some(0), "{}", ended.stderr);
        let heard = |server: &Server| String::from_utf8(server.take_heard().concat()).unwrap();
        assert!(heard(&secure).contains(shown), "{secret}");
        let heard = heard(&plain);
        assert!(
            heard.contains("GET / ") && !heard.contains(shown),
            "{heard}"
        );
    }
}

/// CVE-2020-8169.
#[test]
fn an_at_sign_in_a_password_leaves_the_host_alone() {
    let line = "-L -u alice:s3@cr3t http://127.0.0.1/";
    let [only] = sent_over(&play(line, vec![accepts(&[&moved("/next"), DONE])]));
    assert_eq!(only.matches("Host: 127.0.0.1\r\n").count(), 2, "{only}");
    // In a URL nobody could tell which host is meant.
    assert_eq!(play("http://alice:s3@cr3t@127.0.0.1/", Vec::new()).exit, 3);
}

/// CVE-2021-22876.
#[test]
fn an_automatic_referer_has_no_credentials_and_no_fragment() {
    let line = "-L -e ';auto' http://alice:s3cr3t@127.0.0.1/x?y#z";
    let [only] = sent_over(&play(line, vec![accepts(&[&moved("/next"), DONE])]));
    assert!(
        only.contains("\r\nReferer: http://127.0.0.1/x?y\r\n"),
        "{only}"
    );
}

/// CVE-2026-94266.
#[test]
fn the_effective_url_has_no_credentials_that_no_url_had() {
    for options in ["-u alice:s3cr3t", "--anyauth -u alice:s3cr3t"] {
        let line = format!(
            "-L {options} -w '%{{url_effective}} %{{redirect_url}} %{{url}}' http://127.0.0.1/"
        );
        let outcome = play(&line, vec![accepts(&[&moved("/next"), DONE])]);
        let told = "http://127.0.0.1/next  http://127.0.0.1/";
        assert_eq!(String::from_utf8_lossy(&outcome.stdout), told);
    }
}

fn with_netrc(text: &str, line: &str, to: &str) -> [String; 2] {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("netrc");
    std::fs::write(&file, text).unwrap();
    let line = format!("-L --netrc-file {} {TWO_HOSTS} {line}", file.display());
    sent_over(&play(&line, vec![accepts(&[moved(to)]), accepts(&[DONE])]))
}

/// CVE-2024-11053, CVE-2025-0167.
#[test]
fn a_netrc_entry_without_a_password_borrows_none_from_another_host() {
    for entry in [
        "machine b.test",
        "machine b.test login bob",
        "machine b.test login alice",
        "default",
        "default login bob",
        "default login alice",
    ] {
        let text = format!("machine a.test login alice password s3cr3t\n{entry}\n");
        let [first, second] = with_netrc(&text, "http://a.test/", "http://b.test/");
        assert!(first.contains(BASIC), "{first}");
        // Base64 of `:s3cr3t` behind names of any length.
        for password in ["czNjcjN0", "zM2NyM3", "6czNjcjN0", "s3cr3t"] {
            assert!(!second.contains(password), "{entry}: {second}");
        }
    }
}

/// CVE-2026-3783.
#[test]
fn a_bearer_token_stays_at_home_though_netrc_knows_the_next_host() {
    for entry in [
        "machine b.test login bob password pw",
        "default login bob password pw",
    ] {
        let line = "--oauth2-bearer s3cr3t http://a.test/";
        let [first, second] = with_netrc(entry, line, "http://b.test/");
        assert!(first.contains("Bearer s3cr3t"), "{first}");
        assert!(!second.contains("s3cr3t"), "{second}");
    }
}

/// CVE-2026-8926.
#[test]
fn a_user_in_the_url_gets_no_other_users_password_from_netrc() {
    let text = "machine b.test login alice password s3cr3t\n";
    let [_, second] = with_netrc(text, "http://a.test/", "http://bob@b.test/");
    assert!(
        !second.contains("czNjcjN0") && !second.contains("zM2NyM3"),
        "{second}"
    );
    let [second] = {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("netrc");
        std::fs::write(&file, text).unwrap();
        let line = format!(
            "--netrc-file {} {TWO_HOSTS} http://bob@b.test/",
            file.display()
        );
        sent_over(&play(&line, vec![accepts(&[DONE])]))
    };
    // Base64 of `bob:` at most.
    assert!(!second.contains("Ym9iOn"), "{second}");
}

/// CVE-2026-6429: both hosts are reached over one connection to a proxy.
#[test]
fn a_netrc_password_is_for_its_host_alone_behind_one_proxy() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("netrc");
    std::fs::write(&file, "machine a.test login alice password s3cr3t\n").unwrap();
    let line = format!(
        "-L -x http://127.0.0.1:3128 --netrc-file {} http://a.test/",
        file.display()
    );
    let answers = [&moved("http://b.test/"), DONE];
    let [only] = sent_over(&play(&line, vec![accepts(&answers)]));
    let (first, second) = only.split_once("\r\n\r\n").unwrap();
    assert!(first.contains(BASIC), "{first}");
    assert!(
        second.contains("Host: b.test") && !second.contains("uthorization"),
        "{second}"
    );
}

/// CVE-2015-3236.
#[test]
fn credentials_of_one_url_do_not_linger_for_the_next() {
    let line = "http://alice:s3cr3t@127.0.0.1/ http://127.0.0.1/";
    let [only] = sent_over(&play(line, vec![accepts(&[DONE, DONE])]));
    assert_eq!(only.matches("Authorization").count(), 1, "{only}");
}

/// CVE-2026-6276.
#[test]
fn cookies_for_a_host_field_are_not_for_the_next_transfer() {
    let folder = tempfile::tempdir().unwrap();
    let jar = folder.path().join("jar");
    std::fs::write(&jar, "a.test\tFALSE\t/\tFALSE\t0\tk\ts3cr3t\n").unwrap();
    let jar = jar.display();
    let line =
        format!("-b {jar} -H 'Host: a.test' http://127.0.0.1/ --next -b {jar} http://127.0.0.1/");
    let [only] = sent_over(&play(&line, vec![accepts(&[DONE, DONE])]));
    let (first, second) = only.split_once("\r\n\r\n").unwrap();
    assert!(first.contains("Cookie: k=s3cr3t"), "{first}");
    assert!(
        second.contains("Host: 127.0.0.1") && !second.contains("s3cr3t"),
        "{second}"
    );
}

/// CVE-2026-11856.
#[test]
fn what_one_origin_asked_of_digest_is_not_answered_at_another() {
    let challenge = "HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n0nce\"\r\n\
                     Content-Length: 0\r\n\r\n";
    let line = format!("-L --digest {TWO_HOSTS} -u alice:s3cr3t http://a.test/");
    let outcome = play(
        &line,
        vec![
            accepts(&[challenge, &moved("http://b.test/")]),
            accepts(&[DONE]),
        ],
    );
    let [first, second] = sent_over(&outcome);
    assert!(first.contains("n0nce"), "{first}");
    assert!(!second.contains("uthorization"), "{second}");
    // Not even where the same credentials are for both.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("netrc");
    std::fs::write(&file, "default login alice password s3cr3t\n").unwrap();
    let netrc = format!("--netrc-file {}", file.display());
    let basic =
        "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"r\"\r\nContent-Length: 0\r\n\r\n";
    // Basic, once picked, goes on to whom the credentials are for, as in curl.
    for (how, asked, goes_on) in [
        ("--digest", challenge, false),
        ("--anyauth", challenge, false),
        ("--anyauth", basic, true),
    ] {
        for whose in [netrc.as_str(), "--location-trusted -u alice:s3cr3t"] {
            let line = format!("-L {how} {whose} {TWO_HOSTS} http://a.test/");
            let to = moved("http://b.test/");
            let meetings = vec![accepts(&[asked, &to]), accepts(&[DONE])];
            let [first, second] = sent_over(&play(&line, meetings));
            assert!(first.contains("Authorization: "), "{line}: {first}");
            let shown = second.contains("Authorization: Basic ");
            assert_eq!(shown, goes_on, "{line}: {second}");
            assert!(
                shown || !second.contains("uthorization"),
                "{line}: {second}"
            );
        }
    }
    let line = "--digest -u alice:s3cr3t http://127.0.0.1/ --next http://127.0.0.1:81/";
    let outcome = play(line, vec![accepts(&[challenge, DONE]), accepts(&[DONE])]);
    let [_, second] = sent_over(&outcome);
    assert!(!second.contains("uthorization"), "{second}");
}
