//! The partner of `--demo`: a small HTTP server on the loopback interface, so that the first look
//! at rcurl needs nothing else.
//!
//! Knows: four resources, and enough of a server's side of RFC 9112 to serve them to any client.
//! Must not know: the client; the two meet on a real socket. Every answer is the same every time:
//! there is no `Date`, which a server without a clock must not send (RFC 9110 §6.6.1).

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Builder, JoinHandle, ScopedJoinHandle};
use std::time::Duration;

/// The octets of a request head that are read at most.
const HEAD_LIMIT: u64 = 16 * 1024;

/// The octets of a request's content that are read at most, to be thrown away.
const CONTENT_LIMIT: u64 = 1024 * 1024;

/// Connections open at the same time; one more is closed at once.
const CONNECTIONS: usize = 32;

/// How long a connection may be silent.
const PATIENCE: Duration = Duration::from_secs(30);

/// One stop of the tour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// What there is to see, in a few words.
    pub title: &'static str,
    /// The path to ask the demo for.
    pub path: &'static str,
    /// The words of the command line before the URL.
    pub words: &'static [&'static str],
    /// The scheme of the URL; the demo itself speaks without TLS.
    pub scheme: &'static str,
    /// The exit status that the step ends with.
    pub exit: u8,
}

impl Step {
    /// A step that goes well.
    const fn new(title: &'static str, path: &'static str, words: &'static [&'static str]) -> Self {
        Self {
            title,
            path,
            words,
            scheme: "http",
            exit: 0,
        }
    }
}

/// The server, for as long as it is held. Dropping it closes every connection.
#[derive(Debug)]
pub struct Demo {
    address: SocketAddr,
    stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Demo {
    /// The tour, in order.
    pub const STEPS: &[Step] = &[
        Step::new("An answer in JSON", "/", &["-v"]),
        Step::new(
            "A redirect, followed over the same connection",
            "/moved",
            &["-v", "-L"],
        ),
        Step::new(
            "A stream of chunks, with a trailer",
            "/stream",
            &["-v", "--no-buffer"],
        ),
        Step::new("An error that explains itself", "/missing", &["-v"]),
        Step::new(
            "The stream again, octet by octet",
            "/stream",
            &["-s", "--out-null", "--wire"],
        ),
        Step::new(
            "Where the time went",
            "/stream",
            &["-s", "--out-null", "--timeline"],
        ),
        Step::new(
            "The exchange as a file to commit, without what varies",
            "/",
            &["-s", "--out-null", "--transcript", "-"],
        ),
        Step::new(
            "A request written down instead of sent",
            "/",
            &["--dry-run", "--json", "{\"hello\": \"world\"}"],
        ),
        Step {
            scheme: "https",
            exit: 35,
            ..Step::new("A failure, and why", "/", &["-v"])
        },
    ];

    /// Starts to listen on a free port of 127.0.0.1.
    pub fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let stopping = Arc::new(AtomicBool::new(false));
        let until = Arc::clone(&stopping);
        let thread = Builder::new()
            .name("demo".to_owned())
            .spawn(move || listen(&listener, &until))?;
        Ok(Self {
            address,
            stopping,
            thread: Some(thread),
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::Release);
        // The listener waits for a connection: this is the last one.
        let woken = TcpStream::connect_timeout(&self.address, Duration::from_secs(1)).is_ok();
        if let Some(thread) = self.thread.take()
            && (woken || thread.is_finished())
        {
            let _ = thread.join();
        }
    }
}

/// A connection: who serves it, and the socket, to end it from here.
type Open<'scope> = (ScopedJoinHandle<'scope, ()>, TcpStream);

fn listen(listener: &TcpListener, stopping: &AtomicBool) {
    thread::scope(|scope| {
        let mut open: Vec<Open<'_>> = Vec::new();
        for stream in listener.incoming() {
            if stopping.load(Ordering::Acquire) {
                break;
            }
            let stream = match stream {
                Ok(stream) => stream,
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
                Err(_) => break,
            };
            open.retain(|(thread, _)| !thread.is_finished());
            if open.len() < CONNECTIONS
                && let Ok(handle) = stream.try_clone()
                && let Ok(thread) = Builder::new().spawn_scoped(scope, move || serve(&stream))
            {
                open.push((thread, handle));
            }
        }
        for (_, stream) in open {
            let _ = stream.shutdown(Shutdown::Both);
        }
    });
}

