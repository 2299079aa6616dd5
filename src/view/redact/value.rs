//! Values in which secrets stand: credentials, cookies, URLs.
//!
//! Knows: which part of a value is the secret. Must not know: messages, or what a mark looks like.
//!
//! Sources: RFC 9110, 11 (credentials); RFC 7617 (Basic); RFC 7616 (Digest); RFC 6265 (cookies).

#![expect(
    clippy::arithmetic_side_effects,
    reason = "positions and counts within one bounded text: no sum comes near the end of its type"
)]

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::names::{Place, Says, says};
use super::secrets::{Secrets, is_mark};

/// What a proof shows that was made with a secret. It is another one each time, so it has no number.
const MADE: &[u8] = b"<signature>";

/// Parameters of a scheme that tell no secret …
const PUBLIC: [&str; 24] = [
    "algorithm",
    "charset",
    "cnonce",
    "created",
    "domain",
    "expires",
    "headers",
    "keyid",
    "nc",
    "nextnonce",
    "nonce",
    "oauth_nonce",
    "oauth_signature_method",
    "oauth_timestamp",
    "oauth_version",
    "opaque",
    "qop",
    "realm",
    "scope",
    "signedheaders",
    "stale",
    "uri",
    "userhash",
    "username",
];
/// … and those that were made with one.
const PROOFS: [&str; 7] = [
    "hash",
    "mac",
    "oauth_signature",
    "response",
    "rspauth",
    "sig",
    "signature",
];

/// A value of a name that says this, with marks.
pub(super) fn marked(says: Says, value: &[u8], secrets: &mut Secrets) -> Vec<u8> {
    match says {
        Says::Secret => secrets.mark(value),
        Says::Credentials => credentials(value, secrets),
        Says::Proof => parameters(value, secrets),
        Says::Cookies => {
            let cookies = value.split(|&octet| octet == b';');
            let cookies: Vec<_> = cookies.map(|cookie| pair(cookie, secrets)).collect();
            cookies.join(&b';')
        }
        Says::SetCookie => {
            let end = value.iter().position(|&octet| octet == b';');
            let (cookie, attributes) = value.split_at(end.unwrap_or(value.len()));
            [&pair(cookie, secrets), attributes].concat()
        }
    }
}

/// Text in which URLs may stand, and secrets that came before.
pub(super) fn text(text: &[u8], secrets: &mut Secrets) -> Option<Vec<u8>> {
    let mut edits = Vec::new();
    for place in userinfo(text) {
        let part = text.get(place.clone()).unwrap_or_default();
        edits.push((place, secrets.mark_encoded(part)));
    }
    for place in url_parameters(text) {
        let part = text.get(place.clone()).unwrap_or_default();
        edits.push((place, secrets.mark_encoded(part)));
    }
    edits.sort_by_key(|(place, _)| place.start);
    let spliced = (!edits.is_empty()).then(|| spliced(text, &edits));
    let recognised = secrets.recognised(spliced.as_deref().unwrap_or(text));
    recognised.or(spliced)
}

/// A text with these places, in order, replaced.
pub(super) fn spliced(text: &[u8], edits: &[(Range<usize>, Vec<u8>)]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut copied = 0;
    for (place, replacement) in edits {
        if place.start < copied {
            continue;
        }
        out.extend_from_slice(text.get(copied..place.start).unwrap_or_default());
        out.extend_from_slice(replacement);
        copied = place.end;
    }
    out.extend_from_slice(text.get(copied..).unwrap_or_default());
    out
}

/// A scheme and what follows it; of a word alone nobody knows that it is no secret.
fn credentials(value: &[u8], secrets: &mut Secrets) -> Vec<u8> {
    if is_mark(value) {
        return value.to_vec();
    }
    let end = value.iter().position(u8::is_ascii_whitespace);
    let Some((scheme, rest)) = end.and_then(|end| value.split_at_checked(end)) else {
        return secrets.mark(value);
    };
    let proof = rest.trim_ascii_start();
    let blanks = rest.len() - proof.len();
    let proof = if scheme.eq_ignore_ascii_case(b"Basic") {
        basic(proof, secrets)
    } else if has_parameters(proof) {
        parameters(proof, secrets)
    } else {
        secrets.mark(proof)
    };
    [scheme, rest.get(..blanks).unwrap_or_default(), &proof].concat()
}

/// The password is the secret; the user name is not worth a mark of its own.
fn basic(proof: &[u8], secrets: &mut Secrets) -> Vec<u8> {
    let decoded = STANDARD.decode(proof).unwrap_or_default();
    match decoded.iter().position(|&octet| octet == b':') {
        Some(colon) if colon + 1 < decoded.len() => {
            secrets.mark_as(decoded.get(colon + 1..).unwrap_or_default(), proof)
        }
        _ => secrets.mark(proof),
    }
}

