//! The weekly report: a memo about seven days, what moved, who is active, what fails, where people come from.

mod posthog;
mod readout;
mod sections;

use jiff::Timestamp;
use serde::Serialize;

pub use readout::Reading;

use super::digest::Digest;
use super::message::{Message, Note};
use crate::model::catalog::Catalog;
use crate::server::report::{
    Alert, CustomerIdentity, EventCount, FailureCount, Origin, Query, Share, Span, Summary,
    TOP_CUSTOMERS, Thresholds, Trend, Usage,
};
use crate::server::store::{Rollups, StoreError};

/// How many days it covers.
pub const DAYS: u32 = 7;

/// How many events the table of movement names.
pub const TOP_MOVES: usize = 15;

/// Where the numbers come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The store's rollups.
    Store,
    /// The events that were forwarded to PostHog, as it counts them.
    #[serde(rename = "posthog")]
    PostHog,
    /// Made up.
    Sample,
}

impl Basis {
    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Store => "from the store",
            Self::PostHog => "from PostHog",
            Self::Sample => "made up",
        }
    }
}

/// The weekly report. Every number is one of the usage report of 7 days and everybody, and defined there.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Weekly {
    /// Whether the numbers are made up to show what a report looks like.
    pub sample: bool,
    /// Where the numbers come from.
    pub basis: Basis,
    /// The catalog it is about.
    pub catalog: String,
    /// When it was made.
    pub generated_at: Timestamp,
    /// The days that totals count; the last one is today and not complete.
    pub window: Span,
    /// The complete days that changes compare.
    pub current: Span,
    /// The complete days before them.
    pub previous: Span,
    /// The totals and their changes from week to week.
    pub summary: Summary,
    /// Customer events from the source `cli`.
    pub customer_cli_events: u64,
    /// The days of the window in order.
    pub trends: Vec<Trend>,
    /// Signals and what they say: activation, discovery, commercial intent, identity hygiene, billing intent, private-registry
    /// readiness, content pipeline.
    pub readout: Vec<Reading>,
    /// The events that moved most between complete weeks, either way, then by name; at most [`TOP_MOVES`].
    pub movement: Vec<EventCount>,
    /// Sources of all events.
    pub sources: Vec<Share>,
    /// Sources of customer events.
    pub customer_sources: Vec<Share>,
    /// Resolved actors.
    pub actors: Vec<Share>,
    /// The most active customer identities, at most 10.
    pub customer_identities: Vec<CustomerIdentity>,
    /// Events that failed.
    pub failures: Vec<FailureCount>,
    /// Campaigns that brought people, at most 10.
    pub campaigns: Vec<Origin>,
    /// Paths on which visits began, at most 10.
    pub landing_paths: Vec<Origin>,
    /// What needs attention, worst first.
    pub alerts: Vec<Alert>,
}

impl Weekly {
    /// Reads the usage report of the week from the rollups and makes the memo as of `now`.
    pub async fn read(
        rollups: &dyn Rollups,
        catalog: &Catalog,
        thresholds: &Thresholds,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let query = Query {
            days: DAYS,
            customers: Some(TOP_CUSTOMERS),
            ..Query::default()
        };
        let reports = Usage::read(rollups, catalog, &[query], thresholds, now).await?;
        let week = reports.into_iter().next().ok_or(StoreError::Unanswered)?;
        Ok(Self::of(&week, Basis::Store))
    }

    /// The memo of this report of 7 days about everybody.
    pub fn of(week: &Usage, basis: Basis) -> Self {
        let marketing = week.marketing.as_ref();
        Self {
            sample: basis == Basis::Sample,
            basis,
            catalog: week.catalog.clone(),
            generated_at: week.generated_at,
            window: week.window,
            current: week.current,
            previous: week.previous,
            summary: week.summary.clone(),
            customer_cli_events: customer_cli_events(week),
            trends: week.trends.clone(),
            readout: readout::of(week),
            movement: movement(&week.events),
            sources: week.sources.clone(),
            customer_sources: week.customer_sources.clone(),
            actors: week.actors.clone(),
            customer_identities: week.customer_identities.clone().unwrap_or_default(),
            failures: week.failures.clone(),
            campaigns: marketing.map_or_else(Vec::new, |all| all.campaigns.clone()),
            landing_paths: marketing.map_or_else(Vec::new, |all| all.landing_paths.clone()),
            alerts: week.alerts.clone(),
        }
    }

    /// A report of made-up numbers, marked as such.
    pub fn sample(now: Timestamp) -> Self {
        Self::of(&Digest::sample_week(now), Basis::Sample)
    }

    /// The report as a message.
    pub fn message(&self) -> Message {
        Message {
            kind: "ops.weekly-report",
            title: format!("Telemetry, week to {}", self.window.to),
            status: None,
            is_sample: self.sample,
            about: format!(
                "Catalog {}, {} ({}). \"7 days\" are {} to {}, today included; changes compare the complete days {} to {} with {} to {}.",
                self.catalog,
                self.generated_at.strftime("%Y-%m-%d %H:%M UTC"),
                self.basis.as_str(),
                self.window.from,
                self.window.to,
                self.current.from,
                self.current.to,
                self.previous.from,
                self.previous.to,
            ),
            alerts: self.alerts.iter().map(Note::from).collect(),
            sections: sections::of(self),
        }
    }
}

/// Customer events of a report from the source `cli`.
pub(super) fn customer_cli_events(usage: &Usage) -> u64 {
    let cli = usage
        .customer_sources
        .iter()
        .find(|share| share.name == "cli");
    cli.map_or(0, |share| share.events)
}

fn movement(events: &[EventCount]) -> Vec<EventCount> {
    let mut moved: Vec<EventCount> = events
        .iter()
        .filter(|event| event.delta != 0)
        .cloned()
        .collect();
    moved.sort_by(|a, b| {
        let by_delta = b.delta.unsigned_abs().cmp(&a.delta.unsigned_abs());
        by_delta.then_with(|| a.name.cmp(&b.name))
    });
    moved.truncate(TOP_MOVES);
    moved
}
