//! The integration tests, one binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::too_many_lines)]

mod content;
mod date;
mod json;
mod text;
