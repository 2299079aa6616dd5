//! A name without an address: what the system said, and what was perhaps meant.
//!
//! Knows: slips of the finger in URLs and host names, and names that never have an address. Must not
//! know: resolvers.
//!
//! Sources: RFC 6761 and RFC 6762 (names of their own kind).

use super::case::{Case, Lookup};
use super::report::Report;
use super::words::distance;
use crate::target::{Scheme, Target};

/// Explains why a name has no address.
pub(super) fn explain(case: &Case, lookup: &Lookup, report: &mut Report) {
    let words = lookup.failure.as_deref().unwrap_or_default();
    report.saw(format!(
        "the name asked for: {}; the answer: {words}",
        lookup.host
    ));
    let of_the_url = case.stopover().is_none();
    let meant = of_the_url.then(|| meant(&case.typed, &lookup.host));
    if let Some(meant) = meant.flatten() {
        report.advise(format!("{meant}, if that was meant"));
        return;
    }
    if let Some(version) = words.strip_prefix("no IPv") {
        let option = version.chars().next().unwrap_or_default();
        report.advise(format!(
            "without -{option}, which leaves other addresses out"
        ));
        return;
    }
    if let Some(meaning) = meaning(words, &lookup.host) {
        report.conclude(meaning);
    }
    if of_the_url {
        let (host, port) = (&lookup.host, lookup.port);
        report.advise(format!(
            "--resolve {host}:{port}:ADDRESS, if you know the address"
        ));
    } else {
        report.advise("--noproxy '*', to go there without a proxy");
    }
}

/// What the system's answer means.
fn meaning(words: &str, host: &str) -> Option<String> {
    let last = host.rsplit('.').next().unwrap_or_default();
    let reserved = match last.to_ascii_lowercase().as_str() {
        "invalid" | "example" => Some("never has an address: it is kept for examples (RFC 6761)"),
        "test" => Some("is for tests, and known only where somebody set it up (RFC 6761)"),
        "local" => Some("is for machines of this network, found by mDNS (RFC 6762)"),
        _ => None,
    };
    if words.contains("Temporary failure") || words.contains("try again") {
        return Some(
            "No name server answered: is the network up, and are the name servers of \
             /etc/resolv.conf right?"
                .to_owned(),
        );
    }
    if let Some(reserved) = reserved {
        return Some(format!("A name that ends in .{last} {reserved}."));
    }
    if !host.contains('.') {
        return Some(
            "A name without a dot is known only in this network or in /etc/hosts.".to_owned(),
        );
    }
    words
        .contains("not known")
        .then(|| "Nobody has registered this name, or it has a slip in it.".to_owned())
}

/// The URL that was probably meant.
fn meant(typed: &str, host: &str) -> Option<String> {
    for scheme in [Scheme::Http, Scheme::Https] {
        let name = scheme.name();
        // `http//example.com`, `http:example.com` with a slash too few or too many.
        if host.eq_ignore_ascii_case(name)
            && let Some((_, rest)) = typed.split_once("//")
            && !rest.is_empty()
            && !typed.contains("://")
        {
            return Some(format!("{name}://{rest}"));
        }
    }
    let better = better_host(host)?;
    let at = typed
        .to_ascii_lowercase()
        .find(&host.to_ascii_lowercase())?;
    let (before, rest) = typed.split_at_checked(at)?;
    let after = rest.get(host.len()..)?;
    // What may be said again holds no password.
    (!before.contains('@')).then(|| format!("{before}{better}{after}"))
}

