//! One request and its response: when each stage was reached, how long each phase took.
//!
//! Knows: the stages that curl's times are named after, and the phases in between. Must not know:
//! the other hops of the transfer.

use std::time::{Duration, Instant};

use super::is_head;
use super::shares::{Share, taken};
use super::steps::{Step, Steps};
use super::trips::{Made, RoundTrip, Trips};
use crate::event::{Bytes, Direction, Event, Happening, Layer, Lookup};
use crate::http1::{Head, Role, Version, parse_field_line};
use crate::target::{Scheme, Target};

/// A point that a hop comes to; the words are those of the `time_` variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The name was resolved.
    NameLookup,
    /// TCP was connected to the host or the proxy.
    Connect,
    /// TLS with the origin stood.
    AppConnect,
    /// The request was about to go out.
    PreTransfer,
    /// The last octet of the request went out.
    PostTransfer,
    /// The first octet of a response came.
    StartTransfer,
}

/// What a hop's time goes into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// From name to addresses.
    Lookup,
    /// TCP, all addresses tried included.
    Connect,
    /// CONNECT and its answer.
    Tunnel,
    /// TLS handshakes.
    Tls,
    /// The request going out.
    Sending,
    /// Nothing but waiting for the response.
    Waiting,
    /// The response coming in.
    Receiving,
}

impl Phase {
    /// All of them, in the order in which they follow one another.
    pub const ALL: [Phase; 7] = [
        Phase::Lookup,
        Phase::Connect,
        Phase::Tunnel,
        Phase::Tls,
        Phase::Sending,
        Phase::Waiting,
        Phase::Receiving,
    ];
}

/// One request and its response.
#[derive(Debug)]
pub struct Hop {
    /// The URL asked, credentials included.
    pub url: String,
    /// The same without credentials, where it has some.
    bare_url: Option<String>,
    /// Its scheme.
    pub scheme: Scheme,
    /// The method.
    pub method: String,
    /// The way led through a proxy.
    pub by_proxy: bool,
    /// The connection had been used before.
    pub reused: bool,
    /// The value of the `Referer` sent.
    pub referer: Option<String>,
    /// The status last received, an interim one too; 0 before the first.
    pub status: u16,
    /// The version last received.
    pub version: Option<Version>,
    /// The head of the final response.
    pub head: Option<Head>,
    /// Octets of content received, before content decoding.
    pub received: u64,
    /// Octets of the body sent, chunk framing included.
    pub sent: u64,
    /// What using a connection again saved, where it is known.
    pub spared: Option<Made>,
    /// The connection, used before, was dead: another hop asks the same on a fresh one.
    pub died: bool,
    began: Instant,
    latest: Instant,
    reached: [Option<Instant>; 6],
    running: [Option<Instant>; 7],
    spent: [Option<Duration>; 7],
    steps: Steps,
}

impl Hop {
    pub(super) fn begun(at: Instant, target: &Target, method: &str, by_proxy: bool) -> Self {
        Self {
            url: target.to_string(),
            bare_url: target.userinfo.is_some().then(|| target.without_userinfo()),
            scheme: target.scheme,
            method: method.to_owned(),
            by_proxy,
            reused: false,
            referer: None,
            status: 0,
            version: None,
            head: None,
            received: 0,
            sent: 0,
            spared: None,
            died: false,
            began: at,
            latest: at,
            reached: [None; 6],
            running: [None; 7],
            spent: [None; 7],
            steps: Steps::default(),
        }
    }

    /// The URL asked without credentials, for talk.
    pub fn shown_url(&self) -> &str {
        self.bare_url.as_deref().unwrap_or(&self.url)
    }

    /// From the beginning of the hop to this stage, a microsecond at least as in curl.
    pub fn time(&self, stage: Stage) -> Option<Duration> {
        let at = self.reached(stage)?;
        let since = at.saturating_duration_since(self.began);
        Some(since.max(Duration::from_micros(1)))
    }

    /// How long a phase took, when it took place.
    pub fn spent(&self, phase: Phase) -> Option<Duration> {
        let since = self.running(phase);
        let running = since.map(|since| self.latest.saturating_duration_since(since));
        match (self.spent.get(phase as usize).copied().flatten(), running) {
            (Some(before), Some(now)) => Some(before.saturating_add(now)),
            (before, now) => before.or(now),
        }
    }

    /// The phase that is not over.
    pub fn under_way(&self) -> Option<Phase> {
        let mut all = Phase::ALL.into_iter().rev();
        all.find(|phase| self.running(*phase).is_some())
    }

    /// Whether a TLS handshake is under way.
    pub fn handshaking(&self) -> bool {
        self.running(Phase::Tls).is_some()
    }

    /// From the beginning of the hop to the latest event.
    pub fn total(&self) -> Duration {
        self.latest.saturating_duration_since(self.began)
    }

    /// What was done one after the other, in the order in which it began.
    pub fn steps(&self) -> &[Step] {
        &self.steps.all
    }

    /// Interim responses beyond those that are among the steps.
    pub fn more_interim(&self) -> u32 {
        self.steps.more_interim
    }

    /// How long the steps of this share took.
    pub fn share(&self, share: Share) -> Duration {
        taken(self.steps(), share)
    }

    /// The round trips that were made.
    pub fn trips(&self) -> Trips {
        Trips::of(self.steps())
    }

    /// What one round trip takes, measured when the connection was made.
    pub fn round_trip(&self) -> Option<RoundTrip> {
        let spared = self.spared.and_then(|made| made.round_trip);
        RoundTrip::estimated(self.steps.present()).or(spared)
    }

