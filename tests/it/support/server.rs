//! A server on loopback that does octet for octet what a test says, and keeps what it heard.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A client that says nothing for so long has been forgotten by its test.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server; it lives as long as the test.
pub(crate) struct Server {
    address: SocketAddr,
    scheme: &'static str,
    heard: Heard,
}

/// What came on each connection, in the order in which they were accepted.
type Heard = Arc<Mutex<Vec<Vec<u8>>>>;

/// One connection, as the server sees it.
pub(crate) struct Talk {
    stream: Box<dyn Stream>,
    socket: TcpStream,
    /// Which connection, from 0.
    pub(crate) number: usize,
    heard: Heard,
    /// Read already, and not asked for yet.
    ahead: Vec<u8>,
}

trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

impl Server {
    /// A server that does this on every connection, each in a thread of its own.
    pub(crate) fn new(act: impl Fn(&mut Talk) + Send + Sync + 'static) -> Self {
        Self::start("http", act, |socket| Some(Box::new(socket)))
    }

    /// The same over TLS.
    pub(crate) fn tls(
        config: ServerConfig,
        act: impl Fn(&mut Talk) + Send + Sync + 'static,
    ) -> Self {
        let config = Arc::new(config);
        Self::start("https", act, move |socket| {
            let session = ServerConnection::new(config.clone()).ok()?;
            Some(Box::new(StreamOwned::new(session, socket)))
        })
    }

