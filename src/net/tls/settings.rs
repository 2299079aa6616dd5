//! TLS as a user asked for it, made ready for handshakes.
//!
//! Knows: how `plan::Tls` becomes a configuration of rustls, each made once per run (reading a
//! bundle of roots takes longer than a handshake, and sessions are resumed within one). Must not
//! know: sockets.

use std::fmt::{self, Write as _};
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex};

use rustls::client::Resumption;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::UnixTime;
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, KeyLog};

use super::anchors::{self, Anchors};
use super::trust::Verifier;
use super::{identity, pin::Pins, suites};
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::event::Trust;
use crate::lock::lock;
use crate::net::Surroundings;
use crate::plan::Tls;

/// The protocol offered with ALPN.
pub(super) const ALPN: &str = "http/1.1";

/// Everything made ready so far.
pub(in crate::net) struct Configurations {
    surroundings: Surroundings,
    made: Mutex<Vec<(Tls, Arc<Prepared>)>>,
}

/// One user's wish, ready for use.
pub(super) struct Prepared {
    /// For rustls.
    pub(super) config: Arc<ClientConfig>,
    /// Judges chains; `config` holds it too.
    pub(super) verifier: Arc<Verifier>,
    /// Who is trusted, in words.
    pub(super) trust: Trust,
    /// The keys allowed.
    pub(super) pins: Option<Pins>,
}

/// The cryptography of this build.
pub(super) fn provider() -> CryptoProvider {
    rustls::crypto::ring::default_provider()
}

impl Configurations {
    pub(in crate::net) fn new(surroundings: Surroundings) -> Self {
        Self {
            surroundings,
            made: Mutex::default(),
        }
    }

    /// Whether these settings, with the files they name, can be used at all.
    pub(in crate::net) fn check(&self, settings: &Tls, clock: &Arc<dyn Clock>) -> Result<()> {
        self.prepare(settings, clock).map(drop)
    }

    /// The configuration for these settings. Two transfers that need the same one at the same time
    /// wait for one another here.
    pub(super) fn prepare(&self, settings: &Tls, clock: &Arc<dyn Clock>) -> Result<Arc<Prepared>> {
        let mut made = lock(&self.made);
        if let Some((_, prepared)) = made.iter().find(|(known, _)| known == settings) {
            return Ok(prepared.clone());
        }
        let prepared = Arc::new(Prepared::new(settings, &self.surroundings, clock)?);
        made.push((settings.clone(), prepared.clone()));
        Ok(prepared)
    }
}

impl Prepared {
    fn new(settings: &Tls, surroundings: &Surroundings, clock: &Arc<dyn Clock>) -> Result<Self> {
        let versions = suites::versions(settings)?;
        let mut provider = provider();
        suites::narrow(&mut provider, settings)?;
        let provider = Arc::new(provider);
        let trust = anchors::chosen(settings, surroundings);
        let anchors = Anchors::load(&trust)?;
        let verifier = Arc::new(Verifier::new(settings, anchors, &provider)?);
        let wall = Arc::new(Wall(clock.clone()));
        let builder = ClientConfig::builder_with_details(provider, wall)
            .with_protocol_versions(&versions)
            .map_err(|_| no_common_suite(settings))?
            .dangerous()
            .with_custom_certificate_verifier(verifier.clone());
        let mut config = match identity::load(settings)? {
            None => builder.with_no_client_auth(),
            Some((chain, key)) => builder
                .with_client_auth_cert(chain, key)
                .map_err(|error| unusable_identity(settings, &error))?,
        };
        if settings.alpn {
            config.alpn_protocols = vec![ALPN.as_bytes().to_vec()];
        }
        if !settings.session_reuse {
            config.resumption = Resumption::disabled();
        }
        if let Some(log) = surroundings.key_log.as_deref().and_then(KeyLogFile::open) {
            config.key_log = Arc::new(log);
        }
        Ok(Self {
            config: Arc::new(config),
            verifier,
            trust,
            pins: settings.pinned_key.as_deref().map(Pins::read),
        })
    }
}

/// The suites that are left belong to none of the versions that are left.
fn no_common_suite(settings: &Tls) -> Error {
    let lists = [settings.ciphers13.as_deref(), settings.ciphers.as_deref()];
    let lists: Vec<_> = lists.into_iter().flatten().collect();
    Error::no_cipher("cipher list", &lists.join(":"))
}

fn unusable_identity(settings: &Tls, error: &rustls::Error) -> Error {
    let none = Path::new("");
    let certificate = settings.certificate.as_deref().unwrap_or(none);
    if matches!(error, rustls::Error::InconsistentKeys(_)) {
        let reason = "the private key does not match the certificate";
        return Error::bad_client_certificate(certificate, reason);
    }
    let path = settings.key.as_deref().unwrap_or(certificate);
    Error::bad_client_key(path, "the key is of a kind or size that is not supported")
}

/// The time of day for rustls, from our clock.
struct Wall(Arc<dyn Clock>);

impl fmt::Debug for Wall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wall")
    }
}

impl TimeProvider for Wall {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(self.0.wall()))
    }
}

/// The secrets of sessions, in a file that the user asked for (`SSLKEYLOGFILE`), in NSS form.
#[derive(Debug)]
struct KeyLogFile(Mutex<File>);

impl KeyLogFile {
    /// A file that cannot be opened is passed over, as in curl.
    fn open(path: &Path) -> Option<Self> {
        let file = File::options().create(true).append(true).open(path).ok()?;
        Some(Self(Mutex::new(file)))
    }
}

impl KeyLog for KeyLogFile {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        let mut line = format!("{label} ");
        for octet in client_random {
            let _ = write!(line, "{octet:02x}");
        }
        line.push(' ');
        for octet in secret {
            let _ = write!(line, "{octet:02x}");
        }
        line.push('\n');
        let mut file = lock(&self.0);
        let _ = file.write_all(line.as_bytes());
    }
}
