//! The usage report: its numbers with their definitions, and how it is read from a store.
//!
//! Unless said otherwise a number counts *events of the window*, each as many times as its sample rate says (once when it was
//! not sampled), under the report's filters. A day is a UTC day, and an event belongs to the day on which it happened.

use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::code::{self, Code};
use super::identity::identity_days;
use super::{
    Activation, Alert, CustomerIdentity, Identity, Marketing, Organisation, Period, Thresholds,
    Trend, marketing,
};
use crate::base::ids::OpaqueId;
use crate::model::catalog::Catalog;
use crate::model::event::{Actor, Environment};
use crate::server::rollup::Day;
use crate::server::store::{Active, Days, FiguresQuery, Rollups, StoreError, UsageQuery};

/// What a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Query<'a> {
    /// How many days.
    pub days: u32,
    /// Only this actor.
    pub actor: Option<Actor>,
    /// Only this source.
    pub source: Option<&'a str>,
    /// Only this environment. Active identities are kept without it, so they are not filtered by it.
    pub environment: Option<Environment>,
    /// Only this organisation.
    pub org: Option<&'a OpaqueId>,
    /// How many of the most active customer identities to name; `None` does not look for them. To find them takes as long as there
    /// is activity, unlike all else.
    pub customers: Option<usize>,
}

impl Query<'_> {
    fn figures(&self, catalog: &Catalog, now: Timestamp) -> FiguresQuery {
        let today = Day::of(now);
        let period = Period::of(self.days, today);
        FiguresQuery {
            window: UsageQuery {
                catalog: (*catalog.id).to_owned(),
                days: period.window,
                actor: self.actor,
                source: self.source.map(str::to_owned),
                environment: self.environment,
                org: self.org.cloned(),
            },
            current: period.current,
            previous: period.previous,
            identity: identity_days(today),
            values: marketing::question(catalog),
            customers: self.customers,
        }
    }
}

/// The usage report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Usage {
    /// The catalog it is about.
    pub catalog: String,
    /// How many days it covers.
    pub days: u32,
    /// The only actor counted, if there was a filter.
    pub actor: Option<Actor>,
    /// The only source counted, if there was a filter.
    pub source: Option<String>,
    /// The only environment counted, if there was a filter.
    pub environment: Option<Environment>,
    /// The only organisation counted, if there was a filter.
    pub org: Option<OpaqueId>,
    /// When it was made.
    pub generated_at: Timestamp,
    /// The days that totals count: `days` days that end with today, so the last one is not complete.
    pub window: Span,
    /// The days that comparisons call current: `days` complete days that end with yesterday.
    pub current: Span,
    /// The days that comparisons call previous: the `days` complete days before.
    pub previous: Span,
    /// The totals.
    pub summary: Summary,
    /// The days of the window in order, also those without events.
    pub trends: Vec<Trend>,
    /// What became of everything received in the window.
    pub intake: Intake,
    /// Signal buckets in the catalog's order. An event counts in every bucket that its catalog entry names.
    pub buckets: Vec<Bucket>,
    /// Events, most frequent first, then by name.
    pub events: Vec<EventCount>,
    /// Sources, most frequent first, then by name.
    pub sources: Vec<Share>,
    /// Sources of the customer events, most frequent first, then by name; shares are of all customer events.
    pub customer_sources: Vec<Share>,
    /// Resolved actors, most frequent first, then by name.
    pub actors: Vec<Share>,
    /// Events that failed, most failures first, then by name.
    pub failures: Vec<FailureCount>,
    /// How well it is known who is who.
    pub identity: Identity,
    /// Top customers: the organisations with the most customer events, or events of the actor that was asked for, at most 10;
    /// their identities whatever environment they were active in.
    pub organisations: Vec<Organisation>,
    /// The customer identities with the most events, most active first, then by id; null when they were not asked for.
    pub customer_identities: Option<Vec<CustomerIdentity>>,
    /// Product activation; absent for catalogs without its events.
    pub activation: Option<Activation>,
    /// Marketing attribution, everybody's; absent for catalogs without its events.
    pub marketing: Option<Marketing>,
    /// What needs attention, worst first.
    pub alerts: Vec<Alert>,
}

/// A run of UTC days, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Span {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

impl From<Days> for Span {
    fn from(days: Days) -> Self {
        Self {
            from: days.from.date(),
            to: days.to.date(),
        }
    }
}

