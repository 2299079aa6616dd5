//! URL globbing: `{one,two}`, `[1-9]`, `[001-100:5]`, `[a-z]`, and `#1` in file names.
//!
//! Knows: curl's patterns, their limits and its error texts, the marked position included. Must not
//! know: URLs (but for the literal IPv6 address, whose brackets are no pattern) or files.
//!
//! A glob is read once and expanded by number, so that a billion of texts cost nothing until each
//! one's turn comes. The rightmost pattern turns fastest.

use std::net::Ipv6Addr;
use std::ops::Range;

/// No more pieces, literal or not.
const MOST_PIECES: usize = 256;
/// No more members in one `{}`.
const MOST_MEMBERS: usize = 100_000;
/// No longer name in `{<name>…}`, in octets.
const LONGEST_NAME: usize = 64;
/// No longer text between brackets is looked at as an address, in octets.
const LONGEST_ADDRESS: usize = 128;
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
    Letters { first: u8, last: u8, step: u8 },
    /// `[1-9:2]`, with leading zeros up to a width.
    Numbers {
        first: u64,
        last: u64,
        step: u64,
        width: usize,
    },
}

impl Kind {
    fn count(&self) -> u64 {
        match self {
            Kind::Set(members) => members.len() as u64,
            Kind::Letters { first, last, step } => u64::from((last - first) / step) + 1,
            Kind::Numbers {
                first, last, step, ..
            } => (last - first) / step + 1,
        }
    }

    fn member(&self, number: u64) -> String {
        match self {
            Kind::Set(members) => usize::try_from(number)
                .ok()
                .and_then(|index| members.get(index))
                .cloned()
                .unwrap_or_default(),
            Kind::Letters { first, step, .. } => {
                char::from(first.saturating_add((number as u8).saturating_mul(*step))).to_string()
            }
            Kind::Numbers {
                first, step, width, ..
            } => format!("{:0width$}", first + number * step),
        }
    }
}

impl Glob {
    /// Reads a pattern; the error is curl's message without its `curl: (3) `.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut reader = Reader {
            text,
            at: 0,
            position: 1,
            pieces: Vec::new(),
            count: 1,
        };
        match reader.pieces() {
            Ok(()) => Ok(Self {
                pieces: reader.pieces,
                count: reader.count,
            }),
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
        let mut texts: Vec<String> = Vec::with_capacity(self.pieces.len());
        for piece in self.pieces.iter().rev() {
            texts.push(match piece {
                Piece::Literal(text) => text.clone(),
                Piece::Pattern { kind, .. } => {
                    let count = kind.count();
                    let member = kind.member(left % count);
                    left /= count;
                    member
                }
            });
        }
        texts.reverse();
        let picks = self.pieces.iter().zip(&texts);
        let picks = picks.filter_map(|(piece, text)| match piece {
            Piece::Literal(_) => None,
            Piece::Pattern { name, .. } => Some(Pick {
                name: name.clone(),
                text: text.clone(),
            }),
        });
        Expansion {
            picks: picks.collect(),
            text: texts.concat(),
        }
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
        name.push_str(&rest[..hash]);
        let after = &rest[hash + 1..];
        let (text, length) = match reference(after) {
            Some(Reference::Number(number, length)) => {
                let pick = url.and_then(|url| url.picks.get(number.checked_sub(1)?));
                (pick.map(|pick| pick.text.as_str()), length)
            }
            Some(Reference::Name(wanted, length)) => {
                let text = url.and_then(|url| url.named(wanted));
                let text = text.or_else(|| upload.and_then(|upload| upload.named(wanted)));
                if text.is_none() {
                    let position = template.len() - after.len() + length;
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
        rest = &after[text.map_or(0, |_| length)..];
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
        return Some(Reference::Name(name, name.len() + 2));
    }
    let digits = text.find(|c: char| !c.is_ascii_digit());
    let digits = &text[..digits.unwrap_or(text.len())];
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
        let width = position.saturating_sub(1).max(1);
        let mut told = format!("{text} in position {position}:\n{pattern}\n{:width$}^", " ");
        told.truncate(told.floor_char_boundary(LONGEST_ERROR));
        told
    }
}

/// Reads a pattern from left to right.
struct Reader<'t> {
    text: &'t str,
    /// Octets read.
    at: usize,
    /// What curl counts, from 1: the octets read but for the brackets of addresses and the braces
    /// that end a set.
    position: usize,
    pieces: Vec<Piece>,
    count: u64,
}

