//! The cookie jar (RFC 6265), with curl 8.22's limits and order.
//!
//! Knows which cookie a response may set, which ones a request carries, and what `-v` says about
//! both. Does no I/O and has no clock: files come and go as text, the time as Unix seconds.
//! `parse` reads one `Set-Cookie` line, `rules` says who may set and see what, `shelf` keeps the
//! cookies, `file` is the Netscape file format.

mod file;
mod parse;
mod rules;
mod shelf;

use rules::{Reach, is_ip_address};
use shelf::Shelf;
use std::cmp::Reverse;
use std::collections::HashSet;
use std::fmt;

use crate::target::authority::without_brackets;

/// Reads a date as curl does; Unix seconds, `None` when it is no date.
pub type DateParser = fn(&[u8]) -> Option<i64>;

/// The most cookies that one response may set.
const MAX_PER_RESPONSE: usize = 50;
/// The most cookies that all responses of a run may set: as many as RFC 6265 (6.1) asks for.
const MAX_FROM_RESPONSES: usize = 3000;
/// The most cookies that one request carries.
const MAX_PER_REQUEST: usize = 150;
/// A `Cookie` field line stays shorter than this, its name included.
const MAX_FIELD_LINE: usize = 8190;

/// The cookies that are known.
#[derive(Clone)]
pub struct Jar {
    cookies: Shelf,
    date: DateParser,
}

/// Who sets a cookie, or is to be sent one: an exchange seen from its server.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// The host of the URL, or of a `Host` field given by the user; without port.
    pub host: &'a str,
    /// The path of the URL; a query behind it is ignored.
    pub path: &'a str,
    /// Whether the exchange is protected by TLS from end to end.
    pub secure: bool,
}

/// How many cookies the response being read may still set. One for each response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quota(usize);

impl Default for Quota {
    fn default() -> Self {
        Self(MAX_PER_RESPONSE)
    }
}

/// One cookie.
#[derive(Clone, PartialEq, Eq)]
pub struct Cookie {
    name: Vec<u8>,
    value: Vec<u8>,
    /// Empty when a file's header line named none.
    domain: Vec<u8>,
    reach: Reach,
    path: Vec<u8>,
    /// Unix seconds; 0 for the end of the session.
    expires: i64,
    secure: bool,
    http_only: bool,
    source: Source,
    /// A number that goes up with each cookie; one that replaces another comes last.
    came: u64,
    /// The same, but one that replaces another takes over its number.
    born: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// A response of this run, which a file does not overrule.
    Response,
    File,
}

/// What became of a `Set-Cookie` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetOutcome {
    /// A cookie that was not there before.
    Added(Cookie),
    /// A cookie in place of another of the same name, domain and path.
    Replaced(Cookie),
    /// No cookie.
    Refused(Refusal),
}

/// Why a `Set-Cookie` line sets nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No name, or no `=` behind it.
    Malformed,
    /// A control character in a name.
    NameOctets,
    /// A control character in a value.
    ValueOctets,
    /// A line, name or value beyond the limits.
    TooLong,
    /// The response has set as many cookies as it may, or all responses together have.
    TooMany,
    /// `Secure` from an origin that is not.
    NotSecure,
    /// `__Secure-` or `__Host-` without what the prefix promises.
    Prefix,
    /// A domain that the host does not belong to.
    BadDomain(String),
    /// A domain that many unrelated sites share.
    PublicSuffix {
        /// The cookie's name.
        name: String,
        /// The host that sent it.
        host: String,
        /// The domain it asked for.
        domain: String,
    },
    /// It would hide a secure cookie from a secure site.
    Overlay {
        /// The cookie's name.
        name: String,
        /// Its domain.
        domain: String,
    },
}

/// The value of a `Cookie` field, and what was left out of it.
#[derive(Clone, PartialEq, Eq)]
pub struct CookieField {
    /// The pairs, joined with `; `.
    pub value: Vec<u8>,
    /// The limits that were met, in the order in which `-v` tells them.
    pub limits: Vec<Limit>,
}

/// A limit on what a request carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Limit {
    /// No more cookies than this many.
    Count(usize),
    /// The cookie of this name and those behind it would make the field line too long.
    Size(String),
}

impl Jar {
    /// An empty jar; `date` reads the dates of `Expires`.
    pub fn new(date: DateParser) -> Self {
        Self {
            cookies: Shelf::default(),
            date,
        }
    }

