//! Percent-encoding, and text made visible.

use crate::support::chance::chance;
use proptest::prelude::*;
use rcurl::codec::text::{
    Visible, from_hexadecimal, hexadecimal, percent_decode, percent_encode, visible,
};

fn filter<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut filter = Visible::new();
    let mut out = Vec::new();
    for piece in pieces {
        filter.push(piece, &mut out);
    }
    filter.finish(&mut out);
    String::from_utf8(out).unwrap()
}

/// How a line is shown, and, unless it holds line ends, a text as well.
#[track_caller]
fn check(input: &[u8], line: &str, text: &str) {
    assert_eq!(visible(input), line, "{}", input.escape_ascii());
    assert_eq!(filter([input]), text, "{}", input.escape_ascii());
}

#[test]
fn controls_are_shown() {
    check(b"plain \t text ~", "plain \t text ~", "plain \t text ~");
    check(b"\x1b[2J\x07\x00\x7f", "^[[2J^G^@^?", "^[[2J^G^@^?");
    check(
        "\u{80}\u{9b}2J\u{9f}".as_bytes(),
        "\\u0080\\u009b2J\\u009f",
        "\\u0080\\u009b2J\\u009f",
    );
    check(b"\x9b2J\xff", "\\x9b2J\\xff", "\\x9b2J\\xff");
    check("é雪😀\u{a0}".as_bytes(), "é雪😀\u{a0}", "é雪😀\u{a0}");
}

#[test]
fn what_turns_or_hides_text_is_shown() {
    for c in
        "\u{61c}\u{200b}\u{200e}\u{200f}\u{202a}\u{202e}\u{2066}\u{2069}\u{2028}\u{feff}".chars()
    {
        let shown = format!("a\\u{:04x}b", u32::from(c));
        check(format!("a{c}b").as_bytes(), &shown, &shown);
    }
    // Emoji and scripts need their joiners.
    check(
        "👩\u{200d}💻 \u{200c}".as_bytes(),
        "👩\u{200d}💻 \u{200c}",
        "👩\u{200d}💻 \u{200c}",
    );
}

#[test]
fn line_ends_are_kept_in_a_text_only() {
    check(b"a\nb", "a^Jb", "a\nb");
    check(b"a\r\nb\r\n", "a^M^Jb^M^J", "a\r\nb\r\n");
    check(b"a\rb\r\r\n\r", "a^Mb^M^M^J^M", "a^Mb^M\r\n^M");
}

#[test]
fn damaged_characters_are_shown_octet_by_octet() {
    check(b"\xe2\x82", "\\xe2\\x82", "\\xe2\\x82");
    check(b"\xe2\x82(", "\\xe2\\x82(", "\\xe2\\x82(");
    check(
        b"\xc0\x9b\xed\xa0\x80",
        "\\xc0\\x9b\\xed\\xa0\\x80",
        "\\xc0\\x9b\\xed\\xa0\\x80",
    );
    check(
        b"\xf0\x9f\x98\xf0\x9f\x98\x80",
        "\\xf0\\x9f\\x98😀",
        "\\xf0\\x9f\\x98😀",
    );
}

#[test]
fn octets_are_percent_encoded() {
    let check = |input: &[u8], encoded: &str| assert_eq!(percent_encode(input), encoded);
    check(b"azAZ09-._~", "azAZ09-._~");
    check(b"a b+c/d?e=f&g%", "a%20b%2Bc%2Fd%3Fe%3Df%26g%25");
    check("é\0\u{7f}".as_bytes(), "%C3%A9%00%7F");
}

#[test]
fn octets_are_percent_decoded() {
    let check = |input: &str, decoded: &[u8]| assert_eq!(percent_decode(input.as_bytes()), decoded);
    check("a%20b+c", b"a b+c");
    check("%c3%A9%00", b"\xc3\xa9\0");
    check("%", b"%");
    check("%4", b"%4");
    check("%4x%g4%%41", b"%4x%g4%A");
    check("%2541", b"%41");
}

/// Octets that are likely to make something of one another.
fn octets() -> impl Strategy<Value = Vec<u8>> {
    let likely = prop::sample::select(b"\r\r\n\x1b\xc2\x9b\xe2\x80\xae\xf0\x9f\x98\x80a".to_vec());
    prop::collection::vec(prop_oneof![likely, any::<u8>()], 0..40)
}

proptest! {
    #![proptest_config(chance(256))]

    #[test]
    fn what_is_encoded_is_decoded(bytes in octets()) {
        prop_assert_eq!(percent_decode(percent_encode(&bytes).as_bytes()), bytes);
    }

    #[test]
    fn cuts_change_nothing(bytes in octets(), size in 1_usize..6) {
        prop_assert_eq!(filter([bytes.as_slice()]), filter(bytes.chunks(size)));
    }

    #[test]
    fn no_control_is_left(bytes in octets()) {
        let line = visible(&bytes);
        prop_assert!(line.chars().all(|c| !c.is_control() || c == '\t'), "{:?}", line);
        let text = filter([bytes.as_slice()]).replace("\r\n", "\n");
        prop_assert!(text.chars().all(|c| !c.is_control() || c == '\n' || c == '\t'), "{:?}", text);
        prop_assert!(text.len() <= 4 * bytes.len());
    }

    #[test]
    fn printable_text_passes(text in "[ -~\t\n]{0,40}") {
        prop_assert_eq!(filter([text.as_bytes()]), text);
    }
}

#[test]
fn hexadecimal_digits() {
    for (text, octets) in [
        ("", Ok(vec![])),
        ("00ff7f", Ok(vec![0, 255, 127])),
        ("FfAa", Ok(vec![255, 170])),
        ("00g0", Err(2)),
        ("00+1", Err(2)),
        ("00f", Err(2)),
    ] {
        assert_eq!(from_hexadecimal(text.as_bytes()), octets, "{text}");
    }
    assert_eq!(hexadecimal(&[0, 255, 0x7f]), "00ff7f");
}
