//! All that laying out adds to a text, made ready once: marks in their colour, the beginnings of lines.
//!
//! Knows a style. It does not know where in a text anything stands.

use super::Colours;

/// Deeper than this many levels, text stays on one line: depth never becomes a flood of blanks.
pub(super) const INDENTED_LEVELS: usize = 64;

const RESET: &str = "\x1b[0m";

/// What a style makes of the parts of a text.
#[derive(Debug, Clone)]
pub(super) struct Paint {
    /// What begins each kind of token.
    pub(super) colours: Colours,
    /// What ends a coloured token.
    pub(super) reset: &'static str,
    pub(super) colon: Vec<u8>,
    pub(super) open_array: Vec<u8>,
    pub(super) close_array: Vec<u8>,
    pub(super) open_object: Vec<u8>,
    pub(super) close_object: Vec<u8>,
    /// A comma, a line feed, the margin, and blanks for the deepest level that is indented.
    line: Vec<u8>,
    /// The octets of the comma.
    comma: usize,
    /// The octets before the blanks.
    blanks: usize,
}

impl Paint {
    /// For these colours, with this at the beginning of every line but the first.
    pub(super) fn new(colours: Colours, margin: &str) -> Self {
        let reset = if colours.any() { RESET } else { "" };
        let mark = |mark: &str| [colours.punctuation, mark, reset].concat().into_bytes();
        let comma = mark(",");
        let mut line = [&*comma, b"\n", margin.as_bytes()].concat();
        let blanks = line.len();
        line.extend([b' '; 2 * INDENTED_LEVELS]);
        Self {
            colours,
            reset,
            colon: mark(": "),
            open_array: mark("["),
            close_array: mark("]"),
            open_object: mark("{"),
            close_object: mark("}"),
            comma: comma.len(),
            blanks,
            line,
        }
    }

    /// The beginning of a line at this depth; nothing where it is too deep.
    pub(super) fn line(&self, depth: usize) -> &[u8] {
        self.line
            .get(self.comma..self.end(depth))
            .unwrap_or_default()
    }

    /// A comma and the beginning of the line behind it.
    pub(super) fn comma_and_line(&self, depth: usize) -> &[u8] {
        let comma = self.line.get(..self.comma).unwrap_or_default();
        self.line.get(..self.end(depth)).unwrap_or(comma)
    }

    /// Where the blanks of this depth end, two for each level; a shift is the cheapest here.
    fn end(&self, depth: usize) -> usize {
        self.blanks.saturating_add(depth << 1)
    }
}
