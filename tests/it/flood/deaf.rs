//! A server that takes the beginning of a request, answers it, and never reads on.

use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use rcurl::clock::Clock;
use rcurl::event::Peer;
use rcurl::net::{Dialler, Io, Wait, Wire};

/// Connections to such a server, each of which has its own answer.
pub(super) struct Deaf {
    pub(super) clock: Arc<dyn Clock>,
    /// What it answers on one connection after the other.
    pub(super) answers: Mutex<std::vec::IntoIter<&'static str>>,
    /// So much of each request is taken.
    pub(super) takes: usize,
}

impl Dialler for Deaf {
    fn dial(&self, peer: &Peer, _until: Option<Instant>) -> io::Result<Box<dyn Wire>> {
        let answer = self.answers.lock().unwrap().next();
        Ok(Box::new(DeafWire {
            clock: self.clock.clone(),
            answer: answer.ok_or(io::ErrorKind::ConnectionRefused)?,
            room: self.takes,
            queued: 0,
            peer: peer.clone(),
        }))
    }
}

struct DeafWire {
    clock: Arc<dyn Clock>,
    /// What is still to be said.
    answer: &'static str,
    room: usize,
    queued: usize,
    peer: Peer,
}

impl Wire for DeafWire {
    fn send_together(&mut self, parts: &[IoSlice<'_>]) -> io::Result<()> {
        let offered: usize = parts.iter().map(|part| part.len()).sum();
        let taken = offered.min(self.room);
        self.room -= taken;
        self.queued += offered - taken;
        Ok(())
    }

    fn queued(&self) -> usize {
        self.queued
    }

    fn wait(&mut self, wait: Wait<'_>) -> Io<'_> {
        if wait.receive > 0 && !self.answer.is_empty() {
            return Io::Bytes {
                at: self.clock.now(),
                bytes: std::mem::take(&mut self.answer).as_bytes(),
            };
        }
        match wait.until {
            Some(until) => {
                self.clock.pause(until);
                Io::TimedOut
            }
            None => Io::Failed(io::Error::other("nothing more will happen")),
        }
    }

    fn give_back(&mut self, count: usize) {
        assert_eq!(count, 0, "nobody needs to");
    }

    fn sending_failed(&self) -> Option<io::ErrorKind> {
        None
    }

    fn peer(&self) -> &Peer {
        &self.peer
    }

    fn local(&self) -> Option<SocketAddr> {
        None
    }

    /// A connection that was kept by mistake would be used.
    fn is_idle_and_alive(&mut self) -> bool {
        true
    }
}
