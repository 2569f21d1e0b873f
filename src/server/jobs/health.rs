//! Health of the reporting itself: whether the baseline snapshots are as fresh as they should be.

use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::message::{Message, Note, Section, Tone};
use super::snapshot::{BASELINE, whose};
use crate::model::event::Actor;
use crate::server::report::{Alert, Level};
use crate::server::rollup::Day;
use crate::server::store::{Snapshot, Snapshots, StoreError};

/// What to do about what is stale.
const HINT: &str =
    "`decantr ops snapshot` makes them now; `decantr ops serve` makes them every hour.";

/// How fresh.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Freshness {
    /// Made today.
    Success,
    /// Made yesterday.
    Warning,
    /// Older, or never made.
    Error,
}

impl Freshness {
    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    fn of(age_days: Option<i32>) -> Self {
        match age_days {
            Some(..=0) => Self::Success,
            Some(1) => Self::Warning,
            Some(_) | None => Self::Error,
        }
    }
}

/// One baseline report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SnapshotCheck")]
pub struct Check {
    /// How many days it covers.
    pub days: u32,
    /// The only actor counted; null for everybody.
    pub actor: Option<Actor>,
    /// How fresh it is.
    pub status: Freshness,
    /// The UTC day on which it was made last; null if never.
    pub date: Option<Date>,
    /// When it was made last.
    pub made_at: Option<Timestamp>,
    /// How many days ago; 0 is today.
    pub age_days: Option<i32>,
}

impl Check {
    /// How old, for people.
    fn age(&self) -> String {
        match self.age_days {
            None => "never made".to_owned(),
            Some(..=0) => "today".to_owned(),
            Some(1) => "1 day".to_owned(),
            Some(days) => format!("{days} days"),
        }
    }
}

/// The health of a catalog's snapshots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SnapshotHealth")]
pub struct Health {
    /// The catalog.
    pub catalog: String,
    /// When this was asked.
    pub generated_at: Timestamp,
    /// The worst of the checks.
    pub status: Freshness,
    /// The baseline reports.
    pub checks: Vec<Check>,
}

impl Health {
    /// Reads how fresh the snapshots are at `now`.
    pub async fn read(
        snapshots: &dyn Snapshots,
        catalog: &str,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let latest = snapshots.latest_snapshots(catalog).await?;
        Ok(Self::of(&latest, catalog, now))
    }

    /// A health without anything wrong, for made-up numbers.
    pub(super) fn all_fresh(catalog: &str, now: Timestamp) -> Self {
        let checks = BASELINE.map(|(days, actor)| Check {
            days,
            actor,
            status: Freshness::Success,
            date: Some(Day::of(now).date()),
            made_at: Some(now),
            age_days: Some(0),
        });
        Self {
            catalog: catalog.to_owned(),
            generated_at: now,
            status: Freshness::Success,
            checks: checks.to_vec(),
        }
    }

    /// The alert that it gives cause for: critical when one of the snapshots is older than a day or was never made.
    pub fn alert(&self) -> Option<Alert> {
        let level = match self.status {
            Freshness::Success => return None,
            Freshness::Warning => Level::Warning,
            Freshness::Error => Level::Critical,
        };
        let stale = self
            .checks
            .iter()
            .filter(|check| check.status != Freshness::Success);
        let stale: Vec<String> = stale
            .map(|check| {
                format!(
                    "{} days of {}: {}",
                    check.days,
                    whose(check.actor),
                    check.age()
                )
            })
            .collect();
        Some(Alert {
            level,
            code: "stale_snapshots",
            message: format!("Snapshots are not fresh ({}). {HINT}", stale.join("; ")),
        })
    }

    /// The checks as a table.
    pub fn section(&self) -> Section {
        let rows = self.checks.iter().map(|check| {
            vec![
                format!("{} days, {}", check.days, whose(check.actor)),
                check
                    .date
                    .map_or_else(|| "never".to_owned(), |date| date.to_string()),
                check.date.map_or_else(String::new, |_| check.age()),
                check.status.as_str().to_owned(),
            ]
        });
        Section::new(
            "Snapshots",
            &["", "made on", "age", "status"],
            rows.collect(),
        )
    }

    /// The health as a message.
    pub fn message(&self) -> Message {
        let tone = match self.status {
            Freshness::Success => Tone::Good,
            Freshness::Warning => Tone::Watch,
            Freshness::Error => Tone::Bad,
        };
        Message {
            kind: "ops.health",
            title: "Telemetry health".to_owned(),
            status: Some((tone, self.status.as_str().to_owned())),
            is_sample: false,
            about: format!(
                "Catalog {}, {}. A snapshot is fresh on the UTC day on which it was made.",
                self.catalog,
                self.generated_at.strftime("%Y-%m-%d %H:%M UTC"),
            ),
            alerts: self.alert().iter().map(Note::from).collect(),
            sections: vec![self.section()],
        }
    }

    fn of(latest: &[Snapshot], catalog: &str, now: Timestamp) -> Self {
        let checks = BASELINE.map(|(days, actor)| {
            let found = latest.iter().find(|snapshot| {
                snapshot.days == days && snapshot.actor == actor && snapshot.source.is_none()
            });
            let age_days = found.map(|found| Day::of(now).0.saturating_sub(found.day.0));
            Check {
                days,
                actor,
                status: Freshness::of(age_days),
                date: found.map(|found| found.day.date()),
                made_at: found.map(|found| found.made_at),
                age_days,
            }
        });
        Self {
            catalog: catalog.to_owned(),
            generated_at: now,
            status: checks
                .iter()
                .map(|check| check.status)
                .max()
                .unwrap_or(Freshness::Error),
            checks: checks.to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(days: u32, actor: Option<Actor>, day: Day) -> Snapshot {
        Snapshot {
            catalog: "decantr".to_owned(),
            day,
            days,
            actor,
            source: None,
            made_at: day.start(),
            usage: String::new(),
            attribution: String::new(),
        }
    }

    #[test]
    fn today_is_success_yesterday_a_warning_and_anything_else_an_error() {
        let now: Timestamp = "2026-11-20T00:30:00Z".parse().unwrap();
        let today = Day::of(now);
        let health = |ages: [Option<i32>; 3]| {
            let made = BASELINE.iter().zip(ages);
            let made = made.filter_map(|((days, actor), age)| {
                Some(snapshot(*days, *actor, today.plus(-age?)))
            });
            let latest: Vec<Snapshot> = made.collect();
            Health::of(&latest, "decantr", now).status.as_str()
        };
        assert_eq!(health([Some(0), Some(0), Some(0)]), "success");
        assert_eq!(health([Some(0), Some(1), Some(0)]), "warning");
        assert_eq!(health([Some(0), Some(1), Some(2)]), "error");
        assert_eq!(health([Some(0), None, Some(0)]), "error");
        // A clock that was set back does not make a report stale.
        assert_eq!(health([Some(-1), Some(0), Some(0)]), "success");
    }
}
