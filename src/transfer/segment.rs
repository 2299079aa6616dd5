//! A stretch of a request's content, read piece by piece.
//!
//! Knows: how octets are had from memory, a file, a pipe, an encoding, or several of these in a
//! row, and which of them can be had twice. Must not know: what the octets mean, or when they are
//! sent.

mod stored;

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::os::fd::{AsFd as _, BorrowedFd};
use std::path::Path;
use std::sync::Arc;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::filter::Filter;
use crate::error::{Error, Result};
use crate::net::Stretch;
use crate::plan::Encoder;
use crate::streams::Input;

use stored::{Handle, Stored, open, retried};

/// The octets that a filter asks of its content at a time.
const PIECE: usize = 16 * 1024;

/// What reading gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pull {
    /// So many octets stand at the front of the buffer.
    Data(usize),
    /// Nothing yet: wait until what [`Segment::pollable`] names can be read.
    NotNow,
    /// There is no more.
    End,
}

/// A stretch of content.
pub struct Segment(Kind);

enum Kind {
    Bytes { bytes: Arc<Vec<u8>>, at: usize },
    File(Stored),
    Stream(Stream),
    Sequence { parts: Vec<Segment>, current: usize },
    Filtered(Box<Filtered>),
}

impl Segment {
    /// Octets in memory.
    pub fn bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self::shared(Arc::new(bytes.into()))
    }

    /// Octets in memory that others hold too.
    pub fn shared(bytes: Arc<Vec<u8>>) -> Self {
        Self(Kind::Bytes { bytes, at: 0 })
    }

    /// The file of `-T`, opened now. A pipe has no length; a directory is refused.
    ///
    /// # Errors
    /// Exit 26 when it cannot be opened.
    pub fn upload(path: &Path) -> Result<Self> {
        let refused = |error| Error::cannot_open(path, error);
        let file = open(path).map_err(refused)?;
        Self::opened(file, None).map_err(refused)
    }

    /// A file that a form names: looked at now, opened again when its turn comes, so that a form
    /// may name more files than can be open at a time.
    ///
    /// # Errors
    /// Exit 26 when it cannot be opened.
    pub fn file(path: &Path) -> Result<Self> {
        let refused = |error| Error::failed_to_open(path, error);
        let file = open(path).map_err(refused)?;
        Self::opened(file, Some(path)).map_err(refused)
    }

    fn opened(file: File, again: Option<&Path>) -> io::Result<Self> {
        let facts = file.metadata()?;
        if !facts.is_file() {
            return Ok(Self(Kind::Stream(Stream::new(Input::from_file(file)))));
        }
        let handle = match again {
            Some(path) => Handle::Lazy {
                path: path.to_path_buf(),
                file: None,
            },
            None => Handle::Kept(Arc::new(file)),
        };
        Ok(Self(Kind::File(Stored {
            handle,
            origin: 0,
            length: facts.len(),
            at: 0,
        })))
    }

    /// Standard input as it comes, of unknown length even where it is a file, as in curl.
    pub fn stdin(input: Input) -> Self {
        Self(Kind::Stream(Stream::new(input)))
    }

    /// Standard input from where it stands to its end, with a length: a file is read when its turn
    /// comes, anything else is read whole now, which may wait.
    ///
    /// # Errors
    /// Exit 26 when it cannot be read.
    pub fn whole_stdin(mut input: Input) -> Result<Self> {
        if let Some(file) = input.file()
            && let Some(origin) = position(&file)
        {
            let size = file.metadata().map_err(Error::read_failed)?.len();
            return Ok(Self(Kind::File(Stored {
                handle: Handle::Kept(file),
                origin,
                length: size.saturating_sub(origin),
                at: 0,
            })));
        }
        let mut bytes = Vec::new();
        input.read_to_end(&mut bytes).map_err(Error::read_failed)?;
        Ok(Self::bytes(bytes))
    }

    /// Segments one after another.
    pub fn sequence(parts: Vec<Segment>) -> Self {
        Self(Kind::Sequence { parts, current: 0 })
    }

    /// Content in a content transfer encoding.
    pub fn encoded(content: Segment, encoder: Encoder) -> Self {
        Self::filtered(content, Filter::encoding(encoder))
    }

    /// Content whose line feeds become CR LF (`--crlf`).
    pub fn with_line_ends(content: Segment) -> Self {
        Self::filtered(content, Filter::line_ends())
    }

    fn filtered(content: Segment, filter: Filter) -> Self {
        Self(Kind::Filtered(Box::new(Filtered::new(content, filter))))
    }

    /// The octets in all, whatever was read already; `None` when only reading tells.
    pub fn length(&self) -> Option<u64> {
        match &self.0 {
            Kind::Bytes { bytes, .. } => Some(bytes.len() as u64),
            Kind::File(stored) => Some(stored.length),
            Kind::Stream(_) => None,
            Kind::Sequence { parts, .. } => parts.iter().map(Segment::length).sum(),
            Kind::Filtered(filtered) => filtered.filter.length(filtered.content.length()),
        }
    }

    /// Reads on. What trickles in is handed over as it comes; anything else fills the buffer.
    ///
    /// # Errors
    /// Exit 26 when reading fails, or a file is gone or ends before its length.
    pub fn pull(&mut self, buffer: &mut [u8]) -> Result<Pull> {
        match &mut self.0 {
            Kind::Bytes { bytes, at } => {
                let taken = copy(bytes.get(*at..).unwrap_or_default(), buffer);
                *at = at.saturating_add(taken);
                Ok(data_or_end(taken))
            }
            Kind::File(stored) => stored.pull(buffer),
            Kind::Stream(stream) => stream.pull(buffer),
            Kind::Sequence { parts, current } => pull_in_turn(parts, current, buffer),
            Kind::Filtered(filtered) => filtered.pull(buffer),
        }
    }

    /// What comes next, where it lies in a file: so many octets at most.
    ///
    /// # Errors
    /// Exit 26 when the file can no longer be opened.
    pub fn stretch(&mut self, most: usize) -> Result<Option<Stretch<'_>>> {
        match &mut self.0 {
            Kind::File(stored) => stored.stretch(most).map(Some),
            Kind::Sequence { parts, current } => match parts.get_mut(*current) {
                Some(part) => part.stretch(most),
                None => Ok(None),
            },
            Kind::Bytes { .. } | Kind::Stream(_) | Kind::Filtered(_) => Ok(None),
        }
    }

    /// So many octets of that were taken.
    pub fn pass(&mut self, octets: u64) {
        match &mut self.0 {
            Kind::File(stored) => stored.at = stored.at.saturating_add(octets),
            Kind::Sequence { parts, current } => {
                if let Some(part) = parts.get_mut(*current) {
                    part.pass(octets);
                }
            }
            Kind::Bytes { .. } | Kind::Stream(_) | Kind::Filtered(_) => {}
        }
    }

    /// Back to the beginning.
    ///
    /// # Errors
    /// Exit 65 where what was read is gone.
    pub fn rewind(&mut self) -> Result<()> {
        match &mut self.0 {
            Kind::Bytes { at, .. } => *at = 0,
            Kind::File(stored) => stored.at = 0,
            Kind::Stream(stream) => stream.rewind()?,
            Kind::Sequence { parts, current } => {
                for part in parts {
                    part.rewind()?;
                }
                *current = 0;
            }
            Kind::Filtered(filtered) => filtered.rewind()?,
        }
        Ok(())
    }

    /// Passes over octets at the beginning without reading them, where that can be done; returns how many.
    pub fn leap(&mut self, octets: u64) -> u64 {
        match &mut self.0 {
            Kind::File(stored) if stored.at == 0 => {
                stored.at = octets.min(stored.length);
                stored.at
            }
            Kind::Sequence { parts, current: 0 } => match parts.as_mut_slice() {
                [only] => only.leap(octets),
                _ => 0,
            },
            _ => 0,
        }
    }

    /// What to wait for after [`Pull::NotNow`].
    pub fn pollable(&self) -> Option<BorrowedFd<'_>> {
        match &self.0 {
            Kind::Bytes { .. } | Kind::File(_) => None,
            Kind::Stream(stream) => stream.polled.as_ref().map(|file| file.as_fd()),
            Kind::Sequence { parts, current } => parts.get(*current)?.pollable(),
            Kind::Filtered(filtered) => filtered.content.pollable(),
        }
    }

    /// Waits after [`Pull::NotNow`], however long.
    ///
    /// # Errors
    /// Exit 26 when the system cannot wait for it.
    pub fn wait(&self) -> Result<()> {
        let Some(file) = self.pollable() else {
            return Ok(());
        };
        readable(file, None).map(drop).map_err(Error::read_failed)
    }

    /// Whether reading may have to wait for someone.
    fn trickles(&self) -> bool {
        match &self.0 {
            Kind::Bytes { .. } | Kind::File(_) => false,
            Kind::Stream(_) => true,
            Kind::Sequence { parts, current } => parts.get(*current).is_some_and(Segment::trickles),
            Kind::Filtered(filtered) => filtered.content.trickles(),
        }
    }
}

