//! What is stapled to a certificate: an OCSP response, signed by its issuer or in the issuer's name.
//!
//! Knows: whether such a response proves that a certificate is not revoked at a time. Must not know:
//! how the certificate's chain is judged, or where the response came from. Each refusal is in curl's
//! words.
//!
//! Sources: RFC 6960 (2.2 and 3.2: what is accepted; 4.2.1: syntax; 4.2.2.2: who may sign), RFC 6066, 8.

use std::time::Duration;

use ring::digest::{self, SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA384, SHA512};
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::{TrustAnchor, UnixTime};
use x509_cert::Certificate;
use x509_cert::der::asn1::{GeneralizedTime, ObjectIdentifier};
use x509_cert::der::oid::db::rfc5280::ID_KP_OCSP_SIGNING;
use x509_cert::der::{
    AnyRef, Decode as _, Encode as _, Reader as _, SliceReader, Tag, Tagged as _,
};
use x509_cert::ext::pkix::ExtendedKeyUsage;

use super::certificate::{BareKey, bare_key};

/// `id-pkix-ocsp-basic`, the one kind of response (RFC 6960, 4.2.1).
const BASIC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.1");

/// Clocks may differ by so much, as in curl.
const SKEW: Duration = Duration::from_mins(5);

/// The hashes by which a response may name an issuer.
const HASHES: [(&str, &digest::Algorithm); 4] = [
    ("1.3.14.3.2.26", &SHA1_FOR_LEGACY_USE_ONLY),
    ("2.16.840.1.101.3.4.2.1", &SHA256),
    ("2.16.840.1.101.3.4.2.2", &SHA384),
    ("2.16.840.1.101.3.4.2.3", &SHA512),
];

const MALFORMED: &str = "Invalid OCSP response";

/// Who may have issued a certificate, and how signatures are checked.
pub(super) struct Issuers<'a> {
    /// Certificates, DER.
    pub(super) chain: &'a [rustls::pki_types::CertificateDer<'a>],
    /// Roots that were not sent along.
    pub(super) roots: &'a [TrustAnchor<'a>],
    pub(super) algorithms: WebPkiSupportedAlgorithms,
}

/// Checks what is stapled to a certificate.
///
/// # Errors
/// Why it is no proof, in words.
pub(super) fn check(
    stapled: &[u8],
    own: &[u8],
    issuers: &Issuers<'_>,
    now: UnixTime,
) -> Result<(), String> {
    let own = Certificate::from_der(own).map_err(|_| MALFORMED.to_owned())?;
    let response = Response::read(stapled)?;
    let issuer = issuers
        .of(&own)
        .ok_or("OCSP response verification failed: the issuer of the certificate is not known")?;
    if !response.is_signed_for(&issuer, issuers.algorithms, now) {
        return Err("OCSP response verification failed".to_owned());
    }
    let single = response.about(&own, &issuer);
    let single = single.ok_or("Could not find certificate ID in OCSP response")?;
    let (since, until) = single.times();
    let now = Duration::from_secs(now.as_secs());
    let is_early = since.ok_or(MALFORMED)? > now.saturating_add(SKEW);
    if is_early || until.is_some_and(|until| until.saturating_add(SKEW) < now) {
        return Err("OCSP response has expired".to_owned());
    }
    match single.status {
        0 => Ok(()),
        1 => Err("SSL certificate status: revoked (1)".to_owned()),
        _ => Err("SSL certificate status: unknown (2)".to_owned()),
    }
}

impl Issuers<'_> {
    /// The key that signed a certificate.
    fn of(&self, own: &Certificate) -> Option<BareKey> {
        let sent = self.chain.iter().filter_map(|der| bare_key(der));
        let roots = self.roots.iter().filter_map(|root| {
            let [algorithm, bits] = parts(&root.subject_public_key_info)?.try_into().ok()?;
            Some(BareKey {
                algorithm: algorithm.value().to_vec(),
                bits: bits.value().get(1..)?.to_vec(),
            })
        });
        sent.chain(roots)
            .find(|key| has_signed(key, own, self.algorithms))
    }
}

/// A response whose signature is not checked yet.
struct Response<'a> {
    /// What is signed, whole.
    signed: AnyRef<'a>,
    algorithm: AnyRef<'a>,
    signature: &'a [u8],
    singles: Vec<Single<'a>>,
    /// Certificates of whom the issuer lets sign.
    certificates: Vec<AnyRef<'a>>,
}

/// What a response says of one certificate.
struct Single<'a> {
    hash: ObjectIdentifier,
    name: &'a [u8],
    key: &'a [u8],
    serial: &'a [u8],
    /// 0 is good, 1 is revoked, 2 is unknown.
    status: u32,
    rest: Vec<AnyRef<'a>>,
}

impl<'a> Response<'a> {
    fn read(stapled: &'a [u8]) -> Result<Self, String> {
        let outer = sequence(stapled).ok_or(MALFORMED)?;
        let status = outer.first().and_then(|status| status.value().first());
        match status {
            Some(0) => {}
            Some(status) => return Err(format!("Invalid OCSP response status: ({status})")),
            None => return Err(MALFORMED.to_owned()),
        }
        Self::basic(&outer).ok_or_else(|| MALFORMED.to_owned())
    }

