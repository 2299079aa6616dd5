//! Reads what `--wire` shows back into octets.

use std::collections::BTreeMap;

/// One row with an offset.
struct Row<'t> {
    connection: u32,
    sign: char,
    offset: usize,
    name: &'t str,
    text: &'t str,
}

/// What one direction of a connection came to, stream by stream: a socket's, and those that its TLS
/// sessions carried. Octets that were counted and not shown are none.
pub(crate) type Streams = BTreeMap<(u32, char), Vec<Vec<Option<u8>>>>;

/// Which connections were made, in order.
pub(crate) fn connected(text: &str) -> Vec<u32> {
    let lines = text.lines().map(|line| without_time(text, line));
    let found = lines.filter_map(|line| line.split_once(" * connected to "));
    found.map(|(id, _)| connection(id).unwrap()).collect()
}

/// The octets shown. Each row must stand where its stream has come to.
pub(crate) fn streams(text: &str) -> Streams {
    let mut streams = Streams::new();
    for row in text.lines().filter_map(|line| row(text, line)) {
        let octets = match row.name {
            "read" | "write" | "in TLS" | "TLS record" | "proxy TLS" | "end of stream"
            | "violation" => continue,
            "not shown" => vec![None; number(row.text)],
            name if name.ends_with("binary") || name.starts_with("SOCKS") => hexadecimal(row.text),
            _ => literal(row.text),
        };
        let all = streams.entry((row.connection, row.sign)).or_default();
        let goes_on = all.last().is_some_and(|last| last.len() == row.offset);
        if !goes_on {
            assert_eq!(row.offset, 0, "octets are missing before {:?}", row.text);
            all.push(Vec::new());
        }
        all.last_mut().unwrap().extend(octets);
    }
    streams
}

/// Text as a pipe would have got it; what is taken off is colours and nothing else.
pub(crate) fn without_colours(text: &str) -> String {
    let mut pieces = text.split("\x1b[");
    let mut plain = pieces.next().unwrap().to_owned();
    for piece in pieces {
        let (parameters, rest) = piece.split_once('m').unwrap();
        assert!(
            parameters.bytes().all(|it| it.is_ascii_digit()),
            "{parameters:?} is no colour"
        );
        plain.push_str(rest);
    }
    plain
}

fn row<'t>(text: &str, line: &'t str) -> Option<Row<'t>> {
    let (id, rest) = without_time(text, line).split_once(' ')?;
    let connection = connection(id)?;
    let rest = rest.trim_start();
    let sign = rest.chars().next().filter(|sign| "<>".contains(*sign))?;
    let (offset, rest) = rest[1..].trim_start().split_once(' ').unwrap();
    // A name is padded to thirteen columns; only a chunk's may be longer.
    let end = match rest.strip_prefix("chunk ") {
        Some(size) if size.starts_with(|it: char| it.is_ascii_digit()) => {
            13.max(6 + size.find(' ').unwrap())
        }
        _ => 13.min(rest.len()),
    };
    let (name, text) = rest.split_at(end);
    Some(Row {
        connection,
        sign,
        offset: offset.parse().unwrap(),
        name: name.trim_end(),
        text: text.strip_prefix(' ').unwrap_or(text),
    })
}

/// A relative time has eleven columns, one of day fifteen.
fn without_time<'t>(text: &str, line: &'t str) -> &'t str {
    let of_day = text.as_bytes().get(2) == Some(&b':');
    line.get(if of_day { 16 } else { 12 }..).unwrap_or_default()
}

/// `#0`, or `[0-0]`.
fn connection(id: &str) -> Option<u32> {
    let id = id.trim_end();
    let number = id.strip_prefix('#').or_else(|| {
        let (_, connection) = id.strip_prefix('[')?.split_once('-')?;
        connection.strip_suffix(']')
    });
    number?.parse().ok()
}

fn number(text: &str) -> usize {
    text.split(' ').next().unwrap().parse().unwrap()
}

fn hexadecimal(text: &str) -> Vec<Option<u8>> {
    let (digits, _) = text.split_once('|').unwrap();
    let digits: String = digits.split(' ').collect();
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).ok())
        .collect()
}

fn literal(text: &str) -> Vec<Option<u8>> {
    let mut octets = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (taken, meant) = match rest.get(..2) {
            Some("\\r") => (2, vec![b'\r']),
            Some("\\n") => (2, vec![b'\n']),
            Some("\\t") => (2, vec![b'\t']),
            Some("\\\\") => (2, vec![b'\\']),
            Some("\\x") => (4, vec![u8::from_str_radix(&rest[2..4], 16).unwrap()]),
            _ => (first.len_utf8(), first.to_string().into_bytes()),
        };
        assert!(taken > 1 || first != '\\', "no escape: {rest}");
        octets.extend(meant.into_iter().map(Some));
        rest = &rest[taken..];
    }
    octets
}
