//! Views: what a person or a script sees, each a function of the event stream.
//!
//! Knows: which views a plan asks for, and in which order they are told. Must not know: what they
//! say, or where events come from.

mod amounts;
pub mod budget;
pub mod ledger;
pub mod notices;
pub mod progress;
pub mod stamp;
pub mod style;
pub mod timeline;
pub mod trace;
pub mod wire;
pub mod writeout;

use std::sync::Arc;

use crate::clock::Clock;
use crate::environment::Environment;
use crate::event::Observers;
use crate::plan::{self, Destination, Global, Plan};
use crate::streams::Console;

use budget::Budget;
use notices::Notices;
use progress::Progress;
use stamp::Stamp;
use style::Style;
use timeline::Timeline;
use trace::{Beside, Form, Place, Trace};
use wire::Wire;
use writeout::WriteOut;

/// The views that this plan asks for, in the order in which they are told: the meter ends its line
/// before anybody else speaks, the trace tells a failure before the message does, what is drawn
/// and judged of a transfer comes behind, and `-w` comes last. `stdout` and `stderr` are where talk goes after `--stderr`.
pub fn observers(
    plan: &Plan,
    environment: &Environment,
    stdout: &Console,
    stderr: &Console,
    clock: &Arc<dyn Clock>,
) -> Observers {
    let mut views: Observers = Vec::new();
    // Of what does not happen there is neither progress nor an account.
    let happens = !plan.global.inspect.dry_run;
    let notices = Notices::new(&plan.global, environment, stderr);
    if let Some(progress) = Progress::new(plan, environment, stderr).filter(|_| happens) {
        views.push(Box::new(progress));
    }
    if let Some(trace) = trace(&plan.global, environment, stdout, stderr, clock, &notices) {
        views.push(Box::new(trace));
    }
    if let Some(wire) = Wire::new(plan, environment, stderr, clock.as_ref()) {
        views.push(Box::new(wire));
    }
    let timeline = Timeline::new(&plan.global, environment, stderr).filter(|_| happens);
    let budget = Budget::new(&plan.global, &notices).filter(|_| happens);
    views.push(Box::new(notices));
    if let Some(timeline) = timeline {
        views.push(Box::new(timeline));
    }
    if let Some(budget) = budget {
        views.push(Box::new(budget));
    }
    let write_out = WriteOut::new(plan, environment, stdout, stderr, clock);
    if let Some(write_out) = write_out.filter(|_| happens) {
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
