//! Values in which secrets stand: credentials, cookies, URLs.
//!
//! Knows: which part of a value is the secret. Must not know: messages, or what a mark looks like.
//!
//! Sources: RFC 9110, 11 (credentials); RFC 7617 (Basic); RFC 7616 (Digest); RFC 6265 (cookies).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::names::{Place, Says, says};
use super::secrets::{Secrets, is_mark};
use crate::codec::text::{percent_decode, split_once};

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
    for part in userinfo(text).chain(url_parameters(text)) {
        edits.push((part, secrets.mark_encoded(part)));
    }
    // In the order of the text, of which all are parts.
    edits.sort_by_key(|(part, _)| part.as_ptr());
    let spliced = (!edits.is_empty()).then(|| spliced(text, &edits));
    let recognised = secrets.recognised(spliced.as_deref().unwrap_or(text));
    recognised.or(spliced)
}

/// A text with these parts of it, in order, replaced; one that begins within the one before is not.
fn spliced(text: &[u8], edits: &[(&[u8], Vec<u8>)]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    for (part, replacement) in edits {
        if let Some((before, behind)) = around(rest, part) {
            out.extend_from_slice(before);
            out.extend_from_slice(replacement);
            rest = behind;
        }
    }
    out.extend_from_slice(rest);
    out
}

/// What stands before this part of a text, and behind it; of an empty part nobody knows where it is.
fn around<'t>(text: &'t [u8], part: &[u8]) -> Option<(&'t [u8], &'t [u8])> {
    let start = text.element_offset(part.first()?)?;
    let (before, from) = text.split_at_checked(start)?;
    Some((before, from.strip_prefix(part)?))
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
    let blanks = rest.strip_suffix(proof).unwrap_or_default();
    let proof = if scheme.eq_ignore_ascii_case(b"Basic") {
        basic(proof, secrets)
    } else if has_parameters(proof) {
        parameters(proof, secrets)
    } else {
        secrets.mark(proof)
    };
    [scheme, blanks, &proof].concat()
}

/// The password is the secret; the user name is not worth a mark of its own.
fn basic(proof: &[u8], secrets: &mut Secrets) -> Vec<u8> {
    let decoded = STANDARD.decode(proof).unwrap_or_default();
    match split_once(&decoded, b':') {
        Some((_, password)) if !password.is_empty() => secrets.mark_as(password, proof),
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
        let Some((name, value)) = split_once(part, b'=') else {
            out.extend_from_slice(part);
            continue;
        };
        out.extend_from_slice(name);
        out.push(b'=');
        out.extend(parameter(name.trim_ascii(), value, secrets));
    }
    out
}

fn parameter(name: &[u8], value: &[u8], secrets: &mut Secrets) -> Vec<u8> {
    let is = |known: &&str| name.eq_ignore_ascii_case(known.as_bytes());
    if PUBLIC.iter().any(is) {
        return value.to_vec();
    }
    if PROOFS.iter().any(is) {
        return between_quotes(value, |_| MADE.to_vec());
    }
    // SigV4: the name of the key, and behind it what it is good for.
    let has_scope = name.eq_ignore_ascii_case(b"Credential");
    between_quotes(value, |part| {
        let end = part.iter().position(|&octet| octet == b'/' && has_scope);
        let (secret, scope) = part.split_at(end.unwrap_or(part.len()));
        [&secrets.mark(secret), scope].concat()
    })
}

/// `name=value`: the value is the secret; without a name, all of it.
fn pair(pair: &[u8], secrets: &mut Secrets) -> Vec<u8> {
    let value = split_once(pair, b'=').map_or(pair, |(_, value)| value);
    let name = pair.strip_suffix(value).unwrap_or_default();
    let value = between_quotes(value, |secret| secrets.mark(secret));
    [name, &value].concat()
}

/// A value with what stands between its blanks replaced.
pub(super) fn between_blanks(value: &[u8], replacement: impl FnOnce(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let from = value.trim_ascii_start();
    let part = from.trim_ascii_end();
    let before = value.strip_suffix(from).unwrap_or_default();
    let behind = from.strip_prefix(part).unwrap_or_default();
    [before, &replacement(part), behind].concat()
}

/// The same, and where quotes stand there, with what is between them.
fn between_quotes(value: &[u8], replacement: impl FnOnce(&[u8]) -> Vec<u8>) -> Vec<u8> {
    between_blanks(value, |part| match part {
        [b'"', inside @ .., b'"'] => [b"\"", &*replacement(inside), b"\""].concat(),
        _ => replacement(part),
    })
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
fn userinfo(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let rests = (0..text.len()).filter_map(|at| text.get(at..)?.strip_prefix(b"://"));
    rests.filter_map(|rest| {
        let authority = rest.split(|octet| ends_authority(*octet)).next()?;
        let user = authority.rsplitn(2, |&octet| octet == b'@').nth(1)?;
        Some(split_once(user, b':').map_or(user, |(_, password)| password))
    })
}

/// Values of parameters whose names tell that they are secrets.
fn url_parameters(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let parameters = text.split(|octet| b"?&;#".contains(octet)).skip(1);
    parameters.filter_map(|parameter| {
        let (name, value) = split_once(parameter, b'=')?;
        let fits = |octet: &u8| is_name(*octet) || *octet == b'%';
        if !name.iter().all(fits) || says(&percent_decode(name), Place::Url).is_none() {
            return None;
        }
        value.split(|octet| ends_url(*octet)).next()
    })
}
