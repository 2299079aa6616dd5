//! Every integration test, in one binary.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::too_many_lines,
    reason = "in a test, a panic is the way to say no, and a table is as long as it is"
)]

mod auth;
    clippy::too_many_lines,
    reason = "in a test, a panic is the way to say no, and a story may be long"
)]

mod cli;
mod content;
mod cookies;
mod date;
mod http1;
mod glob;
mod json;
mod net;
mod netrc;
mod text;
//! The integration tests, one module for each part of the crate.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod demo;
mod encoding;
mod multipart;
mod source;
mod ledger;
mod notices;
mod progress;
mod scripted;
mod text;
mod trace;
mod writeout;
