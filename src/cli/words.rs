//! Words become uses of options, in order.
//!
//! Knows: which names occur in the words, and how clap is asked about those and no others: an `Arg`
//! costs some 6,000 instructions, and a command line has few of the 280 options. Must not know:
//! what an option does.
//!
//! The names are found first; clap then does the splitting (clusters, `-ofile`, `--name=value`,
//! `--`, values that begin with a dash), and its indices give the order back. A name that the table
//! lacks, or a missing argument, ends the words: everything before it is still done first, so that
//! of two mistakes the first is told, as in curl.

use std::ffi::{OsStr, OsString};

use clap::builder::ValueParser;
use clap::{Arg, ArgAction, Command};

use super::options::{self, Opt, Takes};
use super::wrong::Wrong;

/// One use of an option, or a URL.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Use<'w> {
    /// The word it stood in, for messages.
    pub(crate) word: &'w OsStr,
    /// How many options of the same word come before it.
    pub(crate) position: usize,
    /// The option; `None` for a URL.
    pub(crate) option: Option<(&'static Opt, Manner)>,
    /// The argument; empty for a switch.
    pub(crate) value: OsString,
}

/// How an option is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// `--name`.
    Plain,
    /// `--no-name`, or the letter of an option that is on by default.
    Negated,
    /// `--expand-name`: variables are put into the argument.
    Expanded,
}

impl Manner {
    /// What the letter of an option means.
    fn of_letter(option: &Opt) -> Self {
        if option.on_by_default {
            Manner::Negated
        } else {
            Manner::Plain
        }
    }

    fn prefix(self) -> &'static str {
        match self {
            Manner::Plain => "",
            Manner::Negated => "no-",
            Manner::Expanded => "expand-",
        }
    }
}

/// What the words say.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Reading<'w> {
    /// The uses, in order.
    pub(crate) uses: Vec<Use<'w>>,
    /// The word that cannot be read, after all the uses.
    pub(crate) stop: Option<(&'w OsStr, Wrong)>,
}

/// Reads words.
pub(crate) fn read(words: &[OsString]) -> Reading<'_> {
    let mut scan = Scan::default();
    scan.all(words);
    let Scan {
        uses, words, stop, ..
    } = scan;
    let values = split(&uses, words);
    let uses = uses
        .into_iter()
        .zip(values)
        .map(|(mut one, value)| {
            one.value = value;
            one
        })
        .collect();
    Reading { uses, stop }
}

