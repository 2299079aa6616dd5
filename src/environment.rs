//! The world as the process found it: variables and terminals.
//!
//! Knows: plain facts that `main.rs` collected once. Must not know: `std::env`; nothing below
//! `main.rs` asks the system itself.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

/// What the process found around it.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// The environment variables.
    pub variables: BTreeMap<OsString, OsString>,
    /// Standard input is a terminal.
    pub stdin_is_terminal: bool,
    /// Standard output is a terminal.
    pub stdout_is_terminal: bool,
    /// Standard error is a terminal.
    pub stderr_is_terminal: bool,
    /// Colours may be written to standard output (`NO_COLOR`, `CLICOLOR_FORCE`, `TERM`).
    pub stdout_takes_colour: bool,
    /// Colours may be written to standard error.
    pub stderr_takes_colour: bool,
    /// The width of the terminal in columns.
    pub columns: Option<u16>,
}

impl Environment {
    /// A variable, when it is set and not empty.
    pub fn var_os(&self, name: &str) -> Option<&OsStr> {
        self.variables
            .get(OsStr::new(name))
            .map(OsString::as_os_str)
            .filter(|value| !value.is_empty())
    }

    /// A variable as text, when it is set, not empty and valid UTF-8.
    pub fn var(&self, name: &str) -> Option<&str> {
        self.var_os(name).and_then(OsStr::to_str)
    }
}
