//! The smallest parts of the JSON grammar: runs of plain string characters, and numbers.
//!
//! RFC 8259 §6 (numbers) and §7 (strings). Knows nothing of structure, layout or position.

/// How many octets at the beginning of `bytes` may stand in a string as they are: up to the first
/// quotation mark, reverse solidus or control character.
pub(super) fn plain_run(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(eight) = bytes[at..].first_chunk::<8>() {
        let ends = string_ends(u64::from_le_bytes(*eight));
        if ends != 0 {
            return at + (ends.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    let tail = bytes[at..].iter();
    at + tail
        .take_while(|&&byte| byte >= 0x20 && byte != b'"' && byte != b'\\')
        .count()
}

/// Marks, by the top bit of each octet, where a run of plain characters ends. Only the lowest mark
/// is to be trusted: a borrow may run on from it (Mycroft's test for a zero octet).
fn string_ends(eight: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = 0x8080_8080_8080_8080;
    let below = |value: u64, bound: u8| value.wrapping_sub(ONES * u64::from(bound)) & !value & TOPS;
    let equal = |byte: u8| below(eight ^ (ONES * u64::from(byte)), 1);
    equal(b'"') | equal(b'\\') | below(eight, 0x20)
}

/// Where in a number one is (RFC 8259 §6): the last thing read.
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
    /// The state after the first character of a number.
    pub(super) fn begin(byte: u8) -> Option<Self> {
        match byte {
            b'-' => Some(Self::Minus),
            b'0' => Some(Self::Zero),
            b'1'..=b'9' => Some(Self::Integer),
            _ => None,
        }
    }

    /// Goes on through `bytes`; says how many of them belong to the number.
    pub(super) fn run(&mut self, bytes: &[u8]) -> usize {
        for (at, &byte) in bytes.iter().enumerate() {
            match self.after(byte) {
                Some(next) => *self = next,
                None => return at,
            }
        }
        bytes.len()
    }

    fn after(self, byte: u8) -> Option<Self> {
        Some(match (self, byte) {
            (Self::Integer, b'0'..=b'9') | (Self::Minus, b'1'..=b'9') => Self::Integer,
            (Self::Fraction | Self::Point, b'0'..=b'9') => Self::Fraction,
            (Self::Minus, b'0') => Self::Zero,
            (Self::Zero | Self::Integer, b'.') => Self::Point,
            (Self::Zero | Self::Integer | Self::Fraction, b'e' | b'E') => Self::Exponent,
            (Self::Exponent, b'+' | b'-') => Self::ExponentSign,
            (Self::Exponent | Self::ExponentSign | Self::ExponentDigits, b'0'..=b'9') => {
                Self::ExponentDigits
            }
            _ => return None,
        })
    }

    /// Whether a number may end here.
    pub(super) fn complete(self) -> bool {
        matches!(
            self,
            Self::Zero | Self::Integer | Self::Fraction | Self::ExponentDigits
        )
    }
}
