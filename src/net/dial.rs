//! From a host to a connected socket.
//!
//! Knows: the race between the addresses of a host (RFC 8305), each attempt told. Must not know:
//! proxies, TLS, or what the connection is for.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};

use super::deadlines::Deadlines;
use super::interface;
use super::resolve::{Order, Question, Resolver};
use super::script::{Dialler, Sockets};
use super::socket::{self, Hindered, Started};
use super::wire::{SocketWire, Wire, timeout};
use crate::clock::later;
use crate::error::{Error, Result};
use crate::event::{Happening, Peer, Side, Tap};
use crate::plan::{Family, Route};
use crate::target::Host;

/// The next address is tried when the one before has not answered for so long.
pub(super) const HEAD_START: Duration = Duration::from_millis(200);

/// How to reach the first hop.
pub(super) struct Dial<'a> {
    /// Who makes the sockets.
    pub(super) sockets: &'a Sockets,
    /// Options of the socket.
    pub(super) route: &'a Route,
    /// `--happy-eyeballs-timeout-ms`.
    pub(super) head_start: Duration,
    /// The host that a failure names.
    pub(super) host: &'a str,
    /// Its port.
    pub(super) port: u16,
    /// The proxy that is dialled instead of the host.
    pub(super) via: Option<&'a str>,
    /// The limits.
    pub(super) deadlines: &'a Deadlines,
}

/// One attempt under way.
struct Attempt {
    socket: OwnedFd,
    peer: Peer,
    local: Option<SocketAddr>,
}

impl Attempt {
    fn into_wire(self, tap: &Tap) -> Box<dyn Wire> {
        let Self {
            socket,
            peer,
            local,
        } = self;
        Box::new(SocketWire::new(socket, peer, local, tap.clock().clone()))
    }
}

impl Dial<'_> {
    /// Connects to the first peer that answers.
    pub(super) fn connect(
        &self,
        peers: Vec<Peer>,
        bound: &[IpAddr],
        tap: &Tap,
    ) -> Result<Box<dyn Wire>> {
        let mut race = Race {
            dial: self,
            bound,
            tap,
            running: Vec::new(),
            last_error: None,
        };
        let wire = match self.sockets {
            Sockets::System => race.run(peers)?.into_wire(tap),
            Sockets::Scripted(dialler) => race.rehearse(&peers, &**dialler)?,
        };
        tap.emit(Happening::Connected {
            peer: wire.peer(),
            local: wire.local(),
        });
        Ok(wire)
    }
}

/// The addresses of a host, each with the attempts made so far.
struct Race<'a> {
    dial: &'a Dial<'a>,
    bound: &'a [IpAddr],
    tap: &'a Tap,
    running: Vec<Attempt>,
    last_error: Option<Error>,
}

