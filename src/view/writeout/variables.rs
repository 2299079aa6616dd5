//! The table of `-w` variables: one row each, its name and what it stands for.
//!
//! Knows: what each name means in terms of the ledger. Must not know: the syntax of formats.
//! The order is that of `%{json}`.

use std::borrow::Cow;
use std::time::Duration;

use super::certificates;
use super::parts::{self, Part};
use crate::event::{Peer, Verification};
use crate::http1::Version;
use crate::view::ledger::{Account, Stage};

/// One row.
pub(super) struct Variable {
    pub(super) name: &'static str,
    pub(super) means: Means,
}

/// What a variable does.
#[derive(Clone, Copy)]
pub(super) enum Means {
    /// It stands for a value.
    Value(fn(&Account) -> Value<'_>),
    /// It stands for a part of the URL given.
    Given(Part),
    /// It stands for a part of the last URL.
    Effective(Part),
    /// It is no value.
    Switch(Switch),
}

/// What is not a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Switch {
    Json,
    HeaderJson,
    OnError,
    Stdout,
    Stderr,
}

/// A value before it is written.
pub(super) enum Value<'a> {
    /// Absent: nothing, and `null` in JSON.
    Text(Option<Cow<'a, [u8]>>),
    /// A whole number; curl has some that are -1.
    Number(i64),
    /// Three digits at least, but not in JSON.
    Status(u16),
    /// With six decimals.
    Seconds(Duration),
}

impl Value<'_> {
    /// As a format has it.
    pub(super) fn plain(&self) -> Cow<'_, [u8]> {
        match self {
            Value::Text(text) => Cow::Borrowed(text.as_deref().unwrap_or_default()),
            Value::Number(number) => octets(number.to_string()),
            Value::Status(status) => octets(format!("{status:03}")),
            Value::Seconds(time) => octets(seconds(*time)),
        }
    }
}

fn octets(text: String) -> Cow<'static, [u8]> {
    Cow::Owned(text.into_bytes())
}

/// `0.000123`.
pub(super) fn seconds(time: Duration) -> String {
    format!("{}.{:06}", time.as_secs(), time.subsec_micros())
}

impl Variable {
    pub(super) fn value<'a>(&self, account: &'a Account) -> Value<'a> {
        let part = |url: &str, part| Value::Text(parts::of(url, part).map(octets));
        match self.means {
            Is(value) => value(account),
            Given(which) => part(&account.url, which),
            Effective(which) => part(account.effective_url(), which),
            Does(_) => Value::Text(None),
        }
    }
}

/// The row of this name, in curl's spelling.
pub(super) fn named(name: &[u8]) -> Option<&'static Variable> {
    VARIABLES
        .iter()
        .find(|variable| variable.name.as_bytes() == name)
}

use Means::{Effective, Given, Switch as Does, Value as Is};

const fn row(name: &'static str, means: Means) -> Variable {
    Variable { name, means }
}

#[rustfmt::skip]
pub(super) const VARIABLES: &[Variable] = &[
    row("certs", Is(|a| text(certificates::text(&a.attempt.certificates)))),
    row("conn_id", Is(|a| Value::Number(a.attempt.connection.map_or(-1, i64::from)))),
    row("content_type", Is(|a| field(a, "Content-Type"))),
    row("errormsg", Is(|a| optional(a.failure.as_ref().map(|(_, message)| message.as_str())))),
    row("exitcode", Is(|a| number(a.failure.as_ref().map_or(0, |(exit, _)| u64::from(*exit))))),
    row("filename_effective", Is(|a| Value::Text(a.attempt.saved_as.as_ref().map(|path| Cow::Borrowed(path.as_os_str().as_encoded_bytes()))))),
    row("ftp_entry_path", Is(|_| Value::Text(None))),
    row("header_json", Does(Switch::HeaderJson)),
    row("http_code", Is(status)),
    row("http_connect", Is(|a| Value::Status(a.attempt.connect_status))),
    row("http_version", Is(version)),
    row("json", Does(Switch::Json)),
    row("local_ip", Is(|a| text(local(a).map_or_else(String::new, |at| at.ip().to_string())))),
    row("local_port", Is(|a| port(a, local(a).map(|at| at.port())))),
    row("method", Is(method)),
    row("num_certs", Is(|a| number(a.attempt.certificates.len() as u64))),
    row("num_connects", Is(|a| number(u64::from(a.attempt.connects)))),
    row("num_headers", Is(|a| number(a.attempt.head().map_or(0, |head| head.fields().count() as u64)))),
    row("num_redirects", Is(|a| number(u64::from(a.attempt.redirects)))),
    row("num_retries", Is(|a| number(u64::from(a.retries)))),
    row("onerror", Does(Switch::OnError)),
    row("proxy_ssl_verify_result", Is(|a| verdict(&a.attempt.proxy_verification))),
    row("proxy_used", Is(|a| number(u64::from(a.attempt.hop().is_some_and(|hop| hop.by_proxy))))),
    row("redirect_url", Is(|a| optional(a.attempt.not_followed.as_deref()))),
    row("referer", Is(|a| optional(a.attempt.hop().and_then(|hop| hop.referer.as_deref())))),
    row("remote_ip", Is(|a| text(remote_address(a)))),
    row("remote_port", Is(|a| port(a, remote_port(a)))),
    row("response_code", Is(status)),
    row("scheme", Is(scheme)),
    row("size_delivered", Is(|a| number(a.attempt.delivered))),
    row("size_download", Is(|a| number(a.attempt.received()))),
    row("size_header", Is(|a| number(a.attempt.head_octets))),
    row("size_request", Is(|a| number(a.attempt.request_octets))),
    row("size_upload", Is(|a| number(a.attempt.sent()))),
    row("speed_download", Is(|a| number(a.attempt.speed(a.attempt.received())))),
    row("speed_upload", Is(|a| number(a.attempt.speed(a.attempt.sent())))),
    row("ssl_verify_result", Is(|a| verdict(&a.attempt.verification))),
    row("stderr", Does(Switch::Stderr)),
    row("stdout", Does(Switch::Stdout)),
    row("time_appconnect", Is(|a| time(a, Stage::AppConnect))),
    row("time_connect", Is(|a| time(a, Stage::Connect))),
    row("time_namelookup", Is(|a| time(a, Stage::NameLookup))),
    row("time_posttransfer", Is(|a| time(a, Stage::PostTransfer))),
    row("time_pretransfer", Is(|a| time(a, Stage::PreTransfer))),
    row("time_queue", Is(|a| Value::Seconds(a.attempt.queued))),
    row("time_redirect", Is(|a| Value::Seconds(a.attempt.redirecting))),
    row("time_starttransfer", Is(|a| time(a, Stage::StartTransfer))),
    row("time_total", Is(|a| Value::Seconds(a.attempt.total))),
    row("tls_earlydata", Is(|_| Value::Number(0))),
    row("url", Is(|a| optional(Some(&a.url)))),
    row("url.fragment", Given(Part::Fragment)),
    row("url.host", Given(Part::Host)),
    row("url.options", Given(Part::Options)),
    row("url.password", Given(Part::Password)),
    row("url.path", Given(Part::Path)),
    row("url.port", Given(Part::Port)),
    row("url.query", Given(Part::Query)),
    row("url.scheme", Given(Part::Scheme)),
    row("url.user", Given(Part::User)),
    row("url.zoneid", Given(Part::ZoneId)),
    row("url_effective", Is(|a| optional(Some(a.effective_url())))),
    row("urle.fragment", Effective(Part::Fragment)),
    row("urle.host", Effective(Part::Host)),
    row("urle.options", Effective(Part::Options)),
    row("urle.password", Effective(Part::Password)),
    row("urle.path", Effective(Part::Path)),
    row("urle.port", Effective(Part::Port)),
    row("urle.query", Effective(Part::Query)),
    row("urle.scheme", Effective(Part::Scheme)),
    row("urle.user", Effective(Part::User)),
    row("urle.zoneid", Effective(Part::ZoneId)),
    row("urlnum", Is(|a| number(u64::from(a.number)))),
    row("xfer_id", Is(|a| number(u64::from(a.transfer)))),
];

