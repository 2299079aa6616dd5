//! Folders for output files (`--create-dirs`).
//!
//! Knows: who may look into a folder that is made: the owner, and the group without writing, as
//! curl has it. Must not know: what is put into it.

use std::fs::DirBuilder;
use std::io;
use std::path::Path;

/// Makes the folders above a file that are not there.
pub(crate) fn make_above(file: &Path) -> io::Result<()> {
    let Some(parent) = file.parent() else {
        return Ok(());
    };
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o750);
    builder.create(parent)
}
