//! `-w`: a format and a transfer in, text out.

use rcurl::environment::Environment;
use rcurl::error::{Error, Exit};
use rcurl::event::{Certificate, Happening, Layer, TlsFacts};
use rcurl::plan::Plan;

use super::scripted::{Stage, pipes, plan, target, terminal};

fn formatted(format: &str) -> Plan {
    plan(|plan| plan.operations[0].write_out = Some(format.into()))
}

/// One request with a body and its response; the clock stands at 26 ms in the end.
fn transfer(stage: &mut Stage) {
    stage.start("http://u:p%40@localhost:8000/a/../b?q=1#f");
    stage.connect();
    stage.send(
        "POST /b?q=1 HTTP/1.1\r\nReferer: http://from/\r\n\r\n",
        "12345",
    );
    stage.receive(
        "HTTP/1.1 201 Created\r\nContent-Type: text/plain; x=\"y\"\r\nETag: \"a\"\r\n\
         X: one\r\nx: two\r\n\r\n",
        "content",
    );
    stage.emit(Happening::Exchanged);
}

fn filled(format: &str, play: impl FnOnce(&mut Stage)) -> (String, String) {
    let mut stage = Stage::new(&formatted(format), &pipes());
    play(&mut stage);
    stage.finish(Ok(()));
    (stage.stdout.text(), stage.stderr.text())
}

/// What a format gives after the transfer above.
fn check(format: &str, expected: &str) {
    assert_eq!(
        filled(format, transfer),
        (expected.to_owned(), String::new()),
        "{format}"
    );
}

#[test]
fn variables_have_curls_values() {
    for (name, expected) in [
        ("certs", ""),
        ("conn_id", "0"),
        ("content_type", "text/plain; x=\"y\""),
        ("errormsg", ""),
        ("exitcode", "0"),
        ("filename_effective", ""),
        ("ftp_entry_path", ""),
        ("http_code", "201"),
        ("http_connect", "000"),
        ("http_version", "1.1"),
        ("local_ip", "127.0.0.1"),
        ("local_port", "5000"),
        ("method", "GET"),
        ("num_certs", "0"),
        ("num_connects", "1"),
        ("num_headers", "4"),
        ("num_redirects", "0"),
        ("num_retries", "0"),
        ("proxy_ssl_verify_result", "0"),
        ("proxy_used", "0"),
        ("redirect_url", ""),
        ("referer", "http://from/"),
        ("remote_ip", "127.0.0.1"),
        ("remote_port", "8000"),
        ("response_code", "201"),
        ("scheme", "http"),
        ("size_delivered", "7"),
        ("size_download", "7"),
        ("size_header", "84"),
        ("size_request", "52"),
        ("size_upload", "5"),
        ("speed_download", "269"),
        ("speed_upload", "192"),
        ("ssl_verify_result", "0"),
        ("time_appconnect", "0.000000"),
        ("time_connect", "0.006000"),
        ("time_namelookup", "0.002000"),
        ("time_posttransfer", "0.013000"),
        ("time_pretransfer", "0.009000"),
        ("time_queue", "0.001000"),
        ("time_redirect", "0.000000"),
        ("time_starttransfer", "0.015000"),
        ("time_total", "0.026000"),
        ("tls_earlydata", "0"),
        ("url", "http://u:p%40@localhost:8000/a/../b?q=1#f"),
        ("url_effective", "http://u:p%40@localhost:8000/b?q=1#f"),
        ("url.fragment", "f"),
        ("url.host", "localhost"),
        ("url.options", ""),
        ("url.password", "p%40"),
        ("url.path", "/b"),
        ("url.port", "8000"),
        ("url.query", "q=1"),
        ("url.scheme", "http"),
        ("url.user", "u"),
        ("url.zoneid", ""),
        ("urle.path", "/b"),
        ("urlnum", "0"),
        ("xfer_id", "0"),
    ] {
        check(&format!("%{{{name}}}"), expected);
    }
}

