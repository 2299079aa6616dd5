//! TLS against a rustls server with certificates made on the spot.

use std::io::{Read, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use rcgen::{KeyPair, PublicKeyData as _, date_time_ymd};
use rcurl::error::Exit;
use rcurl::event::{Interest, Observer as _};
use rcurl::net::{Network, Surroundings};
use rcurl::plan::{Tls, TlsVersion};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use sha2::{Digest as _, Sha256};

use super::{Notes, open, receive, receive_in_portions, receive_one_by_one, serve, tap_with, way};
use crate::support::certificates::{Issued, World, pem, private, self_signed, trusting};

pub(crate) fn config(
    issued: &Issued,
    versions: &[&'static rustls::SupportedProtocolVersion],
) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(issued.chain.clone(), private(&issued.key))
        .unwrap()
}

/// Whether the server says goodbye.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Goodbye {
    Said,
    Unsaid,
}

/// A server that answers four octets with `pong`.
pub(super) fn tls_server(config: ServerConfig, goodbye: Goodbye) -> SocketAddr {
    let config = Arc::new(config);
    serve(move |stream: TcpStream| {
        let session = ServerConnection::new(config.clone()).unwrap();
        let mut stream = StreamOwned::new(session, stream);
        let mut request = [0; 4];
        if stream.read_exact(&mut request).is_ok() {
            stream.write_all(b"pong").unwrap();
            if goodbye == Goodbye::Said {
                stream.conn.send_close_notify();
            }
            let _ = stream.flush();
        }
    })
}

/// What an exchange over TLS came to: the answer, or the exit status and the message.
pub(super) fn exchange(
    server: SocketAddr,
    host: &str,
    settings: Tls,
) -> (Result<Vec<u8>, String>, Vec<String>) {
    let notes = Notes {
        interest: Interest {
            tls: true,
            ..Interest::default()
        },
        ..Notes::default()
    };
    let mut tap = tap_with(&notes);
    let mut way = way(&format!("https://{host}:{}/", server.port()));
    way.tls = settings;
    let network = Network::new(Surroundings::default());
    if !host.starts_with("127.") {
        let entry = format!("{host}:{}:127.0.0.1", server.port());
        network.learn(&[entry], &tap).unwrap();
    }
    let answer = open(&network, &way, &mut tap)
        .map_err(|error| format!("{} {}", error.exit as u8, error.message))
        .map(|mut link| {
            link.wire.send(b"ping").unwrap();
            let answer = receive(&mut *link.wire, 4);
            network.end(link, rcurl::event::Ending::ShutDown, &tap);
            answer
        });
    let lines = notes.take();
    let secured = lines.into_iter().filter(|line| line.starts_with("secured"));
    (answer, secured.collect())
}

pub(crate) const BOTH: [&rustls::SupportedProtocolVersion; 2] =
    [&rustls::version::TLS13, &rustls::version::TLS12];

#[test]
fn a_trusted_certificate_is_told_in_words() {
    let world = World::new();
    let issued = world.issue(&["a.test", "*.b.test"], |_| {});
    let server = tls_server(config(&issued, &BOTH), Goodbye::Said);
    let (answer, secured) = exchange(server, "a.test", world.trusting());
    assert_eq!(answer.unwrap(), b"pong");
    let expected = "secured TLSv1.3 X25519 CN=leaf < CN=Test CA [a.test, *.b.test] \
                    EC/prime256v1 (256/128 Bits/secBits) ecdsa-with-SHA256 matched a.test: Verified";
    assert_eq!(secured, [expected]);
    let (answer, secured) = exchange(server, "x.b.test", world.trusting());
    assert_eq!(answer.unwrap(), b"pong");
    assert!(
        secured[0].ends_with("matched *.b.test: Verified"),
        "{secured:?}"
    );
}

#[test]
fn the_limits_on_versions_are_kept() {
    let world = World::new();
    let issued = world.issue(&["a.test"], |_| {});
    let both = tls_server(config(&issued, &BOTH), Goodbye::Said);
    let old = tls_server(config(&issued, &BOTH[1..]), Goodbye::Said);
    let most = Tls {
        most: TlsVersion::V1_2,
        ..world.trusting()
    };
    let (answer, secured) = exchange(both, "a.test", most);
    assert_eq!(answer.unwrap(), b"pong");
    assert!(
        secured[0].starts_with("secured TLSv1.2 X25519"),
        "{secured:?}"
    );
    let least = Tls {
        least: TlsVersion::V1_3,
        ..world.trusting()
    };
    let (answer, _) = exchange(old, "a.test", least);
    assert!(answer.unwrap_err().starts_with("35 TLS connect error: "));
}

