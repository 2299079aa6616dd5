//! Content with marks in the places of secrets, as it comes.
//!
//! Knows: where secrets stand in JSON, urlencoded forms, multipart forms and text. Must not know:
//! messages, or where content comes from. A part is looked at when it is whole: a member of JSON, a
//! pair of a form, a line of everything else. So splitting the input anywhere changes nothing, and no
//! more than one part is held, up to a bound.
//!
//! | form | a secret is |
//! |---|---|
//! | JSON | a string or number whose name says so, and the items of an array with such a name |
//! | urlencoded | a value whose name says so |
//! | multipart | the content of a part whose name says so |
//! | all of them | what a URL in it tells, and what was a secret before |

use super::names::{Place, Says, says};
use super::secrets::Secrets;
use super::value;
use crate::codec::text::{percent_decode, split_once};

/// A part that is longer is looked at in pieces of this size, in octets.
pub(super) const LONGEST: usize = 64 * 1024;

/// How secrets are told from the rest of a content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// To be seen by its first octet; the form that it else has.
    Perhaps(Otherwise),
    Json,
    Pairs,
    Parts,
    Lines,
}

/// What a content is that does not begin like JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Otherwise {
    Pairs,
    Lines,
}

/// The streaming filter.
#[derive(Debug)]
pub struct Filter {
    form: Form,
    held: Vec<u8>,
    /// In a JSON string …
    quoted: bool,
    /// … behind a reverse solidus.
    escaped: bool,
    /// How much of a member has come.
    member: Begun,
    /// What is known of the part that comes next.
    next: Next,
}

/// What of a member of JSON has come. A line may end before all of it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Begun {
    /// Nothing but blanks.
    Nothing,
    /// A string: perhaps its name.
    Name,
    /// The name, and the end of its line.
    NameAndLine,
    /// The name and a colon.
    Colon,
    /// Some of the value; or it is no member.
    Value,
}

/// What the parts before tell of the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// Nothing.
    Open,
    /// It is the rest of a part that was too long, and of no secret.
    Rest,
    /// It is the rest of a secret, which has its mark.
    RestOfSecret,
    /// It is an item of an array of secrets.
    SecretItem,
    /// The head of a multipart part goes on, whose content is a secret.
    SecretHead,
    /// It is the content of such a part; whether any of it has come.
    SecretContent(bool),
}

impl Filter {
    /// A filter for content of this media type; an unknown one is looked at as text.
    pub fn new(media_type: &[u8]) -> Self {
        let is = |known: &[u8]| {
            let start = media_type.get(..known.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(known))
        };
        let form = if is(b"multipart/") {
            Form::Parts
        } else if is(b"application/x-www-form-urlencoded") {
            Form::Perhaps(Otherwise::Pairs)
        } else {
            Form::Perhaps(Otherwise::Lines)
        };
        Self {
            form,
            held: Vec::new(),
            quoted: false,
            escaped: false,
            member: Begun::Nothing,
            next: Next::Open,
        }
    }

    /// Appends what is certain of the next piece to `out`.
    pub fn push(&mut self, input: &[u8], secrets: &mut Secrets, out: &mut Vec<u8>) {
        for &octet in input {
            // A string by itself in its line: no name, it turns out.
            if self.member == Begun::NameAndLine && octet != b':' && !octet.is_ascii_whitespace() {
                self.release(secrets, out, Cut::AtItsEnd);
            }
            self.held.push(octet);
            self.guess(octet);
            if self.ends_part(octet) {
                self.release(secrets, out, Cut::AtItsEnd);
            } else if self.held.len() >= LONGEST {
                self.release(secrets, out, Cut::Within);
            }
        }
    }

    /// Appends the rest: the content is over.
    pub fn finish(&mut self, secrets: &mut Secrets, out: &mut Vec<u8>) {
        self.release(secrets, out, Cut::AtItsEnd);
    }

    /// JSON is told by its first octet: `curl -d '{"a":1}'` calls it a form.
    fn guess(&mut self, octet: u8) {
        if let Form::Perhaps(otherwise) = self.form
            && !octet.is_ascii_whitespace()
        {
            self.form = match (octet, otherwise) {
                (b'{' | b'[', _) => Form::Json,
                (_, Otherwise::Pairs) => Form::Pairs,
                (_, Otherwise::Lines) => Form::Lines,
            };
        }
    }

    fn ends_part(&mut self, octet: u8) -> bool {
        match self.form {
            Form::Json => self.ends_member(octet),
            Form::Pairs => octet == b'&' || octet == b'\n',
            Form::Parts | Form::Lines => octet == b'\n',
            Form::Perhaps(_) => false,
        }
    }

