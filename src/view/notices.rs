//! What the user must be told: failures, warnings, notes.
//!
//! Knows: when curl tells them (`-s`, `-S`, `-v`), how they begin and where they wrap. Must not
//! know: why something went wrong; the sentences come from elsewhere.

use std::time::Duration;

use super::style::{Meaning, Style};
use crate::environment::Environment;
use crate::error::{Error, Exit};
use crate::event::{Attention, Event, Happening, Observer};
use crate::plan::{Destination, Global, Notice, Plan, Trace};
use crate::streams::Console;

/// Added to exit 60 where no diagnosis follows: what to do.
const UNTRUSTED: &str = "\
The server could not prove that it is the one you asked for, so no request was sent.
If you trust its certificate, name it, or the authority that signed it, with --cacert;
-k goes on without any proof.
";

/// Where `Warning: ` lines wrap when nobody knows the width of the terminal.
const COLUMNS: usize = 79;

/// Failures, warnings and notes on standard error.
#[derive(Clone)]
pub struct Notices {
    out: Console,
    style: Style,
    columns: usize,
    failures: bool,
    explained: bool,
    warnings: bool,
    notes: bool,
}

impl Notices {
    /// Notices as this command line wants them.
    pub fn new(global: &Global, environment: &Environment, stderr: &Console) -> Self {
        Self {
            out: stderr.clone(),
            style: Style::of_stderr(global, environment),
            columns: columns(environment),
            failures: !global.silent || global.show_error,
            explained: !global.silent
                && (Style::of_stderr(global, environment).terminal || is_told_there(&global.trace)),
            warnings: !global.silent,
            notes: !global.silent && global.trace != Trace::Off,
        }
    }

    /// Whether a failure is explained after its message: on a terminal, where the exchange is told on
    /// standard error too, and never with `-s`.
    pub fn explains_failures(&self) -> bool {
        self.explained
    }

    /// Tells what was noticed about the command line: a warning that came before `-s` too.
    pub fn about(&self, plan: &Plan) {
        for notice in &plan.notices {
            match notice {
                Notice::Warning(text) => self.wrapped("Warning: ", text),
                Notice::Note(text) => self.note(text),
                Notice::Complaint(text) => self.remark(text),
            }
        }
    }

    /// Tells a warning, unless `-s` is given.
    pub fn warn(&self, text: &str) {
        if self.warnings {
            self.wrapped("Warning: ", text);
        }
    }

    /// Tells a note, when `-v` or a trace is on.
    pub fn note(&self, text: &str) {
        if self.notes {
            self.wrapped("Note: ", text);
        }
    }

    /// Tells a failure, unless `-s` is given without `-S`.
    pub fn failure(&self, error: &Error) {
        if !self.failures {
            return;
        }
        let mut text = Vec::new();
        let start = format!("rcurl: ({})", error.exit as u8);
        self.style.paint(Meaning::Bad, start.as_bytes(), &mut text);
        text.push(b' ');
        text.extend_from_slice(self.style.safe_lines(&error.message).as_bytes());
        text.push(b'\n');
        if error.exit == Exit::PeerFailedVerification && !self.explained {
            text.extend_from_slice(UNTRUSTED.as_bytes());
        }
        self.out.tell(&text);
    }

    /// Tells what somebody who was asked for a verdict has to object, as a failure is told.
    pub fn objection(&self, what: &str, why: &str) {
        if !self.failures {
            return;
        }
        let mut text = Vec::new();
        let start = format!("rcurl: {what}:");
        self.style.paint(Meaning::Bad, start.as_bytes(), &mut text);
        text.extend_from_slice(format!(" {}\n", self.style.safe_lines(why)).as_bytes());
        self.out.tell(&text);
    }

    /// Tells what belongs to a failure, laid out already, unless `-s` is given without `-S`.
    pub fn beside_failure(&self, text: &[u8]) {
        if self.failures {
            self.out.tell(text);
        }
    }

