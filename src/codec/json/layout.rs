//! One JSON text, laid out token by token as it comes.
//!
//! A pushdown automaton over RFC 8259 that changes white space, adds colours, and copies everything
//! else. Its memory is a bit per level of nesting; it neither builds values nor looks back. It does
//! not know about lines of NDJSON or events, nor what is to be done with a broken text.

use std::sync::Arc;

use super::nesting::{Container, Nesting};
use super::paint::{INDENTED_LEVELS, Ink, Paint, put};
use super::token::{End, Token, Word};
use super::{Break, Controls, Style};
use crate::codec::text::Visible;

/// A text nested deeper than this is not laid out: the stack stays within 8 KiB.
const MOST_LEVELS: usize = 65_536;
/// The output after which [`Layout::run`] comes back, so that it can be handed on. In octets.
pub(super) const PAGE: usize = 64 * 1024;
/// The most that one step takes from the input, so that a page stays near its size. In octets.
pub(super) const STEP: usize = 8 * 1024;

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

/// Where in the content a text begins.
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

    /// So many octets on.
    pub(super) fn pass(&mut self, octets: usize) {
        self.offset = self.offset.saturating_add(octets as u64);
    }

    /// A line begins so many octets from here.
    pub(super) fn begin_line(&mut self, ahead: u64) {
        self.line = self.line.saturating_add(1);
        self.line_start = self.offset.saturating_add(ahead);
    }
}

/// What a token is in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Mark,
    Key,
    Value,
}

/// Where in the text one is: what may come next, or which token one is inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// At the first octet.
    Start,
    /// After white space only.
    Blank,
    Value,
    FirstItem,
    FirstKey,
    Key,
    Colon,
    After,
    End,
    Inside(Token, Role),
}

/// The automaton. It takes a text by [`run`](Self::run), and its end by [`finish`](Self::finish).
#[derive(Debug, Clone)]
pub(super) struct Layout {
    paint: Arc<Paint>,
    controls: Controls,
    visible: Visible,
    state: State,
    nesting: Nesting,
    /// Where one is; line feeds stand in white space only.
    place: Place,
    broken: Option<Break>,
}

impl Layout {
    /// An automaton at the beginning of a content.
    pub(super) fn new(style: Style, margin: &'static str) -> Self {
        Self {
            paint: Arc::new(Paint::new(style.colours, margin)),
            controls: style.controls,
            visible: Visible::new(),
            state: State::Start,
            nesting: Nesting::default(),
            place: Place::BEGINNING,
            broken: None,
        }
    }

    /// Begins another text, which stands at `place` in the content.
    pub(super) fn restart(&mut self, place: Place) {
        self.state = State::Start;
        self.nesting.clear();
        self.place = place;
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
        let mut rest = input;
        while let Some(&byte) = rest.first()
            && out.len() < PAGE
            && self.broken.is_none()
        {
            let taken = self.step(byte, rest, out);
            self.place.pass(taken);
            rest = rest.get(taken..).unwrap_or_default();
        }
        input.len().saturating_sub(rest.len())
    }

