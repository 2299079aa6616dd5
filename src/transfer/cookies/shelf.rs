//! The cookies themselves, found at once by what tells one from another, however many there are.
//!
//! Knows: which cookie takes the place of which, and the order in which they came. Must not know:
//! who may set one, or who gets to see it.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};

use super::{Cookie, Source, rules};

/// All cookies of a jar.
#[derive(Clone, Default)]
pub(super) struct Shelf {
    /// By the hash of a cookie's line in a file: what one may replace has the same.
    places: HashMap<u64, Vec<Cookie>>,
    hashes: RandomState,
    /// How many have come.
    came: u64,
}

impl Shelf {
    pub(super) fn len(&self) -> usize {
        self.places.values().map(Vec::len).sum()
    }

    /// How many are there because of a response of this run.
    pub(super) fn count_from_responses(&self) -> usize {
        let from_response = |cookie: &&Cookie| cookie.source == Source::Response;
        self.iter().filter(from_response).count()
    }

    /// The cookies, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Cookie> {
        self.places.values().flatten()
    }

    /// The cookie that this one would replace.
    pub(super) fn double(&self, cookie: &Cookie) -> Option<&Cookie> {
        let place = self.places.get(&self.place(cookie))?;
        place.iter().find(|old| rules::same(cookie, old))
    }

    /// Puts a cookie in the place of the one that it replaces, which is taken out, or in a new one.
    /// It comes last, but in a file it keeps the rank of the one before.
    pub(super) fn put(&mut self, mut cookie: Cookie) -> Option<Cookie> {
        self.came = self.came.saturating_add(1);
        cookie.came = self.came;
        cookie.born = self.came;
        let place = self.places.entry(self.place(&cookie)).or_default();
        let old = place.iter().position(|old| rules::same(&cookie, old));
        let old = old.map(|at| place.remove(at));
        if let Some(old) = &old {
            cookie.born = old.born;
        }
        place.push(cookie);
        old
    }

    /// Keeps those that are to be kept.
    pub(super) fn retain(&mut self, kept: impl Fn(&Cookie) -> bool) {
        self.places.retain(|_, place| {
            place.retain(&kept);
            !place.is_empty()
        });
    }

    fn place(&self, cookie: &Cookie) -> u64 {
        self.hashes.hash_one(rules::line_in_file(cookie))
    }
}
