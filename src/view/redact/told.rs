//! A view that is told no secret.
//!
//! Knows: in which events secrets stand, and what is told in place of them. Must not know: what the
//! view makes of its events. What cannot be looked into, content that is coded, is told by its length
//! alone.

use std::collections::BTreeMap;

use super::content::Filter;
use super::line;
use super::secrets::Secrets;
use crate::codec::content;
use crate::error::Exit;
use crate::event::{Bytes, Direction, Event, Happening, Interest, Layer, Observer};
use crate::http1::{Role, parse_field_line};

/// A view, and between it and the stream what hides secrets.
pub struct Redacted<V> {
    view: V,
    secrets: Secrets,
    flows: BTreeMap<(u32, Direction), Flow>,
}

/// One direction of one transfer.
#[derive(Default)]
struct Flow {
    media_type: Vec<u8>,
    coded: bool,
    /// Content that is yet to come, where its length is known.
    left: Option<u64>,
    content: Option<(Layer, Filter)>,
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

    fn tell(&mut self, event: &Event<'_>, what: Happening<'_>) {
        self.view.observe(&Event { what, ..*event });
    }

    fn piece(
        &mut self,
        event: &Event<'_>,
        direction: Direction,
        layer: Layer,
        role: Role,
        octets: &[u8],
    ) {
        if role == Role::Content {
            return self.content(event, direction, layer, octets);
        }
        if ends_content(role, octets) {
            self.settle(event, direction);
        }
        let is_line = matches!(
            role,
            Role::RequestLine | Role::StatusLine | Role::FieldLine | Role::TrailerLine
        );
        let shown = if is_line {
            line(role, octets, &mut self.secrets)
        } else {
            octets.to_vec()
        };
        let flow = self.flows.entry((event.transfer, direction)).or_default();
        flow.hear(role, octets);
        let bytes = Bytes::Seen(&shown);
        self.tell(
            event,
            Happening::Piece {
                direction,
                layer,
                role,
                bytes,
            },
        );
    }

    fn content(&mut self, event: &Event<'_>, direction: Direction, layer: Layer, octets: &[u8]) {
        let flow = self.flows.entry((event.transfer, direction)).or_default();
        let role = Role::Content;
        if flow.coded {
            let bytes = Bytes::Counted(octets.len() as u64);
            return self.tell(
                event,
                Happening::Piece {
                    direction,
                    layer,
                    role,
                    bytes,
                },
            );
        }
        let media_type = &flow.media_type;
        let (_, filter) = flow
            .content
            .get_or_insert_with(|| (layer, Filter::new(media_type)));
        let mut shown = Vec::with_capacity(octets.len());
        filter.push(octets, &mut self.secrets, &mut shown);
        flow.left = flow
            .left
            .map(|left| left.saturating_sub(octets.len() as u64));
        let whole = flow.left == Some(0);
        self.tell_content(event, direction, layer, &shown);
        if whole {
            self.settle(event, direction);
        }
    }

    /// Content is over: what of it was held back is told.
    fn settle(&mut self, event: &Event<'_>, direction: Direction) {
        let flow = self.flows.get_mut(&(event.transfer, direction));
        if let Some((layer, mut filter)) = flow.and_then(|flow| flow.content.take()) {
            let mut shown = Vec::new();
            filter.finish(&mut self.secrets, &mut shown);
            self.tell_content(event, direction, layer, &shown);
        }
    }

    fn tell_content(
        &mut self,
        event: &Event<'_>,
        direction: Direction,
        layer: Layer,
        shown: &[u8],
    ) {
        if !shown.is_empty() {
            let (role, bytes) = (Role::Content, Bytes::Seen(shown));
            self.tell(
                event,
                Happening::Piece {
                    direction,
                    layer,
                    role,
                    bytes,
                },
            );
        }
    }

    /// Everything but octets: URLs, heads, sentences.
    fn fact(&mut self, event: &Event<'_>) {
        let Self { view, secrets, .. } = self;
        event.what.reworded(secrets, |what| {
            view.observe(&Event { what, ..*event });
        });
    }
}

impl Flow {
    /// Takes note of a part of a message, as it came.
    fn hear(&mut self, role: Role, came: &[u8]) {
        match role {
            Role::RequestLine | Role::StatusLine => *self = Self::default(),
            Role::FieldLine => {}
            _ => return,
        }
        let Some(field) = parse_field_line(came).filter(|_| role == Role::FieldLine) else {
            return;
        };
        if field.is("Content-Type") {
            self.media_type = field.value.into_owned();
        } else if field.is("Content-Length") {
            let digits = std::str::from_utf8(&field.value).ok();
            self.left = digits.and_then(|digits| digits.parse().ok());
        } else if field.is("Content-Encoding") {
            self.coded |= content::is_coded(&field.value);
        }
    }
}

/// Whether content ends before this part at the latest.
fn ends_content(role: Role, octets: &[u8]) -> bool {
    let last_chunk = || {
        let size = octets.iter().take_while(|octet| octet.is_ascii_hexdigit());
        size.clone().count() > 0 && size.copied().all(|digit| digit == b'0')
    };
    match role {
        Role::Content | Role::ChunkEnd => false,
        Role::ChunkSize => last_chunk(),
        _ => true,
    }
}

impl<V: Observer> Observer for Redacted<V> {
    fn observe(&mut self, event: &Event<'_>) {
        match &event.what {
            Happening::Piece {
                direction,
                layer: layer @ (Layer::Http | Layer::Tunnel),
                role,
                bytes: Bytes::Seen(octets),
            } => self.piece(event, *direction, *layer, *role, octets),
            what => {
                if let Happening::RequestSent { .. }
                | Happening::Exchanged
                | Happening::Finished { .. } = what
                {
                    self.settle(event, Direction::Out);
                }
                if let Happening::Exchanged | Happening::Finished { .. } = what {
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
