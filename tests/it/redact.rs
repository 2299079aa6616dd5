//! Secrets shown as marks: in lines, in content, in whatever a view is told.

mod leftovers;

use std::path::Path;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use rcurl::error::{Error, Exit};
use rcurl::event::{Direction, Happening, Layer};
use rcurl::http1::{Head, Role};
use rcurl::plan::{Destination, Trace, When};
use rcurl::view::redact::{self, Filter, Secrets};

use super::scripted::{Stage, pipes, plan, target};
use crate::support::chance::chance;

fn line(role: Role, text: &str) -> String {
    String::from_utf8(redact::line(role, text.as_bytes(), &mut Secrets::default())).unwrap()
}

#[test]
fn field_lines() {
    let digest = "username=\"u\", realm=\"a, b\", nonce=\"n\", uri=\"/x\", cnonce=\"c\", nc=00000001, qop=auth";
    for (name, value, shown) in [
        ("Authorization", "Bearer abc.def-ghi", "Bearer <secret 1>"),
        ("authorization", "bearer   abc==", "bearer   <secret 1>"),
        ("Authorization", "Basic dXNlcjpwYXNz", "Basic <secret 1>"),
        ("Authorization", "token-alone", "<secret 1>"),
        ("Authorization", "Basic", "<secret 1>"),
        ("Authorization", "<secret 7>", "<secret 7>"),
        ("Authorization", "", ""),
        (
            "Proxy-Authorization",
            "Basic dXNlcjpwYXNz",
            "Basic <secret 1>",
        ),
        (
            "Authorization",
            &format!("Digest {digest}, response=\"0123\", opaque=\"o\""),
            &format!("Digest {digest}, response=\"<signature>\", opaque=\"o\""),
        ),
        (
            "Authorization",
            "AWS4-HMAC-SHA256 Credential=AKID/20261121/eu/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=ab12",
            "AWS4-HMAC-SHA256 Credential=<secret 1>/20261121/eu/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=<signature>",
        ),
        (
            "Authorization",
            "OAuth oauth_consumer_key=\"k\", oauth_nonce=\"n\", oauth_signature=\"s\", oauth_token=\"t\"",
            "OAuth oauth_consumer_key=\"<secret 1>\", oauth_nonce=\"n\", oauth_signature=\"<signature>\", oauth_token=\"<secret 2>\"",
        ),
        (
            "Authentication-Info",
            "rspauth=\"ab\", nextnonce=\"n\"",
            "rspauth=\"<signature>\", nextnonce=\"n\"",
        ),
        (
            "Cookie",
            "a=b; sid=\"x y\"; a=b",
            "a=<secret 1>; sid=\"<secret 2>\"; a=<secret 1>",
        ),
        ("Cookie", "alone", "<secret 1>"),
        (
            "Set-Cookie",
            "sid=abc; Path=/; Secret=no",
            "sid=<secret 1>; Path=/; Secret=no",
        ),
        ("Set-Cookie", "sid=; Max-Age=0", "sid=; Max-Age=0"),
        ("X-Api-Key", "abc", "<secret 1>"),
        ("Api-Key", "abc", "<secret 1>"),
        ("apikey", "abc", "<secret 1>"),
        ("X-Auth-Token", "abc", "<secret 1>"),
        ("X-CSRF-Token", "abc", "<secret 1>"),
        ("X-Amz-Security-Token", "abc", "<secret 1>"),
        ("PRIVATE-TOKEN", "abc", "<secret 1>"),
        ("Ocp-Apim-Subscription-Key", "abc", "<secret 1>"),
        // Not every name that reminds of a secret has one.
        (
            "WWW-Authenticate",
            "Basic realm=\"token\"",
            "Basic realm=\"token\"",
        ),
        ("Access-Control-Allow-Credentials", "true", "true"),
        ("Tokens-Left", "5", "5"),
        ("Keep-Alive", "timeout=5", "timeout=5"),
        ("ETag", "\"abc\"", "\"abc\""),
        // URLs in other fields.
        (
            "Location",
            "/a?access_token=abc&x=1#id_token=def",
            "/a?access_token=<secret 1>&x=1#id_token=<secret 2>",
        ),
        (
            "Referer",
            "http://me:pass@a.test/",
            "http://me:<secret 1>@a.test/",
        ),
        (
            "Link",
            "<http://token@a.test/>; rel=next",
            "<http://<secret 1>@a.test/>; rel=next",
        ),
        (
            "Location",
            "/cb?code=abc&state=x",
            "/cb?code=<secret 1>&state=x",
        ),
    ] {
        let shown = format!("{name}: {shown}\r\n");
        assert_eq!(
            line(Role::FieldLine, &format!("{name}: {value}\r\n")),
            shown
        );
    }
}

