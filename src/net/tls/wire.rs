//! TLS as a wire over a wire.
//!
//! Knows: how rustls and a wire are put together, and when a TLS stream has ended properly. Must
//! not know: sockets; the wire below may be TLS itself.
//!
//! Source: RFC 8446 (6.1, `close_notify`).

use std::io::{self, BufRead, IoSlice, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use rustls::{AlertDescription, ClientConnection};

use super::records::Records;
use crate::clock::Clock;
use crate::event::{Direction, Happening, Layer, Peer, Tap};
use crate::net::{Io, Wait, Wire};

/// A TLS session over a wire.
pub(super) struct TlsWire {
    wire: Box<dyn Wire>,
    session: ClientConnection,
    clock: Arc<dyn Clock>,
    layer: Layer,
    records: Records,
    /// Who is told of alerts.
    tap: Option<Tap>,
    /// When octets came last.
    at: Instant,
    /// Octets of content that were handed over, and are still with the session.
    delivered: usize,
    /// The other side said `close_notify`.
    closed: bool,
    /// What is to be told once all content has been handed over.
    broken: Option<Broken>,
    /// Octets on their way from the session to the wire.
    outgoing: Vec<u8>,
    /// The first octets received, kept to tell what it is that is no TLS.
    pub(super) greeting: Vec<u8>,
}

/// So much of the beginning is kept.
const GREETING: usize = 24;

/// How a session breaks.
#[derive(Debug)]
pub(super) enum Broken {
    /// TLS itself.
    Session(rustls::Error),
    /// The wire below.
    Wire(io::Error),
    /// The wire below ended without `close_notify`.
    Cut,
}

impl From<Broken> for io::Error {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Session(error) => io::Error::new(io::ErrorKind::InvalidData, in_words(&error)),
            Broken::Wire(error) => error,
            Broken::Cut => io::Error::new(io::ErrorKind::UnexpectedEof, CUT),
        }
    }
}

/// OpenSSL's words for a stream without `close_notify`.
pub(super) const CUT: &str = "unexpected eof while reading";

/// What rustls says, in words.
pub(super) fn in_words(error: &rustls::Error) -> String {
    match error {
        rustls::Error::AlertReceived(alert) => {
            format!("the server refused with the alert '{}'", name(*alert))
        }
        other => other.to_string(),
    }
}

/// `HandshakeFailure` as `handshake failure`, `UnknownCA` as `unknown ca`.
fn name(alert: AlertDescription) -> String {
    let mut words = String::new();
    let mut before = char::default();
    for c in format!("{alert:?}").chars() {
        if c.is_ascii_uppercase() && before.is_ascii_lowercase() {
            words.push(' ');
        }
        words.push(c.to_ascii_lowercase());
        before = c;
    }
    words
}

/// What one step over the wire below brought.
pub(super) enum Stepped {
    /// Records were read; there may be content now.
    Received,
    /// As [`Io::Sent`].
    Sent(usize),
    /// As [`Io::AlsoReady`].
    AlsoReady,
    /// As [`Io::TimedOut`].
    TimedOut,
    /// The stream ended properly.
    Ended,
}

impl TlsWire {
    pub(super) fn new(
        wire: Box<dyn Wire>,
        mut session: ClientConnection,
        layer: Layer,
        clock: Arc<dyn Clock>,
    ) -> Self {
        // What is queued is bounded by whoever sends, as for every wire.
        session.set_buffer_limit(None);
        Self {
            wire,
            session,
            at: clock.now(),
            clock,
            layer,
            records: Records::new(layer),
            tap: None,
            delivered: 0,
            closed: false,
            broken: None,
            outgoing: Vec::new(),
            greeting: Vec::new(),
        }
    }

    pub(super) fn session(&self) -> &ClientConnection {
        &self.session
    }

    /// What follows belongs to those who use the session.
    pub(super) fn handshake_is_over(&mut self) {
        self.records.handshake_is_over();
    }

    /// Whether there is content to be handed over.
    fn has_content(&mut self) -> bool {
        let content = self.session.reader().into_first_chunk();
        content.is_ok_and(|content| !content.is_empty())
    }

    /// Forgets content that was handed over.
    fn drop_delivered(&mut self) {
        let delivered = std::mem::take(&mut self.delivered);
        self.session.reader().consume(delivered);
    }

