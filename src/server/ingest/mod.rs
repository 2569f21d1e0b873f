//! The way in: one adapter a file, each from a client's words to entries in the log, and back to an answer.

mod body;
mod decantr;
mod reply;

use std::sync::Arc;

use axum::Router;
use axum::routing::post;

use crate::base::clock::Clock;
use crate::model::catalog::Catalog;
use crate::model::event::Validator;
use crate::model::protocol::EVENTS_PATH;
use crate::server::store::Store;

pub use reply::{Failure, json};

/// What every adapter needs.
#[derive(Clone)]
pub struct Ingest {
    validator: Arc<Validator>,
    store: Arc<dyn Store>,
    clock: Clock,
    bodies: body::Budget,
}

impl Ingest {
    /// Admits events of `catalog`, at most `retention_days` old, into `store`.
    pub fn new(
        catalog: Arc<Catalog>,
        retention_days: u32,
        store: Arc<dyn Store>,
        clock: Clock,
    ) -> Self {
        let validator = Validator::new(catalog, store.secrets().hmac_key, retention_days);
        Self {
            validator: Arc::new(validator),
            store,
            clock,
            bodies: body::Budget::default(),
        }
    }

    /// The routes of all adapters.
    pub fn routes(self) -> Router {
        Router::new()
            .route(EVENTS_PATH, post(decantr::events))
            .with_state(self)
    }
}
