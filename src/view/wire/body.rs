//! How much of a body is shown.
//!
//! Knows: `--wire`'s limit, and what has been passed over since something was shown last. Must not
//! know: where it is shown.

use std::time::Instant;

use super::forms::{Form, Forms};
use super::part::count;
use crate::plan::WireLimit;

/// Octets of text shown when nothing else is asked for.
const TEXT: u64 = 64 * 1024;
/// Octets that are no text: sixteen rows.
const BINARY: u64 = 256;

/// One body, and what may still be shown of it.
#[derive(Debug)]
pub(super) struct Body {
    forms: Forms,
    text: u64,
    binary: u64,
    passed_over: Option<PassedOver>,
}

/// Octets that were not shown, one after another.
#[derive(Debug, Clone, Copy)]
pub(super) struct PassedOver {
    /// Where they begin.
    pub(super) offset: u64,
    /// When the last of them came.
    pub(super) at: Instant,
    octets: u64,
    batches: u64,
    chunks: u64,
    records: u64,
}

/// The beginning of some content, cut in three.
#[derive(Debug)]
pub(super) struct Cut<'o> {
    pub(super) form: Form,
    /// What is shown of the first stretch.
    pub(super) shown: &'o [u8],
    /// What is not.
    pub(super) not_shown: u64,
    /// What follows that stretch.
    pub(super) rest: &'o [u8],
}

impl Body {
    /// A body of which nothing has come.
    pub(super) fn new(limit: WireLimit) -> Self {
        let (text, binary) = match limit {
            WireLimit::Usual => (TEXT, BINARY),
            WireLimit::Octets(most) => (most, most),
            WireLimit::All => (u64::MAX, u64::MAX),
        };
        Self {
            forms: Forms::default(),
            text,
            binary,
            passed_over: None,
        }
    }

    /// Cuts the first stretch of one form off octets that are not empty.
    pub(super) fn cut<'o>(&mut self, octets: &'o [u8]) -> Cut<'o> {
        let form = self.forms.begin(octets);
        let left = match form {
            Form::Text => &mut self.text,
            Form::Binary => &mut self.binary,
        };
        // Behind the limit nobody looks at text line by line.
        let end = match (form, *left) {
            (Form::Text, 0) => octets.len(),
            _ => self.forms.end(octets, form),
        };
        let (stretch, rest) = octets.split_at_checked(end).unwrap_or((octets, &[]));
        let most = usize::try_from(*left).unwrap_or(usize::MAX);
        let (shown, not_shown) = stretch.split_at_checked(most).unwrap_or((stretch, &[]));
        *left = left.saturating_sub(shown.len() as u64);
        Cut {
            form,
            shown,
            not_shown: not_shown.len() as u64,
            rest,
        }
    }

    /// Passes over content at this place.
    pub(super) fn pass_over(&mut self, offset: u64, octets: u64, at: Instant) {
        let passed = self.passed_over.get_or_insert(PassedOver {
            offset,
            at,
            octets: 0,
            batches: 0,
            chunks: 0,
            records: 0,
        });
        passed.octets = passed.octets.saturating_add(octets);
    }

    /// What has been passed over, to be told now.
    pub(super) fn take_passed_over(&mut self) -> Option<PassedOver> {
        self.passed_over.take()
    }

    /// What has been passed over so far, if the last that came was passed over.
    pub(super) fn passing_over(&mut self) -> Option<&mut PassedOver> {
        self.passed_over.as_mut()
    }
}

impl PassedOver {
    /// One more read or write.
    pub(super) fn batch(&mut self, at: Instant) {
        self.batches = self.batches.saturating_add(1);
        self.at = at;
    }

    /// The first line of one more chunk, or the line end behind one.
    pub(super) fn framing(&mut self, chunks: u64, octets: u64) {
        self.chunks = self.chunks.saturating_add(chunks);
        self.octets = self.octets.saturating_add(octets);
    }

    /// One more TLS record.
    pub(super) fn record(&mut self) {
        self.records = self.records.saturating_add(1);
    }

    /// How much it is, in words.
    pub(super) fn sentence(&self, batch: &str) -> String {
        let mut parts = vec![count(self.octets, "octet")];
        for (number, what) in [
            (self.batches, batch),
            (self.chunks, "chunk"),
            (self.records, "TLS record"),
        ] {
            if number > 0 {
                parts.push(count(number, what));
            }
        }
        format!("{} (--wire=all shows all)", parts.join(", "))
    }
}