impl Race<'_> {
    fn run(&mut self, peers: Vec<Peer>) -> Result<Attempt> {
        let mut waiting = peers.into_iter();
        let mut next_start = self.tap.clock().now();
        loop {
            self.dial
                .deadlines
                .check(self.tap, Error::connection_timed_out)?;
            let now = self.tap.clock().now();
            if (self.running.is_empty() || now >= next_start)
                && let Some(peer) = waiting.next()
            {
                next_start = later(now, self.dial.head_start);
                if let Some(winner) = self.start(peer) {
                    return Ok(winner);
                }
                continue;
            }
            if self.running.is_empty() {
                return Err(self.give_up());
            }
            let next = (waiting.len() > 0).then_some(next_start);
            if let Some(winner) = self.wait(next)? {
                return Ok(winner);
            }
        }
    }

    /// The same without the system: one peer after the other, each attempt over when its wire is there.
    fn rehearse(&mut self, peers: &[Peer], dialler: &dyn Dialler) -> Result<Box<dyn Wire>> {
        let deadlines = self.dial.deadlines;
        for peer in peers {
            self.tap.emit(Happening::Connecting { peer });
            match dialler.dial(peer, deadlines.end()) {
                Ok(wire) => return Ok(wire),
                Err(error) => {
                    deadlines.check(self.tap, Error::connection_timed_out)?;
                    self.lost(peer, None, &error);
                }
            }
        }
        Err(self.give_up())
    }

    fn give_up(&mut self) -> Error {
        let last = self.last_error.take();
        last.unwrap_or_else(|| self.failed(&io::ErrorKind::AddrNotAvailable.into()))
    }

    /// Begins an attempt; it may end at once, either way.
    fn start(&mut self, peer: Peer) -> Option<Attempt> {
        self.tap.emit(Happening::Connecting { peer: &peer });
        let from = match self.source_for(&peer) {
            Ok(from) => from,
            Err(error) => {
                self.last_error.get_or_insert(error);
                return None;
            }
        };
        match socket::start(&peer, from, self.dial.route) {
            Ok(Started { socket, connected }) => {
                let local = socket::local_address(&socket);
                let attempt = Attempt {
                    socket,
                    peer,
                    local,
                };
                if connected {
                    return Some(attempt);
                }
                self.running.push(attempt);
            }
            Err(Hindered::There(error, local)) => self.lost(&peer, local, &error),
            Err(Hindered::Here(error)) => self.last_error = Some(Error::bind_failed(&error)),
        }
        None
    }

    /// The local address to bind to, of the peer's own IP version.
    fn source_for(&self, peer: &Peer) -> Result<Option<IpAddr>> {
        let (Some(name), Peer::Tcp(address)) = (&self.dial.route.interface, peer) else {
            return Ok(None);
        };
        self.bound
            .iter()
            .find(|bound| bound.is_ipv6() == address.is_ipv6())
            .map(|bound| Some(*bound))
            .ok_or_else(|| Error::could_not_bind_to(name))
    }

    /// Waits for an attempt to end, for the next to be due, or for the time.
    fn wait(&mut self, next_start: Option<Instant>) -> Result<Option<Attempt>> {
        let until = self
            .dial
            .deadlines
            .next_look(self.tap)
            .into_iter()
            .chain(next_start)
            .min();
        let timeout = until.map(|until| timeout(until, self.tap.clock().now()));
        let mut polled: Vec<PollFd<'_>> = self
            .running
            .iter()
            .map(|attempt| PollFd::new(&attempt.socket, PollFlags::OUT))
            .collect();
        match poll(&mut polled, timeout.as_ref()) {
            Ok(0) => self.tap.emit(Happening::Tick),
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(self.failed(&error.into())),
        }
        let ready: Vec<bool> = polled.iter().map(|fd| !fd.revents().is_empty()).collect();
        let mut ready = ready.into_iter();
        let ended: Vec<Attempt> = self
            .running
            .extract_if(.., |_| ready.next().unwrap_or(false))
            .collect();
        for mut attempt in ended {
            attempt.local = attempt
                .local
                .or_else(|| socket::local_address(&attempt.socket));
            match outcome(&attempt.socket) {
                Ok(()) => return Ok(Some(attempt)),
                Err(error) => self.lost(&attempt.peer, attempt.local, &error),
            }
        }
        Ok(None)
    }

    fn lost(&mut self, peer: &Peer, local: Option<SocketAddr>, error: &io::Error) {
        self.tap
            .emit(Happening::ConnectFailed { peer, local, error });
        self.last_error = Some(self.failed(error));
    }

    fn failed(&self, error: &io::Error) -> Error {
        let Dial {
            host, port, via, ..
        } = *self.dial;
        let elapsed = self.dial.deadlines.elapsed(self.tap.clock().now());
        Error::could_not_connect(host, port, via, elapsed, error)
    }
}

/// What an attempt ended with.
fn outcome(socket: &OwnedFd) -> io::Result<()> {
    rustix::net::sockopt::socket_error(socket)??;
    Ok(())
}

/// What `--interface` means: the addresses to bind to.
///
/// Forms: `name` (an interface, or else a host), `if!interface`, `host!host`, and
/// `ifhost!interface!host`, of which the host decides.
pub(super) fn source_addresses(
    interface: &str,
    family: Family,
    resolver: &Resolver,
    deadlines: &Deadlines,
    tap: &Tap,
) -> Result<Vec<IpAddr>> {
    let (device, host) = if let Some(device) = interface.strip_prefix("if!") {
        (Some(device), None)
    } else if let Some(host) = interface.strip_prefix("host!") {
        (None, Some(host))
    } else if let Some(both) = interface.strip_prefix("ifhost!") {
        (None, both.split_once('!').map(|(_, host)| host))
    } else {
        (Some(interface), Some(interface))
    };
    let of_device = device.map(interface::addresses).unwrap_or_default();
    if !of_device.is_empty() {
        return Ok(of_device);
    }
    let unusable = || Error::could_not_bind_to(interface);
    let host = host.ok_or_else(unusable)?;
    if let Ok(address) = host.parse() {
        return Ok(vec![address]);
    }
    let question = Question {
        host: &Host::Name(host.to_owned()),
        shown: host,
        port: 0,
        family,
        side: Side::Server,
        order: Order::InTurn,
    };
    let found = resolver.resolve(&question, deadlines, tap);
    let found = found.map_err(|_| unusable())?;
    Ok(found.iter().map(SocketAddr::ip).collect())
}
