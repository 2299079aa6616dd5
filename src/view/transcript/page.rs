//! A record as it is read and committed: one line for each line of the wire.
//!
//! Knows: what begins each kind of line, what becomes of a content, and in which order all of it
//! stands. Must not know: files, or what varies.
//!
//! | line | is |
//! |---|---|
//! | `* ` | a request to come, or a fact |
//! | `> `, `< ` | a line sent, a line received; after an empty one, content |
//! | `} `, `{ ` | what is said of octets sent or received in place of showing them |
//! | `! ` | a failure |

use super::content::{self, Shown};
use super::masks::Masks;
use super::record::{Exchange, Hop, Message, Record, Step, Transfer, Why};
use crate::codec::json::Form;
use crate::codec::text::visible;
use crate::event::Direction;
use crate::http1::Role;
use crate::view::redact::{self, Filter, Secrets};

/// What becomes of secrets.
pub(super) enum Redaction {
    /// They have marks.
    Marks(Box<Secrets>),
    /// They stand as they are.
    Nothing,
}

/// A page being written.
pub(super) struct Page<'p> {
    masks: Masks<'p>,
    redaction: Redaction,
    text: String,
}

impl<'p> Page<'p> {
    /// The normal form of what was recorded.
    pub(super) fn of(record: &Record, masks: Masks<'p>, redaction: Redaction) -> String {
        let mut page = Self {
            masks,
            redaction,
            text: String::new(),
        };
        for transfer in record.transfers.values() {
            page.transfer(transfer);
        }
        page.more(record.more_transfers, "transfer");
        page.masks.settled(&page.text)
    }

    fn transfer(&mut self, transfer: &Transfer) {
        for hop in &transfer.hops {
            self.hop(hop);
        }
        self.more(transfer.more_requests, "request");
        if let Some(failure) = &transfer.failure {
            self.title(&transfer.url);
            self.failure(failure);
        }
    }

    fn hop(&mut self, hop: &Hop) {
        let request = format!("{} {}", hop.method, hop.url);
        let request = request.trim_start();
        self.title(&match &hop.why {
            Why::Asked => request.to_owned(),
            Why::Redirected => format!("redirected: {request}"),
            Why::Again => format!("once more: {request}"),
            Why::Retried(problem) => format!("tried again after {problem}: {request}"),
        });
        for step in &hop.steps {
            match step {
                Step::Fact(fact) => self.fact(fact),
                Step::Exchange(exchange) => self.exchange(exchange),
                Step::Failure(failure) => self.failure(failure),
            }
        }
    }

    /// Says how many there was no room for.
    fn more(&mut self, count: u32, what: &str) {
        let ending = if count == 1 { "" } else { "s" };
        if count > 0 {
            self.title(&format!("{count} more {what}{ending}"));
        }
    }

    /// Begins a hop, behind an empty line.
    fn title(&mut self, title: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.fact(title);
    }

    fn fact(&mut self, fact: &str) {
        let fact = self.words(fact);
        let fact = self.masks.text(&visible(fact.as_bytes()));
        self.put("*", &fact);
    }

    fn failure(&mut self, failure: &str) {
        for line in self.words(failure).lines() {
            let line = format!("rcurl: {}", visible(line.as_bytes()));
            let line = self.masks.failure(&line);
            self.put("!", &line);
        }
    }

    fn words(&mut self, words: &str) -> String {
        match &mut self.redaction {
            Redaction::Marks(secrets) => redact::words(words, secrets),
            Redaction::Nothing => words.to_owned(),
        }
    }

    fn put(&mut self, mark: &str, line: &str) {
        self.text.push_str(mark);
        if !line.is_empty() {
            self.text.push(' ');
            self.text.push_str(line);
        }
        self.text.push('\n');
    }

    fn exchange(&mut self, exchange: &Exchange) {
        let request = &exchange.request;
        let mut head = self.head(Direction::Out, request);
        let mut leave = Lines::new();
        for interim in &exchange.leave {
            leave.extend(self.message(Direction::In, interim));
        }
        let body = if exchange.sent || request.body.is_none() {
            self.body(Direction::Out, request)
        } else {
            Shape::said("}", "[content sent in part]")
        };
        self.vary(&mut head, &body);
        self.put_all(head);
        self.put_all(leave);
        if exchange.impatient {
            self.fact("the content goes without 100 Continue");
        }
        self.put_all(body.lines);
        for response in &exchange.responses {
            let lines = self.message(Direction::In, response);
            self.put_all(lines);
        }
        for (section, sentence) in &exchange.violations {
            self.fact(&format!("against {section}: {sentence}"));
        }
    }

    fn message(&mut self, direction: Direction, message: &Message) -> Lines {
        let mut lines = self.head(direction, message);
        let body = self.body(direction, message);
        self.vary(&mut lines, &body);
        lines.extend(body.lines);
        let (quoted, said) = marks(direction);
        if !message.trailers.is_empty() {
            lines.push((said, "[trailers]".to_owned()));
        }
        for line in whole_lines(&message.trailers) {
            let shown = self.head_lines(Role::TrailerLine, line);
            lines.extend(shown.into_iter().map(|line| (quoted, line)));
        }
        if message.stray {
            lines.push((said, "[bytes that belong to no message]".to_owned()));
        }
        lines
    }

