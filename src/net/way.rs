//! The way to a server, before anybody has gone it.
//!
//! Knows: everything that decides where a connection leads and how, and so whether a kept one may
//! serve again; `--connect-to`. Must not know: sockets, or what is requested.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::event::Peer;
use crate::plan::{Route, Tls, UserPassword};
use crate::target::authority::{split_zone, without_brackets};
use crate::target::{Host, Scheme, Target};

/// A host and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The name to look up, or the address.
    pub host: Host,
    /// The host in ASCII, without brackets: for messages, certificates and `CONNECT`.
    pub name: String,
    /// The port.
    pub port: u16,
}

impl Place {
    /// A place from a host name or an address (with or without brackets).
    pub fn new(name: &str, port: u16) -> Self {
        let bare = without_brackets(name);
        let (address, zone) = split_zone(bare);
        Self {
            host: match address.parse::<IpAddr>() {
                Ok(address) => Host::Address(address, zone.map(str::to_owned)),
                Err(_) => Host::Name(bare.to_owned()),
            },
            name: bare.to_owned(),
            port,
        }
    }

    /// `host:port`, an IPv6 address in brackets.
    pub fn authority(&self) -> String {
        match self.host {
            Host::Address(IpAddr::V6(_), _) => format!("[{}]:{}", self.name, self.port),
            _ => format!("{}:{}", self.name, self.port),
        }
    }

    /// An address of another zone is another place, though it is written alike.
    fn is(&self, other: &Self) -> bool {
        let same_host = match (&self.host, &other.host) {
            (Host::Address(..), Host::Address(..)) => self.host == other.host,
            _ => self.name.eq_ignore_ascii_case(&other.name),
        };
        self.port == other.port && same_host
    }
}

/// The protocol that a proxy speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProxyKind {
    /// HTTP.
    Http,
    /// HTTP over TLS.
    Https,
    /// SOCKS 4: the name is looked up here, IPv4 only.
    Socks4,
    /// SOCKS 4a: the proxy looks the name up.
    Socks4a,
    /// SOCKS 5 (RFC 1928): the name is looked up here.
    Socks5,
    /// SOCKS 5: the proxy looks the name up.
    Socks5h,
}

impl ProxyKind {
    /// Whether it speaks HTTP.
    pub fn is_http(self) -> bool {
        matches!(self, ProxyKind::Http | ProxyKind::Https)
    }
}

impl fmt::Display for ProxyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ProxyKind::Http => "HTTP",
            ProxyKind::Https => "HTTPS",
            ProxyKind::Socks4 => "SOCKS4",
            ProxyKind::Socks4a => "SOCKS4a",
            ProxyKind::Socks5 => "SOCKS5",
            ProxyKind::Socks5h => "SOCKS5h",
        })
    }
}

/// A proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// What it speaks.
    pub kind: ProxyKind,
    /// Where it is.
    pub place: Place,
    /// Its unix socket, instead of a place (`socks5h://localhost/path`).
    pub socket: Option<PathBuf>,
    /// Who asks. For SOCKS it is used here; for HTTP it only keeps connections apart.
    pub user: Option<UserPassword>,
}

/// Everything that decides where a connection leads and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Way {
    /// The scheme.
    pub scheme: Scheme,
    /// The host of the URL: the one that the certificate must name.
    pub origin: Place,
    /// What `--connect-to` made of it.
    pub connect_to: Option<Place>,
    /// The SOCKS proxy through which the other proxy is reached (`--preproxy`).
    pub preproxy: Option<Proxy>,
    /// The proxy.
    pub proxy: Option<Proxy>,
    /// `-p`: a tunnel for `http://` too.
    pub tunnel: bool,
    /// TLS towards the origin.
    pub tls: Tls,
    /// TLS towards an HTTPS proxy.
    pub proxy_tls: Tls,
    /// Options of the socket and of names.
    pub route: Route,
    /// `--happy-eyeballs-timeout-ms`; 200 ms when unset.
    pub happy_eyeballs: Option<Duration>,
}

