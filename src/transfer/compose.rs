//! A request head, composed.
//!
//! Knows: which field lines curl sends, in which order, and how `-H` adds, replaces and removes
//! them. Must not know: sockets, clocks, or where credentials and cookies come from. Pure.
//!
//! Sources: RFC 9110 (fields), RFC 9112, 3 (request line); the order is curl 8.22's.

use crate::codec::content::ACCEPT_ENCODING;
use crate::codec::date;
use crate::codec::text::split_once;
use crate::http1::Framing;
use crate::plan::{ConditionKind, HttpVersion, Request};
use crate::target::Target;

/// The head of a request.
#[derive(Clone, PartialEq, Eq)]
pub struct RequestHead {
    /// The method.
    pub method: String,
    /// The octets: request line, field lines, empty line.
    pub octets: Vec<u8>,
    /// The request waits for `100 Continue` before its body.
    pub expects_continue: bool,
    /// How its body is delimited.
    pub framing: Framing,
}

/// How a request of this hop is written, beyond what the plan says of all hops.
pub struct Hop<'a> {
    /// Where to.
    pub target: &'a Target,
    /// The method.
    pub method: &'a str,
    /// HTTP/1.1, as against 1.0.
    pub http11: bool,
    /// The request goes to a proxy that forwards it: absolute form (RFC 9112, 3.2.2).
    pub by_proxy: bool,
    /// `Authorization`, `Cookie` and `Host` lines of `-H` may be sent: the origin is the first one,
    /// or `--location-trusted` is given.
    pub trusted: bool,
    /// The host is not the first one: a `Host` line of `-H` was not meant for it.
    pub other_host: bool,
    /// The value of `Authorization`.
    pub authorization: Option<&'a str>,
    /// The value of `Proxy-Authorization`.
    pub proxy_authorization: Option<&'a str>,
    /// The value of `Referer`.
    pub referer: Option<&'a str>,
    /// The value of `Alt-Used` (RFC 7838, 5).
    pub alt_used: Option<&'a str>,
    /// The value of `Cookie`.
    pub cookie: Option<&'a [u8]>,
    /// The value of `Range`, without its unit.
    pub range: Option<&'a str>,
    /// The whole value of `Content-Range`.
    pub content_range: Option<&'a str>,
    /// The field lines of a signature, which stand where `Authorization` does.
    pub signature_lines: &'a [Vec<u8>],
    /// What the body is.
    pub body: BodyFields<'a>,
    /// `Expect: 100-continue` was refused with 417 before.
    pub never_expect: bool,
    /// Only a challenge is wanted: the body is left out, whatever `-H` says of its length.
    pub negotiating: bool,
}

/// What the fields say of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyFields<'a> {
    /// There is none.
    None,
    /// One of this length (unknown: chunked) and, unless `-H` has one, of this type.
    Some {
        /// In octets.
        length: Option<u64>,
        /// The same before `--crlf`: a small body is not worth a wait for leave.
        read: Option<u64>,
        /// The value of `Content-Type`.
        content_type: Option<&'a str>,
        /// A multipart form: its type, with its boundary, is not `-H`'s to replace.
        multipart: bool,
    },
}

impl BodyFields<'_> {
    /// The same while the body is left out, to be challenged first.
    #[must_use]
    pub fn withheld(mut self) -> Self {
        if let Self::Some { length, .. } = &mut self {
            *length = Some(0);
        }
        self
    }
}

/// Larger bodies wait for `100 Continue` first (curl's `EXPECT_100_THRESHOLD`).
const EXPECT_ABOVE: u64 = 1024 * 1024;

/// The user agent when none is given.
pub const USER_AGENT: &str = concat!("rcurl/", env!("CARGO_PKG_VERSION"));

