//! A story: a text file with a command line, what servers do, and what came of it.
//!
//! ```text
//! # What the story is about.
//! $ rcurl -v 'http://127.0.0.1/'        one command line; {dir} is a folder of its own
//! @ stdout is a terminal                 facts of the environment; NAME=value is a variable
//! == stdin                               what standard input holds
//! == given NAME                          a file in {dir}
//! == connection                          what one server does, one section per attempt to connect:
//! await head                               goes on after the empty line of a head
//! await TEXT                               … after this text
//! < TEXT                                   says a line; what stands together comes as one piece
//! <120000 TEXT                             says a line so many times
//! gzip TEXT                                says this text, compressed
//! wait 1500ms                              is silent for so long
//! then                                     says what follows as a piece of its own
//! close, reset                             ends the connection
//! refuse, silence                          (alone) does not accept it, does not answer at all
//! == exit …                              from here on: what came of it, written by SNAPSHOTS=overwrite
//! ```
//!
//! Octets are written as in `escape`; a line that a server says ends with CR LF.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use rcurl::environment::Environment;
use rcurl::net::Step;

use super::escape::{meant, shown};
use super::stage::{Meeting, Outcome, Scene};

/// A story as written, without what came of it.
#[derive(Default)]
pub(crate) struct Story {
    text: String,
    words: Vec<String>,
    environment: Environment,
    stdin: Vec<u8>,
    given: Vec<(String, Vec<u8>)>,
    meetings: Vec<Meeting>,
}

/// The section that lines belong to.
enum Section {
    Opening,
    Stdin,
    Given,
    Connection,
}

impl Story {
    pub(crate) fn parse(text: &str) -> Self {
        let told = text.split("== exit").next().unwrap();
        let mut story = Self {
            text: told.to_owned(),
            environment: quiet(),
            ..Self::default()
        };
        let mut section = Section::Opening;
        for line in told.lines() {
            if let Some(title) = line.strip_prefix("== ") {
                section = story.begin(title);
                continue;
            }
            match section {
                Section::Opening => story.opening(line),
                Section::Stdin => add_line(&mut story.stdin, line, "\n"),
                Section::Given => add_line(&mut story.given.last_mut().unwrap().1, line, "\n"),
                Section::Connection => step(story.meetings.last_mut().unwrap(), line),
            }
        }
        assert!(
            !story.words.is_empty(),
            "a story has a command line: {text}"
        );
        story
    }

    fn begin(&mut self, title: &str) -> Section {
        match title.split_once(' ').unwrap_or((title, "")) {
            ("stdin", "") => Section::Stdin,
            ("given", name) => {
                self.given.push((name.to_owned(), Vec::new()));
                Section::Given
            }
            ("connection", "") => {
                self.meetings.push(Meeting::Accepts(Vec::new()));
                Section::Connection
            }
            _ => panic!("no section: {title}"),
        }
    }

    fn opening(&mut self, line: &str) {
        let environment = &mut self.environment;
        if let Some(words) = line.strip_prefix("$ rcurl ") {
            self.words = split(words);
        } else if let Some(fact) = line.strip_prefix("@ ") {
            match fact {
                "stdout is a terminal" => environment.stdout_is_terminal = true,
                "stdout takes colours" => environment.stdout_takes_colour = true,
                "stderr is a terminal" => environment.stderr_is_terminal = true,
                "stderr takes colours" => environment.stderr_takes_colour = true,
                variable => {
                    let (name, value) = variable.split_once('=').expect(variable);
                    environment.variables.insert(name.into(), value.into());
                }
            }
        } else {
            assert!(
                line.is_empty() || line.starts_with('#'),
                "not understood: {line}"
            );
        }
    }

    /// The command line.
    pub(crate) fn words(&self) -> &[String] {
        &self.words
    }

    /// How each attempt to connect is met.
    pub(crate) fn meetings(&self) -> &[Meeting] {
        &self.meetings
    }

    /// Plays the story with further words; gives what came of it.
    pub(crate) fn play(mut self, words: &[&str]) -> Outcome {
        let folder = tempfile::tempdir().unwrap();
        self.words.extend(words.iter().map(|&word| word.to_owned()));
        self.perform(folder.path())
    }

    /// Plays the story; gives its text with what came of it.
    pub(crate) fn tell(mut self) -> String {
        let folder = tempfile::tempdir().unwrap();
        let outcome = self.perform(folder.path());
        let name = folder.path().display().to_string();
        let ending = self.ending(&outcome, folder.path());
        let ending = ending.replace(&name, "{dir}");
        let ending = ending.replace(
            concat!("rcurl/", env!("CARGO_PKG_VERSION")),
            "rcurl/{version}",
        );
        self.text + &ending
    }

