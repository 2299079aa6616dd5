//! A transcript of whatever a server says: how octets came together changes nothing, each line has its
//! sign and no control, masks change no number of lines, and what was a secret is none.
//!
//! The first octet chooses what becomes of secrets, the second how long reads are.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rcurl::clock::{Clock, SystemClock};
use rcurl::codec::json::Path;
use rcurl::codec::pattern::Pattern;
use rcurl::environment::Environment;
use rcurl::event::{Bytes, Direction, Event, Happening, Layer, Observer};
use rcurl::http1::{Connection, Framing, Role, Settings, Signal, request_lines};
use rcurl::plan::{Destination, Mask, Plan, When};
use rcurl::streams::Console;
use rcurl::target::{Reading, Target};
use rcurl::view::transcript::Transcript;

const REQUEST: &[u8] =
    b"POST /?token=t0ken-t0ken HTTP/1.1\r\nHost: localhost:40000\r\nAuthorization: Basic c2FtOmh1bnRlcjI=\r\n\
      Content-Type: multipart/form-data; boundary=boundary\r\n\r\n";

pub(crate) fn hold(input: &[u8]) {
    let Some(([choice, size], octets)) = input.split_first_chunk() else {
        return;
    };
    let redact = [When::Auto, When::Never][usize::from(choice & 1)];
    let size = usize::from(*size) + 1;
    let whole = transcript(&[], redact, [octets]);
    let parts = transcript(&[], redact, octets.chunks(size));
    assert!(whole == parts, "splitting changes nothing");
    assert_readable(&whole);
    let masks = [
        Mask::Header("x-a".to_owned()),
        Mask::Json(Path::new("..a").expect("a path")),
        Mask::Regex(Pattern::new("b(c*)").expect("an expression")),
        Mask::Server,
    ];
    let masked = transcript(&masks, redact, [octets]);
    assert_eq!(
        masked.lines().count(),
        whole.lines().count(),
        "masks change no number of lines"
    );
    if redact == When::Auto
        && !octets
            .windows(4)
            .any(|four| four == b"0ken" || four == b"hunt")
    {
        assert!(!whole.contains("t0ken-t0ken") && !whole.contains("c2FtOmh1bnRlcjI="));
    }
}

fn assert_readable(text: &str) {
    assert!(text.ends_with('\n'));
    assert!(
        text.chars()
            .all(|c| !c.is_control() || c == '\n' || c == '\t'),
        "{text:?}"
    );
    for line in text.lines() {
        let signed = ["* ", "> ", "< ", "} ", "{ ", "! "]
            .iter()
            .any(|sign| line.starts_with(sign));
        assert!(signed || ["", "<", ">"].contains(&line), "{line:?}");
    }
}

/// What a run writes that hears this, read by read.
fn transcript<'a>(
    masks: &[Mask],
    redact: When,
    reads: impl IntoIterator<Item = &'a [u8]>,
) -> String {
    let mut plan = Plan::default();
    plan.global.inspect.transcript = Some(Destination::Stdout);
    plan.global.inspect.masks = masks.to_vec();
    plan.global.inspect.redact = redact;
    let (out, clock) = (Caught::default(), Arc::new(Noon) as Arc<dyn Clock>);
    let console = Console::new(out.clone());
    let view = Transcript::new(&plan, &Environment::default(), &console, &console, &clock);
    let mut stage = Stage {
        view: view.expect("one was asked for"),
        at: clock.now(),
    };
    stage.play(reads);
    stage.view.conclude();
    let text = out.0.lock().expect("nobody panicked").clone();
    String::from_utf8(text).expect("a transcript is UTF-8")
}

struct Stage {
    view: Transcript,
    at: Instant,
}

impl Stage {
    fn tell(&mut self, what: Happening<'_>) {
        let event = Event {
            at: self.at,
            transfer: 0,
            connection: Some(0),
            what,
        };
        self.view.observe(&event);
    }

    fn piece(&mut self, direction: Direction, role: Role, octets: &[u8]) {
        let (layer, bytes) = (Layer::Http, Bytes::Seen(octets));
        self.tell(Happening::Piece {
            direction,
            layer,
            role,
            bytes,
        });
    }

    fn play<'a>(&mut self, reads: impl IntoIterator<Item = &'a [u8]>) {
        let url = "http://localhost:40000/?token=t0ken-t0ken";
        let target = Target::parse(url, &Reading::default()).expect("a URL");
        self.tell(Happening::Started {
            url,
            number: 0,
            operation: 0,
        });
        self.tell(Happening::Requesting {
            target: &target,
            method: "POST",
            by_proxy: false,
        });
        for (role, line) in request_lines(REQUEST) {
            self.piece(Direction::Out, role, line);
        }
        self.piece(
            Direction::Out,
            Role::Content,
            b"--boundary\r\n\r\n\0\r\n--boundary--\r\n",
        );
        self.tell(Happening::RequestSent { body: Some(35) });
        let mut http = Connection::new(Settings::default());
        http.send_head("POST", Framing::UntilClose)
            .expect("a request");
        for read in reads {
            if !self.hear(&mut http, read) {
                break;
            }
        }
        self.tell(Happening::Exchanged);
        self.tell(Happening::Finished { outcome: Ok(()) });
    }

    /// Tells what a read is; false when the response is over.
    fn hear(&mut self, http: &mut Connection, mut read: &[u8]) -> bool {
        loop {
            let Ok((taken, signal)) = http.receive(read) else {
                return false;
            };
            match signal {
                Signal::NeedMore => return true,
                Signal::End | Signal::Switched => return false,
                Signal::Piece(role, octets) => self.piece(Direction::In, role, octets),
                Signal::Violated(violation) => self.tell(Happening::Violated {
                    violation: &violation,
                }),
                Signal::Interim(head) | Signal::Final(head) => {
                    self.tell(Happening::HeadReceived { head: &head });
                }
            }
            read = &read[taken..];
        }
    }
}

/// 21 November 2026, always.
struct Noon;

impl Clock for Noon {
    fn now(&self) -> Instant {
        SystemClock.now()
    }

    fn wall(&self) -> Duration {
        Duration::from_mins(29_920_890)
    }

    fn pause(&self, _until: Instant) {}
}

#[derive(Clone, Default)]
struct Caught(Arc<Mutex<Vec<u8>>>);

impl Write for Caught {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .expect("nobody panicked")
            .extend_from_slice(octets);
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
