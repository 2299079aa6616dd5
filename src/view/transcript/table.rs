//! The table of what varies from run to run.
//!
//! Knows: where it stands, by what it is known, and why it varies: one row each, which the man page
//! lists too. Must not know: how lines are gone through. A mark is only worth its place if the value
//! is another one in the next run against the same server; what says when files were made counts
//! too, since every checkout makes them anew.

use super::traits::Traits;
use crate::plan::Varying;

/// A row of the table.
pub(super) struct Row {
    /// What varies.
    pub(super) varying: Varying,
    /// Where.
    pub(super) scope: Scope,
    /// What finds it: the first group of an expression, or all of it.
    pub(super) find: &'static str,
    /// What else must hold of what was found.
    pub(super) test: Test,
    /// Where it stands and why it varies, in words.
    pub(super) why: &'static str,
}

/// Where to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// In the values of these fields; a name that begins with `*` stands for all that end so.
    Fields(&'static [&'static str]),
    /// In lines that tell a failure.
    Failures,
    /// In every line that has these traits.
    Lines(Traits),
    /// In the values of these fields, where the content behind them varies.
    OfContent(&'static [&'static str]),
}

/// What must hold of what an expression found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Test {
    /// Nothing.
    Always,
    /// It is no year before 2000.
    Since2000,
    /// It is a time close to the run.
    Near,
    /// It is not zero.
    Uuid,
    /// It is a chosen port of a host at hand.
    PortOfHost,
    /// It is the port of an end of ours.
    OwnPort,
}

use Scope::{Failures, Fields, Lines, OfContent};
use Test::{Always, Near, OwnPort, PortOfHost, Since2000, Uuid};
use Varying as V;

const AUTHENTICATION: &[&str] = &[
    "authorization",
    "proxy-authorization",
    "www-authenticate",
    "proxy-authenticate",
    "authentication-info",
    "proxy-authentication-info",
    "signature-input",
];

const fn row(
    varying: Varying,
    scope: Scope,
    find: &'static str,
    test: Test,
    why: &'static str,
) -> Row {
    Row {
        varying,
        scope,
        find,
        test,
        why,
    }
}

/// A whole value.
const ALL: &str = "^(.+)$";

