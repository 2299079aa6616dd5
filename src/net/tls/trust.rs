//! Whether to trust.
//!
//! Knows: whether a chain is good for a name at a time, and whether a handshake was signed by it.
//! Must not know: sockets, or the rest of a handshake.
//!
//! Sources: RFC 5280 (6, path validation, by `webpki`), RFC 9525 (names), curl's `--crlfile`,
//! `--cert-status` and `--sigalgs`.

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

use super::anchors::Anchors;
use super::certificate::{bare_key, describe};
use super::signatures;
use super::staple::{self, Issuers};
use super::verdict::{Refused, distrust, explain};
use crate::error::{Error, Result, reason};
use crate::event::{Distrust, Fault};
use crate::plan::Tls;

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

/// Whether the server has to prove that its certificate is not revoked (`--cert-status`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Proof {
    Demanded,
    NotAskedFor,
}

/// Judges the certificates of a server.
#[derive(Debug)]
pub(super) struct Verifier {
    /// None when nobody at all is trusted.
    chains: Option<Arc<WebPkiServerVerifier>>,
    named: Vec<CertificateDer<'static>>,
    roots: Arc<RootCertStore>,
    algorithms: WebPkiSupportedAlgorithms,
    /// The signatures that a handshake may have.
    schemes: Vec<SignatureScheme>,
    policy: Policy,
    proof: Proof,
}

impl Verifier {
    pub(super) fn new(
        settings: &Tls,
        anchors: Anchors,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Self> {
        let Anchors { roots, named } = anchors;
        let crls = settings.crl_file.as_deref();
        let crls = crls.map_or(Ok(Vec::new()), read_revocations)?;
        // Being named does not help a certificate that may have been revoked.
        let named = if crls.is_empty() { named } else { Vec::new() };
        let roots = Arc::new(roots);
        let chains = if roots.is_empty() {
            None
        } else {
            let built =
                WebPkiServerVerifier::builder_with_provider(roots.clone(), provider.clone())
                    .with_crls(crls)
                    .enforce_revocation_expiration()
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
            roots,
            algorithms,
            schemes: signatures::chosen(algorithms.supported_schemes(), settings)?,
            policy: if settings.verify {
                Policy::Insist
            } else {
                Policy::Ignore
            },
            proof: if settings.certificate_status {
                Proof::Demanded
            } else {
                Proof::NotAskedFor
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
            return Err(distrust(Fault::Missing, "no certificate was sent"));
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
    /// Whether what was stapled to the certificate (RFC 6066, 8) is the proof demanded.
    fn judge_proof(
        &self,
        stapled: &[u8],
        chain: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> std::result::Result<(), Distrust> {
        let Some(own) = chain.first().filter(|_| self.proof == Proof::Demanded) else {
            return Ok(());
        };
        if stapled.is_empty() {
            return Err(distrust(Fault::Status, "No OCSP response received"));
        }
        let issuers = Issuers {
            chain,
            roots: &self.roots.roots,
            algorithms: self.algorithms,
        };
        staple::check(stapled, own, &issuers, now).map_err(|reason| distrust(Fault::Status, reason))
    }

    /// Refuses a signature that was not offered.
    fn expect_chosen(
        &self,
        signed: &DigitallySignedStruct,
    ) -> std::result::Result<(), rustls::Error> {
        if self.schemes.contains(&signed.scheme) {
            return Ok(());
        }
        Err(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme.into())
    }

    /// Whether a certificate has a form that webpki refuses, and nobody minds (`-k`): those that
    /// `openssl x509 -req` makes are of version 1.
    fn is_odd_but_welcome(&self, own: &CertificateDer<'_>) -> bool {
        self.policy == Policy::Ignore && ParsedCertificate::try_from(own).is_err()
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

    /// Checks the signature of a handshake; `usual` is how rustls does it.
    fn verify_handshake(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
        usual: Usual,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        self.expect_chosen(signed)?;
        let verdict = if self.is_odd_but_welcome(own) {
            self.verify_with_bare_key(message, own, signed)
        } else {
            usual(message, own, signed, &self.algorithms)
        };
        verdict.map_err(|error| match error {
            rustls::Error::InvalidCertificate(CertificateError::BadSignature) => {
                let reason = "the server's key is too weak, or did not sign the handshake";
                let distrust = distrust(Fault::WeakKey, reason);
                refusal(vec![own.clone().into_owned()], distrust)
            }
            other => other,
        })
    }
}

/// Checks the signature of a handshake of one version.
type Usual = fn(
    &[u8],
    &CertificateDer<'_>,
    &DigitallySignedStruct,
    &WebPkiSupportedAlgorithms,
) -> std::result::Result<HandshakeSignatureValid, rustls::Error>;

/// A verdict that rustls carries to whoever asked for the handshake.
fn refusal(chain: Vec<CertificateDer<'static>>, distrust: Distrust) -> rustls::Error {
    let refused = Arc::new(Refused { chain, distrust });
    CertificateError::Other(OtherError(refused)).into()
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

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        if self.policy == Policy::Ignore && self.proof == Proof::NotAskedFor {
            return Ok(ServerCertVerified::assertion());
        }
        let chain: Vec<CertificateDer<'static>> = std::iter::once(end_entity)
            .chain(intermediates)
            .map(|certificate| certificate.clone().into_owned())
            .collect();
        let verdict = match self.policy {
            Policy::Insist => self.judge(&chain, server_name, now),
            Policy::Ignore => Ok(()),
        };
        match verdict.and_then(|()| self.judge_proof(ocsp_response, &chain, now)) {
            Ok(()) => Ok(ServerCertVerified::assertion()),
            Err(distrust) => Err(refusal(chain, distrust)),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        self.verify_handshake(message, cert, dss, rustls::crypto::verify_tls12_signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        self.verify_handshake(message, cert, dss, rustls::crypto::verify_tls13_signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes.clone()
    }
}
