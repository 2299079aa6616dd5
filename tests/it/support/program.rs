//! The built program, and others that may be at hand, in a clean environment.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// A program that runs for longer has locked up.
const PATIENCE: Duration = Duration::from_secs(40);

/// What a run came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    /// None when a signal ended it.
    pub(crate) exit: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

/// rcurl with these words; nothing of our own environment is left.
pub(crate) fn rcurl<W: AsRef<str>>(words: &[W]) -> Command {
    clean(env!("CARGO_BIN_EXE_rcurl"), words)
}

/// A program in a clean environment.
pub(crate) fn clean<W: AsRef<str>>(program: impl AsRef<Path>, words: &[W]) -> Command {
    let mut command = Command::new(program.as_ref());
    command.args(words.iter().map(AsRef::as_ref)).env_clear();
    command
        .env("TZ", "UTC0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs a command to its end.
pub(crate) fn run(mut command: Command) -> Ended {
    end(command.spawn().unwrap())
}

/// The same with this on standard input, through a pipe.
pub(crate) fn run_with(mut command: Command, stdin: Vec<u8>) -> Ended {
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    thread::spawn(move || {
        // Who does not want to read all of it need not.
        let _ = pipe.write_all(&stdin);
    });
    end(child)
}

/// Waits for a program to end.
pub(crate) fn end(child: Child) -> Ended {
    let process = rustix::process::Pid::from_child(&child);
    let (sender, ended) = mpsc::channel();
    thread::spawn(move || sender.send(child.wait_with_output()));
    if let Ok(output) = ended.recv_timeout(PATIENCE) {
        return Ended::from(output.unwrap());
    }
    let _ = rustix::process::kill_process(process, rustix::process::Signal::KILL);
    panic!("the program has locked up");
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            exit: output.status.code(),
            stdout: output.stdout,
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// The path of a program, where it is installed; says a word where it is not.
pub(crate) fn found(name: &str) -> Option<String> {
    let output = Command::new("sh")
        .args(["-c", &format!("command -v {name}")])
        .output()
        .ok()?;
    let path = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    if path.is_empty() {
        let _ = writeln!(io::stderr(), "skipped: {name} is not here");
        return None;
    }
    Some(path)
}
