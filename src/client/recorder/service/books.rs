//! What became of a service's events, counted: where they are recorded, and where they are sent.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::model::outcome::{Reason, Strip};

const REASONS: usize = Reason::ALL.len();
const STRIPS: usize = Strip::ALL.len();

/// A copy of the counts since the service started.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Books {
    /// Events that were queued.
    pub queued: u64,
    /// Events that sampling passed over.
    pub passed_over: u64,
    /// Events that the server stored.
    pub accepted: u64,
    /// Events that the server had stored before: an answer was lost.
    pub duplicates: u64,
    /// Events that were dropped on this side, by reason. The server is told of them beside later events.
    pub dropped: Vec<(Reason, u64)>,
    /// Events that the server dropped, which it counts itself.
    pub rejected: u64,
    /// Parts that were taken out of events, by cause.
    pub stripped: Vec<(Strip, u64)>,
}

/// The counts themselves, shared by everybody who records and the one who sends.
#[derive(Debug)]
pub(super) struct Counts {
    pub(super) queued: AtomicU64,
    pub(super) passed_over: AtomicU64,
    pub(super) accepted: AtomicU64,
    pub(super) duplicates: AtomicU64,
    pub(super) rejected: AtomicU64,
    dropped: [AtomicU64; REASONS],
    stripped: [AtomicU64; STRIPS],
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            queued: AtomicU64::default(),
            passed_over: AtomicU64::default(),
            accepted: AtomicU64::default(),
            duplicates: AtomicU64::default(),
            rejected: AtomicU64::default(),
            dropped: std::array::from_fn(|_| AtomicU64::default()),
            stripped: std::array::from_fn(|_| AtomicU64::default()),
        }
    }
}

/// Adds to one of the counts.
pub(super) fn add(count: &AtomicU64, more: u64) {
    count.fetch_add(more, Ordering::Relaxed);
}

impl Counts {
    pub(super) fn lose(&self, reason: Reason, more: u64) {
        if let Some(count) = self.dropped.get(reason as usize) {
            add(count, more);
        }
    }

    pub(super) fn strip(&self, strip: Strip) {
        if let Some(count) = self.stripped.get(strip as usize) {
            add(count, 1);
        }
    }

    /// Each reason with how many were dropped; the last for none.
    pub(super) fn dropped(&self) -> Vec<(Reason, u64)> {
        listed(Reason::ALL, &self.dropped)
    }

    /// Each cause with how many parts were taken out.
    pub(super) fn stripped(&self) -> Vec<(Strip, u64)> {
        listed(Strip::ALL, &self.stripped)
    }

    pub(super) fn copy(&self) -> Books {
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Books {
            queued: of(&self.queued),
            passed_over: of(&self.passed_over),
            accepted: of(&self.accepted),
            duplicates: of(&self.duplicates),
            dropped: self.dropped(),
            rejected: of(&self.rejected),
            stripped: self.stripped(),
        }
    }
}

/// The counts that are not zero.
fn listed<T: Copy>(all: &[T], counts: &[AtomicU64]) -> Vec<(T, u64)> {
    all.iter()
        .zip(counts)
        .map(|(what, count)| (*what, count.load(Ordering::Relaxed)))
        .filter(|(_, count)| *count > 0)
        .collect()
}

/// What of growing counts was told already.
#[derive(Debug)]
pub(super) struct Told<T>(Vec<(T, u64)>);

impl<T> Default for Told<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy + PartialEq> Told<T> {
    /// How much more there is of each since it was told.
    pub(super) fn news(&self, now: &[(T, u64)]) -> Vec<(T, u64)> {
        now.iter()
            .map(|(what, count)| (*what, count.saturating_sub(self.of(*what))))
            .filter(|(_, more)| *more > 0)
            .collect()
    }

    /// Notes that so much more was told.
    pub(super) fn tell(&mut self, news: impl IntoIterator<Item = (T, u64)>) {
        for (what, more) in news {
            match self.0.iter_mut().find(|(known, _)| *known == what) {
                Some((_, told)) => *told = told.saturating_add(more),
                None => self.0.push((what, more)),
            }
        }
    }

    /// Notes that this was told to nobody after all.
    pub(super) fn take_back(&mut self, news: impl IntoIterator<Item = (T, u64)>) {
        for (what, more) in news {
            if let Some((_, told)) = self.0.iter_mut().find(|(known, _)| *known == what) {
                *told = told.saturating_sub(more);
            }
        }
    }

    fn of(&self, what: T) -> u64 {
        let told = self.0.iter().find(|(known, _)| *known == what);
        told.map_or(0, |(_, told)| *told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_told_is_no_news_until_it_is_taken_back() {
        let counts = Counts::default();
        let mut told = Told::default();
        for reason in Reason::ALL {
            counts.lose(*reason, 2);
        }
        assert_eq!(counts.dropped().len(), Reason::ALL.len());
        told.tell(told.news(&counts.dropped()));
        counts.lose(Reason::Refused, 3);
        let news = told.news(&counts.dropped());
        assert_eq!(news, [(Reason::Refused, 3)]);
        told.tell(news.clone());
        assert_eq!(told.news(&counts.dropped()), []);
        told.take_back(news);
        assert_eq!(told.news(&counts.dropped()), [(Reason::Refused, 3)]);
    }
}
