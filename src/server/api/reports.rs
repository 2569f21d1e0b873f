//! Reports for operators over HTTP; their members keep the names that reports have everywhere.

use axum::extract::{Request, State};
use axum::response::Response;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::ask::{self, Asked, answer};
use super::{Api, activity, parameters};
use crate::base::ids::OpaqueId;
use crate::model::event::Actor;
use crate::model::protocol::{ATTRIBUTION_PATH, Scope, USAGE_PATH};
use crate::server::access::Failure;
use crate::server::describe::{Operation, Routes};
use crate::server::report::{Query, Span, Usage};
use crate::server::store::{ActivityQuery, Attributed, StoreError};

/// How many rows are listed unless more are asked for, and at most.
const ROWS: (usize, usize) = (100, 1_000);

/// The routes.
pub(super) fn routes() -> Routes<Api> {
    let asking = |operation: Operation| {
        operation
            .keyed(Some(Scope::Admin))
            .in_group("operators")
            .strict_query([
                parameters::days(),
                parameters::actor(),
                parameters::source(),
                parameters::org(),
                parameters::catalog(),
            ])
            .refuses(
                400,
                &[
                    "invalid_days",
                    "invalid_actor",
                    "invalid_source",
                    "invalid_catalog",
                ],
            )
            .refuses(404, &["unknown_org"])
    };
    let usage = asking(Operation::get("The usage report"))
        .parameter(parameters::environment())
        .refuses(400, &["invalid_environment"])
        .reply::<Usage>(200, "The report.");
    let attribution = asking(Operation::get(
        "Activity by organisation, project, source and actor",
    ))
    .parameter(parameters::limit(ROWS.1))
    .refuses(400, &["invalid_limit"])
    .reply::<Attribution>(200, "The rows.");
    Routes::new().route(USAGE_PATH, usage, self::usage).route(
        ATTRIBUTION_PATH,
        attribution,
        self::attribution,
    )
}

/// `GET /v1/admin/telemetry/usage`.
async fn usage(State(api): State<Api>, request: Request) -> Response {
    answer(try_usage(&api, request).await)
}

async fn try_usage(api: &Api, request: Request) -> Result<Usage, Failure> {
    let (head, _body) = request.into_parts();
    api.access.admit(&head, Some(Scope::Admin)).await?;
    let asked = Asked::of(
        &head,
        &["days", "actor", "source", "environment", "org", "catalog"],
    )?;
    let catalog = asked.catalog(&api.catalogs)?;
    let source = asked.source(catalog)?;
    let org = org_of(api, &asked).await?;
    let query = Query {
        days: asked.days()?,
        actor: asked.actor()?,
        source: source.as_deref(),
        environment: asked.environment()?,
        org: org.as_ref(),
        customers: None,
    };
    let now = api.clock.now();
    let reports = Usage::read(&*api.store, catalog, &[query], &api.thresholds, now).await?;
    let report = reports.into_iter().next();
    report.ok_or_else(|| StoreError::Unanswered.into())
}

/// The answer about attribution.
#[derive(Serialize, JsonSchema)]
struct Attribution {
    catalog: String,
    days: u32,
    actor: Option<Actor>,
    source: Option<String>,
    /// The id of the only organisation counted, if there was a filter.
    org: Option<OpaqueId>,
    generated_at: Timestamp,
    window: Span,
    rows: Vec<Attributed>,
}

/// `GET /v1/admin/telemetry/attribution`.
async fn attribution(State(api): State<Api>, request: Request) -> Response {
    answer(try_attribution(&api, request).await)
}

async fn try_attribution(api: &Api, request: Request) -> Result<Attribution, Failure> {
    let (head, _body) = request.into_parts();
    api.access.admit(&head, Some(Scope::Admin)).await?;
    let asked = Asked::of(
        &head,
        &["days", "actor", "source", "org", "catalog", "limit"],
    )?;
    let catalog = asked.catalog(&api.catalogs)?;
    let days = asked.days()?;
    let query = ActivityQuery {
        org: org_of(api, &asked).await?,
        actor: asked.actor()?,
        source: asked.source(catalog)?,
        ..activity(api, catalog, days, asked.limit(ROWS.0, ROWS.1)?)
    };
    let rows = api.store.identities().attribution(&query).await?;
    Ok(Attribution {
        days,
        actor: query.actor,
        generated_at: api.clock.now(),
        window: query.days.into(),
        catalog: query.catalog,
        source: query.source,
        org: query.org,
        rows,
    })
}

/// The id of the organisation whose short name is `org`.
async fn org_of(api: &Api, asked: &Asked) -> Result<Option<OpaqueId>, Failure> {
    match asked.get("org") {
        Some(slug) => Ok(Some(ask::org(api, slug).await?.name.id)),
        None => Ok(None),
    }
}
