//! From a plan to its exchanges: what is asked, what is answered, and what follows from it.

pub mod auth;
pub mod cookies;
pub mod digest;
pub mod netrc;
pub mod encoding;
pub mod multipart;
pub mod segment;
pub mod source;
