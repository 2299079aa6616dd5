//! AWS signatures beside those that AWS publishes, and those of curl's own cases.

use proptest::prelude::*;
use rcurl::error::Exit;
use rcurl::target::{Reading, Target};
use rcurl::transfer::credentials::Credentials;
use rcurl::transfer::signable::{Payload, Signable, Signed};
use rcurl::transfer::sigv4::{Refusal, canonical_path, canonical_query, sign};

/// A request and how it is to be signed.
struct Case<'a> {
    argument: &'a str,
    user: &'a str,
    secret: &'a str,
    time: i64,
    method: &'a str,
    url: &'a str,
    fields: &'a [(&'a str, &'a str)],
    payload: Payload<'a>,
}

const NOTHING: Payload<'_> = Payload::Known(b"");

/// 30 August 2015, 12:36 UTC, and the rest of what AWS's test suite has in common.
const SUITE: Case<'_> = Case {
    argument: "aws:amz:us-east-1:service",
    user: "AKIDEXAMPLE",
    secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    time: 1_440_938_160,
    method: "GET",
    url: "https://example.amazonaws.com/",
    fields: &[],
    payload: NOTHING,
};

/// 24 May 2013, 0:00 UTC, and the rest of what the examples of S3's manual have in common.
const S3: Case<'_> = Case {
    argument: "aws:amz:us-east-1:s3",
    user: "AKIAIOSFODNN7EXAMPLE",
    secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    time: 1_369_353_600,
    url: "https://examplebucket.s3.amazonaws.com/",
    ..SUITE
};

/// The first second of 1970, which curl's own cases are signed at.
const CURL: Case<'_> = Case {
    argument: "aws:amz:us-east-2:es",
    user: "user",
    secret: "secret",
    time: 0,
    ..SUITE
};
use crate::support::chance::chance;

impl Case<'_> {
    fn signed(&self) -> Result<Signed, Refusal> {
        let target = Target::parse(self.url, &Reading::default()).unwrap();
        let authority = target.authority();
        let request = Signable {
            method: self.method,
            target: &target,
            host: Some(authority.as_bytes()),
            fields: self
                .fields
                .iter()
                .map(|(name, value)| (name.as_bytes(), value.as_bytes()))
                .collect(),
            payload: self.payload,
        };
        let credentials = Credentials::new(self.user, self.secret);
        sign(self.argument, &credentials, &request, self.time)
    }

    fn lines(&self) -> Vec<String> {
        let lines = self.signed().unwrap().lines.into_iter();
        lines.map(|line| String::from_utf8(line).unwrap()).collect()
    }

    /// What is signed, and with what result.
    #[track_caller]
    fn check(&self, names: &str, signature: &str) {
        let lines = self.lines();
        let end = format!("SignedHeaders={names}, Signature={signature}");
        assert!(lines[0].ends_with(&end), "{}\n{end}", lines[0]);
    }
}

#[test]
fn the_test_suite_of_aws() {
    let get = |url, signature| Case { url, ..SUITE }.check("host;x-amz-date", signature);
    get(
        "https://example.amazonaws.com/",
        "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
    );
    get(
        "https://example.amazonaws.com/?Param2=value2&Param1=value1",
        "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
    );
    get(
        "https://example.amazonaws.com/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f",
    );
    get(
        "https://example.amazonaws.com/\u{1234}",
        "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85",
    );
    let post = |url, signature| {
        Case {
            method: "POST",
            url,
            ..SUITE
        }
        .check("host;x-amz-date", signature);
    };
    post(
        "https://example.amazonaws.com/",
        "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
    );
    post(
        "https://example.amazonaws.com/?Param1=value1",
        "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11",
    );
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    Case {
        method: "POST",
        fields: &[form],
        payload: Payload::Known(b"Param1=value1"),
        ..SUITE
    }
    .check(
        "content-type;host;x-amz-date",
        "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
    );
}

#[test]
fn fields_in_the_test_suite_of_aws() {
    for (fields, names, signature) in [
        (
            &[
                ("My-Header1", "value2"),
                ("My-Header1", "value2"),
                ("My-Header1", "value1"),
            ][..],
            "host;my-header1;x-amz-date",
            "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea",
        ),
        (
            &[
                ("My-Header1", "value4"),
                ("My-Header1", "value1"),
                ("My-Header1", "value3"),
                ("My-Header1", "value2"),
            ],
            "host;my-header1;x-amz-date",
            "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01",
        ),
        (
            &[("My-Header1", " value1"), ("My-Header2", " \"a   b   c\"")],
            "host;my-header1;my-header2;x-amz-date",
            "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
        ),
    ] {
        Case { fields, ..SUITE }.check(names, signature);
    }
}

#[test]
fn the_example_of_the_iam_manual() {
    Case {
        argument: "aws:amz:us-east-1:iam",
        url: "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08",
        fields: &[(
            "Content-Type",
            "application/x-www-form-urlencoded; charset=utf-8",
        )],
        ..SUITE
    }
    .check(
        "content-type;host;x-amz-date",
        "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
    );
}