impl Way {
    /// The way to a URL, without proxies and with plain TLS settings; the fields are public.
    pub fn new(target: &Target, route: &Route) -> Result<Self> {
        let origin = Place {
            host: target.connect_host().clone(),
            name: target.ascii_host(),
            port: target.port(),
        };
        Ok(Self {
            scheme: target.scheme,
            connect_to: connect_to(&route.connect_to, &origin)?,
            origin,
            preproxy: None,
            proxy: None,
            tunnel: false,
            tls: Tls::default(),
            proxy_tls: Tls::default(),
            route: route.clone(),
            happy_eyeballs: None,
        })
    }

    /// The host to connect to, or to ask the last proxy for: `--connect-to` is applied.
    pub fn destination(&self) -> &Place {
        self.connect_to.as_ref().unwrap_or(&self.origin)
    }

    /// The local socket that stands for every host, so that no proxy is used.
    pub fn local_socket(&self) -> Option<Peer> {
        let named = self.route.abstract_unix_socket.clone();
        let path = self.route.unix_socket.clone();
        named.map(Peer::Abstract).or(path.map(Peer::Unix))
    }

    /// The proxy that speaks HTTP, when there is one.
    pub fn http_proxy(&self) -> Option<&Proxy> {
        self.proxies().find(|proxy| proxy.kind.is_http())
    }

    /// Whether a tunnel leads through the HTTP proxy. Else it forwards requests, which name the
    /// whole URL.
    pub fn is_tunnelled(&self) -> bool {
        self.http_proxy().is_some()
            && (self.tunnel || self.scheme == Scheme::Https || self.connect_to.is_some())
    }

    /// Whether an HTTP proxy forwards the requests.
    pub fn is_forwarded(&self) -> bool {
        self.http_proxy().is_some() && !self.is_tunnelled()
    }

    /// The proxies on the way, the first one first.
    pub fn proxies(&self) -> impl Iterator<Item = &Proxy> {
        let both = [self.preproxy.as_ref(), self.proxy.as_ref()];
        let Route {
            unix_socket,
            abstract_unix_socket,
            ..
        } = &self.route;
        let none = unix_socket.is_some() || abstract_unix_socket.is_some();
        both.into_iter().flatten().filter(move |_| !none)
    }

    /// The name of the host that the socket leads to: the proxy's, when there is one.
    pub(super) fn first_place(&self) -> &Place {
        self.proxies()
            .next()
            .map_or_else(|| self.destination(), |proxy| &proxy.place)
    }

    /// The proxy that messages name.
    pub(super) fn named_proxy(&self) -> Option<&Place> {
        self.proxies().next().map(|proxy| &proxy.place)
    }

    /// Whether a connection that went this way may carry a request that wants to go the other.
    pub(super) fn serves(&self, wanted: &Self) -> bool {
        let same_proxies = self.proxies().eq(wanted.proxies());
        let same_end = self.origin.is(&wanted.origin) && self.end() == wanted.end();
        let any_end = || self.is_forwarded() && wanted.is_forwarded();
        same_proxies && self.first_hop() == wanted.first_hop() && (same_end || any_end())
    }

    /// What decides how the first hop is reached.
    fn first_hop(&self) -> impl PartialEq + '_ {
        let Route {
            unix_socket,
            abstract_unix_socket,
            interface,
            local_ports,
            family,
            haproxy,
            ..
        } = &self.route;
        let proxy = self.http_proxy();
        let proxy_tls = proxy.filter(|proxy| proxy.kind == ProxyKind::Https);
        let proxy_tls = proxy_tls.map(|_| &self.proxy_tls);
        let local = (unix_socket, abstract_unix_socket);
        (local, interface, local_ports, family, haproxy, proxy_tls)
    }

    /// What decides which server answers at the end.
    fn end(&self) -> impl PartialEq + '_ {
        let tls = (self.scheme == Scheme::Https).then_some(&self.tls);
        (self.is_tunnelled(), &self.connect_to, tls)
    }
}

