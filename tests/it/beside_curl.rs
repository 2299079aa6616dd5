//! The same words given to curl, where it is installed, and to rcurl: what the server hears, what
//! standard output and files get, and the exit status must be equal. Command lines on which the
//! versions of curl differ have no place here.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use crate::support::escape::shown;
use crate::support::program::{clean, found, run_with};
use crate::support::server::{Server, Talk, field, response};
use crate::support::story::split;

/// Words in which `{url}` is the server and `{dir}` a folder with the files of `GIVEN`.
const LINES: &[&str] = &[
    "{url}/",
    "-i {url}/",
    "-I {url}/",
    "-X PATCH {url}/",
    "-X DELETE {url}/echo -d gone",
    "-0 {url}/",
    "--http1.1 {url}/chunked",
    "{url}/one {url}/two?x=y#fragment",
    "{url}/a/../b/./c",
    "--path-as-is {url}/a/../b/./c",
    "{url}/%7Euser/a%20b?q=a+b",
    "{url}/{a,b}/[1-3]",
    "-g {url}/[x]{y}",
    "-A agent/1 -e http://from.test/ {url}/",
    "-H 'X-One: 1' -H 'X-Empty;' -H 'Accept:' -H 'User-Agent: other' {url}/",
    "-H 'Host: other.test' {url}/",
    "-H @{dir}/headers {url}/",
    "-d a=b {url}/echo",
    "-d a=b -d 'c=d e' -d @{dir}/data {url}/echo",
    "--data-raw @data {url}/echo",
    "--data-binary @{dir}/data {url}/echo",
    "--data-urlencode 'a=b c&d' --data-urlencode '=e f' --data-urlencode g@{dir}/data {url}/echo",
    "-d '' {url}/echo",
    "-d @- {url}/echo",
    "-G -d a=b --data-urlencode 'c=d e' {url}/?x=y",
    "-G -I -d a=b {url}/",
    "--json '{\"a\":1}' {url}/echo",
    "--json '[' --json ']' -H 'Accept: text/plain' {url}/echo",
    "-F a=b -F 'c=@{dir}/data;type=text/x-c' -F 'd=<{dir}/data' {url}/",
    "-F 'a=@{dir}/data;filename=other.txt' --form-string b=@c {url}/",
    "-H Expect: -T {dir}/data {url}/up/",
    "-H Expect: -T {dir}/data {url}/up/name",
    "-T - {url}/up/stdin",
    "-T {dir}/empty {url}/up/",
    "-u user:secret {url}/401",
    "-u user:wrong --basic -f {url}/404",
    "--digest -u user:secret {url}/digest",
    "--digest -u user:secret -d a=b {url}/digest",
    "--anyauth -u user:secret {url}/401",
    "--oauth2-bearer token {url}/",
    "-n --netrc-file {dir}/netrc {url}/",
    "-b 'c=d; e=f' {url}/",
    "-b {dir}/jar {url}/path/",
    "-b '' {url}/cookie {url}/cookie/below {url}/elsewhere",
    "-r 0-4 {url}/",
    "-r -5 {url}/",
    "-C 5 {url}/resumed",
    "-L {url}/301",
    "-L -d a=b {url}/301",
    "-L -d a=b {url}/303",
    "-L -d a=b {url}/307",
    "-L --post301 -d a=b {url}/301",
    "-L -X PUT -d a=b {url}/302",
    "-L --max-redirs 0 {url}/302",
    "-L -i {url}/302",
    "-I -L {url}/308",
    "-L -e ';auto' {url}/302",
    "--compressed {url}/gzip",
    "{url}/gzip",
    "--raw {url}/chunked",
    "-i {url}/chunked",
    "-f {url}/404",
    "--fail-with-body {url}/404",
    "-f {url}/404 {url}/",
    "--fail-early -f {url}/404 {url}/",
    "-o {dir}/out {url}/ -o {dir}/out2 {url}/chunked",
    "-O --output-dir {dir}/ {url}/dir/named.txt?x",
    "-OJ --output-dir {dir}/ {url}/named",
    "-D {dir}/head -o {dir}/out {url}/302 -L",
    "-z 'Sat, 21 Nov 2020 00:00:00 GMT' {url}/304",
    "--max-filesize 3 {url}/",
    "{url}/close",
    "{url}/short",
    "{url}/empty",
    "{url}/204",
    "{url}/103",
    "-w '%{http_code} %{size_download} %{num_redirects} %{content_type} %{method}\\n' -L {url}/302",
    "-w '%{header_json}%{num_headers} %header{server}\\n' -o /dev/null {url}/",
    "-s -S -m 5 {url}/ --next -d x {url}/echo",
    "--url {url}/ --request-target /other",
    "--url-query a=b --url-query 'c=d e' {url}/?x",
    "-K {dir}/config {url}/",
    "--connect-to ::127.0.0.1:{port} http://any.test/",
    "--resolve any.test:{port}:127.0.0.1 http://any.test:{port}/",
    "-x {url} http://any.test/proxied",
    "--proxy-user p:q -x {url} http://any.test/proxied",
    "--noproxy any.test -x http://127.0.0.1:1 --resolve any.test:{port}:127.0.0.1 http://any.test:{port}/",
    "http://",
    "ftp.example://x/",
    "--no-such-option {url}/",
    "-F a=@{dir}/missing {url}/echo",
    "-T {dir}/missing {url}/",
    "-H 'X: y' -o {dir}/no/such/folder {url}/",
];

