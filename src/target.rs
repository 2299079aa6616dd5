//! A URL as typed: split, not rewritten.
//!
//! Knows: curl's reading of URLs (lax about schemes and slashes, strict about control characters),
//! and how a `Location` is resolved against the URL it came from. What was typed goes on the wire;
//! the `url` crate is asked for international and numeric host names only, since it re-encodes
//! what curl sends as it stands; only a path leaves in ASCII. Must not know: names, addresses, or what is requested.
//!
//! Sources: RFC 3986 (5.2 resolution, 5.2.4 dot segments, 3.2 authority), curl's URL syntax page.

pub mod authority;
mod path;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::codec::text::percent_decode;
use path::escaped;
pub use path::without_dot_segments;

/// The schemes that rcurl speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Plain HTTP.
    Http,
    /// HTTP over TLS.
    Https,
}

impl Scheme {
    /// The port that goes without saying.
    pub fn default_port(self) -> u16 {
        match self {
            Scheme::Http => 80,
            Scheme::Https => 443,
        }
    }

    /// The name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        }
    }

    fn named(name: &str) -> Option<Self> {
        [Scheme::Http, Scheme::Https]
            .into_iter()
            .find(|scheme| scheme.name().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why a URL cannot be used; the texts are curl's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UrlError {
    /// A control character or a space, or longer than 8 MB.
    Malformed,
    /// No host between the slashes.
    NoHost,
    /// A host with characters that no host has.
    BadHost,
    /// Something like `[::g]`.
    BadIpv6,
    /// A port that is no number up to 65535.
    BadPort,
    /// `http:host` or `http:////host`.
    BadSlashes,
    /// `%zz` or an escaped control character where text is needed.
    Undecodable,
    /// A scheme with strange characters.
    BadScheme,
    /// A scheme that rcurl does not speak.
    Unsupported(String),
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            UrlError::Malformed => "Malformed input to a URL function",
            UrlError::NoHost => "No host present",
            UrlError::BadHost => "Bad hostname",
            UrlError::BadIpv6 => "Bad IPv6 address",
            UrlError::BadPort => "Port number was not a decimal number between 0 and 65535",
            UrlError::BadSlashes => "Unsupported number of slashes following scheme",
            UrlError::Undecodable => {
                "URL decode error, most likely because of rubbish in the input"
            }
            UrlError::BadScheme => "Bad scheme",
            UrlError::Unsupported(scheme) => {
                return write!(f, "Protocol \"{scheme}\" not supported");
            }
        })
    }
}

/// A host as a connection needs it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Host {
    /// A name to look up, in ASCII.
    Name(String),
    /// An address that needs no look-up, with the zone of a link-local one.
    Address(IpAddr, Option<String>),
}

/// How a typed URL is to be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// The scheme of a URL that has none (`--proto-default`); else guessed, in the end `http`.
    pub default_scheme: Option<String>,
    /// Leave `/../` and `/./` alone (`--path-as-is`).
    pub path_as_is: bool,
}

/// A URL, split as typed.
#[derive(Clone, PartialEq, Eq)]
pub struct Target {
    /// The scheme.
    pub scheme: Scheme,
    /// `user[:password]` as typed, still escaped.
    pub userinfo: Option<String>,
    /// The host as typed, without the brackets and the zone of an IPv6 address.
    pub host: String,
    /// The zone of an IPv6 address.
    pub zone: Option<String>,
    /// The port when one was typed.
    pub explicit_port: Option<u16>,
    /// The path, `/` at least.
    pub path: String,
    /// What follows the `?`.
    pub query: Option<String>,
    /// What follows the `#`; never sent.
    pub fragment: Option<String>,
    ascii_host: Host,
}

impl fmt::Debug for Target {
    /// Shows the URL with its credentials struck out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Target({})", self.without_userinfo())
    }
}

impl fmt::Display for Target {
    /// The URL put together again, credentials included: curl's effective URL.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://", self.scheme)?;
        if let Some(userinfo) = &self.userinfo {
            write!(f, "{userinfo}@")?;
        }
        f.write_str(&self.bracketed_host(Zone::Kept))?;
        if let Some(port) = self.explicit_port {
            write!(f, ":{port}")?;
        }
        f.write_str(&self.path)?;
        if let Some(query) = &self.query {
            write!(f, "?{query}")?;
        }
        match &self.fragment {
            Some(fragment) => write!(f, "#{fragment}"),
            None => Ok(()),
        }
    }
}

/// A user, and a password where there is one.
pub type UserInfo = (Vec<u8>, Option<Vec<u8>>);

enum Zone {
    Kept,
    Dropped,
}

/// A longer URL is no URL (curl's `CURL_MAX_INPUT_LENGTH`).
const LONGEST: usize = 8_000_000;