/// Where the first entry of `--connect-to` that fits sends an origin.
fn connect_to(entries: &[String], origin: &Place) -> Result<Option<Place>> {
    for entry in entries {
        let malformed = || Error::bad_connect_to_entry(entry);
        let (host, rest) = split_host(entry).ok_or_else(malformed)?;
        let (port, rest) = rest.split_once(':').ok_or_else(malformed)?;
        let fits = (host.is_empty() || host.eq_ignore_ascii_case(&origin.name))
            && (port.is_empty() || port.parse() == Ok(origin.port));
        if !fits {
            continue;
        }
        let (new_host, new_port) = split_host(rest).unwrap_or((rest, ""));
        let port = match new_port {
            "" => origin.port,
            digits => digits.parse().map_err(|_| malformed())?,
        };
        let host = match new_host {
            "" => &origin.name,
            // A proxy would read another line than was meant.
            name if name.contains(|c: char| c.is_whitespace() || c.is_control()) => {
                return Err(malformed());
            }
            name => name,
        };
        let place = Place::new(host, port);
        return Ok((!place.is(origin)).then_some(place));
    }
    Ok(None)
}

/// Splits `host:rest` or `[address]:rest`; the brackets go.
fn split_host(text: &str) -> Option<(&str, &str)> {
    match text.strip_prefix('[') {
        Some(bracketed) => {
            let (host, rest) = bracketed.split_once(']')?;
            Some((host, rest.strip_prefix(':').unwrap_or(rest)))
        }
        None => text.split_once(':'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Reading;

    fn way(url: &str, connect_to: &[&str]) -> Result<Way> {
        let target = Target::parse(url, &Reading::default()).unwrap();
        let route = Route {
            connect_to: connect_to.iter().map(|&entry| entry.to_owned()).collect(),
            ..Route::default()
        };
        Way::new(&target, &route)
    }

    #[test]
    fn connect_to_takes_the_first_entry_that_fits() {
        let check = |entries: &[&str], expected: &str| {
            let way = way("http://a.test:81/", entries);
            let place = way.map_or_else(
                |error| format!("{}", error.exit as u8),
                |way| way.destination().authority(),
            );
            assert_eq!(place, expected, "{entries:?}");
        };
        check(&[], "a.test:81");
        check(&["A.test:81:b.test:82"], "b.test:82");
        check(&["::b.test:"], "b.test:81");
        check(&["a.test::[::1]:9"], "[::1]:9");
        check(&[":81::9"], "a.test:9");
        check(&["c.test:81:b.test:82", "::d.test:1"], "d.test:1");
        check(&["::b.test:b.test"], "49");
        check(&["nonsense"], "49");
        check(&["::b.test HTTP/1.1\r\nX: y"], "49");
    }

    #[test]
    fn a_connection_serves_only_who_wants_to_go_the_same_way() {
        let plain = way("http://a.test/", &[]).unwrap();
        let check = |change: &dyn Fn(&mut Way), expected: bool| {
            let mut other = plain.clone();
            change(&mut other);
            assert_eq!(plain.serves(&other), expected);
            assert_eq!(other.serves(&plain), expected);
        };
        check(&|_| {}, true);
        check(&|way| way.origin.name = "A.TEST".to_owned(), true);
        check(&|way| way.origin.port = 81, false);
        check(&|way| way.scheme = Scheme::Https, false);
        check(&|way| way.connect_to = Some(Place::new("b", 1)), false);
        check(&|way| way.route.interface = Some("lo".to_owned()), false);
        check(
            &|way| way.route.resolve = vec!["a:1:127.0.0.1".to_owned()],
            true,
        );
        check(&|way| way.tls.verify = false, true);
    }

    #[test]
    fn a_forwarding_proxy_serves_every_host() {
        let proxy = Proxy {
            kind: ProxyKind::Http,
            place: Place::new("p", 3128),
            socket: None,
            user: None,
        };
        let through = |url: &str, tunnel| {
            let mut way = way(url, &[]).unwrap();
            way.proxy = Some(proxy.clone());
            way.tunnel = tunnel;
            way
        };
        let one = through("http://a.test/", false);
        assert!(one.serves(&through("http://b.test/", false)));
        assert!(!one.serves(&through("http://b.test/", true)));
        assert!(!one.serves(&through("https://a.test/", false)));
    }
}
