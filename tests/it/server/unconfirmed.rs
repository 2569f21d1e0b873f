//! A store that does not say of every event what became of it: nothing is acknowledged on its behalf.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use decantr::base::clock::Clock;
use decantr::model::outcome::Outcome;
use decantr::server::rollup::Day;
use decantr::server::store::{
    self, Active, ActiveQuery, Append, CrowdQuery, CrowdRow, Cursors, DayRow, Days, DriftTables,
    DurationRow, EventLog, Figures, FiguresQuery, Identities, Load, MeasureQuery, MeasureRow,
    OutcomeRow, Purged, Retention, Rollups, Secrets, Snapshots, Store, StoreError, StoredEvent,
    SumRow, UsageQuery, UsageRow,
};
use serde_json::json;

use super::support::{Running, batch, event, now, url};

/// A store that keeps what it is given, but forgets to say what became of the last event.
struct Forgetful(Arc<dyn Store>);

#[async_trait]
impl EventLog for Forgetful {
    async fn append(&self, append: Append) -> Result<Vec<Outcome>, StoreError> {
        let mut outcomes = self.0.append(append).await?;
        outcomes.pop();
        Ok(outcomes)
    }

    async fn events(&self, after: i64, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        self.0.events(after, limit).await
    }

    async fn before_last(&self, events: usize) -> Result<i64, StoreError> {
        self.0.before_last(events).await
    }
}

#[async_trait]
impl Rollups for Forgetful {
    async fn usage(&self, query: &UsageQuery) -> Result<Vec<UsageRow>, StoreError> {
        self.0.usage(query).await
    }

    async fn active(&self, query: &ActiveQuery) -> Result<Active, StoreError> {
        self.0.active(query).await
    }

    async fn figures(&self, queries: Vec<FiguresQuery>) -> Result<Vec<Figures>, StoreError> {
        self.0.figures(queries).await
    }

    async fn outcomes(&self, catalog: &str, days: Days) -> Result<Vec<OutcomeRow>, StoreError> {
        self.0.outcomes(catalog, days).await
    }

    async fn daily(&self, query: &UsageQuery) -> Result<Vec<DayRow>, StoreError> {
        self.0.daily(query).await
    }

    async fn measures(
        &self,
        query: &MeasureQuery,
        dimension: &str,
    ) -> Result<Vec<MeasureRow>, StoreError> {
        self.0.measures(query, dimension).await
    }

    async fn sums(
        &self,
        query: &MeasureQuery,
        dimension: Option<&str>,
    ) -> Result<Vec<SumRow>, StoreError> {
        self.0.sums(query, dimension).await
    }

    async fn durations(&self, query: &MeasureQuery) -> Result<Vec<DurationRow>, StoreError> {
        self.0.durations(query).await
    }

    async fn crowds(&self, query: &CrowdQuery) -> Result<Vec<CrowdRow>, StoreError> {
        self.0.crowds(query).await
    }
}

#[async_trait]
impl Retention for Forgetful {
    async fn purge(&self, catalog: &str, before: Day) -> Result<Purged, StoreError> {
        self.0.purge(catalog, before).await
    }
}

#[async_trait]
impl Store for Forgetful {
    fn snapshots(&self) -> &dyn Snapshots {
        self.0.snapshots()
    }

    fn drift(&self) -> &dyn DriftTables {
        self.0.drift()
    }

    fn cursors(&self) -> &dyn Cursors {
        self.0.cursors()
    }

    fn identities(&self) -> &dyn Identities {
        self.0.identities()
    }

    async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        self.0.backup(to).await
    }

    fn secrets(&self) -> &Secrets {
        self.0.secrets()
    }

    fn load(&self) -> Load {
        self.0.load()
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.0.check().await
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.0.close().await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_store_does_not_confirm_is_not_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let (path, clock) = (folder.path().join("events.db"), Clock::fixed(now()));
    let store = store::create(&url(&path), &clock).await.unwrap();
    let store = Arc::new(Forgetful(store));
    let server = Running::on_store(&path, store, clock, |bound| bound).await;
    let single = json!({ "schemaVersion": "0.3.0", "event": event() });
    for body in [batch(&[event(), event()]), single] {
        let answer = server.post_bytes(body.to_string()).await;
        assert_eq!((answer.status, answer.retry_after), (503, Some(1)));
    }
}
