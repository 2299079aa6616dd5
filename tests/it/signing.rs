//! Which requests are signed: over real sockets, so that redirects cross origins.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use rcurl::World;
use rcurl::clock::SystemClock;
use rcurl::environment::Environment;
use rcurl::error::Exit;
use rcurl::streams::{Input, Streams};

use crate::scripted::Caught;

/// Answers one request for each of the answers; gives the heads of the requests.
struct Server {
    address: SocketAddr,
    heads: JoinHandle<Vec<String>>,
}

impl Server {
    fn new(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let heads = thread::spawn(move || {
            let answer = |answer: String| {
                let (mut stream, _) = listener.accept().unwrap();
                let lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let head: Vec<_> = lines
                    .map(Result::unwrap)
                    .take_while(|line| !line.is_empty())
                    .collect();
                stream.write_all(answer.as_bytes()).unwrap();
                head.join("\n")
            };
            answers.into_iter().map(answer).collect()
        });
        Self { address, heads }
    }
}

fn redirect(to: &str) -> String {
    format!(
        "HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
}

fn done() -> String {
    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned()
}

/// Runs a command line; gives its exit status and what it told.
fn rcurl(words: &[&str]) -> (Exit, String) {
    let told = Caught::default();
    let streams = Streams {
        stdin: Input::new(std::io::empty()),
        stdout: Caught::default().console(),
        stderr: told.console(),
    };
    let world = World {
        environment: Environment::default(),
        streams,
        sockets: rcurl::net::Sockets::System,
        clock: Arc::new(SystemClock),
        noise: Box::new(|octets| {
            octets.fill(0);
            Ok(())
        }),
        secret_line: Box::new(|| None),
    };
    let words: Vec<_> = ["-q"].iter().chain(words).map(OsString::from).collect();
    (rcurl::run(&words, world), told.text())
}

const SEED: &str = "9f8362f87a484a954e6e740c5b4c0e84229139a20aa8ab56ff66586f6a7d29c5";
const MESSAGE: &[&str] = &["--httpsig-key", SEED, "--httpsig-keyid", "me"];
const AWS: &[&str] = &["--aws-sigv4", "aws:amz:r:s", "-u", "user:secret"];

/// Which of three requests are signed: one, one more to the same origin, one to another.
fn signed(words: &[&str]) -> [bool; 3] {
    let other = Server::new(vec![done()]);
    let elsewhere = format!("http://{}/", other.address);
    let server = Server::new(vec![redirect("/next"), redirect(&elsewhere)]);
    let url = format!("http://{}/first", server.address);
    let words: Vec<_> = words.iter().copied().chain(["-L", &url]).collect();
    assert_eq!(rcurl(&words).0, Exit::Ok);
    let heads = [server.heads.join().unwrap(), other.heads.join().unwrap()].concat();
    let is_signed =
        |head: &String| head.contains("\nSignature: sig1=:") || head.contains(", Signature=");
    heads
        .iter()
        .map(is_signed)
        .collect::<Vec<_>>()
        .try_into()
        .unwrap()
}

#[test]
fn no_request_is_signed_for_strangers() {
    for words in [MESSAGE, AWS] {
        assert_eq!(signed(words), [true, true, false], "{words:?}");
        let trusting = [words, &["--location-trusted"]].concat();
        assert_eq!(signed(&trusting), [true, true, true], "{words:?}");
    }
    // Nobody is there to sign.
    assert_eq!(signed(&["--aws-sigv4", "aws:amz:r:s"]), [false; 3]);
}

/// The names of the fields of one request.
fn fields(words: &[&str]) -> Vec<String> {
    let server = Server::new(vec![done()]);
    let url = format!("http://{}/", server.address);
    let words: Vec<_> = words.iter().copied().chain([url.as_str()]).collect();
    assert_eq!(rcurl(&words).0, Exit::Ok);
    let head = server.heads.join().unwrap().remove(0);
    let names = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    names.map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn a_signature_stands_where_credentials_do() {
    for (words, expected) in [
        (
            MESSAGE,
            [
                "Host",
                "Signature-Input",
                "Signature",
                "User-Agent",
                "Accept",
            ],
        ),
        (
            AWS,
            [
                "Host",
                "Authorization",
                "X-Amz-Date",
                "User-Agent",
                "Accept",
            ],
        ),
    ] {
        assert_eq!(fields(words), expected);
    }
    // Other credentials are not sent besides.
    let words = [MESSAGE, &["-u", "user:secret", "--oauth2-bearer", "token"]].concat();
    assert!(!fields(&words).contains(&"Authorization".to_owned()));
}

#[test]
fn what_the_user_signed_is_left_alone() {
    for (words, header) in [
        (MESSAGE, "Signature: mine"),
        (MESSAGE, "Signature-Input: mine"),
        (AWS, "Authorization: mine"),
    ] {
        let name = header.strip_suffix(": mine").unwrap();
        let words = [words, &["-H", header]].concat();
        assert_eq!(fields(&words), ["Host", "User-Agent", "Accept", name]);
    }
}

#[test]
fn what_is_missing_or_wrong_is_told() {
    let url = "http://127.0.0.1:1/";
    for (words, exit, told) in [
        (
            &["--httpsig-keyid", "me", url][..],
            Exit::FailedInit,
            "rcurl: (2) httpsig: --httpsig-key is required\n",
        ),
        (
            &["--httpsig-key", SEED, url],
            Exit::FailedInit,
            "rcurl: (2) httpsig: --httpsig-keyid is required\n",
        ),
        (
            &["--httpsig-algo", "rsa", url],
            Exit::FailedInit,
            "option --httpsig-algo: is badly used here",
        ),
        (
            &["--httpsig-key", "@/nonexistent/key", url],
            Exit::ReadError,
            "option --httpsig-key: error encountered when reading a file",
        ),
    ] {
        let (status, text) = rcurl(words);
        assert!(text.contains(told), "{text}");
        assert_eq!(status, exit);
    }
}

#[test]
fn a_request_that_cannot_be_signed_is_not_sent() {
    for (words, text) in [
        (
            [MESSAGE, &["--httpsig-headers", "method method"]].concat(),
            "rcurl: (43) httpsig: duplicate signature component '@method'\n",
        ),
        (
            [AWS, &["--path-as-is"]].concat(),
            "rcurl: (43) Cannot use sigv4 authentication with path-as-is flag\n",
        ),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let words: Vec<_> = words.into_iter().chain([url.as_str()]).collect();
        let (status, told) = rcurl(&words);
        assert_eq!((status, told.as_str()), (Exit::BadFunctionArgument, text));
        let (stream, _) = listener.accept().unwrap();
        assert_eq!(BufReader::new(stream).lines().count(), 0);
    }
}

#[test]
fn the_key_in_a_file_is_its_first_line() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    write!(file, "{SEED}\r\nand more").unwrap();
    let name = format!("@{}", file.path().display());
    let words = ["--httpsig-key", &name, "--httpsig-keyid", "me"];
    assert!(fields(&words).contains(&"Signature".to_owned()));
}

#[test]
fn signing_is_told_without_secrets() {
    let server = Server::new(vec![done()]);
    let url = format!("http://{}/", server.address);
    let words: Vec<_> = ["-v"]
        .into_iter()
        .chain(AWS.iter().copied())
        .chain([url.as_str()])
        .collect();
    let (_, told) = rcurl(&words);
    assert!(
        told.contains("* aws_sigv4: Canonical request (enclosed in []) - [GET\n* /\n"),
        "{told}"
    );
    assert!(
        told.contains("* Server auth using AWS_SIGV4 with user 'user'\n"),
        "{told}"
    );
    assert!(!told.contains("secret"), "{told}");
}
