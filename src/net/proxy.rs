//! Handshakes with SOCKS proxies, over any wire, and the line of the PROXY protocol.
//!
//! Knows: what is said and heard before the wire belongs to whoever comes next. Must not know:
//! sockets, or how a name is looked up. CONNECT is HTTP and so not here.
//!
//! Sources: RFC 1928 (SOCKS 5), RFC 1929 (its passwords), the SOCKS 4 and 4A memos, `HAProxy`'s PROXY
//! protocol, version 1.

use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use super::{Deadlines, Io, Place, ProxyKind, Wait, Wire};
use crate::error::{Error, Result, reason};
use crate::event::{Bytes, Direction, Happening, Layer, Peer, Tap};
use crate::http1::Role;
use crate::plan::{Haproxy, UserPassword};
use crate::target::Host;

/// What a SOCKS proxy is asked for.
pub(super) struct Request<'a> {
    /// Which SOCKS.
    pub(super) kind: ProxyKind,
    /// Who asks.
    pub(super) user: Option<&'a UserPassword>,
    /// Where to.
    pub(super) place: &'a Place,
    /// The address of that place, when it was looked up here.
    pub(super) address: Option<IpAddr>,
}

impl Request<'_> {
    /// Asks for the connection and reads the answer; the wire then leads to the place.
    pub(super) fn make(&self, wire: &mut dyn Wire, deadlines: &Deadlines, tap: &Tap) -> Result<()> {
        let mut talk = Talk {
            wire,
            deadlines,
            tap,
            heard: Vec::new(),
        };
        let (version, outcome) = match self.kind {
            ProxyKind::Socks4 | ProxyKind::Socks4a => ("SOCKS4", self.ask_socks4(&mut talk)),
            _ => ("SOCKS5", self.ask_socks5(&mut talk)),
        };
        let more = talk.leave();
        outcome?;
        if more {
            return Err(Error::proxy(format!(
                "the {version} proxy sent more than its answer"
            )));
        }
        let authority = self.place.authority();
        tap.emit(Happening::SocksEstablished {
            version,
            authority: &authority,
        });
        Ok(())
    }

    /// The address that goes to the proxy: a looked-up one, or the one that the URL has.
    fn address(&self) -> Option<IpAddr> {
        match self.place.host {
            Host::Address(address, _) => Some(address),
            Host::Name(_) => self.address,
        }
    }

    fn ask_socks4(&self, talk: &mut Talk<'_>) -> Result<()> {
        const REMOTE: [u8; 4] = [0, 0, 0, 1];
        let name = &self.place.name;
        let (address, host) = match self.address() {
            Some(IpAddr::V4(address)) => (address.octets(), None),
            _ if self.kind == ProxyKind::Socks4a => (REMOTE, Some(name.as_bytes())),
            _ => {
                return Err(Error::proxy(format!(
                    "SOCKS4 connection to {name} not supported"
                )));
            }
        };
        let user = self.user.map_or(&[][..], |user| &user.user);
        if user.len() > LONGEST || user.contains(&0) {
            return Err(Error::proxy("SOCKS4: too long username"));
        }
        let mut request = vec![4, 1];
        request.extend(self.place.port.to_be_bytes());
        request.extend(address);
        request.extend(user);
        request.push(0);
        if let Some(host) = host {
            if host.len() > LONGEST {
                return Err(Error::proxy("SOCKS4: too long hostname"));
            }
            request.extend(host);
            request.push(0);
        }
        talk.say(&request)?;
        let [zero, code, ..] = talk.hear::<8>()?;
        if zero != 0 {
            return Err(Error::proxy(
                "SOCKS4 reply has wrong version, version should be 0.",
            ));
        }
        let why = match code {
            90 => return Ok(()),
            91 => "request rejected or failed.",
            92 => "request rejected because SOCKS server cannot connect to identd on the client.",
            93 => {
                "request rejected because the client program and identd report different user-ids."
            }
            _ => "Unknown.",
        };
        let goal = self.place.authority();
        Err(Error::proxy(format!(
            "cannot complete SOCKS4 connection to {goal}. ({code}), {why}"
        )))
    }

    fn ask_socks5(&self, talk: &mut Talk<'_>) -> Result<()> {
        let methods: &[u8] = match self.user {
            Some(_) => &[5, 2, NO_PASSWORD, PASSWORD],
            None => &[5, 1, NO_PASSWORD],
        };
        let introduction = self.user.map(introduction).transpose()?;
        talk.say(methods)?;
        let [version, method] = talk.hear()?;
        match (version, method, introduction) {
            (5, NO_PASSWORD, _) => {}
            (5, PASSWORD, Some(introduction)) => {
                talk.say_secret(&introduction)?;
                let [version, status] = talk.hear()?;
                if status != 0 {
                    return Err(Error::proxy(format!(
                        "User was rejected by the SOCKS5 server ({version} {status})."
                    )));
                }
            }
            (5, ..) if self.user.is_none() => {
                return Err(Error::proxy(
                    "No authentication method was acceptable. (It is quite likely that the SOCKS5 \
                     server wanted a username/password, since none was supplied to the server on \
                     this connection.)",
                ));
            }
            (5, ..) => return Err(Error::proxy("No authentication method was acceptable.")),
            _ => {
                return Err(Error::proxy(
                    "Received invalid version in initial SOCKS5 response.",
                ));
            }
        }
        self.connect_socks5(talk)
    }

    fn connect_socks5(&self, talk: &mut Talk<'_>) -> Result<()> {
        let mut request = vec![5, 1, 0];
        match self.address() {
            Some(IpAddr::V4(address)) => {
                request.push(IPV4);
                request.extend(address.octets());
            }
            Some(IpAddr::V6(address)) => {
                request.push(IPV6);
                request.extend(address.octets());
            }
            None => {
                let name = self.place.name.as_bytes();
                let length = u8::try_from(name.len()).map_err(|_| {
                    Error::proxy(
                        "SOCKS5: the destination hostname is too long to be resolved remotely by \
                         the proxy.",
                    )
                })?;
                request.extend([NAME, length]);
                request.extend(name);
            }
        }
        request.extend(self.place.port.to_be_bytes());
        talk.say(&request)?;
        let [version, code, _, kind] = talk.hear()?;
        if version != 5 {
            return Err(Error::proxy(
                "SOCKS5 reply has wrong version, version should be 5.",
            ));
        }
        if code != 0 {
            let (goal, why) = (&self.place.name, reply_in_words(code));
            return Err(Error::proxy(format!(
                "cannot complete SOCKS5 connection to {goal}. ({code}): {why}"
            )));
        }
        let rest = match kind {
            IPV4 => 4 + 2,
            IPV6 => 16 + 2,
            NAME => usize::from(talk.hear::<1>()?[0]) + 2,
            _ => return Err(Error::proxy("SOCKS5 reply has wrong address type.")),
        };
        talk.hear_all(rest).map(|_| ())
    }
}

