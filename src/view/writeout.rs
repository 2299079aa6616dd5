//! `-w`: a format filled in after each transfer.
//!
//! Knows: where the text goes. `format` is the syntax, `variables` the table of what can be filled in. Must not know: how a number came about.
//!
//! Source: curl's write-out page, and curl 8.22 for what it says nothing about.

mod certificates;
mod format;
mod json;
mod parts;
mod variables;

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use jiff::fmt::strtime::{BrokenDownTime, Config, PosixCustom};

use super::ledger::{Account, Heads, Ledger};
use super::notices::Notices;
use super::stamp::Stamp;
use crate::clock::Clock;
use crate::codec::text::Visible;
use crate::environment::Environment;
use crate::event::{Event, Happening, Interest, Observer};
use crate::plan::Plan;
use crate::streams::Console;

use format::Item;
use variables::{Means, Switch};

/// The names of the variables, in the order of `%{json}`.
pub fn names() -> impl Iterator<Item = &'static str> {
    variables::VARIABLES.iter().map(|variable| variable.name)
}

/// `-w` of all parts of the command line.
pub struct WriteOut {
    formats: Vec<Option<Vec<u8>>>,
    stdout: Stream,
    stderr: Stream,
    stamp: Stamp,
    notices: Notices,
    ledger: Ledger,
}

/// Where text goes, and whether that is a terminal.
#[derive(Clone)]
struct Stream {
    console: Console,
    terminal: bool,
}

impl WriteOut {
    /// The formats of this plan; `None` when there is none.
    pub fn new(
        plan: &Plan,
        environment: &Environment,
        stdout: &Console,
        stderr: &Console,
        clock: &Arc<dyn Clock>,
    ) -> Option<Self> {
        let formats: Vec<_> = plan
            .operations
            .iter()
            .map(|operation| operation.write_out.clone())
            .collect();
        let told = formats.iter().flatten();
        let heads = if told.clone().any(|format| mentions(format, ":all:")) {
            Heads::EveryHop
        } else {
            Heads::LastHop
        };
        told.into_iter().next()?;
        Some(Self {
            stdout: Stream {
                console: stdout.clone(),
                terminal: environment.stdout_is_terminal,
            },
            stderr: Stream {
                console: stderr.clone(),
                terminal: environment.stderr_is_terminal,
            },
            stamp: Stamp::utc(clock.as_ref()),
            notices: Notices::new(&plan.global, environment, stderr),
            ledger: Ledger::new(heads),
            formats,
        })
    }

    fn write(&self, account: &Account, at: Instant) {
        let Some(Some(format)) = self.formats.get(account.operation) else {
            return;
        };
        let writing = Writing {
            view: self,
            account,
            at,
            stream: self.stdout.clone(),
            text: Vec::new(),
        };
        writing.run(format);
    }
}

impl Observer for WriteOut {
    fn observe(&mut self, event: &Event<'_>) {
        self.ledger.record(event);
        if let Happening::Finished { .. } = event.what
            && let Some(account) = self.ledger.close(event.transfer)
        {
            self.write(&account, event.at);
        }
    }

    fn wants(&self) -> Interest {
        let tls = ["cert", "verify", "appconnect", "json"];
        let tls = self
            .formats
            .iter()
            .flatten()
            .any(|format| tls.iter().any(|word| mentions(format, word)));
        Interest {
            tls,
            ..Interest::default()
        }
    }
}

fn mentions(format: &[u8], word: &str) -> bool {
    format
        .windows(word.len())
        .any(|window| window == word.as_bytes())
}

/// One format being filled in.
struct Writing<'a> {
    view: &'a WriteOut,
    account: &'a Account,
    at: Instant,
    stream: Stream,
    text: Vec<u8>,
}

/// Whether the rest of the format is to be filled in.
#[derive(PartialEq)]
enum Next {
    Go,
    Stop,
}

