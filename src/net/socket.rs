//! Sockets, before they lead anywhere.
//!
//! Knows: the options that `plan::Route` asks for, and how a socket is bound to a local address.
//! Must not know: names of hosts, or what is sent. What the system cannot do is said as a sentence,
//! never passed over in silence.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::io::Errno;
#[cfg(not(target_vendor = "apple"))]
use rustix::net::SocketFlags;
use rustix::net::{AddressFamily, Protocol, SocketAddrUnix, SocketType, sockopt};

use crate::event::Peer;
use crate::plan::{Keepalive, Route};

/// A socket on its way.
pub(super) struct Started {
    /// The socket, non-blocking.
    pub(super) socket: OwnedFd,
    /// Whether it is connected already, as unix sockets are at once.
    pub(super) connected: bool,
}

/// Why a socket did not get on its way.
pub(super) enum Hindered {
    /// The other side, or the way to it.
    There(io::Error, Option<SocketAddr>),
    /// The local address or port that was asked for.
    Here(io::Error),
}

/// Makes a socket and begins to connect it. `from` is where it is bound to, when that was asked for.
pub(super) fn start(peer: &Peer, from: Option<IpAddr>, route: &Route) -> Result<Started, Hindered> {
    let there = |error: Errno| Hindered::There(error.into(), None);
    let (socket, outcome) = match peer {
        Peer::Tcp(address) => {
            let family = match address {
                SocketAddr::V4(_) => AddressFamily::INET,
                SocketAddr::V6(_) => AddressFamily::INET6,
            };
            let socket = tcp_socket(family, route).map_err(there)?;
            set_options(&socket, *address, route);
            bind(&socket, *address, from, route.local_ports).map_err(Hindered::Here)?;
            let outcome = rustix::net::connect(&socket, address);
            (socket, outcome)
        }
        Peer::Unix(_) | Peer::Abstract(_) => {
            let address = unix_address(peer).map_err(there)?;
            let socket = open(AddressFamily::UNIX, None).map_err(there)?;
            let outcome = rustix::net::connect(&socket, &address);
            (socket, outcome)
        }
    };
    match outcome {
        Ok(()) => Ok(Started {
            socket,
            connected: true,
        }),
        Err(Errno::INPROGRESS | Errno::INTR) => Ok(Started {
            socket,
            connected: false,
        }),
        Err(error) => Err(Hindered::There(error.into(), local_address(&socket))),
    }
}

/// Where a socket comes from.
pub(super) fn local_address(socket: &OwnedFd) -> Option<SocketAddr> {
    let address: SocketAddr = rustix::net::getsockname(socket).ok()?.try_into().ok()?;
    (address.port() != 0).then_some(address)
}

/// A socket that never blocks and that no child process inherits.
#[cfg(not(target_vendor = "apple"))]
fn open(family: AddressFamily, protocol: Option<Protocol>) -> Result<OwnedFd, Errno> {
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    rustix::net::socket_with(family, SocketType::STREAM, flags, protocol)
}

#[cfg(target_vendor = "apple")]
fn open(family: AddressFamily, protocol: Option<Protocol>) -> Result<OwnedFd, Errno> {
    let socket = rustix::net::socket(family, SocketType::STREAM, protocol)?;
    rustix::io::fcntl_setfd(&socket, rustix::io::FdFlags::CLOEXEC)?;
    rustix::io::ioctl_fionbio(&socket, true)?;
    sockopt::set_socket_nosigpipe(&socket, true)?;
    Ok(socket)
}

/// A TCP socket, of Multipath TCP where that was asked for and the kernel has it.
fn tcp_socket(family: AddressFamily, route: &Route) -> Result<OwnedFd, Errno> {
    #[cfg(target_os = "linux")]
    if route.multipath
        && let Ok(socket) = open(family, Some(rustix::net::ipproto::MPTCP))
    {
        return Ok(socket);
    }
    let _ = route;
    open(family, None)
}

#[cfg(target_os = "linux")]
fn unix_address(peer: &Peer) -> Result<SocketAddrUnix, Errno> {
    match peer {
        Peer::Abstract(name) => SocketAddrUnix::new_abstract_name(name.as_bytes()),
        Peer::Unix(path) => SocketAddrUnix::new(path.as_path()),
        Peer::Tcp(_) => Err(Errno::AFNOSUPPORT),
    }
}