/// Fills the buffer from one part after another, and stops early rather than wait with octets at hand.
fn pull_in_turn(parts: &mut [Segment], current: &mut usize, buffer: &mut [u8]) -> Result<Pull> {
    let mut filled = 0;
    while let Some(part) = parts.get_mut(*current) {
        let free = buffer.get_mut(filled..).unwrap_or_default();
        if free.is_empty() || (filled > 0 && part.trickles()) {
            break;
        }
        match part.pull(free)? {
            Pull::Data(taken) => filled = taken.saturating_add(filled),
            Pull::NotNow if filled == 0 => return Ok(Pull::NotNow),
            Pull::NotNow => break,
            Pull::End => *current = current.saturating_add(1),
        }
    }
    Ok(data_or_end(filled))
}

fn data_or_end(octets: usize) -> Pull {
    match octets {
        0 => Pull::End,
        octets => Pull::Data(octets),
    }
}

fn copy(from: &[u8], to: &mut [u8]) -> usize {
    let octets = from.len().min(to.len());
    if let (Some(to), Some(from)) = (to.get_mut(..octets), from.get(..octets)) {
        to.copy_from_slice(from);
    }
    octets
}

/// Where reading stands in a regular file; `None` for anything else.
fn position(mut file: &File) -> Option<u64> {
    let regular = file.metadata().is_ok_and(|facts| facts.is_file());
    if regular {
        file.stream_position().ok()
    } else {
        None
    }
}

