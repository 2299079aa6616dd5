//! Reading a field value from left to right.
//!
//! Knows: blanks, single octets, decimal numbers, and what comes before a delimiter. Must not know:
//! what any of it means. Nothing here fails: what is not there is not taken.

/// What is left of a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scan<'a>(&'a [u8]);

impl<'a> Scan<'a> {
    /// From the beginning.
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Self(text)
    }

    /// Whether nothing is left.
    pub(crate) fn is_over(self) -> bool {
        self.0.is_empty()
    }

    /// Goes past spaces and tabs.
    pub(crate) fn blanks(&mut self) {
        self.until(|octet| !matches!(octet, b' ' | b'\t'));
    }

    /// Takes this octet if it comes next.
    pub(crate) fn eat(&mut self, octet: u8) -> bool {
        self.eat_word(&[octet])
    }

    /// Takes this word, in any case of letters, if it comes next.
    pub(crate) fn eat_word(&mut self, word: &[u8]) -> bool {
        match self.0.split_at_checked(word.len()) {
            Some((start, rest)) if start.eq_ignore_ascii_case(word) => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    /// Takes everything before the first octet that is wanted, or all there is.
    pub(crate) fn until(&mut self, wanted: impl Fn(u8) -> bool) -> &'a [u8] {
        let end = self.0.iter().position(|&octet| wanted(octet));
        let (taken, rest) = self.0.split_at(end.unwrap_or(self.0.len()));
        self.0 = rest;
        taken
    }

    /// Takes a decimal number; one that is too large is the largest.
    pub(crate) fn number(&mut self) -> Option<u64> {
        let digits = self.until(|octet| !octet.is_ascii_digit());
        let add = |sum: u64, digit: &u8| {
            sum.saturating_mul(10)
                .saturating_add(u64::from(digit.saturating_sub(b'0')))
        };
        (!digits.is_empty()).then(|| digits.iter().fold(0, add))
    }

    /// Goes to the first octet that is wanted and not part of a quoted string (RFC 9110, 5.6.4).
    pub(crate) fn skip_to(&mut self, wanted: impl Fn(u8) -> bool) {
        while !self.0.is_empty() {
            self.until(|octet| octet == b'"' || wanted(octet));
            if !self.eat(b'"') {
                return;
            }
            self.rest_of_quoted();
        }
    }

    fn rest_of_quoted(&mut self) {
        loop {
            self.until(|octet| matches!(octet, b'"' | b'\\'));
            if !self.eat(b'\\') {
                self.eat(b'"');
                return;
            }
            self.0 = self.0.get(1..).unwrap_or_default();
        }
    }
}
