//! HTTP message signatures beside those of RFC 9421 (appendix B) and of curl's own cases.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcurl::plan::HttpsigAlgorithm;
use rcurl::target::{Reading, Target};
use rcurl::transfer::httpsig::{Key, Refusal, sign};
use rcurl::transfer::keyed::{ed25519, hmac_sha256};
use rcurl::transfer::signable::{Payload, Signable, Signed};

/// The key of RFC 9421, B.1.4, which curl's cases use too.
const SEED: &str = "9f8362f87a484a954e6e740c5b4c0e84229139a20aa8ab56ff66586f6a7d29c5";
const SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn octets(digits: &str) -> Vec<u8> {
    rcurl::codec::text::from_hexadecimal(digits.as_bytes()).unwrap()
}

#[test]
fn the_vectors_of_rfc_9421() {
    // B.2.5
    let secret =
        "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==";
    let base = "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\
                \"@authority\": example.com\n\
                \"content-type\": application/json\n\
                \"@signature-params\": (\"date\" \"@authority\" \"content-type\")\
                ;created=1618884473;keyid=\"test-shared-secret\"";
    let tag = hmac_sha256(&STANDARD.decode(secret).unwrap(), base.as_bytes());
    assert_eq!(
        STANDARD.encode(&*tag),
        "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8="
    );
    // B.2.6
    let base = "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\
                \"@method\": POST\n\
                \"@path\": /foo\n\
                \"@authority\": example.com\n\
                \"content-type\": application/json\n\
                \"content-length\": 18\n\
                \"@signature-params\": (\"date\" \"@method\" \"@path\" \"@authority\" \
                \"content-type\" \"content-length\");created=1618884473;keyid=\"test-key-ed25519\"";
    let signature = ed25519(&octets(SEED), base.as_bytes()).unwrap();
    assert_eq!(
        STANDARD.encode(signature),
        "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
    );
    assert_eq!(ed25519(b"short", b""), None);
}

/// A request, and which of its parts are signed.
#[derive(Clone, Copy)]
struct Case<'a> {
    algorithm: HttpsigAlgorithm,
    key: &'a str,
    key_id: &'a str,
    components: Option<&'a str>,
    time: i64,
    method: &'a str,
    url: &'a str,
    host: Option<&'a str>,
    fields: &'a [(&'a str, &'a str)],
}

/// What curl's cases have in common.
const CURL: Case<'_> = Case {
    algorithm: HttpsigAlgorithm::Ed25519,
    key: SEED,
    key_id: "test-key-ed25519",
    components: None,
    time: 0,
    method: "GET",
    url: "http://example.com/",
    host: None,
    fields: &[],
};

impl Case<'_> {
    fn signed(&self) -> Result<Signed, Refusal> {
        let target = Target::parse(self.url, &Reading::default()).unwrap();
        let authority = target.authority();
        let fields = self.fields.iter();
        let request = Signable {
            method: self.method,
            target: &target,
            host: Some(self.host.unwrap_or(&authority).as_bytes()).filter(|host| !host.is_empty()),
            fields: fields
                .map(|(name, value)| (name.as_bytes(), value.as_bytes()))
                .collect(),
            payload: Payload::Known(b""),
        };
        let key = Key::read(self.algorithm, self.key)?;
        sign(&key, self.key_id, self.components, &request, self.time)
    }

    fn lines(&self) -> Vec<String> {
        let lines = self.signed().unwrap().lines.into_iter();
        lines.map(|line| String::from_utf8(line).unwrap()).collect()
    }

    /// The text that is signed.
    fn base(&self) -> String {
        let remark = &self.signed().unwrap().remarks[1];
        let base = remark.strip_prefix("httpsig: Signature base: [");
        base.and_then(|base| base.strip_suffix(']'))
            .unwrap()
            .to_owned()
    }
}

