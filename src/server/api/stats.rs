//! `GET /v1/stats`: the public numbers, for anybody.
//!
//! They are of completed days, so they hardly change: what was computed is told again for [`FRESH`], however many ask, and one
//! question at a time goes to the store.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use jiff::SignedDuration;
use tokio::sync::Mutex;

use super::Api;
use super::ask::answer;
use crate::model::event::Validator;
use crate::model::protocol::STATS_PATH;
use crate::server::access::Failure;
use crate::server::describe::{Operation, Routes};
use crate::server::ingest::CATALOGS_PATH;
use crate::server::report::Public;
use crate::server::rollup::{DRIFT, Day};
use crate::server::store::StoreError;

/// For how long an answer holds.
const FRESH: SignedDuration = SignedDuration::from_mins(10);

/// The numbers of one catalog.
#[derive(Clone)]
struct Stats {
    api: Api,
    catalog: Arc<str>,
    /// What was told last.
    told: Arc<Mutex<Option<Arc<Public>>>>,
}

/// The routes: at the root for drift where that is served, else for the main catalog, and below each catalog's own path.
pub(super) fn routes(api: &Api) -> Routes {
    let bound_to = |validator: &Validator| Stats {
        api: api.clone(),
        catalog: Arc::clone(&validator.catalog().id),
        told: Arc::default(),
    };
    let catalogs = &api.catalogs;
    let meant = catalogs.find(DRIFT).unwrap_or(catalogs.main());
    let own = |validator: &Validator| {
        let operation = Operation::get("The public numbers of the last 30 days")
            .in_group("statistics")
            .key_welcome()
            .reply::<Public>(200, "The numbers.");
        let routes = Routes::new().route(STATS_PATH, operation, stats);
        routes.with_state(bound_to(validator))
    };
    let all = catalogs.iter().fold(own(meant), |routes, validator| {
        let below = format!("{CATALOGS_PATH}/{}", validator.catalog().id);
        routes.nest(&below, own(validator))
    });
    all.open_to_browsers()
}

async fn stats(State(stats): State<Stats>, request: Request) -> Response {
    answer(stats.numbers(request).await)
}

impl Stats {
    async fn numbers(self, request: Request) -> Result<Arc<Public>, Failure> {
        let (head, _body) = request.into_parts();
        self.api.access.admit_anybody(&head).await?;
        // A task of its own: who asks and hangs up must not be able to have it computed many times at once.
        let computing = tokio::spawn(async move { self.fresh().await });
        computing
            .await
            .unwrap_or_else(|_ended| Err(StoreError::Unanswered))
            .map_err(Failure::from)
    }

    async fn fresh(&self) -> Result<Arc<Public>, StoreError> {
        let mut told = self.told.lock().await;
        let now = self.api.clock.now();
        if let Some(public) = &*told {
            let at = public.generated_at;
            let age = now.duration_since(at);
            if Day::of(now) == Day::of(at) && (SignedDuration::ZERO..FRESH).contains(&age) {
                return Ok(Arc::clone(public));
            }
        }
        let public = Public::read(&*self.api.store, &self.catalog, now).await?;
        let public = Arc::new(public);
        *told = Some(Arc::clone(&public));
        Ok(public)
    }
}
