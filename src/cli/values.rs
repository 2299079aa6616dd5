//! The syntaxes of arguments: numbers, seconds, sizes, ranges, lists.
//!
//! Knows: how each is written, and which mistake is which in curl's words. Must not know: which
//! option takes it. No file is read here; see `files`.

use std::ffi::OsString;
use std::num::NonZeroU64;
use std::path::PathBuf;
use std::time::Duration;

use super::wrong::Wrong;
use crate::codec::text::percent_encode;
use crate::plan::{Protocols, TlsVersion};

/// An argument as the words or a config file gave it: octets, UTF-8 or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Value<'v>(&'v [u8]);

impl<'v> Value<'v> {
    /// An argument.
    pub(crate) fn new(octets: &'v [u8]) -> Self {
        Self(octets)
    }

    /// As it is.
    pub(crate) fn octets(self) -> &'v [u8] {
        self.0
    }

    /// As text.
    pub(crate) fn text(self) -> Result<&'v str, Wrong> {
        std::str::from_utf8(self.0).map_err(|_| Wrong::NotText)
    }

    /// As text of a message head.
    pub(crate) fn line(self) -> Result<&'v str, Wrong> {
        self.one_line()?.text()
    }

    /// The same, refused unless it can stand in a message head: one line, without NUL (RFC 9110,
    /// 5.5).
    pub(crate) fn one_line(self) -> Result<Self, Wrong> {
        one_line(self.0).map(|()| self)
    }

    /// As the name of a file.
    pub(crate) fn path(self) -> PathBuf {
        os(self.0).into()
    }

    /// The same, refused when empty.
    pub(crate) fn not_blank(self) -> Result<Self, Wrong> {
        if self.0.is_empty() {
            Err(Wrong::Blank)
        } else {
            Ok(self)
        }
    }

    /// For messages.
    pub(crate) fn shown(self) -> String {
        String::from_utf8_lossy(self.0).into_owned()
    }

    /// What follows a prefix.
    pub(crate) fn after(self, prefix: u8) -> Option<Value<'v>> {
        match self.0 {
            [first, rest @ ..] if *first == prefix => Some(Value(rest)),
            _ => None,
        }
    }
}

/// Octets as the system's own text.
#[cfg(unix)]
pub(crate) fn os(octets: &[u8]) -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(octets.to_vec())
}

/// Octets as the system's own text.
#[cfg(not(unix))]
pub(crate) fn os(octets: &[u8]) -> OsString {
    String::from_utf8_lossy(octets).into_owned().into()
}

/// Refuses what would end a line of a message head.
pub(crate) fn one_line(octets: &[u8]) -> Result<(), Wrong> {
    if octets.iter().any(|octet| b"\r\n\0".contains(octet)) {
        Err(Wrong::LineBreak)
    } else {
        Ok(())
    }
}

/// A URL as text. Octets that are not UTF-8 are percent-encoded, which names the same resource.
pub(crate) fn url(octets: &[u8]) -> String {
    let mut text = String::with_capacity(octets.len());
    for chunk in octets.utf8_chunks() {
        text.push_str(chunk.valid());
        text.push_str(&percent_encode(chunk.invalid()));
    }
    text
}

/// Digits and what follows them; `None` without digits or beyond `u64`.
fn digits(text: &str) -> Option<(u64, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    Some((digits.parse().ok()?, rest))
}

/// A whole number that may be negative.
pub(crate) fn integer(text: &str) -> Result<i64, Wrong> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    if digits.is_empty() || !digits.bytes().all(|octet| octet.is_ascii_digit()) {
        return Err(Wrong::NotANumber);
    }
    let value: i64 = digits.parse().map_err(|_| Wrong::NotANumber)?;
    Ok(if negative {
        value.saturating_neg()
    } else {
        value
    })
}

/// A whole number from zero on.
pub(crate) fn number(text: &str) -> Result<u64, Wrong> {
    u64::try_from(integer(text)?).map_err(|_| Wrong::Negative)
}

/// A whole number from zero up to `most`.
pub(crate) fn number_up_to(text: &str, most: u64) -> Result<u64, Wrong> {
    let value = number(text)?;
    if value > most {
        Err(Wrong::TooLarge)
    } else {
        Ok(value)
    }
}

/// A number for a 32-bit field; what is larger counts as the largest.
pub(crate) fn small(text: &str) -> Result<u32, Wrong> {
    Ok(u32::try_from(number(text)?).unwrap_or(u32::MAX))
}

