//! Lines cut out of a stream that arrives in pieces.
//!
//! A line that lies whole in one read is borrowed from it; only one that was split over reads is
//! kept here. Lines end at LF (RFC 9112, section 2.2); a field ends at a line end that no blank
//! follows (section 5.2). What a line means is known elsewhere.

use std::fmt;

use super::broken::Broken;
use super::head::is_blank;

/// The line being read. Holds at most one line, or one field with its continuation lines.
#[derive(Default)]
pub(super) struct LineBuffer {
    kept: Vec<u8>,
    /// How many octets of `kept` came with the last `take`; see [`give_back`](Self::give_back).
    appended: usize,
    /// The kept line is being handed out, and forgotten by the next `begin`.
    whole: bool,
}

/// Shows how much is kept, not what, as a line may carry a cookie.
impl fmt::Debug for LineBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LineBuffer({} octets)", self.kept.len())
    }
}

/// Whether the next line is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blank {
    /// It is: CR LF or LF alone.
    Yes,
    /// It is not.
    No,
    /// Too few octets have come to say.
    Open,
}

impl LineBuffer {
    /// Forgets the line that was handed out. To be called before each step.
    pub(super) fn begin(&mut self) {
        if self.whole {
            self.kept.clear();
            self.whole = false;
        }
        self.appended = 0;
    }

    /// Takes the octets of `input` that belong to the next line. `Some` says how many, when that
    /// line is now complete: see [`bytes`](Self::bytes). Else all of `input` is kept.
    pub(super) fn take(
        &mut self,
        input: &[u8],
        limit: usize,
        too_long: Broken,
    ) -> Result<Option<usize>, Broken> {
        let end = input.iter().position(|&octet| octet == b'\n');
        let end = end.map(|at| at.saturating_add(1));
        self.take_to(end, input, limit, too_long)
    }

    /// As [`take`](Self::take), for the next field: all of its lines. It is complete only when the
    /// octet after it has come, which stays in the input.
    pub(super) fn take_field(
        &mut self,
        input: &[u8],
        limit: usize,
        too_long: Broken,
    ) -> Result<Option<usize>, Broken> {
        self.take_to(self.field_end(input), input, limit, too_long)
    }

    /// Where in `input` the field ends that is being read.
    fn field_end(&self, input: &[u8]) -> Option<usize> {
        let mut before = self.kept.last().copied();
        input.iter().position(|&octet| {
            let ended = before == Some(b'\n') && !is_blank(octet);
            before = Some(octet);
            ended
        })
    }

    fn take_to(
        &mut self,
        end: Option<usize>,
        input: &[u8],
        limit: usize,
        too_long: Broken,
    ) -> Result<Option<usize>, Broken> {
        let taken = end.unwrap_or(input.len());
        if self.kept.len().saturating_add(taken) > limit {
            return Err(too_long);
        }
        if end.is_none() || !self.kept.is_empty() {
            self.kept.extend(input.iter().take(taken));
            self.appended = taken;
            self.whole = end.is_some();
        }
        Ok(end)
    }

    /// The line that was completed by so many octets of `input`, as [`take`](Self::take) counted.
    pub(super) fn bytes<'a>(&'a self, input: &'a [u8], taken: usize) -> &'a [u8] {
        if self.kept.is_empty() {
            input.get(..taken).unwrap_or(input)
        } else {
            &self.kept
        }
    }

    /// Undoes the last [`take`](Self::take): its octets count as not read.
    pub(super) fn give_back(&mut self) {
        let before = self.kept.len().saturating_sub(self.appended);
        self.kept.truncate(before);
        self.appended = 0;
        self.whole = false;
    }

    /// Hands out what is kept as it is, though no line end has come; [`bytes`](Self::bytes) of
    /// nothing are then these octets. False if nothing is kept.
    pub(super) fn release(&mut self) -> bool {
        self.whole = !self.kept.is_empty();
        self.whole
    }

    /// Whether what is kept has its line end, and only waits for the octet after it.
    pub(super) fn is_ended(&self) -> bool {
        self.kept.ends_with(b"\n")
    }

    /// How many octets of an unfinished line are kept.
    pub(super) const fn kept(&self) -> usize {
        self.kept.len()
    }

    /// The first octet of the next line, if it has come.
    pub(super) fn first(&self, input: &[u8]) -> Option<u8> {
        self.octets(input).next()
    }

    /// Whether the next line, as far as it has come, agrees with `prefix`.
    pub(super) fn may_begin(&self, prefix: &[u8], input: &[u8]) -> bool {
        self.octets(input)
            .zip(prefix)
            .all(|(have, &want)| have == want)
    }

    /// Whether the next line is empty.
    pub(super) fn blank(&self, input: &[u8]) -> Blank {
        let mut octets = self.octets(input);
        match (octets.next(), octets.next()) {
            (Some(b'\n'), _) | (Some(b'\r'), Some(b'\n')) => Blank::Yes,
            (None, _) | (Some(b'\r'), None) => Blank::Open,
            _ => Blank::No,
        }
    }

    fn octets<'a>(&'a self, input: &'a [u8]) -> impl Iterator<Item = u8> + 'a {
        self.kept.iter().chain(input).copied()
    }
}
