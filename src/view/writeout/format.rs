//! The syntax of a `-w` format.
//!
//! Knows: what a per cent sign and a backslash begin, and that what is cut short or unknown stands
//! for itself. Must not know: what names mean.

use std::borrow::Cow;

use crate::codec::text::split_once;

/// One item of a format.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Item<'a> {
    /// As it stands.
    Text(Cow<'a, [u8]>),
    /// `%{name}`.
    Variable(&'a [u8]),
    /// `%header{name}`: of the last response.
    Header(&'a [u8]),
    /// `%header{name:all:separator}`: of all responses.
    AllHeaders(&'a [u8], Vec<u8>),
    /// `%output{file}`: what follows goes there.
    Output(&'a [u8]),
    /// `%output{>>file}`: what follows is added there.
    Append(&'a [u8]),
    /// `%time{format}`.
    Time(&'a [u8]),
}

/// Takes the first item off a format, which is not empty.
pub(super) fn next(format: &[u8]) -> Option<(Item<'_>, &[u8])> {
    let (first, after) = format.split_first()?;
    Some(match (first, after.split_first()) {
        (b'%', Some(_)) => percent(format),
        (b'\\', Some((&letter, rest))) => (Item::Text(Cow::Owned(escaped(letter))), rest),
        _ => {
            let end = after.iter().position(|octet| b"%\\".contains(octet));
            let (_, rest) = after.split_at(end.unwrap_or(after.len()));
            let text = format.strip_suffix(rest).unwrap_or(format);
            (Item::Text(Cow::Borrowed(text)), rest)
        }
    })
}

/// What begins with a per cent sign, which is not the last octet.
fn percent(format: &[u8]) -> (Item<'_>, &[u8]) {
    type Row<'a> = (
        &'static str,
        fn(&'a [u8]) -> Option<(&'a [u8], &'a [u8])>,
        fn(&'a [u8]) -> Item<'a>,
    );
    let rows: [Row<'_>; 4] = [
        ("%{", brace, Item::Variable),
        ("%output{", brace, output),
        ("%time{", brace, Item::Time),
        ("%header{", unescaped_brace, header),
    ];
    for (opening, end, item) in rows {
        if let Some(inner) = format.strip_prefix(opening.as_bytes()) {
            return match end(inner) {
                Some((inner, rest)) => (item(inner), rest),
                None => (Item::Text(Cow::Borrowed(opening.as_bytes())), inner),
            };
        }
    }
    let (taken, rest) = format.split_at(2);
    let shown = if taken == b"%%" { b"%" } else { taken };
    (Item::Text(Cow::Borrowed(shown)), rest)
}

/// What stands before a brace, and after it.
fn brace(text: &[u8]) -> Option<(&[u8], &[u8])> {
    split_once(text, b'}')
}

/// The same, passing over braces with a backslash before them.
fn unescaped_brace(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut before = None;
    let end = text.iter().position(|&octet| {
        let escaped = before.replace(octet) == Some(b'\\');
        octet == b'}' && !escaped
    })?;
    let (inner, from) = text.split_at(end);
    Some((inner, from.strip_prefix(b"}")?))
}

fn output(name: &[u8]) -> Item<'_> {
    match name.strip_prefix(b">>") {
        Some(name) => Item::Append(name),
        None => Item::Output(name),
    }
}

fn header(argument: &[u8]) -> Item<'_> {
    let all = split_once(argument, b':').and_then(|(name, after)| {
        let separator = after.strip_prefix(b"all:")?;
        Some(Item::AllHeaders(name, unescaped(separator)))
    });
    all.unwrap_or(Item::Header(argument))
}

/// What a backslash and this stand for; an unknown letter leaves both as they are.
fn escaped(letter: u8) -> Vec<u8> {
    match letter {
        b'n' => vec![b'\n'],
        b'r' => vec![b'\r'],
        b't' => vec![b'\t'],
        other => vec![b'\\', other],
    }
}

/// A separator, in which `\}` stands for a brace.
fn unescaped(separator: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(separator.len());
    let mut octets = separator.iter().copied();
    while let Some(octet) = octets.next() {
        match octet {
            b'\\' => match octets.next() {
                Some(b'}') => out.push(b'}'),
                Some(letter) => out.extend(escaped(letter)),
                None => out.push(octet),
            },
            _ => out.push(octet),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Item, next};

    fn check(format: &str, expected: &[Item<'_>]) {
        let mut rest = format.as_bytes();
        let mut items = Vec::new();
        while let Some((item, after)) = next(rest) {
            items.push(item);
            rest = after;
        }
        assert_eq!(items, expected, "{format:?}");
    }

    fn text(text: &str) -> Item<'_> {
        Item::Text(text.as_bytes().into())
    }

    #[test]
    fn a_format_is_taken_apart() {
        check("", &[]);
        check("a%{b}c", &[text("a"), Item::Variable(b"b"), text("c")]);
        check("%%{x}", &[text("%"), text("{x}")]);
        check("\\n\\q", &[text("\n"), text("\\q")]);
        check("%output{>>f}", &[Item::Append(b"f")]);
        check(
            "%output{f}%time{%Y}",
            &[Item::Output(b"f"), Item::Time(b"%Y")],
        );
        check("%header{ETag}", &[Item::Header(b"ETag")]);
        check("%header{a:b}", &[Item::Header(b"a:b")]);
        check(
            "%header{a:all:{\\}\\n}",
            &[Item::AllHeaders(b"a", b"{}\n".to_vec())],
        );
    }

    #[test]
    fn what_is_cut_short_stands_for_itself() {
        check("%", &[text("%")]);
        check("\\", &[text("\\")]);
        check("%{", &[text("%{")]);
        check("%{x", &[text("%{"), text("x")]);
        check("%x", &[text("%x")]);
        check("%header{x", &[text("%header{"), text("x")]);
        check("%header{x\\}", &[text("%header{"), text("x"), text("\\}")]);
    }
}