    fn ends_member(&mut self, octet: u8) -> bool {
        let inside = self.quoted;
        if inside && self.escaped {
            self.escaped = false;
        } else if inside && octet == b'\\' {
            self.escaped = true;
        } else {
            // A string that no quote has ended ends with its line.
            self.quoted = (inside ^ (octet == b'"')) && octet != b'\n';
        }
        if self.quoted {
            self.member = match self.member {
                Begun::Nothing if !inside => Begun::Name,
                Begun::Name if inside => Begun::Name,
                _ => Begun::Value,
            };
            return false;
        }
        self.member = match (self.member, octet) {
            // The quote that ends the name.
            (Begun::Name, b'"') if inside => Begun::Name,
            (Begun::Name, b'\n') if !inside => Begun::NameAndLine,
            (Begun::Name | Begun::NameAndLine, b':') => Begun::Colon,
            (member, octet) if octet.is_ascii_whitespace() && !inside => member,
            _ => Begun::Value,
        };
        let goes_on = matches!(self.member, Begun::NameAndLine | Begun::Colon);
        b",{}[]".contains(&octet) || octet == b'\n' && !goes_on
    }

    fn release(&mut self, secrets: &mut Secrets, out: &mut Vec<u8>, cut: Cut) {
        let part = std::mem::take(&mut self.held);
        if cut == Cut::AtItsEnd {
            self.member = Begun::Nothing;
        }
        match (self.form, self.next) {
            (_, Next::Rest) => out.extend_from_slice(&part),
            (_, Next::RestOfSecret) => out.extend_from_slice(ending(self.form, &part, cut)),
            (Form::Json, _) => self.member(&part, secrets, out, cut),
            (Form::Pairs, _) => self.pair(&part, secrets, out, cut),
            (Form::Parts, _) => self.line_of_part(&part, secrets, out),
            (Form::Lines | Form::Perhaps(_), _) => plain(&part, secrets, out),
        }
        let was_long = matches!(self.next, Next::Rest | Next::RestOfSecret);
        if was_long && cut == Cut::AtItsEnd {
            self.next = Next::Open;
        }
        self.held = part;
        self.held.clear();
    }

    /// `"name": value` with what ends it.
    fn member(&mut self, part: &[u8], secrets: &mut Secrets, out: &mut Vec<u8>, cut: Cut) {
        let Some(member) = Member::read(part, cut) else {
            let item = self.next == Next::SecretItem;
            match Scalar::read(part).filter(|_| item) {
                Some(scalar) => scalar.put(Says::Secret, secrets, out),
                None => plain(part, secrets, out),
            }
            if part.ends_with(b"]") || part.ends_with(b"}") || part.ends_with(b"{") {
                self.next = Next::Open;
            }
            return;
        };
        let opens_array = part.ends_with(b"[");
        let name = unescaped(member.name);
        // `tokens` is the name of an array of them; as that of a number it counts something else.
        let name = match name.strip_suffix(b"s") {
            Some(singular) if opens_array => singular,
            _ => &name,
        };
        let says = says(name, Place::Elsewhere);
        self.next = match says {
            Some(_) if cut == Cut::Within => Next::RestOfSecret,
            None if cut == Cut::Within => Next::Rest,
            Some(_) if opens_array => Next::SecretItem,
            _ => Next::Open,
        };
        match (says, Scalar::read(member.value)) {
            (Some(says), Some(scalar)) => {
                out.extend_from_slice(part.strip_suffix(member.value).unwrap_or_default());
                scalar.put(says, secrets, out);
            }
            _ => plain(part, secrets, out),
        }
    }

    /// `name=value` with what ends it.
    fn pair(&mut self, part: &[u8], secrets: &mut Secrets, out: &mut Vec<u8>, cut: Cut) {
        let Some((name, value)) = split_once(part, b'=') else {
            return plain(part, secrets, out);
        };
        let is_secret = says(&percent_decode(name), Place::Elsewhere).is_some();
        if cut == Cut::Within {
            self.next = if is_secret {
                Next::RestOfSecret
            } else {
                Next::Rest
            };
        }
        if !is_secret {
            return plain(part, secrets, out);
        }
        let end = ending(Form::Pairs, value, cut);
        let secret = value.strip_suffix(end).unwrap_or(value);
        out.extend_from_slice(name);
        out.push(b'=');
        out.extend(secrets.mark_encoded(secret));
        out.extend_from_slice(end);
    }

    /// A line of a multipart body: a boundary, a field of a part, or its content.
    fn line_of_part(&mut self, part: &[u8], secrets: &mut Secrets, out: &mut Vec<u8>) {
        let line = part.strip_suffix(b"\n").unwrap_or(part);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        self.next = match self.next {
            Next::SecretHead if line.is_empty() => Next::SecretContent(false),
            Next::SecretContent(_) if line.starts_with(b"--") => Next::Open,
            Next::SecretContent(marked) => {
                let shown = if marked {
                    Vec::new()
                } else {
                    secrets.mark(line)
                };
                out.extend_from_slice(&shown);
                out.extend_from_slice(part.get(line.len()..).unwrap_or_default());
                self.next = Next::SecretContent(true);
                return;
            }
            Next::Open
                if part_name(line).is_some_and(|name| says(name, Place::Elsewhere).is_some()) =>
            {
                Next::SecretHead
            }
            next => next,
        };
        plain(part, secrets, out);
    }
}

