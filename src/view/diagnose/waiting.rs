//! A limit of time that ran out.
//!
//! Knows: which limit it was, what was under way, and what had come until then. Must not know: how
//! time is kept.

use std::time::{Duration, Instant};

use super::case::Case;
use super::reach::attempts_in_order;
use super::report::Report;
use super::words::{limit, octets, time};
use crate::plan::Limits;
use crate::view::ledger::{Attempt, Hop, Share};
use crate::view::trace::share_name;

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
    let last = hop.under_way();
    report.saw(shares(hop, last));
    what_had_come(case, hop, last, at, report);
    let ran_out = which(case, attempt, hop, limits);
    let name = match ran_out {
        Limit::Total(given) => format!("The {} of -m (--max-time) ran out", limit(given)),
        Limit::Connect(given) => format!("The {} of --connect-timeout ran out", limit(given)),
        Limit::Speed => "It was slower than --speed-limit for as long as --speed-time".to_owned(),
        Limit::System => "The system's own limit ran out".to_owned(),
    };
    report.conclude(format!("{name}: {}.", meaning(case, last)));
    match ran_out {
        Limit::Total(_) if last == Some(Share::Receive) && case.reply.head.is_some() => {
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
fn shares(hop: &Hop, last: Option<Share>) -> String {
    let told = Share::ALL.into_iter().filter_map(|share| {
        let spent = time(hop.spent(share)?);
        let end = if last == Some(share) {
            " and not over"
        } else {
            ""
        };
        Some(format!("{} {spent}{end}", share_name(hop, share)))
    });
    let told: Vec<_> = told.collect();
    if told.is_empty() {
        return "nothing was under way yet".to_owned();
    }
    told.join(", ")
}

fn what_had_come(case: &Case, hop: &Hop, last: Option<Share>, at: Instant, report: &mut Report) {
    let reply = &case.reply;
    let asked = octets(reply.asked);
    match last {
        Some(Share::Connect) => attempts_in_order(case, report),
        Some(Share::Send) => report.saw(format!("{asked} of the request were on their way")),
        Some(Share::Leave) => report.saw(format!(
            "the head of the request was sent ({asked}), and {}",
            came_back(hop)
        )),
        Some(Share::Wait) => report.saw(format!(
            "the request was sent whole ({asked}), and {}",
            came_back(hop)
        )),
        Some(Share::Receive) => {
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

/// What came before the response that was waited for.
fn came_back(hop: &Hop) -> String {
    match hop.status {
        0 => "nothing came back".to_owned(),
        interim => format!("nothing but {interim} came back"),
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

/// What it means that this did not end.
fn meaning(case: &Case, last: Option<Share>) -> &'static str {
    let answered = case.tls.as_ref().is_some_and(|tls| tls.answered);
    match last {
        Some(Share::LookUp) => "no name server answered",
        Some(Share::Connect) => {
            "nobody answered at all, as when a host is off or a firewall drops what is sent there"
        }
        Some(Share::Proxy) if case.way.tunnel.is_some() => "the proxy did not answer CONNECT",
        Some(Share::Proxy) => "the proxy did not answer",
        Some(Share::Tls) if answered => "the server did not finish the TLS handshake",
        Some(Share::Tls) => {
            "the server took the connection and said nothing, as one does that speaks no TLS"
        }
        Some(Share::Send) => "the server did not take all of the request",
        Some(Share::Leave) => {
            "the server did not say whether it wants the body (Expect: 100-continue)"
        }
        Some(Share::Wait) => "the server took the request and is still busy with it, or stuck",
        Some(Share::Receive) if case.reply.head.is_none() => {
            "the server began to answer and did not go on"
        }
        Some(Share::Receive) => "the content was not complete",
        Some(Share::Pause | Share::Rest) | None => "nothing had begun",
    }
}
