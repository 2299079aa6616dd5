//! What the tests of whole runs stand on: a run inside the process with a scripted wire, a scripted
//! server on real sockets, certificates, and the built program.

pub(crate) mod certificates;
pub(crate) mod chance;
pub(crate) mod escape;
pub(crate) mod program;
pub(crate) mod server;
pub(crate) mod stage;
pub(crate) mod story;
