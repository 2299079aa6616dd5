//! Transcripts of what real servers say: the same octets each time, though everything that can vary
//! does.

use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::date_time_ymd;

use super::elsewhere::Foreign;
use super::secured::world;
use crate::support::certificates::server_config as config;
use crate::support::program::{Ended, found, rcurl, run};
use crate::support::server::{Server, response};

/// A transcript of a run with these words, and how it ended.
fn transcript(words: &[&str]) -> (String, Ended) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("transcript");
    let own = ["-s", "--out-null", "--transcript", file.to_str().unwrap()];
    let ended = run(rcurl(&[&own, words].concat()));
    (std::fs::read_to_string(file).unwrap(), ended)
}

/// Runs each of these twice and compares. A word that begins with `/` is a path of the server.
fn the_same_twice(url: impl Fn(&str) -> String, cases: &[&str]) {
    let mut different = Vec::new();
    for case in cases {
        let words: Vec<String> = case
            .split(' ')
            .map(|word| {
                if word.starts_with('/') {
                    url(word)
                } else {
                    word.to_owned()
                }
            })
            .collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let [(one, _), (other, _)] = [(); 2].map(|()| transcript(&words));
        assert!(
            one.contains("\n< ") && one.contains("\n> "),
            "{case}: {one}"
        );
        if one != other {
            different.push(format!("{case}\n{one}\nbut then\n{other}"));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
}

/// A server of our own that never says the same twice, but for what matters.
fn fickle() -> Server {
    let requests = AtomicUsize::new(1);
    Server::new(move |talk| {
        while let Some((head, _)) = talk.request() {
            let n = requests.fetch_add(1, Ordering::Relaxed);
            let second = n % 60;
            let path = head.split(' ').nth(1).unwrap_or_default();
            let fields = format!(
                "Date: Sat, 21 Nov 2026 09:30:{second:02} GMT\r\nLast-Modified: Fri, 20 Nov 2026 10:00:{second:02} GMT\r\n\
                 ETag: \"{n:08x}-1a\"\r\nAge: {n}\r\nX-Request-Id: request-{n}\r\nX-Runtime: 0.{n}\r\n\
                 Server-Timing: db;dur={n}.5\r\nX-RateLimit-Remaining: {n}\r\nSet-Cookie: sid=session-{n}; Expires=Sun, 22 Nov 2026 09:30:{second:02} GMT\r\n\
                 Content-Security-Policy: script-src 'nonce-noncenonce{n}'\r\n"
            );
            let id = format!("0f8fad5b-d9cb-469f-a165-{n:012x}");
            talk.say(match path {
                "/json" => {
                    let content = format!(
                        "{{\"id\":\"{id}\",\"same\":\"{id}\",\"made\":\"2026-11-21T09:30:{second:02}Z\",\"request\":\"request-{n}\",\"token\":\"token-{n}\"}}"
                    );
                    response("200 OK", &format!("{fields}Content-Type: application/json\r\n"), content)
                }
                "/page" => {
                    let content = format!("<script nonce=\"noncenonce{n}\"></script>\n{id}\n");
                    response("200 OK", &format!("{fields}Content-Type: text/html\r\n"), content)
                }
                "/parts" => {
                    let content = format!("--boundary{n:04}\r\n\r\n\0part\r\n--boundary{n:04}--\r\n");
                    let media_type = format!("Content-Type: multipart/mixed; boundary=boundary{n:04}\r\n");
                    response("206 Partial Content", &(fields + &media_type), content)
                }
                "/chunks" => {
                    let text = format!("HTTP/1.1 200 OK\r\n{fields}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n", n % 7 + 1);
                    let content = "chunked content, cut anywhere\n";
                    let (one, other) = content.split_at(n % 7 + 1);
                    format!("{text}{one}\r\n{:x};n={n}\r\n{other}\r\n0\r\nX-Request-Id: trailer-{n}\r\n\r\n", other.len())
                        .into_bytes()
                }
                "/hints" => {
                    let last = response("200 OK", &fields, "hinted\n");
                    [b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n", &*last].concat()
                }
                "/moved" => response("302 Found", &format!("{fields}Location: /json?token=token-{n}\r\n"), "moved\n"),
                "/digest" if !head.contains("Authorization: ") => {
                    let challenge = format!("WWW-Authenticate: Digest realm=\"r\", nonce=\"nonce{n:08}\", opaque=\"opaque{n}\", qop=\"auth\"\r\n");
                    response("401 Unauthorized", &(fields + &challenge), "")
                }
                "/close" => response("200 OK", &format!("{fields}Connection: close\r\n"), "closed\n"),
                "/empty" => format!("HTTP/1.1 204 No Content\r\n{fields}\r\n").into_bytes(),
                _ => response("200 OK", &fields, "same\n"),
            });
            if path == "/close" {
                talk.close();
            }
        }
    })
}

const FICKLE: &[&str] = &[
    "/json",
    "/page",
    "/parts",
    "/chunks",
    "/hints",
    "/empty",
    "/close",
    "/close /close",
    "/json /json",
    "-L /moved",
    "--digest -u sam:secret /digest",
    "--anyauth -u sam:secret /digest",
    "-u sam:secret /same",
    "-d a=b /same",
    "-F a=b /same",
    "-F f=@/dev/null /same",
    "-X PUT -d {\"password\":\"p\"} /same",
    "-H Expect:100-continue -d abc /same",
    "-I /empty",
    "-b old=1 /same",
    "-0 /close",
    "-Z /json /page /parts",
    "-f /same",
    "--compressed /json",
];

#[test]
fn a_server_that_never_says_the_same() {
    let server = fickle();
    the_same_twice(|path| server.url(path), FICKLE);
    let other = fickle();
    let one = transcript(&["-L", &server.url("/moved")]).0;
    assert_eq!(
        one,
        transcript(&["-L", &other.url("/moved")]).0,
        "a port is no difference"
    );
    assert!(one.contains("GET http://127.0.0.1:<port>/moved\n"), "{one}");
}

#[test]
fn pythons_file_server_twice() {
    let Some(python) = found("python3") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("sub/deep")).unwrap();
    for (name, content) in [
        ("index.html", "<p>hello\n"),
        ("a.json", "{\"a\":[1]}"),
        ("b.txt", "one\ntwo\n"),
        ("c.bin", "\0\u{1}"),
        ("sub/d.css", "p {}\n"),
    ] {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let mut command = Command::new(python);
    let words = [
        "-u",
        "-m",
        "http.server",
        "0",
        "--bind",
        "127.0.0.1",
        "--directory",
    ];
    let server = Foreign::start(command.args(words).arg(folder.path()));
    the_same_twice(
        |path| server.url(path),
        &[
            "/",
            "/index.html",
            "/a.json",
            "/b.txt",
            "/c.bin",
            "/sub",
            "-L /sub",
            "/sub/",
            "/sub/deep/",
            "/sub/d.css",
            "/missing",
            "-I /b.txt",
            "-d a=b /",
            "-X PUT /",
            "-0 /b.txt",
            "-r 0-2 /b.txt",
            "/b.txt /a.json",
            "/b.txt?x=1",
            "-u a:b /b.txt",
            "-f /missing",
            "--compressed /b.txt",
            "-Z /a.json /b.txt",
        ],
    );
}

const NODE_SERVER: &str = "
const http = require('http'), crypto = require('crypto'), zlib = require('zlib');
const server = http.createServer((request, response) => {
    const path = request.url.split('?')[0];
    const type = (name) => response.setHeader('Content-Type', name);
    if (path === '/json') {
        type('application/json');
        response.end(JSON.stringify({when: new Date(), now: Date.now(), id: crypto.randomUUID(), port: request.socket.remotePort}));
    } else if (path === '/lines') {
        type('application/x-ndjson');
        response.setHeader('Trailer', 'Sum');
        response.write('{\"a\":1}\\n');
        response.addTrailers({Sum: '2'});
        setTimeout(() => response.end('{\"a\":2}\\n'), 3);
    } else if (path === '/events') {
        type('text/event-stream');
        response.write('data: {\"at\":\"' + new Date().toISOString() + '\"}\\n\\n');
        setTimeout(() => response.end('data: end\\n\\n'), 3);
    } else if (path === '/gzip') {
        response.writeHead(200, {'Content-Encoding': 'gzip', 'Content-Type': 'text/plain'});
        response.end(zlib.gzipSync('hello '.repeat(20) + crypto.randomUUID(), {level: 1 + Math.floor(Math.random() * 9)}));
    } else if (path === '/traced') {
        response.setHeader('X-Request-Id', crypto.randomUUID());
        response.setHeader('traceparent', '00-' + crypto.randomBytes(16).toString('hex') + '-00f067aa0ba902b7-01');
        response.setHeader('Server-Timing', 'db;dur=' + Math.random());
        response.end('traced\\n');
    } else if (path === '/parts') {
        const boundary = crypto.randomBytes(12).toString('hex');
        type('multipart/mixed; boundary=' + boundary);
        response.end('--' + boundary + '\\r\\n\\r\\nx\\r\\n--' + boundary + '--\\r\\n');
    } else if (path === '/cookie') {
        response.setHeader('Set-Cookie', ['sid=' + crypto.randomBytes(12).toString('base64'), 'theme=dark']);
        response.end();
    } else if (path === '/hints') {
        response.writeEarlyHints({link: '</style.css>; rel=preload'}, () => response.end('hinted'));
    } else if (path === '/moved') {
        response.writeHead(307, {Location: '/echo'});
        request.resume().on('end', () => response.end());
    } else if (path === '/missing') {
        response.writeHead(404).end('no');
    } else if (path === '/cut') {
        response.writeHead(200, {'Content-Length': 10});
        response.write('half', () => response.destroy());
    } else {
        response.writeHead(200, {'X-Method': request.method});
        request.pipe(response);
    }
});
server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port));
";

#[test]
fn nodes_server_twice() {
    let Some(node) = found("node") else { return };
    let server = Foreign::start(Command::new(node).args(["-e", NODE_SERVER]));
    the_same_twice(
        |path| server.url(path),
        &[
            "/json",
            "/lines",
            "/events",
            "/gzip",
            "--compressed /gzip",
            "/traced",
            "/parts",
            "/cookie",
            "-b a=1 /cookie /echo",
            "/hints",
            "-L -d a=b /moved",
            "/moved",
            "/missing",
            "/cut",
            "-d a=b /echo",
            "-F a=b /echo",
            "-F f=@Cargo.toml;type=x/y /echo",
            "-X PUT -d a=b /echo",
            "-X DELETE /echo",
            "-I /json",
            "-H Expect:100-continue -d abc /echo",
            "/json /traced /cookie",
            "-Z /json /traced /cookie",
            "-0 /json",
            "-u sam:secret /json",
        ],
    );
}

#[test]
fn tls_is_told_as_far_as_it_is_the_same_each_time() {
    let (world, ca) = world();
    let server = |issued| {
        Server::tls(config(&issued), |talk| {
            while talk.request().is_some() {
                talk.say(response("200 OK", "", "secret\n"));
            }
        })
    };
    let good = server(world.issue(&["a.test"], |_| {}));
    let expired = server(world.issue(&["a.test"], |params| {
        params.not_before = date_time_ymd(2019, 1, 1);
        params.not_after = date_time_ymd(2020, 1, 2);
    }));
    for (server, words, exit, told) in [
        (
            &good,
            &["--cacert", &*ca][..],
            0,
            "* TLSv1.3, certificate verified\n> GET / HTTP/1.1\n",
        ),
        (
            &good,
            &["--cacert", &ca, "--tls-max", "1.2"],
            0,
            "* TLSv1.2, certificate verified\n> GET",
        ),
        (
            &expired,
            &["-k"],
            0,
            "* TLSv1.3, certificate not verified\n> GET",
        ),
        (
            &expired,
            &["--cacert", &ca],
            60,
            "GET https://a.test:<port>/\n! rcurl: (60) SSL certificate problem: certificate has expired",
        ),
        (
            &good,
            &[],
            60,
            "GET https://a.test:<port>/\n! rcurl: (60) SSL certificate problem",
        ),
    ] {
        let resolve = format!("a.test:{}:127.0.0.1", server.port());
        let url = server.url_by("a.test", "/");
        let words = [words, &["--resolve", &resolve, &url]].concat();
        let [(one, ended), (other, _)] = [(); 2].map(|()| transcript(&words));
        assert_eq!(ended.exit, Some(exit), "{one}");
        assert!(one.contains(told), "{one}");
        assert_eq!(one, other);
    }
}

#[test]
fn a_snapshot_of_a_real_run_holds_for_the_next() {
    let server = fickle();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("snapshot");
    let words = |path: &str| {
        [
            "-L",
            "--snapshot",
            file.to_str().unwrap(),
            &server.url(path),
        ]
        .map(str::to_owned)
    };
    let first = run(rcurl(&words("/moved")));
    assert_eq!(first.exit, Some(0));
    assert!(
        first.stderr.starts_with("rcurl: wrote the snapshot "),
        "{}",
        first.stderr
    );
    let again = run(rcurl(&words("/moved")));
    assert_eq!((again.exit, again.stderr.as_str()), (Some(0), ""));
    let other = run(rcurl(&words("/page")));
    assert_eq!(other.exit, Some(121));
    assert!(
        other.stderr.contains("\n-> GET /moved HTTP/1.1\n"),
        "{}",
        other.stderr
    );
    assert!(other.stdout.starts_with(b"<script nonce="));
}
