//! X.509 certificates in words.
//!
//! Knows: how curl words names, keys and signatures. Must not know: whom to trust. Nothing here
//! fails: of a certificate that cannot be taken apart, only its octets are told.
//!
//! Sources: RFC 5280 (certificates), RFC 4514 (escapes in names), RFC 8017 and 5480 (keys).

use std::fmt::Write as _;
use std::net::IpAddr;

use x509_cert::Certificate as Parsed;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::der::asn1::{ObjectIdentifier, UintRef};
use x509_cert::der::{AnyRef, Decode, Encode, Reader, SliceReader, Tag, Tagged};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{AuthorityInfoAccessSyntax, BasicConstraints, SubjectAltName};
use x509_cert::name::Name;
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use super::pin::pin;
use crate::event::Certificate;

/// A certificate in words.
pub(super) fn describe(der: &[u8]) -> Certificate {
    let bare = Certificate {
        der: der.to_vec(),
        ..Certificate::default()
    };
    let Ok(parsed) = Parsed::from_der(der) else {
        return bare;
    };
    let body = parsed.tbs_certificate();
    let key = body.subject_public_key_info();
    let time = |time: x509_cert::time::Time| {
        i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX)
    };
    Certificate {
        subject: name(body.subject()),
        issuer: name(body.issuer()),
        not_before: time(body.validity().not_before),
        not_after: time(body.validity().not_after),
        names: alternative_names(&parsed),
        serial: hexadecimal(body.serial_number().as_bytes()),
        version: (body.version() as u8).saturating_add(1),
        key: describe_key(key),
        key_algorithm: algorithm(&key.algorithm.oid),
        signature_algorithm: algorithm(&parsed.signature_algorithm().oid),
        authority: is_authority(&parsed),
        issuer_url: issuer_url(&parsed),
        pin: key.to_der().map(|key| pin(&key)).unwrap_or_default(),
        ..bare
    }
}

/// The public key as it stands in a certificate (`SubjectPublicKeyInfo`, DER).
pub(super) fn public_key(der: &[u8]) -> Option<Vec<u8>> {
    let parsed = Parsed::from_der(der).ok()?;
    parsed
        .tbs_certificate()
        .subject_public_key_info()
        .to_der()
        .ok()
}

/// A public key apart from its certificate.
pub(super) struct BareKey {
    /// The algorithm and its parameters, DER without the outer header.
    pub(super) algorithm: Vec<u8>,
    /// The key.
    pub(super) bits: Vec<u8>,
}

/// The public key of any certificate, of version 1 too, which webpki does not read.
pub(super) fn bare_key(der: &[u8]) -> Option<BareKey> {
    let parsed = Parsed::from_der(der).ok()?;
    let key = parsed.tbs_certificate().subject_public_key_info();
    let algorithm = key.algorithm.to_der().ok()?;
    Some(BareKey {
        algorithm: AnyRef::from_der(&algorithm).ok()?.value().to_vec(),
        bits: key.subject_public_key.as_bytes()?.to_vec(),
    })
}

/// The name of a certificate that stands for a host, as the certificate spells it.
pub(super) fn matching_name<'a>(names: &'a [String], host: &str) -> Option<&'a String> {
    names.iter().find(|name| {
        let wildcard = name
            .strip_prefix("*.")
            .zip(host.split_once('.'))
            .is_some_and(|(rest, (_, parent))| rest.eq_ignore_ascii_case(parent));
        name.eq_ignore_ascii_case(host) || (wildcard && host.parse::<IpAddr>().is_err())
    })
}

/// A name as OpenSSL prints it for curl: `O=Seeds; CN=localhost`, a plus between equals.
fn name(name: &Name) -> String {
    let sets = name.iter_rdn().map(|set| {
        let parts: Vec<String> = set.iter().map(attribute).collect();
        parts.join(" + ")
    });
    sets.collect::<Vec<_>>().join("; ")
}