/// A longer host name is none (curl's `MAX_URL_LEN` for host names).
const LONGEST_HOST: usize = 65_535;

impl Target {
    /// Reads a URL as typed on a command line.
    pub fn parse(typed: &str, reading: &Reading) -> Result<Self, UrlError> {
        if typed.len() > LONGEST || typed.bytes().any(|byte| byte <= b' ' || byte == 0x7f) {
            return Err(UrlError::Malformed);
        }
        let (scheme, rest) = match typed_scheme(typed) {
            Some((name, after)) => {
                let scheme = Scheme::named(name)
                    .ok_or_else(|| UrlError::Unsupported(name.to_ascii_lowercase()))?;
                (scheme, after_slashes(after)?)
            }
            None => (guessed_scheme(typed, reading)?, typed),
        };
        Self::from_parts(scheme, rest, reading.path_as_is)
    }

    /// Resolves a reference, as a `Location` field gives it, against this URL (RFC 3986, 5.2).
    ///
    /// Octets that cannot stand in a URL are percent-encoded, as browsers and curl do.
    pub fn join(&self, reference: &[u8], path_as_is: bool) -> Result<Self, UrlError> {
        let reference = encode_reference(reference);
        if let Some((name, after)) = absolute(&reference) {
            let scheme = Scheme::named(name)
                .ok_or_else(|| UrlError::Unsupported(name.to_ascii_lowercase()))?;
            return Self::from_parts(scheme, after_slashes(after)?, path_as_is);
        }
        if let Some(rest) = reference.strip_prefix("//") {
            return Self::from_parts(self.scheme, rest, path_as_is);
        }
        let (rest, fragment) = split_at(&reference, '#');
        let (path, query) = split_at(rest, '?');
        let mut target = self.clone();
        target.fragment = fragment.map(str::to_owned);
        if path.is_empty() {
            if query.is_some() {
                target.query = query.map(str::to_owned);
            }
            return Ok(target);
        }
        target.query = query.map(str::to_owned);
        let joined = if path.starts_with('/') {
            path.to_owned()
        } else {
            let parent = self.path.rsplit_once('/').map_or("", |(parent, _)| parent);
            format!("{parent}/{path}")
        };
        target.path = if path_as_is {
            joined
        } else {
            without_dot_segments(&joined)
        };
        Ok(target)
    }

    fn from_parts(scheme: Scheme, rest: &str, path_as_is: bool) -> Result<Self, UrlError> {
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at(end);
        // A browser takes `\` for `/`: two programs would see two hosts.
        if authority.contains('\\') {
            return Err(UrlError::BadHost);
        }
        // The first `@` ends the user: with a second one nobody can say which host is meant.
        let (userinfo, host_port) = match authority.split_once('@') {
            Some((userinfo, host_port)) => (Some(userinfo.to_owned()), host_port),
            None => (None, authority),
        };
        let (host, zone, port) = split_host(host_port)?;
        let (host, ascii_host) = read_host(host, zone.as_deref())?;
        let (tail, fragment) = split_at(tail, '#');
        let (path, query) = split_at(tail, '?');
        let path = if path.is_empty() { "/" } else { path };
        Ok(Self {
            scheme,
            userinfo,
            host,
            zone,
            explicit_port: port,
            path: if path_as_is {
                path.to_owned()
            } else {
                without_dot_segments(path)
            },
            query: query.map(str::to_owned),
            fragment: fragment.map(str::to_owned),
            ascii_host,
        })
    }

    /// The port to connect to.
    pub fn port(&self) -> u16 {
        self.explicit_port
            .unwrap_or_else(|| self.scheme.default_port())
    }

    /// The host to connect to.
    pub fn connect_host(&self) -> &Host {
        &self.ascii_host
    }

    /// The host in ASCII, as field values and certificates have it.
    pub fn ascii_host(&self) -> String {
        match &self.ascii_host {
            Host::Name(name) => name.clone(),
            Host::Address(..) => self.host.clone(),
        }
    }

    /// `host[:port]` for the `Host` field: the port only when it is not the scheme's own.
    pub fn authority(&self) -> String {
        let mut authority = self.bracketed_host(Zone::Dropped);
        let default = self.scheme.default_port();
        if let Some(port) = self.explicit_port.filter(|port| *port != default) {
            authority.push(':');
            authority.push_str(&port.to_string());
        }
        authority
    }

    /// `host:port`, the port always told: the authority form of CONNECT.
    pub fn host_and_port(&self) -> String {
        format!("{}:{}", self.bracketed_host(Zone::Dropped), self.port())
    }

    /// Path and query: the origin form of a request target (RFC 9112, 3.2.1).
    pub fn request_target(&self) -> String {
        let path = self.path_as_sent();
        match &self.query {
            Some(query) => [&path, "?", query].concat(),
            None => path,
        }
    }

