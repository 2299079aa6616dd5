//! Names to addresses.
//!
//! Knows: which names need no resolver (`localhost`, addresses), `--resolve`, the cache of the run,
//! and how the system is asked without waiting for it longer than allowed. Must not know: sockets.
//!
//! Sources: RFC 6761 (6.3, `localhost`), RFC 7686 (`.onion`), RFC 8305 (the order of addresses),
//! curl's `--resolve`.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6, ToSocketAddrs};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use super::deadlines::Deadlines;
use super::interface;
use crate::clock::later;
use crate::error::{Error, Result, reason};
use crate::event::{Happening, Lookup, Side, Tap};
use crate::lock::lock;
use crate::plan::Family;
use crate::target::Host;
use crate::target::authority::{split_zone, without_brackets};

/// What the system said is believed for so long, as in curl.
const LIFETIME: Duration = Duration::from_mins(1);

/// Which addresses are wanted.
pub(super) struct Question<'a> {
    /// The name or address.
    pub(super) host: &'a Host,
    /// The host as it is shown.
    pub(super) shown: &'a str,
    /// The port.
    pub(super) port: u16,
    /// The IP versions allowed.
    pub(super) family: Family,
    /// Whose address it is; it decides about the exit status.
    pub(super) side: Side,
    /// What the addresses are for.
    pub(super) order: Order,
}

/// The order of the addresses found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// For one attempt after the other: the families in turn.
    InTurn,
    /// As the resolver lists them, for whom only the first is of use.
    AsListed,
}

/// What is known about names, for the whole run.
#[derive(Default)]
pub(super) struct Resolver {
    cache: Mutex<HashMap<(String, u16), Known>>,
}

struct Known {
    addresses: Vec<SocketAddr>,
    /// Until when; for good when it was given with `--resolve`.
    until: Option<Instant>,
}

impl Resolver {
    /// Takes in the entries of `--resolve`.
    pub(super) fn learn(&self, entries: &[String], tap: &Tap) -> Result<()> {
        let now = tap.clock().now();
        for entry in entries {
            match Entry::parse(entry).ok_or_else(|| Error::bad_resolve_entry(entry))? {
                Entry::Forget { host, port } => {
                    self.cache().remove(&(host, port));
                }
                Entry::Learn {
                    host,
                    port,
                    addresses,
                    lasting,
                } => {
                    let known = Known {
                        addresses,
                        until: (!lasting).then(|| later(now, LIFETIME)),
                    };
                    self.cache().insert((host, port), known);
                    let entry = entry.trim_start_matches('+');
                    tap.emit(Happening::ResolveAdded { entry });
                }
            }
        }
        Ok(())
    }

    /// Finds the addresses of a host, in the order in which they are to be tried; none only for an
    /// address of an IP version that `-4` or `-6` rules out.
    pub(super) fn resolve(
        &self,
        question: &Question<'_>,
        deadlines: &Deadlines,
        tap: &Tap,
    ) -> Result<Vec<SocketAddr>> {
        let (addresses, lookup) = match question.host {
            Host::Address(address, zone) => {
                let address = with_zone(*address, question.port, zone.as_deref());
                (
                    in_order(vec![address], question.family, question.order),
                    Lookup::Literal,
                )
            }
            Host::Name(name) => self.find(name, question, deadlines, tap)?,
        };
        tap.emit(Happening::Resolved {
            host: question.shown,
            port: question.port,
            addresses: &addresses,
            lookup,
        });
        Ok(addresses)
    }

    fn find(
        &self,
        name: &str,
        question: &Question<'_>,
        deadlines: &Deadlines,
        tap: &Tap,
    ) -> Result<(Vec<SocketAddr>, Lookup)> {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        if name.rsplit('.').next() == Some("onion") {
            let error = Error::onion();
            tap.emit(Happening::Failed { error: &error });
            return Err(error);
        }
        let port = question.port;
        let mut trouble = None;
        let (addresses, lookup) = match self.known(&name, port, tap.clock().now()) {
            Some(addresses) => (addresses, Lookup::Cached),
            None if name.rsplit('.').next() == Some("localhost") => {
                let both: [IpAddr; 2] = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
                let both = both.map(|address| SocketAddr::new(address, port));
                self.remember(name, port, &both, tap.clock().now());
                (both.to_vec(), Lookup::Asked)
            }
            None => {
                tap.emit(Happening::Resolving {
                    host: question.shown,
                });
                let found = ask(&name, port, deadlines, tap)?;
                let addresses = found.unwrap_or_else(|words| {
                    trouble = Some(words);
                    Vec::new()
                });
                self.remember(name, port, &addresses, tap.clock().now());
                (addresses, Lookup::Asked)
            }
        };
        let addresses = in_order(addresses, question.family, question.order);
        if addresses.is_empty() {
            tap.emit(Happening::ResolveFailed {
                host: question.shown,
                port,
                reason: trouble.as_deref().unwrap_or(match question.family {
                    Family::Any => "no address was found",
                    Family::V4 => "no IPv4 address was found",
                    Family::V6 => "no IPv6 address was found",
                }),
            });
            return Err(match question.side {
                Side::Server => Error::could_not_resolve(question.shown),
                Side::Proxy => Error::could_not_resolve_proxy(question.shown),
            });
        }
        Ok((addresses, lookup))
    }

