//! Whom to trust.
//!
//! Knows: where the roots come from, and whether a chain is good for a name at a time; why not, in
//! words that a person can act on. Must not know: sockets, or the rest of a handshake.
//!
//! Sources: RFC 5280 (6, path validation, by `webpki`), RFC 9525 (names), curl's `--cacert` family.

use std::error::Error as StdError;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, DigitallySignedStruct, OtherError, PeerMisbehaved, RootCertStore,
    SignatureScheme,
};

use super::certificate::{bare_key, describe};
use super::moment::in_words;
use super::suites;
use crate::error::{Error, Result, reason};
use crate::event::Trust;
use crate::net::Surroundings;
use crate::plan::Tls;

/// The certificates that are trusted.
pub(super) struct Anchors {
    roots: RootCertStore,
    /// Those that were named, whole: a server's own certificate may be among them.
    named: Vec<CertificateDer<'static>>,
}

/// Which certificates the settings trust; what the environment names counts only when no option
/// names any.
pub(super) fn chosen(settings: &Tls, surroundings: &Surroundings) -> Trust {
    let asked = settings.ca_file.is_some() || settings.ca_directory.is_some();
    let (file, directory) = if asked {
        (settings.ca_file.clone(), settings.ca_directory.clone())
    } else {
        let Surroundings {
            ca_file,
            ca_directory,
            ..
        } = surroundings.clone();
        (ca_file, ca_directory)
    };
    Trust {
        disabled: !settings.verify,
        built_in: file.is_none() && directory.is_none(),
        native: settings.ca_native,
        file,
        directory,
    }
}

impl Anchors {
    /// Reads what is trusted. Without verification a file that cannot be read does not matter.
    pub(super) fn load(trust: &Trust) -> Result<Self> {
        let mut anchors = Self {
            roots: RootCertStore::empty(),
            named: Vec::new(),
        };
        if trust.built_in {
            let built_in = webpki_roots::TLS_SERVER_ROOTS.iter().cloned();
            anchors.roots.extend(built_in);
        }
        if trust.native {
            anchors.add(rustls_native_certs::load_native_certs().certs);
        }
        let named = trust.file.as_deref().map_or(Ok(Vec::new()), read_bundle);
        let folder = trust
            .directory
            .as_deref()
            .map_or(Ok(Vec::new()), read_folder);
        for certificates in [named, folder] {
            match certificates {
                Ok(certificates) => anchors.add(certificates),
                Err(_) if trust.disabled => {}
                Err(error) => return Err(error),
            }
        }
        Ok(anchors)
    }

    fn add(&mut self, certificates: Vec<CertificateDer<'static>>) {
        for certificate in &certificates {
            // One that is no authority may still be a server's own.
            let _ = self.roots.add(certificate.clone());
        }
        self.named.extend(certificates);
    }
}

fn read_bundle(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let octets = std::fs::read(path).map_err(|error| Error::bad_ca_file(path, &reason(&error)))?;
    let found: Vec<_> = CertificateDer::pem_slice_iter(&octets)
        .filter_map(std::result::Result::ok)
        .collect();
    if found.is_empty() {
        return Err(Error::bad_ca_file(path, "no certificate in it"));
    }
    Ok(found)
}

fn read_folder(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    std::fs::read_dir(path).map_err(|error| Error::bad_ca_file(path, &reason(&error)))?;
    Ok(rustls_native_certs::load_certs_from_paths(None, Some(path)).certs)
}

/// Reads the revocation lists of `--crlfile`.
fn read_revocations(path: &Path) -> Result<Vec<CertificateRevocationListDer<'static>>> {
    let octets = std::fs::read(path).map_err(|error| Error::bad_crl_file(path, &reason(&error)))?;
    let found: Vec<_> = CertificateRevocationListDer::pem_slice_iter(&octets)
        .filter_map(std::result::Result::ok)
        .collect();
    if found.is_empty() {
        return Err(Error::bad_crl_file(path, "no revocation list in it"));
    }
    Ok(found)
}

/// Whether a verdict matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Policy {
    Insist,
    /// `-k`.
    Ignore,
}

/// Judges the certificates of a server.
#[derive(Debug)]
pub(super) struct Verifier {
    /// None when nobody at all is trusted.
    chains: Option<Arc<WebPkiServerVerifier>>,
    named: Vec<CertificateDer<'static>>,
    algorithms: WebPkiSupportedAlgorithms,
    /// Those of them that a server may sign a handshake with.
    schemes: Vec<SignatureScheme>,
    policy: Policy,
}

/// Why a chain is not good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Distrust {
    /// It does not lead to anybody trusted, or it is out of date; the reason.
    Chain(String),
    /// It is for somebody else; the names it is for.
    Name(String),
}

impl fmt::Display for Distrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Distrust::Chain(reason) => f.write_str(reason),
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

