//! TLS that does not come about: what was wrong is seen, told, and nothing is asked.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyPair, RevokedCertParams, SerialNumber,
    date_time_ymd,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ServerConfig, WebPkiClientVerifier};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{RootCertStore, SupportedProtocolVersion, version};

use crate::support::certificates::{Issued, World, pem, private, self_signed};
use crate::support::program::{rcurl, run};
use crate::support::server::{Server, response};

const BOTH: &[&SupportedProtocolVersion] = &[&version::TLS13, &version::TLS12];
const OLD: &[&SupportedProtocolVersion] = &[&version::TLS12];

fn builder(
    versions: &[&'static SupportedProtocolVersion],
) -> rustls::ConfigBuilder<ServerConfig, rustls::WantsVerifier> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
}

fn config(issued: &Issued) -> ServerConfig {
    builder(BOTH)
        .with_no_client_auth()
        .with_single_cert(issued.chain.clone(), private(&issued.key))
        .unwrap()
}

fn serve(config: ServerConfig) -> Server {
    Server::tls(config, |talk| {
        while talk.request().is_some() {
            talk.say(response("200 OK", "", "secret\n"));
        }
    })
}

/// What is told after the request of `host` failed; the port is `PORT`.
fn told(server: &Server, host: &str, words: &[&str]) -> (Option<i32>, String) {
    let resolve = format!("{host}:{}:127.0.0.1", server.port());
    let url = server.url_by(host, "/");
    let ended = run(rcurl(
        &[words, &["-v", "--resolve", &resolve, &url]].concat(),
    ));
    assert!(ended.stdout.is_empty(), "{:?}", ended.stdout);
    let message = ended.stderr.rfind("rcurl: (").unwrap();
    let text = ended.stderr[message..].replace(&server.port().to_string(), "PORT");
    (ended.exit, text)
}

/// Checks that all of this is told, in this order.
fn check(server: &Server, words: &[&str], exit: i32, expected: &[&str]) {
    let (ended, text) = told(server, "a.test", words);
    assert_eq!(ended, Some(exit), "{text}");
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut rest = one_line.as_str();
    for part in expected {
        let at = rest.find(part);
        let at = at.unwrap_or_else(|| panic!("{part:?} is not told in\n{text}"));
        rest = &rest[at + part.len()..];
    }
    let requests = server.heard().concat();
    assert!(
        exit == 56 || !requests.windows(4).any(|octets| octets == b"GET "),
        "the request went out"
    );
}

struct Setting {
    world: World,
    ca: String,
}

impl Setting {
    fn new() -> Self {
        let world = World::new();
        let ca = world.folder.path().join("ca.pem").display().to_string();
        Self { world, ca }
    }

    fn leaf(&self, change: impl FnOnce(&mut CertificateParams)) -> Issued {
        self.world.issue(&["a.test"], change)
    }

    fn check(&self, issued: &Issued, exit: i32, expected: &[&str]) {
        check(
            &serve(config(issued)),
            &["--cacert", &self.ca],
            exit,
            expected,
        );
    }
}

#[test]
fn dates_are_held_against_the_clock() {
    let setting = Setting::new();
    let dated = |first: i32, last: i32| {
        setting.leaf(|params| {
            params.not_before = date_time_ymd(first, 1, 1);
            params.not_after = date_time_ymd(last, 2, 3);
        })
    };
    let expired = [
        "seen: 0 CN=leaf | for a.test | valid until Feb 3 00:00:00 2002 GMT: expired",
        "ago | signed by CN=Test CA",
        "so: The certificate of a.test ran out",
        "This machine's clock says",
        "try: renew it",
        "-k goes on without any proof",
    ];
    setting.check(&dated(2001, 2002), 60, &expired);
    let early = [
        "valid from Jan 1 00:00:00 4000 GMT: not valid for another",
        "This machine's clock says",
        "too early",
        "set the clock",
    ];
    setting.check(&dated(4000, 4001), 60, &early);
    // Everything that was sent has run out: the clock is suspected.
    let mut both = dated(2001, 2002);
    let root = setting.world.issue(&["b.test"], |params| {
        params.not_before = date_time_ymd(2001, 1, 1);
        params.not_after = date_time_ymd(2002, 1, 1);
    });
    both.chain.extend(root.chain);
    let suspected = [
        "All of them have run out: this machine's clock",
        "may be wrong",
    ];
    setting.check(&both, 60, &suspected);
}

