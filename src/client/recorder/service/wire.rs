//! The way to a service's server: one request at a time, with the key, to one address.

use std::sync::OnceLock;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::Url;

use crate::base::error::chain;
use crate::base::http::{self, Answer, Http, Request};
use crate::base::secret::Secret;
use crate::model::protocol::EVENTS_PATH;

/// How long one request takes at most, connecting included.
const LIMIT: Duration = Duration::from_secs(10);

/// Takes a batch to the server.
#[async_trait]
pub(super) trait Wire: Send + Sync {
    /// The answer; else why there is none, without anything of the batch.
    async fn post(&self, bytes: Vec<u8>) -> Result<Answer, String>;
}

/// HTTP.
#[derive(Debug)]
pub(super) struct HttpWire {
    url: Url,
    key: Option<Secret>,
    /// Made when it is first needed.
    http: OnceLock<Http>,
}

impl HttpWire {
    pub(super) fn new(server: &Url, key: Option<Secret>) -> Self {
        Self {
            url: http::below(server, EVENTS_PATH),
            key,
            http: OnceLock::new(),
        }
    }
}

#[async_trait]
impl Wire for HttpWire {
    async fn post(&self, bytes: Vec<u8>) -> Result<Answer, String> {
        let http = if let Some(http) = self.http.get() {
            http
        } else {
            let made = Http::new_for(&self.url, LIMIT).map_err(|error| chain(&error))?;
            self.http.get_or_init(|| made)
        };
        let mut headers = vec![
            ("content-type", "application/json".to_owned()),
            ("content-encoding", "gzip".to_owned()),
        ];
        if let Some(key) = &self.key {
            headers.push(("authorization", format!("Bearer {}", key.expose())));
        }
        let request = Request {
            headers,
            body: Some(bytes),
        };
        let answer = http.post(&self.url, request).await;
        answer.map_err(|error| chain(&error))
    }
}
