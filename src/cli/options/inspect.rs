//! What curl does not have.

use super::Category::{Inspect, Timeout, Verbose};
use super::Means::{Attached, Flag, Takes, TakesFile, TurnsAll};
use super::{Opt, row};
use crate::cli::state::Stop;
use crate::cli::values::{Value, size};
use crate::cli::wrong::Wrong;
use crate::cli::{Asked, budget, told, transcript};
use crate::plan::{When, WireLimit};

#[rustfmt::skip]
pub(super) static ROWS: &[Opt] = &[
    row("budget", "<name=time,...>", &[Inspect, Timeout], "Exit with 120 when a time is longer than this")
        .means(Takes(|state, value| {
            for limit in budget::limits(value.text()?)? {
                budget::add(&mut state.global.inspect.budget, limit);
            }
            Ok(())
        })),
    row("demo", "", &[Inspect], "Make example requests to a server of rcurl's own, and show them")
        .means(Flag(|_| Err(Stop::Asked(Asked::Demo)))),
    row("dry-run", "", &[Inspect], "Show the requests, and send nothing")
        .means(TurnsAll(|global| &mut global.inspect.dry_run)),
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
    row("timeline", "", &[Inspect, Verbose], "Draw what the time of each transfer went into")
        .means(TurnsAll(|all| &mut all.inspect.timeline)),
    row("update", "", &[Inspect], "Write the --snapshot anew where it differs")
        .means(TurnsAll(|all| &mut all.inspect.update)),
    row("wire", "[=limit|all]", &[Inspect, Verbose], "Show every octet sent and received, with what it is")
        .means(Attached(|state, value| {
            state.global.inspect.wire = Some(match value.octets() {
                b"" => WireLimit::Usual,
                b"all" => WireLimit::All,
                _ => WireLimit::Octets(size(value.text()?)?),
            });
            Ok(())
        })),
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
