//! The network: a way becomes a connection, and a connection is kept for the next.
//!
//! Knows: the order of the steps (names, sockets, proxies, TLS) and the identity of connections.
//! Must not know: HTTP; the answer to a CONNECT is read by whoever hands in the tunnel.
//!
//! ```text
//!   pool ──► a kept Link
//!     │ none
//!     ▼
//!   resolve ─► dial ─► SOCKS ─► TLS to the proxy ─► tunnel ─► PROXY line ─► TLS to the origin ─► Link
//! ```

mod bypass;
mod deadlines;
mod dial;
#[cfg(target_os = "linux")]
mod interface;
#[cfg(not(target_os = "linux"))]
mod interface {
    //! Interfaces cannot be looked up by name on this system.

    pub(super) fn index(_name: &str) -> Option<u32> {
        None
    }

    pub(super) fn addresses(_name: &str) -> Vec<std::net::IpAddr> {
        Vec::new()
    }
}
mod pool;
mod proxy;
mod resolve;
mod script;
mod socket;
mod tls;
mod way;
mod wire;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

pub use bypass::{Bypass, Outlet, Stretch};
pub use deadlines::Deadlines;
pub use script::{Dialler, ScriptedWire, Sockets, Step};
pub use way::{Place, Proxy, ProxyKind, Way};
pub use wire::{FileSent, Io, Wait, Wire};

use crate::error::{Error, Exit, Result};
use crate::event::{Attention, Ending, Happening, Layer, Peer, Side, Tap};
use crate::plan::Family;
use crate::target::Scheme;
use dial::Dial;
use pool::Pool;
use resolve::{Order, Question, Resolver};
use tls::{Configurations, Handshake};

/// Files that the environment names, read once by whoever starts the run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// `CURL_CA_BUNDLE`, or `SSL_CERT_FILE`.
    pub ca_file: Option<PathBuf>,
    /// `SSL_CERT_DIR`.
    pub ca_directory: Option<PathBuf>,
    /// `SSLKEYLOGFILE`.
    pub key_log: Option<PathBuf>,
}

/// What became of a tunnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tunnel {
    /// It stands.
    Granted,
    /// The proxy wants to be asked once more, on a fresh connection.
    AskAgain,
}

/// Asks an HTTP proxy for a tunnel over a wire that leads to it.
pub type AskForTunnel<'a> = dyn FnMut(&mut dyn Wire, &Tap) -> Result<Tunnel> + 'a;

/// Names, connections and TLS sessions of a run; clones share them.
#[derive(Clone)]
pub struct Network {
    shared: Arc<Shared>,
}

struct Shared {
    sockets: Sockets,
    resolver: Resolver,
    pool: Pool,
    tls: Configurations,
    next_id: AtomicU32,
}

/// A connection on which a request can be sent.
pub struct Link {
    /// The octets.
    pub wire: Box<dyn Wire>,
    /// Which connection, counted from 0 over the whole run.
    pub id: u32,
    /// Where the socket leads: to the proxy, when there is one.
    pub peer: Peer,
    /// Where it comes from.
    pub local: Option<SocketAddr>,
    /// Whether TLS protects it all the way to the origin.
    pub tls: bool,
    /// Whether it served before: a failure before the first octet is then worth another try.
    pub used_before: bool,
    /// The last response on it was HTTP/1.0: so is the next request.
    pub http10: bool,
    way: Box<Way>,
}

impl Link {
    /// The way that it went.
    pub fn way(&self) -> &Way {
        &self.way
    }

    /// A connection over a wire of one's own, for tests and replay; it is connection 0.
    pub fn over(wire: Box<dyn Wire>, way: Way) -> Self {
        Self {
            peer: wire.peer().clone(),
            local: wire.local(),
            wire,
            id: 0,
            tls: way.scheme == Scheme::Https,
            used_before: false,
            http10: false,
            way: Box::new(way),
        }
    }
}

impl Network {
    /// A network without any connection, over the sockets of the system.
    pub fn new(surroundings: Surroundings) -> Self {
        Self::over(Sockets::System, surroundings)
    }

    /// The same over other sockets.
    pub fn over(sockets: Sockets, surroundings: Surroundings) -> Self {
        Self {
            shared: Arc::new(Shared {
                sockets,
                resolver: Resolver::default(),
                pool: Pool::default(),
                tls: Configurations::new(surroundings),
                next_id: AtomicU32::new(0),
            }),
        }
    }

    /// Takes in `--resolve` (told as [`Happening::ResolveAdded`]): once per transfer, before its
    /// first [`open`](Self::open).
    pub fn learn(&self, entries: &[String], tap: &Tap) -> Result<()> {
        self.shared.resolver.learn(entries, tap)
    }

