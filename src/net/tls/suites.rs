//! Cipher suites, groups, signature schemes and versions by the names people give them.
//!
//! Knows: OpenSSL's and IANA's names, and which of them are left when a user chooses. Must not
//! know: anything else of TLS.

use rustls::crypto::{CryptoProvider, SupportedKxGroup};
use rustls::{
    CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme, SupportedCipherSuite,
    SupportedProtocolVersion,
};

use crate::error::{Error, Exit, Result};
use crate::plan::{Tls, TlsVersion};

/// The suites of TLS 1.2: IANA's code, IANA's name, OpenSSL's name.
const SUITES: &[(CipherSuite, &str, &str)] = &[
    (
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
    ),
    (
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "ECDHE-ECDSA-AES128-GCM-SHA256",
    ),
    (
        CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        "ECDHE-ECDSA-CHACHA20-POLY1305",
    ),
    (
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384",
    ),
    (
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "ECDHE-RSA-AES128-GCM-SHA256",
    ),
    (
        CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
        "ECDHE-RSA-CHACHA20-POLY1305",
    ),
    (
        CipherSuite::TLS13_AES_256_GCM_SHA384,
        "TLS_AES_256_GCM_SHA384",
        "TLS_AES_256_GCM_SHA384",
    ),
    (
        CipherSuite::TLS13_AES_128_GCM_SHA256,
        "TLS_AES_128_GCM_SHA256",
        "TLS_AES_128_GCM_SHA256",
    ),
    (
        CipherSuite::TLS13_CHACHA20_POLY1305_SHA256,
        "TLS_CHACHA20_POLY1305_SHA256",
        "TLS_CHACHA20_POLY1305_SHA256",
    ),
];

/// Groups by their names; the first one is shown.
const GROUPS: &[(NamedGroup, &[&str])] = &[
    (NamedGroup::X25519, &["X25519"]),
    (NamedGroup::secp256r1, &["secp256r1", "prime256v1", "P-256"]),
    (NamedGroup::secp384r1, &["secp384r1", "P-384"]),
    (NamedGroup::secp521r1, &["secp521r1", "P-521"]),
    (NamedGroup::X25519MLKEM768, &["X25519MLKEM768"]),
];

/// Signature schemes by their names: the one of RFC 8446, and OpenSSL's pair of key and hash.
#[rustfmt::skip]
const SCHEMES: &[(SignatureScheme, &str, &str)] = &[
    (SignatureScheme::ECDSA_NISTP256_SHA256, "ecdsa_secp256r1_sha256", "ECDSA+SHA256"),
    (SignatureScheme::ECDSA_NISTP384_SHA384, "ecdsa_secp384r1_sha384", "ECDSA+SHA384"),
    (SignatureScheme::ED25519, "ed25519", "ed25519"),
    (SignatureScheme::RSA_PSS_SHA256, "rsa_pss_rsae_sha256", "RSA-PSS+SHA256"),
    (SignatureScheme::RSA_PSS_SHA384, "rsa_pss_rsae_sha384", "RSA-PSS+SHA384"),
    (SignatureScheme::RSA_PSS_SHA512, "rsa_pss_rsae_sha512", "RSA-PSS+SHA512"),
    (SignatureScheme::RSA_PKCS1_SHA256, "rsa_pkcs1_sha256", "RSA+SHA256"),
    (SignatureScheme::RSA_PKCS1_SHA384, "rsa_pkcs1_sha384", "RSA+SHA384"),
    (SignatureScheme::RSA_PKCS1_SHA512, "rsa_pkcs1_sha512", "RSA+SHA512"),
];

/// OpenSSL's name of a suite, as curl shows it.
pub(super) fn suite_name(suite: CipherSuite) -> String {
    let known = SUITES.iter().find(|(code, ..)| *code == suite);
    known.map_or_else(|| format!("{suite:?}"), |(.., name)| (*name).to_owned())
}

