//! A proxy that does not do what it was asked for.
//!
//! Knows: what the answers of SOCKS and of CONNECT mean for somebody who asks. Must not know: how a
//! proxy is asked.
//!
//! Sources: RFC 1928 (6), RFC 9110 (9.3.6, 15.5.8).

use super::case::Case;
use super::report::Report;
use super::words::quoted;
use crate::plan::Proxying;

/// Explains a tunnel that was refused with this status; 0 is none at all.
pub(super) fn tunnel(case: &Case, status: u16, settings: &Proxying, report: &mut Report) {
    let goal = case.way.tunnel.as_deref().unwrap_or_default();
    if let Some(proxy) = case.stopover() {
        let (host, port) = (&proxy.host, proxy.port);
        report.saw(format!(
            "the proxy {host}:{port} was asked for a tunnel to {goal} (CONNECT)"
        ));
    }
    if status > 0 {
        report.blame(format!("it answered with the status {status}"));
    }
    match status {
        0 => report.conclude("It ended the connection without an answer: it may be no HTTP proxy."),
        407 if settings.user.is_none() => {
            report.conclude("The proxy wants to know who asks.");
            report.advise("-U USER:PASSWORD");
        }
        407 => {
            report.conclude("The proxy does not take these credentials, or not in this way.");
            report.advise("-U with others, or --proxy-anyauth");
        }
        403 => report.conclude(
            "The proxy forbids it: many allow tunnels to port 443 only, or to some hosts only.",
        ),
        502..=504 => report.conclude(format!("The proxy itself could not reach {goal}.")),
        400 | 404 | 405 | 501 => {
            report.conclude("It does not know CONNECT: it may be a web server, and no proxy.");
        }
        _ => {}
    }
    without(settings, report);
}

/// Explains what a SOCKS proxy said last.
pub(super) fn socks(case: &Case, settings: &Proxying, report: &mut Report) {
    let reply = &case.way.socks_reply;
    let whole = match reply.as_slice() {
        [] => {
            report.saw("the proxy was asked, and gave no answer");
            "It may be no SOCKS proxy."
        }
        [5, 0xff] if settings.user.is_none() => {
            report.advise("-U USER:PASSWORD");
            "The proxy wants to know who asks."
        }
        [5, 5, ..] | [5, 3..=4, _, _] | [0, 91, ..] => {
            "The proxy works; it could not reach the host behind it."
        }
        [5, 2, _, _] => "The proxy works, and its rules forbid this host or port.",
        [4 | 5 | 0 | 1, ..] => "",
        other => {
            report.saw(format!("its answer began with {}", quoted(other)));
            let http = other.starts_with(b"HT");
            if let (true, Some(proxy)) = (http, case.stopover()) {
                report.advise(format!("-x http://{}:{}", proxy.host, proxy.port));
            }
            if http {
                "It is an HTTP proxy or a web server, no SOCKS proxy."
            } else {
                "It is no SOCKS proxy."
            }
        }
    };
    if !whole.is_empty() {
        report.conclude(whole);
    }
    without(settings, report);
}

/// Where the proxy comes from, and how to do without it.
pub(super) fn without(settings: &Proxying, report: &mut Report) {
    if settings.proxy.is_none() && settings.preproxy.is_none() {
        report.conclude("The environment names this proxy (http_proxy, https_proxy or ALL_PROXY).");
    }
    report.advise("--noproxy '*', to go there without a proxy");
}
