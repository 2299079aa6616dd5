//! A TLS session in words.
//!
//! Knows: what can be told of trust, of certificates and of a session, and what can be wrong with
//! them. Must not know: how any of it was found out.

use std::fmt;
use std::path::PathBuf;

/// Which certificates are trusted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trust {
    /// `-k`: none is asked for.
    pub disabled: bool,
    /// The roots that rcurl carries with it.
    pub built_in: bool,
    /// The roots of the system.
    pub native: bool,
    /// A file of roots.
    pub file: Option<PathBuf>,
    /// A folder of roots.
    pub directory: Option<PathBuf>,
}

/// One certificate, in words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Certificate {
    /// `O=Seeds; CN=localhost`.
    pub subject: String,
    /// As the subject.
    pub issuer: String,
    /// Start of validity, Unix seconds.
    pub not_before: i64,
    /// End of validity, Unix seconds.
    pub not_after: i64,
    /// Subject alternative names: host names and addresses.
    pub names: Vec<String>,
    /// The serial number in hexadecimal.
    pub serial: String,
    /// The X.509 version, from 1.
    pub version: u8,
    /// `EC/prime256v1 (256/128 Bits/secBits)`.
    pub key: String,
    /// `id-ecPublicKey`, `rsaEncryption`.
    pub key_algorithm: String,
    /// `ecdsa-with-SHA256`.
    pub signature_algorithm: String,
    /// It says that it is an authority (`CA:TRUE`).
    pub authority: bool,
    /// Where its issuer's certificate can be had (RFC 5280, 4.2.2.1).
    pub issuer_url: Option<String>,
    /// `sha256//` and the hash of the key, as `--pinnedpubkey` takes it.
    pub pin: String,
    /// The certificate itself.
    pub der: Vec<u8>,
}

impl Certificate {
    /// Whether it could be taken apart.
    pub fn is_readable(&self) -> bool {
        self.version > 0
    }

    /// Whether it names itself as its issuer.
    pub fn is_self_issued(&self) -> bool {
        self.subject == self.issuer
    }
}

/// A TLS session, in words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TlsFacts {
    /// `TLSv1.3`.
    pub version: &'static str,
    /// The cipher suite.
    pub suite: String,
    /// The key exchange group.
    pub group: String,
    /// What ALPN agreed on.
    pub alpn: Option<String>,
    /// Whether ALPN was offered.
    pub alpn_offered: bool,
    /// The server's chain as sent, its own certificate first.
    pub certificates: Vec<Certificate>,
    /// What became of the verification.
    pub verification: Verification,
    /// The time of day that dates were held against, Unix seconds.
    pub judged_at: i64,
    /// The name that was wanted.
    pub wanted_name: String,
    /// The name of the certificate that matched, as the certificate spells it.
    pub matched_name: Option<String>,
    /// For a proxy rather than the origin.
    pub for_proxy: bool,
    /// How often the handshake went there and back.
    pub round_trips: u32,
}

/// What became of the verification of a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Verification {
    /// Trusted.
    #[default]
    Verified,
    /// Not trusted, and not asked for (`-k`).
    Ignored(Distrust),
    /// Not trusted.
    Failed(Distrust),
}

/// Why a server is not trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distrust {
    /// What is wrong.
    pub fault: Fault,
    /// The same in words, for a message; names in it come from the certificate.
    pub reason: String,
}

impl fmt::Display for Distrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

/// What can be wrong with a chain of certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// None was sent.
    Missing,
    /// One of them has expired.
    Expired,
    /// One of them is not valid yet.
    NotYetValid,
    /// The server's own names somebody else.
    WrongName,
    /// The last issuer was not sent, and is not trusted.
    UnknownIssuer,
    /// The server's own is signed by itself, and not trusted.
    SelfSigned,
    /// The chain ends in one that is signed by itself, and not trusted.
    UnknownRoot,
    /// One was not signed by the issuer of that name.
    BadSignature,
    /// One is signed in a way that is no longer believed.
    WeakSignature,
    /// The server's own key is too weak, or did not sign the handshake.
    WeakKey,
    /// The server's own is an authority's (`CA:TRUE`).
    AuthorityAsServer,
    /// An issuer may not issue this.
    NoAuthority,
    /// The server's own is not for servers.
    WrongPurpose,
    /// One was revoked.
    Revoked,
    /// Nobody knows whether one was revoked.
    RevocationUnknown,
    /// No proof came that it is not revoked, or none that is good (`--cert-status`).
    Status,
    /// One cannot be read, or has something in it that nobody here understands.
    Malformed,
}
