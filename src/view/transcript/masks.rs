//! Lines with marks in the places of what varies.
//!
//! Knows: which values of a line get a mark: those of the table, and those that `--mask` names. Must
//! not know: what a line stands in, or who sent it. A line stays one line, and what has its mark is
//! left alone, so that masking twice is masking once.
//!
//! Expressions and paths of the user come first: they are written for what a server said. A value
//! that a field showed to be an id, a nonce, an entity tag or a boundary is found again wherever it
//! comes after that.

use super::marks::{Marks, is_mark};
use super::paths;
use super::record::Ends;
use super::table::{ROWS, Row, Scope, Test};
use super::traits::Traits;
use crate::codec::json::{Form, Path};
use crate::codec::pattern::Pattern;
use crate::plan::{Mask, Varying};
use crate::view::known::Known;

/// What stands for a value that the user has named. It has no number: that two are equal may be
/// chance.
const MASKED: &str = "<masked>";

/// A shorter value is not found again.
const SHORTEST: usize = 8;

/// Ports from here on are given to who does not ask for a certain one: Linux begins here, others
/// later.
const CHOSEN_PORTS: u16 = 32_768;

/// All masks of a transcript.
pub(super) struct Masks<'p> {
    rows: Vec<(&'static Row, Pattern)>,
    wanted: &'p [Mask],
    server: Option<Pattern>,
    marks: Marks,
    known: Known,
    ends: &'p Ends,
    /// The time of the run, Unix seconds.
    now: i64,
}

impl<'p> Masks<'p> {
    /// The masks of the table, and those wanted besides.
    pub(super) fn new(wanted: &'p [Mask], ends: &'p Ends, now: i64) -> Self {
        let kept = |row: &&Row| wanted.contains(&Mask::Keep(row.varying));
        let rows = ROWS.iter().filter(|row| !kept(row));
        let server = wanted.contains(&Mask::Server);
        let version = r"[\w.+-]*/(v?\d[^\s;,()<]*)|^(\d[\d.]*)$";
        Self {
            // Every expression of the table is one: a test sees to it.
            rows: rows
                .filter_map(|row| Some((row, Pattern::new(row.find).ok()?)))
                .collect(),
            wanted,
            server: server.then(|| Pattern::new(version).ok()).flatten(),
            marks: Marks::default(),
            known: Known::default(),
            ends,
            now,
        }
    }

    /// A field line.
    pub(super) fn field(&mut self, line: &str) -> String {
        let Some((name, rest)) = line.split_once(':') else {
            return self.text(line);
        };
        let blanks = |c| c == ' ' || c == '\t';
        let from = rest.trim_start_matches(blanks);
        let value = from.trim_end_matches(blanks);
        let before = rest.strip_suffix(from).unwrap_or_default();
        let after = from.strip_prefix(value).unwrap_or_default();
        let value = self.value(&name.trim().to_ascii_lowercase(), value);
        self.text(&format!("{name}:{before}{value}{after}"))
    }

    /// A field line whose value is told of content that varies; `None` for others.
    pub(super) fn field_of_content(&mut self, line: &str) -> Option<String> {
        let (name, value) = line.split_once(':')?;
        let lower = name.trim().to_ascii_lowercase();
        let mut rows = self.rows.iter();
        let (row, _) = rows.find(
            |(row, _)| matches!(row.scope, Scope::OfContent(names) if is_among(&lower, names)),
        )?;
        let mark = self.marks.mark(row.varying, value);
        (!is_mark(value.trim())).then(|| format!("{name}: {mark}"))
    }

    /// A line that tells a failure.
    pub(super) fn failure(&mut self, line: &str) -> String {
        let line = self.rows_of(|scope| *scope == Scope::Failures, line);
        self.text(&line)
    }

    /// Any line.
    pub(super) fn text(&mut self, line: &str) -> String {
        let mut line = line.to_owned();
        for mask in self.wanted {
            if let Mask::Regex(pattern) = mask {
                line = replaced(&line, pattern, |_, _| Some(MASKED.to_owned()));
            }
        }
        // A mark may lay open what the word before it hid.
        loop {
            let next = self.once(&line);
            if next == line {
                return line;
            }
            line = next;
        }
    }

