//! Says how the program is linked, where this machine's linker can do it: with fewer pages to read
//! in, and with one shared library less to find, map and relocate at every start.

#![allow(
    clippy::disallowed_methods,
    reason = "Cargo tells a build script what it builds in variables"
)]

use std::env::{var, var_os};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::{fs, io};

/// What keeps the program small in memory, of which the kernel maps 64 KiB round each page touched:
/// functions of the same instructions become one (Rust promises no address of their own); what is
/// seldom called (`#[cold]`) stands apart; and the segments begin where those 64 KiB do, in the file
/// as in memory.
const COMPACT: &str = "-Wl,--icf=all,-z,keep-text-section-prefix,-z,max-page-size=65536";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let [host, target, profile] =
        ["HOST", "TARGET", "PROFILE"].map(|name| var(name).unwrap_or_default());
    if host != target || !target.ends_with("-linux-gnu") {
        return;
    }
    link_unwinder();
    // Not where someone debugs: a function that was folded has the name of another.
    if profile == "release" && linker_takes(COMPACT).unwrap_or(false) {
        println!("cargo::rustc-link-arg-bins={COMPACT}");
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

/// Links a program that does nothing, with the linker and the flags that Cargo was given: LLVM's and
/// gold take the words above, GNU's ld doesn't.
fn linker_takes(words: &str) -> io::Result<bool> {
    let folder = PathBuf::from(var_os("OUT_DIR").unwrap_or_default());
    let program = folder.join("nothing.rs");
    fs::write(&program, "fn main() {}")?;
    let mut compiler = Command::new(var_os("RUSTC").unwrap_or_default());
    compiler.arg(&program).arg("--out-dir").arg(&folder);
    compiler.arg(format!("-Clink-arg={words}"));
    if let Ok(linker) = var("RUSTC_LINKER") {
        compiler.arg(format!("-Clinker={linker}"));
    }
    let flags = var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    compiler.args(flags.split('\x1f').filter(|flag| !flag.is_empty()));
    Ok(compiler.stderr(Stdio::null()).status()?.success())
}
