//! One request and its response: when each stage was reached, and what its steps come to.
//!
//! Knows: the stages that curl's times are named after. Must not know: the other hops of the
//! transfer.

use std::time::{Duration, Instant};

use super::is_head;
use super::shares::{Share, taken};
use super::steps::{End, Kind, Step, Steps};
use super::trips::{Made, RoundTrip, Trips};
use crate::event::{Bytes, Direction, Event, Happening, Layer};
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

impl Stage {
    /// All of them, in the order in which they follow one another.
    pub const ALL: [Stage; 6] = [
        Stage::NameLookup,
        Stage::Connect,
        Stage::AppConnect,
        Stage::PreTransfer,
        Stage::PostTransfer,
        Stage::StartTransfer,
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
    reached: [Option<Instant>; Stage::ALL.len()],
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
            reached: [None; Stage::ALL.len()],
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

    /// How long the steps of this share took; none where no such step took place.
    pub fn spent(&self, share: Share) -> Option<Duration> {
        taken(self.steps(), share, self.latest)
    }

    /// What is under way, or was when the time ran out.
    pub fn under_way(&self) -> Option<Share> {
        let mut latest = self.steps().iter().rev();
        let step = latest.find(|step| matches!(step.end, End::Open | End::TimedOut))?;
        Some(Share::of(step.what.kind()))
    }

    /// Whether a TLS handshake is under way.
    pub fn handshaking(&self) -> bool {
        self.steps.is_open(Kind::Tls)
    }

    /// From when to when it was, as far as is known.
    pub(super) fn span(&self) -> (Instant, Instant) {
        (self.began, self.latest)
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
        let wait = self.spent(Share::Wait).unwrap_or_default();
        Some(wait.saturating_sub(way.time))
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
            Happening::Resolved { .. } | Happening::Connecting { .. } => {
                self.reach(Stage::NameLookup, at);
            }
            Happening::Connected { .. } => self.reach(Stage::Connect, at),
            Happening::NotModifiedAfterAll => self.status = 304,
            Happening::Secured { session } if !session.for_proxy => {
                self.reach(Stage::AppConnect, at);
            }
            Happening::Reused { .. } => self.reuse(at),
            Happening::Redialling { .. } => self.died = true,
            Happening::RequestSent { .. } => self.reach(Stage::PostTransfer, at),
            Happening::HeadReceived { head } if heading == Layer::Http => self.answer(head),
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

    fn answer(&mut self, head: &Head) {
        self.status = head.status();
        self.version = Some(head.version());
        if !matches!(head.status(), 100 | 102..=199) {
            self.head = Some(head.clone());
        }
    }

    fn piece(&mut self, direction: Direction, role: Role, bytes: &Bytes<'_>, at: Instant) {
        match direction {
            Direction::Out if is_head(role) => {
                if role == Role::RequestLine {
                    self.reach(Stage::PreTransfer, at);
                }
                if let Bytes::Seen(line) = bytes {
                    self.note_referer(line);
                }
            }
            Direction::Out => self.sent = self.sent.saturating_add(bytes.count()),
            Direction::In if role == Role::Unread => {}
            Direction::In => {
                self.reach(Stage::StartTransfer, at);
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

    /// Only the first time counts.
    fn reach(&mut self, stage: Stage, at: Instant) {
        if let Some(reached) = self.reached.get_mut(stage as usize) {
            reached.get_or_insert(at);
        }
    }
}
