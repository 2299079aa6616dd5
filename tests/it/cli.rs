//! Words to plan: each kind of argument, each mistake, config files, variables.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::support::chance::chance;
use proptest::prelude::*;
use rcurl::cli::{self, Asked, Refusal};
use rcurl::environment::Environment;
use rcurl::plan::{
    Body, Clobber, ConditionKind, Destination, Encoder, Fail, FollowMode, HttpVersion, NetrcUse,
    Notice, Operation, Part, PartContent, Plan, Resume, SaveAs, TlsVersion, Trace, Upload,
};

const URL: &str = "http://localhost/";

fn words(words: &[&str]) -> Vec<OsString> {
    words.iter().map(OsString::from).collect()
}

/// A notice as a line.
fn told(notice: &Notice) -> String {
    match notice {
        Notice::Warning(text) => format!("Warning: {text}\n"),
        Notice::Note(text) => format!("Note: {text}\n"),
        Notice::Complaint(text) => format!("rcurl: {text}\n"),
    }
}

/// Reads words in an empty world, with this on standard input.
fn ask(line: &[&str], stdin: &str) -> Result<Asked, Refusal> {
    cli::parse(&words(line), &Environment::default(), &mut stdin.as_bytes())
}

fn plan_with(line: &[&str], stdin: &str) -> Plan {
    match ask(line, stdin) {
        Ok(Asked::Run(plan)) => *plan,
        other => panic!("{line:?} became {other:?}"),
    }
}

/// Options become a plan for one URL.
fn plan(options: &[&str]) -> Plan {
    plan_with(&[options, &[URL]].concat(), "")
}

fn operation(options: &[&str]) -> Operation {
    plan(options).operations.remove(0)
}

/// What a refused command line ends with: exit status, message, notices.
fn refusal(line: &[&str]) -> (u8, String, String) {
    match ask(line, "") {
        Err(refusal) => {
            let notices = refusal.notices.iter().map(told);
            (
                refusal.error.exit as u8,
                refusal.error.message.clone(),
                notices.collect(),
            )
        }
        Ok(asked) => panic!("{line:?} became {asked:?}"),
    }
}

fn warnings(line: &[&str]) -> String {
    let notices = plan_with(line, "").notices;
    notices.iter().map(told).collect()
}

fn file(content: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), content).unwrap();
    file
}