fn attribute(attribute: &AttributeTypeAndValue) -> String {
    let oid = attribute.oid.to_string();
    let key = ATTRIBUTES
        .iter()
        .find(|(known, _)| *known == oid)
        .map_or(oid.as_str(), |(_, key)| key);
    let octets = attribute.value.value();
    let value = match attribute.value.tag() {
        Tag::Utf8String
        | Tag::PrintableString
        | Tag::Ia5String
        | Tag::VisibleString
        | Tag::NumericString => escaped(String::from_utf8_lossy(octets).chars()),
        Tag::TeletexString => escaped(octets.iter().copied().map(char::from)),
        Tag::BmpString => {
            let units = octets.chunks_exact(2).map(|pair| match pair {
                [high, low] => u16::from_be_bytes([*high, *low]),
                _ => 0,
            });
            let text = char::decode_utf16(units);
            escaped(text.map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)))
        }
        _ => format!("#{}", hexadecimal(octets)),
    };
    format!("{key}={value}")
}

/// RFC 4514 escapes, and none of the controls: names come from strangers.
fn escaped(text: impl Iterator<Item = char>) -> String {
    let mut out = String::new();
    for c in text {
        match c {
            ',' | '+' | '"' | '\\' | '<' | '>' | ';' => out.extend(['\\', c]),
            '#' | ' ' if out.is_empty() => out.extend(['\\', c]),
            c if c.is_control() => {
                let mut octets = [0; 4];
                for octet in c.encode_utf8(&mut octets).bytes() {
                    let _ = write!(out, "\\{octet:02X}");
                }
            }
            c => out.push(c),
        }
    }
    out
}

fn alternative_names(parsed: &Parsed) -> Vec<String> {
    let Ok(Some((_, SubjectAltName(names)))) = parsed.tbs_certificate().get_extension() else {
        return Vec::new();
    };
    let readable = |name: &GeneralName| match name {
        GeneralName::DnsName(name) => Some(escaped(name.as_str().chars())),
        GeneralName::IpAddress(octets) => address(octets.as_bytes()).map(|ip| ip.to_string()),
        _ => None,
    };
    names.iter().filter_map(readable).collect()
}

fn is_authority(parsed: &Parsed) -> bool {
    let constraints = parsed.tbs_certificate().get_extension();
    matches!(
        constraints,
        Ok(Some((_, BasicConstraints { ca: true, .. })))
    )
}

/// Where the issuer's certificate can be had.
fn issuer_url(parsed: &Parsed) -> Option<String> {
    const ISSUERS: &str = "1.3.6.1.5.5.7.48.2";
    let (_, AuthorityInfoAccessSyntax(ways)) = parsed.tbs_certificate().get_extension().ok()??;
    let mut urls = ways.iter().filter_map(|way| match &way.access_location {
        GeneralName::UniformResourceIdentifier(url) if way.access_method.to_string() == ISSUERS => {
            Some(url.as_str())
        }
        _ => None,
    });
    urls.find(|url| url.starts_with("http") && url.bytes().all(|octet| octet.is_ascii_graphic()))
        .map(str::to_owned)
}

fn address(octets: &[u8]) -> Option<IpAddr> {
    <[u8; 4]>::try_from(octets)
        .map(IpAddr::from)
        .or_else(|_| <[u8; 16]>::try_from(octets).map(IpAddr::from))
        .ok()
}

/// `EC/prime256v1 (256/128 Bits/secBits)`.
fn describe_key(key: &SubjectPublicKeyInfoOwned) -> String {
    let kind = key.algorithm.oid.to_string();
    let (kind, bits, strength) = match kind.as_str() {
        RSA => {
            let bits = modulus_bits(key).unwrap_or(0);
            ("RSA".to_owned(), bits, strength_of_modulus(bits))
        }
        ELLIPTIC => {
            let curve = key.algorithm.parameters.as_ref();
            let curve = curve.and_then(|any| any.decode_as::<ObjectIdentifier>().ok());
            let curve = curve.map(|oid| oid.to_string()).unwrap_or_default();
            let known = CURVES.iter().find(|(oid, ..)| *oid == curve);
            let (_, name, bits, strength) = known.unwrap_or(&("", "unknown curve", 0, 0));
            (format!("EC/{name}"), *bits, *strength)
        }
        "1.3.101.112" => ("ED25519".to_owned(), 256, 128),
        "1.3.101.113" => ("ED448".to_owned(), 456, 224),
        _ => return algorithm(&key.algorithm.oid),
    };
    format!("{kind} ({bits}/{strength} Bits/secBits)")
}