    /// Looks at all of a way that can be wrong before anybody is connected to: its TLS settings with
    /// their files. What this system cannot do is told as in [`open`](Self::open).
    pub fn check(&self, way: &Way, tap: &Tap) -> Result<()> {
        for text in socket::impossible(&way.route) {
            tap.emit(Happening::Warned { text });
        }
        let proxies = way.proxies();
        let proxy = proxies.filter(|proxy| proxy.kind == ProxyKind::Https);
        let by_proxy = proxy.map(|_| &way.proxy_tls);
        let by_origin = (way.scheme == Scheme::Https).then_some(&way.tls);
        for settings in by_proxy.chain(by_origin) {
            self.shared.tls.check(settings, tap.clock())?;
        }
        Ok(())
    }

    /// A connection that goes this way: a kept one, told as [`Happening::Reused`], or a fresh one,
    /// whose last fact is [`Happening::Established`]. The tap belongs to it from then on.
    ///
    /// When it fails, the failure and the end of the connection have been told:
    /// [`Happening::ResolveFailed`] for a name without addresses, else [`Happening::Failed`].
    pub fn open(
        &self,
        way: &Way,
        deadlines: &Deadlines,
        tap: &mut Tap,
        tunnel: &mut AskForTunnel<'_>,
    ) -> Result<Link> {
        if let Some(link) = self.reuse(way, tap) {
            return Ok(link);
        }
        let opening = Opening {
            shared: &self.shared,
            way,
            deadlines,
        };
        loop {
            let id = self.shared.next_id.fetch_add(1, Ordering::Relaxed);
            tap.on_connection(Some(id));
            match opening.connect(tap, tunnel) {
                Ok(Some(wire)) => return Ok(opening.established(wire, id, tap)),
                Ok(None) => tap.emit(Happening::Ended {
                    how: Ending::ShutDown,
                }),
                Err(error) => {
                    let unresolved = [Exit::CouldntResolveHost, Exit::CouldntResolveProxy];
                    if !unresolved.contains(&error.exit) {
                        tap.emit(Happening::Failed { error: &error });
                    }
                    let how = Ending::Closed;
                    tap.emit(Happening::Ended { how });
                    return Err(error);
                }
            }
        }
    }

    /// Keeps a connection for later; told as [`Happening::Kept`].
    pub fn keep(&self, mut link: Link, tap: &Tap) {
        if tap.attention() == Attention::ToAll {
            let way = &link.way;
            let host = match way.named_proxy() {
                Some(proxy) if !way.is_tunnelled() => proxy,
                _ => &way.origin,
            };
            let host = host.authority();
            tap.emit(Happening::Kept { host: &host });
        }
        link.used_before = true;
        if let Some(oldest) = self.shared.pool.keep(link, tap.clock().now()) {
            self.end_other(oldest, tap);
        }
    }

    /// Ends a connection; told as [`Happening::Ended`].
    pub fn end(&self, mut link: Link, how: Ending, tap: &Tap) {
        tap.emit(Happening::Ended { how });
        if how == Ending::ShutDown {
            link.wire.shut_down();
        }
    }

    /// Gives up the kept connections.
    pub fn clear(&self) {
        for mut link in self.shared.pool.clear() {
            link.wire.shut_down();
        }
    }

    fn reuse(&self, way: &Way, tap: &mut Tap) -> Option<Link> {
        let (found, dead) = self.shared.pool.take(way, tap.clock().now());
        for link in dead {
            self.end_other(link, tap);
        }
        let mut link = found?;
        tap.on_connection(Some(link.id));
        link.wire.watch(tap);
        tap.emit(Happening::Reused {
            scheme: way.scheme.name(),
            host: &way.first_place().name,
            is_proxy: way.named_proxy().is_some(),
        });
        Some(link)
    }

    /// Ends a connection that the transfer at hand has nothing to do with.
    fn end_other(&self, link: Link, tap: &Tap) {
        let mut tap = tap.clone();
        tap.on_connection(Some(link.id));
        self.end(link, Ending::ShutDown, &tap);
    }
}

/// One connection in the making.
struct Opening<'a> {
    shared: &'a Shared,
    way: &'a Way,
    deadlines: &'a Deadlines,
}

