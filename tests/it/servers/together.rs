//! Transfers at the same time, and how a run of them ends.

use std::sync::Barrier;

use crate::support::program::{rcurl, run};
use crate::support::server::{Server, response};

const STOPPED: &str = "rcurl: (42) Transfer aborted due to critical error in another transfer\n";

/// A server that hears all of so many clients before it answers any: `/lost` with 404, `/head` with a
/// head alone, and everybody else with silence.
fn hesitant(clients: usize) -> Server {
    let all_here = Barrier::new(clients);
    Server::new(move |talk| {
        let asked = talk.some();
        all_here.wait();
        if asked.starts_with(b"GET /lost ") {
            talk.say(response("404 Not Found", "Connection: close\r\n", ""));
        } else if asked.starts_with(b"GET /head ") {
            talk.say("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
        }
        while !talk.some().is_empty() {}
    })
}

#[test]
fn the_first_failure_ends_transfers_that_wait_with_fail_early() {
    let server = hesitant(5);
    let proxy = server.url("").replace("http:", "socks5h:");
    let tls = server.url("/").replace("http:", "https:");
    let [lost, head, silent] = ["/lost", "/head", "/silent"].map(|path| server.url(path));
    let common = ["-fsSZ", "-w", "%{exitcode}\n"];
    let early = ["--parallel-immediate", "--fail-early"];
    let words = [
        &common[..],
        &early,
        &[&silent, &tls, &head, &lost, "--next"],
        &common,
        &["-x", &proxy, "http://elsewhere.test/"],
    ];
    let ended = run(rcurl(&words.concat()));
    let told = format!(
        "rcurl: (22) The requested URL returned error: 404\n{}",
        STOPPED.repeat(4)
    );
    assert_eq!((ended.exit, ended.stderr), (Some(22), told));
    assert_eq!(ended.stdout, b"22\n42\n42\n42\n42\n");
}

#[test]
fn the_first_failure_ends_the_pause_before_a_retry_with_fail_early() {
    let both_here = Barrier::new(2);
    let server = Server::new(move |talk| {
        let head = talk.head();
        if head.starts_with("GET /busy ") {
            talk.say(response("503 Busy", "Retry-After: 3600\r\n", ""));
            both_here.wait();
            talk.head();
        } else {
            both_here.wait();
            talk.say(response("404 Not Found", "", ""));
        }
    });
    let [busy, lost] = ["/busy", "/lost"].map(|path| server.url(path));
    let early = ["-fsSZ", "--parallel-immediate", "--fail-early"];
    let ended = run(rcurl(
        &[&early[..], &["--retry", "1", &busy, &lost]].concat(),
    ));
    assert_eq!(ended.exit, Some(22), "{}", ended.stderr);
    let heard = server.heard().concat();
    let tries = String::from_utf8(heard)
        .unwrap()
        .matches("GET /busy ")
        .count();
    assert_eq!(tries, 1);
}
