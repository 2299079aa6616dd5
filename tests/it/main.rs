//! The integration tests, one binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::too_many_lines)]

mod content;
mod date;
mod json;
mod text;
//! The integration tests, one module for each part of the crate.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod auth;
mod cookies;
mod netrc;
//! Every integration test, in one binary.

#![allow(
    clippy::unwrap_used,
    reason = "in a test, a panic is the way to say no"
)]

mod http1;
//! All integration tests, in one binary.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod net;
