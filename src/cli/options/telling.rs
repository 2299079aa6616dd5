//! What is told of a transfer, and to whom.

use super::Category::{Curl, Global as EveryTransfer, Important, Verbose};
use super::Means::{Switch, Takes, TakesFile, TurnsAll};
use super::{Category, Opt, row};
use crate::cli::told;
use crate::plan::{Destination, Progress, Trace};

const TRACE: &[Category] = &[Verbose, EveryTransfer];

#[rustfmt::skip]
pub(super) static ROWS: &[Opt] = &[
    row("progress-bar", "", TRACE, "Show the progress as a bar")
        .short('#').means(Switch(|state, on| {
            state.progress_bar = on;
            Ok(())
        })),
    row("progress-meter", "", &[Verbose], "Show no progress")
        .on_by_default().means(Switch(|state, on| {
            state.global.progress = if on { Progress::Meter } else { Progress::Off };
            Ok(())
        })),
    row("show-error", "", &[Curl, EveryTransfer], "Tell errors even with --silent")
        .short('S').means(TurnsAll(|all| &mut all.show_error)),
    row("silent", "", &[Important, Verbose], "Tell nothing: no progress, no errors")
        .short('s').means(TurnsAll(|all| &mut all.silent)),
    row("stderr", "<file>", TRACE, "Write what goes to standard error here")
        .means(TakesFile(|state, value| {
            state.global.stderr = Some(match value.not_blank()?.octets() {
                b"-" => Destination::Stdout,
                _ => Destination::File(value.path()),
            });
            Ok(())
        })),
    row("styled-output", "", TRACE, "Show headers in colours on a terminal")
        .means(TurnsAll(|all| &mut all.styled_output)),
    row("trace", "<file>", TRACE, "Write every octet sent and received here, in hexadecimal too")
        .means(TakesFile(|state, value| told::trace(state, value, "--trace", Trace::Hex))),
    row("trace-ascii", "<file>", TRACE, "Write every octet sent and received here, as text")
        .means(TakesFile(|state, value| told::trace(state, value, "--trace-ascii", Trace::Ascii))),
    row("trace-config", "<string>", TRACE, "Choose what a trace tells besides: ids, time")
        .means(Takes(told::components)),
    row("trace-ids", "", TRACE, "Put the numbers of transfer and connection before each line")
        .means(TurnsAll(|all| &mut all.trace_ids)),
    row("trace-time", "", TRACE, "Put the time before each line")
        .means(TurnsAll(|all| &mut all.trace_time)),
    row("verbose", "", &[Important, Verbose, EveryTransfer], "Tell what happens, line by line; -vv tells more")
        .short('v').means(Switch(|state, on| { told::verbose(state, on); Ok(()) })),
];
