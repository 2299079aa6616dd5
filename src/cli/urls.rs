//! URLs as words, and files of them.
//!
//! Knows: `--url @file`, whose URLs are no globs and are saved under their own names. Must not know:
//! what a URL is.

use super::conditions;
use super::draft::Globbing;
use super::files;
use super::state::{Outcome, State};
use super::values::{self, Value};
use super::wrong::Wrong;

/// `--url`, and a word without a dash.
pub(crate) fn add(state: &mut State<'_>, argument: Value<'_>) -> Outcome {
    let Some(file) = argument.after(b'@') else {
        let url = values::url(argument.not_blank()?.octets());
        state.draft.add_url(url, Globbing::Allowed);
        return conditions::etags_fit(state);
    };
    let text = files::whole(&file.path(), state.stdin).map_err(|_| Wrong::Unreadable)?;
    for (_, line) in files::lines(&text) {
        state.draft.add_url(values::url(line), Globbing::Off);
        conditions::etags_fit(state)?;
    }
    Ok(())
}

/// `--next`: what follows is a part of its own. A config file may begin with it.
pub(crate) fn next(state: &mut State<'_>) -> Outcome {
    if state.draft.has_url() {
        state.done.push(std::mem::take(&mut state.draft));
        return Ok(());
    }
    if state.depth > 0 {
        return Ok(());
    }
    Err(state.complain("missing URL before --next", Wrong::BadUse))
}