#[test]
fn the_cases_of_curl() {
    let shared = Case {
        algorithm: HttpsigAlgorithm::HmacSha256,
        key: SECRET,
        key_id: "shared-key-1",
        ..CURL
    };
    for (case, input, signature) in [
        (
            Case {
                url: "http://example.com:7000/5002/resource",
                ..shared
            },
            r#"("@method" "@authority" "@path");created=0;keyid="shared-key-1";alg="hmac-sha256""#,
            "jvajJheXE4H/TqWfAn8m0d0Rx0XWYKADN/1P0qn+FLw=",
        ),
        (
            Case {
                url: "http://example.com:6000/5003/resource",
                components: Some("method authority"),
                ..CURL
            },
            r#"("@method" "@authority");created=0;keyid="test-key-ed25519";alg="ed25519""#,
            "q+8VHrGBOhkJm9d9dxKv3BfhyVWKIFiYXqdLZVx8yGrTzZO6Q6zJicFFuLvwJex6DS+Pw6YEMQzmtyj7dKOCCw==",
        ),
        (
            Case {
                url: "http://example.com:5100/5006/resource",
                components: Some("method Content-Type:"),
                fields: &[("Content-Type", "text/plain")],
                ..CURL
            },
            r#"("@method" "content-type");created=0;keyid="test-key-ed25519";alg="ed25519""#,
            "tu3WEN25K59evFpiHY5GZurVRtbaex5QM1W9b+P1rPCgNDsEEOepNZap/+nm48QZSensuc4tOpy1gbvAj25gAg==",
        ),
        (
            Case {
                url: "http://example.com:5200/5007/resource",
                method: "POST",
                ..CURL
            },
            r#"("@method" "@authority" "@path");created=0;keyid="test-key-ed25519";alg="ed25519""#,
            "fqvzBFSBFu9oys7DawypZIrt2VS+nOnN1TQ7aTLcPUbEv7Zqm4leYd0q5r9FwW+kvabAjMj8J8N8F7FmPpIWCA==",
        ),
        (
            Case {
                url: "http://example.com:5300/5011/resource?name=me&noval&aim=b%25ad",
                ..CURL
            },
            r#"("@method" "@authority" "@path" "@query");created=0;keyid="test-key-ed25519";alg="ed25519""#,
            "ZFaJcDMTJEBbr90c0FaqupdJYDhNSz1i/eVCpMTDJ+1phLql2U4ROLiO26SGL6D0Nd5rr/3VXbDcWJ2vnV6IBA==",
        ),
    ] {
        let expected = [
            format!("Signature-Input: sig1={input}"),
            format!("Signature: sig1=:{signature}:"),
        ];
        assert_eq!(case.lines(), expected, "{}", case.url);
    }
}

/// What is signed, up to the parameters.
#[track_caller]
fn check(case: Case<'_>, expected: &str) {
    let base = case.base();
    assert_eq!(base.split("\"@signature-params\"").next(), Some(expected));
}

#[test]
fn the_parts_of_a_request() {
    let parts = |components| Case {
        components: Some(components),
        ..CURL
    };
    check(parts("method"), "\"@method\": GET\n");
    check(
        parts("  METHOD   path "),
        "\"@method\": GET\n\"@path\": /\n",
    );
    check(parts("query"), "\"@query\": ?\n");
    check(
        Case {
            url: "http://a/?x=%20",
            ..parts("query")
        },
        "\"@query\": ?x=%20\n",
    );
    check(parts("@method:"), "\"@method\": GET\n");
    check(parts("host:"), "\"host\": example.com\n");
    check(
        parts(""),
        "\"@method\": GET\n\"@authority\": example.com\n\"@path\": /\n",
    );
    // A query of nothing is no query.
    check(
        Case {
            url: "http://example.com/?",
            ..CURL
        },
        "\"@method\": GET\n\"@authority\": example.com\n\"@path\": /\n",
    );
    let fields = &[("X-A", "1, 2"), ("X-B", "b"), ("x-a", "3")];
    check(
        Case {
            fields,
            ..parts("x-a:")
        },
        "\"x-a\": 1, 2, 3\n",
    );
    check(
        Case {
            fields: &[("X-A", "")],
            ..parts("x-a:")
        },
        "\"x-a\": \n",
    );
}