#[test]
fn start_lines() {
    for (text, shown) in [
        (
            "GET /a?api_key=k&b=c HTTP/1.1\r\n",
            "GET /a?api_key=<secret 1>&b=c HTTP/1.1\r\n",
        ),
        (
            "GET /a?key=k HTTP/1.1\r\n",
            "GET /a?key=<secret 1> HTTP/1.1\r\n",
        ),
        (
            "GET /a?X-Amz-Signature=s HTTP/1.1\r\n",
            "GET /a?X-Amz-Signature=<secret 1> HTTP/1.1\r\n",
        ),
        (
            "GET http://u:p@a/ HTTP/1.1\r\n",
            "GET http://u:<secret 1>@a/ HTTP/1.1\r\n",
        ),
        (
            "GET http://u:p@b@a/x@y HTTP/1.1\r\n",
            "GET http://u:<secret 1>@a/x@y HTTP/1.1\r\n",
        ),
        (
            "GET http://u:@a/ HTTP/1.1\r\n",
            "GET http://u:@a/ HTTP/1.1\r\n",
        ),
        ("GET /password HTTP/1.1\r\n", "GET /password HTTP/1.1\r\n"),
        (
            "GET /a?b=password HTTP/1.1\r\n",
            "GET /a?b=password HTTP/1.1\r\n",
        ),
        ("GET /a?token= HTTP/1.1\r\n", "GET /a?token= HTTP/1.1\r\n"),
    ] {
        assert_eq!(line(Role::RequestLine, text), shown);
    }
}

#[test]
fn one_secret_is_one_mark_however_it_is_spelt() {
    let mut secrets = Secrets::default();
    let mut check = |text: &str, shown: &str| {
        let line = redact::line(Role::FieldLine, text.as_bytes(), &mut secrets);
        assert_eq!(String::from_utf8(line).unwrap(), shown);
    };
    check(
        "Referer: http://sam:hunter%202@a/",
        "Referer: http://sam:<secret 1>@a/",
    );
    // `sam:hunter 2` in base64.
    check(
        "Authorization: Basic c2FtOmh1bnRlciAy",
        "Authorization: Basic <secret 1>",
    );
    check("X-Echo: c2FtOmh1bnRlciAy", "X-Echo: <secret 1>");
    check(
        "Cookie: a=\"hunter 2\"; b=other-one",
        "Cookie: a=\"<secret 1>\"; b=<secret 2>",
    );
    check(
        "X-Echo: it was hunter 2, or other-one.",
        "X-Echo: it was <secret 1>, or <secret 2>.",
    );
    // A word that holds it is another word, and what is short is no secret by itself.
    check("X-Echo: hunter 22", "X-Echo: hunter 22");
    check("X-Api-Key: short", "X-Api-Key: <secret 3>");
    check("X-Echo: short", "X-Echo: short");
    check("X-Api-Key: a-secret-that-is-long", "X-Api-Key: <secret 4>");
    check("X-Echo: xa-secret-that-is-longx", "X-Echo: x<secret 4>x");
    // What is a mark stays one.
    check("X-Api-Key: <secret 1>", "X-Api-Key: <secret 1>");
}

