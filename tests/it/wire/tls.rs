//! `--wire` over real sockets: TLS, proxies, and many connections at a time.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::reader::{Streams, streams};
use crate::support::certificates::{World, server_config};
use crate::support::program::{rcurl, run};
use crate::support::server::{Server, response};

trait Stream: Read + Write + Send {}
impl<T: Read + Write + Send> Stream for T {}

/// What a party of one's own heard, layer by layer.
type Heard = Arc<Mutex<Vec<Vec<u8>>>>;

/// A world, and the words that make rcurl trust it.
fn world() -> (World, [String; 2]) {
    let world = World::new();
    let ca = world.folder.path().join("ca.pem").display().to_string();
    (world, ["--cacert".to_owned(), ca])
}

fn config(world: &World) -> ServerConfig {
    server_config(&world.issue(&["a.test"], |_| {}))
}

/// What `--wire` told of a run, without what varies: times, ports, and how octets were divided
/// among reads and records. Rows that say the same one after another are one.
fn normal(text: &str, ports: &[u16]) -> String {
    let mut rows: Vec<String> = Vec::new();
    for line in text.lines() {
        let mut row = line.get(12..).unwrap_or(line).to_owned();
        for port in ports {
            row = row.replace(&format!(":{port}"), ":PORT");
        }
        if let Some((before, _)) = row.split_once(" from 127.0.0.1:") {
            row.truncate(before.len());
        }
        if let Some((_, rest)) = row.split_once(" TLS record    ") {
            let what = rest.rsplit_once(';').map_or(rest, |(what, _)| what);
            row = format!("{} TLS record {what}", &row[..4]);
        }
        if let Some((_, rest)) = row.split_once(" proxy TLS     ") {
            let what = rest.rsplit_once(';').map_or(rest, |(what, _)| what);
            row = format!("{} proxy TLS {what}", &row[..4]);
        }
        let passed = [" read ", " write "].iter().any(|it| row.contains(it));
        if !passed && rows.last() != Some(&row) {
            rows.push(row);
        }
    }
    rows.join("\n") + "\n"
}

/// Compares with what is expected, which is written with blanks before each line.
fn check(text: &str, ports: &[u16], expected: &str) {
    let expected: Vec<&str> = expected.lines().map(str::trim_start).collect();
    let told = normal(text, ports);
    let told: Vec<&str> = told.lines().map(str::trim_start).collect();
    assert_eq!(told, expected, "{text}");
}

fn octets(streams: &Streams, connection: u32, sign: char) -> Vec<Vec<u8>> {
    let shown = streams.get(&(connection, sign)).cloned();
    let shown = shown.unwrap_or_default().into_iter();
    shown
        .map(|it| it.into_iter().map(Option::unwrap).collect())
        .collect()
}

#[test]
fn records_are_told_and_what_they_carry_is_shown() {
    let (world, [cacert, ca]) = world();
    let server = Server::tls(config(&world), |talk| {
        while talk.request().is_some() {
            talk.say(response("200 OK", "", "secret\n"));
        }
    });
    let resolve = format!("a.test:{}:127.0.0.1", server.port());
    let url = server.url_by("a.test", "/");
    let words = [
        "-s",
        "-A",
        "t",
        "--wire=all",
        "--resolve",
        &resolve,
        &cacert,
        &ca,
        &url,
    ];
    let ended = run(rcurl(&words));
    check(
        &ended.stderr,
        &[server.port()],
        r"* GET https://a.test:PORT/
        #0 * connecting to 127.0.0.1:PORT
        #0 * connected to 127.0.0.1:PORT
        #0 > TLS record handshake: client hello
        #0 < TLS record handshake: server hello
        #0 < TLS record change cipher spec
        #0 < TLS record application data, encrypted
        #0 > TLS record change cipher spec
        #0 > TLS record application data, encrypted
        #0 * TLSv1.3, TLS_AES_256_GCM_SHA384, X25519, certificate verified
        #0 > TLS record application data, encrypted
        #0 >      0 in TLS        66 octets
        #0 >      0 request line  GET / HTTP/1.1\r\n
        #0 >     16 field         Host: a.test:PORT\r\n
        #0 >     36 field         User-Agent: t\r\n
        #0 >     51 field         Accept: */*\r\n
        #0 >     64 head end      \r\n
        #0 * request sent
        #0 < TLS record application data, encrypted
        #0 <      0 in TLS        45 octets
        #0 <      0 status line   HTTP/1.1 200 OK\r\n
        #0 <     17 field         Content-Length: 7\r\n
        #0 <     36 head end      \r\n
        #0 <     38 content       secret\n
        #0 * kept for the next request
        #0 > TLS record application data, encrypted",
    );
    let shown = streams(&ended.stderr);
    assert_eq!(octets(&shown, 0, '>'), server.heard());
}

