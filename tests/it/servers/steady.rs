//! A run that goes on and on takes no more memory than at its beginning.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use crate::support::program::{end, rcurl};
use crate::support::server::{Server, response};
use crate::support::story::split;

/// When memory is looked at, in requests.
const EARLY: usize = 1000;
const LATE: usize = 3000;

/// A leak of a hundred and thirty octets a request is more than this, in KiB.
const SLACK: u64 = 256;

/// What a process has in memory, in KiB.
fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let figure = line.and_then(|line| line.split_whitespace().nth(1));
    figure.unwrap().parse().unwrap()
}

/// Thousands of requests with these options, over one connection.
fn check(options: &str) {
    let client = Arc::new(AtomicU32::new(0));
    let looked = Arc::new(Mutex::new(Vec::new()));
    let server = Server::new({
        let (client, looked) = (client.clone(), looked.clone());
        move |talk| {
            for number in 0.. {
                if talk.head().is_empty() {
                    return;
                }
                if number == EARLY || number == LATE {
                    let now = resident(client.load(Ordering::Acquire));
                    looked.lock().unwrap().push(now);
                }
                let cookie = number % 20;
                let fields = format!("Set-Cookie: k{cookie}=v\r\nX-Number: {number}\r\n");
                talk.say(response("200 OK", &fields, "hello"));
            }
        }
    });
    let url = server.url(&format!("/[0-{LATE}]"));
    let words = split(&format!("-s -o /dev/null {options} {url}"));
    let child = rcurl(&words).spawn().unwrap();
    client.store(child.id(), Ordering::Release);
    assert_eq!(end(child).exit, Some(0));
    let looked = looked.lock().unwrap();
    let [early, late] = looked[..] else {
        panic!("one connection serves all: {looked:?}");
    };
    assert!(late <= early + SLACK, "{early} KiB, then {late} KiB");
}

#[test]
fn thousands_of_requests_leave_memory_as_it_was() {
    check("");
}

#[test]
fn thousands_of_requests_that_are_told_leave_memory_as_it_was() {
    check("-v --stderr /dev/null");
}

#[test]
fn thousands_of_requests_that_are_remembered_leave_memory_as_it_was() {
    check("-b '' -e ';auto' -w '%{json}%{header_json}'");
}
