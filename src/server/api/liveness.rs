//! Liveness, readiness and the key page: open to everybody, and cheap.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use super::Api;
use crate::model::protocol::KeyPage;
use crate::server::access::json;

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

pub(super) async fn health() -> Response {
    let health = Health {
        status: "ok",
        version: env!("CARGO_PKG_VERSION"),
    };
    json(StatusCode::OK, &health)
}

pub(super) async fn ready(State(api): State<Api>) -> Response {
    let store = &api.store;
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

pub(super) async fn key_page(State(api): State<Api>) -> Response {
    json(
        StatusCode::OK,
        &KeyPage::of(&api.store.secrets().signing_key),
    )
}
