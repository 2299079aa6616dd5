//! Past the program: octets go from a socket to where they belong, or from a file into a
//! socket, without coming here.
//!
//! Knows: which system calls do that. Must not know: whose octets they are, or who wants to see them.
//!
//! Sources: splice(2) into a pipe; tcp(7) on `MSG_TRUNC`, which takes octets off a socket and gives
//! them to nobody; sendfile(2). All are Linux' own.

use std::os::fd::BorrowedFd;

/// Where octets may go unseen.
#[derive(Debug, Clone, Copy)]
pub enum Outlet<'a> {
    /// Into this pipe.
    Pipe(BorrowedFd<'a>),
    /// Nowhere: nobody wants them.
    Nowhere,
}

/// Leave for octets to go past the program.
#[derive(Debug, Clone, Copy)]
pub struct Bypass<'a> {
    /// Where to.
    pub outlet: Outlet<'a>,
    /// For so many octets at most; what comes behind them must be seen.
    pub most: usize,
}

/// Octets that lie in a file.
#[derive(Debug, Clone, Copy)]
pub struct Stretch<'a> {
    /// The file, which others may read as well: its position stays where it is.
    pub file: BorrowedFd<'a>,
    /// Where they begin.
    pub from: u64,
    /// How many there are.
    pub octets: usize,
}

#[cfg(target_os = "linux")]
pub(super) use linux::{is_closed, pass, send_file};

#[cfg(target_os = "linux")]
mod linux {
    use std::os::fd::{BorrowedFd, OwnedFd};

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::fs::sendfile;
    use rustix::io::Errno;
    use rustix::net::{RecvFlags, recv};
    use rustix::pipe::{SpliceFlags, splice};

    use super::{Bypass, Outlet, Stretch};

    /// Lets octets pass once, and waits for nothing: how many; 0 is the end of the stream. `spare` is
    /// what a socket may write to that does not know how to give octets to nobody.
    pub(in crate::net) fn pass(
        socket: &OwnedFd,
        past: Bypass<'_>,
        spare: &mut [u8],
    ) -> Result<usize, Errno> {
        match past.outlet {
            Outlet::Pipe(pipe) => {
                let flags = SpliceFlags::MOVE | SpliceFlags::NONBLOCK;
                splice(socket, None, pipe, None, past.most, flags)
            }
            Outlet::Nowhere => {
                let most = past.most.min(spare.len());
                let spare = spare.get_mut(..most).unwrap_or_default();
                recv(socket, spare, RecvFlags::TRUNC).map(|(_, count)| count)
            }
        }
    }

    /// Sends octets of a file once, and waits for nothing but the file: how many; 0 where it ends. The
    /// caller sees to it that a socket nobody reads from any more raises no signal.
    pub(in crate::net) fn send_file(
        socket: &OwnedFd,
        stretch: Stretch<'_>,
    ) -> Result<usize, Errno> {
        let mut from = stretch.from;
        sendfile(socket, stretch.file, Some(&mut from), stretch.octets)
    }

    /// Whether nobody reads from this pipe any more.
    pub(in crate::net) fn is_closed(pipe: BorrowedFd<'_>) -> bool {
        let mut asked = [PollFd::from_borrowed_fd(pipe, PollFlags::OUT)];
        poll(&mut asked, Some(&Timespec::default())).is_ok()
            && asked.iter().any(|it| it.revents().contains(PollFlags::ERR))
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn pass(
    _socket: &std::os::fd::OwnedFd,
    _past: Bypass<'_>,
    _spare: &mut [u8],
) -> Result<usize, rustix::io::Errno> {
    Err(rustix::io::Errno::NOSYS)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn send_file(
    _socket: &std::os::fd::OwnedFd,
    _stretch: Stretch<'_>,
) -> Result<usize, rustix::io::Errno> {
    Err(rustix::io::Errno::NOSYS)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn is_closed(_pipe: BorrowedFd<'_>) -> bool {
    false
}
