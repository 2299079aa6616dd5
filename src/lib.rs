//! rcurl
pub mod http1;
