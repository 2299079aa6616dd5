//! What a JSON text is made of besides punctuation: strings, numbers, `true`, `false` and `null`.
//!
//! RFC 8259 §3 (names), §6 (numbers), §7 (strings). A token is recognised as its octets come, in
//! pieces of any size; one that is at hand from end to end, as most are, in one go. Octets from 0x80
//! up may stand in a string whatever they are, so that a text in Latin-1 or with a damaged character
//! is laid out as well. Structure and output are not known here.

/// The inside of a token: what has been read of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// A string, between characters.
    String,
    /// A string, after a reverse solidus.
    Escape,
    /// A string, after `\u` and so many digits.
    Hex(u8),
    /// A number.
    Number(Number),
    /// So many octets of a word.
    Word(Word, u8),
}

/// A text that is always the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    True,
    False,
    Null,
    /// A byte order mark, which a text may begin with and a reader may ignore (RFC 8259 §8.1).
    Mark,
}

impl Word {
    const fn text(self) -> &'static [u8] {
        match self {
            Self::True => b"true",
            Self::False => b"false",
            Self::Null => b"null",
            Self::Mark => "\u{feff}".as_bytes(),
        }
    }
}

/// A token that a text begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begun {
    /// All of it is at hand, and so long.
    Whole(usize),
    /// Its first octet is read.
    Partly(Token),
}

/// How a piece of input went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The token may go on.
    Open,
    /// The token is over. What comes next is no part of it.
    Whole,
    /// What comes next cannot stand there.
    Broken,
}

impl Token {
    /// The token that begins with `byte`, which is thereby read.
    fn begin(byte: u8) -> Option<Self> {
        Some(match byte {
            b'"' => Self::String,
            b't' => Self::Word(Word::True, 1),
            b'f' => Self::Word(Word::False, 1),
            b'n' => Self::Word(Word::Null, 1),
            _ => Self::Number(Number::begin(byte)?),
        })
    }

    /// The byte order mark, if it begins with `byte`.
    pub(super) fn begin_mark(byte: u8) -> Option<Self> {
        let mark = Word::Mark.text();
        mark.starts_with(&[byte])
            .then_some(Self::Word(Word::Mark, 1))
    }

    /// Whether it is the byte order mark, which is no value.
    pub(super) fn is_mark(self) -> bool {
        matches!(self, Self::Word(Word::Mark, _))
    }

    /// Reads on; says how many of `bytes` belong to the token, and how it stands.
    pub(super) fn run(&mut self, bytes: &[u8]) -> (usize, End) {
        match self {
            Self::Number(number) => number.run(bytes),
            Self::Word(word, seen) => run_word(*word, seen, bytes),
            Self::String | Self::Escape | Self::Hex(_) => self.run_string(bytes),
        }
    }

    /// Whether the token is whole if nothing follows.
    pub(super) fn may_end(self) -> bool {
        matches!(self, Self::Number(number) if number.may_end())
    }

    fn run_string(&mut self, bytes: &[u8]) -> (usize, End) {
        let mut at = 0_usize;
        loop {
            if *self == Self::String {
                at = at.saturating_add(plain_run(bytes.get(at..).unwrap_or_default()));
            }
            let Some(&byte) = bytes.get(at) else {
                return (at, End::Open);
            };
            *self = match (*self, byte) {
                (Self::String, b'"') => return (at.saturating_add(1), End::Whole),
                (Self::String, b'\\') => Self::Escape,
                (Self::Escape, b'u') => Self::Hex(0),
                (Self::Escape, _) if may_be_escaped(byte) => Self::String,
                (Self::Hex(3), _) if byte.is_ascii_hexdigit() => Self::String,
                (Self::Hex(seen), _) if byte.is_ascii_hexdigit() => {
                    Self::Hex(seen.saturating_add(1))
                }
                _ => return (at, End::Broken),
            };
            at = at.saturating_add(1);
        }
    }
}

/// The token that `text` begins with: most are whole, and read in one go without a state.
pub(super) fn begin(text: &[u8]) -> Option<Begun> {
    let whole = match text {
        [b'"', inside @ ..] => whole_string(inside),
        [b't', rest @ ..] => whole_word(Word::True, rest),
        [b'f', rest @ ..] => whole_word(Word::False, rest),
        [b'n', rest @ ..] => whole_word(Word::Null, rest),
        _ => whole_number(text),
    };
    let partly = || Token::begin(*text.first()?).map(Begun::Partly);
    whole.map(Begun::Whole).or_else(partly)
}

/// The length of a word, of which the first letter was taken.
fn whole_word(word: Word, rest: &[u8]) -> Option<usize> {
    let text = word.text();
    rest.starts_with(text.get(1..)?).then_some(text.len())
}

