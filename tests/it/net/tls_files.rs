//! The files that TLS reads: keys under a passphrase, revocation lists, folders of roots.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{
    CertificateParams, CertificateRevocationListParams, KeyPair, RevokedCertParams, SerialNumber,
    date_time_ymd,
};
use rcurl::plan::{Secret, Tls};
use rustls::RootCertStore;
use rustls::ServerConfig;
use rustls::server::WebPkiClientVerifier;

use super::tls::{BOTH, Goodbye, config, exchange, tls_server};
use crate::support::certificates::{World, pem, private};

/// One key in several forms, each made by OpenSSL; the passphrase is `sesame`.
const PLAIN: &str = include_str!("keys/plain.pem");
const SEALED: &[(&str, &str)] = &[
    ("aes", include_str!("keys/aes.pem")),
    ("des3", include_str!("keys/des3.pem")),
    ("scrypt", include_str!("keys/scrypt.pem")),
    ("sha1", include_str!("keys/sha1.pem")),
];
const PBES1: &str = include_str!("keys/pbes1.pem");
const OLD: &str = include_str!("keys/old.pem");

/// A server that wants a certificate of its world's, and the client's for the key above.
struct Demanding {
    world: World,
    server: SocketAddr,
    certificate: Vec<u8>,
}

impl Demanding {
    fn new() -> Self {
        let world = World::new();
        let issued = world.issue(&["a.test"], |_| {});
        let mut roots = RootCertStore::empty();
        roots.add(world.ca.der().clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let clients =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone());
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&BOTH[1..])
            .unwrap()
            .with_client_cert_verifier(clients.build().unwrap())
            .with_single_cert(issued.chain.clone(), private(&issued.key))
            .unwrap();
        let key = KeyPair::from_pem(PLAIN).unwrap();
        let params = CertificateParams::new(["client.test".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &world.ca).unwrap();
        Self {
            server: tls_server(config, Goodbye::Said),
            certificate: certificate.der().to_vec(),
            world,
        }
    }

    /// The settings for a key in a file of this content.
    fn with_key(&self, name: &str, content: impl AsRef<[u8]>, passphrase: Option<&str>) -> Tls {
        let certificate = pem("CERTIFICATE", &self.certificate);
        Tls {
            certificate: Some(self.world.file("client.pem", certificate)),
            key: Some(self.world.file(name, content)),
            passphrase: passphrase.map(Secret::new),
            ..self.world.trusting()
        }
    }

    fn check(&self, settings: Tls, expected: &str) {
        let (answer, _) = exchange(self.server, "a.test", settings);
        let told = answer.map_or_else(|error| error, |_| "welcome".to_owned());
        assert!(told.contains(expected), "{told}\n{expected}");
    }
}

#[test]
fn a_key_is_opened_by_its_passphrase_alone() {
    let demanding = Demanding::new();
    for (name, content) in SEALED {
        let with = |passphrase| demanding.with_key(name, content, passphrase);
        demanding.check(with(Some("sesame")), "welcome");
        demanding.check(with(Some("wrong")), ": the passphrase is wrong");
        demanding.check(with(None), "58 unable to set private key file: ");
        demanding.check(
            with(None),
            ": the key is encrypted; --pass gives the passphrase",
        );
    }
    let plain = demanding.with_key("plain", PLAIN, Some("not needed"));
    demanding.check(plain, "welcome");
}

#[test]
fn a_sealed_key_may_stand_beside_its_certificate() {
    let demanding = Demanding::new();
    let certificate = pem("CERTIFICATE", &demanding.certificate);
    let both = demanding
        .world
        .file("both.pem", format!("{certificate}{}", SEALED[0].1));
    let settings = Tls {
        certificate: Some(both),
        passphrase: Some(Secret::new("sesame")),
        ..demanding.world.trusting()
    };
    demanding.check(settings, "welcome");
}

#[test]
fn der_serves_for_certificates_and_keys() {
    use base64::Engine as _;
    let demanding = Demanding::new();
    let der = |pem: &str| {
        let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        base64::engine::general_purpose::STANDARD
            .decode(body)
            .unwrap()
    };
    let typed = |key: &str, passphrase: &str, kind: &str| Tls {
        certificate: Some(demanding.world.file("client.der", &demanding.certificate)),
        certificate_type: Some(kind.to_owned()),
        key_type: Some(kind.to_owned()),
        ..demanding.with_key("key.der", der(key), Some(passphrase))
    };
    demanding.check(typed(PLAIN, "", "DER"), "welcome");
    demanding.check(typed(SEALED[0].1, "sesame", "der"), "welcome");
    demanding.check(
        typed(SEALED[0].1, "wrong", "DER"),
        "58 unable to set private",
    );
    demanding.check(
        typed(PLAIN, "", "P12"),
        ": PKCS #12 is not supported; `openssl pkcs12",
    );
    demanding.check(
        typed(PLAIN, "", "ENG"),
        "58 could not load client certificate",
    );
}

