//! What outlives a transfer, on real sockets: learnt over TLS, used, and kept in files.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, LazyLock};

use rcurl::World;
use rcurl::clock::SystemClock;
use rcurl::environment::Environment;
use rcurl::net::Sockets;
use rcurl::streams::{Input, Streams};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::scripted::Caught;

/// A certificate for every host of these tests.
static CERTIFICATE: LazyLock<rcgen::CertifiedKey<rcgen::KeyPair>> = LazyLock::new(|| {
    rcgen::generate_simple_self_signed(["a.test".to_owned(), "localhost".to_owned()]).unwrap()
});

/// A server that answers every request alike and tells each request head.
struct Server {
    port: u16,
    heads: Receiver<String>,
}

impl Server {
    fn plain(answer: &'static str) -> Self {
        Self::start(move |stream, heads| serve(stream, answer, heads))
    }

    fn tls(answer: &'static str) -> Self {
        let key = PrivateKeyDer::try_from(CERTIFICATE.signing_key.serialize_der()).unwrap();
        let chain = vec![CERTIFICATE.cert.der().clone()];
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        let config = Arc::new(config);
        Self::start(move |stream, heads| {
            let session = ServerConnection::new(config.clone()).unwrap();
            serve(StreamOwned::new(session, stream), answer, heads);
        })
    }

    fn start(talk: impl Fn(std::net::TcpStream, &dyn Fn(String)) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, heads) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let sender = sender.clone();
                talk(stream.unwrap(), &|head| drop(sender.send(head)));
            }
        });
        Self { port, heads }
    }

    /// The heads of the requests so far.
    fn seen(&self) -> Vec<String> {
        self.heads.try_iter().collect()
    }
}

/// One request and its answer.
fn serve(stream: impl Read + Write, answer: &str, heads: &dyn Fn(String)) {
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        match stream.read_line(&mut head) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
    }
    heads(head);
    let stream = stream.get_mut();
    let _ = stream.write_all(answer.as_bytes());
    let _ = stream.flush();
}

/// A folder with the certificate, and what a run in it says.
struct Stage(tempfile::TempDir);

