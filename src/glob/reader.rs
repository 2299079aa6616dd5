//! Reading a glob.
//!
//! Knows: the syntax, curl's limits, and where it counts a mistake. Must not know: what is done with
//! the texts.

use std::net::Ipv6Addr;
use std::num::{NonZeroU8, NonZeroU64};

use super::{Kind, Mistake, Piece, angled};

/// No more pieces, literal or not.
const MOST_PIECES: usize = 256;
/// No more members in one `{}`.
const MOST_MEMBERS: usize = 100_000;
/// No longer text between brackets is looked at as an address, in octets.
const LONGEST_ADDRESS: usize = 128;

/// Reads a pattern from left to right.
pub(super) struct Reader<'t> {
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
    /// The pieces of a pattern, and how many texts it stands for.
    pub(super) fn read(text: &'t str) -> Result<(Vec<Piece>, u64), Mistake> {
        let mut reader = Reader {
            text,
            at: 0,
            position: 1,
            pieces: Vec::new(),
            count: 1,
        };
        reader.pieces()?;
        Ok((reader.pieces, reader.count))
    }

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
        self.rest().as_bytes().get(ahead).copied()
    }

    fn step(&mut self, octets: usize) {
        self.skip(octets);
        self.position = self.position.saturating_add(octets);
    }

    /// A step that curl does not count.
    fn skip(&mut self, octets: usize) {
        self.at = self.at.saturating_add(octets);
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

    fn multiply(&mut self, kind: &Kind, position: usize) -> Result<(), Mistake> {
        let product = self.count.checked_mul(kind.count().get());
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
                    let Some(brackets) = no_range(self.rest()) else {
                        break;
                    };
                    literal.push_str(brackets);
                    self.skip(brackets.len());
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
        let length = name.len().saturating_add(2);
        if self.pieces.iter().any(known) {
            return Err(Mistake {
                text: "Duplicate glob name",
                position: self.at.saturating_add(length),
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
                        self.skip(1);
                        let kind = Kind::Set(members);
                        self.multiply(&kind, 0)?;
                        return Ok(kind);
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
        self.multiply(&kind, self.position)?;
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
        let step = u8::try_from(step).ok().and_then(NonZeroU8::new);
        step.filter(|_| fits)
            .map(|step| Kind::Letters { first, last, step })
            .ok_or_else(|| self.mistake("bad range"))
    }

    fn numbers(&mut self) -> Result<Kind, Mistake> {
        let start = self.rest();
        let digits = start.bytes().take_while(u8::is_ascii_digit).count();
        let width = if start.starts_with('0') { digits } else { 0 };
        let (first, last, step) = self.bounds().unwrap_or((0, 0, 0));
        let fits = if first == last {
            step == 1
        } else {
            first < last && step <= last.saturating_sub(first)
        };
        let Some(step) = NonZeroU64::new(step).filter(|_| fits) else {
            return Err(self.mistake("bad range"));
        };
        if last.saturating_add(step.get()) > i64::MAX as u64 {
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
        let number: i64 = self.rest().get(..digits)?.parse().ok()?;
        self.step(digits);
        u64::try_from(number).ok()
    }
}

/// Brackets that are no range: an IPv6 address in them, or nothing.
fn no_range(text: &str) -> Option<&str> {
    let brackets = text.split_inclusive(']').next()?;
    let inside = brackets.strip_prefix('[')?.strip_suffix(']')?;
    let (address, zone) = inside.split_once('%').unwrap_or((inside, "-"));
    let is_address =
        brackets.len() < LONGEST_ADDRESS && address.parse::<Ipv6Addr>().is_ok() && !zone.is_empty();
    (inside.is_empty() || is_address).then_some(brackets)
}
