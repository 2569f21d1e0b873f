//! `GET /openapi.json`: what the server takes and answers, for programs.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use crate::model::protocol::OPENAPI_PATH;
use crate::server::describe::{Content, Operation, Routes};

/// The document, once it is written; it tells of its own route, too.
type Written = std::sync::Arc<std::sync::OnceLock<Bytes>>;

/// The route, and where the document is put.
pub(super) fn routes() -> (Routes, Document) {
    let document = Document::default();
    let operation = Operation::get("This document (OpenAPI 3.1)")
        .in_group("server")
        .reply_with(
            200,
            "The document.",
            [Content::json(json!({ "type": "object" }))],
        );
    let routes = Routes::new().route(OPENAPI_PATH, operation, page);
    (routes.with_state(Written::clone(&document.0)), document)
}

/// Where the document is put.
#[derive(Default)]
pub(super) struct Document(Written);

impl Document {
    /// Puts it there.
    pub(super) fn write(&self, document: &Value) {
        self.0.get_or_init(|| document.to_string().into());
    }
}

async fn page(State(written): State<Written>) -> Response {
    let document = written.get().cloned().unwrap_or_default();
    ([(CONTENT_TYPE, "application/json")], document).into_response()
}