    /// What the cache has; an entry for every host (`*`) counts last.
    fn known(&self, name: &str, port: u16, now: Instant) -> Option<Vec<SocketAddr>> {
        let mut cache = self.cache();
        cache.retain(|_, known| known.until.is_none_or(|until| now < until));
        [name, "*"]
            .into_iter()
            .find_map(|name| cache.get(&(name.to_owned(), port)))
            .map(|known| known.addresses.clone())
    }

    fn remember(&self, name: String, port: u16, addresses: &[SocketAddr], now: Instant) {
        if !addresses.is_empty() {
            let known = Known {
                addresses: addresses.to_vec(),
                until: Some(later(now, LIFETIME)),
            };
            self.cache().insert((name, port), known);
        }
    }

    fn cache(&self) -> MutexGuard<'_, HashMap<(String, u16), Known>> {
        lock(&self.cache)
    }
}

/// What the system says: addresses, or in its words why there are none.
type Answer = std::result::Result<Vec<SocketAddr>, String>;

/// Asks the system, which cannot be interrupted: a thread waits for it, and is left to itself when
/// the time is up.
fn ask(name: &str, port: u16, deadlines: &Deadlines, tap: &Tap) -> Result<Answer> {
    let (sender, answer) = channel();
    let asked = name.to_owned();
    let ask = move || {
        let found = (asked.as_str(), port).to_socket_addrs();
        // Nobody listens any more when the time was up.
        let _ = sender.send(
            found
                .map(Iterator::collect)
                .map_err(|error| in_words(&error)),
        );
    };
    // Without a thread the sender is gone, which is an answer too.
    let _ = std::thread::Builder::new().spawn(ask);
    wait_for(&answer, deadlines, tap)
}

/// The resolver's own words, without what Rust puts before them.
fn in_words(error: &std::io::Error) -> String {
    let words = reason(error);
    match words.strip_prefix("failed to lookup address information: ") {
        Some(own) => own.to_owned(),
        None => words,
    }
}

