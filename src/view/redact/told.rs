//! A view that is told no secret.
//!
//! Knows: in which events secrets stand, and what is told in place of them. Must not know: what the
//! view makes of its events. What cannot be looked into, content that is coded, is told by its length
//! alone.

use std::collections::BTreeMap;

use super::content::Filter;
use super::leftover::Leftover;
use super::line;
use super::message::Message;
use super::secrets::Secrets;
use crate::error::Exit;
use crate::event::{Bytes, Direction, Event, Happening, Interest, Layer, Observer};
use crate::http1::Role;

/// A view, and between it and the stream what hides secrets.
pub struct Redacted<V> {
    view: V,
    secrets: Secrets,
    flows: BTreeMap<(u32, Direction), Flow>,
}

/// Where octets stand.
#[derive(Clone, Copy)]
struct Place {
    direction: Direction,
    layer: Layer,
    role: Role,
}

/// One direction of one transfer.
#[derive(Default)]
struct Flow {
    message: Message,
    /// Content that is yet to come, where its length is known.
    left: Option<u64>,
    content: Option<(Layer, Filter)>,
    leftover: Option<(Layer, Role, Leftover)>,
}

impl<V: Observer> Redacted<V> {
    /// The same view, told no secret.
    pub fn new(view: V) -> Self {
        Self {
            view,
            secrets: Secrets::default(),
            flows: BTreeMap::new(),
        }
    }

    fn piece(&mut self, event: &Event<'_>, place: Place, octets: &[u8]) {
        if ends_content(place.role, octets) {
            self.settle(event, place.direction);
        }
        let secrets = &mut self.secrets;
        let shown = match place.role {
            Role::Content => return self.content(event, place, octets),
            Role::Stray | Role::Unread => return self.leftover(event, place, octets),
            Role::RequestLine
            | Role::StatusLine
            | Role::FieldLine
            | Role::ChunkSize
            | Role::TrailerLine => line(place.role, octets, secrets),
            Role::Handshake if place.direction == Direction::Out => login(octets, secrets),
            // An answer, an end of a line, or encrypted.
            Role::Handshake
            | Role::HeadEnd
            | Role::ChunkEnd
            | Role::MessageEnd
            | Role::TlsRecord => octets.to_vec(),
        };
        let flow = self.flow(event, place.direction);
        flow.message.hear(place.role, octets);
        if place.role == Role::HeadEnd {
            flow.left = flow.message.length;
        }
        self.tell_octets(event, place, Bytes::Seen(&shown));
    }

    fn flow(&mut self, event: &Event<'_>, direction: Direction) -> &mut Flow {
        self.flows.entry((event.transfer, direction)).or_default()
    }

    fn content(&mut self, event: &Event<'_>, place: Place, octets: &[u8]) {
        let flow = self.flows.entry((event.transfer, place.direction));
        let flow = flow.or_default();
        flow.message.hear(place.role, octets);
        if !flow.message.is_legible() {
            let count = octets.len() as u64;
            return self.tell_octets(event, place, Bytes::Counted(count));
        }
        let Flow {
            message, content, ..
        } = flow;
        let (_, filter) = content.get_or_insert_with(|| (place.layer, message.filter()));
        let mut shown = Vec::with_capacity(octets.len());
        filter.push(octets, &mut self.secrets, &mut shown);
        flow.left = flow
            .left
            .map(|left| left.saturating_sub(octets.len() as u64));
        let whole = flow.left == Some(0);
        self.tell_octets(event, place, Bytes::Seen(&shown));
        if whole {
            self.settle(event, place.direction);
        }
    }

    /// What was not read as a part of a message.
    fn leftover(&mut self, event: &Event<'_>, place: Place, octets: &[u8]) {
        let flow = self.flow(event, place.direction);
        let other = |(layer, role, _): &(Layer, Role, Leftover)| {
            (*layer, *role) != (place.layer, place.role)
        };
        if flow.content.is_some() || flow.leftover.as_ref().is_some_and(other) {
            self.settle(event, place.direction);
        }
        let flow = self.flows.entry((event.transfer, place.direction));
        let flow = flow.or_default();
        let (_, _, leftover) = flow.leftover.get_or_insert_with(|| {
            let message = std::mem::replace(&mut flow.message, Message::over());
            let leftover = Leftover::new(message, octets);
            (place.layer, place.role, leftover)
        });
        let told = leftover.push(octets, &mut self.secrets);
        self.tell_octets(event, place, Bytes::Seen(&told.shown));
        self.tell_octets(event, place, Bytes::Counted(told.hidden));
    }