fn number(value: u64) -> Value<'static> {
    Value::Number(i64::try_from(value).unwrap_or(i64::MAX))
}

fn text(value: String) -> Value<'static> {
    Value::Text(Some(octets(value)))
}

fn optional(value: Option<&str>) -> Value<'_> {
    Value::Text(value.map(|value| Cow::Borrowed(value.as_bytes())))
}

/// Whether no hop asked anybody, since the URL is a file's.
fn is_file(account: &Account) -> bool {
    let scheme = account.url.split_once(':').map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("file"))
}

fn scheme(account: &Account) -> Value<'_> {
    let attempt = &account.attempt;
    let hop = attempt.hop().filter(|_| attempt.connected);
    let file = is_file(account).then_some("file");
    optional(hop.map(|hop| hop.scheme.name()).or(file))
}

fn method(account: &Account) -> Value<'_> {
    let file = is_file(account).then_some("GET");
    let asked = account.attempt.hop().map(|hop| hop.method.as_str());
    optional(asked.or(file))
}

fn time(account: &Account, stage: Stage) -> Value<'static> {
    Value::Seconds(account.attempt.time(stage))
}

fn status(account: &Account) -> Value<'_> {
    Value::Status(account.attempt.hop().map_or(0, |hop| hop.status))
}

fn field<'a>(account: &'a Account, name: &str) -> Value<'a> {
    let field = account.attempt.head().and_then(|head| head.field(name));
    Value::Text(field.map(|field| field.value))
}

fn version(account: &Account) -> Value<'_> {
    let version = account.attempt.hop().and_then(|hop| hop.version);
    optional(Some(match version {
        Some(Version::Http11) => "1.1",
        Some(Version::Http10) => "1",
        Some(Version::Http09) | None => "0",
    }))
}

/// rustls has no numbers for what can be wrong: 1 is OpenSSL's "unspecified".
fn verdict(verification: &Verification) -> Value<'static> {
    Value::Number(i64::from(*verification != Verification::Verified))
}

fn local(account: &Account) -> Option<std::net::SocketAddr> {
    account.attempt.ends.as_ref().and_then(|ends| ends.local)
}

fn remote_address(account: &Account) -> String {
    match account.attempt.ends.as_ref().map(|ends| &ends.peer) {
        Some(Peer::Tcp(address)) => address.ip().to_string(),
        Some(Peer::Unix(path)) => path.display().to_string(),
        Some(Peer::Abstract(name)) => format!("@{name}"),
        None => String::new(),
    }
}

fn remote_port(account: &Account) -> Option<u16> {
    match account.attempt.ends.as_ref().map(|ends| &ends.peer) {
        Some(Peer::Tcp(address)) => Some(address.port()),
        _ => None,
    }
}

/// 0 on a socket without ports, -1 without a connection.
fn port(account: &Account, port: Option<u16>) -> Value<'static> {
    let absent = if account.attempt.ends.is_some() {
        0
    } else {
        -1
    };
    Value::Number(port.map_or(absent, i64::from))
}
