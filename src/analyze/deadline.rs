//! The end of the time that an analysis may take, by the clock it is given.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;

use super::findings::Findings;
use crate::base::clock::Clock;

/// When an analysis must come to its end, and what it left out for it. Asked from several threads.
#[derive(Debug)]
pub(super) struct Deadline {
    clock: Clock,
    at: Timestamp,
    limit: Duration,
    was_missed: AtomicBool,
    unread: AtomicU64,
}

impl Deadline {
    /// The end of `limit`, which begins now.
    pub(super) fn after(limit: Duration, clock: &Clock) -> Self {
        Self {
            at: clock.now().saturating_add(limit).unwrap_or(Timestamp::MAX),
            clock: clock.clone(),
            limit,
            was_missed: AtomicBool::new(false),
            unread: AtomicU64::new(0),
        }
    }

    /// Whether the time is over. Whoever hears so leaves out the rest of what it does.
    pub(super) fn is_over(&self) -> bool {
        let is_over = self.was_missed.load(Ordering::Relaxed) || self.clock.now() >= self.at;
        if is_over {
            self.was_missed.store(true, Ordering::Relaxed);
        }
        is_over
    }

    /// Counts one source file that is not read because the time is over.
    pub(super) fn leave_out(&self) {
        self.unread.fetch_add(1, Ordering::Relaxed);
    }

    /// Tells what is missing, if anybody heard that the time was over.
    pub(super) fn report(&self, findings: &mut Findings) {
        if self.was_missed.load(Ordering::Relaxed) {
            let (limit, unread) = (self.limit.as_secs(), self.unread.load(Ordering::Relaxed));
            let detail = format!(
                "stopped after {limit} s: {unread} source files that were found are not read, and others may not be found"
            );
            findings.warn("time_limit", detail);
        }
    }
}
