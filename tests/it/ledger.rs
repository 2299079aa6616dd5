//! The ledger: what hops and tries add up to.

use std::time::{Duration, Instant};

use rcurl::clock::{Clock, SystemClock};
use rcurl::error::{Error, Exit};
use rcurl::event::{
    Bytes, Direction, Ending, Event, Happening, Layer, Lookup, Peer, TlsFacts, Trust,
};
use rcurl::http1::{Head, Role};
use rcurl::view::ledger::{
    Account, Doing, End, Heads, Hop, Ledger, Place, Share, Stage, Tries, Yardstick,
};

use super::scripted::target;

/// Books, and a clock that is turned by hand.
struct Desk {
    ledger: Ledger,
    start: Instant,
}

impl Desk {
    fn new() -> Self {
        Self {
            ledger: Ledger::new(Heads::LastHop),
            start: SystemClock.now(),
        }
    }

    /// Enters an event of transfer 0 at this millisecond.
    fn at(&mut self, millis: u64, what: Happening<'_>) -> &mut Self {
        self.on(millis, None, what)
    }

    fn on(&mut self, millis: u64, connection: Option<u32>, what: Happening<'_>) -> &mut Self {
        self.ledger.record(&Event {
            at: self.start + Duration::from_millis(millis),
            transfer: 0,
            connection,
            what,
        });
        self
    }

    fn ask(&mut self, millis: u64) -> &mut Self {
        let target = target("https://localhost/");
        self.at(
            millis,
            Happening::Requesting {
                target: &target,
                method: "GET",
                by_proxy: false,
            },
        )
    }

    fn piece(&mut self, millis: u64, direction: Direction, role: Role, count: u64) -> &mut Self {
        self.at(
            millis,
            Happening::Piece {
                direction,
                layer: Layer::Http,
                role,
                bytes: Bytes::Counted(count),
            },
        )
    }

    fn head(&mut self, millis: u64, head: &str) -> &mut Self {
        let head = Head::parse(head.as_bytes()).unwrap();
        self.at(millis, Happening::HeadReceived { head: &head })
    }

    /// A head comes in, a status line and no field; what it means is known before its empty line.
    fn answer(&mut self, millis: u64, status_line: &str) -> &mut Self {
        let piece = |role, octets| Happening::Piece {
            direction: Direction::In,
            layer: Layer::Http,
            role,
            bytes: Bytes::Seen(octets),
        };
        let line = format!("{status_line}\r\n");
        self.at(millis, piece(Role::StatusLine, line.as_bytes()))
            .head(millis, &format!("{line}\r\n"))
            .at(millis, piece(Role::HeadEnd, b"\r\n"))
    }

    fn securing(&mut self, millis: u64) -> &mut Self {
        let trust = &Trust::default();
        self.at(millis, Happening::Securing { alpn: &[], trust })
    }

    fn secured(&mut self, millis: u64, for_proxy: bool) -> &mut Self {
        let session = &TlsFacts {
            for_proxy,
            ..TlsFacts::default()
        };
        self.at(millis, Happening::Secured { session })
    }

    fn hop(&self) -> &Hop {
        self.account().attempt.hop().unwrap()
    }

    fn spent(&self, share: Share) -> Option<u128> {
        self.hop().spent(share).map(|time| time.as_millis())
    }

    fn account(&self) -> &Account {
        self.ledger.account(0).unwrap()
    }

    fn time(&self, stage: Stage) -> u128 {
        self.account().attempt.time(stage).as_millis()
    }
}

fn started<'a>() -> Happening<'a> {
    Happening::Started {
        url: "https://localhost/",
        number: 2,
        operation: 0,
    }
}

fn reused<'a>() -> Happening<'a> {
    Happening::Reused {
        scheme: "https",
        host: "localhost",
        is_proxy: false,
    }
}

