//! `-v`, `--trace` and what belongs to them.
//!
//! Knows: how repeated `v`s add up, and which trace option overrides which. Must not know: what a
//! trace shows.

use super::state::{Outcome, State};
use super::values::Value;
use crate::plan::{Destination, Trace};

/// `-` is standard output, `%` standard error, everything else a file.
pub(crate) fn destination(file: Value<'_>) -> Destination {
    match file.octets() {
        b"-" => Destination::Stdout,
        b"%" => Destination::Stderr,
        _ => Destination::File(file.path()),
    }
}

/// `-v`: each further one in the same word tells more; the first one of a word begins anew.
pub(crate) fn verbose(state: &mut State<'_>, on: bool) {
    if !on {
        state.verbosity = 0;
        state.global.trace = Trace::Off;
        component(state, "-all");
        return;
    }
    if state.position == 0 {
        state.verbosity = 0;
        if !state.trace_chosen {
            component(state, "-all");
        }
    }
    match state.verbosity {
        0 => {
            if !matches!(state.global.trace, Trace::Off | Trace::Verbose) {
                state.warn("-v, --verbose overrides an earlier trace option");
            }
            state.global.trace = Trace::Verbose;
        }
        1 => {
            component(state, "ids");
            component(state, "time");
        }
        2 => state.global.trace = Trace::Ascii(Destination::Stderr),
        _ => {}
    }
    state.verbosity = state.verbosity.saturating_add(1);
}

/// `--trace` and `--trace-ascii`.
pub(crate) fn trace(
    state: &mut State<'_>,
    file: Value<'_>,
    name: &str,
    form: fn(Destination) -> Trace,
) -> Outcome {
    let new = form(destination(file.not_blank()?));
    let before = &state.global.trace;
    let same_form = std::mem::discriminant(before) == std::mem::discriminant(&new);
    if *before != Trace::Off && !same_form {
        state.warn(format!("{name} overrides an earlier trace/verbose option"));
    }
    state.global.trace = new;
    Ok(())
}

/// `--trace-config`: a list of components. What curl's parts are called means nothing here, and is
/// accepted.
pub(crate) fn components(state: &mut State<'_>, list: Value<'_>) -> Outcome {
    state.trace_chosen = true;
    for name in list.text()?.split(',') {
        component(state, name.trim_start_matches(' '));
    }
    Ok(())
}

fn component(state: &mut State<'_>, name: &str) {
    let (name, on) = match name.strip_prefix('-') {
        Some(name) => (name, false),
        None => (name.strip_prefix('+').unwrap_or(name), true),
    };
    let is = |word: &str| name.eq_ignore_ascii_case(word);
    if is("ids") || is("all") {
        state.global.trace_ids = on;
    }
    if is("time") || is("all") {
        state.global.trace_time = on;
    }
}
