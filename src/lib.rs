//! rcurl: a curl-like verbose HTTP client and wire inspector.

pub mod cli;
pub mod clock;
pub mod codec;
pub mod environment;
pub mod error;
pub mod event;
pub mod glob;
pub mod http1;
pub mod plan;
pub mod streams;
pub mod target;
