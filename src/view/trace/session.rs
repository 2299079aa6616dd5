//! A TLS session in curl's words, with rustls for OpenSSL.
//!
//! Knows: the block of lines about trust, session and certificates. Must not know: how any of it
//! was negotiated or verified.

use jiff::Timestamp;

use crate::event::{Certificate, TlsFacts, Trust, Verification};
use crate::view::validity::Standing;

/// Whom is trusted.
pub(super) fn trust(trust: &Trust) -> Vec<String> {
    if trust.disabled {
        return vec!["SSL Trust: peer verification disabled".to_owned()];
    }
    let mut lines = vec!["SSL Trust Anchors:".to_owned()];
    if let Some(file) = &trust.file {
        lines.push(format!("  CAfile: {}", file.display()));
    }
    if let Some(directory) = &trust.directory {
        lines.push(format!("  CApath: {}", directory.display()));
    }
    if trust.native {
        lines.push("  native roots of the system".to_owned());
    }
    if trust.built_in {
        lines.push("  built-in roots (webpki-roots)".to_owned());
    }
    lines
}

/// What was agreed on, and with whom.
pub(super) fn agreement(session: &TlsFacts) -> Vec<String> {
    let mut lines = vec![connection(session)];
    if session.alpn_offered {
        lines.push(match &session.alpn {
            Some(protocol) => format!("ALPN: server accepted {protocol}"),
            None => "ALPN: server did not agree on a protocol. Uses default.".to_owned(),
        });
    }
    if let Some(own) = session.certificates.first() {
        let side = if session.for_proxy { "Proxy" } else { "Server" };
        lines.push(format!("{side} certificate:"));
        lines.extend(identity(own));
    }
    for (level, certificate) in session.certificates.iter().enumerate() {
        lines.push(format!(
            "  Certificate level {level}: Public key type {}, signed using {}",
            certificate.key, certificate.signature_algorithm
        ));
    }
    lines.extend(name_match(session));
    lines.extend(verdict(&session.verification));
    lines.extend(chain(session));
    lines
}

/// What curl does not tell: who vouches for whom, how long each is good for, and for which hosts.
fn chain(session: &TlsFacts) -> Vec<String> {
    let mut lines = Vec::new();
    let all = session.certificates.iter().enumerate();
    for (level, certificate) in all.filter(|(_, certificate)| certificate.is_readable()) {
        let issuer = if certificate.is_self_issued() {
            "self-signed".to_owned()
        } else {
            format!("issued by {}", certificate.issuer)
        };
        let standing = Standing::of(certificate, session.judged_at);
        lines.push(format!(
            "  [{level}] {}, {issuer}, {standing}",
            certificate.subject
        ));
        if !certificate.names.is_empty() {
            lines.push(format!("      for {}", some_of(&certificate.names)));
        }
    }
    lines
}

/// The first few of many names.
fn some_of(names: &[String]) -> String {
    const SHOWN: usize = 8;
    let shown: Vec<_> = names.iter().take(SHOWN).map(String::as_str).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn connection(session: &TlsFacts) -> String {
    let mut line = format!("SSL connection using {}", session.version);
    let key = session
        .certificates
        .first()
        .map_or("", |own| own.key_algorithm.as_str());
    for part in [session.suite.as_str(), &session.group, key] {
        if !part.is_empty() {
            line.push_str(" / ");
            line.push_str(part);
        }
    }
    line
}

fn identity(certificate: &Certificate) -> [String; 4] {
    [
        format!("  subject: {}", certificate.subject),
        format!("  start date: {}", date(certificate.not_before)),
        format!("  expire date: {}", date(certificate.not_after)),
        format!("  issuer: {}", certificate.issuer),
    ]
}

/// With `-k` nobody compares names.
fn name_match(session: &TlsFacts) -> Option<String> {
    let wanted = &session.wanted_name;
    match (&session.matched_name, &session.verification) {
        (Some(name), _) => Some(format!(
            "  subjectAltName: \"{wanted}\" matches cert's \"{name}\""
        )),
        (None, Verification::Failed(_)) => {
            Some(format!(" subjectAltName does not match hostname {wanted}"))
        }
        (None, _) => None,
    }
}

fn verdict(verification: &Verification) -> Vec<String> {
    match verification {
        Verification::Verified => vec!["SSL certificate verified via rustls.".to_owned()],
        Verification::Failed(reason) => vec![format!("rustls verify result: {reason}")],
        Verification::Ignored(reason) => vec![
            format!("rustls verify result: {reason}"),
            " SSL certificate verification failed, continuing anyway!".to_owned(),
        ],
    }
}

/// `Nov 21 01:13:53 2026 GMT`.
pub(in crate::view) fn date(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(
        |_| "(out of range)".to_owned(),
        |time| time.strftime("%b %e %H:%M:%S %Y GMT").to_string(),
    )
}
