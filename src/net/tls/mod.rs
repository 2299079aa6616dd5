//! The TLS handshake, and what it found out.
//!
//! Knows: when a session may be used (trust, pinned keys), and how to tell a failure so that a
//! person can act on it. Must not know: what the session is for.

mod anchors;
mod certificate;
mod identity;
mod moment;
mod pin;
mod records;
mod sealed;
mod settings;
mod signatures;
mod staple;
mod suites;
mod trust;
mod verdict;
mod wire;

use std::sync::Arc;

use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConnection, HandshakeKind, ProtocolVersion};

use super::{Deadlines, Place, Wait, Wire};
use crate::error::{Error, Result, reason};
use crate::event::{Fault, Happening, Layer, Tap, TlsFacts, Verification};
use crate::plan::Tls;
use crate::target::Host;
use certificate::{describe, matching_name, public_key};
pub(super) use settings::Configurations;
use settings::{ALPN, Prepared};
use suites::{group_name, suite_name, version_name};
use verdict::{Refused, names_of};
use wire::{Broken, CUT, Stepped, TlsWire, in_words};

/// A handshake to be made.
pub(super) struct Handshake<'a> {
    /// What is ready already.
    pub(super) configurations: &'a Configurations,
    /// What the user asked for.
    pub(super) settings: &'a Tls,
    /// Whom the certificate must name.
    pub(super) place: &'a Place,
    /// Towards the origin or a proxy.
    pub(super) layer: Layer,
    /// The limits.
    pub(super) deadlines: &'a Deadlines,
}