    /// How many cookies it holds.
    pub fn len(&self) -> usize {
        self.cookies.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes the value of a `Set-Cookie` field that `origin` sent.
    pub fn set(
        &mut self,
        line: &[u8],
        origin: &Origin<'_>,
        quota: &mut Quota,
        now: i64,
    ) -> SetOutcome {
        match self.consider(line, origin, quota, now) {
            Ok(cookie) => self.put(cookie),
            Err(refusal) => SetOutcome::Refused(refusal),
        }
    }

    fn consider(
        &mut self,
        line: &[u8],
        origin: &Origin<'_>,
        quota: &mut Quota,
        now: i64,
    ) -> Result<Cookie, Refusal> {
        let left = quota.0.checked_sub(1).ok_or(Refusal::TooMany)?;
        let cookie = parse::set_cookie(line, Some(origin), now, self.date)?;
        quota.0 = left;
        rules::check_prefix(&cookie)?;
        self.drop_expired(now);
        rules::check_public_suffix(&cookie, origin)?;
        if self.cookies.count_from_responses() >= MAX_FROM_RESPONSES
            && self.cookies.double(&cookie).is_none()
        {
            return Err(Refusal::TooMany);
        }
        if origin.is_secure() || !self.cookies.iter().any(|old| rules::overlays(&cookie, old)) {
            Ok(cookie)
        } else {
            Err(Refusal::Overlay {
                name: cookie.name(),
                domain: cookie.domain(),
            })
        }
    }

    fn put(&mut self, cookie: Cookie) -> SetOutcome {
        match self.cookies.put(cookie.clone()) {
            Some(_) => SetOutcome::Replaced(cookie),
            None => SetOutcome::Added(cookie),
        }
    }

    /// Takes the cookies of a file in Netscape's format, or of a recorded response head. Lines
    /// that are no cookies are skipped, and a cookie set by a response of this run stays.
    pub fn read_file(&mut self, text: &[u8], now: i64) {
        for cookie in file::read(text, now, self.date) {
            let old = self.cookies.double(&cookie);
            if old.is_none_or(|old| old.source == Source::File) {
                self.cookies.put(cookie);
            }
        }
        self.drop_expired(now);
    }

    /// The jar as a file in Netscape's format, the newest cookie first. As in curl's, no path ends
    /// with a slash there.
    pub fn write_file(&self, now: i64) -> Vec<u8> {
        let mut cookies: Vec<&Cookie> = self
            .cookies
            .iter()
            .filter(|cookie| !cookie.is_expired(now))
            .collect();
        cookies.sort_by_key(|cookie| Reverse(cookie.born));
        // One line stands for cookies that differ in a slash alone; to be read back is the newest.
        let mut lines = HashSet::new();
        cookies.retain(|cookie| lines.insert(rules::line_in_file(cookie)));
        file::write(&cookies)
    }

    /// Drops the cookies that end with the session (`-j`).
    pub fn forget_session_cookies(&mut self) {
        self.cookies.retain(|cookie| cookie.expires != 0);
    }

    fn drop_expired(&mut self, now: i64) {
        self.cookies.retain(|cookie| !cookie.is_expired(now));
    }

    /// The `Cookie` field for a request to `origin`, with what the user typed (`-b a=b`) behind
    /// the jar's own. `None` when there is nothing to send.
    ///
    /// The order is curl's: longest path first, then longest domain, longest name, newest.
    pub fn header_for(
        &self,
        origin: &Origin<'_>,
        typed: Option<&[u8]>,
        now: i64,
    ) -> Option<CookieField> {
        let fits = |cookie: &&Cookie| !cookie.is_expired(now) && rules::is_for(cookie, origin);
        let mut cookies: Vec<&Cookie> = self.cookies.iter().filter(fits).collect();
        cookies.sort_by_key(|cookie| cookie.came);
        cookies.truncate(MAX_PER_REQUEST);
        let mut limits = Vec::new();
        if cookies.len() == MAX_PER_REQUEST {
            limits.push(Limit::Count(MAX_PER_REQUEST));
        }
        cookies.sort_by_key(|cookie| {
            Reverse((
                cookie.path.len(),
                cookie.domain.len(),
                cookie.name.len(),
                cookie.born,
            ))
        });
        let mut value = Vec::new();
        for cookie in &cookies {
            let line = [b"Cookie: ", &*value, &cookie.name, b"=", &cookie.value];
            if line.map(<[u8]>::len).iter().sum::<usize>() >= MAX_FIELD_LINE {
                limits.push(Limit::Size(cookie.name()));
                break;
            }
            push_pair(&mut value, &[&cookie.name, b"=", &cookie.value]);
        }
        if let Some(typed) = typed.filter(|_| !matches!(limits.last(), Some(Limit::Size(_)))) {
            push_pair(&mut value, &[typed]);
        }
        (!value.is_empty()).then_some(CookieField { value, limits })
    }
}

fn push_pair(value: &mut Vec<u8>, pair: &[&[u8]]) {
    if !value.is_empty() {
        value.extend_from_slice(b"; ");
    }
    value.extend_from_slice(&pair.concat());
}

impl Origin<'_> {
    /// The host, an IPv6 address without its brackets.
    fn host(&self) -> &str {
        without_brackets(self.host)
    }

