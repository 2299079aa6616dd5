//! What has changed between two texts.
//!
//! Knows: a unified diff, its colours, and that no line of it drives a terminal. Must not know: what
//! the texts are.

use std::time::Duration;

use similar::TextDiff;

use crate::view::style::{Meaning, Style};

/// Lines shown around a change.
const AROUND: usize = 3;
/// After so long a shorter diff is no longer looked for; the one at hand is as true.
const PATIENCE: Duration = Duration::from_secs(2);

/// The changes from one text to the other, with the names of both; nothing where they are equal.
pub(super) fn changes(before: (&str, &str), after: (&str, &str), style: Style) -> Vec<u8> {
    let diff = TextDiff::configure()
        .timeout(PATIENCE)
        .diff_lines(before.1, after.1);
    let mut unified = diff.unified_diff();
    let text = unified
        .context_radius(AROUND)
        .header(before.0, after.0)
        .to_string();
    let mut out = Vec::with_capacity(text.len());
    for line in text.lines() {
        let safe = style.safe(line.as_bytes());
        match meaning(line) {
            Some(meaning) => style.paint(meaning, &safe, &mut out),
            None => out.extend_from_slice(&safe),
        }
        out.push(b'\n');
    }
    out
}

fn meaning(line: &str) -> Option<Meaning> {
    match line.as_bytes().first() {
        Some(b'-') => Some(Meaning::Bad),
        Some(b'+') => Some(Meaning::Good),
        Some(b'@' | b'\\') => Some(Meaning::Aside),
        _ => None,
    }
}
