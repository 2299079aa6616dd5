//! What an open file is to content that nobody looks at.
//!
//! Knows: pipes and the null device, as the system tells them. Must not know: what the content is, or
//! how it gets there.

use std::fs::File;

/// Whether content may go into a file unseen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    not(target_os = "linux"),
    expect(dead_code, reason = "elsewhere nothing goes past the program")
)]
pub(crate) enum Gate {
    /// It is a pipe.
    Pipe,
    /// It is the null device, which throws away what is written.
    Nowhere,
    /// It is anything else, which is written to.
    Closed,
}

#[cfg(target_os = "linux")]
impl Gate {
    /// Looks at a file; a pipe is made as wide as it may be.
    pub(crate) fn of(file: &File) -> Self {
        use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};

        use rustix::fs::makedev;
        use rustix::pipe::{fcntl_getpipe_size, fcntl_setpipe_size};

        /// What the system grants to everybody (`/proc/sys/fs/pipe-max-size`), in octets.
        const WIDTH: usize = 1024 * 1024;
        let Ok(facts) = file.metadata() else {
            return Self::Closed;
        };
        if facts.file_type().is_fifo() {
            if fcntl_getpipe_size(file).is_ok_and(|width| width < WIDTH) {
                // A pipe that stays narrow is slower, and does.
                let _ = fcntl_setpipe_size(file, WIDTH);
            }
            return Self::Pipe;
        }
        if facts.file_type().is_char_device() && facts.rdev() == makedev(1, 3) {
            return Self::Nowhere;
        }
        Self::Closed
    }
}

#[cfg(not(target_os = "linux"))]
impl Gate {
    /// Elsewhere, everything is written.
    pub(crate) fn of(_file: &File) -> Self {
        Self::Closed
    }
}
