//! Diagnoses of what no script can play: names, networks, and certificates, as events by hand. What
//! a script can play stands in the stories `diagnose-*`, TLS on real sockets in `servers`.

use std::io;

use crate::support::chance::chance;
use proptest::collection::vec;
use proptest::prelude::*;
use rcurl::environment::Environment;
use rcurl::error::{Error, Exit};
use rcurl::event::{
    Certificate, Direction, Distrust, Fault, Happening, Interest, Layer, Peer, TlsFacts, Trust,
    Verification,
};
use rcurl::http1::Role;
use rcurl::plan::{Destination, Plan, Progress, Trace};

use super::scripted::{Stage, pipes, plan, terminal};

/// A terminal without colours.
fn plain_terminal() -> Environment {
    Environment {
        stderr_takes_colour: false,
        ..terminal()
    }
}

/// A plan without a meter.
fn bare() -> Plan {
    plan(|plan| plan.global.progress = Progress::Off)
}

/// What follows the message of a failure.
fn explained(play: impl FnOnce(&mut Stage), error: &Error) -> String {
    let mut stage = Stage::new(&bare(), &plain_terminal());
    play(&mut stage);
    stage.finish(Err(error));
    let text = stage.stderr.text();
    let message = format!("rcurl: ({}) {}\n", error.exit as u8, error.message);
    text.strip_prefix(&message).expect(&text).to_owned()
}

fn unresolved(url: &str, host: &str, reason: &str) -> String {
    let (error, port) = (Error::could_not_resolve(host), 80);
    explained(
        |stage| {
            stage.start(url);
            stage.emit(Happening::Resolving { host });
            stage.emit(Happening::ResolveFailed { host, port, reason });
        },
        &error,
    )
}

#[test]
fn a_name_without_an_address_is_told_with_what_was_meant() {
    let unknown = "Name or service not known";
    assert_eq!(
        unresolved("localhst:80/x", "localhst", unknown),
        "  seen: the name asked for: localhst; the answer: Name or service not known\n  \
           try:  localhost:80/x, if that was meant\n"
    );
    assert_eq!(
        unresolved("http//example.com", "http", unknown),
        "  seen: the name asked for: http; the answer: Name or service not known\n  \
           try:  http://example.com, if that was meant\n"
    );
    assert_eq!(
        unresolved("http://api.shed.org/", "api.shed.org", unknown),
        "  seen: the name asked for: api.shed.org; the answer: Name or service not known\n  \
           so:   Nobody has registered this name, or it has a slip in it.\n  \
           try:  --resolve api.shed.org:80:ADDRESS, if you know the address\n"
    );
    let silent = "Temporary failure in name resolution";
    assert_eq!(
        unresolved("http://api.shed.org/", "api.shed.org", silent),
        "  seen: the name asked for: api.shed.org; the answer: Temporary failure in name resolution\n  \
           so:   No name server answered: is the network up, and are the name servers of\n        \
                 /etc/resolv.conf right?\n  \
           try:  --resolve api.shed.org:80:ADDRESS, if you know the address\n"
    );
}

#[test]
fn the_name_of_a_proxy_is_told_as_one() {
    let error = Error::could_not_resolve_proxy("proxy.shed");
    let text = explained(
        |stage| {
            stage.start("http://a.test/");
            stage.emit(Happening::ResolveFailed {
                host: "proxy.shed",
                port: 3128,
                reason: "Name or service not known",
            });
        },
        &error,
    );
    assert!(
        text.ends_with("try:  --noproxy '*', to go there without a proxy\n"),
        "{text}"
    );
}

/// Attempts that failed with these errors of the system.
fn unreached(url: &str, attempts: &[(&str, rustix::io::Errno)]) -> String {
    let error = Error::new(Exit::CouldntConnect, "Failed to connect");
    explained(
        |stage| {
            stage.start(url);
            for (address, errno) in attempts {
                let peer = &match address.strip_prefix("unix:") {
                    Some(path) => Peer::Unix(path.into()),
                    None => Peer::Tcp(address.parse().unwrap()),
                };
                stage.emit(Happening::Connecting { peer });
                stage.emit(Happening::ConnectFailed {
                    peer,
                    local: None,
                    error: &io::Error::from(*errno),
                });
            }
        },
        &error,
    )
}

