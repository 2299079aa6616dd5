//! What a key makes of a message: HMAC-SHA256 (RFC 2104) and Ed25519 (RFC 8032).
//!
//! Knows: the two that request signing needs, over the same library as TLS. Must not know: what the
//! message says.

use ring::hmac;
use ring::signature::Ed25519KeyPair;
use zeroize::Zeroizing;

/// The length of a seed of Ed25519, in octets.
pub const SEED_LENGTH: usize = 32;

/// HMAC-SHA256; wiped when dropped, since it may be a key itself.
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> Zeroizing<Vec<u8>> {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message);
    Zeroizing::new(tag.as_ref().to_vec())
}

/// The signature of Ed25519, 64 octets; none for a seed that is not [`SEED_LENGTH`] octets long.
pub fn ed25519(seed: &[u8], message: &[u8]) -> Option<Vec<u8>> {
    let key = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
    Some(key.sign(message).as_ref().to_vec())
}
