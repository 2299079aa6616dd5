//! What is wrong with a chain, so that a person can act on it.
//!
//! Knows: OpenSSL's words for the verdicts of `webpki`. Must not know: how they are reached.

use std::error::Error as StdError;
use std::fmt;

use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::{CertificateError, OtherError};

use super::certificate::describe;
use super::moment::in_words;
use crate::event::{Certificate, Distrust, Fault};

/// A refused chain on its way through rustls.
#[derive(Debug)]
pub(super) struct Refused {
    /// The chain, the server's own certificate first.
    pub(super) chain: Vec<CertificateDer<'static>>,
    /// The verdict.
    pub(super) distrust: Distrust,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.distrust.fmt(f)
    }
}

impl StdError for Refused {}

/// A fault and its words.
pub(super) fn distrust(fault: Fault, reason: impl Into<String>) -> Distrust {
    let reason = reason.into();
    Distrust { fault, reason }
}

/// A verdict of webpki, in OpenSSL's words as far as it has any, and what is behind it.
pub(super) fn explain(error: &rustls::Error, chain: &[CertificateDer<'_>]) -> Distrust {
    use CertificateError as Reason;
    let cause = match error {
        rustls::Error::InvalidCertificate(cause) => cause,
        rustls::Error::InvalidCertRevocationList(_) => {
            return distrust(Fault::RevocationUnknown, error.to_string());
        }
        _ => return distrust(Fault::Malformed, error.to_string()),
    };
    let own = chain.first().map(|own| describe(own)).unwrap_or_default();
    let unix = |time: &UnixTime| i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    match cause {
        Reason::NotValidForName | Reason::NotValidForNameContext { .. } => {
            let names = names_of(&own);
            distrust(
                Fault::WrongName,
                format!("no alternative name matches ({names})"),
            )
        }
        Reason::Expired => expired(own.not_after),
        Reason::ExpiredContext { not_after, .. } => expired(unix(not_after)),
        Reason::NotValidYet => not_yet(own.not_before),
        Reason::NotValidYetContext { not_before, .. } => not_yet(unix(not_before)),
        Reason::BadSignature => distrust(
            Fault::BadSignature,
            format!(
                "certificate signature failure: not signed by the {} that is trusted",
                own.issuer
            ),
        ),
        Reason::UnsupportedSignatureAlgorithmContext { .. }
        | Reason::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            let algorithm = &own.signature_algorithm;
            distrust(
                Fault::WeakSignature,
                format!("a signature in the chain is too weak or not supported ({algorithm})"),
            )
        }
        Reason::UnknownIssuer => unknown_issuer(chain),
        other => plain(other).unwrap_or_else(|| unforeseen(other, &own, chain)),
    }
}

/// The verdicts that need no more than their words.
fn plain(cause: &CertificateError) -> Option<Distrust> {
    use CertificateError as Reason;
    let (fault, words) = match cause {
        Reason::Revoked => (Fault::Revoked, "certificate revoked"),
        Reason::UnknownRevocationStatus => (
            Fault::RevocationUnknown,
            "unable to get certificate CRL: no list of --crlfile covers it",
        ),
        Reason::ExpiredRevocationList | Reason::ExpiredRevocationListContext { .. } => (
            Fault::RevocationUnknown,
            "CRL has expired: --crlfile names a list that is out of date",
        ),
        Reason::InvalidPurpose | Reason::InvalidPurposeContext { .. } => (
            Fault::WrongPurpose,
            "unsuitable certificate purpose: it is not for servers",
        ),
        Reason::UnhandledCriticalExtension => (Fault::Malformed, "unhandled critical extension"),
        Reason::BadEncoding => (Fault::Malformed, "the certificate is malformed"),
        _ => return None,
    };
    Some(distrust(fault, words))
}

/// What rustls has no variant for.
fn unforeseen(
    cause: &CertificateError,
    own: &Certificate,
    chain: &[CertificateDer<'_>],
) -> Distrust {
    // The commonest of these: a self-signed certificate that says CA:TRUE.
    if own.subject == own.issuer && !own.subject.is_empty() {
        return unknown_issuer(chain);
    }
    match cause {
        CertificateError::Other(OtherError(cause)) => constraint(&cause.to_string()),
        other => distrust(Fault::Malformed, other.to_string()),
    }
}

/// What webpki has no variant of rustls for; it tells the name of its own.
fn constraint(name: &str) -> Distrust {
    let (fault, words) = match name {
        "CaUsedAsEndEntity" => (
            Fault::AuthorityAsServer,
            "the certificate is an authority's (CA:TRUE), not a server's",
        ),
        "EndEntityUsedAsCa" => (
            Fault::NoAuthority,
            "invalid CA certificate: an issuer in the chain is no authority",
        ),
        "PathLenConstraintViolated" => (Fault::NoAuthority, "path length constraint exceeded"),
        "NameConstraintViolation" => (
            Fault::NoAuthority,
            "permitted subtree violation: an issuer may not name this host",
        ),
        "UnsupportedCriticalExtension" => (Fault::Malformed, "unhandled critical extension"),
        "MaximumPathDepthExceeded" => (Fault::Malformed, "certificate chain too long"),
        other => (Fault::Malformed, other),
    };
    distrust(fault, words)
}

fn expired(at: i64) -> Distrust {
    let until = in_words(at);
    distrust(
        Fault::Expired,
        format!("certificate has expired: it was valid until {until}"),
    )
}

fn not_yet(at: i64) -> Distrust {
    let from = in_words(at);
    distrust(
        Fault::NotYetValid,
        format!("certificate is not yet valid: it will be from {from}"),
    )
}

fn unknown_issuer(chain: &[CertificateDer<'_>]) -> Distrust {
    let words: Vec<_> = chain
        .iter()
        .map(|certificate| describe(certificate))
        .collect();
    let last = words
        .last()
        .map(|last| last.issuer.as_str())
        .unwrap_or_default();
    let advice = "--cacert names a file of certificates to trust";
    match words.as_slice() {
        [own, ..] if own.subject == own.issuer => distrust(
            Fault::SelfSigned,
            format!("self-signed certificate ({}); {advice}", own.issuer),
        ),
        [.., root] if root.subject == root.issuer => distrust(
            Fault::UnknownRoot,
            format!("self-signed certificate in certificate chain ({last}); {advice}"),
        ),
        _ => distrust(
            Fault::UnknownIssuer,
            format!("unable to get local issuer certificate ({last} is not trusted); {advice}"),
        ),
    }
}

/// Whom a certificate is for, in words.
pub(super) fn names_of(own: &Certificate) -> String {
    const SHOWN: usize = 8;
    let names = &own.names;
    if names.is_empty() {
        return "the certificate names no host".to_owned();
    }
    let shown: Vec<_> = names.iter().take(SHOWN).map(String::as_str).collect();
    let more = names.len().saturating_sub(SHOWN);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("the certificate is for {}{more}", shown.join(", "))
}
