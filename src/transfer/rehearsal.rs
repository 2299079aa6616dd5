//! `--dry-run`: the requests of a transfer written down instead of sent.
//!
//! Knows: which requests go out before the first response, in which order, and by which route. Must
//! not know: how a head is put together (`requests` and `tunnel` do), how a body is framed (`outgoing`
//! does), or sockets: no name is looked up, nobody is connected to, and no file is changed.
//!
//! What depends on an answer is not here: redirects, answered challenges, the handshakes of SOCKS and
//! TLS. A body that would wait for `100 Continue` stands behind its head, where it would go.

use std::io::Write as _;

use crate::codec::text::Visible;
use crate::error::Error;
use crate::event::{Happening, Layer, Peer, Tap};
use crate::http1::{self, Connection, Settings};
use crate::net::{Proxy, ProxyKind, Way};
use crate::streams::Console;
use crate::target::Scheme;
use crate::transfer::compose::RequestHead;
use crate::transfer::job::{Job, Shared};
use crate::transfer::outgoing::{AT_ONCE, Outgoing};
use crate::transfer::pace::Pace;
use crate::transfer::requests::Requests;
use crate::transfer::source::Source;
use crate::transfer::tunnel;

/// Writes down what this job would send before the first response.
///
/// # Errors
/// Those that a real run would find before it connects, and exit 23 when standard output takes no more.
pub(crate) fn run(shared: &Shared, job: &Job<'_>, tap: &Tap) -> Result<(), Error> {
    let result = Rehearsal::new(shared, tap).of(job);
    if let Err(error) = &result {
        tap.emit(Happening::Failed { error });
    }
    result
}

struct Rehearsal<'a> {
    shared: &'a Shared,
    tap: &'a Tap,
    console: Console,
    /// For a terminal: what is in a file or in a cookie must not drive it.
    visible: Option<Visible>,
}

impl<'a> Rehearsal<'a> {
    fn new(shared: &'a Shared, tap: &'a Tap) -> Self {
        let terminal = shared.environment.stdout_is_terminal;
        Self {
            shared,
            tap,
            console: shared.streams.stdout.clone(),
            visible: terminal.then(Visible::new),
        }
    }

    /// The requests of one job: the CONNECT, where there is a tunnel, and the first one to the origin.
    fn of(&mut self, job: &Job<'_>) -> Result<(), Error> {
        let (shared, tap) = (self.shared, self.tap);
        let mut content = None;
        let mut requests = Requests::new(shared, job, &mut content)?;
        shared.network.learn(&job.operation.route.resolve, tap)?;
        let way = requests.prepare(tap)?;
        tap.emit(Happening::Requesting {
            target: requests.target(),
            method: requests.method(),
            by_proxy: way.is_forwarded(),
        });
        shared.network.check(&way, tap)?;
        if way.is_tunnelled() {
            let proxy = &mut requests.identity.proxy;
            let cnonce = shared.cnonce()?;
            let authority = way.destination().authority();
            let head = tunnel::request(job.operation, &authority, proxy, &cnonce, tap);
            self.write_down(&way, Layer::Tunnel, &head, &mut Source::empty())?;
        }
        requests.refuse_chunks_over_http10()?;
        let peer = if way.is_forwarded() {
            http1::Peer::Proxy
        } else {
            http1::Peer::Origin
        };
        let withheld = requests.withholds_body(peer);
        let head = requests.compose(peer, tap)?;
        if withheld {
            let text = "The content is not in this request, which only asks for a challenge.";
            tap.emit(Happening::Noted { text });
            self.write_down(&way, Layer::Http, &head, &mut Source::empty())
        } else {
            self.write_down(&way, Layer::Http, &head, requests.content.source())
        }
    }

    /// One request, framed as on a wire, but at no pace and for nobody.
    fn write_down(
        &mut self,
        way: &Way,
        layer: Layer,
        head: &RequestHead,
        source: &mut Source,
    ) -> Result<(), Error> {
        let tap = self.tap;
        tap.emit(Happening::Rehearsing {
            route: &route(way, layer),
        });
        let mut http = Connection::new(Settings::default());
        let now = tap.clock().now();
        let mut out = Outgoing::new(source, head.framing, layer, Pace::new(None, now), now);
        out.begin(&mut http, head, head.expects_continue.then_some(now))?;
        out.granted();
        while !out.is_complete() {
            self.show(&out.take())?;
            out.await_source()?;
            out.fill(&mut http, AT_ONCE)?;
        }
        self.show(&out.take())?;
        tap.emit(Happening::Rehearsed {
            head: head.octets.len() as u64,
            body: out.body(),
        });
        Ok(())
    }

    fn show(&mut self, octets: &[u8]) -> Result<(), Error> {
        let result = match &mut self.visible {
            None => self.console.write_all(octets),
            Some(filter) => {
                let mut shown = Vec::with_capacity(octets.len());
                filter.push(octets, &mut shown);
                self.console.write_all(&shown)
            }
        };
        result.map_err(Error::cannot_write)
    }
}

/// The route that the octets of this layer would take, in words.
fn route(way: &Way, layer: Layer) -> String {
    if let Some(socket) = way.local_socket() {
        return match socket {
            Peer::Unix(path) => format!("to the socket {}", path.display()),
            Peer::Abstract(name) => format!("to the abstract socket {name}"),
            Peer::Tcp(address) => format!("to {address}"),
        };
    }
    let mut proxies: Vec<&Proxy> = way.proxies().collect();
    let (goal, secured) = match proxies.last() {
        Some(proxy) if layer == Layer::Tunnel || way.is_forwarded() => {
            let goal = station(proxy);
            let secured = proxy.kind == ProxyKind::Https;
            proxies.pop();
            (goal, secured)
        }
        _ => (way.destination().authority(), way.scheme == Scheme::Https),
    };
    let stations: Vec<String> = proxies.into_iter().map(station).collect();
    let mut route = format!("to {goal}");
    if !stations.is_empty() {
        route.push_str(" through ");
        route.push_str(&stations.join(" and "));
    }
    if layer == Layer::Http && way.route.haproxy.is_some() {
        route.push_str(", after a PROXY line");
    }
    if secured {
        route.push_str(", inside TLS");
    }
    route
}

fn station(proxy: &Proxy) -> String {
    let place = match &proxy.socket {
        Some(path) => path.display().to_string(),
        None => proxy.place.authority(),
    };
    format!("the {} proxy {place}", proxy.kind)
}