/// Composes the head of a request.
pub fn compose(request: &Request, hop: &Hop<'_>) -> RequestHead {
    let mut lines = Lines {
        octets: Vec::with_capacity(256),
        given: &request.headers,
    };
    let chunked = chunks_wanted(&lines, hop);
    lines.request_line(request, hop);
    lines.host(hop);
    lines.field_unless_empty("Proxy-Authorization", hop.proxy_authorization);
    lines.field_unless_empty("Authorization", hop.authorization);
    for line in hop.signature_lines {
        lines.push(line);
    }
    lines.ranges(hop);
    lines.agent(request);
    lines.default_field("Accept", Some("*/*"));
    lines.codings(request);
    lines.default_field("Referer", hop.referer);
    if hop.by_proxy && !names_field(&request.proxy_headers, "Proxy-Connection") {
        lines.default_field("Proxy-Connection", Some("Keep-Alive"));
    }
    if chunked {
        lines.default_field("Transfer-Encoding", Some("chunked"));
    }
    lines.default_field("Alt-Used", hop.alt_used);
    if let Some(cookie) = hop.cookie {
        lines.raw_field(b"Cookie", cookie);
    }
    lines.condition(request);
    lines.given_lines(request, hop);
    let expects_continue = lines.body_fields(hop, chunked);
    lines.connection_options(request);
    lines.octets.extend_from_slice(b"\r\n");
    RequestHead {
        method: hop.method.to_owned(),
        octets: lines.octets,
        expects_continue,
        framing: match hop.body {
            _ if chunked => Framing::Chunked,
            BodyFields::None => Framing::None,
            BodyFields::Some { length, .. } => length.map_or(Framing::UntilClose, Framing::Length),
        },
    }
}

/// Composes the head of a CONNECT to this `host:port` (RFC 9110, 9.3.6).
pub fn compose_connect(
    request: &Request,
    authority: &str,
    http10: bool,
    authorization: Option<&str>,
) -> RequestHead {
    let mut lines = Lines {
        octets: Vec::with_capacity(128),
        given: &request.proxy_headers,
    };
    let version = if http10 { "1.0" } else { "1.1" };
    lines.push(format!("CONNECT {authority} HTTP/{version}").as_bytes());
    lines.default_field("Host", Some(authority));
    lines.field_unless_empty("Proxy-Authorization", authorization);
    lines.agent(request);
    lines.default_field("Proxy-Connection", Some("Keep-Alive"));
    for line in &request.proxy_headers {
        if let Some(line) = sendable(line) {
            lines.push(&line);
        }
    }
    lines.octets.extend_from_slice(b"\r\n");
    RequestHead {
        method: "CONNECT".to_owned(),
        octets: lines.octets,
        expects_continue: false,
        framing: Framing::None,
    }
}

/// Whether the version is 1.1: as asked, or 1.0 after a server that answered with it.
pub fn speaks_http11(asked: HttpVersion, server_spoke_http10: bool) -> bool {
    match asked {
        HttpVersion::Http10 => false,
        HttpVersion::Http11 => true,
        HttpVersion::Negotiated => !server_spoke_http10,
    }
}

/// Whether the body goes out in chunks. `-H "Transfer-Encoding: chunked"` makes a body of no chunk
/// but the last one where there is none: the server waits for it.
fn chunks_wanted(lines: &Lines<'_>, hop: &Hop<'_>) -> bool {
    match (lines.given_value("Transfer-Encoding"), hop.body) {
        (Some(value), _) => value
            .to_ascii_lowercase()
            .windows(7)
            .any(|part| part == b"chunked"),
        (None, BodyFields::Some { length: None, .. }) => hop.http11,
        (None, _) => false,
    }
}

/// `--tr-encoding`, unless `-H` has a word on it.
fn asks_for_codings(request: &Request) -> bool {
    request.transfer_encoding && !names_field(&request.headers, "TE")
}

/// The lines so far, and those of `-H` that replace or remove the default ones.
struct Lines<'a> {
    octets: Vec<u8>,
    given: &'a [Vec<u8>],
}

