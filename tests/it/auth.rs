//! Credentials, challenges, and Digest answers beside those of the RFCs and of curl.

use crate::support::chance::chance;
use proptest::prelude::*;
use rcurl::transfer::auth::{Offer, Scheme, Wanted, bearer};
use rcurl::transfer::credentials::Credentials;
use rcurl::transfer::digest::{Asked, Challenge, Turn, answer};

#[test]
fn user_and_password() {
    for (typed, user, password) in [
        ("user:passwd", "user", Some("passwd")),
        ("user:pass:word", "user", Some("pass:word")),
        ("user:", "user", Some("")),
        (":", "", Some("")),
        (":pw", "", Some("pw")),
        ("user", "user", None),
        ("", "", None),
        ("us;er:p;w", "us;er", Some("p;w")),
    ] {
        assert_eq!(Credentials::split(typed), (user, password), "{typed}");
    }
}

#[test]
fn fields_without_a_challenge() {
    assert_eq!(
        Credentials::new("user", "passwd").basic(),
        "Basic dXNlcjpwYXNzd2Q="
    );
    assert_eq!(Credentials::new("", "").basic(), "Basic Og==");
    assert_eq!(Credentials::new([0xff], "p").basic(), "Basic /zpw");
    assert_eq!(bearer("tok"), "Bearer tok");
}

#[test]
fn debug_keeps_the_secret() {
    let shown = format!("{:?}", Credentials::new("alice", "s3cret"));
    assert_eq!(shown, "Credentials(..)");
}

#[test]
fn wanted_schemes() {
    assert_eq!(Wanted::BASIC.only(), Some(Scheme::Basic));
    assert_eq!(Wanted::DIGEST.only(), Some(Scheme::Digest));
    assert_eq!(Wanted::BEARER.only(), Some(Scheme::Bearer));
    assert_eq!(Wanted::ANY.only(), None);
    assert_eq!(Wanted::NONE.only(), None);
    assert!(Wanted::ANY.has(Scheme::Digest) && !Wanted::ANY.has(Scheme::Bearer));
}

/// Which scheme `wanted` takes of the challenges in `lines`.
fn pick(lines: &[&str], wanted: Wanted, expected: Option<Scheme>) {
    let mut offer = Offer::default();
    for line in lines {
        offer.read(line.as_bytes(), None);
    }
    assert_eq!(offer.pick(wanted), expected, "{lines:?}");
}

#[test]
fn the_strongest_wanted_scheme_is_taken() {
    let (basic, digest) = (Some(Scheme::Basic), Some(Scheme::Digest));
    let all = Wanted::ANY | Wanted::BEARER;
    pick(&["Basic realm=\"x\""], Wanted::ANY, basic);
    pick(&["Basic"], Wanted::ANY, basic);
    pick(&["basic realm=x"], Wanted::DIGEST, None);
    pick(
        &["Basic realm=\"x\"", "Digest nonce=\"1\""],
        Wanted::ANY,
        digest,
    );
    pick(&["Basic realm=\"x\", Digest nonce=1"], Wanted::ANY, digest);
    pick(&["Digest nonce=1, Basic realm=\"x\""], Wanted::BASIC, basic);
    pick(
        &["Bearer realm=x, Digest nonce=1"],
        all,
        Some(Scheme::Bearer),
    );
    pick(&["Bearer realm=x, Digest nonce=1"], Wanted::ANY, digest);
    pick(
        &["X-Token realm=\"Newcastle\", Basic realm=\"fun fun  fun\""],
        Wanted::ANY,
        basic,
    );
    pick(&["X-Token realm=\"a, Basic realm=b\""], Wanted::ANY, None);
    pick(
        &["X-Token realm=\"a \\\", Basic realm=b\""],
        Wanted::ANY,
        None,
    );
    pick(
        &["Negotiate abc==, NTLM", ",, Basic ,,"],
        Wanted::ANY,
        basic,
    );
    pick(&["Basicx realm=1", "realm=Basic", "Digest", ""], all, None);
    pick(
        &["Digest nonce=1, algorithm=WHIRLPOOL, Basic realm=x"],
        Wanted::ANY,
        basic,
    );
    pick(
        &[
            "Digest nonce=1, algorithm=NEW",
            "Digest nonce=1, algorithm=MD5",
        ],
        Wanted::ANY,
        digest,
    );
}

