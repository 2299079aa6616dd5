//! The option table: one row per option, its only definition.
//!
//! Knows: every name, letter, argument, category, short text and meaning. Help, the man page, the
//! completions and the tests read it here. Must not know: how words are split, or where they came
//! from. The rows stand in one file per subject; a long text is a section of `man/options.md`.

mod auth;
mod connection;
mod cookies;
mod elsewhere;
mod inspect;
mod output;
mod proxy;
mod redirect;
mod request;
mod telling;
mod tls;
mod tool;
mod upload;

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::state::{Outcome, State};
use super::values::Value;
use crate::plan::{Global, Operation};

/// A row of the table.
#[derive(Clone, Copy)]
pub struct Opt {
    /// The name after the two dashes.
    pub long: &'static str,
    /// The letter; NUL for none.
    pub short: char,
    /// What the argument is called, with its brackets; empty for a switch.
    pub argument: &'static str,
    /// Where help lists it.
    pub categories: &'static [Category],
    /// What it does, in one line.
    pub help: &'static str,
    /// What it means.
    pub(crate) means: Means,
    /// On unless `--no-…` is given: help and man page show that form, and it is the letter's.
    pub on_by_default: bool,
}

impl PartialEq for Opt {
    fn eq(&self, other: &Self) -> bool {
        self.long == other.long
    }
}

impl fmt::Debug for Opt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "--{}", self.long)
    }
}

/// What an option does with its argument. The first ones name a field of the plan.
#[derive(Clone, Copy)]
pub(crate) enum Means {
    /// Turns a field on, `--no-…` off.
    Turns(fn(&mut Operation) -> &mut bool),
    /// Turns a field off, `--no-…` on.
    TurnsOff(fn(&mut Operation) -> &mut bool),
    /// Turns a field on that holds for every transfer.
    TurnsAll(fn(&mut Global) -> &mut bool),
    /// Text, not empty.
    Text(fn(&mut Operation) -> &mut Option<String>),
    /// Text for one line of a message head, not empty.
    Line(fn(&mut Operation) -> &mut Option<String>),
    /// A file, not empty.
    File(fn(&mut Operation) -> &mut Option<PathBuf>),
    /// Seconds, with a fraction if need be.
    Seconds(fn(&mut Operation) -> &mut Option<Duration>),
    /// A number of octets, with a unit if need be.
    Size(fn(&mut Operation) -> &mut Option<u64>),
    /// A switch with a meaning of its own.
    Switch(fn(&mut State<'_>, bool) -> Outcome),
    /// A switch that has no `--no-…`.
    Flag(fn(&mut State<'_>) -> Outcome),
    /// An argument with a meaning of its own.
    Takes(fn(&mut State<'_>, Value<'_>) -> Outcome),
    /// The name of a file with a meaning of its own.
    TakesFile(fn(&mut State<'_>, Value<'_>) -> Outcome),
    /// An argument that may be left out.
    Perhaps(fn(&mut State<'_>, Value<'_>) -> Outcome),
    /// An argument that may be left out, and stands behind a `=` where it is not.
    Attached(fn(&mut State<'_>, Value<'_>) -> Outcome),
    /// Accepted, since it cannot matter here.
    Idle(Takes),
    /// Accepted, since it only says how another protocol behaves; the sentence says so, to who looks
    /// closely.
    Foreign(Takes, &'static str),
    /// Accepted with a warning: curl ignores it too.
    Deprecated(Takes),
    /// Known by name, and refused with a sentence that says why.
    Refused(Takes, &'static str),
}

/// What follows the name of an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Nothing, and there is no `--no-…`.
    Nothing,
    /// Nothing; `--no-…` turns it off.
    Toggle,
    /// An argument.
    Text,
    /// The name of a file.
    File,
    /// An argument that may be left out.
    Perhaps,
    /// The same, only ever attached: `--pretty=never`.
    Attached,
}

/// How far an option goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// It does what it says.
    Done,
    /// It is accepted and does nothing, here or in curl.
    Idle,
    /// It is refused; the sentence says why.
    Refused(&'static str),
}

impl Opt {
    /// What follows the name.
    pub fn takes(&self) -> Takes {
        match self.means {
            Means::Turns(_) | Means::TurnsOff(_) | Means::TurnsAll(_) | Means::Switch(_) => {
                Takes::Toggle
            }
            Means::Flag(_) => Takes::Nothing,
            Means::Text(_)
            | Means::Line(_)
            | Means::Seconds(_)
            | Means::Size(_)
            | Means::Takes(_) => Takes::Text,
            Means::File(_) | Means::TakesFile(_) => Takes::File,
            Means::Perhaps(_) => Takes::Perhaps,
            Means::Attached(_) => Takes::Attached,
            Means::Idle(takes)
            | Means::Foreign(takes, _)
            | Means::Deprecated(takes)
            | Means::Refused(takes, _) => takes,
        }
    }

    /// How far it goes.
    pub fn scope(&self) -> Scope {
        match self.means {
            Means::Refused(_, why) => Scope::Refused(why),
            Means::Idle(_) | Means::Foreign(..) | Means::Deprecated(_) => Scope::Idle,
            _ => Scope::Done,
        }
    }

    /// The letter, if it has one.
    pub fn letter(&self) -> Option<char> {
        (self.short != '\0').then_some(self.short)
    }

    /// The name as help shows it: `no-buffer` for what is on by default.
    pub fn shown(&self) -> String {
        let no = if self.on_by_default { "no-" } else { "" };
        format!("{no}{}", self.long)
    }

    /// `-d, --data <data>`, or the same without a letter.
    pub fn synopsis(&self) -> String {
        let letter = match self.letter() {
            Some(letter) => format!("-{letter},"),
            None => "   ".to_owned(),
        };
        let argument = match (self.argument, self.takes()) {
            ("", _) => String::new(),
            (argument, Takes::Attached) => argument.to_owned(),
            (argument, _) => format!(" {argument}"),
        };
        format!("{letter} --{}{argument}", self.shown())
    }

    const fn short(mut self, letter: char) -> Self {
        self.short = letter;
        self
    }

    const fn means(mut self, means: Means) -> Self {
        self.means = means;
        self
    }

    const fn on_by_default(mut self) -> Self {
        self.on_by_default = true;
        self
    }
}

/// A row without a letter that does nothing yet.
const fn row(
    long: &'static str,
    argument: &'static str,
    categories: &'static [Category],
    help: &'static str,
) -> Opt {
    Opt {
        long,
        short: '\0',
        argument,
        categories,
        help,
        means: Means::Idle(Takes::Toggle),
        on_by_default: false,
    }
}

/// The table, by subject.
static TABLES: [&[Opt]; 13] = [
    request::ROWS,
    upload::ROWS,
    output::ROWS,
    telling::ROWS,
    tool::ROWS,
    redirect::ROWS,
    auth::ROWS,
    cookies::ROWS,
    connection::ROWS,
    tls::ROWS,
    proxy::ROWS,
    inspect::ROWS,
    elsewhere::ROWS,
];

/// Every option, by subject.
pub fn all() -> impl Iterator<Item = &'static Opt> {
    TABLES.into_iter().flatten()
}

/// The options that are not refused, in the order of their names as shown.
pub fn usable() -> Vec<&'static Opt> {
    let usable = |option: &&Opt| !matches!(option.scope(), Scope::Refused(_));
    let mut found: Vec<&Opt> = all().filter(usable).collect();
    found.sort_by_key(|option| option.shown());
    found
}

/// The option of this name, written in full.
pub fn named(name: &str) -> Option<&'static Opt> {
    all().find(|option| option.long == name)
}

/// The option of this letter.
pub fn lettered(letter: char) -> Option<&'static Opt> {
    all().find(|option| option.short == letter && letter != '\0')
}

/// Declares [`Category`] from one row per category: name, word, what it is about.
macro_rules! categories {
    ($($name:ident = $word:literal, $about:literal;)*) => {
        /// A subject that help lists options by.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Category { $(#[doc = $about] $name,)* }

        impl Category {
            /// Every category, in the order of the words.
            pub const ALL: &'static [Category] = &[$(Category::$name),*];

            /// The word that `--help` takes.
            pub fn word(self) -> &'static str {
                match self { $(Category::$name => $word,)* }
            }

            /// What it is about.
            pub fn about(self) -> &'static str {
                match self { $(Category::$name => $about,)* }
            }
        }
    };
}

