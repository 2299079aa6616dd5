//! The books: what the stream adds up to, per transfer and per hop.
//!
//! Knows: how events become totals and times, with the meaning that curl gives them; no other file
//! adds up a number. Must not know: how a number is written.
//!
//! Sources: `curl_easy_getinfo`'s pages. Times of several hops are added together, each counted from
//! its own hop's beginning ("when a redirect is followed, the time from each request is added
//! together"); sizes of content are the last hop's; sizes of heads are those of all hops.

mod attempt;
mod connections;
mod course;
mod edges;
mod hop;
mod left_out;
mod shares;
mod steps;
mod trips;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::event::{Event, Happening};
use crate::http1::Role;

use connections::Connections;

pub use attempt::Attempt;
pub use connections::Ends;
pub use course::Course;
pub use edges::{Edges, Place};
pub use hop::{Hop, Stage};
pub use left_out::LeftOut;
pub use shares::Share;
pub use steps::{Doing, End, Kind, Step};
pub use trips::{Made, RoundTrip, Trips, Yardstick};

/// Whether the heads of all hops are kept, or the last one's only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Heads {
    /// Only the last hop is looked at.
    #[default]
    LastHop,
    /// `%header{name:all:}` looks at all of them.
    EveryHop,
}

/// Whether the tries before the present one are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tries {
    /// Only the last one is looked at.
    #[default]
    LastTry,
    /// All of them are drawn.
    EveryTry,
}

/// The books of a run: an account for each transfer under way.
#[derive(Debug, Default)]
pub struct Ledger {
    heads: Heads,
    tries: Tries,
    accounts: BTreeMap<u32, Account>,
    connections: Connections,
}

/// What one transfer comes to.
#[derive(Debug)]
pub struct Account {
    /// The transfer, from 0.
    pub transfer: u32,
    /// The URL as typed, after globbing.
    pub url: String,
    /// Which URL word of the command line, from 0.
    pub number: u32,
    /// Which part of the command line, from 0.
    pub operation: usize,
    /// How often it was tried again.
    pub retries: u32,
    /// The present try; a retry begins with an empty one.
    pub attempt: Attempt,
    /// The tries before it, where they are kept.
    earlier: Edges<Attempt>,
    /// How the transfer ended: exit status and message of a failure.
    pub failure: Option<(u8, String)>,
    retrying: bool,
}

impl Ledger {
    /// Empty books.
    pub fn new(heads: Heads) -> Self {
        Self {
            heads,
            ..Self::default()
        }
    }

    /// The same books with the tries before the present one kept.
    #[must_use]
    pub fn with(mut self, tries: Tries) -> Self {
        self.tries = tries;
        self
    }

    /// The account of a transfer under way.
    pub fn account(&self, transfer: u32) -> Option<&Account> {
        self.accounts.get(&transfer)
    }

    /// The accounts of all transfers under way.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values()
    }

    /// Takes the account of a transfer out of the books: it is over.
    pub fn close(&mut self, transfer: u32) -> Option<Account> {
        self.accounts.remove(&transfer)
    }

    /// Enters one event; a transfer that has not started, or is over, has no account.
    pub fn record(&mut self, event: &Event<'_>) {
        self.connections.record(event);
        if let Happening::Started { .. } = event.what {
            self.accounts
                .insert(event.transfer, Account::opened(event.transfer, event.at));
        }
        let Some(account) = self.accounts.get_mut(&event.transfer) else {
            return;
        };
        account.record(event, self.heads, self.tries);
        let Some(connection) = event.connection else {
            return;
        };
        account.attempt.connection = Some(connection);
        if let Some(ends) = self.connections.ends(event)
            && account.attempt.ends.as_ref() != Some(ends)
        {
            account.attempt.ends = Some(ends.clone());
        }
        let hop = account.attempt.hops.last_mut();
        match (&event.what, hop) {
            (Happening::Established { .. }, Some(hop)) => self.connections.established(event, hop),
            (Happening::Reused { .. }, Some(hop)) => hop.spared = self.connections.made(event),
            _ => {}
        }
    }
}