/// Seconds with an optional fraction, to the millisecond: `2`, `0.5`.
pub(crate) fn seconds(text: &str) -> Result<Duration, Wrong> {
    const MOST: u64 = i64::MAX as u64 / 1000 - 1;
    let (whole, rest) = digits(text)
        .filter(|(whole, _)| *whole <= MOST)
        .ok_or(Wrong::NotANumber)?;
    let Some(fraction) = rest.strip_prefix('.') else {
        return Ok(Duration::from_secs(whole));
    };
    let end = fraction
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(fraction.len());
    let fraction = fraction.get(..end.min(3)).unwrap_or_default();
    if fraction.is_empty() {
        return Err(Wrong::TooLarge);
    }
    let millis: u64 = format!("{fraction:0<3}").parse().unwrap_or(0);
    Ok(Duration::from_secs(whole).saturating_add(Duration::from_millis(millis)))
}

/// A number of octets with an optional fraction and unit: `10`, `2k`, `1.5M`, `3G`.
pub(crate) fn size(text: &str) -> Result<u64, Wrong> {
    let (whole, rest) = digits(text).ok_or(Wrong::BadUse)?;
    let (fraction, unit) = match rest.strip_prefix('.') {
        Some(after) => {
            let end = after
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(after.len());
            after.split_at(end)
        }
        None => ("", rest),
    };
    let shift = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" => 10,
        "m" => 20,
        "g" => 30,
        "t" => 40,
        "p" => 50,
        _ => return Err(Wrong::BadUse),
    };
    let unit = 1_u64 << shift;
    let part = fraction_of(unit, fraction);
    whole
        .checked_mul(unit)
        .and_then(|octets| octets.checked_add(part))
        .filter(|octets| i64::try_from(*octets).is_ok())
        .ok_or(Wrong::TooLarge)
}

/// `0.digits` of a unit, rounded down.
fn fraction_of(unit: u64, digits: &str) -> u64 {
    let digits = digits.get(..digits.len().min(15)).unwrap_or_default();
    let scale = 10_u128.saturating_pow(digits.len() as u32);
    let value: u128 = digits.parse().unwrap_or(0);
    let octets = value.saturating_mul(u128::from(unit)).checked_div(scale);
    octets
        .and_then(|octets| octets.try_into().ok())
        .unwrap_or(0)
}

/// `--local-port`: `8000` or `8000-8010`.
pub(crate) fn ports(text: &str) -> Result<(u16, u16), Wrong> {
    let port = |text: &str| {
        number_up_to(text, u64::from(u16::MAX))
            .ok()
            .and_then(|port| u16::try_from(port).ok())
            .ok_or(Wrong::BadUse)
    };
    let Some((first, last)) = text.split_once('-') else {
        let only = port(text)?;
        return Ok((only, only));
    };
    let blank = |c: char| c == ' ' || c == '\t';
    let (first, last) = (
        port(first.trim_end_matches(blank))?,
        port(last.trim_start_matches(blank))?,
    );
    if last < first {
        return Err(Wrong::BadUse);
    }
    Ok((first, last))
}

/// `--tls-max`.
pub(crate) fn tls_version(text: &str) -> Result<TlsVersion, Wrong> {
    Ok(match text {
        "default" => TlsVersion::Default,
        "1.0" => TlsVersion::V1_0,
        "1.1" => TlsVersion::V1_1,
        "1.2" => TlsVersion::V1_2,
        "1.3" => TlsVersion::V1_3,
        _ => return Err(Wrong::BadUse),
    })
}

/// `--rate`: `2/s`, `3/m`, `4/h` (the default), `5/d`, `1/10s`; the least time between two starts.
pub(crate) fn rate(text: &str) -> Result<Duration, Wrong> {
    let (count, unit) = match text.split_once('/') {
        Some((count, unit)) => (count, Some(unit)),
        None => (text, None),
    };
    let count = NonZeroU64::new(number(count)?).ok_or(Wrong::BadUse)?;
    let (many, letter) = match unit {
        Some(unit) => digits(unit).unwrap_or((1, unit)),
        None => (1, "h"),
    };
    let milliseconds = match letter.as_bytes().first() {
        Some(b's') => 1000,
        Some(b'm') => 60_000,
        Some(b'h') => 3_600_000,
        Some(b'd') => 86_400_000,
        _ => return Err(Wrong::BadUse),
    };
    let span = many
        .checked_mul(milliseconds)
        .filter(|span| count.get() <= *span)
        .ok_or(Wrong::TooLarge)?;
    Ok(Duration::from_millis(span / count))
}