fn wait_for(answer: &Receiver<Answer>, deadlines: &Deadlines, tap: &Tap) -> Result<Answer> {
    loop {
        deadlines.check(tap, Error::resolving_timed_out)?;
        let now = tap.clock().now();
        let came = match deadlines.next_look(tap) {
            Some(look) => answer.recv_timeout(look.saturating_duration_since(now)),
            None => answer.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match came {
            Ok(answer) => return Ok(answer),
            Err(RecvTimeoutError::Timeout) => tap.emit(Happening::Tick),
            Err(RecvTimeoutError::Disconnected) => {
                return Ok(Err("the resolver could not be asked".to_owned()));
            }
        }
    }
}

/// The addresses allowed, each once; in turn, the families begin with IPv6 (RFC 8305, 4).
fn in_order(mut addresses: Vec<SocketAddr>, family: Family, order: Order) -> Vec<SocketAddr> {
    addresses.retain(|address| match family {
        Family::Any => true,
        Family::V4 => address.is_ipv4(),
        Family::V6 => address.is_ipv6(),
    });
    if order == Order::AsListed {
        return addresses;
    }
    let (six, four): (Vec<_>, Vec<_>) = addresses.into_iter().partition(SocketAddr::is_ipv6);
    let (mut six, mut four) = (six.into_iter(), four.into_iter());
    let mut ordered = Vec::new();
    loop {
        let pair = [six.next(), four.next()];
        if pair == [None, None] {
            return ordered;
        }
        for address in pair.into_iter().flatten() {
            if !ordered.contains(&address) {
                ordered.push(address);
            }
        }
    }
}

/// An address with its port, and for a link-local one the interface that its zone names.
fn with_zone(address: IpAddr, port: u16, zone: Option<&str>) -> SocketAddr {
    match (address, zone) {
        (IpAddr::V6(address), Some(zone)) => {
            let index = zone.parse().ok().or_else(|| interface::index(zone));
            SocketAddrV6::new(address, port, 0, index.unwrap_or(0)).into()
        }
        _ => SocketAddr::new(address, port),
    }
}

/// An entry of `--resolve`.
#[derive(Debug, PartialEq, Eq)]
enum Entry {
    /// `-host:port`.
    Forget { host: String, port: u16 },
    /// `[+]host:port:address[,address]`; `+` makes it time out.
    Learn {
        host: String,
        port: u16,
        addresses: Vec<SocketAddr>,
        lasting: bool,
    },
}

impl Entry {
    fn parse(entry: &str) -> Option<Self> {
        if let Some(rest) = entry.strip_prefix('-') {
            let (host, rest) = split_host(rest)?;
            let port = rest.parse().ok()?;
            return Some(Entry::Forget { host, port });
        }
        let lasting = !entry.starts_with('+');
        let (host, rest) = split_host(entry.strip_prefix('+').unwrap_or(entry))?;
        let (port, addresses) = rest.split_once(':')?;
        let port = port.parse().ok()?;
        let addresses: Option<Vec<SocketAddr>> = addresses
            .split(',')
            .filter(|address| !address.is_empty())
            .map(|address| read_address(address, port))
            .collect();
        Some(Entry::Learn {
            host,
            port,
            addresses: addresses.filter(|all| !all.is_empty())?,
            lasting,
        })
    }
}

/// The host before the first colon, or between brackets, and what follows the colon.
fn split_host(entry: &str) -> Option<(String, &str)> {
    let (host, rest) = match entry.strip_prefix('[') {
        Some(bracketed) => bracketed.split_once("]:")?,
        None => entry.split_once(':')?,
    };
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    (!host.is_empty()).then_some((host, rest))
}

fn read_address(address: &str, port: u16) -> Option<SocketAddr> {
    let (bare, zone) = split_zone(without_brackets(address));
    Some(with_zone(bare.parse().ok()?, port, zone))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolve_entries_are_read_as_curl_reads_them() {
        let check = |entry: &str, expected: Option<(&str, u16, &[&str], bool)>| {
            let expected = expected.map(|(host, port, addresses, lasting)| Entry::Learn {
                host: host.to_owned(),
                port,
                addresses: addresses.iter().map(|text| text.parse().unwrap()).collect(),
                lasting,
            });
            assert_eq!(Entry::parse(entry), expected, "{entry}");
        };
        check(
            "A.test:80:127.0.0.1",
            Some(("a.test", 80, &["127.0.0.1:80"], true)),
        );
        check("+a:80:127.0.0.1", Some(("a", 80, &["127.0.0.1:80"], false)));
        check(
            "*:1:[::1],127.0.0.1",
            Some(("*", 1, &["[::1]:1", "127.0.0.1:1"], true)),
        );
        check("a:1:::1", Some(("a", 1, &["[::1]:1"], true)));
        check(
            "[::1]:1:127.0.0.1",
            Some(("::1", 1, &["127.0.0.1:1"], true)),
        );
        for bad in [
            "",
            "a",
            "a:80",
            "a:80:",
            "a:x:127.0.0.1",
            "a:80:zz",
            ":80:127.0.0.1",
            "a:99999:127.0.0.1",
        ] {
            check(bad, None);
        }
        let forget = Entry::Forget {
            host: "a".to_owned(),
            port: 80,
        };
        assert_eq!(Entry::parse("-a:80"), Some(forget));
        assert_eq!(Entry::parse("-a"), None);
    }

    #[test]
    fn families_take_turns_beginning_with_ipv6_or_stay_as_listed() {
        let all: Vec<SocketAddr> = ["1.1.1.1:1", "2.2.2.2:1", "[::1]:1", "1.1.1.1:1"]
            .map(|text| text.parse().unwrap())
            .to_vec();
        let check = |family, order, expected: &[usize]| {
            let expected: Vec<_> = expected.iter().map(|&at| all[at]).collect();
            let ordered = in_order(all.clone(), family, order);
            assert_eq!(ordered, expected, "{family:?} {order:?}");
        };
        check(Family::Any, Order::InTurn, &[2, 0, 1]);
        check(Family::V4, Order::InTurn, &[0, 1]);
        check(Family::V6, Order::InTurn, &[2]);
        check(Family::Any, Order::AsListed, &[0, 1, 2, 3]);
        check(Family::V6, Order::AsListed, &[2]);
    }
}
