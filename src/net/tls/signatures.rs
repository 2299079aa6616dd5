//! Signature algorithms by the names people give them.
//!
//! Knows: TLS 1.3's names (RFC 8446, 4.2.3), OpenSSL's older ones, and which of them are left when
//! a user chooses. Must not know: keys or certificates.

use rustls::SignatureScheme as Scheme;

use crate::error::{Error, Result};
use crate::plan::Tls;

/// Algorithms by their names; of the last five rustls has none.
const NAMES: &[(Scheme, &[&str])] = &[
    (
        Scheme::ECDSA_NISTP256_SHA256,
        &["ecdsa_secp256r1_sha256", "ECDSA+SHA256"],
    ),
    (
        Scheme::ECDSA_NISTP384_SHA384,
        &["ecdsa_secp384r1_sha384", "ECDSA+SHA384"],
    ),
    (
        Scheme::ECDSA_NISTP521_SHA512,
        &["ecdsa_secp521r1_sha512", "ECDSA+SHA512"],
    ),
    (Scheme::ED25519, &["ed25519"]),
    (
        Scheme::RSA_PSS_SHA256,
        &["rsa_pss_rsae_sha256", "RSA-PSS+SHA256", "PSS+SHA256"],
    ),
    (
        Scheme::RSA_PSS_SHA384,
        &["rsa_pss_rsae_sha384", "RSA-PSS+SHA384", "PSS+SHA384"],
    ),
    (
        Scheme::RSA_PSS_SHA512,
        &["rsa_pss_rsae_sha512", "RSA-PSS+SHA512", "PSS+SHA512"],
    ),
    (
        Scheme::RSA_PKCS1_SHA256,
        &["rsa_pkcs1_sha256", "RSA+SHA256"],
    ),
    (
        Scheme::RSA_PKCS1_SHA384,
        &["rsa_pkcs1_sha384", "RSA+SHA384"],
    ),
    (
        Scheme::RSA_PKCS1_SHA512,
        &["rsa_pkcs1_sha512", "RSA+SHA512"],
    ),
    (Scheme::ED448, &["ed448"]),
    (Scheme::Unknown(0x0809), &["rsa_pss_pss_sha256"]),
    (Scheme::Unknown(0x080A), &["rsa_pss_pss_sha384"]),
    (Scheme::Unknown(0x080B), &["rsa_pss_pss_sha512"]),
    (Scheme::RSA_PKCS1_SHA1, &["rsa_pkcs1_sha1", "RSA+SHA1"]),
    (Scheme::ECDSA_SHA1_Legacy, &["ecdsa_sha1", "ECDSA+SHA1"]),
];

/// Those that are left of the known ones, in the user's order (`--sigalgs`). As with OpenSSL, a
/// name that nobody knows spoils the list.
pub(super) fn chosen(known: Vec<Scheme>, settings: &Tls) -> Result<Vec<Scheme>> {
    let Some(list) = &settings.signature_algorithms else {
        return Ok(known);
    };
    let named: Option<Vec<Scheme>> = list.split(':').map(scheme).collect();
    let mut named = named.unwrap_or_default();
    named.retain(|scheme| known.contains(scheme));
    if named.is_empty() {
        return Err(Error::no_cipher("signature algorithms", list));
    }
    Ok(named)
}

fn scheme(word: &str) -> Option<Scheme> {
    let row = NAMES
        .iter()
        .find(|(_, names)| names.iter().any(|name| name.eq_ignore_ascii_case(word)));
    row.map(|(scheme, _)| *scheme)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn algorithms_are_chosen_by_both_names_in_the_order_given() {
        let check = |list: &str, expected: Option<&[Scheme]>| {
            let settings = Tls {
                signature_algorithms: Some(list.to_owned()),
                ..Tls::default()
            };
            let known = vec![Scheme::ED25519, Scheme::ECDSA_NISTP256_SHA256];
            let left = chosen(known, &settings).ok();
            assert_eq!(left.as_deref(), expected, "{list}");
        };
        check(
            "ecdsa_secp256r1_sha256:ed25519",
            Some(&[Scheme::ECDSA_NISTP256_SHA256, Scheme::ED25519]),
        );
        check(
            "ECDSA+SHA256:RSA+SHA1",
            Some(&[Scheme::ECDSA_NISTP256_SHA256]),
        );
        check("RSA+SHA1", None);
        check("ed25519:bogus", None);
        check("", None);
    }
}