#[test]
fn only_the_signature_algorithms_asked_for_are_accepted() {
    let world = World::new();
    let issued = world.issue(&["a.test"], |_| {});
    let server = tls_server(config(&issued, &BOTH), Goodbye::Said);
    for (list, expected) in [
        ("RSA+SHA256:ECDSA+SHA256", Ok(())),
        ("ed25519", Err("35 TLS connect error: ")),
        ("odd", Err("59 failed setting signature algorithms: 'odd'")),
    ] {
        let settings = Tls {
            signature_algorithms: Some(list.to_owned()),
            ..world.trusting()
        };
        match (exchange(server, "a.test", settings).0, expected) {
            (Ok(answer), Ok(())) => assert_eq!(answer, b"pong"),
            (Err(told), Err(start)) => assert!(told.starts_with(start), "{told}"),
            (other, _) => panic!("{list}: {other:?}"),
        }
    }
}

/// Checks that a certificate is refused in these words, and accepted when nobody asks.
fn check_refused(issued: &Issued, host: &str, settings: Tls, expected: &str) {
    let server = tls_server(config(issued, &BOTH), Goodbye::Said);
    let insecure = Tls {
        verify: false,
        ..settings.clone()
    };
    let (answer, secured) = exchange(server, host, settings);
    let message = answer.unwrap_err();
    assert!(message.starts_with(expected), "{message}\n{expected}");
    assert!(secured[0].contains(": Failed("), "{secured:?}");
    let (answer, secured) = exchange(server, host, insecure);
    assert_eq!(answer.unwrap(), b"pong");
    assert!(secured[0].contains(": Ignored("), "{secured:?}");
}

#[test]
fn a_certificate_out_of_date_is_refused_with_its_date() {
    let world = World::new();
    let dated = |first: i32, last: i32| {
        world.issue(&["a.test"], |params| {
            params.not_before = date_time_ymd(first, 1, 1);
            params.not_after = date_time_ymd(last, 2, 3);
        })
    };
    let check = |issued: &Issued, expected: &str| {
        check_refused(issued, "a.test", world.trusting(), expected);
    };
    check(
        &dated(2001, 2002),
        "60 SSL certificate problem: certificate has expired: it was valid until \
         Feb  3 00:00:00 2002 GMT",
    );
    check(
        &dated(4000, 4001),
        "60 SSL certificate problem: certificate is not yet valid: it will be from \
         Jan  1 00:00:00 4000 GMT",
    );
}

#[test]
fn a_certificate_for_somebody_else_is_refused_with_its_names() {
    let world = World::new();
    let good = world.issue(&["a.test", "127.0.0.2"], |_| {});
    for host in ["b.test", "127.0.0.1"] {
        let expected = format!(
            "60 SSL: no alternative certificate subject name matches target hostname '{host}' \
             (the certificate is for a.test, 127.0.0.2)"
        );
        check_refused(&good, host, world.trusting(), &expected);
    }
}

#[test]
fn a_certificate_of_nobody_trusted_is_refused_with_its_issuer() {
    let world = World::new();
    let good = world.issue(&["a.test"], |_| {});
    let check = |issued: &Issued, settings: Tls, expected: &str| {
        let expected = format!("60 SSL certificate problem: {expected}");
        check_refused(issued, "a.test", settings, &expected);
    };
    let unknown = "unable to get local issuer certificate (CN=Test CA is not trusted)";
    check(&good, Tls::default(), unknown);
    // Another authority of the same name.
    check(
        &good,
        World::new().trusting(),
        "certificate signature failure: not signed by the CN=Test CA that is trusted",
    );
    check(
        &self_signed(),
        world.trusting(),
        "self-signed certificate (CN=self)",
    );
}

#[test]
fn a_self_signed_certificate_is_accepted_when_it_is_itself_trusted() {
    let world = World::new();
    let own = self_signed();
    let server = tls_server(config(&own, &BOTH), Goodbye::Said);
    let file = world.file("own.pem", pem("CERTIFICATE", &own.chain[0]));
    assert_eq!(
        exchange(server, "a.test", trusting(&file)).0.unwrap(),
        b"pong"
    );
    let other = exchange(server, "b.test", trusting(&file)).0.unwrap_err();
    assert!(other.starts_with("60 SSL: no alternative"), "{other}");
}