#[test]
fn what_could_not_be_reached_is_told_by_its_errors() {
    use rustix::io::Errno;
    let url = "http://a.test:8000/";
    for (attempts, expected) in [
        (
            &[("[2001:db8::1]:8000", Errno::NETUNREACH)][..],
            "This machine has no way into the IPv6 network.",
        ),
        (
            &[("192.0.2.1:8000", Errno::NETUNREACH)],
            "This machine has no way into that network",
        ),
        (
            &[("192.0.2.1:8000", Errno::HOSTUNREACH)],
            "knows that the host cannot be reached",
        ),
        (&[("192.0.2.1:8000", Errno::ACCESS)], "forbids it"),
        (
            &[
                ("[2001:db8::1]:8000", Errno::NETUNREACH),
                ("192.0.2.1:8000", Errno::CONNREFUSED),
            ],
            "Where the host could be reached, nothing listens on port 8000.",
        ),
        (&[("unix:/run/x", Errno::NOENT)], "There is no such file."),
        (
            &[("unix:/run/x", Errno::ACCESS)],
            "This user may not write to it",
        ),
        (
            &[("unix:/run/x", Errno::CONNREFUSED)],
            "It is no socket, or",
        ),
    ] {
        let text = unreached(url, attempts);
        let flowing = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flowing.contains(expected), "{expected}\n{text}");
    }
}

#[test]
fn attempts_are_bounded() {
    let many = vec![("192.0.2.1:8000", rustix::io::Errno::CONNREFUSED); 40];
    let text = unreached("http://a.test:8000/", &many);
    assert_eq!(text.matches("192.0.2.1:8000").count(), 16, "{text}");
    assert!(text.contains("        and 24 more\n"), "{text}");
}

/// 21 November 2026, 09:30 UTC.
const NOW: i64 = 1_795_253_400;
const DAY: i64 = 86_400;

fn certificate(subject: &str, issuer: &str) -> Certificate {
    Certificate {
        subject: subject.to_owned(),
        issuer: issuer.to_owned(),
        not_before: NOW - 300 * DAY,
        not_after: NOW + 65 * DAY,
        version: 3,
        ..Certificate::default()
    }
}

fn refused(certificates: Vec<Certificate>, fault: Fault) -> TlsFacts {
    TlsFacts {
        certificates,
        verification: Verification::Failed(Distrust {
            fault,
            reason: "because".to_owned(),
        }),
        judged_at: NOW,
        wanted_name: "a.test".to_owned(),
        matched_name: Some("a.test".to_owned()),
        ..TlsFacts::default()
    }
}

fn secure(stage: &mut Stage, session: &TlsFacts) {
    stage.start("https://a.test/");
    let peer = &Peer::Tcp("192.0.2.1:443".parse().unwrap());
    stage.emit(Happening::Connecting { peer });
    stage.emit(Happening::Connected { peer, local: None });
    stage.emit(Happening::Securing {
        alpn: &[],
        trust: &Trust {
            built_in: true,
            ..Trust::default()
        },
    });
    stage.emit(Happening::Secured { session });
}

#[test]
fn a_chain_is_drawn_with_the_certificate_to_blame() {
    let error = Error::untrusted("because");
    let mut leaf = certificate("O=Shed; CN=a.test", "CN=Middle CA");
    leaf.names = vec!["a.test".to_owned(), "*.a.test".to_owned()];
    leaf.not_after = NOW - 8 * 3600;
    let mut middle = certificate("CN=Middle CA", "CN=Root CA");
    middle.authority = true;
    let stray = certificate("CN=Stray", "CN=Nobody");
    let session = refused(vec![leaf, stray, middle], Fault::Expired);
    let text = explained(|stage| secure(stage, &session), &error);
    let expected = "  seen: 0  O=Shed; CN=a.test
        |  for a.test, *.a.test
        |  valid until Nov 21 01:30:00 2026 GMT: expired 8 hours ago
        |  signed by
        2  CN=Middle CA, an authority (CA:TRUE)
        |  valid until Jan 25 09:30:00 2027 GMT, 65 days left
        |  signed by CN=Root CA, which was not sent
        1  CN=Stray was sent too, and signed none of these
  so:   The certificate of a.test ran out 8 hours ago. This machine's clock
        says Nov 21 09:30:00 2026 GMT.
  try:  renew it on the server; a server that has the new one already may have
          to be restarted to use it
        -k goes on without any proof of who answers: for trials only
";
    assert_eq!(text, expected);
}