/// The length of a string with both its quotation marks, of which the first was taken.
fn whole_string(inside: &[u8]) -> Option<usize> {
    let mut rest = inside;
    loop {
        rest = match rest.get(plain_run(rest)..)? {
            [b'"', behind @ ..] => {
                return Some(inside.len().saturating_sub(behind.len()).saturating_add(1));
            }
            [b'\\', b'u', digits @ ..] => {
                let (four, behind) = digits.split_first_chunk::<4>()?;
                four.iter().all(u8::is_ascii_hexdigit).then_some(behind)?
            }
            [b'\\', escaped, behind @ ..] if may_be_escaped(*escaped) => behind,
            _ => return None,
        };
    }
}

/// What a reverse solidus may stand in front of, besides `u`.
fn may_be_escaped(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't')
}

/// The length of a number, where something else follows it.
fn whole_number(number: &[u8]) -> Option<usize> {
    let rest = number.strip_prefix(b"-").unwrap_or(number);
    let rest = match rest {
        [b'0', rest @ ..] => rest,
        _ => behind_digits(rest)?,
    };
    let rest = match rest {
        [b'.', fraction @ ..] => behind_digits(fraction)?,
        _ => rest,
    };
    let rest = match rest {
        [b'e' | b'E', b'+' | b'-', exponent @ ..] | [b'e' | b'E', exponent @ ..] => {
            behind_digits(exponent)?
        }
        _ => rest,
    };
    (!rest.is_empty()).then_some(number.len().saturating_sub(rest.len()))
}

/// What follows one or more digits.
fn behind_digits(bytes: &[u8]) -> Option<&[u8]> {
    let length = bytes.iter().position(|byte| !byte.is_ascii_digit())?;
    (length > 0).then(|| bytes.get(length..)).flatten()
}

fn run_word(word: Word, seen: &mut u8, bytes: &[u8]) -> (usize, End) {
    let wanted = word.text().get(usize::from(*seen)..).unwrap_or_default();
    let same = wanted
        .iter()
        .zip(bytes)
        .take_while(|(wanted, byte)| wanted == byte)
        .count();
    *seen = seen.saturating_add(same as u8);
    let end = match (same == wanted.len(), same == bytes.len()) {
        (true, _) => End::Whole,
        (false, true) => End::Open,
        (false, false) => End::Broken,
    };
    (same, end)
}

/// How many octets at the beginning of `bytes` may stand in a string as they are: up to the first
/// quotation mark, reverse solidus or control character.
fn plain_run(bytes: &[u8]) -> usize {
    let (blocks, rest) = bytes.as_chunks::<16>();
    for (block, from) in blocks.iter().zip((0_usize..).step_by(16)) {
        let ends = u128::from_le_bytes(block.map(mark_end));
        if ends != 0 {
            return from.saturating_add((ends.trailing_zeros() / 8) as usize);
        }
    }
    let plain = rest.iter().take_while(|byte| mark_end(**byte) == 0).count();
    bytes.len().saturating_sub(rest.len()).saturating_add(plain)
}

/// All bits where a run of plain characters ends, none elsewhere. It decides nothing, so that the
/// compiler has many octets looked at in one go.
fn mark_end(byte: u8) -> u8 {
    let ends = u8::from(byte == b'"') | u8::from(byte == b'\\') | u8::from(byte < 0x20);
    ends.wrapping_neg()
}

/// What of a number was read last (RFC 8259 §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Number {
    Minus,
    Zero,
    Integer,
    Point,
    Fraction,
    Exponent,
    ExponentSign,
    ExponentDigits,
}

impl Number {
    fn begin(byte: u8) -> Option<Self> {
        match byte {
            b'-' => Some(Self::Minus),
            b'0' => Some(Self::Zero),
            b'1'..=b'9' => Some(Self::Integer),
            _ => None,
        }
    }

    fn run(&mut self, bytes: &[u8]) -> (usize, End) {
        let mut at = 0_usize;
        loop {
            if matches!(self, Self::Integer | Self::Fraction | Self::ExponentDigits) {
                let rest = bytes.get(at..).unwrap_or_default();
                let digits = rest.iter().take_while(|byte| byte.is_ascii_digit());
                at = at.saturating_add(digits.count());
            }
            let Some(&byte) = bytes.get(at) else {
                return (at, End::Open);
            };
            match self.after(byte) {
                Some(next) => *self = next,
                None if self.may_end() => return (at, End::Whole),
                None => return (at, End::Broken),
            }
            at = at.saturating_add(1);
        }
    }

    fn after(self, byte: u8) -> Option<Self> {
        Some(match (self, byte) {
            (Self::Minus, b'1'..=b'9') => Self::Integer,
            (Self::Minus, b'0') => Self::Zero,
            (Self::Zero | Self::Integer, b'.') => Self::Point,
            (Self::Point, b'0'..=b'9') => Self::Fraction,
            (Self::Zero | Self::Integer | Self::Fraction, b'e' | b'E') => Self::Exponent,
            (Self::Exponent, b'+' | b'-') => Self::ExponentSign,
            (Self::Exponent | Self::ExponentSign, b'0'..=b'9') => Self::ExponentDigits,
            _ => return None,
        })
    }

    fn may_end(self) -> bool {
        matches!(
            self,
            Self::Zero | Self::Integer | Self::Fraction | Self::ExponentDigits
        )
    }
}