/// Serves one connection to its end; a client that goes away is nothing to tell of.
fn serve(stream: &TcpStream) {
    let _ = exchange(stream);
    // Other handles of the socket are still held, so that closing this one would not be seen.
    let _ = stream.shutdown(Shutdown::Both);
}

fn exchange(stream: &TcpStream) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    while let Some(asked) = Asked::read(&mut reader)? {
        let last = match asked.content {
            Content::Length(length) if length <= CONTENT_LIMIT => {
                discard(&mut reader, length)?;
                asked.after == After::Close
            }
            Content::Length(_) | Content::Unframed => true,
        };
        answer(
            stream,
            &asked,
            if last { After::Close } else { After::Keep },
        )?;
        if last {
            // What is unread when a socket closes becomes a reset, which can overtake the answer.
            stream.shutdown(Shutdown::Write)?;
            return discard(&mut reader, CONTENT_LIMIT);
        }
    }
    Ok(())
}

fn discard(reader: &mut impl Read, octets: u64) -> io::Result<()> {
    io::copy(&mut reader.take(octets), &mut io::sink()).map(drop)
}

/// What becomes of a connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    Keep,
    Close,
}

/// The content of a request, none of which matters.
#[derive(Clone, Copy)]
enum Content {
    Length(u64),
    /// Chunked, or delimited by something that is not understood.
    Unframed,
}

/// The version of a request, as far as it matters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Version {
    Old,
    Http11,
}

/// A request, read leniently.
struct Asked {
    method: String,
    path: String,
    version: Version,
    content: Content,
    after: After,
}

impl Asked {
    /// What is no HTTP.
    const NOT_UNDERSTOOD: Self = Self {
        method: String::new(),
        path: String::new(),
        version: Version::Old,
        content: Content::Unframed,
        after: After::Close,
    };

    /// The next request; `None` where the client is done, or says more than a head may hold.
    fn read(reader: &mut impl BufRead) -> io::Result<Option<Self>> {
        let mut reader = reader.take(HEAD_LIMIT);
        let mut asked = None;
        loop {
            // What begins like no line, a hello of TLS for one, may never end like one either.
            if asked.is_none() && reader.fill_buf()?.first().copied().is_some_and(is_no_text) {
                return Ok(Some(Self::NOT_UNDERSTOOD));
            }
            let mut line = Vec::new();
            reader.read_until(b'\n', &mut line)?;
            if !line.ends_with(b"\n") {
                return Ok(None);
            }
            let text = String::from_utf8_lossy(&line);
            match (text.trim_end(), &mut asked) {
                // Empty lines in front of a request are skipped (RFC 9112 §2.2).
                ("", None) => {}
                ("", Some(_)) => return Ok(asked),
                (line, None) => asked = Some(Self::from_request_line(line)),
                (line, Some(asked)) => asked.field(line),
            }
        }
    }

    fn from_request_line(line: &str) -> Self {
        let mut words = line.split_ascii_whitespace();
        let method = words.next().unwrap_or_default().to_owned();
        let target = words.next().unwrap_or_default();
        let (version, after) = match words.next() {
            Some("HTTP/1.1") => (Version::Http11, After::Keep),
            _ => (Version::Old, After::Close),
        };
        let path = match target.strip_prefix("http://") {
            Some(absolute) => absolute.find('/').and_then(|slash| absolute.get(slash..)),
            None => Some(target),
        };
        let path = path.and_then(|path| path.split('?').next());
        Self {
            method,
            path: path
                .filter(|path| !path.is_empty())
                .unwrap_or("/")
                .to_owned(),
            version,
            content: Content::Length(0),
            after,
        }
    }

    fn field(&mut self, line: &str) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => {
                self.content = match value.parse() {
                    Ok(length) => Content::Length(length),
                    Err(_) => Content::Unframed,
                };
            }
            "transfer-encoding" => self.content = Content::Unframed,
            "connection" if value.eq_ignore_ascii_case("close") => self.after = After::Close,
            _ => {}
        }
    }
}

