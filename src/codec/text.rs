//! Bytes as text: percent-encoding, and what a server sent made safe to show.
//!
//! Knows which characters could drive or deceive a terminal and how each is written instead. It does
//! not know whether there is a terminal; in a pipe bytes pass as they are, and none of this is used.
//!
//! | what | shown as | why |
//! |---|---|---|
//! | C0 controls, DEL | `^[`, `^G`, `^?` | they move the cursor, ring, start sequences (ECMA-48) |
//! | C1 controls, U+0080 to U+009F | `\u009b` | the same in one character |
//! | marks that turn or hide text | `\u202e` | what is seen is not what stands there (UAX #9) |
//! | octets that are not UTF-8 | `\xe9` | U+009B as one octet is a control too, for some terminals |
//!
//! The form `\u....` was chosen because a JSON string means the same with it.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Encodes every octet but letters, digits and `-._~` (RFC 3986 §2.3), as `curl_easy_escape` does.
pub fn percent_encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for &byte in bytes {
        encode(byte, &mut text);
    }
    text
}

/// Appends the same with `+` for a blank, as forms have it.
pub fn form_encode(bytes: &[u8], text: &mut String) {
    for &byte in bytes {
        match byte {
            b' ' => text.push('+'),
            byte => encode(byte, text),
        }
    }
}

fn encode(byte: u8, text: &mut String) {
    if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
        text.push(char::from(byte));
    } else {
        let digits = [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16));
        text.push('%');
        text.extend(digits.iter().flatten().map(char::to_ascii_uppercase));
    }
}

/// Decodes `%XX`, whatever the octet; a `%` without two hexadecimal digits stands for itself.
pub fn percent_decode(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, after @ ..] = rest {
        rest = after;
        match (first, after) {
            (b'%', [high, low, after @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    bytes.push(high << 4 | low);
                    rest = after;
                }
                _ => bytes.push(b'%'),
            },
            _ => bytes.push(*first),
        }
    }
    bytes
}

/// What stands before the first octet of this kind, and what after it.
pub fn split_once(text: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let mut parts = text.splitn(2, |&octet| octet == separator);
    Some((parts.next()?, parts.next()?))
}

/// Octets as pairs of lower-case hexadecimal digits.
pub fn hexadecimal(octets: &[u8]) -> String {
    let digits = octets.iter().flat_map(|octet| [octet >> 4, octet & 15]);
    digits
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

/// Pairs of hexadecimal digits as octets; else the index of the first pair that is none.
pub fn from_hexadecimal(text: &[u8]) -> Result<Vec<u8>, usize> {
    let pair = |(at, pair): (usize, &[u8])| match pair {
        [high, low] => hex(*high)
            .zip(hex(*low))
            .map(|(high, low)| high << 4 | low)
            .ok_or(at),
        _ => Err(at),
    };
    (0..).step_by(2).zip(text.chunks(2)).map(pair).collect()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}

/// One line of text with everything made visible that could drive a terminal, line ends too.
pub fn visible(line: &[u8]) -> Cow<'_, str> {
    if line.iter().all(|&byte| plain(byte)) {
        return String::from_utf8_lossy(line);
    }
    let mut shown = String::with_capacity(line.len());
    for chunk in line.utf8_chunks() {
        show(chunk.valid(), LineEnds::Show, &mut shown);
        show_octets(chunk.invalid(), &mut shown);
    }
    Cow::Owned(shown)
}

/// One line with its line end, made visible for a terminal; the line end itself stays.
pub fn visible_line(line: &[u8]) -> String {
    let text = line.strip_suffix(b"\n").unwrap_or(line);
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    let end = if text.len() < line.len() { "\r\n" } else { "" };
    format!("{}{end}", visible(text))
}

/// A streaming filter that makes control characters visible and leaves lines and tabs as they are.
///
/// Splitting the input anywhere changes nothing. The output is UTF-8 and at most four times as long.
#[derive(Debug, Clone, Default)]
pub struct Visible {
    /// What the next octet will decide: a CR, or the beginning of a UTF-8 sequence.
    pending: Vec<u8>,
}

impl Visible {
    /// A filter at the beginning of a text.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends `input`, made visible, to `out`.
    pub fn push(&mut self, input: &[u8], out: &mut Vec<u8>) {
        if self.pending.is_empty() {
            self.filter(input, out);
        } else if !input.is_empty() {
            let mut joined = std::mem::take(&mut self.pending);
            joined.extend_from_slice(input);
            self.filter(&joined, out);
        }
    }

    /// Appends what was waiting for more: the text is over.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        let pending = std::mem::take(&mut self.pending);
        out.extend_from_slice(visible(&pending).as_bytes());
    }

    fn filter(&mut self, input: &[u8], out: &mut Vec<u8>) {
        if input.iter().all(|&byte| plain(byte)) {
            return out.extend_from_slice(input);
        }
        let settled = input.len().saturating_sub(unsettled(input));
        let (input, rest) = input.split_at(settled);
        let mut shown = String::with_capacity(input.len());
        for chunk in input.utf8_chunks() {
            show(chunk.valid(), LineEnds::Keep, &mut shown);
            show_octets(chunk.invalid(), &mut shown);
        }
        out.extend_from_slice(shown.as_bytes());
        self.pending.extend_from_slice(rest);
    }
}

/// How many octets at the end of `input` may turn out to be something else by what follows: a CR, or
/// an unfinished UTF-8 sequence.
fn unsettled(input: &[u8]) -> usize {
    if input.ends_with(b"\r") {
        return 1;
    }
    let unfinished = |length: &usize| {
        let tail = input
            .len()
            .checked_sub(*length)
            .and_then(|at| input.get(at..));
        let error = tail.and_then(|tail| std::str::from_utf8(tail).err());
        error.is_some_and(|error| error.valid_up_to() == 0 && error.error_len().is_none())
    };
    (1..=3).rfind(unfinished).unwrap_or(0)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum LineEnds {
    Keep,
    Show,
}

fn plain(byte: u8) -> bool {
    matches!(byte, b'\t' | b' '..=b'~')
}

fn show(text: &str, ends: LineEnds, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find(|c| !safe(c)) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let kept = ["\r\n", "\n"]
            .into_iter()
            .find(|end| ends == LineEnds::Keep && from.starts_with(end));
        rest = if let Some(end) = kept {
            out.push_str(end);
            from.split_at(end.len()).1
        } else {
            let mut chars = from.chars();
            chars.next().into_iter().for_each(|c| show_control(c, out));
            chars.as_str()
        };
    }
    out.push_str(rest);
}

/// Whether a character may go to a terminal as it is. Joiners (U+200C, U+200D) may: scripts and
/// emoji need them.
pub fn safe(c: char) -> bool {
    !matches!(c,
        '\0'..='\x08' | '\n'..='\x1f' | '\x7f'..='\u{9f}'
        | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

fn show_control(c: char, out: &mut String) {
    if c.is_ascii() {
        out.push('^');
        out.push(char::from(c as u8 ^ 0x40));
    } else {
        // Writing to a String cannot fail.
        let _ = write!(out, "\\u{:04x}", u32::from(c));
    }
}

fn show_octets(octets: &[u8], out: &mut String) {
    for octet in octets {
        let _ = write!(out, "\\x{octet:02x}");
    }
}
