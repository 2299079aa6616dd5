//! Standard input, output and error, as handed over by whoever calls `run`.
//!
//! Knows: how to write whole octets to a shared stream, unbuffered. Must not know: what is written,
//! or which file descriptor lies behind it.

use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex};

use rustix::event::{PollFd, PollFlags, poll};

use crate::lock::lock;

/// The three streams of a run.
#[derive(Clone)]
pub struct Streams {
    /// Standard input.
    pub stdin: Input,
    /// Standard output: content and nothing else.
    pub stdout: Console,
    /// Standard error: all talk.
    pub stderr: Console,
}

/// Standard input.
#[derive(Clone)]
pub struct Input {
    reader: Arc<Mutex<dyn Read + Send>>,
    file: Option<Arc<std::fs::File>>,
}

impl Input {
    /// Input from anything that reads.
    pub fn new(reader: impl Read + Send + 'static) -> Self {
        Self {
            reader: Arc::new(Mutex::new(reader)),
            file: None,
        }
    }

    /// Input from a file, a pipe or a terminal, which can be waited for.
    pub fn from_file(file: std::fs::File) -> Self {
        let file = Arc::new(file);
        Self {
            reader: Arc::new(Mutex::new(file.clone())),
            file: Some(file),
        }
    }

    /// What can be polled, when there is such a thing.
    pub fn file(&self) -> Option<Arc<std::fs::File>> {
        self.file.clone()
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        lock(&self.reader).read(buffer)
    }
}

/// An output stream that several parts of the program share; each write is whole.
#[derive(Clone)]
pub struct Console {
    writer: Arc<Mutex<dyn Write + Send>>,
    file: Option<Arc<std::fs::File>>,
}

impl Console {
    /// Output to anything that writes.
    pub fn new(writer: impl Write + Send + 'static) -> Self {
        Self {
            writer: Arc::new(Mutex::new(writer)),
            file: None,
        }
    }

    /// Output to a file, a pipe or a terminal.
    pub fn from_file(file: std::fs::File) -> Self {
        let file = Arc::new(file);
        Self {
            writer: Arc::new(Mutex::new(Patient(file.clone()))),
            file: Some(file),
        }
    }

    /// The file behind it, for calls that need one.
    pub fn file(&self) -> Option<&std::fs::File> {
        self.file.as_deref()
    }

    /// Writes text whose loss nobody could be told of: a closed standard error is silence.
    pub fn tell(&self, text: &[u8]) {
        let _ = self.clone().write_all(text);
    }
}

/// A file that may be non-blocking (a pipe that Node made): `EAGAIN` is no error, but a wait.
struct Patient(Arc<std::fs::File>);

impl Write for Patient {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        loop {
            match (&*self.0).write(octets) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    let mut writable = [PollFd::new(&*self.0, PollFlags::OUT)];
                    poll(&mut writable, None)?;
                }
                other => return other,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Write for Console {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        lock(&self.writer).write(octets)
    }

    fn flush(&mut self) -> io::Result<()> {
        lock(&self.writer).flush()
    }

    fn write_all(&mut self, octets: &[u8]) -> io::Result<()> {
        lock(&self.writer).write_all(octets)
    }
}