fn is_no_text(octet: u8) -> bool {
    !(octet.is_ascii_graphic() || octet.is_ascii_whitespace())
}

/// Something to be had.
struct Resource {
    status: &'static str,
    fields: &'static str,
    content: Pieces,
}

/// The content of a resource.
enum Pieces {
    Whole(&'static str),
    /// Chunks, and the field that ends them.
    Stream(&'static [&'static str], &'static str),
}

const HELLO: Resource = Resource {
    status: "200 OK",
    fields: "Content-Type: application/json\r\n",
    content: Pieces::Whole(concat!(
        r#"{"message":"Hello from rcurl","version":""#,
        env!("CARGO_PKG_VERSION"),
        r#"","next":["/moved","/stream","/missing"]}"#,
        "\n"
    )),
};

const MOVED: Resource = Resource {
    status: "302 Found",
    fields: "Location: /\r\n",
    content: Pieces::Whole(""),
};

const STREAM: Resource = Resource {
    status: "200 OK",
    fields: "Content-Type: application/x-ndjson\r\nTrailer: Lines\r\n",
    content: Pieces::Stream(
        &[
            "{\"line\":1,\"says\":\"each line\"}\n",
            "{\"line\":2,\"says\":\"is one chunk\"}\n",
            "{\"line\":3,\"says\":\"and a trailer follows\"}\n",
        ],
        "Lines: 3",
    ),
};

/// An error in the form of RFC 9457.
const MISSING: Resource = Resource {
    status: "404 Not Found",
    fields: "Content-Type: application/problem+json\r\n",
    content: Pieces::Whole(concat!(
        r#"{"type":"about:blank","title":"Not Found","status":404,"#,
        r#""detail":"There is nothing here. Try /, /moved or /stream."}"#,
        "\n"
    )),
};

const BAD: Resource = Resource {
    status: "400 Bad Request",
    fields: "Content-Type: application/problem+json\r\n",
    content: Pieces::Whole(concat!(
        r#"{"type":"about:blank","title":"Bad Request","status":400,"#,
        r#""detail":"This is no HTTP."}"#,
        "\n"
    )),
};

fn answer(mut stream: &TcpStream, asked: &Asked, after: After) -> io::Result<()> {
    let resource = match asked.path.as_str() {
        "" => BAD,
        "/" => HELLO,
        "/moved" => MOVED,
        "/stream" => STREAM,
        _ => MISSING,
    };
    let head = resource.head(asked.version, after);
    match (resource.content, asked.version) {
        _ if asked.method == "HEAD" => stream.write_all(head.as_bytes()),
        (Pieces::Whole(text), _) => stream.write_all((head + text).as_bytes()),
        (Pieces::Stream(pieces, trailer), Version::Http11) => {
            stream.write_all(head.as_bytes())?;
            for piece in pieces {
                let chunk = format!("{:x}\r\n{piece}\r\n", piece.len());
                stream.write_all(chunk.as_bytes())?;
            }
            stream.write_all(format!("0\r\n{trailer}\r\n\r\n").as_bytes())
        }
        (Pieces::Stream(pieces, _), Version::Old) => {
            stream.write_all((head + &pieces.concat()).as_bytes())
        }
    }
}

impl Resource {
    fn head(&self, version: Version, after: After) -> String {
        let framing = match (&self.content, version) {
            (Pieces::Whole(text), _) => format!("Content-Length: {}\r\n", text.len()),
            (Pieces::Stream(..), Version::Http11) => "Transfer-Encoding: chunked\r\n".to_owned(),
            // Nobody taught HTTP/1.0 chunks: the end of the connection ends the content.
            (Pieces::Stream(..), Version::Old) => String::new(),
        };
        let connection = match after {
            After::Keep => "",
            After::Close => "Connection: close\r\n",
        };
        let Self { status, fields, .. } = self;
        format!("HTTP/1.1 {status}\r\nServer: rcurl-demo\r\n{fields}{framing}{connection}\r\n")
    }
}
