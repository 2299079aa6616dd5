//! Where the time of a transfer went.
//!
//! Knows: what all tries and hops come to, and in which step the last one failed. Must not know: how
//! it is put in words.

use std::time::Duration;

use super::hop::Hop;
use super::shares::Share;
use super::steps::{End, Kind};
use super::{Account, Attempt};

/// What became of the time of a transfer, all tries and hops together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Course {
    /// From the beginning of the first try to the end of the last.
    pub total: Duration,
    /// How much of it each share has, in the order of [`Share::ALL`].
    pub shares: [Duration; 10],
    /// How much of [`Share::Wait`] was the servers'; none when no way was measured.
    pub server: Option<Duration>,
    /// Responses that were waited for and came.
    pub answers: u32,
    /// Addresses that were tried in vain.
    pub in_vain: u32,
    /// Waits for leave that ended without it.
    pub no_leave: u32,
    /// Pauses before another try.
    pub pauses: u32,
    /// Octets of bodies sent.
    pub sent: u64,
    /// Octets of content received.
    pub received: u64,
    /// What was under way when the transfer failed, and how that ended.
    pub failed_in: Option<(Share, End)>,
}

impl Course {
    /// How much this share has.
    pub fn share(&self, share: Share) -> Duration {
        self.shares.get(share as usize).copied().unwrap_or_default()
    }

    /// The share that has most.
    pub fn largest(&self) -> Share {
        let first = Share::LookUp;
        Share::ALL.into_iter().fold(first, |largest, share| {
            if self.share(share) > self.share(largest) {
                share
            } else {
                largest
            }
        })
    }

    pub(super) fn of(account: &Account) -> Self {
        let mut course = Self::default();
        let mut before: Option<&Attempt> = None;
        for attempt in account.attempts() {
            if let Some(before) = before {
                course.pauses = course.pauses.saturating_add(1);
                course.add(
                    Share::Pause,
                    attempt.began.saturating_duration_since(before.ended()),
                );
            }
            for hop in &attempt.hops {
                course.add_hop(hop);
            }
            before = Some(attempt);
        }
        let began = account.attempts().next().map(|attempt| attempt.began);
        let ended = account.attempt.ended();
        course.total = ended.saturating_duration_since(began.unwrap_or(ended));
        let known: Duration = course.shares.iter().sum();
        course.add(Share::Rest, course.total.saturating_sub(known));
        if account.failure.is_some() {
            let last = account.attempt.hop().and_then(|hop| hop.steps().last());
            course.failed_in = last
                .filter(|step| step.end != End::Done)
                .map(|step| (Share::of(step.what.kind()), step.end.clone()));
        }
        course
    }

    fn add_hop(&mut self, hop: &Hop) {
        for share in Share::ALL {
            self.add(share, hop.spent(share).unwrap_or_default());
        }
        self.sent = self.sent.saturating_add(hop.sent);
        self.received = self.received.saturating_add(hop.received);
        for step in hop.steps() {
            match (step.what.kind(), &step.end) {
                (Kind::Connect, End::Done | End::Overtaken) => {}
                (Kind::Connect, _) => self.in_vain = self.in_vain.saturating_add(1),
                (Kind::AwaitContinue, End::Unanswered) => {
                    self.no_leave = self.no_leave.saturating_add(1);
                }
                _ => {}
            }
        }
        if let Some(server) = hop.server() {
            self.answers = self.answers.saturating_add(1);
            let before = self.server.unwrap_or_default();
            self.server = Some(before.saturating_add(server));
        }
    }

    fn add(&mut self, share: Share, time: Duration) {
        if let Some(sum) = self.shares.get_mut(share as usize) {
            *sum = sum.saturating_add(time);
        }
    }
}
