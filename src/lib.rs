//! rcurl

pub mod codec;
