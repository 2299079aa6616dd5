//! The timeline where scripts do not reach: resolvers, TLS, transfers side by side. What varies from
//! run to run, times and bars, is left out of what is compared.

use std::io;
use std::sync::{Arc, Barrier};

use rcurl::event::{Distrust, Fault, Happening, Peer, TlsFacts, Verification};
use rcurl::plan::Plan;
use rustls::ServerConfig;

use super::scripted::{Stage, pipes, plan};
use crate::support::certificates::{Issued, World, private};
use crate::support::program::{rcurl, run};
use crate::support::server::{Server, Talk, response};

fn stage() -> Stage {
    let drawn = |plan: &mut Plan| plan.global.inspect.timeline = true;
    Stage::new(&plan(drawn), &pipes())
}

/// What a timeline says without its times: heading, rows, and the round trips of each hop.
fn outline(told: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for line in told.lines() {
        if let Some((start, note)) = line.rsplit_once('|') {
            let name = start.get(..16).unwrap_or(start).trim();
            let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ');
            lines.push(format!("{name} |{note}"));
        } else if let Some((heading, _)) = line
            .split_once(" in ")
            .filter(|_| line.contains("Timeline:"))
        {
            lines.push(heading.to_owned());
        } else if line.contains(" round trip") && line.contains('(') {
            let (trips, _) = line.split_once(')').unwrap();
            lines.push(format!("{})", trips.trim()));
        } else if line.ends_with(|c: char| c.is_ascii_digit()) && line.contains("://") {
            lines.push(line.trim().to_owned());
        }
    }
    lines
}

#[test]
fn a_look_up_is_drawn_and_so_is_its_failure() {
    let mut stage = stage();
    let (host, port) = ("localhost", 8000);
    stage.start("http://localhost:8000/");
    stage.connect();
    stage.finish(Ok(()));
    stage.start("http://localhost:8000/");
    stage.emit(Happening::Resolving { host });
    let reason = "Name or service not known";
    stage.emit(Happening::ResolveFailed { host, port, reason });
    let error = rcurl::error::Error::could_not_resolve(host);
    stage.finish(Err(&error));
    let told = stage.stderr.text();
    let (found, missing) = told.split_once("rcurl: (6)").unwrap();
    assert_eq!(
        outline(found),
        [
            "Timeline: GET http://localhost:8000/: no response",
            "name look-up | localhost",
            "connect | refused: [::1]:8000",
            "connect | 127.0.0.1:8000",
            "2 round trips (connect 2)",
        ]
    );
    let expected = "Timeline: GET http://localhost:8000/: no response in 4.00 ms
  name look-up  1.00 ms |                =========        | not found: localhost
  It ended after 4.00 ms, in the name look-up.
";
    assert!(missing.ends_with(expected), "{missing}");
}

#[test]
fn a_handshake_is_drawn_with_its_version_and_its_end() {
    let peer = &Peer::Tcp("127.0.0.1:443".parse().unwrap());
    let check = |session: &TlsFacts, expected: &str| {
        let stage = stage();
        stage.start("https://localhost/");
        stage.emit(Happening::Connecting { peer });
        stage.emit(Happening::Connected { peer, local: None });
        let trust = &rcurl::event::Trust::default();
        stage.emit(Happening::Securing { alpn: &[], trust });
        stage.emit(Happening::Secured { session });
        stage.finish(Ok(()));
        let told = stage.stderr.text();
        assert_eq!(outline(&told)[2], expected, "{told}");
    };
    let facts = TlsFacts {
        version: "TLSv1.2",
        round_trips: 2,
        ..TlsFacts::default()
    };
    check(&facts, "TLS | TLSv1.2");
    let for_proxy = TlsFacts {
        for_proxy: true,
        ..facts.clone()
    };
    check(&for_proxy, "TLS to proxy | TLSv1.2");
    let distrust = Distrust {
        fault: Fault::Expired,
        reason: "expired".to_owned(),
    };
    let distrusted = TlsFacts {
        verification: Verification::Failed(distrust),
        ..facts
    };
    check(&distrusted, "TLS | not trusted: TLSv1.2");
}

