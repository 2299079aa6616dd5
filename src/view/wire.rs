//! `--wire`: every octet sent or received, once, in order, with its meaning.
//!
//! Knows: which event becomes which rows. `talk` counts the streams of a connection, `part` names
//! what octets are, `forms` tells text from the rest, `rows` writes it so that it can be read back,
//! `body` holds content to a limit, `record` and `socks` know what is not HTTP, `fact` words what
//! happened around, and `page` lays it all out. Must not know: what is done next.
//!
//! The law: the octets shown of one direction of a connection, put together, are its stream. What
//! the limit leaves out is counted, and `--wire=all` leaves out nothing. Of TLS the records are
//! told, and what they carry is shown as a stream of its own.

mod body;
mod fact;
mod forms;
mod page;
mod part;
mod record;
mod rows;
mod socks;
mod talk;

use std::collections::BTreeMap;

use super::notices::columns;
use super::stamp::Stamp;
use super::style::Style;
use crate::clock::Clock;
use crate::environment::Environment;
use crate::event::{Bytes, Direction, Event, Happening, Interest, Layer, Observer};
use crate::http1::{Role, Violation};
use crate::plan::{Plan, WireLimit};
use crate::streams::Console;

use body::Body;
use forms::Form;
use page::{Page, Timing};
use part::{Part, count};
use record::is_application_data;
use socks::Socks;
use talk::{Side, Talk};

/// The wire, as it was.
pub struct Wire {
    page: Page,
    limit: WireLimit,
    talks: BTreeMap<u32, Talk>,
}

/// A piece of a stream.
#[derive(Clone, Copy)]
struct Piece<'p> {
    direction: Direction,
    layer: Layer,
    role: Role,
    octets: &'p [u8],
}

impl Wire {
    /// The view that this plan asks for, if it asks for it.
    pub fn new(
        plan: &Plan,
        environment: &Environment,
        stderr: &Console,
        clock: &dyn Clock,
    ) -> Option<Self> {
        let global = &plan.global;
        let limit = global.inspect.wire?;
        let style = Style::of_stderr(global, environment);
        let columns = style.terminal.then(|| columns(environment));
        let ids = global.trace_ids || global.parallel.is_some();
        let stamp = global.trace_time.then(|| Stamp::local(clock, environment));
        Some(Self {
            page: Page::new(stderr.clone(), style, columns, ids, stamp),
            limit,
            talks: BTreeMap::new(),
        })
    }

    fn batch(&mut self, event: &Event<'_>, direction: Direction, layer: Layer, octets: u64) {
        let Some(talk) = talk(&mut self.talks, event, self.limit) else {
            return;
        };
        let depth = talk.depth(layer);
        let side = talk.side(direction);
        let offset = side.pass(depth, octets);
        if let Some(passed_over) = side.body.passing_over() {
            if depth == 0 {
                passed_over.batch(event.at);
            }
            return;
        }
        let (name, timing) = match depth {
            0 => (batch_name(direction), Timing::Own(event.at)),
            // It went or came with the records above.
            _ => ("in TLS", Timing::Shared(event.at)),
        };
        let octets = count(octets, "octet");
        self.page
            .remark(event, timing, (direction, offset), name, &octets);
    }

    fn piece(&mut self, event: &Event<'_>, piece: Piece<'_>) {
        let Some(talk) = talk(&mut self.talks, event, self.limit) else {
            return;
        };
        let Piece {
            direction,
            layer,
            role,
            octets,
        } = piece;
        let depth = talk.depth(layer);
        let length = octets.len() as u64;
        let part = match role {
            Role::Handshake if !octets.starts_with(b"PROXY ") => {
                Part::Socks(talk.socks.name(direction, octets))
            }
            role => Part::of(role, octets),
        };
        if part == Part::RequestLine {
            talk.answer = talk.side(Direction::In).tell(depth, 0);
        }
        let side = talk.side(direction);
        let offset = side.tell(depth, length);
        if passes_over(side, part, piece) {
            return;
        }
        let place = (direction, offset);
        if part.is_limited() && role != Role::TlsRecord {
            return content(&mut self.page, side, event, place, part, octets);
        }
        settle(&mut self.page, side, event, direction);
        if role == Role::TlsRecord {
            let name = match layer {
                Layer::ProxyTls => "proxy TLS",
                _ => "TLS record",
            };
            let sentence = side.describe(depth, octets);
            let timing = Timing::Shared(event.at);
            return self.page.remark(event, timing, place, name, &sentence);
        }
        if matches!(part, Part::RequestLine | Part::StatusLine(_)) {
            side.body = Body::new(self.limit);
        }
        let form = match part {
            Part::Socks(_) => Form::Binary,
            _ => Form::Text,
        };
        self.page.octets(event, place, (part, form), octets);
    }

    /// Octets that nobody looked at; this view asks that there be none.
    fn counted(&mut self, event: &Event<'_>, direction: Direction, layer: Layer, count: u64) {
        if let Some(talk) = talk(&mut self.talks, event, self.limit) {
            let depth = talk.depth(layer);
            let side = talk.side(direction);
            let offset = side.tell(depth, count);
            side.body.pass_over(offset, count, event.at);
        }
    }

    fn violated(&mut self, event: &Event<'_>, violation: &Violation) {
        self.settle(event);
        let answer = event
            .connection
            .and_then(|connection| self.talks.get(&connection))
            .map_or(0, |talk| talk.answer);
        let row = violation.rule.row();
        let sentence = format!("{} ({})", row.sentence, row.section);
        let at = answer.saturating_add(violation.at);
        self.page.violation(event, at, &sentence);
    }