impl Opening<'_> {
    /// Goes the whole way; `None` when the proxy wants a fresh connection.
    fn connect(&self, tap: &Tap, tunnel: &mut AskForTunnel<'_>) -> Result<Option<Box<dyn Wire>>> {
        let way = self.way;
        for text in socket::impossible(&way.route) {
            tap.emit(Happening::Warned { text });
        }
        let mut wire = self.dial(tap)?;
        let mut proxies = way.proxies().peekable();
        while let Some(hop) = proxies.next() {
            let next = proxies.peek().map(|next| &next.place);
            let next = next.unwrap_or_else(|| way.destination());
            wire = match hop.kind {
                ProxyKind::Http => wire,
                ProxyKind::Https => self.secure(wire, &hop.place, Layer::ProxyTls, tap)?,
                _ => self.ask_socks(wire, hop, next, tap)?,
            };
        }
        if way.is_tunnelled() && tunnel(&mut *wire, tap)? == Tunnel::AskAgain {
            return Ok(None);
        }
        if let Some(haproxy) = &way.route.haproxy {
            proxy::announce(&mut *wire, haproxy, tap);
        }
        Ok(Some(match way.scheme {
            Scheme::Http => wire,
            Scheme::Https => self.secure(wire, &way.origin, Layer::Tls, tap)?,
        }))
    }

    /// A socket to the first hop.
    fn dial(&self, tap: &Tap) -> Result<Box<dyn Wire>> {
        let way = self.way;
        let resolver = &self.shared.resolver;
        let proxy = way.proxies().next();
        let socket = proxy.and_then(|proxy| proxy.socket.clone().map(Peer::Unix));
        let peers = if let Some(peer) = way.local_socket().or(socket) {
            vec![peer]
        } else {
            let side = proxy.map_or(Side::Server, |_| Side::Proxy);
            let (place, family) = (way.first_place(), way.route.family);
            let addresses = self.resolve(place, family, side, Order::InTurn, tap)?;
            addresses.into_iter().map(Peer::Tcp).collect()
        };
        let bound = match &way.route.interface {
            Some(name) => {
                let family = way.route.family;
                dial::source_addresses(name, family, resolver, self.deadlines, tap)?
            }
            None => Vec::new(),
        };
        let goal = way.destination();
        let dial = Dial {
            sockets: &self.shared.sockets,
            route: &way.route,
            head_start: way.happy_eyeballs.unwrap_or(dial::HEAD_START),
            host: &goal.name,
            port: goal.port,
            via: proxy.map(|proxy| proxy.place.name.as_str()),
            deadlines: self.deadlines,
        };
        dial.connect(peers, &bound, tap)
    }

    fn resolve(
        &self,
        place: &Place,
        family: Family,
        side: Side,
        order: Order,
        tap: &Tap,
    ) -> Result<Vec<SocketAddr>> {
        let question = Question {
            host: &place.host,
            shown: &place.name,
            port: place.port,
            family,
            side,
            order,
        };
        self.shared.resolver.resolve(&question, self.deadlines, tap)
    }

    /// Asks a SOCKS proxy for a connection to the next place.
    fn ask_socks(
        &self,
        mut wire: Box<dyn Wire>,
        hop: &Proxy,
        next: &Place,
        tap: &Tap,
    ) -> Result<Box<dyn Wire>> {
        let looked_up_here = match hop.kind {
            ProxyKind::Socks4 => Some(Family::V4),
            ProxyKind::Socks5 => Some(self.way.route.family),
            _ => None,
        };
        let address = match looked_up_here {
            Some(family) => Some(self.resolve_for_socks(next, family, tap)?),
            None => None,
        };
        let request = proxy::Request {
            kind: hop.kind,
            user: hop.user.as_ref(),
            place: next,
            address,
        };
        request.make(&mut *wire, self.deadlines, tap)?;
        Ok(wire)
    }

    /// The address that a SOCKS proxy is asked for: the first one, as in curl.
    fn resolve_for_socks(&self, place: &Place, family: Family, tap: &Tap) -> Result<IpAddr> {
        let found = self.resolve(place, family, Side::Server, Order::AsListed, tap);
        let first = found.map(|addresses| addresses.first().map(SocketAddr::ip));
        match first {
            Ok(Some(address)) => Ok(address),
            Err(error) if error.exit != Exit::CouldntResolveHost => Err(error),
            _ => Err(Error::proxy(format!(
                "Failed to resolve \"{}\" for SOCKS connect.",
                place.name
            ))),
        }
    }

    /// TLS over a wire.
    fn secure(
        &self,
        wire: Box<dyn Wire>,
        place: &Place,
        layer: Layer,
        tap: &Tap,
    ) -> Result<Box<dyn Wire>> {
        let settings = match layer {
            Layer::ProxyTls => &self.way.proxy_tls,
            _ => &self.way.tls,
        };
        let handshake = Handshake {
            configurations: &self.shared.tls,
            settings,
            place,
            layer,
            deadlines: self.deadlines,
        };
        handshake.make(wire, tap)
    }

    fn established(&self, wire: Box<dyn Wire>, id: u32, tap: &Tap) -> Link {
        tap.emit(Happening::Established {
            host: &self.way.first_place().name,
            peer: wire.peer(),
            local: wire.local(),
        });
        Link {
            id,
            ..Link::over(wire, self.way.clone())
        }
    }
}
