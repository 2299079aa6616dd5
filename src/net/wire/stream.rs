//! A wire over a stream socket.
//!
//! Knows: one connected, non-blocking socket, what it has not taken yet, and `poll`. Must not know:
//! what the octets mean, or how the socket came to be connected.
//!
//! A small exchange is `write`, `poll`, `read`: the system is asked to wait only after a read or a
//! write said "not now", or after a read that came back short. After a failed send the wire goes on
//! reading, since an early answer (a `413`, say) must be seen; the failure is told when reading ends.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendAncillaryBuffer, SendFlags, recv, send, sendmsg};

use super::{FileSent, Io, Wait, Wire};
use crate::clock::Clock;
use crate::event::Peer;
use crate::net::bypass::{self, Bypass, Outlet, Stretch};

/// The read buffer of a connection that has not received much yet.
const SMALL_BUFFER: usize = 16 * 1024;
/// The read buffer of a connection whose reads come back full.
const LARGE_BUFFER: usize = 256 * 1024;

/// A wire over a connected, non-blocking socket.
pub(in crate::net) struct SocketWire {
    socket: OwnedFd,
    clock: Arc<dyn Clock>,
    peer: Peer,
    local: Option<SocketAddr>,
    queue: VecDeque<u8>,
    /// Octets taken by the kernel and not yet told.
    taken: usize,
    failure: Option<io::Error>,
    buffer: Vec<u8>,
    /// When it was filled.
    filled_at: Instant,
    /// Where in it the octets end that came.
    filled: usize,
    /// Where those end that were handed over, and not given back.
    handed: usize,
    last_read_was_full: bool,
    /// The next read is worth trying without a `poll`.
    may_read: bool,
    /// The next write is.
    may_write: bool,
    /// There was no room for octets of a file, and it was not told yet that there is.
    wants_room: bool,
    /// `poll` said that there are octets, and none were taken since.
    has_octets: bool,
    /// An outlet that was full has room again, and nothing passed since.
    outlet_ready: bool,
    /// From this socket, nothing can go past the program.
    no_bypass: bool,
    /// Nor can a file go into it so.
    no_sendfile: bool,
}