/// The totals of a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Events of the window.
    pub total_events: u64,
    /// Those whose resolved actor is `customer`.
    pub customer_events: u64,
    /// Different installations with at least one event in the window.
    pub active_installs: u64,
    /// Different projects with at least one event in the window.
    pub active_projects: u64,
    /// Different organisations with at least one event in the window.
    pub active_orgs: u64,
    /// Different accounts with at least one event in the window.
    pub active_users: u64,
    /// Different anonymous visitors with at least one event in the window.
    pub active_anonymous: u64,
    /// Different customer identities with at least one event in the window: of the ids of a customer's event its account, else its
    /// installation, else its project, else its anonymous visitor.
    pub active_customer_identities: u64,
    /// Events received that report a failure (`success` or `valid` is false, or `status` is `error`, `timeout` or `denied`);
    /// sample rates do not multiply them.
    pub failures: u64,
    /// Failures of all events received; null when there are none.
    pub failure_rate: Option<f64>,
    /// Share of events from environments other than production; null when there are none.
    pub outside_production: Option<f64>,
    /// Classification coverage: share of events that are not undecided, that is, whose ids a source, a flag, an alias or a link
    /// decides, or that have no id; null when there are none.
    pub classification_coverage: Option<f64>,
    /// Events of the current complete days.
    pub current_events: u64,
    /// Events of the complete days before.
    pub previous_events: u64,
    /// Current minus previous, of all events.
    pub delta: i64,
    /// Delta by previous; null when previous is 0.
    pub change_rate: Option<f64>,
    /// Customer events of the current complete days.
    pub current_customer_events: u64,
    /// Customer events of the complete days before.
    pub previous_customer_events: u64,
    /// Current minus previous, of customer events.
    pub customer_delta: i64,
    /// Customer delta by previous; null when previous is 0.
    pub customer_change_rate: Option<f64>,
}

/// What became of everything received in the window, by day of receipt. Filters do not apply: what was dropped has no actor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Intake {
    /// Events stored.
    pub accepted: u64,
    /// Events that had been stored before.
    pub duplicates: u64,
    /// Events dropped.
    pub dropped: u64,
    /// Dropped events of all that were received and were no duplicates; null when there are none.
    pub drop_rate: Option<f64>,
    /// Events that were told to come again because too much was waiting; each counts as often as it was told so.
    #[serde(default)]
    pub deferred: u64,
    /// Parts taken out of stored events; one event can lose several.
    pub stripped: u64,
    /// Stripped parts per stored event; null when there are none.
    pub strip_rate: Option<f64>,
    /// Dropped events by reason, most frequent first, then by code.
    pub drops: Vec<ReasonCount>,
    /// Stripped parts by cause, most frequent first, then by code.
    pub strips: Vec<ReasonCount>,
}

/// How often one reason applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReasonCount {
    /// The reason's code.
    #[serde(deserialize_with = "code::read")]
    pub reason: Code,
    /// How often.
    pub count: u64,
}

/// A signal bucket in comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Bucket {
    /// The bucket's key in the catalog.
    pub key: String,
    /// Its events in the window, today included.
    pub total: u64,
    /// Its events of the current complete days.
    pub current: u64,
    /// Its events of the complete days before.
    pub previous: u64,
    /// Current minus previous.
    pub delta: i64,
    /// Delta by previous; null when previous is 0.
    pub change_rate: Option<f64>,
}

/// One event by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EventCount {
    /// The event's name.
    pub name: String,
    /// How many in the window.
    pub events: u64,
    /// Those from customers.
    pub customer_events: u64,
    /// How many on the current complete days.
    pub current: u64,
    /// How many on the complete days before.
    pub previous: u64,
    /// Current minus previous.
    pub delta: i64,
    /// Delta by previous; null when previous is 0.
    pub change_rate: Option<f64>,
}

/// A part of all events of the window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Share {
    /// What is counted: a source or an actor.
    pub name: String,
    /// How many.
    pub events: u64,
    /// Of all events of the window, unless said otherwise.
    pub share: f64,
}

/// One event's failures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FailureCount {
    /// The event's name.
    pub name: String,
    /// How many of it were received; sample rates do not multiply them.
    pub events: u64,
    /// How many of these failed.
    pub failures: u64,
    /// Failures by events.
    pub failure_rate: f64,
}

impl Usage {
    /// Reads one report for each of `queries` about `catalog`, all as of `now` and of one moment of the rollups.
    pub async fn read(
        rollups: &dyn Rollups,
        catalog: &Catalog,
        queries: &[Query<'_>],
        thresholds: &Thresholds,
        now: Timestamp,
    ) -> Result<Vec<Self>, StoreError> {
        let questions = queries
            .iter()
            .map(|query| query.figures(catalog, now))
            .collect();
        let figures = rollups.figures(questions).await?;
        let reports = queries.iter().zip(&figures);
        Ok(reports
            .map(|(query, figures)| figures.report(catalog, *query, thresholds, now))
            .collect())
    }
}

impl Usage {
    /// Whether it leaves nobody out, so that it can be compared with what is known about everybody.
    pub(super) fn is_of_everybody(&self) -> bool {
        self.actor.is_none() && self.source.is_none() && self.org.is_none()
    }
}

impl Summary {
    /// The active identities, as the store counts them.
    pub(super) fn set_active(&mut self, active: Active) {
        let Active {
            installs,
            projects,
            anonymous,
            users,
            orgs,
            customers,
        } = active;
        self.active_installs = installs;
        self.active_projects = projects;
        self.active_anonymous = anonymous;
        self.active_customer_identities = customers;
        self.active_users = users;
        self.active_orgs = orgs;
    }
}
