//! Newline-delimited JSON: one text a line, each with a fate of its own.
//!
//! Knows line feeds; what a text is, [`Document`] knows.

use super::document::{Document, Outlet};
use super::layout::{Fate, Place};
use super::{Break, Check, Style};

/// The lines of a content.
#[derive(Debug)]
pub(super) struct Lines {
    document: Document,
    place: Place,
    broken: Option<Break>,
}

impl Lines {
    pub(super) fn new(style: Style) -> Self {
        Self {
            document: Document::new(style, Check::Held, ""),
            place: Place::BEGINNING,
            broken: None,
        }
    }

    pub(super) fn broken(&self) -> Option<Break> {
        self.broken
    }

    pub(super) fn push<E>(
        &mut self,
        input: &[u8],
        outlet: &mut Outlet<'_, '_, E>,
    ) -> Result<(), E> {
        for line in input.split_inclusive(|&byte| byte == b'\n') {
            self.place.pass(line.len());
            let Some(text) = line.strip_suffix(b"\n") else {
                return self.document.push(line, outlet);
            };
            self.document.push(text, outlet)?;
            self.end_line(outlet)?;
            self.document.pass(b"\n", outlet)?;
            self.place.begin_line(0);
            self.document.restart(self.place);
        }
        Ok(())
    }

    /// The last line may lack its line feed; it gets one if it is laid out.
    pub(super) fn finish<E>(&mut self, outlet: &mut Outlet<'_, '_, E>) -> Result<(), E> {
        if self.end_line(outlet)? == Fate::LaidOut {
            outlet.page.push(b'\n');
        }
        self.document.settle(outlet);
        Ok(())
    }

    fn end_line<E>(&mut self, outlet: &mut Outlet<'_, '_, E>) -> Result<Fate, E> {
        let fate = self.document.finish(outlet)?;
        self.broken = self.broken.or(self.document.broken());
        Ok(fate)
    }
}
