//! `-#`: a bar that fills the line, or something that flies when nobody knows how long it takes.
//!
//! Knows: how a bar looks. Must not know: when it is drawn.

use super::meter::{Figures, share};

/// Wider than this it is not drawn.
const WIDEST: usize = 256;

/// What moves when the size is unknown.
const SHIP: &str = "-=O=-";

/// A bar and the place of the ship.
#[derive(Debug, Default)]
pub(super) struct Bar {
    step: usize,
}

impl Bar {
    /// The bar's line, which begins by going back to its start.
    pub(super) fn line(&mut self, figures: &Figures, columns: usize) -> String {
        let columns = columns.clamp(20, WIDEST);
        let Some(expected) = figures.expected.filter(|&expected| expected > 0) else {
            return self.fly(columns);
        };
        let total = expected.saturating_add(figures.sent);
        let done = figures.received.saturating_add(figures.sent).min(total);
        let thousandths = share(1000, done, total);
        let width = columns.saturating_sub(7);
        let full = usize::try_from(share(width as u64, done, total));
        format!(
            "\r{:<width$} {:3}.{}%",
            "#".repeat(full.unwrap_or(width)),
            thousandths / 10,
            thousandths % 10
        )
    }

    /// To and fro between the edges.
    fn fly(&mut self, columns: usize) -> String {
        let line = columns.saturating_sub(1);
        let way = line.saturating_sub(SHIP.len());
        let there_and_back = way.saturating_mul(2);
        let place = self.step.checked_rem(there_and_back).unwrap_or(0);
        let place = place.min(there_and_back.saturating_sub(place));
        self.step = self.step.wrapping_add(1);
        let width = line.saturating_sub(place);
        format!("\r{:place$}{SHIP:<width$}", "")
    }
}
