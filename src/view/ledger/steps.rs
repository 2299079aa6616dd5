//! The steps of one hop: what its time went into one after the other, each from when to when.
//!
//! Knows: which event begins a step, which one ends it, and how it ended. Must not know: what steps
//! add up to, or how they are drawn.
//!
//! Each attempt at an address is a step, and so is the wait for `100 Continue`, which parts the request
//! in two.

use std::time::{Duration, Instant};

use super::is_head;
use crate::error::{Exit, reason};
use crate::event::{
    Bytes, Direction, Event, Happening, Layer, Lookup, Peer, TlsFacts, Verification,
};
use crate::http1::{Role, version_and_status};

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What was done.
    pub what: Doing,
    /// From when on.
    pub began: Instant,
    /// Until when, as far as is known.
    pub ended: Instant,
    /// How it ended.
    pub end: End,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doing {
    /// The resolver was asked for this name.
    LookUp(String),
    /// An attempt to connect to this address.
    Connect(Peer),
    /// The handshake with a SOCKS proxy.
    Socks {
        /// `SOCKS4`, `SOCKS5`; empty unless it succeeded.
        version: String,
        /// How often it went there and back.
        round_trips: u32,
    },
    /// A CONNECT and its answer.
    Tunnel {
        /// `host:port` behind the proxy.
        authority: String,
        /// The status of the answer; 0 before it.
        status: u16,
    },
    /// A TLS handshake.
    Tls {
        /// `TLSv1.3`; empty before it is known.
        version: &'static str,
        /// With a proxy rather than the origin.
        for_proxy: bool,
        /// How often it went there and back.
        round_trips: u32,
    },
    /// The request went out, or the part of it before or behind a wait for leave.
    Send,
    /// The body waited for `100 Continue`.
    AwaitContinue {
        /// The status that came; 0 without one.
        status: u16,
    },
    /// The request was out and no octet of an answer there.
    Wait,
    /// The head of an interim response came in.
    Interim {
        /// Its status.
        status: u16,
    },
    /// The final response came in.
    Receive,
}

/// What was done, without the particulars.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words are those of `Doing`")]
pub enum Kind {
    LookUp,
    Connect,
    Socks,
    Tunnel,
    Tls,
    Send,
    AwaitContinue,
    Wait,
    Interim,
    Receive,
}

/// How a step ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// It has not, as far as is known.
    Open,
    /// As it should.
    Done,
    /// Another address answered before this one.
    Overtaken,
    /// The other side said no, in the system's words.
    Refused(String),
    /// The system said no, in its words.
    Failed(String),
    /// The certificate was not believed.
    Distrusted,
    /// The time ran out.
    TimedOut,
    /// No answer came, and things went on without one.
    Unanswered,
    /// It broke off.
    Broken,
    /// There was no use in going on: the answer came before the request was out.
    Pointless,
}

/// So many interim responses have steps of their own; a server may send thousands.
const MOST_INTERIM: u32 = 8;

/// The steps of a hop.
#[derive(Debug, Default)]
pub(super) struct Steps {
    /// In the order in which they began.
    pub(super) all: Vec<Step>,
    /// Interim responses that have no step.
    pub(super) more_interim: u32,
    /// Where the steps of the present connection begin.
    present: usize,
    /// All that was begun has been ended: what begins now belongs to another connection.
    settled: bool,
    interim: u32,
    awaited: Awaited,
    /// We spoke last with the SOCKS proxy.
    awaits_socks: bool,
}

/// What is awaited from the other side, and goes on to be after an interim response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Awaited {
    /// Nothing: the request is going out.
    #[default]
    Nothing,
    /// `100 Continue`.
    Leave,
    /// The final response.
    Response,
}

impl Step {
    /// How long it took.
    pub fn took(&self) -> Duration {
        self.ended.saturating_duration_since(self.began)
    }
}

impl Steps {
    /// The steps that made the present connection, and what went over it.
    pub(super) fn present(&self) -> &[Step] {
        self.all.get(self.present..).unwrap_or_default()
    }

    /// Whether a step of this kind has not ended.
    pub(super) fn is_open(&self, kind: Kind) -> bool {
        let mut open = self.all.iter().filter(|step| step.end == End::Open);
        open.any(|step| step.what.kind() == kind)
    }

