//! Whose certificate it is, and what else must be proved.

use rcgen::{CertificateParams, SanType};

use super::{DONE, split};
use crate::net::tls::{BOTH, config};
use crate::support::certificates::World;
use crate::support::program::{Ended, rcurl, run};
use crate::support::server::Server;

/// What a run ends with against a server with this certificate, by each of these hosts.
fn ask(names: &[&str], change: fn(&mut CertificateParams), host: &str, options: &str) -> Ended {
    let world = World::new();
    let server = Server::tls(config(&world.issue(names, change), &BOTH), |talk| {
        while talk.request().is_some() {
            talk.say(DONE);
        }
    });
    let ca = world.folder.path().join("ca.pem");
    let line = format!(
        "-sS --cacert {} --resolve '*:{}:127.0.0.1' {options} https://{host}:{}/",
        ca.display(),
        server.port(),
        server.port()
    );
    run(rcurl(&split(&line)))
}

fn check(names: &[&str], host: &str, trusted: bool) {
    let ended = ask(names, |_| {}, host, "");
    let expected = if trusted { 0 } else { 60 };
    assert_eq!(
        ended.exit,
        Some(expected),
        "{names:?} for {host}: {}",
        ended.stderr
    );
}

/// CVE-2014-1263, CVE-2014-2522, CVE-2016-3739, CVE-2024-2466.
#[test]
fn an_address_must_stand_in_the_certificate_too() {
    check(&["a.test"], "127.0.0.1", false);
    check(&["127.0.0.2"], "127.0.0.1", false);
    check(&["127.0.0.1"], "127.0.0.1", true);
}

/// An address written as a name of DNS counts for nothing.
#[test]
fn an_address_is_no_name() {
    let as_name = |params: &mut CertificateParams| {
        params.subject_alt_names = vec![SanType::DnsName("127.0.0.1".try_into().unwrap())];
    };
    assert_eq!(ask(&["x.test"], as_name, "127.0.0.1", "").exit, Some(60));
}

/// CVE-2014-0139.
#[test]
fn a_wildcard_matches_no_address() {
    check(&["*.0.0.1"], "127.0.0.1", false);
    check(&["*"], "127.0.0.1", false);
}

/// CVE-2023-28321.
#[test]
fn a_wildcard_matches_no_part_of_an_international_name() {
    check(&["x*.a.test"], "xn--bcher-kva.a.test", false);
    check(&["*n--bcher-kva.a.test"], "xn--bcher-kva.a.test", false);
    check(&["*.a.test"], "xn--bcher-kva.a.test", true);
}

/// CVE-2013-4545, CVE-2013-6422: the name counts whatever else is asked for.
#[test]
fn the_name_is_checked_whatever_else_is_asked_for() {
    for options in [
        "--tls-max 1.2",
        "--tlsv1.3",
        "--no-alpn",
        "--no-sessionid",
        "-H 'Host: b.test'",
    ] {
        assert_eq!(
            ask(&["b.test"], |_| {}, "a.test", options).exit,
            Some(60),
            "{options}"
        );
    }
}

/// CVE-2017-2629, CVE-2020-8286, CVE-2024-0853, CVE-2024-8096.
#[test]
fn a_proof_that_is_asked_for_is_asked_for_every_time() {
    let world = World::new();
    let issued = world.issue(&["127.0.0.1"], |_| {});
    let server = Server::tls(config(&issued, &BOTH), |talk| {
        if talk.request().is_some() {
            talk.say("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        }
    });
    let url = server.url("/");
    let ca = world.folder.path().join("ca.pem");
    for version in ["--tls-max 1.2", "--tlsv1.3"] {
        let trusting = format!("-sS {version} --cacert {}", ca.display());
        // A session that was made without the proof is not resumed by who wants it.
        let line = format!(
            "{trusting} -w '%{{exitcode}} ' {url} {url} \
             --next {trusting} -w '%{{exitcode}} ' --cert-status {url} {url}"
        );
        let ended = run(rcurl(&split(&line)));
        assert_eq!(ended.stdout, b"0 0 91 91 ", "{version}: {}", ended.stderr);
    }
}

/// CVE-2025-5025, CVE-2025-13034, CVE-2026-87866.
#[test]
fn a_pinned_key_must_be_the_one_that_signs() {
    let pin = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    for options in ["", "-k", "--tls-max 1.2", "--tlsv1.3", "-k --no-sessionid"] {
        let options = format!("--pinnedpubkey {pin} {options}");
        let ended = ask(&["a.test"], |_| {}, "a.test", &options);
        assert_eq!(ended.exit, Some(90), "{options}: {}", ended.stderr);
    }
}
