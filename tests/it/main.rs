//! Every integration test, in one binary.

#![allow(
    clippy::unwrap_used,
    reason = "in a test, a panic is the way to say no"
)]

mod http1;
