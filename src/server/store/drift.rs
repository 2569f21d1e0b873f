//! The tables of drift, and how many installations stand behind a number.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Days, StoreError};
use crate::server::rollup::Day;

/// What drift's own tables hold, kept as its events arrive and equal to a recount of them. Only new events count; the sample rate is
/// of no matter here.
#[async_trait]
pub trait DriftTables: Send + Sync {
    /// The daily numbers (`daily_stats`), by day, then metric. They have no identities, and stay after the events are purged or
    /// erased.
    async fn daily_stats(&self, days: Days) -> Result<Vec<DailyStat>, StoreError>;

    /// At most `limit` patterns (`pattern_signatures`) whose hash comes after this one, in the order of hashes; start with an empty
    /// text.
    async fn pattern_signatures(
        &self,
        after: &str,
        limit: usize,
    ) -> Result<Vec<PatternSignature>, StoreError>;

    /// All decisions (`action_aggregates`), by category, action, bucket.
    async fn action_aggregates(&self) -> Result<Vec<ActionAggregate>, StoreError>;

    /// At most `limit` events of drift (`drift_events`) that arrived after the one with this number, in order of arrival; start
    /// with 0.
    async fn drift_events(&self, after: i64, limit: usize) -> Result<Vec<DriftEvent>, StoreError>;
}

/// A number of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DailyStat {
    /// The UTC day under which the events count.
    pub day: Day,
    /// `events:<type>`, `language:<language>`, `category:<category>` or `unique_installations`.
    pub metric: String,
    /// How many.
    pub value: u64,
}

/// A pattern.
#[derive(Debug, Clone, PartialEq)]
pub struct PatternSignature {
    /// 16 hex digits, made by the sender.
    pub signature_hash: String,
    /// The kind of pattern, as its first sighting says.
    pub category: String,
    /// How it was found, as the first sighting that tells says.
    pub detection_method: Option<String>,
    /// In which language, as the first sighting that tells says.
    pub language: Option<String>,
    /// When it was seen first, to the second.
    pub first_seen: Timestamp,
    /// When it was seen last, to the second.
    pub last_seen: Timestamp,
    /// How often it was seen.
    pub occurrence_count: u64,
    /// The mean over all sightings, from 0 to 1.
    pub avg_confidence: f64,
    /// The mean over all sightings.
    pub avg_location_count: f64,
    /// The mean over all sightings.
    pub avg_outlier_count: f64,
}

/// Decisions of one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct ActionAggregate {
    /// The kind of pattern.
    pub category: String,
    /// What was decided.
    pub action: String,
    /// `low`, `medium` or `high`.
    pub confidence_bucket: String,
    /// How many.
    pub count: u64,
    /// The mean over those that tell how long they took, in hours; absent when none does.
    pub avg_hours_to_decision: Option<f64>,
}

/// An event as drift's own table of events has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftEvent {
    /// Its place in the order of arrival.
    pub id: i64,
    /// Its name.
    pub kind: String,
    /// When it happened, RFC 3339 in UTC with milliseconds.
    pub timestamp: String,
    /// The installation's UUID, or `hmac-…`; empty for none.
    pub installation_id: String,
    /// The version of the sender; empty for none.
    pub drift_version: String,
    /// Its properties, one compact JSON object.
    pub payload: String,
    /// When it came: `YYYY-MM-DD HH:MM:SS`, in UTC.
    pub created_at: String,
}

/// Which numbers of a catalog are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrowdQuery {
    /// The catalog.
    pub catalog: String,
    /// The days under which the events count.
    pub days: Days,
    /// On how many days an installation must have sent something before it counts, unless an account or an operator vouches for
    /// it. Days of arrival by the server's clock, since senders choose the times of events; only the last nine weeks are known.
    pub arrivals: u32,
}

/// A number of a day, and how many installations stand behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct CrowdRow {
    /// The UTC day under which the events count.
    pub day: Day,
    /// `events:<name>` or `unique_installations`; of the catalog drift also `language:<language>` and `category:<category>`.
    pub metric: String,
    /// How many events, each as many times as its sample rate says; of `unique_installations` how many of these.
    pub weight: f64,
    /// How many different installations they are from. Events without one are not counted.
    pub installs: u64,
}
