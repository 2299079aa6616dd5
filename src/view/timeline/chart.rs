//! Rows of a chart: a name, a time, a bar on a line that all rows share, and a note.
//!
//! Knows: how wide each column is, and with which characters a place can do. Must not know: what the
//! rows are about.

use std::ops::Range;
use std::time::Duration;

use super::scale::Scale;
use crate::environment::Environment;
use crate::view::amounts;
use crate::view::notices::columns;
use crate::view::style::{Meaning, Style};

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// What took the time.
    pub(super) name: &'static str,
    /// From when on, counted from the beginning of the chart.
    pub(super) from: Duration,
    /// Until when.
    pub(super) to: Duration,
    /// What else there is to say.
    pub(super) note: String,
    /// What its colour says, if it has one.
    pub(super) meaning: Option<Meaning>,
}

/// The place where a chart stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sheet {
    /// What the place takes.
    pub(super) style: Style,
    columns: usize,
    glyphs: Glyphs,
}

/// A chart: the line that its rows share.
pub(super) struct Chart {
    sheet: Sheet,
    indent: usize,
    bars: usize,
    notes: usize,
    whole: Duration,
}

/// The characters that bars are made of.
#[derive(Debug, Clone, Copy)]
struct Glyphs {
    /// How many places a character has.
    places: usize,
    full: char,
    left: char,
    right: char,
    /// What took no time.
    moment: char,
    frame: char,
    ellipsis: &'static str,
}

const ASCII: Glyphs = Glyphs {
    places: 1,
    full: '=',
    left: '=',
    right: '=',
    moment: '.',
    frame: '|',
    ellipsis: "...",
};

/// Block elements: full, left half, right half, left one eighth.
const BLOCKS: Glyphs = Glyphs {
    places: 2,
    full: '\u{2588}',
    left: '\u{258c}',
    right: '\u{2590}',
    moment: '\u{258f}',
    frame: '\u{2502}',
    ellipsis: "\u{2026}",
};

/// Wherever this is no terminal, what is drawn is the same every time.
const PIPE: usize = 80;
/// Narrower than this, lines break.
const NARROWEST: usize = 56;
/// Wider than this, nothing more is seen.
const WIDEST: usize = 160;

/// `100-continue`, `name look-up`.
const NAMES: usize = 12;
/// `0.001 ms`.
const TIMES: usize = 8;

impl Sheet {
    /// The sheet that standard error is.
    pub(super) fn of(style: Style, environment: &Environment) -> Self {
        if !style.terminal {
            return Self {
                style,
                columns: PIPE,
                glyphs: ASCII,
            };
        }
        let glyphs = if speaks_utf8(environment) {
            BLOCKS
        } else {
            ASCII
        };
        Self {
            style,
            columns: columns(environment).clamp(NARROWEST, WIDEST),
            glyphs,
        }
    }

    /// Appends text of several lines, each indented and none wider than the sheet.
    pub(super) fn sentence(&self, indent: usize, text: &str, out: &mut Vec<u8>) {
        let width = self.columns.saturating_sub(indent);
        let mut room = 0_usize;
        for (index, part) in parts(text).into_iter().enumerate() {
            let length = part.chars().count();
            let left = room.checked_sub(length.saturating_add(1));
            if let Some(left) = left.filter(|_| index > 0) {
                out.push(b' ');
                room = left;
            } else {
                out.extend_from_slice(if index > 0 { b"\n" } else { b"" });
                out.extend(std::iter::repeat_n(b' ', indent));
                room = width.saturating_sub(length);
            }
            out.extend_from_slice(part.as_bytes());
        }
        out.push(b'\n');
    }

    /// A chart of a whole time, its notes as wide as the widest of these rows needs, if there is room.
    pub(super) fn chart(self, indent: usize, whole: Duration, rows: &[Row]) -> Chart {
        let room = self.columns.saturating_sub(indent);
        let room = room.saturating_sub(NAMES + 1 + TIMES + 1 + 2);
        let widest = rows.iter().map(|row| self.fit(&row.note).chars().count());
        let widest = widest.max().unwrap_or(0);
        let notes = widest.min(room / 2);
        let gap = usize::from(notes > 0);
        Chart {
            sheet: self,
            indent,
            bars: room.saturating_sub(notes).saturating_sub(gap),
            notes,
            whole,
        }
    }

