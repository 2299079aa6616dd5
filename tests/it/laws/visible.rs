//! Text made visible: no control is left, printable text passes, splitting changes nothing.
//!
//! The first octet chooses how long the pieces are.

use rcurl::codec::text::{Visible, percent_decode, percent_encode, visible, visible_line};

pub(crate) fn hold(input: &[u8]) {
    let Some((size, text)) = input.split_first() else {
        return;
    };
    let whole = filtered([text]);
    assert_eq!(
        whole,
        filtered(text.chunks(usize::from(*size % 16) + 1)),
        "splitting"
    );
    assert!(whole.len() <= 4 * text.len(), "at most four times as long");
    assert_tame(&whole.replace("\r\n", "\n"), &['\n', '\t']);
    assert_tame(&visible(text), &['\t']);
    let line = visible_line(text);
    assert_tame(line.strip_suffix("\r\n").unwrap_or(&line), &['\t']);
    if text
        .iter()
        .all(|octet| matches!(octet, b' '..=b'~' | b'\t' | b'\n'))
    {
        assert_eq!(whole.as_bytes(), text, "printable text passes");
    }
    assert_eq!(
        visible(visible(text).as_bytes()),
        visible(text),
        "what is shown stays so"
    );
    assert_eq!(percent_decode(percent_encode(text).as_bytes()), text);
    assert!(percent_decode(text).len() <= text.len());
}

fn filtered<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut filter = Visible::new();
    let mut out = Vec::new();
    for piece in pieces {
        filter.push(piece, &mut out);
    }
    filter.finish(&mut out);
    String::from_utf8(out).expect("UTF-8")
}

fn assert_tame(shown: &str, kept: &[char]) {
    assert!(
        shown.chars().all(|c| !c.is_control() || kept.contains(&c)),
        "{shown:?}"
    );
}
