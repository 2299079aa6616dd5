//! A file that content is saved to.
//!
//! Knows: when and how it is opened, under which name, and how it is taken back. Must not know: what
//! is written to it.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use crate::error::{Error, Exit, reason};
use crate::event::{Happening, Tap};
use crate::plan::Clobber;
use crate::transfer::folder;
use crate::transfer::naming;

/// The device that throws away what it is given. It is not opened: there is nothing to make, to
/// empty or to fail.
const NULL_DEVICE: &str = "/dev/null";

/// A file to be.
pub struct Saved {
    path: PathBuf,
    /// The folder of `--output-dir`, already part of `path`.
    folder: Option<PathBuf>,
    how: Saving,
    file: Option<File>,
    /// How much was in it before the transfer wrote to it: what no retry takes back.
    kept: u64,
    /// The null device was named, and told.
    is_null: bool,
    chosen_by_server: bool,
}

/// Who names a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Namer {
    /// The command line, or the URL.
    User,
    /// The server may choose another name (`-O` with `-J`).
    Server,
}

/// How a file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saving {
    /// What becomes of one that is there.
    pub clobber: Clobber,
    /// Missing folders are made.
    pub create_dirs: bool,
    /// Content is appended (`-C`).
    pub append: bool,
    /// Whether `-J` counts.
    pub namer: Namer,
}

impl Saved {
    /// A file of this name, in this folder.
    pub fn new(folder: Option<&Path>, name: &Path, how: Saving) -> Self {
        let path = folder.map_or_else(|| name.to_owned(), |folder| folder.join(name));
        Self {
            path,
            folder: folder.map(Path::to_owned),
            how,
            file: None,
            kept: 0,
            is_null: false,
            chosen_by_server: false,
        }
    }

    /// The name as it stands now.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The server chooses the name (`-J`): a file that is there is never overwritten for it, nor
    /// is a link followed.
    pub fn rename(&mut self, name: &str) {
        if self.file.is_none() && self.how.namer == Namer::Server {
            self.path = self
                .folder
                .as_ref()
                .map_or_else(|| PathBuf::from(name), |folder| folder.join(name));
            self.chosen_by_server = true;
        }
    }

    /// Opens the file, if it is not open yet; none is needed for the null device.
    pub fn open(&mut self, tap: &Tap) -> Result<Option<&mut File>, Error> {
        if self.is_null {
            return Ok(None);
        }
        if self.path.as_os_str() == NULL_DEVICE {
            self.is_null = true;
            tap.emit(Happening::Saving { path: &self.path });
        } else if self.file.is_none() {
            let file = self.create().map_err(|error| {
                let message = format!(
                    "Failed to open the file {}: {}",
                    self.path.display(),
                    reason(&error)
                );
                Error::new(Exit::WriteError, message).because(error)
            })?;
            self.file = Some(file);
            self.keep();
            tap.emit(Happening::Saving { path: &self.path });
        }
        Ok(self.file.as_mut())
    }

    /// Whether content goes nowhere.
    pub fn is_null(&self) -> bool {
        self.is_null
    }

    /// The file, once it is open.
    pub fn file(&self) -> Option<&File> {
        self.file.as_ref()
    }

    /// What is in the file now stays there.
    pub fn keep(&mut self) {
        let facts = self.file.as_ref().and_then(|file| file.metadata().ok());
        self.kept = facts.map_or(self.kept, |facts| facts.len());
    }

    /// Takes back what was written since the file was opened, or since it was last kept.
    pub fn restart(&mut self) {
        if let Some(file) = &mut self.file {
            let rest = SeekFrom::Start(self.kept);
            let _ = file.set_len(self.kept).and_then(|()| file.seek(rest));
        }
    }

    /// Takes the file away again; a device or a pipe stays where it is, as in curl.
    pub fn remove(&mut self) -> Option<io::Result<()>> {
        let file = self.file.take()?;
        let regular = file.metadata().is_ok_and(|facts| facts.is_file());
        regular.then(|| std::fs::remove_file(&self.path))
    }

    fn create(&mut self) -> io::Result<File> {
        if self.how.create_dirs {
            folder::make_above(&self.path)?;
        }
        if self.how.append {
            return OpenOptions::new()
                .append(true)
                .create(true)
                .open(&self.path);
        }
        let keep = match self.how.clobber {
            Clobber::Default => self.chosen_by_server,
            Clobber::Always => false,
            Clobber::Never => return self.create_numbered(),
        };
        if keep {
            OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(&self.path)
        } else {
            File::create(&self.path)
        }
    }

    /// `--no-clobber`: the first free of `name`, `name.1` … `name.100`.
    fn create_numbered(&mut self) -> io::Result<File> {
        let wanted = self.path.clone();
        for number in 0..=100 {
            if number > 0 {
                self.path = naming::numbered(&wanted, number);
            }
            match OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(&self.path)
            {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                other => return other,
            }
        }
        self.path = wanted;
        Err(io::ErrorKind::AlreadyExists.into())
    }
}