/// Protocol lists and the names that were not known.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ProtocolList {
    /// What is left.
    pub(crate) protocols: Protocols,
    /// Names that rcurl does not speak, in order.
    pub(crate) unknown: Vec<String>,
}

/// `--proto`, `--proto-redir`: `=https`, `-http`, `+all`, separated by commas.
pub(crate) fn protocols(text: &str) -> ProtocolList {
    let all = |on| Protocols {
        http: on,
        https: on,
        file: on,
    };
    let mut list = ProtocolList {
        protocols: Protocols::default(),
        unknown: Vec::new(),
    };
    for token in text.split(',').filter(|token| !token.is_empty()) {
        let (action, name) = match token.as_bytes().first() {
            Some(action @ (b'=' | b'-' | b'+')) => (*action, token.get(1..).unwrap_or_default()),
            _ => (b'+', token),
        };
        if action == b'=' {
            list.protocols = all(false);
        }
        let on = action != b'-';
        match name.to_ascii_lowercase().as_str() {
            "all" => {
                list.protocols = all(on);
            }
            "http" => list.protocols.http = on,
            "https" => list.protocols.https = on,
            "file" => list.protocols.file = on,
            _ => list.unknown.push(name.to_owned()),
        }
    }
    list
}

/// `--ip-tos` by name; the values are those of RFC 2474 and its successors, RFC 3168 and RFC 1349.
const TYPES_OF_SERVICE: [(&str, u8); 31] = [
    ("AF11", 0x28),
    ("AF12", 0x30),
    ("AF13", 0x38),
    ("AF21", 0x48),
    ("AF22", 0x50),
    ("AF23", 0x58),
    ("AF31", 0x68),
    ("AF32", 0x70),
    ("AF33", 0x78),
    ("AF41", 0x88),
    ("AF42", 0x90),
    ("AF43", 0x98),
    ("CE", 0x03),
    ("CS0", 0x00),
    ("CS1", 0x20),
    ("CS2", 0x40),
    ("CS3", 0x60),
    ("CS4", 0x80),
    ("CS5", 0xa0),
    ("CS6", 0xc0),
    ("CS7", 0xe0),
    ("ECT0", 0x02),
    ("ECT1", 0x01),
    ("EF", 0xb8),
    ("LE", 0x04),
    ("LOWCOST", 0x02),
    ("LOWDELAY", 0x10),
    ("MINCOST", 0x02),
    ("RELIABILITY", 0x04),
    ("THROUGHPUT", 0x08),
    ("VOICE-ADMIT", 0xb0),
];

/// `--ip-tos`: a name or a number up to 255.
pub(crate) fn type_of_service(text: &str) -> Result<u8, Wrong> {
    let mut names = TYPES_OF_SERVICE.iter();
    if let Some((_, value)) = names.find(|(name, _)| name.eq_ignore_ascii_case(text)) {
        return Ok(*value);
    }
    number_up_to(text, 255).map(|value| value as u8)
}

/// The permissions of a file, in octal digits.
pub(crate) fn file_mode(text: &str) -> Result<u32, Wrong> {
    match u32::from_str_radix(text, 8) {
        Ok(mode) if mode > 0o777 => Err(Wrong::TooLarge),
        Ok(mode) => Ok(mode),
        Err(_) => Err(Wrong::NotANumber),
    }
}

/// `--cert` and its kin: `name[:password]`, with `\:` and `\\` for a colon and a backslash.
pub(crate) fn certificate(text: &[u8]) -> (Vec<u8>, Option<&[u8]>) {
    const PKCS11: &[u8] = b"pkcs11:";
    let start = text.get(..PKCS11.len());
    if start.is_some_and(|start| start.eq_ignore_ascii_case(PKCS11)) {
        return (text.to_vec(), None);
    }
    let mut name = Vec::with_capacity(text.len());
    let mut rest = text;
    loop {
        match rest {
            [] => return (name, None),
            [b':', password @ ..] => {
                return (name, (!password.is_empty()).then_some(password));
            }
            [b'\\', octet @ (b'\\' | b':'), after @ ..] | [octet, after @ ..] => {
                name.push(*octet);
                rest = after;
            }
        }
    }
}