impl<'t> Reader<'t> {
    fn pieces(&mut self) -> Result<(), Mistake> {
        while self.at < self.text.len() {
            let literal = self.literal()?;
            if !literal.is_empty() {
                self.add(Piece::Literal(literal))?;
                continue;
            }
            let opening = self.octet(0);
            self.step(1);
            let name = self.name()?;
            let kind = if opening == Some(b'{') {
                self.set()?
            } else {
                self.range()?
            };
            self.add(Piece::Pattern { name, kind })?;
        }
        Ok(())
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn octet(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    fn step(&mut self, octets: usize) {
        self.at += octets;
        self.position += octets;
    }

    fn mistake(&self, text: &'static str) -> Mistake {
        Mistake {
            text,
            position: self.position,
        }
    }

    fn add(&mut self, piece: Piece) -> Result<(), Mistake> {
        self.pieces.push(piece);
        if self.pieces.len() >= MOST_PIECES {
            return Err(self.mistake("too many {} sets"));
        }
        Ok(())
    }

    fn multiply(&mut self, count: u64, position: usize) -> Result<(), Mistake> {
        let product = self.count.checked_mul(count);
        let overflow = Mistake {
            text: "range overflow",
            position,
        };
        self.count = product
            .filter(|product| i64::try_from(*product).is_ok())
            .ok_or(overflow)?;
        Ok(())
    }

    /// Everything up to the next pattern; `\{` and its like stand for the brace alone.
    fn literal(&mut self) -> Result<String, Mistake> {
        let mut literal = String::new();
        while let Some(octet) = self.octet(0) {
            match octet {
                b'{' => break,
                b'[' => {
                    let Some(length) = no_range(self.rest()) else {
                        break;
                    };
                    literal.push_str(&self.rest()[..length]);
                    self.at += length;
                    continue;
                }
                b'}' | b']' => return Err(self.mistake("unmatched close brace/bracket")),
                b'\\' if matches!(self.octet(1), Some(b'{' | b'[' | b'}' | b']')) => self.step(1),
                _ => {}
            }
            self.character(&mut literal);
        }
        Ok(literal)
    }

    fn character(&mut self, into: &mut String) {
        if let Some(character) = self.rest().chars().next() {
            into.push(character);
            self.step(character.len_utf8());
        }
    }

    /// `<name>`; what only looks like one is part of the pattern.
    fn name(&mut self) -> Result<Option<String>, Mistake> {
        let Some(name) = self.rest().strip_prefix('<').and_then(angled) else {
            return Ok(None);
        };
        let known = |piece: &Piece| matches!(piece, Piece::Pattern { name: Some(known), .. } if known == name);
        let length = name.len() + 2;
        if self.pieces.iter().any(known) {
            return Err(Mistake {
                text: "Duplicate glob name",
                position: self.at + length,
            });
        }
        self.step(length);
        Ok(Some(name.to_owned()))
    }

    /// `one,two}`.
    fn set(&mut self) -> Result<Kind, Mistake> {
        let mut members = Vec::new();
        let mut member = String::new();
        let start = self.at;
        loop {
            match self.octet(0) {
                None => return Err(self.mistake("unmatched brace")),
                Some(b'{' | b'[') => return Err(self.mistake("nested brace")),
                Some(b']') => return Err(self.mistake("unexpected close bracket")),
                Some(b'}') if self.at == start => {
                    return Err(self.mistake("empty string within braces"));
                }
                Some(end @ (b'}' | b',')) => {
                    members.push(std::mem::take(&mut member));
                    if members.len() > MOST_MEMBERS {
                        return Err(Mistake {
                            text: "range overflow",
                            position: 0,
                        });
                    }
                    if end == b'}' {
                        self.at += 1;
                        self.multiply(members.len() as u64, 0)?;
                        return Ok(Kind::Set(members));
                    }
                    self.step(1);
                }
                Some(b'\\') if self.octet(1).is_some() => {
                    self.step(1);
                    self.character(&mut member);
                }
                Some(_) => self.character(&mut member),
            }
        }
    }

    /// `a-z]`, `1-9]`, `1-9:2]`.
    fn range(&mut self) -> Result<Kind, Mistake> {
        let kind = match self.octet(0) {
            Some(octet) if octet.is_ascii_alphabetic() => self.letters()?,
            Some(octet) if octet.is_ascii_digit() => self.numbers()?,
            _ => return Err(self.mistake("bad range specification")),
        };
        self.multiply(kind.count(), self.position)?;
        Ok(kind)
    }

    fn letters(&mut self) -> Result<Kind, Mistake> {
        let &[first, b'-', last, b':' | b']', ..] = self.rest().as_bytes() else {
            return Err(self.mistake("bad range"));
        };
        let step = if self.octet(3) == Some(b':') {
            self.step(4);
            let step = self.number().filter(|step| *step < 256);
            if step.is_some() && self.octet(0) == Some(b']') {
                self.step(1);
                step.unwrap_or(0)
            } else {
                0
            }
        } else {
            self.step(4);
            1
        };
        let span = u64::from(last.saturating_sub(first));
        let fits = if first == last {
            step == 1
        } else {
            first < last && step <= span && span <= u64::from(b'z' - b'a')
        };
        match u8::try_from(step) {
            Ok(step) if step > 0 && fits => Ok(Kind::Letters { first, last, step }),
            _ => Err(self.mistake("bad range")),
        }
    }

    fn numbers(&mut self) -> Result<Kind, Mistake> {
        let start = self.rest();
        let digits = start.bytes().take_while(u8::is_ascii_digit).count();
        let width = if start.starts_with('0') { digits } else { 0 };
        let (first, last, step) = self.bounds().unwrap_or((0, 0, 0));
        let fits = if first == last {
            step == 1
        } else {
            first < last && step <= last - first
        };
        if step == 0 || !fits {
            return Err(self.mistake("bad range"));
        }
        if i64::MAX as u64 - step < last {
            return Err(self.mistake("range end/step overflow"));
        }
        Ok(Kind::Numbers {
            first,
            last,
            step,
            width,
        })
    }

    fn bounds(&mut self) -> Option<(u64, u64, u64)> {
        let first = self.number()?;
        self.expect(b'-')?;
        let blanks = self
            .rest()
            .bytes()
            .take_while(|octet| b" \t".contains(octet));
        self.step(blanks.count());
        let last = self.number()?;
        if self.expect(b']').is_some() {
            return Some((first, last, 1));
        }
        self.expect(b':')?;
        let step = self.number()?;
        self.expect(b']')?;
        Some((first, last, step))
    }

    fn expect(&mut self, octet: u8) -> Option<()> {
        (self.octet(0) == Some(octet)).then(|| self.step(1))
    }

    /// Digits up to the largest number that curl counts with.
    fn number(&mut self) -> Option<u64> {
        let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        let range: Range<usize> = self.at..self.at + digits;
        let number: i64 = self.text.get(range)?.parse().ok()?;
        self.step(digits);
        u64::try_from(number).ok()
    }
}

/// The length of brackets that are no range: an IPv6 address, or empty.
fn no_range(text: &str) -> Option<usize> {
    let end = text.find(']')?;
    if end == 1 {
        return Some(2);
    }
    let inside = text.get(1..end).filter(|_| end + 1 < LONGEST_ADDRESS)?;
    let (address, zone) = inside.split_once('%').unwrap_or((inside, "-"));
    let is_address = address.parse::<Ipv6Addr>().is_ok() && !zone.is_empty();
    is_address.then_some(end + 1)
}
