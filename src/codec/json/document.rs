//! One JSON text with its fate: held until it is known to be whole, laid out as it comes, or passed
//! as it is.
//!
//! Knows the limit up to which a text is held. It does not know the grammar, nor what stands around
//! the text.

use super::layout::{Fate, Layout, PAGE, Place, STEP};
use super::{Break, Check, Style};

/// A text of up to this many octets is held and checked before any of it is shown.
const HELD: usize = 1024 * 1024;

/// Takes pieces of output; its error stops the work and comes back to the caller.
pub(super) type Deliver<'a, E> = dyn FnMut(&[u8]) -> Result<(), E> + 'a;

/// Output on its way: collected to a page, then delivered.
pub(super) struct Outlet<'a, 'b, E> {
    pub(super) page: &'a mut Vec<u8>,
    pub(super) deliver: &'a mut Deliver<'b, E>,
}

impl<E> Outlet<'_, '_, E> {
    /// Delivers what has come together.
    pub(super) fn flush(&mut self) -> Result<(), E> {
        if self.page.is_empty() {
            return Ok(());
        }
        let delivered = (self.deliver)(self.page);
        self.page.clear();
        delivered
    }

    /// Delivers once a page is full.
    fn turn(&mut self) -> Result<(), E> {
        if self.page.len() < PAGE {
            Ok(())
        } else {
            self.flush()
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Holding,
    LayingOut,
    Passing,
}

/// One text. [`restart`](Self::restart) makes it the next one.
#[derive(Debug)]
pub(super) struct Document {
    layout: Layout,
    check: Check,
    stage: Stage,
    held: Vec<u8>,
}

impl Document {
    /// The first text of a content; `margin` begins each line that laying out adds.
    pub(super) fn new(style: Style, check: Check, margin: &'static str) -> Self {
        Self {
            layout: Layout::new(style, margin),
            check,
            stage: Stage::of(check),
            held: Vec::new(),
        }
    }

    /// Begins another text.
    pub(super) fn restart(&mut self, place: Place) {
        self.layout.restart(place);
        self.stage = Stage::of(self.check);
    }

    /// Where the text broke. Certain once it is finished.
    pub(super) fn broken(&self) -> Option<Break> {
        self.layout.broken()
    }

    /// Takes the next piece of the text.
    pub(super) fn push<E>(
        &mut self,
        input: &[u8],
        outlet: &mut Outlet<'_, '_, E>,
    ) -> Result<(), E> {
        match self.stage {
            Stage::Holding if self.held.len().saturating_add(input.len()) <= HELD => {
                self.held.extend_from_slice(input);
                Ok(())
            }
            Stage::Holding => {
                self.stage = Stage::LayingOut;
                let held = std::mem::take(&mut self.held);
                self.push(&held, outlet)?;
                self.push(input, outlet)
            }
            Stage::LayingOut => self.lay_out(input, outlet),
            Stage::Passing => self.pass(input, outlet),
        }
    }

    /// The text is over.
    pub(super) fn finish<E>(&mut self, outlet: &mut Outlet<'_, '_, E>) -> Result<Fate, E> {
        if self.stage == Stage::Holding {
            let held = std::mem::take(&mut self.held);
            self.release(&held, outlet)?;
            self.held = held;
            self.held.clear();
        }
        Ok(self.layout.finish(outlet.page))
    }

    /// The content is over: what is left of a character that was cut off.
    pub(super) fn settle<E>(&mut self, outlet: &mut Outlet<'_, '_, E>) {
        self.layout.settle(outlet.page);
    }

    /// Shows a text that was held: laid out if it is whole, else as it is.
    fn release<E>(&mut self, held: &[u8], outlet: &mut Outlet<'_, '_, E>) -> Result<(), E> {
        let mark = outlet.page.len();
        let mut trial = self.layout.clone();
        let mut rest = held;
        let mut fits_page = true;
        loop {
            let taken = trial.run(rest, outlet.page);
            rest = rest.get(taken..).unwrap_or_default();
            if rest.is_empty() || trial.broken().is_some() {
                break;
            }
            fits_page = false;
            outlet.page.truncate(mark);
        }
        let fate = trial.finish(outlet.page);
        if fate == Fate::LaidOut && fits_page {
            self.layout = trial;
            return outlet.turn();
        }
        outlet.page.truncate(mark);
        if fate == Fate::LaidOut {
            return self.lay_out(held, outlet);
        }
        self.layout.give_up(trial.broken());
        self.pass(held, outlet)
    }

    fn lay_out<E>(&mut self, input: &[u8], outlet: &mut Outlet<'_, '_, E>) -> Result<(), E> {
        let mut rest = input;
        while !rest.is_empty() {
            let taken = self.layout.run(rest, outlet.page);
            rest = rest.get(taken..).unwrap_or_default();
            outlet.turn()?;
            if self.layout.broken().is_some() {
                self.stage = Stage::Passing;
                return self.pass(rest, outlet);
            }
        }
        Ok(())
    }

    /// Takes what is no part of a text, or of none that is laid out.
    pub(super) fn pass<E>(
        &mut self,
        input: &[u8],
        outlet: &mut Outlet<'_, '_, E>,
    ) -> Result<(), E> {
        for piece in input.chunks(STEP) {
            self.layout.pass(piece, outlet.page);
            outlet.turn()?;
        }
        Ok(())
    }
}

impl Stage {
    fn of(check: Check) -> Self {
        match check {
            Check::Held => Self::Holding,
            Check::Streaming => Self::LayingOut,
        }
    }
}
