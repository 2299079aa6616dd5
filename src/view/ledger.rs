//! The books: what the stream adds up to, per transfer and per hop.
//!
//! Knows: how events become totals and times, with the meaning that curl gives them; no other file
//! adds up a number. Must not know: how a number is written.
//!
//! Sources: `curl_easy_getinfo`'s pages. Times of several hops are added together, each counted from
//! its own hop's beginning ("when a redirect is followed, the time from each request is added
//! together"); sizes of content are the last hop's; sizes of heads are those of all hops.

mod connections;
mod course;
mod hop;
mod shares;
mod steps;
mod trips;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::clock::later;
use crate::event::{Certificate, Direction, Event, Happening, Layer, TlsFacts, Verification};
use crate::http1::{Head, Role};
use crate::target::Scheme;

use connections::Connections;

pub use connections::Ends;
pub use course::Course;
pub use hop::{Hop, Stage};
pub use shares::Share;
pub use steps::{Doing, End, Kind, Step};
pub use trips::{Made, RoundTrip, Trips, Yardstick};

/// Whether the heads of all hops are kept, or the last one's only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Heads {
    /// Only the last hop is looked at.
    #[default]
    LastHop,
    /// `%header{name:all:}` looks at all of them.
    EveryHop,
}

/// Whether the tries before the present one are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tries {
    /// Only the last one is looked at.
    #[default]
    LastTry,
    /// All of them are drawn.
    EveryTry,
}

/// The books of a run: an account for each transfer under way.
#[derive(Debug, Default)]
pub struct Ledger {
    heads: Heads,
    tries: Tries,
    accounts: BTreeMap<u32, Account>,
    connections: Connections,
}

/// What one transfer comes to.
#[derive(Debug)]
pub struct Account {
    /// The transfer, from 0.
    pub transfer: u32,
    /// The URL as typed, after globbing.
    pub url: String,
    /// Which URL word of the command line, from 0.
    pub number: u32,
    /// Which part of the command line, from 0.
    pub operation: usize,
    /// How often it was tried again.
    pub retries: u32,
    /// The present try; a retry begins with an empty one.
    pub attempt: Attempt,
    /// The tries before it, where they are kept.
    earlier: Vec<Attempt>,
    /// How the transfer ended: exit status and message of a failure.
    pub failure: Option<(u8, String)>,
    retrying: bool,
}

/// What one try comes to.
#[derive(Debug)]
pub struct Attempt {
    /// When it began.
    pub began: Instant,
    /// Waiting before the first request.
    pub queued: Duration,
    /// From the beginning to the end; kept up to date with each event.
    pub total: Duration,
    /// From the beginning to the last [`Happening::Following`].
    pub redirecting: Duration,
    /// Further requests made, repetitions with credentials included as in curl.
    pub redirects: u32,
    /// Connections made, attempts not counted.
    pub connects: u32,
    /// The connection last used.
    pub connection: Option<u32>,
    /// Its two ends.
    pub ends: Option<Ends>,
    /// A connection stood at some time.
    pub connected: bool,
    /// Octets of all heads received: interim ones and answers to CONNECT included.
    pub head_octets: u64,
    /// Octets of request heads sent, and of bodies as far as they went out together with a head.
    pub request_octets: u64,
    /// Octets given to the output, after decoding.
    pub delivered: u64,
    /// The status of the last answer to CONNECT; 0 without one.
    pub connect_status: u16,
    /// The certificates of the origin, its own first.
    pub certificates: Vec<Certificate>,
    /// What became of the origin's certificate.
    pub verification: Verification,
    /// What became of the HTTPS proxy's certificate.
    pub proxy_verification: Verification,
    /// The file that content went to.
    pub saved_as: Option<PathBuf>,
    /// Where a redirect that was not followed leads.
    pub not_followed: Option<String>,
    /// The requests made, in order, with their responses.
    pub hops: Vec<Hop>,
    /// The layer of the head being received.
    heading: Layer,
    /// What is sent now went out together with a request head.
    with_head: bool,
}

impl Ledger {
    /// Empty books.
    pub fn new(heads: Heads) -> Self {
        Self {
            heads,
            ..Self::default()
        }
    }

    /// The same books with the tries before the present one kept.
    #[must_use]
    pub fn with(mut self, tries: Tries) -> Self {
        self.tries = tries;
        self
    }

    /// The account of a transfer under way.
    pub fn account(&self, transfer: u32) -> Option<&Account> {
        self.accounts.get(&transfer)
    }