/// What `-v` says of `lines` in the answer to a request with credentials of `sent`.
fn remarks(lines: &[&str], sent: Option<Scheme>, expected: &[&str]) {
    let mut offer = Offer::default();
    let said: Vec<String> = lines
        .iter()
        .flat_map(|line| offer.read(line.as_bytes(), sent))
        .map(|remark| remark.to_string())
        .collect();
    assert_eq!(said, expected, "{lines:?}");
}

#[test]
fn refused_credentials_are_remarked() {
    let basic = "Basic authentication problem, ignoring.";
    let digest = "Digest authentication problem, ignoring.";
    remarks(&["Basic realm=x"], None, &[]);
    remarks(&["Basic realm=x"], Some(Scheme::Basic), &[basic]);
    remarks(&["Basic", "basic"], Some(Scheme::Basic), &[basic, basic]);
    remarks(&["Digest nonce=1"], Some(Scheme::Basic), &[]);
    remarks(&["Digest nonce=1"], Some(Scheme::Digest), &[digest]);
    remarks(&["Digest nonce=1, stale=TRUE"], Some(Scheme::Digest), &[]);
    remarks(&["Digest realm=x"], None, &[digest]);
    remarks(
        &["Digest nonce=1", "Digest nonce=2"],
        None,
        &["Ignoring duplicate digest auth header."],
    );
    remarks(
        &["Bearer"],
        Some(Scheme::Bearer),
        &["Bearer authentication problem, ignoring."],
    );
}

fn challenge(line: &str) -> Option<Challenge> {
    let mut offer = Offer::default();
    offer.read(line.as_bytes(), None);
    offer.digest().cloned()
}

/// The answer to the challenge `line` for a GET of `uri`.
fn answered(line: &str, user: &str, uri: &str, cnonce: &str) -> String {
    let (user, password) = Credentials::split(user);
    let credentials = Credentials::new(user, password.unwrap());
    let asked = Asked {
        method: "GET",
        uri: uri.as_bytes(),
        content: b"",
    };
    let turn = Turn { count: 1, cnonce };
    let field = answer(&challenge(line).unwrap(), &credentials, &asked, turn).unwrap();
    String::from_utf8(field).unwrap()
}

#[test]
fn the_answer_as_curl_writes_it() {
    assert_eq!(
        answered(
            "Digest realm=\"me@kennethreitz.com\", nonce=\"0e07366dc813bbe1ff8937dece326663\", \
             opaque=\"b0dc640b8fd6bfd287b20686973ff9c6\", qop=\"auth\", algorithm=MD5, stale=False",
            "user:passwd",
            "/digest-auth/auth/user/passwd/MD5",
            "nnwuVxEWZyRzUQhX",
        ),
        "Digest username=\"user\", realm=\"me@kennethreitz.com\", \
         nonce=\"0e07366dc813bbe1ff8937dece326663\", uri=\"/digest-auth/auth/user/passwd/MD5\", \
         cnonce=\"nnwuVxEWZyRzUQhX\", nc=00000001, qop=auth, \
         response=\"6bd52421e1599d890917816ca69c4327\", \
         opaque=\"b0dc640b8fd6bfd287b20686973ff9c6\", algorithm=MD5"
    );
}

/// The answer to `testrealm`'s challenge with these parameters, after its realm.
fn check(parameters: &str, user: &str, uri: &str, expected: &str) {
    let field = answered(
        &format!("Digest realm=\"testrealm\", {parameters}"),
        user,
        uri,
        "c",
    );
    assert_eq!(
        field.replacen("realm=\"testrealm\", ", "", 1),
        format!("Digest {expected}")
    );
}

