//! Servers of other languages, where they are at hand.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use crate::support::program::{found, rcurl, run, run_with};

/// A server in a process of its own, which ends with the test.
pub(super) struct Foreign {
    child: Child,
    port: u16,
}

impl Foreign {
    /// Starts a program whose first line on standard output ends with its port, or holds it after `port `.
    pub(super) fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let behind = line.split("port ").last().unwrap();
        let digits: String = behind.chars().take_while(char::is_ascii_digit).collect();
        Self {
            child,
            port: digits.parse().expect(&line),
        }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.port)
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn pythons_file_server() {
    let Some(python) = found("python3") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("sub")).unwrap();
    std::fs::write(folder.path().join("sub/index.html"), "<p>hello\n").unwrap();
    let mut command = Command::new(python);
    command
        .args([
            "-u",
            "-m",
            "http.server",
            "0",
            "--bind",
            "127.0.0.1",
            "--directory",
        ])
        .arg(folder.path());
    let server = Foreign::start(&mut command);

    let ended = run(rcurl(&[
        "-sSL",
        "-w",
        "%{http_version} %{num_redirects} %{content_type}",
        &server.url("/sub"),
    ]));
    assert_eq!(
        (ended.exit, String::from_utf8_lossy(&ended.stdout).as_ref()),
        (Some(0), "<p>hello\n1 1 text/html")
    );
    let ended = run(rcurl(&["-sSI", &server.url("/sub/")]));
    assert_eq!(ended.exit, Some(0));
    assert!(ended.stdout.starts_with(b"HTTP/1.0 200 OK\r\n"));
    let ended = run(rcurl(&["-sSf", &server.url("/missing")]));
    assert_eq!(
        (ended.exit, ended.stderr.as_str()),
        (
            Some(22),
            "rcurl: (22) The requested URL returned error: 404\n"
        )
    );
    let ended = run(rcurl(&[
        "-sS",
        "-o",
        "/dev/null",
        "-w",
        "%{http_code}",
        "-d",
        "a=b",
        &server.url("/"),
    ]));
    assert_eq!(
        (ended.exit, ended.stdout.as_slice()),
        (Some(0), &b"501"[..])
    );
}

const NODE_SERVER: &str = "
const http = require('http');
const server = http.createServer((request, response) => {
    if (request.url === '/stream') {
        response.writeHead(200, {'Content-Type': 'application/x-ndjson', 'Trailer': 'Lines'});
        response.write('{\"a\":1}\\n');
        response.addTrailers({'Lines': '2'});
        setTimeout(() => response.end('{\"a\":2}\\n'), 5);
    } else if (request.url === '/hints') {
        response.writeEarlyHints({link: '</style.css>; rel=preload'}, () => response.end('hinted'));
    } else {
        response.writeHead(200, {'X-Method': request.method});
        request.pipe(response);
    }
});
server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port));
";

#[test]
fn nodes_server() {
    let Some(node) = found("node") else { return };
    let server = Foreign::start(Command::new(node).args(["-e", NODE_SERVER]));

    let ended = run(rcurl(&["-sSi", &server.url("/stream")]));
    let stdout = String::from_utf8(ended.stdout).unwrap();
    assert!(
        stdout.ends_with("\r\n\r\n{\"a\":1}\n{\"a\":2}\nLines: 2\r\n"),
        "{stdout}"
    );
    let ended = run(rcurl(&[
        "-sS",
        "-w",
        "%{http_code} %{num_connects}\n",
        &server.url("/hints"),
        &server.url("/"),
    ]));
    assert_eq!(
        (ended.exit, String::from_utf8_lossy(&ended.stdout).as_ref()),
        (Some(0), "hinted200 1\n200 0\n")
    );
    let sent = super::octets(4 * super::MIB);
    let ended = run_with(
        rcurl(&["-sS", "-T", "-", &server.url("/echo")]),
        sent.clone(),
    );
    assert_eq!((ended.exit, ended.stderr.as_str()), (Some(0), ""));
    assert!(
        ended.stdout == sent,
        "{} octets came back",
        ended.stdout.len()
    );
}
