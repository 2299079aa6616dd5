//! What is asked of a handshake: signatures, resumption, a log of its secrets.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use rcurl::event::Ending;
use rcurl::net::{Network, Surroundings};
use rcurl::plan::{Tls, TlsVersion};
use rustls::{HandshakeKind, ServerConfig, ServerConnection, StreamOwned};

use super::tls::{BOTH, Goodbye, config, exchange, tls_server};
use super::{open, receive, serve, tap, way};
use crate::support::certificates::World;

#[test]
fn signatures_are_limited_to_those_chosen() {
    let world = World::new();
    let issued = world.issue(&["a.test"], |_| {});
    let server = tls_server(config(&issued, &BOTH), Goodbye::Said);
    let check = |list: &str, expected: &str| {
        for most in [TlsVersion::V1_2, TlsVersion::V1_3] {
            let settings = Tls {
                signature_algorithms: Some(list.to_owned()),
                most,
                ..world.trusting()
            };
            let (answer, _) = exchange(server, "a.test", settings);
            let told = answer.map_or_else(|error| error, |_| "welcome".to_owned());
            assert!(told.starts_with(expected), "{told}\n{expected}");
        }
    };
    check("ed25519:ECDSA+SHA256", "welcome");
    check("rsa_pss_rsae_sha256", "35 TLS connect error: ");
    check("bogus", "59 failed setting signature algorithms: 'bogus'");
}

/// A server that answers with the kind of its handshake: `full` or `back`.
fn telling_server(config: ServerConfig) -> SocketAddr {
    let config = Arc::new(config);
    serve(move |stream: TcpStream| {
        let session = ServerConnection::new(config.clone()).unwrap();
        let mut stream = StreamOwned::new(session, stream);
        let mut request = [0; 4];
        if stream.read_exact(&mut request).is_ok() {
            let kind = match stream.conn.handshake_kind() {
                Some(HandshakeKind::Resumed) => b"back",
                _ => b"full",
            };
            stream.write_all(kind).unwrap();
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    })
}

#[test]
fn sessions_are_resumed_within_a_run_unless_that_is_switched_off() {
    let world = World::new();
    let issued = world.issue(&["a.test"], |_| {});
    let server = telling_server(config(&issued, &BOTH));
    let kinds = |settings: &[&Tls]| -> Vec<String> {
        let network = Network::new(Surroundings::default());
        let (mut tap, _) = tap();
        let entry = format!("a.test:{}:127.0.0.1", server.port());
        network.learn(&[entry], &tap).unwrap();
        let ask = |settings: &&Tls| {
            let mut way = way(&format!("https://a.test:{}/", server.port()));
            way.tls = (*settings).clone();
            let mut link = open(&network, &way, &mut tap).unwrap();
            link.wire.send(b"ping").unwrap();
            let answer = receive(&mut *link.wire, 4);
            network.end(link, Ending::ShutDown, &tap);
            String::from_utf8(answer).unwrap()
        };
        settings.iter().map(ask).collect()
    };
    for most in [TlsVersion::V1_2, TlsVersion::V1_3] {
        let trusting = Tls {
            most,
            ..world.trusting()
        };
        let without = Tls {
            session_reuse: false,
            ..trusting.clone()
        };
        let careless = Tls {
            verify: false,
            ..trusting.clone()
        };
        assert_eq!(kinds(&[&trusting, &trusting]), ["full", "back"]);
        assert_eq!(kinds(&[&without, &without]), ["full", "full"]);
        // What nobody has verified is not resumed by somebody who insists.
        assert_eq!(kinds(&[&careless, &trusting]), ["full", "full"]);
    }
}

#[test]
fn secrets_are_logged_for_both_versions_whatever_is_trusted() {
    let world = World::new();
    let issued = world.issue(&["a.test"], |_| {});
    let server = tls_server(config(&issued, &BOTH), Goodbye::Said);
    let check = |most, expected: &[&str]| {
        let log = world.folder.path().join(format!("{most:?}.keys"));
        let network = Network::new(Surroundings {
            key_log: Some(log.clone()),
            ..Surroundings::default()
        });
        let (mut tap, _) = tap();
        let mut way = way(&format!("https://127.0.0.1:{}/", server.port()));
        way.tls = Tls {
            verify: false,
            most,
            ..Tls::default()
        };
        let link = open(&network, &way, &mut tap).unwrap();
        network.end(link, Ending::ShutDown, &tap);
        let lines = std::fs::read_to_string(log).unwrap();
        let mut labels: Vec<&str> = Vec::new();
        for line in lines.lines() {
            let words: Vec<&str> = line.split(' ').collect();
            let [label, random, secret] = words[..] else {
                panic!("{line}")
            };
            assert_eq!(random.len(), 64, "{line}");
            assert!(secret.len() >= 64, "{line}");
            labels.push(label);
        }
        labels.sort_unstable();
        assert_eq!(labels, expected);
    };
    check(TlsVersion::V1_2, &["CLIENT_RANDOM"]);
    check(
        TlsVersion::V1_3,
        &[
            "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
            "CLIENT_TRAFFIC_SECRET_0",
            "EXPORTER_SECRET",
            "SERVER_HANDSHAKE_TRAFFIC_SECRET",
            "SERVER_TRAFFIC_SECRET_0",
        ],
    );
}