/// User names, passwords and host names are no longer.
const LONGEST: usize = 255;

const NO_PASSWORD: u8 = 0;
const PASSWORD: u8 = 2;

const IPV4: u8 = 1;
const NAME: u8 = 3;
const IPV6: u8 = 4;

/// RFC 1929: who asks.
fn introduction(user: &UserPassword) -> Result<Vec<u8>> {
    let mut octets = vec![1];
    for (what, text) in [
        ("username", &user.user),
        ("password", user.password.reveal()),
    ] {
        let length = u8::try_from(text.len())
            .map_err(|_| Error::proxy(format!("Excessive {what} length for SOCKS5 auth")))?;
        octets.push(length);
        octets.extend(text);
    }
    Ok(octets)
}

/// RFC 1928, 6.
fn reply_in_words(code: u8) -> &'static str {
    match code {
        1 => "general SOCKS server failure",
        2 => "connection not allowed by ruleset",
        3 => "network unreachable",
        4 => "host unreachable",
        5 => "connection refused",
        6 => "TTL expired",
        7 => "command not supported",
        8 => "address type not supported",
        _ => "unknown",
    }
}

/// A conversation in small messages of known length.
struct Talk<'a> {
    wire: &'a mut dyn Wire,
    deadlines: &'a Deadlines,
    tap: &'a Tap,
    /// Octets that came and were not asked for yet.
    heard: Vec<u8>,
}

