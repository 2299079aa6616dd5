//! A view that is told no secret.
//!
//! Knows: in which events secrets stand, and what is told in place of them. Must not know: what the
//! view makes of its events. What cannot be looked into, content that is coded, is told by its length
//! alone.

use std::collections::BTreeMap;

use super::content::Filter;
use super::secrets::Secrets;
use super::{line, words};
use crate::codec::content;
use crate::error::{Error, Exit};
use crate::event::{Bytes, Direction, Event, Happening, Interest, Layer, Observer};
use crate::http1::{Head, Role, parse_field_line};
use crate::target::Target;

/// A view, and between it and the stream what hides secrets.
pub struct Redacted<V> {
    view: V,
    secrets: Secrets,
    flows: BTreeMap<(u32, Direction), Flow>,
}

/// One direction of one transfer.
#[derive(Default)]
struct Flow {
    /// The head so far, as it is told on.
    head: Vec<u8>,
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
        flow.hear(role, octets, &shown);
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
        let secrets = &mut self.secrets;
        match &event.what {
            Happening::Started {
                url,
                number,
                operation,
            } => {
                let (url, number, operation) = (&words(url, secrets), *number, *operation);
                self.tell(
                    event,
                    Happening::Started {
                        url,
                        number,
                        operation,
                    },
                );
            }
            Happening::Requesting {
                target,
                method,
                by_proxy,
            } => {
                let (target, by_proxy) = (&without_secrets(target, secrets), *by_proxy);
                self.tell(
                    event,
                    Happening::Requesting {
                        target,
                        method,
                        by_proxy,
                    },
                );
            }
            Happening::Following { target, redirect } => {
                let (target, redirect) = (&without_secrets(target, secrets), *redirect);
                self.tell(event, Happening::Following { target, redirect });
            }
            Happening::Upgraded { target } => {
                let target = &without_secrets(target, secrets);
                self.tell(event, Happening::Upgraded { target });
            }
            Happening::NotFollowed { url } => {
                let url = &words(url, secrets);
                self.tell(event, Happening::NotFollowed { url });
            }
            Happening::HeadReceived { .. } => self.head(event),
            _ => self.sentence(event),
        }
    }

    /// The head as its lines were told.
    fn head(&mut self, event: &Event<'_>) {
        let flow = self.flows.get(&(event.transfer, Direction::In));
        let octets = flow.map(|flow| [&*flow.head, b"\r\n"].concat());
        match octets.map(|octets| Head::parse(&octets)) {
            Some(Ok(head)) => self.tell(event, Happening::HeadReceived { head: &head }),
            _ => self.view.observe(event),
        }
    }

    fn sentence(&mut self, event: &Event<'_>) {
        let secrets = &mut self.secrets;
        match &event.what {
            Happening::CookieHeard { outcome } => {
                let outcome = &cookie(outcome, secrets);
                self.tell(event, Happening::CookieHeard { outcome });
            }
            Happening::AuthenticationRemark { remark } => {
                let remark = &words(remark, secrets);
                self.tell(event, Happening::AuthenticationRemark { remark });
            }
            Happening::Signing { remark } => {
                let remark = &words(remark, secrets);
                self.tell(event, Happening::Signing { remark });
            }
            Happening::OriginRemark { remark } => {
                let remark = &words(remark, secrets);
                self.tell(event, Happening::OriginRemark { remark });
            }
            Happening::Warned { text } => {
                let text = &words(text, secrets);
                self.tell(event, Happening::Warned { text });
            }
            Happening::Noted { text } => {
                let text = &words(text, secrets);
                self.tell(event, Happening::Noted { text });
            }
            Happening::Failed { error } => {
                let error = &Error::new(error.exit, words(&error.message, secrets));
                self.tell(event, Happening::Failed { error });
            }
            Happening::Finished {
                outcome: Err(error),
            } => {
                let error = &Error::new(error.exit, words(&error.message, secrets));
                self.tell(
                    event,
                    Happening::Finished {
                        outcome: Err(error),
                    },
                );
            }
            _ => self.view.observe(event),
        }
    }
}

impl Flow {
    /// Takes note of a part of a message, as it came and as it is told on.
    fn hear(&mut self, role: Role, came: &[u8], shown: &[u8]) {
        match role {
            Role::RequestLine | Role::StatusLine => *self = Self::default(),
            Role::FieldLine => {}
            _ => return,
        }
        self.head.extend_from_slice(shown);
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

/// The same URL, read again from its text with marks.
fn without_secrets(target: &Target, secrets: &mut Secrets) -> Target {
    let marked = |part: &Option<String>, before: &str, secrets: &mut Secrets| {
        let text = part
            .as_ref()
            .map(|part| words(&format!("{before}{part}"), secrets));
        text.map(|text| text.strip_prefix(before).unwrap_or(&text).to_owned())
    };
    let mut shown = target.clone();
    shown.userinfo = target.userinfo.as_ref().map(|userinfo| {
        let text = words(&format!("://{userinfo}@"), secrets);
        let text = text.strip_prefix("://").unwrap_or(&text);
        text.strip_suffix('@').unwrap_or(text).to_owned()
    });
    shown.path = words(&target.path, secrets);
    shown.query = marked(&target.query, "?", secrets);
    shown.fragment = marked(&target.fragment, "#", secrets);
    shown
}

/// curl's sentence about a cookie quotes its value.
fn cookie(outcome: &str, secrets: &mut Secrets) -> String {
    let value = outcome.split_once("=\"").and_then(|(name, rest)| {
        let (value, rest) = rest.rsplit_once("\" for domain ")?;
        Some((name, value, rest))
    });
    let Some((name, value, rest)) = value else {
        return words(outcome, secrets);
    };
    let mark = secrets.mark(value.as_bytes());
    let mark = String::from_utf8_lossy(&mark).into_owned();
    format!("{name}=\"{mark}\" for domain {rest}")
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
