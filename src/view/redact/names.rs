//! Which names tell that a secret follows.
//!
//! Knows: the names of fields, members and parameters that carry secrets. Must not know: where a
//! name stands, or how a secret is shown. Names are compared by their letters and digits alone, so
//! `X-Api-Key`, `x_api_key` and `xApiKey` are one.

/// What a name says of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    /// All of it is a secret.
    Secret,
    /// A scheme, and what proves with it (RFC 9110, 11.4).
    Credentials,
    /// The parameters of a scheme (RFC 9110, 11.6.3).
    Proof,
    /// `name=value` between semicolons (RFC 6265, 4.2).
    Cookies,
    /// A cookie and its attributes (RFC 6265, 4.1).
    SetCookie,
}

/// Where a name stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The query or the fragment of a URL.
    Url,
    /// Anywhere else: a field, a member, a part of a form.
    Elsewhere,
}

/// Names that end so: `new_password`, `X-CSRF-Token`, `client_secret`.
const ENDINGS: [&str; 20] = [
    "accesskey",
    "accountkey",
    "apikey",
    "assertion",
    "authkey",
    "codeverifier",
    "credential",
    "credentials",
    "jwt",
    "otp",
    "passcode",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "secret",
    "secretkey",
    "sessionid",
    "subscriptionkey",
    "token",
];

/// Names that are these. The last ones are too common to mean it outside of URLs.
const WHOLE: [&str; 8] = [
    "auth", "pass", "passkey", "pin", "pwd", "session", "sid", "xauth",
];
const WHOLE_IN_URLS: [&str; 4] = ["code", "key", "sig", "signature"];

/// What this name says, if anything.
pub(super) fn says(name: &[u8], place: Place) -> Option<Says> {
    let letters = name.iter().filter(|octet| octet.is_ascii_alphanumeric());
    let name: Vec<u8> = letters.map(u8::to_ascii_lowercase).collect();
    let is = |known: &&str| name == known.as_bytes();
    let ends = |known: &&str| name.ends_with(known.as_bytes());
    if ends(&"authorization") {
        return Some(Says::Credentials);
    }
    match name.as_slice() {
        b"cookie" => return Some(Says::Cookies),
        b"setcookie" => return Some(Says::SetCookie),
        b"authenticationinfo" | b"proxyauthenticationinfo" => return Some(Says::Proof),
        _ => {}
    }
    // What CORS says of credentials is none (Fetch, 3.3.3).
    if name.starts_with(b"accesscontrol") {
        return None;
    }
    let in_url = place == Place::Url && (WHOLE_IN_URLS.iter().any(is) || ends(&"signature"));
    (ENDINGS.iter().any(ends) || WHOLE.iter().any(is) || in_url).then_some(Says::Secret)
}
