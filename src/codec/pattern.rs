//! Regular expressions.
//!
//! Knows: where in a line an expression finds something. Must not know: what is looked for, or what
//! becomes of it. The time that a search takes grows with the line and the expression together,
//! never faster: `regex-lite` has no backtracking.

use std::fmt;
use std::ops::Range;

use regex_lite::Regex;

/// An expression in the syntax of the `regex` crate, with `\d`, `\w`, `\s` and `\b` in ASCII.
#[derive(Debug, Clone)]
pub struct Pattern(Regex);

impl Pattern {
    /// Reads an expression; else says in words what is wrong with it.
    pub fn new(text: &str) -> Result<Self, String> {
        Regex::new(text)
            .map(Self)
            .map_err(|error| error.to_string())
    }

    /// What it finds, from left to right, empty places left out: the first group that took part in
    /// each match, or the whole match where there is none.
    pub fn places(&self, text: &str) -> Vec<Range<usize>> {
        let whole = |found: regex_lite::Match<'_>| found.range();
        let places: Vec<_> = if self.0.captures_len() == 1 {
            self.0.find_iter(text).map(whole).collect()
        } else {
            let matches = self.0.captures_iter(text);
            let inner = |groups: regex_lite::Captures<'_>| {
                let mut groups = groups.iter();
                let all = groups.next().flatten();
                groups.flatten().next().or(all).map(whole)
            };
            matches.filter_map(inner).collect()
        };
        places
            .into_iter()
            .filter(|place| !place.is_empty())
            .collect()
    }
}

/// Equal is what is written the same way.
impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}
