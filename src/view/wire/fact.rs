//! What happened around the octets, in a few words.
//!
//! Knows: one wording per happening, shorter than `-v`'s, since the octets speak for themselves.
//! Must not know: octets, or when something happened.

use std::net::SocketAddr;
use std::time::Duration;

use super::part::count;
use crate::error::reason;
use crate::event::{Happening, Lookup, TlsFacts, Verification};
use crate::view::style::Meaning;
use crate::view::trace::address;

/// One fact.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fact {
    pub(super) meaning: Meaning,
    /// Whether it is about the connection at hand.
    pub(super) of_connection: bool,
    pub(super) sentence: String,
}

/// What is told of this, if anything.
pub(super) fn of(what: &Happening<'_>) -> Option<Fact> {
    of_request(what).or_else(|| of_connection(what))
}

/// What is about a request, wherever it goes.
fn of_request(what: &Happening<'_>) -> Option<Fact> {
    let (meaning, sentence) = match what {
        Happening::Requesting {
            target,
            method,
            by_proxy,
        } => {
            let way = if *by_proxy { " through a proxy" } else { "" };
            let url = target.without_userinfo();
            (Meaning::Name, format!("{method} {url}{way}"))
        }
        Happening::Retrying {
            problem,
            after,
            left,
        } => {
            let left = match left {
                1 => "1 retry".to_owned(),
                many => format!("{many} retries"),
            };
            let wait = seconds(*after);
            let sentence = format!("{problem}: again in {wait}, {left} left");
            (Meaning::Notable, sentence)
        }
        Happening::ResolveFailed { host, .. } => {
            (Meaning::Bad, format!("no address found for {host}"))
        }
        Happening::Resolved {
            host,
            addresses,
            lookup: Lookup::Asked,
            ..
        } => {
            let list: Vec<_> = addresses.iter().map(|it| it.ip().to_string()).collect();
            (Meaning::Aside, format!("{host} is {}", list.join(", ")))
        }
        _ => return None,
    };
    Some(Fact {
        meaning,
        of_connection: false,
        sentence,
    })
}

/// What is about a connection.
fn of_connection(what: &Happening<'_>) -> Option<Fact> {
    let mut meaning = Meaning::Aside;
    let sentence = match what {
        Happening::Connecting { peer } => format!("connecting to {}", address(peer)),
        Happening::Connected { peer, local } => {
            format!("connected to {}{}", address(peer), from(*local))
        }
        Happening::ConnectFailed { peer, error, .. } => {
            meaning = Meaning::Notable;
            format!("no connection to {}: {}", address(peer), reason(error))
        }
        Happening::Secured { session } => {
            if session.verification != Verification::Verified {
                meaning = Meaning::Notable;
            }
            secured(session)
        }
        Happening::SocksEstablished { version, authority } => {
            format!("{version} proxy connected to {authority}")
        }
        Happening::Tunnelled { .. } => "tunnel granted: what follows goes through it".to_owned(),
        Happening::Reused { .. } => "used again".to_owned(),
        Happening::Redialling { .. } => {
            meaning = Meaning::Notable;
            "closed by the other side while it was kept: once more on a fresh one".to_owned()
        }
        Happening::RequestSent { body: None } => "request sent".to_owned(),
        Happening::RequestSent { body: Some(octets) } => {
            format!("request sent with a body of {}", count(*octets, "octet"))
        }
        Happening::ContinueNotGranted => {
            "no 100 Continue came in time: the body goes out".to_owned()
        }
        Happening::IgnoringBody { .. } => "its content will be read and dropped".to_owned(),
        Happening::Kept { .. } => "kept for the next request".to_owned(),
        Happening::Ended { .. } => "closed".to_owned(),
        Happening::Failed { error } => {
            meaning = Meaning::Bad;
            error.message.clone()
        }
        _ => return None,
    };
    Some(Fact {
        meaning,
        of_connection: true,
        sentence,
    })
}

/// `TLSv1.3, TLS_AES_256_GCM_SHA384, X25519, http/1.1, certificate verified`.
fn secured(session: &TlsFacts) -> String {
    let mut parts: Vec<&str> = [session.version, &session.suite, &session.group].to_vec();
    parts.extend(session.alpn.as_deref());
    parts.retain(|part| !part.is_empty());
    let whose = if session.for_proxy { "proxy's " } else { "" };
    let verdict = match &session.verification {
        Verification::Verified => "verified".to_owned(),
        Verification::Ignored(reason) => format!("not verified ({reason})"),
        Verification::Failed(reason) => format!("refused ({reason})"),
    };
    format!("{}, {whose}certificate {verdict}", parts.join(", "))
}

fn from(local: Option<SocketAddr>) -> String {
    local.map_or_else(String::new, |local| format!(" from {local}"))
}

fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs_f64())
}
