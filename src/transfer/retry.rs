//! What is worth another try, and when (`--retry`).
//!
//! Knows: which failures pass by themselves, how long to wait, and when it is enough. Must not know:
//! how a transfer is tried. Pure, but for telling.
//!
//! Sources: curl's `--retry`, `--retry-delay`, `--retry-max-time`; RFC 9110, 10.2.3 (`Retry-After`).

use std::time::{Duration, Instant};

use crate::codec::date;
use crate::error::{Error, Exit};
use crate::event::{Happening, Tap};
use crate::plan::{Body, Resume, Retry};
use crate::transfer::hops::Outcome;
use crate::transfer::job::Job;

/// The first pause, unless `--retry-delay` names one; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// Pauses do not grow beyond this.
const LONGEST_PAUSE: Duration = Duration::from_mins(10);

/// `Retry-After` is not obeyed beyond this, in seconds: six hours, as in curl.
const LONGEST_ASKED: u64 = 21_600;

/// The statuses that may pass by themselves.
const TRANSIENT: [u16; 8] = [408, 429, 500, 502, 503, 504, 522, 524];

/// The problem whose response may say how long to wait.
const HTTP_ERROR: &str = "HTTP error";

/// One more try.
pub(crate) struct Again {
    problem: &'static str,
    after: Duration,
}

/// The tries of one transfer.
pub(crate) struct Retries<'a> {
    plan: &'a Retry,
    began: Instant,
    /// The next pause of our own choice, where `--retry-delay` names none.
    pause: Duration,
    left: u32,
}

impl<'a> Retries<'a> {
    /// Before the first try, which begins now.
    pub(crate) fn new(plan: &'a Retry, now: Instant) -> Self {
        Self {
            plan,
            began: now,
            pause: FIRST_PAUSE,
            left: plan.most,
        }
    }

    /// Whether there is to be another try, and when.
    ///
    /// `--retry-max-time` says until when a try may be followed by a further one. What the server asks
    /// for must fit in what is left of it; a pause of our own need not.
    pub(crate) fn after(
        &mut self,
        outcome: &Outcome,
        result: &Result<(), Error>,
        tap: &Tap,
    ) -> Option<Again> {
        let problem = problem(self.plan, outcome, result).filter(|_| self.left > 0)?;
        let past = tap.clock().now().saturating_duration_since(self.began);
        let most = self.plan.most_time.filter(|most| !most.is_zero());
        if most.is_some_and(|most| past >= most) {
            return None;
        }
        let asked = outcome.found.retry_after.as_deref();
        let asked = asked.and_then(|value| retry_after(value, tap.clock().unix_time()));
        let after = match asked.filter(|_| problem == HTTP_ERROR) {
            Some(asked) => {
                let asked = asked.max(self.plan.delay.unwrap_or_default());
                if most.is_some_and(|most| past.saturating_add(asked) > most) {
                    let text = "The Retry-After: time would make this command line exceed the maximum allowed time for retries.";
                    tap.emit(Happening::Warned { text });
                    return None;
                }
                asked
            }
            None => self.own_pause(),
        };
        Some(Again { problem, after })
    }

    /// Another try there is: gives how long to wait before it.
    pub(crate) fn begin(&mut self, again: &Again, tap: &Tap) -> Duration {
        let Again { problem, after } = *again;
        tap.emit(Happening::Retrying {
            problem,
            after,
            left: self.left,
        });
        self.left = self.left.saturating_sub(1);
        after
    }

    /// What `--retry-delay` says, or twice as long as the last time.
    fn own_pause(&mut self) -> Duration {
        if let Some(delay) = self.plan.delay.filter(|delay| !delay.is_zero()) {
            return delay;
        }
        let twice = self.pause.saturating_mul(2).min(LONGEST_PAUSE);
        std::mem::replace(&mut self.pause, twice)
    }
}

/// Whether what a failed try has saved stays, and the next one asks for the rest: with `-C -` alone,
/// for a plain `GET`, where the server has shown that it knows ranges.
pub(crate) fn goes_on(job: &Job<'_>, outcome: &Outcome, result: &Result<(), Error>) -> bool {
    let request = &job.operation.request;
    let is_get = request.method.is_none()
        && !request.head
        && job.upload.is_none()
        && (request.body == Body::None || request.data_in_query);
    let exit = result.as_ref().err().map(|error| error.exit);
    let unsound = matches!(exit, Some(Exit::WriteError | Exit::RangeError));
    request.resume == Some(Resume::FromFile) && is_get && outcome.found.resumable && !unsound
}

/// What makes a transfer worth another try.
fn problem(plan: &Retry, outcome: &Outcome, result: &Result<(), Error>) -> Option<&'static str> {
    let exit = result.as_ref().err().map(|error| error.exit);
    let found = match exit {
        Some(Exit::OperationTimedout | Exit::CouldntResolveHost | Exit::CouldntResolveProxy) => {
            Some("timeout")
        }
        Some(Exit::CouldntConnect) if plan.when_refused => Some("connection refused"),
        None | Some(Exit::HttpReturnedError) if TRANSIENT.contains(&outcome.found.status) => {
            Some(HTTP_ERROR)
        }
        _ => None,
    };
    let any = exit.is_some() && plan.after_any_error;
    found.or_else(|| any.then_some("(retrying all errors)"))
}

/// `Retry-After` as a delay: seconds, or a date (RFC 9110, 10.2.3).
fn retry_after(value: &[u8], now: i64) -> Option<Duration> {
    let text = String::from_utf8_lossy(value);
    let seconds = match text.trim().parse::<i64>() {
        Ok(seconds) => seconds,
        Err(_) => date::parse(value)?.saturating_sub(now),
    };
    u64::try_from(seconds)
        .ok()
        .filter(|seconds| *seconds > 0)
        .map(|seconds| Duration::from_secs(seconds.min(LONGEST_ASKED)))
}