#[test]
fn tls_1_2_tells_its_handshake() {
    let (world, [cacert, ca]) = world();
    let server = Server::tls(config(&world), |talk| {
        talk.request();
        talk.say(response("204 No Content", "", ""));
    });
    let resolve = format!("a.test:{}:127.0.0.1", server.port());
    let url = server.url_by("a.test", "/");
    let trusting = ["--tls-max", "1.2", &*cacert, &ca];
    let words = ["-s", "--wire", "--resolve", &resolve, &url];
    let told = |words: &[&str]| normal(&run(rcurl(words)).stderr, &[]);
    let text = told(&[&words[..], &trusting].concat());
    for row in [
        "#0 > TLS record handshake: client hello\n",
        "#0 < TLS record handshake: server hello, certificate, server key exchange, server hello done\n",
        "#0 > TLS record handshake: client key exchange\n",
        "#0 > TLS record change cipher spec\n",
        "#0 > TLS record handshake, encrypted\n",
        "#0 < TLS record handshake, encrypted\n",
        "#0 * TLSv1.2, ",
    ] {
        assert!(text.contains(row), "{row}\n{text}");
    }
    // Nobody vouches for it: the alert goes out, and no request.
    let text = told(&[&words[..], &["--tls-max", "1.2"]].concat());
    assert!(text.contains("#0 > TLS record fatal alert: "), "{text}");
    assert!(text.contains("#0 * TLSv1.2, "), "{text}");
    assert!(text.contains(", certificate refused ("), "{text}");
    assert!(text.contains("#0 ! SSL certificate"), "{text}");
    assert!(!text.contains("request line"), "{text}");
}

