//! All that laying out adds to a text, made ready once: marks in their colour, the beginnings of lines.
//!
//! Knows a style. It does not know where in a text anything stands.

use super::Colours;

/// Deeper than this many levels, text stays on one line: depth never becomes a flood of blanks.
pub(super) const INDENTED_LEVELS: usize = 64;

const RESET: &str = "\x1b[0m";

/// So many octets are written in one go, whatever their number is. A copy of a length that is not
/// known beforehand is a call, and most of what a text is made of is a few octets long.
const BLOCK: usize = 32;

/// Appends the first `length` octets of `from`, which may go on behind them.
#[inline]
pub(super) fn put(from: &[u8], length: usize, out: &mut Vec<u8>) {
    match from.first_chunk::<BLOCK>() {
        Some(block) if length <= BLOCK => {
            let end = out.len().saturating_add(length);
            out.extend_from_slice(block);
            out.truncate(end);
        }
        _ => out.extend_from_slice(from.get(..length).unwrap_or(from)),
    }
}

/// A text that is put again and again.
#[derive(Debug, Clone)]
pub(super) struct Ink {
    /// The text, and enough behind it for a block.
    padded: Vec<u8>,
    length: usize,
}

impl Ink {
    fn new(text: &str) -> Self {
        let mut padded = text.as_bytes().to_vec();
        padded.extend([0; BLOCK]);
        Self {
            padded,
            length: text.len(),
        }
    }

    /// Appends the text.
    #[inline]
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        put(&self.padded, self.length, out);
    }
}

/// What a style makes of the parts of a text.
#[derive(Debug, Clone)]
pub(super) struct Paint {
    /// Whether tokens have a colour at all.
    pub(super) coloured: bool,
    /// What begins each kind of token.
    pub(super) key: Ink,
    pub(super) string: Ink,
    pub(super) number: Ink,
    pub(super) boolean: Ink,
    pub(super) null: Ink,
    /// What ends a coloured token.
    pub(super) reset: Ink,
    pub(super) colon: Ink,
    pub(super) open_array: Ink,
    pub(super) close_array: Ink,
    pub(super) open_object: Ink,
    pub(super) close_object: Ink,
    /// A comma, a line feed, the margin, blanks for the deepest level that is indented, and a block.
    line: Vec<u8>,
    /// The octets before the block.
    length: usize,
    /// The octets of the comma.
    comma: usize,
    /// The octets before the blanks.
    blanks: usize,
}

impl Paint {
    /// For these colours, with this at the beginning of every line but the first.
    pub(super) fn new(colours: Colours, margin: &str) -> Self {
        let reset = if colours.any() { RESET } else { "" };
        let marked = |mark: &str| [colours.punctuation, mark, reset].concat();
        let mark = |mark: &str| Ink::new(&marked(mark));
        let comma = marked(",");
        let mut line = [&comma, "\n", margin].concat().into_bytes();
        let blanks = line.len();
        line.extend([b' '; 2 * INDENTED_LEVELS]);
        let length = line.len();
        line.extend([0; BLOCK]);
        Self {
            coloured: colours.any(),
            key: Ink::new(colours.key),
            string: Ink::new(colours.string),
            number: Ink::new(colours.number),
            boolean: Ink::new(colours.boolean),
            null: Ink::new(colours.null),
            reset: Ink::new(reset),
            colon: mark(": "),
            open_array: mark("["),
            close_array: mark("]"),
            open_object: mark("{"),
            close_object: mark("}"),
            comma: comma.len(),
            blanks,
            line,
            length,
        }
    }

    /// Appends the beginning of a line at this depth; nothing where it is too deep.
    #[inline]
    pub(super) fn put_line(&self, depth: usize, out: &mut Vec<u8>) {
        if let Some(end) = self.end(depth) {
            let line = self.line.get(self.comma..).unwrap_or_default();
            put(line, end.saturating_sub(self.comma), out);
        }
    }

    /// Appends a comma and the beginning of the line behind it.
    pub(super) fn put_comma_and_line(&self, depth: usize, out: &mut Vec<u8>) {
        put(&self.line, self.end(depth).unwrap_or(self.comma), out);
    }

    /// Where the blanks of this depth end, two for each level; a shift is the cheapest here.
    fn end(&self, depth: usize) -> Option<usize> {
        let end = self.blanks.saturating_add(depth << 1);
        (end <= self.length).then_some(end)
    }
}
