//! Answers: JSON only, errors with a fixed code, nothing of what was sent.

use std::borrow::Cow;

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::model::outcome::Reason;
use crate::model::protocol::ErrorReply;
use crate::server::store::StoreError;

/// An answer of `status` with `value` as its JSON body.
pub fn json(status: StatusCode, value: &impl Serialize) -> Response {
    let (status, body) = serde_json::to_vec(value).map_or_else(
        |_| (StatusCode::INTERNAL_SERVER_ERROR, b"{}".to_vec()),
        |body| (status, body),
    );
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// A request that is not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    status: StatusCode,
    code: &'static str,
    detail: Cow<'static, str>,
}

impl Failure {
    /// An answer of `status` with a fixed `code` and what to do about it.
    pub fn new(
        status: StatusCode,
        code: &'static str,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
        }
    }

    /// 422: understood, but not taken, for `reason`.
    pub fn refused(reason: Reason, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, reason.code(), detail)
    }

    /// 503: too much at once; nothing was kept.
    pub fn overloaded() -> Self {
        let detail = "the server takes no more at the moment; try again";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", detail)
    }
}

/// Nothing that a store can say is the sender's fault: all of it is 503, so that well-behaved clients come again.
impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        if matches!(error, StoreError::Overloaded) {
            return Self::overloaded();
        }
        let detail = "the events could not be stored; try again later";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "store_unavailable", detail)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        tracing::debug!(status = self.status.as_u16(), code = self.code, "refused");
        let reply = ErrorReply {
            accepted: false,
            code: self.code.to_owned(),
            detail: self.detail.into_owned(),
        };
        let mut response = json(self.status, &reply);
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}