#[test]
fn an_address_that_another_one_overtook_is_drawn_so() {
    let stage = stage();
    let [slow, quick] = ["10.0.0.1:80", "10.0.0.2:80"].map(|it| Peer::Tcp(it.parse().unwrap()));
    stage.start("http://a.test/");
    stage.emit(Happening::Connecting { peer: &slow });
    stage.emit(Happening::Connecting { peer: &quick });
    let (peer, local) = (&quick, None);
    stage.emit(Happening::Connected { peer, local });
    stage.finish(Ok(()));
    let told = stage.stderr.text();
    assert_eq!(
        outline(&told)[1..],
        [
            "connect | overtaken: 10.0.0.1:80",
            "connect | 10.0.0.2:80",
            "1 round trip (connect)",
        ]
    );
}

#[test]
fn of_a_host_with_a_thousand_addresses_the_middle_is_left_out() {
    let stage = stage();
    stage.start("http://a.test/");
    for port in 1000..2000 {
        let peer = &Peer::Tcp(([127, 0, 0, 1], port).into());
        let error = &io::Error::from(io::ErrorKind::ConnectionRefused);
        stage.emit(Happening::Connecting { peer });
        let local = None;
        stage.emit(Happening::ConnectFailed { peer, local, error });
    }
    stage.finish(Ok(()));
    let lines = outline(&stage.stderr.text());
    assert_eq!(lines.len(), 33, "{lines:#?}");
    assert_eq!(lines[15], "connect | refused: 127.0.0.1:1014");
    assert_eq!(lines[16], "... | 970 more");
    assert_eq!(lines[17], "connect | refused: 127.0.0.1:1985");
}

fn config(world: &World, versions: &[&'static rustls::SupportedProtocolVersion]) -> ServerConfig {
    let Issued { chain, key } = world.issue(&["a.test"], |_| {});
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, private(&key))
        .unwrap()
}

fn serve(talk: &mut Talk) {
    while talk.request().is_some() {
        talk.say(response("200 OK", "", "secret\n"));
    }
}

/// Asks by the name `a.test`; gives exit status and outline.
fn ask(world: &World, server: &Server, words: &[&str], paths: &[&str]) -> (i32, Vec<String>) {
    let ca = world.folder.path().join("ca.pem").display().to_string();
    let resolve = format!("a.test:{}:127.0.0.1", server.port());
    let ours = ["-sS", "--timeline", "--cacert", &ca, "--resolve", &resolve];
    let urls: Vec<String> = paths
        .iter()
        .map(|path| server.url_by("a.test", path))
        .collect();
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    let ended = run(rcurl(&[&ours[..], words, &urls].concat()));
    let told = ended.stderr.replace(&server.port().to_string(), "PORT");
    (ended.exit.unwrap(), outline(&told))
}

#[test]
fn each_version_of_tls_has_its_round_trips() {
    let world = World::new();
    for (version, name, trips) in [
        (
            &rustls::version::TLS13,
            "TLSv1.3",
            "3 round trips (connect, TLS, request)",
        ),
        (
            &rustls::version::TLS12,
            "TLSv1.2",
            "4 round trips (connect, TLS 2, request)",
        ),
    ] {
        let server = Server::tls(config(&world, &[version]), serve);
        let (exit, lines) = ask(&world, &server, &[], &["/"]);
        assert_eq!(exit, 0);
        assert_eq!(
            lines,
            [
                "Timeline: GET https://a.test:PORT/: 200",
                "connect | 127.0.0.1:PORT",
                &format!("TLS | {name}"),
                "send |",
                "wait |",
                "receive | 7 octets",
                trips,
            ]
        );
    }
}