    /// What of content or of a leftover was held back is told: it is over.
    fn settle(&mut self, event: &Event<'_>, direction: Direction) {
        let Some(flow) = self.flows.get_mut(&(event.transfer, direction)) else {
            return;
        };
        let (content, leftover) = (flow.content.take(), flow.leftover.take());
        let held = content.map(|(layer, mut filter)| {
            let mut shown = Vec::new();
            filter.finish(&mut self.secrets, &mut shown);
            (layer, Role::Content, shown)
        });
        let rest = leftover
            .map(|(layer, role, mut leftover)| (layer, role, leftover.finish(&mut self.secrets)));
        for (layer, role, shown) in held.into_iter().chain(rest) {
            let place = Place {
                direction,
                layer,
                role,
            };
            self.tell_octets(event, place, Bytes::Seen(&shown));
        }
    }

    fn tell_octets(&mut self, event: &Event<'_>, place: Place, bytes: Bytes<'_>) {
        if bytes.count() == 0 {
            return;
        }
        let Place {
            direction,
            layer,
            role,
        } = place;
        let what = Happening::Piece {
            direction,
            layer,
            role,
            bytes,
        };
        self.view.observe(&Event { what, ..*event });
    }

    /// Everything but octets: URLs, heads, sentences.
    fn fact(&mut self, event: &Event<'_>) {
        let Self { view, secrets, .. } = self;
        event.what.reworded(secrets, |what| {
            view.observe(&Event { what, ..*event });
        });
    }
}

/// What is said to a SOCKS proxy. Where that is who asks (RFC 1929, 2), the version and a mark stand
/// for all of it.
fn login(octets: &[u8], secrets: &mut Secrets) -> Vec<u8> {
    let [version @ 1, length, names @ ..] = octets else {
        return octets.to_vec();
    };
    let user = usize::from(*length).saturating_add(1);
    let password = names.get(user..).filter(|password| !password.is_empty());
    let mark = secrets.mark(password.unwrap_or(names));
    [&[*version], &*mark].concat()
}

/// Whether content ends before this part at the latest.
fn ends_content(role: Role, octets: &[u8]) -> bool {
    let last_chunk = || {
        let size = octets.iter().take_while(|octet| octet.is_ascii_hexdigit());
        size.clone().count() > 0 && size.copied().all(|digit| digit == b'0')
    };
    match role {
        // A leftover ends content by itself, and goes on over many pieces.
        Role::Content
        | Role::ChunkEnd
        | Role::Handshake
        | Role::TlsRecord
        | Role::Stray
        | Role::Unread => false,
        Role::ChunkSize => last_chunk(),
        Role::RequestLine
        | Role::StatusLine
        | Role::FieldLine
        | Role::HeadEnd
        | Role::TrailerLine
        | Role::MessageEnd => true,
    }
}

impl<V: Observer> Observer for Redacted<V> {
    fn observe(&mut self, event: &Event<'_>) {
        match &event.what {
            &Happening::Piece {
                direction,
                layer,
                role,
                bytes: Bytes::Seen(octets),
            } => {
                let place = Place {
                    direction,
                    layer,
                    role,
                };
                self.piece(event, place, octets);
            }
            what => {
                if let Happening::RequestSent { .. }
                | Happening::Exchanged
                | Happening::Finished { .. } = what
                {
                    self.settle(event, Direction::Out);
                }
                if let Happening::Exchanged | Happening::Ended { .. } | Happening::Finished { .. } =
                    what
                {
                    self.settle(event, Direction::In);
                }
                self.fact(event);
            }
        }
        if let Happening::Finished { .. } = event.what {
            self.flows
                .retain(|(transfer, _), _| *transfer != event.transfer);
        }
    }

    fn wants(&self) -> Interest {
        self.view.wants()
    }

    fn conclude(&mut self) -> Exit {
        self.view.conclude()
    }
}