    pub(super) fn record(&mut self, event: &Event<'_>, heading: Layer) {
        let at = event.at;
        match &event.what {
            Happening::Piece {
                direction,
                layer,
                role,
                bytes,
            } => match (layer, direction) {
                (Layer::Socks, _) => self.socks(*direction, at),
                (Layer::Http, Direction::Out) => self.sending(at),
                (Layer::Http, Direction::In) => self.receiving(*role, bytes, at),
                _ => {}
            },
            Happening::AwaitingContinue => {
                self.end(Kind::Send, at, End::Done);
                self.awaited = Awaited::Leave;
                self.wait(at);
            }
            Happening::ContinueNotGranted => {
                self.end(Kind::AwaitContinue, at, End::Unanswered);
                self.send_the_body(at);
            }
            Happening::RequestSent { .. } => self.sent(at),
            Happening::HeadReceived { head } if heading == Layer::Tunnel => {
                if let Some(Step {
                    what: Doing::Tunnel { status, .. },
                    ..
                }) = self.open(Kind::Tunnel)
                {
                    *status = head.status();
                }
            }
            Happening::HeadReceived { .. } => self.interim_is_over(at),
            Happening::Failed { error } => self.settle(
                at,
                &match error.exit {
                    Exit::OperationTimedout => End::TimedOut,
                    Exit::HttpReturnedError => End::Done,
                    _ => End::Broken,
                },
            ),
            Happening::Redialling { .. } => self.settle(at, &End::Broken),
            Happening::Kept { .. }
            | Happening::Ended { .. }
            | Happening::Exchanged
            | Happening::Finished { .. } => self.settle(at, &End::Done),
            what => self.on_the_way(what, at),
        }
    }

    /// What happens before there is a connection.
    fn on_the_way(&mut self, what: &Happening<'_>, at: Instant) {
        match what {
            Happening::Resolving { host } => self.begin(Doing::LookUp((*host).to_owned()), at),
            Happening::Resolved { lookup, .. } if *lookup != Lookup::Literal => {
                self.end(Kind::LookUp, at, End::Done);
            }
            Happening::ResolveFailed { .. } => self.end(Kind::LookUp, at, End::Broken),
            Happening::Connecting { peer } => self.begin(Doing::Connect((*peer).clone()), at),
            Happening::ConnectFailed { peer, error, .. } => {
                use std::io::ErrorKind::{ConnectionRefused, ConnectionReset};
                let end = match error.kind() {
                    ConnectionRefused | ConnectionReset => End::Refused(reason(error)),
                    _ => End::Failed(reason(error)),
                };
                self.end_attempt(peer, at, end);
            }
            Happening::Connected { peer, .. } => {
                self.end_attempt(peer, at, End::Done);
                while self.is_open(Kind::Connect) {
                    self.end(Kind::Connect, at, End::Overtaken);
                }
            }
            Happening::SocksEstablished { version, .. } => {
                if let Some(Step {
                    what: Doing::Socks { version: told, .. },
                    ..
                }) = self.open(Kind::Socks)
                {
                    (*version).clone_into(told);
                }
                self.end(Kind::Socks, at, End::Done);
            }
            Happening::Tunnelling { authority } => {
                self.end(Kind::Tunnel, at, End::Done);
                let authority = (*authority).to_owned();
                self.begin(
                    Doing::Tunnel {
                        authority,
                        status: 0,
                    },
                    at,
                );
            }
            Happening::Tunnelled { .. } => self.end(Kind::Tunnel, at, End::Done),
            Happening::Securing { .. } => {
                self.forget_the_proxy_line();
                self.begin(
                    Doing::Tls {
                        version: "",
                        for_proxy: false,
                        round_trips: 0,
                    },
                    at,
                );
            }
            Happening::Secured { session } => self.secured(session, at),
            Happening::Established { .. } => self.forget_the_proxy_line(),
            _ => {}
        }
    }

    fn secured(&mut self, session: &TlsFacts, at: Instant) {
        if let Some(step) = self.open(Kind::Tls) {
            step.what = Doing::Tls {
                version: session.version,
                for_proxy: session.for_proxy,
                round_trips: session.round_trips,
            };
        }
        let end = match session.verification {
            Verification::Failed(_) => End::Distrusted,
            Verification::Verified | Verification::Ignored(_) => End::Done,
        };
        self.end(Kind::Tls, at, end);
    }

    fn socks(&mut self, direction: Direction, at: Instant) {
        if !self.is_open(Kind::Socks) {
            let version = String::new();
            let round_trips = 0;
            self.begin(
                Doing::Socks {
                    version,
                    round_trips,
                },
                at,
            );
        }
        let answered = direction == Direction::In && self.awaits_socks;
        self.awaits_socks = direction == Direction::Out;
        if answered
            && let Some(Step {
                what: Doing::Socks { round_trips, .. },
                ..
            }) = self.open(Kind::Socks)
        {
            *round_trips = round_trips.saturating_add(1);
        }
    }

    /// The line of the PROXY protocol has the layer of SOCKS, and no answer.
    fn forget_the_proxy_line(&mut self) {
        self.all
            .retain(|step| step.end != End::Open || step.what.kind() != Kind::Socks);
    }

