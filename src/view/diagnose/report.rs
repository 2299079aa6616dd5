//! The shape of a diagnosis: what was seen, what that means, what to do.
//!
//! Knows: how the three are laid out under one another. Must not know: what they say.

use crate::codec::text::visible;
use crate::view::style::{Meaning, Style};

/// A diagnosis; an empty one is not shown.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Report {
    seen: Vec<Line>,
    so: Vec<String>,
    advice: Vec<String>,
}

/// One line of what was seen.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    weight: Weight,
    text: String,
}

/// Whether a line is to blame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weight {
    Plain,
    Blamed,
}

/// The labels, and the blanks in their place on the lines that follow.
const SEEN: &str = "  seen: ";
const SO: &str = "  so:   ";
const TRY: &str = "  try:  ";
const BLANK: &str = "        ";

impl Report {
    /// Adds a line of what was seen.
    pub(super) fn saw(&mut self, text: impl Into<String>) {
        self.add(Weight::Plain, text.into());
    }

    /// Adds a line that is to blame.
    pub(super) fn blame(&mut self, text: impl Into<String>) {
        self.add(Weight::Blamed, text.into());
    }

    /// Adds a sentence of what that means.
    pub(super) fn conclude(&mut self, sentence: impl Into<String>) {
        self.so.push(sentence.into());
    }

    /// Adds something to do.
    pub(super) fn advise(&mut self, sentence: impl Into<String>) {
        self.advice.push(sentence.into());
    }

    /// Whether it says something that the message before it does not.
    pub(super) fn is_worth_telling(&self) -> bool {
        !(self.seen.is_empty() && self.so.is_empty() && self.advice.is_empty())
    }

    /// Puts what was seen before everything else.
    pub(super) fn open_with(&mut self, text: String) {
        let weight = Weight::Plain;
        self.seen.insert(0, Line { weight, text });
    }

    fn add(&mut self, weight: Weight, text: String) {
        self.seen.push(Line { weight, text });
    }

    /// The whole as text; sentences wrap at this width, what was seen does not.
    pub(super) fn text(&self, style: Style, columns: usize) -> Vec<u8> {
        let mut out = Vec::new();
        for (index, line) in self.seen.iter().enumerate() {
            let meaning = match line.weight {
                Weight::Plain => None,
                Weight::Blamed => Some(Meaning::Bad),
            };
            write(style, label(SEEN, index), meaning, &line.text, &mut out);
        }
        let width = columns.saturating_sub(BLANK.len());
        let so = Some(self.so.join(" ")).filter(|so| !so.is_empty());
        let so = so.iter().flat_map(|so| wrap(so, width, ""));
        for (index, line) in so.enumerate() {
            write(style, label(SO, index), None, &line, &mut out);
        }
        // Where one thing to do takes more than a line, it goes on further in.
        let advice = self.advice.iter();
        let advice = advice.flat_map(|advice| wrap(advice, width, "  "));
        for (index, line) in advice.enumerate() {
            write(style, label(TRY, index), None, &line, &mut out);
        }
        out
    }
}

fn label(title: &'static str, index: usize) -> &'static str {
    if index == 0 { title } else { BLANK }
}

/// Each line stays one line, whatever it quotes.
fn write(style: Style, label: &str, meaning: Option<Meaning>, text: &str, out: &mut Vec<u8>) {
    if label == BLANK {
        out.extend_from_slice(label.as_bytes());
    } else {
        style.paint(Meaning::Name, label.as_bytes(), out);
    }
    let text = visible(text.as_bytes());
    match meaning {
        Some(meaning) => style.paint(meaning, text.as_bytes(), out),
        None => out.extend_from_slice(text.as_bytes()),
    }
    out.push(b'\n');
}

/// Lines of whole words; a URL or a command that is longer than a line stays in one piece.
fn wrap(sentence: &str, width: usize, hanging: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in sentence.split(' ') {
        let length = word.chars().count();
        match lines.last_mut() {
            Some(line) if line.chars().count().saturating_add(length) < width => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) => lines.push(format!("{hanging}{word}")),
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_parts_stand_under_one_another() {
        let mut report = Report::default();
        assert!(!report.is_worth_telling());
        report.saw("one\u{1b}[2J");
        report.blame("two\nthree");
        report.conclude("aaa bbb ccc ddd");
        report.advise("https://example.com/a/long/path now");
        report.advise("or this");
        let text = String::from_utf8(report.text(Style::default(), 20)).unwrap();
        let expected = "  seen: one^[[2J\n        two^Jthree\n  so:   aaa bbb ccc\n        ddd\n  \
                        try:  https://example.com/a/long/path\n          now\n        or this\n";
        assert_eq!(text, expected);
    }
}
