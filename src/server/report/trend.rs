//! Trends: what happened on each day of the window.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::compute::whole;
use crate::server::rollup::{Counts, Day};
use crate::server::store::{DayRow, Days};

/// One day of the window, under the report's filters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Trend {
    /// The UTC day; the last one of the window is not complete.
    pub date: Date,
    /// Its events.
    pub events: u64,
    /// Those whose resolved actor is `customer`.
    pub customer_events: u64,
    /// Its events that report a failure; sample rates do not multiply them.
    pub failures: u64,
}

/// Every day, also those on which nothing happened.
pub(super) fn trends(rows: &[DayRow], days: Days) -> Vec<Trend> {
    let mut sums: BTreeMap<Day, (Counts, f64)> = BTreeMap::new();
    for row in rows {
        let (counts, customers) = sums.entry(row.day).or_default();
        *counts += row.counts;
        *customers += row.customers;
    }
    let days = (days.from.0..=days.to.0).map(Day);
    days.map(|day| {
        let (counts, customers) = sums.get(&day).copied().unwrap_or_default();
        Trend {
            date: day.date(),
            events: whole(counts.weight),
            customer_events: whole(customers),
            failures: counts.failures,
        }
    })
    .collect()
}