    /// The path in ASCII; a typed query goes out as it is, as in curl.
    pub fn path_as_sent(&self) -> String {
        path::in_ascii(&self.path)
    }

    /// The URL without credentials and fragment: for `Referer` and for messages.
    pub fn without_userinfo(&self) -> String {
        let mut bare = self.clone();
        bare.userinfo = None;
        bare.fragment = None;
        bare.to_string()
    }

    /// User and password as octets, unescaped; the password is absent when no colon was typed. A NUL is
    /// in neither, as in curl. A line break may be: Basic hides it, and Digest sends none.
    pub fn credentials(&self) -> Result<Option<UserInfo>, UrlError> {
        let Some(userinfo) = self.userinfo.as_ref().filter(|info| !info.is_empty()) else {
            return Ok(None);
        };
        let decoded = |text: &str| {
            let octets = percent_decode(text.as_bytes());
            let whole = !octets.contains(&0);
            whole.then_some(octets).ok_or(UrlError::Undecodable)
        };
        let (user, password) = split_at(userinfo, ':');
        Ok(Some((decoded(user)?, password.map(decoded).transpose()?)))
    }

    /// The text of the URL that a reference leads to, even where its scheme is not spoken.
    pub fn joined_text(&self, reference: &[u8]) -> Option<String> {
        match self.join(reference, false) {
            Ok(target) => Some(target.to_string()),
            Err(UrlError::Unsupported(_)) => Some(encode_reference(reference)),
            Err(_) => None,
        }
    }

    /// Whether both URLs have the same scheme, host and port: credentials may pass from one to the
    /// other (RFC 6454, 4).
    pub fn same_origin(&self, other: &Self) -> bool {
        self.scheme == other.scheme && self.port() == other.port() && self.same_host(other)
    }

    fn same_host(&self, other: &Self) -> bool {
        match (&self.ascii_host, &other.ascii_host) {
            (Host::Name(one), Host::Name(two)) => one
                .trim_end_matches('.')
                .eq_ignore_ascii_case(two.trim_end_matches('.')),
            (one, two) => one == two,
        }
    }

    fn bracketed_host(&self, zone: Zone) -> String {
        match (&self.ascii_host, zone) {
            (Host::Address(IpAddr::V6(_), Some(name)), Zone::Kept) => {
                format!("[{}%25{name}]", self.host)
            }
            (Host::Address(IpAddr::V6(_), _), _) => format!("[{}]", self.host),
            (Host::Name(name), Zone::Dropped) => name.clone(),
            _ => self.host.clone(),
        }
    }
}

/// The scheme of a URL that names one, and what follows the colon. `localhost:8080` names none:
/// a scheme is followed by a slash.
fn typed_scheme(typed: &str) -> Option<(&str, &str)> {
    let (name, after) = absolute(typed)?;
    after.starts_with('/').then_some((name, after))
}

/// The scheme of an absolute reference, and what follows the colon (RFC 3986, 3.1).
fn absolute(reference: &str) -> Option<(&str, &str)> {
    let (name, after) = reference.split_once(':')?;
    let well_formed = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    well_formed.then_some((name, after))
}

fn after_slashes(after: &str) -> Result<&str, UrlError> {
    let rest = after.trim_start_matches('/');
    match after.len().saturating_sub(rest.len()) {
        1..=3 if rest.is_empty() => Err(UrlError::NoHost),
        1..=3 => Ok(rest),
        _ => Err(UrlError::BadSlashes),
    }
}

/// The scheme that curl guesses from the start of a host name; those it would guess that rcurl
/// does not speak are refused rather than asked over HTTP.
fn guessed_scheme(typed: &str, reading: &Reading) -> Result<Scheme, UrlError> {
    let unsupported = |name: &str| UrlError::Unsupported(name.to_owned());
    if let Some(name) = &reading.default_scheme {
        return Scheme::named(name).ok_or_else(|| unsupported(name));
    }
    let lower: String = typed
        .chars()
        .take(8)
        .collect::<String>()
        .to_ascii_lowercase();
    match ["ftp", "dict", "ldap", "imap", "smtp", "pop3"]
        .into_iter()
        .find(|name| {
            lower
                .strip_prefix(name)
                .is_some_and(|rest| rest.starts_with('.'))
        }) {
        Some(name) => Err(unsupported(name)),
        None => Ok(Scheme::Http),
    }
}