    /// The text is over. Says what it was.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) -> Fate {
        if let State::Inside(token, role) = self.state
            && token.may_end()
        {
            self.end_token(role, out);
        }
        match self.state {
            _ if self.broken.is_some() => Fate::Broken,
            State::End => Fate::LaidOut,
            State::Start | State::Blank => Fate::Blank,
            _ => {
                self.fail(0, out);
                Fate::Broken
            }
        }
    }

    /// Appends what the server sent, as the style wants it.
    pub(super) fn pass(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        self.pass_first(bytes.len(), bytes, out);
    }

    /// The same for a beginning of what the server sent.
    fn pass_first(&mut self, length: usize, bytes: &[u8], out: &mut Vec<u8>) {
        match self.controls {
            Controls::AsSent => put(bytes, length, out),
            Controls::Visible => {
                let sent = bytes.get(..length).unwrap_or(bytes);
                self.visible.push(sent, out);
            }
        }
    }

    /// Appends what is left of a character that was cut off.
    pub(super) fn settle(&mut self, out: &mut Vec<u8>) {
        self.visible.finish(out);
    }

    /// Takes what begins with `byte`, at the beginning of `rest`: a token or some of it, a
    /// punctuation mark, or white space. Returns its length, which is 0 if the text breaks there.
    fn step(&mut self, byte: u8, rest: &[u8], out: &mut Vec<u8>) -> usize {
        match (self.state, byte) {
            (State::Inside(token, role), _) => self.go_on(token, role, 0, rest, out),
            (_, b' ' | b'\t' | b'\n' | b'\r') => self.skip_space(rest),
            (State::Colon, b':') | (State::After, b',') => self.follow(rest, out),
            (State::FirstItem | State::After, b']') => self.close(Container::Array, out),
            (State::FirstKey | State::After, b'}') => self.close(Container::Object, out),
            (State::Key | State::FirstKey, b'"') => self.begin(Token::String, Role::Key, rest, out),
            (State::Start | State::Blank | State::Value | State::FirstItem, _) => {
                self.value(byte, rest, out)
            }
            _ => self.fail(0, out),
        }
    }

    fn value(&mut self, byte: u8, rest: &[u8], out: &mut Vec<u8>) -> usize {
        match byte {
            b'[' => self.open(Container::Array, out),
            b'{' => self.open(Container::Object, out),
            _ => match (Token::begin(byte), Token::begin_mark(byte)) {
                (Some(token), _) => self.begin(token, Role::Value, rest, out),
                (None, Some(mark)) if self.state == State::Start => {
                    self.go_on(mark, Role::Mark, 1, rest, out)
                }
                _ => self.fail(0, out),
            },
        }
    }

    /// Takes what follows most tokens at once: the colon behind a name, the comma behind a value, each
    /// with the blank behind it. Returns its length, which is 0 if something else stands there.
    #[inline]
    fn follow(&mut self, rest: &[u8], out: &mut Vec<u8>) -> usize {
        match (self.state, rest.first()) {
            (State::Colon, Some(b':')) => {
                self.paint.colon.put(out);
                self.state = State::Value;
            }
            (State::After, Some(b',')) => {
                self.paint.put_comma_and_line(self.nesting.depth(), out);
                self.state = match self.nesting.innermost() {
                    Some(Container::Object) => State::Key,
                    _ => State::Value,
                };
            }
            _ => return 0,
        }
        if rest.get(1) == Some(&b' ') { 2 } else { 1 }
    }

    fn begin(&mut self, token: Token, role: Role, rest: &[u8], out: &mut Vec<u8>) -> usize {
        if matches!(self.state, State::FirstItem | State::FirstKey) {
            self.break_line(self.nesting.depth(), out);
        }
        if self.paint.coloured {
            self.colour(token, role).put(out);
        }
        self.go_on(token, role, 1, rest, out)
    }

    /// Copies what belongs to the token, of which the first `read` octets are known already.
    fn go_on(
        &mut self,
        mut token: Token,
        role: Role,
        read: usize,
        rest: &[u8],
        out: &mut Vec<u8>,
    ) -> usize {
        let rest = rest.get(..STEP).unwrap_or(rest);
        let unread = rest.get(read..).unwrap_or_default();
        let (length, end) = match token.plain(unread).filter(|_| read > 0) {
            Some(length) => (length, End::Whole),
            None => token.run(unread),
        };
        let owned = read.saturating_add(length);
        self.pass_first(owned, rest, out);
        if end == End::Whole {
            self.end_token(role, out);
            let rest = rest.get(owned..).unwrap_or_default();
            return owned.saturating_add(self.follow(rest, out));
        }
        self.state = State::Inside(token, role);
        match end {
            End::Broken => self.fail(owned, out),
            _ => owned,
        }
    }

    #[inline]
    fn end_token(&mut self, role: Role, out: &mut Vec<u8>) {
        if role != Role::Mark && self.paint.coloured {
            self.paint.reset.put(out);
        }
        match role {
            Role::Mark => self.state = State::Value,
            Role::Key => self.state = State::Colon,
            Role::Value => self.end_value(),
        }
    }

    fn end_value(&mut self) {
        self.state = if self.nesting.depth() == 0 {
            State::End
        } else {
            State::After
        };
    }

    fn open(&mut self, container: Container, out: &mut Vec<u8>) -> usize {
        if self.nesting.depth() == MOST_LEVELS {
            return self.fail(0, out);
        }
        if self.state == State::FirstItem {
            self.break_line(self.nesting.depth(), out);
        }
        self.nesting.open(container);
        let (mark, next) = match container {
            Container::Array => (&self.paint.open_array, State::FirstItem),
            Container::Object => (&self.paint.open_object, State::FirstKey),
        };
        mark.put(out);
        self.state = next;
        1
    }

    fn close(&mut self, container: Container, out: &mut Vec<u8>) -> usize {
        if self.nesting.innermost() != Some(container) {
            return self.fail(0, out);
        }
        let depth = self.nesting.depth();
        self.nesting.close();
        if self.state == State::After && depth <= INDENTED_LEVELS {
            self.break_line(self.nesting.depth(), out);
        }
        let mark = match container {
            Container::Array => &self.paint.close_array,
            Container::Object => &self.paint.close_object,
        };
        mark.put(out);
        self.end_value();
        1
    }

    fn skip_space(&mut self, rest: &[u8]) -> usize {
        if self.state == State::Start {
            self.state = State::Blank;
        }
        let is_space = |byte: &u8| matches!(byte, b'\n' | b' ' | b'\t' | b'\r');
        let length = rest.iter().position(|byte| !is_space(byte));
        let space = rest.get(..length.unwrap_or(rest.len())).unwrap_or(rest);
        for (read, _) in (1..).zip(space).filter(|(_, byte)| **byte == b'\n') {
            self.place.begin_line(read);
        }
        space.len()
    }

    fn break_line(&self, depth: usize, out: &mut Vec<u8>) {
        self.paint.put_line(depth, out);
    }

    fn colour(&self, token: Token, role: Role) -> &Ink {
        let paint = &self.paint;
        match (token, role) {
            (_, Role::Key) => &paint.key,
            (Token::Number(_), _) => &paint.number,
            (Token::Word(Word::Null, _), _) => &paint.null,
            (Token::Word(..), _) => &paint.boolean,
            _ => &paint.string,
        }
    }

    /// The text breaks after `length` more octets. Returns that length.
    fn fail(&mut self, length: usize, out: &mut Vec<u8>) -> usize {
        if let State::Inside(_, Role::Key | Role::Value) = self.state {
            self.paint.reset.put(out);
        }
        let offset = self.place.offset.saturating_add(length as u64);
        let before = offset.saturating_sub(self.place.line_start);
        self.broken = Some(Break {
            line: self.place.line,
            column: before.saturating_add(1),
            offset,
            wanted: self.wanted(),
        });
        length
    }

    fn wanted(&self) -> &'static str {
        match self.state {
            State::Start | State::Blank | State::Value | State::FirstItem
                if self.nesting.depth() == MOST_LEVELS =>
            {
                "fewer levels"
            }
            State::Start | State::Blank | State::Value => "a value",
            State::FirstItem => "a value or ']'",
            State::FirstKey => "a name or '}'",
            State::Key => "a name",
            State::Colon => "':'",
            State::After if self.nesting.innermost() == Some(Container::Object) => "',' or '}'",
            State::After => "',' or ']'",
            State::End => "the end of the text",
            State::Inside(Token::String, _) => "a character or '\"'",
            State::Inside(Token::Escape, _) => "an escape",
            State::Inside(Token::Hex(_), _) => "a hexadecimal digit",
            State::Inside(Token::Number(_), _) => "a digit",
            State::Inside(Token::Word(..), Role::Mark) => "a byte order mark",
            State::Inside(Token::Word(..), _) => "true, false or null",
        }
    }
}