    /// The accounts of all transfers under way.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values()
    }

    /// Takes the account of a transfer out of the books: it is over.
    pub fn close(&mut self, transfer: u32) -> Option<Account> {
        self.accounts.remove(&transfer)
    }

    /// Enters one event; a transfer that has not started, or is over, has no account.
    pub fn record(&mut self, event: &Event<'_>) {
        self.connections.record(event);
        if let Happening::Started { .. } = event.what {
            self.accounts
                .insert(event.transfer, Account::opened(event.transfer, event.at));
        }
        let Some(account) = self.accounts.get_mut(&event.transfer) else {
            return;
        };
        account.record(event, self.heads, self.tries);
        let Some(connection) = event.connection else {
            return;
        };
        account.attempt.connection = Some(connection);
        if let Some(ends) = self.connections.ends(event)
            && account.attempt.ends.as_ref() != Some(ends)
        {
            account.attempt.ends = Some(ends.clone());
        }
        let hop = account.attempt.hops.last_mut();
        match (&event.what, hop) {
            (Happening::Established { .. }, Some(hop)) => self.connections.established(event, hop),
            (Happening::Reused { .. }, Some(hop)) => hop.spared = self.connections.made(event),
            _ => {}
        }
    }
}

impl Account {
    fn opened(transfer: u32, at: Instant) -> Self {
        Self {
            transfer,
            url: String::new(),
            number: 0,
            operation: 0,
            retries: 0,
            attempt: Attempt::begun(at),
            earlier: Vec::new(),
            failure: None,
            retrying: false,
        }
    }

    fn record(&mut self, event: &Event<'_>, heads: Heads, tries: Tries) {
        match &event.what {
            Happening::Started {
                url,
                number,
                operation,
            } => {
                (*url).clone_into(&mut self.url);
                self.number = *number;
                self.operation = *operation;
            }
            Happening::Retrying { .. } => {
                self.retries = self.retries.saturating_add(1);
                self.retrying = true;
            }
            Happening::Requesting { .. } if self.retrying => {
                self.retrying = false;
                let next = Attempt::begun(event.at);
                let mut last = std::mem::replace(&mut self.attempt, next);
                if tries == Tries::EveryTry {
                    last.forget_what_was_said();
                    self.earlier.push(last);
                }
            }
            Happening::Finished {
                outcome: Err(error),
            } => self.failure = Some((error.exit as u8, error.message.clone())),
            _ => {}
        }
        self.attempt.record(event, heads);
    }

    /// The tries, in order, as far as they are kept.
    pub fn attempts(&self) -> impl Iterator<Item = &Attempt> {
        self.earlier.iter().chain([&self.attempt])
    }

    /// Where the time went.
    pub fn course(&self) -> Course {
        Course::of(self)
    }

    /// The last URL asked, or the one that was typed.
    pub fn effective_url(&self) -> &str {
        self.attempt.hop().map_or(&self.url, |hop| hop.url.as_str())
    }

    /// The same without user and password, for talk.
    pub fn shown_url(&self) -> String {
        if let Some(hop) = self.attempt.hop() {
            return hop.shown_url().to_owned();
        }
        // What is no URL for us may still have a password before its last `@`.
        let (scheme, rest) = match self.url.split_once("://") {
            Some((scheme, rest)) => (format!("{scheme}://"), rest),
            None => (String::new(), self.url.as_str()),
        };
        let (_, bare) = rest.rsplit_once('@').unwrap_or(("", rest));
        scheme + bare
    }
}

impl Attempt {
    fn begun(at: Instant) -> Self {
        Self {
            began: at,
            queued: Duration::ZERO,
            total: Duration::ZERO,
            redirecting: Duration::ZERO,
            redirects: 0,
            connects: 0,
            connection: None,
            ends: None,
            connected: false,
            head_octets: 0,
            request_octets: 0,
            delivered: 0,
            connect_status: 0,
            certificates: Vec::new(),
            verification: Verification::Verified,
            proxy_verification: Verification::Verified,
            saved_as: None,
            not_followed: None,
            hops: Vec::new(),
            heading: Layer::Http,
            with_head: false,
        }
    }

    /// The time so far to a stage that the last hop has not come to, and would have.
    pub fn time_short_of(&self, stage: Stage) -> Option<Duration> {
        let missing = self.hop().filter(|hop| hop.time(stage).is_none())?;
        let ever = stage != Stage::AppConnect || missing.scheme == Scheme::Https;
        ever.then(|| self.time(stage).saturating_add(missing.total()))
    }

    /// When the latest event of it was.
    pub fn ended(&self) -> Instant {
        later(self.began, self.total)
    }