/// A session that is resumed in TLS 1.2 takes one round trip less.
#[test]
fn a_resumed_session_is_counted_as_such() {
    let world = World::new();
    let server = Server::tls(config(&world, &[&rustls::version::TLS12]), |talk| {
        talk.request();
        talk.say("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
        talk.close();
    });
    let (exit, lines) = ask(&world, &server, &[], &["/", "/"]);
    let trips = lines.iter().filter(|line| line.contains("trip"));
    let trips: Vec<&str> = trips.map(String::as_str).collect();
    assert_eq!(exit, 0);
    assert_eq!(
        trips,
        [
            "4 round trips (connect, TLS 2, request)",
            "3 round trips (connect, TLS, request)",
        ]
    );
}

#[test]
fn tls_inside_a_tunnel_is_drawn_behind_it() {
    let world = World::new();
    let both = [&rustls::version::TLS13, &rustls::version::TLS12];
    let server = Server::tunnelled(config(&world, &both), serve);
    let proxy = format!("http://127.0.0.1:{}", server.port());
    let (exit, lines) = ask(&world, &server, &["-x", &proxy], &["/"]);
    assert_eq!(exit, 0);
    assert_eq!(
        lines,
        [
            "Timeline: GET https://a.test:PORT/: 200",
            "connect | 127.0.0.1:PORT",
            "tunnel | a.test:PORT",
            "TLS | TLSv1.3",
            "send |",
            "wait |",
            "receive | 7 octets",
            "4 round trips (connect, tunnel, TLS, request)",
        ]
    );
}

#[test]
fn a_handshake_that_never_ends_runs_out_of_time() {
    let server = Server::new(Talk::drain);
    let url = format!("https://127.0.0.1:{}/", server.port());
    let ended = run(rcurl(&["-s", "--timeline", "-m", "0.3", &url]));
    assert_eq!(ended.exit, Some(28));
    let lines = outline(&ended.stderr.replace(&server.port().to_string(), "PORT"));
    assert_eq!(
        lines,
        [
            "Timeline: GET https://127.0.0.1:PORT/: no response",
            "connect | 127.0.0.1:PORT",
            "TLS | timed out",
            "1 round trip (connect)",
        ]
    );
    let sentence = "The time ran out in the TLS handshake: it had ";
    assert!(ended.stderr.contains(sentence), "{}", ended.stderr);
}

/// Both requests are under way at the same time, or the server would wait for ever.
#[test]
fn transfers_side_by_side_have_drawings_of_their_own() {
    let both = Arc::new(Barrier::new(2));
    let server = Server::new(move |talk| {
        talk.request();
        both.wait();
        talk.say("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nok\n");
    });
    let urls = [server.url("/one"), server.url("/two")];
    let words = [
        "-sS",
        "-Z",
        "--timeline",
        "--budget",
        "connect=1us",
        &urls[0],
        &urls[1],
    ];
    let ended = run(rcurl(&words));
    assert_eq!(
        (ended.exit, ended.stdout.as_slice()),
        (Some(120), &b"ok\nok\n"[..])
    );
    for url in &urls {
        let start = format!("Timeline: GET {url}: 200 in ");
        let (_, drawn) = ended.stderr.split_once(&start).unwrap();
        let steps = ["  connect ", "  send ", "  wait ", "  receive "];
        let lines: Vec<&str> = drawn.lines().skip(1).take(4).collect();
        assert!(
            lines
                .iter()
                .zip(steps)
                .all(|(line, step)| line.starts_with(step)),
            "a drawing is told whole: {drawn}"
        );
        let over = format!(" of 0.001 ms allowed ({url})\n");
        assert!(ended.stderr.contains(&over), "{}", ended.stderr);
    }
}

#[test]
fn more_redirects_than_anybody_reads_are_counted() {
    for (requests, said) in [(64, None), (65, Some("one")), (1000, Some("936"))] {
        let stage = stage();
        stage.start("http://localhost/0");
        for number in 1..requests {
            stage.ask("GET", &format!("http://localhost/{number}"));
        }
        stage.finish(Ok(()));
        let told = stage.stderr.text();
        let outline = outline(&told);
        assert_eq!(outline[0], format!("Timeline: {requests} requests"));
        let left_out: Vec<_> = told.lines().filter(|line| line.contains("...")).collect();
        let told: Vec<_> = left_out
            .iter()
            .map(|line| line.split("| ").last())
            .collect();
        let expected = match said {
            Some("one") => vec![Some("one more request".to_owned())],
            Some(many) => vec![Some(format!("{many} more requests"))],
            None => vec![],
        };
        let told: Vec<_> = told.into_iter().map(|it| it.map(str::to_owned)).collect();
        assert_eq!(told, expected, "{left_out:?}");
    }
}
