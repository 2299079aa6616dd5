//! The command line, understood: words and config files become a plan.
//!
//! Knows: the order in which words and files are read, and how reading ends. Must not know: how a
//! plan is carried out, or how what it tells is shown; it reads the files that arguments name and
//! nothing else. Behaviour is curl 8.22's.
//!
//! ```text
//!   .curlrc ─┐
//!   words ───┼─ words.rs ── uses ── options/ ── state.rs ── draft.rs ── Plan
//!   -K file ─┘  (clap)     in order  (apply)
//! ```

mod budget;
pub mod completions;
mod conditions;
mod config;
mod credentials;
mod data;
mod draft;
mod files;
mod form;
mod help;
pub mod manual;
mod notice;
pub mod options;
mod proxies;
mod route;
mod schemes;
mod state;
mod told;
mod transcript;
mod urls;
mod values;
mod variables;
mod words;
mod wrong;

pub use credentials::ask_passwords;

use std::ffi::OsString;
use std::io::Read;

use crate::environment::Environment;
use crate::error::{Error, Exit};
use crate::plan::{Notice, Operation, Plan, Progress, Resume};
use draft::Unfinished;
use options::{Means, Opt, Takes};
use state::{Outcome, State, Stop};
use values::Value;
use words::{Manner, Use};
use wrong::Wrong;

/// What the command line asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    /// Transfers.
    Run(Box<Plan>),
    /// A text for standard output: `--help`, `--version`.
    Print(String),
    /// `--manual`, for standard output: see [`manual::whole`].
    Manual,
    /// `--demo`.
    Demo,
}

/// Why the command line was not understood.
#[derive(Debug)]
pub struct Refusal {
    /// The exit status, and what follows `rcurl: `, told even with `-s`; empty when the notices have
    /// said it all.
    pub error: Error,
    /// What to tell before it.
    pub notices: Vec<Notice>,
    /// Whether `rcurl: try 'rcurl --help' for more information` follows.
    pub hint: bool,
}

/// Reads the command line, without the name of the program, and the config files that belong to it.
/// `stdin` is read where an argument says so (`-d @-`, `-K -`).
pub fn parse(
    words: &[OsString],
    environment: &Environment,
    stdin: &mut dyn Read,
) -> Result<Asked, Refusal> {
    let mut state = State::new(environment, stdin);
    config::read_default(&mut state, words);
    let result = if words.is_empty() && !state.draft.has_url() {
        Err(Ending::Refused(Exit::FailedInit, String::new()))
    } else {
        read_words(&mut state, words)
    };
    match result.and_then(|()| finish(&mut state)) {
        Ok(mut plan) => {
            plan.notices = state.notices.into_vec();
            Ok(Asked::Run(Box::new(plan)))
        }
        Err(Ending::Asked(asked)) => Ok(asked),
        Err(Ending::Refused(exit, message)) => Err(Refusal {
            error: Error::new(exit, message),
            notices: state.notices.into_vec(),
            hint: true,
        }),
        Err(Ending::Told) => Err(Refusal {
            error: Error::new(Exit::FailedInit, ""),
            notices: state.notices.into_vec(),
            hint: false,
        }),
    }
}

/// How reading ends without a plan.
enum Ending {
    /// Something else was asked for.
    Asked(Asked),
    /// With this status and sentence.
    Refused(Exit, String),
    /// A notice has said it.
    Told,
}

/// The words of the command line, in order.
fn read_words(state: &mut State<'_>, words: &[OsString]) -> Result<(), Ending> {
    let reading = words::read(words);
    for one in &reading.uses {
        apply(state, one).map_err(|stop| match stop {
            Stop::Asked(asked) => Ending::Asked(asked),
            Stop::Wrong(wrong) => refused(one.word, &wrong),
        })?;
    }
    match reading.stop {
        Some((word, wrong)) => Err(refused(word, &wrong)),
        None => Ok(()),
    }
}

fn refused(word: &std::ffi::OsStr, wrong: &Wrong) -> Ending {
    let word = word.to_string_lossy();
    Ending::Refused(wrong.exit(), format!("option {word}: {wrong}"))
}

/// Applies one use of an option, or adds a URL.
fn apply(state: &mut State<'_>, one: &Use<'_>) -> Outcome {
    let value = Value::new(one.value.as_encoded_bytes());
    state.position = one.position;
    let Some((option, manner)) = one.option else {
        return urls::add(state, value);
    };
    if manner == Manner::Expanded {
        let expanded = variables::expand(state, value)?;
        return mean(state, option, manner, Value::new(&expanded));
    }
    mean(state, option, manner, value)
}