#[test]
fn times_of_several_hops_are_added_together() {
    let mut desk = Desk::new();
    desk.at(0, started()).ask(5).at(8, reused());
    desk.piece(10, Direction::Out, Role::RequestLine, 16)
        .at(11, Happening::RequestSent { body: None })
        .piece(40, Direction::In, Role::StatusLine, 20);
    let next = target("https://localhost/next");
    desk.at(
        50,
        Happening::Following {
            target: &next,
            redirect: true,
        },
    );
    desk.ask(50).at(51, reused());
    desk.piece(52, Direction::Out, Role::RequestLine, 16)
        .at(53, Happening::RequestSent { body: None })
        .piece(70, Direction::In, Role::StatusLine, 20)
        .at(75, Happening::Finished { outcome: Ok(()) });
    assert_eq!(desk.time(Stage::NameLookup), 3 + 1);
    assert_eq!(desk.time(Stage::AppConnect), 3 + 1);
    assert_eq!(desk.time(Stage::PreTransfer), 5 + 2);
    assert_eq!(desk.time(Stage::PostTransfer), 6 + 3);
    assert_eq!(desk.time(Stage::StartTransfer), 35 + 20);
    let attempt = &desk.account().attempt;
    assert_eq!(attempt.queued.as_millis(), 5);
    assert_eq!(attempt.redirecting.as_millis(), 50);
    assert_eq!(attempt.total.as_millis(), 75);
    assert_eq!((attempt.redirects, attempt.connects), (1, 0));
}

#[test]
fn a_retry_begins_with_empty_books() {
    let mut desk = Desk::new();
    desk.at(0, started()).ask(0);
    desk.piece(10, Direction::In, Role::StatusLine, 20)
        .head(10, "HTTP/1.1 503 Busy\r\n\r\n");
    assert_eq!(desk.account().attempt.hop().unwrap().status, 503);
    desk.at(
        20,
        Happening::Retrying {
            problem: "HTTP error",
            after: Duration::from_secs(1),
            left: 1,
        },
    );
    desk.ask(1020)
        .at(1030, Happening::Finished { outcome: Ok(()) });
    let account = desk.account();
    assert_eq!((account.retries, account.number), (1, 2));
    assert_eq!(account.attempt.total.as_millis(), 10);
    assert_eq!(account.attempt.head_octets, 0);
    assert_eq!(account.attempt.hop().unwrap().status, 0);
}

#[test]
fn a_body_counts_as_request_while_it_goes_out_with_the_head() {
    let batch = |bytes| Happening::Batch {
        direction: Direction::Out,
        layer: Layer::Http,
        bytes,
    };
    let mut desk = Desk::new();
    desk.at(0, started()).ask(0).at(1, batch(30));
    desk.piece(1, Direction::Out, Role::RequestLine, 16)
        .piece(1, Direction::Out, Role::HeadEnd, 2)
        .piece(1, Direction::Out, Role::ChunkSize, 3)
        .piece(1, Direction::Out, Role::Content, 9)
        .at(2, batch(100))
        .piece(2, Direction::Out, Role::Content, 100);
    let attempt = &desk.account().attempt;
    assert_eq!((attempt.request_octets, attempt.sent()), (30, 112));
}

#[test]
fn content_is_counted_without_its_framing_and_of_the_last_hop() {
    let mut desk = Desk::new();
    desk.at(0, started()).ask(0);
    desk.piece(1, Direction::In, Role::Content, 1000).ask(2);
    desk.piece(3, Direction::In, Role::ChunkSize, 5)
        .piece(3, Direction::In, Role::Content, 70_000)
        .piece(3, Direction::In, Role::MessageEnd, 2)
        .at(10, Happening::Delivered { bytes: 5 });
    let attempt = &desk.account().attempt;
    assert_eq!((attempt.received(), attempt.delivered), (70_000, 5));
    assert_eq!(attempt.speed(attempt.received()), 7_000_000);
}

#[test]
fn a_reused_connection_keeps_its_ends() {
    let peer = Peer::Tcp("10.0.0.1:443".parse().unwrap());
    let local = Some("10.0.0.2:5000".parse().unwrap());
    let connected = Happening::Connected { peer: &peer, local };
    let mut desk = Desk::new();
    desk.at(0, started()).on(0, Some(7), connected);
    desk.ledger.close(0).unwrap();
    desk.at(1, started());
    assert_eq!(desk.account().attempt.ends, None);
    desk.on(2, Some(7), reused());
    let attempt = &desk.account().attempt;
    assert_eq!(attempt.ends.as_ref().unwrap().peer, peer);
    assert_eq!(attempt.ends.as_ref().unwrap().local, local);
    assert_eq!(attempt.connection, Some(7));
    let how = Ending::ShutDown;
    desk.on(3, Some(7), Happening::Ended { how });
    assert!(
        desk.account().attempt.ends.is_some(),
        "known until the transfer is over"
    );
}