#[test]
fn formats_are_filled_in() {
    check("a%{http_code}b%%\\n\\t\\r\\x", "a201b%\n\t\r\\x");
    check("%", "%");
    check("\\", "\\");
    check("%{", "%{");
    check("%{http_code", "%{http_code");
    check("%header{etag} %header{nope} %header{ETAG}", "\"a\"  \"a\"");
    check("%header{X:all:-{\\}-}\\n", "one-{}-two\n");
    check("%header{X", "%header{X");
    check(
        "%time{%Y-%m-%d %H:%M:%S.%f %z %Z %%f}",
        "2026-11-21 09:30:00.027000 +0000 UTC %f",
    );
    check("%{onerror}not shown", "");
}

#[test]
fn unknown_variables_are_told_of() {
    let (stdout, stderr) = filled("a%{HTTP_CODE}b", transfer);
    assert_eq!(stdout, "ab");
    assert_eq!(stderr, "rcurl: unknown --write-out variable: 'HTTP_CODE'\n");
}

#[test]
fn text_goes_where_the_format_says() {
    let (stdout, stderr) = filled("a%{stderr}b%{stdout}c", transfer);
    assert_eq!((stdout.as_str(), stderr.as_str()), ("ac", "b"));

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out");
    let name = file.display();
    check(
        &format!("a%output{{{name}}}%{{http_code}}%{{stdout}}b"),
        "ab",
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "201");
    check(&format!("%output{{>>{name}}}%{{urlnum}}"), "");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "2010");
    check(&format!("%output{{{name}}}new"), "");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "new");
}

#[test]
fn a_failure_has_its_message() {
    let stage = Stage::new(
        &formatted("%{onerror}%{urlnum} says %{exitcode} %{errormsg}; %{conn_id} %{remote_port}"),
        &pipes(),
    );
    stage.start("http://localhost/");
    let message = "The requested URL returned error: 404";
    stage.finish(Err(&Error::new(Exit::HttpReturnedError, message)));
    assert_eq!(stage.stdout.text(), format!("0 says 22 {message}; -1 -1"));
}

#[test]
fn parts_of_what_is_no_http_url() {
    let format = "%{urle.host}+%{urle.path}+%{urle.scheme}+%{url.port}+%{url.query}+%{url.user}";
    for (url, expected) in [
        (
            "h55p://hello2000:1/424?qqqq#ffff",
            "hello2000+/424+h55p+1+qqqq+",
        ),
        ("local host", "+++++"),
        ("[::1%25eth0]/x", "[::1]+/x+http+80++"),
    ] {
        let started = |stage: &mut Stage| {
            stage.emit(Happening::Started {
                url,
                number: 1,
                operation: 0,
            });
        };
        assert_eq!(filled(format, started).0, expected, "{url}");
    }
}

#[test]
fn a_proxys_answer_is_no_response() {
    let (text, _) = filled(
        "%{http_connect} %{http_code} %{size_header} %{num_headers}",
        |stage| {
            stage.start("http://localhost:8000/");
            stage.receive_on(
                Layer::Tunnel,
                b"HTTP/1.1 200 Established\r\nA: b\r\n\r\n",
                "",
            );
            stage.send("GET / HTTP/1.1\r\n\r\n", "");
            stage.receive("HTTP/1.1 204 None\r\n\r\n", "");
        },
    );
    assert_eq!(text, "200 204 55 0");
}

#[test]
fn json_has_every_variable() {
    let (text, _) = filled("%{json}", |stage| {
        transfer(stage);
        stage.emit(Happening::NotFollowed {
            url: "http://to/\"",
        });
    });
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let object = json.as_object().unwrap();
    assert_eq!(object.len(), 69);
    assert_eq!(json["http_code"], 201);
    assert_eq!(json["http_connect"], 0);
    assert_eq!(json["errormsg"], serde_json::Value::Null);
    assert_eq!(json["redirect_url"], "http://to/\"");
    assert_eq!(json["certs"], "");
    assert!(text.contains("\"time_namelookup\":0.002000,"), "{text}");
    assert!(text.starts_with("{\"certs\":\"\",\"conn_id\":0,"), "{text}");
    assert!(
        text.contains(",\"xfer_id\":0,\"curl_version\":\"rcurl/"),
        "{text}"
    );
}

