//! `%{certs}`: the server's certificates, field by field.
//!
//! Knows: the lines that curl gives for each certificate. Must not know: how they were read.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::event::Certificate;
use crate::view::trace::date;

/// All certificates, the server's own first; empty without any.
pub(super) fn text(certificates: &[Certificate]) -> String {
    let mut text = String::new();
    for certificate in certificates {
        for (name, value) in [
            ("Subject", &certificate.subject),
            ("Issuer", &certificate.issuer),
            // curl shows the number that the certificate holds, which counts from 0.
            (
                "Version",
                &format!("{:x}", certificate.version.saturating_sub(1)),
            ),
            ("Serial Number", &certificate.serial),
            ("Signature Algorithm", &certificate.signature_algorithm),
            ("Public Key Algorithm", &certificate.key_algorithm),
            (
                "X509v3 Subject Alternative Name",
                &certificate.names.join(", "),
            ),
            ("Start date", &date(certificate.not_before)),
            ("Expire date", &date(certificate.not_after)),
        ] {
            let _ = writeln!(text, "{name}:{value}");
        }
        text.push_str(&pem(&certificate.der));
    }
    text
}

/// RFC 7468.
fn pem(der: &[u8]) -> String {
    let encoded = STANDARD.encode(der);
    let mut text = String::from("-----BEGIN CERTIFICATE-----\n");
    let mut rest = encoded.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    text.push_str("-----END CERTIFICATE-----\n");
    text
}
