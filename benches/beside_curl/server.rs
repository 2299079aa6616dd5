//! The loopback server: a thread for each connection, in clear and over TLS, and never in the way.
//!
//! | request | response |
//! |---|---|
//! | `/small` | a kilobyte of JSON |
//! | `/bytes/N` | N octets |
//! | `/chunks/SIZE/N` | about N octets in chunks of SIZE |
//! | `/json`, `/gzip` | long JSON, as it is and coded |
//! | `/redirect/N` | a redirect to the same with N - 1; in the end to `/small` |
//! | any with a body | an empty response, when all of it has come |

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, thread};

use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::content::Content;
use super::process::Processor;

/// Octets that are read at once.
const READ: usize = 256 * 1024;

/// A server that listens until the process ends.
pub(crate) struct Server {
    /// `http://…`, without a path.
    pub(crate) plain: String,
    /// `https://…`, without a path.
    pub(crate) secure: String,
    /// The certificate to trust.
    pub(crate) authority: PathBuf,
}

impl Server {
    /// Starts to listen, on this processor; the certificate goes into the folder.
    pub(crate) fn start(
        processor: Processor,
        content: &Arc<Content>,
        folder: &Path,
    ) -> io::Result<Self> {
        let (config, certificate) = identity().map_err(io::Error::other)?;
        let authority = folder.join("authority.pem");
        fs::write(&authority, certificate)?;
        let plain = listen(processor, content, |stream, content| {
            converse(stream, content)
        })?;
        let secure = listen(processor, content, move |stream, content| {
            let tls = ServerConnection::new(Arc::clone(&config)).map_err(io::Error::other)?;
            converse(StreamOwned::new(tls, stream), content)
        })?;
        Ok(Self {
            plain: format!("http://127.0.0.1:{plain}"),
            secure: format!("https://127.0.0.1:{secure}"),
            authority,
        })
    }
}

/// A certificate for 127.0.0.1 that vouches for itself, and its text.
fn identity() -> Result<(Arc<ServerConfig>, String), Box<dyn std::error::Error + Send + Sync>> {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()])?;
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)?;
    Ok((Arc::new(config), made.cert.pem()))
}

/// Listens on a free port, and serves each connection in a thread of its own.
fn listen(
    processor: Processor,
    content: &Arc<Content>,
    serve: impl Fn(TcpStream, &Content) -> io::Result<()> + Clone + Send + 'static,
) -> io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = listener.local_addr()?.port();
    let content = Arc::clone(content);
    thread::spawn(move || {
        processor.pin();
        for stream in listener.incoming().flatten() {
            let (content, serve) = (Arc::clone(&content), serve.clone());
            thread::spawn(move || {
                // A client that goes away has its reasons.
                let _ = stream
                    .set_nodelay(true)
                    .and_then(|()| serve(stream, &content));
            });
        }
    });
    Ok(port)
}

/// How long the body of a request is.
enum Length {
    Known(u64),
    Chunked,
}

struct Request {
    path: String,
    body: Option<Length>,
    expects: bool,
}

fn converse(stream: impl Read + Write, content: &Content) -> io::Result<()> {
    let mut stream = BufReader::with_capacity(READ, stream);
    while let Some(request) = read_head(&mut stream)? {
        if request.expects {
            stream
                .get_mut()
                .write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        match request.body {
            Some(Length::Known(length)) => skip(&mut stream, length)?,
            Some(Length::Chunked) => skip_chunks(&mut stream)?,
            None => {}
        }
        if request.body.is_some() {
            stream
                .get_mut()
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")?;
        } else {
            respond(stream.get_mut(), &request.path, content)?;
        }
        stream.get_mut().flush()?;
    }
    Ok(())
}

fn read_head(stream: &mut impl BufRead) -> io::Result<Option<Request>> {
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut request = Request {
        path: line.split(' ').nth(1).unwrap_or_default().to_owned(),
        body: None,
        expects: false,
    };
    loop {
        line.clear();
        if stream.read_line(&mut line)? <= 2 {
            return Ok(Some(request));
        }
        let (name, value) = line.split_once(':').unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => request.body = value.trim().parse().ok().map(Length::Known),
            "transfer-encoding" => request.body = Some(Length::Chunked),
            "expect" => request.expects = true,
            _ => {}
        }
    }
}

fn skip(stream: &mut impl BufRead, mut left: u64) -> io::Result<()> {
    while left > 0 {
        let there = stream.fill_buf()?.len();
        if there == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let taken = left.min(there as u64);
        stream.consume(taken as usize);
        left -= taken;
    }
    Ok(())
}

fn skip_chunks(stream: &mut impl BufRead) -> io::Result<()> {
    let mut line = String::new();
    loop {
        line.clear();
        stream.read_line(&mut line)?;
        let size = u64::from_str_radix(line.trim_end(), 16).map_err(io::Error::other)?;
        skip(stream, size + 2)?;
        if size == 0 {
            return Ok(());
        }
    }
}

fn respond(stream: &mut impl Write, path: &str, content: &Content) -> io::Result<()> {
    let path = path.split('?').next().unwrap_or_default();
    let mut parts = path.split('/').skip(1);
    let name = parts.next().unwrap_or_default();
    let mut number = || {
        parts
            .next()
            .and_then(|part| part.parse::<u64>().ok())
            .unwrap_or(0)
    };
    match name {
        "small" => whole(stream, "Content-Type: application/json\r\n", &content.small),
        "json" => whole(stream, "Content-Type: application/json\r\n", &content.json),
        "gzip" => whole(stream, "Content-Encoding: gzip\r\n", &content.gzip),
        "bytes" => {
            let length = number();
            head(stream, &format!("Content-Length: {length}\r\n"))?;
            repeat(stream, &content.block, length)
        }
        "chunks" => {
            let (size, length) = (number() as usize, number());
            head(stream, "Transfer-Encoding: chunked\r\n")?;
            let chunks = content.chunks(size);
            let times = length.div_ceil(chunks.len() as u64);
            repeat(stream, &chunks, times * chunks.len() as u64)?;
            stream.write_all(b"0\r\n\r\n")
        }
        "redirect" => {
            let to = match number() {
                0 | 1 => "/small".to_owned(),
                more => format!("/redirect/{}", more - 1),
            };
            let fields = format!("Location: {to}\r\nContent-Length: 0\r\n");
            stream.write_all(format!("HTTP/1.1 302 Found\r\n{fields}\r\n").as_bytes())
        }
        _ => stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
    }
}

fn head(stream: &mut impl Write, fields: &str) -> io::Result<()> {
    stream.write_all(format!("HTTP/1.1 200 OK\r\n{fields}\r\n").as_bytes())
}

/// A response in one write, where it is small.
fn whole(stream: &mut impl Write, fields: &str, content: &[u8]) -> io::Result<()> {
    let length = content.len();
    let mut response =
        format!("HTTP/1.1 200 OK\r\n{fields}Content-Length: {length}\r\n\r\n").into_bytes();
    let (first, rest) = content.split_at(length.min(READ));
    response.extend_from_slice(first);
    stream.write_all(&response)?;
    stream.write_all(rest)
}

/// The same octets again and again, this many in all.
fn repeat(stream: &mut impl Write, block: &[u8], mut left: u64) -> io::Result<()> {
    while left > 0 {
        let length = left.min(block.len() as u64);
        stream.write_all(&block[..length as usize])?;
        left -= length;
    }
    Ok(())
}
