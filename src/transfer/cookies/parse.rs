//! One `Set-Cookie` line (RFC 6265 §5.2), read as curl 8.22 reads it.
//!
//! Two things follow the RFC where curl does not: of several `Domain` or `Expires` attributes the
//! last counts, and a `Max-Age` that is no number is ignored. `Secure` counts whatever value it is
//! given, which is the safe reading.

use super::rules::{Reach, default_path, is_ip_address, tidy_path};
use super::{Cookie, DateParser, Origin, Refusal, Source};
use crate::target::authority::is_within;
use crate::transfer::scan::Scan;

/// The longest line, in octets.
const MAX_LINE: usize = 5000;
/// The most octets in a name and its value together; each alone has two less.
const MAX_PAIR: usize = 4096;
/// An `Expires` of this length is no date.
const MAX_DATE: usize = 80;
/// No cookie lives longer than this many seconds: 400 days.
const MAX_AGE: i64 = 400 * 24 * 3600;

/// Reads the value of a `Set-Cookie` field. `origin` is who sent it; a line out of a file has
/// none, and is then taken at its word.
pub(super) fn set_cookie(
    line: &[u8],
    origin: Option<&Origin<'_>>,
    now: i64,
    date: DateParser,
) -> Result<Cookie, Refusal> {
    if line.len() > MAX_LINE {
        return Err(Refusal::TooLong);
    }
    let end = line
        .iter()
        .position(|octet| b"\r\n".contains(octet))
        .unwrap_or(line.len());
    let line = line.get(..end).unwrap_or(line);
    let mut pairs = line
        .split(|&octet| octet == b';')
        .map(Pair::read)
        .filter(|pair| !pair.name.is_empty() || pair.value.is_some());
    let pair = pairs.next().ok_or(Refusal::Malformed)?;
    pair.check_octets()?;
    let value = pair
        .value
        .filter(|_| !pair.name.is_empty())
        .ok_or(Refusal::Malformed)?;
    if pair.name.contains(&b'\t') {
        return Err(Refusal::Malformed);
    }
    let longest = pair.name.len().max(value.len());
    let both = pair.name.len().saturating_add(value.len());
    if longest.saturating_add(1) >= MAX_PAIR || both > MAX_PAIR {
        return Err(Refusal::TooLong);
    }
    let mut attributes = Attributes::default();
    for pair in pairs {
        pair.check_octets()?;
        attributes.take(&pair, now, date);
    }
    attributes.cookie(pair.name, value, origin, now)
}

/// A name and what stands behind its `=`, both trimmed.
struct Pair<'a> {
    name: &'a [u8],
    value: Option<&'a [u8]>,
}

impl<'a> Pair<'a> {
    fn read(text: &'a [u8]) -> Self {
        match text.iter().position(|&octet| octet == b'=') {
            Some(equals) => {
                let (name, value) = text.split_at(equals);
                Self {
                    name: trim(name),
                    value: value.get(1..).map(trim),
                }
            }
            None => Self {
                name: trim(text),
                value: None,
            },
        }
    }

    /// Control characters are refused everywhere: servers answer 400 to them, terminals obey them.
    fn check_octets(&self) -> Result<(), Refusal> {
        if self
            .name
            .iter()
            .any(|&octet| octet.is_ascii_control() && octet != b'\t')
        {
            return Err(Refusal::NameOctets);
        }
        if self
            .value
            .is_some_and(|value| value.iter().any(u8::is_ascii_control))
        {
            return Err(Refusal::ValueOctets);
        }
        Ok(())
    }
}

/// Without the blanks at both ends.
fn trim(text: &[u8]) -> &[u8] {
    let blank = |octet: &u8| b" \t".contains(octet);
    let start = text.iter().position(|octet| !blank(octet));
    let last = text.iter().rposition(|octet| !blank(octet));
    start
        .zip(last)
        .and_then(|(start, last)| text.get(start..=last))
        .unwrap_or_default()
}

/// What the attributes of a line say, the last of each kind.
#[derive(Default)]
struct Attributes<'a> {
    domain: Option<&'a [u8]>,
    path: Option<&'a [u8]>,
    max_age: Option<i64>,
    expires: Option<i64>,
    secure: bool,
    http_only: bool,
}

