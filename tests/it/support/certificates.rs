//! Certificates made on the spot: an authority, and whom it vouches for.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, DnType, IsCa, KeyPair,
};
use rcurl::plan::Tls;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ConfigBuilder, ServerConfig, WantsVerifier};

/// An authority and the folder that its file stands in.
pub(crate) struct World {
    pub(crate) ca: CertifiedIssuer<'static, KeyPair>,
    pub(crate) folder: tempfile::TempDir,
}

/// A certificate with its key.
pub(crate) struct Issued {
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) key: KeyPair,
}

/// A certificate whose issuer is not the root.
pub(crate) struct Below {
    pub(crate) issued: Issued,
    pub(crate) middle: CertificateDer<'static>,
}

/// DER, of no more than 127 octets.
fn sequence(content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).unwrap();
    [&[0x30, length], content].concat()
}

impl World {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::default();
        params
            .distinguished_name
            .push(DnType::CommonName, "Test CA");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), ca.pem()).unwrap();
        Self { ca, folder }
    }

    pub(crate) fn issue(
        &self,
        names: &[&str],
        change: impl FnOnce(&mut CertificateParams),
    ) -> Issued {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name.push(DnType::CommonName, "leaf");
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.ca).unwrap();
        Issued {
            chain: vec![certificate.der().clone()],
            key,
        }
    }

    /// An authority that this world's vouches for, and whom that one vouches for.
    pub(crate) fn issue_below(&self, name: &str, names: &[&str]) -> Below {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let middle = CertifiedIssuer::signed_by(params, key, &self.ca).unwrap();
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name.push(DnType::CommonName, "leaf");
        // RFC 5280, 4.2.2.1: where the issuer's certificate can be had.
        let url = b"http://ca.test/middle.crt";
        let url_length = u8::try_from(url.len()).unwrap();
        let way = [
            &[6, 8, 0x2b, 6, 1, 5, 5, 7, 48, 2, 0x86, url_length],
            &url[..],
        ]
        .concat();
        let way = sequence(&sequence(&way));
        let extension = CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], way);
        params.custom_extensions.push(extension);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &middle).unwrap();
        Below {
            issued: Issued {
                chain: vec![certificate.der().clone()],
                key,
            },
            middle: middle.der().clone(),
        }
    }

    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Settings that trust this world's authority.
    pub(crate) fn trusting(&self) -> Tls {
        trusting(&self.folder.path().join("ca.pem"))
    }
}

pub(crate) fn trusting(file: &Path) -> Tls {
    Tls {
        ca_file: Some(file.to_owned()),
        ..Tls::default()
    }
}

/// What `openssl req -x509` makes: its own issuer, and CA:TRUE.
pub(crate) fn self_signed() -> Issued {
    let mut params = CertificateParams::new(["a.test".to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, "self");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    Issued {
        chain: vec![certificate.der().clone()],
        key,
    }
}

/// A server's settings but for its certificate.
pub(crate) fn server_builder() -> ConfigBuilder<ServerConfig, WantsVerifier> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
}

/// A server that shows this certificate and asks for none.
pub(crate) fn server_config(issued: &Issued) -> ServerConfig {
    server_builder()
        .with_no_client_auth()
        .with_single_cert(issued.chain.clone(), private(&issued.key))
        .unwrap()
}

pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}

pub(crate) fn private(key: &KeyPair) -> PrivateKeyDer<'static> {
    PrivateKeyDer::try_from(key.serialize_der()).unwrap()
}
