//! The executive digest: a week and a month at a glance, with a verdict; as a model, as JSON and as Markdown.

mod also;
mod sample;
mod sections;

use jiff::Timestamp;
use serde::Serialize;

use crate::model::catalog::Catalog;
use crate::model::event::{Actor, Environment};
use crate::server::jobs::health::Health;
use crate::server::jobs::message::{Message, Note, Tone};
use crate::server::jobs::weekly::customer_cli_events;
use crate::server::report::{
    Activation, Alert, Bucket, EventCount, FailureCount, Identity, Level, Organisation, Query,
    Share, Thresholds, Usage,
};
use crate::server::store::{Store, StoreError};

/// How many events a digest names.
pub const TOP_EVENTS: usize = 10;

/// The verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// A critical alert stands.
    Attention,
    /// A warning stands.
    Watch,
    /// Neither.
    Healthy,
}

impl Status {
    /// The word in digests.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Attention => "attention",
            Self::Watch => "watch",
            Self::Healthy => "healthy",
        }
    }
}

/// Where the numbers come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Computed when the digest was made.
    Live,
    /// The newest reports that were kept.
    Snapshot,
    /// Made up.
    Sample,
}

impl Basis {
    /// The word in digests.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Snapshot => "snapshot",
            Self::Sample => "made up",
        }
    }
}

/// The digest.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Digest {
    /// Whether the numbers are made up to show what a digest looks like.
    pub sample: bool,
    /// Where the numbers come from.
    pub basis: Basis,
    /// The catalog it is about.
    pub catalog: String,
    /// When its numbers were computed.
    pub generated_at: Timestamp,
    /// The only environment counted, if there was a filter.
    pub environment: Option<Environment>,
    /// The verdict: the worst of the alerts.
    pub status: Status,
    /// The main numbers.
    pub pulse: Pulse,
    /// Product activation by event; empty for catalogs without its events.
    pub project_health: Vec<Lifecycle>,
    /// Healthy milestones by health reports of the last 7 days; null when there are no reports.
    pub activation_rate: Option<f64>,
    /// Failed builds by health reports of the last 7 days; null when there are no reports.
    pub ci_failure_rate: Option<f64>,
    /// Signal buckets: the last 7 complete days and the 7 before.
    pub adoption: Vec<Bucket>,
    /// The most frequent events of the last 7 days, at most [`TOP_EVENTS`].
    pub events: Vec<EventCount>,
    /// Sources of the last 7 days.
    pub sources: Vec<Share>,
    /// Resolved actors of the last 7 days.
    pub actors: Vec<Share>,
    /// Events that failed in the last 7 days.
    pub failures: Vec<FailureCount>,
    /// How well it is known who is who.
    pub identity: Identity,
    /// The organisations with the most customer events in the last 7 days.
    pub organisations: Vec<Organisation>,
    /// What needs attention, by the last 7 days and by the age of the snapshots.
    pub alerts: Vec<Alert>,
    /// How fresh the baseline snapshots are.
    pub snapshots: Health,
}

/// The main numbers of a digest. "Last 7 days" ends with today; changes compare complete days.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pulse {
    /// Events of the last 7 days.
    pub total_7d: u64,
    /// The last 7 complete days against the 7 before; null when there were none.
    pub total_change_rate: Option<f64>,
    /// Customer events of the last 7 days.
    pub customer_7d: u64,
    /// The last 7 complete days against the 7 before; null when there were none.
    pub customer_change_rate: Option<f64>,
    /// Customer events of the last 7 days from the source `cli`.
    pub customer_cli_7d: u64,
    /// Customer events of the last 30 days from the source `cli`.
    pub customer_cli_30d: u64,
    /// Events of the last 30 days.
    pub total_30d: u64,
    /// Customer events of the last 30 days.
    pub customer_30d: u64,
    /// Installations active in the last 7 days.
    pub active_installs_7d: u64,
    /// Projects active in the last 7 days.
    pub active_projects_7d: u64,
    /// Organisations active in the last 7 days.
    pub active_orgs_7d: u64,
    /// Installations active in the last 30 days.
    pub active_installs_30d: u64,
    /// Projects active in the last 30 days.
    pub active_projects_30d: u64,
    /// Organisations active in the last 30 days.
    pub active_orgs_30d: u64,
    /// Failures of the last 7 days.
    pub failures_7d: u64,
    /// Failures of all events received in the last 7 days; null when there are none.
    pub failure_rate_7d: Option<f64>,
    /// Share of the last 7 days' events from environments other than production; null when there are none.
    pub outside_production_7d: Option<f64>,
    /// Share of the last 7 days' events that are not undecided; null when there are none.
    pub classification_coverage_7d: Option<f64>,
    /// Events dropped in the last 7 days.
    pub dropped_7d: u64,
    /// Events of the last 7 days that had been stored before.
    pub duplicates_7d: u64,
    /// Parts taken out of events in the last 7 days.
    pub stripped_7d: u64,
}

/// One step of a product's life, over time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lifecycle {
    /// The step.
    pub step: &'static str,
    /// How often in the last 7 days.
    pub last_7_days: u64,
    /// How often in the last 30 days.
    pub last_30_days: u64,
    /// How often in the last 30 days, by customers.
    pub customer_30_days: u64,
}

/// The reports that a digest is made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Reports {
    /// 7 days, everybody.
    pub week: Usage,
    /// 30 days, everybody.
    pub month: Usage,
    /// 30 days, customers only.
    pub customer_month: Usage,
    /// How fresh the kept reports are.
    pub health: Health,
    /// Where the reports come from.
    pub basis: Basis,
}