    fn sending(&mut self, at: Instant) {
        match self.open(Kind::Send) {
            Some(step) => step.ended = at,
            None => self.begin(Doing::Send, at),
        }
    }

    fn sent(&mut self, at: Instant) {
        self.end(Kind::Send, at, End::Done);
        self.awaited = Awaited::Response;
        if !self.is_open(Kind::Interim) && !self.is_open(Kind::Receive) {
            self.wait(at);
        }
    }

    /// The wait for leave is over, and the body is to go out.
    fn send_the_body(&mut self, at: Instant) {
        self.awaited = Awaited::Nothing;
        self.begin(Doing::Send, at);
    }

    fn wait(&mut self, at: Instant) {
        match self.awaited {
            Awaited::Nothing => {}
            Awaited::Leave => self.begin(Doing::AwaitContinue { status: 0 }, at),
            Awaited::Response => self.begin(Doing::Wait, at),
        }
    }

    fn receiving(&mut self, role: Role, bytes: &Bytes<'_>, at: Instant) {
        if self.settled {
            return;
        }
        if let Some(step) = self.open(Kind::Receive) {
            step.ended = at;
            return;
        }
        let status = match bytes {
            Bytes::Seen(line) if role == Role::StatusLine => version_and_status(line),
            _ => None,
        };
        let status = status.map_or(0, |(_, status)| status);
        let answers = status > 0 && !matches!(status, 102..=199);
        let leave = self.open(Kind::AwaitContinue).filter(|_| answers);
        let leave_given = leave.is_some() && status == 100;
        if let Some(step) = leave {
            step.what = Doing::AwaitContinue { status };
            self.end(Kind::AwaitContinue, at, End::Done);
        }
        match (role, status) {
            // The rest of the head of an interim response.
            (role, _) if is_head(role) && role != Role::StatusLine => {}
            (_, 100) if leave_given => self.send_the_body(at),
            (_, 100 | 102..=199) => self.interim(status, at),
            _ => {
                self.end(Kind::Wait, at, End::Done);
                self.begin(Doing::Receive, at);
            }
        }
    }

    fn interim(&mut self, status: u16, at: Instant) {
        if self.interim == MOST_INTERIM {
            self.more_interim = self.more_interim.saturating_add(1);
            return;
        }
        self.interim = self.interim.saturating_add(1);
        self.end(Kind::Wait, at, End::Done);
        self.end(Kind::AwaitContinue, at, End::Done);
        self.begin(Doing::Interim { status }, at);
    }

    fn interim_is_over(&mut self, at: Instant) {
        if self.is_open(Kind::Interim) {
            self.end(Kind::Interim, at, End::Done);
            self.wait(at);
        }
    }

    fn begin(&mut self, what: Doing, at: Instant) {
        if std::mem::take(&mut self.settled) {
            self.present = self.all.len();
        }
        self.all.push(Step {
            what,
            began: at,
            ended: at,
            end: End::Open,
        });
    }

    /// The latest step of this kind that has not ended.
    fn open(&mut self, kind: Kind) -> Option<&mut Step> {
        let mut latest = self.all.iter_mut().rev();
        latest.find(|step| step.end == End::Open && step.what.kind() == kind)
    }

    fn end(&mut self, kind: Kind, at: Instant, end: End) {
        if let Some(step) = self.open(kind) {
            step.ended = at;
            step.end = end;
        }
    }

    fn end_attempt(&mut self, to: &Peer, at: Instant, end: End) {
        let mut open = self.all.iter_mut().filter(|step| step.end == End::Open);
        let attempt = open.find(|step| matches!(&step.what, Doing::Connect(peer) if peer == to));
        if let Some(step) = attempt {
            step.ended = at;
            step.end = end;
        }
    }

    /// The exchange is over, or will never be: so is all that was under way.
    fn settle(&mut self, at: Instant, end: &End) {
        self.settled = true;
        for step in self.all.iter_mut().filter(|step| step.end == End::Open) {
            if step.what.kind() == Kind::Send && *end == End::Done {
                step.end = End::Pointless;
            } else {
                step.ended = at;
                step.end = end.clone();
            }
        }
    }
}

impl Doing {
    /// Which kind of thing it is.
    pub fn kind(&self) -> Kind {
        match self {
            Doing::LookUp(_) => Kind::LookUp,
            Doing::Connect(_) => Kind::Connect,
            Doing::Socks { .. } => Kind::Socks,
            Doing::Tunnel { .. } => Kind::Tunnel,
            Doing::Tls { .. } => Kind::Tls,
            Doing::Send => Kind::Send,
            Doing::AwaitContinue { .. } => Kind::AwaitContinue,
            Doing::Wait => Kind::Wait,
            Doing::Interim { .. } => Kind::Interim,
            Doing::Receive => Kind::Receive,
        }
    }
}
