//! A count of files on stderr that appears only when an analysis takes longer than half a second.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::analyze::Progress;

/// How long an analysis may take before the count appears.
const PATIENCE: Duration = Duration::from_millis(500);

/// The count.
pub(super) struct Count {
    drawn: ProgressBar,
    started: Instant,
    wanted: bool,
}

impl Count {
    /// A count that stays hidden unless `wanted`.
    pub(super) fn new(wanted: bool) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {human_pos} files read") {
            bar.set_style(style);
        }
        Self {
            drawn: bar,
            started: Instant::now(),
            wanted,
        }
    }

    /// Removes the count.
    pub(super) fn finish(&self) {
        self.drawn.finish_and_clear();
    }
}

impl Progress for Count {
    fn advanced(&self, files: u64) {
        self.drawn.inc(files);
        if self.wanted && self.drawn.is_hidden() && self.started.elapsed() > PATIENCE {
            self.drawn.set_draw_target(ProgressDrawTarget::stderr());
        }
    }
}
