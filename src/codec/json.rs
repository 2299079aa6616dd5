//! JSON, newline-delimited JSON and event streams laid out and coloured as they come.
//!
//! White space is all that changes: numbers, escapes, the order of keys and repeated keys stay as
//! sent, octet for octet. The layout is that of `jq .`: two blanks a level, `{}` and `[]` when empty,
//! a line feed at the end. Memory is constant whatever the size or the depth; what is no JSON passes
//! unchanged. Deciding whether to lay out at all, and in colour, is up to the caller.
//!
//! | form | laid out | what is broken |
//! |---|---|---|
//! | [`Form::Json`] | the one text (RFC 8259) | a text of up to 1 MiB passes unchanged; a longer one from where it breaks |
//! | [`Form::Lines`] | each line by itself | such a line passes unchanged, those around it do not suffer |
//! | [`Form::Events`] | each `data` line that holds an object or array | everything else passes unchanged |
//!
//! A laid-out event stays the same event: its lines are `data` lines, which a reader joins again
//! (WHATWG HTML §9.2.6). JSON text sequences (RFC 7464) are no form: their separators are controls.

mod document;
mod events;
mod layout;
mod lines;
mod nesting;
mod paint;
mod path;
mod token;

use document::{Document, Outlet};
use events::Events;
use layout::{Fate, PAGE};
use lines::Lines;

pub use path::Path;

/// How texts are put together to a content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One JSON text.
    Json,
    /// One JSON text a line.
    Lines,
    /// Server-sent events.
    Events,
}

impl Form {
    /// The form that a `Content-Type` announces; `None` for what is not JSON.
    pub fn of(content_type: &[u8]) -> Option<Self> {
        let media_type = content_type.split(|&byte| byte == b';').next()?;
        let media_type = media_type.trim_ascii().to_ascii_lowercase();
        match media_type.as_slice() {
            b"application/json" | b"text/json" | b"application/x-json" => Some(Self::Json),
            b"application/x-ndjson"
            | b"application/ndjson"
            | b"application/jsonl"
            | b"application/x-jsonl"
            | b"application/jsonlines"
            | b"application/x-jsonlines"
            | b"application/json-lines" => Some(Self::Lines),
            b"text/event-stream" => Some(Self::Events),
            // A structured syntax suffix (RFC 6839 §3.1): problem+json, geo+json and the like.
            other => (other.contains(&b'/') && other.ends_with(b"+json")).then_some(Self::Json),
        }
    }
}

/// When a text is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Before any of it is shown, if it is no longer than 1 MiB.
    Held,
    /// While it is shown, for output that must not wait.
    Streaming,
}

/// What to do with control characters that the server sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Controls {
    /// They pass, for a file or pipe.
    AsSent,
    /// They are made visible, for a terminal: see [`Visible`](super::text::Visible).
    Visible,
}

/// The colours, by meaning: SGR sequences (ECMA-48 §8.3.117), all of them or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colours {
    /// The names in objects.
    pub key: &'static str,
    /// Strings that are values.
    pub string: &'static str,
    /// Numbers.
    pub number: &'static str,
    /// `true` and `false`.
    pub boolean: &'static str,
    /// `null`.
    pub null: &'static str,
    /// Brackets, braces, commas and colons.
    pub punctuation: &'static str,
}

impl Colours {
    /// No colours.
    pub const NONE: Self = Self {
        key: "",
        string: "",
        number: "",
        boolean: "",
        null: "",
        punctuation: "",
    };

    /// Blue names, green strings, the rest told apart by weight, after jq.
    pub const STANDARD: Self = Self {
        key: "\x1b[34;1m",
        string: "\x1b[32m",
        number: "\x1b[36m",
        boolean: "\x1b[33m",
        null: "\x1b[90m",
        punctuation: "\x1b[1m",
    };

    fn any(self) -> bool {
        !self.key.is_empty()
    }
}

/// How output looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// The colours.
    pub colours: Colours,
    /// What becomes of control characters.
    pub controls: Controls,
}

impl Style {
    /// For a file or pipe.
    pub const PLAIN: Self = Self {
        colours: Colours::NONE,
        controls: Controls::AsSent,
    };
    /// For a terminal with colours.
    pub const TERMINAL: Self = Self {
        colours: Colours::STANDARD,
        controls: Controls::Visible,
    };
}

/// Where a text is not JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Break {
    /// The line of the content, from 1.
    pub line: u64,
    /// The octet within the line, from 1.
    pub column: u64,
    /// The octet within the content, from 0.
    pub offset: u64,
    /// What should have stood there, in words: "a value or ']'".
    pub wanted: &'static str,
}

/// The streaming filter.
///
/// Splitting the input anywhere changes nothing in the output taken together. Pieces of output are
/// delivered when they reach some 64 KiB, and at the end of each call.
#[derive(Debug)]
pub struct Formatter {
    texts: Texts,
    page: Vec<u8>,
}

#[derive(Debug)]
enum Texts {
    Json(Document),
    Lines(Lines),
    Events(Events),
}

impl Formatter {
    /// A filter for a content of this form. Lines and `data` lines are short, and held in any case.
    pub fn new(form: Form, style: Style, check: Check) -> Self {
        let texts = match form {
            Form::Json => Texts::Json(Document::new(style, check, "")),
            Form::Lines => Texts::Lines(Lines::new(style)),
            Form::Events => Texts::Events(Events::new(style)),
        };
        Self {
            texts,
            page: Vec::with_capacity(2 * PAGE),
        }
    }

    /// Takes the next piece of content. An error is the one that `deliver` returned.
    pub fn push<E>(
        &mut self,
        input: &[u8],
        deliver: &mut dyn FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut outlet = Outlet {
            page: &mut self.page,
            deliver,
        };
        match &mut self.texts {
            Texts::Json(document) => document.push(input, &mut outlet)?,
            Texts::Lines(lines) => lines.push(input, &mut outlet)?,
            Texts::Events(events) => events.push(input, &mut outlet)?,
        }
        outlet.flush()
    }

    /// The content is over.
    pub fn finish<E>(&mut self, deliver: &mut dyn FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let mut outlet = Outlet {
            page: &mut self.page,
            deliver,
        };
        match &mut self.texts {
            Texts::Json(document) => {
                if document.finish(&mut outlet)? == Fate::LaidOut {
                    outlet.page.push(b'\n');
                }
                document.settle(&mut outlet);
            }
            Texts::Lines(lines) => lines.finish(&mut outlet)?,
            Texts::Events(events) => events.finish(&mut outlet)?,
        }
        outlet.flush()
    }

    /// Where the content, or the first broken line of NDJSON, is not JSON; certain once the content
    /// is finished. Nothing at all is not broken, and no event is.
    pub fn broken(&self) -> Option<Break> {
        match &self.texts {
            Texts::Json(document) => document.broken(),
            Texts::Lines(lines) => lines.broken(),
            Texts::Events(_) => None,
        }
    }
}
