//! The rows of one hop.
//!
//! Knows: what each step is called, what is noted of it, and which colour it has. Must not know: how
//! wide anything is.

use std::time::Instant;

use super::chart::Row;
use crate::event::Peer;
use crate::view::amounts::octets;
use crate::view::ledger::{Doing, End, Hop, Kind, Step};
use crate::view::style::Meaning;

/// So many rows a hop has at most; of a host with a thousand addresses the middle is left out.
const MOST: usize = 30;

/// The rows of a hop, counted from the beginning of the transfer.
pub(super) fn of(hop: &Hop, beginning: Instant) -> Vec<Row> {
    let steps = hop.steps();
    let mut rows: Vec<Row> = steps.iter().map(|step| row(hop, step, beginning)).collect();
    if rows.len() > MOST {
        let end = rows.len().saturating_sub(MOST / 2);
        let middle = rows.drain(MOST / 2..end);
        let left_out = middle.len();
        let (from, to) = middle.fold((None, None), |(from, to), row| {
            (from.or(Some(row.from)), to.max(Some(row.to)))
        });
        rows.insert(
            MOST / 2,
            Row {
                name: "...",
                from: from.unwrap_or_default(),
                to: to.unwrap_or_default(),
                note: format!("{left_out} more"),
                meaning: Some(Meaning::Aside),
            },
        );
    }
    rows
}

fn row(hop: &Hop, step: &Step, beginning: Instant) -> Row {
    Row {
        name: name(&step.what),
        from: step.began.saturating_duration_since(beginning),
        to: step.ended.saturating_duration_since(beginning),
        note: note(hop, step),
        meaning: meaning(step),
    }
}

fn name(what: &Doing) -> &'static str {
    match what {
        Doing::LookUp(_) => "name look-up",
        Doing::Connect(_) => "connect",
        Doing::Socks { .. } => "SOCKS",
        Doing::Tunnel { .. } => "tunnel",
        Doing::Tls {
            for_proxy: true, ..
        } => "TLS to proxy",
        Doing::Tls { .. } => "TLS",
        Doing::Send => "send",
        Doing::AwaitContinue { .. } => "100-continue",
        Doing::Wait => "wait",
        Doing::Interim { .. } => "interim",
        Doing::Receive => "receive",
    }
}

/// The time that is the network's or the server's stands out; what went wrong does more.
fn meaning(step: &Step) -> Option<Meaning> {
    match (&step.end, step.what.kind()) {
        (End::Overtaken, _) => Some(Meaning::Aside),
        (End::Done | End::Pointless | End::Open, Kind::Wait | Kind::AwaitContinue)
        | (End::Unanswered, _) => Some(Meaning::Notable),
        (End::Done | End::Pointless | End::Open, Kind::Send | Kind::Interim | Kind::Receive) => {
            Some(Meaning::Good)
        }
        (End::Done | End::Pointless | End::Open, _) => None,
        _ => Some(Meaning::Bad),
    }
}

fn note(hop: &Hop, step: &Step) -> String {
    let about = match &step.what {
        Doing::LookUp(host) => host.clone(),
        Doing::Connect(peer) => address(peer),
        Doing::Socks { version, .. } => version.clone(),
        Doing::Tunnel {
            authority,
            status: 0 | 200,
        } => authority.clone(),
        Doing::Tunnel { authority, status } => return format!("{status}: {authority}"),
        Doing::Tls { version, .. } => (*version).to_owned(),
        Doing::Send if hop.sent > 0 && is_last(hop, step) => octets(hop.sent),
        Doing::AwaitContinue { status: 100 } => "granted".to_owned(),
        Doing::AwaitContinue { status } if *status > 0 => format!("answered with {status}"),
        Doing::Interim { status } if hop.more_interim() > 0 && is_last(hop, step) => {
            format!("{status}, and {} more", hop.more_interim())
        }
        Doing::Interim { status } => status.to_string(),
        Doing::Receive if hop.received > 0 => octets(hop.received),
        _ => String::new(),
    };
    match (ending(step), about.as_str()) {
        (Some(ended), "") => ended,
        (Some(ended), _) => format!("{ended}: {about}"),
        (None, _) => about,
    }
}

/// Whether no later step is of the same kind.
fn is_last(hop: &Hop, step: &Step) -> bool {
    let kind = step.what.kind();
    let mut latest = hop.steps().iter().rev();
    let last = latest.find(|step| step.what.kind() == kind);
    last.is_some_and(|last| std::ptr::eq(last, step))
}

/// How a step ended that did not end well.
fn ending(step: &Step) -> Option<String> {
    Some(match (&step.end, step.what.kind()) {
        (End::Open | End::Done, _) => return None,
        (End::Unanswered, _) => "not granted".to_owned(),
        (End::Overtaken, _) => "overtaken".to_owned(),
        (End::Refused(_), _) => "refused".to_owned(),
        (End::Failed(reason), _) => reason.clone(),
        (End::Distrusted, _) => "not trusted".to_owned(),
        (End::TimedOut, _) => "timed out".to_owned(),
        (End::Broken, Kind::LookUp) => "not found".to_owned(),
        (End::Broken, _) => "broken off".to_owned(),
        (End::Pointless, _) => "given up".to_owned(),
    })
}

fn address(peer: &Peer) -> String {
    match peer {
        Peer::Tcp(address) => address.to_string(),
        Peer::Unix(path) => path.display().to_string(),
        Peer::Abstract(name) => format!("@{name}"),
    }
}