#[test]
fn answers_without_qop() {
    check(
        "nonce=\"1053604145\"",
        "testuser:testpass",
        "/64\"",
        "username=\"testuser\", nonce=\"1053604145\", uri=\"/64\\\"\", \
         response=\"1ee14b238b3259f17602e9ce41491ef9\"",
    );
    check(
        "nonce=\"1053604145\"",
        "\\user\":password",
        "/1229",
        "username=\"\\\\user\\\"\", nonce=\"1053604145\", uri=\"/1229\", \
         response=\"f2694d426040712584c156d3de72b8d6\"",
    );
    check(
        "algorithm=MD5, algorithm=MD5, nonce=1, nonce=2",
        "testuser:testpass",
        "/1437",
        "username=\"testuser\", nonce=\"2\", uri=\"/1437\", \
         response=\"4376eb639bf8e7343a6e7b56e1b89c4f\", algorithm=MD5",
    );
    check(
        "nonce=\"1\"",
        "testuser:testpass",
        "/2076?query",
        "username=\"testuser\", nonce=\"1\", uri=\"/2076?query\", \
         response=\"5758bd3bbde7f33236e6ccd278eb59af\"",
    );
    check(
        "algorithm=\"SHA-256\", nonce=\"1053604144\"",
        "auser:apasswd",
        "/2058",
        "username=\"auser\", nonce=\"1053604144\", uri=\"/2058\", \
         response=\"fbed69f9f3fd304c8f1acb1a43eb32688b933c0e28055c16b926cbcec070aeed\", algorithm=SHA-256",
    );
    check(
        "algorithm=\"SHA-256\", nonce=\"1053604144\", userhash=true",
        "auser:apasswd",
        "/2059",
        "username=\"fddc3bc7b753b73ab0848fd83cb20cbbca971258eb8d20c941dd5e0b010d66be\", \
         nonce=\"1053604144\", uri=\"/2059\", \
         response=\"22d200df1fd02a9d3a7269ef5bbb5bf8f16f184a74907df9b64a3755489c0b42\", \
         algorithm=SHA-256, userhash=true",
    );
    check(
        "algorithm=\"SHA-512-256\", nonce=\"1053604144\"",
        "auser:apasswd",
        "/2060",
        "username=\"auser\", nonce=\"1053604144\", uri=\"/2060\", \
         response=\"691867f4a06c79fd0a175c1857e3df7015f6fff3ce8676497d2f1f805b5a8eca\", \
         algorithm=SHA-512-256",
    );
}

#[test]
fn a_quoted_realm_comes_back_quoted() {
    let line = r#"Digest realm="test \"this\" realm!!", nonce="1053604145""#;
    assert_eq!(
        answered(line, "testuser:testpass", "/1095", "c"),
        r#"Digest username="testuser", realm="test \"this\" realm!!", nonce="1053604145", uri="/1095", response="df3246f44d2bc8de0e9f8fc4d7cf6e95""#
    );
}

/// The example of RFC 7616 §3.9.1, and that of RFC 2617 §3.5.
#[test]
fn the_examples_of_the_rfcs() {
    let rfc7616 = |algorithm: &str| {
        let line = format!(
            "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm={algorithm}, \
             nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", \
             opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""
        );
        let cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
        answered(&line, "Mufasa:Circle of Life", "/dir/index.html", cnonce)
    };
    let md5 = "response=\"8ca523f5e9506fed4657c9700eebdbec\"";
    let sha256 = "response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\"";
    assert!(rfc7616("MD5").contains(md5));
    assert!(rfc7616("SHA-256").contains(sha256));
    let rfc2617 = answered(
        "Digest realm=\"testrealm@host.com\", qop=\"auth,auth-int\", \
         nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\"",
        "Mufasa:Circle Of Life",
        "/dir/index.html",
        "0a4f113b",
    );
    assert!(rfc2617.contains("response=\"6629fae49393a05397450978507c4ef1\""));
}

