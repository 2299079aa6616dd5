//! One JSON text, laid out token by token as it comes.
//!
//! A pushdown automaton over RFC 8259: it changes white space, adds colours, and copies everything
//! else. Its memory is a bit per level of nesting; it neither builds values nor looks back. Octets
//! from 0x80 up pass through strings unread, so a text in Latin-1 or with a damaged character is laid
//! out as well. It does not know about lines of NDJSON, events, or what to do with a broken text.

use super::scan::{Number, plain_run};
use super::{Break, Controls, Style};
use crate::codec::text::Visible;

/// Deeper than this many levels, text stays on one line: depth never becomes a flood of blanks.
const INDENTED_LEVELS: usize = 64;
/// A text nested deeper than this is not laid out at all. A bit each makes it 8 KiB.
const MAX_LEVELS: usize = 65_536;
/// The output after which [`Layout::run`] comes back, so that it can be handed on. In octets.
pub(super) const PAGE: usize = 64 * 1024;
/// The most that one step may take from the input, so that a page stays near its size.
const STEP: usize = 8 * 1024;

const MARK: &[u8] = "\u{feff}".as_bytes();
const RESET: &str = "\x1b[0m";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Container {
    Array,
    Object,
}

/// What a string is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Key,
    Value,
}

/// Where in the text one is: what may come next, or which token one is inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Mark(usize),
    Value,
    FirstItem,
    FirstKey,
    Key,
    Colon,
    After,
    End,
    String(Role),
    Escape(Role),
    Hex(Role, u8),
    Number(Number),
    Word(&'static [u8], usize),
}

/// The open arrays and objects, outermost first: a bit each.
#[derive(Debug, Clone, Default)]
struct Nesting {
    depth: usize,
    objects: Vec<u64>,
}

impl Nesting {
    fn open(&mut self, container: Container) {
        let (word, bit) = (self.depth / 64, 1_u64 << (self.depth % 64));
        if word == self.objects.len() {
            self.objects.push(0);
        }
        if let Some(word) = self.objects.get_mut(word) {
            *word = match container {
                Container::Object => *word | bit,
                Container::Array => *word & !bit,
            };
        }
        self.depth += 1;
    }

    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    fn innermost(&self) -> Option<Container> {
        let level = self.depth.checked_sub(1)?;
        let object = self.objects.get(level / 64)? >> (level % 64) & 1 == 1;
        Some(if object {
            Container::Object
        } else {
            Container::Array
        })
    }
}

/// The automaton. Feed it with [`run`](Self::run) until the text is over, then [`finish`](Self::finish).
#[derive(Debug, Clone)]
pub(super) struct Layout {
    style: Style,
    visible: Visible,
    /// Stands at the beginning of every line but the first.
    margin: &'static str,
    state: State,
    nesting: Nesting,
    /// Octets read in earlier runs.
    offset: u64,
    line: u64,
    /// The offset of the first octet of the line.
    line_start: u64,
    broken: Option<Break>,
}

impl Layout {
    /// An automaton at the beginning of a content.
    pub(super) fn new(style: Style, margin: &'static str) -> Self {
        Self {
            style,
            visible: Visible::new(),
            margin,
            state: State::Start,
            nesting: Nesting::default(),
            offset: 0,
            line: 1,
            line_start: 0,
            broken: None,
        }
    }

    /// Begins another text, which stands at `place` in the content.
    pub(super) fn restart(&mut self, place: Place) {
        self.state = State::Start;
        self.nesting.depth = 0;
        self.offset = place.offset;
        self.line = place.line;
        self.line_start = place.line_start;
        self.broken = None;
    }

    /// Where and why the text broke.
    pub(super) fn broken(&self) -> Option<Break> {
        self.broken
    }

    /// The text is known to break at `found`, or to be blank: none of it is to be laid out.
    pub(super) fn give_up(&mut self, found: Option<Break>) {
        self.broken = found;
    }

    /// Lays out a beginning of `input` and says how long it is: all, or less when the text broke or
    /// a page of output has come together.
    pub(super) fn run(&mut self, input: &[u8], out: &mut Vec<u8>) -> usize {
        let mut at = 0;
        while at < input.len() && out.len() < PAGE && self.broken.is_none() {
            at = self.step(input, at, out);
        }
        self.offset += at as u64;
        at
    }

