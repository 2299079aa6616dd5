//! What is wrong with a chain, so that a person can act on it.
//!
//! Knows: OpenSSL's words for the verdicts of `webpki`. Must not know: how they are reached.

use std::error::Error as StdError;
use std::fmt;

use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::{CertificateError, OtherError};

use super::certificate::describe;
use super::moment::in_words;

/// Why a chain is not good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Distrust {
    /// It does not lead to anybody trusted, or it is out of date; the reason.
    Chain(String),
    /// It is for somebody else; the names it is for.
    Name(String),
    /// There is no proof that it is not revoked; the reason.
    Status(String),
}

impl fmt::Display for Distrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Distrust::Chain(reason) | Distrust::Status(reason) => f.write_str(reason),
            Distrust::Name(names) => write!(f, "no alternative name matches ({names})"),
        }
    }
}

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

/// A verdict of webpki, in OpenSSL's words as far as it has any, and what is behind it.
pub(super) fn explain(error: &rustls::Error, chain: &[CertificateDer<'_>]) -> Distrust {
    use CertificateError as Reason;
    let rustls::Error::InvalidCertificate(cause) = error else {
        return Distrust::Chain(error.to_string());
    };
    let own = chain.first().map(|own| describe(own)).unwrap_or_default();
    let unix = |time: &UnixTime| i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    let reason = match cause {
        Reason::NotValidForName | Reason::NotValidForNameContext { .. } => {
            let names = match own.names.as_slice() {
                [] => "the certificate names no host".to_owned(),
                names => format!("the certificate is for {}", some_of(names)),
            };
            return Distrust::Name(names);
        }
        Reason::Expired => expired(own.not_after),
        Reason::ExpiredContext { not_after, .. } => expired(unix(not_after)),
        Reason::NotValidYet => not_yet(own.not_before),
        Reason::NotValidYetContext { not_before, .. } => not_yet(unix(not_before)),
        Reason::Revoked => "certificate revoked".to_owned(),
        Reason::UnknownRevocationStatus => {
            "unable to get certificate CRL: no list of --crlfile covers it".to_owned()
        }
        Reason::ExpiredRevocationList | Reason::ExpiredRevocationListContext { .. } => {
            "CRL has expired: --crlfile names a list that is out of date".to_owned()
        }
        Reason::BadSignature => format!(
            "certificate signature failure: not signed by the {} that is trusted",
            own.issuer
        ),
        Reason::InvalidPurpose | Reason::InvalidPurposeContext { .. } => {
            "unsuitable certificate purpose: it is not for servers".to_owned()
        }
        Reason::UnhandledCriticalExtension => "unhandled critical extension".to_owned(),
        Reason::BadEncoding => "the certificate is malformed".to_owned(),
        Reason::UnsupportedSignatureAlgorithmContext { .. } => {
            let algorithm = &own.signature_algorithm;
            format!("a signature in the chain is too weak or not supported ({algorithm})")
        }
        Reason::UnknownIssuer => unknown_issuer(chain),
        // The commonest of these: a self-signed certificate that says CA:TRUE.
        _ if own.subject == own.issuer && !own.subject.is_empty() => unknown_issuer(chain),
        Reason::Other(OtherError(cause)) => constraint(&cause.to_string()),
        other => other.to_string(),
    };
    Distrust::Chain(reason)
}

/// What webpki has no variant of rustls for; it tells the name of its own.
fn constraint(name: &str) -> String {
    let words = match name {
        "CaUsedAsEndEntity" => "the certificate is an authority's (CA:TRUE), not a server's",
        "EndEntityUsedAsCa" => "invalid CA certificate: an issuer in the chain is no authority",
        "PathLenConstraintViolated" => "path length constraint exceeded",
        "NameConstraintViolation" => {
            "permitted subtree violation: an issuer may not name this host"
        }
        "UnsupportedCriticalExtension" => "unhandled critical extension",
        "MaximumPathDepthExceeded" => "certificate chain too long",
        other => other,
    };
    words.to_owned()
}

fn expired(at: i64) -> String {
    format!(
        "certificate has expired: it was valid until {}",
        in_words(at)
    )
}

fn not_yet(at: i64) -> String {
    format!(
        "certificate is not yet valid: it will be from {}",
        in_words(at)
    )
}

fn unknown_issuer(chain: &[CertificateDer<'_>]) -> String {
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
        [own, ..] if own.subject == own.issuer => {
            format!("self-signed certificate ({}); {advice}", own.issuer)
        }
        [.., root] if root.subject == root.issuer => {
            format!("self-signed certificate in certificate chain ({last}); {advice}")
        }
        _ => format!("unable to get local issuer certificate ({last} is not trusted); {advice}"),
    }
}

/// The first few of many names.
fn some_of(names: &[String]) -> String {
    const SHOWN: usize = 8;
    let shown: Vec<_> = names.iter().take(SHOWN).map(String::as_str).collect();
    let more = names.len().saturating_sub(SHOWN);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("{}{more}", shown.join(", "))
}
