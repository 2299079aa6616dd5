//! What the plan holds an exchange to.
//!
//! Knows: how options become limits of time and speed, and how leniently a response is read. Must not
//! know: what is exchanged. Pure.

use std::time::{Duration, Instant};

use crate::event::Layer;
use crate::http1::{Codings, ContentLength, Http09, Peer, Settings, Upgrade};
use crate::net::Deadlines;
use crate::plan::{Limits, Request};
use crate::transfer::compose::given_value;
use crate::transfer::exchange::Terms;

/// When a transfer that begins now must have connected, and be over. A limit farther away than time
/// can be told is none.
pub(crate) fn deadlines(limits: &Limits, now: Instant) -> Deadlines {
    Deadlines {
        started: now,
        connect: limits.connect.and_then(|limit| now.checked_add(limit)),
        total: limits.total.and_then(|limit| now.checked_add(limit)),
    }
}

/// curl's pair: `-y` without `-Y` is 1 octet a second, `-Y` without `-y` is 30 seconds.
fn slow_limit(speed: Option<u64>, time: Option<Duration>) -> Option<(u64, Duration)> {
    match (speed, time) {
        (None, None) => None,
        (speed, time) => Some((speed.unwrap_or(1), time.unwrap_or(Duration::from_secs(30)))),
    }
}

/// What an exchange is held to.
pub(crate) fn terms(limits: &Limits, deadlines: &Deadlines) -> Terms {
    Terms {
        layer: Layer::Http,
        began: deadlines.started,
        deadline: deadlines.total,
        continue_timeout: limits.expect100.unwrap_or(Duration::from_secs(1)),
        rate: limits.rate,
        least_speed: slow_limit(limits.low_speed, limits.low_speed_time),
    }
}

/// How the response to a request is read.
pub(crate) fn settings(request: &Request, peer: Peer) -> Settings {
    Settings {
        http09: if request.allow_http09 {
            Http09::Allowed
        } else {
            Http09::Refused
        },
        content_length: if request.ignore_content_length {
            ContentLength::Ignored
        } else {
            ContentLength::Obeyed
        },
        codings: match (request.raw, request.transfer_encoding) {
            (true, _) => Codings::Raw,
            (false, true) => Codings::Asked,
            (false, false) => Codings::Refused,
        },
        upgrade: match given_value(&request.headers, "Upgrade") {
            Some(_) => Upgrade::Asked,
            None => Upgrade::Unasked,
        },
        peer,
        ..Settings::default()
    }
}