impl Stage {
    fn new() -> Self {
        let stage = Self(tempfile::tempdir().unwrap());
        stage.file("ca.pem", &CERTIFICATE.cert.pem());
        stage
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    /// The lines of a file but for the two of its heading.
    fn lines(&self, name: &str) -> Vec<String> {
        let text = std::fs::read_to_string(self.path(name)).unwrap();
        text.lines().skip(2).map(str::to_owned).collect()
    }

    /// Exit status, standard output and standard error; `@name` is a file of the stage.
    fn run(&self, words: &[&str]) -> (u8, String, String) {
        let (stdout, stderr) = (Caught::default(), Caught::default());
        let variables = [("HOME".into(), self.0.path().into())].into();
        let world = World {
            environment: Environment {
                variables,
                ..Environment::default()
            },
            streams: Streams {
                stdin: Input::new(std::io::empty()),
                stdout: stdout.console(),
                stderr: stderr.console(),
            },
            sockets: Sockets::System,
            clock: Arc::new(SystemClock),
            noise: Box::new(|octets| {
                octets.fill(7);
                Ok(())
            }),
            secret_line: Box::new(|| None),
        };
        let file = |word: &str| match word.strip_prefix('@') {
            Some(name) => self.path(name).into_os_string(),
            None => word.into(),
        };
        let words: Vec<OsString> = ["-q"].iter().chain(words).map(|word| file(word)).collect();
        let exit = rcurl::run(&words, world);
        (exit as u8, stdout.text(), stderr.text())
    }
}

const REFUSED: &str = "HTTP/1.1 403 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const PLAIN: &str = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n";
const STRICT: &str = "HTTP/1.1 200 OK\r\nStrict-Transport-Security: max-age=60; includeSubDomains\r\n\
                      Strict-Transport-Security: max-age=0\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n";

#[test]
fn a_known_host_is_asked_over_tls() {
    let (stage, proxy) = (Stage::new(), Server::plain(REFUSED));
    stage.file("hsts", ".a.test \"unlimited\"\n");
    let proxy_url = format!("http://127.0.0.1:{}", proxy.port);
    let url = "http://b.a.test/x";
    let words = [
        "-sv",
        "--hsts",
        "@hsts",
        "-x",
        &proxy_url,
        "-w",
        "%{url_effective}",
        url,
    ];
    let (exit, stdout, stderr) = stage.run(&words);
    assert_eq!((exit, stdout.as_str()), (7, "https://b.a.test/x"));
    assert!(proxy.seen()[0].starts_with("CONNECT b.a.test:443 HTTP/1.1\r\n"));
    let told = "* Switched from HTTP to HTTPS due to HSTS => https://b.a.test/x\n";
    assert!(stderr.contains(told), "{stderr}");
    let (exit, ..) = stage.run(&[
        "-s", "--proto", "=http", "--hsts", "@hsts", "-x", &proxy_url, url,
    ]);
    assert_eq!((exit, proxy.seen().len()), (1, 0));
}

#[test]
fn of_several_files_all_are_read_and_the_last_is_written() {
    let (stage, server) = (Stage::new(), Server::plain(PLAIN));
    let one = stage.file("one", "a.test \"unlimited\"\n");
    stage.file("two", "b.test \"unlimited\"\n");
    let url = format!("http://127.0.0.1:{}/", server.port);
    assert_eq!(
        stage
            .run(&["-s", "--hsts", "@one", "--hsts", "@two", &url])
            .0,
        0
    );
    assert_eq!(
        stage.lines("two"),
        ["a.test \"unlimited\"", "b.test \"unlimited\""]
    );
    assert_eq!(
        stage.run(&["-s", "--hsts", "@two", "--hsts", "", &url]).0,
        0
    );
    assert_eq!(
        stage
            .run(&["-s", "--hsts", "@new", "--alt-svc", "@svc", &url])
            .0,
        0
    );
    assert_eq!((stage.lines("new").len(), stage.lines("svc").len()), (0, 0));
    assert_eq!(
        std::fs::read_to_string(one).unwrap(),
        "a.test \"unlimited\"\n"
    );
    let (exit, _, stderr) = stage.run(&["-sS", "--hsts", "@", "--alt-svc", "@", &url]);
    assert_eq!((exit, stderr.as_str()), (0, ""), "a folder is no file");
}

#[test]
fn a_host_is_learnt_over_verified_tls_only() {
    let check = |options: &[&str], scheme: &str, learnt: usize| {
        let (stage, plain, tls) = (Stage::new(), Server::plain(STRICT), Server::tls(STRICT));
        let places = [("80", plain.port), ("443", tls.port)]
            .map(|(port, to)| format!("a.test:{port}:127.0.0.1:{to}"));
        let url = format!("{scheme}://a.test/");
        let words = [
            "-s",
            "--connect-to",
            &places[0],
            "--connect-to",
            &places[1],
            "--hsts",
            "@hsts",
            &url,
        ];
        let (exit, ..) = stage.run(&[options, &words, &["http://a.test/"]].concat());
        let lines = stage.lines("hsts");
        assert_eq!((exit, lines.len()), (0, learnt), "{options:?} {scheme}");
        assert!(
            lines.iter().all(|line| line.starts_with(".a.test \"")),
            "{lines:?}"
        );
        let encrypted = usize::from(scheme == "https");
        assert_eq!(
            (plain.seen().len(), tls.seen().len()),
            (2 - encrypted - learnt, encrypted + learnt)
        );
    };
    check(&["--cacert", "@ca.pem"], "https", 1);
    check(&["-k"], "https", 0);
    check(&[], "http", 0);
}

#[test]
fn an_alternative_service_stands_for_its_origin() {
    let answer = "HTTP/1.1 200 OK\r\nAlt-Svc: clear\r\nAlt-Svc: h1=\"localhost:9\"; ma=60\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let (stage, server) = (Stage::new(), Server::tls(answer));
    let entry = format!(
        "h1 a.test 443 h1 localhost {} \"20990101 00:00:00\" 0 0\n",
        server.port
    );
    stage.file("svc", &entry);
    let words = [
        "-sv",
        "--cacert",
        "@ca.pem",
        "--alt-svc",
        "@svc",
        "https://a.test/",
    ];
    let (exit, _, stderr) = stage.run(&words);
    assert_eq!(exit, 0, "{stderr}");
    let head = &server.seen()[0];
    assert!(head.contains("\r\nHost: a.test\r\n"), "{head}");
    assert!(
        head.contains(&format!("\r\nAlt-Used: localhost:{}\r\n", server.port)),
        "{head}"
    );
    let told = format!(
        "* Alt-svc connecting from [h1]a.test:443 to [h1]localhost:{}\n",
        server.port
    );
    assert!(stderr.contains(&told), "{stderr}");
    assert!(
        stderr.contains("* Added alt-svc: localhost:9 over h1\n"),
        "{stderr}"
    );
    assert!(stage.lines("svc")[0].starts_with("h1 a.test 443 h1 localhost 9 \""));
    stage.file("svc", &entry);
    let place = format!("a.test:443:127.0.0.1:{}", server.port);
    assert_eq!(
        stage
            .run(&[&words[..], &["--connect-to", &place]].concat())
            .0,
        0
    );
    assert!(
        !server.seen()[0].contains("Alt-Used"),
        "--connect-to goes first"
    );
}

/// Nobody knows who announced it, and later runs would believe the file.
#[test]
fn an_alternative_service_of_an_unverified_origin_is_not_learnt() {
    let answer = "HTTP/1.1 200 OK\r\nAlt-Svc: h1=\"localhost:9\"; ma=60\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let (stage, server) = (Stage::new(), Server::tls(answer));
    let place = format!("::127.0.0.1:{}", server.port);
    let words = [
        "--alt-svc",
        "@svc",
        "--connect-to",
        &place,
        "https://a.test/",
    ];
    for (trust, learnt) in [(&["-k"][..], 0), (&["--cacert", "@ca.pem"], 1)] {
        let (exit, ..) = stage.run(&[&["-s"], trust, &words].concat());
        assert_eq!((exit, stage.lines("svc").len()), (0, learnt), "{trust:?}");
    }
}

#[test]
fn ipfs_goes_through_the_gateway_of_the_home_folder() {
    let (stage, server) = (Stage::new(), Server::plain(PLAIN));
    let words = ["-s", "ipfs://cid/x?y"];
    assert_eq!(stage.run(&words).0, 37);
    std::fs::create_dir(stage.path(".ipfs")).unwrap();
    stage.file(
        ".ipfs/gateway",
        &format!("http://127.0.0.1:{}\n", server.port),
    );
    assert_eq!(stage.run(&words), (0, "ok\n".into(), String::new()));
    assert!(server.seen()[0].starts_with("GET /ipfs/cid/x?y HTTP/1.1\r\n"));
}

#[test]
fn a_file_tells_where_it_came_from() {
    let answer = "HTTP/1.1 200 OK\r\nContent-Type: text/x\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n";
    let (stage, server) = (Stage::new(), Server::plain(answer));
    let place = format!("127.0.0.1:{}/x", server.port);
    let url = format!("http://sam:secret@{place}");
    let (exit, _, stderr) =
        stage.run(&["-sS", "--xattr", "-o", "@out", "-e", "http://r.test/", &url]);
    assert_eq!(exit, 0);
    let read = |name: &str| attribute(&stage.path("out"), name);
    if !stderr.is_empty() {
        assert!(
            stderr.contains("Error setting extended attributes on"),
            "{stderr}"
        );
        return;
    }
    assert_eq!(read("user.xdg.origin.url"), format!("http://{place}"));
    assert_eq!(read("user.xdg.referrer.url"), "http://r.test/");
    assert_eq!(read("user.mime_type"), "text/x");
    assert_eq!(read("user.creator"), "rcurl");
}

fn attribute(path: &Path, name: &str) -> String {
    let mut value = [0; 256];
    let length = rustix::fs::getxattr(path, name, &mut value).unwrap();
    String::from_utf8_lossy(&value[..length]).into_owned()
}

#[test]
fn a_file_written_anew_keeps_its_permissions() {
    use rcurl::disk::{Readers, replace};
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jar");
    let mode = || path.metadata().unwrap().permissions().mode() & 0o777;
    replace(&path, b"one", Readers::Owner).unwrap();
    assert_eq!(mode(), 0o600);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    replace(&path, b"two", Readers::Anybody).unwrap();
    assert_eq!(
        (mode(), std::fs::read(&path).unwrap()),
        (0o640, b"two".to_vec())
    );
}

#[test]
fn a_new_file_for_anybody_has_the_permissions_of_any_file() {
    use rcurl::disk::{Readers, replace};
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let mode = |name: &str| {
        let metadata = folder.path().join(name).metadata().unwrap();
        metadata.permissions().mode()
    };
    std::fs::write(folder.path().join("any"), "one").unwrap();
    replace(&folder.path().join("whole"), b"one", Readers::Anybody).unwrap();
    assert_eq!(mode("whole"), mode("any"));
}
