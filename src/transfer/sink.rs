//! Where content goes.
//!
//! Knows: undoing codings, laying out JSON, keeping a terminal safe, and writing to standard output
//! or to a file; and whether content may as well go there unseen. Must not know: HTTP, or why content
//! comes.
//!
//! A failure to write ends the transfer with exit 23.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd as _;
use std::path::Path;

use crate::codec::content::{Codings, Decoder, Failure, Fault};
use crate::codec::json::{Check, Colours, Controls, Form, Formatter, Style};
use crate::codec::problem;
use crate::codec::text::{Visible, visible};
use crate::error::{Error, Exit};
use crate::event::{Happening, Tap};
use crate::net::Outlet;
use crate::streams::Console;
use crate::transfer::gate::Gate;
use crate::transfer::saved::Saved;

/// Where content goes.
pub enum Place {
    /// Standard output.
    Stdout(Stdout),
    /// A file.
    File(Saved),
    /// Nowhere (`--out-null`).
    Null,
}

/// Standard output and what it is.
pub struct Stdout {
    /// The stream.
    pub console: Console,
    /// It is a terminal: what a server sent is made visible.
    pub terminal: bool,
    /// Field names may be bold, JSON may be coloured.
    pub colour: bool,
    /// `-o -`: binary content was asked for.
    pub binary: bool,
}

/// What is done to content on its way.
#[derive(Debug, Default)]
pub struct Treatment {
    /// Codings to undo.
    pub codings: Codings,
    /// Laid out as JSON of this form.
    pub layout: Option<Form>,
    /// Laid out as it comes, unchecked (`-N`).
    pub unbuffered: bool,
    /// It is a problem document, which is told of.
    pub problem: bool,
}

impl Treatment {
    /// Whether octets go to their place as they came.
    pub fn keeps_octets(&self) -> bool {
        self.codings.is_empty() && self.layout.is_none()
    }
}

/// The way of content from an exchange to its place.
pub struct Sink {
    place: Place,
    decoder: Option<Decoder>,
    /// Reads a problem document on its way.
    problem: Option<problem::Reader>,
    layout: Option<Formatter>,
    visible: Option<Visible>,
    /// `--max-filesize`: decoded octets that may still come.
    room: Option<u64>,
    limit: u64,
    /// Octets written, head lines of `-i` included.
    written: u64,
    /// Octets of content written.
    delivered: u64,
    /// Octets of content looked at for signs of being binary.
    content: u64,
    /// What the open file is to content that nobody looks at.
    gate: Option<Gate>,
}

/// How much of the beginning of content decides whether it is binary, as in curl.
const LOOK_FOR_BINARY: usize = 2000;

impl Sink {
    /// A sink for one transfer; `most` is `--max-filesize`, in octets. `None` and 0 are no limit.
    pub fn new(place: Place, most: Option<u64>) -> Self {
        let limit = most.unwrap_or(0);
        let room = most.filter(|most| *most > 0);
        Self {
            place,
            decoder: None,
            problem: None,
            layout: None,
            visible: None,
            room,
            limit,
            written: 0,
            delivered: 0,
            content: 0,
            gate: None,
        }
    }

    /// Where content goes.
    pub fn place(&mut self) -> &mut Place {
        &mut self.place
    }

    /// The file that content goes to, when it is one and was opened.
    pub fn saved(&self) -> Option<&Path> {
        match &self.place {
            Place::File(saved) => saved.file().map(|_| saved.path()),
            _ => None,
        }
    }

    /// Octets written so far, head lines of `-i` included.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Content is about to come, to be treated like this.
    pub fn begin(&mut self, treatment: &Treatment) {
        self.decoder = (!treatment.codings.is_empty()).then(|| Decoder::new(&treatment.codings));
        self.problem = treatment.problem.then(problem::Reader::default);
        let (terminal, colour) = match &self.place {
            Place::Stdout(stdout) => (stdout.terminal, stdout.colour),
            _ => (false, false),
        };
        let style = Style {
            colours: if colour {
                Colours::STANDARD
            } else {
                Colours::NONE
            },
            controls: if terminal {
                Controls::Visible
            } else {
                Controls::AsSent
            },
        };
        let check = if treatment.unbuffered {
            Check::Streaming
        } else {
            Check::Held
        };
        self.layout = treatment
            .layout
            .map(|form| Formatter::new(form, style, check));
        let asked_raw = matches!(&self.place, Place::Stdout(stdout) if stdout.binary);
        self.visible = (terminal && self.layout.is_none() && !asked_raw).then(Visible::new);
    }

