//! Secrets that are given stay where they were given for: not in debug output, not in what is told of
//! a run, not in messages. (`-v` shows the field lines that were sent, as curl does; where a scheme
//! sends a password readably, it is readable there.)

use rcurl::cli::{self, Asked};
use rcurl::environment::Environment;
use rcurl::event::{Happening, Side};
use rcurl::net::Step;
use rcurl::transfer::credentials::Credentials;

use crate::support::certificates::World;
use crate::support::stage::{Meeting, Outcome, Scene};
use crate::support::story::split;

const SECRET: &str = "hunter2";

/// Base64 of `user:hunter2`.
const BASIC: &str = "dXNlcjpodW50ZXIy";

fn accepts(responses: &[&str]) -> Meeting {
    let steps = responses.iter().flat_map(|response| {
        [
            Step::Await(b"\r\n\r\n".to_vec()),
            Step::Say(response.as_bytes().to_vec()),
        ]
    });
    Meeting::Accepts(steps.collect())
}

fn play(words: &[&str], meetings: Vec<Meeting>) -> Outcome {
    let scene = Scene {
        words: words.iter().map(|&word| word.to_owned()).collect(),
        meetings,
        ..Scene::default()
    };
    scene.play()
}

fn sent(outcome: &Outcome) -> String {
    let all: Vec<u8> = outcome
        .sent
        .iter()
        .flat_map(|(_, octets)| octets.clone())
        .collect();
    String::from_utf8(all).unwrap()
}

#[test]
fn a_plan_keeps_its_secrets_to_itself() {
    for words in [
        ["-u", "user:hunter2"],
        ["--oauth2-bearer", "hunter2"],
        ["-U", "user:hunter2"],
        ["--pass", "hunter2"],
        ["--proxy-pass", "hunter2"],
    ] {
        let words = [&words[..], &["-q", "http://127.0.0.1/"]].concat();
        let words: Vec<_> = words.iter().map(std::ffi::OsString::from).collect();
        let asked = cli::parse(&words, &Environment::default(), &mut std::io::empty()).unwrap();
        let Asked::Run(plan) = asked else {
            panic!("{words:?} is no transfer");
        };
        let shown = format!("{plan:?}");
        assert!(!shown.contains(SECRET), "{words:?}: {shown}");
    }
}

#[test]
fn credentials_and_events_keep_their_secrets_to_themselves() {
    assert!(!format!("{:?}", Credentials::new("user", SECRET)).contains(SECRET));
    let event = Happening::Authenticating {
        side: Side::Server,
        scheme: "Basic",
        user: "user",
    };
    assert!(format!("{event:?}").contains("user"));
}

#[test]
fn a_password_is_told_nowhere_but_where_it_is_sent() {
    let moved = "HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n";
    let done = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    for words in [
        &["-vL", "-u", "user:hunter2", "http://127.0.0.1/"][..],
        &["-vL", "http://user:hunter2@127.0.0.1/"],
    ] {
        let outcome = play(words, vec![accepts(&[moved, done])]);
        assert_eq!(outcome.exit, 0);
        let told = String::from_utf8(outcome.stderr.clone()).unwrap();
        assert!(!told.contains(SECRET), "{words:?}: {told}");
        assert_eq!(sent(&outcome).matches(BASIC).count(), 2, "{words:?}");
        for line in told.lines().filter(|line| line.contains(BASIC)) {
            assert!(line.starts_with("> Authorization: Basic "), "{line}");
        }
    }
}

#[test]
fn digest_never_sends_the_password() {
    let challenge = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n\
                     Content-Length: 0\r\n\r\n";
    let done = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    let words = ["-v", "--digest", "-u", "user:hunter2", "http://127.0.0.1/"];
    let outcome = play(&words, vec![accepts(&[challenge, done])]);
    assert_eq!(outcome.exit, 0);
    assert!(sent(&outcome).contains("Authorization: Digest username=\"user\""));
    for text in [sent(&outcome), String::from_utf8(outcome.stderr).unwrap()] {
        assert!(!text.contains(SECRET) && !text.contains(BASIC), "{text}");
    }
}

