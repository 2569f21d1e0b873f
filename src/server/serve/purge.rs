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
            let oldest = self.oldest_kept();
            if done != Some(oldest) && self.purge(oldest).await {
                done = Some(oldest);
            }
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
