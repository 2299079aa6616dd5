//! Where a file came from, kept beside it (`--xattr`).
//!
//! Knows: the extended attributes that say so. Must not know: how the file was written.
//!
//! Source: freedesktop.org's common extended attributes, the names that curl uses.

use std::fs::File;
use std::io;

use rustix::fs::{XattrFlags, fsetxattr};

/// Where content came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Provenance {
    /// The URL asked for, without credentials.
    pub url: String,
    /// What the last request named as its `Referer`.
    pub referrer: Option<String>,
    /// `Content-Type` of the last response.
    pub media_type: Option<Vec<u8>>,
}

impl Provenance {
    /// Writes it down; what a file system cannot hold is an error.
    pub fn attach(&self, file: &File) -> io::Result<()> {
        let rows: [(&str, Option<&[u8]>); 4] = [
            ("user.creator", Some(b"rcurl")),
            (
                "user.xdg.referrer.url",
                self.referrer.as_deref().map(str::as_bytes),
            ),
            ("user.mime_type", self.media_type.as_deref()),
            ("user.xdg.origin.url", Some(self.url.as_bytes())),
        ];
        for (name, value) in rows {
            if let Some(value) = value {
                fsetxattr(file, name, value, XattrFlags::empty())?;
            }
        }
        Ok(())
    }
}
