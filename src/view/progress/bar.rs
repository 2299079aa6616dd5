//! `-#`: a bar that fills the line, or something that flies when nobody knows how long it takes.
//!
//! Knows: how a bar looks. Must not know: when it is drawn.

use super::meter::Figures;

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
        let thousandths = u128::from(done) * 1000 / u128::from(total);
        let width = columns - 7;
        let full = usize::try_from(u128::from(done) * width as u128 / u128::from(total));
        format!(
            "\r{:<width$} {:3}.{}%",
            "#".repeat(full.unwrap_or(width)),
            thousandths / 10,
            thousandths % 10
        )
    }

    /// To and fro between the edges.
    fn fly(&mut self, columns: usize) -> String {
        let way = columns - 1 - SHIP.len();
        let place = self.step % (2 * way);
        let place = place.min(2 * way - place);
        self.step += 1;
        let width = columns - 1 - place;
        format!("\r{:place$}{SHIP:<width$}", "")
    }
}