    fn stream_ended(&mut self, event: &Event<'_>) {
        self.settle(event);
        let Some(talk) = talk(&mut self.talks, event, self.limit) else {
            return;
        };
        let depth = talk.depth(Layer::Http);
        let offset = talk.side(Direction::In).pass(depth, 0);
        let place = (Direction::In, offset);
        let timing = Timing::Own(event.at);
        self.page.remark(event, timing, place, "end of stream", "");
    }

    fn fact(&mut self, event: &Event<'_>) {
        let Some(fact) = fact::of(&event.what) else {
            return;
        };
        self.settle(event);
        let connection = event.connection.filter(|_| fact.of_connection);
        let event = Event {
            connection,
            what: Happening::Tick,
            ..*event
        };
        self.page.fact(&event, fact.meaning, &fact.sentence);
    }

    /// Tells what was passed over on the connection of an event.
    fn settle(&mut self, event: &Event<'_>) {
        if let Some(talk) = talk(&mut self.talks, event, self.limit) {
            for direction in [Direction::Out, Direction::In] {
                settle(&mut self.page, talk.side(direction), event, direction);
            }
        }
    }

    /// What an event changes in what is known of connections.
    fn note(&mut self, event: &Event<'_>) {
        match &event.what {
            Happening::Started { .. } => self.page.begin(event.transfer, event.at),
            Happening::Securing { .. } => {
                if let Some(talk) = talk(&mut self.talks, event, self.limit) {
                    talk.sessions = talk.sessions.saturating_add(1);
                }
            }
            Happening::SocksEstablished { .. } => {
                if let Some(talk) = talk(&mut self.talks, event, self.limit) {
                    talk.socks = Socks::default();
                }
            }
            // What TLS says at the end comes after this.
            Happening::Ended { .. } => {
                if let Some(talk) = talk(&mut self.talks, event, self.limit) {
                    talk.ended_by = Some(event.transfer);
                }
            }
            Happening::Finished { .. } => {
                self.page.end(event.transfer);
                self.talks
                    .retain(|_, talk| talk.ended_by != Some(event.transfer));
            }
            _ => {}
        }
    }
}

/// The connection of an event. What has none, such as a file, has no wire.
fn talk<'t>(
    talks: &'t mut BTreeMap<u32, Talk>,
    event: &Event<'_>,
    limit: WireLimit,
) -> Option<&'t mut Talk> {
    let connection = event.connection?;
    Some(talks.entry(connection).or_insert_with(|| Talk::new(limit)))
}

/// The frame of what is passed over is passed over with it.
fn passes_over(side: &mut Side, part: Part, piece: Piece<'_>) -> bool {
    let Some(passed_over) = side.body.passing_over() else {
        return false;
    };
    let octets = piece.octets.len() as u64;
    match part {
        Part::Chunk(_) => passed_over.framing(1, octets),
        Part::ChunkEnd => passed_over.framing(0, octets),
        _ if piece.role == Role::TlsRecord && is_application_data(piece.octets) => {
            passed_over.record();
        }
        _ => return false,
    }
    true
}

/// Content, so far as the limit goes.
fn content(
    page: &mut Page,
    side: &mut Side,
    event: &Event<'_>,
    (direction, mut offset): (Direction, u64),
    part: Part,
    octets: &[u8],
) {
    let mut rest = octets;
    while !rest.is_empty() {
        let cut = side.body.cut(rest);
        if !cut.shown.is_empty() {
            settle(page, side, event, direction);
            page.octets(event, (direction, offset), (part, cut.form), cut.shown);
        }
        offset = offset.saturating_add(cut.shown.len() as u64);
        if cut.not_shown > 0 {
            side.body.pass_over(offset, cut.not_shown, event.at);
        }
        offset = offset.saturating_add(cut.not_shown);
        rest = cut.rest;
    }
}

/// Tells what was passed over in this direction.
fn settle(page: &mut Page, side: &mut Side, event: &Event<'_>, direction: Direction) {
    if let Some(passed_over) = side.body.take_passed_over() {
        let place = (direction, passed_over.offset);
        let sentence = passed_over.sentence(batch_name(direction));
        let timing = Timing::Own(passed_over.at);
        page.remark(event, timing, place, "not shown", &sentence);
    }
}

fn batch_name(direction: Direction) -> &'static str {
    match direction {
        Direction::Out => "write",
        Direction::In => "read",
    }
}

impl Observer for Wire {
    fn observe(&mut self, event: &Event<'_>) {
        match &event.what {
            Happening::Batch {
                direction,
                layer,
                bytes,
            } => self.batch(event, *direction, *layer, *bytes as u64),
            Happening::Piece {
                direction,
                layer,
                role,
                bytes: Bytes::Seen(octets),
            } => self.piece(
                event,
                Piece {
                    direction: *direction,
                    layer: *layer,
                    role: *role,
                    octets,
                },
            ),
            Happening::Piece {
                direction,
                layer,
                bytes: Bytes::Counted(count),
                ..
            } => self.counted(event, *direction, *layer, *count),
            Happening::Violated { violation } => self.violated(event, violation),
            Happening::StreamEnded => self.stream_ended(event),
            _ => self.fact(event),
        }
        self.note(event);
        self.page.flush();
    }

    fn wants(&self) -> Interest {
        Interest {
            content: true,
            tls: true,
            records: true,
            handshakes: true,
            ticks: false,
        }
    }
}
