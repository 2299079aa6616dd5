//! The `* ` lines: what happened, in curl's words.
//!
//! Knows: one wording per happening. Must not know: where a line goes, or what came before it.

use std::fmt::Write as _;
use std::net::SocketAddr;

use super::session;
use crate::error::reason;
use crate::event::{Ending, Happening, Lookup, Peer, Side};
use crate::target::Target;

/// What curl says to this, if anything.
pub(super) fn sentences(what: &Happening<'_>, connection: Option<u32>) -> Vec<String> {
    let number = connection.map_or_else(String::new, |number| format!(" #{number}"));
    match what {
        Happening::Resolved {
            host,
            port,
            addresses,
            lookup,
        } => resolved(host, *port, addresses, *lookup),
        // Twice, as the look-up and the connection both report it.
        Happening::ResolveFailed { host, port, .. } => vec![
            format!("Could not resolve host: {host}"),
            format!("Could not resolve host: {host}"),
            format!("Could not resolve: {host}:{port}"),
        ],
        Happening::Securing { alpn: [], .. } => Vec::new(),
        Happening::Securing { alpn, .. } => vec![format!("ALPN: rcurl offers {}", alpn.join(","))],
        Happening::Secured { session } => session::agreement(session),
        Happening::Tunnelling { authority } => vec![
            "CONNECT: no ALPN negotiated".to_owned(),
            format!("Establishing HTTP proxy tunnel to {authority}"),
        ],
        Happening::Tunnelled { status } => vec![
            "CONNECT phase completed for HTTP proxy".to_owned(),
            format!("CONNECT tunnel established, response {status}"),
        ],
        Happening::Established { host, peer, local } => vec![
            format!(
                "Established connection to {host} ({}){} ",
                place(peer),
                from(*local)
            ),
            "using HTTP/1.x".to_owned(),
        ],
        Happening::Signing { remark } => remark.lines().map(str::to_owned).collect(),
        Happening::IgnoringBody { sized } => {
            let mut lines = vec!["Ignoring the response-body".to_owned()];
            lines.extend(sized.then(|| "setting size while ignoring".to_owned()));
            lines
        }
        Happening::Kept { host } => vec![format!("Connection{number} to host {host} left intact")],
        Happening::Ended { how } => vec![match how {
            Ending::ShutDown => format!("shutting down connection{number}"),
            Ending::Closed => format!("closing connection{number}"),
        }],
        what => sentence(what).into_iter().collect(),
    }
}

/// What takes one line, whatever the circumstances.
fn sentence(what: &Happening<'_>) -> Option<String> {
    Some(match what {
        Happening::ResolveAdded { entry } => format!("[DNS] added {entry} to cache"),
        Happening::Connecting { peer } => format!("  Trying {}...", address(peer)),
        Happening::ConnectFailed { peer, local, error } => format!(
            "connect to {}{} failed: {}",
            place(peer),
            from(*local),
            reason(error)
        ),
        Happening::SocksEstablished { version, authority } => {
            format!("Opened {version} connection to {authority}")
        }
        Happening::Reused {
            scheme,
            host,
            is_proxy,
        } => format!(
            "Reusing existing {scheme}: connection with {} {host}",
            if *is_proxy { "proxy" } else { "host" }
        ),
        Happening::Redialling { attempt } => {
            format!("Connection died, retrying a fresh connect (retry count: {attempt})")
        }
        Happening::Authenticating { side, scheme, user } => format!(
            "{} auth using {scheme} with user '{user}'",
            match side {
                Side::Server => "Server",
                Side::Proxy => "Proxy",
            }
        ),
        Happening::AuthenticationRemark { remark } | Happening::OriginRemark { remark } => {
            (*remark).to_owned()
        }
        Happening::RequestSent { body: None } => "Request completely sent off".to_owned(),
        Happening::RequestSent { body: Some(octets) } => {
            format!("upload completely sent off: {octets} bytes")
        }
        Happening::ExpectationFailed => "Got HTTP failure 417 while waiting for a 100".to_owned(),
        Happening::ContinueNotGranted => "Done waiting for 100-continue".to_owned(),
        Happening::AssumeClose => "HTTP 1.0, assume close after body".to_owned(),
        Happening::CookieHeard { outcome } => (*outcome).to_owned(),
        Happening::Upgraded { target } => {
            format!("Switched from HTTP to HTTPS due to HSTS => {target}")
        }
        Happening::NotModifiedAfterAll => "Simulate an HTTP 304 response".to_owned(),
        Happening::TunnelFieldIgnored { name, status } => {
            format!("Ignoring {name} in CONNECT {status} response")
        }
        Happening::Rewinding => "Need to rewind upload for next request".to_owned(),
        Happening::Following { target, .. } => {
            // curl shows a password of the URL as well.
            let mut target = Target::clone(target);
            target.userinfo = None;
            format!("Issue another request to this URL: '{target}'")
        }
        Happening::Failed { error } => error.message.clone(),
        what => return own_sentence(what),
    })
}

