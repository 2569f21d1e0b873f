//! A progress bar on stderr that appears only when an analysis takes longer than half a second.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::analyze::Progress;

/// How long an analysis may take before a bar appears.
const PATIENCE: Duration = Duration::from_millis(500);

/// The bar.
pub(super) struct Bar {
    drawn: ProgressBar,
    started: Instant,
    wanted: bool,
}

impl Bar {
    /// A bar that stays hidden unless `wanted`.
    pub(super) fn new(wanted: bool) -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("reading {bar:30} {pos}/{len} files") {
            bar.set_style(style);
        }
        Self {
            drawn: bar,
            started: Instant::now(),
            wanted,
        }
    }

    /// Removes the bar.
    pub(super) fn finish(&self) {
        self.drawn.finish_and_clear();
    }
}

impl Progress for Bar {
    fn started(&self, files: u64) {
        self.drawn.inc_length(files);
    }

    fn advanced(&self, files: u64) {
        self.drawn.inc(files);
        if self.wanted && self.drawn.is_hidden() && self.started.elapsed() > PATIENCE {
            self.drawn.set_draw_target(ProgressDrawTarget::stderr());
        }
    }
}