#[test]
fn messages_of_failures_hold_no_password() {
    let with_secret = "http://user:hunter2@127.0.0.1/";
    let refused = play(&["-v", with_secret], vec![Meeting::Refuses]);
    let cut = play(
        &["-v", "-u", "user:hunter2", "http://127.0.0.1/"],
        vec![Meeting::Accepts(vec![Step::Close])],
    );
    let malformed = play(&["-v", "http://user:hunter2@127.0.0.1:port/"], Vec::new());
    for (outcome, exit) in [(refused, 7), (cut, 52), (malformed, 3)] {
        let told = String::from_utf8(outcome.stderr).unwrap();
        let messages = told.lines().filter(|line| !line.starts_with("> "));
        assert_eq!(outcome.exit, exit, "{told}");
        for message in messages {
            assert!(
                !message.contains(SECRET) && !message.contains(BASIC),
                "{message}"
            );
        }
    }
}

#[test]
fn a_redirect_to_another_origin_takes_no_secret_along() {
    let elsewhere =
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:81/\r\nContent-Length: 0\r\n\r\n";
    let done = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    for words in [
        &["-u", "user:hunter2"][..],
        &["--oauth2-bearer", "hunter2"],
        &["-H", "Authorization: Bearer hunter2"],
        &["-H", "Proxy-Authorization: hunter2"],
        &["-H", "Cookie: hunter2"],
        &["-b", "session=hunter2"],
    ] {
        let words = [words, &["-L", "http://127.0.0.1/"]].concat();
        let outcome = play(&words, vec![accepts(&[elsewhere]), accepts(&[done])]);
        assert_eq!(outcome.exit, 0);
        let [(_, first), (_, second)] = &outcome.sent[..] else {
            panic!("{words:?}: {} connections", outcome.sent.len());
        };
        let has = |octets: &[u8]| {
            let text = String::from_utf8_lossy(octets);
            text.contains(SECRET) || text.contains(BASIC)
        };
        assert!(has(first) && !has(second), "{words:?}");
    }
}

#[test]
fn keys_of_certificates_are_not_shown() {
    let world = World::new();
    let issued = world.issue(&["a.test"], |_| {});
    let key = world.file("key.pem", issued.key.serialize_pem());
    let key = key.to_str().unwrap();
    // A key is no certificate: the message names the file and none of its lines.
    let words = ["-v", "--cert", key, "https://127.0.0.1/"];
    let outcome = play(&words, vec![accepts(&[])]);
    let told = String::from_utf8(outcome.stderr).unwrap();
    assert_eq!(outcome.exit, 58, "{told}");
    let secret = issued.key.serialize_pem();
    let secret = secret.lines().nth(1).unwrap();
    assert!(!told.contains(secret), "{told}");
}

#[test]
fn without_random_octets_nothing_predictable_is_sent() {
    let challenge = "HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=\"r\", qop=\"auth\", nonce=\"n\"\r\n\
                     Content-Length: 0\r\n\r\n";
    let challenges = Meeting::Accepts(vec![
        Step::Await(b"\r\n\r\n".to_vec()),
        Step::Say(challenge.into()),
        Step::Await(b"\r\n\r\n".to_vec()),
    ]);
    for (line, meetings) in [
        ("--digest -u me:pw http://127.0.0.1/", vec![challenges]),
        ("-F a=b http://127.0.0.1/", Vec::new()),
    ] {
        let scene = Scene {
            words: split(line),
            meetings,
            noiseless: true,
            ..Scene::default()
        };
        let outcome = scene.play();
        let told = String::from_utf8(outcome.stderr).unwrap();
        let sentence = "rcurl: (2) no random octets from the system: Function not implemented\n";
        assert!(told.ends_with(sentence), "{line}: {told}");
        let sent: Vec<u8> = outcome
            .sent
            .into_iter()
            .flat_map(|(_, sent)| sent)
            .collect();
        let sent = String::from_utf8(sent).unwrap();
        assert!(!sent.contains("uthorization"), "{line}: {sent}");
        assert_eq!(outcome.exit, 2, "{line}");
    }
}