categories! {
    Auth = "auth", "Proving who asks";
    Connection = "connection", "Reaching the host";
    Curl = "curl", "The tool itself";
    Deprecated = "deprecated", "Options that no longer do anything";
    Dns = "dns", "Names and addresses";
    File = "file", "Reading files (file://)";
    Ftp = "ftp", "FTP, refused but for what HTTP shares";
    Global = "global", "Options that hold for every transfer";
    Http = "http", "HTTP and HTTPS";
    Imap = "imap", "IMAP, refused but for what HTTP shares";
    Important = "important", "What most people need";
    Inspect = "inspect", "Options that curl does not have";
    Ldap = "ldap", "LDAP, refused but for what HTTP shares";
    Mqtt = "mqtt", "MQTT, refused but for what HTTP shares";
    Output = "output", "Where what is received goes";
    Pop3 = "pop3", "POP3, refused but for what HTTP shares";
    Post = "post", "Sending data with POST";
    Proxy = "proxy", "Going through a proxy";
    Scp = "scp", "SCP, refused but for what HTTP shares";
    Sftp = "sftp", "SFTP, refused but for what HTTP shares";
    Smtp = "smtp", "SMTP, refused but for what HTTP shares";
    Ssh = "ssh", "SSH, refused but for what HTTP shares";
    Telnet = "telnet", "TELNET, refused";
    Tftp = "tftp", "TFTP, refused but for what HTTP shares";
    Timeout = "timeout", "Limits of time";
    Tls = "tls", "TLS";
    Upload = "upload", "Sending content";
    Verbose = "verbose", "What is told of a transfer";
}
