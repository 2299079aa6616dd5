//! Views: what a person or a script sees, each a function of the event stream.
//!
//! Knows: which views a plan asks for, and in which order they are told. Must not know: what they
//! say, or where events come from.

mod known;
pub mod ledger;
pub mod notices;
pub mod progress;
pub mod redact;
pub mod stamp;
pub mod style;
pub mod trace;
pub mod transcript;
pub mod writeout;

use std::sync::Arc;

use crate::clock::Clock;
use crate::environment::Environment;
use crate::event::Observers;
use crate::plan::{self, Destination, Global, Plan, When};
use crate::streams::Console;

use notices::Notices;
use progress::Progress;
use redact::Redacted;
use stamp::Stamp;
use style::Style;
use trace::{Beside, Form, Place, Trace};
use transcript::Transcript;
use writeout::WriteOut;

/// The views that this plan asks for, in the order in which they are told: the meter ends its line
/// before anybody else speaks, the trace tells a failure before the message does, and `-w` comes
/// last. `stdout` and `stderr` are where talk goes after `--stderr`.
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
        match plan.global.inspect.redact {
            When::Always => views.push(Box::new(Redacted::new(trace))),
            When::Auto | When::Never => views.push(Box::new(trace)),
        }
    }
    views.push(Box::new(notices));
    if let Some(write_out) = WriteOut::new(plan, environment, stdout, stderr, clock) {
        views.push(Box::new(write_out));
    }
    if let Some(transcript) = Transcript::new(plan, environment, stdout, stderr, clock) {
        views.push(Box::new(transcript));
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
