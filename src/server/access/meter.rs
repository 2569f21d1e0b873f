//! What this process has answered since it started, counted in memory: by client, status, code and outcome, and by nothing of anybody.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::model::outcome::{Outcome, Reason};

/// The upper bounds of the buckets that durations are counted in, in seconds.
pub const BOUNDS: [f64; 12] = [
    0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

tokio::task_local! {
    /// What became of the events of the request that this task answers.
    static NOTED: RefCell<Noted>;
}

/// How many events came to which outcome, and for which reason.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Noted(BTreeMap<(&'static str, &'static str), u64>);

impl Noted {
    fn add(&mut self, outcome: Outcome, count: u64) {
        let reason = outcome.reason().map_or("", Reason::code);
        *self.0.entry((outcome.as_str(), reason)).or_default() += count;
    }

    /// How many came to this outcome, whatever the reason; `None` for none.
    pub fn of(&self, outcome: &str) -> Option<u64> {
        let counts = self.0.iter().filter(|((own, _), _)| *own == outcome);
        counts.map(|(_, count)| *count).reduce(|a, b| a + b)
    }
}

/// Does something, and tells what [`note`] was told meanwhile.
pub async fn noting<T>(work: impl Future<Output = T>) -> (T, Noted) {
    let work = async {
        let done = work.await;
        (done, NOTED.with(RefCell::take))
    };
    NOTED.scope(RefCell::default(), work).await
}

/// Notes what became of events that were counted: those that were dropped, and those that the store answered about.
pub fn note(drops: &[(Reason, u64)], outcomes: &[Outcome]) {
    let noted = NOTED.try_with(|noted| {
        let mut noted = noted.borrow_mut();
        for (reason, count) in drops {
            noted.add(Outcome::Dropped(*reason), *count);
        }
        for same in outcomes.chunk_by(|one, other| one == other) {
            if let Some(outcome) = same.first() {
                noted.add(*outcome, u64::try_from(same.len()).unwrap_or(u64::MAX));
            }
        }
    });
    // Outside of a request nobody asks.
    noted.ok();
}

/// A request that was answered.
#[derive(Debug)]
pub struct Answered {
    /// The client in whose words it was; `None` for a route that takes no events.
    pub client: Option<&'static str>,
    /// The status of the answer.
    pub status: u16,
    /// The code of a refusal.
    pub code: Option<&'static str>,
    /// How long it took.
    pub took: Duration,
    /// What became of its events.
    pub events: Noted,
}

/// All that was counted.
#[derive(Debug, Default)]
pub struct Meter {
    counted: Mutex<Counted>,
    panics: AtomicU64,
}

/// Sums since the start. Labels that do not apply are empty.
#[derive(Debug, Default, Clone)]
pub struct Counted {
    /// Requests by client, status and code.
    pub requests: BTreeMap<(&'static str, u16, &'static str), u64>,
    /// Events by client, outcome and reason.
    pub events: BTreeMap<(&'static str, &'static str, &'static str), u64>,
    /// How long requests with events took, by client.
    pub durations: BTreeMap<&'static str, Durations>,
}

/// How often something took how long.
#[derive(Debug, Default, Clone)]
pub struct Durations {
    /// How many were within each of [`BOUNDS`] and beyond all those before it.
    pub within: [u64; BOUNDS.len()],
    /// How many there were.
    pub count: u64,
    /// All together, in seconds.
    pub sum: f64,
}

impl Durations {
    fn add(&mut self, took: f64) {
        let mut bounds = BOUNDS.iter().zip(&mut self.within);
        if let Some((_, within)) = bounds.find(|(bound, _)| took <= **bound) {
            *within += 1;
        }
        self.count += 1;
        self.sum += took;
    }
}

impl Meter {
    /// Counts a request.
    pub fn answered(&self, answered: &Answered) {
        let client = answered.client.unwrap_or_default();
        let key = (client, answered.status, answered.code.unwrap_or_default());
        let mut counted = self.lock();
        *counted.requests.entry(key).or_default() += 1;
        for ((outcome, reason), count) in &answered.events.0 {
            let key = (client, *outcome, *reason);
            *counted.events.entry(key).or_default() += count;
        }
        if answered.client.is_some() {
            let durations = counted.durations.entry(client).or_default();
            durations.add(answered.took.as_secs_f64());
        }
    }

    /// Counts a request that ended in a panic.
    pub fn panicked(&self) {
        self.panics.fetch_add(1, Ordering::Relaxed);
    }

    /// The sums.
    pub fn counted(&self) -> Counted {
        self.lock().clone()
    }

    /// How many requests ended in a panic.
    pub fn panics(&self) -> u64 {
        self.panics.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, Counted> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_noted_belongs_to_the_request_that_it_is_noted_in() {
        note(&[], &[Outcome::Accepted]);
        let one = noting(async {
            note(
                &[(Reason::TooOld, 3)],
                &[Outcome::Accepted, Outcome::Accepted],
            );
            tokio::task::yield_now().await;
            note(&[(Reason::TooNew, 1)], &[Outcome::Duplicate]);
        });
        let other = noting(async { note(&[], &[Outcome::Duplicate]) });
        let (((), one), ((), other)) = tokio::join!(one, other);
        let counts = |noted: &Noted| ["accepted", "duplicate", "dropped"].map(|o| noted.of(o));
        assert_eq!(counts(&one), [Some(2), Some(1), Some(4)]);
        assert_eq!(counts(&other), [None, Some(1), None]);
    }

    #[test]
    fn a_duration_is_in_one_bucket_or_beyond_all() {
        let mut durations = Durations::default();
        for took in [0.001, 0.001_1, 9.0, 11.0] {
            durations.add(took);
        }
        assert_eq!(durations.within.first(), Some(&1));
        assert_eq!(durations.within.get(1), Some(&1));
        assert_eq!(durations.within.last(), Some(&1));
        assert_eq!((durations.count, durations.within.iter().sum()), (4, 3_u64));
    }
}