    /// The text is over. Says what it was.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) -> Fate {
        if let State::Number(number) = self.state
            && number.complete()
        {
            self.unpaint(out);
            self.value_over();
        }
        match self.state {
            _ if self.broken.is_some() => Fate::Broken,
            State::End => Fate::LaidOut,
            State::Start => Fate::Blank,
            _ => {
                self.fail(0, self.wanted(), out);
                Fate::Broken
            }
        }
    }

    /// Appends what is left of a character that was cut off.
    pub(super) fn settle(&mut self, out: &mut Vec<u8>) {
        self.visible.finish(out);
    }

    /// Appends what the server sent as the style wants it.
    pub(super) fn pass(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        match self.style.controls {
            Controls::AsSent => append(bytes, out),
            Controls::Visible => self.visible.push(bytes, out),
        }
    }

    /// Takes the token, or the part of it, that begins at `at`; returns where it ends.
    fn step(&mut self, input: &[u8], at: usize, out: &mut Vec<u8>) -> usize {
        let byte = input[at];
        match self.state {
            State::String(role) => self.string(role, input, at, at, out),
            State::Number(_) => self.number(input, at, out),
            State::Escape(role) => self.escape(role, byte, at, out),
            State::Hex(role, seen) => self.hex(role, seen, byte, at, out),
            State::Word(word, seen) => self.word(word, seen, byte, at, out),
            State::Mark(seen) => self.mark(seen, byte, at, out),
            State::Start if byte == MARK[0] => self.mark(0, byte, at, out),
            _ if matches!(byte, b' ' | b'\t' | b'\n' | b'\r') => self.space(input, at),
            State::Start | State::Value => self.value(input, at, out),
            State::FirstItem if byte == b']' => self.close(Container::Array, at, out),
            State::FirstItem => {
                self.new_line(out);
                self.value(input, at, out)
            }
            State::FirstKey if byte == b'}' => self.close(Container::Object, at, out),
            State::FirstKey if byte == b'"' => {
                self.new_line(out);
                self.begin_string(Role::Key, input, at, out)
            }
            State::Key if byte == b'"' => self.begin_string(Role::Key, input, at, out),
            State::Colon if byte == b':' => {
                self.punctuation(": ", out);
                self.state = State::Value;
                at + 1
            }
            State::After => self.after(byte, at, out),
            State::FirstKey | State::Key | State::Colon | State::End => {
                self.fail(at, self.wanted(), out);
                at
            }
        }
    }

    fn value(&mut self, input: &[u8], at: usize, out: &mut Vec<u8>) -> usize {
        let byte = input[at];
        let colours = self.style.colours;
        match byte {
            b'"' => return self.begin_string(Role::Value, input, at, out),
            b'{' => return self.open(Container::Object, at, out),
            b'[' => return self.open(Container::Array, at, out),
            b't' | b'f' => out.extend_from_slice(colours.boolean.as_bytes()),
            b'n' => out.extend_from_slice(colours.null.as_bytes()),
            _ => {
                let Some(number) = Number::begin(byte) else {
                    self.fail(at, self.wanted(), out);
                    return at;
                };
                out.extend_from_slice(colours.number.as_bytes());
                self.state = State::Number(number);
                out.push(byte);
                return at + 1;
            }
        }
        let word: &[u8] = match byte {
            b't' => b"true",
            b'f' => b"false",
            _ => b"null",
        };
        if input[at..].starts_with(word) {
            out.extend_from_slice(word);
            self.unpaint(out);
            self.value_over();
            return at + word.len();
        }
        self.word(word, 0, byte, at, out)
    }

    /// Between values: a comma, or the end of what is open.
    fn after(&mut self, byte: u8, at: usize, out: &mut Vec<u8>) -> usize {
        match (byte, self.nesting.innermost()) {
            (b',', Some(container)) => {
                self.punctuation(",", out);
                self.new_line(out);
                self.state = match container {
                    Container::Array => State::Value,
                    Container::Object => State::Key,
                };
                at + 1
            }
            (b']', Some(container @ Container::Array))
            | (b'}', Some(container @ Container::Object)) => {
                self.nesting.depth -= 1;
                self.new_line(out);
                self.nesting.depth += 1;
                self.close(container, at, out)
            }
            _ => {
                self.fail(at, self.wanted(), out);
                at
            }
        }
    }

    fn open(&mut self, container: Container, at: usize, out: &mut Vec<u8>) -> usize {
        if self.nesting.depth == MAX_LEVELS {
            self.fail(at, "fewer levels of nesting", out);
            return at;
        }
        self.nesting.open(container);
        let (text, state) = match container {
            Container::Array => ("[", State::FirstItem),
            Container::Object => ("{", State::FirstKey),
        };
        self.punctuation(text, out);
        self.state = state;
        at + 1
    }

    fn close(&mut self, container: Container, at: usize, out: &mut Vec<u8>) -> usize {
        self.punctuation(
            match container {
                Container::Array => "]",
                Container::Object => "}",
            },
            out,
        );
        self.nesting.close();
        self.value_over();
        at + 1
    }

    fn value_over(&mut self) {
        self.state = if self.nesting.depth == 0 {
            State::End
        } else {
            State::After
        };
    }

    fn begin_string(&mut self, role: Role, input: &[u8], at: usize, out: &mut Vec<u8>) -> usize {
        let colours = self.style.colours;
        let colour = if role == Role::Key {
            colours.key
        } else {
            colours.string
        };
        out.extend_from_slice(colour.as_bytes());
        self.string(role, input, at, at + 1, out)
    }

    /// Copies the string from `from` on; the octets before `at` are known to be plain.
    fn string(
        &mut self,
        role: Role,
        input: &[u8],
        from: usize,
        at: usize,
        out: &mut Vec<u8>,
    ) -> usize {
        let limit = input.len().min(from + STEP);
        let mut at = at;
        self.state = State::String(role);
        while at < limit {
            at += plain_run(&input[at..limit]);
            match &input[at..limit] {
                [] => {}
                [b'"', ..] => {
                    at += 1;
                    self.copy(input, from, at, out);
                    self.unpaint(out);
                    match role {
                        Role::Key => self.state = State::Colon,
                        Role::Value => self.value_over(),
                    }
                    return at;
                }
                [
                    b'\\',
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't',
                    ..,
                ] => at += 2,
                [b'\\', b'u', a, b, c, d, ..]
                    if [a, b, c, d].iter().all(|d| d.is_ascii_hexdigit()) =>
                {
                    at += 6;
                }
                [b'\\', ..] => {
                    self.state = State::Escape(role);
                    at += 1;
                    break;
                }
                [_, ..] => {
                    self.copy(input, from, at, out);
                    self.fail(at, self.wanted(), out);
                    return at;
                }
            }
        }
        self.copy(input, from, at, out);
        at
    }

    /// The character after a reverse solidus, where it came apart from it.
    fn escape(&mut self, role: Role, byte: u8, at: usize, out: &mut Vec<u8>) -> usize {
        self.state = match byte {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => State::String(role),
            b'u' => State::Hex(role, 0),
            _ => {
                self.fail(at, self.wanted(), out);
                return at;
            }
        };
        self.pass(&[byte], out);
        at + 1
    }

    fn hex(&mut self, role: Role, seen: u8, byte: u8, at: usize, out: &mut Vec<u8>) -> usize {
        if !byte.is_ascii_hexdigit() {
            self.fail(at, self.wanted(), out);
            return at;
        }
        self.state = if seen == 3 {
            State::String(role)
        } else {
            State::Hex(role, seen + 1)
        };
        self.pass(&[byte], out);
        at + 1
    }

    fn number(&mut self, input: &[u8], at: usize, out: &mut Vec<u8>) -> usize {
        let State::Number(mut number) = self.state else {
            return at;
        };
        let bytes = &input[at..input.len().min(at + STEP)];
        let length = number.run(bytes);
        self.copy(input, at, at + length, out);
        self.state = State::Number(number);
        if length < bytes.len() {
            if number.complete() {
                self.unpaint(out);
                self.value_over();
            } else {
                self.fail(at + length, self.wanted(), out);
            }
        }
        at + length
    }

    fn word(
        &mut self,
        word: &'static [u8],
        seen: usize,
        byte: u8,
        at: usize,
        out: &mut Vec<u8>,
    ) -> usize {
        if word.get(seen) != Some(&byte) {
            self.state = State::Word(word, seen);
            self.fail(at, self.wanted(), out);
            return at;
        }
        out.push(byte);
        self.state = State::Word(word, seen + 1);
        if seen + 1 == word.len() {
            self.unpaint(out);
            self.value_over();
        }
        at + 1
    }

    /// A byte order mark, which a text may begin with and a reader may ignore (RFC 8259 §8.1).
    fn mark(&mut self, seen: usize, byte: u8, at: usize, out: &mut Vec<u8>) -> usize {
        if MARK.get(seen) != Some(&byte) {
            self.fail(at, self.wanted(), out);
            return at;
        }
        self.pass(&[byte], out);
        self.state = if seen + 1 == MARK.len() {
            State::Value
        } else {
            State::Mark(seen + 1)
        };
        at + 1
    }

    fn space(&mut self, input: &[u8], at: usize) -> usize {
        let mut end = at;
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = input.get(end) {
            end += 1;
            if input[end - 1] == b'\n' {
                self.line += 1;
                self.line_start = self.offset + end as u64;
            }
        }
        end
    }

    fn new_line(&self, out: &mut Vec<u8>) {
        const LINE: [u8; 1 + 2 * INDENTED_LEVELS] = {
            let mut line = [b' '; 1 + 2 * INDENTED_LEVELS];
            line[0] = b'\n';
            line
        };
        let depth = self.nesting.depth;
        if depth > INDENTED_LEVELS {
            return;
        }
        if self.margin.is_empty() {
            append(&LINE[..=2 * depth], out);
        } else {
            out.push(b'\n');
            out.extend_from_slice(self.margin.as_bytes());
            out.extend_from_slice(&LINE[1..=2 * depth]);
        }
    }

    fn punctuation(&self, text: &str, out: &mut Vec<u8>) {
        let colour = self.style.colours.punctuation;
        out.extend_from_slice(colour.as_bytes());
        out.extend_from_slice(text.as_bytes());
        self.unpaint(out);
    }

    fn unpaint(&self, out: &mut Vec<u8>) {
        if self.style.colours.any() {
            out.extend_from_slice(RESET.as_bytes());
        }
    }

    fn copy(&mut self, input: &[u8], from: usize, to: usize, out: &mut Vec<u8>) {
        self.pass(&input[from..to], out);
    }

    fn fail(&mut self, at: usize, wanted: &'static str, out: &mut Vec<u8>) {
        if matches!(
            self.state,
            State::String(_)
                | State::Escape(_)
                | State::Hex(..)
                | State::Number(_)
                | State::Word(..)
        ) {
            self.unpaint(out);
        }
        let offset = self.offset + at as u64;
        self.broken = Some(Break {
            line: self.line,
            column: offset - self.line_start + 1,
            offset,
            wanted,
        });
    }

    fn wanted(&self) -> &'static str {
        match self.state {
            State::Start | State::Value => "a value",
            State::Mark(_) => "the rest of a byte order mark",
            State::FirstItem => "a value or ']'",
            State::FirstKey => "a name or '}'",
            State::Key => "a name",
            State::Colon => "':'",
            State::After => match self.nesting.innermost() {
                Some(Container::Object) => "',' or '}'",
                _ => "',' or ']'",
            },
            State::End => "the end of the text",
            State::String(_) => "a character of a string or '\"'",
            State::Escape(_) => "an escape",
            State::Hex(..) => "a hexadecimal digit",
            State::Number(_) => "a digit",
            State::Word(..) => "true, false or null",
        }
    }
}

/// What a text turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// JSON.
    LaidOut,
    /// Nothing, or nothing but white space.
    Blank,
    /// Not JSON.
    Broken,
}

/// Where in the content a text begins, at the beginning of a line or within it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// In octets, from 0.
    pub(super) offset: u64,
    /// The line, from 1.
    pub(super) line: u64,
    /// The offset of the first octet of the line.
    pub(super) line_start: u64,
}

impl Place {
    pub(super) const BEGINNING: Self = Self {
        offset: 0,
        line: 1,
        line_start: 0,
    };
}

fn append(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(bytes);
}
