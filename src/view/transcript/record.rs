//! What was said, transfer by transfer, hop by hop.
//!
//! Knows: to which message of which exchange each octet belongs, and the facts beside them that are
//! the same in every run. Must not know: what any of it looks like. The order within an exchange is
//! that of HTTP, not of the clock: the request, then what answers it, except for interim responses
//! that the body of the request waited for.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use super::body::Body;
use crate::codec::content;
use crate::error::Error;
use crate::event::{Bytes, Direction, Event, Happening, Layer, Peer, TlsFacts, Verification};
use crate::http1::{Role, Rule, parse_field_line, request_lines, version_and_status};

/// So many octets of all contents together are held.
const ROOM: usize = 16 * 1024 * 1024;

/// So many octets of all else together: of heads, and of what is told beside them. A request that
/// begins beyond that is counted.
const ROOM_BESIDE: usize = 16 * 1024 * 1024;

/// What a request takes beside its octets, about.
const REQUEST: usize = 1024;

/// What a run said and heard.
pub(super) struct Record {
    /// By the number of the transfer.
    pub(super) transfers: BTreeMap<u32, Transfer>,
    /// Where connections led, and from where.
    pub(super) ends: Ends,
    /// Transfers that there was no room for.
    pub(super) more_transfers: u32,
    reuse: Reuse,
    room: usize,
    room_beside: usize,
}

/// Whether it is worth telling that a connection was used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reuse {
    /// Transfers follow one another: it is the same in every run.
    Told,
    /// Transfers go on at the same time, and it is chance.
    Untold,
}

/// Hosts and ports of connections.
#[derive(Default)]
pub(super) struct Ends {
    /// Names and addresses of both sides.
    pub(super) hosts: BTreeSet<String>,
    /// Ports of our own, which the system chose.
    pub(super) local_ports: BTreeSet<u16>,
}

/// One transfer.
#[derive(Default)]
pub(super) struct Transfer {
    /// The URL as typed.
    pub(super) url: String,
    /// The requests made.
    pub(super) hops: Vec<Hop>,
    /// Requests that there was no room for, the last ones.
    pub(super) more_requests: u32,
    /// Why there is a further one.
    next: Why,
    /// The failure told last.
    told: Option<String>,
    /// A failure that no hop has.
    pub(super) failure: Option<String>,
}

/// Why a request is made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Why {
    /// It is the first one.
    #[default]
    Asked,
    /// A redirect led there.
    Redirected,
    /// The same once more, with credentials or without `Expect`.
    Again,
    /// The transfer is tried again, because of this.
    Retried(String),
}

/// One request, with what it took to send it.
pub(super) struct Hop {
    /// Why it is made.
    pub(super) why: Why,
    /// The method.
    pub(super) method: String,
    /// The URL.
    pub(super) url: String,
    /// What happened, in order.
    pub(super) steps: Vec<Step>,
}

/// One thing that happened in a hop.
pub(super) enum Step {
    /// A fact in words.
    Fact(String),
    /// A request and what answered it.
    Exchange(Box<Exchange>),
    /// A failure, as it is told.
    Failure(String),
}

/// A request and what answered it.
#[derive(Default)]
pub(super) struct Exchange {
    /// The request.
    pub(super) request: Message,
    /// Interim responses that came before the body of the request went out.
    pub(super) leave: Vec<Message>,
    /// The body went out without leave, after a wait.
    pub(super) impatient: bool,
    /// All of the request went out. How much of it did otherwise is chance.
    pub(super) sent: bool,
    /// The other responses, the last one final.
    pub(super) responses: Vec<Message>,
    /// What was wrong with the grammar: section and sentence.
    pub(super) violations: Vec<(&'static str, &'static str)>,
}

/// A message.
#[derive(Default)]
pub(super) struct Message {
    /// Its start line and field lines.
    pub(super) head: Vec<u8>,
    /// The empty line came.
    pub(super) whole: bool,
    /// Its content.
    pub(super) body: Option<Body>,
    /// The lines of its trailer section.
    pub(super) trailers: Vec<u8>,
    /// Octets came that belong to no message. How many is chance.
    pub(super) stray: bool,
}

impl Record {
    /// Nothing was said yet.
    pub(super) fn new(reuse: Reuse) -> Self {
        Self {
            transfers: BTreeMap::new(),
            ends: Ends::default(),
            reuse,
            more_transfers: 0,
            room: ROOM,
            room_beside: ROOM_BESIDE,
        }
    }

