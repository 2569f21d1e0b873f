//! The server's other answers: liveness, readiness, the key page, and JSON where there is nothing.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use serde::Serialize;

use crate::model::protocol::{KEY_PATH, KeyPage};
use crate::server::ingest::{Failure, json};
use crate::server::store::Store;

/// `GET`: 200 while the process answers at all.
pub const HEALTH_PATH: &str = "/v1/health";

/// `GET`: 200 while events can be stored, else 503.
pub const READY_PATH: &str = "/v1/ready";

/// The answer about liveness.
#[derive(Debug, Serialize)]
struct Health {
    status: &'static str,
    version: &'static str,
}

/// The answer about readiness.
#[derive(Debug, Serialize)]
struct Readiness {
    /// `ready`, `store_unreadable`, `store_closed` or `queue_full`.
    status: &'static str,
    /// Events waiting for the writer.
    queued: usize,
    /// The most that may wait.
    queue_limit: usize,
}

/// The routes that need the store only.
pub fn routes(store: Arc<dyn Store>) -> Router {
    Router::new()
        .route(HEALTH_PATH, get(health))
        .route(READY_PATH, get(ready))
        .route(KEY_PATH, get(key_page))
        .with_state(store)
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

async fn health() -> Response {
    let health = Health {
        status: "ok",
        version: env!("CARGO_PKG_VERSION"),
    };
    json(StatusCode::OK, &health)
}

async fn ready(State(store): State<Arc<dyn Store>>) -> Response {
    let load = store.load();
    let status = if !load.is_writable {
        "store_closed"
    } else if load.rows >= load.max_rows {
        "queue_full"
    } else if let Err(error) = store.check().await {
        tracing::warn!(%error, "not ready");
        "store_unreadable"
    } else {
        "ready"
    };
    let code = if status == "ready" {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let readiness = Readiness {
        status,
        queued: load.rows,
        queue_limit: load.max_rows,
    };
    json(code, &readiness).into_response()
}

async fn key_page(State(store): State<Arc<dyn Store>>) -> Response {
    json(StatusCode::OK, &KeyPage::of(&store.secrets().signing_key))
}
