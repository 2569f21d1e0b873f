//! Snapshots over HTTP: made on demand, read as they were made, and how fresh they are.

use axum::extract::{Request, State};
use axum::response::Response;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;

use super::ask::{Asked, answer};
use super::{Api, parameters};
use crate::model::event::Actor;
use crate::model::protocol::{
    SNAPSHOT_ATTRIBUTION_PATH, SNAPSHOT_HEALTH_PATH, SNAPSHOT_RUN_PATH, SNAPSHOT_USAGE_PATH,
};
use crate::server::access::Failure;
use crate::server::describe::{Operation, Routes};
use crate::server::jobs::health::Health;
use crate::server::jobs::snapshot;
use crate::server::report::Usage;
use crate::server::store::{Attributed, Snapshot, StoreError};

/// A kept report.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KeptReport")]
struct Kept {
    date: jiff::civil::Date,
    days: u32,
    actor: Option<Actor>,
    source: Option<String>,
    made_at: Timestamp,
    /// The report, member for member as it was kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Usage>")]
    usage: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<Attributed>>")]
    rows: Option<Box<RawValue>>,
}

/// The answer with kept reports.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KeptReports")]
struct Listed {
    catalog: String,
    snapshots: Vec<Kept>,
}

/// The routes.
pub(super) fn routes() -> Routes<Api> {
    let of_catalog = |operation: Operation| {
        operation
            .keyed_for_snapshots()
            .in_group("snapshots")
            .strict_query([parameters::catalog()])
            .refuses(400, &["invalid_catalog"])
    };
    let kept = |operation: Operation| {
        of_catalog(operation)
            .parameter(parameters::days())
            .parameter(parameters::actor())
            .refuses(400, &["invalid_days", "invalid_actor"])
            .reply::<Listed>(200, "The newest of each.")
    };
    let run = of_catalog(Operation::post("Makes and keeps the baseline reports"))
        .reply::<Health>(200, "They are kept.");
    let usage = kept(Operation::get("Kept usage reports"));
    let attribution = kept(Operation::get(
        "Kept activity by organisation, project, source and actor",
    ));
    let health = of_catalog(Operation::get("How fresh the kept reports are"))
        .reply::<Health>(200, "Each with its age.");
    Routes::new()
        .route(SNAPSHOT_RUN_PATH, run, self::run)
        .route(SNAPSHOT_USAGE_PATH, usage, self::usage)
        .route(SNAPSHOT_ATTRIBUTION_PATH, attribution, self::attribution)
        .route(SNAPSHOT_HEALTH_PATH, health, self::health)
}

async fn run(State(api): State<Api>, request: Request) -> Response {
    answer(try_run(&api, request).await)
}

async fn try_run(api: &Api, request: Request) -> Result<Health, Failure> {
    let (head, _body) = request.into_parts();
    api.access.admit_to_snapshots(&head).await?;
    let asked = Asked::of(&head, &["catalog"])?;
    let (catalog, now) = (asked.catalog(&api.catalogs)?, api.clock.now());
    let taken = snapshot::compute(&*api.store, catalog, &api.thresholds, now).await?;
    snapshot::keep(&*api.store, &taken).await?;
    Ok(Health::read(api.store.snapshots(), &catalog.id, now).await?)
}

async fn health(State(api): State<Api>, request: Request) -> Response {
    answer(try_health(&api, request).await)
}

async fn try_health(api: &Api, request: Request) -> Result<Health, Failure> {
    let (head, _body) = request.into_parts();
    api.access.admit_to_snapshots(&head).await?;
    let catalog = Asked::of(&head, &["catalog"])?.catalog(&api.catalogs)?;
    Ok(Health::read(api.store.snapshots(), &catalog.id, api.clock.now()).await?)
}

async fn usage(State(api): State<Api>, request: Request) -> Response {
    let parts = |snapshot: &Snapshot| (Some(snapshot.usage.clone()), None);
    answer(kept(&api, request, parts).await)
}

async fn attribution(State(api): State<Api>, request: Request) -> Response {
    let parts = |snapshot: &Snapshot| (None, Some(snapshot.attribution.clone()));
    answer(kept(&api, request, parts).await)
}

/// The newest reports, of all questions or of those asked for.
async fn kept(
    api: &Api,
    request: Request,
    parts: impl Fn(&Snapshot) -> (Option<String>, Option<String>),
) -> Result<Listed, Failure> {
    let (head, _body) = request.into_parts();
    api.access.admit_to_snapshots(&head).await?;
    let asked = Asked::of(&head, &["days", "actor", "catalog"])?;
    let catalog = asked.catalog(&api.catalogs)?;
    let days = asked.get("days").map(|_| asked.days()).transpose()?;
    let actor = asked.actor()?;
    let latest = api.store.snapshots().latest_snapshots(&catalog.id).await?;
    let wanted = latest.iter().filter(|snapshot| {
        days.is_none_or(|days| days == snapshot.days)
            && (actor.is_none() || actor == snapshot.actor)
    });
    let snapshots = wanted.map(|snapshot| {
        let (usage, rows) = parts(snapshot);
        Ok(Kept {
            date: snapshot.day.date(),
            days: snapshot.days,
            actor: snapshot.actor,
            source: snapshot.source.clone(),
            made_at: snapshot.made_at,
            usage: usage.map(raw).transpose()?,
            rows: rows.map(raw).transpose()?,
        })
    });
    Ok(Listed {
        catalog: (*catalog.id).to_owned(),
        snapshots: snapshots.collect::<Result<_, Failure>>()?,
    })
}

/// What was kept as JSON, as JSON.
fn raw(text: String) -> Result<Box<RawValue>, Failure> {
    RawValue::from_string(text).map_err(|_damaged| StoreError::Unanswered.into())
}
