//! Who is trusted.
//!
//! Knows: where the roots come from, and how they are read. Must not know: chains.
//!
//! Source: curl's `--cacert` family.

use std::path::Path;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::error::{Error, Result, reason};
use crate::event::Trust;
use crate::net::Surroundings;
use crate::plan::Tls;

/// The certificates that are trusted.
pub(super) struct Anchors {
    pub(super) roots: RootCertStore,
    /// Those that were named, whole: a server's own certificate may be among them.
    pub(super) named: Vec<CertificateDer<'static>>,
}

/// Which certificates the settings trust; what the environment names counts only when no option
/// names any.
pub(super) fn chosen(settings: &Tls, surroundings: &Surroundings) -> Trust {
    let asked = settings.ca_file.is_some() || settings.ca_directory.is_some();
    let (file, directory) = if asked {
        (settings.ca_file.clone(), settings.ca_directory.clone())
    } else {
        let Surroundings {
            ca_file,
            ca_directory,
            ..
        } = surroundings.clone();
        (ca_file, ca_directory)
    };
    Trust {
        disabled: !settings.verify,
        built_in: file.is_none() && directory.is_none(),
        native: settings.ca_native,
        file,
        directory,
    }
}

impl Anchors {
    /// Reads what is trusted. Without verification a file that cannot be read does not matter.
    pub(super) fn load(trust: &Trust) -> Result<Self> {
        let mut anchors = Self {
            roots: RootCertStore::empty(),
            named: Vec::new(),
        };
        if trust.built_in {
            let built_in = webpki_roots::TLS_SERVER_ROOTS.iter().cloned();
            anchors.roots.extend(built_in);
        }
        if trust.native {
            anchors.add(rustls_native_certs::load_native_certs().certs);
        }
        match trust.file.as_deref().map(read_bundle) {
            Some(Ok(certificates)) => anchors.add(certificates),
            Some(Err(error)) if !trust.disabled => return Err(error),
            _ => {}
        }
        if let Some(directories) = &trust.directory {
            anchors.add(read_directories(directories));
        }
        Ok(anchors)
    }

    fn add(&mut self, certificates: Vec<CertificateDer<'static>>) {
        // One that is no authority may still be a server's own.
        let borrowed = certificates.iter().map(|it| CertificateDer::from(&**it));
        self.roots.add_parsable_certificates(borrowed);
        self.named.extend(certificates);
    }
}

fn read_bundle(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let octets = std::fs::read(path).map_err(|error| Error::bad_ca_file(path, &reason(&error)))?;
    let found: Vec<_> = CertificateDer::pem_slice_iter(&octets)
        .filter_map(std::result::Result::ok)
        .collect();
    if found.is_empty() {
        return Err(Error::bad_ca_file(path, "no certificate in it"));
    }
    Ok(found)
}

/// Reads directories, separated as in `PATH`. Those that are not there are passed over, as OpenSSL
/// does; files need no hashed names.
fn read_directories(list: &Path) -> Vec<CertificateDer<'static>> {
    std::env::split_paths(list)
        .flat_map(|path| rustls_native_certs::load_certs_from_paths(None, Some(&path)).certs)
        .collect()
}
