//! Where the time of a transfer went.
//!
//! Knows: what hops and pauses come to. Must not know: how it is put in words.

use std::time::Duration;

use super::hop::Hop;
use super::shares::Share;
use super::steps::{End, Kind};

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

    /// All was added: what is left of the whole time is the rest.
    pub(super) fn close(&mut self, total: Duration) {
        self.total = total;
        let known: Duration = self.shares.iter().sum();
        self.add(Share::Rest, total.saturating_sub(known));
    }

    /// One more pause before a try.
    pub(super) fn add_pause(&mut self, pause: Duration) {
        self.pauses = self.pauses.saturating_add(1);
        self.add(Share::Pause, pause);
    }

    /// What several hops come to, all but the time from the first to the last.
    pub(super) fn add_all(&mut self, other: &Self) {
        for share in Share::ALL {
            self.add(share, other.share(share));
        }
        if let Some(server) = other.server {
            self.server = Some(self.server.unwrap_or_default().saturating_add(server));
        }
        self.answers = self.answers.saturating_add(other.answers);
        self.in_vain = self.in_vain.saturating_add(other.in_vain);
        self.no_leave = self.no_leave.saturating_add(other.no_leave);
        self.pauses = self.pauses.saturating_add(other.pauses);
        self.sent = self.sent.saturating_add(other.sent);
        self.received = self.received.saturating_add(other.received);
    }

    /// One more hop.
    pub(super) fn add_hop(&mut self, hop: &Hop) {
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
