//! A limit of time that ran out.
//!
//! Knows: which limit it was, in which phase, and what had come until then. Must not know: how time
//! is kept.

use std::time::{Duration, Instant};

use super::case::Case;
use super::reach::attempts_in_order;
use super::report::Report;
use super::words::{limit, octets, time};
use crate::plan::Limits;
use crate::view::ledger::{Attempt, Hop, Phase};
use crate::view::trace::phase_name;

/// The limit that ran out.
enum Limit {
    /// `-m`.
    Total(Duration),
    /// `--connect-timeout`.
    Connect(Duration),
    /// `--speed-limit` and `--speed-time`.
    Speed,
    /// One of the system's own.
    System,
}

/// Explains a time-out.
pub(super) fn explain(
    case: &Case,
    attempt: &Attempt,
    limits: &Limits,
    at: Instant,
    report: &mut Report,
) {
    let Some(hop) = attempt.hop() else {
        return;
    };
    let phase = hop.under_way();
    report.saw(phases(hop, phase));
    what_had_come(case, hop, phase, at, report);
    let ran_out = which(case, attempt, hop, limits);
    let name = match ran_out {
        Limit::Total(given) => format!("The {} of -m (--max-time) ran out", limit(given)),
        Limit::Connect(given) => format!("The {} of --connect-timeout ran out", limit(given)),
        Limit::Speed => "It was slower than --speed-limit for as long as --speed-time".to_owned(),
        Limit::System => "The system's own limit ran out".to_owned(),
    };
    report.conclude(format!("{name}: {}.", meaning(case, phase)));
    match ran_out {
        Limit::Total(_) if phase == Some(Phase::Receiving) && case.reply.head.is_some() => {
            report.advise(
                "a longer -m; or --speed-limit and --speed-time, which end only what is slow",
            );
        }
        Limit::Total(_) => report.advise("a longer -m, if the server needs it"),
        Limit::Connect(_) => report.advise("a longer --connect-timeout, if the way is long"),
        Limit::Speed | Limit::System => {}
    }
}

fn which(case: &Case, attempt: &Attempt, hop: &Hop, limits: &Limits) -> Limit {
    let connect = limits.connect.filter(|most| hop.total() >= *most);
    let total = limits.total.filter(|most| attempt.total >= *most);
    match (connect, total) {
        (Some(most), _) if !case.way.established => Limit::Connect(most),
        (_, Some(most)) => Limit::Total(most),
        _ if limits.low_speed.is_some() || limits.low_speed_time.is_some() => Limit::Speed,
        _ => Limit::System,
    }
}

/// `connect 1.0 ms, sending 0.0 ms, waiting 2.0 s and not over`.
fn phases(hop: &Hop, last: Option<Phase>) -> String {
    let told = Phase::ALL.into_iter().filter_map(|phase| {
        let spent = time(hop.spent(phase)?);
        let end = if last == Some(phase) {
            " and not over"
        } else {
            ""
        };
        Some(format!("{} {spent}{end}", phase_name(phase)))
    });
    let told: Vec<_> = told.collect();
    if told.is_empty() {
        return "nothing was under way yet".to_owned();
    }
    told.join(", ")
}

fn what_had_come(case: &Case, hop: &Hop, phase: Option<Phase>, at: Instant, report: &mut Report) {
    let reply = &case.reply;
    match phase {
        Some(Phase::Connect) => attempts_in_order(case, report),
        Some(Phase::Sending) => {
            report.saw(format!(
                "{} of the request were on their way",
                octets(reply.asked)
            ));
        }
        Some(Phase::Waiting) => {
            report.saw(format!(
                "the request was sent whole ({}), and nothing came back",
                octets(reply.asked)
            ));
        }
        Some(Phase::Receiving) => {
            let what = match expected(hop) {
                _ if reply.head.is_none() => format!("{} of a head came", lines(reply.head_lines)),
                Some(all) => format!("{} of {} of content came", hop.received, octets(all)),
                None => format!("{} of content came, without a length", octets(hop.received)),
            };
            let last = reply.last_came.unwrap_or(at);
            let silence = time(at.saturating_duration_since(last));
            report.saw(format!("{what}, and nothing in the last {silence}"));
        }
        _ => {}
    }
}

/// The length that the head announces.
pub(super) fn expected(hop: &Hop) -> Option<u64> {
    let field = hop.head.as_ref()?.field("Content-Length")?;
    std::str::from_utf8(&field.value).ok()?.trim().parse().ok()
}

/// `1 line`, `3 lines`.
pub(super) fn lines(count: u64) -> String {
    match count {
        1 => "1 line".to_owned(),
        count => format!("{count} lines"),
    }
}

/// What it means that a phase did not end.
fn meaning(case: &Case, phase: Option<Phase>) -> &'static str {
    let answered = case.tls.as_ref().is_some_and(|tls| tls.answered);
    match phase {
        Some(Phase::Lookup) => "no name server answered",
        Some(Phase::Connect) => {
            "nobody answered at all, as when a host is off or a firewall drops what is sent there"
        }
        Some(Phase::Tunnel) => "the proxy did not answer CONNECT",
        Some(Phase::Tls) if answered => "the server did not finish the TLS handshake",
        Some(Phase::Tls) => {
            "the server took the connection and said nothing, as one does that speaks no TLS"
        }
        Some(Phase::Sending) => "the server did not take all of the request",
        Some(Phase::Waiting) => "the server took the request and is still busy with it, or stuck",
        Some(Phase::Receiving) if case.reply.head.is_none() => {
            "the server began to answer and did not go on"
        }
        Some(Phase::Receiving) => "the content was not complete",
        None if case.way.connected.is_some() && !case.way.established => "the proxy did not answer",
        None => "nothing had begun",
    }
}