/// The name of a group, as curl shows it.
pub(super) fn group_name(group: NamedGroup) -> String {
    let known = GROUPS.iter().find(|(code, _)| *code == group);
    let name = known.and_then(|(_, names)| names.first());
    name.map_or_else(|| format!("{group:?}"), |name| (*name).to_owned())
}

/// The name of a version, as curl shows it.
pub(super) fn version_name(version: ProtocolVersion) -> &'static str {
    match version {
        ProtocolVersion::TLSv1_3 => "TLSv1.3",
        ProtocolVersion::TLSv1_2 => "TLSv1.2",
        _ => "TLS",
    }
}

/// The versions between both limits; below 1.2 there are none.
pub(super) fn versions(settings: &Tls) -> Result<Vec<&'static SupportedProtocolVersion>> {
    let (least, most) = (settings.least, settings.most);
    if most != TlsVersion::Default && most < TlsVersion::V1_2 {
        let reason =
            "TLS versions below 1.2 are unsafe and not supported: --tls-max must be 1.2 or 1.3";
        return Err(Error::new(Exit::SslConnectError, reason));
    }
    if most != TlsVersion::Default && least > most {
        let reason = "--tls-max is below the least TLS version asked for";
        return Err(Error::new(Exit::SslConnectError, reason));
    }
    let mut versions = Vec::new();
    if most != TlsVersion::V1_2 {
        versions.push(&rustls::version::TLS13);
    }
    if least != TlsVersion::V1_3 {
        versions.push(&rustls::version::TLS12);
    }
    Ok(versions)
}

/// Leaves in a provider only what the user chose, in the user's order.
pub(super) fn narrow(provider: &mut CryptoProvider, settings: &Tls) -> Result<()> {
    let is_13 = |suite: &SupportedCipherSuite| suite.tls13().is_some();
    let (mut modern, mut older): (Vec<_>, Vec<_>) =
        provider.cipher_suites.iter().copied().partition(is_13);
    if let Some(list) = &settings.ciphers13 {
        modern = choose_suites(&modern, list);
        if modern.is_empty() {
            return Err(Error::no_cipher("TLS 1.3 cipher suite", list));
        }
    }
    if let Some(list) = &settings.ciphers {
        older = choose_suites(&older, list);
        if older.is_empty() {
            return Err(Error::no_cipher("cipher list", list));
        }
    }
    provider.cipher_suites = [modern, older].concat();
    if let Some(list) = &settings.curves {
        provider.kx_groups = choose_groups(&provider.kx_groups, list);
        if provider.kx_groups.is_empty() {
            return Err(Error::no_cipher("curves list", list));
        }
    }
    Ok(())
}

/// The schemes that a server may sign with: those known, or of them the ones that the user chose, in
/// the user's order. Unknown names are passed over.
pub(super) fn signature_schemes(
    known: Vec<SignatureScheme>,
    settings: &Tls,
) -> Result<Vec<SignatureScheme>> {
    let Some(list) = &settings.signature_algorithms else {
        return Ok(known);
    };
    let named = |word: &str| {
        let is = |name: &str| name.eq_ignore_ascii_case(word);
        let row = SCHEMES.iter().find(|(_, name, pair)| is(name) || is(pair));
        row.map(|(scheme, ..)| *scheme)
    };
    let chosen: Vec<_> = list
        .split(':')
        .filter_map(named)
        .filter(|scheme| known.contains(scheme))
        .collect();
    if chosen.is_empty() {
        return Err(Error::no_cipher("signature algorithms", list));
    }
    Ok(chosen)
}

