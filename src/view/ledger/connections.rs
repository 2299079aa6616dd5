//! The connections of a run, whichever transfer made them.
//!
//! Knows: where each leads and what it took to make, as long as it stands. Must not know: what goes
//! over it.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::hop::Hop;
use super::trips::Made;
use crate::event::{Event, Happening, Peer};

/// The two ends of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ends {
    /// The other end.
    pub peer: Peer,
    /// Our end, where it has an address.
    pub local: Option<SocketAddr>,
}

/// The connections that stand.
#[derive(Debug, Default)]
pub(super) struct Connections(BTreeMap<u32, Connection>);

#[derive(Debug)]
struct Connection {
    ends: Ends,
    made: Option<Made>,
}

impl Connections {
    /// The two ends of the connection that an event belongs to.
    pub(super) fn ends(&self, event: &Event<'_>) -> Option<&Ends> {
        self.0.get(&event.connection?).map(|known| &known.ends)
    }

    /// What it took to make it.
    pub(super) fn made(&self, event: &Event<'_>) -> Option<Made> {
        self.0.get(&event.connection?)?.made
    }

    /// Enters that a connection came to be, or to its end.
    pub(super) fn record(&mut self, event: &Event<'_>) {
        let Some(number) = event.connection else {
            return;
        };
        match &event.what {
            Happening::Connected { peer, local } => {
                let ends = Ends {
                    peer: (*peer).clone(),
                    local: *local,
                };
                self.0.insert(number, Connection { ends, made: None });
            }
            Happening::Ended { .. } => {
                self.0.remove(&number);
            }
            _ => {}
        }
    }

    /// The whole way of a connection stands, made by this hop.
    pub(super) fn established(&mut self, event: &Event<'_>, hop: &Hop) {
        let known = event.connection.and_then(|number| self.0.get_mut(&number));
        if let Some(known) = known {
            known.made = Some(hop.made());
        }
    }
}
