//! The wording of failures on the way to a server: names, sockets, proxies, TLS.
//!
//! Knows: curl's exit code and sentence for each of them, and what to do about it. Must not know:
//! sockets or sessions.

use std::io;
use std::path::Path;

use super::{Error, Exit, plain, reason};
use crate::codec::text::visible;

/// Failures on the way to a server: names, sockets, proxies.
impl Error {
    /// A name without addresses.
    pub fn could_not_resolve(host: &str) -> Self {
        Self::new(
            Exit::CouldntResolveHost,
            format!("Could not resolve host: {host}"),
        )
    }

    /// The name of a proxy without addresses.
    pub fn could_not_resolve_proxy(host: &str) -> Self {
        Self::new(
            Exit::CouldntResolveProxy,
            format!("Could not resolve proxy: {host}"),
        )
    }

    /// RFC 7686: names under `.onion` never reach the DNS.
    pub fn onion() -> Self {
        Self::new(
            Exit::CouldntResolveHost,
            "Not resolving .onion address (RFC 7686)",
        )
    }

    /// A time limit ran out during a look-up.
    pub fn resolving_timed_out(milliseconds: u128) -> Self {
        Self::new(
            Exit::OperationTimedout,
            format!("Resolving timed out after {milliseconds} milliseconds"),
        )
    }

    /// A time limit ran out before the connection stood.
    pub fn connection_timed_out(milliseconds: u128) -> Self {
        Self::new(
            Exit::OperationTimedout,
            format!("Connection timed out after {milliseconds} milliseconds"),
        )
    }

    /// No address answered. `via` is the proxy, when there is one.
    pub fn could_not_connect(
        host: &str,
        port: u16,
        via: Option<&str>,
        milliseconds: u128,
        error: &io::Error,
    ) -> Self {
        let via = via.map_or_else(String::new, |proxy| format!("via {proxy} "));
        let (exit, reason) = match error.kind() {
            io::ErrorKind::TimedOut => (Exit::OperationTimedout, "Timeout was reached"),
            _ => (Exit::CouldntConnect, "Could not connect to server"),
        };
        Self::new(
            exit,
            format!("Failed to connect to {host}:{port} {via}after {milliseconds} ms: {reason}"),
        )
    }

    /// `--interface` names nothing that a socket can be bound to.
    pub fn could_not_bind_to(name: &str) -> Self {
        Self::new(
            Exit::InterfaceFailed,
            format!("Couldn't bind to '{}'", plain(name)),
        )
    }

    /// The system refused the local address or port.
    pub fn bind_failed(error: &io::Error) -> Self {
        let number = error.raw_os_error().unwrap_or(0);
        Self::new(
            Exit::InterfaceFailed,
            format!("bind failed with errno {number}: {}", reason(error)),
        )
    }

    /// An entry of `--resolve` that means nothing.
    pub fn bad_resolve_entry(entry: &str) -> Self {
        Self::new(
            Exit::SetoptOptionSyntax,
            format!("Couldn't parse CURLOPT_RESOLVE entry '{}'", plain(entry)),
        )
    }

    /// An entry of `--connect-to` that means nothing.
    pub fn bad_connect_to_entry(entry: &str) -> Self {
        Self::new(
            Exit::SetoptOptionSyntax,
            format!("Couldn't parse CURLOPT_CONNECT_TO entry '{}'", plain(entry)),
        )
    }

    /// A proxy handshake that failed.
    pub fn proxy(message: impl Into<String>) -> Self {
        Self::new(Exit::Proxy, message)
    }
}

/// Failures of TLS.
impl Error {
    /// A time limit ran out during a TLS handshake.
    pub fn tls_timed_out() -> Self {
        Self::new(Exit::OperationTimedout, "SSL connection timeout")
    }

    /// A server that does not speak TLS; `greeting` is what it said first.
    pub fn not_tls(greeting: &[u8], authority: &str) -> Self {
        let what = if greeting.starts_with(b"HTTP/") {
            "the server answered with plain HTTP, not TLS".to_owned()
        } else {
            format!(
                "the server does not speak TLS: it began with \"{}\"",
                visible(greeting)
            )
        };
        Self::tls_connect(&format!("{what}; try http://{authority}/"))
    }

    /// The handshake failed for a reason other than trust.
    pub fn tls_connect(reason: &str) -> Self {
        Self::new(
            Exit::SslConnectError,
            format!("TLS connect error: {}", plain(reason)),
        )
    }

    /// A chain that leads to nobody trusted, or is out of date.
    pub fn untrusted(reason: &str) -> Self {
        Self::new(
            Exit::PeerFailedVerification,
            format!("SSL certificate problem: {}", plain(reason)),
        )
    }

    /// A trusted certificate for somebody else; `names` are those it has.
    pub fn wrong_name(wanted: &str, names: &str) -> Self {
        Self::new(
            Exit::PeerFailedVerification,
            format!(
                "SSL: no alternative certificate subject name matches target hostname '{wanted}' \
                 ({})",
                plain(names)
            ),
        )
    }

    /// `--cert-status`, and there is no proof that the certificate is not revoked.
    pub fn bad_certificate_status(reason: &str) -> Self {
        Self::new(Exit::SslInvalidcertstatus, reason)
    }

    /// The public key is not the one of `--pinnedpubkey`.
    pub fn wrong_pinned_key() -> Self {
        Self::new(
            Exit::SslPinnedpubkeynotmatch,
            "SSL: public key does not match pinned public key",
        )
    }

    /// A file of trusted certificates that cannot be used.
    pub fn bad_ca_file(path: &Path, reason: &str) -> Self {
        Self::new(
            Exit::SslCacertBadfile,
            format!(
                "error adding trust anchors from file: {}: {reason}; a file with certificates in \
                 PEM form is needed",
                path.display()
            ),
        )
    }

    /// A revocation list that cannot be used.
    pub fn bad_crl_file(path: &Path, reason: &str) -> Self {
        Self::new(
            Exit::SslCrlBadfile,
            format!("error loading CRL file: {}: {reason}", path.display()),
        )
    }

    /// A client certificate that cannot be used.
    pub fn bad_client_certificate(path: &Path, reason: &str) -> Self {
        Self::new(
            Exit::SslCertproblem,
            format!(
                "could not load client certificate from {}: {reason}",
                path.display()
            ),
        )
    }

    /// The key of a client certificate that cannot be used.
    pub fn bad_client_key(path: &Path, reason: &str) -> Self {
        Self::new(
            Exit::SslCertproblem,
            format!(
                "unable to set private key file: '{}': {reason}",
                path.display()
            ),
        )
    }

    /// A list of cipher suites or curves with nothing usable in it.
    pub fn no_cipher(what: &str, list: &str) -> Self {
        Self::new(
            Exit::SslCipher,
            format!("failed setting {what}: '{}'", plain(list)),
        )
    }

    /// Something that this build cannot do and must not pretend to have done.
    pub fn not_built_in(what: &str) -> Self {
        Self::new(Exit::NotBuiltIn, what)
    }
}