    /// The same as a proxy: the TLS is that of the origin, behind a CONNECT that is granted.
    pub(crate) fn tunnelled(
        config: ServerConfig,
        act: impl Fn(&mut Talk) + Send + Sync + 'static,
    ) -> Self {
        let config = Arc::new(config);
        Self::start("https", act, move |mut socket| {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut octet = [0];
                socket.read_exact(&mut octet).ok()?;
                head.push(octet[0]);
            }
            socket.write_all(b"HTTP/1.1 200 OK\r\n\r\n").ok()?;
            let session = ServerConnection::new(config.clone()).ok()?;
            Some(Box::new(StreamOwned::new(session, socket)))
        })
    }

    fn start(
        scheme: &'static str,
        act: impl Fn(&mut Talk) + Send + Sync + 'static,
        over: impl Fn(TcpStream) -> Option<Box<dyn Stream>> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let heard = Heard::default();
        let (act, over, all) = (Arc::new(act), Arc::new(over), heard.clone());
        thread::spawn(move || {
            for (number, socket) in listener.incoming().map_while(Result::ok).enumerate() {
                all.lock().unwrap().push(Vec::new());
                let (act, over, heard) = (act.clone(), over.clone(), all.clone());
                thread::spawn(move || {
                    socket.set_read_timeout(Some(PATIENCE)).unwrap();
                    socket.set_write_timeout(Some(PATIENCE)).unwrap();
                    let Some(stream) = over(socket.try_clone().unwrap()) else {
                        return;
                    };
                    let ahead = Vec::new();
                    act(&mut Talk {
                        stream,
                        socket,
                        number,
                        heard,
                        ahead,
                    });
                });
            }
        });
        Self {
            address,
            scheme,
            heard,
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// A URL that leads here, by the address.
    pub(crate) fn url(&self, path: &str) -> String {
        self.url_by("127.0.0.1", path)
    }

    /// A URL that leads here by a name.
    pub(crate) fn url_by(&self, name: &str, path: &str) -> String {
        format!("{}://{name}:{}{path}", self.scheme, self.port())
    }

    /// What came so far, on each connection.
    pub(crate) fn heard(&self) -> Vec<Vec<u8>> {
        self.heard.lock().unwrap().clone()
    }

    /// The same, and forgets it.
    pub(crate) fn take_heard(&self) -> Vec<Vec<u8>> {
        self.heard
            .lock()
            .unwrap()
            .iter_mut()
            .map(std::mem::take)
            .collect()
    }
}

impl Talk {
    /// Reads to the empty line of a head; an empty text when the client is gone.
    pub(crate) fn head(&mut self) -> String {
        self.until(|octets| find(octets, b"\r\n\r\n").map(|at| at + 4))
            .map_or_else(String::new, |head| {
                String::from_utf8_lossy(&head).into_owned()
            })
    }

    /// Reads a request with its body, and grants `Expect: 100-continue`; none when the client is gone.
    pub(crate) fn request(&mut self) -> Option<(String, Vec<u8>)> {
        let head = self.head();
        if head.is_empty() {
            return None;
        }
        if field(&head, "expect").is_some() {
            self.say(b"HTTP/1.1 100 Continue\r\n\r\n");
        }
        let body = if field(&head, "transfer-encoding").is_some() {
            // Nothing follows before the answer, so the end of what came is the end of the body.
            self.until(|octets| {
                let ends = octets == b"0\r\n\r\n" || octets.ends_with(b"\r\n0\r\n\r\n");
                ends.then_some(octets.len())
            })
        } else {
            let length = field(&head, "content-length").map_or(0, |value| value.parse().unwrap());
            self.until(|octets| (octets.len() >= length).then_some(length))
        };
        Some((head, body.unwrap_or_default()))
    }

    /// Reads until so many of the octets that came are wanted; none when the client is gone before.
    fn until(&mut self, wanted: impl Fn(&[u8]) -> Option<usize>) -> Option<Vec<u8>> {
        loop {
            if let Some(count) = wanted(&self.ahead) {
                return Some(self.ahead.drain(..count).collect());
            }
            let more = self.read();
            if more.is_empty() {
                return None;
            }
            self.ahead.extend(more);
        }
    }

    /// Reads whatever comes next; nothing when the client is gone.
    pub(crate) fn some(&mut self) -> Vec<u8> {
        if !self.ahead.is_empty() {
            return std::mem::take(&mut self.ahead);
        }
        self.read()
    }

    fn read(&mut self) -> Vec<u8> {
        let mut buffer = vec![0; 64 * 1024];
        let count = self.stream.read(&mut buffer).unwrap_or(0);
        buffer.truncate(count);
        self.heard.lock().unwrap()[self.number].extend_from_slice(&buffer);
        buffer
    }

    /// Reads to the end and throws it away.
    pub(crate) fn drain(&mut self) {
        while !self.some().is_empty() {}
    }

    /// Says this. A client that is gone does not hear it.
    pub(crate) fn say(&mut self, octets: impl AsRef<[u8]>) {
        let _ = self.try_say(octets.as_ref());
    }

    pub(crate) fn try_say(&mut self, octets: &[u8]) -> io::Result<()> {
        self.stream.write_all(octets)?;
        self.stream.flush()
    }

    /// Says that nothing more will be said.
    pub(crate) fn close(&mut self) {
        let _ = self.socket.shutdown(Shutdown::Write);
    }

    /// Ends the connection with a reset.
    pub(crate) fn reset(&mut self) {
        let at_once = Some(Duration::ZERO);
        rustix::net::sockopt::set_socket_linger(&self.socket, at_once).unwrap();
    }
}

/// The value of a field, in lower case.
pub(crate) fn field(head: &str, name: &str) -> Option<String> {
    head.lines().skip(1).find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found
            .eq_ignore_ascii_case(name)
            .then(|| value.trim().to_ascii_lowercase())
    })
}

fn find(octets: &[u8], wanted: &[u8]) -> Option<usize> {
    octets
        .windows(wanted.len())
        .position(|window| window == wanted)
}

/// A response with a length.
pub(crate) fn response(status: &str, fields: &str, content: impl AsRef<[u8]>) -> Vec<u8> {
    let content = content.as_ref();
    let head = format!(
        "HTTP/1.1 {status}\r\n{fields}Content-Length: {}\r\n\r\n",
        content.len()
    );
    [head.as_bytes(), content].concat()
}