#[test]
fn header_json_collects_values() {
    let (text, _) = filled("%{header_json}", |stage| {
        stage.start("http://localhost/");
        stage.receive(
            b"HTTP/1.1 200 OK\r\nVary: a\r\nEmpty:\r\nvary: \"b\xe9\x1b\r\n\r\n",
            "",
        );
    });
    assert_eq!(
        text,
        "{\"vary\":[\"a\",\"\\\"b\u{e9}\\u001b\"],\n\"empty\":[\"\"]\n}"
    );
    assert_eq!(
        filled("%{header_json}", |stage| stage.start("http://localhost/")).0,
        "{\n}"
    );
}

#[test]
fn all_hops_are_looked_at() {
    let hops = |stage: &mut Stage| {
        stage.start("http://localhost/");
        stage.receive("HTTP/1.1 301 Moved\r\nThis: one\r\nThis: two\r\n\r\n", "");
        stage.emit(Happening::Following {
            target: &target("http://localhost/next"),
            redirect: true,
        });
        stage.ask("GET", "http://localhost/next");
        stage.receive("HTTP/1.1 100 Continue\r\nThis: no\r\n\r\n", "");
        stage.receive("HTTP/1.1 200 OK\r\nThis: three\r\n\r\n", "");
    };
    assert_eq!(
        filled("%header{this:all:***} %header{this} %{num_redirects}", hops).0,
        "one***two***three three 1"
    );
}

#[test]
fn certificates_are_told_field_by_field() {
    let session = TlsFacts {
        certificates: vec![Certificate {
            subject: "CN=localhost".to_owned(),
            issuer: "CN=Test CA".to_owned(),
            version: 3,
            der: vec![0; 60],
            ..Certificate::default()
        }],
        ..TlsFacts::default()
    };
    let (text, _) = filled("%{num_certs}:%{certs}", |stage| {
        stage.start("https://localhost/");
        stage.emit(Happening::Secured { session: &session });
    });
    assert!(
        text.starts_with("1:Subject:CN=localhost\nIssuer:CN=Test CA\nVersion:2\n"),
        "{text}"
    );
    let pem = format!(
        "\n-----BEGIN CERTIFICATE-----\n{}\n{}\n-----END CERTIFICATE-----\n",
        "A".repeat(64),
        "A".repeat(16)
    );
    assert!(text.ends_with(&pem), "{text}");
}

#[test]
fn each_part_of_the_command_line_has_its_own_format() {
    let plan = plan(|plan| {
        plan.operations.push(plan.operations[0].clone());
        plan.operations[1].write_out = Some(b"second\n".to_vec());
    });
    let stage = Stage::new(&plan, &pipes());
    for operation in [0, 1] {
        stage.emit(Happening::Started {
            url: "http://localhost/",
            number: 0,
            operation,
        });
        stage.finish(Ok(()));
    }
    assert_eq!(stage.stdout.text(), "second\n");
}

#[test]
fn a_terminal_gets_no_control_characters() {
    let environment = Environment {
        stdout_is_terminal: true,
        ..terminal()
    };
    let stage = Stage::new(
        &formatted("\x1b[1m%header{x}%{json}%{header_json}%{stderr}%header{x}\\n"),
        &environment,
    );
    stage.start("http://localhost/");
    stage.receive(
        b"HTTP/1.1 200 OK\r\nX: a\x1b[2J\xc2\x9b\x9b\r\nContent-Type: \x1b\x7f\xc2\x9b\r\n\r\n",
        "",
    );
    stage.finish(Ok(()));
    let stdout = stage.stdout.text();
    assert!(
        stdout.starts_with("\x1b[1ma^[[2J\\u009b\\x9b{\"certs\""),
        "{stdout}"
    );
    assert!(
        stdout.contains("\"content_type\":\"\\u001b\\u007f\\u009b\""),
        "{stdout}"
    );
    assert!(
        !stdout[4..].contains(|c: char| c.is_control() && c != '\n'),
        "{stdout}"
    );
    assert_eq!(stage.stderr.text(), "a^[[2J\\u009b\\x9b\n");
}

#[test]
fn certificates_are_only_wanted_where_they_are_told() {
    for (format, wanted) in [
        ("%{http_code}", false),
        ("%{certs}", true),
        ("%{json}", true),
    ] {
        let interest = Stage::new(&formatted(format), &pipes()).tap.interest();
        assert_eq!(interest.tls, wanted, "{format}");
        assert!(!interest.content && !interest.ticks && !interest.records);
    }
}
