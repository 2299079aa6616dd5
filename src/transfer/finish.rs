//! What is left to do when a transfer is over.
//!
//! Knows: what becomes of a file once it is there: its time, its origin, its removal, its entity tag.
//! Must not know: how content got there, or what else the run does.

use std::time::{Duration, UNIX_EPOCH};

use crate::error::{Error, Exit, reason};
use crate::event::{Happening, Tap};
use crate::plan::{Fail, Operation};
use crate::transfer::etag;
use crate::transfer::hops::Outcome;
use crate::transfer::job::Shared;
use crate::transfer::sink::Sink;

/// Puts the output of a transfer in its final state; gives what the transfer came to in the end.
pub(crate) fn settle(
    shared: &Shared,
    operation: &Operation,
    sink: &mut Sink,
    (outcome, result): (Outcome, Result<(), Error>),
    tap: &Tap,
) -> Result<(), Error> {
    let output = &operation.output;
    let status = outcome.found.status;
    if result.is_ok() {
        let nothing_new = outcome.found.condition_unmet || matches!(status, 304 | 416);
        if sink.written() == 0 && !nothing_new {
            sink.touch(tap)?;
        }
        if let Some(path) = &operation.request.etag_save {
            etag::save(shared, path, outcome.found.etag.as_deref())?;
        }
    }
    let result = result.and_then(|()| refuse(output.fail, status));
    if result.is_err() && output.remove_on_error {
        remove(sink, tap);
    } else if output.remote_time {
        date(sink, &outcome, tap);
    }
    if output.xattr && result.is_ok() {
        tell_origin(sink, &outcome, tap);
    }
    result
}

/// `--fail-with-body`.
fn refuse(fail: Fail, status: u16) -> Result<(), Error> {
    if fail != Fail::WithBody || status < 400 {
        return Ok(());
    }
    let message = format!("The requested URL returned error: {status}");
    Err(Error::new(Exit::HttpReturnedError, message))
}

/// `--remove-on-error`.
fn remove(sink: &mut Sink, tap: &Tap) {
    if let Some(Ok(())) = sink.remove() {
        let text = "Removed output file";
        tap.emit(Happening::Noted { text });
    }
}

/// `-R`: the file is as old as the document.
fn date(sink: &Sink, outcome: &Outcome, tap: &Tap) {
    let (Some(modified), Some(file)) = (outcome.found.last_modified, sink.file()) else {
        return;
    };
    let span = Duration::from_secs(modified.unsigned_abs());
    let time = if modified < 0 {
        UNIX_EPOCH.checked_sub(span)
    } else {
        UNIX_EPOCH.checked_add(span)
    };
    if let Some(Err(error)) = time.map(|time| file.set_modified(time)) {
        let text = format!("Failed to set filetime: {}", reason(&error));
        tap.emit(Happening::Warned { text: &text });
    }
}

/// `--xattr`.
fn tell_origin(sink: &Sink, outcome: &Outcome, tap: &Tap) {
    if let (Some(path), Some(file)) = (sink.saved(), sink.file())
        && let Some(provenance) = &outcome.provenance
        && let Err(error) = provenance.attach(file)
    {
        let text = format!(
            "Error setting extended attributes on '{}': {}",
            path.display(),
            reason(&error)
        );
        tap.emit(Happening::Warned { text: &text });
    }
}