/// What curl has no words for.
fn own_sentence(what: &Happening<'_>) -> Option<String> {
    Some(match what {
        Happening::Rehearsing { route } => format!("Dry run: this would go {route}"),
        Happening::Rehearsed { head, body: None } => {
            format!("Dry run: not sent, {head} bytes of head")
        }
        Happening::Rehearsed {
            head,
            body: Some(body),
        } => format!("Dry run: not sent, {head} bytes of head and {body} bytes of body"),
        Happening::JsonBroken {
            line,
            column,
            wanted,
        } => format!(
            "JSON breaks at line {line}, column {column} (in bytes), where {wanted} should stand: shown as it came"
        ),
        Happening::Problem {
            kind,
            title,
            status,
            detail,
        } => problem(*kind, *title, *status, *detail),
        _ => return None,
    })
}

/// `Problem 403: Out of credit: You have 30, and it costs 50. <https://example.com/no-credit>`
fn problem(
    kind: Option<&str>,
    title: Option<&str>,
    status: Option<u16>,
    detail: Option<&str>,
) -> String {
    let mut sentence = "Problem".to_owned();
    if let Some(status) = status {
        let _ = write!(sentence, " {status}");
    }
    for text in title.into_iter().chain(detail) {
        let ended = sentence.ends_with(['.', '!', '?']);
        sentence.push_str(if ended { " " } else { ": " });
        sentence.push_str(text);
    }
    if let Some(kind) = kind {
        let _ = write!(sentence, " <{kind}>");
    }
    sentence
}

fn resolved(host: &str, port: u16, addresses: &[SocketAddr], lookup: Lookup) -> Vec<String> {
    if lookup == Lookup::Literal {
        return Vec::new();
    }
    let family = |wanted: fn(&SocketAddr) -> bool| {
        let list: Vec<_> = addresses
            .iter()
            .filter(|address| wanted(address))
            .map(|address| address.ip().to_string())
            .collect();
        if list.is_empty() {
            "(none)".to_owned()
        } else {
            list.join(", ")
        }
    };
    let mut lines = Vec::new();
    if lookup == Lookup::Cached {
        lines.push(format!("Hostname {host} was found in DNS cache"));
    }
    lines.push(format!("Host {host}:{port} was resolved."));
    lines.push(format!("IPv6: {}", family(SocketAddr::is_ipv6)));
    lines.push(format!("IPv4: {}", family(SocketAddr::is_ipv4)));
    lines
}

/// `127.0.0.1:8000`, or the path of a socket.
pub(in crate::view) fn address(peer: &Peer) -> String {
    match peer {
        Peer::Tcp(address) => address.to_string(),
        Peer::Unix(path) => path.display().to_string(),
        Peer::Abstract(name) => format!("@{name}"),
    }
}

/// `127.0.0.1 port 8000`, or the path of a socket.
fn place(peer: &Peer) -> String {
    match peer {
        Peer::Tcp(address) => format!("{} port {}", address.ip(), address.port()),
        Peer::Unix(_) | Peer::Abstract(_) => address(peer),
    }
}

fn from(local: Option<SocketAddr>) -> String {
    local.map_or_else(String::new, |local| {
        format!(" from {} port {}", local.ip(), local.port())
    })
}