    /// How much of the wait for the response was the server's: all but one round trip.
    pub fn server(&self) -> Option<Duration> {
        let way = self.round_trip().filter(|_| self.trips().request > 0)?;
        Some(self.share(Share::Wait).saturating_sub(way.time))
    }

    /// What it took to make the connection, which stands since the latest event.
    pub(super) fn made(&self) -> Made {
        let steps = self.steps.present();
        let began = steps.first().map_or(self.latest, |step| step.began);
        Made {
            took: self.latest.saturating_duration_since(began),
            trips: Trips::of(steps),
            round_trip: RoundTrip::estimated(steps),
        }
    }

    pub(super) fn record(&mut self, event: &Event<'_>, heading: Layer) {
        let at = event.at;
        self.latest = at;
        self.steps.record(event, heading);
        match &event.what {
            Happening::Resolving { .. } => self.start(Phase::Lookup, at),
            Happening::Resolved { lookup, .. } => {
                self.stop(Phase::Lookup, at);
                if *lookup == Lookup::Literal {
                    self.forget(Phase::Lookup);
                }
                self.reach(Stage::NameLookup, at);
            }
            Happening::ResolveFailed { .. } => self.stop(Phase::Lookup, at),
            Happening::Connecting { .. } => {
                self.reach(Stage::NameLookup, at);
                self.start(Phase::Connect, at);
            }
            Happening::Connected { .. } => {
                self.stop(Phase::Connect, at);
                self.reach(Stage::Connect, at);
            }
            Happening::NotModifiedAfterAll => self.status = 304,
            Happening::Tunnelling { .. } => self.start(Phase::Tunnel, at),
            Happening::Tunnelled { .. } => self.stop(Phase::Tunnel, at),
            Happening::Securing { .. } => self.start(Phase::Tls, at),
            Happening::Secured { session } => {
                self.stop(Phase::Tls, at);
                if !session.for_proxy {
                    self.reach(Stage::AppConnect, at);
                }
            }
            Happening::Reused { .. } => self.reuse(at),
            Happening::Redialling { .. } => self.died = true,
            Happening::RequestSent { .. } => {
                self.reach(Stage::PostTransfer, at);
                self.stop(Phase::Sending, at);
                if self.running(Phase::Receiving).is_none() {
                    self.start(Phase::Waiting, at);
                }
            }
            Happening::HeadReceived { head } if heading == Layer::Http => self.answer(head, at),
            Happening::Piece {
                direction,
                layer: Layer::Http,
                role,
                bytes,
            } => self.piece(*direction, *role, bytes, at),
            _ => {}
        }
    }

    /// A connection that stands already has passed these stages.
    fn reuse(&mut self, at: Instant) {
        self.reused = true;
        self.reach(Stage::NameLookup, at);
        self.reach(Stage::Connect, at);
        if self.scheme == Scheme::Https {
            self.reach(Stage::AppConnect, at);
        }
    }

    fn answer(&mut self, head: &Head, at: Instant) {
        self.status = head.status();
        self.version = Some(head.version());
        let interim = matches!(head.status(), 100 | 102..=199);
        if !interim {
            self.head = Some(head.clone());
            return;
        }
        if let Some(receiving) = self.running.get_mut(Phase::Receiving as usize) {
            *receiving = None;
        }
        if self.reached(Stage::PostTransfer).is_some() {
            self.start(Phase::Waiting, at);
        }
    }

    fn piece(&mut self, direction: Direction, role: Role, bytes: &Bytes<'_>, at: Instant) {
        match direction {
            Direction::Out if is_head(role) => {
                if role == Role::RequestLine {
                    self.reach(Stage::PreTransfer, at);
                    self.start(Phase::Sending, at);
                }
                if let Bytes::Seen(line) = bytes {
                    self.note_referer(line);
                }
            }
            Direction::Out => self.sent = self.sent.saturating_add(bytes.count()),
            Direction::In if role == Role::Unread => {}
            Direction::In => {
                self.reach(Stage::StartTransfer, at);
                self.stop(Phase::Waiting, at);
                self.start(Phase::Receiving, at);
                if role == Role::Content {
                    self.received = self.received.saturating_add(bytes.count());
                }
            }
        }
    }

    fn note_referer(&mut self, line: &[u8]) {
        if let Some(field) = parse_field_line(line)
            && field.name.eq_ignore_ascii_case(b"referer")
        {
            self.referer = Some(String::from_utf8_lossy(&field.value).into_owned());
        }
    }

    fn reached(&self, stage: Stage) -> Option<Instant> {
        self.reached.get(stage as usize).copied().flatten()
    }

    fn running(&self, phase: Phase) -> Option<Instant> {
        self.running.get(phase as usize).copied().flatten()
    }

    /// Only the first time counts.
    fn reach(&mut self, stage: Stage, at: Instant) {
        if let Some(reached) = self.reached.get_mut(stage as usize) {
            reached.get_or_insert(at);
        }
    }

    fn start(&mut self, phase: Phase, at: Instant) {
        if let Some(running) = self.running.get_mut(phase as usize) {
            running.get_or_insert(at);
        }
    }

    fn stop(&mut self, phase: Phase, at: Instant) {
        let running = self.running.get_mut(phase as usize).and_then(Option::take);
        if let Some((since, spent)) = running.zip(self.spent.get_mut(phase as usize)) {
            let more = at.saturating_duration_since(since);
            *spent = Some(spent.unwrap_or_default().saturating_add(more));
        }
    }

    fn forget(&mut self, phase: Phase) {
        if let Some(spent) = self.spent.get_mut(phase as usize) {
            *spent = None;
        }
    }
}
