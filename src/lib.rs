//! rcurl
<<<<<<< HEAD
pub mod http1;
=======

pub mod codec;
>>>>>>> codec
pub mod plan;
pub mod streams;
pub mod target;
pub mod transfer;
