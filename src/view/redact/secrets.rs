//! The secrets that came so far, each with its mark.
//!
//! Knows: that equal secrets have equal marks, numbered as they come, and which spellings are one
//! secret. Must not know: where secrets stand. A server may send any number of secrets: past a bound
//! they are marked without a number, and not found again.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use sha2::{Digest as _, Sha256};

use crate::codec::text::percent_decode;
use crate::view::known::Known;

/// A secret that is shorter is not looked for where nothing says that one stands there.
const SHORTEST: usize = 6;

/// So many secrets have a number, as man/options.md says, and are known in two spellings each.
const MOST: usize = 4096;

/// What stands for a secret beyond those.
const UNNUMBERED: &[u8] = b"<secret>";

/// The secrets of a run, or of a file.
#[derive(Default)]
pub struct Secrets {
    /// By their hash: a secret may be long, and need not be kept.
    numbers: BTreeMap<[u8; 32], usize>,
    known: Known,
}

impl Secrets {
    /// The mark of a secret; nothing, and what is a mark already, stay as they are.
    pub(super) fn mark(&mut self, secret: &[u8]) -> Vec<u8> {
        self.mark_as(secret, secret)
    }

    /// The mark of a secret that stands here in another spelling.
    pub(super) fn mark_as(&mut self, secret: &[u8], spelling: &[u8]) -> Vec<u8> {
        if secret.is_empty() || is_mark(spelling) {
            return spelling.to_vec();
        }
        let Some(number) = self.number(secret) else {
            return UNNUMBERED.to_vec();
        };
        let mark = format!("<secret {number}>");
        for form in [secret, spelling] {
            if form.len() >= SHORTEST {
                self.known.learn(form, &mark);
            }
        }
        mark.into_bytes()
    }

    fn number(&mut self, secret: &[u8]) -> Option<usize> {
        let hash = Sha256::digest(secret).into();
        let next = self.numbers.len().saturating_add(1);
        match self.numbers.entry(hash) {
            Entry::Occupied(known) => Some(*known.get()),
            Entry::Vacant(_) if next > MOST => None,
            Entry::Vacant(new) => Some(*new.insert(next)),
        }
    }

    /// The mark of a secret of a URL or an urlencoded form.
    pub(super) fn mark_encoded(&mut self, encoded: &[u8]) -> Vec<u8> {
        let blanks: Vec<u8> = encoded
            .iter()
            .map(|&octet| if octet == b'+' { b' ' } else { octet })
            .collect();
        self.mark_as(&percent_decode(&blanks), encoded)
    }

    /// The text with marks in the places of secrets that came before; `None` where there are none.
    pub(super) fn recognised(&self, text: &[u8]) -> Option<Vec<u8>> {
        self.known.replaced(text)
    }
}

/// Whether a mark stands there: words between angle brackets, `<secret 1>` or any other.
pub(super) fn is_mark(text: &[u8]) -> bool {
    let inside = text
        .strip_prefix(b"<")
        .and_then(|text| text.strip_suffix(b">"));
    inside.is_some_and(|words| {
        let fits =
            |octet: &u8| octet.is_ascii_lowercase() || octet.is_ascii_digit() || *octet == b' ';
        words.first().is_some_and(u8::is_ascii_lowercase) && words.iter().all(fits)
    })
}
