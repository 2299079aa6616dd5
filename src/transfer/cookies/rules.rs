//! Who may set which cookie, and who gets to see it (RFC 6265 §5.1.3, §5.1.4 and §5.3; the name
//! prefixes and secure cookies as in RFC 6265bis §5.7; the public suffix list).

use super::{Cookie, Origin, Refusal, Source};
use crate::target::authority::is_within;
use std::net::IpAddr;

/// Which hosts a cookie's domain stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// That host alone.
    Host,
    /// The host and every host below it.
    Subdomains,
}

/// Whether the host is written as an IPv4 or IPv6 address, which has no subdomains.
pub(super) fn is_ip_address(host: &[u8]) -> bool {
    std::str::from_utf8(host).is_ok_and(|host| host.parse::<IpAddr>().is_ok())
}

/// Whether `path` is `cookie_path` or lies below it (RFC 6265 §5.1.4): `/a/` has `/a/b` below it,
/// but `/a` is another path. curl does not tell the two apart.
fn path_match(cookie_path: &[u8], path: &[u8]) -> bool {
    path.strip_prefix(cookie_path)
        .is_some_and(|rest| cookie_path.ends_with(b"/") || matches!(rest, [] | [b'/', ..]))
}

/// Whether a request to `origin` carries the cookie.
pub(super) fn is_for(cookie: &Cookie, origin: &Origin<'_>) -> bool {
    let host = origin.host().as_bytes();
    let host_fits = match cookie.reach {
        // A file's header line without a domain: curl sends it to hosts given as an address only.
        _ if cookie.domain.is_empty() => origin.is_ip_address(),
        _ if cookie.domain.eq_ignore_ascii_case(host) => true,
        Reach::Host => false,
        // What a public suffix has set for itself is for that host alone (RFC 6265 §5.3, step 5).
        Reach::Subdomains => {
            !origin.is_ip_address()
                && is_within(host, &cookie.domain)
                && !is_shared(&cookie.domain, host)
        }
    };
    host_fits
        && path_match(&cookie.path, request_path(origin))
        && (!cookie.secure || origin.is_secure())
}

/// The path of the request without its query; `/` when there is none.
fn request_path<'a>(origin: &Origin<'a>) -> &'a [u8] {
    let path = origin.path.split('?').next().unwrap_or_default();
    if path.starts_with('/') {
        path.as_bytes()
    } else {
        b"/"
    }
}

/// The path of a cookie that names none: the request's up to its last slash (RFC 6265 §5.1.4).
pub(super) fn default_path(origin: &Origin<'_>) -> Vec<u8> {
    let path = request_path(origin);
    let slash = path.iter().rposition(|&octet| octet == b'/');
    let folder = slash.and_then(|slash| path.get(..slash));
    let folder = folder.filter(|folder| !folder.is_empty());
    folder.unwrap_or(b"/").to_vec()
}

/// A path as the file has it, which is curl's form: without one slash at its end. Several of them
/// are another matter: without them the cookie would come to be sent where it was not.
pub(super) fn path_in_file(path: &[u8]) -> &[u8] {
    match path.strip_suffix(b"/") {
        Some(bare) if !bare.is_empty() && !bare.ends_with(b"/") => bare,
        _ => path,
    }
}

/// A path as it is kept: without quotes around it; `/` when it does not begin with a slash.
/// Tidying what a file has of it changes nothing, so that a path survives the file.
pub(super) fn tidy_path(path: &[u8]) -> Vec<u8> {
    let mut path = unquoted(path);
    while path_in_file(path).ends_with(b"\"") {
        path = unquoted(path_in_file(path));
    }
    if path.starts_with(b"/") { path } else { b"/" }.to_vec()
}

fn unquoted(path: &[u8]) -> &[u8] {
    let start = path.iter().position(|&octet| octet != b'"');
    let end = path.iter().rposition(|&octet| octet != b'"');
    start
        .zip(end)
        .and_then(|(start, end)| path.get(start..=end))
        .unwrap_or_default()
}

/// Whether the cookie is one to replace the other. A file does not tell whether there was a slash
/// at the end of a path, so that a cookie out of a file may be either.
pub(super) fn same(cookie: &Cookie, other: &Cookie) -> bool {
    let slash_unknown = [cookie, other]
        .map(|one| one.source)
        .contains(&Source::File);
    cookie.name == other.name
        && cookie.reach == other.reach
        && cookie.domain.eq_ignore_ascii_case(&other.domain)
        && path_in_file(&cookie.path) == path_in_file(&other.path)
        && (slash_unknown || cookie.path == other.path)
}

/// What a file tells one cookie from another by.
pub(super) fn line_in_file(cookie: &Cookie) -> (&[u8], bool, Vec<u8>, &[u8]) {
    (
        &cookie.name,
        cookie.reach == Reach::Host,
        cookie.domain.to_ascii_lowercase(),
        path_in_file(&cookie.path),
    )
}

/// Whether a cookie from an insecure origin would be sent where the secure `old` one is meant:
/// same name, one domain within the other, and a path at or below the first segment of `old`'s,
/// so that `/login` guards `/login/en` but not `/loginhelper`.
pub(super) fn overlays(cookie: &Cookie, old: &Cookie) -> bool {
    let segment = old.path.iter().skip(1).position(|&octet| octet == b'/');
    let first = segment
        .and_then(|end| old.path.get(..=end))
        .unwrap_or(&old.path);
    old.secure
        && !cookie.secure
        && cookie.name == old.name
        && (is_within(&old.domain, &cookie.domain) || is_within(&cookie.domain, &old.domain))
        && path_match(first, &cookie.path)
}

/// Holds a name to what its prefix promises; in any case of letters, since some servers do not
/// tell them apart.
pub(super) fn check_prefix(cookie: &Cookie) -> Result<(), Refusal> {
    let begins = |prefix: &[u8]| {
        cookie
            .name
            .get(..prefix.len())
            .is_some_and(|name| name.eq_ignore_ascii_case(prefix))
    };
    let kept = if begins(b"__Secure-") {
        cookie.secure
    } else if begins(b"__Host-") {
        cookie.secure && cookie.path == b"/" && cookie.reach == Reach::Host
    } else {
        true
    };
    if kept { Ok(()) } else { Err(Refusal::Prefix) }
}

/// Whether a domain above a host is one that many unrelated sites share. `co.uk.` with its dot of the
/// root is as public as `co.uk`.
fn is_shared(domain: &[u8], host: &[u8]) -> bool {
    let host = host.to_ascii_lowercase();
    let length = domain.strip_suffix(b".").unwrap_or(domain).len();
    let suffix = psl::suffix(host.strip_suffix(b".").unwrap_or(&host));
    suffix.is_none_or(|suffix| length <= suffix.as_bytes().len())
}

/// Refuses a domain that is a public suffix, unless it is the host itself.
pub(super) fn check_public_suffix(cookie: &Cookie, origin: &Origin<'_>) -> Result<(), Refusal> {
    let host = origin.host().as_bytes();
    let own = cookie.domain.eq_ignore_ascii_case(host);
    if own || is_ip_address(&cookie.domain) || !is_shared(&cookie.domain, host) {
        Ok(())
    } else {
        Err(Refusal::PublicSuffix {
            name: cookie.name(),
            host: origin.host().to_owned(),
            domain: cookie.domain(),
        })
    }
}