    fn basic(outer: &[AnyRef<'a>]) -> Option<Self> {
        let [kind, octets] = parts(one(outer.get(1)?)?.value())?.try_into().ok()?;
        if kind.decode_as::<ObjectIdentifier>().ok()? != BASIC {
            return None;
        }
        let basic = sequence(octets.value())?;
        let (&[signed, algorithm, signature], rest) = basic.split_first_chunk()?;
        let data = parts(signed.value())?;
        let singles = data.iter().find(|part| part.tag() == Tag::Sequence)?;
        let singles = parts(singles.value())?;
        let certificates = match rest.first() {
            Some(certificates) => parts(one(certificates)?.value())?,
            None => Vec::new(),
        };
        Some(Self {
            signed,
            algorithm,
            signature: signature.value().get(1..)?,
            singles: singles.iter().map(Single::read).collect::<Option<_>>()?,
            certificates,
        })
    }

    /// Whether the issuer signed this, or somebody whom it lets sign.
    fn is_signed_for(
        &self,
        issuer: &BareKey,
        algorithms: WebPkiSupportedAlgorithms,
        now: UnixTime,
    ) -> bool {
        let delegates = self.certificates.iter().filter_map(|der| {
            let der = der.to_der().ok()?;
            let certificate = Certificate::from_der(&der).ok()?;
            let body = certificate.tbs_certificate();
            let (_, usage) = body.get_extension::<ExtendedKeyUsage>().ok()??;
            let now = Duration::from_secs(now.as_secs());
            let validity = body.validity();
            let in_time = validity.not_before.to_unix_duration() <= now
                && now <= validity.not_after.to_unix_duration();
            let allowed = usage.0.contains(&ID_KP_OCSP_SIGNING);
            let welcome = allowed && in_time && has_signed(issuer, &certificate, algorithms);
            bare_key(&der).filter(|_| welcome)
        });
        let Ok(message) = self.signed.to_der() else {
            return false;
        };
        let signed = Signed {
            algorithm: self.algorithm.value(),
            message: &message,
            signature: self.signature,
        };
        signed.by(issuer, algorithms)
            || delegates.into_iter().any(|key| signed.by(&key, algorithms))
    }

    /// What it says of a certificate of this issuer.
    fn about(&self, own: &Certificate, issuer: &BareKey) -> Option<&Single<'a>> {
        let body = own.tbs_certificate();
        let name = body.issuer().to_der().ok()?;
        let serial = body.serial_number().to_der().ok()?;
        let serial = AnyRef::from_der(&serial).ok()?.value();
        self.singles.iter().find(|single| {
            let hash = HASHES
                .iter()
                .find(|(oid, _)| single.hash.to_string() == *oid);
            hash.is_some_and(|(_, hash)| {
                single.name == digest::digest(hash, &name).as_ref()
                    && single.key == digest::digest(hash, &issuer.bits).as_ref()
                    && single.serial == serial
            })
        })
    }
}

impl<'a> Single<'a> {
    fn read(part: &AnyRef<'a>) -> Option<Self> {
        let fields = parts(part.value())?;
        let (&[id, status], rest) = fields.split_first_chunk()?;
        let [hash, name, key, serial] = parts(id.value())?.try_into().ok()?;
        let hash = parts(hash.value())?;
        Some(Self {
            hash: hash.first()?.decode_as().ok()?,
            name: name.value(),
            key: key.value(),
            serial: serial.value(),
            status: status.tag().number().value(),
            rest: rest.to_vec(),
        })
    }

    /// Since when this holds, and until when, in Unix time.
    fn times(&self) -> (Option<Duration>, Option<Duration>) {
        let time = |part: AnyRef<'_>| {
            let time = part.decode_as::<GeneralizedTime>().ok()?;
            Some(time.to_unix_duration())
        };
        let since = self.rest.first().copied().and_then(time);
        // Behind it, `[0]` holds the end and `[1]` extensions.
        let until = self
            .rest
            .get(1)
            .filter(|part| part.tag().number().value() == 0);
        (since, until.and_then(one).and_then(time))
    }
}

/// Something signed.
struct Signed<'a> {
    /// DER without the outer header.
    algorithm: &'a [u8],
    message: &'a [u8],
    signature: &'a [u8],
}

impl Signed<'_> {
    fn by(&self, key: &BareKey, algorithms: WebPkiSupportedAlgorithms) -> bool {
        let fitting = algorithms.all.iter().filter(|it| {
            it.signature_alg_id().as_ref() == self.algorithm
                && it.public_key_alg_id().as_ref() == key.algorithm
        });
        fitting.into_iter().any(|algorithm| {
            let verdict = algorithm.verify_signature(&key.bits, self.message, self.signature);
            verdict.is_ok()
        })
    }
}

/// Whether this key signed a certificate.
fn has_signed(key: &BareKey, own: &Certificate, algorithms: WebPkiSupportedAlgorithms) -> bool {
    let message = own.tbs_certificate().to_der();
    let algorithm = own.signature_algorithm().to_der();
    let (Ok(message), Ok(algorithm)) = (message, algorithm) else {
        return false;
    };
    let (Ok(algorithm), Some(signature)) =
        (AnyRef::from_der(&algorithm), own.signature().as_bytes())
    else {
        return false;
    };
    let signed = Signed {
        algorithm: algorithm.value(),
        message: &message,
        signature,
    };
    signed.by(key, algorithms)
}

/// The parts of a sequence that is all of some octets.
fn sequence(octets: &[u8]) -> Option<Vec<AnyRef<'_>>> {
    let sequence = AnyRef::from_der(octets).ok()?;
    (sequence.tag() == Tag::Sequence).then_some(())?;
    parts(sequence.value())
}

/// What stands one after another in some octets.
fn parts(octets: &[u8]) -> Option<Vec<AnyRef<'_>>> {
    let mut reader = SliceReader::new(octets).ok()?;
    let mut parts = Vec::new();
    while !reader.is_finished() {
        parts.push(reader.decode().ok()?);
    }
    Some(parts)
}

/// What an explicit tag is around.
fn one<'a>(outer: &AnyRef<'a>) -> Option<AnyRef<'a>> {
    AnyRef::from_der(outer.value()).ok()
}
