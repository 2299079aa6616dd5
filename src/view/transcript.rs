//! `--transcript` and `--snapshot`: an exchange in a normal form, made to be committed.
//!
//! Knows: when the form is complete, where it goes, and when it is held against an earlier one. Must
//! not know: how it comes about: `record` takes down what is said (`body` its content), `masks` put
//! marks in the places of what varies (`paths` find it in JSON, `table` lists it, `traits` say where it can be, `marks` count), and `page` writes the lines
//! (`content` those of a body). `compare` shows what has changed.
//!
//! Two runs against a server that does the same give the same octets. The form says what stood on
//! the wire, and nothing of when; chunks are put together, since their sizes are chance; codings are
//! undone, since what they make differs. It is UTF-8 without control characters, whatever came.

mod body;
mod compare;
mod content;
mod marks;
mod masks;
mod page;
mod paths;
mod record;
mod table;
mod traits;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::notices::Notices;
use super::style::Style;
use crate::clock::Clock;
use crate::disk::{self, Readers};
use crate::environment::Environment;
use crate::error::{Error, Exit, reason};
use crate::event::{Event, Interest, Observer};
use crate::plan::{Destination, Inspect, Mask, Plan, When};
use crate::streams::Console;

use masks::Masks;
use page::{Page, Redaction};
use record::{Record, Reuse};

/// What has a mark in each transcript, in the order of the words in the marks: the word, where it
/// stands and why it varies.
pub fn varying() -> Vec<(&'static str, &'static str)> {
    let rows = table::ROWS.iter();
    let mut rows: Vec<_> = rows.map(|row| (row.varying.word(), row.why)).collect();
    rows.sort_by_key(|(word, _)| *word);
    rows
}

/// The transcript of a run.
pub struct Transcript {
    record: Record,
    file: Option<Destination>,
    snapshot: Option<Snapshot>,
    masks: Vec<Mask>,
    redact: When,
    /// Unix seconds at the beginning.
    now: i64,
    stdout: Console,
    stderr: Console,
    style: Style,
    notices: Notices,
}

/// The transcript that the run is held against.
struct Snapshot {
    path: PathBuf,
    update: bool,
}

/// What became of a snapshot.
enum Verdict {
    Same,
    Written(&'static str),
    Differs { before: String },
}

impl Transcript {
    /// The transcript that this plan asks for, if it does.
    pub fn new(
        plan: &Plan,
        environment: &Environment,
        stdout: &Console,
        stderr: &Console,
        clock: &Arc<dyn Clock>,
    ) -> Option<Self> {
        let Inspect {
            transcript,
            snapshot,
            update,
            masks,
            redact,
            ..
        } = &plan.global.inspect;
        if transcript.is_none() && snapshot.is_none() {
            return None;
        }
        let reuse = match plan.global.parallel {
            Some(_) => Reuse::Untold,
            None => Reuse::Told,
        };
        Some(Self {
            record: Record::new(reuse),
            file: transcript.clone(),
            snapshot: snapshot.clone().map(|path| Snapshot {
                path,
                update: *update,
            }),
            masks: masks.clone(),
            redact: *redact,
            now: clock.unix_time(),
            stdout: stdout.clone(),
            stderr: stderr.clone(),
            style: Style::of_stderr(&plan.global, environment),
            notices: Notices::new(&plan.global, environment, stderr),
        })
    }

    fn text(&self) -> String {
        let masks = Masks::new(&self.masks, &self.record.ends, self.now);
        let redaction = match self.redact {
            When::Never => Redaction::Nothing,
            When::Auto | When::Always => Redaction::Marks(Box::default()),
        };
        Page::of(&self.record, masks, redaction)
    }

    fn keep(&self, text: &str) -> Result<(), Error> {
        match &self.file {
            None => {}
            Some(Destination::Stdout) => self.stdout.tell(text.as_bytes()),
            Some(Destination::Stderr) => self.stderr.tell(text.as_bytes()),
            Some(Destination::File(path)) => self
                .write(path, text)
                .map_err(|error| unwritten("transcript", path, &error))?,
        }
        Ok(())
    }

    fn hold_against(&self, snapshot: &Snapshot, text: &str) -> Result<(), Error> {
        let path = &snapshot.path;
        let shown = path.display();
        match self.verdict(snapshot, text)? {
            Verdict::Same => Ok(()),
            Verdict::Written(how) => {
                self.notices.report(&format!("{how} the snapshot {shown}"));
                Ok(())
            }
            Verdict::Differs { before } => {
                let before = (&*shown.to_string(), &*before);
                let changes = compare::changes(before, ("this run", text), self.style);
                self.notices.beside_failure(&changes);
                Err(Error::new(
                    Exit::SnapshotDiffers,
                    format!(
                        "The exchange is not what {shown} says; --update writes that file anew"
                    ),
                ))
            }
        }
    }

    fn verdict(&self, snapshot: &Snapshot, text: &str) -> Result<Verdict, Error> {
        let path = &snapshot.path;
        let before = match std::fs::read(path) {
            Ok(before) => Some(before),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                let reason = reason(&error);
                let message = format!("Failed to read the snapshot {}: {reason}", path.display());
                return Err(Error::new(Exit::ReadError, message));
            }
        };
        let how = match before {
            Some(before) if before == text.as_bytes() => return Ok(Verdict::Same),
            Some(before) if !snapshot.update => {
                let before = String::from_utf8_lossy(&before).into_owned();
                return Ok(Verdict::Differs { before });
            }
            Some(_) => "updated",
            None => "wrote",
        };
        self.write(path, text)
            .map_err(|error| unwritten("snapshot", path, &error))?;
        Ok(Verdict::Written(how))
    }

    /// Secrets that stand there are for their owner alone.
    fn write(&self, path: &Path, text: &str) -> io::Result<()> {
        let readers = match self.redact {
            When::Never => Readers::Owner,
            When::Auto | When::Always => Readers::Anybody,
        };
        disk::replace(path, text.as_bytes(), readers)
    }
}

impl Observer for Transcript {
    fn observe(&mut self, event: &Event<'_>) {
        self.record.note(event);
    }

    fn wants(&self) -> Interest {
        Interest {
            content: true,
            tls: true,
            ..Interest::default()
        }
    }

    fn conclude(&mut self) -> Exit {
        if self.record.transfers.is_empty() {
            return Exit::Ok;
        }
        let text = self.text();
        let kept = self.keep(&text);
        let held = self
            .snapshot
            .as_ref()
            .map_or(Ok(()), |snapshot| self.hold_against(snapshot, &text));
        let failures = [kept.err(), held.err()];
        let mut exit = Exit::Ok;
        for error in failures.into_iter().flatten() {
            self.notices.failure(&error);
            if exit == Exit::Ok {
                exit = error.exit;
            }
        }
        exit
    }
}

fn unwritten(what: &str, path: &Path, error: &io::Error) -> Error {
    let reason = reason(error);
    let message = format!("Failed to write the {what} {}: {reason}", path.display());
    Error::new(Exit::WriteError, message)
}