#[test]
fn names_are_held_against_the_one_wanted() {
    let setting = Setting::new();
    let check = |names: &[&str], host: &str, expected: &str| {
        let server = serve(config(&setting.world.issue(names, |_| {})));
        let (exit, text) = told(&server, host, &["--cacert", &setting.ca]);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(exit, Some(60), "{text}");
        let signed = "| signed by CN=Test CA, which is trusted so:";
        assert!(text.contains(signed), "{text}");
        assert!(text.contains(expected), "{expected}\n{text}");
    };
    check(
        &["www.a.test"],
        "a.test",
        "It is for www.a.test, not for a.test. try: https://www.a.test:PORT/ -k",
    );
    check(
        &["*.a.test"],
        "a.test",
        "*.a.test stands for one label in front of a.test, not for a.test itself.",
    );
    check(&["*.a.test"], "x.y.a.test", "x.y.a.test has more.");
    check(
        &["b.test"],
        "a.test",
        "try: if b.test is the host you mean: --resolve b.test:PORT:127.0.0.1 \
         https://b.test:PORT/",
    );
    check(
        &["localhost"],
        "127.0.0.1",
        "It is for this machine, but as localhost, not as 127.0.0.1. try: https://localhost:PORT/",
    );
    check(
        &[],
        "a.test",
        "It names no host, and so is good for none. try: make the certificate anew, with \
         subjectAltName=DNS:a.test",
    );
}

#[test]
fn a_missing_link_is_named() {
    let setting = Setting::new();
    let below = setting.world.issue_below("Middle CA", &["a.test"]);
    let missing = [
        "| signed by ? CN=Middle CA: not sent, and not trusted so:",
        "CN=Middle CA vouches for it, and is neither sent nor among those in",
        "this one seems to leave an intermediate out.",
        "try: on the server, append the certificate of CN=Middle CA to its own; it is said to be \
         at http://ca.test/middle.crt",
        "--cacert FILE with the certificate of CN=Middle CA",
    ];
    setting.check(&below.issued, 60, &missing);
    // With it, the root is what nobody trusts.
    let chain = [below.issued.chain.clone(), vec![below.middle.clone()]].concat();
    let whole = Issued {
        chain,
        key: below.issued.key,
    };
    let other = setting
        .world
        .file("other.pem", pem("CERTIFICATE", &self_signed().chain[0]));
    let other = other.to_str().unwrap();
    let server = serve(config(&whole));
    let unknown = [
        "0 CN=leaf | for a.test | valid until",
        "| signed by 1 CN=Middle CA, an authority (CA:TRUE) | valid until",
        "| signed by ? CN=Test CA: not sent, and not trusted",
        "CN=Test CA vouches for the last of them",
    ];
    check(&server, &["--cacert", other], 60, &unknown);
    let root = CertificateDer::from(setting.world.ca.der().to_vec());
    let rooted = Issued {
        chain: [whole.chain, vec![root]].concat(),
        key: whole.key,
    };
    let server = serve(config(&rooted));
    let root = [
        "| signed by 2 CN=Test CA, an authority (CA:TRUE)",
        "| signed by itself so: CN=Test CA is an authority of somebody's own",
    ];
    check(&server, &["--cacert", other], 60, &root);
}

#[test]
fn a_certificate_that_vouches_for_itself_can_be_had_and_trusted() {
    let setting = Setting::new();
    let own = self_signed();
    let vouches = [
        "0 CN=self, an authority (CA:TRUE)",
        "| signed by itself so: It vouches for itself",
        "try: --cacert FILE with this certificate",
        "rcurl -sk -o /dev/null -w '%{certs}' https://a.test:PORT/ prints it",
    ];
    setting.check(&own, 60, &vouches);
    // What is advised works.
    let server = serve(config(&own));
    let resolve = format!("a.test:{}:127.0.0.1", server.port());
    let url = server.url_by("a.test", "/");
    let words = [
        "-sk",
        "-o",
        "/dev/null",
        "-w",
        "%{certs}",
        "--resolve",
        &resolve,
        &url,
    ];
    let file = setting.world.file("own.pem", run(rcurl(&words)).stdout);
    let words = [
        "-sS",
        "--cacert",
        file.to_str().unwrap(),
        "--resolve",
        &resolve,
        &url,
    ];
    assert_eq!(run(rcurl(&words)).stdout, b"secret\n");
}

