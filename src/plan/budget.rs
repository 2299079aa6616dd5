//! `--budget`: how long parts of a transfer may take.
//!
//! Knows: the names of the times that can be limited, one row each. Must not know: how a limit is
//! written, or what is measured.

use std::time::Duration;

/// A limit of one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// The time, as it was called.
    pub name: &'static str,
    /// What it is.
    pub measure: Measure,
    /// How long it may be.
    pub most: Duration,
}

/// A time that can be limited: one of curl's, from the beginning of a request to a point, or that of
/// a phase alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Looking names up, alone.
    LookUp,
    /// As `%{time_namelookup}`.
    UntilResolved,
    /// As `%{time_connect}`.
    UntilConnected,
    /// SOCKS and CONNECT, alone.
    Proxy,
    /// TLS handshakes, alone.
    Tls,
    /// As `%{time_appconnect}`.
    UntilSecured,
    /// As `%{time_pretransfer}`.
    UntilSending,
    /// Sending requests, alone.
    Send,
    /// As `%{time_posttransfer}`.
    UntilSent,
    /// Waiting for responses, alone.
    Wait,
    /// As `%{time_starttransfer}`.
    UntilFirstOctet,
    /// Receiving responses, alone.
    Receive,
    /// As `%{time_redirect}`.
    Redirect,
    /// As `%{time_total}`.
    Total,
}

/// The names; where one is curl's, so is the meaning.
pub const MEASURES: [(&str, Measure); 16] = [
    ("dns", Measure::LookUp),
    ("lookup", Measure::LookUp),
    ("namelookup", Measure::UntilResolved),
    ("connect", Measure::UntilConnected),
    ("proxy", Measure::Proxy),
    ("tls", Measure::Tls),
    ("appconnect", Measure::UntilSecured),
    ("pretransfer", Measure::UntilSending),
    ("send", Measure::Send),
    ("posttransfer", Measure::UntilSent),
    ("wait", Measure::Wait),
    ("starttransfer", Measure::UntilFirstOctet),
    ("ttfb", Measure::UntilFirstOctet),
    ("receive", Measure::Receive),
    ("redirect", Measure::Redirect),
    ("total", Measure::Total),
];
