//! Every integration test, in one binary.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::too_many_lines,
    reason = "in a test, a panic is the way to say no, and a story may be long"
)]

mod content;
mod date;
mod http1;
mod json;
mod ledger;
mod notices;
mod progress;
mod scripted;
mod text;
mod trace;
mod writeout;
