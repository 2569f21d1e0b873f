//! What the newer capture protocol asks of the head of a request (PostHog/posthog `rust/capture/src/v1/context.rs`@0deb9c9).

use axum::http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use uuid::Uuid;

use crate::server::access::{Failure, bearer_token, project_token};

/// Names a request, the same for all its tries; the answer repeats it.
pub(super) const REQUEST_ID: &str = "posthog-request-id";

/// Counts the tries, from 1.
const ATTEMPT: &str = "posthog-attempt";

/// When the request was sent, by its sender's clock.
const REQUEST_TIMESTAMP: &str = "posthog-request-timestamp";

/// The headers that must be there beside `Authorization`. Of two of them nothing is read: who sends is not stored.
const REQUIRED: [&str; 6] = [
    "content-type",
    "user-agent",
    "posthog-sdk-info",
    ATTEMPT,
    REQUEST_ID,
    REQUEST_TIMESTAMP,
];

/// A head that is as it should be.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head<'a> {
    /// The project token.
    pub(super) token: &'a str,
    /// When the request was sent, by its sender's clock.
    pub(super) sent_at: Timestamp,
    /// Whether the body is said to be deflate.
    pub(super) is_deflate: bool,
}

impl<'a> Head<'a> {
    /// Reads a head.
    ///
    /// # Errors
    /// 401 for the token, 415 for the type and the encoding of the body, 400 for all else.
    pub(super) fn read(headers: &'a HeaderMap) -> Result<Self, Failure> {
        let unauthorized =
            |detail| Failure::new(StatusCode::UNAUTHORIZED, "invalid_api_token", detail);
        if !headers.contains_key(AUTHORIZATION) {
            return Err(unauthorized("Authorization names no project token"));
        }
        let missing = REQUIRED.iter().filter(|name| !headers.contains_key(**name));
        let missing: Vec<&str> = missing.copied().collect();
        if !missing.is_empty() {
            let detail = format!("the request lacks {}", missing.join(", "));
            return Err(Failure::bad("missing_required_headers", detail));
        }
        let token = bearer_token(headers)
            .ok_or_else(|| unauthorized("Authorization is `Bearer` and the project token"))?;
        let token = project_token(token)?;
        let is_deflate = is_deflate(headers)?;
        let value = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let invalid = |detail| Failure::bad("invalid_header_value", detail);
        if request_id(headers).is_none() {
            return Err(invalid("PostHog-Request-Id is a UUID"));
        }
        let attempt = value(ATTEMPT).and_then(|text| text.parse::<u32>().ok());
        if attempt.is_none_or(|attempt| attempt == 0) {
            return Err(invalid("PostHog-Attempt is a whole number from 1"));
        }
        let sent_at = value(REQUEST_TIMESTAMP).and_then(|text| text.parse().ok());
        let sent_at = sent_at
            .ok_or_else(|| invalid("PostHog-Request-Timestamp is a time in RFC 3339 form"))?;
        Ok(Self {
            token,
            sent_at,
            is_deflate,
        })
    }
}

/// The request's name.
pub(super) fn request_id(headers: &HeaderMap) -> Option<Uuid> {
    let value = headers.get(REQUEST_ID)?.to_str().ok()?;
    Uuid::parse_str(value).ok()
}

/// Whether the body is said to be deflate rather than gzip, which tells itself, or nothing.
fn is_deflate(headers: &HeaderMap) -> Result<bool, Failure> {
    let unsupported = |code, detail| Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, code, detail);
    let text = |name| {
        let value = headers.get(name)?;
        Some(
            value
                .to_str()
                .unwrap_or_default()
                .trim()
                .to_ascii_lowercase(),
        )
    };
    let kind = text(CONTENT_TYPE).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if kind != "application/json" {
        let detail = "the body is application/json";
        return Err(unsupported("unsupported_content_type", detail));
    }
    match text(CONTENT_ENCODING).as_deref() {
        None | Some("" | "identity" | "gzip") => Ok(false),
        Some("deflate") => Ok(true),
        Some(_) => {
            let detail = "the body is encoded by gzip, by deflate or not at all";
            Err(unsupported("unsupported_encoding", detail))
        }
    }
}
