//! The wire: octets out, octets in, and the only place that waits.
//!
//! Knows: one connected, non-blocking socket, what it has not taken yet, and `poll`. Must not know:
//! what the octets mean, or how the socket came to be connected.
//!
//! A small exchange is `write`, `poll`, `read`: the system is asked to wait only after a read or a
//! write said "not now", or after a read that came back short. After a failed send the wire goes on
//! reading, since an early answer (a `413`, say) must be seen; the failure is told when reading ends.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, recv, send};

use crate::clock::Clock;
use crate::event::{Peer, Tap};

/// A stream of octets in both directions.
pub trait Wire: Send {
    /// Queues octets and hands over what the kernel takes at once. An error means that nothing more
    /// can be sent, now or earlier; what can still be received must then be waited for.
    fn send(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Octets not yet taken by the kernel; whoever sends keeps this bounded.
    fn queued(&self) -> usize;

    /// Waits for octets, for room, for something else, or for the time.
    fn wait(&mut self, wait: Wait<'_>) -> Io<'_>;

    /// Says goodbye, best effort: the `close_notify` of TLS.
    fn shut_down(&mut self) {}

    /// What made sending fail. The end of reading is then told as [`Io::Failed`] with it.
    fn sending_failed(&self) -> Option<io::ErrorKind>;

    /// Where the socket leads.
    fn peer(&self) -> &Peer;

    /// Where it comes from; none for a unix socket.
    fn local(&self) -> Option<SocketAddr>;

    /// Whether a kept connection can serve again: not closed, and nothing unasked-for has come.
    fn is_idle_and_alive(&mut self) -> bool;

    /// From now on what only this wire can see (TLS records) is told to this tap.
    fn watch(&mut self, _tap: &Tap) {}
}

/// What is waited for: something at least, or the wait has no end.
#[derive(Clone, Copy, Default)]
pub struct Wait<'a> {
    /// No longer than this; octets that have come already win over a time that has passed.
    pub until: Option<Instant>,
    /// Whether octets are wanted; `false` holds the other side back.
    pub receive: bool,
    /// Something else that may become readable, such as standard input.
    pub also: Option<BorrowedFd<'a>>,
}

/// What a wait ended with.
#[derive(Debug)]
pub enum Io<'a> {
    /// Octets came.
    Bytes {
        /// When they were read.
        at: Instant,
        /// The octets, at least one.
        bytes: &'a [u8],
    },
    /// The kernel took so many octets of the queue since this was told last; 0 when sending failed
    /// and the queue was dropped.
    Sent(usize),
    /// [`Wait::also`] is readable.
    AlsoReady,
    /// The other side has ended its stream; over TLS only after a `close_notify`.
    Eof,
    /// The wire is broken. A TLS stream cut without `close_notify` is `UnexpectedEof`, octets that
    /// are no TLS are `InvalidData`.
    Failed(io::Error),
    /// The time has come.
    TimedOut,
}

/// The read buffer of a connection that has not received much yet.
const SMALL_BUFFER: usize = 16 * 1024;
/// The read buffer of a connection whose reads come back full.
const LARGE_BUFFER: usize = 256 * 1024;

/// A wire over a connected, non-blocking socket.
pub(super) struct SocketWire {
    socket: OwnedFd,
    clock: Arc<dyn Clock>,
    peer: Peer,
    local: Option<SocketAddr>,
    queue: VecDeque<u8>,
    /// Octets taken by the kernel and not yet told.
    taken: usize,
    failure: Option<io::Error>,
    buffer: Vec<u8>,
    last_read_was_full: bool,
    /// The next read is worth trying without a `poll`.
    may_read: bool,
    /// The next write is.
    may_write: bool,
}