#[test]
fn an_interim_response_is_not_the_response() {
    let mut desk = Desk::new();
    desk.at(0, started()).ask(0);
    desk.piece(0, Direction::Out, Role::RequestLine, 16)
        .at(1, Happening::RequestSent { body: None })
        .answer(11, "HTTP/1.1 103 Early Hints");
    assert!(desk.account().attempt.head().is_none());
    assert_eq!(desk.hop().under_way(), Some(Share::Wait));
    desk.answer(32, "HTTP/1.1 200 OK")
        .at(40, Happening::Exchanged);
    assert_eq!(desk.spent(Share::Send), Some(1));
    assert_eq!(desk.spent(Share::Wait), Some(10 + 21));
    assert_eq!(desk.spent(Share::Receive), Some(8));
    assert_eq!(desk.spent(Share::LookUp), None);
    assert_eq!(desk.hop().status, 200);
    assert_eq!(desk.time(Stage::StartTransfer), 11);
}

#[test]
fn an_interim_response_interrupts_the_wait_for_leave() {
    let mut desk = Desk::new();
    desk.at(0, started()).ask(0);
    desk.piece(0, Direction::Out, Role::RequestLine, 16)
        .at(1, Happening::AwaitingContinue)
        .answer(5, "HTTP/1.1 103 Early Hints");
    assert_eq!(desk.hop().under_way(), Some(Share::Leave));
    desk.answer(9, "HTTP/1.1 100 Continue")
        .piece(9, Direction::Out, Role::Content, 100)
        .answer(12, "HTTP/1.1 102 Processing");
    assert_eq!(desk.hop().under_way(), Some(Share::Send));
    desk.at(20, Happening::RequestSent { body: Some(100) })
        .answer(30, "HTTP/1.1 200 OK")
        .at(31, Happening::Exchanged);
    assert_eq!(
        steps(&desk),
        [
            "0-1 Send Done",
            "1-5 AwaitContinue Done",
            "5-5 Interim Done",
            "5-9 AwaitContinue Done",
            "9-20 Send Done",
            "12-12 Interim Done",
            "20-30 Wait Done",
            "30-31 Receive Done",
        ]
    );
    assert_eq!(desk.hop().trips().leave, 1);
}

#[test]
fn what_is_under_way_has_its_time_up_to_the_latest_event() {
    let mut desk = Desk::new();
    desk.at(0, started()).ask(0);
    desk.piece(0, Direction::Out, Role::RequestLine, 16)
        .piece(3, Direction::Out, Role::Content, 9)
        .at(8, Happening::Tick);
    assert_eq!(desk.hop().under_way(), Some(Share::Send));
    assert_eq!(desk.spent(Share::Send), Some(8));
    desk.at(9, Happening::RequestSent { body: Some(9) })
        .at(50, Happening::Tick);
    assert_eq!(desk.spent(Share::Send), Some(9));
    assert_eq!(desk.spent(Share::Wait), Some(41));
    let error = &Error::new(Exit::OperationTimedout, "");
    desk.at(60, Happening::Failed { error })
        .at(61, Happening::Exchanged);
    assert_eq!(
        desk.hop().under_way(),
        Some(Share::Wait),
        "when the time ran out"
    );
    assert_eq!(desk.spent(Share::Wait), Some(51));
}

#[test]
fn a_handshake_lasts_until_the_session_stands_with_the_proxy_and_with_the_origin() {
    let mut desk = Desk::new();
    let authority = "a.test:443";
    desk.at(0, started()).ask(0);
    assert!(!desk.hop().handshaking());
    desk.securing(1);
    assert!(desk.hop().handshaking(), "with the proxy");
    desk.secured(4, true)
        .at(4, Happening::Tunnelling { authority });
    assert!(!desk.hop().handshaking());
    desk.at(9, Happening::Tunnelled { status: 200 }).securing(9);
    assert!(desk.hop().handshaking(), "with the origin");
    desk.secured(16, false);
    assert!(!desk.hop().handshaking());
    assert_eq!(desk.spent(Share::Tls), Some(3 + 7));
    assert_eq!(desk.spent(Share::Proxy), Some(5));
}

