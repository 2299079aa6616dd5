//! A name that was wanted, and those that a certificate has instead.
//!
//! Knows: the ways in which a certificate for nearly this host comes about. Must not know: chains or
//! trust. Pure.
//!
//! Source: RFC 9525 (6.3, wildcards stand for one label; 2, nobody reads the common name).

use std::net::IpAddr;

/// How a certificate misses a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Miss {
    /// It has the name with `www.`, or without.
    Www(String),
    /// Its wildcard stands for names beside this one, which has none in front.
    Bare(String),
    /// Its wildcard stands for one label, and this name has more.
    TooDeep(String),
    /// An address was asked for, and it has host names.
    Address(String),
    /// It is for this machine under another name.
    Loopback(String),
    /// The name stands in its subject only.
    CommonName,
    /// It has no name at all.
    Nameless,
    /// It is for somebody else.
    SomebodyElse,
}

/// Tells how these names, and this subject, miss a host.
pub(super) fn miss(wanted: &str, names: &[String], subject: &str) -> Miss {
    let wanted = wanted.to_ascii_lowercase();
    let common = common_name(subject).to_ascii_lowercase();
    if names.is_empty() {
        return if common == wanted {
            Miss::CommonName
        } else {
            Miss::Nameless
        };
    }
    let is_loopback = |name: &str| matches!(name, "localhost" | "127.0.0.1" | "::1");
    if is_loopback(&wanted)
        && let Some(name) = names.iter().find(|name| is_loopback(name.as_str()))
    {
        return Miss::Loopback(name.clone());
    }
    if wanted.parse::<IpAddr>().is_ok() {
        let name = names.iter().find(|name| name.parse::<IpAddr>().is_err());
        return name.map_or(Miss::SomebodyElse, |name| Miss::Address(name.clone()));
    }
    let other = match wanted.strip_prefix("www.") {
        Some(bare) => bare.to_owned(),
        None => format!("www.{wanted}"),
    };
    if let Some(name) = names.iter().find(|name| name.eq_ignore_ascii_case(&other)) {
        return Miss::Www(name.clone());
    }
    names
        .iter()
        .find_map(|name| by_wildcard(&wanted, name))
        .unwrap_or(Miss::SomebodyElse)
}

fn by_wildcard(wanted: &str, name: &str) -> Option<Miss> {
    let parent = name.strip_prefix("*.")?.to_ascii_lowercase();
    if wanted == parent {
        return Some(Miss::Bare(name.to_owned()));
    }
    let below = wanted.strip_suffix(&parent)?.strip_suffix('.')?;
    below.contains('.').then(|| Miss::TooDeep(name.to_owned()))
}

/// The common name of a subject such as `O=Seeds; CN=localhost`.
fn common_name(subject: &str) -> &str {
    let mut parts = subject.split("; ");
    parts
        .find_map(|part| part.strip_prefix("CN="))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses_are_told_from_far_ones() {
        let check = |wanted: &str, names: &[&str], subject: &str, expected: Miss| {
            let list: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
            assert_eq!(miss(wanted, &list, subject), expected, "{wanted} {names:?}");
        };
        let named = str::to_owned;
        check("a.com", &["www.a.com"], "", Miss::Www(named("www.a.com")));
        check("WWW.a.com", &["A.com"], "", Miss::Www(named("A.com")));
        check(
            "a.com",
            &["x.com", "*.a.com"],
            "",
            Miss::Bare(named("*.a.com")),
        );
        check(
            "x.y.a.com",
            &["*.a.com"],
            "",
            Miss::TooDeep(named("*.a.com")),
        );
        check("xa.com", &["*.a.com"], "", Miss::SomebodyElse);
        check(
            "10.0.0.1",
            &["10.0.0.2", "a.com"],
            "",
            Miss::Address(named("a.com")),
        );
        check("10.0.0.1", &["10.0.0.2"], "", Miss::SomebodyElse);
        check(
            "127.0.0.1",
            &["localhost"],
            "",
            Miss::Loopback(named("localhost")),
        );
        check(
            "localhost",
            &["a.com", "::1"],
            "",
            Miss::Loopback(named("::1")),
        );
        check("a.com", &[], "O=x; CN=a.com", Miss::CommonName);
        check("a.com", &[], "O=x; CN=b.com", Miss::Nameless);
        check("a.com", &["b.com"], "CN=a.com", Miss::SomebodyElse);
    }
}
