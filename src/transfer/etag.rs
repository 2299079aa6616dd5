//! `--etag-compare` and `--etag-save`: entity tags in files.
//!
//! Knows: how a tag is read and kept. Must not know: what a server makes of it.

use std::io;
use std::path::Path;

use crate::disk::{self, Readers};
use crate::error::{Error, Exit, reason};
use crate::plan::Operation;
use crate::transfer::folder;
use crate::transfer::job::Shared;

/// The entity tag of `--etag-compare`: the first line of the file, `""` where there is none.
pub(crate) fn to_compare(operation: &Operation) -> Option<String> {
    let path = operation.request.etag_compare.as_ref()?;
    let text = std::fs::read(path).unwrap_or_default();
    let line = text
        .split(|&octet| octet == b'\n')
        .next()
        .unwrap_or_default();
    let line = String::from_utf8_lossy(line).trim().to_owned();
    Some(if line.is_empty() {
        "\"\"".to_owned()
    } else {
        line
    })
}

/// `--etag-save` to a folder that is not there: this transfer does not take place, exit 26.
pub(crate) fn check_folder(operation: &Operation) -> Result<(), Error> {
    let Some(path) = operation.request.etag_save.as_deref() else {
        return Ok(());
    };
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    if folder.is_none_or(Path::is_dir) || operation.output.create_dirs {
        return Ok(());
    }
    Err(no_file(path, &rustix::io::Errno::NOENT.into()))
}

fn no_file(path: &Path, error: &io::Error) -> Error {
    let (path, reason) = (path.display(), reason(error));
    Error::new(
        Exit::ReadError,
        format!("Failed creating file for saving etags: \"{path}\": {reason}"),
    )
}

/// Makes the file of `--etag-save` before anything is asked, as curl does: it is there whatever the
/// server answers, and where it cannot be made this transfer does not take place, exit 26.
pub(crate) fn make_file(operation: &Operation) -> Result<(), Error> {
    let path = match operation.request.etag_save.as_deref() {
        Some(path) if path.as_os_str() != "-" && !path.exists() => path,
        _ => return Ok(()),
    };
    if operation.output.create_dirs {
        let _ = folder::make_above(path);
    }
    disk::replace(path, b"", Readers::Owner).map_err(|error| no_file(path, &error))
}

/// Keeps the entity tag of a response; an empty one is none.
pub(crate) fn save(shared: &Shared, path: &Path, tag: Option<&[u8]>) -> Result<(), Error> {
    let Some(tag) = tag.filter(|tag| !tag.is_empty()) else {
        return Ok(());
    };
    let text = [tag, b"\n"].concat();
    if path.as_os_str() == "-" {
        shared.tell_stdout(&text);
        return Ok(());
    }
    disk::replace(path, &text, Readers::Owner).map_err(|error| {
        Error::new(
            Exit::WriteError,
            format!("failed to write {}: {}", path.display(), reason(&error)),
        )
    })
}
