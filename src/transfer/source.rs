//! Where the content of a request comes from.
//!
//! Knows: how long the content is, how much of it was read, where `-C` begins, and how to go back
//! for a redirect or an answered challenge. Must not know: how content is framed or sent.

use std::os::fd::BorrowedFd;
use std::path::Path;
use std::sync::Arc;

use super::segment::Segment;
use crate::error::{Error, Result};
use crate::net::Stretch;
use crate::streams::Input;

pub use super::segment::Pull;

/// The content of a request, read piece by piece, as often as the request is made.
pub struct Source {
    content: Segment,
    /// Octets at the beginning that `-C` leaves out.
    start: u64,
    /// Octets still to be passed over before the first is handed out.
    to_pass: u64,
    pulled: u64,
}

impl Source {
    /// No content.
    pub fn empty() -> Self {
        Self::bytes(Vec::new())
    }

    /// Octets in memory: `-d`, `--json`.
    pub fn bytes(bytes: impl Into<Arc<Vec<u8>>>) -> Self {
        Self::from(Segment::shared(bytes.into()))
    }

    /// The file of `-T`. One that cannot be opened is exit 26, a directory too; a named pipe has no length.
    pub fn file(path: &Path) -> Result<Self> {
        Ok(Self::from(Segment::upload(path)?))
    }

    /// Standard input, `-T -` and `-T .`: of unknown length, even where it is a file, as in curl.
    pub fn stdin(input: Input) -> Self {
        Self::from(Segment::stdin(input))
    }

    /// Segments one after another: a form.
    pub fn segments(segments: Vec<Segment>) -> Self {
        Self::from(Segment::sequence(segments))
    }

    /// The same content with its line feeds as CR LF (`--crlf`): its length becomes unknown, unless
    /// there is none of it.
    #[must_use]
    pub fn with_line_ends(self) -> Self {
        Self::from(Segment::with_line_ends(self.content))
    }

    /// The octets from [`Source::start`] to the end, whatever was pulled already; `None` when only
    /// reading tells, so that the content goes out in chunks.
    pub fn length(&self) -> Option<u64> {
        Some(self.content.length()?.saturating_sub(self.start))
    }

    /// Octets at the beginning that `-C` leaves out.
    pub fn start(&self) -> u64 {
        self.start
    }

    /// Octets handed out since the beginning or the last [`Source::rewind`].
    pub fn pulled(&self) -> u64 {
        self.pulled
    }

    /// Reads on, never past [`Source::length`].
    ///
    /// Waits only for an input that cannot be polled; [`Pull::NotNow`] says to wait for
    /// [`Source::pollable`]. A file that shrank, or that cannot be read, is exit 26.
    pub fn pull(&mut self, buffer: &mut [u8]) -> Result<Pull> {
        if buffer.is_empty() {
            return Ok(Pull::Data(0));
        }
        while self.to_pass > 0 {
            let most = usize::try_from(self.to_pass).unwrap_or(usize::MAX);
            let room = most.min(buffer.len());
            match self
                .content
                .pull(buffer.get_mut(..room).unwrap_or_default())?
            {
                Pull::Data(octets) => self.to_pass = self.to_pass.saturating_sub(octets as u64),
                Pull::NotNow => return Ok(Pull::NotNow),
                Pull::End => {
                    let passed = self.start.saturating_sub(self.to_pass);
                    return Err(Error::read_too_little(passed));
                }
            }
        }
        let pull = self.content.pull(buffer)?;
        if let Pull::Data(octets) = pull {
            self.pulled = self.pulled.saturating_add(octets as u64);
        }
        Ok(pull)
    }

    /// What comes next, where it lies in a file and may go out as it is: so many octets at most. A file
    /// that cannot be opened any more is exit 26.
    pub fn stretch(&mut self, most: usize) -> Result<Option<Stretch<'_>>> {
        if self.to_pass > 0 {
            return Ok(None);
        }
        self.content.stretch(most)
    }

    /// So many octets of what [`Source::stretch`] gave were taken.
    pub fn passed(&mut self, octets: usize) {
        self.content.pass(octets as u64);
        self.pulled = self.pulled.saturating_add(octets as u64);
    }

    /// Back to the beginning, for a redirect or an answered challenge. What came through a pipe is
    /// gone: exit 65, unless nothing of it was read yet.
    pub fn rewind(&mut self) -> Result<()> {
        self.content.rewind()?;
        self.to_pass = self.start.saturating_sub(self.content.leap(self.start));
        self.pulled = 0;
        Ok(())
    }

    /// What to wait for after [`Pull::NotNow`].
    pub fn pollable(&self) -> Option<BorrowedFd<'_>> {
        self.content.pollable()
    }

    /// Waits after [`Pull::NotNow`], however long: for who has nothing else to do.
    pub fn wait(&self) -> Result<()> {
        self.content.wait()
    }

    /// `-C`: leaves out so many octets at the beginning, here and after every rewind. To be called
    /// before the first pull. Nothing left to send is exit 18; an empty file is sent as it is, as in curl.
    pub fn resume_at(&mut self, offset: u64) -> Result<()> {
        self.start = match self.content.length() {
            Some(0) => 0,
            Some(length) if offset >= length && offset > 0 => return Err(Error::already_uploaded()),
            _ => offset,
        };
        self.rewind()
    }
}

impl From<Segment> for Source {
    fn from(content: Segment) -> Self {
        Self {
            content,
            start: 0,
            to_pass: 0,
            pulled: 0,
        }
    }
}
