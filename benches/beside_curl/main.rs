//! rcurl beside the system's curl: whole processes against a loopback server of our own, in turns.
//!
//!     cargo bench                                    a quick look, some two minutes
//!     cargo bench -- --gigabytes 4 --runs 5          the figures of the README
//!     cargo bench -- --only upload --mode same       the rows whose name has the word
//!
//! Markdown goes to standard output, progress to standard error. Nothing is asserted about times.
//! There are two modes, as some techniques rank differently in them: *same*, client and server on one
//! processor, and *split*, one processor each. A figure is the median of runs that took turns.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program of its own, which times other programs and prints a table"
)]

mod content;
mod process;
mod rows;
mod server;
mod table;

use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::{error, fs, io};

use content::Content;
use process::Place;
use rows::{Kind, ROWS, Row, Stage};
use server::Server;
use table::{Counted, Timed};

/// Runs of a small command, for each run of a large one.
const SMALL_RUNS: usize = 8;

/// What the command line asks for.
struct Asked {
    /// How much a large transfer moves, in 10^9 octets; counts of requests go with it.
    gigabytes: f64,
    /// How many times each program does each work.
    runs: usize,
    /// Only rows whose name contains this.
    only: String,
    /// Only this mode.
    mode: Option<String>,
}

fn main() -> ExitCode {
    match asked().and_then(|asked| compare(&asked)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn asked() -> Result<Asked, Box<dyn error::Error>> {
    let mut asked = Asked {
        gigabytes: 0.25,
        runs: 3,
        only: String::new(),
        mode: None,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        match word.as_str() {
            "--bench" => {} // cargo's own
            "--gigabytes" => asked.gigabytes = value()?.parse()?,
            "--runs" => asked.runs = value()?.parse::<usize>()?.max(1),
            "--only" => asked.only = value()?,
            "--mode" => asked.mode = Some(value()?),
            other => return Err(format!("{other}: not known here").into()),
        }
    }
    Ok(asked)
}

fn compare(asked: &Asked) -> Result<(), Box<dyn error::Error>> {
    let curl = program("curl");
    let content = Arc::new(Content::new(asked.gigabytes)?);
    let folder = tempfile::Builder::new().prefix("rcurl-bench").tempdir()?;
    let memory = fs::exists("/dev/shm")?.then(|| tempfile::tempdir_in("/dev/shm"));
    let memory = memory.transpose()?;
    let in_memory = memory.as_ref().map(tempfile::TempDir::path);
    let stage = |place: &Place| -> io::Result<Stage> {
        let server = Server::start(place.server, &content, folder.path())?;
        Stage::new(server, asked.gigabytes, folder.path(), in_memory)
    };
    let rows: Vec<&Row> = ROWS
        .iter()
        .filter(|row| row.name.contains(&asked.only))
        .collect();
    table::introduce(curl.as_ref(), asked.gigabytes, asked.runs);
    for place in process::places() {
        if asked.mode.as_deref().is_some_and(|mode| mode != place.mode) {
            continue;
        }
        let stage = stage(&place)?;
        let timed: Vec<Timed> = rows
            .iter()
            .map(|row| time(row, &stage, &place, curl.as_ref(), asked.runs))
            .collect();
        table::print_times(&place, &timed);
    }
    let small: Vec<&Row> = rows
        .into_iter()
        .filter(|row| row.kind == Kind::Small)
        .collect();
    if small.is_empty() {
        return Ok(());
    }
    if program("valgrind").is_some() {
        let stage = stage(&Place::anywhere())?;
        let count = |row: &&Row| count(row, &stage, curl.as_ref());
        table::print_counts(&small.iter().map(count).collect::<Vec<Counted>>());
    } else {
        println!("\nInstructions are not counted: valgrind is not here.");
    }
    Ok(())
}

/// Both programs do the work of a row, in turns.
fn time(row: &Row, stage: &Stage, place: &Place, curl: Option<&PathBuf>, runs: usize) -> Timed {
    eprintln!("{}: {}", place.mode, row.name);
    let mut timed = Timed::new(row, stage);
    let runs = if row.kind == Kind::Small {
        runs * SMALL_RUNS
    } else {
        runs
    };
    for turn in 0..runs {
        // Who begins changes, lest one always finds what the other left behind.
        for peers_turn in [turn % 2 == 0, turn % 2 != 0] {
            match (peers_turn, curl) {
                (false, _) => timed.rcurl.take(row.work(stage).run(place)),
                (true, Some(curl)) => {
                    let work = row.beside(curl, stage);
                    timed.curl.take(work.and_then(|work| work.run(place)));
                }
                (true, None) => {}
            }
        }
    }
    timed
}

/// The instructions of both programs for the work of a row.
fn count(row: &Row, stage: &Stage, curl: Option<&PathBuf>) -> Counted {
    eprintln!("instructions: {}", row.name);
    let of_curl = curl.ok_or("not here".to_owned());
    Counted {
        name: row.name,
        aim: row.instructions,
        curl: of_curl.and_then(|curl| row.beside(curl, stage)?.count(&stage.folder)),
        rcurl: row.work(stage).count(&stage.folder),
    }
}

/// A program of the system that runs.
fn program(name: &str) -> Option<PathBuf> {
    let mut command = Command::new(name);
    command
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
        .status()
        .is_ok_and(|status| status.success())
        .then(|| name.into())
}
