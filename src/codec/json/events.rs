//! Event streams: the values of `data` lines laid out, everything else as it is.
//!
//! WHATWG HTML §9.2.6 (lines end with CR, LF or both; one space after the colon is no part of the
//! value; the `data` lines of an event are joined with line feeds). So a text laid out over several
//! `data` lines is the same event, and the output is an event stream again. A value is tried only if
//! it begins with a brace or bracket at once: a continuation that was laid out begins with blanks.

use super::document::{Document, Outlet};
use super::layout::Place;
use super::{Check, Style};

const DATA: &[u8] = b"data:";
/// Begins the lines that laying out adds to an event.
const MARGIN: &str = "data: ";

/// Where in a line one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Within the name; so many octets of [`DATA`] have been seen.
    Name(usize),
    /// After the colon.
    Space,
    /// At the first octet of the value.
    Start,
    /// Within a value that may be JSON.
    Json,
    /// Within what passes as it is.
    Other,
}

/// The lines of an event stream.
#[derive(Debug)]
pub(super) struct Events {
    document: Document,
    part: Part,
}

impl Events {
    pub(super) fn new(style: Style) -> Self {
        Self {
            document: Document::new(style, Check::Held, MARGIN),
            part: Part::Name(0),
        }
    }

    pub(super) fn push<E>(
        &mut self,
        input: &[u8],
        outlet: &mut Outlet<'_, '_, E>,
    ) -> Result<(), E> {
        let mut rest = input;
        while let Some(&byte) = rest.first() {
            let taken = if matches!(byte, b'\r' | b'\n') {
                self.end_value(outlet)?;
                self.document.pass(&[byte], outlet)?;
                self.part = Part::Name(0);
                1
            } else {
                self.within_line(byte, rest, outlet)?
            };
            rest = rest.get(taken..).unwrap_or_default();
        }
        Ok(())
    }

    pub(super) fn finish<E>(&mut self, outlet: &mut Outlet<'_, '_, E>) -> Result<(), E> {
        self.end_value(outlet)?;
        self.document.settle(outlet);
        Ok(())
    }

    /// Takes what begins with `byte`, no line end; returns how much.
    fn within_line<E>(
        &mut self,
        byte: u8,
        rest: &[u8],
        outlet: &mut Outlet<'_, '_, E>,
    ) -> Result<usize, E> {
        match self.part {
            Part::Name(seen) if DATA.get(seen) == Some(&byte) => {
                let seen = seen.saturating_add(1);
                self.part = if seen == DATA.len() {
                    Part::Space
                } else {
                    Part::Name(seen)
                };
                self.document.pass(&[byte], outlet)?;
                Ok(1)
            }
            Part::Space if byte == b' ' => {
                self.part = Part::Start;
                self.document.pass(&[byte], outlet)?;
                Ok(1)
            }
            Part::Space | Part::Start if matches!(byte, b'{' | b'[') => {
                self.part = Part::Json;
                self.document.restart(Place::BEGINNING);
                Ok(0)
            }
            Part::Json => {
                let value = until_line_end(rest);
                self.document.push(value, outlet)?;
                Ok(value.len())
            }
            Part::Name(_) | Part::Space | Part::Start | Part::Other => {
                self.part = Part::Other;
                let text = until_line_end(rest);
                self.document.pass(text, outlet)?;
                Ok(text.len())
            }
        }
    }

    fn end_value<E>(&mut self, outlet: &mut Outlet<'_, '_, E>) -> Result<(), E> {
        if self.part == Part::Json {
            self.document.finish(outlet)?;
        }
        Ok(())
    }
}

fn until_line_end(bytes: &[u8]) -> &[u8] {
    bytes
        .split(|byte| matches!(byte, b'\r' | b'\n'))
        .next()
        .unwrap_or_default()
}