#[test]
fn a_handshake_that_fails_is_over() {
    let mut desk = Desk::new();
    let error = &Error::new(Exit::SslConnectError, "");
    desk.at(0, started()).ask(0).securing(1);
    let (layer, alert) = (Layer::Tls, 40);
    desk.at(5, Happening::Alerted { layer, alert });
    assert!(desk.hop().handshaking(), "our answer is part of it");
    desk.at(6, Happening::Failed { error });
    assert!(!desk.hop().handshaking());
    assert_eq!(desk.spent(Share::Tls), Some(5));
}

fn peer(last: u8) -> Peer {
    Peer::Tcp(([10, 0, 0, last], 80).into())
}

/// Each step in a line: from and to in milliseconds, what, and how it ended.
fn steps(desk: &Desk) -> Vec<String> {
    let hop = desk.account().attempt.hop().unwrap();
    let since = |at: Instant| (at - desk.start).as_millis();
    let line = |step: &rcurl::view::ledger::Step| {
        let (from, to) = (since(step.began), since(step.ended));
        format!("{from}-{to} {:?} {:?}", step.what.kind(), step.end)
    };
    hop.steps().iter().map(line).collect()
}

#[test]
fn attempts_that_run_side_by_side_end_with_the_first_that_answers() {
    let (first, second, third) = (peer(1), peer(2), peer(3));
    let refused = std::io::Error::from(rustix::io::Errno::CONNREFUSED);
    let mut desk = Desk::new();
    desk.at(0, started()).ask(0);
    desk.at(1, Happening::Connecting { peer: &first })
        .at(201, Happening::Connecting { peer: &second })
        .at(401, Happening::Connecting { peer: &third });
    let (peer, local) = (&second, None);
    let error = &refused;
    desk.at(410, Happening::ConnectFailed { peer, local, error });
    let peer = &first;
    desk.on(450, Some(0), Happening::Connected { peer, local });
    assert_eq!(
        steps(&desk),
        [
            "1-450 Connect Done",
            "201-410 Connect Refused(\"Connection refused\")",
            "401-450 Connect Overtaken",
        ]
    );
    let hop = desk.account().attempt.hop().unwrap();
    let together = hop.spent(Share::Connect).unwrap();
    assert_eq!(
        together.as_millis(),
        449,
        "what goes on at the same time counts once"
    );
    assert_eq!(hop.trips().connect, 2);
    assert_eq!(hop.round_trip().unwrap().time.as_millis(), 449);
}

#[test]
fn the_wait_for_leave_is_a_step_and_so_are_the_parts_of_sending() {
    let mut desk = Desk::new();
    desk.at(0, started()).ask(0);
    desk.piece(0, Direction::Out, Role::RequestLine, 16)
        .at(1, Happening::AwaitingContinue)
        .at(5, Happening::ContinueNotGranted)
        .piece(5, Direction::Out, Role::Content, 100)
        .piece(7, Direction::Out, Role::Content, 100)
        .at(8, Happening::RequestSent { body: Some(200) })
        .piece(20, Direction::In, Role::StatusLine, 17)
        .piece(30, Direction::In, Role::Content, 9)
        .at(31, Happening::Exchanged);
    assert_eq!(
        steps(&desk),
        [
            "0-1 Send Done",
            "1-5 AwaitContinue Unanswered",
            "5-8 Send Done",
            "8-20 Wait Done",
            "20-31 Receive Done",
        ]
    );
}

#[test]
fn an_answer_before_the_request_is_out_makes_the_rest_pointless() {
    let mut desk = Desk::new();
    desk.at(0, started()).ask(0);
    desk.piece(0, Direction::Out, Role::RequestLine, 16)
        .piece(3, Direction::Out, Role::Content, 9)
        .piece(7, Direction::In, Role::StatusLine, 9)
        .at(9, Happening::Exchanged);
    assert_eq!(steps(&desk), ["0-3 Send Pointless", "7-9 Receive Done"]);
}

#[test]
fn what_was_under_way_ends_with_the_failure() {
    let check = |exit, expected: End| {
        let error = Error::new(exit, "");
        let mut desk = Desk::new();
        desk.at(0, started()).ask(0);
        desk.at(1, Happening::Resolving { host: "a.test" })
            .at(9, Happening::Failed { error: &error })
            .at(
                10,
                Happening::Finished {
                    outcome: Err(&error),
                },
            );
        let hop = desk.account().attempt.hop().unwrap();
        assert_eq!(hop.steps()[0].end, expected);
        assert_eq!(hop.steps()[0].took().as_millis(), 8);
        let course = desk.account().course();
        assert_eq!(course.failed_in, Some((Share::LookUp, expected)));
    };
    check(Exit::OperationTimedout, End::TimedOut);
    check(Exit::RecvError, End::Broken);
}

