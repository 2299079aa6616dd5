//! Cipher suites, groups and versions by the names people give them.
//!
//! Knows: OpenSSL's and IANA's names, and which of them are left when a user chooses. Must not
//! know: anything else of TLS.

use rustls::crypto::{CryptoProvider, SupportedKxGroup};
use rustls::{
    CipherSuite, NamedGroup, ProtocolVersion, SupportedCipherSuite, SupportedProtocolVersion,
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

/// Groups by their names; the first one is shown. Some are known by name alone.
const GROUPS: &[(NamedGroup, &[&str])] = &[
    (NamedGroup::X25519, &["X25519"]),
    (NamedGroup::secp256r1, &["secp256r1", "prime256v1", "P-256"]),
    (NamedGroup::secp384r1, &["secp384r1", "P-384"]),
    (NamedGroup::secp521r1, &["secp521r1", "P-521"]),
    (NamedGroup::X448, &["X448"]),
    (NamedGroup::FFDHE2048, &["ffdhe2048"]),
    (NamedGroup::FFDHE3072, &["ffdhe3072"]),
    (NamedGroup::FFDHE4096, &["ffdhe4096"]),
    (NamedGroup::FFDHE6144, &["ffdhe6144"]),
    (NamedGroup::FFDHE8192, &["ffdhe8192"]),
    (NamedGroup::MLKEM512, &["MLKEM512"]),
    (NamedGroup::MLKEM768, &["MLKEM768"]),
    (NamedGroup::MLKEM1024, &["MLKEM1024"]),
    (NamedGroup::X25519MLKEM768, &["X25519MLKEM768"]),
    (NamedGroup::secp256r1MLKEM768, &["SecP256r1MLKEM768"]),
    (NamedGroup::Unknown(0x11ed), &["SecP384r1MLKEM1024"]),
    (NamedGroup::Unknown(0x1a), &["brainpoolP256r1"]),
    (NamedGroup::Unknown(0x1b), &["brainpoolP384r1"]),
    (NamedGroup::Unknown(0x1c), &["brainpoolP512r1"]),
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

/// What a word of a cipher list does with the suites it stands for (OpenSSL's `ciphers`).
enum Edit {
    Add,
    /// `+`: moves them to the end.
    Postpone,
    /// `-`: takes them out; a later word may bring them back.
    Remove,
    /// `!`: takes them out for good.
    Ban,
}

/// The suites that a list names. As with OpenSSL, unknown names are passed over; `@STRENGTH` and
/// `@SECLEVEL` mean nothing where every suite is strong.
fn choose_suites(known: &[SupportedCipherSuite], list: &str) -> Vec<SupportedCipherSuite> {
    let mut known = known.to_vec();
    let mut chosen: Vec<SupportedCipherSuite> = Vec::new();
    let words = list.split([':', ',', ';', ' ']);
    let words = words.filter_map(|word| word.split('@').next());
    for word in words.filter(|word| !word.is_empty()) {
        let (edit, expression) = edit(word);
        let fits = |suite: &SupportedCipherSuite| fits(suite.suite(), expression);
        match edit {
            Edit::Add => {
                let mut more = known.clone();
                more.retain(|suite| fits(suite) && !chosen.contains(suite));
                chosen.append(&mut more);
            }
            Edit::Postpone => chosen.sort_by_key(fits),
            Edit::Remove => chosen.retain(|suite| !fits(suite)),
            Edit::Ban => {
                chosen.retain(|suite| !fits(suite));
                known.retain(|suite| !fits(suite));
            }
        }
    }
    chosen
}

fn edit(word: &str) -> (Edit, &str) {
    let edits = [('+', Edit::Postpone), ('-', Edit::Remove), ('!', Edit::Ban)];
    let mut cut = edits
        .into_iter()
        .filter_map(|(sign, edit)| Some((edit, word.strip_prefix(sign)?)));
    cut.next().unwrap_or((Edit::Add, word))
}

/// Whether a suite is one of those that an expression stands for: a name, or classes with a plus
/// between them.
fn fits(suite: CipherSuite, expression: &str) -> bool {
    let row = SUITES.iter().find(|(code, ..)| *code == suite);
    row.is_some_and(|(_, iana, openssl)| {
        let is = |word: &str| word == *iana || word == *openssl || is_of_class(openssl, word);
        expression.split('+').all(is)
    })
}

/// OpenSSL's classes, as far as a suite with ephemeral keys and authenticated encryption can be in
/// them.
fn is_of_class(openssl: &str, class: &str) -> bool {
    match class {
        "ALL" | "DEFAULT" | "HIGH" | "TLSv1.2" => true,
        "ECDHE" | "EECDH" | "kECDHE" | "kEECDH" | "ECDH" => openssl.starts_with("ECDHE-"),
        "ECDSA" | "aECDSA" => openssl.contains("-ECDSA-"),
        "aRSA" => openssl.contains("-RSA-"),
        "AES" | "AESGCM" => openssl.contains("AES"),
        "AES128" | "AES256" | "CHACHA20" => openssl.contains(class),
        _ => false,
    }
}

/// The groups that a list names. As with OpenSSL, a name that nobody knows spoils the list.
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
    let codes: Option<Vec<NamedGroup>> = list.split([':', ',']).map(code).collect();
    let codes = codes.unwrap_or_default().into_iter();
    codes
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
        check(
            "!AES:!aRSA:HIGH@SECLEVEL=1",
            &["ECDHE-ECDSA-CHACHA20-POLY1305"],
        );
        check(
            "ECDHE+AES256:-aRSA:+ALL:@STRENGTH",
            &["ECDHE-ECDSA-AES256-GCM-SHA384"],
        );
        check(
            "aRSA:+AES128:-CHACHA20:aRSA+CHACHA20",
            &[
                "ECDHE-RSA-AES256-GCM-SHA384",
                "ECDHE-RSA-AES128-GCM-SHA256",
                "ECDHE-RSA-CHACHA20-POLY1305",
            ],
        );
    }

    #[test]
    fn groups_are_chosen_by_any_name_unless_one_is_unknown() {
        let check = |list: &str, expected: &[NamedGroup]| {
            let provider = crate::net::tls::settings::provider();
            let chosen = choose_groups(&provider.kx_groups, list);
            let codes: Vec<_> = chosen.iter().map(|group| group.name()).collect();
            assert_eq!(codes, expected, "{list}");
        };
        let (p256, x25519) = (NamedGroup::secp256r1, NamedGroup::X25519);
        check("prime256v1:x25519", &[p256, x25519]);
        check("X448:P-521:X25519", &[x25519]);
        check("X25519:bogus", &[]);
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
