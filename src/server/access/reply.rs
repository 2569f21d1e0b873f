//! Answers: JSON only, errors with a fixed code, nothing of what was sent.

use std::borrow::Cow;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::base::error;
use crate::model::outcome::Reason;
use crate::model::protocol::{ErrorReply, Scope};
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

/// The code of a refusal, beside its answer, for those who count.
#[derive(Debug, Clone, Copy)]
pub struct Code(pub &'static str);

/// A request that is not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    status: StatusCode,
    code: &'static str,
    detail: Cow<'static, str>,
    /// After how many seconds to come again.
    retry_after: Option<u64>,
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
            retry_after: None,
        }
    }

    /// 400: a request that says something it cannot mean.
    pub fn bad(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 401: no key, or none that holds. Which of these it is, nobody is told.
    pub fn unknown_key() -> Self {
        let detail =
            "this needs an API key that holds; log in again, or ask the operator for another";
        Self::new(StatusCode::UNAUTHORIZED, "unknown_key", detail)
    }

    /// 403: a key that holds, but not for this.
    pub fn missing_scope(scope: Scope) -> Self {
        let detail = format!("the API key is not for this; it lacks the scope {scope}");
        Self::forbidden("missing_scope", detail)
    }

    /// 403: not for this key.
    pub fn forbidden(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, detail)
    }

    /// 429: too often; `wait` is how long until there is room again.
    pub fn rate_limited(wait: Duration) -> Self {
        let detail = "too many requests; wait as long as Retry-After says";
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        Self {
            retry_after: Some(seconds.max(1)),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", detail)
        }
    }

    /// 422: understood, but not taken, for `reason`.
    pub fn refused(reason: Reason, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, reason.code(), detail)
    }

    /// 503: too much at once; nothing was kept.
    pub fn overloaded() -> Self {
        let detail = "the server takes no more at the moment; try again";
        Self::unavailable("overloaded", detail)
    }

    fn unavailable(code: &'static str, detail: &'static str) -> Self {
        Self {
            retry_after: Some(1),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail)
        }
    }
}

/// Nothing that a store can say is the sender's fault, except that an id is gone for good: all else is 503, so that well-behaved
/// clients come again.
impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        if matches!(error, StoreError::Overloaded) {
            return Self::overloaded();
        }
        if let StoreError::Forgotten { .. } = error {
            let detail =
                "the owner of an id asked to be forgotten; nothing can be said about it any more";
            return Self::new(StatusCode::CONFLICT, "forgotten", detail);
        }
        tracing::debug!(
            error = error::chain(&error),
            "the store did not do what was asked"
        );
        let detail = "the store cannot be used at the moment; try again later";
        Self::unavailable("store_unavailable", detail)
    }
}

impl Failure {
    /// The answer, with a body of the code and the detail in another form than ours.
    pub fn into_response_as<T: Serialize>(self, form: impl FnOnce(&str, &str) -> T) -> Response {
        tracing::debug!(status = self.status.as_u16(), code = self.code, "refused");
        let mut response = json(self.status, &form(self.code, &self.detail));
        response.extensions_mut().insert(Code(self.code));
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        if self.status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(WWW_AUTHENTICATE, scheme);
        }
        response
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        self.into_response_as(|code, detail| ErrorReply {
            accepted: false,
            code: code.to_owned(),
            detail: detail.to_owned(),
        })
    }
}