impl Talk<'_> {
    fn say(&mut self, octets: &[u8]) -> Result<()> {
        self.say_as(octets, Bytes::Seen(octets))
    }

    /// As `say`, but where no view asks for content, all are told the length only.
    fn say_secret(&mut self, octets: &[u8]) -> Result<()> {
        let told = if self.tap.interest().content {
            Bytes::Seen(octets)
        } else {
            Bytes::Counted(octets.len() as u64)
        };
        self.say_as(octets, told)
    }

    fn say_as(&mut self, octets: &[u8], told: Bytes<'_>) -> Result<()> {
        tell_batch(self.tap, self.tap.clock().now(), Direction::Out, octets);
        tell(self.tap, Direction::Out, Role::Handshake, told);
        self.queue(octets)
    }

    fn queue(&mut self, octets: &[u8]) -> Result<()> {
        self.wire
            .send(octets)
            .map_err(|error| Error::proxy(format!("Send failure: {}", reason(&error))))
    }

    fn hear<const N: usize>(&mut self) -> Result<[u8; N]> {
        let octets = self.hear_all(N)?;
        octets.try_into().map_err(|_| Error::proxy(CLOSED))
    }

    fn hear_all(&mut self, count: usize) -> Result<Vec<u8>> {
        while self.heard.len() < count {
            let wait = Wait {
                until: self.deadlines.next_look(self.tap),
                receive: usize::MAX,
                also: None,
            };
            match self.wire.wait(wait) {
                Io::Bytes { at, bytes } => {
                    tell_batch(self.tap, at, Direction::In, bytes);
                    self.heard.extend_from_slice(bytes);
                }
                Io::Eof => return Err(Error::proxy(CLOSED)),
                Io::Failed(error) | Io::OutletClosed(error) => {
                    return Err(Error::proxy(format!("Recv failure: {}", reason(&error))));
                }
                Io::Sent(_) | Io::Room | Io::AlsoReady | Io::Passed { .. } | Io::OutletFull => {}
                Io::TimedOut => self.look_at_the_clock()?,
            }
        }
        let octets: Vec<u8> = self.heard.drain(..count).collect();
        let bytes = Bytes::Seen(&octets);
        tell(self.tap, Direction::In, Role::Handshake, bytes);
        Ok(octets)
    }

    /// Tells what came and was not asked for; whether there was anything.
    fn leave(self) -> bool {
        if !self.heard.is_empty() {
            let bytes = Bytes::Seen(&self.heard);
            tell(self.tap, Direction::In, Role::Stray, bytes);
        }
        !self.heard.is_empty()
    }

    fn look_at_the_clock(&self) -> Result<()> {
        self.deadlines
            .check(self.tap, Error::connection_timed_out)?;
        self.tap.emit(Happening::Tick);
        Ok(())
    }
}

const CLOSED: &str = "connection to proxy closed";

fn tell(tap: &Tap, direction: Direction, role: Role, bytes: Bytes<'_>) {
    tap.emit(Happening::Piece {
        direction,
        layer: Layer::Socks,
        role,
        bytes,
    });
}

fn tell_batch(tap: &Tap, at: Instant, direction: Direction, octets: &[u8]) {
    tap.emit_at(
        at,
        Happening::Batch {
            direction,
            layer: Layer::Socks,
            bytes: octets.len(),
        },
    );
}

/// Sends the line that tells a server behind `HAProxy` who is there. A refused send shows when the
/// answer is waited for.
pub(super) fn announce(wire: &mut dyn Wire, haproxy: &Haproxy, tap: &Tap) {
    let line = proxy_line(wire.local(), wire.peer(), haproxy.client);
    let octets = line.as_bytes();
    tell_batch(tap, tap.clock().now(), Direction::Out, octets);
    tell(tap, Direction::Out, Role::Handshake, Bytes::Seen(octets));
    let _ = wire.send(line.as_bytes());
}

/// As curl, an address given with `--haproxy-clientip` stands for both sides.
fn proxy_line(local: Option<SocketAddr>, peer: &Peer, client: Option<IpAddr>) -> String {
    let (Some(local), Peer::Tcp(peer)) = (local, peer) else {
        return "PROXY UNKNOWN\r\n".to_owned();
    };
    let from = client.unwrap_or(local.ip());
    let to = client.unwrap_or(peer.ip());
    let family = if from.is_ipv6() { "TCP6" } else { "TCP4" };
    let (from_port, to_port) = (local.port(), peer.port());
    format!("PROXY {family} {from} {to} {from_port} {to_port}\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proxy_line_names_both_sides() {
        let local = Some("127.0.0.1:5000".parse().unwrap());
        let peer = Peer::Tcp("127.0.0.2:80".parse().unwrap());
        let check = |local, peer, client: Option<&str>, expected: &str| {
            let client = client.map(|text| text.parse().unwrap());
            assert_eq!(proxy_line(local, peer, client), expected);
        };
        check(
            local,
            &peer,
            None,
            "PROXY TCP4 127.0.0.1 127.0.0.2 5000 80\r\n",
        );
        check(
            local,
            &peer,
            Some("192.0.2.1"),
            "PROXY TCP4 192.0.2.1 192.0.2.1 5000 80\r\n",
        );
        check(local, &peer, Some("::1"), "PROXY TCP6 ::1 ::1 5000 80\r\n");
        check(None, &Peer::Unix("/s".into()), None, "PROXY UNKNOWN\r\n");
    }
}