/// Whether these are parameters, as against one token that may end with `=`.
fn has_parameters(proof: &[u8]) -> bool {
    let name = proof.iter().position(|octet| !is_name(*octet));
    let after = name.filter(|&end| end > 0).and_then(|end| proof.get(end..));
    matches!(after, Some([b'=', next, ..]) if *next != b'=')
}

fn is_name(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"-_.*".contains(&octet)
}

fn parameters(proof: &[u8], secrets: &mut Secrets) -> Vec<u8> {
    let mut out = Vec::with_capacity(proof.len());
    for part in unquoted_split(proof, b',') {
        if !out.is_empty() {
            out.push(b',');
        }
        let Some(equals) = part.iter().position(|&octet| octet == b'=') else {
            out.extend_from_slice(part);
            continue;
        };
        let (name, value) = part.split_at(equals + 1);
        out.extend_from_slice(name);
        let name = name.strip_suffix(b"=").unwrap_or(name).trim_ascii();
        out.extend(parameter(name, value, secrets));
    }
    out
}

fn parameter(name: &[u8], value: &[u8], secrets: &mut Secrets) -> Vec<u8> {
    let is = |known: &&str| name.eq_ignore_ascii_case(known.as_bytes());
    if PUBLIC.iter().any(is) {
        return value.to_vec();
    }
    let inside = unquoted(value);
    let part = value.get(inside.clone()).unwrap_or_default();
    if PROOFS.iter().any(is) {
        return spliced(value, &[(inside, MADE.to_vec())]);
    }
    // SigV4: the name of the key, and behind it what it is good for.
    let key = name
        .eq_ignore_ascii_case(b"Credential")
        .then(|| part.iter().position(|&octet| octet == b'/'));
    let end = inside.start + key.flatten().unwrap_or(part.len());
    let secret = value.get(inside.start..end).unwrap_or_default();
    let mark = secrets.mark(secret);
    spliced(value, &[(inside.start..end, mark)])
}

/// `name=value`: the value is the secret; without a name, all of it.
fn pair(pair: &[u8], secrets: &mut Secrets) -> Vec<u8> {
    let start = pair
        .iter()
        .position(|&octet| octet == b'=')
        .map_or(0, |at| at + 1);
    let inside = unquoted(pair.get(start..).unwrap_or_default());
    let place = start + inside.start..start + inside.end;
    let mark = secrets.mark(pair.get(place.clone()).unwrap_or_default());
    spliced(pair, &[(place, mark)])
}

/// Where a value stands within its blanks and quotes.
fn unquoted(value: &[u8]) -> Range<usize> {
    let start = value.len() - value.trim_ascii_start().len();
    let end = value.trim_ascii_end().len().max(start);
    match value.get(start..end) {
        Some([b'"', inside @ .., b'"']) => start + 1..start + 1 + inside.len(),
        _ => start..end,
    }
}

/// Splits where no quotes are open.
fn unquoted_split(text: &[u8], at: u8) -> impl Iterator<Item = &[u8]> {
    let mut quoted = false;
    text.split(move |&octet| {
        quoted ^= octet == b'"';
        octet == at && !quoted
    })
}

/// Ends an authority, and everything else of a URL that stands in a text.
fn ends_authority(octet: u8) -> bool {
    b"/?#".contains(&octet) || ends_url(octet)
}

fn ends_url(octet: u8) -> bool {
    octet <= b' ' || b"\"'<>\\`{}|)".contains(&octet)
}

/// Passwords of URLs, or all that stands before the `@` where there is no colon.
fn userinfo(text: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (at, _) in text
        .windows(3)
        .enumerate()
        .filter(|(_, three)| three == b"://")
    {
        let start = at + 3;
        let rest = text.get(start..).unwrap_or_default();
        let length = rest.iter().position(|octet| ends_authority(*octet));
        let authority = rest.get(..length.unwrap_or(rest.len())).unwrap_or_default();
        let Some(end) = authority.iter().rposition(|&octet| octet == b'@') else {
            continue;
        };
        let user = authority.iter().take(end).position(|&octet| octet == b':');
        found.push(start + user.map_or(0, |colon| colon + 1)..start + end);
    }
    found
}

/// Values of parameters whose names tell that they are secrets.
fn url_parameters(text: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let begins = |octet: &u8| b"?&;#".contains(octet);
    for (at, _) in text.iter().enumerate().filter(|(_, octet)| begins(octet)) {
        let rest = text.get(at + 1..).unwrap_or_default();
        let name = rest
            .iter()
            .position(|octet| !is_name(*octet) && *octet != b'%');
        let Some(equals) = name.filter(|end| rest.get(*end) == Some(&b'=')) else {
            continue;
        };
        if says(rest.get(..equals).unwrap_or_default(), Place::Url).is_none() {
            continue;
        }
        let value = rest.get(equals + 1..).unwrap_or_default();
        let end = value
            .iter()
            .position(|octet| begins(octet) || ends_url(*octet));
        let start = at + 1 + equals + 1;
        found.push(start..start + end.unwrap_or(value.len()));
    }
    found
}