#[cfg(not(target_os = "linux"))]
fn unix_address(peer: &Peer) -> Result<SocketAddrUnix, Errno> {
    match peer {
        Peer::Unix(path) => SocketAddrUnix::new(path.as_path()),
        Peer::Tcp(_) | Peer::Abstract(_) => Err(Errno::AFNOSUPPORT),
    }
}

/// Sets what was asked for. A kernel that does not take an option goes without, as in curl.
fn set_options(socket: &OwnedFd, peer: SocketAddr, route: &Route) {
    let _ = sockopt::set_tcp_nodelay(socket, !route.nagle);
    let Keepalive { on, time, count } = route.keepalive;
    if on {
        let seconds = Duration::from_secs(time.max(1).into());
        let _ = sockopt::set_socket_keepalive(socket, true);
        let _ = sockopt::set_tcp_keepidle(socket, seconds);
        let _ = sockopt::set_tcp_keepintvl(socket, seconds);
        let _ = sockopt::set_tcp_keepcnt(socket, count.max(1));
    }
    if let Some(service) = route.type_of_service {
        let _ = match peer {
            SocketAddr::V4(_) => sockopt::set_ip_tos(socket, service),
            #[cfg(not(target_vendor = "apple"))]
            SocketAddr::V6(_) => sockopt::set_ipv6_tclass(socket, service.into()),
            #[cfg(target_vendor = "apple")]
            SocketAddr::V6(_) => Ok(()),
        };
    }
    set_linux_options(socket, route);
}

/// What Linux alone has: the priority of packets, and the first octets sent with the first packet
/// (RFC 7413) where the server has allowed it before. A connection then stands only once something is
/// sent, and so do its failures.
#[cfg(target_os = "linux")]
fn set_linux_options(socket: &OwnedFd, route: &Route) {
    use nix::sys::socket::{setsockopt, sockopt};
    if route.fast_open {
        let _ = setsockopt(socket, sockopt::TcpFastOpenConnect, &true);
    }
    if let Some(priority) = route.priority.and_then(|it| i32::try_from(it).ok()) {
        let _ = setsockopt(socket, sockopt::Priority, &priority);
    }
}

#[cfg(not(target_os = "linux"))]
fn set_linux_options(_socket: &OwnedFd, _route: &Route) {}

/// What a route asks for and no socket here can be given, in words.
pub(super) fn impossible(route: &Route) -> impl Iterator<Item = &'static str> {
    let here = !cfg!(target_os = "linux");
    let fast_open = (here && route.fast_open)
        .then_some("--tcp-fastopen has no effect: connections are opened without it");
    let priority = (here && route.priority.is_some())
        .then_some("--vlan-priority has no effect: the priority of sockets cannot be set here");
    fast_open.into_iter().chain(priority)
}

/// Binds a socket to an address and to the first free port of a range.
fn bind(
    socket: &OwnedFd,
    peer: SocketAddr,
    from: Option<IpAddr>,
    ports: Option<(u16, u16)>,
) -> io::Result<()> {
    if from.is_none() && ports.is_none() {
        return Ok(());
    }
    let any: IpAddr = match peer {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let from = from.unwrap_or(any);
    let (first, last) = ports.unwrap_or((0, 0));
    let mut outcome = Err(Errno::ADDRINUSE);
    for port in first..=last.max(first) {
        outcome = rustix::net::bind(socket, &SocketAddr::new(from, port));
        if outcome != Err(Errno::ADDRINUSE) {
            break;
        }
    }
    outcome.map_err(io::Error::from)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::net::TcpListener;

    use nix::sys::socket::{getsockopt, sockopt};

    use super::*;

    #[test]
    fn a_socket_gets_what_linux_alone_has() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let peer = Peer::Tcp(listener.local_addr().unwrap());
        let told = |route: &Route| {
            let Ok(started) = start(&peer, None, route) else {
                panic!("no socket");
            };
            let priority = getsockopt(&started.socket, sockopt::Priority).unwrap();
            let fast_open = getsockopt(&started.socket, sockopt::TcpFastOpenConnect).unwrap();
            (priority, fast_open)
        };
        let route = Route {
            fast_open: true,
            priority: Some(5),
            ..Route::default()
        };
        assert_eq!(told(&Route::default()), (0, false));
        assert_eq!(told(&route), (5, true));
        assert_eq!(impossible(&route).count(), 0);
    }
}