    fn once(&mut self, line: &str) -> String {
        let known = self.known.replaced(line.as_bytes());
        let known = known.map(|found| String::from_utf8_lossy(&found).into_owned());
        let line = known.as_deref().unwrap_or(line);
        let traits = Traits::of(line);
        self.rows_of(
            |scope| matches!(scope, Scope::Lines(needed) if traits.have(*needed)),
            line,
        )
    }

    /// JSON, with marks where paths of the user lead to.
    pub(super) fn json(&self, content: &[u8], form: Form) -> Vec<u8> {
        let wanted = self.wanted.iter();
        let paths: Vec<&Path> = wanted
            .filter_map(|mask| match mask {
                Mask::Json(path) => Some(path),
                _ => None,
            })
            .collect();
        paths::masked(content, form, &paths, MASKED)
    }

    /// Octets with marks where values stand that are known.
    pub(super) fn known(&self, octets: Vec<u8>) -> Vec<u8> {
        self.known.replaced(&octets).unwrap_or(octets)
    }

    /// The text with its marks as they are read.
    pub(super) fn settled(&self, text: &str) -> String {
        self.marks.settled(text)
    }

    /// The value of a field of this name, in lower case.
    fn value(&mut self, name: &str, value: &str) -> String {
        let is =
            |mask: &Mask| matches!(mask, Mask::Header(wanted) if wanted.eq_ignore_ascii_case(name));
        if self.wanted.iter().any(is) && !value.is_empty() {
            return MASKED.to_owned();
        }
        let value = self.rows_of(
            |scope| matches!(scope, Scope::Fields(names) if is_among(name, names)),
            value,
        );
        self.server_version(name, &value)
    }

    /// The versions that a server tells of its software, which pages of errors repeat.
    fn server_version(&mut self, name: &str, value: &str) -> String {
        let names = ["server", "via", "x-powered-by", "x-generator", "*-version"];
        let Some(pattern) = self.server.as_ref().filter(|_| is_among(name, &names)) else {
            return value.to_owned();
        };
        let (marks, known) = (&mut self.marks, &mut self.known);
        replaced(value, pattern, |found, before| {
            let mark = marks.mark(Varying::Version, found);
            let product = before.rsplit([' ', '(', ',']).next().unwrap_or_default();
            if product.len() > 1 {
                known.learn(
                    format!("{product}{found}").as_bytes(),
                    &format!("{product}{mark}"),
                );
            }
            Some(mark)
        })
    }

    /// A line, or a value, after all rows of a scope.
    fn rows_of(&mut self, wanted: impl Fn(&Scope) -> bool, text: &str) -> String {
        let mut text = text.to_owned();
        let (marks, known) = (&mut self.marks, &mut self.known);
        let circumstances = Circumstances {
            ends: self.ends,
            now: self.now,
        };
        for (row, pattern) in self.rows.iter().filter(|(row, _)| wanted(&row.scope)) {
            text = replaced(&text, pattern, |found, before| {
                if is_mark(found) || !circumstances.pass(row.test, found, before) {
                    return None;
                }
                let mark = marks.mark(row.varying, found);
                let is_name = matches!(row.scope, Scope::Fields(_)) && !mark.starts_with('<');
                if is_name && found.len() >= SHORTEST {
                    known.learn(found.as_bytes(), &mark);
                }
                Some(mark)
            });
        }
        text
    }
}

/// What a test may look at.
struct Circumstances<'p> {
    ends: &'p Ends,
    now: i64,
}