/// What is read once and in order: standard input, a pipe, a terminal.
struct Stream {
    input: Input,
    /// The same, where it can be asked whether there is something to read.
    polled: Option<Arc<File>>,
    /// Where reading began, when it is a file that can be read again.
    origin: Option<(Arc<File>, u64)>,
    untouched: bool,
}

impl Stream {
    fn new(input: Input) -> Self {
        let file = input.file();
        let origin = file
            .as_ref()
            .and_then(|file| Some((file.clone(), position(file)?)));
        Self {
            input,
            // A regular file is always ready.
            polled: file.filter(|_| origin.is_none()),
            origin,
            untouched: true,
        }
    }

    fn pull(&mut self, buffer: &mut [u8]) -> Result<Pull> {
        if let Some(file) = &self.polled
            && !readable(file.as_fd(), Some(&Timespec::default())).map_err(Error::read_failed)?
        {
            return Ok(Pull::NotNow);
        }
        match retried(|| self.input.read(buffer)) {
            Ok(taken) => {
                self.untouched &= taken == 0;
                Ok(data_or_end(taken))
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(Pull::NotNow),
            Err(error) => Err(Error::read_failed(error)),
        }
    }

    fn rewind(&mut self) -> Result<()> {
        if self.untouched {
            return Ok(());
        }
        let (file, origin) = self.origin.as_ref().ok_or_else(Error::cannot_rewind)?;
        file.as_ref()
            .seek(SeekFrom::Start(*origin))
            .map_err(|error| Error::cannot_rewind().because(error))?;
        self.untouched = true;
        Ok(())
    }
}

/// Whether reading would not wait, now or after a time; the end counts as something to read.
fn readable(file: BorrowedFd<'_>, within: Option<&Timespec>) -> io::Result<bool> {
    let mut asked = [PollFd::from_borrowed_fd(file, PollFlags::IN)];
    loop {
        match poll(&mut asked, within) {
            Ok(ready) => return Ok(ready > 0),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Content on its way through a filter.
struct Filtered {
    content: Segment,
    filter: Filter,
    ready: Vec<u8>,
    taken: usize,
    ended: bool,
}

impl Filtered {
    fn new(content: Segment, filter: Filter) -> Self {
        Self {
            content,
            filter,
            ready: Vec::new(),
            taken: 0,
            ended: false,
        }
    }

    fn pull(&mut self, buffer: &mut [u8]) -> Result<Pull> {
        loop {
            let taken = copy(self.ready.get(self.taken..).unwrap_or_default(), buffer);
            self.taken = self.taken.saturating_add(taken);
            if taken > 0 || self.ended {
                return Ok(data_or_end(taken));
            }
            self.ready.clear();
            self.taken = 0;
            let mut piece = [0; PIECE];
            match self.content.pull(&mut piece)? {
                Pull::Data(octets) => self
                    .filter
                    .feed(piece.get(..octets).unwrap_or_default(), &mut self.ready)
                    .map_err(Error::read_failed)?,
                Pull::NotNow => return Ok(Pull::NotNow),
                Pull::End => {
                    self.filter.finish(&mut self.ready);
                    self.ended = true;
                }
            }
        }
    }

    fn rewind(&mut self) -> Result<()> {
        self.content.rewind()?;
        self.filter.restart();
        self.ready.clear();
        self.taken = 0;
        self.ended = false;
        Ok(())
    }
}
