//! Every integration test, in one binary.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::too_many_lines,
    reason = "in a test, a panic is the way to say no, and a table is as long as it is"
)]

mod altsvc;
mod architecture;
mod auth;
mod beside_curl;
mod cli;
mod content;
mod cookies;
mod date;
mod demo;
mod encoding;
mod flood;
mod glob;
mod hsts;
mod http1;
mod httpsig;
mod ipfs;
mod json;
mod ledger;
mod local;
mod memory;
mod multipart;
mod net;
mod netrc;
mod notices;
mod options;
mod passwords;
mod patterns;
mod progress;
mod redact;
mod scripted;
mod secrets;
mod servers;
mod signing;
mod sigv4;
mod source;
mod stories;
mod support;
mod text;
mod trace;
mod transcript;
mod writeout;