    /// A line of a head, for `-i`.
    pub fn head_line(&mut self, line: &[u8], tap: &Tap) -> Result<(), Error> {
        match &self.place {
            Place::Stdout(stdout) if stdout.terminal => {
                let lines = line.split_inclusive(|&octet| octet == b'\n');
                let text: String = lines.map(|line| styled(line, stdout.colour)).collect();
                self.write_to_place(text.as_bytes(), tap)
            }
            _ => self.write_to_place(line, tap),
        }
    }

    /// A piece of content.
    pub fn content(&mut self, octets: &[u8], tap: &Tap) -> Result<(), Error> {
        let Some(mut decoder) = self.decoder.take() else {
            return self.decoded(octets, tap);
        };
        let result = decoder.decode(octets, &mut |decoded| self.decoded(decoded, tap));
        self.decoder = Some(decoder);
        result.map_err(|failure| match failure {
            Failure::Delivery(error) => error,
            Failure::Content(fault) => undecodable(fault),
        })
    }

    /// The content is over.
    pub fn end(&mut self, tap: &Tap) -> Result<(), Error> {
        let complete = self
            .decoder
            .take()
            .map_or(Ok(()), |decoder| decoder.finish());
        self.settle(tap)?;
        complete.map_err(undecodable)
    }

    /// Content broke off: what was held back is delivered.
    pub fn settle(&mut self, tap: &Tap) -> Result<(), Error> {
        if let Some(mut layout) = self.layout.take() {
            layout.finish(&mut |octets| self.write(octets, tap))?;
            if let Some(at) = layout.broken() {
                tap.emit(Happening::JsonBroken {
                    line: at.line,
                    column: at.column,
                    wanted: at.wanted,
                });
            }
        }
        if let Some(mut filter) = self.visible.take() {
            let mut shown = Vec::new();
            filter.finish(&mut shown);
            self.write(&shown, tap)?;
        }
        if let Some(problem) = self.problem.take().and_then(problem::Reader::finish) {
            tap.emit(Happening::Problem {
                kind: problem.kind.as_deref(),
                title: problem.title.as_deref(),
                status: problem.status,
                detail: problem.detail.as_deref(),
            });
        }
        Ok(())
    }

    /// Makes the file of a response without content, as curl does.
    pub fn touch(&mut self, tap: &Tap) -> Result<(), Error> {
        match &mut self.place {
            Place::File(saved) => saved.open(tap).map(drop),
            _ => Ok(()),
        }
    }

    /// A retry writes anew: what came so far is taken back from a file.
    pub fn restart(&mut self) {
        if let Place::File(saved) = &mut self.place
            && self.delivered > 0
        {
            saved.restart();
        }
        self.prepare();
    }

    /// A retry writes on behind what came so far; gives how much content that is.
    pub fn go_on(&mut self) -> u64 {
        if let Place::File(saved) = &mut self.place {
            saved.keep();
        }
        let delivered = self.delivered;
        self.prepare();
        delivered
    }

    /// Before another try.
    fn prepare(&mut self) {
        self.delivered = 0;
        self.content = 0;
        self.room = (self.limit > 0).then_some(self.limit);
        self.layout = None;
        self.visible = None;
        self.decoder = None;
        self.problem = None;
    }

    /// `--remove-on-error`.
    pub fn remove(&mut self) -> Option<io::Result<()>> {
        match &mut self.place {
            Place::File(saved) => saved.remove(),
            _ => None,
        }
    }

    /// The open file, for its time and attributes.
    pub fn file(&self) -> Option<&File> {
        match &self.place {
            Place::File(saved) => saved.file(),
            _ => None,
        }
    }

