//! Which stretches of content are text, and which are not.
//!
//! Knows: the signs of either. Must not know: media types, since what a field says and what comes
//! may differ; nor how anything is shown.
//!
//! Nothing is kept of the content itself, so this costs no memory; a decision looks at the octets
//! that came together, and at what the content was before.

/// What octets look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// UTF-8, or near enough to be read.
    Text,
    /// Anything else.
    Binary,
}

/// Most octets that a decision looks at.
const SAMPLE: usize = 64;
/// The same where content begins.
const FIRST_SAMPLE: usize = 512;
/// Fewer octets than this prove nothing after binary ones.
const LEAST_TEXT: usize = 12;

/// The forms that one body takes, such as text and a picture in a form.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Forms {
    now: Option<Form>,
}

impl Forms {
    /// The form of octets that are not empty, as they begin.
    pub(super) fn begin(&mut self, octets: &[u8]) -> Form {
        let form = self.form_of(octets);
        self.now = Some(form);
        form
    }

    /// How far the form lasts that these octets have begun with.
    pub(super) fn end(self, octets: &[u8], form: Form) -> usize {
        let mut from = 0_usize;
        loop {
            let rest = octets.get(from..).unwrap_or_default();
            match boundary(rest, form).filter(|next| *next < rest.len()) {
                None => return octets.len(),
                Some(next) => from = from.saturating_add(next),
            }
            if self.form_of(octets.get(from..).unwrap_or_default()) != form {
                return from;
            }
        }
    }

    /// The form of what begins here.
    fn form_of(self, octets: &[u8]) -> Form {
        let binary = match self.now {
            None => {
                let line = line_sample(octets);
                is_odd(line) || (!is_plain(line) && is_odd(first(octets, FIRST_SAMPLE)))
            }
            Some(Form::Text) => is_odd(line_sample(rest_of_character(octets))),
            Some(Form::Binary) => {
                let sample = first(octets, SAMPLE);
                sample.len() < LEAST_TEXT || !is_plain(sample)
            }
        };
        if binary { Form::Binary } else { Form::Text }
    }
}

/// Where the form may change next: behind a line feed, and in text at times within a long line.
fn boundary(octets: &[u8], form: Form) -> Option<usize> {
    match form {
        Form::Binary => line_end(octets),
        Form::Text => Some(line_end(first(octets, SAMPLE)).unwrap_or(SAMPLE)),
    }
}

/// Where the first line is over, its line feed included.
fn line_end(octets: &[u8]) -> Option<usize> {
    let line_feed = octets.iter().position(|&octet| octet == b'\n');
    line_feed.map(|at| at.saturating_add(1))
}

fn first(octets: &[u8], most: usize) -> &[u8] {
    octets.get(..most).unwrap_or(octets)
}

/// The line that begins here, as far as it takes; of one that says too little, what follows too.
fn line_sample(octets: &[u8]) -> &[u8] {
    const LEAST: usize = 16;
    let sample = first(octets, SAMPLE);
    let line = first(sample, line_end(sample).unwrap_or(SAMPLE));
    let says_enough = is_plain(line) && !matches!(line, b"\n" | b"\r\n");
    if says_enough || line.len() >= LEAST {
        return line;
    }
    first(sample, LEAST)
}

/// Nothing in it speaks against text.
fn is_plain(sample: &[u8]) -> bool {
    let text = match std::str::from_utf8(sample) {
        Ok(_) => sample,
        Err(error) if error.error_len().is_none() => first(sample, error.valid_up_to()),
        Err(_) => return false,
    };
    !text.iter().copied().any(is_odd_control)
}

/// So much speaks against text that it would not be readable.
fn is_odd(sample: &[u8]) -> bool {
    sample.contains(&0) || oddities(sample).saturating_mul(3) > sample.len()
}

/// Without what may be the end of a character that began before.
fn rest_of_character(octets: &[u8]) -> &[u8] {
    let end = octets.iter().take(3);
    let end = end.take_while(|octet| matches!(octet, 0x80..=0xbf));
    octets.get(end.count()..).unwrap_or_default()
}

/// Octets that text does not have. A character that the sample's end cuts is no oddity.
fn oddities(sample: &[u8]) -> usize {
    let mut rest = sample;
    let mut count = 0_usize;
    loop {
        let (valid, error) = match std::str::from_utf8(rest) {
            Ok(text) => (text.len(), None),
            Err(error) => (error.valid_up_to(), Some(error.error_len())),
        };
        let (text, after) = rest.split_at_checked(valid).unwrap_or((rest, &[]));
        let controls = text.iter().filter(|&&octet| is_odd_control(octet));
        count = count.saturating_add(controls.count());
        match error {
            Some(Some(length)) => {
                count = count.saturating_add(length);
                rest = after.get(length..).unwrap_or_default();
            }
            None | Some(None) => return count,
        }
    }
}

/// Controls but those of lines, tabs and terminals.
fn is_odd_control(octet: u8) -> bool {
    octet.is_ascii_control() && !matches!(octet, b'\x07'..=b'\r' | b'\x1b')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stretches(octets: &[u8]) -> Vec<(Form, Vec<u8>)> {
        let mut forms = Forms::default();
        let mut rest = octets;
        let mut found = Vec::new();
        while !rest.is_empty() {
            let form = forms.begin(rest);
            let (stretch, after) = rest.split_at(forms.end(rest, form));
            assert!(!stretch.is_empty());
            found.push((form, stretch.to_vec()));
            rest = after;
        }
        found
    }

    #[test]
    fn content_is_told_apart() {
        use Form::{Binary, Text};
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\0\0\x01\0\x08\x06\0\0\0\\r\xa8f";
        let part = b"--boundary\r\nContent-Type: image/png\r\n\r\n";
        let end = b"\r\n--boundary--\r\n";
        for (octets, expected) in [
            (&b"{\"a\": 1}\n"[..], vec![(Text, 9)]),
            ("žluťoučký kůň".as_bytes(), vec![(Text, 19)]),
            ("ů".as_bytes(), vec![(Text, 2)]),
            // Half a character.
            (b"\xc5", vec![(Text, 1)]),
            // Latin-1 can be read between the escapes; a colour is part of a log.
            (b"caf\xe9 au lait\n", vec![(Text, 13)]),
            (b"\x1b[1mbold\x1b[0m\n", vec![(Text, 13)]),
            (b"\x1f\x8b\x08\0\0\0\0\0\0\xff", vec![(Binary, 10)]),
            (b"\xff\xfea\0b\0", vec![(Binary, 6)]),
            (png, vec![(Binary, png.len())]),
            (
                &[&part[..], png, end].concat(),
                vec![
                    (Text, part.len() - 2),
                    (Binary, png.len() + 4),
                    (Text, end.len() - 2),
                ],
            ),
        ] {
            let found = stretches(octets);
            let lengths: Vec<_> = found.iter().map(|(form, it)| (*form, it.len())).collect();
            assert_eq!(lengths, expected, "{octets:?}");
        }
    }

    #[test]
    fn a_character_in_two_pieces_is_text() {
        let mut forms = Forms::default();
        for piece in [&b"k\xc5"[..], b"\xaf", b"\xc5\x88\n"] {
            assert_eq!(forms.begin(piece), Form::Text);
            assert_eq!(forms.end(piece, Form::Text), piece.len());
        }
    }

    proptest! {
        #[test]
        fn the_stretches_are_the_content(octets in prop::collection::vec(any::<u8>(), 0..2000)) {
            let joined: Vec<u8> = stretches(&octets).into_iter().flat_map(|(_, it)| it).collect();
            prop_assert_eq!(joined, octets);
        }
    }
}