#[test]
fn a_proxy_that_is_not_trusted_has_options_of_its_own() {
    let error = Error::untrusted("because");
    let mut session = refused(
        vec![certificate("CN=p", "CN=Root CA")],
        Fault::UnknownIssuer,
    );
    session.for_proxy = true;
    let text = explained(|stage| secure(stage, &session), &error);
    let advice = text.split("  try:  ").nth(1).unwrap();
    assert_eq!(
        advice,
        "--proxy-cacert FILE with the certificate of CN=Root CA, if you trust it\n        \
         --proxy-ca-native, if this machine trusts it\n        \
         --proxy-insecure goes on without any proof of who answers: for trials\n          only\n"
    );
}

#[test]
fn where_nothing_is_explained_the_old_hint_stays() {
    let error = Error::untrusted("because");
    let session = refused(vec![certificate("CN=a", "CN=b")], Fault::UnknownIssuer);
    let told = |plan: &Plan, environment: &Environment| {
        let mut stage = Stage::new(plan, environment);
        secure(&mut stage, &session);
        stage.finish(Err(&error));
        stage.stderr.text()
    };
    let hint = "rcurl: (60) SSL certificate problem: because\nThe server could not prove";
    let quiet = bare();
    assert!(told(&quiet, &pipes()).starts_with(hint));
    let folder = tempfile::tempdir().unwrap();
    let file = Destination::File(folder.path().join("trace"));
    let traced = plan(|plan| plan.global.trace = Trace::Ascii(file));
    assert!(told(&traced, &pipes()).starts_with(hint));
    let shown = plan(|plan| {
        plan.global.silent = true;
        plan.global.show_error = true;
    });
    assert!(told(&shown, &terminal()).contains("The server could not prove"));
    let silent = plan(|plan| plan.global.silent = true);
    assert_eq!(told(&silent, &terminal()), "");
    let explained = told(&quiet, &plain_terminal());
    assert!(!explained.contains("could not prove"), "{explained}");
    assert!(explained.contains("  seen: 0  CN=a\n"), "{explained}");
}

#[test]
fn only_who_will_be_told_looks_at_tls() {
    let interest = |plan: &Plan, environment: &Environment| {
        let stage = Stage::new(plan, environment);
        stage.tap.interest()
    };
    let silent = plan(|plan| plan.global.silent = true);
    for quiet in [
        interest(&bare(), &pipes()),
        interest(&silent, &pipes()),
        interest(&silent, &terminal()),
    ] {
        assert!(
            !quiet.tls && !quiet.handshakes && !quiet.records,
            "{quiet:?}"
        );
    }
    let looking = Interest {
        tls: true,
        handshakes: true,
        ..Interest::default()
    };
    let verbose = plan(|plan| plan.global.trace = Trace::Verbose);
    assert_eq!(interest(&verbose, &pipes()), looking);
}

proptest! {
    #![proptest_config(chance(256))]

    /// Whatever stands in a certificate or comes in place of a response, a terminal gets lines and
    /// our own colours.
    #[test]
    fn nothing_drives_a_terminal(text in any::<String>(), octets in vec(any::<u8>(), 0..300), all in any::<bool>()) {
        let mut odd = certificate(&format!("CN=\u{1b}[2J{text}"), &text);
        odd.names = vec![text.clone(), "\u{9b}2J\n".to_owned()];
        odd.issuer_url = Some(text.clone());
        let faults = [Fault::WrongName, Fault::UnknownIssuer, Fault::BadSignature, Fault::Revoked];
        for fault in faults {
            let session = refused(vec![odd.clone()], fault);
            let mut stage = Stage::new(&bare(), &terminal());
            secure(&mut stage, &session);
            stage.finish(Err(&Error::untrusted("because")));
            prop_assert!(is_tame(&stage.stderr.text()));
        }
        let stage = Stage::new(&bare(), &terminal());
        stage.start("http://a.test/");
        let layer = if all { Layer::Http } else { Layer::Tls };
        stage.piece(Direction::In, layer, Role::Stray, &octets);
        stage.finish(Err(&Error::from(rcurl::http1::Broken::Http09)));
        prop_assert!(is_tame(&stage.stderr.text()));
    }
}

fn is_tame(text: &str) -> bool {
    let colours = ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[31m"];
    let text = colours
        .iter()
        .fold(text.to_owned(), |text, colour| text.replace(colour, ""));
    !text.contains(|c: char| c.is_control() && c != '\n')
}