impl Writing<'_> {
    fn run(mut self, format: &[u8]) {
        let mut rest = format;
        while let Some((item, after)) = format::next(rest) {
            rest = after;
            if self.item(item) == Next::Stop {
                break;
            }
        }
        self.flush();
    }

    fn item(&mut self, item: Item<'_>) -> Next {
        match item {
            Item::Text(text) => self.text.extend_from_slice(&text),
            Item::Variable(name) => return self.variable(name),
            Item::Header(name) => {
                let head = self.account.attempt.head();
                let field = head.and_then(|head| head.field(&String::from_utf8_lossy(name)));
                if let Some(field) = field {
                    self.value(&field.value);
                }
            }
            Item::AllHeaders(name, separator) => self.all_headers(name, &separator),
            Item::Time(format) => self.time(format),
            Item::Output(name) => self.switch_to_file(name, |name| File::create(name)),
            Item::Append(name) => self.switch_to_file(name, |name| {
                OpenOptions::new().append(true).create(true).open(name)
            }),
        }
        Next::Go
    }

    fn variable(&mut self, name: &[u8]) -> Next {
        let Some(variable) = variables::named(name) else {
            let name = String::from_utf8_lossy(name);
            self.view
                .notices
                .remark(&format!("unknown --write-out variable: '{name}'"));
            return Next::Go;
        };
        match variable.means {
            Means::Switch(Switch::OnError) if self.account.failure.is_none() => return Next::Stop,
            Means::Switch(Switch::OnError) => {}
            Means::Switch(Switch::Stdout) => self.switch_to(self.view.stdout.clone()),
            Means::Switch(Switch::Stderr) => self.switch_to(self.view.stderr.clone()),
            Means::Switch(Switch::Json) => self.value(&json::all(self.account)),
            Means::Switch(Switch::HeaderJson) => {
                self.value(&json::head(self.account.attempt.head()));
            }
            _ => self.value(&variable.value(self.account).plain()),
        }
        Next::Go
    }

    fn all_headers(&mut self, name: &[u8], separator: &[u8]) {
        let name = String::from_utf8_lossy(name);
        let heads = self.account.attempt.heads();
        let fields = heads.flat_map(|head| head.all(&name));
        for (index, field) in fields.enumerate() {
            if index > 0 {
                self.text.extend_from_slice(separator);
            }
            self.value(&field.value);
        }
    }

    /// The time of day in UTC; `%f` is the microseconds.
    fn time(&mut self, format: &[u8]) {
        let format = String::from_utf8_lossy(format);
        let mut letters = format.chars();
        let mut wanted = String::new();
        while let Some(letter) = letters.next() {
            wanted.push(letter);
            if letter == '%' {
                match letters.next() {
                    Some('f') => wanted.push_str("6f"),
                    other => wanted.extend(other),
                }
            }
        }
        let config = Config::new().custom(PosixCustom::new()).lenient(true);
        let time = BrokenDownTime::from(&self.view.stamp.of(self.at));
        if let Ok(text) = time.to_string_with_config(&config, &wanted) {
            self.text.extend_from_slice(text.as_bytes());
        }
    }

    fn switch_to_file(&mut self, name: &[u8], open: fn(&Path) -> io::Result<File>) {
        let name = String::from_utf8_lossy(name);
        match open(Path::new(&*name)) {
            Ok(file) => self.switch_to(Stream {
                console: Console::from_file(file),
                terminal: false,
            }),
            Err(error) => self
                .view
                .notices
                .warn(&format!("Failed to open {name} for --write-out: {error}")),
        }
    }

    fn switch_to(&mut self, stream: Stream) {
        self.flush();
        self.stream = stream;
    }

    /// What a server may have had a hand in.
    fn value(&mut self, octets: &[u8]) {
        if self.stream.terminal {
            let mut filter = Visible::new();
            filter.push(octets, &mut self.text);
            filter.finish(&mut self.text);
        } else {
            self.text.extend_from_slice(octets);
        }
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            self.stream.console.tell(&self.text);
            self.text.clear();
        }
    }
}
