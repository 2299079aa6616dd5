//! URL globbing: `{one,two}`, `[1-9]`, `[001-100:5]`, `[a-z]`, and `#1` in file names.
//!
//! Knows: curl's patterns, their limits and its error texts, the marked position included. Must not
//! know: URLs (but for the literal IPv6 address, whose brackets are no pattern) or files.
//!
//! A glob is read once and expanded by number, so that a billion of texts cost nothing until each
//! one's turn comes. The rightmost pattern turns fastest.

mod reader;

use std::num::{NonZeroU8, NonZeroU64};

use reader::Reader;

/// No longer name in `{<name>…}`, in octets.
const LONGEST_NAME: usize = 64;
/// An error text ends here, in octets.
const LONGEST_ERROR: usize = 511;

/// A pattern that stands for many texts.
#[derive(Debug, Clone, PartialEq)]
pub struct Glob {
    pieces: Vec<Piece>,
    count: u64,
}

/// A piece of a pattern.
#[derive(Debug, Clone, PartialEq)]
enum Piece {
    /// Stands for itself.
    Literal(String),
    /// Stands for each of many texts.
    Pattern { name: Option<String>, kind: Kind },
}

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    /// `{one,two}`.
    Set(Vec<String>),
    /// `[a-z:2]`.
    Letters {
        first: u8,
        last: u8,
        step: NonZeroU8,
    },
    /// `[1-9:2]`, with leading zeros up to a width.
    Numbers {
        first: u64,
        last: u64,
        step: NonZeroU64,
        width: usize,
    },
}

impl Kind {
    /// At least one.
    fn count(&self) -> NonZeroU64 {
        let steps = match self {
            Kind::Set(members) => (members.len() as u64).saturating_sub(1),
            Kind::Letters { first, last, step } => u64::from(last.saturating_sub(*first) / *step),
            Kind::Numbers {
                first, last, step, ..
            } => last.saturating_sub(*first) / *step,
        };
        NonZeroU64::MIN.saturating_add(steps)
    }

    fn member(&self, number: u64) -> String {
        match self {
            Kind::Set(members) => usize::try_from(number)
                .ok()
                .and_then(|index| members.get(index))
                .cloned()
                .unwrap_or_default(),
            Kind::Letters { first, step, .. } => {
                let further = (number as u8).saturating_mul(step.get());
                char::from(first.saturating_add(further)).to_string()
            }
            Kind::Numbers {
                first, step, width, ..
            } => {
                let number = first.saturating_add(number.saturating_mul(step.get()));
                let digits = number.to_string();
                // Formats know no width as great as a pattern may be.
                let zeros = width.saturating_sub(digits.len());
                "0".repeat(zeros) + &digits
            }
        }
    }
}

impl Glob {
    /// Reads a pattern; the error is curl's message without its `curl: (3) `.
    pub fn parse(text: &str) -> Result<Self, String> {
        match Reader::read(text) {
            Ok((pieces, count)) => Ok(Self { pieces, count }),
            Err(mistake) => Err(mistake.told(text)),
        }
    }

    /// How many texts it stands for.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The text with this number, counted from 0, and what each `{}` and `[]` became. Numbers beyond
    /// the count begin anew.
    pub fn expand(&self, number: u64) -> Expansion {
        let mut left = number;
        let mut picks = Vec::new();
        for piece in self.pieces.iter().rev() {
            if let Piece::Pattern { name, kind } = piece {
                let count = kind.count();
                picks.push(Pick {
                    name: name.clone(),
                    text: kind.member(left % count),
                });
                left /= count;
            }
        }
        picks.reverse();
        let mut picked = picks.iter().map(|pick| pick.text.as_str());
        let texts = self.pieces.iter().map(|piece| match piece {
            Piece::Literal(text) => text,
            Piece::Pattern { .. } => picked.next().unwrap_or_default(),
        });
        let text = texts.collect();
        Expansion { text, picks }
    }
}

/// One text that a glob stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct Expansion {
    /// The text.
    pub text: String,
    picks: Vec<Pick>,
}

/// What a pattern became.
#[derive(Debug, Clone, PartialEq)]
struct Pick {
    name: Option<String>,
    text: String,
}

impl Expansion {
    /// Replaces `#1` and `#<name>` in a file name. A number without a pattern stays as it is; an
    /// unknown name is an error, whose text is curl's without its `curl: (43) `.
    pub fn name_file(&self, template: &str) -> Result<String, String> {
        name_file(template, Some(self), None)
    }

    fn named(&self, name: &str) -> Option<&str> {
        let mut picks = self.picks.iter();
        let pick = picks.find(|pick| pick.name.as_deref() == Some(name))?;
        Some(&pick.text)
    }
}

/// Replaces `#1` (of the URL's glob) and `#<name>` (of the URL's or the upload's) in a file name. The
/// error is curl's without its `curl: (43) `.
pub fn name_file(
    template: &str,
    url: Option<&Expansion>,
    upload: Option<&Expansion>,
) -> Result<String, String> {
    let mut name = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(hash) = rest.find('#') {
        let (before, from) = rest.split_at(hash);
        name.push_str(before);
        let after = from.strip_prefix('#').unwrap_or(from);
        let (text, length) = match reference(after) {
            Some(Reference::Number(number, length)) => {
                let pick = url.and_then(|url| url.picks.get(number.checked_sub(1)?));
                (pick.map(|pick| pick.text.as_str()), length)
            }
            Some(Reference::Name(wanted, length)) => {
                let text = url.and_then(|url| url.named(wanted));
                let text = text.or_else(|| upload.and_then(|upload| upload.named(wanted)));
                if text.is_none() {
                    let before = template.len().saturating_sub(after.len());
                    let position = before.saturating_add(length);
                    return Err(Mistake {
                        text: "no glob exists with this name",
                        position,
                    }
                    .told(template));
                }
                (text, length)
            }
            None => (None, 0),
        };
        name.push_str(text.unwrap_or("#"));
        let used = text.map_or(0, |_| length);
        rest = after.get(used..).unwrap_or_default();
    }
    name.push_str(rest);
    Ok(name)
}

/// What follows a `#`, and its length.
enum Reference<'t> {
    Number(usize, usize),
    Name(&'t str, usize),
}

fn reference(text: &str) -> Option<Reference<'_>> {
    if let Some(rest) = text.strip_prefix('<') {
        let name = angled(rest)?;
        return Some(Reference::Name(name, name.len().saturating_add(2)));
    }
    let digits = text.find(|c: char| !c.is_ascii_digit());
    let (digits, _) = text.split_at(digits.unwrap_or(text.len()));
    let number = digits.parse().ok()?;
    Some(Reference::Number(number, digits.len()))
}

/// A name up to the closing angle bracket.
fn angled(text: &str) -> Option<&str> {
    let (name, _) = text.split_once('>')?;
    (!name.is_empty() && name.len() <= LONGEST_NAME).then_some(name)
}

/// What is wrong, and where; position 0 is nowhere.
struct Mistake {
    text: &'static str,
    position: usize,
}

impl Mistake {
    fn told(&self, pattern: &str) -> String {
        if self.position == 0 {
            return self.text.to_owned();
        }
        let (text, position) = (self.text, self.position);
        // What stands farther away is cut off.
        let width = position.saturating_sub(1).clamp(1, LONGEST_ERROR);
        let mut told = format!("{text} in position {position}:\n{pattern}\n{:width$}^", " ");
        told.truncate(told.floor_char_boundary(LONGEST_ERROR));
        told
    }
}