#[test]
fn who_may_not_vouch_or_serve_is_marked() {
    let setting = Setting::new();
    let authority = setting.leaf(|params| {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    });
    let not_a_server = [
        "0 CN=leaf, an authority (CA:TRUE)",
        "An authority's certificate vouches for others",
    ];
    setting.check(&authority, 60, &not_a_server);
    let client = setting.leaf(|params| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    });
    let purpose = [
        "Its extended key usage leaves servers out.",
        "extendedKeyUsage=serverAuth",
    ];
    setting.check(&client, 60, &purpose);
    // A certificate that is no authority's, and signed one all the same.
    let middle = setting.leaf(|params| params.is_ca = IsCa::ExplicitNoCa);
    let mut issuer = CertificateParams::default();
    issuer.distinguished_name.push(DnType::CommonName, "leaf");
    let issuer = Issuer::new(issuer, &middle.key);
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(["a.test".to_owned()]).unwrap();
    let leaf = leaf.signed_by(&key, &issuer).unwrap();
    let chain = vec![leaf.der().clone(), middle.chain[0].clone()];
    let no_authority = ["Somebody signed who has no right to"];
    setting.check(&Issued { chain, key }, 60, &no_authority);
    // Another authority of the same name.
    let other = World::new().issue(&["a.test"], |_| {});
    let forged = [
        "| not signed by the CN=Test CA that is trusted so:",
        "its key did not sign this",
        "the present certificate of CN=Test CA",
    ];
    setting.check(&other, 60, &forged);
}

/// Made with `openssl x509 -req -sha1`: key, certificate and the certificate of its issuer.
const SHA1: &[u8] = include_bytes!("sha1.pem");

#[test]
fn weak_signatures_and_keys_are_marked() {
    let setting = Setting::new();
    let all: Vec<_> = CertificateDer::pem_slice_iter(SHA1)
        .map(Result::unwrap)
        .collect();
    let [leaf, ca] = all.try_into().unwrap();
    let key = PrivateKeyDer::from_pem_slice(SHA1).unwrap();
    let weak = builder(BOTH).with_no_client_auth();
    let weak = weak.with_single_cert(vec![leaf], key).unwrap();
    let file = setting.world.file("old.pem", pem("CERTIFICATE", &ca));
    let words = ["--cacert", file.to_str().unwrap()];
    let signature = [
        "| signature ecdsa-with-SHA1",
        "Signatures with this algorithm can be forged.",
    ];
    check(&serve(weak), &words, 60, &signature);
    // A key that is not the certificate's: rustls does not check what a resolver gives it.
    let (own, other) = (setting.leaf(|_| {}), setting.leaf(|_| {}));
    let key = rustls::crypto::ring::sign::any_supported_type(&private(&other.key)).unwrap();
    let resolver = SingleCertAndKey::from(CertifiedKey::new(own.chain, key));
    let config = builder(BOTH).with_no_client_auth();
    let server = serve(config.with_cert_resolver(Arc::new(resolver)));
    let key = [
        "| key EC/prime256v1 (256/128 Bits/secBits)",
        "make a new key",
    ];
    check(&server, &["--cacert", &setting.ca], 35, &key);
}

