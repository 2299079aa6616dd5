//! What is told about the command line before anything is done.
//!
//! Knows: when a warning, a note or a complaint is told. Must not know: what is wrong, or how it is
//! shown.

use crate::plan::{Global, Notice, Trace};

/// Notices in order. Whether one is told is decided when it comes up: `-s` silences what follows.
#[derive(Debug, Default)]
pub(crate) struct Notices(Vec<Notice>);

impl Notices {
    /// Something odd, told unless `-s`.
    pub(crate) fn warn(&mut self, global: &Global, text: impl Into<String>) {
        if !global.silent {
            self.0.push(Notice::Warning(text.into()));
        }
    }

    /// Something worth knowing for who looks closely; told in a trace, unless `-s`.
    pub(crate) fn note(&mut self, global: &Global, text: impl Into<String>) {
        if global.trace != Trace::Off && !global.silent {
            self.0.push(Notice::Note(text.into()));
        }
    }

    /// What went wrong, before the refusal that follows; told unless `-s` without `-S`.
    pub(crate) fn complain(&mut self, global: &Global, text: impl Into<String>) {
        if !global.silent || global.show_error {
            self.0.push(Notice::Complaint(text.into()));
        }
    }

    /// The notices.
    pub(crate) fn into_vec(self) -> Vec<Notice> {
        self.0
    }
}