impl Account {
    fn opened(transfer: u32, at: Instant) -> Self {
        Self {
            transfer,
            url: String::new(),
            number: 0,
            operation: 0,
            retries: 0,
            attempt: Attempt::begun(at),
            earlier: Edges::default(),
            failure: None,
            retrying: false,
        }
    }

    fn record(&mut self, event: &Event<'_>, heads: Heads, tries: Tries) {
        match &event.what {
            Happening::Started {
                url,
                number,
                operation,
            } => {
                (*url).clone_into(&mut self.url);
                self.number = *number;
                self.operation = *operation;
            }
            Happening::Retrying { .. } => {
                self.retries = self.retries.saturating_add(1);
                self.retrying = true;
            }
            Happening::Requesting { .. } if self.retrying => {
                self.retrying = false;
                let next = Attempt::begun(event.at);
                let mut last = std::mem::replace(&mut self.attempt, next);
                if tries == Tries::EveryTry {
                    let pause = event.at.saturating_duration_since(last.ended());
                    self.attempt.paused = Some(pause);
                    last.forget_what_was_said();
                    self.earlier.push(last);
                }
            }
            Happening::Finished {
                outcome: Err(error),
            } => self.failure = Some((error.exit as u8, error.message.clone())),
            _ => {}
        }
        self.attempt.record(event, heads);
    }

    /// The tries, in order, where all are asked for.
    pub fn attempts(&self) -> impl Iterator<Item = Place<'_, Attempt>> {
        let present = std::iter::once(Place::Kept(&self.attempt));
        self.earlier.places().chain(present)
    }

    /// When the first of them began.
    pub fn began(&self) -> Instant {
        let first = self.earlier.kept().next();
        first.map_or(self.attempt.began, |first| first.began)
    }

    /// Where the time went.
    pub fn course(&self) -> Course {
        let mut course = Course::default();
        for attempt in self.attempts() {
            match attempt {
                Place::Kept(attempt) => attempt.add_to_course(&mut course),
                Place::LeftOut(those) => course.add_all(&those.course),
            }
        }
        let total = self.attempt.ended();
        let total = total.saturating_duration_since(self.began());
        course.close(total);
        if self.failure.is_some() {
            let last = self.attempt.hop().and_then(|hop| hop.steps().last());
            course.failed_in = last
                .filter(|step| step.end != End::Done)
                .map(|step| (Share::of(step.what.kind()), step.end.clone()));
        }
        course
    }

    /// The last URL asked, or the one that was typed.
    pub fn effective_url(&self) -> &str {
        self.attempt.hop().map_or(&self.url, |hop| hop.url.as_str())
    }

    /// The same without user and password, for talk.
    pub fn shown_url(&self) -> String {
        if let Some(hop) = self.attempt.hop() {
            return hop.shown_url().to_owned();
        }
        // What is no URL for us may still have a password before its last `@`.
        let (scheme, rest) = match self.url.split_once("://") {
            Some((scheme, rest)) => (format!("{scheme}://"), rest),
            None => (String::new(), self.url.as_str()),
        };
        let (_, bare) = rest.rsplit_once('@').unwrap_or(("", rest));
        scheme + bare
    }
}

/// Octets a second.
pub(super) fn rate(octets: u64, time: Duration) -> u64 {
    let octets = u128::from(octets).saturating_mul(1_000_000);
    let rate = octets.checked_div(time.as_micros()).unwrap_or(octets);
    u64::try_from(rate).unwrap_or(u64::MAX)
}

/// Whether a part belongs to a head.
pub(super) fn is_head(role: Role) -> bool {
    matches!(
        role,
        Role::RequestLine | Role::StatusLine | Role::FieldLine | Role::HeadEnd
    )
}
