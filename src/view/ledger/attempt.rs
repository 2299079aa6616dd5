//! One try of a transfer: what its hops come to.
//!
//! Knows: how events become totals and times over all hops, with the meaning that curl gives them.
//! Must not know: other tries, and other transfers.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::connections::Ends;
use super::course::Course;
use super::edges::{Edges, Place, Summed};
use super::hop::{Hop, Stage};
use super::left_out::LeftOut;
use super::shares::Share;
use super::{Heads, is_head, rate};
use crate::clock::later;
use crate::event::{Certificate, Direction, Event, Happening, Layer, TlsFacts, Verification};
use crate::http1::{Head, Role};
use crate::target::Scheme;

/// What one try comes to.
#[derive(Debug)]
pub struct Attempt {
    /// When it began.
    pub began: Instant,
    /// The pause before it, where the try before is kept.
    pub paused: Option<Duration>,
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
    pub hops: Edges<Hop>,
    /// The layer of the head being received.
    heading: Layer,
    /// What is sent now went out together with a request head.
    with_head: bool,
}

impl Attempt {
    pub(super) fn begun(at: Instant) -> Self {
        Self {
            began: at,
            paused: None,
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
            hops: Edges::default(),
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
        let left_out = self.hops.left_out();
        let kept = self.hops.kept().filter_map(|hop| hop.spent(share));
        kept.chain(left_out.map(|those| those.course.share(share)))
            .sum()
    }

    /// How many requests were made.
    pub fn requests(&self) -> usize {
        let left_out = self.hops.left_out().map_or(0, |those| those.requests);
        self.hops.kept().count().saturating_add(left_out)
    }

    /// Adds what it comes to, and the pause before it.
    pub(super) fn add_to_course(&self, course: &mut Course) {
        if let Some(pause) = self.paused {
            course.add_pause(pause);
        }
        for place in self.hops.places() {
            match place {
                Place::Kept(hop) => course.add_hop(hop),
                Place::LeftOut(those) => course.add_all(&those.course),
            }
        }
    }

    /// Times stay; heads and certificates, which can be large, go.
    pub(super) fn forget_what_was_said(&mut self) {
        if let Some(hop) = self.hops.last_mut() {
            hop.head = None;
        }
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

    /// The heads of all final responses, in order, where all are asked for.
    pub fn heads(&self) -> impl Iterator<Item = &Head> {
        self.hops.places().flat_map(|place| match place {
            Place::Kept(hop) => hop.head.as_slice(),
            Place::LeftOut(those) => &those.heads,
        })
    }

    /// The time to this stage: the sum over all hops that came to it.
    pub fn time(&self, stage: Stage) -> Duration {
        let left_out = self.hops.left_out();
        let left_out = left_out.and_then(|those| those.stages.get(stage as usize));
        let kept = self.hops.kept().filter_map(|hop| hop.time(stage));
        kept.chain(left_out.copied()).sum()
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

    pub(super) fn record(&mut self, event: &Event<'_>, heads: Heads) {
        self.total = event.at.saturating_duration_since(self.began);
        match &event.what {
            Happening::Requesting {
                target,
                method,
                by_proxy,
            } => {
                match self.hops.last_mut() {
                    None => self.queued = self.total,
                    Some(hop) if heads == Heads::LastHop => hop.head = None,
                    Some(_) => {}
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

/// A retry that never helps is one of many.
impl Summed for Attempt {
    const FIRST: usize = 4;
    const LAST: usize = 8;

    type Sums = LeftOut;

    fn add_to(self, sums: &mut Option<LeftOut>) {
        let sums = LeftOut::add(sums, self.began, self.ended());
        sums.requests = sums.requests.saturating_add(self.requests());
        self.add_to_course(&mut sums.course);
    }
}