#[test]
fn revocation_is_told() {
    let setting = Setting::new();
    let numbered = setting.leaf(|params| {
        params.serial_number = Some(SerialNumber::from(9));
        params.use_authority_key_identifier_extension = true;
    });
    let list = |revoked: &[u64]| {
        let revoked = revoked.iter().map(|&serial| RevokedCertParams {
            serial_number: SerialNumber::from(serial),
            revocation_time: date_time_ymd(2020, 1, 2),
            reason_code: None,
            invalidity_date: None,
        });
        let list = CertificateRevocationListParams {
            this_update: date_time_ymd(2020, 1, 1),
            next_update: date_time_ymd(4000, 1, 1),
            crl_number: SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: revoked.collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        list.signed_by(&setting.world.ca).unwrap().pem().unwrap()
    };
    let server = serve(config(&numbered));
    let file = setting.world.file("crl.pem", list(&[9]));
    let words = ["--cacert", &setting.ca, "--crlfile", file.to_str().unwrap()];
    let revoked = [
        "| serial number 09",
        "its issuer takes it back",
        "don't use this server",
    ];
    check(&server, &words, 60, &revoked);
    let words = ["--cacert", &setting.ca, "--cert-status"];
    check(&server, &words, 91, &["try: without --cert-status"]);
}

#[test]
fn a_pin_is_shown_beside_the_key_seen() {
    let setting = Setting::new();
    let server = serve(config(&setting.leaf(|_| {})));
    let words = ["--cacert", &setting.ca, "--pinnedpubkey", "sha256//AAAA"];
    let (exit, text) = told(&server, "a.test", &words);
    assert_eq!(exit, Some(90), "{text}");
    assert!(text.contains("the pin:    sha256//AAAA\n"), "{text}");
    // The pin that is told is the one to give.
    let pin = text
        .split("its key:    ")
        .nth(1)
        .unwrap()
        .lines()
        .next()
        .unwrap();
    assert!(pin.starts_with("sha256//"), "{text}");
    let resolve = format!("a.test:{}:127.0.0.1", server.port());
    let url = server.url_by("a.test", "/");
    let words = ["-sSk", "--pinnedpubkey", pin, "--resolve", &resolve, &url];
    assert_eq!(run(rcurl(&words)).stdout, b"secret\n");
}

#[test]
fn alerts_are_told_with_what_they_mean() {
    let setting = Setting::new();
    let trusting = ["--cacert", &*setting.ca];
    let check = |config: ServerConfig, words: &[&str], exit: i32, expected: &[&str]| {
        check(&serve(config), &[&trusting, words].concat(), exit, expected);
    };
    let with = |versions: &[&'static SupportedProtocolVersion]| {
        let issued = setting.leaf(|_| {});
        builder(versions)
            .with_no_client_auth()
            .with_single_cert(issued.chain.clone(), private(&issued.key))
            .unwrap()
    };
    check(
        with(OLD),
        &["--tlsv1.3"],
        35,
        &["the alert 70: protocol version", "try: without --tlsv1.3"],
    );
    check(
        with(OLD),
        &["--ciphers", "ECDHE-RSA-AES128-GCM-SHA256"],
        35,
        &[
            "the alert 40: handshake failure",
            "try: without --ciphers, which narrows",
        ],
    );
    let mut http2 = with(BOTH);
    http2.alpn_protocols = vec![b"h2".to_vec()];
    let alpn = [
        "the alert 120: no application protocol",
        "HTTP/2 alone",
        "--no-alpn",
    ];
    check(http2, &[], 35, &alpn);
}

#[test]
fn a_server_that_wants_to_know_who_asks_is_understood() {
    let setting = Setting::new();
    let trusting = ["--cacert", &*setting.ca];
    let asking = |versions: &[&'static SupportedProtocolVersion]| {
        let issued = setting.leaf(|_| {});
        let mut roots = RootCertStore::empty();
        roots.add(setting.world.ca.der().clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        builder(versions)
            .with_client_cert_verifier(verifier.build().unwrap())
            .with_single_cert(issued.chain.clone(), private(&issued.key))
            .unwrap()
    };
    for (versions, exit) in [(BOTH, 56), (OLD, 35)] {
        let wanted = [
            "the server ended TLS with the alert 116: certificate required",
            "The server wants a client certificate, and none was given.",
            "try: --cert FILE --key FILE",
        ];
        check(&serve(asking(versions)), &trusting, exit, &wanted);
    }
    let stranger = World::new().issue(&["client"], |_| {});
    let both = pem("CERTIFICATE", &stranger.chain[0]) + &stranger.key.serialize_pem();
    let file = setting.world.file("client.pem", both);
    let words = [&trusting[..], &["--cert", file.to_str().unwrap()]].concat();
    let (exit, text) = told(&serve(asking(OLD)), "a.test", &words);
    assert_eq!(exit, Some(35), "{text}");
    assert!(
        text.contains("did not take the client certificate"),
        "{text}"
    );
    assert!(text.contains("client.pem"), "{text}");
}

#[test]
fn plain_and_secured_servers_are_told_apart() {
    let setting = Setting::new();
    let issued = setting.leaf(|_| {});
    let server = serve(config(&issued));
    let ended = run(rcurl(&[
        "-v",
        &format!("http://127.0.0.1:{}/x", server.port()),
    ]));
    let message = ended.stderr.rfind("rcurl: (").unwrap();
    let text = ended.stderr[message..].replace(&server.port().to_string(), "PORT");
    assert!(text.contains("(a TLS alert: "), "{text}");
    assert!(text.contains("speaks TLS, not HTTP/1.1.\n"), "{text}");
    assert!(
        text.ends_with("  try:  https://127.0.0.1:PORT/x\n"),
        "{text}"
    );
}

#[test]
fn a_handshake_is_told_message_by_message() {
    let setting = Setting::new();
    let below = setting
        .world
        .issue_below("Middle CA", &["a.test", "*.b.test"]);
    let chain = [below.issued.chain, vec![below.middle]].concat();
    let issued = Issued {
        chain,
        key: below.issued.key,
    };
    for (words, expected) in [
        (
            &["--tlsv1.3"][..],
            &[
                "* TLSv1.3 (OUT), TLS handshake, Client hello (1):\n} [",
                "* TLSv1.3 (IN), TLS handshake, Server hello (2):\n{ [",
                "* TLSv1.3 (IN), TLS change cipher, Change cipher spec (1):\n{ [1 bytes data]\n",
                "* TLSv1.3 (IN), TLS handshake, encrypted (23):\n{ [",
                "* TLSv1.3 (OUT), TLS handshake, encrypted (23):\n} [",
                "* SSL connection using TLSv1.3 / ",
            ][..],
        ),
        (
            &["--tls-max", "1.2"],
            &[
                "* TLSv1.2 (OUT), TLS handshake, Client hello (1):\n} [",
                "* TLSv1.2 (IN), TLS handshake, Server hello (2):\n{ [",
                "* TLSv1.2 (IN), TLS handshake, Certificate (11):\n{ [",
                "* TLSv1.2 (IN), TLS handshake, Server key exchange (12):\n{ [",
                "* TLSv1.2 (IN), TLS handshake, Server finished (14):\n{ [4 bytes data]\n",
                "* TLSv1.2 (OUT), TLS handshake, Client key exchange (16):\n} [37 bytes data]\n",
                "* TLSv1.2 (OUT), TLS change cipher, Change cipher spec (1):\n} [1 bytes data]\n",
                "* TLSv1.2 (OUT), TLS handshake, Finished (20), encrypted:\n} [",
                "* TLSv1.2 (IN), TLS handshake, Finished (20), encrypted:\n{ [",
                "* SSL connection using TLSv1.2 / ",
            ],
        ),
    ] {
        let server = serve(config(&issued));
        let resolve = format!("a.test:{}:127.0.0.1", server.port());
        let url = server.url_by("a.test", "/");
        let usual = ["-sv", "--cacert", &setting.ca, "--resolve", &resolve, &url];
        let ended = run(rcurl(&[words, &usual].concat()));
        let chain = [
            "* SSL certificate verified via rustls.\n*   [0] CN=leaf, issued by CN=Middle CA, ",
            " left\n*       for a.test, *.b.test\n*   [1] CN=Middle CA, issued by CN=Test CA, ",
            "> GET / HTTP/1.1",
        ];
        let mut rest = ended.stderr.as_str();
        for part in expected.iter().chain(&chain) {
            let at = rest.find(part);
            let at = at.unwrap_or_else(|| panic!("{part:?}\n{}", ended.stderr));
            rest = &rest[at + part.len()..];
        }
        assert!(!rest.contains("TLS handshake"), "{}", ended.stderr);
    }
}
