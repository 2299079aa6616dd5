//! Problem documents (RFC 9457): what is wrong, read out of the JSON as it passes.
//!
//! Knows: where the members `type`, `title`, `status` and `detail` stand, at the top of an object and
//! nowhere else. It keeps those, up to a bound, and nothing of the rest, whatever its size; it does
//! not judge whether the rest is JSON. Where a member stands twice, the last one counts.

/// The type of such a document; one in XML is not read.
const MEDIA_TYPE: &[u8] = b"application/problem+json";

/// What is kept of one text, in octets.
const MOST: usize = 512;

/// Whether a `Content-Type` announces a problem document.
pub fn announced(content_type: &[u8]) -> bool {
    let media_type = content_type.split(|&byte| byte == b';').next();
    media_type.is_some_and(|it| it.trim_ascii().eq_ignore_ascii_case(MEDIA_TYPE))
}

/// What a document says of a problem. A text that was cut ends with `…`; white space is blanks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problem {
    /// `type`: a URI that names the kind of problem; `about:blank` is none.
    pub kind: Option<String>,
    /// `title`: the kind of problem in words.
    pub title: Option<String>,
    /// `status`: the status that the origin gave.
    pub status: Option<u16>,
    /// `detail`: this very problem in words.
    pub detail: Option<String>,
}

/// A member that matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Member {
    Kind,
    Title,
    Status,
    Detail,
}

/// Where in the document one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Outside of strings.
    Open,
    /// In a string.
    String,
    /// In a string, behind a reverse solidus.
    Escape,
    /// In a string, behind `\u` and so many digits with this value.
    Hex(u8, u16),
}

/// Reads a document as it comes.
#[derive(Debug)]
pub struct Reader {
    place: Place,
    depth: u64,
    /// The text is an object, so that names stand at depth 1.
    object: bool,
    /// The next string at depth 1 is a name.
    name_is_due: bool,
    /// Whose value comes next at depth 1.
    member: Option<Member>,
    text: Text,
    found: Problem,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            place: Place::Open,
            depth: 0,
            object: false,
            name_is_due: false,
            member: None,
            text: Text::default(),
            found: Problem::default(),
        }
    }
}

impl Reader {
    /// Takes the next piece of the document.
    pub fn push(&mut self, piece: &[u8]) {
        for &byte in piece {
            self.place = match (self.place, byte) {
                (Place::Open, _) => self.between_strings(byte),
                (Place::String, b'"') => self.end_string(),
                (Place::String, b'\\') => Place::Escape,
                (Place::String, _) => self.keep(&[byte]),
                (Place::Escape, b'u') => Place::Hex(0, 0),
                (Place::Escape, _) => self.keep(&[unescaped(byte)]),
                (Place::Hex(seen, value), _) => self.hexadecimal(seen, value, byte),
            };
        }
    }

    /// The document is over: what it said, unless it said nothing.
    pub fn finish(mut self) -> Option<Problem> {
        self.end_number();
        (self.found != Problem::default()).then_some(self.found)
    }

    fn between_strings(&mut self, byte: u8) -> Place {
        match byte {
            b'{' | b'[' => {
                self.depth = self.depth.saturating_add(1);
                if self.depth == 1 {
                    self.object = byte == b'{';
                    self.name_is_due = self.object;
                }
            }
            b'}' | b']' => {
                self.end_number();
                self.depth = self.depth.saturating_sub(1);
            }
            b',' if self.depth == 1 => {
                self.end_number();
                self.name_is_due = self.object;
                self.member = None;
            }
            b':' if self.depth == 1 => self.name_is_due = false,
            b'"' => {
                self.text = Text::default();
                return Place::String;
            }
            _ if self.member == Some(Member::Status) && self.depth == 1 => self.text.add(&[byte]),
            _ => {}
        }
        Place::Open
    }

    fn keep(&mut self, octets: &[u8]) -> Place {
        let wanted = self.name_is_due || self.member.is_some();
        if self.depth == 1 && wanted {
            self.text.add(octets);
        }
        Place::String
    }

    fn hexadecimal(&mut self, seen: u8, value: u16, digit: u8) -> Place {
        let digit = char::from(digit).to_digit(16).unwrap_or_default();
        let value = value << 4 | digit as u16;
        if seen < 3 {
            return Place::Hex(seen.saturating_add(1), value);
        }
        if self.depth == 1 {
            self.text.add_unit(value);
        }
        Place::String
    }

    fn end_string(&mut self) -> Place {
        if self.depth != 1 {
            return Place::Open;
        }
        let text = std::mem::take(&mut self.text);
        if self.name_is_due {
            self.member = match text.octets.as_slice() {
                b"type" => Some(Member::Kind),
                b"title" => Some(Member::Title),
                b"status" => Some(Member::Status),
                b"detail" => Some(Member::Detail),
                _ => None,
            };
            return Place::Open;
        }
        match self.member {
            Some(Member::Kind) => {
                self.found.kind = text.shown().filter(|kind| kind != "about:blank");
            }
            Some(Member::Title) => self.found.title = text.shown(),
            Some(Member::Detail) => self.found.detail = text.shown(),
            // A status is a number.
            Some(Member::Status) | None => {}
        }
        Place::Open
    }

    fn end_number(&mut self) {
        if self.member == Some(Member::Status) && self.depth == 1 {
            let text = std::mem::take(&mut self.text).shown();
            let status = text.and_then(|text| text.parse().ok());
            self.found.status = status.filter(|status| (100..=599).contains(status));
            self.member = None;
        }
    }
}

/// What a reverse solidus makes of this octet.
fn unescaped(byte: u8) -> u8 {
    match byte {
        b'b' | b'f' | b'n' | b'r' | b't' => b' ',
        other => other,
    }
}

/// A text as far as it is kept.
#[derive(Debug, Default)]
struct Text {
    octets: Vec<u8>,
    cut: bool,
    /// The first half of a character outside the basic plane.
    high: Option<u16>,
}

impl Text {
    fn add(&mut self, octets: &[u8]) {
        self.high = None;
        if self.cut || self.octets.len().saturating_add(octets.len()) > MOST {
            self.cut = true;
        } else {
            self.octets.extend_from_slice(octets);
        }
    }

    /// Adds what `\u` and four digits stand for: a character or half of one.
    fn add_unit(&mut self, unit: u16) {
        let high = self.high.take();
        let character = match unit {
            0xd800..=0xdbff => {
                self.high = Some(unit);
                return;
            }
            _ => char::decode_utf16(high.into_iter().chain([unit])).find_map(Result::ok),
        };
        let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
        self.add(character.encode_utf8(&mut [0; 4]).as_bytes());
    }

    /// The text on one line; none when there is nothing to show.
    fn shown(self) -> Option<String> {
        let text = String::from_utf8_lossy(&self.octets);
        let text = if self.cut {
            // A character that was cut in two is left out.
            text.trim_end_matches('\u{fffd}')
        } else {
            &text
        };
        let words: Vec<&str> = text.split_whitespace().collect();
        let shown = words.join(" ") + if self.cut { "…" } else { "" };
        (!shown.is_empty()).then_some(shown)
    }
}