/// The suites that a list names. As with OpenSSL, unknown names are passed over, `!NAME` and
/// `-NAME` take away, and `ALL`, `DEFAULT` and `HIGH` stand for every suite.
fn choose_suites(known: &[SupportedCipherSuite], list: &str) -> Vec<SupportedCipherSuite> {
    let mut chosen: Vec<SupportedCipherSuite> = Vec::new();
    for word in list.split([':', ',', ' ']).filter(|word| !word.is_empty()) {
        let named = |suite: &SupportedCipherSuite, word: &str| {
            let row = SUITES.iter().find(|(code, ..)| *code == suite.suite());
            let everything = ["ALL", "DEFAULT", "HIGH"].contains(&word);
            everything || row.is_some_and(|(_, iana, openssl)| word == *iana || word == *openssl)
        };
        match word.strip_prefix(['!', '-']) {
            Some(word) => chosen.retain(|suite| !named(suite, word)),
            None => {
                for suite in known.iter().filter(|suite| named(suite, word)) {
                    if !chosen.contains(suite) {
                        chosen.push(*suite);
                    }
                }
            }
        }
    }
    chosen
}

fn choose_groups(
    known: &[&'static dyn SupportedKxGroup],
    list: &str,
) -> Vec<&'static dyn SupportedKxGroup> {
    let code = |word: &str| {
        let row = GROUPS
            .iter()
            .find(|(_, names)| names.iter().any(|name| name.eq_ignore_ascii_case(word)));
        row.map(|(code, _)| *code)
    };
    list.split([':', ','])
        .filter_map(code)
        .filter_map(|code| known.iter().find(|group| group.name() == code).copied())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suites_are_chosen_by_both_names_in_the_order_given() {
        let check = |list: &str, expected: &[&str]| {
            let provider = crate::net::tls::settings::provider();
            let older: Vec<_> = provider
                .cipher_suites
                .into_iter()
                .filter(|suite| suite.tls13().is_none())
                .collect();
            let chosen = choose_suites(&older, list);
            let names: Vec<_> = chosen
                .iter()
                .map(|suite| suite_name(suite.suite()))
                .collect();
            assert_eq!(names, expected, "{list}");
        };
        check(
            "ECDHE-RSA-AES128-GCM-SHA256:TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            &[
                "ECDHE-RSA-AES128-GCM-SHA256",
                "ECDHE-ECDSA-AES256-GCM-SHA384",
            ],
        );
        check(
            "NULL,RC4-SHA ECDHE-RSA-AES128-GCM-SHA256",
            &["ECDHE-RSA-AES128-GCM-SHA256"],
        );
        check("no-such-suite", &[]);
        check("ECDHE-RSA-AES128-GCM-SHA256:!ALL", &[]);
    }

    #[test]
    fn signature_schemes_are_chosen_by_both_names_in_the_order_given() {
        use SignatureScheme as S;
        let check = |list: &str, expected: &[SignatureScheme]| {
            let settings = Tls {
                signature_algorithms: Some(list.to_owned()),
                ..Tls::default()
            };
            let provider = crate::net::tls::settings::provider();
            let known = provider
                .signature_verification_algorithms
                .supported_schemes();
            let chosen = signature_schemes(known, &settings).unwrap_or_default();
            assert_eq!(chosen, expected, "{list}");
        };
        check(
            "rsa_pss_rsae_sha256:ECDSA+SHA256:RSA+SHA1",
            &[S::RSA_PSS_SHA256, S::ECDSA_NISTP256_SHA256],
        );
        check(
            "ed25519:ecdsa+sha384",
            &[S::ED25519, S::ECDSA_NISTP384_SHA384],
        );
        check("nonsense", &[]);
    }

    #[test]
    fn versions_below_1_2_cannot_be_had() {
        let check = |least, most, expected: Option<usize>| {
            let settings = Tls {
                least,
                most,
                ..Tls::default()
            };
            let versions = versions(&settings).ok().map(|versions| versions.len());
            assert_eq!(versions, expected, "{least:?} {most:?}");
        };
        check(TlsVersion::Default, TlsVersion::Default, Some(2));
        check(TlsVersion::V1_0, TlsVersion::V1_2, Some(1));
        check(TlsVersion::V1_3, TlsVersion::Default, Some(1));
        check(TlsVersion::V1_3, TlsVersion::V1_2, None);
        check(TlsVersion::Default, TlsVersion::V1_1, None);
    }
}
