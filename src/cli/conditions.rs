//! Ranges, resuming, dates and versions: options of a request that look at one another.
//!
//! Knows: which exclude each other, and curl's warnings about them. Must not know: how a request is
//! composed.

use std::path::PathBuf;

use super::state::{Outcome, State};
use super::values::{self, Value};
use super::wrong::Wrong;
use crate::codec::date;
use crate::plan::{Clobber, ConditionKind, HttpVersion, Operation, Resume, TimeCondition};

/// `-C`.
pub(crate) fn resume(state: &mut State<'_>, argument: Value<'_>) -> Outcome {
    let operation = state.operation();
    let other = if operation.request.range.is_some() {
        "--range"
    } else if operation.output.remove_on_error {
        "--remove-on-error"
    } else if operation.output.clobber == Clobber::Never {
        "--no-clobber"
    } else {
        operation.request.resume = Some(match argument.text()? {
            "-" => Resume::FromFile,
            offset => Resume::At(offset_of(offset)?),
        });
        return Ok(());
    };
    Err(state.complain(
        format!("--continue-at is mutually exclusive with {other}"),
        Wrong::BadUse,
    ))
}

fn offset_of(text: &str) -> Result<u64, Wrong> {
    match values::number(text) {
        Ok(offset) => Ok(offset),
        Err(_) => Err(Wrong::NotANumber),
    }
}

/// Refuses an option beside `-C`.
pub(crate) fn not_resuming(state: &mut State<'_>, option: &str) -> Outcome {
    if state.operation().request.resume.is_none() {
        return Ok(());
    }
    Err(state.complain(
        format!("--continue-at is mutually exclusive with {option}"),
        Wrong::BadUse,
    ))
}

/// `-r`: a number alone means everything from there on.
pub(crate) fn range(state: &mut State<'_>, argument: Value<'_>) -> Outcome {
    not_resuming(state, "--range")?;
    let mut range = argument.not_blank()?.line()?.to_owned();
    if !range.contains('-') && values::number(&range).is_ok() {
        state.warn("A specified range MUST include at least one dash (-). Appending one for you");
        range.push('-');
    } else if range.bytes().any(|octet| !b"0123456789-,".contains(&octet)) {
        state.warn(
            "Invalid character is found in given range. A specified range MUST have only digits in \
             'start'-'stop'. The server's response to this request is uncertain.",
        );
    }
    state.operation().request.range = Some(range);
    Ok(())
}

/// `-0` and `--http1.1`.
pub(crate) fn version(state: &mut State<'_>, version: HttpVersion) {
    let before = std::mem::replace(&mut state.operation().request.version, version);
    if before != HttpVersion::Negotiated && before != version {
        state.warn("Overrides previous HTTP version option");
    }
}

/// `-z`: a date, or a file whose date counts; `-` before it inverts.
pub(crate) fn time(state: &mut State<'_>, argument: Value<'_>) {
    let (kind, argument) = match (argument.after(b'-'), argument.after(b'+')) {
        (Some(rest), _) => (ConditionKind::UnmodifiedSince, rest),
        (_, Some(rest)) => (ConditionKind::ModifiedSince, rest),
        _ => (ConditionKind::ModifiedSince, argument),
    };
    let time = date::parse(argument.octets()).or_else(|| modified(&argument.path()));
    if time.is_none() {
        state.warn(
            "Illegal date format for -z, --time-cond (and not a filename). Disabling time \
             condition. See curl_getdate(3) for valid date syntax.",
        );
    }
    state.operation().request.condition = time.map(|time| TimeCondition { time, kind });
}

/// When a file was last changed, in Unix seconds.
fn modified(file: &std::path::Path) -> Option<i64> {
    let modified = std::fs::metadata(file).ok()?.modified().ok()?;
    match modified.duration_since(std::time::UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).ok(),
        Err(before) => i64::try_from(before.duration().as_secs())
            .ok()
            .map(i64::saturating_neg),
    }
}

/// `--etag-save` and `--etag-compare`, which go with a single URL.
pub(crate) fn etag(
    state: &mut State<'_>,
    argument: Value<'_>,
    field: fn(&mut Operation) -> &mut Option<PathBuf>,
) -> Outcome {
    *field(state.operation()) = Some(argument.not_blank()?.path());
    etags_fit(state)
}

/// An etag belongs to one URL.
pub(crate) fn etags_fit(state: &mut State<'_>) -> Outcome {
    let request = &state.draft.operation.request;
    let used = request.etag_save.is_some() || request.etag_compare.is_some();
    if used && state.draft.urls() > 1 {
        return Err(state.complain("The etag options only work on a single URL", Wrong::BadUse));
    }
    Ok(())
}