impl SocketWire {
    pub(in crate::net) fn new(
        socket: OwnedFd,
        peer: Peer,
        local: Option<SocketAddr>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            socket,
            filled_at: clock.now(),
            clock,
            peer,
            local,
            queue: VecDeque::new(),
            taken: 0,
            failure: None,
            buffer: Vec::new(),
            filled: 0,
            handed: 0,
            last_read_was_full: false,
            may_read: false,
            may_write: true,
            wants_room: false,
            has_octets: false,
            outlet_ready: false,
            no_bypass: false,
            no_sendfile: false,
        }
    }

    /// Offers octets to the kernel once; how many it took.
    fn offer(&mut self, parts: &[IoSlice<'_>]) -> usize {
        loop {
            let sent = if let [bytes] = parts {
                send(&self.socket, bytes, NO_SIGNAL)
            } else {
                let mut no_control = SendAncillaryBuffer::default();
                sendmsg(&self.socket, parts, &mut no_control, NO_SIGNAL)
            };
            match sent {
                Ok(taken) => {
                    let offered: usize = parts.iter().map(|part| part.len()).sum();
                    self.may_write = taken == offered;
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
            let taken = self.offer(&[IoSlice::new(queue.as_slices().0)]);
            self.queue = queue;
            self.queue.drain(..taken);
            self.taken = self.taken.saturating_add(taken);
        }
        if self.failure.is_some() {
            self.queue.clear();
        }
    }

    /// Takes octets off the socket once, so many at most, one way or the other.
    fn take<'a>(&mut self, most: usize, past: Option<Bypass<'a>>) -> Taken<'a> {
        match past.filter(|_| !self.no_bypass) {
            Some(past) => self.pass(Bypass {
                most: past.most.min(most),
                ..past
            }),
            None => self.read(most),
        }
    }

    fn read(&mut self, most: usize) -> Taken<'static> {
        if self.buffer.is_empty() {
            self.buffer = vec![0; SMALL_BUFFER];
        } else if self.last_read_was_full && self.buffer.len() < LARGE_BUFFER {
            self.buffer = vec![0; self.buffer.len().saturating_mul(4)];
        }
        self.has_octets = false;
        let most = most.min(self.buffer.len());
        let room = self.buffer.get_mut(..most).unwrap_or_default();
        match recv(&self.socket, room, RecvFlags::empty()) {
            Ok((0, _)) => Taken::End,
            Ok((count, _)) => {
                self.last_read_was_full = count == self.buffer.len();
                self.may_read = count == most;
                Taken::Octets(count)
            }
            Err(Errno::INTR) => Taken::Nothing,
            Err(Errno::AGAIN) => {
                self.may_read = false;
                Taken::Nothing
            }
            Err(error) => Taken::Failed(error.into()),
        }
    }

    fn pass<'a>(&mut self, past: Bypass<'a>) -> Taken<'a> {
        if matches!(past.outlet, Outlet::Nowhere) && self.buffer.len() < LARGE_BUFFER {
            // Never written to, it costs no memory.
            self.buffer = vec![0; LARGE_BUFFER];
        }
        match (
            bypass::pass(&self.socket, past, &mut self.buffer),
            past.outlet,
        ) {
            (Ok(0), _) => Taken::End,
            (Ok(count), _) => {
                (self.has_octets, self.outlet_ready) = (false, false);
                Taken::Passed(count)
            }
            (Err(Errno::INTR), _) => Taken::Nothing,
            // Either side may have said so: the pipe, when the socket is known to have something.
            (Err(Errno::AGAIN), Outlet::Pipe(pipe)) if self.has_octets => Taken::OutletFull(pipe),
            (Err(Errno::AGAIN), _) => {
                self.may_read = false;
                Taken::Nothing
            }
            (Err(error @ Errno::PIPE), Outlet::Pipe(pipe)) if bypass::is_closed(pipe) => {
                Taken::OutletClosed(error.into())
            }
            (Err(Errno::INVAL | Errno::NOSYS), _) => {
                self.no_bypass = true;
                Taken::Nothing
            }
            (Err(error), _) => Taken::Failed(error.into()),
        }
    }

    /// Waits until something may be read or written, or the time has come. With a full outlet nothing is
    /// read before it opens.
    fn poll(&mut self, wait: &Wait<'_>, full_pipe: Option<BorrowedFd<'_>>) -> io::Result<Woken> {
        let reads = wait.receive > 0 && full_pipe.is_none();
        let mut interest = PollFlags::empty();
        interest.set(PollFlags::IN, reads);
        interest.set(PollFlags::OUT, !self.queue.is_empty() || self.wants_room);
        let timeout = wait.until.map(|until| timeout(until, self.clock.now()));
        let mut polled = Vec::with_capacity(3);
        if let Some(also) = wait.also {
            polled.push(PollFd::from_borrowed_fd(also, PollFlags::IN));
        }
        if let Some(pipe) = full_pipe {
            polled.push(PollFd::from_borrowed_fd(pipe, PollFlags::OUT));
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
        let mut is_ready = |fd: Option<BorrowedFd<'_>>| {
            fd.and_then(|_| told.next())
                .is_some_and(|it| !it.is_empty())
        };
        let (also, outlet_ready) = (is_ready(wait.also), is_ready(full_pipe));
        let socket = told.next().unwrap_or(PollFlags::empty());
        let broken = PollFlags::ERR | PollFlags::HUP;
        let readable = socket.intersects(PollFlags::IN | broken);
        self.may_read |= readable;
        self.has_octets |= readable;
        self.may_write |= socket.intersects(PollFlags::OUT | broken);
        Ok(if outlet_ready {
            Woken::OutletReady
        } else if also && !(reads && self.may_read) {
            Woken::Also
        } else if count == 0 && wait.until.is_some_and(|until| self.clock.now() >= until) {
            Woken::Time
        } else {
            Woken::Something
        })
    }

    fn wait_for(&mut self, wait: &Wait<'_>, past: Option<Bypass<'_>>) -> Io<'_> {
        let mut full_pipe = None;
        loop {
            let was_queued = !self.queue.is_empty();
            self.flush();
            if wait.receive > 0 && self.handed < self.filled {
                return self.hand_over(wait.receive);
            }
            if wait.receive > 0 && self.may_read && full_pipe.is_none() {
                match self.take(wait.receive, past) {
                    Taken::Octets(count) => {
                        self.filled_at = self.clock.now();
                        (self.filled, self.handed) = (count, 0);
                        return self.hand_over(wait.receive);
                    }
                    Taken::Passed(count) => {
                        let at = self.clock.now();
                        return Io::Passed { at, count };
                    }
                    Taken::Nothing if self.may_read => continue,
                    Taken::Nothing => {}
                    // Both sides were ready, and nothing passed.
                    Taken::OutletFull(_) if self.outlet_ready => {
                        self.no_bypass = true;
                        continue;
                    }
                    Taken::OutletFull(pipe) => full_pipe = Some(pipe),
                    Taken::OutletClosed(error) => return Io::OutletClosed(error),
                    Taken::End => return self.ended(Io::Eof),
                    Taken::Failed(error) => return self.ended(Io::Failed(error)),
                }
            }
            if self.taken > 0 || (was_queued && self.failure.is_some()) {
                return Io::Sent(std::mem::take(&mut self.taken));
            }
            if self.wants_room && self.may_write {
                self.wants_room = false;
                return Io::Room;
            }
            match self.poll(wait, full_pipe) {
                Ok(Woken::Something) => {}
                Ok(Woken::OutletReady) => {
                    self.outlet_ready = true;
                    return Io::OutletFull;
                }
                Ok(Woken::Time) if full_pipe.is_some() => return Io::OutletFull,
                Ok(Woken::Also) => return Io::AlsoReady,
                Ok(Woken::Time) => return Io::TimedOut,
                Err(error) => return Io::Failed(error),
            }
        }
    }

    /// Hands over so much at most of what is in the buffer.
    fn hand_over(&mut self, most: usize) -> Io<'_> {
        let (at, from) = (self.filled_at, self.handed);
        self.handed = from.saturating_add(most).min(self.filled);
        let bytes = self.buffer.get(from..self.handed).unwrap_or_default();
        Io::Bytes { at, bytes }
    }

    /// How reading ends: a failure to send that was kept back goes first.
    fn ended(&mut self, how: Io<'static>) -> Io<'static> {
        self.failure.take().map_or(how, Io::Failed)
    }
}

