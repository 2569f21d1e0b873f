//! The end of the time that an analysis may take, by the clock it is given.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;

use super::findings::Findings;
use crate::base::clock::Clock;

/// How many cheap steps are made between two looks at the clock.
const STEPS: usize = 512;

/// When an analysis must come to its end, and what it left out for it. Asked from several threads; clones are the same.
#[derive(Debug, Clone)]
pub(super) struct Deadline {
    clock: Clock,
    at: Timestamp,
    limit: Duration,
    missed: Arc<Missed>,
}

/// What happened for want of time.
#[derive(Debug, Default)]
struct Missed {
    /// Whether anybody heard that the time was over.
    anything: AtomicBool,
    /// How many source files were not read.
    files: AtomicU64,
}

impl Deadline {
    /// The end of `limit`, which begins now.
    pub(super) fn after(limit: Duration, clock: &Clock) -> Self {
        Self {
            at: clock.now().saturating_add(limit).unwrap_or(Timestamp::MAX),
            clock: clock.clone(),
            limit,
            missed: Arc::default(),
        }
    }

    /// Whether the time is over. Whoever hears so leaves out the rest of what it does.
    pub(super) fn is_over(&self) -> bool {
        let is_over = self.has_cut() || self.clock.now() >= self.at;
        if is_over {
            self.missed.anything.store(true, Ordering::Relaxed);
        }
        is_over
    }

    /// Whether the time is over, asked only once in a while: of many cheap `steps` of a work some are always done.
    pub(super) fn is_over_after(&self, steps: usize) -> bool {
        steps > 0 && steps.is_multiple_of(STEPS) && self.is_over()
    }

    /// Whether anybody heard that the time was over.
    pub(super) fn has_cut(&self) -> bool {
        self.missed.anything.load(Ordering::Relaxed)
    }

    /// Counts one source file that is not read because the time is over.
    pub(super) fn leave_out(&self) {
        self.missed.files.fetch_add(1, Ordering::Relaxed);
    }

    /// Tells what is missing, if anybody heard that the time was over.
    pub(super) fn report(&self, findings: &mut Findings) {
        if self.has_cut() {
            let (limit, unread) = (
                self.limit.as_secs(),
                self.missed.files.load(Ordering::Relaxed),
            );
            let detail = format!(
                "stopped after {limit} s: {unread} source files that were found are not read, and others may not be found"
            );
            findings.warn("time_limit", detail);
        }
    }
}
