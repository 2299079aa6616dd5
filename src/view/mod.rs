//! Views: what a person or a script sees, each a function of the event stream.
//!
//! Knows: which views a plan asks for, and in which order they are told. Must not know: what they
//! say, or where events come from.

pub mod diagnose;
pub mod ledger;
pub mod notices;
pub mod progress;
mod records;
pub mod stamp;
pub mod style;
pub mod trace;
mod validity;
pub mod writeout;

use std::sync::Arc;

use crate::clock::Clock;
use crate::environment::Environment;
use crate::event::Observers;
use crate::plan::{self, Destination, Global, Plan};
use crate::streams::Console;

use diagnose::Diagnosis;
use notices::Notices;
use progress::Progress;
use stamp::Stamp;
use style::Style;
use trace::{Beside, Form, Place, Trace};
use writeout::WriteOut;

/// The views that this plan asks for, in the order in which they are told: the meter ends its line
/// before anybody else speaks, the trace tells a failure before the message does, what it means comes
/// after that, and `-w` comes last. `stdout` and `stderr` are where talk goes after `--stderr`.
pub fn observers(
    plan: &Plan,
    environment: &Environment,
    stdout: &Console,
    stderr: &Console,
    clock: &Arc<dyn Clock>,
) -> Observers {
    let mut views: Observers = Vec::new();
    let notices = Notices::new(&plan.global, environment, stderr);
    if let Some(progress) = Progress::new(plan, environment, stderr) {
        views.push(Box::new(progress));
    }
    if let Some(trace) = trace(&plan.global, environment, stdout, stderr, clock, &notices) {
        views.push(Box::new(trace));
    }
    let diagnosis = notices
        .explains_failures()
        .then(|| Diagnosis::new(plan, environment, stderr));
    views.push(Box::new(notices));
    if let Some(diagnosis) = diagnosis {
        views.push(Box::new(diagnosis));
    }
    if let Some(write_out) = WriteOut::new(plan, environment, stdout, stderr, clock) {
        views.push(Box::new(write_out));
    }
    views
}

fn trace(
    global: &Global,
    environment: &Environment,
    stdout: &Console,
    stderr: &Console,
    clock: &Arc<dyn Clock>,
    notices: &Notices,
) -> Option<Trace> {
    let (form, destination) = match &global.trace {
        plan::Trace::Off => return None,
        plan::Trace::Verbose => (Form::Lines, &Destination::Stderr),
        plan::Trace::Ascii(destination) => (Form::Ascii, destination),
        plan::Trace::Hex(destination) => (Form::Hex, destination),
    };
    let (place, style) = match destination {
        Destination::Stdout => (
            Place::Stream(stdout.clone()),
            Style::of_stdout(global, environment),
        ),
        Destination::Stderr => (
            Place::Stream(stderr.clone()),
            Style::of_stderr(global, environment),
        ),
        Destination::File(path) => (Place::File(path.clone()), Style::default()),
    };
    let beside = if style.terminal && environment.stdout_is_terminal {
        Beside::Content
    } else {
        Beside::Nothing
    };
    let mut trace = Trace::new(form, place, style, notices.clone()).beside(beside);
    if global.trace_ids {
        trace = trace.with_ids();
    }
    if global.trace_time {
        trace = trace.with_times(Stamp::local(clock.as_ref(), environment));
    }
    Some(trace)
}
