//! The ledger: what hops and tries add up to.

use std::time::{Duration, Instant};

use rcurl::clock::{Clock, SystemClock};
use rcurl::event::{Bytes, Direction, Ending, Event, Happening, Layer, Peer};
use rcurl::http1::{Head, Role};
use rcurl::view::ledger::{Account, Heads, Ledger, Phase, Stage};

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
        .piece(11, Direction::In, Role::StatusLine, 25)
        .head(12, "HTTP/1.1 103 Early Hints\r\n\r\n");
    assert!(desk.account().attempt.head().is_none());
    desk.piece(32, Direction::In, Role::StatusLine, 17)
        .head(33, "HTTP/1.1 200 OK\r\n\r\n")
        .at(40, Happening::Exchanged);
    let hop = desk.account().attempt.hop().unwrap();
    let spent = |phase| hop.spent(phase).map(|time| time.as_millis());
    assert_eq!(spent(Phase::Sending), Some(1));
    assert_eq!(spent(Phase::Waiting), Some(10 + 20));
    assert_eq!(spent(Phase::Receiving), Some(8));
    assert_eq!(spent(Phase::Lookup), None);
    assert_eq!(hop.status, 200);
    assert_eq!(desk.time(Stage::StartTransfer), 11);
}
