//! What a line has, seen in one pass, so that expressions are tried only where they can succeed.
//!
//! Knows: the octets that whatever has a mark in every line is known by. Must not know: what the mark
//! is. An expression that is tried in vain costs more than all of this.

/// Some of the traits of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Traits(u8);

const MONTHS: [&[u8]; 12] = [
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];

impl Traits {
    /// A colon between digits.
    pub(super) const CLOCK: Self = Self(1);
    /// The short name of a month, and such a colon.
    pub(super) const MONTH: Self = Self(2 | Self::CLOCK.0);
    /// A colon, and four digits.
    pub(super) const COLON_NUMBER: Self = Self(4);
    /// The letters of `port`.
    pub(super) const PORT: Self = Self(8);
    /// Ten digits, or four and a dash.
    pub(super) const LONG_NUMBER: Self = Self(16);
    /// Eight hexadecimal digits and a dash.
    pub(super) const UUID: Self = Self(32);
    /// Eight digits and a `T`.
    pub(super) const PLAIN_DATE: Self = Self(64);
    /// `rcurl/`.
    pub(super) const AGENT: Self = Self(128);

    /// The traits of a line.
    pub(super) fn of(line: &str) -> Self {
        let line = line.as_bytes();
        let (mut seen, mut digits, mut hex) = (0, 0_usize, 0_usize);
        for (at, octet) in line.iter().enumerate() {
            let rest = line.get(at..).unwrap_or_default();
            seen |= match octet {
                b'0'..=b'9' if digits == 9 => Self::LONG_NUMBER.0,
                b'-' if digits == 4 => Self::LONG_NUMBER.0,
                b':' => after_colon(rest, digits),
                b'T' if digits == 8 => Self::PLAIN_DATE.0,
                b'A' | b'D' | b'F' | b'J' | b'M' | b'N' | b'O' | b'S' => month(rest),
                b'P' | b'p' if begins(rest, b"port") => Self::PORT.0,
                b'r' if rest.starts_with(b"rcurl/") => Self::AGENT.0,
                _ => 0,
            };
            if *octet == b'-' && hex == 8 {
                seen |= Self::UUID.0;
            }
            digits = if octet.is_ascii_digit() {
                digits.saturating_add(1)
            } else {
                0
            };
            hex = if octet.is_ascii_hexdigit() {
                hex.saturating_add(1)
            } else {
                0
            };
        }
        Self(seen)
    }

    /// Whether all of these are there.
    pub(super) fn have(self, needed: Self) -> bool {
        self.0 & needed.0 == needed.0
    }
}

fn after_colon(rest: &[u8], digits_before: usize) -> u8 {
    let digits = rest
        .iter()
        .skip(1)
        .take_while(|octet| octet.is_ascii_digit())
        .take(4)
        .count();
    match digits {
        4 => {
            Traits::COLON_NUMBER.0
                | if digits_before > 0 {
                    Traits::CLOCK.0
                } else {
                    0
                }
        }
        1..4 if digits_before > 0 => Traits::CLOCK.0,
        _ => 0,
    }
}

fn month(rest: &[u8]) -> u8 {
    let is_month = MONTHS.iter().any(|month| rest.starts_with(month));
    if is_month {
        Traits::MONTH.0 & !Traits::CLOCK.0
    } else {
        0
    }
}

fn begins(rest: &[u8], word: &[u8]) -> bool {
    let start = rest.get(..word.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(word))
}