    fn fit(&self, note: &str) -> String {
        String::from_utf8_lossy(&self.style.safe(note.as_bytes())).into_owned()
    }
}

impl Chart {
    /// Appends a row.
    pub(super) fn row(&self, row: &Row, out: &mut Vec<u8>) {
        let Sheet { style, glyphs, .. } = self.sheet;
        let paint = |text: &str, out: &mut Vec<u8>| match row.meaning {
            Some(meaning) => style.paint(meaning, text.as_bytes(), out),
            None => out.extend_from_slice(text.as_bytes()),
        };
        let frame = |out: &mut Vec<u8>| {
            style.paint(Meaning::Aside, glyphs.frame.to_string().as_bytes(), out);
        };
        let took = amounts::time(row.to.saturating_sub(row.from));
        let (name, indent) = (row.name, self.indent);
        out.extend_from_slice(format!("{:indent$}{name:NAMES$} {took:>TIMES$} ", "").as_bytes());
        frame(out);
        let (before, bar, after) = self.bar(row.from, row.to);
        out.extend(std::iter::repeat_n(b' ', before));
        paint(&bar, out);
        out.extend(std::iter::repeat_n(b' ', after));
        frame(out);
        let note = self.note(&row.note);
        if !note.is_empty() {
            out.push(b' ');
            paint(&note, out);
        }
        out.push(b'\n');
    }

    /// Blanks before a bar, the bar, and blanks behind it.
    fn bar(&self, from: Duration, to: Duration) -> (usize, String, usize) {
        let glyphs = &self.sheet.glyphs;
        let scale = Scale {
            places: self.bars.saturating_mul(glyphs.places),
            whole: self.whole,
        };
        let range = scale.places(from, to);
        let first = glyphs.cell_of(range.start);
        let bar: String = match range.clone().next_back() {
            None => glyphs.moment.to_string(),
            Some(last) => (first..=glyphs.cell_of(last))
                .map(|cell| glyphs.cell(cell, &range))
                .collect(),
        };
        let after = self.bars.saturating_sub(first);
        let after = after.saturating_sub(bar.chars().count());
        (first, bar, after)
    }

    fn note(&self, note: &str) -> String {
        let note = self.sheet.fit(note);
        if note.chars().count() <= self.notes {
            return note;
        }
        let ellipsis = self.sheet.glyphs.ellipsis;
        let room = self.notes.saturating_sub(ellipsis.chars().count());
        let start: String = note.chars().take(room).collect();
        start.trim_end().to_owned() + ellipsis
    }
}

impl Glyphs {
    /// The number of the character that a place is in.
    fn cell_of(&self, place: usize) -> usize {
        place.checked_div(self.places).unwrap_or(place)
    }

    /// The character for those places of a cell that lie in a range.
    fn cell(&self, cell: usize, range: &Range<usize>) -> char {
        let first = cell.saturating_mul(self.places);
        let last = first.saturating_add(self.places.saturating_sub(1));
        match (range.contains(&first), range.contains(&last)) {
            (true, true) => self.full,
            (true, false) => self.left,
            (false, _) => self.right,
        }
    }
}

/// The words of a text; a number and its unit are one.
fn parts(text: &str) -> Vec<String> {
    const UNITS: [&str; 8] = ["ms", "s", "kB", "MB", "GB", "octets", "octet", "%"];
    let mut parts: Vec<String> = Vec::new();
    for word in text.split(' ') {
        let unit = word.trim_end_matches(|c: char| ".,:)".contains(c));
        match parts.last_mut() {
            Some(last) if UNITS.contains(&unit) && last.ends_with(|c: char| c.is_ascii_digit()) => {
                last.push(' ');
                last.push_str(word);
            }
            _ => parts.push(word.to_owned()),
        }
    }
    parts
}

