//! Failures, warnings and notes.

use std::time::Duration;

use rcurl::environment::Environment;
use rcurl::error::{Error, Exit};
use rcurl::event::Happening;
use rcurl::plan::{Global, Notice, Plan, Trace};
use rcurl::view::notices::Notices;

use super::scripted::{Caught, Stage, pipes, plan, terminal};

/// What is told of this under these switches.
fn check(global: &Global, what: Happening<'_>, expected: &str) {
    let plan = plan(|plan| plan.global = global.clone());
    let stage = Stage::new(&plan, &pipes());
    stage.emit(what);
    assert_eq!(stage.stderr.text(), expected);
}

fn switches(change: impl FnOnce(&mut Global)) -> Global {
    let mut global = Global::default();
    change(&mut global);
    global
}

#[test]
fn failures_are_told_unless_silenced() {
    let error = Error::new(Exit::CouldntConnect, "Failed to connect to localhost:1");
    let failed = || Happening::Finished {
        outcome: Err(&error),
    };
    let told = "rcurl: (7) Failed to connect to localhost:1\n";
    check(&switches(|_| {}), failed(), told);
    check(&switches(|global| global.silent = true), failed(), "");
    let shown = switches(|global| {
        global.silent = true;
        global.show_error = true;
    });
    check(&shown, failed(), told);
    check(
        &switches(|_| {}),
        Happening::Finished { outcome: Ok(()) },
        "",
    );
}

#[test]
fn an_untrusted_certificate_comes_with_advice() {
    let error = Error::new(Exit::PeerFailedVerification, "certificate has expired");
    let stage = Stage::new(&plan(|_| {}), &pipes());
    stage.finish(Err(&error));
    let text = stage.stderr.text();
    assert!(
        text.starts_with("rcurl: (60) certificate has expired\n"),
        "{text}"
    );
    assert!(text.contains("--cacert"), "{text}");
}

#[test]
fn retries_are_told_as_in_curl() {
    for (after, left, expected) in [
        (1000, 1, "Will retry in 1 second. 1 retry left."),
        (2000, 3, "Will retry in 2 seconds. 3 retries left."),
        (1500, 0, "Will retry in 1.500 seconds. 0 retries left."),
    ] {
        check(
            &switches(|_| {}),
            Happening::Retrying {
                problem: "HTTP error",
                after: Duration::from_millis(after),
                left,
            },
            &format!("Warning: Problem: HTTP error. {expected}\n"),
        );
    }
}

#[test]
fn warnings_wrap_and_notes_need_a_trace() {
    let text = "You can only select one HTTP request method! You asked for both PUT \
                (-T, --upload-file) and POST (-d, --data).";
    let wrapped = "Warning: You can only select one HTTP request method! You asked for both PUT \n\
                   Warning: (-T, --upload-file) and POST (-d, --data).\n";
    check(&switches(|_| {}), Happening::Warned { text }, wrapped);
    let silent = switches(|global| global.silent = true);
    check(&silent, Happening::Warned { text }, "");
    let note = || Happening::Noted { text: "skips" };
    check(&switches(|_| {}), note(), "");
    let verbose = switches(|global| global.trace = Trace::Verbose);
    check(&verbose, note(), "Note: skips\n");
}

#[test]
fn columns_decide_where_a_warning_wraps() {
    let mut environment = pipes();
    environment.variables.insert("COLUMNS".into(), "25".into());
    let stage = Stage::new(&plan(|_| {}), &environment);
    stage.emit(Happening::Warned {
        text: "one two three four five",
    });
    assert_eq!(
        stage.stderr.text(),
        "Warning: one two three \nWarning: four five\n"
    );
}

fn notices(environment: &Environment, tell: impl FnOnce(&Notices)) -> String {
    let caught = Caught::default();
    tell(&Notices::new(
        &Global::default(),
        environment,
        &caught.console(),
    ));
    caught.text()
}

#[test]
fn the_command_line_is_spoken_of() {
    let plan = Plan {
        notices: vec![
            Notice::Warning("one".to_owned()),
            Notice::Note("two".to_owned()),
            Notice::Complaint("three".to_owned()),
        ],
        ..Plan::default()
    };
    assert_eq!(
        notices(&pipes(), |notices| notices.about(&plan)),
        "Warning: one\nrcurl: three\n"
    );
    assert_eq!(
        notices(&pipes(), |notices| notices.usage("option --x: is unknown")),
        "rcurl: option --x: is unknown\nrcurl: try 'rcurl --help' for more information\n"
    );
}

#[test]
fn a_terminal_gets_no_control_characters() {
    let error = Error::new(Exit::UrlMalformat, "Bad host: \u{1b}[2J\nhttp://x");
    assert_eq!(
        notices(&terminal(), |notices| notices.failure(&error)),
        "\u{1b}[31mrcurl: (3)\u{1b}[0m Bad host: ^[[2J\nhttp://x\n"
    );
    assert_eq!(
        notices(&terminal(), |notices| notices.warn("\u{9b}x")),
        "\u{1b}[33mWarning: \u{1b}[0m\\u009bx\n"
    );
}
