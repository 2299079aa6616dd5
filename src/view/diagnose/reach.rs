//! No connection: every address tried, and what their answers mean together.
//!
//! Knows: what refusals and silence say about a host. Must not know: sockets.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::case::{Attempt, Case, Lookup};
use super::proxy;
use super::report::Report;
use super::words::time;
use crate::event::Peer;
use crate::plan::{Operation, Proxying};
use crate::target::{Host, Target};

/// Explains why no address could be connected to.
pub(super) fn explain(case: &Case, operation: &Operation, report: &mut Report) {
    let attempts = &case.way.attempts;
    attempts_in_order(case, report);
    if case.way.more_attempts > 0 {
        report.saw(format!("and {} more", case.way.more_attempts));
    }
    let Some(last) = attempts.last() else {
        return;
    };
    match &last.peer {
        Peer::Tcp(_) => by_address(case, operation, report),
        Peer::Unix(path) => {
            let path = path.display();
            socket(last, &format!("{path}"), report);
        }
        Peer::Abstract(name) => socket(last, &format!("@{name}"), report),
    }
}

/// Where, what came of it, and after how long.
pub(super) fn attempts_in_order(case: &Case, report: &mut Report) {
    let attempts = &case.way.attempts;
    let names: Vec<String> = attempts.iter().map(|it| place(&it.peer)).collect();
    let width = names.iter().map(String::len).max().unwrap_or_default();
    for (attempt, name) in attempts.iter().zip(names) {
        let outcome = match &attempt.failure {
            Some(failure) => format!("{} after {}", failure.words, time(failure.after)),
            None if case.way.connected.as_ref() == Some(&attempt.peer) => "connected".to_owned(),
            None => "no answer".to_owned(),
        };
        report.saw(format!("{name:width$}  {outcome}"));
    }
}

fn place(peer: &Peer) -> String {
    match peer {
        Peer::Tcp(address) => address.to_string(),
        Peer::Unix(path) => path.display().to_string(),
        Peer::Abstract(name) => format!("@{name}"),
    }
}

fn by_address(case: &Case, operation: &Operation, report: &mut Report) {
    let addresses: Vec<SocketAddr> = case
        .way
        .attempts
        .iter()
        .filter_map(|attempt| match attempt.peer {
            Peer::Tcp(address) => Some(address),
            _ => None,
        })
        .collect();
    let Some(first) = addresses.first() else {
        return;
    };
    let failures = case
        .way
        .attempts
        .iter()
        .filter_map(|it| it.failure.as_ref());
    let kinds: Vec<ErrorKind> = failures.map(|failure| failure.kind).collect();
    let here = addresses.iter().all(|address| address.ip().is_loopback());
    let port = first.port();
    if let Some(other) = case.stopover() {
        return elsewhere(other, operation, report);
    }
    let all = |kind| !kinds.is_empty() && kinds.iter().all(|it| *it == kind);
    if all(ErrorKind::ConnectionRefused) {
        refused(case, port, here, report);
    } else if kinds.contains(&ErrorKind::ConnectionRefused) {
        report.conclude(format!(
            "Where the host could be reached, nothing listens on port {port}."
        ));
    } else {
        unreachable(&kinds, &addresses, report);
    }
}

/// It was not the host of the URL that was to be reached.
fn elsewhere(other: &Lookup, operation: &Operation, report: &mut Report) {
    let (host, port) = (&other.host, other.port);
    let Proxying {
        proxy, preproxy, ..
    } = &operation.proxy;
    // Through a proxy, `--connect-to` says where the proxy leads to.
    if operation.route.connect_to.is_empty() || proxy.is_some() || preproxy.is_some() {
        report.conclude(format!("The proxy, {host}:{port}, could not be reached."));
        proxy::without(&operation.proxy, report);
    } else {
        report.conclude(format!(
            "--connect-to leads to {host}:{port}, which could not be reached."
        ));
    }
}

fn refused(case: &Case, port: u16, here: bool, report: &mut Report) {
    if here {
        report.conclude(format!("Nothing listens on port {port} of this machine."));
        report.advise("start the server, or ask where it listens: ss -ltn lists the ports");
    } else {
        report.conclude(format!(
            "The host is there, and nothing listens on its port {port} (or a firewall refuses)."
        ));
    }
    let Some(target) = &case.target else {
        return;
    };
    if target.explicit_port.is_none() {
        let scheme = target.scheme;
        report.conclude(format!(
            "The URL names no port, so {port}, the one of {scheme}://, was tried."
        ));
        if here {
            report.advise(format!(
                "another port: servers under development often listen on 3000, 5000, 8000 or \
                 8080, as in {scheme}://{}:8000/",
                target.ascii_host()
            ));
        }
    }
    if let Some(other) = other_loopback(target) {
        report.advise(format!(
            "{}://{other}:{port}/, if the server listens on {other} alone",
            target.scheme
        ));
    }
}

/// The other address of this machine, where one was typed.
fn other_loopback(target: &Target) -> Option<&'static str> {
    match target.connect_host() {
        Host::Address(IpAddr::V4(Ipv4Addr::LOCALHOST), _) => Some("[::1]"),
        Host::Address(IpAddr::V6(address), _) if address.is_loopback() => Some("127.0.0.1"),
        _ => None,
    }
}

fn unreachable(kinds: &[ErrorKind], addresses: &[SocketAddr], report: &mut Report) {
    match kinds.last() {
        Some(ErrorKind::NetworkUnreachable) if addresses.iter().all(SocketAddr::is_ipv6) => {
            report.conclude("This machine has no way into the IPv6 network.");
            report.advise("-4, if the host has an IPv4 address too");
        }
        Some(ErrorKind::NetworkUnreachable) => {
            report.conclude("This machine has no way into that network: is it connected at all?");
        }
        Some(ErrorKind::HostUnreachable) => report.conclude(
            "A router on the way, or this machine, knows that the host cannot be reached: it is \
             off, or a firewall rejects.",
        ),
        Some(ErrorKind::PermissionDenied) => {
            report.conclude("A rule of this machine (a firewall, a sandbox) forbids it.");
        }
        Some(ErrorKind::TimedOut) => report.conclude(
            "Nobody answered, and the system gave up: the host is off, or a firewall drops what \
             is sent there.",
        ),
        _ => {}
    }
}

/// A socket in the file system, or in Linux' own name space.
fn socket(attempt: &Attempt, path: &str, report: &mut Report) {
    let Some(failure) = &attempt.failure else {
        return;
    };
    match failure.kind {
        ErrorKind::NotFound => {
            report.conclude("There is no such file.");
            report.advise("start the server, or look for the path in its configuration");
        }
        ErrorKind::PermissionDenied => {
            report.conclude("This user may not write to it, or not enter a folder above it.");
            report.advise(format!(
                "ls -l {path} tells who may: often the members of a group"
            ));
        }
        ErrorKind::ConnectionRefused if path.starts_with('@') => {
            report.conclude("No server listens on a socket of this name.");
        }
        ErrorKind::ConnectionRefused => {
            report.conclude(
                "It is no socket, or the server that made it is gone and left it behind.",
            );
            report.advise(format!("ls -l {path} begins with an s, if it is a socket"));
        }
        _ => {}
    }
}