    /// Hands to the wire what the session has to send.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        while self.session.wants_write() {
            self.session.write_tls(&mut self.outgoing)?;
        }
        if self.outgoing.is_empty() {
            return Ok(());
        }
        let at = self.clock.now();
        let sent = self.wire.send(&self.outgoing);
        // From the outside in, as on the way back; and a slow terminal must not count as sending.
        self.records.pass(at, Direction::Out, &self.outgoing);
        self.outgoing.clear();
        sent
    }

    /// One wait of the wire below, and what follows from it.
    pub(super) fn step(&mut self, wait: Wait<'_>) -> Result<Stepped, Broken> {
        let outcome = match self.wire.wait(wait) {
            Io::Bytes { at, bytes } => {
                self.at = at;
                let missing = GREETING.saturating_sub(self.greeting.len());
                self.greeting.extend(bytes.iter().take(missing));
                let mut rest = bytes;
                let outcome = decrypt(&mut self.session, &mut rest);
                if !matches!(outcome, Ok(false)) {
                    rest = &[]; // nobody will ask for what follows
                }
                let (taken, left) = bytes.split_at(bytes.len().saturating_sub(rest.len()));
                self.records.pass(at, Direction::In, taken);
                let left = left.len();
                self.wire.give_back(left);
                outcome.map_err(Broken::Session).map(|closed| {
                    self.closed |= closed;
                    Stepped::Received
                })
            }
            Io::Sent(count) => Ok(Stepped::Sent(count)),
            Io::AlsoReady => Ok(Stepped::AlsoReady),
            Io::TimedOut => Ok(Stepped::TimedOut),
            Io::Eof if self.closed => Ok(Stepped::Ended),
            Io::Eof => Err(Broken::Cut),
            Io::Failed(error) | Io::OutletClosed(error) => Err(Broken::Wire(error)),
            Io::Passed { .. } | Io::OutletFull | Io::Room => Ok(Stepped::Received),
        };
        if matches!(outcome, Err(_) | Ok(Stepped::Ended)) {
            self.records.end(self.clock.now());
        }
        if let (Err(Broken::Session(rustls::Error::AlertReceived(alert))), Some(tap)) =
            (&outcome, &self.tap)
        {
            let (layer, alert) = (self.layer, u8::from(*alert));
            tap.emit(Happening::Alerted { layer, alert });
        }
        // Answers of the session: handshakes, key updates, alerts. A failure shows when reading ends.
        let _ = self.flush();
        outcome
    }
}

/// Decrypts octets until there is content, and leaves the rest; `true` when the other side has said
/// `close_notify`. Content that came before an error is kept.
fn decrypt(session: &mut ClientConnection, octets: &mut &[u8]) -> Result<bool, rustls::Error> {
    let mut state = session.process_new_packets()?;
    while !octets.is_empty() && state.plaintext_bytes_to_read() == 0 && !state.peer_has_closed() {
        if session.read_tls(octets).is_err() {
            return Err(rustls::Error::General("too much is undecrypted".to_owned()));
        }
        state = session.process_new_packets()?;
    }
    Ok(state.peer_has_closed())
}

impl Wire for TlsWire {
    fn send_together(&mut self, parts: &[IoSlice<'_>]) -> io::Result<()> {
        let offered: usize = parts.iter().map(|part| part.len()).sum();
        let taken = self.session.writer().write_vectored(parts)?;
        if taken < offered {
            return Err(io::ErrorKind::WriteZero.into()); // its buffer has no limit: it takes all
        }
        self.flush()
    }

    fn queued(&self) -> usize {
        self.wire.queued()
    }

    fn wait(&mut self, wait: Wait<'_>) -> Io<'_> {
        self.drop_delivered();
        loop {
            if wait.receive > 0 && self.has_content() {
                let bytes = self.session.reader().into_first_chunk().unwrap_or_default();
                let bytes = bytes.get(..wait.receive).unwrap_or(bytes);
                self.delivered = bytes.len();
                let at = match wait.receive {
                    usize::MAX => self.at,
                    _ => self.clock.now(), // it may have been held back for long
                };
                return Io::Bytes { at, bytes };
            }
            if wait.receive > 0 && self.closed {
                return Io::Eof;
            }
            if wait.receive > 0
                && let Some(broken) = self.broken.take()
            {
                return Io::Failed(broken.into());
            }
            match self.step(wait) {
                // Records without content, session tickets without end, must not hide the time.
                Ok(Stepped::Received) => {
                    let late = wait.until.is_some_and(|until| self.at >= until);
                    if late && !self.has_content() {
                        return Io::TimedOut;
                    }
                }
                Ok(Stepped::Sent(count)) => return Io::Sent(count),
                Ok(Stepped::AlsoReady) => return Io::AlsoReady,
                Ok(Stepped::TimedOut) => return Io::TimedOut,
                Ok(Stepped::Ended) => return Io::Eof,
                Err(broken) => self.broken = Some(broken),
            }
        }
    }

    fn give_back(&mut self, count: usize) {
        self.delivered = self.delivered.saturating_sub(count);
    }

    fn shut_down(&mut self) {
        self.session.send_close_notify();
        let _ = self.flush();
        self.wire.shut_down();
    }

    fn sending_failed(&self) -> Option<io::ErrorKind> {
        self.wire.sending_failed()
    }

    fn peer(&self) -> &Peer {
        self.wire.peer()
    }

    fn local(&self) -> Option<SocketAddr> {
        self.wire.local()
    }

    fn is_idle_and_alive(&mut self) -> bool {
        // Tickets for later sessions may come at any time; a server that sends nothing else but
        // them is not worth waiting for.
        const MOST_STEPS: usize = 8;
        self.drop_delivered();
        for _ in 0..MOST_STEPS {
            let wait = Wait {
                until: Some(self.clock.now()),
                receive: usize::MAX,
                also: None,
            };
            match self.step(wait) {
                Ok(Stepped::TimedOut) => return !self.has_content() && !self.closed,
                Ok(Stepped::Received | Stepped::Sent(_)) => {}
                _ => return false,
            }
        }
        false
    }

    fn watch(&mut self, tap: &Tap) {
        self.records.tell(tap);
        self.tap = tap.interest().tls.then(|| tap.clone());
        self.wire.watch(tap);
    }
}
