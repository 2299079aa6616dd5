//! `--cert-status`: what is stapled to a certificate is a proof only if it is whole, in time, about
//! this certificate, good, and signed by who may sign it.

use std::sync::Arc;

use rcgen::{
    CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, PublicKeyData as _,
    SigningKey as _, date_time_ymd,
};
use rcurl::plan::{Tls, TlsVersion};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use rustls::ServerConfig;
use x509_cert::Certificate;
use x509_cert::der::{Decode as _, Encode as _};

use super::tls::{BOTH, Goodbye, config, exchange, tls_server};
use crate::support::certificates::{Issued, World, private};

const SEQUENCE: u8 = 0x30;
const INTEGER_OF_STATUS: u8 = 0x0a;
const OCTETS: u8 = 0x04;
const BITS: u8 = 0x03;
const TIME: u8 = 0x18;
/// `ecdsa-with-SHA256`.
const ECDSA: &[u8] = b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02";
const SHA1: &[u8] = b"\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00";
const SHA_256: &[u8] = b"\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01";
const BASIC: &[u8] = b"\x06\x09\x2b\x06\x01\x05\x05\x07\x30\x01\x01";
const GOOD: &[u8] = b"\x80\x00";
const REVOKED: &[u8] = b"\xa1\x11\x18\x0f20200101000000Z";
const UNKNOWN: &[u8] = b"\x82\x00";

/// An explicit tag around something.
fn tag(number: u8) -> u8 {
    0xa0 + number
}

fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = content.len();
    let mut out = vec![tag];
    match length {
        0..128 => out.push(length as u8),
        128..256 => out.extend([0x81, length as u8]),
        _ => out.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    out.extend(content);
    out
}

/// What a response says, before anybody signs it.
struct Saying {
    name: Vec<u8>,
    serial: Vec<u8>,
    hash: &'static [u8],
    status: &'static [u8],
    since: &'static [u8],
    until: Option<&'static [u8]>,
}

impl Saying {
    /// Good news, until the end of the century.
    fn about(issued: &Issued) -> Self {
        let certificate = Certificate::from_der(&issued.chain[0]).unwrap();
        let body = certificate.tbs_certificate();
        Self {
            name: body.issuer().to_der().unwrap(),
            serial: body.serial_number().to_der().unwrap(),
            hash: SHA1,
            status: GOOD,
            since: b"20200101000000Z",
            until: Some(b"20991231235959Z"),
        }
    }

    /// The response, signed with a key, about what an issuer with another key issued.
    fn signed(&self, signer: &KeyPair, issuer: &KeyPair, certificates: &[&[u8]]) -> Vec<u8> {
        let hash = match self.hash {
            SHA1 => &SHA1_FOR_LEGACY_USE_ONLY,
            _ => &SHA256,
        };
        let name = digest(hash, &self.name);
        let key = digest(hash, issuer.der_bytes());
        let id = [
            self.hash,
            &der(OCTETS, &[name.as_ref()]),
            &der(OCTETS, &[key.as_ref()]),
            &self.serial,
        ];
        let since = der(TIME, &[self.since]);
        let until = self.until.map(|until| der(tag(0), &[&der(TIME, &[until])]));
        let single = [
            &der(SEQUENCE, &id),
            self.status,
            &since,
            &until.unwrap_or_default(),
        ];
        let by_key = der(tag(2), &[&der(OCTETS, &[b"whoever"])]);
        let produced = der(TIME, &[b"20200101000000Z"]);
        let singles = der(SEQUENCE, &[&der(SEQUENCE, &single)]);
        let data = der(SEQUENCE, &[&by_key, &produced, &singles]);
        let signature = signer.sign(&data).unwrap();
        let certificates = match certificates {
            [] => Vec::new(),
            some => der(tag(0), &[&der(SEQUENCE, some)]),
        };
        let basic = [
            &*data,
            ECDSA,
            &der(BITS, &[&[0], &signature]),
            &certificates,
        ];
        let bytes = [BASIC, &der(OCTETS, &[&der(SEQUENCE, &basic)])];
        let bytes = der(tag(0), &[&der(SEQUENCE, &bytes)]);
        der(SEQUENCE, &[&der(INTEGER_OF_STATUS, &[&[0]]), &bytes])
    }
}

/// What a transfer with `--cert-status` comes to when this is stapled.
#[track_caller]
fn check(world: &World, issued: &Issued, stapled: Vec<u8>, expected: &str) {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let stapling = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&BOTH)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert_with_ocsp(issued.chain.clone(), private(&issued.key), stapled)
        .unwrap();
    let server = tls_server(stapling, Goodbye::Said);
    for most in [TlsVersion::V1_2, TlsVersion::V1_3] {
        for verify in [true, false] {
            let settings = Tls {
                certificate_status: true,
                most,
                verify,
                ..world.trusting()
            };
            let (answer, _) = exchange(server, "a.test", settings);
            let told = answer.map_or_else(|error| error, |_| "welcome".to_owned());
            assert_eq!(told, expected);
        }
    }
}

