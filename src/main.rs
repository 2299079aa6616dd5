//! The program: hands the real world to [`rcurl::run`] and ends with its exit status.

use std::fs::File;
use std::io::IsTerminal as _;
use std::os::fd::{AsFd, BorrowedFd};
use std::process::ExitCode;
use std::sync::Arc;

use anstream::{AutoStream, ColorChoice};
use rcurl::World;
use rcurl::clock::SystemClock;
use rcurl::environment::Environment;
use rcurl::net::Sockets;
use rcurl::streams::{Console, Input, Streams};

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that asks the system for the command line"
)]
fn main() -> ExitCode {
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    let world = World {
        environment: environment(),
        streams: streams(),
        sockets: Sockets::System,
        clock: Arc::new(SystemClock),
        noise: Box::new(noise),
        secret_line: Box::new(rcurl::terminal::secret_line),
    };
    ExitCode::from(rcurl::run(&words, world) as u8)
}

fn environment() -> Environment {
    let (stdout, stderr) = (std::io::stdout(), std::io::stderr());
    Environment {
        variables: std::env::vars_os().collect(),
        stdin_is_terminal: std::io::stdin().is_terminal(),
        stdout_is_terminal: stdout.is_terminal(),
        stderr_is_terminal: stderr.is_terminal(),
        stdout_takes_colour: AutoStream::choice(&stdout) != ColorChoice::Never,
        stderr_takes_colour: AutoStream::choice(&stderr) != ColorChoice::Never,
        columns: rustix::termios::tcgetwinsize(&stderr)
            .ok()
            .map(|size| size.ws_col)
            .filter(|columns| *columns > 0),
    }
}

/// The three streams, unbuffered; one that is closed reads and writes nothing.
fn streams() -> Streams {
    let (stdin, stdout, stderr) = (std::io::stdin(), std::io::stdout(), std::io::stderr());
    Streams {
        stdin: own(stdin.as_fd()).map_or_else(|| Input::new(std::io::empty()), Input::from_file),
        stdout: own(stdout.as_fd())
            .map_or_else(|| Console::new(std::io::sink()), Console::from_file),
        stderr: own(stderr.as_fd())
            .map_or_else(|| Console::new(std::io::sink()), Console::from_file),
    }
}

fn own(descriptor: BorrowedFd<'_>) -> Option<File> {
    descriptor.try_clone_to_owned().ok().map(File::from)
}

fn noise(mut octets: &mut [u8]) {
    while !octets.is_empty() {
        match rustix::rand::getrandom(&mut *octets, rustix::rand::GetRandomFlags::empty()) {
            Ok(filled) => octets = octets.split_at_mut(filled).1,
            Err(_) => return,
        }
    }
}
