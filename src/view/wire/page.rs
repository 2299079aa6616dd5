//! Rows with their margin, on whatever takes them.
//!
//! Knows: the columns (time, connection, direction, offset, name), and what is told once for
//! several rows. Must not know: what happened.
//!
//! ```text
//!    1.204 ms #0 <    157 content       {"id": 7}\n
//!    time     │  │ offset name          octets
//!             │  direction; `*` a fact, `!` something wrong
//!             connection
//! ```

use std::collections::BTreeMap;
use std::time::Instant;

use super::forms::Form;
use super::part::{Part, mark};
use super::rows::{Ink, Widths, text_row, write_binary, write_text};
use crate::codec::text::visible;
use crate::event::{Direction, Event};
use crate::streams::Console;
use crate::view::stamp::Stamp;
use crate::view::style::{Meaning, Style};

/// A relative time: milliseconds with three decimals.
const RELATIVE: usize = 11;
/// A time of day with microseconds.
const ABSOLUTE: usize = 15;
/// The longest common name.
const NAME: usize = 13;
const OFFSET: usize = 6;
/// What a margin has beside the time and the connection: sign, offset, name, and blanks between them.
const COMMON: usize = 1 + 3 + OFFSET + 1 + NAME + 1;

/// Whether a row says what time it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Timing {
    /// It has a time of its own.
    Own(Instant),
    /// It belongs to the row above, unless another connection got between.
    Shared(Instant),
}

/// Where rows are written.
pub(super) struct Page {
    out: Console,
    style: Style,
    widths: Widths,
    ids: bool,
    stamp: Option<Stamp>,
    /// When each transfer began.
    began: BTreeMap<u32, Instant>,
    /// When the last one that told something began.
    origin: Option<Instant>,
    /// The connection of the last row.
    last: Option<u32>,
    text: Vec<u8>,
}

impl Page {
    /// An empty page; `columns` where the place has a width.
    pub(super) fn new(
        out: Console,
        style: Style,
        columns: Option<usize>,
        ids: bool,
        stamp: Option<Stamp>,
    ) -> Self {
        let time = if stamp.is_some() { ABSOLUTE } else { RELATIVE };
        let margin = COMMON.saturating_add(time).saturating_add(id_width(ids));
        Self {
            out,
            style,
            widths: columns.map_or(Widths::UNBOUNDED, |columns| {
                Widths::within(columns.saturating_sub(margin))
            }),
            ids,
            stamp,
            began: BTreeMap::new(),
            origin: None,
            last: None,
            text: Vec::new(),
        }
    }

    /// A transfer begins: its times count from here.
    pub(super) fn begin(&mut self, transfer: u32, at: Instant) {
        self.began.insert(transfer, at);
    }

    /// A transfer is over.
    pub(super) fn end(&mut self, transfer: u32) {
        self.began.remove(&transfer);
    }

    /// Hands over what has been written.
    pub(super) fn flush(&mut self) {
        if !self.text.is_empty() {
            self.out.tell(&self.text);
            self.text.clear();
        }
    }

    /// A sentence about what happened.
    pub(super) fn fact(&mut self, event: &Event<'_>, meaning: Meaning, sentence: &str) {
        let sign = if meaning == Meaning::Bad { '!' } else { '*' };
        self.margin(event, Timing::Own(event.at), sign, meaning);
        let sentence = visible(sentence.as_bytes());
        self.style
            .paint(meaning, sentence.as_bytes(), &mut self.text);
        self.text.push(b'\n');
    }

    /// A sentence about a place in a stream.
    pub(super) fn remark(
        &mut self,
        event: &Event<'_>,
        timing: Timing,
        (direction, offset): (Direction, u64),
        name: &str,
        sentence: &str,
    ) {
        let (sign, meaning) = mark(direction);
        self.margin(event, timing, sign, meaning);
        let row = format!("{offset:>OFFSET$} {name:NAME$} {sentence}");
        let row = row.trim_end().as_bytes();
        self.style.paint(Meaning::Aside, row, &mut self.text);
        self.text.push(b'\n');
    }