#[test]
fn a_second_connection_of_a_hop_is_measured_by_itself() {
    let secured = |for_proxy| TlsFacts {
        version: "TLSv1.3",
        round_trips: 1,
        for_proxy,
        ..TlsFacts::default()
    };
    let local = None;
    let (proxy, session) = (peer(1), secured(false));
    let peer = &proxy;
    let tunnelling = || Happening::Tunnelling {
        authority: "a.test:443",
    };
    let mut desk = Desk::new();
    desk.at(0, started()).ask(0);
    desk.on(0, Some(0), Happening::Connecting { peer })
        .on(1, Some(0), Happening::Connected { peer, local })
        .on(1, Some(0), tunnelling());
    let how = Ending::ShutDown;
    desk.on(4, Some(0), Happening::Ended { how })
        .on(5, Some(1), Happening::Connecting { peer })
        .on(6, Some(1), Happening::Connected { peer, local })
        .on(6, Some(1), tunnelling())
        .on(26, Some(1), Happening::Tunnelled { status: 200 });
    let trust = &Trust::default();
    desk.on(26, Some(1), Happening::Securing { alpn: &[], trust });
    let session = &session;
    desk.on(41, Some(1), Happening::Secured { session });
    let host = "a.test";
    desk.on(42, Some(1), Happening::Established { host, peer, local });
    let hop = desk.account().attempt.hop().unwrap();
    let way = hop.round_trip().unwrap();
    assert_eq!((way.time.as_millis(), way.from), (15, Yardstick::Tls));
    assert_eq!(hop.trips().total(), 2 + 2 + 1);
    desk.on(50, Some(1), Happening::Kept { host });
    desk.ledger.close(0).unwrap();
    desk.at(60, started()).ask(60);
    desk.on(60, Some(1), reused());
    let spared = desk.account().attempt.hop().unwrap().spared.unwrap();
    assert_eq!(spared.took.as_millis(), 42 - 5);
    assert_eq!(spared.trips.total(), 3);
}

#[test]
fn a_name_that_needs_no_resolver_is_no_step() {
    let addresses = &["127.0.0.1:80".parse().unwrap()];
    let (host, port) = ("127.0.0.1", 80);
    for lookup in [Lookup::Literal, Lookup::Cached, Lookup::Asked] {
        let mut desk = Desk::new();
        desk.at(0, started()).ask(0);
        let resolved = Happening::Resolved {
            host,
            port,
            addresses,
            lookup,
        };
        desk.at(1, resolved);
        assert!(steps(&desk).is_empty(), "{lookup:?}");
    }
}

#[test]
fn the_course_of_a_transfer_counts_every_try_and_each_pause() {
    let mut desk = Desk::new();
    desk.ledger = Ledger::new(Heads::LastHop).with(Tries::EveryTry);
    desk.at(0, started());
    for (begin, wait) in [(0, 10), (1000, 30), (3000, 50)] {
        desk.ask(begin)
            .piece(begin, Direction::Out, Role::RequestLine, 16)
            .at(begin + 1, Happening::RequestSent { body: None })
            .piece(begin + 1 + wait, Direction::In, Role::StatusLine, 20)
            .at(begin + 2 + wait, Happening::Exchanged);
        if begin < 3000 {
            desk.at(
                begin + 100,
                Happening::Retrying {
                    problem: "HTTP error",
                    after: Duration::from_secs(1),
                    left: 1,
                },
            );
        }
    }
    desk.at(3100, Happening::Finished { outcome: Ok(()) });
    let course = desk.account().course();
    let millis = Share::ALL.map(|share| course.share(share).as_millis());
    let known: u128 = 3 + 90 + 3 + 900 + 1900;
    let none = 0;
    assert_eq!(
        millis,
        [
            none,
            none,
            none,
            none,
            3,
            none,
            90,
            3,
            900 + 1900,
            3100 - known
        ]
    );
    assert_eq!((course.total.as_millis(), course.pauses), (3100, 2));
    assert_eq!(course.largest(), Share::Pause);
    assert_eq!(course.server, None, "nobody measured the way");
}

