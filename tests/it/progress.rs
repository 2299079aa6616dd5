//! The meter and the bar.

use rcurl::environment::Environment;
use rcurl::event::Happening;
use rcurl::plan::{Parallel, Plan, Progress, Trace, WireLimit};

use super::scripted::{Stage, pipes, plan, terminal};

fn download(plan: &Plan, environment: &Environment) -> String {
    let stage = Stage::new(plan, environment);
    stage.start("http://localhost/");
    stage.receive(
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n",
        "0123456789",
    );
    stage.finish(Ok(()));
    stage.stderr.text()
}

#[test]
fn the_meter_has_curls_columns() {
    assert_eq!(
        download(&plan(|_| {}), &terminal()),
        "  % Total    % Received % Xferd  Average Speed  Time    Time    Time   Current
                                 Dload  Upload  Total   Spent   Left   Speed
\r  0      0   0      0   0      0      0      0                              0\
\r100     10 100     10   0      0   1111      0                           1666
"
    );
}

#[test]
fn the_bar_fills_the_line() {
    let bar = plan(|plan| plan.global.progress = Progress::Bar);
    let environment = Environment {
        columns: Some(27),
        ..terminal()
    };
    let text = download(&bar, &environment);
    assert!(
        text.ends_with("\r#################### 100.0%\n"),
        "{text:?}"
    );
    assert!(text.starts_with("\r-=O=-"), "{text:?}");
}

#[test]
fn drawings_keep_their_distance() {
    let stage = Stage::new(&plan(|_| {}), &terminal());
    stage.start("http://localhost/");
    for _ in 0..1000 {
        stage.emit(Happening::Tick);
    }
    assert_eq!(stage.stderr.text().matches('\r').count(), 5);
}

#[test]
fn a_warning_gets_a_line_of_its_own() {
    let stage = Stage::new(&plan(|_| {}), &terminal());
    stage.start("http://localhost/");
    stage.emit(Happening::Tick);
    stage.emit(Happening::Warned { text: "x" });
    assert!(stage.stderr.text().contains("0\n\u{1b}[33mWarning: "));
}

#[test]
fn parallel_transfers_share_a_line() {
    let parallel = plan(|plan| plan.global.parallel = Some(Parallel::default()));
    let text = download(&parallel, &terminal());
    assert!(text.starts_with("DL% UL%"), "{text}");
    assert!(
        text.ends_with('\n') && text.contains("\r100 --      10"),
        "{text}"
    );
}

#[test]
fn nothing_is_shown_where_it_would_be_in_the_way() {
    let shown = |plan: &Plan, environment: &Environment| !download(plan, environment).is_empty();
    let with = |change: fn(&mut Plan)| shown(&plan(change), &terminal());
    assert!(with(|_| {}));
    assert!(!with(|plan| plan.global.silent = true));
    assert!(!with(|plan| plan.global.progress = Progress::Off));
    assert!(
        !download(
            &plan(|plan| plan.global.trace = Trace::Verbose),
            &terminal()
        )
        .contains('%')
    );
    let wire = plan(|plan| plan.global.inspect.wire = Some(WireLimit::Usual));
    assert!(!download(&wire, &terminal()).contains('%'));
    assert!(!shown(&plan(|_| {}), &pipes()));
    let bar = plan(|plan| plan.global.progress = Progress::Bar);
    assert!(shown(&bar, &pipes()), "asked for by name");
    let both = Environment {
        stdout_is_terminal: true,
        ..terminal()
    };
    assert_eq!(download(&plan(|_| {}), &both).trim(), "");
}

#[test]
fn content_in_a_file_leaves_the_terminal_free() {
    let environment = Environment {
        stdout_is_terminal: true,
        ..terminal()
    };
    let stage = Stage::new(&plan(|_| {}), &environment);
    stage.start("http://localhost/");
    stage.emit(Happening::Saving {
        path: "file".as_ref(),
    });
    stage.emit(Happening::Tick);
    assert!(stage.stderr.text().contains("% Total"));
}
