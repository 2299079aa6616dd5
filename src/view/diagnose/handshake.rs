//! A TLS handshake that failed for another reason than trust.
//!
//! Knows: what the alerts of a server and the end of a handshake mean for somebody who asks, and the
//! pinned key. Must not know: how the handshake went on the wire.
//!
//! Source: RFC 8446 (6.2, alerts).

use super::case::{Case, Handshake};
use super::protocol::with_scheme;
use super::report::Report;
use super::words::quoted;
use crate::plan::{Tls, TlsVersion};
use crate::target::Scheme;
use crate::view::records::alert_name;

/// Explains an alert, or a handshake that came to nothing.
pub(super) fn explain(case: &Case, handshake: &Handshake, settings: &Tls, report: &mut Report) {
    if let Some(version @ ("TLSv1.1" | "TLSv1.0" | "SSLv3")) = handshake.records.version {
        report.blame(format!("the server chose {version}"));
        report.conclude("Versions before TLS 1.2 are unsafe, and not spoken here.");
        report.advise("switch TLS 1.2 or 1.3 on at the server");
        return;
    }
    match handshake.alert {
        Some(alert) => of_alert(alert, handshake, settings, report),
        None if !case.reply.stray.is_empty() => {
            let octets = quoted(&case.reply.stray);
            report.saw(format!("the first octets: {octets}"));
            report.conclude("That is no TLS: something else listens on this port.");
        }
        None if handshake.begun && !handshake.answered => silence(case, handshake, report),
        None => {}
    }
}

/// The connection ended before the server said anything.
fn silence(case: &Case, handshake: &Handshake, report: &mut Report) {
    report.saw("a TLS hello was sent, and not one octet came back");
    report.conclude(
        "The server does not speak TLS on this port, or it serves no host of this name (SNI).",
    );
    if let Some(target) = case.target.as_ref().filter(|_| !handshake.for_proxy) {
        let url = with_scheme(target, Scheme::Http);
        report.advise(format!("{url}, if it speaks plain HTTP"));
    }
}

fn of_alert(alert: u8, handshake: &Handshake, settings: &Tls, report: &mut Report) {
    report.blame(format!(
        "the server ended TLS with the alert {alert}: {}",
        alert_name(alert).unwrap_or("unknown")
    ));
    let no_identity = settings.certificate.is_none();
    match alert {
        116 => wants_identity(handshake, report),
        40 | 42 | 46 | 48 | 49 if handshake.asked_who_we_are && no_identity => {
            wants_identity(handshake, report);
        }
        42..=46 | 48 | 49 | 51 if !no_identity => refuses_identity(alert, settings, report),
        40 | 71 => nothing_in_common(settings, report),
        70 => wrong_version(settings, report),
        112 => {
            report.conclude("The server serves no host of this name (SNI).");
            report.advise("--connect-to or --resolve, to ask this server for a host that it has");
        }
        120 => {
            report.conclude(
                "The server takes none of the protocols offered (http/1.1): it may speak HTTP/2 \
                 alone.",
            );
            report.advise("--no-alpn, which offers none; or curl, which speaks HTTP/2");
        }
        80 => report.conclude("Something went wrong inside the server: its log knows what."),
        10 | 20 | 22 | 47 | 50 => report.conclude(
            "The server did not understand what was sent: it may not speak TLS as it is now, or \
             something between changed it.",
        ),
        _ => {}
    }
}

fn wants_identity(handshake: &Handshake, report: &mut Report) {
    report.conclude("The server wants a client certificate, and none was given.");
    let dashes = dashes(handshake);
    report.advise(format!(
        "{dashes}cert FILE {dashes}key FILE, with a certificate that the server trusts"
    ));
}

/// What options for this side begin with.
fn dashes(handshake: &Handshake) -> &'static str {
    if handshake.for_proxy {
        "--proxy-"
    } else {
        "--"
    }
}

fn refuses_identity(alert: u8, settings: &Tls, report: &mut Report) {
    let file = settings.certificate.as_deref();
    let file = file.map_or_else(String::new, |file| format!(", {}", file.display()));
    report.conclude(format!(
        "The server did not take the client certificate{file}: {}.",
        match alert {
            44 => "it was revoked",
            45 => "it has expired",
            48 => "its issuer is not trusted there, or an intermediate is missing in the file",
            49 => "it may not come in with it",
            _ => "it finds something wrong with it",
        }
    ));
    report.advise("--cert with another certificate; the server's log says more");
}

fn nothing_in_common(settings: &Tls, report: &mut Report) {
    report.conclude(
        "Server and client have no version, cipher suite, curve or signature in common, or the \
         server lacks a certificate for this name.",
    );
    match narrowed(settings) {
        Some(options) => report.advise(format!("without {options}, which narrows what is offered")),
        None => report.advise("look at what the server allows (its ssl_protocols, ssl_ciphers)"),
    }
}

fn wrong_version(settings: &Tls, report: &mut Report) {
    let limited = settings.least > TlsVersion::V1_2 || settings.most != TlsVersion::Default;
    report.conclude(if limited {
        "The server speaks none of the TLS versions that were offered."
    } else {
        "The server speaks neither TLS 1.2 nor 1.3; what is older is unsafe, and not spoken here."
    });
    report.advise(match narrowed(settings) {
        Some(options) if limited => format!("without {options}"),
        _ => "switch TLS 1.2 or 1.3 on at the server".to_owned(),
    });
}

/// The options that leave less to offer.
fn narrowed(settings: &Tls) -> Option<String> {
    let given = [
        (settings.least > TlsVersion::V1_2, "--tlsv1.3"),
        (settings.most != TlsVersion::Default, "--tls-max"),
        (settings.ciphers.is_some(), "--ciphers"),
        (settings.ciphers13.is_some(), "--tls13-ciphers"),
        (settings.curves.is_some(), "--curves"),
        (settings.signature_algorithms.is_some(), "--sigalgs"),
    ];
    let given: Vec<_> = given
        .into_iter()
        .filter_map(|(given, option)| given.then_some(option))
        .collect();
    (!given.is_empty()).then(|| given.join(", "))
}

/// A key other than the pinned one.
pub(super) fn wrong_key(handshake: &Handshake, settings: &Tls, report: &mut Report) {
    let session = handshake.session.as_ref();
    let Some(own) = session.and_then(|session| session.certificates.first()) else {
        return;
    };
    report.saw(format!("the server's certificate: {}", own.subject));
    report.blame(format!("its key:    {}", own.pin));
    if let Some(pinned) = &settings.pinned_key {
        report.saw(format!("the pin:    {pinned}"));
    }
    report.conclude("The server has a new key, or it is not the server that was pinned.");
    report.advise(format!(
        "if you know of the new key: {}pinnedpubkey '{}'",
        dashes(handshake),
        own.pin
    ));
}
