//! How often a request is made that is not let through.

use proptest::prelude::*;
use rcurl::net::Step;

use crate::support::chance::chance;
use crate::support::stage::{Meeting, Outcome, Scene};
use crate::support::story::split;

/// A response that lets nobody through, with these challenges in its head.
fn refusal(status: &str, challenges: &str) -> String {
    format!("HTTP/1.1 {status} No\r\n{challenges}Content-Length: 0\r\n\r\n")
}

const BASIC: &str = "WWW-Authenticate: Basic realm=\"x\"\r\n";
const BEARER: &str = "WWW-Authenticate: Bearer realm=\"x\"\r\n";
const DIGEST: &str = "WWW-Authenticate: Digest realm=\"x\", nonce=\"n\", qop=\"auth\"\r\n";

/// A server, or a proxy that forwards, that answers request after request with these.
fn accepts(responses: &[String]) -> Meeting {
    let steps = responses.iter().flat_map(|response| {
        [
            Step::Await(b"\r\n\r\n".to_vec()),
            Step::Say(response.as_bytes().to_vec()),
        ]
    });
    Meeting::Accepts(steps.collect())
}

/// A run of rcurl on one connection; the words stand between blanks, or in single quotes.
fn play(line: &str, responses: &[String]) -> Outcome {
    let scene = Scene {
        words: split(line),
        stdin: b"content".to_vec(),
        meetings: vec![accepts(responses)],
        ..Scene::default()
    };
    scene.play()
}

/// The requests that were made, each from its request line on.
fn requests(outcome: &Outcome) -> Vec<String> {
    let mut requests: Vec<String> = Vec::new();
    let all = outcome.sent.iter().flat_map(|(_, octets)| octets).copied();
    let all = String::from_utf8(all.collect()).unwrap();
    for line in all.split_inclusive('\n') {
        match requests.last_mut() {
            Some(last) if !line.ends_with(" HTTP/1.1\r\n") => last.push_str(line),
            _ => requests.push(line.to_owned()),
        }
    }
    requests
}

#[test]
fn a_field_given_by_hand_is_not_sent_again_and_again() {
    let folder = tempfile::tempdir().unwrap();
    let netrc = folder.path().join("netrc");
    std::fs::write(&netrc, "machine 127.0.0.1 login user password secret\n").unwrap();
    let from_netrc = format!("--netrc-file {}", netrc.display());
    for by_hand in ["'Authorization: z'", "Authorization:", "'Authorization;'"] {
        for (credentials, challenges) in [
            ("-u user:secret", BASIC),
            ("-u user:secret -d pay=1", BASIC),
            ("-u user:secret -T -", BASIC),
            ("-u user:secret -x http://127.0.0.2", BASIC),
            (&from_netrc, BASIC),
            ("http://user:secret@127.0.0.1/", BASIC),
            ("--anyauth -u user:secret", BASIC),
            ("--digest -u user:secret", BASIC),
            ("--oauth2-bearer t", BEARER),
            ("--anyauth -u user:secret --oauth2-bearer t", BEARER),
        ] {
            let url = match credentials.strip_prefix("http:") {
                Some(_) => "",
                None => "http://127.0.0.1/",
            };
            let line = format!("-H {by_hand} {credentials} {url}");
            let outcome = play(&line, &vec![refusal("401", challenges); 30]);
            assert_eq!(outcome.exit, 0, "{line}");
            assert_eq!(requests(&outcome).len(), 1, "{line}");
        }
    }
}

#[test]
fn a_field_given_by_hand_is_not_sent_again_and_again_after_a_redirect() {
    let to = "Location: http://user:secret@127.0.0.1/next\r\n";
    let mut responses = vec![refusal("302", to)];
    responses.extend(vec![refusal("401", BASIC); 30]);
    let outcome = play("-L -H 'Authorization: z' http://127.0.0.1/", &responses);
    assert_eq!(requests(&outcome).len(), 2);
}

#[test]
fn digest_is_answered_once_beside_a_field_given_by_hand() {
    for scheme in ["--digest", "--anyauth"] {
        for (by_hand, fields) in [("'Authorization: z'", 2), ("Authorization:", 1)] {
            let line = format!("{scheme} -u user:secret -H {by_hand} http://127.0.0.1/");
            let outcome = play(&line, &vec![refusal("401", DIGEST); 30]);
            let requests = requests(&outcome);
            let [_, answer] = &requests[..] else {
                panic!("{line}: {requests:?}");
            };
            assert!(answer.contains("Authorization: Digest "), "{answer}");
            assert_eq!(
                answer.matches("Authorization: ").count(),
                fields,
                "{answer}"
            );
        }
    }
}