impl Verifier {
    pub(super) fn new(
        settings: &Tls,
        anchors: Anchors,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Self> {
        let Anchors { roots, named } = anchors;
        let crls = settings.crl_file.as_deref();
        let crls = crls.map_or(Ok(Vec::new()), read_revocations)?;
        let chains = if roots.is_empty() {
            None
        } else {
            let built =
                WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
                    .with_crls(crls)
                    .build();
            Some(built.map_err(|error| {
                let path = settings.crl_file.as_deref().unwrap_or(Path::new(""));
                Error::bad_crl_file(path, &error.to_string())
            })?)
        };
        let algorithms = provider.signature_verification_algorithms;
        Ok(Self {
            chains,
            named,
            algorithms,
            schemes: suites::signature_schemes(algorithms.supported_schemes(), settings)?,
            policy: if settings.verify {
                Policy::Insist
            } else {
                Policy::Ignore
            },
        })
    }

    /// Whether a chain is good for a name now.
    pub(super) fn judge(
        &self,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> std::result::Result<(), Distrust> {
        let Some((own, issuers)) = chain.split_first() else {
            return Err(Distrust::Chain("no certificate was sent".to_owned()));
        };
        let verdict = if self.named.contains(own) {
            judge_named(own, name, now)
        } else {
            match &self.chains {
                Some(chains) => chains
                    .verify_server_cert(own, issuers, name, &[], now)
                    .map(|_| ()),
                None => Err(CertificateError::UnknownIssuer.into()),
            }
        };
        verdict.map_err(|error| explain(&error, chain))
    }
}

impl Verifier {
    /// Whether a certificate has a form that webpki refuses, and nobody minds (`-k`): those that
    /// `openssl x509 -req` makes are of version 1.
    fn is_odd_but_welcome(&self, own: &CertificateDer<'_>) -> bool {
        self.policy == Policy::Ignore && ParsedCertificate::try_from(own).is_err()
    }

    /// Refuses a signature of a scheme that was not offered.
    fn check_scheme(&self, scheme: SignatureScheme) -> std::result::Result<(), rustls::Error> {
        if self.schemes.contains(&scheme) {
            Ok(())
        } else {
            Err(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme.into())
        }
    }

    /// Checks the signature of a handshake with the key of such a certificate.
    fn verify_with_bare_key(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        let key = bare_key(own).ok_or(CertificateError::BadEncoding)?;
        let schemes = self.algorithms.mapping.iter();
        schemes
            .filter(|(scheme, _)| *scheme == signed.scheme)
            .flat_map(|(_, algorithms)| algorithms.iter())
            .filter(|algorithm| algorithm.public_key_alg_id().as_ref() == key.algorithm)
            .find(|algorithm| {
                let verdict = algorithm.verify_signature(&key.bits, message, signed.signature());
                verdict.is_ok()
            })
            .map(|_| HandshakeSignatureValid::assertion())
            .ok_or_else(|| CertificateError::BadSignature.into())
    }
}

/// A certificate that was itself named as trusted needs no issuer, and may say that it is one, as
/// those of most local servers do; webpki alone refuses that. Its dates and names still count.
fn judge_named(
    own: &CertificateDer<'_>,
    name: &ServerName<'_>,
    now: UnixTime,
) -> std::result::Result<(), rustls::Error> {
    let parsed = ParsedCertificate::try_from(own)?;
    let words = describe(own);
    let seconds = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    if seconds < words.not_before {
        return Err(CertificateError::NotValidYet.into());
    }
    if seconds > words.not_after {
        return Err(CertificateError::Expired.into());
    }
    rustls::client::verify_server_name(&parsed, name)
}

/// A verdict of webpki, in OpenSSL's words as far as it has any, and what is behind it.
fn explain(error: &rustls::Error, chain: &[CertificateDer<'_>]) -> Distrust {
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

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        if self.policy == Policy::Ignore {
            return Ok(ServerCertVerified::assertion());
        }
        let chain: Vec<CertificateDer<'static>> = std::iter::once(end_entity)
            .chain(intermediates)
            .map(|certificate| certificate.clone().into_owned())
            .collect();
        match self.judge(&chain, server_name, now) {
            Ok(()) => Ok(ServerCertVerified::assertion()),
            Err(distrust) => {
                let refused = Arc::new(Refused { chain, distrust });
                Err(CertificateError::Other(OtherError(refused)).into())
            }
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        self.check_scheme(dss.scheme)?;
        if self.is_odd_but_welcome(cert) {
            return self.verify_with_bare_key(message, cert, dss);
        }
        rustls::crypto::verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        self.check_scheme(dss.scheme)?;
        if self.is_odd_but_welcome(cert) {
            return self.verify_with_bare_key(message, cert, dss);
        }
        rustls::crypto::verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes.clone()
    }
}
