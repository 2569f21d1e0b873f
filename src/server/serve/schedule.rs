//! What the server does by itself, on time and under a lease, so that of several servers of a catalog on one store only one does
//! it: raw events go after so many days, and the baseline reports are kept.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::MissedTickBehavior;
use uuid::Uuid;

use crate::base::clock::Clock;
use crate::base::error;
use crate::model::catalog::Catalog;
use crate::server::jobs::snapshot;
use crate::server::report::Thresholds;
use crate::server::rollup::Day;
use crate::server::store::{Store, StoreError};

/// How often the lease is renewed, and it is asked whether something is due: a machine that slept, or whose clock was set, is not
/// late for long.
const ASK: Duration = Duration::from_mins(5);

/// How long a lease holds: so long that its holder keeps it, and another server takes over soon after that one is gone.
const LEASE: SignedDuration = SignedDuration::from_mins(12);

/// How often the baseline reports are made again.
const SNAPSHOTS: SignedDuration = SignedDuration::from_hours(1);

/// The lease's name: every catalog has its own, since a server purges and reports its own only.
fn lease_name(catalog: &str) -> String {
    format!("scheduler:{catalog}")
}

/// What is done, and by which clock.
pub(super) struct Schedule {
    store: Arc<dyn Store>,
    catalog: Arc<Catalog>,
    retention_days: u32,
    thresholds: Thresholds,
    clock: Clock,
    /// This process, among those on the store.
    holder: Uuid,
    /// The oldest day that was kept when the last purge was done.
    purged: Option<Day>,
    /// When the baseline reports were kept last.
    kept: Option<Timestamp>,
}

impl Schedule {
    pub(super) fn new(
        store: Arc<dyn Store>,
        catalog: Arc<Catalog>,
        retention_days: u32,
        thresholds: Thresholds,
        clock: Clock,
    ) -> Self {
        Self {
            store,
            catalog,
            retention_days,
            thresholds,
            clock,
            holder: Uuid::new_v4(),
            purged: None,
            kept: None,
        }
    }

