//! What time goes into: steps of one purpose, added together.
//!
//! Knows: which steps belong together, and that what goes on at the same time counts once. Must not
//! know: hops, tries and transfers.

use std::time::{Duration, Instant};

use super::steps::{End, Kind, Step};

/// What time goes into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// Asking for addresses.
    LookUp,
    /// Connecting, whether or not anybody answered.
    Connect,
    /// SOCKS and CONNECT.
    Proxy,
    /// TLS handshakes.
    Tls,
    /// Requests going out.
    Send,
    /// Waiting for leave to send a body.
    Leave,
    /// Waiting for responses.
    Wait,
    /// Responses coming in, interim ones too.
    Receive,
    /// Waiting before another try.
    Pause,
    /// None of these.
    Rest,
}

impl Share {
    /// All of them, in the order in which they follow one another.
    pub const ALL: [Share; 10] = [
        Share::LookUp,
        Share::Connect,
        Share::Proxy,
        Share::Tls,
        Share::Send,
        Share::Leave,
        Share::Wait,
        Share::Receive,
        Share::Pause,
        Share::Rest,
    ];

    pub(super) fn of(kind: Kind) -> Self {
        match kind {
            Kind::LookUp => Share::LookUp,
            Kind::Connect => Share::Connect,
            Kind::Socks | Kind::Tunnel => Share::Proxy,
            Kind::Tls => Share::Tls,
            Kind::Send => Share::Send,
            Kind::AwaitContinue => Share::Leave,
            Kind::Wait => Share::Wait,
            Kind::Interim | Kind::Receive => Share::Receive,
        }
    }
}

/// How long the steps of a share took until now; none without such a step. What goes on at the same
/// time counts once.
pub(super) fn taken(steps: &[Step], share: Share, now: Instant) -> Option<Duration> {
    let mut covered: Option<Instant> = None;
    let mut sum = None;
    let steps = steps
        .iter()
        .filter(|step| Share::of(step.what.kind()) == share);
    for step in steps {
        let ended = if step.end == End::Open {
            now.max(step.ended)
        } else {
            step.ended
        };
        let from = covered.map_or(step.began, |until| until.max(step.began));
        let more = ended.saturating_duration_since(from);
        sum = Some(sum.unwrap_or(Duration::ZERO).saturating_add(more));
        covered = covered.max(Some(ended));
    }
    sum
}
