//! The server's other answers: accounts, erasure, the operator's routes, liveness, and JSON where there is nothing.

mod account;
mod aliases;
mod ask;
mod emit;
mod forget;
mod forms;
mod liveness;
mod reports;
mod snapshots;
mod stats;
mod users;

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};

pub use forms::{AliasForm, CandidateForm};

use crate::base::clock::Clock;
use crate::model::catalog::Catalog;
use crate::model::protocol::{
    ALIASES_PATH, ATTRIBUTION_PATH, FORGET_PATH, HEALTH_PATH, KEY_PATH, LINK_PATH, ME_PATH,
    READY_PATH, SNAPSHOT_ATTRIBUTION_PATH, SNAPSHOT_HEALTH_PATH, SNAPSHOT_RUN_PATH,
    SNAPSHOT_USAGE_PATH, USAGE_PATH, USERS_PATH,
};
use crate::server::access::{Access, Catalogs, Failure, kept};
use crate::server::report::Thresholds;
use crate::server::rollup::Day;
use crate::server::store::{ActivityQuery, By, Days, Key, Store};

/// What the routes need.
#[derive(Clone)]
pub struct Api {
    /// The door.
    pub access: Arc<Access>,
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// The catalogs that reports are about.
    pub catalogs: Catalogs,
    /// Where the alerts of reports begin to apply.
    pub thresholds: Thresholds,
    /// The time.
    pub clock: Clock,
}

impl Api {
    /// The routes.
    pub fn routes(self) -> Router {
        let stats = stats::routes(&self);
        Router::new()
            .route(HEALTH_PATH, get(liveness::health))
            .route(READY_PATH, get(liveness::ready))
            .route(KEY_PATH, get(liveness::key_page))
            .route(ME_PATH, get(account::me))
            .route(LINK_PATH, post(account::link).delete(account::unlink))
            .route(FORGET_PATH, post(forget::forget))
            .route(&format!("{FORGET_PATH}/{{ticket}}"), get(forget::ticket))
            .route(
                ALIASES_PATH,
                get(aliases::list).put(aliases::set).delete(aliases::remove),
            )
            .route(SNAPSHOT_RUN_PATH, post(snapshots::run))
            .route(SNAPSHOT_USAGE_PATH, get(snapshots::usage))
            .route(SNAPSHOT_ATTRIBUTION_PATH, get(snapshots::attribution))
            .route(SNAPSHOT_HEALTH_PATH, get(snapshots::health))
            .route(USERS_PATH, axum::routing::delete(users::delete))
            .route(USAGE_PATH, get(reports::usage))
            .route(ATTRIBUTION_PATH, get(reports::attribution))
            .with_state(self)
            .merge(stats)
    }

    /// A change by the owner of `key`, now.
    fn by(&self, key: &Key) -> By {
        self.by_name(format!("key:{}", key.id))
    }

    fn by_name(&self, who: String) -> By {
        By {
            who,
            at: kept(self.clock.now()),
        }
    }
}

/// The activity of the last `days` days, today included.
fn activity(api: &Api, catalog: &Catalog, days: u32, limit: usize) -> ActivityQuery {
    ActivityQuery {
        catalog: (*catalog.id).to_owned(),
        days: Days::ending(Day::of(api.clock.now()), days),
        actor: None,
        source: None,
        org: None,
        limit,
    }
}

/// Answers for every path and method that no route has.
pub fn with_fallbacks(router: Router) -> Router {
    router
        .fallback(|| async {
            let detail = "there is nothing at this path";
            Failure::new(StatusCode::NOT_FOUND, "not_found", detail)
        })
        .method_not_allowed_fallback(|| async {
            let detail = "this path does not take this method";
            Failure::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
        })
}