/// What taking octets off a socket came to.
enum Taken<'a> {
    /// So many are in the buffer.
    Octets(usize),
    /// So many went past.
    Passed(usize),
    /// There is nothing now, or that was not the way.
    Nothing,
    /// There is something, and no room for it in this pipe.
    OutletFull(BorrowedFd<'a>),
    /// Nobody reads from the pipe.
    OutletClosed(io::Error),
    /// The other side has ended its stream.
    End,
    /// The socket is broken.
    Failed(io::Error),
}

/// What ended a `poll`.
enum Woken {
    /// The socket, or a signal.
    Something,
    /// The outlet.
    OutletReady,
    /// [`Wait::also`], and nothing came from the socket.
    Also,
    /// The time.
    Time,
}

/// The time left, as `poll` takes it.
pub(in crate::net) fn timeout(until: Instant, now: Instant) -> Timespec {
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
    fn send_together(&mut self, parts: &[IoSlice<'_>]) -> io::Result<()> {
        self.flush();
        let mut taken = if self.queue.is_empty() && self.may_write && self.failure.is_none() {
            self.offer(parts)
        } else {
            0
        };
        if let Some(failure) = &self.failure {
            return Err(failure.kind().into());
        }
        for part in parts {
            let gone = taken.min(part.len());
            self.queue.extend(part.get(gone..).unwrap_or_default());
            taken = taken.saturating_sub(gone);
        }
        Ok(())
    }

    fn send_file(&mut self, stretch: Stretch<'_>) -> FileSent {
        self.flush();
        if self.no_sendfile || self.failure.is_some() {
            return FileSent::Unsupported;
        }
        while self.may_write {
            match bypass::send_file(&self.socket, stretch) {
                Ok(0) => return FileSent::Unsupported,
                Ok(count) => {
                    self.may_write = count == stretch.octets;
                    return FileSent::Octets(count);
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => self.may_write = false,
                Err(error @ (Errno::PIPE | Errno::CONNRESET | Errno::TIMEDOUT)) => {
                    self.failure = Some(error.into());
                    return FileSent::Unsupported;
                }
                // Reading the file, or sending on the socket, says what is wrong.
                Err(_) => {
                    self.no_sendfile = true;
                    return FileSent::Unsupported;
                }
            }
        }
        self.wants_room = true;
        FileSent::Full
    }

    fn queued(&self) -> usize {
        self.queue.len()
    }

    fn wait(&mut self, wait: Wait<'_>) -> Io<'_> {
        self.wait_for(&wait, None)
    }

    fn wait_or_pass(&mut self, wait: Wait<'_>, past: Bypass<'_>) -> Io<'_> {
        self.wait_for(&wait, Some(past))
    }

    fn give_back(&mut self, count: usize) {
        self.handed = self.handed.saturating_sub(count);
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
        let mut first = [0; 1];
        let peeked = recv(&self.socket, &mut first, RecvFlags::PEEK);
        let silent = matches!(peeked, Err(Errno::AGAIN | Errno::INTR));
        silent && self.queue.is_empty() && self.handed == self.filled
    }
}
