//! The way in: one adapter a file, each from a client's words to entries in the log, and back to an answer.
//!
//! A route is bound to one catalog. Below `/catalogs/{id}` stand the routes of each catalog that is served, so that a client's
//! endpoint can name it; at the root, each route is bound to the catalog that its clients mean.

mod decantr;
mod drift;
mod feedback;
mod intake;
mod posthog;
mod track;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use jiff::Timestamp;

use crate::base::clock::Clock;
use crate::model::event::{Environment, RawValue, Rejection, Validator};
use crate::model::outcome::Outcome;
use crate::model::protocol::SingleReply;
use crate::server::access::{Access, Bodies, Catalogs, Failure, Received, json, note};
use crate::server::describe::Routes;
use crate::server::rollup::DRIFT;
use crate::server::store::{Append, Key, Store, StoreError};
use intake::Intake;

/// Below this and the id of a catalog are the routes that are bound to it.
pub const CATALOGS_PATH: &str = "/catalogs";

/// The catalog that clients of `/v1/track` mean, where it is served.
const CONVERSATIONS: &str = "conversations";

/// What an adapter needs, bound to one catalog.
#[derive(Clone)]
struct Ingest {
    validator: Arc<Validator>,
    store: Arc<dyn Store>,
    access: Arc<Access>,
    clock: Clock,
    /// Where the programs of clients run that cannot say it themselves.
    environment: Environment,
}

/// A request that was let in, with its body as it was sent.
struct Arrived {
    /// Method, path, query and headers.
    head: Parts,
    /// The body, which is not inflated yet.
    body: Received,
    /// The key it came with.
    key: Option<Key>,
    /// When.
    now: Timestamp,
}

/// The routes of all adapters: those that `access` lets in put what the catalogs admit into `store`.
pub fn routes(
    catalogs: &Catalogs,
    access: &Arc<Access>,
    store: &Arc<dyn Store>,
    clock: &Clock,
    environment: Environment,
) -> Routes {
    let bound_to = |validator: &Arc<Validator>| Ingest {
        validator: Arc::clone(validator),
        store: Arc::clone(store),
        access: Arc::clone(access),
        clock: clock.clone(),
        environment,
    };
    let main = catalogs.main();
    let conversations = catalogs.find(CONVERSATIONS).unwrap_or(main);
    let root = decantr::routes()
        .with_state(bound_to(main))
        .merge(posthog::routes().with_state(bound_to(main)))
        .merge(track::routes().with_state(bound_to(conversations)));
    let drift_routes = || drift::routes().merge(feedback::routes());
    let root = match catalogs.find(DRIFT) {
        Some(drift) => root.merge(drift_routes().with_state(bound_to(drift))),
        None => root,
    };
    catalogs.iter().fold(root, |routes, validator| {
        let id = &*validator.catalog().id;
        let below = format!("{CATALOGS_PATH}/{id}");
        let mut own = decantr::routes()
            .merge(posthog::routes())
            .merge(track::routes());
        if id == DRIFT {
            own = own.merge(drift_routes());
        }
        routes.nest(&below, own.with_state(bound_to(validator)))
    })
}

impl Ingest {
    /// Lets a request in and reads its body, of at most `limit` bytes.
    ///
    /// # Errors
    /// As [`Access::admit_events`] and [`Bodies::read`].
    async fn receive(&self, request: Request, limit: usize) -> Result<Arrived, Failure> {
        let (head, body) = request.into_parts();
        let admitted = self.access.admit_events(&head).await;
        self.arrived(head, body, admitted, limit).await
    }

    /// Reads the body of a request that was let in.
    async fn arrived(
        &self,
        head: Parts,
        body: Body,
        admitted: Result<Option<Key>, Failure>,
        limit: usize,
    ) -> Result<Arrived, Failure> {
        let key = match admitted {
            Ok(key) => key,
            Err(failure) => {
                Bodies::pass_over(body);
                return Err(failure);
            }
        };
        let body = self.access.bodies.read(body, limit).await?;
        let now = self.clock.now();
        Ok(Arrived {
            head,
            body,
            key,
            now,
        })
    }

    /// Keeps and counts what was judged; tells what became of the entries, in their order, after the commit.
    ///
    /// # Errors
    /// 503 when nothing of it was kept; the sender may come again.
    async fn keep(&self, append: Append) -> Result<Vec<Outcome>, Failure> {
        let expected = append.entries.len();
        let drops = append.drops.clone();
        let outcomes = self.store.append(append).await?;
        note(&drops, &outcomes);
        if outcomes.len() != expected {
            return Err(StoreError::Unanswered.into());
        }
        Ok(outcomes)
    }

    /// The source of an event whose client cannot say it: the first that may send an event of this name.
    fn first_source(&self, name: Option<&RawValue<'_>>) -> Option<&str> {
        let Some(RawValue::Text(name)) = name else {
            return None;
        };
        let spec = self.validator.catalog().event(name)?;
        spec.sources.first().map(|source| &**source)
    }
}

/// The answer about a request's only event, as it was judged and then kept.
///
/// # Errors
/// 422 with the reason when it was dropped.
fn single(judged: Result<(), Rejection>, outcomes: &[Outcome]) -> Result<Response, Failure> {
    judged.map_err(|rejection| Failure::refused(rejection.reason, rejection.detail))?;
    if let Some(reason) = outcomes.first().and_then(|outcome| outcome.reason()) {
        let detail = "the owner of an id in it asked to be forgotten";
        return Err(Failure::refused(reason, detail));
    }
    let reply = SingleReply {
        accepted: true,
        duplicate: outcomes.first() == Some(&Outcome::Duplicate),
        code: None,
        detail: None,
    };
    Ok(json(StatusCode::ACCEPTED, &reply))
}
