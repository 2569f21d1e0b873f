//! What queries read of the daily tables, and how it is divided into days or weeks.

use std::collections::BTreeMap;

use super::{Ask, Period};
use crate::model::catalog::Catalog;
use crate::server::report::compute::whole;
use crate::server::rollup::Day;
use crate::server::store::{
    DayRow, Days, DurationRow, MeasureQuery, MeasureRow, Rollups, StoreError, SumRow, UsageQuery,
};

/// What a query reads besides counts by day and event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading {
    /// The property by whose values events are counted.
    pub dimension: Option<&'static str>,
    /// Of which events the values, sums and durations are read; of all when there are none.
    pub events: &'static [&'static str],
    /// Whether sums are read: over all events, and by the values of the dimension.
    pub sums: bool,
    /// Whether durations are read.
    pub durations: bool,
}

/// Rows of the daily tables.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// Events.
    pub daily: Vec<DayRow>,
    /// Events by value of the dimension.
    pub values: Vec<MeasureRow>,
    /// Sums over all events.
    pub totals: Vec<SumRow>,
    /// Sums by value of the dimension.
    pub sums: Vec<SumRow>,
    /// Durations.
    pub durations: Vec<DurationRow>,
}

/// The rows of some days that are told apart from others, or of all days.
pub(super) type Slice = Rows;

impl Rows {
    /// Reads them. Parts come before wholes, so that no part is larger than its whole while events arrive.
    pub(super) async fn read(
        rollups: &dyn Rollups,
        catalog: &Catalog,
        ask: Ask,
        days: Days,
    ) -> Result<Self, StoreError> {
        let reading = ask.query.reading();
        let query = MeasureQuery {
            catalog: (*catalog.id).to_owned(),
            days,
            events: reading
                .events
                .iter()
                .map(|name| (*name).to_owned())
                .collect(),
            by_day: ask.period.is_some(),
        };
        let mut rows = Self::default();
        if let Some(dimension) = reading.dimension {
            rows.values = rollups.measures(&query, dimension).await?;
        }
        if reading.sums {
            if reading.dimension.is_some() {
                rows.sums = rollups.sums(&query, reading.dimension).await?;
            }
            rows.totals = rollups.sums(&query, None).await?;
        }
        if reading.durations {
            rows.durations = rollups.durations(&query).await?;
        }
        rows.daily = rollups.daily(&everybody(catalog, days)).await?;
        Ok(rows)
    }

    /// The rows divided as `period` says, the newest days first, each slice with its first day; undivided without a period.
    pub(super) fn slices(self, period: Option<Period>, days: Days) -> Vec<(Option<Day>, Slice)> {
        let label = |day: Day| match period {
            None => None,
            Some(Period::Daily) => Some(day),
            Some(Period::Weekly) => Some(monday(day)),
        };
        let mut slices: BTreeMap<Option<Day>, Slice> = (days.from.0..=days.to.0)
            .map(|day| (label(Day(day)), Slice::default()))
            .collect();
        let of = |day: Option<Day>| day.and_then(label);
        for row in self.daily {
            slices.entry(label(row.day)).or_default().daily.push(row);
        }
        for row in self.values {
            slices.entry(of(row.day)).or_default().values.push(row);
        }
        for row in self.totals {
            slices.entry(of(row.day)).or_default().totals.push(row);
        }
        for row in self.sums {
            slices.entry(of(row.day)).or_default().sums.push(row);
        }
        for row in self.durations {
            slices.entry(of(row.day)).or_default().durations.push(row);
        }
        slices.into_iter().rev().collect()
    }

    /// How many events there are of this name, each as many times as its sample rate says.
    pub(super) fn weight(&self, event: &str) -> f64 {
        let rows = self.daily.iter().filter(|row| row.event == event);
        rows.map(|row| row.counts.weight).sum()
    }

    /// The same as a whole number.
    pub(super) fn count(&self, event: &str) -> u64 {
        whole(self.weight(event))
    }
}

/// The Monday of the week that `day` lies in. Day 0 is a Thursday.
fn monday(day: Day) -> Day {
    let since_monday = day.0.saturating_add(3).rem_euclid(7);
    day.plus(-since_monday)
}

fn everybody(catalog: &Catalog, days: Days) -> UsageQuery {
    UsageQuery {
        catalog: (*catalog.id).to_owned(),
        days,
        actor: None,
        source: None,
        environment: None,
        org: None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, Weekday};

    use super::*;

    #[test]
    fn weeks_begin_on_monday() {
        let day = |text: &str| Day::of(format!("{text}T12:00:00Z").parse().unwrap());
        for (text, expected) in [
            ("2026-11-16", "2026-11-16"),
            ("2026-11-20", "2026-11-16"),
            ("2026-11-22", "2026-11-16"),
            ("2026-11-23", "2026-11-23"),
            ("1970-01-01", "1969-12-29"),
        ] {
            let found: Date = monday(day(text)).date();
            assert_eq!(found.to_string(), expected);
            assert_eq!(found.weekday(), Weekday::Monday);
        }
    }
}
