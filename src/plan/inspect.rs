//! What of a run is looked at, and how: options that curl does not have.
//!
//! Knows: plain data, one field per thing a user can ask for. Must not know: views.

use super::{Limit, When};

/// The inspector's part of the command line.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Inspect {
    /// `--pretty`.
    pub pretty: When,
    /// `--timeline`.
    pub timeline: bool,
    /// `--budget`, each name once.
    pub budget: Vec<Limit>,
}
