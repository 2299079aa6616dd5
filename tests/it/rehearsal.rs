//! `--dry-run`: what it shows is what a real run sends.
//!
//! The law: for any command line, standard output of the dry run is, to the octet, what the same run
//! sends to servers that answer nothing which would make it ask again.

use std::time::Duration;

use rcurl::net::Step;

use crate::support::stage::{Meeting, Outcome, Scene};
use crate::support::story::split;

/// Command lines, the connections that each makes, and the requests on each of them.
const RUNS: &[(&str, &[usize])] = &[
    ("http://host.test/", &[1]),
    ("http://host.test/%7e/../a?b#c", &[1]),
    ("--path-as-is http://host.test/a/../b", &[1]),
    ("-I http://host.test/", &[1]),
    ("-0 http://host.test/", &[1]),
    ("-X PATCH -d a=b http://host.test/", &[1]),
    ("-G -d a=b http://host.test/?c", &[1]),
    (
        "-H 'Host: other' -H 'Accept:' -H 'X-Empty;' http://host.test/",
        &[1],
    ),
    (
        "-A me -e 'http://from.test/' -r 1-2 --compressed http://host.test/",
        &[1],
    ),
    ("-z '1 Jan 2020' --tr-encoding http://host.test/", &[1]),
    ("-u me:secret http://host.test/", &[1]),
    ("http://me:secret@host.test/", &[1]),
    ("--netrc-file {dir}/netrc http://host.test/", &[1]),
    ("--oauth2-bearer token http://host.test/", &[1]),
    ("--digest -u me:secret http://host.test/", &[1]),
    (
        "--digest -u me:secret -T {dir}/small http://host.test/",
        &[1],
    ),
    ("--anyauth -u me:secret -d a=b http://host.test/", &[1]),
    (
        "--aws-sigv4 aws:amz:region:service -u me:secret -d a=b http://host.test/",
        &[1],
    ),
    ("-b a=b http://host.test/", &[1]),
    ("-b {dir}/jar http://host.test/", &[1]),
    ("--etag-compare {dir}/small http://host.test/", &[1]),
    ("-d a=b -d @{dir}/small http://host.test/", &[1]),
    ("--data-binary @{dir}/large http://host.test/", &[1]),
    ("--json '{\"a\": 1}' http://host.test/", &[1]),
    ("-F a=b -F c=@{dir}/small http://host.test/", &[1]),
    ("-F c=@{dir}/large;encoder=base64 http://host.test/", &[1]),
    ("-F 'a=<-' http://host.test/", &[1]),
    ("-T {dir}/small http://host.test/folder/", &[1]),
    ("-T {dir}/large http://host.test/", &[1]),
    ("-T {dir}/small -C 3 http://host.test/", &[1]),
    ("-T - http://host.test/", &[1]),
    ("-T - -H 'Expect:' http://host.test/", &[1]),
    (
        "-T {dir}/small -H 'Transfer-Encoding: chunked' http://host.test/",
        &[1],
    ),
    ("-d a=b -H 'Expect: 100-continue' http://host.test/", &[1]),
    ("--crlf -T {dir}/large http://host.test/", &[1]),
    ("-T {dir}/{small,large} http://host.test/", &[2]),
    (
        "http://host.test/[1-3] --next -d a=b http://host.test/",
        &[4],
    ),
    (
        "-x http://proxy.test:3128 -U p:q -d a=b http://host.test:81/?a",
        &[1],
    ),
    (
        "-x http://proxy.test:3128 --proxy-digest -U p:q -d a=b http://host.test/",
        &[1],
    ),
    (
        "-x http://proxy.test:3128 --proxy-header 'X: y' -p http://host.test/",
        &[2],
    ),
    (
        "--proxy1.0 proxy.test -U p:q -p -d a=b http://host.test/",
        &[2],
    ),
    ("--connect-to ::there.test:8080 http://host.test/", &[1]),
    (
        "--connect-to ::there.test:8080 -x http://proxy.test:3128 http://host.test/",
        &[2],
    ),
    ("--unix-socket /nowhere http://host.test/", &[1]),
    ("--request-target '*' -X OPTIONS http://host.test/", &[1]),
    ("--url-query a=b http://host.test/", &[1]),
];

/// The same command line, in earnest and not.
struct Both {
    real: Outcome,
    dry: Outcome,
}