    /// How long the steps of this share took, in all hops together.
    pub fn share(&self, share: Share) -> Duration {
        self.hops.iter().filter_map(|hop| hop.spent(share)).sum()
    }

    /// Times stay; heads and certificates, which can be large, go.
    fn forget_what_was_said(&mut self) {
        self.hops.iter_mut().for_each(|hop| hop.head = None);
        self.certificates.clear();
    }

    /// The last request and its response.
    pub fn hop(&self) -> Option<&Hop> {
        self.hops.last()
    }

    /// The head of the last final response.
    pub fn head(&self) -> Option<&Head> {
        self.hop().and_then(|hop| hop.head.as_ref())
    }

    /// The time to this stage: the sum over all hops that came to it.
    pub fn time(&self, stage: Stage) -> Duration {
        self.hops.iter().filter_map(|hop| hop.time(stage)).sum()
    }

    /// Octets of content received in the last hop, before content decoding; without any hop, those
    /// of a file of this machine.
    pub fn received(&self) -> u64 {
        self.hop().map_or(self.delivered, |hop| hop.received)
    }

    /// Octets of the body sent in the last hop, chunk framing included.
    pub fn sent(&self) -> u64 {
        self.hop().map_or(0, |hop| hop.sent)
    }

    /// Octets a second over the whole time.
    pub fn speed(&self, octets: u64) -> u64 {
        rate(octets, self.total)
    }

    fn record(&mut self, event: &Event<'_>, heads: Heads) {
        self.total = event.at.saturating_duration_since(self.began);
        match &event.what {
            Happening::Requesting {
                target,
                method,
                by_proxy,
            } => {
                if self.hops.is_empty() {
                    self.queued = self.total;
                } else if heads == Heads::LastHop {
                    self.hops.iter_mut().for_each(|hop| hop.head = None);
                }
                self.heading = Layer::Http;
                self.hops
                    .push(Hop::begun(event.at, target, method, *by_proxy));
            }
            Happening::Following { .. } => {
                self.redirects = self.redirects.saturating_add(1);
                self.redirecting = self.total;
            }
            Happening::NotFollowed { url } => self.not_followed = Some((*url).to_owned()),
            Happening::Connected { .. } => {
                self.connects = self.connects.saturating_add(1);
                self.connected = true;
            }
            Happening::Reused { .. } => self.connected = true,
            Happening::Tunnelled { status } => self.connect_status = *status,
            Happening::Secured { session } => self.record_session(session),
            Happening::Delivered { bytes } => {
                self.delivered = self.delivered.saturating_add(*bytes);
            }
            Happening::Saving { path } => self.saved_as = Some(path.to_path_buf()),
            Happening::HeadReceived { head } if self.heading == Layer::Tunnel => {
                self.connect_status = head.status();
            }
            Happening::Batch {
                direction: Direction::Out,
                layer: Layer::Http,
                ..
            } => {
                self.with_head = false;
            }
            Happening::Piece {
                direction,
                layer,
                role,
                bytes,
            } => {
                self.count(*direction, *layer, *role, bytes.count());
            }
            _ => {}
        }
        if let Some(hop) = self.hops.last_mut() {
            hop.record(event, self.heading);
        }
    }

    fn record_session(&mut self, session: &TlsFacts) {
        let verification = session.verification.clone();
        if session.for_proxy {
            self.proxy_verification = verification;
        } else {
            self.verification = verification;
            self.certificates.clone_from(&session.certificates);
        }
    }

    fn count(&mut self, direction: Direction, layer: Layer, role: Role, octets: u64) {
        match (direction, layer) {
            (Direction::In, Layer::Http | Layer::Tunnel) if is_head(role) => {
                self.heading = layer;
                self.head_octets = self.head_octets.saturating_add(octets);
            }
            (Direction::Out, Layer::Http) if is_head(role) => {
                self.heading = Layer::Http;
                self.with_head = true;
                self.request_octets = self.request_octets.saturating_add(octets);
            }
            (Direction::Out, Layer::Http) if self.with_head => {
                self.request_octets = self.request_octets.saturating_add(octets);
            }
            _ => {}
        }
    }
}

/// Octets a second.
pub(super) fn rate(octets: u64, time: Duration) -> u64 {
    let octets = u128::from(octets).saturating_mul(1_000_000);
    let rate = octets.checked_div(time.as_micros()).unwrap_or(octets);
    u64::try_from(rate).unwrap_or(u64::MAX)
}

/// Whether a part belongs to a head.
pub(super) fn is_head(role: Role) -> bool {
    matches!(
        role,
        Role::RequestLine | Role::StatusLine | Role::FieldLine | Role::HeadEnd
    )
}
