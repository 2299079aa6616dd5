//! TLS, with certificates made on the spot.

use std::path::Path;
use std::sync::Arc;

use rcgen::date_time_ymd;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};

use crate::support::certificates::{
    World, pem, private, self_signed, server_builder, server_config as config,
};
use crate::support::program::{Ended, rcurl, run};
use crate::support::server::{Server, response};

fn server(config: ServerConfig) -> Server {
    Server::tls(config, |talk| {
        while talk.request().is_some() {
            talk.say(response("200 OK", "", "secret\n"));
        }
    })
}

/// Asks a server by the name `a.test`.
fn ask(server: &Server, words: &[&str]) -> Ended {
    let resolve = format!("a.test:{}:127.0.0.1", server.port());
    let url = server.url_by("a.test", "/");
    run(rcurl(&[words, &["--resolve", &resolve, &url]].concat()))
}

/// A world and the path of its authority's file.
pub(super) fn world() -> (World, String) {
    let world = World::new();
    let ca = world.folder.path().join("ca.pem").display().to_string();
    (world, ca)
}

#[test]
fn a_trusted_server_is_talked_to_and_told_of() {
    let (world, ca) = world();
    let server = server(config(&world.issue(&["a.test"], |_| {})));
    let ended = ask(&server, &["-sv", "--cacert", &ca]);
    assert_eq!(
        (ended.exit, ended.stdout.as_slice()),
        (Some(0), &b"secret\n"[..])
    );
    for line in [
        "* SSL connection using TLSv1.3 / ",
        "subject: CN=leaf\n",
        "issuer: CN=Test CA\n",
        "> GET / HTTP/1.1",
    ] {
        assert!(ended.stderr.contains(line), "{line}\n{}", ended.stderr);
    }
    let ended = ask(
        &server,
        &[
            "-s",
            "--cacert",
            &ca,
            "-w",
            "%{ssl_verify_result} %{scheme}",
            "--tls-max",
            "1.2",
        ],
    );
    assert_eq!(
        (ended.exit, ended.stdout.as_slice()),
        (Some(0), &b"secret\n0 https"[..])
    );
}

#[test]
fn a_server_that_is_not_trusted_is_told_why() {
    let (world, ca) = world();
    let good = config(&world.issue(&["a.test"], |_| {}));
    let other = config(&world.issue(&["b.test"], |_| {}));
    let expired = config(&world.issue(&["a.test"], |params| {
        params.not_before = date_time_ymd(2019, 1, 1);
        params.not_after = date_time_ymd(2020, 1, 2);
    }));
    let trusting = ["-sS", "--cacert", &*ca];
    for (config, words, why) in [
        (expired, &trusting[..], "expired"),
        (other, &trusting[..], "b.test"),
        (good, &["-sS"][..], "issuer"),
    ] {
        let server = server(config);
        let ended = ask(&server, words);
        assert_eq!(
            (ended.exit, ended.stdout.as_slice()),
            (Some(60), &b""[..]),
            "{why}: {}",
            ended.stderr
        );
        assert!(
            ended.stderr.starts_with("rcurl: (60) ") && ended.stderr.contains(why),
            "{why}: {}",
            ended.stderr
        );
        let requests = server.heard().concat();
        assert!(
            !requests.windows(4).any(|octets| octets == b"GET "),
            "the request went out"
        );
        let ended = ask(&server, &["-sSk"]);
        assert_eq!(
            (ended.exit, ended.stdout.as_slice()),
            (Some(0), &b"secret\n"[..]),
            "{why}: {}",
            ended.stderr
        );
    }
}

#[test]
fn a_self_signed_certificate_in_the_trust_file_is_enough() {
    let issued = self_signed();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("self.pem");
    std::fs::write(&path, pem("CERTIFICATE", &issued.chain[0])).unwrap();
    let server = server(config(&issued));
    let ended = ask(&server, &["-sS", "--cacert", path.to_str().unwrap()]);
    assert_eq!(
        (ended.exit, ended.stdout.as_slice(), ended.stderr.as_str()),
        (Some(0), &b"secret\n"[..], "")
    );
    let mut command = rcurl(&[
        "-sS",
        "--resolve",
        &format!("a.test:{}:127.0.0.1", server.port()),
        &server.url_by("a.test", "/"),
    ]);
    command.env("SSL_CERT_FILE", &path);
    assert_eq!(run(command).exit, Some(0));
}

