//! The `.netrc` file: which user name and password it has for a host.
//!
//! Knows the words of the file (`machine`, `default`, `login`, `password`, `account`, `macdef`),
//! its quoted words and its comments; knows nothing of where the file lies or what the answer is
//! for. There is no standard; the GNU inetutils manual describes the format, and curl 8.22 decides
//! the rest: an entry counts when it names the host and says something about the user asked for.

use super::credentials::Credentials;
use std::fmt;

/// The most octets of a file that are read; a longer one is malformed, as in curl.
const MAX_FILE: usize = 128 * 1024;
/// The longest line, without its line end.
const MAX_LINE: usize = 16 * 1024;
/// The longest word.
const MAX_WORD: usize = 4096;

/// The file cannot be read as a `.netrc`: an open quote, or something beyond curl's limits.
/// curl ends the transfer with exit code 26.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed;

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(".netrc parser error")
    }
}

impl std::error::Error for Malformed {}

/// What the file `text` has for `host`, or for `user` at that host when one is asked for.
///
/// The first entry that fits is the answer. One without a login is for any user; one with
/// another login than `user` is passed over, and so is one that names `user` without a password.
/// What an entry leaves out is empty in the answer. Without an entry that fits there is none.
///
/// # Errors
/// [`Malformed`] when the text, as far as it is read, is no such file.
pub fn find(
    text: &[u8],
    host: &str,
    user: Option<&[u8]>,
) -> Result<Option<Credentials>, Malformed> {
    let text = without_comments(text)?;
    let user = user.filter(|user| !user.is_empty());
    let mut words = Words { rest: &text };
    let mut entry = Entry::default();
    while let Some(word) = words.next()? {
        match Keyword::of(&word) {
            Some(Keyword::Machine) => {
                if let Some(found) = entry.finish(user) {
                    return Ok(Some(found));
                }
                let name = words.next()?;
                entry.fits =
                    name.is_some_and(|name| name.text.eq_ignore_ascii_case(host.as_bytes()));
            }
            Some(Keyword::Default) => {
                if let Some(found) = entry.finish(user) {
                    return Ok(Some(found));
                }
                entry.fits = true;
            }
            Some(Keyword::Macdef) => {
                if let Some(found) = entry.finish(user) {
                    return Ok(Some(found));
                }
                words.skip_to_empty_line();
            }
            Some(Keyword::Login) => entry.login = words.next()?.map(|word| word.text),
            Some(Keyword::Password) => entry.password = words.next()?.map(|word| word.text),
            Some(Keyword::Account) => drop(words.next()?),
            None => {}
        }
    }
    Ok(entry.finish(user))
}

/// The text without its comment lines: those whose first octet that is not blank is `#`.
fn without_comments(text: &[u8]) -> Result<Vec<u8>, Malformed> {
    let mut kept = Vec::with_capacity(text.len().min(MAX_FILE));
    for line in text.split_inclusive(|&octet| octet == b'\n') {
        if line.len() > MAX_LINE {
            return Err(Malformed);
        }
        if line.trim_ascii_start().first() != Some(&b'#') {
            kept.extend_from_slice(line);
        }
    }
    if kept.len() > MAX_FILE {
        Err(Malformed)
    } else {
        Ok(kept)
    }
}

/// What has been read of one `machine` or `default`.
#[derive(Default)]
struct Entry {
    fits: bool,
    login: Option<Vec<u8>>,
    password: Option<Vec<u8>>,
}

impl Entry {
    /// Ends the entry: gives what it says if it answers the question, and starts afresh.
    fn finish(&mut self, user: Option<&[u8]>) -> Option<Credentials> {
        let Self {
            fits,
            login,
            password,
        } = std::mem::take(self);
        let answers = match (&login, &password, user) {
            (Some(login), password, Some(user)) => login == user && password.is_some(),
            (None, None, _) => false,
            _ => true,
        };
        let name = user.map(<[u8]>::to_vec).or(login).unwrap_or_default();
        (fits && answers).then(|| Credentials::new(name, password.unwrap_or_default()))
    }
}

/// The words that mean something.
enum Keyword {
    Machine,
    Default,
    Login,
    Password,
    Account,
    Macdef,
}

impl Keyword {
    /// In any case, but never quoted.
    fn of(word: &Word) -> Option<Self> {
        if word.quoted {
            return None;
        }
        let keywords = [
            ("machine", Self::Machine),
            ("default", Self::Default),
            ("login", Self::Login),
            ("password", Self::Password),
            ("account", Self::Account),
            ("macdef", Self::Macdef),
        ];
        keywords.into_iter().find_map(|(name, keyword)| {
            word.text
                .eq_ignore_ascii_case(name.as_bytes())
                .then_some(keyword)
        })
    }
}

/// A word of the file, its quotes and escapes undone.
struct Word {
    text: Vec<u8>,
    quoted: bool,
}

/// The words of what is left of the text.
struct Words<'a> {
    rest: &'a [u8],
}

impl Words<'_> {
    fn next(&mut self) -> Result<Option<Word>, Malformed> {
        self.rest = self.rest.trim_ascii_start();
        let word = match self.rest.split_first() {
            None => return Ok(None),
            Some((b'"', rest)) => {
                self.rest = rest;
                Word {
                    text: self.quoted()?,
                    quoted: true,
                }
            }
            Some(_) => {
                let end = self.rest.iter().position(u8::is_ascii_whitespace);
                let (text, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
                self.rest = rest;
                Word {
                    text: text.to_vec(),
                    quoted: false,
                }
            }
        };
        if word.text.len() > MAX_WORD {
            Err(Malformed)
        } else {
            Ok(Some(word))
        }
    }

    /// The rest of a quoted word, after its opening quote.
    fn quoted(&mut self) -> Result<Vec<u8>, Malformed> {
        let mut text = Vec::new();
        let mut octets = self.rest.iter();
        while let Some(&octet) = octets.next() {
            match octet {
                b'"' => {
                    self.rest = octets.as_slice();
                    return Ok(text);
                }
                b'\\' => text.push(match octets.next().ok_or(Malformed)? {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    &other => other,
                }),
                _ => text.push(octet),
            }
        }
        Err(Malformed)
    }

    /// A macro definition ends at the first empty line; its text may be anything.
    fn skip_to_empty_line(&mut self) {
        let mut lines = self.rest.split_inclusive(|&octet| octet == b'\n');
        // The rest of the line with the macro's name on it.
        let mut passed = lines.next().map_or(0, <[u8]>::len);
        for line in lines {
            if line.trim_ascii().is_empty() {
                break;
            }
            passed = line.len().saturating_add(passed);
        }
        self.rest = self.rest.get(passed..).unwrap_or_default();
    }
}
