//! Proxies of every kind, each played by a few lines here.

use std::io::{Read, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use rcurl::clock::SystemClock;
use rcurl::environment::Environment;
use rcurl::error::Error;
use rcurl::event::{Direction, Event, Happening, Interest, Layer, Observer, Tap};
use rcurl::net::{Network, Place, Proxy, ProxyKind, Surroundings, Tunnel};
use rcurl::plan::{Haproxy, Proxying, Secret, Tls, UserPassword};
use rcurl::target::{Reading, Target};
use rcurl::transfer::proxies;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::{open, receive, serve, soon, tap, way};

/// What a proxy does in turn: hears so many octets, says some.
type Script = Vec<(usize, Vec<u8>)>;

/// A proxy that follows a script and then echoes; what it heard can be looked at.
fn scripted(script: Script) -> (SocketAddr, Arc<Mutex<Vec<u8>>>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let noted = heard.clone();
    let address = serve(move |mut stream| {
        for (count, answer) in &script {
            let mut octets = vec![0; *count];
            if stream.read_exact(&mut octets).is_err() {
                return;
            }
            noted.lock().unwrap().extend(octets);
            stream.write_all(answer).unwrap();
        }
        echo(stream);
    });
    (address, heard)
}

fn echo(mut stream: TcpStream) {
    let mut copy = stream.try_clone().unwrap();
    let _ = std::io::copy(&mut stream, &mut copy);
}

fn proxy(kind: ProxyKind, address: SocketAddr, user: Option<(&str, &str)>) -> Proxy {
    Proxy {
        kind,
        place: Place::new(&address.ip().to_string(), address.port()),
        socket: None,
        user: user.map(|(user, password)| UserPassword {
            user: user.into(),
            password: Secret::new(password),
        }),
    }
}

#[test]
fn no_socks5_basic_keeps_the_user_from_a_socks5_proxy() {
    let check = |scheme: &str, socks5_anonymous: bool, expected: Option<&[u8]>| {
        let plan = Proxying {
            proxy: Some(Secret::new(format!("{scheme}://me:secret@127.0.0.1"))),
            socks5_anonymous,
            ..Proxying::default()
        };
        let target = Target::parse("http://a.test/", &Reading::default()).unwrap();
        let chosen = proxies::choose(&plan, &Environment::default(), &target).unwrap();
        let user = chosen.proxy.unwrap().user.map(|user| user.user);
        assert_eq!(user.as_deref(), expected, "{scheme}");
    };
    check("socks5", false, Some(b"me"));
    check("socks5", true, None);
    check("socks5h", true, None);
    check("socks4", true, Some(b"me"));
    check("http", true, Some(b"me"));
}

/// Goes to a URL through a proxy and has four octets echoed; gives the facts told.
fn through(proxy: Proxy, url: &str) -> Result<Vec<String>, Error> {
    let (mut tap, notes) = tap();
    let mut way = way(url);
    way.proxy = Some(proxy);
    let mut link = open(&Network::new(Surroundings::default()), &way, &mut tap)?;
    link.wire.send(b"ping").unwrap();
    assert_eq!(receive(&mut *link.wire, 4), b"ping");
    Ok(notes.take())
}

#[test]
fn socks_proxies_are_asked_octet_by_octet() {
    let granted4 = b"\x00\x5a\x00\x00\x00\x00\x00\x00";
    let granted5 = b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00";
    let check = |kind, user, url: &str, script: &[(&[u8], &[u8])]| {
        let lengths = script
            .iter()
            .map(|(ask, answer)| (ask.len(), answer.to_vec()));
        let (address, heard) = scripted(lengths.collect());
        let told = through(proxy(kind, address, user), url).unwrap();
        let asked: Vec<u8> = script.iter().flat_map(|(ask, _)| ask.to_vec()).collect();
        assert_eq!(*heard.lock().unwrap(), asked, "{url}");
        assert!(
            told.iter().any(|line| line.starts_with("SocksEstablished")),
            "{told:?}"
        );
        assert_eq!(told.last().unwrap(), "established 127.0.0.1");
        assert!(!format!("{told:?}").contains("s3cret"));
    };
    check(
        ProxyKind::Socks4,
        Some(("me", "")),
        "http://10.1.2.3:81/",
        &[(b"\x04\x01\x00\x51\x0a\x01\x02\x03me\x00", granted4)],
    );
    check(
        ProxyKind::Socks4a,
        None,
        "http://a.test/",
        &[(b"\x04\x01\x00\x50\x00\x00\x00\x01\x00a.test\x00", granted4)],
    );
    check(
        ProxyKind::Socks5,
        None,
        "http://localhost/",
        &[
            (b"\x05\x01\x00", b"\x05\x00"),
            // Looked up here, where localhost is IPv4 first.
            (b"\x05\x01\x00\x01\x7f\x00\x00\x01\x00\x50", granted5),
        ],
    );
    check(
        ProxyKind::Socks5h,
        Some(("me", "s3cret")),
        "http://a.test/",
        &[
            (b"\x05\x02\x00\x02", b"\x05\x02"),
            (b"\x01\x02me\x06s3cret", b"\x01\x00"),
            (
                b"\x05\x01\x00\x03\x06a.test\x00\x50",
                b"\x05\x00\x00\x03\x01x\x00\x50",
            ),
        ],
    );
}

/// Octets of SOCKS that were announced and that were told, each way.
#[derive(Clone, Default)]
struct Account {
    wants_content: bool,
    announced: Arc<Mutex<[u64; 2]>>,
    told: Arc<Mutex<[u64; 2]>>,
}

impl Observer for Account {
    fn observe(&mut self, event: &Event<'_>) {
        let (sums, direction, count) = match &event.what {
            Happening::Batch {
                direction,
                layer: Layer::Socks,
                bytes,
            } => (&self.announced, direction, *bytes as u64),
            Happening::Piece {
                direction,
                layer: Layer::Socks,
                bytes,
                ..
            } => (&self.told, direction, bytes.count()),
            _ => return,
        };
        sums.lock().unwrap()[usize::from(*direction == Direction::In)] += count;
    }

    fn wants(&self) -> Interest {
        Interest {
            content: self.wants_content,
            ..Interest::default()
        }
    }
}

/// A login whose octets no view asked for was told without a batch.
#[test]
fn every_octet_of_a_login_is_announced_and_told_once() {
    for wants_content in [false, true] {
        let (address, _) = scripted(vec![
            (4, b"\x05\x02".to_vec()),
            (11, b"\x01\x00".to_vec()),
            (13, b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00".to_vec()),
        ]);
        let account = Account {
            wants_content,
            ..Account::default()
        };
        let mut tap = Tap::new(Arc::new(SystemClock), vec![Box::new(account.clone())]);
        let mut way = way("http://a.test/");
        way.proxy = Some(proxy(ProxyKind::Socks5h, address, Some(("me", "s3cret"))));
        open(&Network::new(Surroundings::default()), &way, &mut tap).unwrap();
        assert_eq!(*account.told.lock().unwrap(), [28, 14], "{wants_content}");
        assert_eq!(*account.announced.lock().unwrap(), [28, 14]);
    }
}

#[test]
fn a_socks_proxy_that_refuses_is_exit_97() {
    let check = |kind, user, script: &[(usize, &[u8])], expected: &str| {
        let script = script
            .iter()
            .map(|(count, answer)| (*count, answer.to_vec()));
        let (address, _) = scripted(script.collect());
        let error = through(proxy(kind, address, user), "http://a.test/").unwrap_err();
        assert_eq!((error.exit as u8, error.message.as_str()), (97, expected));
    };
    check(
        ProxyKind::Socks4a,
        None,
        &[(16, b"\x00\x5b\x00\x00\x00\x00\x00\x00")],
        "cannot complete SOCKS4 connection to a.test:80. (91), request rejected or failed.",
    );
    check(
        ProxyKind::Socks5h,
        None,
        &[
            (3, b"\x05\x00"),
            (13, b"\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00"),
        ],
        "cannot complete SOCKS5 connection to a.test. (5): connection refused",
    );
    check(
        ProxyKind::Socks5h,
        Some(("me", "wrong")),
        &[(4, b"\x05\x02"), (10, b"\x01\x01")],
        "User was rejected by the SOCKS5 server (1 1).",
    );
    check(
        ProxyKind::Socks5h,
        None,
        &[(3, b"HT")],
        "Received invalid version in initial SOCKS5 response.",
    );
    check(
        ProxyKind::Socks5h,
        None,
        &[
            (3, b"\x05\x00"),
            (13, b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00more"),
        ],
        "the SOCKS5 proxy sent more than its answer",
    );
    let long = "a".repeat(256);
    check(
        ProxyKind::Socks5h,
        Some((&long, "")),
        &[],
        "Excessive username length for SOCKS5 auth",
    );
}

/// Something that can be read and written.
trait Stream: Read + std::io::Write {}
impl<T: Read + std::io::Write> Stream for T {}

fn wrapped(config: &Arc<ServerConfig>, stream: Box<dyn Stream>) -> Box<dyn Stream> {
    let session = ServerConnection::new(config.clone()).unwrap();
    Box::new(StreamOwned::new(session, stream))
}

#[test]
fn tls_inside_tls_reaches_the_origin_through_an_https_proxy() {
    let key = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let private = rustls::pki_types::PrivateKeyDer::try_from(key.signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![key.cert.der().clone()], private.unwrap());
    let config = Arc::new(config.unwrap());
    let server = serve(move |stream| {
        let mut outer = wrapped(&config, Box::new(stream));
        let mut line = [0; 4];
        outer.read_exact(&mut line).unwrap();
        outer.write_all(b"open").unwrap();
        outer.flush().unwrap();
        let mut inner = wrapped(&config, outer);
        inner.read_exact(&mut line).unwrap();
        inner.write_all(&line).unwrap();
        inner.flush().unwrap();
    });
    let (mut tap, _) = tap();
    let mut way = way("https://a.test/");
    let careless = Tls {
        verify: false,
        ..Tls::default()
    };
    way.proxy = Some(proxy(ProxyKind::Https, server, None));
    way.tls = careless.clone();
    way.proxy_tls = careless;
    let network = Network::new(Surroundings::default());
    let deadlines = soon(&tap);
    let mut asked = 0;
    let mut link = network
        .open(&way, &deadlines, &mut tap, &mut |wire, _| {
            asked += 1;
            wire.send(b"TUN?").unwrap();
            assert_eq!(receive(wire, 4), b"open");
            Ok(Tunnel::Granted)
        })
        .unwrap();
    link.wire.send(b"ping").unwrap();
    assert_eq!(receive(&mut *link.wire, 4), b"ping");
    assert_eq!(asked, 1);
}

#[test]
fn a_proxy_may_want_to_be_asked_once_more_on_a_fresh_connection() {
    let (address, _) = scripted(Vec::new());
    let (mut tap, notes) = tap();
    let mut way = way("http://a.test/");
    way.proxy = Some(proxy(ProxyKind::Http, address, None));
    way.tunnel = true;
    let deadlines = soon(&tap);
    let mut asked = 0;
    let link = Network::new(Surroundings::default())
        .open(&way, &deadlines, &mut tap, &mut |_, _| {
            asked += 1;
            Ok(if asked == 1 {
                Tunnel::AskAgain
            } else {
                Tunnel::Granted
            })
        })
        .unwrap();
    assert_eq!(link.id, 1);
    let told = notes.take();
    let told: Vec<_> = told
        .iter()
        .filter(|line| !line.starts_with("resolved"))
        .collect();
    let expected = [
        "connecting v4",
        "connected v4",
        "ended ShutDown",
        "connecting v4",
        "connected v4",
        "established 127.0.0.1",
    ];
    assert_eq!(told, expected);
}

#[test]
fn the_proxy_line_goes_first() {
    let server = serve(|mut stream| {
        let mut line = [0; 6];
        stream.read_exact(&mut line).unwrap();
        thread::spawn(move || stream.write_all(&line).unwrap());
    });
    let (mut tap, _) = tap();
    let mut way = way(&format!("http://{server}/"));
    way.route.haproxy = Some(Haproxy { client: None });
    let mut link = open(&Network::new(Surroundings::default()), &way, &mut tap).unwrap();
    assert_eq!(receive(&mut *link.wire, 6), b"PROXY ");
}