#[test]
fn the_examples_of_the_s3_manual() {
    let names = "host;x-amz-content-sha256;x-amz-date";
    for (query, signature) in [
        (
            "lifecycle",
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        ),
        (
            "max-keys=2&prefix=J",
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        ),
    ] {
        let url = &format!("https://examplebucket.s3.amazonaws.com/?{query}");
        Case { url, ..S3 }.check(names, signature);
    }
    Case {
        url: "https://examplebucket.s3.amazonaws.com/test.txt",
        fields: &[("Range", "bytes=0-9")],
        ..S3
    }
    .check(
        "host;range;x-amz-content-sha256;x-amz-date",
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    );
    // A path is signed as it is sent, and a date of the user's own is neither added nor moved.
    let put = Case {
        method: "PUT",
        url: "https://examplebucket.s3.amazonaws.com/test%24file.text",
        time: 0,
        fields: &[
            ("Date", "Fri, 24 May 2013 00:00:00 GMT"),
            ("X-Amz-Date", "20130524T000000Z"),
            ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
        ],
        payload: Payload::Known(b"Welcome to Amazon S3."),
        ..S3
    };
    put.check(
        "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
    );
    assert_eq!(
        put.lines()[1..],
        ["x-amz-content-sha256: 44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"]
    );
}

#[test]
fn the_cases_of_curl() {
    for (url, signature) in [
        (
            "http://fake.fake.fake:8000/439/?name=me&noval&aim=b%aad&&&weirdo=*.//-",
            "9dd8592929306832a6673d10063491391e486e5f50de4647ea7c2c797277e0a6",
        ),
        (
            "http://first.host.it.is/we/want/that/page/5027",
            "c540681cd0bba0cd9f6983a4529a45545ca4693192b65f60d8288ea617670f55",
        ),
    ] {
        let case = Case { url, ..CURL };
        case.check("host;x-amz-date", signature);
        assert_eq!(case.lines()[1..], ["X-Amz-Date: 19700101T000000Z"]);
    }
}

#[test]
fn what_s3_is_told_of_the_content() {
    let told = |case: &Case<'_>| case.lines().get(2).cloned();
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let streamed = Case {
        method: "PUT",
        payload: Payload::Streamed,
        ..S3
    };
    assert_eq!(told(&S3), Some(format!("x-amz-content-sha256: {empty}")));
    assert_eq!(
        told(&streamed).as_deref(),
        Some("x-amz-content-sha256: UNSIGNED-PAYLOAD")
    );
    assert_eq!(
        told(&Case {
            argument: "AWS:AmZ:r:S3",
            ..S3
        }),
        Some(format!("x-AmZ-content-sha256: {empty}"))
    );
    assert_eq!(
        told(&Case {
            argument: "goog:goog:r:s3",
            ..S3
        }),
        None
    );
    // A field of the user's own is taken at its word, whatever the service.
    for argument in ["aws:amz:r:s3", "aws:amz:r:es"] {
        let fields = &[("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")];
        let given = Case {
            argument,
            fields,
            ..streamed
        };
        assert_eq!(told(&given), None);
        let canonical = &given.signed().unwrap().remarks[0];
        assert!(canonical.ends_with("\nUNSIGNED-PAYLOAD]"), "{canonical}");
    }
}

/// The scope in `Credential=`, and what is said of the host.
#[track_caller]
fn scope(argument: &str, url: &str, expected: Result<&str, Refusal>, picked: &[&str]) {
    let case = Case {
        argument,
        url,
        ..CURL
    };
    let Ok(signed) = case.signed() else {
        assert_eq!(case.signed().err(), expected.err(), "{argument}");
        return;
    };
    let line = String::from_utf8(signed.lines[0].clone()).unwrap();
    let credential = line.split("Credential=user/19700101/").nth(1).unwrap();
    assert_eq!(credential.split(',').next(), expected.ok(), "{argument}");
    let picked: Vec<_> = picked
        .iter()
        .map(|it| format!("aws_sigv4: picked {it} from host"))
        .collect();
    assert_eq!(signed.remarks[..picked.len()], picked, "{argument}");
}

#[test]
fn where_region_and_service_come_from() {
    let url = "http://svc.reg.example/";
    let both = &["service svc", "region reg"][..];
    scope("aws:amz:r:s", url, Ok("r/s/aws4_request"), &[]);
    scope("aws:amz:r:s:more", url, Ok("r/s/aws4_request"), &[]);
    scope("aws:amz:r", url, Ok("r/svc/aws4_request"), &["service svc"]);
    scope("aws:amz", url, Ok("reg/svc/aws4_request"), both);
    scope("OSC", url, Ok("reg/svc/osc4_request"), both);
    scope("", url, Ok("reg/svc/aws4_request"), both);
    // Nothing is read past an empty word.
    scope("aws::r:s", url, Ok("reg/svc/aws4_request"), both);
    scope("aws:amz::s", url, Ok("reg/svc/aws4_request"), both);
    let long = "x".repeat(65);
    scope(
        &format!("aws:amz:r:{long}"),
        url,
        Ok("r/svc/aws4_request"),
        &["service svc"],
    );
    scope(":amz:r:s", url, Err(Refusal::NoProvider), &[]);
    scope(&long, url, Err(Refusal::NoProvider), &[]);
    scope("aws:amz:r", "http://host/", Err(Refusal::NoService), &[]);
    scope(
        "aws:amz",
        "http://svc.example/",
        Err(Refusal::NoRegion),
        &[],
    );
    scope(
        "aws:amz:r",
        "http://svc.example/",
        Ok("r/svc/aws4_request"),
        &["service svc"],
    );
}