    /// Takes note of one event.
    pub(super) fn note(&mut self, event: &Event<'_>) {
        if let Happening::Started { url, .. } = &event.what {
            self.start(event.transfer, url);
        }
        let reuse = self.reuse;
        let Some(transfer) = self.transfers.get_mut(&event.transfer) else {
            return;
        };
        transfer.make_room(&event.what, &mut self.room_beside);
        if transfer.more_requests > 0 {
            return transfer.note_failure(&event.what);
        }
        self.ends.note(&event.what);
        match &event.what {
            Happening::Piece {
                direction,
                layer: Layer::Http | Layer::Tunnel,
                role,
                bytes,
            } => transfer.piece(*direction, *role, bytes, &mut self.room),
            Happening::Reused { .. } if reuse == Reuse::Told => {
                transfer.fact("connection reused".to_owned());
            }
            what => transfer.note(what),
        }
    }

    fn start(&mut self, number: u32, url: &str) {
        if self.room_beside == 0 {
            self.more_transfers = self.more_transfers.saturating_add(1);
            return;
        }
        self.room_beside = self.room_beside.saturating_sub(url.len());
        let transfer = Transfer {
            url: url.to_owned(),
            ..Transfer::default()
        };
        self.transfers.insert(number, transfer);
    }
}

impl Ends {
    fn note(&mut self, what: &Happening<'_>) {
        match what {
            Happening::Requesting { target, .. } => {
                self.hosts.insert(target.host.to_ascii_lowercase());
            }
            Happening::Established { host, .. } => {
                self.hosts.insert(host.to_ascii_lowercase());
            }
            Happening::Connected { peer, local } => {
                if let Peer::Tcp(address) = peer {
                    self.hosts.insert(bare(address.ip()));
                }
                if let Some(local) = local {
                    self.hosts.insert(bare(SocketAddr::ip(local)));
                    self.local_ports.insert(local.port());
                }
            }
            _ => {}
        }
    }
}

fn bare(address: IpAddr) -> String {
    address.to_canonical().to_string()
}

impl Transfer {
    /// Takes from the room what an event takes; a request that begins without any has no place here.
    fn make_room(&mut self, what: &Happening<'_>, room: &mut usize) {
        let taken = match what {
            Happening::Requesting { .. } if *room == 0 => {
                self.more_requests = self.more_requests.saturating_add(1);
                0
            }
            Happening::Requesting { target, .. } => REQUEST.saturating_add(target.path.len()),
            Happening::Piece {
                role: Role::Content,
                ..
            } => 0,
            Happening::Piece {
                bytes: Bytes::Seen(octets),
                ..
            } => octets.len(),
            _ => 0,
        };
        *room = room.saturating_sub(taken);
    }

    fn note(&mut self, what: &Happening<'_>) {
        match what {
            Happening::Requesting {
                target,
                method,
                by_proxy,
            } => self.begin(target.to_string(), method, *by_proxy),
            Happening::Following { redirect, .. } => {
                self.next = if *redirect {
                    Why::Redirected
                } else {
                    Why::Again
                };
            }
            Happening::Retrying { problem, .. } => self.next = Why::Retried((*problem).to_owned()),
            // What died unused is no part of the exchange.
            Happening::Redialling { .. } => {
                self.next = self.hops.pop().map(|hop| hop.why).unwrap_or_default();
            }
            Happening::Established {
                peer: Peer::Unix(_) | Peer::Abstract(_),
                ..
            } => {
                self.fact("over a Unix socket".to_owned());
            }
            Happening::SocksEstablished { version, authority } => {
                self.fact(format!("{version} to {authority}"));
            }
            Happening::Secured { session } => {
                if let Some(fact) = secured(session) {
                    self.fact(fact);
                }
            }
            Happening::ContinueNotGranted | Happening::RequestSent { .. } => {
                if let Some(exchange) = self.exchange() {
                    exchange.impatient |= matches!(what, Happening::ContinueNotGranted);
                    exchange.sent |= matches!(what, Happening::RequestSent { .. });
                }
            }
            Happening::Violated { violation } => {
                let row = violation.rule.row();
                // Whether stray octets come in time to be seen is chance.
                if let Some(exchange) = self.exchange()
                    && row.rule != Rule::Stray
                    && !exchange.violations.contains(&(row.section, row.sentence))
                {
                    exchange.violations.push((row.section, row.sentence));
                }
            }
            what => self.note_failure(what),
        }
    }

    fn note_failure(&mut self, what: &Happening<'_>) {
        if let Happening::Failed { error }
        | Happening::Finished {
            outcome: Err(error),
        } = what
        {
            self.fail(error);
        }
    }