const GIVEN: &[(&str, &str)] = &[
    ("data", "first line\r\nsecond & last\n"),
    ("empty", ""),
    ("headers", "X-From-File: 1\nX-Two: 2\n"),
    (
        "netrc",
        "machine 127.0.0.1 login netrc password from-file\n",
    ),
    (
        "jar",
        "# Netscape HTTP Cookie File\n127.0.0.1\tFALSE\t/\tFALSE\t0\tkept\tvalue\n127.0.0.1\tFALSE\t/other\tFALSE\t0\tnot\there\n",
    ),
    (
        "config",
        "header = \"X-Config: yes\"\nuser-agent other\n-e = referer\n",
    ),
];
const STDIN: &str = "from\r\nstandard input\n";

/// What came of a command line.
#[derive(PartialEq, Eq)]
struct Came {
    exit: Option<i32>,
    heard: String,
    stdout: String,
    written: BTreeMap<String, String>,
}

#[test]
fn curl_and_rcurl_do_the_same() {
    let Some(curl) = found("curl") else { return };
    let server = Server::new(|talk| while answer(talk).is_some() {});
    let mut differences = Vec::new();
    for line in LINES {
        let theirs = play(&curl, line, &server);
        let ours = play(env!("CARGO_BIN_EXE_rcurl"), line, &server);
        if ours != theirs {
            differences.push(format!("=== {line}\n--- curl\n{theirs}--- rcurl\n{ours}"));
        }
    }
    assert!(differences.is_empty(), "{}", differences.concat());
}

fn play(program: &str, line: &str, server: &Server) -> Came {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in GIVEN {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let port = server.port().to_string();
    let line = line
        .replace("{url}", &server.url(""))
        .replace("{port}", &port);
    let words = split(&line.replace("{dir}", folder.path().to_str().unwrap()));
    let words = [vec!["-q".to_owned(), "-sS".to_owned()], words].concat();
    let ended = run_with(clean(program, &words), STDIN.into());
    let heard = server.take_heard().concat();
    Came {
        exit: ended.exit,
        heard: without_names(&shown(&heard)),
        stdout: without_names(&shown(&ended.stdout)),
        written: written(folder.path()),
    }
}

fn written(folder: &Path) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let files = entries.map(|entry| {
        (
            entry.file_name().into_string().unwrap(),
            std::fs::read(entry.path()).unwrap(),
        )
    });
    files
        .filter(|(name, _)| !GIVEN.iter().any(|(given, _)| given == name))
        .map(|(name, octets)| (name, shown(&octets)))
        .collect()
}

impl std::fmt::Display for Came {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(
            f,
            "exit {:?}\n[heard]\n{}[stdout]\n{}",
            self.exit, self.heard, self.stdout
        )?;
        self.written
            .iter()
            .try_for_each(|(name, content)| writeln!(f, "[{name}]\n{content}"))
    }
}

