//! A run inside the process: its world is a script.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{self, Cursor};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rcurl::World;
use rcurl::clock::{Clock, SystemClock};
use rcurl::environment::Environment;
use rcurl::event::Peer;
use rcurl::net::{Dialler, ScriptedWire, Sockets, Step, Wire};
use rcurl::streams::{Input, Streams};
use rcurl::transfer::job::Noise;
use rustix::io::Errno;

use crate::scripted::Caught;

/// Whatever takes time in a script takes this long, unless it says otherwise.
const MOMENT: Duration = Duration::from_millis(1);

/// Time that passes only where the script says so. The day is 21 November 2026, 09:30 UTC.
pub(crate) struct Time {
    now: Mutex<Instant>,
    start: Instant,
}

impl Time {
    fn new() -> Arc<Self> {
        let start = SystemClock.now();
        let now = Mutex::new(start);
        Arc::new(Self { now, start })
    }
}

impl Clock for Time {
    fn now(&self) -> Instant {
        *self.now.lock().unwrap()
    }

    fn wall(&self) -> Duration {
        Duration::from_mins(29_920_890) + (self.now() - self.start)
    }

    fn pause(&self, until: Instant) {
        let mut now = self.now.lock().unwrap();
        *now = until.max(*now);
    }
}

/// How the other side meets an attempt to connect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Meeting {
    /// It accepts, and follows these steps.
    Accepts(Vec<Step>),
    /// It refuses.
    Refuses,
    /// It does not answer.
    IsSilent,
}

/// What a run is given.
#[derive(Default)]
pub(crate) struct Scene {
    pub(crate) words: Vec<String>,
    pub(crate) environment: Environment,
    pub(crate) stdin: Vec<u8>,
    /// The system gives no random octets.
    pub(crate) noiseless: bool,
    /// One per attempt to connect, in order.
    pub(crate) meetings: Vec<Meeting>,
}

/// What a run came to.
pub(crate) struct Outcome {
    pub(crate) exit: u8,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
    /// Where each attempt to connect went, and what was sent there.
    pub(crate) sent: Vec<(String, Vec<u8>)>,
    /// Attempts that the script has and the run did not make.
    pub(crate) unmet: usize,
}

impl Scene {
    pub(crate) fn play(self) -> Outcome {
        let clock = Time::new();
        let (stdout, stderr) = (Caught::default(), Caught::default());
        let stage = Arc::new(Stage {
            clock: clock.clone(),
            meetings: Mutex::new(self.meetings.into()),
            met: Mutex::default(),
        });
        let world = World {
            environment: self.environment,
            streams: Streams {
                stdin: Input::new(Cursor::new(self.stdin)),
                stdout: stdout.console(),
                stderr: stderr.console(),
            },
            sockets: Sockets::Scripted(stage.clone()),
            clock,
            noise: noise(self.noiseless),
            secret_line: Box::new(|| None),
        };
        let words: Vec<OsString> = self.words.into_iter().map(OsString::from).collect();
        let exit = rcurl::run(&words, world) as u8;
        let met = stage.met.lock().unwrap();
        let sent = met
            .iter()
            .map(|(peer, sent)| (peer.clone(), sent.lock().unwrap().clone()));
        Outcome {
            exit,
            stdout: stdout.octets(),
            stderr: stderr.octets(),
            sent: sent.collect(),
            unmet: stage.meetings.lock().unwrap().len(),
        }
    }
}

/// Octets that count up, over the whole run, or none at all.
fn noise(noiseless: bool) -> Box<Noise> {
    if noiseless {
        return Box::new(|_| Err(Errno::NOSYS.into()));
    }
    let next = AtomicU8::new(0);
    Box::new(move |octets| {
        octets.fill_with(|| next.fetch_add(1, Ordering::Relaxed));
        Ok(())
    })
}

type Sent = Arc<Mutex<Vec<u8>>>;

/// Hands out wires in the order of the script.
struct Stage {
    clock: Arc<Time>,
    meetings: Mutex<VecDeque<Meeting>>,
    met: Mutex<Vec<(String, Sent)>>,
}

impl Dialler for Stage {
    fn dial(&self, peer: &Peer, until: Option<Instant>) -> io::Result<Box<dyn Wire>> {
        let name = match peer {
            Peer::Tcp(address) => address.to_string(),
            Peer::Unix(path) => path.display().to_string(),
            Peer::Abstract(name) => format!("@{name}"),
        };
        let meeting = self.meetings.lock().unwrap().pop_front();
        let (outcome, sent) = match meeting {
            Some(Meeting::Accepts(steps)) => {
                let wire = ScriptedWire::new(unhurried(steps), self.clock.clone()).leading_to(peer);
                let sent = wire.sent();
                (Ok(Box::new(wire) as Box<dyn Wire>), sent)
            }
            Some(Meeting::IsSilent) => {
                self.clock
                    .pause(until.expect("a silent peer needs a limit of time"));
                (Err(io::ErrorKind::TimedOut.into()), Sent::default())
            }
            Some(Meeting::Refuses) | None => {
                let refused = io::Error::from(Errno::CONNREFUSED);
                (Err(refused), Sent::default())
            }
        };
        self.clock.pause(self.clock.now() + MOMENT);
        self.met.lock().unwrap().push((name, sent));
        outcome
    }
}

/// Each piece that is said takes a moment to come.
fn unhurried(steps: Vec<Step>) -> impl Iterator<Item = Step> {
    steps.into_iter().flat_map(|step| {
        let moment = matches!(step, Step::Say(_)).then_some(Step::Silence(MOMENT));
        moment.into_iter().chain([step])
    })
}
