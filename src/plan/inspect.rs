//! What of a run is looked at, and how: options that curl does not have.
//!
//! Knows: plain data, one field per thing a user can ask for. Must not know: views.

use super::{Limit, When};

/// The inspector's part of the command line.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Inspect {
    /// `--pretty`.
    pub pretty: When,
    /// `--dry-run`.
    pub dry_run: bool,
    /// `--wire`.
    pub wire: Option<WireLimit>,
    /// `--timeline`.
    pub timeline: bool,
    /// `--budget`, each name once.
    pub budget: Vec<Limit>,
}

/// How much of each body `--wire` shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WireLimit {
    /// Much of a text, a little of anything else.
    Usual,
    /// So many octets of either.
    Octets(u64),
    /// Everything.
    All,
}
