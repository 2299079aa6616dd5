//! rcurl beside the system's curl: whole processes against a loopback server of our own, in turns.
//!
//!     cargo bench                                    a quick look, some two minutes
//!     cargo bench -- --gigabytes 4 --runs 5          steadier figures
//!     cargo bench -- … --write README.md             the same, into the README
//!     cargo bench -- --only upload --mode same       the rows whose name has the word
//!     cargo bench -- --program target/old/rcurl      another rcurl than the one of this build
//!     cargo bench -- --serve                         the server alone, for a look with strace
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

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::{error, fs, io};

use content::Content;
use process::{Place, Work};
use rows::{Kind, ROWS, Row, Stage};
use server::Server;
use table::{Counted, Timed};

/// Runs of a small command, for each run of a large one.
const SMALL_RUNS: usize = 8;

/// Between these lines of a file the tables stand.
const MARKS: [&str; 2] = ["<!-- bench -->\n", "<!-- end of bench -->\n"];

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
    /// The rcurl that is measured.
    program: PathBuf,
    /// The file that the tables go into.
    write: Option<PathBuf>,
    /// Nothing is measured.
    serve: bool,
}

type Outcome<T> = Result<T, Box<dyn error::Error>>;

fn main() -> ExitCode {
    match asked().and_then(|asked| act(&asked)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn asked() -> Outcome<Asked> {
    let mut asked = Asked {
        gigabytes: 0.25,
        runs: 3,
        only: String::new(),
        mode: None,
        program: rows::RCURL.into(),
        write: None,
        serve: false,
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
            "--program" => asked.program = value()?.into(),
            "--write" => asked.write = Some(value()?.into()),
            "--serve" => asked.serve = true,
            other => {
                let list = "the first lines of benches/beside_curl/main.rs say what is";
                return Err(format!("{other} is not known here; {list}").into());
            }
        }
    }
    Ok(asked)
}

fn act(asked: &Asked) -> Outcome<()> {
    let content = Arc::new(Content::new(asked.gigabytes)?);
    let folder = tempfile::Builder::new().prefix("rcurl-bench").tempdir()?;
    if asked.serve {
        let server = Server::start(Place::anywhere().server, &content, folder.path())?;
        println!("{}\n{}", server.plain, server.secure);
        println!("--cacert {}", server.authority.display());
        loop {
            std::thread::park();
        }
    }
    let tables = compare(asked, &content, folder.path())?;
    println!("{tables}");
    match &asked.write {
        Some(path) => write(path, &tables),
        None => Ok(()),
    }
}

/// Puts the tables into a file, between their marks.
fn write(path: &Path, tables: &str) -> Outcome<()> {
    let text = fs::read_to_string(path)?;
    let parts = text.split_once(MARKS[0]).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(MARKS[1])?;
        Some((before, after))
    });
    let (before, after) = parts.ok_or("the marks of the bench are not there")?;
    let text = [before, MARKS[0], tables, MARKS[1], after].concat();
    Ok(fs::write(path, text)?)
}

fn compare(asked: &Asked, content: &Arc<Content>, folder: &Path) -> Outcome<String> {
    let curl = program("curl");
    let memory = fs::exists("/dev/shm")?.then(|| tempfile::tempdir_in("/dev/shm"));
    let memory = memory.transpose()?;
    let in_memory = memory.as_ref().map(tempfile::TempDir::path);
    let stage = |place: &Place| -> io::Result<Stage> {
        let server = Server::start(place.server, content, folder)?;
        Stage::new(server, asked.gigabytes, folder, in_memory, &asked.program)
    };
    let rows: Vec<&Row> = ROWS
        .iter()
        .filter(|row| row.name.contains(&asked.only))
        .collect();
    let mut text = table::introduction(curl.as_deref(), asked.gigabytes, asked.runs);
    let mut modes = Vec::new();
    for place in process::places() {
        if asked.mode.as_deref().is_some_and(|mode| mode != place.mode) {
            continue;
        }
        let stage = stage(&place)?;
        let timed = rows
            .iter()
            .map(|row| time(row, &stage, &place, curl.as_deref(), asked.runs));
        modes.push((place.mode, timed.collect()));
    }
    text += &table::times(&modes);
    let small: Vec<&Row> = rows
        .into_iter()
        .filter(|row| row.kind == Kind::Small)
        .collect();
    if !small.is_empty() {
        let stage = stage(&Place::anywhere())?;
        let counted = small.iter().map(|row| count(row, &stage, curl.as_deref()));
        text += &table::counts(&counted.collect::<Vec<_>>());
    }
    Ok(text)
}

/// Both programs do the work of a row, in turns.
fn time(row: &Row, stage: &Stage, place: &Place, curl: Option<&Path>, runs: usize) -> Timed {
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

/// What both programs take for the work of a row that does not depend on the time of day.
fn count(row: &Row, stage: &Stage, curl: Option<&Path>) -> Counted {
    eprintln!("counts: {}", row.name);
    let of_curl = curl.ok_or("not here".to_owned());
    let works = [
        of_curl.and_then(|curl| row.beside(curl, stage)),
        Ok(row.work(stage)),
    ];
    let both = |figure: &dyn Fn(&Work) -> Result<u64, String>| {
        works
            .each_ref()
            .map(|work| work.as_ref().map_err(Clone::clone).and_then(figure))
    };
    let peaks = |work: &Work| {
        let peaks = (0..SMALL_RUNS).map(|_| work.peak());
        peaks.max().unwrap_or_else(|| Err("–".to_owned()))
    };
    Counted {
        name: row.name,
        instructions: (
            both(&|work| work.instructions(&stage.folder)),
            row.instructions,
        ),
        calls: (both(&|work| work.calls(&stage.folder)), row.calls),
        memory: (both(&peaks), row.memory),
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