#[test]
fn a_proxy_field_given_by_hand_takes_the_place_of_basic() {
    for (by_hand, values) in [
        ("'Proxy-Authorization: z'", &["z"][..]),
        ("'Proxy-Authorization;'", &[""]),
        ("Proxy-Authorization:", &[]),
    ] {
        for way in ["", "-p", "--proxy-anyauth", "-p --proxy-anyauth"] {
            let line = format!(
                "{way} -x http://127.0.0.2 -U a:b --proxy-header {by_hand} http://127.0.0.1/"
            );
            let challenge = "Proxy-Authenticate: Basic realm=\"x\"\r\n";
            let requests = requests(&play(&line, &vec![refusal("407", challenge); 30]));
            let [request] = &requests[..] else {
                panic!("{line}: {requests:?}");
            };
            let lines = request.lines();
            let sent: Vec<&str> = lines
                .filter_map(|line| line.strip_prefix("Proxy-Authorization:"))
                .map(str::trim_start)
                .collect();
            assert_eq!(sent, values, "{line}");
        }
    }
}

#[test]
fn an_answer_that_would_be_the_same_is_not_given_to_a_stale_challenge() {
    for (parameters, expected) in [("", 2), (", stale=true", 2), (", qop=auth, stale=true", 21)] {
        let challenge =
            format!("WWW-Authenticate: Digest realm=\"x\", nonce=\"n\"{parameters}\r\n");
        let line = "--digest -u user:secret http://127.0.0.1/";
        let outcome = play(line, &vec![refusal("401", &challenge); 30]);
        assert_eq!(requests(&outcome).len(), expected, "{challenge}");
    }
}

/// What nobody can be named by in an answer to Digest is not repeated without one.
#[test]
fn a_user_with_a_control_character_is_not_asked_for_digest_twice() {
    let line = "--anyauth -u 'a\tb:secret' http://127.0.0.1/";
    let outcome = play(line, &vec![refusal("401", DIGEST); 30]);
    assert_eq!(requests(&outcome).len(), 1);
}

#[test]
fn a_url_whose_user_holds_a_nul_is_refused() {
    for (user, exit) in [
        ("u%00x:p", 3),
        ("u:p%00", 3),
        ("u%0d%0aX:p%0a", 0),
        ("u%09:p%01%c3%a9", 0),
    ] {
        let done = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_owned();
        let outcome = play(&format!("http://{user}@127.0.0.1/"), &[done]);
        assert_eq!(outcome.exit, exit, "{user}");
        assert_eq!(outcome.sent.is_empty(), exit != 0, "{user}");
    }
    // A redirect leads there as little, and what `-u` replaces does not matter.
    let moved = refusal("302", "Location: http://u%00x:p@127.0.0.1/\r\n");
    for (line, exit, count) in [("-L", 3, 1), ("-L -u a:b", 0, 2)] {
        let done = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_owned();
        let outcome = play(&format!("{line} http://127.0.0.1/"), &[moved.clone(), done]);
        assert_eq!((outcome.exit, requests(&outcome).len()), (exit, count));
    }
}

proptest! {
    #![proptest_config(chance(128))]

    /// Whatever is asked for, by whomever: without redirects, no request is made twice in a row.
    #[test]
    fn no_request_is_repeated_as_it_was(
        options in prop::collection::vec(prop::sample::select(vec![
            "-u user:secret", "-u 'a\tb:secret'", "--digest", "--anyauth", "--basic", "--oauth2-bearer t", "-d pay=1",
            "-x http://127.0.0.2", "-U me:hidden", "--proxy-digest", "--proxy-anyauth",
            "-H 'Authorization: z'", "-H Authorization:", "-H 'Authorization;'",
            "--proxy-header 'Proxy-Authorization: z'", "-H 'Proxy-Authorization: z'", "--proxy-header Proxy-Authorization:",
        ]), 0..7),
        answers in prop::collection::vec((prop::sample::select(vec!["401", "407"]), prop::collection::vec(
            prop::sample::select(vec![
                "Basic realm=x", "Bearer", "Digest realm=x, nonce=1", "Digest realm=x, nonce=2, stale=true",
                "Digest realm=x, nonce=3, qop=auth", "Digest realm=x, nonce=3, qop=auth, stale=true", "Digest x",
            ]), 0..3)), 1..12),
    ) {
        let responses: Vec<String> = answers.iter().map(|(status, challenges)| {
            let name = if *status == "401" { "WWW-Authenticate" } else { "Proxy-Authenticate" };
            let lines = challenges.iter().map(|challenge| format!("{name}: {challenge}\r\n"));
            refusal(status, &lines.collect::<String>())
        }).collect();
        let line = format!("{} http://127.0.0.1/", options.join(" "));
        let outcome = play(&line, &responses);
        for pair in requests(&outcome).windows(2) {
            prop_assert!(pair[0] != pair[1], "{line}: {}", pair[0]);
        }
    }
}
