//! Transcripts: what has a mark, what a run leaves behind, and what it is held against.

mod laws;
mod masks;
mod snapshot;

use rcurl::error::Exit;
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