impl Lines<'_> {
    fn push(&mut self, line: &[u8]) {
        self.octets.extend_from_slice(line);
        self.octets.extend_from_slice(b"\r\n");
    }

    fn raw_field(&mut self, name: &[u8], value: &[u8]) {
        self.octets.extend_from_slice(name);
        self.octets.extend_from_slice(b": ");
        self.push(value);
    }

    fn field_unless_empty(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.raw_field(name.as_bytes(), value.as_bytes());
        }
    }

    /// A field that `-H` can replace or remove.
    fn default_field(&mut self, name: &str, value: Option<&str>) {
        if !names_field(self.given, name) {
            self.field_unless_empty(name, value);
        }
    }

    fn given_value(&self, name: &str) -> Option<&[u8]> {
        self.given
            .iter()
            .find(|line| has_name(line, name))
            .map(|line| value_of(line))
    }

    fn request_line(&mut self, request: &Request, hop: &Hop<'_>) {
        let target = match &request.request_target {
            Some(target) => target.clone(),
            None if hop.by_proxy => absolute_form(hop.target),
            None => hop.target.request_target(),
        };
        let version = if hop.http11 { "HTTP/1.1" } else { "HTTP/1.0" };
        self.push([hop.method, &target, version].join(" ").as_bytes());
    }

    /// `Host` comes first (RFC 9110, 7.2), a given one in its place, its name as curl spells it.
    fn host(&mut self, hop: &Hop<'_>) {
        match given_host(self.given, hop.other_host) {
            Some(line) => {
                if let Some(line) = sendable(line) {
                    let colon = line.iter().position(|&octet| octet == b':');
                    let value = line.get(colon.unwrap_or_default()..).unwrap_or_default();
                    self.push(&[b"Host", value].concat());
                }
            }
            None => self.raw_field(b"Host", hop.target.authority().as_bytes()),
        }
    }

    fn ranges(&mut self, hop: &Hop<'_>) {
        if let Some(range) = hop.range {
            self.default_field("Range", Some(&format!("bytes={range}")));
        }
        self.default_field("Content-Range", hop.content_range);
    }

    fn agent(&mut self, request: &Request) {
        let agent = request.user_agent.as_deref().unwrap_or(USER_AGENT);
        self.default_field("User-Agent", (!agent.is_empty()).then_some(agent));
    }

    fn codings(&mut self, request: &Request) {
        if asks_for_codings(request) {
            self.raw_field(b"TE", b"gzip");
        }
        self.default_field(
            "Accept-Encoding",
            request.compressed.then_some(ACCEPT_ENCODING),
        );
    }

    /// `TE` is for the next hop only (RFC 9110, 10.1.4); curl says so at the very end.
    fn connection_options(&mut self, request: &Request) {
        if asks_for_codings(request) {
            let connection = self
                .given_value("Connection")
                .map(|value| String::from_utf8_lossy(value).into_owned());
            let options = connection
                .filter(|value| !value.is_empty())
                .map_or_else(|| "TE".to_owned(), |it| format!("{it}, TE"));
            self.raw_field(b"Connection", options.as_bytes());
        }
    }

    fn condition(&mut self, request: &Request) {
        if let Some(condition) = request.condition {
            let name = match condition.kind {
                ConditionKind::ModifiedSince => "If-Modified-Since",
                ConditionKind::UnmodifiedSince => "If-Unmodified-Since",
            };
            self.default_field(name, Some(&date::imf_fixdate(condition.time)));
        }
    }

    fn given_lines(&mut self, request: &Request, hop: &Hop<'_>) {
        let proxy_lines = if hop.by_proxy {
            request.proxy_headers.as_slice()
        } else {
            &[]
        };
        for line in self.given.iter().chain(proxy_lines) {
            let foreign = !hop.trusted && is_secret(line, hop);
            let skipped = foreign
                || has_name(line, "Host")
                || (request.transfer_encoding && has_name(line, "Connection"))
                || (hop.negotiating && has_name(line, "Content-Length"))
                || matches!(hop.body, BodyFields::Some { multipart: true, .. } if has_name(line, "Content-Type"));
            if let Some(line) = sendable(line).filter(|_| !skipped) {
                self.push(&line);
            }
        }
    }

    /// `Content-Length`, `Content-Type` and `Expect`; tells whether the body waits.
    fn body_fields(&mut self, hop: &Hop<'_>, chunked: bool) -> bool {
        let BodyFields::Some {
            length,
            read,
            content_type,
            multipart,
        } = hop.body
        else {
            return false;
        };
        match length.filter(|_| !chunked).map(|length| length.to_string()) {
            Some(length) if hop.negotiating => {
                self.field_unless_empty("Content-Length", Some(&length));
            }
            length => self.default_field("Content-Length", length.as_deref()),
        }
        if multipart {
            self.field_unless_empty("Content-Type", content_type);
        } else {
            self.default_field("Content-Type", content_type);
        }
        self.expect(hop, read)
    }

    fn expect(&mut self, hop: &Hop<'_>, length: Option<u64>) -> bool {
        if let Some(value) = self.given_value("Expect") {
            return hop.http11 && value.eq_ignore_ascii_case(b"100-continue");
        }
        let worth_it = length.is_none_or(|length| length > EXPECT_ABOVE);
        if !hop.http11 || hop.never_expect || !worth_it {
            return false;
        }
        self.raw_field(b"Expect", b"100-continue");
        true
    }
}

