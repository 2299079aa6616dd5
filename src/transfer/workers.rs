//! The threads that do transfers at the same time.
//!
//! Knows: how many work, and when others are called. Must not know: what the work is.
//!
//! Who is busy gains nothing from company on the same processor; who waits for a server does. So one
//! begins, and whenever all get less done for a while than the busy would, their number doubles.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread::{Builder, Scope};
use std::time::Duration;

use crate::lock::lock;
use crate::plan::Start;

/// The workers are looked at this often while there may be more.
const MOMENT: Duration = Duration::from_millis(1);

/// Who gets so much done in a moment is busy.
const BUSY: usize = 10;

/// So many moments in a row in which less is done are no accident.
const PATIENCE: u32 = 2;

/// Where the workers report.
#[derive(Default)]
pub(crate) struct Reports {
    /// Pieces of work done since the last look.
    done: AtomicUsize,
    /// Somebody found nothing left to do.
    over: Mutex<bool>,
    changed: Condvar,
}

impl Reports {
    /// A piece of work is done.
    pub(crate) fn done(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    fn over(&self) {
        *lock(&self.over) = true;
        self.changed.notify_all();
    }

    /// Waits for a moment; whether all work is done or taken by then.
    fn are_over_in(&self, moment: Duration) -> bool {
        let going_on = |over: &mut bool| !*over;
        let waited = self
            .changed
            .wait_timeout_while(lock(&self.over), moment, going_on);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// Lets at most so many work until each of them finds nothing left to do. Where the system
/// has no thread to spare, fewer work.
pub(crate) fn work(most: usize, start: Start, worker: &(impl Fn(&Reports) + Sync)) {
    let reports = Reports::default();
    if most <= 1 {
        return worker(&reports);
    }
    std::thread::scope(|scope| {
        let mut workers = match start {
            Start::AsNeeded => 1,
            Start::AtOnce => most,
        };
        if call(scope, workers, worker, &reports).is_err() {
            return worker(&reports);
        }
        let mut idle_moments = 0_u32;
        while workers < most && !reports.are_over_in(MOMENT) {
            let busy = reports.done.swap(0, Ordering::Relaxed) >= workers.saturating_mul(BUSY);
            idle_moments = if busy {
                0
            } else {
                idle_moments.saturating_add(1)
            };
            if idle_moments < PATIENCE {
                continue;
            }
            idle_moments = 0;
            let more = workers.min(most.saturating_sub(workers));
            if call(scope, more, worker, &reports).is_err() {
                return;
            }
            workers = workers.saturating_add(more);
        }
    });
}

fn call<'scope, 'env>(
    scope: &'scope Scope<'scope, 'env>,
    count: usize,
    worker: &'env (impl Fn(&Reports) + Sync),
    reports: &'scope Reports,
) -> io::Result<()> {
    for _ in 0..count {
        Builder::new().spawn_scoped(scope, || {
            worker(reports);
            reports.over();
        })?;
    }
    Ok(())
}
