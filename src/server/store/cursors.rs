//! How far copies of the event log elsewhere have come.

use std::collections::BTreeSet;

use async_trait::async_trait;
use jiff::Timestamp;

use super::StoreError;

/// The name of copies to PostHog; those of a catalog other than `decantr` have its id behind a colon.
pub const POSTHOG: &str = "posthog";

/// The place of a copy, and how it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// Who copies, for example `posthog` or `posthog:race-bot`.
    pub name: String,
    /// Where the copies go, as a host.
    pub target: String,
    /// The last event that need not be sent again; 0 before the first.
    pub sequence: i64,
    /// Events that the other side has taken.
    pub forwarded: u64,
    /// Events that the other side refused and will never have.
    pub refused: u64,
    /// Events that are not for the other side, because the catalog does not have them.
    pub passed: u64,
    /// When copying began.
    pub started_at: Timestamp,
    /// When something was taken last.
    pub succeeded_at: Option<Timestamp>,
    /// How often in a row it has failed since.
    pub failures: u32,
    /// The last failure, until something succeeds.
    pub error: Option<String>,
}

impl Cursor {
    /// A copy that begins at the beginning of what is kept.
    pub fn new(name: &str, target: &str, now: Timestamp) -> Self {
        Self {
            name: name.to_owned(),
            target: target.to_owned(),
            sequence: 0,
            forwarded: 0,
            refused: 0,
            passed: 0,
            started_at: now,
            succeeded_at: None,
            failures: 0,
            error: None,
        }
    }
}

/// What a copy has still to come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Waiting {
    /// Events that wait, at most [`Waiting::MOST`].
    pub events: u64,
    /// When the first of them came.
    pub since: Option<Timestamp>,
}

impl Waiting {
    /// Counting goes no further.
    pub const MOST: u64 = 1_000_000;
}

/// The places of copies.
#[async_trait]
pub trait Cursors: Send + Sync {
    /// Every copy that was ever begun, by name.
    async fn cursors(&self) -> Result<Vec<Cursor>, StoreError>;

    /// Keeps a place. It never goes back: of two that write, the one that is further counts.
    async fn set_cursor(&self, cursor: &Cursor) -> Result<(), StoreError>;

    /// The events that arrived after the one with this sequence number.
    async fn waiting(&self, after: i64) -> Result<Waiting, StoreError>;
}

/// Where copies of events are that an erasure does not reach, in words for those who ask for one.
pub async fn copies(cursors: &dyn Cursors) -> Result<Vec<String>, StoreError> {
    let cursors = cursors.cursors().await?;
    let name = |cursor: Cursor| match cursor.name.split(':').next() {
        Some(POSTHOG) => format!("PostHog ({}): events forwarded before", cursor.target),
        _ => format!(
            "{} ({}): events forwarded before",
            cursor.name, cursor.target
        ),
    };
    // Several catalogs can go to one place.
    let places: BTreeSet<String> = cursors.into_iter().map(name).collect();
    Ok(places.into_iter().collect())
}