/// Does what a row of the table says.
fn mean(state: &mut State<'_>, option: &Opt, manner: Manner, value: Value<'_>) -> Outcome {
    let on = manner != Manner::Negated;
    if !matches!(option.means, Means::Deprecated(_)) {
        look_at(state, option, value);
    }
    let operation = &mut state.draft.operation;
    match option.means {
        Means::Turns(field) => *field(operation) = on,
        Means::TurnsOff(field) => *field(operation) = !on,
        Means::TurnsAll(field) => *field(&mut state.global) = on,
        Means::Text(field) => *field(operation) = Some(value.not_blank()?.text()?.to_owned()),
        Means::Line(field) => *field(operation) = Some(value.not_blank()?.line()?.to_owned()),
        Means::File(field) => *field(operation) = Some(value.not_blank()?.path()),
        // curl's zero is no limit, or what is usual.
        Means::Seconds(field) => {
            let time = values::seconds(value.text()?)?;
            *field(operation) = (!time.is_zero()).then_some(time);
        }
        Means::Size(field) => *field(operation) = Some(values::size(value.text()?)?),
        Means::Switch(apply) => return apply(state, on),
        Means::Flag(apply) => return apply(state),
        Means::Takes(apply)
        | Means::TakesFile(apply)
        | Means::Perhaps(apply)
        | Means::Attached(apply) => {
            return apply(state, value);
        }
        Means::Foreign(_, why) if on => state.note(format!("--{} {why}", option.long)),
        Means::Idle(_) | Means::Foreign(..) => {}
        Means::Deprecated(_) => {
            let name = option.long;
            state.warn(format!(
                "--{name} is deprecated and has no function anymore"
            ));
        }
        // What rcurl does not have is off already.
        Means::Refused(Takes::Toggle, _) if !on => {}
        Means::Refused(_, why) => return Err(Wrong::Refused(why).into()),
    }
    Ok(())
}

/// Warns of arguments that are most likely slips: a forgotten file name, a typographic quote or dash.
fn look_at(state: &mut State<'_>, option: &Opt, value: Value<'_>) {
    let octets = value.octets();
    if matches!(octets, [0xe2, 0x80, third, ..] if third & 0x80 != 0) {
        let shown = value.shown();
        state.warn(format!(
            "The argument '{shown}' starts with a Unicode character. Maybe ASCII was intended?"
        ));
    }
    if option.takes() == Takes::File && octets.len() > 1 && octets.starts_with(b"-") {
        let shown = value.shown();
        state.warn(format!(
            "The filename argument '{shown}' looks like a flag."
        ));
    }
}

/// The plan, once everything is read.
fn finish(state: &mut State<'_>) -> Result<Plan, Ending> {
    if let Some(file) = state.default_file.take() {
        state.note(format!("Read config file from '{file}'"));
    }
    transcript::check(state);
    let mut global = state.global.clone();
    if state.progress_bar && global.progress == Progress::Meter {
        global.progress = Progress::Bar;
    }
    global.parallel = state.in_parallel.then(|| state.parallel.clone());
    let last = std::mem::take(&mut state.draft);
    let drafts = std::mem::take(&mut state.done).into_iter().chain([last]);
    let resuming_by_header = |draft: &draft::Draft| {
        draft.operation.output.remote_header_name
            && draft.operation.request.resume == Some(Resume::FromFile)
    };
    let mut operations = Vec::new();
    for draft in drafts {
        if resuming_by_header(&draft) {
            return Err(Ending::Refused(
                Exit::FailedInit,
                "--continue-at and --remote-header-name cannot be combined".to_owned(),
            ));
        }
        operations.push(match draft.finish(&mut state.notices, &state.global) {
            Ok(operation) => operation,
            // What stands before the last `--next` is done all the same.
            Err(Unfinished::NoUrl) if !operations.is_empty() => Operation::default(),
            Err(Unfinished::NoUrl) => {
                let message = "(2) no URL specified".to_owned();
                return Err(Ending::Refused(Exit::FailedInit, message));
            }
            Err(Unfinished::Told) => return Err(Ending::Told),
        });
    }
    Ok(Plan {
        global,
        operations,
        notices: Vec::new(),
    })
}
