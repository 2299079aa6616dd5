//! Idle connections.
//!
//! Knows: which kept connection may serve whom, and when one is too old. Must not know: how one is
//! made.

use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use crate::lock::lock;

use super::Link;
use super::way::Way;

/// A connection idle for longer is not used again, as in curl.
const TOO_OLD: Duration = Duration::from_secs(118);
/// More idle connections are not kept.
const MOST: usize = 100;

/// The idle connections of a run, the one kept first in front.
#[derive(Default)]
pub(super) struct Pool {
    idle: Mutex<Vec<(Instant, Link)>>,
}

impl Pool {
    /// Keeps a connection; gives back the oldest one when there are too many.
    pub(super) fn keep(&self, link: Link, now: Instant) -> Option<Link> {
        let mut idle = self.idle();
        idle.push((now, link));
        (idle.len() > MOST).then(|| idle.remove(0).1)
    }

    /// A connection that may serve, and those that turned out too old or dead meanwhile.
    pub(super) fn take(&self, way: &Way, now: Instant) -> (Option<Link>, Vec<Link>) {
        let mut dead = Vec::new();
        loop {
            let candidate = {
                let mut idle = self.idle();
                let at = idle.iter().position(|(_, link)| link.way().serves(way));
                at.map(|at| idle.remove(at))
            };
            match candidate {
                None => return (None, dead),
                Some((since, mut link)) => {
                    let fresh = now.saturating_duration_since(since) <= TOO_OLD;
                    if fresh && link.wire.is_idle_and_alive() {
                        return (Some(link), dead);
                    }
                    dead.push(link);
                }
            }
        }
    }

    /// Gives up every idle connection.
    pub(super) fn clear(&self) -> Vec<Link> {
        self.idle().drain(..).map(|(_, link)| link).collect()
    }

    fn idle(&self) -> MutexGuard<'_, Vec<(Instant, Link)>> {
        lock(&self.idle)
    }
}
