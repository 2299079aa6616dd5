//! One exchange over a scripted wire: what is told of it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rcurl::clock::{Clock, SystemClock};
use rcurl::error::{Error, Exit};
use rcurl::event::{Bytes, Direction, Event, Happening, Interest, Layer, Observer, Tap};
use rcurl::http1::{Connection, Framing, Head, Role, Settings};
use rcurl::net::{ScriptedWire, Step};
use rcurl::transfer::compose::RequestHead;
use rcurl::transfer::exchange::{Terms, exchange};
use rcurl::transfer::incoming::{Receiver, Reception};
use rcurl::transfer::source::Source;

/// Takes so much content, and no more.
struct Full {
    room: usize,
    reception: Reception,
}

impl Receiver for Full {
    fn hear(&mut self, _role: Role, _line: &[u8]) {}

    fn pass(&mut self, _role: Role, _line: &[u8]) -> Result<(), Error> {
        Ok(())
    }

    fn decide(&mut self, _head: &Head) -> Result<Reception, Error> {
        Ok(self.reception)
    }

    fn content(&mut self, octets: &[u8]) -> Result<(), Error> {
        let left = self.room.checked_sub(octets.len());
        self.room = left.ok_or_else(|| Error::new(Exit::WriteError, "there is no more room"))?;
        Ok(())
    }
}

/// How many octets are told to have come, and how many their pieces have.
#[derive(Clone, Default)]
struct Count {
    came: Arc<Mutex<(usize, u64)>>,
    interest: Interest,
}

impl Observer for Count {
    fn observe(&mut self, event: &Event<'_>) {
        let (batches, pieces) = &mut *self.came.lock().unwrap();
        match &event.what {
            Happening::Batch {
                direction: Direction::In,
                bytes,
                ..
            } => *batches += bytes,
            Happening::Piece {
                direction: Direction::In,
                bytes,
                ..
            } => *pieces += Bytes::count(bytes),
            _ => {}
        }
    }

    fn wants(&self) -> Interest {
        self.interest
    }
}

/// Receives a response that comes in parts of this length; gives what was told of it.
fn told(response: &[u8], part: usize, mut receiver: Full, interest: Interest) -> (usize, u64) {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let count = Count {
        interest,
        ..Count::default()
    };
    let tap = Tap::new(clock.clone(), vec![Box::new(count.clone())]);
    let parts = response.chunks(part).map(|part| Step::Say(part.to_vec()));
    let head = RequestHead {
        method: "GET".to_owned(),
        octets: b"GET / HTTP/1.1\r\n\r\n".to_vec(),
        expects_continue: false,
        framing: Framing::None,
    };
    let terms = Terms {
        layer: Layer::Http,
        began: clock.now(),
        deadline: None,
        continue_timeout: Duration::ZERO,
        rate: None,
        least_speed: None,
    };
    // It may well fail.
    let _ = exchange(
        &mut ScriptedWire::new(parts, clock),
        &mut Connection::new(Settings::default()),
        &head,
        &mut Source::empty(),
        &mut receiver,
        terms,
        &tap,
    );
    *count.came.lock().unwrap()
}

/// Whether or not there is room for the content, and whoever looks on.
#[test]
fn the_octets_told_are_the_octets_that_came() {
    let responses = [
        "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n01234567890123456789stray",
        "HTTP/1.1 200 OK\r\n\r\n01234567890123456789",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
         a\r\n0123456789\r\n5\r\n01234\r\n3\r\n012\r\n02 ; x=y\r\n01\r\n0\r\nt: v\r\n\r\nstray",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n5\r\n012345678",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\nnone\r\n01234",
    ];
    let somebody = Interest {
        content: true,
        ..Interest::default()
    };
    for response in responses {
        let length = response.len();
        for part in 1..=length {
            for interest in [Interest::default(), somebody] {
                for reception in [
                    Reception::Deliver,
                    Reception::DeliverFramed,
                    Reception::Ignore,
                ] {
                    for room in [0, 9, 10, 14, 21] {
                        let receiver = Full { room, reception };
                        let (came, pieces) = told(response.as_bytes(), part, receiver, interest);
                        let label = format!("{response:?} by {part}, {reception:?}, {room}");
                        assert_eq!(came as u64, pieces, "{label}");
                        assert!(came > 0, "{label}");
                    }
                }
            }
        }
    }
}
