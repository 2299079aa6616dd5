//! Private keys under a passphrase.
//!
//! Knows: the encrypted form of PKCS #8 (RFC 5958, 3; the ciphers of PBES2, RFC 8018), in PEM and
//! DER. Must not know: files, or where the passphrase comes from.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pkcs8::EncryptedPrivateKeyInfoRef;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use zeroize::Zeroizing;

use crate::plan::Secret;

const BEGIN: &str = "-----BEGIN ENCRYPTED PRIVATE KEY-----";
const END: &str = "-----END ENCRYPTED PRIVATE KEY-----";

const UNSUPPORTED: &str = "the key is encrypted with a cipher that is not supported; \
                           `openssl pkcs8 -topk8 -in OLD -out NEW` encrypts it with AES";

/// A key that a passphrase opens, DER.
pub(super) struct Sealed(Vec<u8>);

impl Sealed {
    /// Finds such a key among PEM blocks.
    pub(super) fn in_pem(octets: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(octets);
        let (block, _) = text.split_once(BEGIN)?.1.split_once(END)?;
        let block: String = block.split_ascii_whitespace().collect();
        STANDARD.decode(block).ok().map(Self)
    }

    /// Takes octets for such a key if they have its form.
    pub(super) fn in_der(octets: &[u8]) -> Option<Self> {
        EncryptedPrivateKeyInfoRef::try_from(octets).ok()?;
        Some(Self(octets.to_vec()))
    }

    /// The key itself, or a sentence about why it stays closed.
    pub(super) fn open(
        &self,
        passphrase: Option<&Secret>,
    ) -> Result<PrivateKeyDer<'static>, &'static str> {
        let Some(passphrase) = passphrase else {
            return Err("the key is encrypted; --pass gives the passphrase");
        };
        let sealed =
            EncryptedPrivateKeyInfoRef::try_from(self.0.as_slice()).map_err(|_| UNSUPPORTED)?;
        let opened = sealed
            .decrypt(passphrase.reveal())
            .map_err(|error| reason(&error))?;
        let opened = Zeroizing::new(opened.as_bytes().to_vec());
        Ok(PrivatePkcs8KeyDer::from(opened.as_slice())
            .clone_key()
            .into())
    }
}

fn reason(error: &pkcs8::Error) -> &'static str {
    use pkcs8::pkcs5::Error as Cipher;
    match error {
        pkcs8::Error::EncryptedPrivateKey(
            Cipher::NoPbes1CryptSupport
            | Cipher::UnsupportedAlgorithm { .. }
            | Cipher::AlgorithmParametersInvalid { .. },
        ) => UNSUPPORTED,
        // Padding or contents that make no sense: nothing else can be told from a wrong passphrase.
        _ => "the passphrase is wrong",
    }
}

/// Whether a PEM file has a key encrypted in the form that came before PKCS #8 (RFC 1421, 4.6.1.1),
/// whose passphrase is hashed but once.
pub(super) fn is_of_old_form(octets: &[u8]) -> bool {
    const MARK: &[u8] = b"Proc-Type: 4,ENCRYPTED";
    octets.windows(MARK.len()).any(|window| window == MARK)
}
