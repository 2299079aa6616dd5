//! Files that are replaced whole.
//!
//! Knows: how a text comes to stand under a name all at once, and who may read it then. Must not
//! know: what is written, or why.

use std::fs::{OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// Who may read a file that was not there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Its owner alone: it holds secrets.
    Owner,
    /// Whom the user's mask grants it, as with any other file.
    Anybody,
}

impl Readers {
    fn mode(self) -> u32 {
        match self {
            Self::Owner => 0o600,
            Self::Anybody => 0o666,
        }
    }
}

/// Replaces a file whole or not at all: who reads it sees the old text or the new, never half of it.
/// The permissions of a file that is there stay. What is no regular file (`/dev/null`) is written to
/// as it is.
pub fn replace(path: &Path, text: &[u8], readers: Readers) -> io::Result<()> {
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let before = target.metadata().ok();
    if before.as_ref().is_some_and(|before| !before.is_file()) {
        return OpenOptions::new()
            .write(true)
            .open(&target)?
            .write_all(text);
    }
    let folder = target
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.map_or_else(|| PathBuf::from("."), Path::to_owned);
    let mut file = tempfile::Builder::new()
        .prefix(".rcurl-")
        .permissions(Permissions::from_mode(readers.mode()))
        .tempfile_in(folder)?;
    if let Some(before) = before {
        file.as_file().set_permissions(before.permissions())?;
    }
    file.write_all(text)?;
    file.as_file().sync_all()?;
    file.persist(&target).map(drop).map_err(|error| error.error)
}
