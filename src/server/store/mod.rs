//! Where events are kept: object-safe roles with Rust types in and out; no SQL outside this folder.

mod cursors;
mod drift;
mod entry;
mod error;
mod identities;
mod measures;
mod query;
mod snapshots;
mod sqlite;
mod url;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;

use crate::base::clock::Clock;
use crate::base::crypto::SigningKey;
use crate::model::outcome::Outcome;

pub use cursors::{Cursor, Cursors, POSTHOG, Waiting, copies};
pub use drift::{
    ActionAggregate, CrowdQuery, CrowdRow, DailyStat, DriftEvent, DriftTables, PatternSignature,
};
pub use entry::{Append, Entry, StoredEvent};
pub use error::StoreError;
pub use identities::{
    ActivityQuery, Added, AliasRow, Attributed, AuditEntry, By, Candidate, Claimed, Classification,
    Deleted, Flags, Identities, Key, LinkRow, Linked, NewLink, Org, Rekeyed, User,
};
pub use measures::{DayRow, DurationRow, MeasureQuery, MeasureRow, SumRow};
pub use query::{
    Active, ActiveQuery, CustomerActivity, Days, Figures, FiguresQuery, IdentityDays,
    IdentityFigures, OrgActivity, OutcomeRow, Purged, UsageQuery, UsageRow, Values, ValuesQuery,
};
pub use snapshots::{DayCount, Snapshot, Snapshots};
pub use url::{StoreUrl, UrlError};

use crate::server::rollup::Day;

/// The raw events.
#[async_trait]
pub trait EventLog: Send + Sync {
    /// Keeps the entries, counts them in the rollups in the same transaction, and tells for each in order whether it was
    /// [`Outcome::Accepted`] or an [`Outcome::Duplicate`]. It returns after the commit.
    ///
    /// # Errors
    /// [`StoreError::Overloaded`] at once when too much is waiting already; on any error nothing of it is kept or counted
    /// (or, if the disk failed during the commit itself, a repetition tells by its duplicates).
    async fn append(&self, append: Append) -> Result<Vec<Outcome>, StoreError>;

    /// At most `limit` events that arrived after the one with this sequence number, in order of arrival; start with 0.
    async fn events(&self, after: i64, limit: usize) -> Result<Vec<StoredEvent>, StoreError>;

    /// The sequence number after which the last `events` events come; 0 when there are no more than these.
    async fn before_last(&self, events: usize) -> Result<i64, StoreError>;
}

/// The daily tables, kept as events arrive.
#[async_trait]
pub trait Rollups: Send + Sync {
    /// Counts by event, source, environment and actor, summed over the days asked for, in that order.
    async fn usage(&self, query: &UsageQuery) -> Result<Vec<UsageRow>, StoreError>;

    /// How many different ids were active since a day.
    async fn active(&self, query: &ActiveQuery) -> Result<Active, StoreError>;

    /// Everything that these reports ask, all as of one moment, so that their numbers fit together.
    async fn figures(&self, queries: Vec<FiguresQuery>) -> Result<Vec<Figures>, StoreError>;

    /// What became of everything received on these days, in the order of the words.
    async fn outcomes(&self, catalog: &str, days: Days) -> Result<Vec<OutcomeRow>, StoreError>;

    /// Counts by day and event, in that order; days and events without any are left out.
    async fn daily(&self, query: &UsageQuery) -> Result<Vec<DayRow>, StoreError>;

    /// Counts by event and value of the property `dimension`, which their catalog declares as a dimension; by day, then by event,
    /// then most frequent first, then by value. Events without the property are left out.
    async fn measures(
        &self,
        query: &MeasureQuery,
        dimension: &str,
    ) -> Result<Vec<MeasureRow>, StoreError>;

    /// The sums that the catalog declares, by event, value of the property `dimension` and name of the sum, in that order (after
    /// the day). Without a dimension: over all events.
    async fn sums(
        &self,
        query: &MeasureQuery,
        dimension: Option<&str>,
    ) -> Result<Vec<SumRow>, StoreError>;

    /// How the durations are spread, by event and name of the sum (after the day): those sums that are in milliseconds.
    async fn durations(&self, query: &MeasureQuery) -> Result<Vec<DurationRow>, StoreError>;

    /// The numbers of days with how many installations stand behind them, by day, then metric.
    async fn crowds(&self, query: &CrowdQuery) -> Result<Vec<CrowdRow>, StoreError>;
}

/// The end of raw data.
#[async_trait]
pub trait Retention: Send + Sync {
    /// Removes the raw events and identity rollups of a catalog of all days before `before`, its counts by values that are words
    /// of senders, and identifiers that nothing refers to any more. All other counts without identities stay.
    async fn purge(&self, catalog: &str, before: Day) -> Result<Purged, StoreError>;
}

/// A whole store.
#[async_trait]
pub trait Store: EventLog + Rollups + Retention {
    /// Who is who.
    fn identities(&self) -> &dyn Identities;

    /// Stored reports and leases.
    fn snapshots(&self) -> &dyn Snapshots;

    /// How far copies elsewhere have come.
    fn cursors(&self) -> &dyn Cursors;

    /// The tables of drift.
    fn drift(&self) -> &dyn DriftTables;

    /// The secrets made when the store was created.
    fn secrets(&self) -> &Secrets;

    /// How full the queue of the writer is.
    fn load(&self) -> Load;

    /// Reads something, to know that reading works.
    async fn check(&self) -> Result<(), StoreError>;

    /// Writes a copy of the whole store, as of one moment, to a new file that only its owner can read; a server may be writing
    /// meanwhile. The copy holds the store's secrets.
    ///
    /// # Errors
    /// When there is something at `to` already; it is not touched.
    async fn backup(&self, to: &Path) -> Result<(), StoreError>;

    /// Writes what is queued, takes nothing more, and leaves the store tidy. A second call does nothing.
    async fn close(&self) -> Result<(), StoreError>;
}

/// What a store knows and nobody else may.
#[derive(Debug, Clone)]
pub struct Secrets {
    /// Replaces foreign identifiers by their keyed hash.
    pub hmac_key: [u8; 32],
    /// Signs receipts.
    pub signing_key: Arc<SigningKey>,
}

/// How much is waiting for the writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Events waiting or being written.
    pub rows: usize,
    /// The most that may wait.
    pub max_rows: usize,
    /// Whether the store takes events at all: it was opened for writing, is not closed, and its writer lives.
    pub is_writable: bool,
}

/// Opens a store for writing; makes it, and its folder, when it is missing. Brings an older one up to date.
///
/// # Errors
/// When it is no store of ours, was made by a newer version, or cannot be written; the text names the path.
pub async fn create(url: &StoreUrl, clock: &Clock) -> Result<Arc<dyn Store>, StoreError> {
    match url {
        StoreUrl::Sqlite(path) => Ok(Arc::new(sqlite::create(path, clock).await?)),
    }
}

/// Opens a store for reading only, whether or not a server is writing to it, and without changing anything.
///
/// # Errors
/// [`StoreError::Missing`] when there is none; otherwise as [`create`].
pub async fn open(url: &StoreUrl) -> Result<Arc<dyn Store>, StoreError> {
    match url {
        StoreUrl::Sqlite(path) => Ok(Arc::new(sqlite::open(path).await?)),
    }
}