#[test]
fn a_bundle_in_the_environment_wins_over_other_variables() {
    let (world, ca) = world();
    let issued = world.issue(&["a.test"], |_| {});
    let server = server(config(&issued));
    let other = self_signed();
    let other = world.file("other.pem", pem("CERTIFICATE", &other.chain[0]));
    let folder = world.folder.path().join("roots");
    std::fs::create_dir(&folder).unwrap();
    std::fs::copy(&ca, folder.join("ca.pem")).unwrap();
    let check = |variables: &[(&str, &Path)], expected: i32| {
        let resolve = format!("a.test:{}:127.0.0.1", server.port());
        let url = server.url_by("a.test", "/");
        let mut command = rcurl(&["-sS", "--resolve", &resolve, &url]);
        command.envs(variables.iter().copied());
        assert_eq!(run(command).exit, Some(expected), "{variables:?}");
    };
    let ca = Path::new(&ca);
    check(&[("SSL_CERT_DIR", &folder)], 0);
    check(&[("SSL_CERT_FILE", &other), ("SSL_CERT_DIR", &folder)], 0);
    check(&[("CURL_CA_BUNDLE", ca), ("SSL_CERT_FILE", &other)], 0);
    check(&[("CURL_CA_BUNDLE", &other), ("SSL_CERT_DIR", &folder)], 60);
    check(&[("CURL_CA_BUNDLE", &other), ("SSL_CERT_FILE", ca)], 60);
}

#[test]
fn a_client_certificate_is_shown_where_it_is_asked_for() {
    let (world, ca) = world();
    let mut roots = RootCertStore::empty();
    roots.add(world.ca.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .unwrap();
    let issued = world.issue(&["a.test"], |_| {});
    let config = server_builder().with_client_cert_verifier(verifier);
    let server = server(
        config
            .with_single_cert(issued.chain.clone(), private(&issued.key))
            .unwrap(),
    );
    let client = world.issue(&["client"], |_| {});
    let certificate = world.file("client.pem", pem("CERTIFICATE", &client.chain[0]));
    let key = world.file("client.key", client.key.serialize_pem());
    let (certificate, key) = (certificate.to_str().unwrap(), key.to_str().unwrap());

    let ended = ask(
        &server,
        &["-sS", "--cacert", &ca, "--cert", certificate, "--key", key],
    );
    assert_eq!(
        (ended.exit, ended.stdout.as_slice(), ended.stderr.as_str()),
        (Some(0), &b"secret\n"[..], "")
    );
    let ended = ask(&server, &["-sS", "--cacert", &ca]);
    assert!(matches!(ended.exit, Some(35 | 56)), "{}", ended.stderr);
    assert!(ended.stderr.contains("certificate"), "{}", ended.stderr);
    let ended = ask(
        &server,
        &["-sS", "--cacert", &ca, "--cert", "/nowhere/client.pem"],
    );
    assert_eq!(ended.exit, Some(58), "{}", ended.stderr);
}

#[test]
fn who_speaks_something_else_is_told_of() {
    let plain = Server::new(|talk| {
        talk.some();
        talk.say("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    });
    let ended = run(rcurl(&[
        "-sSk",
        &format!("https://127.0.0.1:{}/", plain.port()),
    ]));
    assert_eq!(ended.exit, Some(35), "{}", ended.stderr);
    assert!(
        ended.stderr.starts_with("rcurl: (35) ") && ended.stderr.lines().count() == 1,
        "{}",
        ended.stderr
    );
}

#[test]
fn a_proxy_is_asked_for_what_stands_for_the_origin() {
    let (world, ca) = world();
    let server = Server::tunnelled(config(&world.issue(&["a.test"], |_| {})), |talk| {
        while talk.request().is_some() {
            talk.say(response("200 OK", "", ""));
        }
    });
    let services = world.folder.path().join("services");
    let line = "h1 a.test 443 h1 b.test 9999 \"20991231 23:59:59\" 0 0\n";
    std::fs::write(&services, line).unwrap();
    let services = services.display().to_string();
    let proxy = format!("http://127.0.0.1:{}", server.port());
    for words in [["--connect-to", "::b.test:9999"], ["--alt-svc", &services]] {
        let common = ["-sv", "--cacert", &ca, "-x", &proxy, "https://a.test/"];
        let ended = run(rcurl(&[&words[..], &common].concat()));
        assert_eq!(ended.exit, Some(0), "{}", ended.stderr);
        for line in [
            "> CONNECT b.test:9999 HTTP/1.1\r\n> Host: b.test:9999\r\n",
            "> GET / HTTP/1.1\r\n> Host: a.test\r\n",
        ] {
            assert!(ended.stderr.contains(line), "{line}\n{}", ended.stderr);
        }
    }
}
