//! How text is made fit for the place that it goes to.
//!
//! Knows: on a terminal control characters are made visible, and colours tell meanings; elsewhere
//! octets stay as they are. Must not know: what is said.

use std::borrow::Cow;

use crate::codec::text::visible;
use crate::environment::Environment;
use crate::plan::Global;

/// What the place takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    /// It is a terminal, which control characters would drive.
    pub terminal: bool,
    /// It takes colours.
    pub colour: bool,
}

/// What a colour stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Something went wrong: a failure, a status from 400.
    Bad,
    /// Something to look at: a warning, a redirect.
    Notable,
    /// All is well.
    Good,
    /// The name of a field.
    Name,
    /// What can be passed over.
    Aside,
    /// What went out.
    Sent,
    /// What came in.
    Received,
}

impl Meaning {
    /// The parameter of ECMA-48's SELECT GRAPHIC RENDITION.
    fn rendition(self) -> &'static str {
        match self {
            Meaning::Bad => "31",
            Meaning::Notable => "33",
            Meaning::Good => "32",
            Meaning::Name => "1",
            Meaning::Aside => "2",
            Meaning::Sent => "36",
            Meaning::Received => "35",
        }
    }

    /// What a status says by its first digit (RFC 9110, 15).
    pub(super) fn of_status(status: u16) -> Self {
        match status {
            200..=299 => Meaning::Good,
            0..=199 | 300..=399 => Meaning::Notable,
            _ => Meaning::Bad,
        }
    }
}

impl Style {
    /// The style of standard error.
    pub fn of_stderr(global: &Global, environment: &Environment) -> Self {
        Self {
            terminal: environment.stderr_is_terminal,
            colour: environment.stderr_takes_colour && global.styled_output,
        }
    }

    /// The style of standard output.
    pub fn of_stdout(global: &Global, environment: &Environment) -> Self {
        Self {
            terminal: environment.stdout_is_terminal,
            colour: environment.stdout_takes_colour && global.styled_output,
        }
    }

    /// Octets of one line, or a part of one, as this place may have them.
    pub fn safe(self, octets: &[u8]) -> Cow<'_, [u8]> {
        if !self.terminal {
            return Cow::Borrowed(octets);
        }
        match visible(octets) {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        }
    }

    /// Text of several lines as this place may have it; line feeds stay.
    pub fn safe_lines(self, text: &str) -> Cow<'_, str> {
        if !self.terminal {
            return Cow::Borrowed(text);
        }
        let lines: Vec<_> = text
            .split('\n')
            .map(|line| visible(line.as_bytes()))
            .collect();
        Cow::Owned(lines.join("\n"))
    }

    /// Appends octets that are safe already, in the colour of their meaning.
    pub fn paint(self, meaning: Meaning, octets: &[u8], out: &mut Vec<u8>) {
        if !self.colour || octets.is_empty() {
            out.extend_from_slice(octets);
            return;
        }
        out.extend_from_slice(b"\x1b[");
        out.extend_from_slice(meaning.rendition().as_bytes());
        out.push(b'm');
        out.extend_from_slice(octets);
        out.extend_from_slice(b"\x1b[0m");
    }
}
