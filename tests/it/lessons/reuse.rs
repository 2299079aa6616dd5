//! Which connection, and which session, serves whom.

use super::{DONE, accepts, play, split};
use crate::net::tls::{BOTH, config};
use crate::support::certificates::World;
use crate::support::program::{rcurl, run};
use crate::support::server::Server;

/// Whether a transfer goes over the connection of one before it, when they differ in these options.
fn is_reused(world: &World, first: &str, second: &str) -> bool {
    let server = Server::tls(config(&world.issue(&["a.test"], |_| {}), &BOTH), |talk| {
        while talk.request().is_some() {
            talk.say(DONE);
        }
    });
    let same = format!(
        "--resolve a.test:{}:127.0.0.1 {}",
        server.port(),
        server.url_by("a.test", "/")
    );
    let told = "-w '%{exitcode} %{num_connects}'";
    let line = format!("-s {first} {same} --next -s {second} {told} {same}");
    let mut command = rcurl(&split(&line));
    command.current_dir(world.folder.path());
    run(command).stdout == b"0 0"
}

/// CVE-2016-5420, CVE-2016-7141, CVE-2021-22924, CVE-2022-27782, CVE-2026-8932, CVE-2026-11564.
#[test]
fn a_connection_serves_nobody_who_wants_other_tls() {
    let world = World::new();
    let client = world.issue(&["client"], |_| {});
    let pem = crate::support::certificates::pem("CERTIFICATE", &client.chain[0]);
    world.file("client.pem", &pem);
    world.file("key.pem", client.key.serialize_pem());
    world.file(
        "CA.pem",
        std::fs::read(world.folder.path().join("ca.pem")).unwrap(),
    );
    let ca = "--cacert ca.pem";
    assert!(is_reused(&world, ca, ca));
    assert!(is_reused(&world, "-k", "-k"));
    for other in [
        "--cacert CA.pem",
        "--cacert ca.pem -k",
        "--cacert ca.pem -E client.pem --key key.pem",
        "--cacert ca.pem --tls-max 1.2",
        "--cacert ca.pem --tlsv1.3",
        "--cacert ca.pem --cert-status",
        "--cacert ca.pem --crlfile ca.pem",
        "--cacert ca.pem --ciphers ECDHE-ECDSA-AES128-GCM-SHA256",
        "--cacert ca.pem --tls13-ciphers TLS_AES_128_GCM_SHA256",
        "--cacert ca.pem --curves X25519",
        "--cacert ca.pem --pinnedpubkey sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "--cacert ca.pem --ca-native",
        "",
    ] {
        assert!(!is_reused(&world, ca, other), "{other}");
        assert!(!is_reused(&world, other, ca), "{other}");
    }
    let (one, other) = (
        "-k -E client.pem --key key.pem",
        "-k -E client.pem --key Key.pem",
    );
    world.file("Key.pem", client.key.serialize_pem());
    assert!(is_reused(&world, one, one));
    assert!(!is_reused(&world, one, other));
}

/// CVE-2016-5419, CVE-2017-7468, CVE-2021-22890: the server ends each connection, so that the second
/// could only resume the session of the first.
#[test]
fn a_session_that_nobody_verified_is_not_resumed_by_who_verifies() {
    let world = World::new();
    let server = Server::tls(config(&world.issue(&["a.test"], |_| {}), &BOTH), |talk| {
        if talk.request().is_some() {
            talk.say("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        }
    });
    let url = format!(
        "--resolve a.test:{}:127.0.0.1 {}",
        server.port(),
        server.url_by("a.test", "/")
    );
    for version in ["--tls-max 1.2", "--tlsv1.3"] {
        let each = format!("-s {version} -w '%{{exitcode}} '");
        let line = format!("{each} -k {url} {url} --next {each} {url}");
        let ended = run(rcurl(&split(&line)));
        assert_eq!(ended.stdout, b"0 0 60 ", "{version}: {}", ended.stderr);
    }
}

/// CVE-2014-0015, CVE-2014-0138, CVE-2016-8616, CVE-2022-22576, CVE-2026-3784: a tunnel was opened with
/// somebody's credentials for the proxy.
#[test]
fn a_tunnel_serves_nobody_with_other_credentials_for_the_proxy() {
    let opened = "HTTP/1.1 200 Yes\r\n\r\n";
    let tunnels = |first: &str, second: &str| {
        let through = "-p -x http://127.0.0.1:3128";
        let line =
            format!("{through} {first} http://a.test/ --next {through} {second} http://a.test/");
        let tunnel = || accepts(&[opened, DONE, DONE]);
        let outcome = play(&line, vec![tunnel(), tunnel()]);
        assert_eq!(outcome.exit, 0, "{line}");
        outcome.sent.len()
    };
    assert_eq!(tunnels("-U alice:one", "-U alice:one"), 1);
    assert_eq!(tunnels("", ""), 1);
    for other in [
        "-U alice:two",
        "-U alice:ONE",
        "-U Alice:one",
        "-U bob:one",
        "",
    ] {
        assert_eq!(tunnels("-U alice:one", other), 2, "{other}");
    }
}

/// CVE-2022-27775.
#[test]
fn an_address_of_another_zone_is_another_host() {
    let line = "http://[fe80::1%251]/ http://[fe80::1%252]/";
    let outcome = play(line, vec![accepts(&[DONE, DONE]), accepts(&[DONE])]);
    assert_eq!((outcome.exit, outcome.sent.len()), (0, 2));
}

/// CVE-2014-0138: the same port and another way to it.
#[test]
fn a_connection_serves_nobody_who_wants_another_way() {
    let ways = |first: &str, second: &str| {
        let url = "http://a.test/";
        let line = format!("{first} {url} --next {second} {url}");
        let outcome = play(&line, vec![accepts(&[DONE, DONE]), accepts(&[DONE, DONE])]);
        outcome.sent.len()
    };
    let known = "--resolve a.test:80:127.0.0.1";
    assert_eq!(ways(known, known), 1);
    assert_eq!(ways(known, "--connect-to ::127.0.0.1:80"), 2);
    assert_eq!(ways(known, "--unix-socket /tmp/x"), 2);
    assert_eq!(ways(known, "-x http://127.0.0.1:80"), 2);
    assert_eq!(ways("-x http://127.0.0.1:80", known), 2);
    assert_eq!(
        ways("-x http://127.0.0.1:80", "-x socks4a://127.0.0.1:80"),
        2
    );
}
