//! What a server or proxy asks for.
//!
//! Knows the field value of Bearer (RFC 6750), how `WWW-Authenticate` and `Proxy-Authenticate` are
//! read (RFC 9110 §11), and which scheme of those offered is taken. Digest itself is in `digest`.
//! Does not know when to ask again, nor where credentials come from.

use super::digest;
use std::fmt;

/// The value of an `Authorization` field with a bearer token.
pub fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

/// A way to authenticate that rcurl has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// RFC 7617.
    Basic,
    /// RFC 7616.
    Digest,
    /// RFC 6750.
    Bearer,
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Basic => "Basic",
            Self::Digest => "Digest",
            Self::Bearer => "Bearer",
        })
    }
}

/// The schemes that may be used, as `--basic`, `--digest`, `--anyauth` and `--oauth2-bearer` say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wanted(u8);

/// curl's order of preference.
const STRONGEST_FIRST: [Scheme; 3] = [Scheme::Bearer, Scheme::Digest, Scheme::Basic];

impl Wanted {
    /// No scheme at all.
    pub const NONE: Self = Self(0);
    /// `--basic`.
    pub const BASIC: Self = Self(1);
    /// `--digest`.
    pub const DIGEST: Self = Self(2);
    /// `--oauth2-bearer`: only wanted when there is a token.
    pub const BEARER: Self = Self(4);
    /// `--anyauth`, for a user name and a password.
    pub const ANY: Self = Self(Self::BASIC.0 | Self::DIGEST.0);

    /// Whether `scheme` is among them.
    pub fn has(self, scheme: Scheme) -> bool {
        self.0 & Self::from(scheme).0 != 0
    }

    /// The others.
    #[must_use]
    pub fn without(self, scheme: Scheme) -> Self {
        Self(self.0 & !Self::from(scheme).0)
    }

    /// The scheme, if it is one alone: that one is used without waiting to be asked.
    pub fn only(self) -> Option<Scheme> {
        STRONGEST_FIRST
            .into_iter()
            .find(|&scheme| self == Self::from(scheme))
    }
}

impl From<Scheme> for Wanted {
    fn from(scheme: Scheme) -> Self {
        match scheme {
            Scheme::Basic => Self::BASIC,
            Scheme::Digest => Self::DIGEST,
            Scheme::Bearer => Self::BEARER,
        }
    }
}

impl std::ops::BitOr for Wanted {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// What the challenges of one response offer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Offer {
    schemes: Wanted,
    digest: Option<digest::Challenge>,
}

impl Offer {
    /// Reads the value of one `WWW-Authenticate` or `Proxy-Authenticate` field line; any number of
    /// them may follow one another, each with any number of challenges. `sent` is the scheme whose
    /// credentials this response answers. Gives what `-v` tells, in order.
    pub fn read(&mut self, value: &[u8], sent: Option<Scheme>) -> Vec<Remark> {
        let mut remarks = Vec::new();
        for (scheme, parameters) in challenges(value) {
            let Some(scheme) = Scheme::named(scheme) else {
                continue;
            };
            let refused = match scheme {
                Scheme::Digest if self.digest.is_some() => {
                    remarks.push(Remark::Duplicate);
                    continue;
                }
                Scheme::Digest => {
                    self.digest = digest::Challenge::read(&parameters);
                    let stale = self.digest.as_ref().is_some_and(digest::Challenge::stale);
                    self.digest.is_none() || (sent == Some(scheme) && !stale)
                }
                Scheme::Basic | Scheme::Bearer => sent == Some(scheme),
            };
            self.schemes = self.schemes | scheme.into();
            if refused {
                remarks.push(Remark::Problem(scheme));
            }
        }
        remarks
    }

    /// The strongest scheme that is both wanted and offered, by curl's order: Bearer, Digest,
    /// Basic. A Digest challenge that cannot be answered counts for nothing. Credentials that were
    /// refused are for the caller not to send again, unless the challenge is stale.
    pub fn pick(&self, wanted: Wanted) -> Option<Scheme> {
        STRONGEST_FIRST.into_iter().find(|&scheme| {
            wanted.has(scheme)
                && self.schemes.has(scheme)
                && (scheme != Scheme::Digest || self.digest.is_some())
        })
    }

    /// The Digest challenge to answer.
    pub fn digest(&self) -> Option<&digest::Challenge> {
        self.digest.as_ref()
    }
}

/// What there is to say about a challenge, in curl's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remark {
    /// Credentials of this scheme were sent and refused, or its challenge makes no sense.
    Problem(Scheme),
    /// There was a Digest challenge already; curl looks at the first only.
    Duplicate,
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Problem(scheme) => write!(f, "{scheme} authentication problem, ignoring."),
            Self::Duplicate => f.write_str("Ignoring duplicate digest auth header."),
        }
    }
}

impl Scheme {
    fn named(name: &[u8]) -> Option<Self> {
        STRONGEST_FIRST
            .into_iter()
            .find(|scheme| name.eq_ignore_ascii_case(scheme.to_string().as_bytes()))
    }
}

/// The challenges of a field value: each scheme with its parameters, still as written.
///
/// A part between commas begins a challenge when its first word is not followed by `=`.
fn challenges(value: &[u8]) -> Vec<(&[u8], Vec<&[u8]>)> {
    let mut found: Vec<(&[u8], Vec<&[u8]>)> = Vec::new();
    for part in parts(value) {
        let word = part
            .iter()
            .position(|octet| b" \t=".contains(octet))
            .unwrap_or(part.len());
        let (word, rest) = part.split_at(word);
        let rest = rest.trim_ascii_start();
        if word.is_empty() || rest.first() == Some(&b'=') {
            if let Some((_, parameters)) = found.last_mut() {
                parameters.push(part);
            }
        } else {
            let first = if rest.is_empty() {
                Vec::new()
            } else {
                vec![rest]
            };
            found.push((word, first));
        }
    }
    found
}

/// The parts of `value` between the commas that stand outside quotes, trimmed, without empty ones.
fn parts(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let (mut quoted, mut escaped) = (false, false);
    value
        .split(move |&octet| {
            let was_escaped = std::mem::take(&mut escaped);
            match octet {
                b'\\' if quoted => escaped = !was_escaped,
                b'"' if !was_escaped => quoted = !quoted,
                b',' => return !quoted,
                _ => {}
            }
            false
        })
        .map(<[u8]>::trim_ascii)
        .filter(|part| !part.is_empty())
}