    fn begin(&mut self, url: String, method: &str, by_proxy: bool) {
        self.told = None;
        self.hops.push(Hop {
            why: std::mem::take(&mut self.next),
            method: method.to_owned(),
            url,
            steps: Vec::new(),
        });
        if by_proxy {
            self.fact("by a proxy".to_owned());
        }
    }

    fn fact(&mut self, fact: String) {
        if let Some(hop) = self.hops.last_mut() {
            hop.steps.push(Step::Fact(fact));
        }
    }

    /// A failure is told where it happens, and once more when the transfer is over.
    fn fail(&mut self, error: &Error) {
        let words = format!("({}) {}", error.exit as u8, error.message);
        if self.told.as_ref() == Some(&words) {
            return;
        }
        self.told = Some(words.clone());
        match self.hops.last_mut() {
            Some(hop) if self.more_requests == 0 => hop.steps.push(Step::Failure(words)),
            _ => self.failure = Some(words),
        }
    }

    /// The exchange under way.
    fn exchange(&mut self) -> Option<&mut Exchange> {
        let steps = &mut self.hops.last_mut()?.steps;
        steps.iter_mut().rev().find_map(|step| match step {
            Step::Exchange(exchange) => Some(&mut **exchange),
            _ => None,
        })
    }

    fn piece(&mut self, direction: Direction, role: Role, bytes: &Bytes<'_>, room: &mut usize) {
        if self.hops.is_empty() {
            // A file of this machine has no request.
            self.begin(self.url.clone(), "", false);
        }
        let begins = role == Role::RequestLine || self.exchange().is_none();
        if let Some(hop) = self.hops.last_mut().filter(|_| begins) {
            hop.steps.push(Step::Exchange(Box::default()));
        }
        let Some(exchange) = self.exchange() else {
            return;
        };
        let message = match direction {
            Direction::Out => exchange.sending(role),
            Direction::In => exchange.hearing(role),
        };
        message.piece(role, bytes, room);
    }
}

impl Exchange {
    fn sending(&mut self, role: Role) -> &mut Message {
        let begins = role == Role::Content && self.request.body.is_none();
        if begins && self.responses.iter().all(Message::is_interim) {
            self.leave.append(&mut self.responses);
        }
        &mut self.request
    }

    fn hearing(&mut self, role: Role) -> &mut Message {
        let last = self.responses.pop_if(|_| role != Role::StatusLine);
        self.responses.push_mut(last.unwrap_or_default())
    }
}

impl Message {
    /// Whether another response follows (RFC 9110, 15.2); 101 is the last one of HTTP.
    fn is_interim(&self) -> bool {
        let line = self.head.split_inclusive(|&octet| octet == b'\n').next();
        let status = line.and_then(version_and_status);
        status.is_some_and(|(_, status)| matches!(status, 100 | 102..=199)) && self.whole
    }

    /// Whether its content has a coding: what it makes of the same content is not always the same. The
    /// head tells of it without content, too (RFC 9110, 9.3.2).
    pub(super) fn is_coded(&self) -> bool {
        let lines = request_lines(&self.head).filter_map(|(_, line)| parse_field_line(line));
        let mut codings = lines.filter(|field| field.is("Content-Encoding"));
        codings.any(|field| content::is_coded(&field.value))
    }

    fn piece(&mut self, role: Role, bytes: &Bytes<'_>, room: &mut usize) {
        let octets = match bytes {
            Bytes::Seen(octets) => *octets,
            Bytes::Counted(_) => &[],
        };
        match role {
            Role::RequestLine | Role::StatusLine | Role::FieldLine => {
                self.head.extend_from_slice(octets);
            }
            Role::HeadEnd => self.whole = true,
            Role::TrailerLine => self.trailers.extend_from_slice(octets),
            Role::Stray => self.stray = true,
            Role::Content => {
                let head = &self.head;
                let body = self.body.get_or_insert_with(|| Body::behind(head));
                match bytes {
                    Bytes::Seen(octets) => body.push(octets, room),
                    Bytes::Counted(count) => body.pass(*count),
                }
            }
            Role::ChunkSize
            | Role::ChunkEnd
            | Role::MessageEnd
            | Role::Handshake
            | Role::TlsRecord
            | Role::Unread => {}
        }
    }
}

/// A session in words; why a certificate was refused is told as the failure that it leads to.
fn secured(session: &TlsFacts) -> Option<String> {
    let whom = if session.for_proxy {
        " with the proxy"
    } else {
        ""
    };
    let verdict = match &session.verification {
        Verification::Verified => "verified",
        Verification::Ignored(_) => "not verified",
        Verification::Failed(_) => return None,
    };
    Some(format!("{}{whom}, certificate {verdict}", session.version))
}