fn name(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

#[test]
fn words_split_as_curl_splits_them() {
    for line in [
        &["-sSo", "x", URL][..],
        &["-sSox", URL],
        &["-s", "-S", "-ox", URL],
        &["--silent", "--show-error", "--output", "x", URL],
        &["--silent", "--show-error", "--output=x", URL],
        &["-sS", "-o", "x", "--", URL],
        &[URL, "-sSox"],
        &["--silent=yes", "-S", "--output=x", "--url", URL],
    ] {
        let plan = plan_with(line, "");
        assert!(plan.global.silent && plan.global.show_error, "{line:?}");
        let url = &plan.operations[0].urls[0];
        assert_eq!(
            (url.url.as_str(), &url.output),
            (URL, &SaveAs::File("x".into())),
            "{line:?}"
        );
    }
}

#[test]
fn values_may_look_like_options() {
    let data = |options: &[&str]| operation(options).request.body;
    assert_eq!(data(&["-d", "-x"]), Body::Data(Arc::new(b"-x".to_vec())));
    assert_eq!(data(&["-d", "--"]), Body::Data(Arc::new(b"--".to_vec())));
    assert_eq!(
        data(&["-d", "--next"]),
        Body::Data(Arc::new(b"--next".to_vec()))
    );
    assert_eq!(data(&["-d=1"]), Body::Data(Arc::new(b"=1".to_vec())));
    assert_eq!(data(&["-d=="]), Body::Data(Arc::new(b"==".to_vec())));
    assert_eq!(data(&["--data="]), Body::Data(Arc::default()));
    assert_eq!(data(&["--data=a=b"]), Body::Data(Arc::new(b"a=b".to_vec())));
    assert_eq!(data(&["-d", ""]), Body::Data(Arc::default()));
}

#[test]
fn order_counts_between_different_options() {
    let body = operation(&["-d", "a", "--data-urlencode", "b c", "--data-raw", "@d"])
        .request
        .body;
    assert_eq!(body, Body::Data(Arc::new(b"a&b+c&@d".to_vec())));
    let plan = plan_with(
        &["-o", "one", "http://a/", "http://b/", "-O", "-T", "up"],
        "",
    );
    let urls = &plan.operations[0].urls;
    assert_eq!(urls[0].output, SaveAs::File("one".into()));
    assert!(matches!(&urls[0].upload, Some(Upload::File(file, Some(Ok(_)))) if file == "up"));
    assert_eq!(
        (&urls[1].output, &urls[1].upload),
        (&SaveAs::RemoteName, &None)
    );
}

#[test]
fn next_begins_anew_but_for_what_is_global() {
    let plan = plan_with(
        &[
            "-sd",
            "a",
            "http://a/",
            "--next",
            "http://b/",
            "-:",
            "http://c/",
            "-I",
        ],
        "",
    );
    assert!(plan.global.silent);
    let heads: Vec<bool> = plan.operations.iter().map(|one| one.request.head).collect();
    assert_eq!(heads, [false, false, true]);
    assert_eq!(plan.operations[1].request.body, Body::None);
    assert_eq!(
        refusal(&["-O", "-I", "--next", URL]),
        (
            2,
            "option --next: is badly used here".into(),
            "rcurl: missing URL before --next\n".into()
        )
    );
}

#[test]
fn mistakes_are_told_in_curls_words() {
    for (line, exit, message) in [
        (&["--no-such", URL][..], 2, "option --no-such: is unknown"),
        (&["-v\u{8}", URL], 2, "option -v\u{8}: is unknown"),
        (&["-", URL], 2, "option -: is unknown"),
        (&["--sile", URL], 2, "option --sile: is unknown"),
        (&[URL, "-o"], 2, "option -o: requires parameter"),
        (&[URL, "-so"], 2, "option -so: requires parameter"),
        (&[URL, "--output"], 2, "option --output: requires parameter"),
        (
            &["-m", "abc", "--no-such"],
            2,
            "option -m: expected a proper numerical parameter",
        ),
        (
            &["--max-time", "-4", URL],
            2,
            "option --max-time: expected a proper numerical parameter",
        ),
        (
            &["-m", "184467440737095510", URL],
            2,
            "option -m: expected a proper numerical parameter",
        ),
        (
            &["--retry", "-4", URL],
            2,
            "option --retry: expected a positive numerical parameter",
        ),
        (
            &["--vlan-priority", "8", URL],
            2,
            "option --vlan-priority: too large number",
        ),
        (
            &["--create-file-mode", "1000", URL],
            2,
            "option --create-file-mode: too large number",
        ),
        (
            &["--create-file-mode", "8", URL],
            2,
            "option --create-file-mode: expected a proper numerical parameter",
        ),
        (
            &["-C", "wrong", URL],
            2,
            "option -C: expected a proper numerical parameter",
        ),
        (
            &["--no-data", "x", URL],
            2,
            "option --no-data: the given option cannot be reversed with a --no- prefix",
        ),
        (
            &["--expand-silent", URL],
            2,
            "option --expand-silent: variable expansion failure",
        ),
        (
            &["--expand-url"],
            2,
            "option --expand-url: requires parameter",
        ),
        (
            &["-o", "", URL],
            2,
            "option -o: blank argument where content is expected",
        ),
        (
            &["--proto-default", "https://"],
            1,
            "option --proto-default: a specified protocol is unsupported by rcurl",
        ),
        (
            &["--proto", "-all", URL],
            2,
            "option --proto: is badly used here",
        ),
        (
            &["-d", "@/nonexistent/file", URL],
            26,
            "option -d: error encountered when reading a file",
        ),
        (
            &["-H", "@/nonexistent/file", URL],
            26,
            "option -H: error encountered when reading a file",
        ),
        (
            &["-w", "@/nonexistent/file", URL],
            26,
            "option -w: error encountered when reading a file",
        ),
        (
            &["-K", "/nonexistent/file", URL],
            26,
            "option -K: error encountered when reading a file",
        ),
        (
            &["--url", "@/nonexistent/file"],
            26,
            "option --url: error encountered when reading a file",
        ),
        (
            &["-H", "a: b\r\nc: d", URL],
            2,
            "option -H: the argument holds a line break or a NUL",
        ),
        (
            &["-A", "a\nb", URL],
            2,
            "option -A: the argument holds a line break or a NUL",
        ),
        (&["-q"], 2, "(2) no URL specified"),
        (&[], 2, ""),
        (
            &["--ntlm", URL],
            2,
            "option --ntlm: is for NTLM, a broken scheme that rcurl does not have",
        ),
        (
            &["--http2", URL],
            2,
            "option --http2: is for HTTP/2, and rcurl speaks HTTP/1.1 only",
        ),
        (
            &["-JOC", "-", URL],
            2,
            "--continue-at and --remote-header-name cannot be combined",
        ),
        (&["-F", "novalue", URL], 2, "option -F: is badly used here"),
    ] {
        let (got, text, _) = refusal(line);
        assert_eq!((got, text.as_str()), (exit, message), "{line:?}");
    }
}

#[test]
fn what_excludes_each_other_is_refused() {
    for (line, notice) in [
        (
            &["-C", "5", "-r", "1-2", URL][..],
            "rcurl: --continue-at is mutually exclusive with --range\n",
        ),
        (
            &["-r", "1-2", "-C", "5", URL],
            "rcurl: --continue-at is mutually exclusive with --range\n",
        ),
        (
            &["-C5", "--no-clobber", URL],
            "rcurl: --continue-at is mutually exclusive with --no-clobber\n",
        ),
        (
            &["--remove-on-error", "-C5", URL],
            "rcurl: --continue-at is mutually exclusive with --remove-on-error\n",
        ),
        (
            &["-C5", "-d", "x", URL],
            "rcurl: cannot mix --continue-at with --data\n",
        ),
        (
            &["-C5", "-F", "a=b", URL],
            "rcurl: cannot mix --continue-at with --form\n",
        ),
        (
            &["--tlsv1.3", "--tls-max", "1.2", URL],
            "rcurl: --tls-max set lower than minimum accepted version\n",
        ),
        (
            &["--tls-max", "1.2", "--tlsv1.3", URL],
            "rcurl: Minimum TLS version set higher than max\n",
        ),
        (
            &["--etag-save", "x", URL, URL],
            "rcurl: The etag options only work on a single URL\n",
        ),
        (
            &["-I", "-F", "a=b", URL],
            "Warning: You can only select one HTTP request method! You asked for both multipart formpost (-F, --form) and HEAD (-I, --head).\n",
        ),
        (
            &["-T", "x", "-d", "input", URL],
            "Warning: You can only select one HTTP request method! You asked for both PUT (-T, --upload-file) and POST (-d, --data).\n",
        ),
        (
            &["-T", "x", "-G", "-d", "x", URL],
            "Warning: You can only select one HTTP request method! You asked for both GET (-G, --get) and PUT (-T, --upload-file).\n",
        ),
        (
            &["-I", "-d", "x", URL],
            "Warning: You can only select one HTTP request method! You asked for both POST (-d, --data) and HEAD (-I, --head).\n",
        ),
    ] {
        let (exit, _, notices) = refusal(line);
        assert_eq!((exit, notices.as_str()), (2, notice), "{line:?}");
    }
}

#[test]
fn warnings_are_told_unless_silenced_before() {
    let quote = "\u{201c}host:";
    for (line, expected) in [
        (
            &["-o", "x", "-o", "y", URL][..],
            "Warning: Got more output options than URLs\n",
        ),
        (
            &["-L", "--follow", URL],
            "Warning: --follow overrides --location\n",
        ),
        (
            &["--unix-socket", "-q", URL],
            "Warning: The filename argument '-q' looks like a flag.\n",
        ),
        (
            &["-H", quote, URL, "-s"],
            "Warning: The argument '\u{201c}host:' starts with a Unicode character. Maybe ASCII was intended?\n",
        ),
        (&["-s", "-H", quote, URL], ""),
        (
            &["-H", "nothing", URL],
            "Warning: The provided HTTP header 'nothing' does not look like a header?\n",
        ),
        (
            &["--egd-file", "x", "-2", URL],
            "Warning: --egd-file is deprecated and has no function anymore\nWarning: --sslv2 is deprecated and has no function anymore\n",
        ),
        (
            &["--tlsuser", "me", URL],
            "Warning: --tlsuser is deprecated and has no function anymore\n",
        ),
        // Switches of other protocols pass, as in curl, and `-v` tells that they do nothing.
        (
            &[
                "-a",
                "-l",
                "--ssl-reqd",
                "--ftp-pasv",
                "--create-file-mode",
                "640",
                URL,
            ],
            "",
        ),
        (
            &["-v", "--append", "--no-ssl", URL],
            "Note: --append is for FTP, and rcurl speaks HTTP only\n",
        ),
        (
            &["-f", "--fail-with-body", URL],
            "Warning: --fail-with-body deselects --fail here\n",
        ),
        (&["-X", "GET", URL], ""),
        (
            &["-v", "-X", "GET", URL],
            "Note: Unnecessary use of -X or --request, GET is already inferred.\n",
        ),
        (
            &["-r", "5", URL],
            "Warning: A specified range MUST include at least one dash (-). Appending one for you\n",
        ),
        (&["-r", "-0", URL], ""),
        (
            &["--proto", "=http,gopher", URL],
            "Warning: unrecognized protocol 'gopher'\n",
        ),
        (
            &["-0", "--http1.1", URL],
            "Warning: Overrides previous HTTP version option\n",
        ),
        (
            &["--trace", "x", "-v", URL],
            "Warning: -v, --verbose overrides an earlier trace option\n",
        ),
    ] {
        assert_eq!(warnings(line), expected, "{line:?}");
    }
}

#[test]
fn switches_turn_fields_on_and_off() {
    let check = |options: &[&str], field: fn(&Operation) -> bool, expected: bool| {
        assert_eq!(field(&operation(options)), expected, "{options:?}");
    };
    check(&["-k"], |it| it.tls.verify, false);
    check(&["-k", "--no-insecure"], |it| it.tls.verify, true);
    check(&["--no-alpn"], |it| it.tls.alpn, false);
    check(&["--alpn"], |it| it.tls.alpn, true);
    check(&["-N"], |it| it.output.no_buffer, true);
    check(&["-N", "--buffer"], |it| it.output.no_buffer, false);
    check(&["--no-buffer"], |it| it.output.no_buffer, true);
    check(&["--no-keepalive"], |it| it.route.keepalive.on, false);
    check(&["--no-tcp-nodelay"], |it| it.route.nagle, true);
    check(&["-I"], |it| it.output.include_head, true);
    check(&["--include"], |it| it.output.include_head, true);
    check(&["--no-ntlm"], |_| true, true);
    check(&["-G"], |it| it.request.data_in_query, true);
}

#[test]
fn arguments_reach_their_fields() {
    let it = operation(&[
        "-m",
        "2.5",
        "--connect-timeout",
        "0.25",
        "--max-filesize",
        "1.5k",
        "--limit-rate",
        "2M",
        "-e",
        "http://from/;auto",
        "-X",
        "PATCH",
        "--max-redirs",
        "-1",
        "-L",
        "--tlsv1.2",
        "--tls-max",
        "1.3",
        "--local-port",
        "8000 - 8010",
        "--retry",
        "3",
        "-Y",
        "100",
        "-u",
        "me:secret:er",
        "--ip-tos",
        "EF",
        "-0",
        "--no-clobber",
        "-f",
        "-D",
        "%",
        "--netrc-optional",
        "--proto-redir",
        "=https",
        "-A",
        "",
        "--socks5",
        "host:1080",
        "--cert",
        "a\\:b:pass",
        "--haproxy-clientip",
        "10.0.0.1",
        "-z",
        "Sun, 06 Nov 1994 08:49:37 GMT",
    ]);
    assert_eq!(it.limits.total, Some(Duration::from_millis(2500)));
    assert_eq!(it.limits.connect, Some(Duration::from_millis(250)));
    assert_eq!(
        (it.limits.file_size, it.limits.rate),
        (Some(1536), Some(2 << 20))
    );
    assert_eq!(it.limits.low_speed, Some(100));
    assert_eq!(it.limits.low_speed_time, Some(Duration::from_secs(30)));
    assert_eq!(it.request.referer.as_deref(), Some("http://from/"));
    assert!(it.request.auto_referer);
    assert_eq!(it.request.method.as_deref(), Some("PATCH"));
    assert_eq!(
        (it.follow.most, it.follow.mode),
        (None, FollowMode::Location)
    );
    assert_eq!(
        (it.tls.least, it.tls.most),
        (TlsVersion::V1_2, TlsVersion::V1_3)
    );
    assert_eq!(it.route.local_ports, Some((8000, 8010)));
    assert_eq!(it.retry.most, 3);
    let user = it.auth.user.unwrap();
    assert_eq!(
        (user.user.as_slice(), user.password.reveal().as_slice()),
        (&b"me"[..], &b"secret:er"[..])
    );
    assert_eq!(it.route.type_of_service, Some(0xb8));
    assert_eq!(it.request.version, HttpVersion::Http10);
    assert_eq!(
        (it.output.clobber, it.output.fail),
        (Clobber::Never, Fail::WithoutBody)
    );
    assert_eq!(it.output.dump_header, Some(Destination::Stderr));
    assert_eq!(it.auth.netrc.use_it, NetrcUse::Optional);
    assert!(!it.follow.proto_redir.http && it.follow.proto_redir.https);
    assert_eq!(it.request.user_agent.as_deref(), Some(""));
    assert_eq!(it.proxy.proxy.unwrap().reveal(), "socks5://host:1080");
    assert_eq!(it.tls.certificate, Some(PathBuf::from("a:b")));
    assert_eq!(it.tls.passphrase.unwrap().reveal(), "pass");
    assert_eq!(
        it.route.haproxy.unwrap().client,
        Some("10.0.0.1".parse().unwrap())
    );
    let condition = it.request.condition.unwrap();
    assert_eq!(
        (condition.time, condition.kind),
        (784_111_777, ConditionKind::ModifiedSince)
    );
}

#[test]
fn resuming_and_outputs() {
    assert_eq!(
        operation(&["-C", "-"]).request.resume,
        Some(Resume::FromFile)
    );
    assert_eq!(
        operation(&["-C", "12"]).request.resume,
        Some(Resume::At(12))
    );
    let it = operation(&["-o", "-"]);
    assert!(it.output.binary_to_terminal);
    assert_eq!(it.urls[0].output, SaveAs::Stdout);
    assert_eq!(
        operation(&["--remote-name-all"]).urls[0].output,
        SaveAs::RemoteName
    );
    assert_eq!(
        operation(&["--remote-name-all", "--no-remote-name"]).urls[0].output,
        SaveAs::Stdout
    );
    assert_eq!(operation(&["--out-null"]).urls[0].output, SaveAs::Null);
    assert_eq!(operation(&["-T", "-"]).urls[0].upload, Some(Upload::Stdin));
    assert_eq!(
        operation(&["-T", "."]).urls[0].upload,
        Some(Upload::StdinNonBlocking)
    );
    assert_eq!(operation(&["-T", ""]).urls[0].upload, None);
    assert_eq!(operation(&["-g"]).urls[0].glob, None);
}

#[test]
fn repeated_v_tells_more() {
    let traced = |options: &[&str]| {
        let global = plan(options).global;
        (global.trace, global.trace_ids, global.trace_time)
    };
    assert_eq!(traced(&["-v"]), (Trace::Verbose, false, false));
    assert_eq!(traced(&["-v", "-v"]), (Trace::Verbose, false, false));
    assert_eq!(traced(&["-vv"]), (Trace::Verbose, true, true));
    assert_eq!(
        traced(&["-vvv"]),
        (Trace::Ascii(Destination::Stderr), true, true)
    );
    assert_eq!(traced(&["-vv", "--no-verbose"]), (Trace::Off, false, false));
    assert_eq!(
        traced(&["--trace-config", "ids,-time", "-v"]),
        (Trace::Verbose, true, false)
    );
    assert_eq!(
        traced(&["--trace-ascii", "-"]),
        (Trace::Ascii(Destination::Stdout), false, false)
    );
}

#[test]
fn data_comes_from_files_and_standard_input() {
    let some = file("one\r\ntwo\0\n");
    let at = format!("@{}", name(some.path()));
    let body = |options: &[&str], stdin: &str| {
        let line = [options, &[URL]].concat();
        plan_with(&line, stdin).operations.remove(0).request.body
    };
    assert_eq!(
        body(&["-d", &at], ""),
        Body::Data(Arc::new(b"onetwo".to_vec()))
    );
    assert_eq!(
        body(&["--data-binary", &at], ""),
        Body::Data(Arc::new(b"one\r\ntwo\0\n".to_vec()))
    );
    assert_eq!(
        body(&["-d", "@-"], "a\nb"),
        Body::Data(Arc::new(b"ab".to_vec()))
    );
    assert_eq!(
        body(&["--json", "[1,", "--json", "2]"], ""),
        Body::Json(Arc::new(b"[1,2]".to_vec()))
    );
    for (argument, expected) in [
        ("a b", "a+b"),
        ("=a b", "a+b"),
        ("n=a&b", "n=a%26b"),
        ("n@-", "n=%C3%A9"),
        ("@-", "%C3%A9"),
    ] {
        assert_eq!(
            body(&["--data-urlencode", argument], "\u{e9}"),
            Body::Data(Arc::new(expected.into())),
            "{argument}"
        );
    }
    let it = operation(&["--url-query", "a=b c", "--url-query", "+d=e+f"]);
    assert_eq!(it.request.url_query.as_deref(), Some("a=b+c&d=e+f"));
}

#[test]
fn headers_and_urls_come_from_files() {
    let lines = file("# comment\nA: 1\r\n\nB: 2\n");
    let at = format!("@{}", name(lines.path()));
    let it = operation(&["-H", "First:", "-H", &at]);
    assert_eq!(
        it.request.headers,
        [b"First:".to_vec(), b"A: 1".to_vec(), b"B: 2".to_vec()]
    );
    let urls = file("http://a/{b}\nhttp://c/\n");
    let it = plan_with(
        &["--url", &format!("@{}", name(urls.path())), "-o", "x"],
        "",
    )
    .operations
    .remove(0);
    assert_eq!(
        (it.urls[0].url.as_str(), &it.urls[0].glob),
        ("http://a/{b}", &None)
    );
    assert_eq!(it.urls[0].output, SaveAs::File("x".into()));
    assert_eq!(it.urls[1].output, SaveAs::RemoteName);
}

#[test]
fn what_is_encoded_may_be_longer_than_a_piece_of_it() {
    let long = file(&"a b&".repeat(50_000));
    let Body::Data(data) = operation(&["--data-urlencode", &format!("n@{}", name(long.path()))])
        .request
        .body
    else {
        panic!("no data")
    };
    assert!(*data == format!("n={}", "a+b%26".repeat(50_000)).into_bytes());
}

#[test]
fn types_of_service_have_names_in_any_case() {
    for (argument, expected) in [("EF", 0xb8), ("cs6", 0xc0), ("Voice-Admit", 0xb0), ("7", 7)] {
        let route = operation(&["--ip-tos", argument]).route;
        assert_eq!(route.type_of_service, Some(expected), "{argument}");
    }
}

#[test]
fn cookies_are_data_or_files() {
    let it = operation(&[
        "-b", "a=1", "-b", "b=2", "-b", "jar", "-b", "", "-c", "out", "-j",
    ]);
    assert_eq!(it.cookies.data.as_deref(), Some("a=1; b=2"));
    assert_eq!(it.cookies.files, [PathBuf::from("jar"), PathBuf::new()]);
    assert_eq!(it.cookies.jar, Some("out".into()));
    assert!(it.cookies.junk_session);
}

/// One `-F` and the part it becomes.
fn part(argument: &str) -> Part {
    match operation(&["-F", argument]).request.body {
        Body::Form(mut form) => form.parts.remove(0),
        other => panic!("{argument} became {other:?}"),
    }
}

#[test]
fn parts_of_a_form() {
    let bytes = |text: &str| PartContent::Bytes(text.into());
    let named = |content| Part {
        name: Some("n".into()),
        content,
        ..Part::default()
    };
    for (argument, expected) in [
        ("n=v", named(bytes("v"))),
        (
            "=v",
            Part {
                content: bytes("v"),
                ..Part::default()
            },
        ),
        (
            "n= v ;type=a/b",
            Part {
                content_type: Some("a/b".into()),
                ..named(bytes("v"))
            },
        ),
        (
            "n=v;type=a/b; charset=c;filename=f",
            Part {
                content_type: Some("a/b; charset=c".into()),
                filename: Some("f".into()),
                ..named(bytes("v"))
            },
        ),
        (
            r#"n="a;\"b\\";encoder=base64"#,
            Part {
                encoder: Some(Encoder::Base64),
                ..named(bytes(r#"a;"b\"#))
            },
        ),
        (
            "n=@dir/f;headers=X: y",
            Part {
                filename: Some("f".into()),
                headers: vec!["X: y".into()],
                ..named(PartContent::File("dir/f".into()))
            },
        ),
        (
            "n=@-;filename=/dev/null",
            Part {
                filename: Some("/dev/null".into()),
                ..named(PartContent::Stdin)
            },
        ),
        ("n=<f", named(PartContent::File("f".into()))),
        (
            r#"n=@"a,b";filename="x\"y""#,
            Part {
                filename: Some("x\"y".into()),
                ..named(PartContent::File("a,b".into()))
            },
        ),
        (
            "n=@-;filename=/dev/null;type=text/x-null;format=x-curl",
            Part {
                filename: Some("/dev/null".into()),
                content_type: Some("text/x-null;format=x-curl".into()),
                ..named(PartContent::Stdin)
            },
        ),
    ] {
        assert_eq!(part(argument), expected, "{argument}");
    }
    let files = part("n=@a,b;type=c/d");
    assert!(
        matches!(&files.content, PartContent::Parts(parts) if parts.len() == 2 && parts[1].content_type.as_deref() == Some("c/d"))
    );
}

#[test]
fn parts_within_parts() {
    let it = operation(&[
        "-F",
        "=(;type=multipart/alternative",
        "-F",
        "= plain",
        "-F",
        "=<html",
        "-F",
        "=)",
        "--form-string",
        "s=@x;y",
    ]);
    let Body::Form(form) = it.request.body else {
        panic!("no form")
    };
    assert_eq!(form.parts.len(), 2);
    assert!(matches!(&form.parts[0].content, PartContent::Parts(parts) if parts.len() == 2));
    assert_eq!(form.parts[1].content, PartContent::Bytes(b"@x;y".to_vec()));
    assert_eq!(
        refusal(&["-F", "=)", URL]).2,
        "Warning: no multipart to terminate\n"
    );
}

#[test]
fn parts_within_parts_go_no_deeper_than_a_hundred() {
    let nested = |count| [["-F", "=("].repeat(count), vec!["-F", "a=b", URL]].concat();
    assert!(ask(&nested(100), "").is_ok());
    let (exit, _, told) = refusal(&nested(101));
    assert_eq!(exit, 2);
    assert_eq!(
        told,
        "Warning: no more than 100 multiparts go into one another\n"
    );
}

/// A config file and the words after it become a plan.
fn configured(content: &str, after: &[&str]) -> Plan {
    let config = file(content);
    plan_with(&[&["-q", "-K", &name(config.path())], after].concat(), "")
}

#[test]
fn config_files_are_read_as_curl_reads_them() {
    for content in [
        "url = http://c/\nuser-agent = \"a\\tb\"\n-s\n",
        "url=http://c/\nuser-agent:\"a\\tb\"\nsilent\n",
        "  # comment\n\n\turl http://c/\r\n--user-agent \"a\\tb\" # more\n--silent\n",
        "--url http://c/\n-A \"a\tb\"\n-s",
    ] {
        let plan = configured(content, &[]);
        assert!(plan.global.silent, "{content}");
        assert_eq!(plan.operations[0].urls[0].url, "http://c/", "{content}");
    }
    let it = configured("-A \"a\\tb\\\"\\x\"", &[URL])
        .operations
        .remove(0);
    assert_eq!(it.request.user_agent.as_deref(), Some("a\tb\"x"));
    let it = configured("-Lfuhej:you", &[URL]).operations.remove(0);
    assert_eq!(it.auth.user.unwrap().user, b"hej");
    let it = configured("-w \"x\\n\"", &["-w", "", URL])
        .operations
        .remove(0);
    assert_eq!(it.write_out.as_deref(), Some(&b""[..]));
}

#[test]
fn config_files_may_hold_other_operations_and_files() {
    let inner = file("--next\nurl = http://b/\ndata = \"b\"\n");
    let outer = file(&format!(
        "--next\nurl = http://a/\ndata = a\nconfig = \"{}\"\n",
        name(inner.path())
    ));
    let plan = plan_with(&["-q", "http://first/", "-K", &name(outer.path())], "");
    let urls: Vec<&str> = plan
        .operations
        .iter()
        .map(|one| one.urls[0].url.as_str())
        .collect();
    assert_eq!(urls, ["http://first/", "http://a/", "http://b/"]);
    let plan = plan_with(&["-q", "-K", &name(inner.path())], "");
    assert_eq!(plan.operations.len(), 1);
    let plan = plan_with(&["-q", "-K", "-"], "url = http://in/");
    assert_eq!(plan.operations[0].urls[0].url, "http://in/");
}

#[test]
fn wrong_lines_of_a_config_file_are_told_with_their_place() {
    let check = |content: &str, exit: u8, message: &str, notice: &str| {
        let config = file(content);
        let path = name(config.path());
        let (got, text, notices) = refusal(&["-q", "-K", &path, URL]);
        let notices = notices
            .replace('\n', "")
            .replace("rcurl: ", "")
            .replace(&path, "F");
        assert_eq!(
            (got, text.as_str(), notices.as_str()),
            (exit, message, notice),
            "{content}"
        );
    };
    check(
        "\n# c\nbogus = 1",
        2,
        "option -K: found an unknown config option",
        "F:3 config file option 'bogus' is unknown",
    );
    check(
        "silent yes",
        2,
        "option -K: had unsupported trailing garbage",
        "",
    );
    check(
        "-d",
        2,
        "option -K: requires parameter",
        "F:1 config file option '-d' requires parameter",
    );
    check(
        "max-time = x",
        2,
        "option -K: expected a proper numerical parameter",
        "F:1 config file option 'max-time' expected a proper numerical parameter",
    );
    check(
        "header = \"a: b\\r\\nc: d\"",
        2,
        "option -K: the argument holds a line break or a NUL",
        "F:1 config file option 'header' the argument holds a line break or a NUL",
    );
    check(
        "compressed --silent",
        2,
        "option -K: had unsupported trailing garbage",
        "F:1 config file option 'compressed' had unsupported trailing garbage",
    );
}

#[test]
fn a_config_file_that_includes_itself_ends() {
    let config = file("");
    std::fs::write(config.path(), format!("config {}", name(config.path()))).unwrap();
    let (exit, message, notices) = refusal(&["-q", "-K", &name(config.path()), URL]);
    assert_eq!(
        (exit, message.as_str()),
        (2, "option -K: is badly used here")
    );
    assert!(notices.starts_with("rcurl: Max config file recursion level reached (5)\n"));
}

#[test]
fn unquoted_blanks_in_a_config_file_are_warned_of() {
    let plan = configured("data = arg with space", &[URL, "--silent"]);
    assert_eq!(
        plan.operations[0].request.body,
        Body::Data(Arc::new(b"arg".to_vec()))
    );
    let text = told(&plan.notices[0]);
    assert!(text.ends_with(":1 Option 'data' uses argument with unquoted whitespace. This may cause side-effects. Consider double quotes.\n"), "{text}");
}

#[test]
fn default_config_files_are_found_in_order() {
    let home = tempfile::tempdir().unwrap();
    let environment = Environment {
        variables: [("HOME".into(), home.path().into())].into(),
        ..Environment::default()
    };
    let agent = |line: &[&str]| match cli::parse(&words(line), &environment, &mut std::io::empty())
    {
        Ok(Asked::Run(plan)) => plan.operations[0].request.user_agent.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(agent(&[URL]), None);
    std::fs::create_dir(home.path().join(".config")).unwrap();
    for place in [".config/curlrc", ".curlrc", ".config/rcurlrc", ".rcurlrc"] {
        std::fs::write(home.path().join(place), format!("user-agent = {place}")).unwrap();
        assert_eq!(agent(&[URL]).as_deref(), Some(place));
    }
    assert_eq!(agent(&["-q", URL]), None);
    assert_eq!(agent(&["-qs", URL]), None);
    assert_eq!(agent(&["--disable", URL]), None);
    assert_eq!(agent(&["-s", "-q", URL]).as_deref(), Some(".rcurlrc"));
}

#[test]
fn variables_are_set_and_expanded() {
    let source = file("\n  spa ce\t");
    let from_file = format!("f@{}", name(source.path()));
    let environment = Environment {
        variables: [
            ("FROM_ENV".into(), "env".into()),
            ("BLANK".into(), "".into()),
        ]
        .into(),
        ..Environment::default()
    };
    let expand = |variables: &[&str], text: &str| {
        let mut line = vec!["-q", "-g", "--expand-url", text];
        for variable in variables {
            line.splice(0..0, ["--variable", *variable]);
        }
        line.rotate_right(0);
        let mut options = vec!["-q"];
        options.extend(line);
        match cli::parse(&words(&options), &environment, &mut "stdin".as_bytes()) {
            Ok(Asked::Run(plan)) => plan.operations[0].urls[0].url.clone(),
            other => panic!("{text}: {other:?}"),
        }
    };
    for (variables, text, expected) in [
        (&["v=x"][..], "a{{v}}b", "axb"),
        (&["v=x"], r"a\{{v}}{{v}}", "a{{v}}x"),
        (
            &["v=x"],
            "{{v}}{{not.good}}{{}}{{none}}{{open",
            "x{{not.good}}{{}}{{open",
        ),
        (&[], "plain \\{{ {{bad.name}}", "plain \\{{ {{bad.name}}"),
        (&["%FROM_ENV"], "{{FROM_ENV}}", "env"),
        (&["%BLANK"], "a{{BLANK}}b", "ab"),
        (&["%UNSET=default"], "{{UNSET}}", "default"),
        (&[&from_file], "{{f:trim:url}}", "spa%20ce"),
        (&["v@-"], "{{v:b64}}", "c3RkaW4="),
        (&["v=d2hpdGUtd2hhbGU="], "{{v:64dec}}", "white-whale"),
        (&["v=not-base64"], "{{v:64dec}}", "[64dec-fail]"),
        (&["v[5-9]=0123456789abcdef"], "{{v}}", "56789"),
        (&["v[12-]=0123456789abcdef"], "{{v}}", "cdef"),
        (&["v[99-]=0123"], "a{{v}}", "a"),
        (&["v=a\"\\\u{1}\n"], "{{v:json}}", "a\\\"\\\\\\u0001\\n"),
    ] {
        assert_eq!(expand(variables, text), expected, "{variables:?} {text}");
    }
    for (line, message) in [
        (
            &["--variable", "v=x", "--expand-data", "{{v:super}}", URL][..],
            "option --expand-data: variable expansion failure",
        ),
        (
            &["--variable", "%UNSET", URL],
            "option --variable: variable expansion failure",
        ),
        (
            &["--variable", "v[9-5]=x", URL],
            "option --variable: syntax error in --variable argument",
        ),
        (
            &["--variable", "v=AA==", "--expand-data", "{{v:64dec}}", URL],
            "option --expand-data: variable expansion failure",
        ),
    ] {
        assert_eq!(refusal(line).1, message);
    }
}

#[test]
#[cfg(unix)]
fn words_that_are_not_utf8_are_read_or_refused() {
    use std::os::unix::ffi::OsStringExt;
    let odd = |start: &str| OsString::from_vec([start.as_bytes(), b"\xff\xfe"].concat());
    for start in [
        "--",
        "-",
        "--no-",
        "--expand-",
        "-d",
        "-H",
        "-o",
        "-A",
        "--max-time=",
        "http://h/",
        "-F",
        "-K",
        "-b",
        "--data=",
    ] {
        let _ = cli::parse(
            &[odd(start), URL.into()],
            &Environment::default(),
            &mut std::io::empty(),
        );
    }
    match cli::parse(
        &[odd("http://h/"), "-q".into()],
        &Environment::default(),
        &mut std::io::empty(),
    ) {
        Ok(Asked::Run(plan)) => assert_eq!(plan.operations[0].urls[0].url, "http://h/%FF%FE"),
        other => panic!("{other:?}"),
    }
}

#[test]
#[cfg(unix)]
fn credentials_need_not_be_utf8() {
    use std::os::unix::ffi::OsStringExt;
    let typed = OsString::from_vec(b"\x80\xf3:\xce:\xff".to_vec());
    let words = ["-u".into(), typed.clone(), "-U".into(), typed, URL.into()];
    let asked = cli::parse(&words, &Environment::default(), &mut std::io::empty());
    let Ok(Asked::Run(plan)) = asked else {
        panic!("{asked:?}")
    };
    let it = &plan.operations[0];
    for user in [&it.auth.user, &it.proxy.user] {
        let user = user.as_ref().unwrap();
        assert_eq!(user.user, b"\x80\xf3");
        assert_eq!(user.password.reveal(), b"\xce:\xff");
    }
}

#[test]
fn secrets_stay_out_of_debug() {
    let plan = plan(&[
        "-u",
        "me:hunter2",
        "--oauth2-bearer",
        "hunter2",
        "-U",
        "me:hunter2",
        "-x",
        "http://me:hunter2@p/",
        "--pass",
        "hunter2",
    ]);
    assert!(!format!("{plan:?}").contains("hunter2"));
}

/// Words that mean something together, and some that do not.
fn any_word() -> impl Strategy<Value = String> {
    prop_oneof![
        "-[sSvLIGkNfoOdHFbuXmqhVK#:=]{1,4}",
        "--(no-|expand-)?(silent|data|form|next|url|help|range|proto|variable|retry)(=[a-z{}@]{0,4})?",
        "[@<(){}=;:,\"a-z0-9-]{0,8}",
    ]
}

proptest! {
    #![proptest_config(chance(256))]

    #[test]
    fn no_words_crash(line in prop::collection::vec(any_word(), 0..8)) {
        // `@` and `<` may name files, but none that are there.
        let line: Vec<&str> = line.iter().map(String::as_str).collect();
        let _ = ask(&[&["-q"], &line[..]].concat(), "standard input");
    }

    #[test]
    fn letters_mean_the_same_apart_and_together(letters in "[sSLkNfjRg]{1,6}", value in "[=a-z-]{1,5}") {
        let apart: Vec<String> = letters.chars().map(|letter| format!("-{letter}")).collect();
        let mut apart: Vec<&str> = apart.iter().map(String::as_str).collect();
        apart.extend(["-d", &value, URL]);
        let joined = format!("-{letters}d{value}");
        prop_assert_eq!(plan_with(&apart, ""), plan_with(&[&joined, URL], ""));
    }

    #[test]
    fn no_config_file_crashes(content in "([a-z-]{0,8}[ =:]{0,2}[\\\\\"a-z@{}#\n-]{0,8}\n?){0,6}") {
        let _ = ask(&["-q", "-K", "-", URL], &content);
    }
}

#[test]
fn a_time_of_zero_is_no_limit() {
    for zero in ["0", "0.0", "0.0001"] {
        let it = operation(&["-m", "5", "-m", zero, "--connect-timeout", zero]);
        assert_eq!((it.limits.total, it.limits.connect), (None, None), "{zero}");
        let it = operation(&["--retry-delay", zero, "--retry-max-time", zero]);
        assert_eq!((it.retry.delay, it.retry.most_time), (None, None), "{zero}");
    }
}
