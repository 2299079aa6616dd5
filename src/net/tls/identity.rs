//! Who we are: the client certificate and its key.
//!
//! Knows: the files of `--cert` and `--key`. Must not know: the handshake they are for. What is in
//! the key never reaches a message.

use std::path::Path;

use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::error::{Error, Result, reason};
use crate::plan::Tls;

/// A chain, our own certificate first, and its key.
pub(super) type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// Reads the client certificate, when there is one. The key may stand in the same file.
pub(super) fn load(settings: &Tls) -> Result<Option<Identity>> {
    let Some(path) = &settings.certificate else {
        return Ok(None);
    };
    let chain = read_chain(path, settings.certificate_type.as_deref())?;
    let key_path = settings.key.as_ref().unwrap_or(path);
    let key_type = match settings.key {
        Some(_) => settings.key_type.as_deref(),
        None => settings.certificate_type.as_deref(),
    };
    let key = read_key(key_path, key_type)?;
    Ok(Some((chain, key)))
}

/// How a file is encoded; the names are curl's.
enum Encoding {
    Pem,
    Der,
}

fn encoding(named: Option<&str>) -> std::result::Result<Encoding, String> {
    match named.map(str::to_ascii_uppercase).as_deref() {
        None | Some("PEM") => Ok(Encoding::Pem),
        Some("DER") => Ok(Encoding::Der),
        Some(other) => Err(format!(
            "the type {other} is not supported, PEM and DER are"
        )),
    }
}

fn read_chain(path: &Path, named: Option<&str>) -> Result<Vec<CertificateDer<'static>>> {
    let refuse = |reason: &str| Error::bad_client_certificate(path, reason);
    let encoding = encoding(named).map_err(|reason| refuse(&reason))?;
    let octets = std::fs::read(path).map_err(|error| refuse(&reason(&error)))?;
    match encoding {
        Encoding::Der => Ok(vec![CertificateDer::from(octets)]),
        Encoding::Pem => {
            let chain: std::result::Result<Vec<_>, _> =
                CertificateDer::pem_slice_iter(&octets).collect();
            match chain {
                Ok(chain) if !chain.is_empty() => Ok(chain),
                Ok(_) => Err(refuse("no certificate in PEM form in it")),
                Err(_) => Err(refuse("its PEM form is broken")),
            }
        }
    }
}

fn read_key(path: &Path, named: Option<&str>) -> Result<PrivateKeyDer<'static>> {
    let refuse = |reason: &str| Error::bad_client_key(path, reason);
    let encoding = encoding(named).map_err(|reason| refuse(&reason))?;
    let octets = std::fs::read(path).map_err(|error| refuse(&reason(&error)))?;
    let octets = zeroize::Zeroizing::new(octets);
    match encoding {
        Encoding::Der => {
            let key = PrivateKeyDer::try_from(octets.as_slice()).map_err(refuse)?;
            Ok(key.clone_key())
        }
        Encoding::Pem if is_encrypted(&octets) => Err(refuse(
            "the key is encrypted, which is not supported; `openssl pkey` takes the passphrase off",
        )),
        Encoding::Pem => PrivateKeyDer::from_pem_slice(&octets).map_err(|error| match error {
            pem::Error::NoItemsFound => refuse("no private key in PEM form in it"),
            _ => refuse("its PEM form is broken"),
        }),
    }
}

/// Whether the key is PKCS #8 under a passphrase, or the older form that a `Proc-Type` line tells.
fn is_encrypted(octets: &[u8]) -> bool {
    let marks: [&[u8]; 2] = [b"BEGIN ENCRYPTED PRIVATE KEY", b"Proc-Type: 4,ENCRYPTED"];
    let holds = |mark: &[u8]| octets.windows(mark.len()).any(|window| window == mark);
    marks.into_iter().any(holds)
}
