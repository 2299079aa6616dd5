//! What curl does not have.

use super::Category::Inspect;
use super::Means::{Attached, Flag, Takes, TakesFile, TurnsAll};
use super::{Opt, row};
use crate::cli::state::Stop;
use crate::cli::values::Value;
use crate::cli::wrong::Wrong;
use crate::cli::{Asked, told, transcript};
use crate::plan::When;

#[rustfmt::skip]
pub(super) static ROWS: &[Opt] = &[
    row("demo", "", &[Inspect], "Make example requests to a server of rcurl's own, and show them")
        .means(Flag(|_| Err(Stop::Asked(Asked::Demo)))),
    row("mask", "<kind[:pattern]>", &[Inspect], "Put a mark in a transcript in the place of this, too")
        .means(Takes(transcript::mask)),
    row("pretty", "[=auto|always|never]", &[Inspect], "Lay JSON out and colour it: on a terminal, always, never")
        .means(Attached(|state, value| { state.global.inspect.pretty = when(value)?; Ok(()) })),
    row("redact", "[=auto|always|never]", &[Inspect], "Show secrets as marks: in transcripts, everywhere, nowhere")
        .means(Attached(|state, value| { state.global.inspect.redact = when(value)?; Ok(()) })),
    row("snapshot", "<file>", &[Inspect], "Hold the exchange against this transcript, or write it")
        .means(TakesFile(transcript::snapshot)),
    row("transcript", "<file>", &[Inspect], "Write the exchange here, without what varies from run to run")
        .means(TakesFile(|state, value| {
            state.global.inspect.transcript = Some(told::destination(value.not_blank()?));
            Ok(())
        })),
    row("update", "", &[Inspect], "Write the --snapshot anew where it differs")
        .means(TurnsAll(|all| &mut all.inspect.update)),
];

/// `always` is what no argument means.
fn when(value: Value<'_>) -> Result<When, Wrong> {
    match value.octets() {
        b"" | b"always" => Ok(When::Always),
        b"auto" => Ok(When::Auto),
        b"never" => Ok(When::Never),
        _ => Err(Wrong::BadUse),
    }
}
