//! Content transfer encodings: tables, and the law that splitting the content changes nothing.

use crate::support::chance::chance;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use rcurl::plan::Encoder;
use rcurl::transfer::encoding::{Encoding, NotSevenBit, encoded_length};

fn encode(encoder: Encoder, pieces: &[&[u8]]) -> Result<Vec<u8>, NotSevenBit> {
    let mut encoding = Encoding::new(encoder);
    let mut out = Vec::new();
    for piece in pieces {
        encoding.feed(piece, &mut out)?;
    }
    encoding.finish(&mut out);
    Ok(out)
}

fn check_quoted(content: &str, expected: &str) {
    let whole = encode(Encoder::QuotedPrintable, &[content.as_bytes()]).unwrap();
    assert_eq!(String::from_utf8_lossy(&whole), expected, "{content:?}");
    let octets: Vec<&[u8]> = content.as_bytes().chunks(1).collect();
    let split = encode(Encoder::QuotedPrintable, &octets).unwrap();
    assert_eq!(split, whole, "octet by octet: {content:?}");
}

/// What curl writes for the same content.
#[test]
fn quoted_printable_is_as_curl_writes_it() {
    check_quoted("", "");
    check_quoted("a=b", "a=3Db");
    check_quoted("tab\t\r\n", "tab=09\r\n");
    check_quoted("blank \r\n", "blank=20\r\n");
    check_quoted("a blank inside\tand a tab", "a blank inside\tand a tab");
    check_quoted("end ", "end=20");
    check_quoted("end\r", "end=0D");
    check_quoted("lone\rcr, lone\nlf", "lone=0Dcr, lone=0Alf");
    check_quoted("é\u{7f}\0", "=C3=A9=7F=00");
}

#[test]
fn quoted_printable_breaks_lines_before_column_77() {
    let x = |times| "x".repeat(times);
    check_quoted(&x(76), &x(76));
    check_quoted(&(x(76) + "\r\n"), &(x(76) + "\r\n"));
    check_quoted(&(x(76) + "\r\nab"), &(x(76) + "\r\nab"));
    check_quoted(&x(77), &(x(75) + "=\r\nxx"));
    check_quoted(&(x(73) + "=\r\n"), &(x(73) + "=3D\r\n"));
    check_quoted(&(x(73) + "=y"), &(x(73) + "=\r\n=3Dy"));
    check_quoted(&(x(75) + "=\r\n"), &(x(75) + "=\r\n=3D\r\n"));
    check_quoted(&(x(75) + " \r\n"), &(x(75) + "=\r\n=20\r\n"));
    check_quoted(&(x(74) + " c\r\n"), &(x(74) + " c\r\n"));
}

#[test]
fn base64_lines_hold_76_characters_and_the_last_has_no_end() {
    let lines = |octets: usize| {
        let encoded = encode(Encoder::Base64, &[&vec![7; octets]]).unwrap();
        let text = String::from_utf8(encoded).unwrap();
        text.split("\r\n").map(str::len).collect::<Vec<_>>()
    };
    assert_eq!(lines(0), [0]);
    assert_eq!(lines(1), [4]);
    assert_eq!(lines(57), [76]);
    assert_eq!(lines(58), [76, 4]);
    assert_eq!(lines(114), [76, 76]);
    assert_eq!(lines(115), [76, 76, 4]);
}

#[test]
fn seven_bit_refuses_an_eighth() {
    assert_eq!(
        encode(Encoder::SevenBit, &[b"a\0\x7f"]).unwrap(),
        b"a\0\x7f"
    );
    assert_eq!(
        encode(Encoder::SevenBit, &[b"ab", b"c\xe9"]),
        Err(NotSevenBit(0xe9))
    );
}

#[test]
fn an_unknown_length_stays_unknown() {
    for encoder in [
        Encoder::EightBit,
        Encoder::SevenBit,
        Encoder::Binary,
        Encoder::Base64,
        Encoder::QuotedPrintable,
    ] {
        assert_eq!(encoded_length(encoder, None), None);
        assert_eq!(encoded_length(encoder, Some(0)), Some(0));
    }
    // As in curl, which sends such a form in chunks.
    assert_eq!(encoded_length(Encoder::QuotedPrintable, Some(1)), None);
}

/// Decodes as RFC 2045 §6.7 says.
fn unquote(text: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    let mut rest = text;
    loop {
        rest = match rest {
            [] => return content,
            [b'=', b'\r', b'\n', after @ ..] => after,
            [b'=', high, low, after @ ..] => {
                let digits = [*high, *low];
                let digits = std::str::from_utf8(&digits).unwrap();
                content.push(u8::from_str_radix(digits, 16).unwrap());
                after
            }
            [octet, after @ ..] => {
                content.push(*octet);
                after
            }
        };
    }
}

/// Octets among which the troublesome ones are frequent.
fn content() -> impl Strategy<Value = Vec<u8>> {
    let octet = prop_oneof![
        Just(b'\r'),
        Just(b'\n'),
        Just(b' '),
        Just(b'='),
        Just(b'x'),
        any::<u8>()
    ];
    let line = prop_oneof![Just(b"\r\n".to_vec()), prop::collection::vec(octet, 0..90)];
    prop::collection::vec(line, 0..8).prop_map(|lines| lines.concat())
}

proptest! {
    #![proptest_config(chance(256))]

    #[test]
    fn splitting_changes_nothing(content in content(), size in 1_usize..100) {
        for encoder in [Encoder::Base64, Encoder::QuotedPrintable] {
            let whole = encode(encoder, &[&content]).unwrap();
            let pieces: Vec<&[u8]> = content.chunks(size).collect();
            prop_assert_eq!(encode(encoder, &pieces).unwrap(), whole);
        }
    }

    #[test]
    fn quoted_printable_can_be_read_back(content in content()) {
        let text = encode(Encoder::QuotedPrintable, &[&content]).unwrap();
        for line in text.split(|octet| *octet == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            prop_assert!(line.len() <= 76);
            prop_assert!(!line.ends_with(b" ") && !line.ends_with(b"\t"));
        }
        prop_assert_eq!(unquote(&text), content);
    }

    #[test]
    fn base64_can_be_read_back(content in content()) {
        let text = encode(Encoder::Base64, &[&content]).unwrap();
        let length = encoded_length(Encoder::Base64, Some(content.len() as u64));
        prop_assert_eq!(length, Some(text.len() as u64));
        let bare: Vec<u8> = text.into_iter().filter(|octet| !b"\r\n".contains(octet)).collect();
        prop_assert_eq!(STANDARD.decode(bare).unwrap(), content);
    }
}
