//! What was seen of one transfer.
//!
//! Knows: which facts of the stream a diagnosis may need, kept within bounds. Must not know: what
//! they mean.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::error::reason;
use crate::event::{Bytes, Direction, Event, Happening, Layer, Peer, TlsFacts, Trust};
use crate::http1::{Head, Role, parse_field_line};
use crate::target::Target;
use crate::view::records::{Inside, Session};

/// What was seen of one transfer, the last request apart from those before it.
#[derive(Debug, Default)]
pub(super) struct Case {
    /// Which part of the command line.
    pub(super) operation: usize,
    /// The URL as typed.
    pub(super) typed: String,
    /// The URL asked.
    pub(super) target: Option<Target>,
    /// A response set a cookie.
    pub(super) cookies_came: bool,
    /// The way to the server.
    pub(super) way: Way,
    /// The last TLS handshake of the way.
    pub(super) tls: Option<Handshake>,
    /// The response.
    pub(super) reply: Reply,
}

/// Names and sockets.
#[derive(Debug, Default)]
pub(super) struct Way {
    /// The names looked up; the first one is where the socket leads.
    pub(super) lookups: Vec<Lookup>,
    /// The attempts to connect, in their order.
    pub(super) attempts: Vec<Attempt>,
    /// How many more there were.
    pub(super) more_attempts: usize,
    /// A socket was connected there.
    pub(super) connected: Option<Peer>,
    /// What a SOCKS proxy said last.
    pub(super) socks_reply: Vec<u8>,
    /// The `host:port` to which a tunnel was asked for, until it was granted.
    pub(super) tunnel: Option<String>,
    /// All of it stood.
    pub(super) established: bool,
    /// It had been kept from earlier.
    pub(super) reused: bool,
}

/// A name.
#[derive(Debug)]
pub(super) struct Lookup {
    /// As it was looked up.
    pub(super) host: String,
    /// The port.
    pub(super) port: u16,
    /// Why there is no address.
    pub(super) failure: Option<String>,
}

/// An attempt to connect.
#[derive(Debug)]
pub(super) struct Attempt {
    /// Where to.
    pub(super) peer: Peer,
    /// When it began.
    pub(super) began: Instant,
    /// How long it took to fail, and why; not at all as long as it lasts.
    pub(super) failure: Option<Failure>,
}

/// Why an attempt failed.
#[derive(Debug)]
pub(super) struct Failure {
    /// After how long.
    pub(super) after: Duration,
    /// Its kind.
    pub(super) kind: std::io::ErrorKind,
    /// The system's words.
    pub(super) words: String,
}

/// A TLS handshake.
#[derive(Debug, Default)]
pub(super) struct Handshake {
    /// Who is trusted.
    pub(super) trust: Trust,
    /// What its plain records told.
    pub(super) records: Session,
    /// The server asked who we are, where that can be seen.
    pub(super) asked_who_we_are: bool,
    /// It is towards an HTTPS proxy.
    pub(super) for_proxy: bool,
    /// A hello was sent.
    pub(super) begun: bool,
    /// Anything at all that is TLS came.
    pub(super) answered: bool,
    /// What it found out.
    pub(super) session: Option<TlsFacts>,
    /// How the other side gave it up.
    pub(super) alert: Option<u8>,
}

/// A response, as far as it came.
#[derive(Debug, Default)]
pub(super) struct Reply {
    /// Octets of the request.
    pub(super) asked: u64,
    /// The request was gone, all of it.
    pub(super) asked_whole: bool,
    /// Octets of it.
    pub(super) octets: u64,
    /// When the last of them came.
    pub(super) last_came: Option<Instant>,
    /// Its last line: a head line, a chunk size, a trailer line.
    pub(super) last_line: Vec<u8>,
    /// Lines of the head, the status line too.
    pub(super) head_lines: u64,
    /// The final head, once it is complete.
    pub(super) head: Option<Head>,
    /// The fields that say where the body ends, as they came.
    pub(super) framing: Vec<Vec<u8>>,
    /// Octets of the body, its framing included.
    pub(super) body: u64,
    /// The first octets that are no part of it.
    pub(super) stray: Vec<u8>,
    /// Octets of content given to the output.
    pub(super) delivered: u64,
    /// The file that they went to.
    pub(super) saved_as: Option<PathBuf>,
}

