//! Snapshots: the baseline reports, computed and kept once a day or whenever somebody asks.

use jiff::Timestamp;
use serde::Serialize;

use crate::model::catalog::Catalog;
use crate::model::event::Actor;
use crate::server::report::{Query, Thresholds, Usage};
use crate::server::rollup::Day;
use crate::server::store::{ActivityQuery, Attributed, Days, Snapshot, Store, StoreError};

/// The baseline: how many days, and whose events.
pub const BASELINE: [(u32, Option<Actor>); 3] =
    [(7, None), (30, None), (30, Some(Actor::Customer))];

/// How many rows of attribution a snapshot keeps.
const ATTRIBUTION_ROWS: usize = 100;

/// A report as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Taken {
    /// The usage report.
    pub usage: Usage,
    /// The rows of attribution with the most events.
    pub attribution: Vec<Attributed>,
}

/// The baseline reports as of `now`, out of the rollups. Nothing is kept.
pub async fn compute(
    store: &dyn Store,
    catalog: &Catalog,
    thresholds: &Thresholds,
    now: Timestamp,
) -> Result<Vec<Taken>, StoreError> {
    let queries = BASELINE.map(|(days, actor)| Query {
        days,
        actor,
        ..Query::default()
    });
    let reports = Usage::read(store, catalog, &queries, thresholds, now).await?;
    let mut taken = Vec::with_capacity(reports.len());
    for usage in reports {
        let query = ActivityQuery {
            catalog: usage.catalog.clone(),
            days: Days::ending(Day::of(now), usage.days),
            actor: usage.actor,
            source: usage.source.clone(),
            org: None,
            limit: ATTRIBUTION_ROWS,
        };
        let attribution = store.identities().attribution(&query).await?;
        taken.push(Taken { usage, attribution });
    }
    Ok(taken)
}

/// Keeps reports under the day on which they were made; those of the same day are replaced.
pub async fn keep(store: &dyn Store, taken: &[Taken]) -> Result<(), StoreError> {
    let snapshots: Vec<Snapshot> = taken.iter().map(Snapshot::from).collect();
    store.snapshots().keep_snapshots(&snapshots).await
}

impl From<&Taken> for Snapshot {
    fn from(taken: &Taken) -> Self {
        let usage = &taken.usage;
        Self {
            catalog: usage.catalog.clone(),
            day: Day::of(usage.generated_at),
            days: usage.days,
            actor: usage.actor,
            source: usage.source.clone(),
            made_at: usage.generated_at,
            usage: json(usage),
            attribution: json(&taken.attribution),
        }
    }
}

/// Reports are plain data, which always has a form as JSON.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Whose events a report is about, for people.
pub fn whose(actor: Option<Actor>) -> &'static str {
    actor.map_or("everybody", Actor::as_str)
}
