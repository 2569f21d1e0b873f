//! What a service's log says of its telemetry: each kind of trouble at most once an interval, in counts and codes.

use std::time::Duration;

use tokio::time::Instant;

use super::books::{Counts, Told};
use crate::model::outcome::{Reason, Strip};

/// One kind of line.
#[derive(Debug, Default)]
struct Line {
    last: Option<Instant>,
}

impl Line {
    /// Whether it may be written at `now`; it is, then.
    fn is_free(&mut self, now: Instant, interval: Duration) -> bool {
        let is_free = self.last.is_none_or(|last| now >= last + interval);
        if is_free {
            self.last = Some(now);
        }
        is_free
    }
}

/// What waits to be said.
#[derive(Debug)]
pub(super) struct Chronicle {
    interval: Duration,
    dropped: Line,
    dropped_told: Told<Reason>,
    stripped: Line,
    stripped_told: Told<Strip>,
    failing: Line,
    failures: u64,
    failure: String,
    refused: Line,
    refusals: u64,
    refusal: String,
    rejected: Line,
    rejections: Vec<(String, u64)>,
}

impl Chronicle {
    pub(super) fn new(interval: Duration) -> Self {
        Self {
            interval,
            dropped: Line::default(),
            dropped_told: Told::default(),
            stripped: Line::default(),
            stripped_told: Told::default(),
            failing: Line::default(),
            failures: 0,
            failure: String::new(),
            refused: Line::default(),
            refusals: 0,
            refusal: String::new(),
            rejected: Line::default(),
            rejections: Vec::new(),
        }
    }

    /// A batch could not be sent now.
    pub(super) fn failed(&mut self, error: String) {
        self.failures += 1;
        self.failure = error;
    }

    /// A batch of so many events was refused for good.
    pub(super) fn refused(&mut self, events: u64, status: u16, code: &str) {
        self.refusals += events;
        self.refusal = format!("{status} {code}");
    }

    /// The server dropped events of a batch.
    pub(super) fn rejected(&mut self, rejected: Vec<(String, u64)>) {
        for (code, more) in rejected {
            match self.rejections.iter_mut().find(|(known, _)| *known == code) {
                Some((_, count)) => *count += more,
                None => self.rejections.push((code, more)),
            }
        }
    }

    /// Writes what may be written at `now`.
    pub(super) fn write(&mut self, counts: &Counts, now: Instant) {
        self.write_losses(counts, now);
        let interval = self.interval;
        if self.failures > 0 && self.failing.is_free(now, interval) {
            tracing::warn!(
                attempts = self.failures,
                error = self.failure,
                "telemetry could not be sent; what waits is tried again"
            );
            self.failures = 0;
        }
        if self.refusals > 0 && self.refused.is_free(now, interval) {
            tracing::warn!(
                events = self.refusals,
                answer = self.refusal,
                "the telemetry server refused events for good"
            );
            self.refusals = 0;
        }
        if !self.rejections.is_empty() && self.rejected.is_free(now, interval) {
            let rejections = std::mem::take(&mut self.rejections);
            let (events, reasons) = said(rejections.iter().map(|(code, count)| (&**code, *count)));
            tracing::warn!(events, reasons, "the telemetry server dropped events");
        }
    }

    fn write_losses(&mut self, counts: &Counts, now: Instant) {
        let news = self.dropped_told.news(&counts.dropped());
        if !news.is_empty() && self.dropped.is_free(now, self.interval) {
            let (events, reasons) =
                said(news.iter().map(|(reason, count)| (reason.code(), *count)));
            tracing::warn!(events, reasons, "telemetry dropped events");
            self.dropped_told.tell(news);
        }
        let news = self.stripped_told.news(&counts.stripped());
        if !news.is_empty() && self.stripped.is_free(now, self.interval) {
            let (parts, causes) = said(news.iter().map(|(strip, count)| (strip.code(), *count)));
            tracing::warn!(parts, causes, "telemetry left parts of events out");
            self.stripped_told.tell(news);
        }
    }

    /// Writes whatever waits, since nothing more will come.
    pub(super) fn close(&mut self, counts: &Counts, now: Instant) {
        self.interval = Duration::ZERO;
        self.write(counts, now);
    }
}

/// The sum, and each code with its count.
fn said<'a>(counts: impl Iterator<Item = (&'a str, u64)>) -> (u64, String) {
    let mut sum = 0;
    let said: Vec<String> = counts
        .map(|(code, count)| {
            sum += count;
            format!("{code} {count}")
        })
        .collect();
    (sum, said.join(", "))
}
