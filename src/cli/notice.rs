//! What is told about the command line before anything is done.
//!
//! Knows: when a warning, a note or a complaint is told, and how its lines are broken. Must not
//! know: what is wrong.

use crate::plan::{Global, Notice, Trace};

/// The narrowest and the widest terminal that lines are broken for, as in curl.
const COLUMNS: std::ops::RangeInclusive<u16> = 21..=10_000;
const USUAL_COLUMNS: u16 = 79;

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

    /// Something worth knowing for who looks closely.
    pub(crate) fn note(&mut self, global: &Global, text: impl Into<String>) {
        if global.trace != Trace::Off {
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

/// A notice as lines of text, broken at blanks like curl's; `columns` is the width of the terminal.
pub fn told(notice: &Notice, columns: Option<u16>) -> String {
    let (prefix, text) = match notice {
        Notice::Warning(text) => ("Warning: ", text),
        Notice::Note(text) => ("Note: ", text),
        Notice::Complaint(text) => ("rcurl: ", text),
    };
    let columns = columns
        .filter(|columns| COLUMNS.contains(columns))
        .unwrap_or(USUAL_COLUMNS);
    let width = usize::from(columns).saturating_sub(prefix.len()).max(1);
    let mut lines = String::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(cut(rest, width));
        lines.extend([prefix, line, "\n"]);
        rest = after;
    }
    lines
}

/// Where a line of at most `width` octets ends: behind the last blank that fits, if there is one.
fn cut(text: &str, width: usize) -> usize {
    if text.len() <= width {
        return text.len();
    }
    let end = text.floor_char_boundary(width);
    let blank = text
        .get(..end)
        .and_then(|start| start.rfind([' ', '\t']))
        .filter(|&blank| blank > 0);
    match blank {
        Some(blank) => blank + 1,
        None => end.max(text.chars().next().map_or(1, char::len_utf8)),
    }
}
