//! Names and sockets: what is looked up, and how a socket gets connected.

use std::io::{Read, Write as _};
use std::os::unix::net::UnixListener;
use std::thread;
use std::time::Duration;

use rcurl::error::Exit;
use rcurl::net::{Deadlines, Network, Surroundings, Tunnel};
use rcurl::plan::Family;

use super::{open, receive, serve, tap, way};

#[test]
fn resolve_entries_stand_for_names_and_are_told() {
    let server = serve(|_| {});
    let (mut tap, notes) = tap();
    let network = Network::new(Surroundings::default());
    let entry = format!("a.test:{}:127.0.0.1", server.port());
    let way = way(&format!("http://A.test:{}/", server.port()));
    network.learn(std::slice::from_ref(&entry), &tap).unwrap();
    open(&network, &way, &mut tap).unwrap();
    let told = notes.take();
    assert_eq!(told[0], format!("ResolveAdded {{ entry: {entry:?} }}"));
    assert_eq!(told[1], "resolved Cached 1");
    let forget = format!("-a.test:{}", server.port());
    let any = format!("+*:{}:127.0.0.1", server.port());
    network.learn(&[forget, any], &tap).unwrap();
    open(&network, &way, &mut tap).unwrap();
    let error = network.learn(&["nonsense".to_owned()], &tap).unwrap_err();
    assert_eq!(error.exit as u8, 49);
    assert_eq!(
        error.message,
        "Couldn't parse CURLOPT_RESOLVE entry 'nonsense'"
    );
}

#[test]
fn names_that_lead_nowhere_are_exit_6() {
    let check = |url: &str, family: Family, expected: &str, told: &[&str]| {
        let (mut tap, notes) = tap();
        let mut way = way(url);
        way.route.family = family;
        let network = Network::new(Surroundings::default());
        network
            .learn(&["four.test:80:127.0.0.1".to_owned()], &tap)
            .unwrap();
        notes.take();
        let error = open(&network, &way, &mut tap).err().unwrap();
        assert_eq!(
            (error.exit, error.message.as_str()),
            (Exit::CouldntResolveHost, expected)
        );
        assert_eq!(notes.take(), told);
    };
    check(
        "http://x.onion/",
        Family::Any,
        "Not resolving .onion address (RFC 7686)",
        &["error 6", "ended Closed"],
    );
    check(
        "http://four.test/",
        Family::V6,
        "Could not resolve host: four.test",
        &["unresolved four.test", "ended Closed"],
    );
}

#[test]
fn a_unix_socket_stands_for_every_host() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    let listener = UnixListener::bind(&path).unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 4];
        stream.read_exact(&mut request).unwrap();
        stream.write_all(b"pong").unwrap();
    });
    let (mut tap, notes) = tap();
    let mut to_socket = way("http://no-such-host.invalid/");
    to_socket.route.unix_socket = Some(path);
    let network = Network::new(Surroundings::default());
    let mut link = open(&network, &to_socket, &mut tap).unwrap();
    link.wire.send(b"ping").unwrap();
    assert_eq!(receive(&mut *link.wire, 4), b"pong");
    assert_eq!(notes.take()[..2], ["connecting unix", "connected unix"]);
    to_socket.route.unix_socket = Some(folder.path().join("none"));
    let error = open(&network, &to_socket, &mut tap).err().unwrap();
    assert_eq!(error.exit, Exit::CouldntConnect);
    assert_eq!(notes.take()[1], "failed unix NotFound");
}

#[test]
fn a_socket_is_bound_to_what_was_asked_for() {
    let server = serve(|_| {});
    let check = |interface: &str, expected: Result<&str, u8>| {
        let (mut tap, _) = tap();
        let mut way = way(&format!("http://{server}/"));
        way.route.interface = Some(interface.to_owned());
        let link = open(&Network::new(Surroundings::default()), &way, &mut tap);
        let from = link
            .map(|link| link.local.unwrap().ip().to_string())
            .map_err(|error| error.exit as u8);
        assert_eq!(from, expected.map(str::to_owned), "{interface}");
    };
    check("127.0.0.3", Ok("127.0.0.3"));
    check("host!127.0.0.4", Ok("127.0.0.4"));
    check("localhost", Ok("127.0.0.1"));
    check("if!lo", Ok("127.0.0.1"));
    check("lo", Ok("127.0.0.1"));
    check("ifhost!lo!127.0.0.5", Ok("127.0.0.5"));
    check("::1", Err(45));
    check("if!no-such-device", Err(45));
    check("192.0.2.1", Err(45));
    let (mut tap, _) = tap();
    let mut way = way(&format!("http://{server}/"));
    way.route.local_ports = Some((server.port(), u16::MAX));
    way.route.interface = Some("127.0.0.1".to_owned());
    let link = open(&Network::new(Surroundings::default()), &way, &mut tap).unwrap();
    assert!(
        link.local.unwrap().port() > server.port(),
        "the server's own port is taken"
    );
}

#[test]
fn the_time_to_connect_is_limited_in_every_phase() {
    let silent = serve(|stream| {
        thread::spawn(move || (&stream).read_to_end(&mut Vec::new()));
    });
    let check = |url: String, expected: &str| {
        let (mut tap, _) = tap();
        let now = tap.clock().now();
        let deadlines = Deadlines {
            connect: Some(now + Duration::from_millis(30)),
            ..Deadlines::none(now)
        };
        let network = Network::new(Surroundings::default());
        let outcome = network.open(&way(&url), &deadlines, &mut tap, &mut |_, _| {
            Ok(Tunnel::Granted)
        });
        let error = outcome.err().unwrap();
        assert_eq!(error.exit, Exit::OperationTimedout);
        assert!(error.message.starts_with(expected), "{}", error.message);
    };
    check(format!("https://{silent}/"), "SSL connection timeout");
    // A listener whose queue is full does not answer.
    let full = full_listener();
    check(format!("http://{}/", full.0), "Connection timed out after ");
}

/// A listener that accepts nobody, with as many waiting as fit.
fn full_listener() -> (std::net::SocketAddr, impl Sized) {
    use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, connect, getsockname, listen};
    let new = || {
        let flags = SocketFlags::NONBLOCK;
        rustix::net::socket_with(AddressFamily::INET, SocketType::STREAM, flags, None).unwrap()
    };
    let listener = new();
    let any: std::net::SocketAddr = "127.0.0.1:0".parse().unwrap();
    bind(&listener, &any).unwrap();
    listen(&listener, 0).unwrap();
    let address: std::net::SocketAddr = getsockname(&listener).unwrap().try_into().unwrap();
    let waiting: Vec<_> = (0..4).map(|_| new()).collect();
    for socket in &waiting {
        let _ = connect(socket, &address);
    }
    (address, (listener, waiting))
}
