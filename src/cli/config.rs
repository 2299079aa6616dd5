//! Config files: `-K`, `.rcurlrc` and `.curlrc`.
//!
//! Knows: where they are looked for, and how a line becomes an option and its argument. Must not
//! know: what options mean. Lines are read as curl 8.22 reads them: a name with or without dashes,
//! then blanks, `=` or `:` (these two only without dashes), then a word or a text in double quotes
//! with `\t \n \r \v` and `\` before anything else.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use rustix::fs::{FileType, stat};

use super::files::{self, LONGEST_LINE};
use super::state::{Outcome, State, Stop};
use super::values::{Value, os};
use super::words;
use super::wrong::Wrong;

/// A file that names itself is read so many times, as in curl.
const DEEPEST: usize = 5;

/// `-K`.
pub(crate) fn include(state: &mut State<'_>, argument: Value<'_>) -> Outcome {
    if state.depth == DEEPEST {
        let text = format!("Max config file recursion level reached ({DEEPEST})");
        return Err(state.complain(text, Wrong::BadUse));
    }
    deeper(state, |state| {
        read(state, &argument.path(), &argument.shown())
    })
}

/// One file further in.
fn deeper(state: &mut State<'_>, read: impl FnOnce(&mut State<'_>) -> Outcome) -> Outcome {
    let depth = state.depth;
    state.depth = depth.saturating_add(1);
    let result = read(state);
    state.depth = depth;
    result
}

/// Reads the default file, unless `-q` comes first. What is wrong with it is told and passed over.
pub(super) fn read_default(state: &mut State<'_>, words: &[OsString]) {
    let skips = |word: &OsString| {
        let word = word.as_encoded_bytes();
        word.starts_with(b"-q") || word == b"--disable"
    };
    if words.first().is_some_and(skips) {
        return;
    }
    let Some(file) = default_file(state) else {
        return;
    };
    let name = file.to_string_lossy().into_owned();
    let result = deeper(state, |state| read(state, &file, &name));
    if result.is_ok() {
        state.default_file = Some(name);
    }
}

/// The first of rcurl's own places that is there, else the first of curl's.
fn default_file(state: &State<'_>) -> Option<PathBuf> {
    let directory = |name: &str| state.environment.var_os(name).map(PathBuf::from);
    let (curl, xdg, home) = (
        directory("CURL_HOME"),
        directory("XDG_CONFIG_HOME"),
        directory("HOME"),
    );
    let below = |directory: &Option<PathBuf>, name: &str| {
        directory.as_ref().map(|directory| directory.join(name))
    };
    // Where XDG says nothing, its usual place counts.
    let usual = |directory: &Option<PathBuf>, name: &str| {
        let directory = directory.as_ref().filter(|_| xdg.is_none())?;
        Some(directory.join(".config").join(name))
    };
    let places = [
        below(&home, ".rcurlrc"),
        below(&xdg, ".rcurlrc"),
        below(&xdg, "rcurlrc"),
        usual(&home, "rcurlrc"),
        below(&curl, ".curlrc"),
        below(&xdg, ".curlrc"),
        below(&xdg, "curlrc"),
        below(&home, ".curlrc"),
        usual(&curl, "curlrc"),
        usual(&home, "curlrc"),
    ];
    places.into_iter().flatten().find(is_file)
}

/// Asks the system once; the standard library asks a second time about what isn't there.
fn is_file(place: &PathBuf) -> bool {
    stat(place).is_ok_and(|facts| FileType::from_raw_mode(facts.st_mode).is_file())
}

fn read(state: &mut State<'_>, file: &Path, name: &str) -> Outcome {
    let shown = if name == "-" { "<stdin>" } else { name };
    let text = match files::whole(file, state.stdin) {
        Ok(text)
            if text
                .split(|&octet| octet == b'\n')
                .all(|line| line.len() < LONGEST_LINE) =>
        {
            text
        }
        _ => {
            let text = format!("cannot read config from '{shown}'");
            return Err(state.complain(text, Wrong::Unreadable));
        }
    };
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
    for (number, line) in files::lines(text) {
        let line = Line::read(line, &format!("{shown}:{number}"), state);
        if let Err(wrong) = apply(state, &line) {
            let option = String::from_utf8_lossy(line.option);
            let text = format!("{shown}:{number} config file option '{option}' {wrong}");
            let wrong = match wrong {
                Wrong::Unknown => Wrong::UnknownInConfig,
                other => other,
            };
            return Err(state.complain(text, wrong));
        }
    }
    Ok(())
}