#[test]
fn a_response_of_the_issuer_is_a_proof() {
    let world = World::new();
    let issued = world.issue(&["a.test"], |_| {});
    let key = world.ca.key();
    let by_issuer = |saying: Saying| saying.signed(key, key, &[]);
    check(
        &world,
        &issued,
        by_issuer(Saying::about(&issued)),
        "welcome",
    );
    let strong = Saying {
        hash: SHA_256,
        until: None,
        ..Saying::about(&issued)
    };
    check(&world, &issued, by_issuer(strong), "welcome");
    for (status, expected) in [
        (REVOKED, "91 SSL certificate status: revoked (1)"),
        (UNKNOWN, "91 SSL certificate status: unknown (2)"),
    ] {
        let saying = Saying {
            status,
            ..Saying::about(&issued)
        };
        check(&world, &issued, by_issuer(saying), expected);
    }
}

#[test]
fn a_response_counts_in_its_time_and_for_its_certificate_alone() {
    let world = World::new();
    let issued = world.issue(&["a.test"], |_| {});
    let key = world.ca.key();
    let about = || Saying::about(&issued);
    for (saying, expected) in [
        (
            Saying {
                until: Some(b"20200102000000Z"),
                ..about()
            },
            "91 OCSP response has expired",
        ),
        (
            Saying {
                since: b"20990101000000Z",
                ..about()
            },
            "91 OCSP response has expired",
        ),
        (
            Saying {
                serial: b"\x02\x01\x07".to_vec(),
                ..about()
            },
            "91 Could not find certificate ID in OCSP response",
        ),
        (
            Saying {
                name: b"\x30\x00".to_vec(),
                ..about()
            },
            "91 Could not find certificate ID in OCSP response",
        ),
    ] {
        check(&world, &issued, saying.signed(key, key, &[]), expected);
    }
}

#[test]
fn only_the_issuer_and_whom_it_lets_sign_are_believed() {
    let world = World::new();
    let issued = world.issue(&["a.test"], |_| {});
    let (ca, saying) = (world.ca.key(), Saying::about(&issued));
    let refused = "91 OCSP response verification failed";
    let delegate = KeyPair::generate().unwrap();
    let certificate = |change: &dyn Fn(&mut CertificateParams)| {
        let mut params = CertificateParams::default();
        params
            .distinguished_name
            .push(DnType::CommonName, "responder");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::OcspSigning];
        change(&mut params);
        params
    };
    let signed = |der: &[u8]| saying.signed(&delegate, ca, &[der]);
    let good = certificate(&|_| {})
        .signed_by(&delegate, &world.ca)
        .unwrap();
    check(&world, &issued, signed(good.der()), "welcome");
    // Nobody's key, the server's own, and three certificates that do not say enough.
    check(&world, &issued, saying.signed(&delegate, ca, &[]), refused);
    check(
        &world,
        &issued,
        saying.signed(&issued.key, ca, &[&issued.chain[0]]),
        refused,
    );
    let idle = certificate(&|params| params.extended_key_usages = Vec::new());
    let late = certificate(&|params| params.not_after = date_time_ymd(2020, 1, 1));
    for params in [idle, late] {
        let certificate = params.signed_by(&delegate, &world.ca).unwrap();
        check(&world, &issued, signed(certificate.der()), refused);
    }
    let by_itself = certificate(&|_| {}).self_signed(&delegate).unwrap();
    check(&world, &issued, signed(by_itself.der()), refused);
}

#[test]
fn what_is_no_response_is_refused_without_harm() {
    let world = World::new();
    let issued = world.issue(&["a.test"], |_| {});
    let key = world.ca.key();
    let malformed = "91 Invalid OCSP response";
    check(&world, &issued, vec![SEQUENCE, 0], malformed);
    check(&world, &issued, b"nonsense".to_vec(), malformed);
    let try_later = der(SEQUENCE, &[&der(INTEGER_OF_STATUS, &[&[3]])]);
    check(
        &world,
        &issued,
        try_later,
        "91 Invalid OCSP response status: (3)",
    );
    let whole = Saying::about(&issued).signed(key, key, &[]);
    for length in (1..whole.len()).step_by(23) {
        check(&world, &issued, whole[..length].to_vec(), malformed);
    }
}

#[test]
fn a_server_without_a_staple_is_refused() {
    let world = World::new();
    let issued = world.issue(&["a.test"], |_| {});
    let server = tls_server(config(&issued, &BOTH), Goodbye::Said);
    for (verify, expected) in [
        (true, "91 No OCSP response received"),
        (false, "91 No OCSP response received"),
    ] {
        let settings = Tls {
            certificate_status: true,
            verify,
            ..world.trusting()
        };
        assert_eq!(
            exchange(server, "a.test", settings).0.unwrap_err(),
            expected
        );
    }
    let stranger = Tls {
        certificate_status: true,
        ..Tls::default()
    };
    let refusal = exchange(server, "a.test", stranger).0.unwrap_err();
    assert!(
        refusal.starts_with("60 SSL certificate problem: unable to get"),
        "{refusal}"
    );
}