/// More attempts to connect are counted, and no longer kept.
const MOST_ATTEMPTS: usize = 16;
/// So much of odd octets and of a line is kept.
const MOST_OCTETS: usize = 256;
/// More fields about framing are passed over.
const MOST_FRAMING: usize = 4;

impl Case {
    pub(super) fn opened(typed: &str, operation: usize) -> Self {
        Self {
            typed: typed.to_owned(),
            operation,
            ..Self::default()
        }
    }

    pub(super) fn record(&mut self, event: &Event<'_>) {
        match &event.what {
            Happening::Requesting { target, .. } => {
                self.target = Some(Target::clone(target));
                self.begin_anew();
            }
            Happening::Redialling { .. } => self.begin_anew(),
            Happening::Securing { trust, .. } => {
                self.tls = Some(Handshake {
                    trust: Trust::clone(trust),
                    ..Handshake::default()
                });
            }
            Happening::Secured { session } => {
                self.handshake().session = Some(TlsFacts::clone(session));
            }
            Happening::Alerted { layer, alert } => {
                self.handshake().for_proxy = *layer == Layer::ProxyTls;
                self.handshake().alert = Some(*alert);
            }
            Happening::HeadReceived { head } if !(100..200).contains(&head.status()) => {
                self.reply.head = Some(Head::clone(head));
                self.cookies_came |= head.field("Set-Cookie").is_some();
            }
            Happening::RequestSent { .. } => self.reply.asked_whole = true,
            Happening::Tunnelled { .. } => {
                self.way.tunnel = None;
                self.reply = Reply::default();
            }
            Happening::Delivered { bytes } => {
                self.reply.delivered = self.reply.delivered.saturating_add(*bytes);
            }
            Happening::Saving { path } => self.reply.saved_as = Some(path.to_path_buf()),
            Happening::Batch {
                direction: Direction::In,
                layer: Layer::Http | Layer::Tunnel,
                ..
            } => self.reply.last_came = Some(event.at),
            Happening::Piece {
                direction,
                layer,
                role,
                bytes,
            } => self.piece(*direction, *layer, *role, bytes),
            _ => self.way.record(event),
        }
    }

    /// A request begins: what was seen belongs to the one before.
    fn begin_anew(&mut self) {
        self.way = Way::default();
        self.tls = None;
        self.reply = Reply::default();
    }

    fn handshake(&mut self) -> &mut Handshake {
        self.tls.get_or_insert_default()
    }

    fn piece(&mut self, direction: Direction, layer: Layer, role: Role, bytes: &Bytes<'_>) {
        let octets = match bytes {
            Bytes::Seen(octets) => octets,
            Bytes::Counted(_) => &[][..],
        };
        match (layer, role) {
            (_, Role::Stray) => keep(octets, &mut self.reply.stray),
            (Layer::Tls | Layer::ProxyTls, _) => {
                self.handshake().for_proxy = layer == Layer::ProxyTls;
                self.handshake().piece(direction, octets);
            }
            (Layer::Socks, _) if direction == Direction::In => {
                self.way.socks_reply.clear();
                keep(octets, &mut self.way.socks_reply);
            }
            (Layer::Socks, _) => {}
            (Layer::Http | Layer::Tunnel, _) if direction == Direction::Out => {
                self.reply.asked = self.reply.asked.saturating_add(bytes.count());
            }
            (Layer::Http | Layer::Tunnel, _) => self.reply.piece(role, octets, bytes.count()),
        }
    }

