//! Octets as lines of text that a person can read and edit, and back again.

use std::fmt::Write as _;

/// One line of text per line of octets. What is not printable, and the backslash, is escaped; a
/// backslash at the very end says that the last line has no line end.
pub(crate) fn shown(octets: &[u8]) -> String {
    let mut text = String::new();
    for line in octets.split_inclusive(|&octet| octet == b'\n') {
        let ended = line.strip_suffix(b"\n");
        for chunk in ended.unwrap_or(line).utf8_chunks() {
            chunk.valid().chars().for_each(|it| show(it, &mut text));
            for octet in chunk.invalid() {
                let _ = write!(text, "\\x{octet:02x}");
            }
        }
        text.push_str(if ended.is_some() { "\n" } else { "\\\n" });
    }
    text
}

fn show(character: char, text: &mut String) {
    match character {
        '\\' => text.push_str("\\\\"),
        '\r' => text.push_str("\\r"),
        '\t' => text.push('\t'),
        it if it.is_control() => {
            let mut buffer = [0; 4];
            for octet in it.encode_utf8(&mut buffer).bytes() {
                let _ = write!(text, "\\x{octet:02x}");
            }
        }
        it => text.push(it),
    }
}

/// The octets of one line without its end, and whether the line has one.
pub(crate) fn meant(line: &str) -> (Vec<u8>, bool) {
    let mut octets = Vec::new();
    let mut rest = line;
    while let Some((plain, escaped)) = rest.split_once('\\') {
        octets.extend_from_slice(plain.as_bytes());
        let Some(kind) = escaped.chars().next() else {
            return (octets, false);
        };
        rest = &escaped[1..];
        match kind {
            '\\' => octets.push(b'\\'),
            'r' => octets.push(b'\r'),
            'n' => octets.push(b'\n'),
            't' => octets.push(b'\t'),
            '0' => octets.push(0),
            'x' => {
                octets.push(u8::from_str_radix(&rest[..2], 16).unwrap());
                rest = &rest[2..];
            }
            other => panic!("no escape: \\{other}"),
        }
    }
    octets.extend_from_slice(rest.as_bytes());
    (octets, true)
}

#[test]
fn what_is_shown_is_what_was_meant() {
    let check = |octets: &[u8], expected: &str| {
        assert_eq!(shown(octets), expected);
        let mut back = Vec::new();
        for line in expected.lines() {
            let (octets, ended) = meant(line);
            back.extend(octets);
            back.extend(ended.then_some(b'\n'));
        }
        assert_eq!(back, octets, "{expected}");
    };
    check(b"", "");
    check(b"a\nb\n", "a\nb\n");
    check(b"a", "a\\\n");
    check(b"a\r\n\0\x1b[1m\\\n", "a\\r\n\\x00\\x1b[1m\\\\\n");
    check("é\u{9b}\n".as_bytes(), "é\\xc2\\x9b\n");
    check(b"\xff\n", "\\xff\n");
}
