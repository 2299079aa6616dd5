//! What has been understood so far, while words are read.
//!
//! Knows: the part of the plan that is being drawn up, and what reading needs besides: variables,
//! standard input, notices. Must not know: the names of options.

use std::io::Read;

use super::Asked;
use super::draft::Draft;
use super::notice::Notices;
use super::wrong::Wrong;
use crate::environment::Environment;
use crate::plan::{Global, Operation, Parallel};

/// How applying an option ends.
pub(crate) type Outcome = Result<(), Stop>;

/// Why reading ends early.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Something is wrong with the option.
    Wrong(Wrong),
    /// Something other than transfers was asked for.
    Asked(Asked),
}

impl From<Wrong> for Stop {
    fn from(wrong: Wrong) -> Self {
        Stop::Wrong(wrong)
    }
}

/// The variables set so far, with their contents; the last of a name counts.
#[derive(Debug, Default)]
pub(crate) struct Variables(Vec<(Vec<u8>, Vec<u8>)>);

impl Variables {
    pub(crate) fn content(&self, name: &[u8]) -> Option<&[u8]> {
        let found = self.0.iter().rev().find(|(known, _)| known == name);
        found.map(|(_, content)| content.as_slice())
    }

    pub(crate) fn set(&mut self, name: &[u8], content: Vec<u8>) {
        self.0.push((name.to_vec(), content));
    }
}

/// The state of reading.
pub(crate) struct State<'w> {
    /// Options that hold for every transfer.
    pub(crate) global: Global,
    /// `-Z` was given.
    pub(crate) in_parallel: bool,
    /// `--parallel-max` and so on.
    pub(crate) parallel: Parallel,
    /// `-#`.
    pub(crate) progress_bar: bool,
    /// How often `v` was repeated in one word.
    pub(crate) verbosity: u8,
    /// `--trace-config` was given, which `-v` then leaves alone.
    pub(crate) trace_chosen: bool,
    /// The parts before `--next`.
    pub(crate) done: Vec<Draft>,
    /// The part being drawn up.
    pub(crate) draft: Draft,
    /// `--variable`.
    pub(crate) variables: Variables,
    /// What to tell.
    pub(crate) notices: Notices,
    /// The default config file that was read.
    pub(crate) default_file: Option<String>,
    /// How many config files are being read, one inside the other.
    pub(crate) depth: usize,
    /// How many options of the same word came before this one.
    pub(crate) position: usize,
    /// The world as the process found it.
    pub(crate) environment: &'w Environment,
    /// Standard input.
    pub(crate) stdin: &'w mut dyn Read,
}

impl<'w> State<'w> {
    /// Nothing understood yet.
    pub(crate) fn new(environment: &'w Environment, stdin: &'w mut dyn Read) -> Self {
        Self {
            global: Global::default(),
            in_parallel: false,
            parallel: Parallel::default(),
            progress_bar: false,
            verbosity: 0,
            trace_chosen: false,
            done: Vec::new(),
            draft: Draft::default(),
            variables: Variables::default(),
            notices: Notices::default(),
            default_file: None,
            depth: 0,
            position: 0,
            environment,
            stdin,
        }
    }

    /// The part of the plan being drawn up.
    pub(crate) fn operation(&mut self) -> &mut Operation {
        &mut self.draft.operation
    }

    /// Something odd, told unless `-s`.
    pub(crate) fn warn(&mut self, text: impl Into<String>) {
        self.notices.warn(&self.global, text);
    }

    /// Something worth knowing for who looks closely.
    pub(crate) fn note(&mut self, text: impl Into<String>) {
        self.notices.note(&self.global, text);
    }

    /// Something wrong, told before the refusal that `wrong` becomes.
    pub(crate) fn complain(&mut self, text: impl Into<String>, wrong: Wrong) -> Stop {
        self.notices.complain(&self.global, text);
        Stop::Wrong(wrong)
    }
}
