//! The weekly report out of PostHog: the forwarded events, counted there by `HogQL` and put through the same computation.
//!
//! What PostHog was not told stays unsaid: what was dropped at the door, who is undecided, the short names of organisations.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Basis, DAYS, Weekly};
use crate::base::ids::OpaqueId;
use crate::model::catalog::Catalog;
use crate::model::event::{Actor, Environment, Standing};
use crate::server::posthog::{Client, PostHogError, Table};
use crate::server::report::{Period, Query, TOP_CUSTOMERS, Thresholds, Usage, values_question};
use crate::server::rollup::{Counts, Day, IdentityKind};
use crate::server::store::{
    Active, CustomerActivity, DayRow, Days, Figures, IdentityFigures, MeasureRow, UsageRow, Values,
};

/// Events by day, name, source, environment and actor. An event that says itself whether it succeeded is believed; of others the
/// status tells.
const COUNTS: &str = "SELECT toString(toDate(toTimeZone(timestamp, 'UTC'))) AS day, event, \
    properties.decantr_source AS source, properties.decantr_environment AS environment, \
    properties.decantr_actor_type AS actor, count() AS events, \
    countIf(multiIf(isNotNull(properties.success), toString(properties.success) IN ('false', '0'), \
    isNotNull(properties.valid), toString(properties.valid) IN ('false', '0'), \
    properties.status IN ('error', 'timeout', 'denied'))) AS failures \
    FROM events WHERE properties.decantr_actor_type IS NOT NULL \
    AND timestamp >= toDateTime({from}, 'UTC') AND timestamp < toDateTime({until}, 'UTC') \
    GROUP BY day, event, source, environment, actor \
    ORDER BY day, event, source, environment, actor LIMIT 50000";

/// Different ids of the window.
const ACTIVE: &str = "SELECT count(DISTINCT properties.decantr_install_id) AS installs, \
    count(DISTINCT properties.decantr_project_id) AS projects, \
    count(DISTINCT properties.decantr_anonymous_id) AS anonymous, \
    count(DISTINCT properties.decantr_org_id) AS orgs, \
    count(DISTINCT if(startsWith(distinct_id, 'user_'), distinct_id, NULL)) AS users, \
    count(DISTINCT if(properties.decantr_actor_type = 'customer' AND NOT startsWith(distinct_id, 'service:'), distinct_id, NULL)) AS customers \
    FROM events WHERE properties.decantr_actor_type IS NOT NULL \
    AND timestamp >= toDateTime({from}, 'UTC') AND timestamp < toDateTime({until}, 'UTC') LIMIT 1";

/// The customer identities with the most events: the distinct id is the account, else the installation, the project, the
/// anonymous visitor.
const CUSTOMERS: &str = "SELECT distinct_id AS id, argMax(properties.decantr_org_id, timestamp) AS org, count() AS events, \
    toUnixTimestamp(max(timestamp)) AS last_seen \
    FROM events WHERE properties.decantr_actor_type = 'customer' AND NOT startsWith(distinct_id, 'service:') \
    AND timestamp >= toDateTime({from}, 'UTC') AND timestamp < toDateTime({until}, 'UTC') \
    GROUP BY id ORDER BY events DESC, id ASC LIMIT 10";

/// Events with a campaign or a landing path.
const ORIGINS: &str = "SELECT event, properties.attributionUtmCampaign AS campaign, \
    properties.attributionLandingPath AS path, count() AS events, \
    toString(toDate(toTimeZone(max(timestamp), 'UTC'))) AS last_day \
    FROM events WHERE properties.decantr_actor_type IS NOT NULL \
    AND (properties.attributionUtmCampaign IS NOT NULL OR properties.attributionLandingPath IS NOT NULL) \
    AND timestamp >= toDateTime({from}, 'UTC') AND timestamp < toDateTime({until}, 'UTC') \
    GROUP BY event, campaign, path ORDER BY event, campaign, path LIMIT 50000";

#[derive(Deserialize)]
struct CountRow {
    day: Date,
    event: String,
    source: String,
    environment: String,
    actor: String,
    events: u64,
    failures: u64,
}

#[derive(Deserialize)]
struct ActiveRow {
    installs: u64,
    projects: u64,
    anonymous: u64,
    orgs: u64,
    users: u64,
    customers: u64,
}

#[derive(Deserialize)]
struct CustomerRow {
    id: String,
    org: Option<String>,
    events: u64,
    last_seen: i64,
}

#[derive(Deserialize)]
struct OriginRow {
    event: String,
    campaign: Option<String>,
    path: Option<String>,
    events: u64,
    last_day: Date,
}