impl SocketWire {
    pub(super) fn new(
        socket: OwnedFd,
        peer: Peer,
        local: Option<SocketAddr>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            socket,
            clock,
            peer,
            local,
            queue: VecDeque::new(),
            taken: 0,
            failure: None,
            buffer: Vec::new(),
            last_read_was_full: false,
            may_read: false,
            may_write: true,
        }
    }

    /// Offers octets to the kernel once; how many it took.
    fn offer(&mut self, bytes: &[u8]) -> usize {
        loop {
            match send(&self.socket, bytes, NO_SIGNAL) {
                Ok(taken) => {
                    self.may_write = taken == bytes.len();
                    return taken;
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => {
                    self.may_write = false;
                    return 0;
                }
                Err(error) => {
                    self.failure = Some(error.into());
                    return 0;
                }
            }
        }
    }

    fn flush(&mut self) {
        while self.may_write && self.failure.is_none() && !self.queue.is_empty() {
            let queue = std::mem::take(&mut self.queue);
            let taken = self.offer(queue.as_slices().0);
            self.queue = queue;
            self.queue.drain(..taken);
            self.taken = self.taken.saturating_add(taken);
        }
        if self.failure.is_some() {
            self.queue.clear();
        }
    }

    /// Reads once: how many octets, or none when there is nothing yet.
    fn read(&mut self) -> io::Result<Option<usize>> {
        if self.buffer.is_empty() {
            self.buffer = vec![0; SMALL_BUFFER];
        } else if self.last_read_was_full && self.buffer.len() < LARGE_BUFFER {
            self.buffer = vec![0; self.buffer.len().saturating_mul(4)];
        }
        loop {
            match recv(&self.socket, self.buffer.as_mut_slice(), RecvFlags::empty()) {
                Ok((count, _)) => {
                    self.last_read_was_full = count == self.buffer.len();
                    self.may_read = self.last_read_was_full;
                    return Ok(Some(count));
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => {
                    self.may_read = false;
                    return Ok(None);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Waits until something may be read or written, or the time has come.
    fn poll(&mut self, wait: &Wait<'_>) -> io::Result<Woken> {
        let mut interest = PollFlags::empty();
        interest.set(PollFlags::IN, wait.receive);
        interest.set(PollFlags::OUT, !self.queue.is_empty());
        let timeout = wait.until.map(|until| timeout(until, self.clock.now()));
        let mut polled = Vec::with_capacity(2);
        if let Some(also) = wait.also {
            polled.push(PollFd::from_borrowed_fd(also, PollFlags::IN));
        }
        // A hang-up is told even to those who ask for nothing: a wait that is held back would spin.
        if !interest.is_empty() {
            polled.push(PollFd::new(&self.socket, interest));
        }
        let count = match poll(&mut polled, timeout.as_ref()) {
            Ok(count) => count,
            Err(Errno::INTR) => return Ok(Woken::Something),
            Err(error) => return Err(error.into()),
        };
        let mut told = polled.iter().map(PollFd::revents);
        let also = wait.also.and_then(|_| told.next());
        let socket = told.next().unwrap_or(PollFlags::empty());
        let broken = PollFlags::ERR | PollFlags::HUP;
        self.may_read |= socket.intersects(PollFlags::IN | broken);
        self.may_write |= socket.intersects(PollFlags::OUT | broken);
        let time_is_up = wait.until.is_some_and(|until| self.clock.now() >= until);
        Ok(match also {
            Some(also) if !also.is_empty() && !self.may_read => Woken::Also,
            _ if count == 0 && time_is_up => Woken::Time,
            _ => Woken::Something,
        })
    }

    /// How reading ends: a failure to send that was kept back goes first.
    fn ended(&mut self, how: Io<'static>) -> Io<'static> {
        self.failure.take().map_or(how, Io::Failed)
    }
}

/// What ended a `poll`.
enum Woken {
    /// The socket, or a signal.
    Something,
    /// [`Wait::also`], and nothing came from the socket.
    Also,
    /// The time.
    Time,
}

/// The time left, as `poll` takes it.
pub(super) fn timeout(until: Instant, now: Instant) -> Timespec {
    Timespec::try_from(until.saturating_duration_since(now)).unwrap_or(Timespec {
        tv_sec: i64::from(i32::MAX),
        tv_nsec: 0,
    })
}

#[cfg(not(target_vendor = "apple"))]
const NO_SIGNAL: SendFlags = SendFlags::NOSIGNAL;
#[cfg(target_vendor = "apple")]
const NO_SIGNAL: SendFlags = SendFlags::empty();

impl Wire for SocketWire {
    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.flush();
        let taken = if self.queue.is_empty() && self.may_write && self.failure.is_none() {
            self.offer(bytes)
        } else {
            0
        };
        if let Some(failure) = &self.failure {
            return Err(failure.kind().into());
        }
        self.queue.extend(bytes.get(taken..).unwrap_or_default());
        Ok(())
    }

    fn queued(&self) -> usize {
        self.queue.len()
    }

    fn wait(&mut self, wait: Wait<'_>) -> Io<'_> {
        loop {
            let was_queued = !self.queue.is_empty();
            self.flush();
            if wait.receive && self.may_read {
                match self.read() {
                    Ok(Some(0)) => return self.ended(Io::Eof),
                    Ok(Some(count)) => {
                        let at = self.clock.now();
                        let bytes = self.buffer.get(..count).unwrap_or_default();
                        return Io::Bytes { at, bytes };
                    }
                    Ok(None) => {}
                    Err(error) => return self.ended(Io::Failed(error)),
                }
            }
            if self.taken > 0 || (was_queued && self.failure.is_some()) {
                return Io::Sent(std::mem::take(&mut self.taken));
            }
            match self.poll(&wait) {
                Ok(Woken::Something) => {}
                Ok(Woken::Also) => return Io::AlsoReady,
                Ok(Woken::Time) => return Io::TimedOut,
                Err(error) => return Io::Failed(error),
            }
        }
    }

    fn sending_failed(&self) -> Option<io::ErrorKind> {
        self.failure.as_ref().map(io::Error::kind)
    }

    fn peer(&self) -> &Peer {
        &self.peer
    }

    fn local(&self) -> Option<SocketAddr> {
        self.local
    }

    fn is_idle_and_alive(&mut self) -> bool {
        let at_once = Some(Timespec::default());
        let mut socket = [PollFd::new(&self.socket, PollFlags::IN)];
        self.queue.is_empty() && matches!(poll(&mut socket, at_once.as_ref()), Ok(0))
    }
}
