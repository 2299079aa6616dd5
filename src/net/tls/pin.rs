//! `--pinnedpubkey`: the public keys that a server may have.
//!
//! Knows: curl's two forms, `sha256//` hashes and a file. Must not know: chains or trust.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::SubjectPublicKeyInfoDer;
use rustls::pki_types::pem::PemObject;
use sha2::{Digest, Sha256};

/// The keys allowed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Pins {
    /// SHA-256 of the key, base64.
    Hashes(Vec<String>),
    /// The key itself, DER. None: the file could not be read, so that no key fits.
    Key(Option<Vec<u8>>),
}

impl Pins {
    /// Reads what was given on the command line.
    pub(super) fn read(text: &str) -> Self {
        if let Some(hashes) = text.strip_prefix("sha256//") {
            let hashes = hashes.split(";sha256//").map(str::to_owned);
            return Pins::Hashes(hashes.collect());
        }
        let octets = std::fs::read(Path::new(text)).ok();
        Pins::Key(octets.map(|octets| {
            SubjectPublicKeyInfoDer::from_pem_slice(&octets)
                .map(|key| key.to_vec())
                .unwrap_or(octets)
        }))
    }

    /// Whether a key (`SubjectPublicKeyInfo`, DER) is among them.
    pub(super) fn allow(&self, key: &[u8]) -> bool {
        match self {
            Pins::Hashes(hashes) => hashes.contains(&hash(key)),
            Pins::Key(pinned) => pinned.as_deref() == Some(key),
        }
    }
}

/// A key as `--pinnedpubkey` takes it.
pub(super) fn pin(key: &[u8]) -> String {
    format!("sha256//{}", hash(key))
}

fn hash(key: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_allowed_by_its_hash_or_itself() {
        let check =
            |pins: Pins, expected: bool| assert_eq!(pins.allow(b"key"), expected, "{pins:?}");
        let hash = STANDARD.encode(Sha256::digest(b"key"));
        check(Pins::read(&format!("sha256//{hash}")), true);
        check(Pins::read(&pin(b"key")), true);
        check(Pins::read(&format!("sha256//AAAA;sha256//{hash}")), true);
        check(Pins::read(&format!("sha256//{hash};sha256//AAAA")), true);
        check(Pins::read(&format!("sha256//AAAA;{hash}")), false);
        check(Pins::read("sha256//AAAA"), false);
        check(Pins::read("sha256//"), false);
        check(Pins::read("/no/such/file"), false);
        check(Pins::Key(Some(b"key".to_vec())), true);
    }
}