#[test]
fn an_answer_that_is_no_tls_is_shown() {
    let server = Server::new(|talk| {
        talk.some();
        talk.say("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    });
    let url = format!("https://127.0.0.1:{}/", server.port());
    let ended = run(rcurl(&["-s", "--wire=all", &url]));
    let shown = octets(&streams(&ended.stderr), 0, '<').concat();
    assert_eq!(
        shown, b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
        "{}",
        ended.stderr
    );
}

/// A proxy that grants every tunnel and is the origin behind it. What is said in it is TLS, and so
/// is what is said to the proxy, where it has settings for that.
fn proxy(outer: Option<ServerConfig>, inner: ServerConfig) -> (SocketAddr, Heard) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let heard = Heard::default();
    let (outer, inner, noted) = (outer.map(Arc::new), Arc::new(inner), heard.clone());
    thread::spawn(move || {
        let (socket, _) = listener.accept().unwrap();
        let mut stream: Box<dyn Stream> = match outer {
            Some(outer) => Box::new(StreamOwned::new(
                ServerConnection::new(outer).unwrap(),
                socket,
            )),
            None => Box::new(socket),
        };
        let asked = head(&mut *stream);
        stream.write_all(b"HTTP/1.1 200 Granted\r\n\r\n").unwrap();
        stream.flush().unwrap();
        let session = ServerConnection::new(inner).unwrap();
        let mut origin = StreamOwned::new(session, stream);
        let request = head(&mut origin);
        *noted.lock().unwrap() = vec![asked, request];
        origin
            .write_all(&response("200 OK", "", "there\n"))
            .unwrap();
        origin.flush().unwrap();
        // Until the client is gone.
        let _ = origin.read(&mut [0]);
    });
    (address, heard)
}

/// Reads to the empty line of a head.
fn head(stream: &mut dyn Stream) -> Vec<u8> {
    let mut octets = Vec::new();
    while !octets.ends_with(b"\r\n\r\n") {
        let mut octet = [0];
        stream.read_exact(&mut octet).unwrap();
        octets.extend(octet);
    }
    octets
}

#[test]
fn a_tunnel_is_shown_with_what_goes_through_it() {
    let (world, [cacert, ca]) = world();
    let (address, heard) = proxy(None, config(&world));
    let port = address.port();
    let by = format!("http://{address}");
    let words = [
        "-s",
        "-A",
        "t",
        "--wire=all",
        "-x",
        &by,
        &cacert,
        &ca,
        "https://a.test/",
    ];
    let ended = run(rcurl(&words));
    check(
        &ended.stderr,
        &[port],
        r"* GET https://a.test/
        #0 * connecting to 127.0.0.1:PORT
        #0 * connected to 127.0.0.1:PORT
        #0 >      0 request line  CONNECT a.test:443 HTTP/1.1\r\n
        #0 >     29 field         Host: a.test:443\r\n
        #0 >     47 field         User-Agent: t\r\n
        #0 >     62 field         Proxy-Connection: Keep-Alive\r\n
        #0 >     92 head end      \r\n
        #0 <      0 status line   HTTP/1.1 200 Granted\r\n
        #0 <     22 head end      \r\n
        #0 * tunnel granted: what follows goes through it
        #0 > TLS record handshake: client hello
        #0 < TLS record handshake: server hello
        #0 < TLS record change cipher spec
        #0 < TLS record application data, encrypted
        #0 > TLS record change cipher spec
        #0 > TLS record application data, encrypted
        #0 * TLSv1.3, TLS_AES_256_GCM_SHA384, X25519, certificate verified
        #0 > TLS record application data, encrypted
        #0 >      0 in TLS        60 octets
        #0 >      0 request line  GET / HTTP/1.1\r\n
        #0 >     16 field         Host: a.test\r\n
        #0 >     30 field         User-Agent: t\r\n
        #0 >     45 field         Accept: */*\r\n
        #0 >     58 head end      \r\n
        #0 * request sent
        #0 < TLS record application data, encrypted
        #0 <      0 in TLS        44 octets
        #0 <      0 status line   HTTP/1.1 200 OK\r\n
        #0 <     17 field         Content-Length: 6\r\n
        #0 <     36 head end      \r\n
        #0 <     38 content       there\n
        #0 * kept for the next request
        #0 > TLS record application data, encrypted",
    );
    assert_eq!(
        octets(&streams(&ended.stderr), 0, '>'),
        *heard.lock().unwrap()
    );
}

#[test]
fn tls_within_tls_is_told_from_the_outside_in() {
    let (world, [cacert, ca]) = world();
    let outer = server_config(&world.issue(&["127.0.0.1"], |_| {}));
    let (address, heard) = proxy(Some(outer), config(&world));
    let by = format!("https://{address}");
    let words = [
        "-s",
        "--wire=all",
        "-x",
        &by,
        "--proxy-cacert",
        &ca,
        &cacert,
        &ca,
        "https://a.test/",
    ];
    let ended = run(rcurl(&words));
    assert_eq!(ended.stdout, b"there\n", "{}", ended.stderr);
    assert_eq!(
        octets(&streams(&ended.stderr), 0, '>'),
        *heard.lock().unwrap()
    );
    let text = normal(&ended.stderr, &[]);
    let order = [
        "#0 > proxy TLS handshake: client hello",
        "proxy's certificate verified",
        "CONNECT a.test:443",
        "#0 > TLS record handshake: client hello",
        "#0 < TLS record handshake: server hello",
        "request line  GET / HTTP/1.1",
        "content       there",
    ];
    let places: Vec<_> = order.iter().map(|row| text.find(row)).collect();
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "{places:?}\n{text}"
    );
}

#[test]
fn transfers_at_the_same_time_can_be_told_apart() {
    let server = Server::new(|talk| {
        while let Some((head, _)) = talk.request() {
            let asked = head.lines().next().unwrap().repeat(40);
            talk.say(response("200 OK", "", asked));
        }
    });
    let url = server.url("/[1-40]");
    let ended = run(rcurl(&["-sZ", "--wire=all", "--parallel-max", "8", &url]));
    assert_eq!(ended.exit, Some(0), "{}", ended.stderr);
    let shown = streams(&ended.stderr);
    let mut sent: Vec<Vec<u8>> = shown
        .keys()
        .filter(|(_, sign)| *sign == '>')
        .map(|(connection, sign)| octets(&shown, *connection, *sign).concat())
        .collect();
    let mut heard = server.heard();
    sent.sort();
    heard.sort();
    assert_eq!(sent, heard);
    let received: usize = shown
        .iter()
        .filter(|((_, sign), _)| *sign == '<')
        .map(|(_, streams)| streams.concat().len())
        .sum();
    assert!(
        received > ended.stdout.len(),
        "heads and contents: {received}"
    );
}