    fn is_ip_address(&self) -> bool {
        is_ip_address(self.host().as_bytes())
    }

    /// Whether secure cookies may come and go. curl counts these three names of the machine
    /// itself as secure, so that one can try a site out without TLS.
    fn is_secure(&self) -> bool {
        let host = self.host();
        self.secure
            || host.eq_ignore_ascii_case("localhost")
            || host == "127.0.0.1"
            || host == "::1"
    }
}

impl Cookie {
    /// The name, for a person to read.
    pub fn name(&self) -> String {
        String::from_utf8_lossy(&self.name).into_owned()
    }

    /// The domain, for a person to read.
    pub fn domain(&self) -> String {
        String::from_utf8_lossy(&self.domain).into_owned()
    }

    /// When it ends, in Unix seconds; `None` for the end of the session.
    pub fn expires(&self) -> Option<i64> {
        Some(self.expires).filter(|&at| at != 0)
    }

    fn is_expired(&self, now: i64) -> bool {
        self.expires != 0 && self.expires < now
    }
}

/// The name, domain and path; never the value.
impl fmt::Debug for Cookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cookie")
            .field("name", &self.name())
            .field("domain", &self.domain())
            .field("path", &String::from_utf8_lossy(&self.path))
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

/// What `-v` says, the value included.
impl fmt::Display for Cookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = String::from_utf8_lossy;
        let (name, value, domain, path) = (
            text(&self.name),
            text(&self.value),
            text(&self.domain),
            text(&self.path),
        );
        write!(
            f,
            "cookie {name}=\"{value}\" for domain {domain}, path {path}, expire {}",
            self.expires
        )
    }
}

impl fmt::Debug for Jar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jar")
            .field("cookies", &self.cookies.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for CookieField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CookieField")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl SetOutcome {
    /// The line that `-v` tells, in curl's words; `None` where curl says nothing.
    pub fn line(&self) -> Option<String> {
        match self {
            Self::Added(cookie) => Some(format!("Added {cookie}")),
            Self::Replaced(cookie) => Some(format!("Replaced {cookie}")),
            Self::Refused(refusal) => refusal.line(),
        }
    }
}

impl Refusal {
    fn line(&self) -> Option<String> {
        Some(match self {
            Self::Malformed => "invalid cookie, dropped".into(),
            Self::NameOctets => "invalid octets in name, cookie dropped".into(),
            Self::ValueOctets => "invalid octets in value, cookie dropped".into(),
            Self::NotSecure => "skipped cookie because not 'secure'".into(),
            Self::BadDomain(domain) => {
                format!("skipped cookie with bad tailmatch domain: {domain}")
            }
            Self::PublicSuffix { name, host, domain } => {
                format!(
                    "cookie '{name}' dropped, domain '{host}' must not set cookies for '{domain}'"
                )
            }
            Self::Overlay { name, domain } => {
                format!(
                    "cookie '{name}' for domain '{domain}' dropped, would overlay an existing cookie"
                )
            }
            Self::TooLong | Self::TooMany | Self::Prefix => return None,
        })
    }
}

/// curl's words.
impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "Included max number of cookies ({count}) in request!"),
            Self::Size(name) => {
                write!(
                    f,
                    "Restricted outgoing cookies due to header size, '{name}' not sent"
                )
            }
        }
    }
}
