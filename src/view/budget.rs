//! `--budget`: the times of each transfer, held against the limits that were given.
//!
//! Knows: which time of the books a limit means, and what is said when it is broken. Must not know:
//! how a time came about.
//!
//! The last try of a transfer counts, as it does in `-w`.

use std::time::Duration;

use super::amounts;
use super::ledger::{Account, Attempt, Ledger, Share, Stage};
use super::notices::Notices;
use crate::error::Exit;
use crate::event::{Event, Happening, Interest, Observer};
use crate::plan::{Global, Limit, Measure};

/// The limits of a run, and whether one was broken.
pub struct Budget {
    limits: Vec<Limit>,
    notices: Notices,
    ledger: Ledger,
    broken: bool,
}

/// A time that was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    /// So long.
    Exactly(Duration),
    /// The transfer failed after so long, before there was an end to measure.
    Over(Duration),
}

impl Budget {
    /// The budget of a plan; `None` where there is none.
    pub fn new(global: &Global, notices: &Notices) -> Option<Self> {
        let limits = global.inspect.budget.clone();
        (!limits.is_empty()).then(|| Self {
            limits,
            notices: notices.clone(),
            ledger: Ledger::default(),
            broken: false,
        })
    }

    fn check(&mut self, account: &Account) {
        for limit in &self.limits {
            let taken = taken(account, limit.measure);
            let (Taken::Exactly(time) | Taken::Over(time)) = taken;
            // A microsecond is the least that counts, as in `-w`.
            if time.as_micros() > limit.most.as_micros() {
                self.broken = true;
                self.notices
                    .objection("over budget", &sentence(limit, taken, &account.shown_url()));
            }
        }
    }
}

/// `ttfb took 312 ms of 200 ms allowed (http://localhost/)`.
fn sentence(limit: &Limit, taken: Taken, url: &str) -> String {
    let name = limit.name;
    let (over, time) = match taken {
        Taken::Exactly(time) => ("", time),
        Taken::Over(time) => ("over ", time),
    };
    let took = if amounts::time(time) == amounts::time(limit.most) {
        amounts::exact(time)
    } else {
        amounts::time(time)
    };
    let allowed = amounts::exact(limit.most);
    format!("{name} took {over}{took} of {allowed} allowed ({url})")
}

fn taken(account: &Account, measure: Measure) -> Taken {
    let attempt = &account.attempt;
    match measure {
        Measure::LookUp => Taken::Exactly(attempt.share(Share::LookUp)),
        Measure::Proxy => Taken::Exactly(attempt.share(Share::Proxy)),
        Measure::Tls => Taken::Exactly(attempt.share(Share::Tls)),
        Measure::Send => Taken::Exactly(attempt.share(Share::Send)),
        Measure::Wait => Taken::Exactly(attempt.share(Share::Wait)),
        Measure::Receive => Taken::Exactly(attempt.share(Share::Receive)),
        Measure::Redirect => Taken::Exactly(attempt.redirecting),
        Measure::Total => Taken::Exactly(attempt.total),
        Measure::UntilResolved => until(account, attempt, Stage::NameLookup),
        Measure::UntilConnected => until(account, attempt, Stage::Connect),
        Measure::UntilSecured => until(account, attempt, Stage::AppConnect),
        Measure::UntilSending => until(account, attempt, Stage::PreTransfer),
        Measure::UntilSent => until(account, attempt, Stage::PostTransfer),
        Measure::UntilFirstOctet => until(account, attempt, Stage::StartTransfer),
    }
}

/// The time to a stage. A transfer that failed before it had been on its way there until then.
fn until(account: &Account, attempt: &Attempt, stage: Stage) -> Taken {
    if account.failure.is_some()
        && let Some(so_far) = attempt.time_short_of(stage)
    {
        return Taken::Over(so_far);
    }
    Taken::Exactly(attempt.time(stage))
}

impl Observer for Budget {
    fn observe(&mut self, event: &Event<'_>) {
        self.ledger.record(event);
        if let Happening::Finished { .. } = event.what
            && let Some(account) = self.ledger.close(event.transfer)
        {
            self.check(&account);
        }
    }

    fn wants(&self) -> Interest {
        let of_tls = |limit: &Limit| matches!(limit.measure, Measure::Tls | Measure::UntilSecured);
        Interest {
            tls: self.limits.iter().any(of_tls),
            ..Interest::default()
        }
    }

    fn conclude(&mut self) -> Exit {
        if self.broken {
            Exit::OverBudget
        } else {
            Exit::Ok
        }
    }
}