#[test]
fn the_authority_in_its_normal_form() {
    for (url, host, expected) in [
        ("http://Example.COM/", None, "example.com"),
        ("http://example.com:80/", None, "example.com"),
        ("http://example.com:8080/", None, "example.com:8080"),
        ("http://example.com/", Some("Other:80"), "other"),
        ("http://example.com/", Some("other:443"), "other:443"),
        ("https://example.com/", Some("other:443"), "other"),
        // No field at all.
        ("http://example.com:8080/", Some(""), "example.com:8080"),
        ("http://[::1]:8080/", None, "[::1]:8080"),
    ] {
        let components = Some("authority");
        let expected = format!("\"@authority\": {expected}\n");
        check(
            Case {
                components,
                url,
                host,
                ..CURL
            },
            &expected,
        );
    }
}

#[test]
fn a_key_id_is_quoted() {
    let lines = Case {
        key_id: r#"a"b\c"#,
        ..CURL
    }
    .lines();
    assert!(
        lines[0].ends_with(r#";created=0;keyid="a\"b\\c";alg="ed25519""#),
        "{}",
        lines[0]
    );
}

#[test]
fn what_is_told() {
    let case = Case {
        components: Some("method"),
        time: 7,
        ..CURL
    };
    let (lines, told) = (case.lines(), case.signed().unwrap().remarks);
    let parameters = r#"("@method");created=7;keyid="test-key-ed25519";alg="ed25519""#;
    assert_eq!(
        told,
        [
            format!("httpsig: Signature-Input params: {parameters}"),
            format!(
                "httpsig: Signature base: [\"@method\": GET\n\"@signature-params\": {parameters}]"
            ),
            format!("httpsig: {}", lines[0]),
            format!("httpsig: {}", lines[1]),
        ]
    );
}

#[track_caller]
fn refused(case: Case<'_>, text: &str) {
    let refusal = case.signed().unwrap_err();
    assert_eq!(refusal.to_string(), format!("httpsig: {text}"));
}

#[test]
fn what_cannot_be_signed() {
    let parts = |components| Case {
        components: Some(components),
        ..CURL
    };
    refused(
        parts("method method"),
        "duplicate signature component '@method'",
    );
    refused(parts("X-A: x-a:"), "duplicate signature component 'x-a'");
    refused(parts("   "), "no signature components specified");
    refused(parts("method :"), "empty header component name");
    refused(
        parts("Target-URI"),
        "unknown derived component 'target-uri'; add a trailing ':' to sign a header field of that name",
    );
    refused(
        parts("@target-uri:"),
        "unsupported derived component '@target-uri'",
    );
    refused(parts("date:"), "header 'date' not found in request");
    let many = (0..17)
        .map(|it| format!("x-{it}:"))
        .collect::<Vec<_>>()
        .join(" ");
    refused(parts(&many), "too many signature components (max 16)");
}

#[test]
fn keys() {
    let key = |key| Case { key, ..CURL };
    let lines = format!("{SEED}\r\n\n");
    assert_eq!(key(&lines).lines(), CURL.lines());
    let capitals = SEED.to_uppercase();
    assert_eq!(key(&capitals).lines(), CURL.lines());
    refused(key(""), "invalid hex key (length 0)");
    refused(key("abc"), "invalid hex key (length 3)");
    refused(key("00/x"), "invalid hex at position 2");
    refused(key("00ff"), "ed25519 requires a 32-byte key (got 2)");
    let short = Case {
        algorithm: HttpsigAlgorithm::HmacSha256,
        ..key("00ff")
    };
    assert!(short.signed().is_ok());
}
