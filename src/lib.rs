//! rcurl
