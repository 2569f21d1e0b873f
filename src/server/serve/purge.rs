//! The promise that raw events go after so many days, kept by the server itself: once at its start and then daily.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::MissedTickBehavior;

use crate::base::clock::Clock;
use crate::server::rollup::Day;
use crate::server::store::Store;

/// How often it is asked whether a new day has begun: a machine that slept, or whose clock was set, is not a day late.
const ASK: Duration = Duration::from_hours(1);

/// What is purged, and by which clock.
pub(super) struct Purging {
    pub(super) store: Arc<dyn Store>,
    pub(super) catalog: Arc<str>,
    pub(super) retention_days: u32,
    pub(super) clock: Clock,
}

impl Purging {
    /// Purges whenever a day has begun, for ever. What goes wrong is logged and tried again an hour later; ingest never waits
    /// for more than one of the purge's small transactions.
    pub(super) async fn run(self) {
        let mut hours = tokio::time::interval(ASK);
        hours.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut done = None;
        loop {
            hours.tick().await;
            self.ask(&mut done).await;
        }
    }

    /// Purges unless it is `done` already for the day that is the oldest one now.
    async fn ask(&self, done: &mut Option<Day>) {
        let oldest = self.oldest_kept();
        if *done != Some(oldest) && self.purge(oldest).await {
            *done = Some(oldest);
        }
    }

    /// The first day that is kept: an event is admitted until it is so many days old to the second, so the day in which that
    /// falls stays.
    fn oldest_kept(&self) -> Day {
        let days = i32::try_from(self.retention_days).unwrap_or(i32::MAX);
        Day::of(self.clock.now()).plus(days.saturating_neg())
    }

    async fn purge(&self, before: Day) -> bool {
        match self.store.purge(&self.catalog, before).await {
            Ok(purged) => {
                tracing::info!(
                    before = %before.date(),
                    events = purged.events,
                    identity_rows = purged.identity_rows,
                    ids = purged.ids,
                    "purged"
                );
                true
            }
            Err(error) => {
                let source = std::error::Error::source(&error).map(tracing::field::display);
                tracing::error!(%error, source, "cannot purge what is too old to be kept");
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::server::store::{StoreUrl, create};

    #[tokio::test(flavor = "multi_thread")]
    async fn a_purge_is_due_once_a_day_and_again_when_it_failed() {
        let folder = tempfile::tempdir().unwrap();
        let url = StoreUrl::Sqlite(folder.path().join("events.db"));
        let clock = Clock::fixed("2026-11-20T05:00:00Z".parse().unwrap());
        let purging = Purging {
            store: create(&url, &clock).await.unwrap(),
            catalog: "decantr".into(),
            retention_days: 90,
            clock: clock.clone(),
        };
        let (mut done, mut days) = (None, Vec::new());
        for hours in [0, 18, 1, 24] {
            clock.advance(SignedDuration::from_hours(hours));
            purging.ask(&mut done).await;
            days.push(done.unwrap().date().to_string());
        }
        assert_eq!(
            days,
            ["2026-08-22", "2026-08-22", "2026-08-23", "2026-08-24"]
        );
        purging.store.close().await.unwrap();
        let before = done;
        clock.advance(SignedDuration::from_hours(24));
        purging.ask(&mut done).await;
        assert_eq!(done, before, "a failed purge counts as done");
    }
}