    fn perform(&mut self, folder: &Path) -> Outcome {
        let name = folder.display().to_string();
        for (file, octets) in &self.given {
            std::fs::write(folder.join(file), octets).unwrap();
        }
        for value in self.environment.variables.values_mut() {
            *value = value.to_str().unwrap().replace("{dir}", &name).into();
        }
        let words = self.words.iter().map(|word| word.replace("{dir}", &name));
        let scene = Scene {
            words: words.collect(),
            environment: self.environment.clone(),
            stdin: std::mem::take(&mut self.stdin),
            meetings: std::mem::take(&mut self.meetings),
            ..Scene::default()
        };
        scene.play()
    }

    fn ending(&self, outcome: &Outcome, folder: &Path) -> String {
        let mut ending = format!("== exit {}\n", outcome.exit);
        for (to, octets) in &outcome.sent {
            // A TLS hello is random.
            let sent = if octets.starts_with(b"\x16\x03") {
                "(TLS)\n".to_owned()
            } else {
                shown(octets)
            };
            let _ = write!(ending, "== sent to {to}\n{sent}");
        }
        if outcome.unmet > 0 {
            let _ = writeln!(ending, "== connections not asked for: {}", outcome.unmet);
        }
        let streams = [("stdout", &outcome.stdout), ("stderr", &outcome.stderr)];
        for (name, octets) in streams.into_iter().filter(|(_, octets)| !octets.is_empty()) {
            let _ = write!(ending, "== {name}\n{}", shown(octets));
        }
        for (name, octets) in written(folder) {
            if !self
                .given
                .iter()
                .any(|(given, before)| *given == name && *before == octets)
            {
                let _ = write!(ending, "== written {name}\n{}", shown(&octets));
            }
        }
        ending
    }
}

/// Streams that are pipes, in UTC.
fn quiet() -> Environment {
    let mut environment = Environment::default();
    environment.variables.insert("TZ".into(), "UTC0".into());
    environment
}

/// The files of a folder, by name.
fn written(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let mut files: Vec<_> = entries
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, std::fs::read(entry.path()).unwrap())
        })
        .collect();
    files.sort();
    files
}

/// Splits words at blanks; what stands in single quotes stays together.
pub(crate) fn split(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    for character in line.chars() {
        match character {
            '\'' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            ' ' if !quoted => words.extend(word.take()),
            it => word.get_or_insert_default().push(it),
        }
    }
    assert!(!quoted, "a quote is open: {line}");
    words.extend(word);
    words
}

fn add_line(octets: &mut Vec<u8>, line: &str, end: &str) {
    let (line, ended) = meant(line);
    octets.extend(line);
    if ended {
        octets.extend_from_slice(end.as_bytes());
    }
}

/// One line of what a server does.
fn step(meeting: &mut Meeting, line: &str) {
    match line {
        "refuse" => return *meeting = Meeting::Refuses,
        "silence" => return *meeting = Meeting::IsSilent,
        _ => {}
    }
    let Meeting::Accepts(steps) = meeting else {
        panic!("nobody is there: {line}")
    };
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    match (verb, rest) {
        ("", "") => {}
        ("await", "head") => steps.push(Step::Await(b"\r\n\r\n".to_vec())),
        ("await", text) => steps.push(Step::Await(meant(text).0)),
        ("wait", time) => {
            let milliseconds = time.strip_suffix("ms").expect(time).parse().unwrap();
            steps.push(Step::Silence(Duration::from_millis(milliseconds)));
        }
        ("then", "") => steps.push(Step::Say(Vec::new())),
        ("close", "") => steps.push(Step::Close),
        ("reset", "") => steps.push(Step::Reset),
        ("gzip", text) => piece(steps).extend(gzip(&meant(text).0)),
        ("<", text) => add_line(piece(steps), text, "\r\n"),
        (times, text) if times.starts_with('<') => {
            let mut line = Vec::new();
            add_line(&mut line, text, "\r\n");
            piece(steps).extend(line.repeat(times[1..].parse().expect(times)));
        }
        _ => panic!("no step: {line}"),
    }
}

/// The piece that is being said.
fn piece(steps: &mut Vec<Step>) -> &mut Vec<u8> {
    if !matches!(steps.last(), Some(Step::Say(_))) {
        steps.push(Step::Say(Vec::new()));
    }
    match steps.last_mut() {
        Some(Step::Say(octets)) => octets,
        _ => unreachable!("it was just pushed"),
    }
}

fn gzip(octets: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(octets).unwrap();
    encoder.finish().unwrap()
}