#[test]
fn session_algorithms_and_auth_int_hash_more() {
    let responses: Vec<String> = [
        "qop=auth",
        "qop=auth, algorithm=MD5-sess",
        "qop=auth-int",
        "qop=auth, algorithm=SHA-256-SESS",
        "qop=\"crazy, auth\", algorithm=sha-512-256-sess",
    ]
    .iter()
    .map(|more| answered(&format!("Digest nonce=n, {more}"), "u:p", "/", "c"))
    .map(|field| {
        field
            .split("response=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned()
    })
    .collect();
    // Worked out with another implementation from the formulas of RFC 7616 §3.4.
    assert_eq!(
        responses,
        [
            "72cdceea14d6a4e4e5455a4aefd67911",
            "4d4848b161a4c61025a2361830e8570d",
            "c4e9a2129fbbbcfe0a206d8138125f1b",
            "d4512b4ef91cc80aab61ffdbf14f48a223ff852d61e51ef9f6a7349a7c9fc805",
            "64cf7075410235d861a3a05304c8a9a20f55fb78507a4fed71a0e2ba7f67dbec",
        ]
    );
}

#[test]
fn the_content_counts_with_auth_int_alone() {
    let field = |qop: &str, content: &[u8]| {
        let challenge = challenge(&format!("Digest nonce=n, qop={qop}")).unwrap();
        let asked = Asked {
            method: "POST",
            uri: b"/",
            content,
        };
        answer(
            &challenge,
            &Credentials::new("u", "p"),
            &asked,
            Turn {
                count: 1,
                cnonce: "c",
            },
        )
    };
    assert_eq!(field("auth", b"a"), field("auth", b"b"));
    assert_ne!(field("auth-int", b"a"), field("auth-int", b"b"));
}

#[test]
fn the_count_is_eight_hexadecimal_digits() {
    let challenge = challenge("Digest nonce=n, qop=auth").unwrap();
    assert!(challenge.counts());
    let asked = Asked {
        method: "GET",
        uri: b"/",
        content: b"",
    };
    let turn = Turn {
        count: 0x2a,
        cnonce: "c",
    };
    let field = answer(&challenge, &Credentials::new("u", "p"), &asked, turn).unwrap();
    assert!(
        String::from_utf8(field)
            .unwrap()
            .contains(", nc=0000002a, qop=auth, ")
    );
}

#[test]
fn challenges_that_cannot_be_answered() {
    for line in [
        "Digest realm=x",
        "Digest nonce=1, algorithm=MD4",
        "Digest nonce=1, algorithm=MD5-sess",
        "Digest nonce=1, algorithm=SHA-256-sess, qop=auth-conf",
        "Digest nonce=\"1\u{1b}[31m\"",
        "Digest nonce=1, realm=\"a\rb\"",
    ] {
        assert_eq!(challenge(line), None, "{line}");
    }
    assert!(challenge("Digest nonce=\"1").is_some());
    assert!(challenge("Digest ,, NONCE = \"1\" , qop=auth-conf").is_some_and(|it| !it.counts()));
}

#[test]
fn a_line_break_never_reaches_the_field() {
    let challenge = challenge("Digest nonce=n").unwrap();
    let turn = Turn {
        count: 1,
        cnonce: "c",
    };
    let asked = Asked {
        method: "GET",
        uri: b"/",
        content: b"",
    };
    assert_eq!(
        answer(
            &challenge,
            &Credentials::new("a\r\nX: y", "p"),
            &asked,
            turn
        ),
        None
    );
    let asked = Asked {
        uri: b"/\n",
        ..asked
    };
    assert_eq!(
        answer(&challenge, &Credentials::new("a", "p"), &asked, turn),
        None
    );
}

proptest! {
    #![proptest_config(chance(256))]

    #[test]
    fn any_challenge_is_read(lines in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..4)) {
        let mut offer = Offer::default();
        for line in &lines {
            offer.read(line, Some(Scheme::Digest));
        }
        prop_assert!(offer.pick(Wanted::ANY) != Some(Scheme::Digest) || offer.digest().is_some());
    }

    #[test]
    fn any_answer_is_one_clean_line(
        words in prop::collection::vec("Digest |Basic|nonce=|qop=|realm=|opaque=|auth|auth-int|,|\"|\\\\|=| |[ -~]{0,4}", 0..30),
        user in "\\PC{0,12}", password in any::<Vec<u8>>(),
    ) {
        let line = format!("Digest nonce=\"n\", {}", words.concat());
        if let Some(challenge) = challenge(&line) {
            let asked = Asked { method: "GET", uri: b"/", content: b"" };
            let turn = Turn { count: 1, cnonce: "c" };
            let user = user.replace(char::is_control, "");
            let field = answer(&challenge, &Credentials::new(user, password), &asked, turn).unwrap();
            prop_assert!(!field.iter().any(u8::is_ascii_control));
        }
    }

    #[test]
    fn a_quoted_value_is_repeated_as_it_was(realm in "[ -~]{0,30}") {
        let quoted = realm.replace('\\', "\\\\").replace('"', "\\\"");
        let field = answered(&format!("Digest realm=\"{quoted}\", nonce=n"), "u:p", "/", "c");
        let realm = format!("realm=\"{quoted}\", ");
        prop_assert!(field.contains(&realm));
    }
}
