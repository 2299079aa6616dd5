//! A TLS server that never answers, but keeps giving tickets for later sessions.
//!
//! rustls itself counts empty records and key updates, and gives up; tickets it takes without end.

use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use rcurl::clock::Clock;
use rcurl::event::Peer;
use rcurl::net::{Dialler, Io, Wait, Wire};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use rustls::{ConnectionTrafficSecrets, ServerConfig, ServerConnection};

use crate::support::certificates::{Issued, private};

/// So many records come; then the stream ends.
const RECORDS: u64 = 5000;

pub(super) struct Idler {
    clock: Arc<dyn Clock>,
    config: Arc<ServerConfig>,
}

impl Idler {
    pub(super) fn new(clock: Arc<dyn Clock>, issued: &Issued) -> Self {
        let mut provider = rustls::crypto::ring::default_provider();
        provider.cipher_suites = vec![rustls::crypto::ring::cipher_suite::TLS13_AES_256_GCM_SHA384];
        let mut config = ServerConfig::builder_with_provider(Arc::new(provider))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(issued.chain.clone(), private(&issued.key))
            .unwrap();
        config.enable_secret_extraction = true;
        let config = Arc::new(config);
        Self { clock, config }
    }
}

impl Dialler for Idler {
    fn dial(&self, peer: &Peer, _until: Option<Instant>) -> io::Result<Box<dyn Wire>> {
        Ok(Box::new(IdleWire {
            clock: self.clock.clone(),
            session: ServerConnection::new(self.config.clone()).ok(),
            records: None,
            said: Vec::new(),
            again: Vec::new(),
            peer: peer.clone(),
        }))
    }
}

struct IdleWire {
    clock: Arc<dyn Clock>,
    /// During the handshake.
    session: Option<ServerConnection>,
    /// After it.
    records: Option<Records>,
    said: Vec<u8>,
    /// What was given back.
    again: Vec<u8>,
    peer: Peer,
}

impl Wire for IdleWire {
    fn send_together(&mut self, parts: &[IoSlice<'_>]) -> io::Result<()> {
        if let Some(session) = &mut self.session {
            for part in parts {
                let mut bytes: &[u8] = part;
                while !bytes.is_empty() {
                    session.read_tls(&mut bytes)?;
                    session.process_new_packets().unwrap();
                }
            }
        }
        Ok(())
    }

    fn queued(&self) -> usize {
        0
    }

    fn wait(&mut self, _wait: Wait<'_>) -> Io<'_> {
        self.said = std::mem::take(&mut self.again);
        if let Some(session) = &mut self.session {
            while session.wants_write() {
                session.write_tls(&mut self.said).unwrap();
            }
        }
        if self.said.is_empty() {
            let session = self.session.take();
            let records = self
                .records
                .get_or_insert_with(|| Records::of(session.unwrap()));
            if records.number == records.last {
                return Io::Eof;
            }
            self.said = records.ticket();
        }
        Io::Bytes {
            at: self.clock.now(),
            bytes: &self.said,
        }
    }

    fn give_back(&mut self, count: usize) {
        self.again = self.said.split_off(self.said.len() - count);
    }

    fn sending_failed(&self) -> Option<io::ErrorKind> {
        None
    }

    fn peer(&self) -> &Peer {
        &self.peer
    }

    fn local(&self) -> Option<SocketAddr> {
        None
    }

    fn is_idle_and_alive(&mut self) -> bool {
        false
    }
}

/// Records that the session itself would not send.
struct Records {
    key: LessSafeKey,
    iv: [u8; 12],
    number: u64,
    last: u64,
}

impl Records {
    fn of(session: ServerConnection) -> Self {
        let (number, secrets) = session.dangerous_extract_secrets().unwrap().tx;
        let ConnectionTrafficSecrets::Aes256Gcm { key, iv } = secrets else {
            panic!("the only suite that was offered");
        };
        Self {
            key: LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key.as_ref()).unwrap()),
            iv: iv.as_ref().try_into().unwrap(),
            number,
            last: number + RECORDS,
        }
    }

    /// A record with a `NewSessionTicket` in it (RFC 8446, 4.6.1 and 5.2 to 5.4).
    fn ticket(&mut self) -> Vec<u8> {
        let mut inner = vec![
            4, 0, 0, 15, // the message and its length
            0, 0, 28, 32, // for two hours
            0, 0, 0, 0, // the age begins at 0
            1, 0, // a nonce
            0, 1, 0, // the ticket
            0, 0,  // no extensions
            22, // all this was a handshake message
        ];
        let length = (inner.len() + AES_256_GCM.tag_len()) as u8;
        let head = [23, 3, 3, 0, length];
        let mut nonce = self.iv;
        for (octet, number) in nonce[4..].iter_mut().zip(self.number.to_be_bytes()) {
            *octet ^= number;
        }
        self.number += 1;
        let nonce = Nonce::assume_unique_for_key(nonce);
        self.key
            .seal_in_place_append_tag(nonce, Aad::from(head), &mut inner)
            .unwrap();
        [&head[..], &inner].concat()
    }
}
