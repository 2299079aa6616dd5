//! Forms that bytes take: JSON, content codings, percent-encoding, dates, text that is safe to show,
//! and what a regular expression finds.
//!
//! Pure functions and streaming filters: no I/O, no clock, no environment. Nothing here knows HTTP
//! messages, options or terminals; a filter takes bytes and hands on bytes, in pieces of bounded size.

pub mod content;
pub mod date;
pub mod json;
pub mod pattern;
pub mod problem;
pub mod text;
