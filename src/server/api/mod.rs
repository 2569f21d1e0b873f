//! The server's other answers: accounts, erasure, the operator's routes, liveness, and JSON where there is nothing.

mod account;
mod aliases;
mod ask;
mod emit;
mod forget;
mod forms;
mod liveness;
mod openapi;
mod parameters;
mod reports;
mod snapshots;
mod stats;
mod users;

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;

pub use forms::{AliasForm, CandidateForm};

use crate::base::clock::Clock;
use crate::model::catalog::Catalog;
use crate::server::access::{Access, Catalogs, Failure, kept};
use crate::server::describe::Routes;
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
    pub fn routes(self) -> Routes {
        let stats = stats::routes(&self);
        let all = liveness::routes()
            .merge(account::routes())
            .merge(forget::routes())
            .merge(aliases::routes())
            .merge(snapshots::routes())
            .merge(users::routes())
            .merge(reports::routes());
        all.with_state(self).merge(stats)
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

/// The router of all routes, which tells at `/openapi.json` of each of them, and answers for every path and method that none has.
pub fn router(routes: Routes, catalogs: &Catalogs) -> Router {
    let (page, document) = openapi::routes();
    let served = catalogs.iter().map(|validator| validator.catalog());
    let (made, described) = routes.merge(page).finish(served);
    document.write(&described);
    made.fallback(|| async {
        let detail = "there is nothing at this path";
        Failure::new(StatusCode::NOT_FOUND, "not_found", detail)
    })
    .method_not_allowed_fallback(|| async {
        let detail = "this path does not take this method";
        Failure::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
    })
}