impl Circumstances<'_> {
    fn pass(&self, test: Test, found: &str, before: &str) -> bool {
        match test {
            Test::Always => true,
            Test::Since2000 => !is_before_2000(found),
            Test::Near => self.is_near(found),
            Test::Uuid => found.chars().any(|c| c != '0' && c != '-'),
            Test::PortOfHost => {
                let chosen = found.parse().is_ok_and(|port: u16| port >= CHOSEN_PORTS);
                chosen && self.is_at_hand(before)
            }
            Test::OwnPort => found
                .parse()
                .is_ok_and(|port| self.ends.local_ports.contains(&port)),
        }
    }

    /// Whether a day, or a number of seconds, is of this run. Numbers tell when something will expire,
    /// too; a day to come may as well be written down somewhere.
    fn is_near(&self, text: &str) -> bool {
        const DAY: i64 = 24 * 60 * 60;
        let ahead = if text.contains('-') { DAY } else { 366 * DAY };
        let from_now = unix_time(text).map(|time| time.saturating_sub(self.now));
        from_now.is_some_and(|seconds| (-DAY..=ahead).contains(&seconds))
    }

    /// Whether a text ends with a loopback host, or one that takes part, and a colon or `port`.
    fn is_at_hand(&self, before: &str) -> bool {
        let host = before
            .strip_suffix(':')
            .or_else(|| before.strip_suffix(" port "));
        let host = host.unwrap_or_default();
        let bracketed = host
            .strip_suffix(']')
            .and_then(|host| host.rsplit_once('['));
        let host = bracketed.map_or_else(|| last_name(host), |(_, address)| address);
        let host = host.to_ascii_lowercase();
        host == "localhost"
            || host.ends_with(".localhost")
            || host == "::1"
            || host.starts_with("127.")
            || self.ends.hosts.contains(&host)
    }
}

/// The name that a text ends with; none where letters beyond ASCII make it another one.
fn last_name(text: &str) -> &str {
    let is_part = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || "._-".contains(c);
    let name = text.rsplit(|c| !is_part(c)).next();
    name.filter(|name| name.is_ascii()).unwrap_or_default()
}

/// A year is four digits, or two of the last century.
fn is_before_2000(date: &str) -> bool {
    let mut numbers = date
        .split(|c: char| !c.is_ascii_digit())
        .filter(|digits| !digits.is_empty());
    let year = numbers
        .clone()
        .find(|digits| digits.len() == 4 || digits.len() == 8);
    match year {
        Some(year) => year < "2000",
        None => numbers.nth(1).is_some_and(|year| year >= "70"),
    }
}

/// Unix seconds of a day, or of a number of seconds, milli-, micro- or nanoseconds.
fn unix_time(text: &str) -> Option<i64> {
    if text.contains('-') {
        let date: jiff::civil::Date = text.parse().ok()?;
        let noon = date
            .at(12, 0, 0, 0)
            .to_zoned(jiff::tz::TimeZone::UTC)
            .ok()?;
        return Some(noon.timestamp().as_second());
    }
    let whole = text.split('.').next().unwrap_or(text);
    let number: i64 = whole.parse().ok()?;
    Some(match whole.len() {
        13 => number / 1_000,
        16 => number / 1_000_000,
        19 => number / 1_000_000_000,
        _ => number,
    })
}

fn is_among(name: &str, names: &[&str]) -> bool {
    names.iter().any(|known| match known.strip_prefix('*') {
        Some(ending) => name.ends_with(ending),
        None => name == *known,
    })
}

/// The text with what was found replaced; `replacement` is given what was found and what stands
/// before it.
fn replaced(
    text: &str,
    pattern: &Pattern,
    mut replacement: impl FnMut(&str, &str) -> Option<String>,
) -> String {
    let mut out = String::new();
    let mut copied = 0;
    for place in pattern.places(text) {
        let (before, found) = (text.get(..place.start), text.get(place.clone()));
        let new = replacement(found.unwrap_or_default(), before.unwrap_or_default());
        if let Some(new) = new.filter(|_| place.start >= copied) {
            out.push_str(text.get(copied..place.start).unwrap_or_default());
            out.push_str(&new);
            copied = place.end;
        }
    }
    if copied == 0 {
        return text.to_owned();
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    out
}
