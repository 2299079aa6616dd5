//! The integration tests, one binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::too_many_lines)]

mod content;
mod date;
mod json;
mod ledger;
mod notices;
mod progress;
mod scripted;
mod text;
mod trace;
mod writeout;
//! Every integration test, in one binary.

#![allow(
    clippy::unwrap_used,
    reason = "in a test, a panic is the way to say no"
)]

mod http1;