/// Lets clap split the words; the values in the order of the words.
fn split(uses: &[Use<'_>], words: Vec<OsString>) -> Vec<OsString> {
    let mut command = Command::new("rcurl")
        .no_binary_name(true)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(
            Arg::new("URLs")
                .action(ArgAction::Append)
                .num_args(0..)
                .value_parser(ValueParser::os_string()),
        );
    let mut named: Vec<(&'static Opt, Manner)> = uses.iter().filter_map(|one| one.option).collect();
    named.sort_by_key(|(option, manner)| (option.long, manner.prefix()));
    named.dedup_by_key(|(option, manner)| (option.long, manner.prefix()));
    for (option, manner) in named {
        command = command.arg(arg(option, manner));
    }
    let Ok(matches) = command.try_get_matches_from_mut(words) else {
        return Vec::new();
    };
    let mut values: Vec<(usize, OsString)> = Vec::with_capacity(uses.len());
    for id in matches.ids() {
        let indices = matches.indices_of(id.as_str()).into_iter().flatten();
        let raw = matches.get_raw(id.as_str()).into_iter().flatten();
        values.extend(indices.zip(raw.map(OsStr::to_owned)));
    }
    values.sort_unstable_by_key(|(index, _)| *index);
    values.into_iter().map(|(_, value)| value).collect()
}

/// One row of the table as clap wants it. A switch is an option whose value is optional and only
/// ever attached, since curl lets `--silent=yes` pass.
fn arg(option: &'static Opt, manner: Manner) -> Arg {
    let name = match manner {
        Manner::Plain => option.long.into(),
        _ => clap::builder::Str::from(format!("{}{}", manner.prefix(), option.long)),
    };
    let mut arg = Arg::new(name.clone())
        .long(name)
        .action(ArgAction::Append)
        .value_parser(ValueParser::os_string());
    if manner == Manner::of_letter(option) {
        arg = arg.short(option.letter());
    }
    match option.takes() {
        Takes::Nothing | Takes::Toggle | Takes::Attached => arg
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value(""),
        Takes::Text | Takes::File => arg.num_args(1).allow_hyphen_values(true),
        Takes::Perhaps => arg
            .num_args(0..=1)
            .allow_hyphen_values(true)
            .default_missing_value(""),
    }
}

/// Finds the names that occur.
#[derive(Default)]
struct Scan<'w> {
    uses: Vec<Use<'w>>,
    words: Vec<OsString>,
    stop: Option<(&'w OsStr, Wrong)>,
}

/// What follows a name.
enum After {
    /// The next word is its argument.
    Value,
    /// The next word stands for itself.
    Word,
}

impl<'w> Scan<'w> {
    fn all(&mut self, words: &'w [OsString]) {
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            let octets = word.as_encoded_bytes();
            if octets == b"--" {
                self.words.push(word.clone());
                for url in rest.by_ref() {
                    self.url(url);
                }
                return;
            }
            let after = match octets {
                [b'-', b'-', name @ ..] => self.long(word, name, rest.len()),
                [b'-', letters @ ..] => self.cluster(word, letters, rest.len()),
                _ => {
                    self.url(word);
                    Ok(After::Word)
                }
            };
            match after {
                Ok(After::Word) => {}
                Ok(After::Value) => self.words.extend(rest.next().cloned()),
                Err(wrong) => {
                    self.stop = Some((word, wrong));
                    return;
                }
            }
        }
    }

    fn url(&mut self, word: &'w OsString) {
        self.words.push(word.clone());
        self.push(word, 0, None);
    }

    fn push(&mut self, word: &'w OsStr, position: usize, option: Option<(&'static Opt, Manner)>) {
        self.uses.push(Use {
            word,
            position,
            option,
            value: OsString::new(),
        });
    }

    fn long(&mut self, word: &'w OsString, name: &[u8], left: usize) -> Result<After, Wrong> {
        let text = std::str::from_utf8(name.split(|&octet| octet == b'=').next().unwrap_or(name))
            .map_err(|_| Wrong::Unknown)?;
        let (manner, text) = match (text.strip_prefix("no-"), text.strip_prefix("expand-")) {
            (Some(text), _) => (Manner::Negated, text),
            (_, Some(text)) => (Manner::Expanded, text),
            _ => (Manner::Plain, text),
        };
        let option = options::named(text).ok_or(Wrong::Unknown)?;
        let takes = option.takes();
        match manner {
            Manner::Negated if takes != Takes::Toggle => return Err(Wrong::NotASwitch),
            Manner::Expanded if !matches!(takes, Takes::Text | Takes::File) => {
                return Err(Wrong::Expansion);
            }
            _ => {}
        }
        let after = match takes {
            _ if name.contains(&b'=') => After::Word,
            Takes::Nothing | Takes::Toggle | Takes::Attached => After::Word,
            Takes::Perhaps if left == 0 => After::Word,
            Takes::Text | Takes::File if left == 0 => return Err(Wrong::NeedsValue),
            _ => After::Value,
        };
        self.words.push(word.clone());
        self.push(word, 0, Some((option, manner)));
        Ok(after)
    }

    /// `-sSo file`: letters up to one that takes an argument, which is the rest or the next word.
    fn cluster(&mut self, word: &'w OsString, letters: &[u8], left: usize) -> Result<After, Wrong> {
        let from = self.uses.len();
        let result = self.letters(word, letters, left);
        match &result {
            Ok((_, None)) => self.words.push(word.clone()),
            // clap takes an equals sign away that belongs to the value in curl.
            Ok((_, Some(value))) => {
                let before = word.len().saturating_sub(*value);
                let (before, value) = word.as_encoded_bytes().split_at(before);
                self.words
                    .push(super::values::os(&[before, b"=", value].concat()));
            }
            Err(_) => {
                let done = self.uses.len().saturating_sub(from);
                let good = letters.get(..done).unwrap_or_default();
                if done > 0 {
                    self.words.push(super::values::os(&[b"-", good].concat()));
                }
            }
        }
        result.map(|(after, _)| after)
    }

    /// Takes note of each letter; the length of an attached value that begins with `=` comes back.
    fn letters(
        &mut self,
        word: &'w OsString,
        letters: &[u8],
        left: usize,
    ) -> Result<(After, Option<usize>), Wrong> {
        if letters.is_empty() {
            return Err(Wrong::Unknown);
        }
        for (position, &letter) in letters.iter().enumerate() {
            let option = options::lettered(char::from(letter)).ok_or(Wrong::Unknown)?;
            let value = letters
                .get(position.saturating_add(1)..)
                .unwrap_or_default();
            let takes = option.takes();
            let needs = matches!(takes, Takes::Text | Takes::File);
            if needs && value.is_empty() && left == 0 {
                return Err(Wrong::NeedsValue);
            }
            self.push(word, position, Some((option, Manner::of_letter(option))));
            match takes {
                Takes::Nothing | Takes::Toggle | Takes::Attached => {}
                _ if value.starts_with(b"=") => return Ok((After::Word, Some(value.len()))),
                _ if !value.is_empty() => return Ok((After::Word, None)),
                Takes::Perhaps if left == 0 => {}
                _ => return Ok((After::Value, None)),
            }
        }
        Ok((After::Word, None))
    }
}
