//! The numbers that anybody may see: of completed days, rounded, and only where enough installations stand behind them.
//!
//! Anybody can send events, so numbers can be pushed up. An installation that nobody vouches for counts once it has sent something on
//! [`ARRIVALS`] days; that raises the cost of an attack, and no more.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::server::rollup::{Day, UNIQUE_INSTALLATIONS};
use crate::server::store::{CrowdQuery, CrowdRow, Days, Store, StoreError};

/// How many days are shown.
pub const PUBLIC_DAYS: u32 = 30;

/// To which multiples numbers are rounded.
const STEP: f64 = 5.0;

/// How many installations stand behind a number that is shown, at least.
const CROWD: u64 = 5;

/// On how many days an installation must have sent something before it counts.
const ARRIVALS: u32 = 3;

/// What the names of metrics that count events begin with.
const EVENTS: &str = "events:";

/// The public numbers of a catalog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Public {
    /// The catalog.
    pub catalog: String,
    /// Always `last_30_days`: those before today.
    pub period: &'static str,
    /// The first day.
    pub from: Date,
    /// The last day: yesterday.
    pub to: Date,
    /// All events that are shown.
    pub total_events: u64,
    /// The metrics of all days, each the sum of what is shown for it: `events:<name>`; of the catalog drift also
    /// `language:<language>` and `category:<category>`. Different installations do not add up, and are not in here.
    pub metrics: BTreeMap<String, u64>,
    /// The days of which anything is shown, in their order.
    pub days: Vec<PublicDay>,
    /// When this was computed.
    pub generated_at: Timestamp,
}

/// The public numbers of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PublicDay {
    /// The UTC day.
    pub date: Date,
    /// All events that are shown.
    pub total_events: u64,
    /// As those of all days, and `unique_installations`.
    pub metrics: BTreeMap<String, u64>,
}

impl Public {
    /// The numbers as of `now`.
    pub async fn read(
        store: &dyn Store,
        catalog: &str,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let query = CrowdQuery {
            catalog: catalog.to_owned(),
            days: Days::ending(Day::of(now).plus(-1), PUBLIC_DAYS),
            arrivals: ARRIVALS,
        };
        let rows = store.crowds(&query).await?;
        Ok(Self::of(query, rows, now))
    }

    fn of(query: CrowdQuery, rows: Vec<CrowdRow>, now: Timestamp) -> Self {
        let mut days: BTreeMap<Day, BTreeMap<String, u64>> = BTreeMap::new();
        for row in rows.into_iter().filter(|row| row.installs >= CROWD) {
            let shown = rounded(row.weight);
            days.entry(row.day).or_default().insert(row.metric, shown);
        }
        let mut metrics: BTreeMap<String, u64> = BTreeMap::new();
        let summable = days.values().flatten();
        for (metric, shown) in summable.filter(|(metric, _)| *metric != UNIQUE_INSTALLATIONS) {
            *metrics.entry(metric.clone()).or_default() += shown;
        }
        let days = days.into_iter().map(|(day, metrics)| PublicDay {
            date: day.date(),
            total_events: events(&metrics),
            metrics,
        });
        Self {
            catalog: query.catalog,
            period: "last_30_days",
            from: query.days.from.date(),
            to: query.days.to.date(),
            total_events: events(&metrics),
            days: days.collect(),
            metrics,
            generated_at: now,
        }
    }
}

fn events(metrics: &BTreeMap<String, u64>) -> u64 {
    let of_events = metrics
        .iter()
        .filter(|(metric, _)| metric.starts_with(EVENTS));
    of_events.map(|(_, shown)| shown).sum()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates; what is shown is coarse"
)]
fn rounded(weight: f64) -> u64 {
    ((weight / STEP).round() * STEP) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(day: i32, metric: &str, weight: f64, installs: u64) -> CrowdRow {
        CrowdRow {
            day: Day(day),
            metric: metric.to_owned(),
            weight,
            installs,
        }
    }

    #[test]
    fn totals_are_of_what_is_shown_and_nothing_small_is() {
        let query = CrowdQuery {
            catalog: "drift".to_owned(),
            days: Days::ending(Day(30), 30),
            arrivals: ARRIVALS,
        };
        let rows = vec![
            row(7, "events:a", 12.0, 5),
            row(7, "events:b", 1000.0, 4),
            row(7, "language:ts", 13.0, 6),
            row(7, UNIQUE_INSTALLATIONS, 9.0, 9),
            row(8, "events:a", 8.0, 7),
            row(9, "events:b", 4.0, 4),
        ];
        let public = Public::of(query, rows, Timestamp::UNIX_EPOCH);
        assert_eq!(public.total_events, 20);
        let metrics: Vec<_> = public.metrics.iter().map(|(m, n)| (&**m, *n)).collect();
        assert_eq!(metrics, [("events:a", 20), ("language:ts", 15)]);
        let days: Vec<_> = public
            .days
            .iter()
            .map(|d| (d.date.day(), d.total_events))
            .collect();
        assert_eq!(days, [(8, 10), (9, 10)]);
        assert_eq!(public.days[0].metrics[UNIQUE_INSTALLATIONS], 10);
    }
}
