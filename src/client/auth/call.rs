//! One request to one server, with or without a key, and its answer as a value.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::answer::{self, Asked};
use super::error::AccountError;
use crate::base::clock::Clock;
use crate::base::http::{Http, Request};
use crate::base::secret::Secret;
use crate::config::{Endpoint, Host};

/// How long one request may take, connection included.
const LIMIT: Duration = Duration::from_secs(10);

/// What a request does.
#[derive(Debug, Clone, Copy)]
pub(super) enum Verb {
    Get,
    Post,
    Delete,
}

/// GETs `path` of `server`, without a key.
pub async fn get<T: DeserializeOwned>(
    host: &Host,
    server: &Endpoint,
    path: &str,
) -> Result<T, AccountError> {
    let call = Call::new(server, &host.clock, None)?;
    call.ask(Verb::Get, path, None).await
}

/// POSTs `body` as JSON to `path` of `server`, without a key.
pub async fn post<T: DeserializeOwned>(
    host: &Host,
    server: &Endpoint,
    path: &str,
    body: &impl Serialize,
) -> Result<T, AccountError> {
    let call = Call::new(server, &host.clock, None)?;
    let body = call.json(path, body)?;
    call.ask(Verb::Post, path, Some(body)).await
}

/// A server that can be asked.
#[derive(Debug, Clone)]
pub(super) struct Call {
    http: Http,
    server: Endpoint,
    clock: Clock,
    key: Option<Secret>,
}

impl Call {
    /// Ready to ask `server`, with `key` if there is one. Nothing is sent yet.
    pub(super) fn new(
        server: &Endpoint,
        clock: &Clock,
        key: Option<Secret>,
    ) -> Result<Self, AccountError> {
        let http =
            Http::new_for(&server.url, LIMIT).map_err(|source| AccountError::Unreachable {
                origin: server.origin.clone(),
                source,
            })?;
        Ok(Self {
            http,
            server: server.clone(),
            clock: clock.clone(),
            key,
        })
    }

    /// A body. It may hold secrets, so it is never shown.
    pub(super) fn json(&self, path: &str, body: &impl Serialize) -> Result<Vec<u8>, AccountError> {
        serde_json::to_vec(body).map_err(|_not_json| AccountError::Nonsense {
            origin: self.server.origin.clone(),
            reason: format!("the request {path} cannot be written as JSON"),
        })
    }

    /// Asks, and reads the answer.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        verb: Verb,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> Result<T, AccountError> {
        let mut headers = vec![("accept", "application/json".to_owned())];
        if let Some(key) = &self.key {
            headers.push(("authorization", format!("Bearer {}", key.expose())));
        }
        if body.is_some() {
            headers.push(("content-type", "application/json".to_owned()));
        }
        let url = self.server.at(path);
        let sent = body.clone();
        let request = Request { headers, body };
        let answer = match verb {
            Verb::Get => self.http.get_with(&url, request).await,
            Verb::Post => self.http.post(&url, request).await,
            Verb::Delete => self.http.delete(&url, request).await,
        };
        let asked = Asked {
            origin: &self.server.origin,
            path,
            key: self.key.as_ref(),
            body: sent.as_deref(),
        };
        match answer {
            Ok(answer) => answer::read(asked, &answer, self.clock.now()),
            Err(error) => Err(answer::unanswered(asked, error)),
        }
    }
}
