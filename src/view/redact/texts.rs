//! The texts of events with marks in the places of secrets: sentences, URLs, heads.
//!
//! Knows: how each kind of text is looked at. Must not know: which event has which.

use super::secrets::Secrets;
use super::{line, words};
use crate::event::Rewording;
use crate::http1::{Head, Role};
use crate::target::Target;

impl Rewording for Secrets {
    fn words(&mut self, text: &str) -> String {
        words(text, self)
    }

    /// The same URL, read again from its text with marks.
    fn target(&mut self, target: &Target) -> Target {
        let mut marked = |part: &Option<String>, before: &str| {
            let text = part
                .as_ref()
                .map(|part| words(&format!("{before}{part}"), self));
            text.map(|text| text.strip_prefix(before).unwrap_or(&text).to_owned())
        };
        let (query, fragment) = (marked(&target.query, "?"), marked(&target.fragment, "#"));
        let mut shown = target.clone();
        shown.userinfo = target.userinfo.as_ref().map(|userinfo| {
            let text = words(&format!("://{userinfo}@"), self);
            let text = text.strip_prefix("://").unwrap_or(&text);
            text.strip_suffix('@').unwrap_or(text).to_owned()
        });
        shown.path = words(&target.path, self);
        shown.query = query;
        shown.fragment = fragment;
        shown
    }

    /// Equal secrets have equal marks, so these lines are as they were told.
    fn head(&mut self, head: &Head) -> Option<Head> {
        if head.raw().is_empty() {
            return Some(head.clone());
        }
        let mut marked = line(Role::StatusLine, head.status_line(), self);
        for field in head.fields() {
            marked.extend(line(Role::FieldLine, field.line, self));
        }
        marked.extend_from_slice(b"\r\n");
        Head::parse(&marked).ok()
    }

    /// curl's sentence about a cookie quotes its value.
    fn cookie(&mut self, outcome: &str) -> String {
        let value = outcome.split_once("=\"").and_then(|(name, rest)| {
            let (value, rest) = rest.rsplit_once("\" for domain ")?;
            Some((name, value, rest))
        });
        let Some((name, value, rest)) = value else {
            return words(outcome, self);
        };
        let mark = self.mark(value.as_bytes());
        let mark = String::from_utf8_lossy(&mark).into_owned();
        format!("{name}=\"{mark}\" for domain {rest}")
    }
}
