//! `-Z`: transfers at the same time.
//!
//! Knows: how many there may be, and when they begin. Must not know: how they are run.

/// `-Z` and its companions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parallel {
    /// `--parallel-max`.
    pub most: u16,
    /// `--parallel-max-host`; 0 is no limit.
    pub most_per_host: u16,
    /// `--parallel-immediate`.
    pub start: Start,
}

/// When transfers that may run at the same time begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// One by one, as long as the others keep waiting for their servers.
    AsNeeded,
    /// All at once.
    AtOnce,
}

impl Default for Parallel {
    fn default() -> Self {
        Self {
            most: 50,
            most_per_host: 0,
            start: Start::AsNeeded,
        }
    }
}