#[test]
fn a_certificate_of_version_1_serves_when_nobody_asks_for_trust() {
    // Made with `openssl x509 -req -signkey`; rustls does not check what a resolver gives it.
    let file = include_bytes!("version1.pem");
    let chain = vec![CertificateDer::from_pem_slice(file).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(file).unwrap();
    let key = rustls::crypto::ring::sign::any_supported_type(&key).unwrap();
    let certified = CertifiedKey::new(chain, key);
    for versions in [&BOTH[..1], &BOTH[1..]] {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(certified.clone())));
        let server = tls_server(config, Goodbye::Said);
        let refused = exchange(server, "localhost", Tls::default()).0.unwrap_err();
        assert!(refused.starts_with("60 "), "{refused}");
        let careless = Tls {
            verify: false,
            ..Tls::default()
        };
        assert_eq!(exchange(server, "localhost", careless).0.unwrap(), b"pong");
    }
}

#[test]
fn a_client_certificate_is_shown_to_whoever_asks() {
    let world = World::new();
    let issued = world.issue(&["a.test"], |_| {});
    let mut roots = RootCertStore::empty();
    roots.add(world.ca.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone());
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&BOTH[1..])
        .unwrap()
        .with_client_cert_verifier(clients.build().unwrap())
        .with_single_cert(issued.chain.clone(), private(&issued.key))
        .unwrap();
    let server = tls_server(config, Goodbye::Said);
    let client = world.issue(&["client.test"], |_| {});
    let certificate = pem("CERTIFICATE", &client.chain[0]);
    let both = world.file("both.pem", client.key.serialize_pem() + &certificate);
    let alone = world.file("alone.pem", &certificate);
    let other = world.file("other.pem", KeyPair::generate().unwrap().serialize_pem());
    let with = |certificate: &Path, key: Option<&Path>| Tls {
        certificate: Some(certificate.to_owned()),
        key: key.map(Path::to_owned),
        ..world.trusting()
    };
    assert_eq!(
        exchange(server, "a.test", with(&both, None)).0.unwrap(),
        b"pong"
    );
    let check = |settings: Tls, expected: &str| {
        let message = exchange(server, "a.test", settings).0.unwrap_err();
        assert!(message.contains(expected), "{message}\n{expected}");
    };
    check(
        world.trusting(),
        "35 TLS connect error: the server refused with the alert",
    );
    check(with(&alone, None), "58 unable to set private key file");
    check(
        with(&alone, Some(&other)),
        "the private key does not match the certificate",
    );
    check(
        with(Path::new("/no/such"), None),
        "58 could not load client certificate",
    );
}

#[test]
fn the_public_key_must_be_the_pinned_one_even_without_verification() {
    let world = World::new();
    let issued = world.issue(&["a.test"], |_| {});
    let server = tls_server(config(&issued, &BOTH), Goodbye::Said);
    let hash = Sha256::digest(issued.key.subject_public_key_info());
    let hash = base64::engine::general_purpose::STANDARD.encode(hash);
    let pinned = |pin: String| Tls {
        pinned_key: Some(pin),
        verify: false,
        ..Tls::default()
    };
    let right = pinned(format!("sha256//{hash}"));
    assert_eq!(exchange(server, "a.test", right).0.unwrap(), b"pong");
    let file = world.file("key.pem", issued.key.public_key_pem());
    let right = pinned(file.to_str().unwrap().to_owned());
    assert_eq!(exchange(server, "a.test", right).0.unwrap(), b"pong");
    let wrong = exchange(server, "a.test", pinned("sha256//AAAA".to_owned())).0;
    assert!(wrong.unwrap_err().starts_with("90 "));
}

#[test]
fn content_that_is_given_back_comes_again() {
    let world = World::new();
    let issued = world.issue(&["127.0.0.1"], |_| {});
    let server = tls_server(config(&issued, &BOTH), Goodbye::Said);
    let mut way = way(&format!("https://{server}/"));
    way.tls = world.trusting();
    let (mut tap, _) = super::tap();
    let mut link = open(&Network::new(Surroundings::default()), &way, &mut tap).unwrap();
    link.wire.send(b"ping").unwrap();
    assert_eq!(receive_one_by_one(&mut *link.wire, 4), b"pong");
}

#[test]
fn no_more_content_comes_at_once_than_is_wanted() {
    let world = World::new();
    let issued = world.issue(&["127.0.0.1"], |_| {});
    let server = tls_server(config(&issued, &BOTH), Goodbye::Unsaid);
    let mut way = way(&format!("https://{server}/"));
    way.tls = world.trusting();
    let (mut tap, _) = super::tap();
    let mut link = open(&Network::new(Surroundings::default()), &way, &mut tap).unwrap();
    link.wire.send(b"ping").unwrap();
    assert_eq!(receive_in_portions(&mut *link.wire, 4), b"pong");
}

