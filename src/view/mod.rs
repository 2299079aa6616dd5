//! Views: what a person or a script sees, each a function of the event stream.
//!
//! Knows: which views a plan asks for, and in which order they are told. Must not know: what they
//! say, or where events come from.

mod amounts;
pub mod budget;
pub mod diagnose;
mod known;
pub mod ledger;
pub mod notices;
pub mod progress;
mod records;
pub mod redact;
pub mod stamp;
pub mod style;
pub mod timeline;
pub mod trace;
pub mod transcript;
mod validity;
pub mod wire;
pub mod writeout;

use std::sync::Arc;

use crate::clock::Clock;
use crate::environment::Environment;
use crate::event::{Observer, Observers};
use crate::plan::{self, Destination, Global, Plan, When};
use crate::streams::Console;

use budget::Budget;
use diagnose::Diagnosis;
use notices::Notices;
use progress::Progress;
use redact::Redacted;
use stamp::Stamp;
use style::Style;
use timeline::Timeline;
use trace::{Beside, Form, Place, Trace};
use transcript::Transcript;
use wire::Wire;
use writeout::WriteOut;

/// The views that this plan asks for, in the order in which they are told: the meter ends its line
/// before anybody else speaks, the trace tells a failure before the message does, what it means comes
/// after that, then what is drawn and judged of a transfer, and `-w` last. `stdout` and `stderr` are
/// where talk goes after `--stderr`.
pub fn observers(
    plan: &Plan,
    environment: &Environment,
    stdout: &Console,
    stderr: &Console,
    clock: &Arc<dyn Clock>,
) -> Observers {
    let global = &plan.global;
    // Of what does not happen there is neither progress nor an account.
    let happens = !global.inspect.dry_run;
    let mut views: Observers = Vec::new();
    let notices = Notices::new(global, environment, stderr);
    let diagnosis = notices
        .explains_failures()
        .then(|| Diagnosis::new(plan, environment, stderr));
    let budget = Budget::new(global, &notices).filter(|_| happens);
    let progress = Progress::new(plan, environment, stderr).filter(|_| happens);
    add(&mut views, progress);
    let trace = trace(global, environment, stdout, stderr, clock, &notices);
    let wire = Wire::new(plan, environment, stderr, clock.as_ref());
    if global.inspect.redact == When::Always {
        add(&mut views, trace.map(Redacted::new));
        add(&mut views, wire.map(Redacted::new));
    } else {
        add(&mut views, trace);
        add(&mut views, wire);
    }
    add(&mut views, Some(notices));
    add(&mut views, diagnosis);
    let timeline = Timeline::new(global, environment, stderr).filter(|_| happens);
    add(&mut views, timeline);
    add(&mut views, budget);
    let write_out = WriteOut::new(plan, environment, stdout, stderr, clock);
    add(&mut views, write_out.filter(|_| happens));
    let transcript = Transcript::new(plan, environment, stdout, stderr, clock);
    add(&mut views, transcript.filter(|_| happens));
    views
}

fn add(views: &mut Observers, view: Option<impl Observer + 'static>) {
    views.extend(view.map(|view| Box::new(view) as Box<dyn Observer>));
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
