//! One JSON text, laid out token by token as it comes.
//!
//! A pushdown automaton over RFC 8259 that changes white space, adds colours, and copies everything
//! else. Its memory is a bit per level of nesting; it neither builds values nor looks back. It does
//! not know about lines of NDJSON or events, nor what is to be done with a broken text.

use std::sync::Arc;

use super::nesting::{Container, Nesting};
use super::paint::{INDENTED_LEVELS, Ink, Paint, put};
use super::token::{self, Begun, End, Token, Word};
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

    /// A line began so many octets before here.
    pub(super) fn begin_line(&mut self, ago: usize) {
        self.line = self.line.saturating_add(1);
        self.line_start = self.offset.saturating_sub(ago as u64);
    }
}

/// What may come next, or within a token, what could when it began.
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
}

/// The automaton. It takes a text by [`run`](Self::run), and its end by [`finish`](Self::finish).
#[derive(Debug, Clone)]
pub(super) struct Layout {
    paint: Arc<Paint>,
    controls: Controls,
    visible: Visible,
    state: State,
    /// The token that one is inside, of which the last octets are not yet here.
    token: Option<Token>,
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
            token: None,
            nesting: Nesting::default(),
            place: Place::BEGINNING,
            broken: None,
        }
    }

    /// Begins another text, which stands at `place` in the content.
    pub(super) fn restart(&mut self, place: Place) {
        self.state = State::Start;
        self.token = None;
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
        let begin = self.place.offset;
        self.place.pass(input.len());
        let mut rest = input;
        while out.len() < PAGE && self.broken.is_none() {
            rest = self.follow(rest, out);
            let Some(&byte) = rest.first() else {
                break;
            };
            rest = match self.token {
                Some(token) => self.go_on(token, 0, rest, out),
                None => self.step(byte, rest, out),
            };
        }
        let taken = input.len().saturating_sub(rest.len());
        self.place.offset = begin.saturating_add(taken as u64);
        taken
    }

    /// The text is over. Says what it was.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) -> Fate {
        if self.token.is_some_and(Token::may_end) {
            self.end_token(out);
        }
        match (self.token, self.state) {
            _ if self.broken.is_some() => Fate::Broken,
            (None, State::End) => Fate::LaidOut,
            (None, State::Start | State::Blank) => Fate::Blank,
            _ => {
                self.fail(&[], out);
                Fate::Broken
            }
        }
    }

    /// Appends what the server sent, as the style wants it.
    pub(super) fn pass(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        match self.controls {
            Controls::AsSent => out.extend_from_slice(bytes),
            Controls::Visible => self.visible.push(bytes, out),
        }
    }

    /// Appends what is left of a character that was cut off.
    pub(super) fn settle(&mut self, out: &mut Vec<u8>) {
        self.visible.finish(out);
    }

    /// Takes what follows most tokens at once: the colon behind a name, the comma behind a value, each
    /// with the blank behind it. Returns what is behind it: all of `rest` if something else is there.
    fn follow<'t>(&mut self, rest: &'t [u8], out: &mut Vec<u8>) -> &'t [u8] {
        let behind = match (self.state, rest) {
            (State::Colon, [b':', behind @ ..]) => {
                self.paint.colon.put(out);
                self.state = State::Value;
                behind
            }
            (State::After, [b',', behind @ ..]) => {
                self.paint.put_comma_and_line(self.nesting.depth(), out);
                self.state = match self.nesting.innermost() {
                    Some(Container::Object) => State::Key,
                    _ => State::Value,
                };
                behind
            }
            _ => return rest,
        };
        match behind {
            [b' ', behind @ ..] => behind,
            _ => behind,
        }
    }

    /// Takes what begins with `byte`, at the beginning of `rest`: a token or some of it, a bracket or
    /// brace, or white space. Returns what is behind it: all of `rest` if the text breaks there.
    fn step<'t>(&mut self, byte: u8, rest: &'t [u8], out: &mut Vec<u8>) -> &'t [u8] {
        match (self.state, byte) {
            (_, b' ' | b'\t' | b'\n' | b'\r') => self.skip_space(rest),
            (State::FirstItem | State::After, b']') | (State::FirstKey | State::After, b'}') => {
                self.close(byte, rest, out)
            }
            (State::Start | State::Blank | State::Value | State::FirstItem, b'[' | b'{') => {
                self.open(byte, rest, out)
            }
            (State::Start | State::Blank | State::Value | State::FirstItem, _)
            | (State::Key | State::FirstKey, b'"') => self.begin(byte, rest, out),
            _ => self.fail(rest, out),
        }
    }

    /// Takes a token, or what there is of it. Most are whole.
    fn begin<'t>(&mut self, byte: u8, rest: &'t [u8], out: &mut Vec<u8>) -> &'t [u8] {
        let Some(begun) = token::begin(rest.get(..STEP).unwrap_or(rest)) else {
            return self.begin_mark(byte, rest, out);
        };
        self.lead(byte, out);
        let length = match begun {
            Begun::Whole(length) => length,
            Begun::Partly(token) => return self.go_on(token, 1, rest, out),
        };
        match self.controls {
            Controls::AsSent => put(rest, length, out),
            Controls::Visible => self.pass(rest.get(..length).unwrap_or(rest), out),
        }
        self.end_token(out);
        rest.get(length..).unwrap_or_default()
    }

    /// Takes a byte order mark, which is no token and has no colour.
    #[cold]
    fn begin_mark<'t>(&mut self, byte: u8, rest: &'t [u8], out: &mut Vec<u8>) -> &'t [u8] {
        match Token::begin_mark(byte) {
            Some(mark) if self.state == State::Start => self.go_on(mark, 1, rest, out),
            _ => self.fail(rest, out),
        }
    }

    /// Appends what stands in front of a token.
    fn lead(&self, byte: u8, out: &mut Vec<u8>) {
        if matches!(self.state, State::FirstItem | State::FirstKey) {
            self.paint.put_line(self.nesting.depth(), out);
        }
        if self.paint.coloured {
            self.colour(byte).put(out);
        }
    }

    /// Copies what belongs to the token, of which the first `read` octets are known already.
    #[cold]
    fn go_on<'t>(
        &mut self,
        mut token: Token,
        read: usize,
        rest: &'t [u8],
        out: &mut Vec<u8>,
    ) -> &'t [u8] {
        let near = rest.get(..STEP).unwrap_or(rest);
        let (length, end) = token.run(near.get(read..).unwrap_or_default());
        let length = read.saturating_add(length);
        self.pass(rest.get(..length).unwrap_or(rest), out);
        let rest = rest.get(length..).unwrap_or_default();
        self.token = Some(token);
        match end {
            End::Whole if token.is_mark() => (self.token, self.state) = (None, State::Value),
            End::Whole => self.end_token(out),
            End::Broken => return self.fail(rest, out),
            End::Open => {}
        }
        rest
    }

    #[inline]
    fn end_token(&mut self, out: &mut Vec<u8>) {
        self.token = None;
        if self.paint.coloured {
            self.paint.reset.put(out);
        }
        match self.state {
            State::Key | State::FirstKey => self.state = State::Colon,
            _ => self.end_value(),
        }
    }

    fn end_value(&mut self) {
        self.state = if self.nesting.depth() == 0 {
            State::End
        } else {
            State::After
        };
    }

    fn open<'t>(&mut self, byte: u8, rest: &'t [u8], out: &mut Vec<u8>) -> &'t [u8] {
        if self.nesting.depth() == MOST_LEVELS {
            return self.fail(rest, out);
        }
        if self.state == State::FirstItem {
            self.paint.put_line(self.nesting.depth(), out);
        }
        let (container, mark, next) = if byte == b'[' {
            (Container::Array, &self.paint.open_array, State::FirstItem)
        } else {
            (Container::Object, &self.paint.open_object, State::FirstKey)
        };
        mark.put(out);
        self.nesting.open(container);
        self.state = next;
        rest.get(1..).unwrap_or_default()
    }

    fn close<'t>(&mut self, byte: u8, rest: &'t [u8], out: &mut Vec<u8>) -> &'t [u8] {
        let (container, mark) = if byte == b']' {
            (Container::Array, &self.paint.close_array)
        } else {
            (Container::Object, &self.paint.close_object)
        };
        if self.nesting.innermost() != Some(container) {
            return self.fail(rest, out);
        }
        let depth = self.nesting.depth();
        self.nesting.close();
        if self.state == State::After && depth <= INDENTED_LEVELS {
            self.paint.put_line(self.nesting.depth(), out);
        }
        mark.put(out);
        self.end_value();
        rest.get(1..).unwrap_or_default()
    }

    fn skip_space<'t>(&mut self, rest: &'t [u8]) -> &'t [u8] {
        if self.state == State::Start {
            self.state = State::Blank;
        }
        let mut rest = rest;
        while let [b' ' | b'\t' | b'\r' | b'\n', behind @ ..] = rest {
            if rest.starts_with(b"\n") {
                self.place.begin_line(behind.len());
            }
            rest = behind.get(blanks(behind)..).unwrap_or_default();
        }
        rest
    }

    /// The colour of the token that begins with `byte`.
    fn colour(&self, byte: u8) -> &Ink {
        let paint = &self.paint;
        match (self.state, byte) {
            (State::Key | State::FirstKey, _) => &paint.key,
            (_, b'"') => &paint.string,
            (_, b'n') => &paint.null,
            (_, b't' | b'f') => &paint.boolean,
            _ => &paint.number,
        }
    }

    /// The text breaks at the beginning of `rest`, which is returned.
    #[cold]
    fn fail<'t>(&mut self, rest: &'t [u8], out: &mut Vec<u8>) -> &'t [u8] {
        if self.token.is_some_and(|token| !token.is_mark()) {
            self.paint.reset.put(out);
        }
        let offset = self.place.offset.saturating_sub(rest.len() as u64);
        let before = offset.saturating_sub(self.place.line_start);
        self.broken = Some(Break {
            line: self.place.line,
            column: before.saturating_add(1),
            offset,
            wanted: self.wanted(),
        });
        rest
    }

    fn wanted(&self) -> &'static str {
        match self.token {
            Some(Token::String) => "a character or '\"'",
            Some(Token::Escape) => "an escape",
            Some(Token::Hex(_)) => "a hexadecimal digit",
            Some(Token::Number(_)) => "a digit",
            Some(Token::Word(Word::Mark, _)) => "a byte order mark",
            Some(Token::Word(..)) => "true, false or null",
            None => self.wanted_next(),
        }
    }

    fn wanted_next(&self) -> &'static str {
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
        }
    }
}

/// How many blanks `bytes` begins with, of up to eight that are looked at in one go.
fn blanks(bytes: &[u8]) -> usize {
    let others = |eight: &[u8; 8]| u64::from_le_bytes(*eight) ^ u64::from_le_bytes([b' '; 8]);
    let first = bytes.first_chunk().map_or(1, others);
    (first.trailing_zeros() / 8) as usize
}
