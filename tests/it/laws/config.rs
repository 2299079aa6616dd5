//! Config files (`-K`): any octets become a plan or a refusal.

use std::ffi::OsString;

use rcurl::cli::{self, Asked};
use rcurl::environment::Environment;
use rcurl::error::Exit;

pub(crate) fn hold(file: &[u8]) {
    // An argument may name a file to be read, and the system has files without end.
    if file.contains(&b'/') && !file.windows(3).any(|three| three == b"://") {
        return;
    }
    let words = ["-q", "-K", "-"].map(OsString::from);
    match cli::parse(&words, &Environment::default(), &mut &file[..]) {
        Ok(Asked::Run(plan)) => assert!(!plan.operations.is_empty(), "a plan does something"),
        Ok(_) => panic!("help is not to be had from a file"),
        // With `-s` the sentence may be missing, as in curl.
        Err(refusal) => assert!(refusal.error.exit != Exit::Ok, "a refusal has a status"),
    }
}