/// The rows, in the order in which they are looked for.
#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    row(V::Boundary, Fields(&["content-type"]), r#"(?i)boundary="?([^",;\s<]{8,})"#, Always,
        "A boundary of eight characters or more: it is drawn by lot"),
    row(V::Id, Fields(&["*request-id", "*correlation-id", "*trace-id", "*span-id", "*trace-context", "traceparent", "tracestate", "b3", "cf-ray", "x-amz-cf-id", "x-amz-id-2", "x-vercel-id", "x-varnish"]), ALL, Always,
        "Fields that name a request (X-Request-Id, traceparent and the like): each has a name of its own"),
    row(V::Etag, Fields(&["etag", "if-match", "if-none-match", "if-range"]), r#""([^"]+)"|^([^"*\s<]+)$"#, Always,
        "Entity tags: many are made from the time of a file, or from content that varies"),
    row(V::Nonce, Fields(AUTHENTICATION), r#"(?i)\b(?:(?:c|next|oauth_)?nonce|opaque)="?([^",;\s<]+)"#, Always,
        "nonce, cnonce and opaque of authentication: they are good for once"),
    row(V::Nonce, Fields(&["content-security-policy", "content-security-policy-report-only"]), "'nonce-([^'<]+)'", Always,
        "The nonce of a Content-Security-Policy, and where the page repeats it"),
    row(V::Nonce, Fields(&["sec-websocket-key"]), ALL, Always,
        "Sec-WebSocket-Key: it is drawn by lot"),
    row(V::Signature, Fields(AUTHENTICATION), r#"(?i)\b(?:response|rspauth|[a-z_]*signature|mac)="?([^",\s<]+)"#, Always,
        "response, rspauth and signature of authentication: they are made with nonces and times"),
    row(V::Signature, Fields(&["signature"]), "=:([^:<]+):", Always,
        "The signature of a request: it is made with its time"),
    row(V::Signature, Fields(&["sec-websocket-accept"]), ALL, Always,
        "Sec-WebSocket-Accept: it answers what was drawn by lot"),
    row(V::Date, Fields(AUTHENTICATION), r#"(?i)credential=[^/",<]*(?:<[^>]*>)?/(\d{8})/"#, Always,
        "The day in the scope of an AWS signature"),
    row(V::Duration, Fields(&["age", "x-timer", "*runtime", "*response-time", "*process-time", "*processing-time", "*service-time", "*duration", "*elapsed"]), ALL, Always,
        "Age, X-Runtime, X-Response-Time, X-Process-Time and the like: they count time"),
    row(V::Duration, Fields(&["server-timing"]), r#"\bdur="?([0-9.]+)"#, Always,
        "dur of Server-Timing: it counts time"),
    row(V::Count, Fields(&["*ratelimit-remaining", "*ratelimit-reset", "*ratelimit-used", "*rate-limit-remaining", "*rate-limit-reset"]), ALL, Always,
        "What is left of a rate limit, and until when: each request takes from it"),
    row(V::Count, Fields(&["ratelimit"]), r"\b(?:remaining|reset|[rt])=(\d+)", Always,
        "The same in a field of its own"),
    row(V::Length, OfContent(&["content-length"]), ALL, Always,
        "Content-Length of such content"),
    row(V::Digest, OfContent(&["content-digest", "repr-digest", "content-md5", "digest"]), ALL, Always,
        "Digests of content that was unpacked, or holds a mark itself"),
    row(V::Duration, Failures, r"\bafter (\d+) (?:ms|milliseconds)\b", Always,
        "The time that a failure took"),
    row(V::Port, Lines(Traits::COLON_NUMBER), r"(?:[\w.-]+|\[[0-9A-Fa-f:.%]+\]):(\d{5})\b", PortOfHost,
        "Ports from 32768 on, of a loopback host or of one that takes part: the system chooses them"),
    row(V::Port, Lines(Traits::PORT), r"[\w.:-]+ port (\d{5})\b", PortOfHost,
        "The same where a sentence tells them"),
    row(V::Port, Lines(Traits::PORT), r#"(?i)port["']?\s*[:=]\s*["']?(\d{4,5})\b"#, OwnPort,
        "The port of our own end, where something called a port has this number"),
    row(V::Date, Lines(Traits::MONTH), r"\b((?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*, ?)?\d{1,2}[ -](?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[ -]\d{2,4} \d{2}:\d{2}(?::\d{2})?(?: GMT| UTC| [+-]\d{4})?)", Since2000,
        "Times of day as HTTP writes them, from the year 2000 on: they go on, and files have the time of their checkout. Older ones say that something has expired"),
    row(V::Date, Lines(Traits::MONTH), r"\b((?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]?\d (?:\d{2}:\d{2}:\d{2}(?: \d{4})?(?: GMT| UTC)?|\d{4} \d{2}:\d{2}:\d{2}(?: GMT[+-]\d{4})?(?: \([^)]*\))?))", Since2000,
        "The same as C, OpenSSL and JavaScript write them"),
    row(V::Date, Lines(Traits::CLOCK), r"\b(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)", Since2000,
        "The same in ISO 8601"),
    row(V::Date, Lines(Traits::PLAIN_DATE), r"\b(\d{8}T\d{6}(?:\.\d+)?Z)", Since2000,
        "The same without dashes and colons"),
    row(V::Date, Lines(Traits::MONTH), r"\b(\d{2}/(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)/\d{4}:\d{2}:\d{2}:\d{2}(?: [+-]\d{4})?)", Since2000,
        "The same as logs write them"),
    row(V::Date, Lines(Traits::LONG_NUMBER), r"\b(\d{4}-\d{2}-\d{2}|\d{10}(?:\.\d{1,9})?|\d{13}|\d{16}|\d{19})\b", Near,
        "A date within a day of the run, or a Unix time, in seconds or parts of one, from the day before to a year ahead: this is when something was made, or will expire"),
    row(V::Id, Lines(Traits::UUID), r"\b([0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12})\b", Uuid,
        "UUIDs other than zero: most are drawn by lot"),
    row(V::Version, Lines(Traits::AGENT), r"\brcurl/(\d[\w.+-]*)", Always,
        "The version of rcurl, and where a server repeats it"),
];

#[cfg(test)]
mod tests {
    use super::ROWS;
    use crate::codec::pattern::Pattern;

    #[test]
    fn every_expression_of_the_table_is_one() {
        for row in ROWS {
            assert!(Pattern::new(row.find).is_ok(), "{}", row.find);
            assert!(!row.why.ends_with('.'), "{}", row.why);
        }
    }
}