#[test]
fn a_stream_without_goodbye_is_told_from_one_that_ended() {
    use rcurl::net::Wait;
    let world = World::new();
    let issued = world.issue(&["a.test"], |_| {});
    let last = |goodbye| {
        let server = tls_server(config(&issued, &BOTH), goodbye);
        let mut way = way(&format!("https://a.test:{}/", server.port()));
        way.tls = world.trusting();
        let network = Network::new(Surroundings::default());
        let (mut tap, _) = super::tap();
        network
            .learn(&[format!("a.test:{}:127.0.0.1", server.port())], &tap)
            .unwrap();
        let mut link = open(&network, &way, &mut tap).unwrap();
        link.wire.send(b"ping").unwrap();
        assert_eq!(receive(&mut *link.wire, 4), b"pong");
        let wait = Wait {
            receive: usize::MAX,
            ..Wait::default()
        };
        format!("{:?}", link.wire.wait(wait))
    };
    assert_eq!(last(Goodbye::Said), "Eof");
    let cut = last(Goodbye::Unsaid);
    assert!(cut.contains("UnexpectedEof"), "{cut}");
}

#[test]
fn a_server_without_tls_is_named() {
    let server = serve(|mut stream| {
        let mut hello = [0; 5];
        stream.read_exact(&mut hello).unwrap();
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .unwrap();
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let (answer, _) = exchange(server, "a.test", Tls::default());
    let message = answer.unwrap_err();
    assert!(message.starts_with("35 TLS connect error: the server answered with plain HTTP"));
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let world = World::new();
    let issued = world.issue(&["a.test"], |_| {});
    let server = tls_server(config(&issued, &BOTH), Goodbye::Said);
    let check = |settings: Tls, exit: Exit| {
        let message = exchange(server, "a.test", settings).0.unwrap_err();
        assert!(
            message.starts_with(&format!("{} ", exit as u8)),
            "{message}"
        );
    };
    let junk = world.file("junk.pem", "not a certificate\n");
    check(trusting(Path::new("/no/such.pem")), Exit::SslCacertBadfile);
    check(trusting(&junk), Exit::SslCacertBadfile);
    let crl = Tls {
        crl_file: Some(junk.clone()),
        ..world.trusting()
    };
    check(crl, Exit::SslCrlBadfile);
    let ciphers = Tls {
        ciphers: Some("RC4-SHA".to_owned()),
        ..world.trusting()
    };
    check(ciphers, Exit::SslCipher);
    let curves = Tls {
        curves: Some("P-1".to_owned()),
        ..world.trusting()
    };
    check(curves, Exit::SslCipher);
    let ca = std::fs::read(world.folder.path().join("ca.pem")).unwrap();
    let after_junk = world.file("after.pem", [b"junk\n".as_slice(), &ca].concat());
    assert_eq!(
        exchange(server, "a.test", trusting(&after_junk)).0.unwrap(),
        b"pong"
    );
}

#[test]
fn every_record_is_told_once_both_ways() {
    let world = World::new();
    let issued = world.issue(&["a.test"], |_| {});
    let server = tls_server(config(&issued, &BOTH), Goodbye::Said);
    let notes = Notes {
        interest: Interest {
            records: true,
            ..Interest::default()
        },
        ..Notes::default()
    };
    assert!(notes.wants().records);
    let mut tap = tap_with(&notes);
    let mut way = way(&format!("https://127.0.0.1:{}/", server.port()));
    way.tls = Tls {
        verify: false,
        ..Tls::default()
    };
    let network = Network::new(Surroundings::default());
    let mut link = open(&network, &way, &mut tap).unwrap();
    link.wire.send(b"ping").unwrap();
    assert_eq!(receive(&mut *link.wire, 4), b"pong");
    network.end(link, rcurl::event::Ending::ShutDown, &tap);
    let records: Vec<_> = notes
        .take()
        .into_iter()
        .filter(|line| line.starts_with("Tls "))
        .collect();
    assert!(
        records[0].starts_with("Tls Out TlsRecord 16 03 01"),
        "{records:?}"
    );
    assert!(
        records[1].starts_with("Tls In TlsRecord 16 03 03"),
        "{records:?}"
    );
    assert!(
        records.iter().all(|line| line.contains("TlsRecord")),
        "{records:?}"
    );
    assert!(records.len() > 6, "{records:?}");
}
