//! Sending events: batches to PostHog's ingest host, and what its answers mean.

use std::io::Write as _;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use reqwest::Url;
use serde_json::Value;

use crate::base::error::chain;
use crate::base::http::{Answer, Http, HttpError, Request};
use crate::base::secret::Secret;
use crate::server::posthog::settings::HOST_VARIABLE;

/// Holds the project token that events are sent with.
pub const TOKEN_VARIABLE: &str = "POSTHOG_PROJECT_TOKEN";

/// How long one batch may take.
const REQUEST: Duration = Duration::from_secs(30);

/// How much of what PostHog says is passed on, in characters.
const MAX_DETAIL: usize = 200;

/// Where events are sent to.
#[derive(Debug, Clone)]
pub struct Capture {
    url: Url,
    token: Secret,
    http: Http,
}

/// A token that cannot be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// There is none.
    #[error("{TOKEN_VARIABLE} is not set")]
    Missing,
    /// It is a personal API key, which PostHog refuses for events and which must not travel with them.
    #[error(
        "{TOKEN_VARIABLE} holds a personal API key (phx_…); events are sent with the project token (phc_…)"
    )]
    IsKey,
}

/// What became of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// PostHog has it, by its own word.
    Taken,
    /// It is too large (413): half of it may not be.
    TooLarge,
    /// Something in it is malformed (400); the text says what PostHog says.
    Malformed(String),
    /// Not now, or not by this token. `pause` is what PostHog asks to wait, in seconds.
    Not {
        /// Why, in a sentence without the token.
        why: String,
        /// How long to wait, in seconds.
        pause: Option<u64>,
    },
}

/// Reads the project token.
pub fn parse_token(token: Option<Secret>) -> Result<Secret, TokenError> {
    let token = token.filter(|token| !token.is_empty());
    let token = token.ok_or(TokenError::Missing)?;
    if token.expose().starts_with("phx_") {
        return Err(TokenError::IsKey);
    }
    Ok(token)
}

/// The host that takes the events of an app host: `us.posthog.com` is `us.i.posthog.com`; hosts of one's own take their own.
pub fn ingest_host(app: &Url) -> Url {
    let mut url = app.clone();
    let ingest = match app.host_str() {
        Some("us.posthog.com" | "app.posthog.com") => "us.i.posthog.com",
        Some("eu.posthog.com") => "eu.i.posthog.com",
        _ => return url,
    };
    // A name in the place of a name always fits.
    url.set_host(Some(ingest)).ok();
    url
}

impl Capture {
    /// Sends to the ingest host of this app host.
    ///
    /// # Errors
    /// When no HTTP client can be set up.
    pub fn new(app: &Url, token: Secret) -> Result<Self, HttpError> {
        let mut url = ingest_host(app);
        let below = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{below}/batch/"));
        Ok(Self {
            http: Http::new_for(&url, REQUEST)?,
            url,
            token,
        })
    }

    /// Where events go, as a host.
    pub fn target(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// Sends events in one request. Times are sent as they are (`sent_at` would shift them by the difference of clocks).
    pub async fn send(&self, events: &[Value], now: Timestamp) -> Fate {
        let body = serde_json::json!({ "api_key": self.token.expose(), "batch": events });
        let Ok(body) = gzip(body.to_string().as_bytes()) else {
            return Fate::Not {
                why: "cannot compress a batch".to_owned(),
                pause: None,
            };
        };
        let request = Request {
            headers: vec![
                ("content-type", "application/json".to_owned()),
                ("content-encoding", "gzip".to_owned()),
            ],
            body: Some(body),
        };
        match self.http.post(&self.url, request).await {
            Ok(answer) => self.fate(&answer, now),
            Err(error) => Fate::Not {
                why: chain(&error),
                pause: None,
            },
        }
    }

    fn fate(&self, answer: &Answer, now: Timestamp) -> Fate {
        let target = self.target();
        match answer.status {
            200..=299 if is_receipt(&answer.body) => Fate::Taken,
            status @ (200..=399 | 404 | 405) => Fate::Not {
                why: format!(
                    "{target} answered {status}, but not as PostHog takes events; see {HOST_VARIABLE}"
                ),
                pause: answer.pause(now),
            },
            413 => Fate::TooLarge,
            400 | 422 => Fate::Malformed(self.detail(answer)),
            401 | 403 => Fate::Not {
                why: format!(
                    "{target} does not take the project token ({}); see {TOKEN_VARIABLE}",
                    answer.status
                ),
                pause: None,
            },
            status => Fate::Not {
                why: format!("{target} answered {status}"),
                pause: answer.pause(now),
            },
        }
    }

    fn detail(&self, answer: &Answer) -> String {
        let text = String::from_utf8_lossy(&answer.body);
        if text.contains(self.token.expose()) {
            return "(its text repeats the token and is not shown)".to_owned();
        }
        text.chars().take(MAX_DETAIL).collect()
    }
}

/// Whether a body is the one with which PostHog takes events: `{"status":"Ok"}`, or 1 from older versions (`rust/capture` and
/// `posthog/api/capture.py` in its source). Anything else is the page of somebody who has not taken them.
fn is_receipt(body: &[u8]) -> bool {
    let said: Value = serde_json::from_slice(body).unwrap_or_default();
    match said.get("status") {
        Some(Value::String(status)) => status.eq_ignore_ascii_case("ok"),
        status => status.and_then(Value::as_u64) == Some(1),
    }
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::posthog::parse_host;

    #[test]
    fn every_cloud_has_its_ingest_host_and_others_are_their_own() {
        for (app, ingest) in [
            (None, "https://us.i.posthog.com/"),
            (Some("https://eu.posthog.com"), "https://eu.i.posthog.com/"),
            (Some("https://app.posthog.com"), "https://us.i.posthog.com/"),
            (Some("https://ph.example.com/x"), "https://ph.example.com/x"),
            (Some("http://127.0.0.1:1"), "http://127.0.0.1:1/"),
        ] {
            assert_eq!(ingest_host(&parse_host(app).unwrap()).as_str(), ingest);
        }
    }

    #[test]
    fn a_personal_key_is_no_token() {
        let token = |text: &str| parse_token(Some(Secret::new(text)));
        assert_eq!(token("phx_1"), Err(TokenError::IsKey));
        assert_eq!(
            (token(" "), parse_token(None)),
            (Err(TokenError::Missing), Err(TokenError::Missing))
        );
        assert!(token("phc_1").is_ok());
    }
}