    /// The host that the socket was to lead to, when it is not the one of the URL.
    pub(super) fn stopover(&self) -> Option<&Lookup> {
        let (first, target) = (self.way.lookups.first()?, self.target.as_ref()?);
        let same = first.port == target.port() && first.host == target.ascii_host();
        (!same).then_some(first)
    }
}

impl Way {
    fn record(&mut self, event: &Event<'_>) {
        match &event.what {
            // Port 0 is what `--interface` is looked up with.
            Happening::Resolved { host, port, .. } if *port > 0 => {
                self.looked_up(host, *port, None);
            }
            Happening::ResolveFailed { host, port, reason } => {
                self.looked_up(host, *port, Some(reason));
            }
            Happening::Connecting { .. } if self.attempts.len() >= MOST_ATTEMPTS => {
                self.more_attempts = self.more_attempts.saturating_add(1);
            }
            Happening::Connecting { peer } => self.attempts.push(Attempt {
                peer: Peer::clone(peer),
                began: event.at,
                failure: None,
            }),
            Happening::ConnectFailed { peer, error, .. } => {
                let mut open = self.attempts.iter_mut();
                let attempt = open.find(|it| it.failure.is_none() && it.peer == **peer);
                if let Some(attempt) = attempt {
                    attempt.failure = Some(Failure {
                        after: event.at.saturating_duration_since(attempt.began),
                        kind: error.kind(),
                        words: reason(error),
                    });
                }
            }
            Happening::Connected { peer, .. } => self.connected = Some(Peer::clone(peer)),
            Happening::Tunnelling { authority } => self.tunnel = Some((*authority).to_owned()),
            Happening::Established { .. } => self.established = true,
            Happening::Reused { .. } => (self.established, self.reused) = (true, true),
            _ => {}
        }
    }

    fn looked_up(&mut self, host: &str, port: u16, failure: Option<&str>) {
        let (host, failure) = (host.to_owned(), failure.map(str::to_owned));
        self.lookups.push(Lookup {
            host,
            port,
            failure,
        });
    }
}

impl Handshake {
    fn piece(&mut self, direction: Direction, record: &[u8]) {
        const CERTIFICATE_REQUEST: u8 = 13;
        self.begun |= direction == Direction::Out;
        self.answered |= direction == Direction::In;
        self.asked_who_we_are |= self.records.pass(direction, record).iter().any(
            |inside| matches!(inside, Inside::Message { number, .. } if *number == CERTIFICATE_REQUEST),
        );
    }
}

impl Reply {
    fn piece(&mut self, role: Role, octets: &[u8], count: u64) {
        self.octets = self.octets.saturating_add(count);
        match role {
            Role::StatusLine => {
                self.head_lines = 1;
                self.framing.clear();
            }
            Role::FieldLine => {
                self.head_lines = self.head_lines.saturating_add(1);
                self.note_framing(octets);
            }
            _ => {}
        }
        if self.head.is_some() && role != Role::HeadEnd {
            self.body = self.body.saturating_add(count);
        }
        if !matches!(role, Role::Content | Role::HeadEnd | Role::ChunkEnd) {
            self.last_line.clear();
            keep(octets, &mut self.last_line);
        }
    }
}

impl Reply {
    fn note_framing(&mut self, line: &[u8]) {
        let Some(field) = parse_field_line(line) else {
            return;
        };
        let mut names = ["Content-Length", "Transfer-Encoding"].iter();
        if self.framing.len() < MOST_FRAMING && names.any(|name| field.is(name)) {
            let mut kept = Vec::new();
            keep(line, &mut kept);
            self.framing.push(kept);
        }
    }
}

/// Keeps the beginning.
fn keep(octets: &[u8], kept: &mut Vec<u8>) {
    let room = MOST_OCTETS.saturating_sub(kept.len());
    kept.extend(octets.iter().take(room));
}