/// The URL as a proxy wants it: no credentials, no fragment.
fn absolute_form(target: &Target) -> String {
    format!(
        "{}://{}{}",
        target.scheme,
        target.authority(),
        target.request_target()
    )
}

/// Whether a line of `-H` holds what was meant for the first origin alone. A proxy that forwards stays
/// the same on the way to others.
fn is_secret(line: &[u8], hop: &Hop<'_>) -> bool {
    has_name(line, "Authorization")
        || has_name(line, "Cookie")
        || (!hop.by_proxy && has_name(line, "Proxy-Authorization"))
}

/// Whether a line of `-H` is about this field, be it to add, replace, empty or remove it.
fn has_name(line: &[u8], name: &str) -> bool {
    line.iter()
        .position(|&octet| octet == b':' || octet == b';')
        .and_then(|end| line.get(..end))
        .is_some_and(|given| given.trim_ascii_end().eq_ignore_ascii_case(name.as_bytes()))
}

/// Whether `-H` says anything of this field.
pub fn names_field(lines: &[Vec<u8>], name: &str) -> bool {
    lines.iter().any(|line| has_name(line, name))
}

/// The value of a given line.
fn value_of(line: &[u8]) -> &[u8] {
    split_once(line, b':').map_or(b"", |(_, value)| value.trim_ascii())
}

/// The value that `-H` gives this field; none when it removes or empties it.
pub fn given_value<'a>(lines: &'a [Vec<u8>], name: &str) -> Option<&'a [u8]> {
    lines
        .iter()
        .find(|line| has_name(line, name))
        .map(|line| value_of(line))
        .filter(|value| !value.is_empty())
}

/// The `Host` line of `-H`, when it was meant for the host that is asked.
fn given_host(given: &[Vec<u8>], other_host: bool) -> Option<&Vec<u8>> {
    given
        .iter()
        .find(|line| has_name(line, "Host"))
        .filter(|_| !other_host)
}

/// The value of `Host` as it is sent; none when `-H "Host:"` removes the field.
pub fn host_sent(given: &[Vec<u8>], target: &Target, other_host: bool) -> Option<Vec<u8>> {
    match given_host(given, other_host) {
        Some(line) => given_field(line).map(|(_, value)| value.to_vec()),
        None => Some(target.authority().into_bytes()),
    }
}

/// The lines of `-H` that are sent, each as its name and its value.
pub fn fields_sent(given: &[Vec<u8>]) -> impl Iterator<Item = (&[u8], &[u8])> {
    given.iter().filter_map(|line| given_field(line))
}

/// The field that a line of `-H` sends: `Name:` sends none, `Name;` an empty one, one without a name
/// none.
fn given_field(line: &[u8]) -> Option<(&[u8], &[u8])> {
    if let Some(colon) = line.iter().position(|&octet| octet == b':') {
        let (name, value) = line.split_at_checked(colon)?;
        let value = value.get(1..)?.trim_ascii();
        let name = name.trim_ascii_end();
        return (!name.is_empty() && !value.is_empty()).then_some((name, value));
    }
    let name = line.trim_ascii_end().strip_suffix(b";")?;
    (!name.is_empty()).then_some((name, b""))
}

/// A line of `-H` as it is sent.
fn sendable(line: &[u8]) -> Option<Vec<u8>> {
    let (name, _) = given_field(line)?;
    Some(if line.contains(&b':') {
        line.to_vec()
    } else {
        [name, b":"].concat()
    })
}