/// Takes out what cannot be equal: the product's name, boundaries (and the lengths they add to), and
/// the parts of Digest that are drawn by lot.
fn without_names(text: &str) -> String {
    let boundary = text
        .split("boundary=")
        .nth(1)
        .map(|rest| rest.split(['\r', '\\', '\n']).next().unwrap());
    let text = match boundary {
        Some(boundary) => text.replace(boundary, "BOUNDARY"),
        None => text.to_owned(),
    };
    let lines = text.lines().map(|line| match line.split_once(": ") {
        Some(("User-Agent", value)) if value.contains("curl/") => "User-Agent: PRODUCT".to_owned(),
        Some(("Content-Length", _)) if boundary.is_some() => "Content-Length: N".to_owned(),
        Some(("Authorization", value)) => format!("Authorization: {}", without_lots(value)),
        _ => line.to_owned(),
    });
    lines.map(|line| line + "\n").collect()
}

fn without_lots(value: &str) -> String {
    let parameters = value
        .split(", ")
        .map(|parameter| match parameter.split_once('=') {
            Some((name @ ("cnonce" | "response"), _)) => format!("{name}=LOT"),
            _ => parameter.to_owned(),
        });
    parameters.collect::<Vec<_>>().join(", ")
}

/// Answers one request by its path; none when the connection is over.
fn answer(talk: &mut Talk) -> Option<()> {
    let (head, body) = talk.request()?;
    let mut words = head.split(' ');
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let path = target.split('?').next().unwrap();
    let authorization = field(&head, "authorization").unwrap_or_default();
    let text = "Server: script\r\nContent-Type: text/plain\r\n";
    let octets = match path {
        "/echo" | "/final" => response("200 OK", text, body),
        "/301" | "/302" | "/303" | "/307" | "/308" => {
            response(&format!("{} Elsewhere", &path[1..]), "Location: /final?from=here\r\n", "moved\n")
        }
        "/401" if authorization.is_empty() => {
            response("401 Unauthorized", "WWW-Authenticate: Basic realm=\"here\"\r\n", "who?\n")
        }
        "/digest" if authorization.is_empty() => {
            let challenge = "WWW-Authenticate: Digest realm=\"here\", nonce=\"n0nce\", qop=\"auth\", algorithm=MD5\r\n";
            response("401 Unauthorized", challenge, "who?\n")
        }
        "/gzip" => response("200 OK", "Content-Encoding: gzip\r\n", gzip(b"hello, hello, hello\n")),
        "/chunked" => b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-End\r\n\r\n5;a=b\r\nhello\r\n1\r\n\n\r\n0\r\nX-End: yes\r\n\r\n".to_vec(),
        "/404" => response("404 Not Found", text, "not here\n"),
        "/cookie" => {
            let cookies = "Set-Cookie: a=1; Path=/\r\nSet-Cookie: b=2; Path=/cookie\r\nSet-Cookie: c=3; Secure\r\n";
            response("200 OK", cookies, "cookies\n")
        }
        "/named" => response("200 OK", "Content-Disposition: attachment; filename=\"told.txt\"\r\n", "named\n"),
        "/resumed" => response("206 Partial Content", "Content-Range: bytes 5-9/10\r\n", "56789"),
        "/304" => b"HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n".to_vec(),
        "/204" => b"HTTP/1.1 204 No Content\r\n\r\n".to_vec(),
        "/103" => [b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".to_vec(), response("200 OK", "", "hinted\n")].concat(),
        "/close" => b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end\n".to_vec(),
        "/short" => b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf".to_vec(),
        "/empty" => Vec::new(),
        _ => response("200 OK", text, "hello\n"),
    };
    let ends = ["/close", "/short", "/empty"].contains(&path);
    let head_only = method == "HEAD" && !octets.is_empty();
    let length = octets
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .map_or(0, |at| at + 4);
    talk.say(if head_only {
        &octets[..length]
    } else {
        &octets
    });
    if ends {
        talk.close();
        return None;
    }
    Some(())
}

fn gzip(octets: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(octets).unwrap();
    encoder.finish().unwrap()
}