impl Digest {
    /// Computes the reports from the rollups and makes the digest as of `now`; kept reports only say how fresh they are.
    pub async fn read(
        store: &dyn Store,
        catalog: &Catalog,
        environment: Option<Environment>,
        thresholds: &Thresholds,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let query = |days, actor| Query {
            days,
            actor,
            environment,
            ..Query::default()
        };
        let queries = [
            query(7, None),
            query(30, None),
            query(30, Some(Actor::Customer)),
        ];
        let reports = Usage::read(store, catalog, &queries, thresholds, now).await?;
        let mut reports = reports.into_iter();
        let mut next = || reports.next().ok_or(StoreError::Unanswered);
        Ok(Self::of(&Reports {
            week: next()?,
            month: next()?,
            customer_month: next()?,
            health: Health::read(store.snapshots(), &catalog.id, now).await?,
            basis: Basis::Live,
        }))
    }

    /// The digest of these reports.
    pub fn of(reports: &Reports) -> Self {
        let Reports {
            week,
            month,
            customer_month,
            health,
            basis,
        } = reports;
        let mut alerts = week.alerts.clone();
        alerts.extend(health.alert());
        alerts.sort_by_key(|alert| alert.level);
        let activation = week.activation.as_ref();
        Self {
            sample: false,
            basis: *basis,
            catalog: week.catalog.clone(),
            generated_at: week.generated_at,
            environment: week.environment,
            status: status(&alerts),
            pulse: pulse(week, month),
            project_health: project_health(week, month, customer_month),
            activation_rate: activation.and_then(|activation| activation.activation_rate),
            ci_failure_rate: activation.and_then(|activation| activation.ci_failure_rate),
            adoption: week.buckets.clone(),
            events: week.events.iter().take(TOP_EVENTS).cloned().collect(),
            sources: week.sources.clone(),
            actors: week.actors.clone(),
            failures: week.failures.clone(),
            identity: week.identity.clone(),
            organisations: week.organisations.clone(),
            alerts,
            snapshots: health.clone(),
        }
    }

    /// A digest of made-up numbers, marked as such, to see what one looks like.
    pub fn sample(now: Timestamp) -> Self {
        Self {
            sample: true,
            ..Self::of(&sample::reports(now))
        }
    }

    /// The made-up report of 7 days that the sample is made from.
    pub(super) fn sample_week(now: Timestamp) -> Usage {
        sample::reports(now).week
    }

    /// What it is about, in a sentence or two.
    pub fn about(&self) -> String {
        let only = self
            .environment
            .map(|only| format!(", {} only", only.as_str()))
            .unwrap_or_default();
        format!(
            "Catalog {}, {} ({}{only}). \"7 days\" ends with today; changes compare complete days.",
            self.catalog,
            self.generated_at.strftime("%Y-%m-%d %H:%M UTC"),
            self.basis.as_str(),
        )
    }

    /// The digest as a message.
    pub fn message(&self) -> Message {
        let tone = match self.status {
            Status::Attention => Tone::Bad,
            Status::Watch => Tone::Watch,
            Status::Healthy => Tone::Good,
        };
        Message {
            kind: "ops.digest",
            title: "Telemetry digest".to_owned(),
            status: Some((tone, self.status.as_str().to_owned())),
            is_sample: self.sample,
            about: self.about(),
            alerts: self.alerts.iter().map(Note::from).collect(),
            sections: sections::of(self),
        }
    }
}

fn status(alerts: &[Alert]) -> Status {
    match alerts.iter().map(|alert| alert.level).min() {
        Some(Level::Critical) => Status::Attention,
        Some(Level::Warning) => Status::Watch,
        Some(Level::Info) | None => Status::Healthy,
    }
}

fn pulse(week: &Usage, month: &Usage) -> Pulse {
    let (now, before) = (&week.summary, &month.summary);
    Pulse {
        total_7d: now.total_events,
        total_change_rate: now.change_rate,
        customer_7d: now.customer_events,
        customer_change_rate: now.customer_change_rate,
        customer_cli_7d: customer_cli_events(week),
        customer_cli_30d: customer_cli_events(month),
        total_30d: before.total_events,
        customer_30d: before.customer_events,
        active_installs_7d: now.active_installs,
        active_projects_7d: now.active_projects,
        active_orgs_7d: now.active_orgs,
        active_installs_30d: before.active_installs,
        active_projects_30d: before.active_projects,
        active_orgs_30d: before.active_orgs,
        failures_7d: now.failures,
        failure_rate_7d: now.failure_rate,
        outside_production_7d: now.outside_production,
        classification_coverage_7d: now.classification_coverage,
        dropped_7d: week.intake.dropped,
        duplicates_7d: week.intake.duplicates,
        stripped_7d: week.intake.stripped,
    }
}

fn project_health(week: &Usage, month: &Usage, customers: &Usage) -> Vec<Lifecycle> {
    let steps = |usage: &Usage| usage.activation.as_ref().map(Activation::steps);
    let (Some(week), Some(month), Some(customers)) = (steps(week), steps(month), steps(customers))
    else {
        return Vec::new();
    };
    week.into_iter()
        .zip(month)
        .zip(customers)
        .map(|((week, month), customers)| Lifecycle {
            step: week.0,
            last_7_days: week.1,
            last_30_days: month.1,
            customer_30_days: customers.1,
        })
        .collect()
}
