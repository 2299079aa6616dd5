//! The program: hands the real world to [`rcurl::run`] and ends with its exit status.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, IsTerminal as _};
use std::os::fd::BorrowedFd;
use std::process::ExitCode;
use std::sync::Arc;

use anstream::{AutoStream, ColorChoice};
use rcurl::World;
use rcurl::clock::SystemClock;
use rcurl::environment::Environment;
use rcurl::net::Sockets;
use rcurl::streams::{Console, Input, Streams};
use rustix::io::retry_on_intr;
use rustix::rand::{GetRandomFlags, getrandom};
use rustix::stdio::{stderr, stdin, stdout};

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
    let variables: BTreeMap<OsString, OsString> = std::env::vars_os().collect();
    let (out, err) = (stdout().is_terminal(), stderr().is_terminal());
    // anstream is asked only where the answer may be yes: most runs write to pipes.
    let forced = variables.contains_key(OsStr::new("CLICOLOR_FORCE"));
    Environment {
        variables,
        stdin_is_terminal: stdin().is_terminal(),
        stdout_is_terminal: out,
        stderr_is_terminal: err,
        stdout_takes_colour: (out || forced)
            && AutoStream::choice(&io::stdout()) != ColorChoice::Never,
        stderr_takes_colour: (err || forced)
            && AutoStream::choice(&io::stderr()) != ColorChoice::Never,
        columns: rustix::termios::tcgetwinsize(stderr())
            .ok()
            .map(|size| size.ws_col)
            .filter(|columns| *columns > 0),
    }
}

/// The three streams, unbuffered; one that is closed reads and writes nothing. They are taken as
/// descriptors: the standard library's have buffers, which nothing here would fill.
fn streams() -> Streams {
    let console =
        |descriptor| own(descriptor).map_or_else(|| Console::new(io::sink()), Console::from_file);
    Streams {
        stdin: own(stdin()).map_or_else(|| Input::new(io::empty()), Input::from_file),
        stdout: console(stdout()),
        stderr: console(stderr()),
    }
}

fn own(descriptor: BorrowedFd<'_>) -> Option<File> {
    descriptor.try_clone_to_owned().ok().map(File::from)
}

fn noise(mut octets: &mut [u8]) -> io::Result<()> {
    while !octets.is_empty() {
        let filled = retry_on_intr(|| getrandom(&mut *octets, GetRandomFlags::empty()))?;
        octets = octets.split_at_mut(filled).1;
    }
    Ok(())
}
