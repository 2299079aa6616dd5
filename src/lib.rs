//! rcurl
<<<<<<< HEAD
pub mod http1;
=======

pub mod codec;
>>>>>>> codec
