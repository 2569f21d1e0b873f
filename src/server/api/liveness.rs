//! Liveness, readiness and the key page: open to everybody, and cheap.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use schemars::JsonSchema;
use serde::Serialize;

use super::Api;
use crate::model::protocol::{HEALTH_PATH, KEY_PATH, KeyPage, READY_PATH};
use crate::server::access::json;
use crate::server::describe::{Operation, Routes};

/// The routes.
pub(super) fn routes() -> Routes<Api> {
    let health = Operation::get("Whether the process lives").reply::<Health>(200, "It does.");
    let ready = Operation::get("Whether the server can take events")
        .reply::<Readiness>(200, "It can.")
        .reply::<Readiness>(503, "It cannot, and why.");
    let page = Operation::get("The public key by which receipts are signed")
        .reply::<KeyPage>(200, "The key.");
    Routes::new()
        .route(HEALTH_PATH, health.in_group("server"), self::health)
        .route(READY_PATH, ready.in_group("server"), self::ready)
        .route(KEY_PATH, page.in_group("server"), key_page)
}

/// The answer about liveness.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Liveness")]
struct Health {
    status: &'static str,
    version: &'static str,
}

/// The answer about readiness.
#[derive(Debug, Serialize, JsonSchema)]
struct Readiness {
    /// `ready`, `store_unreadable`, `store_closed` or `queue_full`.
    status: &'static str,
    /// Events waiting for the writer.
    queued: usize,
    /// The most that may wait.
    queue_limit: usize,
}

async fn health() -> Response {
    let health = Health {
        status: "ok",
        version: env!("CARGO_PKG_VERSION"),
    };
    json(StatusCode::OK, &health)
}

async fn ready(State(api): State<Api>) -> Response {
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

async fn key_page(State(api): State<Api>) -> Response {
    json(
        StatusCode::OK,
        &KeyPage::of(&api.store.secrets().signing_key),
    )
}