fn content(media_type: &str, text: &str) -> String {
    let mut secrets = Secrets::default();
    let mut filter = Filter::new(media_type.as_bytes());
    let mut out = Vec::new();
    filter.push(text.as_bytes(), &mut secrets, &mut out);
    filter.finish(&mut secrets, &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn json_content() {
    for (text, shown) in [
        (
            r#"{"password":"p","a":1}"#,
            r#"{"password":"<secret 1>","a":1}"#,
        ),
        (
            "{ \"new_password\" : \"p, {q}\" }",
            "{ \"new_password\" : \"<secret 1>\" }",
        ),
        (
            r#"{"accessToken":"t","token_type":"bearer"}"#,
            r#"{"accessToken":"<secret 1>","token_type":"bearer"}"#,
        ),
        (r#"{"pin":1234}"#, r#"{"pin":"<secret 1>"}"#),
        (
            r#"{"token":null,"secret":true,"password":""}"#,
            r#"{"token":null,"secret":true,"password":""}"#,
        ),
        (
            r#"{"tokens":["a","b"],"x":["a"]}"#,
            r#"{"tokens":["<secret 1>","<secret 2>"],"x":["a"]}"#,
        ),
        (r#"{"max_tokens":100}"#, r#"{"max_tokens":100}"#),
        (
            r#"{"secret":{"a":"b","password":"c"}}"#,
            r#"{"secret":{"a":"b","password":"<secret 1>"}}"#,
        ),
        (
            r#"{"password":"a\"b","c":1}"#,
            r#"{"password":"<secret 1>","c":1}"#,
        ),
        (
            r#"{"Authorization":"Bearer abc","Cookie":"a=b"}"#,
            r#"{"Authorization":"Bearer <secret 1>","Cookie":"a=<secret 2>"}"#,
        ),
        (
            r#"{"url":"http://a/?api_key=k"}"#,
            r#"{"url":"http://a/?api_key=<secret 1>"}"#,
        ),
        (r#"[{"password":"cut"#, r#"[{"password":"<secret 1>"#),
        ("{\"a\":\"password\"}\n", "{\"a\":\"password\"}\n"),
    ] {
        assert_eq!(content("application/json", text), shown);
        // curl -d says that JSON is a form.
        assert_eq!(content("application/x-www-form-urlencoded", text), shown);
        assert_eq!(content("", text), shown);
    }
}

/// Names were read as they are spelt, and a member that goes on in the next line was none.
#[test]
fn a_name_tells_a_secret_however_it_is_spelt() {
    for (text, shown) in [
        (
            "{\"password\":\n\"topsecret99\"}",
            "{\"password\":\n\"<secret 1>\"}",
        ),
        (
            "{\"password\"\r\n\n :\r\n\t\"a\",\n\"b\"\n:\"c\"}",
            "{\"password\"\r\n\n :\r\n\t\"<secret 1>\",\n\"b\"\n:\"c\"}",
        ),
        (
            "{\"tokens\"\n:\n[\n\"a\",\n\"b\"\n],\"c\":\"d\"}",
            "{\"tokens\"\n:\n[\n\"<secret 1>\",\n\"<secret 2>\"\n],\"c\":\"d\"}",
        ),
        (
            "{\"pin\":\n123\n,\"pin\":\n{\"a\":1}}",
            "{\"pin\":\n\"<secret 1>\"\n,\"pin\":\n{\"a\":1}}",
        ),
        (
            r#"{"pass\u0077ord":"topsecret99"}"#,
            r#"{"pass\u0077ord":"<secret 1>"}"#,
        ),
        (
            r#"{"password":"top\/secret","a":"top/secret"}"#,
            r#"{"password":"<secret 1>","a":"<secret 1>"}"#,
        ),
        (r#"{"pass\nword":"a"}"#, r#"{"pass\nword":"<secret 1>"}"#),
        // No names, whatever they remind of.
        (
            "[\"password\"\n,\"a\"\n]\n\"password\"\n\"a\"\n",
            "[\"password\"\n,\"a\"\n]\n\"password\"\n\"a\"\n",
        ),
        (r#"{"\u":"a","\ud83d":1}"#, r#"{"\u":"a","\ud83d":1}"#),
    ] {
        assert_eq!(content("application/json", text), shown);
    }
    let form = "application/x-www-form-urlencoded";
    assert_eq!(
        content(form, "pass%77ord=a&b=c"),
        "pass%77ord=<secret 1>&b=c"
    );
    assert_eq!(
        line(Role::RequestLine, "GET /?tok%65n=a HTTP/1.1\r\n"),
        "GET /?tok%65n=<secret 1> HTTP/1.1\r\n"
    );
    let blanks = " ".repeat(100_000);
    for (before, behind) in [("\n", ":"), (":", ""), ("", ":\n")] {
        let text = format!("{{\"password\"{before}{blanks}{behind}\"hunter22\",\"a\":1}}");
        let shown = content("application/json", &text);
        assert!(!shown.contains("hunter22"));
        assert!(shown.ends_with(",\"a\":1}"), "{}", shown.trim());
    }
}

#[test]
fn forms_and_text() {
    for (media_type, text, shown) in [
        (
            "application/x-www-form-urlencoded",
            "user=sam&password=p%20q&b=c",
            "user=sam&password=<secret 1>&b=c",
        ),
        (
            "application/x-www-form-urlencoded; charset=utf-8",
            "password=a+b&pass=a%20b\n",
            "password=<secret 1>&pass=<secret 1>\n",
        ),
        (
            "application/x-www-form-urlencoded",
            "password=",
            "password=",
        ),
        (
            "text/html",
            "<a href=\"http://u:p@a/?token=t\">password=x</a>",
            "<a href=\"http://u:<secret 1>@a/?token=<secret 2>\">password=x</a>",
        ),
        ("text/plain", "password: p\n", "password: p\n"),
        (
            "multipart/form-data; boundary=b",
            "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nhunter2\r\n--b\r\n\
             Content-Disposition: form-data; name=\"a\"\r\n\r\nhunter2 and c\r\n--b--\r\n",
            "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n<secret 1>\r\n--b\r\n\
             Content-Disposition: form-data; name=\"a\"\r\n\r\n<secret 1> and c\r\n--b--\r\n",
        ),
    ] {
        assert_eq!(content(media_type, text), shown);
    }
}

#[test]
fn a_secret_longer_than_what_is_held_is_one_mark() {
    let long = "x".repeat(200_000);
    let json = format!("{{\"a\":\"{long}\",\"password\":\"{long}\",\"b\":1}}");
    let shown = content("application/json", &json);
    assert_eq!(
        shown,
        format!("{{\"a\":\"{long}\",\"password\":\"<secret 1>\",\"b\":1}}")
    );
    let form = format!("a={long}&password={long}&b=1");
    let shown = content("application/x-www-form-urlencoded", &form);
    assert_eq!(shown, format!("a={long}&password=<secret 1>&b=1"));
}

/// Memory and time stay in bounds whatever a server sends, and no secret is shown for that.
#[test]
fn secrets_beyond_a_bound_have_marks_without_numbers() {
    let secrets: Vec<String> = (0..4200).map(|n| format!("tok{n:09}")).collect();
    let members: Vec<String> = secrets
        .iter()
        .map(|secret| format!("{{\"token\":\"{secret}\"}}"))
        .collect();
    let again = [0, 4095, 4096].map(|n| members[n].clone());
    let json = format!("[{},{}]", members.join(","), again.join(","));
    let shown = content("application/json", &json);
    let shown: Vec<&str> = shown.split(',').collect();
    assert_eq!(shown[4095], "{\"token\":\"<secret 4096>\"}");
    assert!(
        shown[4096..4200]
            .iter()
            .all(|member| *member == "{\"token\":\"<secret>\"}")
    );
    assert_eq!(
        shown[4200..],
        [
            "{\"token\":\"<secret 1>\"}",
            "{\"token\":\"<secret 4096>\"}",
            "{\"token\":\"<secret>\"}]",
        ]
    );
}

proptest! {
    #![proptest_config(chance(256))]

    #[test]
    fn splitting_content_changes_nothing(
        kind in 0..4_usize,
        text in r#"([{}\[\],:&=\n" \\]|"(password|token|a)"|password|token=|--b\r\n|[a-c1]){0,80}"#,
        sizes in vec(1..9_usize, 0..40),
    ) {
        let types = ["application/json", "application/x-www-form-urlencoded", "text/plain", "multipart/form-data"];
        let whole = content(types[kind], &text);
        let mut secrets = Secrets::default();
        let mut filter = Filter::new(types[kind].as_bytes());
        let (mut out, mut rest) = (Vec::new(), text.as_bytes());
        for size in sizes {
            let (piece, after) = rest.split_at(size.min(rest.len()));
            filter.push(piece, &mut secrets, &mut out);
            rest = after;
        }
        filter.push(rest, &mut secrets, &mut out);
        filter.finish(&mut secrets, &mut out);
        prop_assert_eq!(String::from_utf8(out).unwrap(), whole);
    }

    /// Nothing is lost but secrets: without any, every octet is passed on.
    #[test]
    fn content_without_secrets_passes(octets in vec(any::<u8>(), 0..200), kind in 0..4_usize) {
        let types = ["application/json", "application/x-www-form-urlencoded", "text/plain", "multipart/form-data"];
        let octets: Vec<u8> = octets.into_iter().map(|octet| if octet == b'=' { b'+' } else { octet }).collect();
        let mut filter = Filter::new(types[kind].as_bytes());
        let mut out = Vec::new();
        let mut secrets = Secrets::default();
        filter.push(&octets, &mut secrets, &mut out);
        filter.finish(&mut secrets, &mut out);
        prop_assert_eq!(out, octets);
    }

    #[test]
    fn marking_twice_is_marking_once(text in r"[ -~]{0,60}", name in "(Cookie|Authorization|X-Api-Key|Location|X-Other)") {
        let once = line(Role::FieldLine, &format!("{name}: {text}"));
        prop_assert_eq!(line(Role::FieldLine, &once), once);
    }
}

/// A run that says a secret in every way.
fn play(stage: &mut Stage) {
    let url = "http://sam:hunter2@localhost:8000/?token=t0ken";
    stage.start(url);
    stage.connect();
    stage.emit(Happening::Signing {
        remark: "with hunter2",
    });
    stage.send(
        "POST /?token=t0ken HTTP/1.1\r\nAuthorization: Basic c2FtOmh1bnRlcjI=\r\nCookie: sid=c00kie-c00kie\r\nContent-Length: 19\r\n\r\n",
        "{\"password\":\"p4ss\"}",
    );
    stage.emit(Happening::CookieHeard {
        outcome: "Added cookie sid=\"n3w-cookie\" for domain localhost, path /, expire 0",
    });
    stage.receive(
        "HTTP/1.1 200 OK\r\nSet-Cookie: sid=n3w-cookie\r\nTransfer-Encoding: chunked\r\n\r\n",
        "hunter2, c00kie-c00kie",
    );
    for text in ["hunter2 is wrong", "go to http://a:hunter2@b/"] {
        stage.emit(Happening::Warned { text });
        stage.emit(Happening::Noted { text });
        stage.emit(Happening::AuthenticationRemark { remark: text });
        stage.emit(Happening::OriginRemark { remark: text });
        stage.emit(Happening::NotFollowed { url: text });
    }
    let next = target(url);
    stage.emit(Happening::Upgraded { target: &next });
    stage.emit(Happening::Following {
        target: &next,
        redirect: true,
    });
    let error = Error::new(Exit::RecvError, "hunter2 failed");
    stage.emit(Happening::Failed { error: &error });
    stage.emit(Happening::Exchanged);
    stage.finish(Err(&error));
}

#[test]
fn a_view_is_told_no_secret() {
    for trace in [
        Trace::Verbose,
        Trace::Ascii(Destination::Stderr),
        Trace::Hex(Destination::Stderr),
    ] {
        let told = |redact: When| {
            let plan = plan(|plan| {
                plan.global.silent = true;
                plan.global.trace = trace.clone();
                plan.global.inspect.redact = redact;
            });
            let mut stage = Stage::new(&plan, &pipes());
            play(&mut stage);
            stage.stderr.text()
        };
        let secrets = [
            "hunter2",
            "c2FtOmh1bnRlcjI=",
            "t0ken",
            "c00kie",
            "n3w-cookie",
        ];
        for secret in secrets {
            assert!(
                told(When::Auto).contains(secret) || trace != Trace::Verbose,
                "{secret}"
            );
            assert!(
                !told(When::Always).contains(secret),
                "{trace:?}: {secret}\n{}",
                told(When::Always)
            );
        }
        assert!(!told(When::Always).contains("p4ss"));
        assert_eq!(told(When::Never), told(When::Auto));
    }
}

/// A problem document, a reason to try again and the like once passed as they were.
#[test]
fn no_text_of_an_event_passes_unseen() {
    let mut secrets = Secrets::default();
    let _ = redact::words("http://sam:hunter2@localhost/", &mut secrets);
    let text = "hunter2 is wrong";
    let error = Error::new(Exit::RecvError, text);
    let head = Head::parse(b"HTTP/1.1 401 hunter2\r\nX-Why: hunter2\r\n\r\n").unwrap();
    let next = target("http://localhost/hunter2?a=hunter2#hunter2");
    for what in [
        Happening::Started {
            url: text,
            number: 0,
            operation: 0,
        },
        Happening::Requesting {
            target: &next,
            method: "GET",
            by_proxy: false,
        },
        Happening::ResolveFailed {
            host: "localhost",
            port: 80,
            reason: text,
        },
        Happening::HeadReceived { head: &head },
        Happening::CookieHeard { outcome: text },
        Happening::Rehearsing { route: text },
        Happening::Retrying {
            problem: text,
            after: Duration::ZERO,
            left: 1,
        },
        Happening::Saving {
            path: Path::new("/tmp/hunter2"),
        },
        Happening::Problem {
            kind: Some(text),
            title: Some(text),
            status: None,
            detail: Some(text),
        },
        Happening::Finished {
            outcome: Err(&error),
        },
    ] {
        let told = |what: &Happening<'_>| match what {
            Happening::HeadReceived { head } => head.raw().escape_ascii().to_string(),
            what => format!("{what:?}"),
        };
        let (before, mut after) = (told(&what), String::new());
        what.reworded(&mut secrets, |what| after = told(&what));
        assert_eq!(after, before.replace("hunter2", "<secret 1>"));
        assert_ne!(after, before);
    }
}

#[test]
fn what_is_told_of_a_message_is_told_in_its_order() {
    let plan = plan(|plan| {
        plan.global.silent = true;
        plan.global.trace = Trace::Ascii(Destination::Stderr);
        plan.global.inspect.redact = When::Always;
    });
    let mut stage = Stage::new(&plan, &pipes());
    stage.start("http://localhost:8000/");
    stage.connect();
    stage.send("GET / HTTP/1.1\r\n\r\n", "");
    stage.receive(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
        "",
    );
    let pieces = [
        (Role::ChunkSize, "11\r\n"),
        (Role::Content, "{\"password\": \"hun"),
        (Role::ChunkEnd, "\r\n"),
        (Role::ChunkSize, "5\r\n"),
        (Role::Content, "ter2\"}"),
        (Role::ChunkEnd, "\r\n"),
        (Role::ChunkSize, "0\r\n"),
        (Role::MessageEnd, "\r\n"),
    ];
    for (role, text) in pieces {
        stage.piece(Direction::In, Layer::Http, role, text.as_bytes());
    }
    stage.emit(Happening::Exchanged);
    stage.finish(Ok(()));
    let told = stage.stderr.text();
    let rows: Vec<_> = told
        .lines()
        .skip_while(|line| !line.contains("chunked"))
        .filter_map(|line| line.split_once(": ").filter(|(at, _)| at.len() == 4))
        .map(|(_, row)| row)
        .collect();
    assert_eq!(
        rows[1..],
        [
            "",
            "11",
            "{",
            "",
            "5",
            "\"password\": \"<secret 1>\"}",
            "",
            "0",
            ""
        ],
        "{told}"
    );
}

#[test]
fn coded_content_is_told_by_its_length() {
    let plan = plan(|plan| {
        plan.global.silent = true;
        plan.global.trace = Trace::Ascii(Destination::Stderr);
        plan.global.inspect.redact = When::Always;
    });
    let mut stage = Stage::new(&plan, &pipes());
    stage.start("http://localhost:8000/");
    stage.connect();
    stage.send("GET / HTTP/1.1\r\n\r\n", "");
    stage.receive(
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\n",
        "looks so ",
    );
    stage.emit(Happening::Exchanged);
    stage.finish(Ok(()));
    assert!(
        !stage.stderr.text().contains("looks"),
        "{}",
        stage.stderr.text()
    );
}