/// The host, and perhaps the port, that a host with a slip stands for.
fn better_host(host: &str) -> Option<String> {
    let host = host.to_ascii_lowercase();
    if host.contains(',') {
        return Some(host.replace(',', "."));
    }
    let (name, last) = host.rsplit_once('.').unwrap_or(("", &host));
    if name.is_empty() {
        let digits = last.trim_start_matches(|c: char| !c.is_ascii_digit());
        let letters = last.strip_suffix(digits).unwrap_or(last);
        if !digits.is_empty() && near(letters, "localhost") {
            return Some(format!("localhost:{digits}"));
        }
        if near(last, "localhost") {
            return Some("localhost".to_owned());
        }
        return None;
    }
    if last.parse::<u16>().is_ok() {
        return Some(format!("{name}:{last}"));
    }
    let (first, rest) = host.split_once('.').unwrap_or((&host, ""));
    if matches!(first, "ww" | "wwww" | "wwe" | "wew" | "wwq") {
        return Some(format!("www.{rest}"));
    }
    if let Some(joined) = first.strip_prefix("www")
        && joined.len() > 1
    {
        return Some(format!("www.{joined}.{rest}"));
    }
    let top = match last {
        "con" | "cmo" | "ocm" | "comm" | "vom" | "xom" => "com",
        "ogr" | "rog" | "orgg" => "org",
        "nte" | "ent" | "nett" => "net",
        _ => return None,
    };
    Some(format!("{name}.{top}"))
}

/// The same but for a slip.
fn near(word: &str, other: &str) -> bool {
    distance(word, other) <= 2
}

/// A URL whose scheme is not spoken: one with a slip, or another protocol.
pub(super) fn unknown_scheme(typed: &str, target: Option<&Target>, report: &mut Report) {
    let Some((scheme, rest)) = typed.split_once("://").filter(|_| target.is_none()) else {
        return;
    };
    let scheme = scheme.to_ascii_lowercase();
    let meant = [Scheme::Https, Scheme::Http]
        .into_iter()
        .map(Scheme::name)
        .min_by_key(|name| distance(name, &scheme));
    if let Some(meant) = meant.filter(|name| (1..=2).contains(&distance(name, &scheme)))
        && !matches!(scheme.as_str(), "ftp" | "tftp" | "sftp" | "ftps")
        && !rest.contains('@')
    {
        report.advise(format!("{meant}://{rest}, if that was meant"));
        return;
    }
    report.conclude("rcurl speaks http:// and https:// (and reads file://) only.");
    if let "ftp" | "ftps" | "sftp" | "scp" | "smtp" | "imap" | "pop3" | "ws" | "wss" | "dict"
    | "ldap" | "mqtt" | "telnet" | "gopher" | "tftp" | "rtsp" = scheme.as_str()
    {
        report.advise(format!("curl, which speaks {scheme}:// too"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_seen() {
        for (typed, host, expected) in [
            ("http//example.com/x", "http", Some("http://example.com/x")),
            ("https//example.com", "https", Some("https://example.com")),
            ("http://http", "http", None),
            ("localhst:8000/x", "localhst", Some("localhost:8000/x")),
            ("http://lcoalhost/", "lcoalhost", Some("http://localhost/")),
            ("localhost8080/x", "localhost8080", Some("localhost:8080/x")),
            ("http://Localhots/", "localhots", Some("http://localhost/")),
            (
                "http://example,com/",
                "example,com",
                Some("http://example.com/"),
            ),
            (
                "a.example.8080/x",
                "a.example.8080",
                Some("a.example:8080/x"),
            ),
            ("http://ww.a.com/", "ww.a.com", Some("http://www.a.com/")),
            ("http://wwwa1.com/", "wwwa1.com", Some("http://www.a1.com/")),
            ("http://a.con/", "a.con", Some("http://a.com/")),
            ("http://a.cmo:8/", "a.cmo", Some("http://a.com:8/")),
            ("http://u:p@a.con/", "a.con", None),
            ("http://shed/", "shed", None),
            ("http://a.test/", "a.test", None),
            ("http://www.a.com/", "www.a.com", None),
        ] {
            assert_eq!(meant(typed, host).as_deref(), expected, "{typed}");
        }
    }

    #[test]
    fn the_systems_words_are_understood() {
        for (words, host, expected) in [
            (
                "Temporary failure in name resolution",
                "a.com",
                "No name server",
            ),
            (
                "Name or service not known",
                "a.com",
                "Nobody has registered",
            ),
            ("Name or service not known", "shed", "A name without a dot"),
            (
                "Name or service not known",
                "a.invalid",
                "A name that ends in .invalid never",
            ),
        ] {
            let meaning = meaning(words, host).unwrap();
            assert!(meaning.starts_with(expected), "{meaning}");
        }
        assert_eq!(meaning("no IPv6 address was found", "a.com"), None);
    }
}