/// Why a part is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    /// It is whole.
    AtItsEnd,
    /// It is too long to be held.
    Within,
}

/// What of a part ends it, and is no part of a value.
fn ending(form: Form, part: &[u8], cut: Cut) -> &[u8] {
    let ends: &[u8] = match form {
        Form::Json => b"\",{}[]\r\n",
        Form::Pairs => b"&\r\n",
        _ => b"\r\n",
    };
    if cut == Cut::Within {
        return &[];
    }
    let mut pieces = part.rsplit(|octet| !ends.contains(octet));
    pieces.next().unwrap_or_default()
}

/// Text in which nothing says where a secret stands.
fn plain(part: &[u8], secrets: &mut Secrets, out: &mut Vec<u8>) {
    match value::text(part, secrets) {
        Some(marked) => out.extend_from_slice(&marked),
        None => out.extend_from_slice(part),
    }
}

/// A member of an object: its name, and all that stands behind the colon.
struct Member<'p> {
    name: &'p [u8],
    value: &'p [u8],
}

impl<'p> Member<'p> {
    fn read(part: &'p [u8], cut: Cut) -> Option<Self> {
        let (name, behind) = string(part.trim_ascii_start())?;
        let value = match behind.trim_ascii_start() {
            // The colon may be yet to come.
            b"" if cut == Cut::Within => b"",
            behind => behind.strip_prefix(b":")?,
        };
        Some(Self { name, value })
    }
}

/// What a string has between its quotes, and what stands behind them; none where it does not begin or
/// end here.
fn string(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let inside = text.strip_prefix(b"\"")?;
    let mut escaped = false;
    let mut parts = inside.splitn(2, |&octet| {
        let ends = octet == b'"' && !escaped;
        escaped = octet == b'\\' && !escaped;
        ends
    });
    Some((parts.next()?, parts.next()?))
}

/// What the inside of a string means (RFC 8259, 7). An escape that means no character by itself stays.
fn unescaped(inside: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(inside.len());
    let mut rest = inside;
    while let [first, after @ ..] = rest {
        rest = after;
        let (b'\\', [escape, after @ ..]) = (first, after) else {
            out.push(*first);
            continue;
        };
        rest = after;
        match escape {
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'u' => match code_unit(after) {
                Some((character, after)) => {
                    out.extend(character.encode_utf8(&mut [0; 4]).bytes());
                    rest = after;
                }
                None => out.extend(b"\\u"),
            },
            other => out.push(*other),
        }
    }
    out
}

fn code_unit(text: &[u8]) -> Option<(char, &[u8])> {
    let (digits, after) = text.split_at_checked(4)?;
    let digits = str::from_utf8(digits).ok()?;
    let number = u32::from_str_radix(digits, 16).ok()?;
    Some((char::from_u32(number)?, after))
}

/// A string without its quotes, or a number, and what stands around it, quotes too.
struct Scalar<'p> {
    before: &'p [u8],
    inside: &'p [u8],
    behind: &'p [u8],
}

impl<'p> Scalar<'p> {
    fn read(value: &'p [u8]) -> Option<Self> {
        let from = value.trim_ascii_start();
        let (from, inside) = match from.strip_prefix(b"\"") {
            // The rest of a string that is cut off belongs to it.
            Some(rest) => (rest, string(from).map_or(rest, |(inside, _)| inside)),
            None => (from, number(from)?),
        };
        Some(Self {
            before: value.strip_suffix(from)?,
            inside,
            behind: from.strip_prefix(inside)?,
        })
    }

    /// Appends its mark with what stands around it; it stays, or becomes, a string of JSON.
    fn put(&self, says: Says, secrets: &mut Secrets, out: &mut Vec<u8>) {
        let is_quoted = self.before.ends_with(b"\"");
        let marked = match says {
            Says::Secret if is_quoted => secrets.mark_as(&unescaped(self.inside), self.inside),
            _ => value::marked(says, self.inside, secrets),
        };
        let quote: &[u8] = if is_quoted { b"" } else { b"\"" };
        out.extend([self.before, quote, &marked, quote, self.behind].concat());
    }
}

fn number(text: &[u8]) -> Option<&[u8]> {
    let is_part = |octet: &u8| octet.is_ascii_digit() || b"+-.eE".contains(octet);
    let number = text.split(|octet| !is_part(octet)).next();
    number.filter(|number| !number.is_empty())
}

/// The name of a part, from the field that has it (RFC 7578, 4.2).
fn part_name(line: &[u8]) -> Option<&[u8]> {
    let field = b"content-disposition:";
    let start = line.get(..field.len())?;
    start.eq_ignore_ascii_case(field).then_some(())?;
    let at = line
        .windows(7)
        .position(|seven| seven.eq_ignore_ascii_case(b" name=\""))?;
    let name = line.get(at..)?.get(7..)?;
    name.split(|&octet| octet == b'"').next()
}
