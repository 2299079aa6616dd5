//! Links the unwinder into the program, where the linker has it as an archive: one shared library
//! less to find, map and relocate at every start.

#![allow(
    clippy::disallowed_methods,
    reason = "Cargo tells a build script what it builds in variables"
)]

use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let [host, target] = ["HOST", "TARGET"].map(|name| std::env::var(name).unwrap_or_default());
    if host == target && target.ends_with("-linux-gnu") {
        link_unwinder();
    }
}

/// Whole, as it comes before those who call it; the shared one is then not needed.
fn link_unwinder() {
    let asked = Command::new("cc")
        .arg("-print-file-name=libgcc_eh.a")
        .output();
    let path = asked.map(|answer| String::from_utf8_lossy(&answer.stdout).trim().to_owned());
    // A name that is not found comes back as it is.
    if let Ok(path) = path
        && path.starts_with('/')
    {
        let words = format!("--push-state,--whole-archive,{path},--pop-state");
        println!("cargo::rustc-link-arg-bins=-Wl,{words}");
    }
}
