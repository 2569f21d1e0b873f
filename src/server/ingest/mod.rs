//! The way in: one adapter a file, each from a client's words to entries in the log, and back to an answer.

mod decantr;

use std::sync::Arc;

use axum::Router;
use axum::routing::post;

use crate::base::clock::Clock;
use crate::model::event::Validator;
use crate::model::protocol::EVENTS_PATH;
use crate::server::access::Access;
use crate::server::store::Store;

/// What every adapter needs.
#[derive(Clone)]
pub struct Ingest {
    validator: Arc<Validator>,
    store: Arc<dyn Store>,
    access: Arc<Access>,
    clock: Clock,
}

impl Ingest {
    /// Admits events that `validator` admits and `access` lets in, into `store`.
    pub fn new(
        validator: Arc<Validator>,
        access: Arc<Access>,
        store: Arc<dyn Store>,
        clock: Clock,
    ) -> Self {
        Self {
            validator,
            store,
            access,
            clock,
        }
    }

    /// The routes of all adapters.
    pub fn routes(self) -> Router {
        Router::new()
            .route(EVENTS_PATH, post(decantr::events))
            .with_state(self)
    }
}