    /// Where content may go unseen, when nothing is done to it or counted on its way.
    pub fn outlet(&mut self) -> Option<Outlet<'_>> {
        let treated = self.decoder.is_some()
            || self.layout.is_some()
            || self.visible.is_some()
            || self.problem.is_some();
        if treated || self.room.is_some() {
            return None;
        }
        let file = match &self.place {
            Place::Stdout(stdout) => stdout.console.file()?,
            Place::File(saved) if saved.is_null() => return Some(Outlet::Nowhere),
            Place::File(saved) => saved.file()?,
            Place::Null => return Some(Outlet::Nowhere),
        };
        match self.gate.get_or_insert_with(|| Gate::of(file)) {
            Gate::Pipe => Some(Outlet::Pipe(file.as_fd())),
            Gate::Nowhere => Some(Outlet::Nowhere),
            Gate::Closed => None,
        }
    }

    /// So much content went there.
    pub fn passed(&mut self, octets: u64, tap: &Tap) {
        self.written = self.written.saturating_add(octets);
        self.delivered(octets, tap);
    }

    fn decoded(&mut self, octets: &[u8], tap: &Tap) -> Result<(), Error> {
        let Some(room) = self.room else {
            return self.lay_out(octets, tap);
        };
        let fitting =
            usize::try_from(room).map_or(octets, |room| octets.get(..room).unwrap_or(octets));
        self.room = Some(room.saturating_sub(fitting.len() as u64));
        self.lay_out(fitting, tap)?;
        if fitting.len() < octets.len() {
            let message = format!("Exceeded the maximum allowed file size ({})", self.limit);
            return Err(Error::new(Exit::FilesizeExceeded, message));
        }
        Ok(())
    }

    fn lay_out(&mut self, octets: &[u8], tap: &Tap) -> Result<(), Error> {
        if let Some(problem) = &mut self.problem {
            problem.push(octets);
        }
        if let Some(mut layout) = self.layout.take() {
            let result = layout.push(octets, &mut |laid_out| self.write(laid_out, tap));
            self.layout = Some(layout);
            return result;
        }
        self.refuse_binary(octets)?;
        self.content = self.content.saturating_add(octets.len() as u64);
        if let Some(filter) = &mut self.visible {
            let mut shown = Vec::with_capacity(octets.len());
            filter.push(octets, &mut shown);
            return self.write(&shown, tap);
        }
        self.write(octets, tap)
    }

    /// Binary content does not go to a terminal unless asked for.
    fn refuse_binary(&mut self, octets: &[u8]) -> Result<(), Error> {
        let Place::Stdout(stdout) = &self.place else {
            return Ok(());
        };
        let start = octets.get(..LOOK_FOR_BINARY).unwrap_or(octets);
        if !stdout.terminal
            || stdout.binary
            || self.content >= LOOK_FOR_BINARY as u64
            || !start.contains(&0)
        {
            return Ok(());
        }
        let message = "Binary output can mess up your terminal. Use \"--output -\" to tell rcurl to output it to your \
                       terminal anyway, or consider \"--output <FILE>\" to save to a file.";
        Err(Error::new(Exit::WriteError, message))
    }

    fn write(&mut self, octets: &[u8], tap: &Tap) -> Result<(), Error> {
        self.write_to_place(octets, tap)?;
        self.delivered(octets.len() as u64, tap);
        Ok(())
    }

    fn delivered(&mut self, octets: u64, tap: &Tap) {
        self.delivered = self.delivered.saturating_add(octets);
        tap.emit(Happening::Delivered { bytes: octets });
    }

    fn write_to_place(&mut self, octets: &[u8], tap: &Tap) -> Result<(), Error> {
        let result = match &mut self.place {
            Place::Stdout(stdout) => stdout.console.write_all(octets),
            Place::File(saved) => match saved.open(tap)? {
                Some(file) => file.write_all(octets),
                None => Ok(()),
            },
            Place::Null => Ok(()),
        };
        result.map_err(Error::cannot_write)?;
        self.written = self.written.saturating_add(octets.len() as u64);
        Ok(())
    }
}

fn undecodable(fault: Fault) -> Error {
    let message = match fault {
        Fault::Corrupt(coding) => {
            format!("Error while processing content unencoding: corrupt {coding}")
        }
        Fault::Truncated(coding) => {
            format!("Error while processing content unencoding: {coding} ends too early")
        }
        Fault::WindowTooLarge => {
            "Error while processing content unencoding: zstd wants a window over 8 MiB".to_owned()
        }
    };
    Error::new(Exit::BadContentEncoding, message)
}

/// A head line for a terminal: visible, its field name bold where styles are wanted.
fn styled(line: &[u8], bold: bool) -> String {
    let text = line.strip_suffix(b"\n").unwrap_or(line);
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    let colon = text
        .iter()
        .position(|&octet| octet == b':')
        .filter(|_| bold);
    match colon.and_then(|at| text.split_at_checked(at)) {
        Some((name, rest)) => format!("\x1b[1m{}\x1b[0m{}\r\n", visible(name), visible(rest)),
        None => format!("{}\r\n", visible(text)),
    }
}
