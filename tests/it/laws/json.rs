//! JSON laid out: white space alone changes, what is laid out stays so, splitting changes nothing,
//! and no control character reaches a terminal.
//!
//! The first octet chooses the form and the check, the second how long the pieces are.

use std::convert::Infallible;

use rcurl::codec::json::{Break, Check, Form, Formatter, Style};

pub(crate) fn hold(input: &[u8]) {
    let Some(([choice, size], text)) = input.split_first_chunk() else {
        return;
    };
    let form = [Form::Json, Form::Lines, Form::Events][usize::from(choice % 3)];
    let check = if choice & 0x40 == 0 {
        Check::Held
    } else {
        Check::Streaming
    };
    let size = usize::from(*size % 32) + 1;
    for style in [Style::PLAIN, Style::TERMINAL] {
        let whole = formatted(form, style, check, [text]);
        let parts = formatted(form, style, check, text.chunks(size));
        assert!(whole == parts, "splitting changes nothing");
        if style == Style::TERMINAL {
            assert_tame(&whole.0);
        }
    }
    let (once, broken) = formatted(form, Style::PLAIN, check, [text]);
    if form == Form::Json && broken.is_none() {
        assert_eq!(
            without_blanks(&once),
            without_blanks(text),
            "white space alone changes"
        );
        let again = formatted(form, Style::PLAIN, check, [once.as_slice()]);
        assert_eq!(again, (once, None), "what is laid out stays so");
    } else if form == Form::Json && check == Check::Held {
        assert_eq!(once, text, "what is broken passes unchanged");
    }
}

fn formatted<'a>(
    form: Form,
    style: Style,
    check: Check,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<u8>, Option<Break>) {
    let mut formatter = Formatter::new(form, style, check);
    let mut out = Vec::new();
    let mut deliver = |piece: &[u8]| -> Result<(), Infallible> {
        out.extend_from_slice(piece);
        Ok(())
    };
    for piece in pieces {
        let Ok(()) = formatter.push(piece, &mut deliver);
    }
    let Ok(()) = formatter.finish(&mut deliver);
    (out, formatter.broken())
}

/// The only sequences are colours, and the only controls tabs and line ends.
fn assert_tame(shown: &[u8]) {
    let shown = std::str::from_utf8(shown).expect("a terminal gets UTF-8");
    let mut parts = shown.split("\x1b[");
    let first = parts.next().unwrap_or_default();
    let rest = parts.map(|part| {
        let (colour, text) = part.split_once('m').expect("a colour");
        assert!(
            colour
                .bytes()
                .all(|octet| octet.is_ascii_digit() || octet == b';')
        );
        text
    });
    let text = [first]
        .into_iter()
        .chain(rest)
        .collect::<String>()
        .replace("\r\n", "\n");
    assert!(
        text.chars()
            .all(|c| !c.is_control() || matches!(c, '\n' | '\t')),
        "{text:?}"
    );
}

fn without_blanks(text: &[u8]) -> Vec<u8> {
    let (mut inside, mut escaped) = (false, false);
    let mut kept = text.to_vec();
    kept.retain(|&octet| {
        let keep = inside || !b" \t\r\n".contains(&octet);
        if escaped {
            escaped = false;
        } else if octet == b'"' {
            inside = !inside;
        } else {
            escaped = inside && octet == b'\\';
        }
        keep
    });
    kept
}