    /// A broken rule, at the place of the stream where it was broken.
    pub(super) fn violation(&mut self, event: &Event<'_>, offset: u64, sentence: &str) {
        self.margin(event, Timing::Shared(event.at), '!', Meaning::Bad);
        let row = format!("{offset:>OFFSET$} {:NAME$} {sentence}", "violation");
        self.style
            .paint(Meaning::Notable, row.as_bytes(), &mut self.text);
        self.text.push(b'\n');
    }

    /// Octets of one part and one form, in as many rows as they need.
    pub(super) fn octets(
        &mut self,
        event: &Event<'_>,
        (direction, mut offset): (Direction, u64),
        (mut part, form): (Part, Form),
        octets: &[u8],
    ) {
        const ENOUGH: usize = 64 * 1024;
        let (sign, meaning) = mark(direction);
        let mut rest = octets;
        let mut name = part.name(form);
        while !rest.is_empty() {
            let length = match form {
                Form::Text => text_row(rest, self.widths.text),
                Form::Binary => self.widths.binary,
            };
            let (row, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            self.margin(event, Timing::Shared(event.at), sign, meaning);
            self.place(offset, &name, meaning);
            self.row(part, form, row);
            offset = offset.saturating_add(row.len() as u64);
            rest = after;
            part = part.next_row();
            if form == Form::Text {
                // What goes on with the line above has no name of its own.
                let whole = row.ends_with(b"\n");
                name = if whole {
                    part.name(form)
                } else {
                    String::new()
                };
            }
            if self.text.len() > ENOUGH {
                self.flush();
            }
        }
    }

    fn place(&mut self, offset: u64, name: &str, meaning: Meaning) {
        let offset = format!("{offset:>OFFSET$} ");
        self.style
            .paint(Meaning::Aside, offset.as_bytes(), &mut self.text);
        self.style.paint(meaning, name.as_bytes(), &mut self.text);
        let pad = (NAME + 1).saturating_sub(name.len()).max(1);
        self.text.extend(std::iter::repeat_n(b' ', pad));
    }

    fn row(&mut self, part: Part, form: Form, octets: &[u8]) {
        match form {
            Form::Binary => {
                write_binary(octets, self.widths.binary, self.style, &mut self.text);
            }
            Form::Text => {
                let mut ink = Ink {
                    style: self.style,
                    plain: Some(Meaning::Name),
                    bare_line_feed: part.bare_line_feed(),
                };
                let (name, value) = octets.split_at(part.name_in(octets).min(octets.len()));
                write_text(name, ink, &mut self.text);
                ink.plain = part.meaning();
                write_text(value, ink, &mut self.text);
            }
        }
        self.text.push(b'\n');
    }

    /// Time, connection and sign.
    fn margin(&mut self, event: &Event<'_>, timing: Timing, sign: char, meaning: Meaning) {
        let time = match timing {
            Timing::Shared(_) if self.last == event.connection => {
                let width = if self.stamp.is_some() {
                    ABSOLUTE
                } else {
                    RELATIVE
                };
                " ".repeat(width)
            }
            Timing::Own(at) | Timing::Shared(at) => self.time(event.transfer, at),
        };
        self.last = event.connection;
        let id = match (self.ids, event.connection) {
            (true, Some(connection)) => format!("[{}-{connection}]", event.transfer),
            (true, None) => format!("[{}-x]", event.transfer),
            (false, Some(connection)) => format!("#{connection}"),
            (false, None) => String::new(),
        };
        let margin = format!("{time} {id:width$} ", width = id_width(self.ids));
        self.style
            .paint(Meaning::Aside, margin.as_bytes(), &mut self.text);
        let mut buffer = [0; 4];
        let sign = sign.encode_utf8(&mut buffer).as_bytes();
        self.style.paint(meaning, sign, &mut self.text);
        self.text.push(b' ');
    }

    fn time(&mut self, transfer: u32, at: Instant) -> String {
        if let Some(stamp) = &self.stamp {
            return stamp.of(at).strftime("%H:%M:%S.%6f").to_string();
        }
        // Kept connections say goodbye after all transfers are over.
        let known = self.began.get(&transfer).copied();
        let origin = known.or(self.origin).unwrap_or(at);
        self.origin = Some(origin);
        let since = at.saturating_duration_since(origin);
        format!("{:>8.3} ms", since.as_secs_f64() * 1000.0)
    }
}

/// `#0`, or `[0-0]` and room for more.
fn id_width(ids: bool) -> usize {
    if ids { 5 } else { 2 }
}
