//! The line of times that `-v` adds to each exchange.
//!
//! Knows: what the phases are called. Must not know: how they are measured.

use std::time::Duration;

use crate::view::ledger::{Hop, Phase};

/// `Time: name look-up 0.2 ms, connect 0.3 ms, …, total 17.1 ms`.
pub(super) fn sentence(hop: &Hop) -> String {
    let mut parts = Vec::new();
    if hop.reused {
        parts.push("connection reused".to_owned());
    }
    for phase in Phase::ALL {
        if let Some(spent) = hop.spent(phase) {
            parts.push(format!("{} {}", name(phase), milliseconds(spent)));
        }
    }
    parts.push(format!("total {}", milliseconds(hop.total())));
    format!("Time: {}", parts.join(", "))
}

/// What a phase is called.
pub(in crate::view) fn name(phase: Phase) -> &'static str {
    match phase {
        Phase::Lookup => "name look-up",
        Phase::Connect => "connect",
        Phase::Tunnel => "tunnel",
        Phase::Tls => "TLS",
        Phase::Sending => "sending",
        Phase::Waiting => "waiting",
        Phase::Receiving => "receiving",
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}