fn both(words: &str, connections: &[usize]) -> Both {
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().display().to_string();
    let large: Vec<u8> = (0..1_060_000_u32).map(|number| number as u8).collect();
    let jar = b"host.test\tFALSE\t/\tFALSE\t0\ta\tfrom the jar\n";
    let netrc = b"machine host.test login me password secret\n";
    for (file, octets) in [
        ("small", &b"small content"[..]),
        ("large", &large),
        ("jar", jar),
        ("netrc", netrc),
    ] {
        std::fs::write(folder.path().join(file), octets).unwrap();
    }
    let words: Vec<String> = split(words)
        .into_iter()
        .map(|word| word.replace("{dir}", &name))
        .collect();
    let scene = |more: &[&str], meetings: Vec<Meeting>| Scene {
        words: more
            .iter()
            .map(|&word| word.to_owned())
            .chain(words.iter().cloned())
            .collect(),
        stdin: b"from standard input".repeat(9000),
        meetings,
        ..Scene::default()
    };
    let meetings = connections.iter().map(|&requests| server(requests));
    // Addresses for every name, since a real run looks them up.
    let known = [
        "host.test:80",
        "host.test:81",
        "host.test:443",
        "there.test:8080",
        "proxy.test:3128",
        "proxy.test:1080",
    ];
    let known: Vec<String> = known.iter().map(|it| format!("{it}:127.0.0.1")).collect();
    let known: Vec<&str> = known.iter().flat_map(|it| ["--resolve", it]).collect();
    Both {
        real: scene(&[&["-sS"], &known[..]].concat(), meetings.collect()).play(),
        dry: scene(&["-sS", "--dry-run"], Vec::new()).play(),
    }
}

/// Answers so many requests, each after a time in which all of it has come. The last answer is one
/// after which nobody asks again, whatever was held back.
fn server(requests: usize) -> Meeting {
    let answer = |status: &str| {
        [
            Step::Await(b"\r\n\r\n".to_vec()),
            Step::Silence(Duration::from_secs(2)),
            Step::Say(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").into_bytes()),
        ]
    };
    let steps = (1..=requests).flat_map(|number| match number {
        last if last == requests => answer("403 Forbidden"),
        _ => answer("200 OK"),
    });
    Meeting::Accepts(steps.collect())
}

#[test]
fn a_dry_run_shows_what_a_real_run_sends() {
    for (words, connections) in RUNS {
        let Both { real, dry } = both(words, connections);
        let stderr = String::from_utf8_lossy(&real.stderr);
        assert_eq!(real.exit, 0, "{words}: {stderr}");
        assert_eq!(real.unmet, 0, "{words}");
        let sent: Vec<u8> = real.sent.into_iter().flat_map(|(_, sent)| sent).collect();
        assert!(!sent.is_empty(), "{words}");
        let shown = dry.stdout;
        let first = sent
            .iter()
            .zip(&shown)
            .take_while(|(one, other)| one == other);
        let same = first.count();
        assert!(
            sent == shown,
            "{words}: {} octets sent, {} shown, different after {same}: {:?}",
            sent.len(),
            shown.len(),
            String::from_utf8_lossy(&shown[same..shown.len().min(same + 200)])
        );
        assert_eq!(dry.exit, 0, "{words}");
        assert!(dry.sent.is_empty(), "{words}: {:?}", dry.sent);
        assert!(dry.stderr.is_empty(), "{words}");
    }
}

/// Command lines that end before anybody is connected to.
const BAD: &[&str] = &[
    "nonsense://host.test/",
    "http://",
    "http://host.test/[1-",
    "http://host.test/ --proto =https",
    "http://me@host.test/ --disallow-username-in-url",
    "http://host.test/ -T {dir}/missing",
    "http://host.test/ -F a=@{dir}/missing",
    "http://host.test/ -T {dir}/small -C 13",
    "http://host.test/ -0 -T -",
    "http://host.test/ --resolve nonsense",
    "http://host.test/ --connect-to nonsense",
    "http://host.test/ --request-target 'a b'",
    "http://host.test/ -x nonsense://proxy.test",
    "http://host.test/ --netrc-file {dir}/missing",
    "http://host.test/ --etag-save {dir}/missing/etag",
    "https://host.test/ --ciphers nonsense --tlsv1.2",
    "https://host.test/ --cert {dir}/small",
];

#[test]
fn a_dry_run_ends_as_a_real_run_does_where_a_command_line_is_bad() {
    for words in BAD {
        let Both { real, dry } = both(words, &[1]);
        assert_ne!(real.exit, 0, "{words}");
        let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
        assert_eq!(dry.exit, real.exit, "{words}: {}", text(&dry.stderr));
        assert_eq!(text(&dry.stderr), text(&real.stderr), "{words}");
        assert!(dry.sent.is_empty(), "{words}");
    }
}
