//! Every integration test, in one binary.

#![allow(
    missing_docs,
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::too_many_lines,
    clippy::unreachable,
    clippy::unwrap_used,
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
mod diagnose;
mod encoding;
mod exchange;
mod flood;
mod glob;
mod hsts;
mod http1;
mod httpsig;
mod ipfs;
mod json;
mod laws;
mod ledger;
mod lessons;
mod local;
mod memory;
mod multipart;
mod negotiation;
mod net;
mod netrc;
mod notices;
mod options;
mod passwords;
mod patterns;
mod problem;
mod progress;
mod redact;
mod rehearsal;
mod scripted;
mod secrets;
mod servers;
mod signing;
mod sigv4;
mod source;
mod stories;
mod support;
mod text;
mod timeline;
mod trace;
mod transcript;
mod wire;
mod writeout;
