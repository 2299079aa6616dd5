//! Transcripts: what has a mark, what a run leaves behind, and what it is held against.

mod laws;
mod masks;
mod snapshot;

use rcurl::error::{Error, Exit};
use rcurl::plan::{Destination, Mask, When};

use crate::scripted::{Stage, pipes, plan};

/// The transcript of what is played, with these masks.
fn told_with(masks: &[Mask], redact: When, act: impl FnOnce(&mut Stage)) -> String {
    let plan = plan(|plan| {
        plan.global.silent = true;
        plan.global.inspect.transcript = Some(Destination::Stdout);
        plan.global.inspect.masks = masks.to_vec();
        plan.global.inspect.redact = redact;
    });
    let mut stage = Stage::new(&plan, &pipes());
    act(&mut stage);
    assert_eq!(stage.tap.conclude(), Exit::Ok);
    stage.stdout.text()
}

/// The transcript of what is played.
fn told(act: impl FnOnce(&mut Stage)) -> String {
    told_with(&[], When::Auto, act)
}

/// The lines of a response whose head has these field lines, and this content.
fn response(masks: &[Mask], fields: &str, content: &str) -> Vec<String> {
    let text = told_with(masks, When::Never, |stage| {
        stage.start("http://localhost:8000/");
        stage.connect();
        stage.send("GET / HTTP/1.1\r\n\r\n", "");
        stage.receive(format!("HTTP/1.1 200 OK\r\n{fields}\r\n"), content);
        stage.finish(Ok(()));
    });
    let lines = text.lines().skip_while(|line| *line != "< HTTP/1.1 200 OK");
    lines.skip(1).map(str::to_owned).collect()
}

#[test]
fn requests_without_end_take_no_room_and_are_counted() {
    let requests = 20_000;
    let text = told(|stage| {
        stage.start("http://localhost/");
        for _ in 1..requests {
            stage.ask("GET", "http://localhost/again");
        }
        let error = Error::new(Exit::RecvError, "Too large response headers");
        stage.finish(Err(&error));
    });
    let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    let kept = lines.iter().filter(|line| line.starts_with("* GET "));
    let left_out = requests - kept.count();
    assert!(left_out > 1000, "{left_out}");
    let end = [
        &format!("* {left_out} more requests"),
        "* http://localhost/",
        "! rcurl: (56) Too large response headers",
    ];
    assert_eq!(lines[lines.len() - 3..], end);
}

#[test]
fn transfers_without_end_take_no_room_and_are_counted() {
    let text = told(|stage| {
        for transfer in 0..20_000 {
            stage.tap = stage.tap.for_transfer(transfer);
            stage.start("http://localhost/");
            stage.finish(Ok(()));
        }
    });
    let kept = text.lines().filter(|line| line.starts_with("* GET "));
    let left_out = format!("* {} more transfers", 20_000 - kept.count());
    assert_eq!(text.lines().last(), Some(&*left_out));
}
