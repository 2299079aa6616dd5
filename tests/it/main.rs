//! The integration tests, one module for each part of the crate.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod demo;
mod encoding;
mod multipart;
mod source;
