//! `-D`: received heads, written to a file of their own.
//!
//! Knows: that the transfers of one part of the command line share a file, which is emptied once. Must not know:
//! what a head means.

use std::collections::HashMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crate::codec::text::visible_line;
use crate::environment::Environment;
use crate::error::{Error, Exit, reason};
use crate::lock::lock;
use crate::plan::Destination;
use crate::streams::{Console, Streams};
use crate::transfer::folder;

/// The header files of a run, by the part of the command line that they belong to and by name.
#[derive(Default)]
pub struct Dumps {
    open: Mutex<HashMap<(usize, PathBuf), SharedFile>>,
}

/// A file that transfers write to by turns.
type SharedFile = Arc<Mutex<File>>;

/// Where the heads of one transfer are dumped.
#[derive(Clone)]
pub enum Dump {
    /// Standard output or standard error.
    Console(Console),
    /// One of them that is a terminal: what a server sent is made visible.
    Terminal(Console),
    /// A file.
    File(PathBuf, SharedFile),
}

impl Dumps {
    /// The dump for a destination; a file is made with the first call for it in a part.
    pub fn open(
        &self,
        part: usize,
        to: &Destination,
        create_dirs: bool,
        streams: &Streams,
        environment: &Environment,
    ) -> Result<Dump, Error> {
        let console = |console: &Console, terminal| {
            if terminal {
                Dump::Terminal(console.clone())
            } else {
                Dump::Console(console.clone())
            }
        };
        let path = match to {
            Destination::Stdout => {
                return Ok(console(&streams.stdout, environment.stdout_is_terminal));
            }
            Destination::Stderr => {
                return Ok(console(&streams.stderr, environment.stderr_is_terminal));
            }
            Destination::File(path) => path,
        };
        let mut open = lock(&self.open);
        if let Some(file) = open.get(&(part, path.clone())) {
            return Ok(Dump::File(path.clone(), file.clone()));
        }
        let file = create(path, create_dirs).map_err(|error| {
            let message = format!("Failed to open {}: {}", path.display(), reason(&error));
            Error::new(Exit::WriteError, message).because(error)
        })?;
        let file = Arc::new(Mutex::new(file));
        open.insert((part, path.clone()), file.clone());
        Ok(Dump::File(path.clone(), file))
    }
}

fn create(path: &Path, create_dirs: bool) -> std::io::Result<File> {
    if create_dirs {
        folder::make_above(path)?;
    }
    File::create(path)
}

impl Dump {
    /// Writes one line of a head, or a folded field, as received.
    pub fn line(&mut self, line: &[u8]) -> Result<(), Error> {
        let (result, place) = match self {
            Dump::Console(console) => (console.write_all(line), "the header output".to_owned()),
            Dump::Terminal(console) => {
                let lines = line.split_inclusive(|&octet| octet == b'\n');
                let text: String = lines.map(visible_line).collect();
                (
                    console.write_all(text.as_bytes()),
                    "the terminal".to_owned(),
                )
            }
            Dump::File(path, file) => (lock(file).write_all(line), path.display().to_string()),
        };
        result.map_err(|error| {
            let message = format!("Failed to write headers to {place}: {}", reason(&error));
            Error::new(Exit::WriteError, message).because(error)
        })
    }
}