    /// Tells something in rcurl's name, unless `-s` is given.
    pub fn report(&self, message: &str) {
        if self.warnings {
            self.remark(message);
        }
    }

    /// Tells that the command line cannot be understood; `-s` does not silence it.
    pub fn usage(&self, message: &str) {
        let message = self.style.safe_lines(message);
        self.out.tell(
            format!("rcurl: {message}\nrcurl: try 'rcurl --help' for more information\n")
                .as_bytes(),
        );
    }

    /// Tells something in rcurl's name, whatever the switches.
    pub fn remark(&self, message: &str) {
        let message = self.style.safe_lines(message);
        self.out.tell(format!("rcurl: {message}\n").as_bytes());
    }

    fn wrapped(&self, prefix: &str, text: &str) {
        let text = self.style.safe_lines(text);
        let mut out = Vec::new();
        for line in wrap(&text, self.columns.saturating_sub(prefix.len())) {
            self.style
                .paint(Meaning::Notable, prefix.as_bytes(), &mut out);
            out.extend_from_slice(line.as_bytes());
            out.push(b'\n');
        }
        self.out.tell(&out);
    }
}

impl Observer for Notices {
    fn observe(&mut self, event: &Event<'_>) {
        match &event.what {
            Happening::Warned { text } => self.warn(text),
            Happening::Noted { text } => self.note(text),
            Happening::Retrying {
                problem,
                after,
                left,
            } => self.warn(&retry_sentence(problem, *after, *left)),
            Happening::Finished {
                outcome: Err(error),
            } => self.failure(error),
            _ => {}
        }
    }

    fn attends(&self) -> Attention {
        Attention::ToRemarks
    }
}

fn retry_sentence(problem: &str, after: Duration, left: u32) -> String {
    let seconds = match after.subsec_millis() {
        0 => after.as_secs().to_string(),
        millis => format!("{}.{millis:03}", after.as_secs()),
    };
    format!(
        "Problem: {problem}. Will retry in {seconds} second{}. {left} retr{} left.",
        if after == Duration::from_secs(1) {
            ""
        } else {
            "s"
        },
        if left == 1 { "y" } else { "ies" },
    )
}

/// As curl's: `COLUMNS` when it is a sensible number, else what the terminal says.
pub(super) fn columns(environment: &Environment) -> usize {
    environment
        .var("COLUMNS")
        .and_then(|columns| columns.parse().ok())
        .filter(|columns| (21..=10_000).contains(columns))
        .or(environment.columns.map(usize::from))
        .unwrap_or(COLUMNS)
}

/// Whether an exchange is told on standard error.
fn is_told_there(trace: &Trace) -> bool {
    match trace {
        Trace::Off => false,
        Trace::Verbose => true,
        Trace::Ascii(to) | Trace::Hex(to) => *to == Destination::Stderr,
    }
}

/// Cuts a sentence after the last blank that fits, or anywhere when there is none, as curl does; the
/// blank stays at the end of the line.
fn wrap(text: &str, width: usize) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest.take()?;
        if text.len() <= width || width < 2 {
            return Some(text);
        }
        let (room, _) = text.split_at(text.floor_char_boundary(width));
        let cut = match room.rfind([' ', '\t']) {
            Some(blank) if blank > 0 => blank.saturating_add(1),
            _ => room.len(),
        };
        let (line, after) = text.split_at(cut.max(text.ceil_char_boundary(1)));
        rest = (!after.is_empty()).then_some(after);
        Some(line)
    })
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn sentences_wrap_after_a_blank() {
        for (text, width, expected) in [
            ("short", 10, vec!["short"]),
            ("one two three", 8, vec!["one two ", "three"]),
            ("one two three", 7, vec!["one ", "two ", "three"]),
            ("onetwothree", 4, vec!["onet", "woth", "ree"]),
            ("ééé", 3, vec!["é", "é", "é"]),
            ("", 5, vec![""]),
        ] {
            assert_eq!(wrap(text, width).collect::<Vec<_>>(), expected, "{text:?}");
        }
    }
}
