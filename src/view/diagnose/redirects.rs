//! Redirects without end.
//!
//! Knows: whether they go round in a circle, and the usual reason. Must not know: how redirects are
//! followed.

use super::report::Report;
use crate::plan::Operation;
use crate::target::{Reading, Target};
use crate::view::ledger::{Attempt, Hop};

/// So many are listed at the end.
const SHOWN: usize = 6;

/// Explains why there were too many.
pub(super) fn explain(
    cookies_came: bool,
    attempt: &Attempt,
    operation: &Operation,
    report: &mut Report,
) {
    let latest = attempt.hops.latest();
    let hidden = attempt.requests().saturating_sub(SHOWN);
    if hidden > 0 {
        report.saw(format!("{hidden} before these"));
    }
    let unseen = latest.clone().count().saturating_sub(SHOWN);
    let numbers = hidden.saturating_add(1)..;
    for (number, hop) in numbers.zip(latest.clone().skip(unseen)) {
        report.saw(format!(
            "{:>2}  {}  {}",
            number,
            hop.status,
            without_secrets(hop)
        ));
    }
    if let Some(next) = &attempt.not_followed {
        let next = Target::parse(next, &Reading::default());
        if let Ok(next) = next {
            report.saw(format!("    and on to {}", next.without_userinfo()));
        }
    }
    match circle(latest) {
        Some(1) => report.conclude("The last one leads to itself: this has no end."),
        Some(length) => {
            report.conclude(format!(
                "The last {length} lead to one another: this has no end."
            ));
        }
        None => {
            report.conclude("Each leads to another place; there may be an end further on.");
            let more = operation.follow.most.unwrap_or(0).max(5).saturating_mul(2);
            report.advise(format!("--max-redirs {more}, to go on further"));
        }
    }
    if cookies_came && !operation.cookies.engine() {
        report
            .conclude("A cookie was set on the way, and none is kept: the server may wait for it.");
        report.advise("-b '', which keeps cookies");
    }
}

fn without_secrets(hop: &Hop) -> String {
    let (before, after) = hop.url.split_once("://").unwrap_or(("", &hop.url));
    let end = after.find(['/', '?', '#']).unwrap_or(after.len());
    let (authority, path) = after.split_at(end);
    let host = authority.rsplit('@').next().unwrap_or(authority);
    format!("{before}://{host}{path}")
}

/// How long the circle is that the last hops go round in.
fn circle<'a>(hops: impl DoubleEndedIterator<Item = &'a Hop>) -> Option<usize> {
    let mut backwards = hops.rev();
    let last = backwards.next()?;
    let between = backwards.position(|hop| hop.url == last.url)?;
    Some(between.saturating_add(1))
}