    fn head(&mut self, direction: Direction, message: &Message) -> Lines {
        let (quoted, _) = marks(direction);
        let mut lines = Lines::new();
        for (index, line) in whole_lines(&message.head).into_iter().enumerate() {
            let role = match (index, direction) {
                (0, Direction::Out) => Role::RequestLine,
                (0, Direction::In) => Role::StatusLine,
                _ => Role::FieldLine,
            };
            let shown = self.head_lines(role, line);
            lines.extend(shown.into_iter().map(|line| (quoted, line)));
        }
        if message.whole {
            lines.push((quoted, String::new()));
        }
        lines
    }

    /// A start line, or a field on as many lines as it came on.
    fn head_lines(&mut self, role: Role, field: &[u8]) -> Vec<String> {
        let field = match &mut self.redaction {
            Redaction::Marks(secrets) => redact::line(role, field, secrets),
            Redaction::Nothing => field.to_vec(),
        };
        let is_field = matches!(role, Role::FieldLine | Role::TrailerLine);
        let lines = field.split_inclusive(|&octet| octet == b'\n').enumerate();
        lines
            .map(|(index, line)| {
                let line = line.strip_suffix(b"\n").unwrap_or(line);
                let line = visible(line.strip_suffix(b"\r").unwrap_or(line));
                if index == 0 && is_field {
                    self.masks.field(&line)
                } else {
                    self.masks.text(&line)
                }
            })
            .collect()
    }

    /// What is told of a content that varies varies with it.
    fn vary(&mut self, head: &mut Lines, body: &Shape) {
        if !body.varies {
            return;
        }
        for (_, line) in head {
            if let Some(masked) = self.masks.field_of_content(line) {
                *line = masked;
            }
        }
    }

    fn body(&mut self, direction: Direction, message: &Message) -> Shape {
        let mut shape = Shape {
            varies: message.is_coded(),
            ..Shape::default()
        };
        let Some(body) = &message.body else {
            return shape;
        };
        let (_, said) = marks(direction);
        if body.hidden() > 0 {
            shape.lines.push((
                said,
                format!("[{} bytes that nobody looked at]", body.hidden()),
            ));
        }
        let content = body.content();
        if let Some(codings) = content.undone {
            shape.lines.push((said, format!("[{codings} undone]")));
        }
        match content.octets.held() {
            Some(octets) => self.show(direction, octets, &body.media_type, &mut shape),
            None if body.is_multipart() => {
                shape
                    .lines
                    .push((said, format!("[{} bytes]", content.octets.length)));
            }
            None => {
                let line = content::said(content.octets.length, &content.octets.hash());
                shape.lines.push((said, self.masks.text(&line)));
            }
        }
        shape
    }

    /// The lines of a content that is at hand.
    fn show(&mut self, direction: Direction, octets: &[u8], media_type: &[u8], shape: &mut Shape) {
        let (quoted, said) = marks(direction);
        let marked = self.redacted(octets, media_type);
        let marked = match Form::of(media_type) {
            Some(form) => self.masks.json(&marked, form),
            // A hash would not show what of it is known.
            None if !content::is_text(&marked, media_type) => self.masks.known(marked),
            None => marked,
        };
        shape.varies |= marked != octets;
        for line in content::lines(&marked, media_type) {
            let (mark, line) = match line {
                Shown::Line(line) => (quoted, visible(&line).into_owned()),
                Shown::Said(line) => (said, line),
            };
            let shown = self.masks.text(&line);
            shape.varies |= shown != line;
            shape.lines.push((mark, shown));
        }
    }

    fn redacted(&mut self, octets: &[u8], media_type: &[u8]) -> Vec<u8> {
        let Redaction::Marks(secrets) = &mut self.redaction else {
            return octets.to_vec();
        };
        let mut filter = Filter::new(media_type);
        let mut out = Vec::with_capacity(octets.len());
        filter.push(octets, secrets, &mut out);
        filter.finish(secrets, &mut out);
        out
    }

    fn put_all(&mut self, lines: Lines) {
        for (mark, line) in lines {
            self.put(mark, &line);
        }
    }
}

/// What begins a line, and the line.
type Lines = Vec<(&'static str, String)>;

/// A content in lines.
#[derive(Default)]
struct Shape {
    lines: Lines,
    /// Some of it is another one in each run, and so is its length.
    varies: bool,
}

impl Shape {
    fn said(mark: &'static str, what: &str) -> Self {
        Self {
            lines: vec![(mark, what.to_owned())],
            varies: false,
        }
    }
}

/// The lines of a head, each with those that it goes on over (RFC 9112, 5.2).
fn whole_lines(head: &[u8]) -> Vec<&[u8]> {
    let mut lines = Vec::new();
    let (mut start, mut end) = (0, 0);
    for line in head.split_inclusive(|&octet| octet == b'\n') {
        let goes_on = matches!(line.first(), Some(b' ' | b'\t'));
        if end > start && !goes_on {
            lines.extend(head.get(start..end));
            start = end;
        }
        end = end.saturating_add(line.len());
    }
    lines.extend(head.get(start..end).filter(|line| !line.is_empty()));
    lines
}

/// What begins a line that came so, and one that is said of octets.
fn marks(direction: Direction) -> (&'static str, &'static str) {
    match direction {
        Direction::Out => (">", "}"),
        Direction::In => ("<", "{"),
    }
}
