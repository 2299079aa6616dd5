//! A wire that plays a script: for tests, and to replay what was recorded.
//!
//! Knows: what the other side says and when it ends, and where wires come from instead of sockets.
//! Must not know: sockets. Time passes on the clock that is handed in, so a script that is silent for
//! an hour takes no time in a test.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::wire::{Io, Wait, Wire};
use crate::clock::{Clock, later};
use crate::event::Peer;
use crate::lock::lock;

/// Who makes the sockets of a network.
#[derive(Clone, Default)]
pub enum Sockets {
    /// The system.
    #[default]
    System,
    /// Somebody with wires of their own.
    Scripted(Arc<dyn Dialler>),
}

/// Makes wires without the system: for tests, and to replay what was recorded.
pub trait Dialler: Send + Sync {
    /// A wire to this peer, or why there is none. Who does not answer lets the clock pass `until`.
    fn dial(&self, peer: &Peer, until: Option<Instant>) -> io::Result<Box<dyn Wire>>;
}

/// One step of the other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Says these octets in one piece.
    Say(Vec<u8>),
    /// Goes on only after so many octets were sent, counted from the start of the wire.
    Expect(usize),
    /// Goes on only after these octets were sent, counted from where the last such step found its own.
    Await(Vec<u8>),
    /// Says nothing for so long.
    Silence(Duration),
    /// Ends its stream; as the end of the script does.
    Close,
    /// Resets the connection.
    Reset,
}

/// A wire whose other side follows a script.
pub struct ScriptedWire {
    steps: VecDeque<Step>,
    said: Vec<u8>,
    sent: Arc<Mutex<Vec<u8>>>,
    /// How much of what was sent has been waited for by [`Step::Await`].
    heard: usize,
    clock: Arc<dyn Clock>,
    peer: Peer,
    local: Option<SocketAddr>,
    reset: bool,
}

impl ScriptedWire {
    /// A wire to `127.0.0.1:80` that plays these steps.
    pub fn new(steps: impl IntoIterator<Item = Step>, clock: Arc<dyn Clock>) -> Self {
        Self {
            steps: steps.into_iter().collect(),
            said: Vec::new(),
            sent: Arc::default(),
            heard: 0,
            clock,
            peer: Peer::Tcp(SocketAddr::from(([127, 0, 0, 1], 80))),
            local: Some(SocketAddr::from(([127, 0, 0, 1], 50000))),
            reset: false,
        }
    }

    /// The same wire to another peer.
    #[must_use]
    pub fn leading_to(mut self, peer: &Peer) -> Self {
        self.local = self.local.filter(|_| matches!(peer, Peer::Tcp(_)));
        self.peer = peer.clone();
        self
    }

    /// What has been sent so far; stays readable when the wire is gone.
    pub fn sent(&self) -> Arc<Mutex<Vec<u8>>> {
        self.sent.clone()
    }

    fn count_sent(&self) -> usize {
        lock(&self.sent).len()
    }

    /// Whether these octets were sent since the last that were waited for.
    fn hears(&mut self, wanted: &[u8]) -> bool {
        let sent = lock(&self.sent);
        let new = sent.get(self.heard..).unwrap_or_default();
        let found = new
            .windows(wanted.len().max(1))
            .position(|window| window == wanted);
        if let Some(at) = found {
            self.heard = self.heard.saturating_add(at).saturating_add(wanted.len());
        }
        found.is_some()
    }

    /// Nothing more will come before the time: it passes.
    fn idle(&self, wait: &Wait<'_>) -> Io<'static> {
        match wait.until {
            Some(until) => {
                self.clock.pause(until);
                Io::TimedOut
            }
            None => Io::Failed(io::Error::other("the script waits for more than was sent")),
        }
    }

    /// Silence: the whole of it passes, or what the wait allows.
    fn keep_silent(&mut self, length: Duration, wait: &Wait<'_>) -> Option<Io<'static>> {
        let now = self.clock.now();
        let end = later(now, length);
        match wait.until {
            Some(until) if until < end => {
                let left = end.saturating_duration_since(until.max(now));
                self.steps.push_front(Step::Silence(left));
                Some(self.idle(wait))
            }
            _ => {
                self.clock.pause(end);
                None
            }
        }
    }
}

impl Wire for ScriptedWire {
    fn send_together(&mut self, parts: &[IoSlice<'_>]) -> io::Result<()> {
        if self.reset {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        let mut sent = lock(&self.sent);
        for part in parts {
            sent.extend_from_slice(part);
        }
        Ok(())
    }

    fn queued(&self) -> usize {
        0
    }

    fn wait(&mut self, wait: Wait<'_>) -> Io<'_> {
        if wait.receive == 0 {
            return self.idle(&wait);
        }
        loop {
            match self.steps.pop_front() {
                Some(Step::Say(bytes)) if bytes.is_empty() => {}
                Some(Step::Say(mut bytes)) => {
                    let left = bytes.split_off(bytes.len().min(wait.receive));
                    if !left.is_empty() {
                        self.steps.push_front(Step::Say(left));
                    }
                    self.said = bytes;
                    let at = self.clock.now();
                    return Io::Bytes {
                        at,
                        bytes: &self.said,
                    };
                }
                Some(Step::Expect(count)) if self.count_sent() >= count => {}
                Some(Step::Await(ref wanted)) if self.hears(wanted) => {}
                Some(step @ (Step::Expect(_) | Step::Await(_))) => {
                    self.steps.push_front(step);
                    return self.idle(&wait);
                }
                Some(Step::Silence(length)) => {
                    if let Some(io) = self.keep_silent(length, &wait) {
                        return io;
                    }
                }
                Some(Step::Reset) => {
                    self.reset = true;
                    return Io::Failed(rustix::io::Errno::CONNRESET.into());
                }
                Some(Step::Close) | None => return Io::Eof,
            }
        }
    }

    fn give_back(&mut self, count: usize) {
        if count > 0 {
            let from = self.said.len().saturating_sub(count);
            self.steps.push_front(Step::Say(self.said.split_off(from)));
        }
    }

    fn sending_failed(&self) -> Option<io::ErrorKind> {
        self.reset.then_some(io::ErrorKind::ConnectionReset)
    }

    fn peer(&self) -> &Peer {
        &self.peer
    }

    fn local(&self) -> Option<SocketAddr> {
        self.local
    }

    fn is_idle_and_alive(&mut self) -> bool {
        matches!(
            self.steps.front(),
            Some(Step::Expect(_) | Step::Await(_) | Step::Silence(_))
        )
    }
}
