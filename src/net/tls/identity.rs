//! Who we are: the client certificate and its key.
//!
//! Knows: the files of `--cert` and `--key`. Must not know: the handshake they are for. What is in
//! the key never reaches a message.

use std::path::Path;

use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

use super::sealed::{self, Sealed};
use crate::error::{Error, Result, reason};
use crate::plan::{Secret, Tls};

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
    let key = read_key(key_path, key_type, settings.passphrase.as_ref())?;
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
        Some("P12") => Err(
            "PKCS #12 is not supported; `openssl pkcs12 -in OLD.p12 -out NEW.pem` \
                            makes a PEM file of it"
                .to_owned(),
        ),
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
        Encoding::Der if is_pem(&octets) => Err(refuse("it is in PEM form, not DER")),
        Encoding::Der if !is_certificate(&octets) => {
            Err(refuse("no certificate in DER form in it"))
        }
        Encoding::Der => Ok(vec![CertificateDer::from(octets)]),
        Encoding::Pem => {
            let chain: std::result::Result<Vec<_>, _> =
                CertificateDer::pem_slice_iter(&octets).collect();
            match chain {
                Ok(chain) if !chain.is_empty() => Ok(chain),
                Ok(_) if is_certificate(&octets) => Err(refuse("it is in DER form, not PEM")),
                Ok(_) => Err(refuse("no certificate in PEM form in it")),
                Err(_) => Err(refuse("its PEM form is broken")),
            }
        }
    }
}

fn read_key(
    path: &Path,
    named: Option<&str>,
    passphrase: Option<&Secret>,
) -> Result<PrivateKeyDer<'static>> {
    let refuse = |reason: &str| Error::bad_client_key(path, reason);
    let encoding = encoding(named).map_err(|reason| refuse(&reason))?;
    let octets = std::fs::read(path).map_err(|error| refuse(&reason(&error)))?;
    let octets = zeroize::Zeroizing::new(octets);
    let sealed = match encoding {
        Encoding::Der => Sealed::in_der(&octets),
        Encoding::Pem => Sealed::in_pem(&octets),
    };
    if let Some(sealed) = sealed {
        return sealed.open(passphrase).map_err(refuse);
    }
    match encoding {
        Encoding::Der if is_pem(&octets) => Err(refuse("it is in PEM form, not DER")),
        Encoding::Der => {
            let key = PrivateKeyDer::try_from(octets.as_slice()).map_err(refuse)?;
            Ok(key.clone_key())
        }
        Encoding::Pem if sealed::is_of_old_form(&octets) => Err(refuse(
            "the key is encrypted in the old PEM form (Proc-Type), which is not supported; \
             `openssl pkcs8 -topk8 -in OLD -out NEW` converts it",
        )),
        Encoding::Pem => PrivateKeyDer::from_pem_slice(&octets).map_err(|error| match error {
            pem::Error::NoItemsFound => refuse("no private key in PEM form in it"),
            _ => refuse("its PEM form is broken"),
        }),
    }
}

/// Whether a file has a block of PEM (RFC 7468) in it.
fn is_pem(octets: &[u8]) -> bool {
    const BEGIN: &[u8] = b"-----BEGIN ";
    octets.windows(BEGIN.len()).any(|window| window == BEGIN)
}

fn is_certificate(octets: &[u8]) -> bool {
    Certificate::from_der(octets).is_ok()
}