/// A hop of 10 ms: 1 to send, 6 to wait, 3 to receive.
fn redirected(desk: &mut Desk, begin: u64) {
    desk.ask(begin)
        .piece(begin, Direction::Out, Role::RequestLine, 16)
        .at(begin + 1, Happening::RequestSent { body: None })
        .answer(begin + 7, "HTTP/1.1 302 Found")
        .at(begin + 10, Happening::Exchanged);
}

#[test]
fn redirects_without_end_take_no_room_and_add_up_all_the_same() {
    for (heads, kept_heads) in [(Heads::LastHop, 1), (Heads::EveryHop, 2000)] {
        let mut desk = Desk::new();
        desk.ledger = Ledger::new(heads);
        desk.at(0, started());
        for number in 0..2000 {
            redirected(&mut desk, number * 10);
        }
        let attempt = &desk.account().attempt;
        let kept = attempt.hops.kept().count();
        assert!(kept < 100, "{kept}");
        assert_eq!(attempt.hops.latest().count(), 48);
        assert_eq!(attempt.requests(), 2000);
        assert_eq!(attempt.heads().count(), kept_heads);
        let share = |share| attempt.share(share).as_millis();
        assert_eq!(share(Share::Send), 2000);
        assert_eq!(share(Share::Wait), 12_000);
        assert_eq!(share(Share::Receive), 6000);
        let time = |stage| attempt.time(stage).as_millis();
        assert_eq!(time(Stage::PostTransfer), 2000);
        assert_eq!(time(Stage::StartTransfer), 14_000);
        assert_eq!(time(Stage::AppConnect), 0);
        assert_eq!(attempt.total.as_millis(), 20_000);
        let course = desk.account().course();
        assert_eq!(course.share(Share::Wait).as_millis(), 12_000);
        assert_eq!(course.share(Share::Rest).as_millis(), 0);
    }
}

#[test]
fn retries_without_end_take_no_room_and_add_up_all_the_same() {
    let mut desk = Desk::new();
    desk.ledger = Ledger::new(Heads::LastHop).with(Tries::EveryTry);
    desk.at(0, started());
    for number in 0..100 {
        for hop in 0..100 {
            redirected(&mut desk, number * 1100 + hop * 10);
        }
        let retrying = Happening::Retrying {
            problem: "HTTP error",
            after: Duration::from_millis(100),
            left: 1,
        };
        desk.at(number * 1100 + 1000, retrying);
    }
    redirected(&mut desk, 110_000);
    let kept: Vec<_> = desk.account().attempts().collect();
    assert!(kept.len() < 20, "{}", kept.len());
    let left_out = kept.iter().filter_map(|place| match place {
        Place::Kept(_) => None,
        Place::LeftOut(those) => Some((those.requests, those.began, those.ended)),
    });
    let [(requests, began, ended)] = left_out.collect::<Vec<_>>()[..] else {
        panic!("all that is left out stands in one place");
    };
    assert_eq!(requests, (100 - 4 - 8) * 100);
    let millis = |at: Instant| (at - desk.start).as_millis();
    assert_eq!((millis(began), millis(ended)), (4400, 91 * 1100 + 1000));
    let course = desk.account().course();
    assert_eq!(course.pauses, 100);
    assert_eq!(course.share(Share::Pause).as_millis(), 10_000);
    assert_eq!(course.share(Share::Wait).as_millis(), 60_006);
    assert_eq!(course.total.as_millis(), 110_010);
    assert_eq!(course.share(Share::Rest).as_millis(), 0);
}

#[test]
fn interim_responses_without_end_take_no_room() {
    let mut desk = Desk::new();
    desk.at(0, started()).ask(0);
    desk.at(1, Happening::RequestSent { body: None });
    for _ in 0..10_000 {
        let (direction, layer, role) = (Direction::In, Layer::Http, Role::StatusLine);
        let bytes = Bytes::Seen(b"HTTP/1.1 102 Processing\r\n");
        let piece = Happening::Piece {
            direction,
            layer,
            role,
            bytes,
        };
        desk.at(5, piece).head(5, "HTTP/1.1 102 Processing\r\n\r\n");
    }
    let hop = desk.account().attempt.hop().unwrap();
    let interim = |step: &&rcurl::view::ledger::Step| matches!(step.what, Doing::Interim { .. });
    let drawn = hop.steps().iter().filter(interim).count() as u32;
    assert!(
        drawn < 20 && drawn + hop.more_interim() == 10_000,
        "{drawn}"
    );
    assert!(hop.steps().len() < 40);
}
