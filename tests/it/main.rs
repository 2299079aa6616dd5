//! The integration tests, one binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::too_many_lines)]

mod cli;
mod content;
mod date;
mod glob;
mod json;
mod text;