#[test]
fn names_follow_the_providers() {
    let lines = Case {
        argument: "xXx:yYy:r:s",
        ..CURL
    }
    .lines();
    assert!(
        lines[0].starts_with("Authorization: XXX4-HMAC-SHA256 Credential=user/19700101/r/s/xxx4_request, SignedHeaders=host;x-yyy-date, "),
        "{}",
        lines[0]
    );
    assert_eq!(lines[1..], ["X-Yyy-Date: 19700101T000000Z"]);
    // One provider stands for both.
    let lines = Case {
        argument: "osc",
        url: "http://s.r.example/",
        ..CURL
    }
    .lines();
    assert_eq!(lines[1..], ["X-Osc-Date: 19700101T000000Z"]);
}

#[test]
fn a_date_of_the_users_own() {
    for (field, value, stamp) in [
        ("x-amz-date", "20010203T040506Z", "20010203T040506Z"),
        ("Date", "20010203T040506Z", "20010203T040506Z"),
        ("Date", "Tue, 20 Apr 2021 02:07:55 GMT", ""),
    ] {
        let fields = &[(field, value)];
        let signed = Case { fields, ..CURL }.signed().unwrap();
        assert_eq!(signed.lines.len(), 1);
        let to_sign = format!(
            "aws_sigv4: String to sign (enclosed in []) - [AWS4-HMAC-SHA256\n{stamp}\n{}/us-east-2/es/aws4_request\n",
            stamp.get(..8).unwrap_or_default()
        );
        assert!(
            signed.remarks[1].starts_with(&to_sign),
            "{}",
            signed.remarks[1]
        );
    }
}

#[test]
fn refusals_in_the_words_of_curl() {
    for (refusal, exit, text) in [
        (
            Refusal::NoProvider,
            Exit::BadFunctionArgument,
            "first aws-sigv4 provider cannot be empty",
        ),
        (
            Refusal::NoService,
            Exit::UrlMalformat,
            "aws-sigv4: service missing in parameters and hostname",
        ),
        (
            Refusal::NoRegion,
            Exit::UrlMalformat,
            "aws-sigv4: region missing in parameters and hostname",
        ),
    ] {
        assert_eq!((refusal.exit(), refusal.to_string().as_str()), (exit, text));
    }
    // A user from a URL may be anything: none adds lines to the request.
    let user = "a\r\nX-Forged: yes";
    assert_eq!(Case { user, ..CURL }.signed(), Err(Refusal::BadUser));
}

#[test]
fn queries_in_order() {
    for (query, expected) in [
        ("", ""),
        ("a=1", "a=1"),
        ("a", "a="),
        ("b=2&a=1", "a=1&b=2"),
        ("a=2&a=1&a", "a=&a=1&a=2"),
        ("&&a&&", "a="),
        ("a=b=c", "a=b%3Dc"),
        ("q=%e3%81%82", "q=%E3%81%82"),
        ("a=b+c", "a=b%20c"),
        ("a=b%20c", "a=b%20c"),
        ("a=b%2Bc", "a=b%2Bc"),
        ("a=/~*", "a=%2F~%2A"),
        ("a=100%", "a=100%25"),
        ("B=1&a=1", "B=1&a=1"),
    ] {
        assert_eq!(canonical_query(query), expected, "{query}");
    }
}

#[test]
fn paths_as_services_want_them() {
    for (path, s3, other) in [
        ("/", "/", "/"),
        ("/a/b", "/a/b", "/a/b"),
        ("/a%20b", "/a%20b", "/a%2520b"),
        ("/a=b/", "/a=b/", "/a%3Db/"),
        ("/\u{e9}", "/\u{e9}", "/%C3%A9"),
        ("//", "//", "//"),
    ] {
        assert_eq!(canonical_path(path, "s3"), s3);
        assert_eq!(canonical_path(path, "s3-express"), s3);
        assert_eq!(canonical_path(path, "s3-outposts"), s3);
        assert_eq!(canonical_path(path, "S3"), other);
        assert_eq!(canonical_path(path, "es"), other);
    }
}

proptest! {
    #![proptest_config(chance(256))]

    /// A canonical query is in order and stays what it is.
    #[test]
    fn canonical_twice_is_canonical(query in "[a-c%0-9A-F+=&/ é]{0,40}") {
        let once = canonical_query(&query);
        prop_assert_eq!(canonical_query(&once), once);
    }
}
