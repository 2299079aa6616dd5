//! Somebody who speaks another protocol than the one asked for.
//!
//! Knows: what to say of octets that are no HTTP, or no TLS. Must not know: how protocols are told
//! apart; that is `greeting`'s.

use super::case::Case;
use super::greeting::{Protocol, recognise};
use super::report::Report;
use super::words::quoted;
use crate::target::{Scheme, Target};

/// Says what it is that came in place of HTTP or TLS; `false` where nobody knows.
pub(super) fn explain(case: &Case, report: &mut Report) -> bool {
    let octets = &case.reply.stray;
    let (Some(protocol), Some(target)) = (recognise(octets), &case.target) else {
        return false;
    };
    if protocol == Protocol::Http && target.scheme == Scheme::Http {
        return false;
    }
    let line = first_line(octets);
    let is_text = |octet: &u8| !octet.is_ascii_control() || octet.is_ascii_whitespace();
    report.saw(match protocol.remark() {
        Some(remark) => format!("the first octets: {} ({remark})", quoted(octets)),
        None if line.iter().all(is_text) => format!("the first line: {}", quoted(line)),
        None => format!("the first octets: {}", quoted(octets)),
    });
    let (who, host, port) = match case.stopover() {
        Some(other) => ("What answers", other.host.clone(), other.port),
        None => ("The server", target.ascii_host(), target.port()),
    };
    report.conclude(format!(
        "{who} on port {port} of {host} speaks {}, not {}.",
        protocol.name(),
        wanted(target.scheme)
    ));
    match protocol {
        Protocol::Tls(_) if target.scheme == Scheme::Http && case.stopover().is_none() => {
            report.advise(with_scheme(target, Scheme::Https));
        }
        Protocol::Http if target.scheme == Scheme::Https && case.stopover().is_none() => {
            report.advise(with_scheme(target, Scheme::Http));
        }
        _ => {
            if let Some(program) = protocol.program(&host, port) {
                report.advise(program);
            }
            report.advise("another port, if the host serves HTTP on one");
        }
    }
    true
}

fn wanted(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::Http => "HTTP/1.1",
        Scheme::Https => "HTTP/1.1 over TLS",
    }
}

/// Text ends with its line; what is binary has none.
pub(super) fn first_line(octets: &[u8]) -> &[u8] {
    let end = octets.iter().position(|&octet| octet == b'\n');
    let line = end.and_then(|end| octets.get(..=end));
    line.filter(|line| line.len() > 2).unwrap_or(octets)
}

/// The URL with another scheme, at the same port.
pub(super) fn with_scheme(target: &Target, scheme: Scheme) -> String {
    let mut other = target.clone();
    let port = target.port();
    other.scheme = scheme;
    other.explicit_port = (port != scheme.default_port()).then_some(port);
    other.without_userinfo()
}
