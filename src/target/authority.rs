//! The parts of an authority.
//!
//! Knows: what brackets and zones look like, and which names lie below which. Must not know: where the
//! text comes from, or what an address is good for.
//!
//! Sources: RFC 3986, 3.2.2 (brackets); RFC 4007, 11 (zones); RFC 6265, 5.1.3 (domains).

/// The host without the brackets of an IPv6 address, where it has them.
pub fn without_brackets(host: &str) -> &str {
    let inside = host.strip_prefix('[');
    inside
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(host)
}

/// An address and the zone behind it: `fe80::1%eth0`.
pub fn split_zone(host: &str) -> (&str, Option<&str>) {
    match host.split_once('%') {
        Some((address, zone)) => (address, Some(zone)),
        None => (host, None),
    }
}

/// Whether `host` is `domain` or lies below it.
pub fn is_within(host: &[u8], domain: &[u8]) -> bool {
    let start = host.len().checked_sub(domain.len());
    let Some((above, end)) = start.and_then(|start| host.split_at_checked(start)) else {
        return false;
    };
    end.eq_ignore_ascii_case(domain) && (above.is_empty() || above.ends_with(b"."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_and_zones_are_taken_off() {
        for (host, bare, address, zone) in [
            ("a.test", "a.test", "a.test", None),
            ("[::1]", "::1", "::1", None),
            ("[::1", "[::1", "[::1", None),
            ("[fe80::1%lo]", "fe80::1%lo", "fe80::1", Some("lo")),
            ("fe80::1%", "fe80::1%", "fe80::1", Some("")),
        ] {
            assert_eq!(without_brackets(host), bare);
            assert_eq!(split_zone(bare), (address, zone));
        }
    }

    #[test]
    fn a_domain_has_itself_and_what_lies_below_it() {
        for (host, domain, expected) in [
            ("a.test", "a.test", true),
            ("b.A.test", "a.TEST", true),
            ("ba.test", "a.test", false),
            ("test", "a.test", false),
            ("b\u{fc}.test", "\u{fc}.test", false),
            ("a.test", "", false),
        ] {
            assert_eq!(is_within(host.as_bytes(), domain.as_bytes()), expected);
        }
    }
}