impl Handshake<'_> {
    /// Makes it over a wire. Told as `Securing`, and as `Secured` once there are certificates.
    pub(super) fn make(&self, wire: Box<dyn Wire>, tap: &Tap) -> Result<Box<dyn Wire>> {
        let prepared = self.configurations.prepare(self.settings, tap.clock())?;
        let offered: &[&str] = if self.settings.alpn { &[ALPN] } else { &[] };
        tap.emit(Happening::Securing {
            alpn: offered,
            trust: &prepared.trust,
        });
        let name = self.server_name()?;
        let session = ClientConnection::new(prepared.config.clone(), name.clone())
            .map_err(|error| Error::tls_connect(&in_words(&error)))?;
        let mut tls = TlsWire::new(wire, session, self.layer, tap.clock().clone());
        tls.watch(tap);
        if let Err(broken) = self.shake_hands(&mut tls, tap)? {
            return Err(self.refusal(&tls, broken, tap));
        }
        tls.handshake_is_over();
        self.accept(&tls, &prepared, &name, tap)?;
        Ok(Box::new(tls))
    }

    /// The name for SNI and for the certificate; a trailing dot is not part of it.
    fn server_name(&self) -> Result<ServerName<'static>> {
        match &self.place.host {
            Host::Address(address, _) => Ok(ServerName::from(*address)),
            Host::Name(name) => ServerName::try_from(name.trim_end_matches('.').to_owned())
                .map_err(|_| {
                    Error::tls_connect(&format!("'{name}' is no name that a certificate can have"))
                }),
        }
    }

    /// To and fro until both sides are done.
    fn shake_hands(&self, tls: &mut TlsWire, tap: &Tap) -> Result<std::result::Result<(), Broken>> {
        if let Err(error) = tls.flush() {
            return Ok(Err(Broken::Wire(error)));
        }
        while tls.session().is_handshaking() {
            let wait = Wait {
                until: self.deadlines.next_look(tap),
                receive: usize::MAX,
                also: None,
            };
            match tls.step(wait) {
                Ok(Stepped::TimedOut) => {
                    self.deadlines.check(tap, |_| Error::tls_timed_out())?;
                    tap.emit(Happening::Tick);
                }
                Ok(Stepped::Ended) => return Ok(Err(Broken::Cut)),
                Ok(_) => {}
                Err(broken) => return Ok(Err(broken)),
            }
        }
        Ok(Ok(()))
    }

    /// Looks at a session that stands: the pinned key, and what is told.
    fn accept(
        &self,
        tls: &TlsWire,
        prepared: &Arc<Prepared>,
        name: &ServerName<'_>,
        tap: &Tap,
    ) -> Result<()> {
        let chain = tls.session().peer_certificates().unwrap_or_default();
        if tap.interest().tls {
            let verdict = if self.settings.verify {
                Verification::Verified
            } else {
                let now = UnixTime::since_unix_epoch(tap.clock().wall());
                let judged = prepared.verifier.judge(chain, name, now);
                judged.map_or_else(Verification::Ignored, |()| Verification::Verified)
            };
            self.tell(tls.session(), chain, verdict, tap);
        }
        let Some(pins) = &prepared.pins else {
            return Ok(());
        };
        let key = chain.first().and_then(|own| public_key(own));
        if key.is_some_and(|key| pins.allow(&key)) {
            Ok(())
        } else {
            Err(Error::wrong_pinned_key())
        }
    }

    fn tell(
        &self,
        session: &ClientConnection,
        chain: &[CertificateDer<'_>],
        verification: Verification,
        tap: &Tap,
    ) {
        let certificates: Vec<_> = chain.iter().map(|der| describe(der)).collect();
        let wanted = self.place.name.trim_end_matches('.');
        let matched = certificates
            .first()
            .and_then(|own| matching_name(&own.names, wanted))
            .cloned();
        let alpn = session.alpn_protocol();
        let group = session.negotiated_key_exchange_group();
        let suite = session.negotiated_cipher_suite();
        tap.emit(Happening::Secured {
            session: &TlsFacts {
                version: session.protocol_version().map_or("TLS", version_name),
                suite: suite
                    .map(|suite| suite_name(suite.suite()))
                    .unwrap_or_default(),
                group: group
                    .map(|group| group_name(group.name()))
                    .unwrap_or_default(),
                alpn: alpn.map(|name| String::from_utf8_lossy(name).into_owned()),
                alpn_offered: self.settings.alpn,
                certificates,
                verification,
                judged_at: tap.clock().unix_time(),
                wanted_name: wanted.to_owned(),
                matched_name: matched,
                for_proxy: self.layer == Layer::ProxyTls,
                round_trips: round_trips(session),
            },
        });
    }

    /// Why a handshake failed.
    fn refusal(&self, tls: &TlsWire, broken: Broken, tap: &Tap) -> Error {
        match broken {
            Broken::Session(error) => {
                if let Some(refused) = refused(&error) {
                    if tap.interest().tls {
                        let verdict = Verification::Failed(refused.distrust.clone());
                        self.tell(tls.session(), &refused.chain, verdict, tap);
                    }
                    return self.untrusted(refused);
                }
                if !may_be_tls(&tls.greeting) {
                    return Error::not_tls(&tls.greeting, &self.place.authority());
                }
                Error::tls_connect(&in_words(&error)).because(error)
            }
            Broken::Cut => Error::tls_connect(CUT),
            Broken::Wire(error) => Error::tls_connect(&reason(&error)).because(error),
        }
    }

    /// The error for a chain that is not good.
    fn untrusted(&self, refused: &Refused) -> Error {
        match refused.distrust.fault {
            Fault::WrongName => {
                let own = refused.chain.first().map(|own| describe(own));
                Error::wrong_name(&self.place.name, &names_of(&own.unwrap_or_default()))
            }
            Fault::WeakKey => Error::tls_connect(&refused.distrust.reason),
            Fault::Status => Error::bad_certificate_status(&refused.distrust.reason),
            _ => Error::untrusted(&refused.distrust.reason),
        }
    }
}

/// How often a handshake goes there and back before the client may speak (RFC 8446, 2; RFC 5246, 7.3).
fn round_trips(session: &ClientConnection) -> u32 {
    let full: u32 = match session.protocol_version() {
        Some(ProtocolVersion::TLSv1_3) => 1,
        _ => 2,
    };
    match session.handshake_kind() {
        Some(HandshakeKind::FullWithHelloRetryRequest) => full.saturating_add(1),
        Some(HandshakeKind::Resumed) => 1,
        Some(HandshakeKind::Full) | None => full,
    }
}

/// Whether a server's first octets are those of a TLS record (RFC 8446 §5.1), as far as they came.
fn may_be_tls(greeting: &[u8]) -> bool {
    greeting.first().is_none_or(|kind| (20..=24).contains(kind))
}

/// The verdict that a failed handshake carries.
fn refused(error: &rustls::Error) -> Option<&Refused> {
    match error {
        rustls::Error::InvalidCertificate(CertificateError::Other(other)) => {
            other.0.downcast_ref::<Refused>()
        }
        _ => None,
    }
}
