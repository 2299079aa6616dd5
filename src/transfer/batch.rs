//! Many transfers: in turn or at the same time.
//!
//! Knows: the order of transfers, how many run at once, and when a run ends early. Must not know: how
//! a transfer is run, or what becomes of it.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::error::{Error, Exit};
use crate::event::{Happening, Tap};
use crate::lock::lock;
use crate::plan::{Parallel, Plan};
use crate::transfer::host_limit::{HostLimit, Permit};
use crate::transfer::job::Shared;
use crate::transfer::runner::{Failure, Runner};
use crate::transfer::transfers::{Transfer, Transfers};
use crate::transfer::url_chain::read_url;
use crate::transfer::workers::{self, Reports};

/// Runs everything that a plan asks for; gives the exit status of the run, as curl's: in turn that of
/// the last transfer, failed or not, in parallel that of the first to fail.
pub fn run(plan: &Plan, shared: &Shared, tap: &Tap) -> Exit {
    let batch = Batch {
        plan,
        runner: Runner::new(plan, shared),
    };
    for operation in &plan.operations {
        shared.memory.read(operation, &shared.streams.stdin, tap);
    }
    if plan.global.inspect.dry_run {
        return batch.serial(None, tap);
    }
    let exit = match &plan.global.parallel {
        Some(parallel) => batch.parallel(parallel, tap),
        None => batch.serial(plan.global.pace, tap),
    };
    for operation in &plan.operations {
        shared.memory.write(operation, tap);
    }
    shared.network.clear();
    exit
}

struct Batch<'a> {
    plan: &'a Plan,
    runner: Runner<'a>,
}

/// What a transfer came to.
struct End {
    exit: Exit,
    /// Nothing further is tried.
    of_the_run: bool,
}

/// After these nothing further can go well.
const FATAL: [Exit; 3] = [
    Exit::FailedInit,
    Exit::OutOfMemory,
    Exit::BadFunctionArgument,
];

impl Batch<'_> {
    /// One after another, each beginning at least so long after the one before; gives the exit status
    /// of the last one tried.
    fn serial(&self, pace: Option<Duration>, tap: &Tap) -> Exit {
        let mut last = Exit::Ok;
        let mut next_start = tap.clock().now();
        for (number, transfer) in (0_u32..).zip(Transfers::new(self.plan)) {
            if let Some(pace) = pace {
                tap.clock().pause(next_start);
                next_start = tap.clock().after(pace);
            }
            let end = self.one(transfer, &tap.for_transfer(number));
            last = end.exit;
            if end.of_the_run || (last != Exit::Ok && self.plan.global.fail_early) {
                break;
            }
        }
        last
    }

    /// As many at once as are allowed; gives the exit status of the first that fails.
    fn parallel(&self, parallel: &Parallel, tap: &Tap) -> Exit {
        let transfers = Mutex::new((0_u32..).zip(Transfers::new(self.plan)));
        let first_failure = Mutex::new(None);
        let ended = AtomicBool::new(false);
        let limit = (parallel.most_per_host > 0).then(|| HostLimit::new(parallel.most_per_host));
        // The first failure ends the others too with `--fail-early`.
        let stoppable = self.plan.global.fail_early.then(|| tap.stoppable());
        let tap = stoppable.as_ref().unwrap_or(tap);
        let worker = |reports: &Reports| {
            loop {
                let Some((number, transfer)) = lock(&transfers).next() else {
                    return;
                };
                let known = transfer.as_ref().ok();
                let _permit = known.and_then(|it| self.permit(it, limit.as_ref()));
                if ended.load(Ordering::Relaxed) || tap.is_stopped() {
                    return;
                }
                let end = self.one(transfer, &tap.for_transfer(number));
                if end.exit != Exit::Ok {
                    lock(&first_failure).get_or_insert(end.exit);
                    tap.stop();
                }
                ended.fetch_or(end.of_the_run, Ordering::Relaxed);
                reports.done();
            }
        };
        let most = Transfers::new(self.plan)
            .take(usize::from(parallel.most.max(1)))
            .count();
        workers::work(most, parallel.start, &worker);
        lock(&first_failure).unwrap_or(Exit::Ok)
    }

    /// Leave to go to the host that a transfer goes to first, where their number is limited.
    fn permit<'s>(&self, transfer: &Transfer, limit: Option<&'s HostLimit>) -> Option<Permit<'s>> {
        let limit = limit?;
        let operation = self.plan.operations.get(transfer.operation)?;
        let target = read_url(operation, &transfer.url).ok()?;
        Some(limit.wait(target.host_and_port()))
    }

    /// One transfer with its retries, from `Started` to `Finished`.
    fn one(&self, transfer: Result<Transfer, Error>, tap: &Tap) -> End {
        let operation = transfer.as_ref().ok().map(|transfer| transfer.operation);
        let result = transfer
            .map_err(Failure::Unready)
            .and_then(|transfer| self.runner.run(transfer, &mut tap.clone()));
        let (outcome, of_the_run) = match &result {
            Ok(()) => (Ok(()), false),
            Err(Failure::Unready(error)) => (Err(error), true),
            Err(Failure::Failed(error)) => (Err(error), FATAL.contains(&error.exit)),
        };
        tap.emit(Happening::Finished { outcome });
        if let Some(operation) = operation {
            self.runner.show_cookies(operation, tap);
        }
        End {
            exit: outcome.map_or_else(|error| error.exit, |()| Exit::Ok),
            of_the_run,
        }
    }
}
