//! Octets that were not read as a message, with marks in the places of secrets.
//!
//! Knows: what the rest of a broken head, a body that was left alone and a response that nobody asked
//! for look like. Must not know: why they were not read. Where nothing tells how they go on, or they
//! are coded or in chunks, they are counted.

use super::content::{Filter, LONGEST};
use super::line;
use super::message::{Message, Reached};
use super::names::{Place, says};
use super::secrets::Secrets;
use super::value::between_blanks;
use crate::http1::{Role, parse_field_line};

/// How a response begins (RFC 9112, 2.3).
const STATUS_LINE: &[u8] = b"HTTP/";

/// The streaming filter.
#[derive(Debug)]
pub(super) struct Leftover {
    message: Message,
    /// A line of a head so far.
    held: Vec<u8>,
    filter: Filter,
    /// The field before has a secret, and may go on.
    goes_on: bool,
    legible: bool,
}

/// What can be told.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Octets, with marks.
    pub(super) shown: Vec<u8>,
    /// And so many others.
    pub(super) hidden: u64,
}

impl Leftover {
    /// A filter for what begins so, in place of the rest of this message or behind it.
    pub(super) fn new(message: Message, octets: &[u8]) -> Self {
        let legible = octets.starts_with(STATUS_LINE)
            || match message.reached {
                Reached::Head => true,
                Reached::HeadEnd => message.is_legible_raw(),
                // It may begin within a word.
                Reached::Content => false,
            };
        Self {
            filter: message.filter(),
            message,
            held: Vec::new(),
            goes_on: false,
            legible,
        }
    }

    /// What is certain of the next piece.
    pub(super) fn push(&mut self, input: &[u8], secrets: &mut Secrets) -> Told {
        let mut told = Told::default();
        for part in input.split_inclusive(|&octet| octet == b'\n') {
            if !self.legible {
                told.hidden = told.hidden.saturating_add(part.len() as u64);
                continue;
            }
            self.held.extend_from_slice(part);
            if part.ends_with(b"\n") || self.held.len() >= LONGEST {
                self.line(secrets, &mut told.shown);
            }
        }
        told
    }

    /// The rest: there will be no more.
    pub(super) fn finish(&mut self, secrets: &mut Secrets) -> Vec<u8> {
        let mut shown = Vec::new();
        self.line(secrets, &mut shown);
        self.filter.finish(secrets, &mut shown);
        shown
    }

    fn line(&mut self, secrets: &mut Secrets, out: &mut Vec<u8>) {
        let held = std::mem::take(&mut self.held);
        if held.starts_with(STATUS_LINE) {
            self.filter.finish(secrets, out);
            out.extend(line(Role::StatusLine, &held, secrets));
            self.message.hear(Role::StatusLine, &held);
        } else if self.message.reached == Reached::Head {
            self.line_of_head(&held, secrets, out);
            // The rest of a line that is too long to be held could be of a secret.
            self.legible &= held.len() < LONGEST;
        } else {
            self.filter.push(&held, secrets, out);
        }
    }

    fn line_of_head(&mut self, held: &[u8], secrets: &mut Secrets, out: &mut Vec<u8>) {
        let folded = matches!(held.first(), Some(b' ' | b'\t'));
        if held.trim_ascii().is_empty() {
            self.filter.finish(secrets, out);
            out.extend_from_slice(held);
            self.goes_on = false;
            if !held.is_empty() && !folded {
                self.message.hear(Role::HeadEnd, held);
                self.legible = self.message.is_legible_raw();
                self.filter = self.message.filter();
            }
        } else if self.goes_on && folded {
            out.extend(between_blanks(held, |part| secrets.mark(part)));
        } else if let Some(field) = parse_field_line(held).filter(|field| is_name(field.name)) {
            self.filter.finish(secrets, out);
            out.extend(line(Role::FieldLine, held, secrets));
            self.message.hear(Role::FieldLine, held);
            self.goes_on = says(field.name, Place::Elsewhere).is_some();
        } else {
            self.filter.push(held, secrets, out);
            self.goes_on = false;
        }
    }
}

/// Whether this is the name of a field, as against the beginning of content with a colon in it. Blanks
/// should not be there, but may be what broke the head.
fn is_name(name: &[u8]) -> bool {
    let fits = |octet: &u8| octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~ \t".contains(octet);
    name.iter().all(fits)
}