impl<'a> Attributes<'a> {
    fn take(&mut self, pair: &Pair<'a>, now: i64, date: DateParser) {
        let name = pair.name.to_ascii_lowercase();
        match (name.as_slice(), pair.value) {
            (b"secure", _) => self.secure = true,
            (b"httponly", _) => self.http_only = true,
            (b"path", Some(path)) => self.path = Some(path),
            (b"domain", Some(domain)) if !domain.is_empty() => self.domain = Some(domain),
            (b"max-age", Some(age)) => self.max_age = max_age(age, now).or(self.max_age),
            (b"expires", Some(text)) if text.len() < MAX_DATE => {
                self.expires = Some(expires(text, date));
            }
            _ => {}
        }
    }

    fn cookie(
        self,
        name: &[u8],
        value: &[u8],
        origin: Option<&Origin<'_>>,
        now: i64,
    ) -> Result<Cookie, Refusal> {
        if self.secure && origin.is_some_and(|origin| !origin.is_secure()) {
            return Err(Refusal::NotSecure);
        }
        let (domain, reach) = self.site(origin)?;
        let path = match (self.path, origin) {
            (Some(path), _) => tidy_path(path),
            (None, Some(origin)) => default_path(origin),
            (None, None) => b"/".to_vec(),
        };
        let expires = self.max_age.or(self.expires).unwrap_or(0);
        Ok(Cookie {
            name: name.to_vec(),
            value: value.to_vec(),
            domain: domain.to_vec(),
            reach,
            path,
            expires: capped(expires, now),
            secure: self.secure,
            http_only: self.http_only,
            source: if origin.is_some() {
                Source::Response
            } else {
                Source::File
            },
            came: 0,
            born: 0,
        })
    }

    /// The domain, which must be the origin's own or one above it.
    fn site<'b>(&self, origin: Option<&'b Origin<'_>>) -> Result<(&'b [u8], Reach), Refusal>
    where
        'a: 'b,
    {
        let domain = self
            .domain
            .map(|domain| domain.strip_prefix(b".").unwrap_or(domain));
        match (domain, origin) {
            (None, None) => Ok((b"", Reach::Host)),
            (None, Some(origin)) => Ok((origin.host().as_bytes(), Reach::Host)),
            (Some(b""), _) => Err(Refusal::BadDomain(String::new())),
            (Some(domain), None) if is_ip_address(domain) => Ok((domain, Reach::Host)),
            (Some(domain), None) => Ok((domain, Reach::Subdomains)),
            (Some(domain), Some(origin)) => {
                let host = origin.host().as_bytes();
                if origin.is_ip_address() && domain == host {
                    Ok((domain, Reach::Host))
                } else if !domain.is_empty() && !origin.is_ip_address() && is_within(host, domain) {
                    Ok((domain, Reach::Subdomains))
                } else {
                    Err(Refusal::BadDomain(
                        String::from_utf8_lossy(domain).into_owned(),
                    ))
                }
            }
        }
    }
}

/// When a `Max-Age` ends: a number of seconds, perhaps with a quote before and more behind. One
/// second after the epoch stands for "at once". `None` when it is no number.
fn max_age(text: &[u8], now: i64) -> Option<i64> {
    let text = text.strip_prefix(b"\"").unwrap_or(text);
    let (negative, digits) = text
        .strip_prefix(b"-")
        .map_or((false, text), |digits| (true, digits));
    let digits = Scan::new(digits).number()?;
    let seconds = i64::try_from(digits).unwrap_or(i64::MAX);
    Some(if negative || seconds == 0 {
        1
    } else {
        now.saturating_add(seconds)
    })
}

/// When an `Expires` ends; 0, the end of the session, when it is no date.
fn expires(text: &[u8], date: DateParser) -> i64 {
    match date(text) {
        Some(0) => 1,
        Some(at) => at.max(0),
        None => 0,
    }
}

/// No later than [`MAX_AGE`] from now, and then to the nearest minute, as curl does so that a
/// jar written twice is the same.
fn capped(expires: i64, now: i64) -> i64 {
    let cap = now.saturating_add(MAX_AGE);
    if expires <= cap {
        return expires;
    }
    let rounded = cap.saturating_add(30);
    rounded.saturating_sub(rounded % 60)
}
