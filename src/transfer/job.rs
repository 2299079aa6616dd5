//! What a transfer is given: its own part of the plan, and what all transfers share.
//!
//! Knows: plain data, and what is safe to show. Must not know: what is done with it.

use std::io;

use crate::codec::text::{Visible, hexadecimal};
use crate::environment::Environment;
use crate::error::Error;
use crate::net::Network;
use crate::plan::Operation;
use crate::streams::Streams;
use crate::transfer::memory::Memory;
use crate::transfer::reply::Layout;

/// Fills octets with noise; what it could not fill must not be used.
pub type Noise = dyn Fn(&mut [u8]) -> io::Result<()> + Send + Sync;

/// What all transfers of a run share.
pub struct Shared {
    /// Variables and terminals.
    pub environment: Environment,
    /// Names and connections.
    pub network: Network,
    /// What outlives a transfer.
    pub memory: Memory,
    /// The streams of the run.
    pub streams: Streams,
    /// Boundaries and client nonces.
    pub noise: Box<Noise>,
}

impl Shared {
    /// A client nonce: 32 hexadecimal digits.
    ///
    /// # Errors
    /// Exit 2 when the system gives no random octets.
    pub fn cnonce(&self) -> Result<String, Error> {
        let mut octets = [0_u8; 16];
        (self.noise)(&mut octets).map_err(Error::no_noise)?;
        Ok(hexadecimal(&octets))
    }

    /// Text from a server, to standard output: made visible on a terminal.
    pub fn tell_stdout(&self, text: &[u8]) {
        let mut shown = Vec::new();
        if self.environment.stdout_is_terminal {
            let mut filter = Visible::new();
            filter.push(text, &mut shown);
            filter.finish(&mut shown);
        } else {
            shown.extend_from_slice(text);
        }
        self.streams.stdout.tell(&shown);
    }
}

/// One URL, ready to be fetched.
pub struct Job<'a> {
    /// What holds for it.
    pub operation: &'a Operation,
    /// The URL as typed, after globbing.
    pub url: &'a str,
    /// What `-T` sends.
    pub upload: Option<&'a str>,
    /// `-C`, with the size of the file looked up.
    pub resume_from: u64,
    /// The entity tag to compare with.
    pub etag: Option<&'a str>,
    /// Whether JSON is laid out.
    pub layout: Layout,
}