    /// Does what is due, for ever. What goes wrong is logged and tried again; ingest never waits for more than one small
    /// transaction.
    pub(super) async fn run(mut self) {
        let mut times = tokio::time::interval(ASK);
        times.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            times.tick().await;
            match self.ask().await {
                Ok(true) => {}
                Ok(false) => tracing::debug!("another server on this store does what is due"),
                Err(error) => {
                    tracing::error!(
                        error = error::chain(&error),
                        "cannot do all that is due; it is tried again"
                    );
                }
            }
        }
    }

    /// Gives the lease back, so that another server need not wait for its end.
    pub(super) async fn release(store: &dyn Store, catalog: &str, holder: Uuid) {
        let name = lease_name(catalog);
        if let Err(error) = store.snapshots().release(&name, holder).await {
            tracing::debug!(%error, "the lease stays until its end");
        }
    }

    /// This process's name among the holders of the lease.
    pub(super) fn holder(&self) -> Uuid {
        self.holder
    }

    /// Does what is due now, if the lease is given; tells whether it was.
    async fn ask(&mut self) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let name = lease_name(&self.catalog.id);
        let snapshots = self.store.snapshots();
        if !snapshots
            .lease(&name, self.holder, now, now + LEASE)
            .await?
        {
            return Ok(false);
        }
        let oldest = self.oldest_kept();
        let purged = if self.purged == Some(oldest) {
            Ok(())
        } else {
            self.purge(oldest).await
        };
        // One thing that fails does not keep the other from being done.
        let is_fresh =
            |kept: Timestamp| (SignedDuration::ZERO..SNAPSHOTS).contains(&now.duration_since(kept));
        if !self.kept.is_some_and(is_fresh) {
            self.keep_snapshots(now).await?;
        }
        purged.map(|()| true)
    }

    async fn keep_snapshots(&mut self, now: Timestamp) -> Result<(), StoreError> {
        let taken = snapshot::compute(&*self.store, &self.catalog, &self.thresholds, now).await?;
        snapshot::keep(&*self.store, &taken).await?;
        tracing::debug!(reports = taken.len(), "snapshots kept");
        self.kept = Some(now);
        Ok(())
    }

    /// The first day that is kept: an event is admitted until it is so many days old to the second, so the day in which that
    /// falls stays.
    fn oldest_kept(&self) -> Day {
        let days = i32::try_from(self.retention_days).unwrap_or(i32::MAX);
        Day::of(self.clock.now()).plus(days.saturating_neg())
    }

    async fn purge(&mut self, before: Day) -> Result<(), StoreError> {
        let purged = self.store.purge(&self.catalog.id, before).await?;
        tracing::info!(
            before = %before.date(),
            events = purged.events,
            identity_rows = purged.identity_rows,
            ids = purged.ids,
            "purged"
        );
        self.purged = Some(before);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::store::{StoreUrl, create};

    async fn schedule(folder: &std::path::Path, clock: &Clock) -> Schedule {
        let url = StoreUrl::Sqlite(folder.join("events.db"));
        let store = create(&url, clock).await.unwrap();
        Schedule::new(
            store,
            Catalog::decantr(),
            90,
            Thresholds::default(),
            clock.clone(),
        )
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_purge_is_due_once_a_day_and_again_when_it_failed() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::fixed("2026-11-20T05:00:00Z".parse().unwrap());
        let mut schedule = schedule(folder.path(), &clock).await;
        let mut days = Vec::new();
        for hours in [0, 18, 1, 24] {
            clock.advance(SignedDuration::from_hours(hours));
            assert!(schedule.ask().await.unwrap());
            days.push(schedule.purged.unwrap().date().to_string());
        }
        assert_eq!(
            days,
            ["2026-08-22", "2026-08-22", "2026-08-23", "2026-08-24"]
        );
        schedule.store.close().await.unwrap();
        let before = schedule.purged;
        clock.advance(SignedDuration::from_hours(24));
        schedule.ask().await.unwrap_err();
        assert_eq!(schedule.purged, before, "a failed purge counts as done");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_two_servers_on_one_store_one_does_what_is_due() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::fixed("2026-11-20T05:00:00Z".parse().unwrap());
        let mut one = schedule(folder.path(), &clock).await;
        let mut two = schedule(folder.path(), &clock).await;
        assert!(one.ask().await.unwrap());
        assert!(!two.ask().await.unwrap());
        clock.advance(SignedDuration::from_mins(10));
        assert!(one.ask().await.unwrap(), "its holder keeps it");
        clock.advance(SignedDuration::from_mins(10));
        assert!(!two.ask().await.unwrap());
        clock.advance(SignedDuration::from_mins(5));
        assert!(two.ask().await.unwrap(), "the first one is gone");
        assert!(!one.ask().await.unwrap());
        Schedule::release(&*two.store, &two.catalog.id, two.holder()).await;
        assert!(one.ask().await.unwrap(), "it was given back");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_lease_taken_by_a_clock_that_was_ahead_does_not_hold_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::fixed("2027-11-20T05:00:00Z".parse().unwrap());
        let mut one = schedule(folder.path(), &clock).await;
        assert!(one.ask().await.unwrap());
        drop(one);
        let clock = Clock::fixed("2026-11-20T05:00:00Z".parse().unwrap());
        let mut two = schedule(folder.path(), &clock).await;
        assert!(two.ask().await.unwrap(), "nothing is done for a year");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_server_of_another_catalog_does_what_is_due_in_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::fixed("2026-11-20T05:00:00Z".parse().unwrap());
        let mut one = schedule(folder.path(), &clock).await;
        let mut two = Schedule {
            catalog: Catalog::embedded("race-bot").unwrap(),
            ..schedule(folder.path(), &clock).await
        };
        assert!(one.ask().await.unwrap());
        assert!(two.ask().await.unwrap(), "its old events are never purged");
    }
}
