//! From a plan to its exchanges: what is asked, what is answered, and what follows from it.

pub mod auth;
pub mod batch;
pub mod compose;
pub mod content;
pub mod cookies;
pub mod credentials;
pub mod digest;
pub mod dump;
pub mod encoding;
pub mod errands;
pub mod exchange;
pub mod follow;
pub mod job;
pub mod multipart;
pub mod naming;
pub mod negotiation;
pub mod netrc;
pub mod one;
pub mod pace;
pub mod proxies;
pub mod reply;
pub mod segment;
pub mod sink;
pub mod source;
pub mod tunnel;