#[test]
fn a_file_of_another_form_than_was_said_is_told_as_such() {
    let demanding = Demanding::new();
    let certificate = pem("CERTIFICATE", &demanding.certificate);
    let with = |content: &[u8], kind: &str| Tls {
        certificate: Some(demanding.world.file("client", content)),
        certificate_type: Some(kind.to_owned()),
        ..demanding.with_key("key.pem", PLAIN, None)
    };
    for (content, kind, reason) in [
        (
            certificate.as_bytes(),
            "DER",
            ": it is in PEM form, not DER",
        ),
        (
            &demanding.certificate,
            "PEM",
            ": it is in DER form, not PEM",
        ),
        (b"nonsense", "DER", ": no certificate in DER form in it"),
        (b"nonsense", "PEM", ": no certificate in PEM form in it"),
    ] {
        demanding.check(with(content, kind), "58 could not load client certificate");
        demanding.check(with(content, kind), reason);
    }
    let key = Tls {
        key_type: Some("DER".to_owned()),
        ..with(certificate.as_bytes(), "PEM")
    };
    demanding.check(key.clone(), "58 unable to set private key file");
    demanding.check(key, ": it is in PEM form, not DER");
}

#[test]
fn keys_sealed_in_older_ways_are_refused_with_advice() {
    let demanding = Demanding::new();
    let with = |content| demanding.with_key("key.pem", content, Some("sesame"));
    let advice = "`openssl pkcs8 -topk8 -in OLD -out NEW`";
    demanding.check(with(PBES1), "a cipher that is not supported; ");
    demanding.check(with(PBES1), advice);
    demanding.check(with(OLD), "58 unable to set private key file: ");
    demanding.check(with(OLD), "in the old PEM form (Proc-Type)");
    demanding.check(with(OLD), advice);
}

/// A revocation list of a world's authority.
fn revocations(world: &World, revoked: &[u64], until: i32) -> String {
    let revoked = revoked.iter().map(|&serial| RevokedCertParams {
        serial_number: SerialNumber::from(serial),
        revocation_time: date_time_ymd(2020, 1, 2),
        reason_code: None,
        invalidity_date: None,
    });
    let params = CertificateRevocationListParams {
        this_update: date_time_ymd(2020, 1, 1),
        next_update: date_time_ymd(until, 1, 1),
        crl_number: SerialNumber::from(1),
        issuing_distribution_point: None,
        revoked_certs: revoked.collect(),
        key_identifier_method: rcgen::KeyIdMethod::Sha256,
    };
    params.signed_by(&world.ca).unwrap().pem().unwrap()
}

#[test]
fn a_revoked_certificate_is_refused_and_so_is_a_list_out_of_date() {
    let world = World::new();
    let issued = world.issue(&["a.test"], |params| {
        params.serial_number = Some(SerialNumber::from(7));
    });
    let server = tls_server(config(&issued, &BOTH), Goodbye::Said);
    let check = |trusted: &Path, list: String, expected: &str| {
        let settings = Tls {
            crl_file: Some(world.file("list.crl", list)),
            ca_file: Some(trusted.to_owned()),
            ..Tls::default()
        };
        let (answer, _) = exchange(server, "a.test", settings);
        let told = answer.map_or_else(|error| error, |_| "welcome".to_owned());
        assert!(told.contains(expected), "{told}\n{expected}");
    };
    let ca = world.folder.path().join("ca.pem");
    let own = pem("CERTIFICATE", &issued.chain[0]);
    let own_too = world.file("both.pem", std::fs::read_to_string(&ca).unwrap() + &own);
    check(&ca, revocations(&world, &[8], 4000), "welcome");
    let refused = "60 SSL certificate problem: certificate revoked";
    check(&ca, revocations(&world, &[7, 8], 4000), refused);
    check(&own_too, revocations(&world, &[7], 4000), refused);
    let stale = "60 SSL certificate problem: CRL has expired";
    check(&ca, revocations(&world, &[], 2021), stale);
    let elsewhere = revocations(&World::new(), &[], 4000);
    check(&ca, elsewhere, "60 SSL certificate problem: ");
}

#[test]
fn folders_of_roots_are_read_whole_and_may_be_missing() {
    let world = World::new();
    let issued = world.issue(&["a.test"], |_| {});
    let server = tls_server(config(&issued, &BOTH), Goodbye::Said);
    let folder = world.folder.path().join("roots");
    std::fs::create_dir_all(folder.join("empty")).unwrap();
    std::fs::write(folder.join("any name.txt"), world.ca.pem()).unwrap();
    let check = |paths: &[&Path], expected: &str| {
        let joined = std::env::join_paths(paths).unwrap();
        let settings = Tls {
            ca_directory: Some(PathBuf::from(joined)),
            ..Tls::default()
        };
        let (answer, _) = exchange(server, "a.test", settings);
        let told = answer.map_or_else(|error| error, |_| "welcome".to_owned());
        assert!(told.contains(expected), "{told}\n{expected}");
    };
    let (missing, empty) = (folder.join("missing"), folder.join("empty"));
    let nobody = "60 SSL certificate problem: unable to get local issuer certificate";
    check(&[&folder], "welcome");
    check(&[&missing, &empty, &folder], "welcome");
    check(&[&empty], nobody);
    check(&[&missing], nobody);
}