fn split_at(text: &str, at: char) -> (&str, Option<&str>) {
    match text.split_once(at) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

/// Splits `host[:port]` or `[v6%zone][:port]`.
fn split_host(host_port: &str) -> Result<(&str, Option<String>, Option<u16>), UrlError> {
    if let Some(rest) = host_port.strip_prefix('[') {
        let (address, after) = rest.split_once(']').ok_or(UrlError::BadIpv6)?;
        let (address, zone) = split_at(address, '%');
        let zone = zone.map(|zone| {
            zone.strip_prefix("25")
                .filter(|rest| !rest.is_empty())
                .unwrap_or(zone)
                .to_owned()
        });
        if zone
            .as_deref()
            .is_some_and(|zone| zone.is_empty() || !zone.bytes().all(is_zone_octet))
        {
            return Err(UrlError::BadIpv6);
        }
        return match after.strip_prefix(':') {
            Some(port) => Ok((address, zone, read_port(port)?)),
            None if after.is_empty() => Ok((address, zone, None)),
            None => Err(UrlError::BadPort),
        };
    }
    match host_port.rsplit_once(':') {
        Some((host, port)) => Ok((host, None, read_port(port)?)),
        None => Ok((host_port, None, None)),
    }
}

fn is_zone_octet(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"-._~".contains(&octet)
}

/// An empty port is the default one (RFC 3986, 3.2.3).
fn read_port(digits: &str) -> Result<Option<u16>, UrlError> {
    if digits.is_empty() {
        return Ok(None);
    }
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(UrlError::BadPort);
    }
    digits.parse().map(Some).map_err(|_| UrlError::BadPort)
}

/// The host as typed (numeric ones normalised, as curl does) and as a connection needs it.
fn read_host(typed: &str, zone: Option<&str>) -> Result<(String, Host), UrlError> {
    if zone.is_some() || typed.contains(':') {
        let address: Ipv6Addr = typed.parse().map_err(|_| UrlError::BadIpv6)?;
        return Ok((
            address.to_string(),
            Host::Address(address.into(), zone.map(str::to_owned)),
        ));
    }
    if typed.is_empty() {
        return Err(UrlError::NoHost);
    }
    if typed.len() > LONGEST_HOST {
        return Err(UrlError::BadHost);
    }
    let host = unescape(typed)?;
    if host.bytes().any(is_bad_in_host) {
        return Err(UrlError::BadHost);
    }
    // The usual spelling of an address is the one that is shown.
    if let Ok(address) = host.parse::<Ipv4Addr>() {
        return Ok((host, Host::Address(address.into(), None)));
    }
    if let Some(address) = numeric_host(&host) {
        return Ok((address.to_string(), Host::Address(address.into(), None)));
    }
    if host.is_ascii() {
        return Ok((host.clone(), Host::Name(host)));
    }
    match url::Host::parse(&host) {
        Ok(url::Host::Domain(ascii)) => Ok((host, Host::Name(ascii))),
        Ok(url::Host::Ipv4(address)) => {
            Ok((address.to_string(), Host::Address(address.into(), None)))
        }
        _ => Err(UrlError::BadHost),
    }
}

/// Octets that no host name has.
fn is_bad_in_host(octet: u8) -> bool {
    let allowed = octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_' | b'~');
    octet.is_ascii() && !allowed
}

/// An IPv4 address in any of its spellings: `127.1`, `0x7f000001`, `017700000001`.
fn numeric_host(host: &str) -> Option<Ipv4Addr> {
    let last = host.rsplit('.').next()?;
    if !last.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    match url::Host::parse(host) {
        Ok(url::Host::Ipv4(address)) => Some(address),
        _ => None,
    }
}

/// Percent-decodes text that may hold no control character (curl's `REJECT_CTRL`).
fn unescape(text: &str) -> Result<String, UrlError> {
    if !text.contains('%') {
        return Ok(text.to_owned());
    }
    let octets = percent_decode(text.as_bytes());
    if octets.iter().any(u8::is_ascii_control) {
        return Err(UrlError::Undecodable);
    }
    String::from_utf8(octets).map_err(|_| UrlError::Undecodable)
}

/// Makes a reference from the wire fit for a URL: spaces and octets outside of printable ASCII are
/// escaped (a space of the query becomes `+`), white space around it goes. As curl's
/// `urlencode_str`, the authority stays untouched.
fn encode_reference(reference: &[u8]) -> String {
    let mut encoded = String::with_capacity(reference.len());
    let mut in_query = false;
    for &octet in reference.trim_ascii() {
        match octet {
            b'?' => {
                in_query = true;
                encoded.push('?');
            }
            b' ' if in_query => encoded.push('+'),
            0x21..=0x7e => encoded.push(char::from(octet)),
            _ => encoded.extend(escaped(octet)),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_goes_out_in_ascii_and_is_shown_as_typed() {
        let typed = "http://a.test/caf\u{e9}%20x?q=\u{e9}";
        let target = Target::parse(typed, &Reading::default()).unwrap();
        assert_eq!(target.request_target(), "/caf%C3%A9%20x?q=\u{e9}");
        assert_eq!(target.to_string(), typed);
    }
}
