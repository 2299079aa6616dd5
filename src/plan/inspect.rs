//! What of a run is looked at, and how: options that curl does not have.
//!
//! Knows: plain data, one field per thing a user can ask for. Must not know: views.

use std::path::PathBuf;

use super::{Destination, Limit, When};
use crate::codec::json::Path;
use crate::codec::pattern::Pattern;

/// The inspector's part of the command line.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Inspect {
    /// `--pretty`.
    pub pretty: When,
    /// `--dry-run`.
    pub dry_run: bool,
    /// `--wire`.
    pub wire: Option<WireLimit>,
    /// `--timeline`.
    pub timeline: bool,
    /// `--budget`, each name once.
    pub budget: Vec<Limit>,
    /// `--transcript`.
    pub transcript: Option<Destination>,
    /// `--snapshot`.
    pub snapshot: Option<PathBuf>,
    /// `--update`: the snapshot is made anew.
    pub update: bool,
    /// `--mask`, in the order given.
    pub masks: Vec<Mask>,
    /// `--redact`: on a terminal means in files that are made to be shared.
    pub redact: When,
}

/// How much of each body `--wire` shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WireLimit {
    /// Much of a text, a little of anything else.
    Usual,
    /// So many octets of either.
    Octets(u64),
    /// Everything.
    All,
}

/// What else stands as a mark in a transcript.
#[derive(Debug, Clone, PartialEq)]
pub enum Mask {
    /// The values of fields of this name.
    Header(String),
    /// The values that a path leads to, in content that is JSON.
    Json(Path),
    /// What an expression finds in a line.
    Regex(Pattern),
    /// The versions of the software that a server names.
    Server,
    /// Nothing of this kind: what varies is wanted as it is.
    Keep(Varying),
}

/// Declares [`Varying`] from one row per kind: name, word, what it is.
macro_rules! varying {
    ($($name:ident = $word:literal, $meaning:literal;)*) => {
        /// What is another one in each run, though nothing has changed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Varying { $(#[doc = $meaning] $name,)* }

        impl Varying {
            /// Every kind, in the order of the words.
            pub const ALL: &'static [Varying] = &[$(Varying::$name),*];

            /// The word in its mark: `date` in `<date>`.
            pub fn word(self) -> &'static str {
                match self { $(Varying::$name => $word,)* }
            }
        }
    };
}

varying! {
    Boundary = "boundary", "the boundary of a multipart content";
    Count = "count", "what is left of a limit";
    Date = "date", "a time of day, or the day of the run";
    Digest = "digest", "a digest of content that varies";
    Duration = "duration", "how long something took, or how old it is";
    Etag = "etag", "an entity tag";
    Id = "id", "the name of a request, or any other UUID";
    Length = "length", "the length of content that varies";
    Nonce = "nonce", "a value that is used once";
    Port = "port", "a port that the system chose";
    Signature = "signature", "a proof made of other values that vary";
    Version = "version", "the version of a program";
}