impl Weekly {
    /// Asks PostHog and makes the memo as of `now`.
    ///
    /// # Errors
    /// When PostHog does not answer, refuses, or holds rows back.
    pub async fn from_posthog(
        client: &Client,
        catalog: &Catalog,
        thresholds: &Thresholds,
        now: Timestamp,
    ) -> Result<Self, PostHogError> {
        let period = Period::of(DAYS, Day::of(now));
        let all = Days {
            from: period.previous.from,
            to: period.window.to,
        };
        let counts = ask(client, "decantr_weekly_counts", COUNTS, all).await?;
        let mut counts: Vec<CountRow> = counts.typed()?;
        counts.retain(|row| catalog.event(&row.event).is_some());
        let active = ask(client, "decantr_weekly_active", ACTIVE, period.window).await?;
        let customers = ask(client, "decantr_weekly_customers", CUSTOMERS, period.window).await?;
        let origins = ask(client, "decantr_weekly_origins", ORIGINS, period.window).await?;
        // There may be more customers than are named.
        let customers = Table {
            has_more: false,
            ..customers
        };
        let figures = Figures {
            window: usage(&counts, period.window),
            daily: daily(&counts, period.window),
            current: usage(&counts, period.current),
            previous: usage(&counts, period.previous),
            active: active
                .typed()?
                .first()
                .map_or_else(Active::default, active_of),
            outcomes: Vec::new(),
            identity: IdentityFigures::default(),
            organisations: Vec::new(),
            customers: Some(customers.typed()?.iter().filter_map(customer).collect()),
            values: values(catalog, &counts, &origins.typed()?, period.window),
        };
        let query = Query {
            days: DAYS,
            customers: Some(TOP_CUSTOMERS),
            ..Query::default()
        };
        let mut week: Usage = figures.report(catalog, query, thresholds, now);
        week.summary.classification_coverage = None;
        Ok(Self::of(&week, Basis::PostHog))
    }
}

async fn ask(client: &Client, name: &str, sql: &str, days: Days) -> Result<Table, PostHogError> {
    let start = |day: Day| Value::from(format!("{} 00:00:00", day.date()));
    let values = Map::from_iter([
        ("from".to_owned(), start(days.from)),
        ("until".to_owned(), start(days.to.plus(1))),
    ]);
    client.query(name, sql, &values).await
}

fn counts(row: &CountRow) -> Counts {
    Counts {
        events: row.events,
        weight: weight(row.events),
        failures: row.failures,
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a count of events of a week is far below 2^53"
)]
fn weight(events: u64) -> f64 {
    events as f64
}

fn day_of(date: Date) -> Day {
    let start = date.to_zoned(TimeZone::UTC);
    start.map_or(Day(0), |start| Day::of(start.timestamp()))
}

fn within(rows: &[CountRow], days: Days) -> impl Iterator<Item = (Day, &CountRow)> {
    let rows = rows.iter().map(|row| (day_of(row.day), row));
    rows.filter(move |(day, _)| (days.from..=days.to).contains(day))
}

fn usage(rows: &[CountRow], days: Days) -> Vec<UsageRow> {
    let rows = within(rows, days).map(|(_, row)| UsageRow {
        event: row.event.clone(),
        source: row.source.clone(),
        environment: Environment::parse(&row.environment).unwrap_or(Environment::Production),
        actor: Actor::parse(&row.actor).unwrap_or(Actor::Service),
        standing: Standing::Decided,
        counts: counts(row),
    });
    rows.collect()
}

fn daily(rows: &[CountRow], days: Days) -> Vec<DayRow> {
    let rows = within(rows, days).map(|(day, row)| {
        let is_customer = row.actor == Actor::Customer.as_str();
        DayRow {
            day,
            event: row.event.clone(),
            counts: counts(row),
            customers: if is_customer { weight(row.events) } else { 0.0 },
        }
    });
    rows.collect()
}

fn active_of(row: &ActiveRow) -> Active {
    Active {
        installs: row.installs,
        projects: row.projects,
        anonymous: row.anonymous,
        users: row.users,
        orgs: row.orgs,
        customers: row.customers,
    }
}

/// An identity of ours; what else somebody may have sent to PostHog is passed over.
fn customer(row: &CustomerRow) -> Option<CustomerActivity> {
    let prefix = row.id.split('_').next().unwrap_or_default();
    Some(CustomerActivity {
        id: OpaqueId::parse(&row.id).ok()?,
        kind: match prefix {
            "user" => IdentityKind::User,
            "inst" | "install" => IdentityKind::Install,
            "proj" | "project" => IdentityKind::Project,
            _ => IdentityKind::Anonymous,
        },
        org: row.org.as_ref().and_then(|org| OpaqueId::parse(org).ok()),
        org_slug: None,
        events: row.events,
        last_seen: Timestamp::from_second(row.last_seen).ok()?,
    })
}

/// Campaigns and landing paths, in the places where the report asks for them.
fn values(catalog: &Catalog, rows: &[CountRow], origins: &[OriginRow], days: Days) -> Values {
    let asked = values_question(catalog).events;
    let all = within(rows, days).filter(|(_, row)| asked.contains(&row.event));
    let all = all.map(|(day, row)| MeasureRow {
        day: None,
        event: row.event.clone(),
        value: String::new(),
        counts: counts(row),
        last_day: day,
    });
    let by = |value: fn(&OriginRow) -> Option<&String>| {
        let known = origins.iter().filter(|row| asked.contains(&row.event));
        let rows = known.filter_map(|row| {
            Some(MeasureRow {
                day: None,
                event: row.event.clone(),
                value: value(row)?.clone(),
                counts: Counts {
                    events: row.events,
                    weight: weight(row.events),
                    failures: 0,
                },
                last_day: day_of(row.last_day),
            })
        });
        rows.collect::<Vec<_>>()
    };
    Values {
        all: all.collect(),
        dimensions: vec![by(|row| row.campaign.as_ref()), by(|row| row.path.as_ref())],
    }
}
