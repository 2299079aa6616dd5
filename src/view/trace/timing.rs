//! The line of times that `-v` adds to each exchange.
//!
//! Knows: what the shares of the time are called. Must not know: how they are measured.

use std::time::Duration;

use crate::view::ledger::{Hop, Kind, Share};

/// `Time: name look-up 0.2 ms, connect 0.3 ms, …, total 17.1 ms`.
pub(super) fn sentence(hop: &Hop) -> String {
    let mut parts = Vec::new();
    if hop.reused {
        parts.push("connection reused".to_owned());
    }
    for share in Share::ALL {
        if let Some(spent) = hop.spent(share) {
            parts.push(format!("{} {}", name(hop, share), milliseconds(spent)));
        }
    }
    parts.push(format!("total {}", milliseconds(hop.total())));
    format!("Time: {}", parts.join(", "))
}

/// What a share of a hop's time is called.
pub(in crate::view) fn name(hop: &Hop, share: Share) -> &'static str {
    match share {
        Share::LookUp => "name look-up",
        Share::Connect => "connect",
        Share::Proxy => proxy(hop),
        Share::Tls => "TLS",
        Share::Send => "sending",
        Share::Leave => "100-continue",
        Share::Wait => "waiting",
        Share::Receive => "receiving",
        Share::Pause => "pause",
        Share::Rest => "the rest",
    }
}

/// A proxy of each kind may stand on the way (`--preproxy`).
fn proxy(hop: &Hop) -> &'static str {
    let with = |kind| hop.steps().iter().any(|step| step.what.kind() == kind);
    match (with(Kind::Socks), with(Kind::Tunnel)) {
        (true, true) => "proxy",
        (true, false) => "SOCKS",
        (false, _) => "tunnel",
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}