fn modulus_bits(key: &SubjectPublicKeyInfoOwned) -> Option<u32> {
    let octets = key.subject_public_key.as_bytes()?;
    let pair = AnyRef::from_der(octets).ok()?;
    let mut fields = SliceReader::new(pair.value()).ok()?;
    let modulus: UintRef<'_> = fields.decode().ok()?;
    let octets = modulus.as_bytes();
    let first = octets.first()?;
    let bits = u32::try_from(octets.len()).ok()?.checked_mul(8)?;
    bits.checked_sub(first.leading_zeros())
}

/// NIST SP 800-57, table 2, and what OpenSSL computes between.
fn strength_of_modulus(bits: u32) -> u32 {
    let steps = [
        (15360, 256),
        (8192, 200),
        (7680, 192),
        (6144, 176),
        (4096, 152),
        (3072, 128),
    ];
    let more = [(2048, 112), (1024, 80)];
    let mut all = steps.into_iter().chain(more);
    all.find(|(least, _)| bits >= *least)
        .map_or(0, |(_, strength)| strength)
}

fn algorithm(oid: &ObjectIdentifier) -> String {
    let oid = oid.to_string();
    let known = ALGORITHMS.iter().find(|(known, _)| *known == oid);
    known.map_or(oid.clone(), |(_, name)| (*name).to_owned())
}

fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().fold(String::new(), |mut text, octet| {
        let _ = write!(text, "{octet:02x}");
        text
    })
}

const RSA: &str = "1.2.840.113549.1.1.1";
const ELLIPTIC: &str = "1.2.840.10045.2.1";

/// Types of attributes and OpenSSL's short names for them.
const ATTRIBUTES: &[(&str, &str)] = &[
    ("2.5.4.3", "CN"),
    ("2.5.4.4", "SN"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.9", "street"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.12", "title"),
    ("2.5.4.13", "description"),
    ("2.5.4.15", "businessCategory"),
    ("2.5.4.17", "postalCode"),
    ("2.5.4.42", "GN"),
    ("2.5.4.43", "initials"),
    ("2.5.4.46", "dnQualifier"),
    ("2.5.4.97", "organizationIdentifier"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
    ("1.3.6.1.4.1.311.60.2.1.1", "jurisdictionL"),
    ("1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST"),
    ("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC"),
];

/// Curves: OpenSSL's name, the size of a key and its strength in bits.
const CURVES: &[(&str, &str, u32, u32)] = &[
    ("1.2.840.10045.3.1.7", "prime256v1", 256, 128),
    ("1.3.132.0.34", "secp384r1", 384, 192),
    ("1.3.132.0.35", "secp521r1", 521, 256),
    ("1.3.132.0.10", "secp256k1", 256, 128),
    ("1.3.132.0.33", "secp224r1", 224, 112),
    ("1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1", 256, 128),
    ("1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1", 384, 192),
    ("1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1", 512, 256),
];

/// Algorithms of keys and signatures, with OpenSSL's long names.
const ALGORITHMS: &[(&str, &str)] = &[
    (RSA, "rsaEncryption"),
    (ELLIPTIC, "id-ecPublicKey"),
    ("1.2.840.10040.4.1", "dsaEncryption"),
    ("1.2.840.113549.1.1.4", "md5WithRSAEncryption"),
    ("1.2.840.113549.1.1.5", "sha1WithRSAEncryption"),
    ("1.2.840.113549.1.1.10", "rsassaPss"),
    ("1.2.840.113549.1.1.11", "sha256WithRSAEncryption"),
    ("1.2.840.113549.1.1.12", "sha384WithRSAEncryption"),
    ("1.2.840.113549.1.1.13", "sha512WithRSAEncryption"),
    ("1.2.840.113549.1.1.14", "sha224WithRSAEncryption"),
    ("1.2.840.10045.4.1", "ecdsa-with-SHA1"),
    ("1.2.840.10045.4.3.1", "ecdsa-with-SHA224"),
    ("1.2.840.10045.4.3.2", "ecdsa-with-SHA256"),
    ("1.2.840.10045.4.3.3", "ecdsa-with-SHA384"),
    ("1.2.840.10045.4.3.4", "ecdsa-with-SHA512"),
    ("1.3.101.112", "ED25519"),
    ("1.3.101.113", "ED448"),
];