/// Whether a terminal in this environment shows more than ASCII: the first of POSIX' variables that
/// is set decides.
fn speaks_utf8(environment: &Environment) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| environment.var(name));
    let locale = locale.unwrap_or_default().to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sheet(columns: usize, glyphs: Glyphs) -> Sheet {
        Sheet {
            style: Style::default(),
            columns,
            glyphs,
        }
    }

    fn row(from: u64, to: u64, note: &str) -> Row {
        Row {
            name: "wait",
            from: Duration::from_millis(from),
            to: Duration::from_millis(to),
            note: note.to_owned(),
            meaning: None,
        }
    }

    fn drawn(sheet: Sheet, whole: u64, rows: &[Row]) -> String {
        let chart = sheet.chart(2, Duration::from_millis(whole), rows);
        let mut out = Vec::new();
        for row in rows {
            chart.row(row, &mut out);
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn rows_stand_on_one_line() {
        let rows = [
            row(0, 0, "a"),
            row(0, 1, "127.0.0.1:80"),
            row(1, 60, ""),
            row(60, 100, "a note that is longer than there is room for"),
        ];
        let expected = "  \
wait             0 ms |.          | a
  wait          1.00 ms |=          | 127.0.0.1:80
  wait          59.0 ms |=======    |
  wait          40.0 ms |      =====| a note th...
";
        assert_eq!(drawn(sheet(50, ASCII), 100, &rows), expected);
    }

    #[test]
    fn sentences_break_between_words_and_never_before_a_unit() {
        let check = |columns, text: &str, expected: &str| {
            let mut out = Vec::new();
            sheet(columns, ASCII).sentence(2, text, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), expected, "{text}");
        };
        check(20, "short", "  short\n");
        check(10, "one two three", "  one two\n  three\n");
        check(9, "one two three", "  one two\n  three\n");
        check(8, "one two three", "  one\n  two\n  three\n");
        check(12, "after 790 ms, gone", "  after\n  790 ms,\n  gone\n");
        check(12, "it had 99 %.", "  it had\n  99 %.\n");
        check(6, "longer than that", "  longer\n  than\n  that\n");
    }

    #[test]
    fn a_terminal_has_halves() {
        let rows = [
            row(0, 1, ""),
            row(5, 10, ""),
            row(5, 95, ""),
            row(100, 100, ""),
        ];
        let expected = "  \
wait          1.00 ms \u{2502}\u{258c}         \u{2502}
  wait          5.00 ms \u{2502}\u{2590}         \u{2502}
  wait          90.0 ms \u{2502}\u{2590}\u{2588}\u{2588}\u{2588}\u{2588}\u{2588}\u{2588}\u{2588}\u{2588}\u{258c}\u{2502}
  wait             0 ms \u{2502}         \u{258f}\u{2502}
";
        assert_eq!(drawn(sheet(36, BLOCKS), 100, &rows), expected);
    }

    #[test]
    fn the_locale_says_what_a_terminal_shows() {
        for (variables, expected) in [
            (&[][..], false),
            (&[("LANG", "de_AT.UTF-8")], true),
            (&[("LANG", "C")], false),
            (&[("LC_ALL", "C.utf8"), ("LANG", "C")], true),
            (&[("LC_ALL", "C"), ("LANG", "en_GB.UTF-8")], false),
            (
                &[("LC_ALL", ""), ("LC_CTYPE", "C.UTF-8"), ("LANG", "C")],
                true,
            ),
        ] {
            let pairs = variables
                .iter()
                .map(|(name, value)| (name.into(), value.into()));
            let environment = Environment {
                variables: pairs.collect(),
                ..Environment::default()
            };
            assert_eq!(speaks_utf8(&environment), expected, "{variables:?}");
        }
    }

    proptest! {
        #[test]
        fn no_row_is_wider_than_the_sheet(
            columns in NARROWEST..=WIDEST,
            blocks in any::<bool>(),
            whole in 0..100_000_u64,
            rows in prop::collection::vec((any::<u64>(), any::<u64>(), "\\PC{0,60}"), 1..8),
        ) {
            let glyphs = if blocks { BLOCKS } else { ASCII };
            let rows: Vec<Row> = rows
                .iter()
                .map(|(from, to, note)| row(from.min(&whole) % 100_000, *to.min(&whole), note))
                .collect();
            let text = drawn(sheet(columns, glyphs), whole, &rows);
            prop_assert_eq!(text.lines().count(), rows.len());
            let frames: Vec<Vec<usize>> = text
                .lines()
                .map(|line| {
                    let cells = line.chars().enumerate();
                    let frames = cells.filter(|(_, it)| *it == glyphs.frame);
                    frames.map(|(at, _)| at).take(2).collect()
                })
                .collect();
            for (line, found) in text.lines().zip(&frames) {
                prop_assert!(line.chars().count() <= columns, "{line}");
                prop_assert_eq!(found, &frames[0]);
            }
        }
    }
}
