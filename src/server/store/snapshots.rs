//! Reports that are kept, and the leases under which only one process does what is due.

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use super::StoreError;
use crate::model::event::Actor;
use crate::server::rollup::Day;

/// A stored report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The catalog.
    pub catalog: String,
    /// The UTC day on which it was made.
    pub day: Day,
    /// How many days it covers.
    pub days: u32,
    /// The only actor counted, if there was a filter.
    pub actor: Option<Actor>,
    /// The only source counted, if there was a filter.
    pub source: Option<String>,
    /// When it was made.
    pub made_at: Timestamp,
    /// The usage report, one compact JSON object.
    pub usage: String,
    /// The rows of attribution with the most events, one compact JSON array.
    pub attribution: String,
}

/// The end of the kept part of a catalog, day by day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayCount {
    /// The day under which the events count.
    pub day: Day,
    /// Raw events of that day.
    pub events: u64,
}

/// Stored reports and leases.
#[async_trait]
pub trait Snapshots: Send + Sync {
    /// Keeps these reports, all or none. One of the same day and question is replaced; of later days there can be none, so those
    /// are removed. A project that is not known any more is not named.
    async fn keep_snapshots(&self, snapshots: &[Snapshot]) -> Result<(), StoreError>;

    /// The newest report of each question about a catalog: by days, then actor, then source.
    async fn latest_snapshots(&self, catalog: &str) -> Result<Vec<Snapshot>, StoreError>;

    /// Takes or renews the lease of this name until a time, unless somebody else holds it at `now`; tells whether it was given.
    /// Everybody takes it for equally long: one that holds for more than twice that was taken by a clock that ran ahead, and does
    /// not count.
    async fn lease(
        &self,
        name: &str,
        holder: Uuid,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Gives a lease back, if it is still held.
    async fn release(&self, name: &str, holder: Uuid) -> Result<(), StoreError>;

    /// What a purge of a catalog would remove: raw events of days before `before`, by day.
    async fn purgeable(&self, catalog: &str, before: Day) -> Result<Vec<DayCount>, StoreError>;
}
