//! The first few of many, the last few, and what those between come to.
//!
//! Knows: how many are kept, so that what a server sends without end takes no more room than that.
//! Must not know: what is kept, or how it is added up.

use std::collections::VecDeque;

/// The first few of many, the last few, and the sums of the others.
#[derive(Debug)]
pub struct Edges<T: Summed> {
    first: Vec<T>,
    left_out: Option<T::Sums>,
    last: VecDeque<T>,
}

/// What can be left out.
pub trait Summed: Sized {
    /// So many are kept at the beginning.
    const FIRST: usize;
    /// So many are kept at the end.
    const LAST: usize;

    /// What those that are left out come to.
    type Sums;

    /// Adds it to what is left out, if anything is so far.
    fn add_to(self, sums: &mut Option<Self::Sums>);
}

/// One that is kept, or those that are not.
#[derive(Debug)]
pub enum Place<'a, T: Summed> {
    /// It is kept.
    Kept(&'a T),
    /// There were these.
    LeftOut(&'a T::Sums),
}

impl<T: Summed> Default for Edges<T> {
    fn default() -> Self {
        Self {
            first: Vec::new(),
            left_out: None,
            last: VecDeque::new(),
        }
    }
}

impl<T: Summed> Edges<T> {
    /// Those that are kept, in order.
    pub fn kept(&self) -> impl Iterator<Item = &T> {
        self.first.iter().chain(&self.last)
    }

    /// The last ones, in order, none of them left out.
    pub fn latest(&self) -> impl DoubleEndedIterator<Item = &T> + Clone {
        let first = if self.left_out.is_none() {
            self.first.as_slice()
        } else {
            &[]
        };
        first.iter().chain(&self.last)
    }

    /// All of them, in order.
    pub fn places(&self) -> impl Iterator<Item = Place<'_, T>> {
        let first = self.first.iter().map(Place::Kept);
        let left_out = self.left_out.iter().map(Place::LeftOut);
        let last = self.last.iter().map(Place::Kept);
        first.chain(left_out).chain(last)
    }

    /// What those come to that are not kept.
    pub fn left_out(&self) -> Option<&T::Sums> {
        self.left_out.as_ref()
    }

    /// The last one.
    pub fn last(&self) -> Option<&T> {
        self.last.back().or_else(|| self.first.last())
    }

    /// The last one, to be changed.
    pub(super) fn last_mut(&mut self) -> Option<&mut T> {
        self.last.back_mut().or_else(|| self.first.last_mut())
    }

    /// Adds one at the end; where there are many, one of the middle is kept no longer.
    pub(super) fn push(&mut self, item: T) {
        if self.first.len() < T::FIRST {
            self.first.push(item);
            return;
        }
        self.last.push_back(item);
        if self.last.len() > T::LAST
            && let Some(leaving) = self.last.pop_front()
        {
            leaving.add_to(&mut self.left_out);
        }
    }
}
