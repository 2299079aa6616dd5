//! rcurl

pub mod transfer;