/// A line of a config file.
struct Line<'t> {
    option: &'t [u8],
    value: Option<Cow<'t, [u8]>>,
}

impl<'t> Line<'t> {
    fn read(line: &'t [u8], place: &str, state: &mut State<'_>) -> Self {
        let blank = |octet: &u8| b" \t".contains(octet);
        let line = after(line, blank);
        let dashed = line.starts_with(b"-");
        let separates = |octet: &u8| blank(octet) || (!dashed && b"=:".contains(octet));
        let end = line.iter().position(separates).unwrap_or(line.len());
        let (option, rest) = line.split_at(end);
        let rest = after(rest, separates);
        let value = match rest {
            [] => None,
            [b'"', quoted @ ..] => Some(Cow::Owned(unquoted(quoted))),
            _ => Some(Cow::Borrowed(bare(rest, option, place, state))),
        };
        Self { option, value }
    }
}

/// What follows the octets of this kind at the start.
fn after(text: &[u8], kind: impl Fn(&u8) -> bool) -> &[u8] {
    let end = text.iter().position(|octet| !kind(octet));
    end.and_then(|end| text.get(end..)).unwrap_or_default()
}

/// The first word of what follows an option, with curl's warnings about what looks like a mistake.
fn bare<'t>(rest: &'t [u8], option: &[u8], place: &str, state: &mut State<'_>) -> &'t [u8] {
    let option = String::from_utf8_lossy(option);
    if rest.starts_with(b"'") {
        state.warn(format!(
            "{place} Option '{option}' uses argument with leading single quote. It is probably a \
             mistake. Consider double quotes."
        ));
    }
    let space = |octet: &u8| octet.is_ascii_whitespace() || *octet == 0x0b;
    let end = rest.iter().position(space).unwrap_or(rest.len());
    let (word, after) = rest.split_at(end);
    let next = after.iter().find(|octet| !b" \t".contains(octet));
    if !matches!(next, None | Some(b'#' | b'\r')) {
        state.warn(format!(
            "{place} Option '{option}' uses argument with unquoted whitespace. This may cause \
             side-effects. Consider double quotes."
        ));
    }
    word
}

/// The inside of a text in double quotes, up to the closing one or the end of the line.
fn unquoted(text: &[u8]) -> Vec<u8> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(&octet) = rest.next() {
        match octet {
            b'"' => break,
            b'\\' => octets.extend(rest.next().map(|escaped| match escaped {
                b't' => b'\t',
                b'n' => b'\n',
                b'r' => b'\r',
                b'v' => 0x0b,
                &other => other,
            })),
            _ => octets.push(octet),
        }
    }
    octets
}

/// Applies a line. Help and the version are not to be had from a file.
fn apply(state: &mut State<'_>, line: &Line<'_>) -> Result<(), Wrong> {
    let option = match line.option {
        [b'-', ..] => os(line.option),
        name => os(&[b"--", name].concat()),
    };
    if line.option.contains(&0)
        || line
            .value
            .as_deref()
            .is_some_and(|value| value.contains(&0))
    {
        return Err(Wrong::LineBreak);
    }
    let mut words = vec![option];
    words.extend(line.value.as_deref().map(os));
    let reading = words::read(&words);
    // A second word that the option has no use for would be an option or a URL of its own.
    let second = |word: &OsStr| {
        let value = words.get(1);
        value.is_some_and(|value| std::ptr::eq(value.as_os_str(), word))
    };
    for one in &reading.uses {
        if second(one.word) {
            return if one.word.is_empty() {
                Ok(())
            } else {
                Err(Wrong::TrailingGarbage)
            };
        }
        match super::apply(state, one) {
            Err(Stop::Wrong(wrong)) => return Err(wrong),
            Ok(()) | Err(Stop::Asked(_)) => {}
        }
    }
    match reading.stop {
        Some((word, _)) if second(word) => Err(Wrong::TrailingGarbage),
        Some((_, wrong)) => Err(wrong),
        None => Ok(()),
    }
}
