//! CONNECT: asking an HTTP proxy for a tunnel.
//!
//! Knows: the request, its authentication, and what the proxy's answer means. Must not know: how
//! the proxy was reached, or what will go through the tunnel.
//!
//! Sources: RFC 9110, 9.3.6 (CONNECT), 11.7 (proxy authentication).

use crate::error::{Error, Exit};
use crate::event::{Happening, Layer, Tap};
use crate::http1::{Connection, Head, Peer, Role, Settings, parse_field_line, version_and_status};
use crate::net::{Tunnel, Wire};
use crate::plan::Operation;
use crate::transfer::compose::{RequestHead, compose_connect};
use crate::transfer::dump::Dump;
use crate::transfer::exchange::{Terms, exchange};
use crate::transfer::incoming::{Receiver, Reception};
use crate::transfer::negotiation::{ByHand, Negotiation, Verdict};
use crate::transfer::sink::Sink;
use crate::transfer::source::Source;

/// The head of a CONNECT to this `host:port`, with an answer to what the proxy has asked so far.
pub(crate) fn request(
    operation: &Operation,
    authority: &str,
    proxy: &mut Negotiation,
    cnonce: &str,
    tap: &Tap,
) -> RequestHead {
    let by_hand = ByHand::among(&operation.request.proxy_headers, "Proxy-Authorization");
    let answer = proxy.answer("CONNECT", authority, cnonce, by_hand, tap);
    let version = operation.proxy.http10;
    compose_connect(&operation.request, authority, version, answer.as_deref())
}

/// What a tunnel is asked for with.
pub struct TunnelRequest<'a> {
    /// What was asked for on the command line.
    pub operation: &'a Operation,
    /// `host:port` of what the proxy is to connect to: not always the origin.
    pub authority: String,
    /// Authentication with the proxy.
    pub proxy: &'a mut Negotiation,
    /// Where heads of `-i` go.
    pub sink: &'a mut Sink,
    /// `-D`.
    pub dump: Option<&'a mut Dump>,
    /// The limits.
    pub terms: Terms,
    /// Digest's client nonce.
    pub cnonce: &'a mut dyn FnMut() -> Result<String, Error>,
}

impl TunnelRequest<'_> {
    /// Asks, and answers challenges as long as the connection lives.
    ///
    /// # Errors
    /// Exit 7 when the proxy refuses, as curl has it; 2 when the system gives no random octets.
    pub fn ask(&mut self, wire: &mut dyn Wire, tap: &Tap) -> Result<Tunnel, Error> {
        let mut http = Connection::new(Settings {
            peer: Peer::Proxy,
            ..Settings::default()
        });
        loop {
            tap.emit(Happening::Tunnelling {
                authority: &self.authority,
            });
            let cnonce = (self.cnonce)()?;
            let head = request(self.operation, &self.authority, self.proxy, &cnonce, tap);
            let mut reply = TunnelReply {
                operation: self.operation,
                proxy: &mut *self.proxy,
                sink: &mut *self.sink,
                dump: self.dump.as_deref_mut(),
                tap,
                status: 0,
            };
            let terms = Terms {
                layer: Layer::Tunnel,
                ..self.terms
            };
            let outcome = exchange(
                wire,
                &mut http,
                &head,
                &mut Source::empty(),
                &mut reply,
                terms,
                tap,
            );
            let response = outcome.map_err(|failure| failed(failure.error))?;
            let status = response.head.status();
            if response.switched {
                tap.emit(Happening::Tunnelled { status });
                return Ok(Tunnel::Granted);
            }
            if self.proxy.conclude(&response.head) == Verdict::Settled {
                return Err(Error::new(
                    Exit::CouldntConnect,
                    format!("CONNECT tunnel failed, response {status}"),
                ));
            }
            if !http.reusable() {
                return Ok(Tunnel::AskAgain);
            }
        }
    }
}

/// A proxy that ends the connection without an answer is told as curl tells it.
fn failed(error: Error) -> Error {
    match error.exit {
        Exit::GotNothing | Exit::PartialFile => {
            Error::new(Exit::RecvError, "Proxy CONNECT aborted")
        }
        Exit::OperationTimedout => Error::new(
            Exit::OperationTimedout,
            "Proxy CONNECT aborted due to timeout",
        ),
        _ => error,
    }
}

struct TunnelReply<'a> {
    operation: &'a Operation,
    proxy: &'a mut Negotiation,
    sink: &'a mut Sink,
    dump: Option<&'a mut Dump>,
    tap: &'a Tap,
    status: u16,
}

impl Receiver for TunnelReply<'_> {
    fn hear(&mut self, role: Role, line: &[u8]) {
        if role == Role::StatusLine {
            self.status = version_and_status(line).map_or(0, |(_, status)| status);
        }
        if let Some(field) = parse_field_line(line).filter(|_| role == Role::FieldLine) {
            self.proxy
                .hear(self.status, field.name, &field.value, self.tap);
        }
    }

    fn pass(&mut self, _role: Role, line: &[u8]) -> Result<(), Error> {
        if self.operation.output.suppress_connect_headers {
            return Ok(());
        }
        if let Some(dump) = &mut self.dump {
            dump.line(line)?;
        }
        if self.operation.output.include_head {
            self.sink.head_line(line, self.tap)
        } else {
            Ok(())
        }
    }

    fn decide(&mut self, head: &Head) -> Result<Reception, Error> {
        let status = head.status();
        for name in ["Content-Length", "Transfer-Encoding"] {
            if (200..300).contains(&status) && head.field(name).is_some() {
                self.tap
                    .emit(Happening::TunnelFieldIgnored { name, status });
            }
        }
        Ok(Reception::Ignore)
    }

    fn content(&mut self, _octets: &[u8]) -> Result<(), Error> {
        Ok(())
    }
}
