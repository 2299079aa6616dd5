//! The wire: octets out, octets in, and the only place that waits.
//!
//! Knows: what can be asked of a wire, and what a wait can end with. Must not know: what carries the
//! octets, or what they mean.

mod stream;

use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::os::fd::BorrowedFd;
use std::time::Instant;

use super::bypass::{Bypass, Stretch};
use crate::event::{Peer, Tap};

pub(super) use stream::{SocketWire, timeout};

/// A stream of octets in both directions.
pub trait Wire: Send {
    /// Queues octets and hands over what the kernel takes at once. An error means that nothing more
    /// can be sent, now or earlier; what can still be received must then be waited for.
    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.send_together(&[IoSlice::new(bytes)])
    }

    /// The same for octets that lie in several places.
    fn send_together(&mut self, parts: &[IoSlice<'_>]) -> io::Result<()>;

    /// Lets the kernel send octets of a file that do not come here first, as many as it takes at once.
    /// A wire that cannot do that leaves them to be read and sent.
    fn send_file(&mut self, _stretch: Stretch<'_>) -> FileSent {
        FileSent::Unsupported
    }

    /// Octets not yet taken by the kernel; whoever sends keeps this bounded.
    fn queued(&self) -> usize;

    /// Waits for octets, for room, for something else, or for the time.
    fn wait(&mut self, wait: Wait<'_>) -> Io<'_>;

    /// The same, with leave to let octets go past the program. A wire that cannot do that hands them
    /// over as ever.
    fn wait_or_pass(&mut self, wait: Wait<'_>, _past: Bypass<'_>) -> Io<'_> {
        self.wait(wait)
    }

    /// Gives back so many of the octets that were handed over last, the ones at the end: they come
    /// again with the next wait that receives.
    fn give_back(&mut self, count: usize);

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
    /// How many octets are wanted at most; 0 holds the other side back.
    pub receive: usize,
    /// Something else that may become readable, such as standard input.
    pub also: Option<BorrowedFd<'a>>,
}

/// What became of octets that lie in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileSent {
    /// The kernel took so many of them, at least one.
    Octets(usize),
    /// It takes none now: a wait ends with [`Io::Room`] when there is room again.
    Full,
    /// They cannot be sent this way, or cannot be read.
    Unsupported,
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
    /// Octets came, and went past the program; after [`Wire::wait_or_pass`] alone.
    Passed {
        /// When.
        at: Instant,
        /// How many, at least one.
        count: usize,
    },
    /// Octets have come, and the outlet of a [`Bypass`] had no room for them until now.
    OutletFull,
    /// The outlet of a [`Bypass`] takes nothing more, ever.
    OutletClosed(io::Error),
    /// The kernel took so many octets of the queue since this was told last; 0 when sending failed
    /// and the queue was dropped.
    Sent(usize),
    /// There is room again, after [`FileSent::Full`].
    Room,
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
