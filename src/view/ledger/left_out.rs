//! Hops that are not kept, and what they come to.
//!
//! Knows: how many hops of a try are kept, and which of their numbers are asked for when they are
//! gone. Must not know: what follows one another in a try.

use std::time::{Duration, Instant};

use super::course::Course;
use super::edges::Summed;
use super::hop::{Hop, Stage};
use crate::http1::Head;

/// What hops that are not kept come to.
#[derive(Debug)]
pub struct LeftOut {
    /// How many requests they made.
    pub requests: usize,
    /// When the first of them began.
    pub began: Instant,
    /// When the last of them ended.
    pub ended: Instant,
    /// What became of their time.
    pub(super) course: Course,
    /// The times to the stages.
    pub(super) stages: [Duration; Stage::ALL.len()],
    /// The heads of their responses, where they are kept: what is allowed of heads in one transfer
    /// bounds them.
    pub(super) heads: Vec<Head>,
}

impl LeftOut {
    /// Some more of them, from when to when.
    pub(super) fn add(sums: &mut Option<Self>, began: Instant, ended: Instant) -> &mut Self {
        let sums = sums.get_or_insert_with(|| Self {
            requests: 0,
            began,
            ended,
            course: Course::default(),
            stages: [Duration::ZERO; Stage::ALL.len()],
            heads: Vec::new(),
        });
        sums.ended = ended;
        sums
    }
}

/// More than the redirects that are followed unless more are asked for.
impl Summed for Hop {
    const FIRST: usize = 16;
    const LAST: usize = 48;

    type Sums = LeftOut;

    fn add_to(self, sums: &mut Option<LeftOut>) {
        let (began, ended) = self.span();
        let sums = LeftOut::add(sums, began, ended);
        sums.requests = sums.requests.saturating_add(1);
        sums.course.add_hop(&self);
        for (sum, stage) in sums.stages.iter_mut().zip(Stage::ALL) {
            *sum = sum.saturating_add(self.time(stage).unwrap_or_default());
        }
        sums.heads.extend(self.head);
    }
}
