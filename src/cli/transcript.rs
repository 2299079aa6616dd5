//! `--snapshot`, and `--mask KIND[:PATTERN]`.
//!
//! Knows: the kinds of masks and what each wants behind its colon, and which of these options is of no
//! use alone. Must not know: what a transcript looks like.

use super::state::{Outcome, State, Stop};
use super::values::Value;
use super::wrong::Wrong;
use crate::codec::json::Path;
use crate::codec::pattern::Pattern;
use crate::plan::{Mask, Varying};

/// The file of `--snapshot`.
pub(crate) fn snapshot(state: &mut State<'_>, file: Value<'_>) -> Outcome {
    if file.not_blank()?.octets() == b"-" {
        let text = "--snapshot is read and written, so it wants a file";
        return Err(state.complain(text, Wrong::BadUse));
    }
    state.global.inspect.snapshot = Some(file.path());
    Ok(())
}

/// Warns of what has nothing to work on, once everything is read.
pub(crate) fn check(state: &mut State<'_>) {
    let inspect = &state.global.inspect;
    let (snapshot, transcript) = (inspect.snapshot.is_some(), inspect.transcript.is_some());
    let idle = [
        (
            inspect.update && !snapshot,
            "--update does nothing without --snapshot",
        ),
        (
            !inspect.masks.is_empty() && !snapshot && !transcript,
            "--mask does nothing without --transcript or --snapshot",
        ),
    ];
    for (_, text) in idle.into_iter().filter(|(is_idle, _)| *is_idle) {
        state.warn(text);
    }
}

/// Adds a mask to those there are.
pub(crate) fn mask(state: &mut State<'_>, value: Value<'_>) -> Outcome {
    let text = value.not_blank()?.text()?;
    let mask = read(text).map_err(|why| complaint(state, text, &why))?;
    state.global.inspect.masks.push(mask);
    Ok(())
}

fn complaint(state: &mut State<'_>, text: &str, why: &str) -> Stop {
    state.complain(format!("--mask {text}: {why}"), Wrong::BadUse)
}

fn read(text: &str) -> Result<Mask, String> {
    let (kind, pattern) = match text.split_once(':') {
        Some((kind, pattern)) => (kind, Some(pattern).filter(|pattern| !pattern.is_empty())),
        None => (text, None),
    };
    let wanted =
        |example: &str| pattern.ok_or_else(|| format!("it wants a pattern, as in {example}"));
    match kind {
        "header" => header(wanted("header:X-Build")?),
        "json" => Path::new(wanted("json:.items[*].created_at")?).map(Mask::Json),
        "regex" => Pattern::new(wanted("regex:took [0-9]+ ms")?).map(Mask::Regex),
        "keep" => keep(wanted("keep:date")?),
        "server" if pattern.is_some() => Err("it takes no pattern".to_owned()),
        "server" => Ok(Mask::Server),
        _ => Err("the kinds are header, json, keep, regex and server".to_owned()),
    }
}

/// The name of a field (RFC 9110, 5.1).
fn header(name: &str) -> Result<Mask, String> {
    let name = name.trim();
    let fits = |c: char| c.is_ascii_graphic() && !"\"(),/:;<=>?@[\\]{}".contains(c);
    if name.chars().all(fits) {
        Ok(Mask::Header(name.to_owned()))
    } else {
        Err(format!("{name} is no name of a header"))
    }
}

fn keep(word: &str) -> Result<Mask, String> {
    let known = Varying::ALL.iter().find(|varying| varying.word() == word);
    known.copied().map(Mask::Keep).ok_or_else(|| {
        let words: Vec<&str> = Varying::ALL.iter().map(|varying| varying.word()).collect();
        format!("what can be kept is {}", words.join(", "))
    })
}
