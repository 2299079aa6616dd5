//! Content that lies in a regular file.
//!
//! Knows: where in the file it begins, how long it is, and when the file is open. Must not know: what
//! stands before or behind it.
//!
//! A file is sent with the length it had when the request was composed, as curl does: what grew
//! since is left out, and one that shrank is an error, since its length is announced already.

use std::fs::File;
use std::io;
use std::os::fd::AsFd as _;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Pull;
use crate::error::{Error, Result};
use crate::net::Stretch;

/// A regular file, or the rest of one, read without moving the position that others may share.
pub(super) struct Stored {
    pub(super) handle: Handle,
    /// Where the content begins in the file.
    pub(super) origin: u64,
    pub(super) length: u64,
    pub(super) at: u64,
}

/// The way to a file's octets.
pub(super) enum Handle {
    /// Open all the time.
    Kept(Arc<File>),
    /// Open while it is read.
    Lazy { path: PathBuf, file: Option<File> },
}

impl Stored {
    fn left(&self) -> usize {
        usize::try_from(self.length.saturating_sub(self.at)).unwrap_or(usize::MAX)
    }

    /// What comes next, so many octets at most.
    pub(super) fn stretch(&mut self, most: usize) -> Result<Stretch<'_>> {
        let octets = self.left().min(most);
        let from = self.origin.saturating_add(self.at);
        let file = self.handle.file()?.as_fd();
        Ok(Stretch { file, from, octets })
    }

    pub(super) fn pull(&mut self, buffer: &mut [u8]) -> Result<Pull> {
        let left = self.left();
        let most = buffer.len().min(left);
        let buffer = buffer.get_mut(..most).unwrap_or_default();
        if left == 0 {
            self.handle.close();
            return Ok(Pull::End);
        }
        let from = self.origin.saturating_add(self.at);
        let file = self.handle.file()?;
        let taken = retried(|| file.read_at(buffer, from)).map_err(Error::read_failed)?;
        if taken == 0 {
            return Err(Error::read_short(self.at, self.length));
        }
        self.at = self.at.saturating_add(taken as u64);
        Ok(Pull::Data(taken))
    }
}

impl Handle {
    fn file(&mut self) -> Result<&File> {
        match self {
            Handle::Kept(file) => Ok(file),
            Handle::Lazy {
                file: Some(file), ..
            } => Ok(file),
            Handle::Lazy { path, file } => {
                let opened = open(path).map_err(|error| Error::failed_to_open(path, error))?;
                Ok(file.insert(opened))
            }
        }
    }

    fn close(&mut self) {
        if let Handle::Lazy { file, .. } = self {
            *file = None;
        }
    }
}

/// Opens what can be read as content. A directory can be opened, but not read.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    Ok(file)
}

/// Reads once, again when a signal came between.
pub(super) fn retried(mut read: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match read() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
