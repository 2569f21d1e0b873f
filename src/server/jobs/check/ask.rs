//! One question to the checked server, and its answer whatever its status.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Finding, Settings};
use crate::base::error;
use crate::base::http::{Answer, Http, HttpError, Request};
use crate::base::secret::Secret;
use crate::config::Endpoint;
use crate::server::jobs::remote::{Keys, Remote, RemoteError};

/// How long one request may take, connection included.
const LIMIT: Duration = Duration::from_secs(10);

/// What a request does.
#[derive(Debug, Clone, Copy)]
pub(super) enum Verb {
    Get,
    Post,
    Put,
    Delete,
}

/// The server, and the keys for it.
pub(super) struct Server {
    http: Http,
    endpoint: Endpoint,
    pub(super) admin: Option<Secret>,
    pub(super) snapshot: Option<Secret>,
    pub(super) link: Option<Secret>,
}

/// What came back.
pub(super) struct Reply {
    pub(super) status: u16,
    body: Vec<u8>,
}

impl Server {
    /// Ready to ask. Nothing is sent yet.
    pub(super) fn new(settings: &Settings) -> Result<Self, HttpError> {
        Ok(Self {
            http: Http::new_for(&settings.server.url, LIMIT)?,
            endpoint: settings.server.clone(),
            admin: settings.admin.clone(),
            snapshot: settings.snapshot.clone(),
            link: settings.link.clone(),
        })
    }

    /// The same server as the reports' own jobs read it, if there is a key for that.
    pub(super) fn remote(&self) -> Option<Result<Remote, RemoteError>> {
        let keys = Keys {
            admin: self.admin.clone(),
            snapshot: self.snapshot.clone(),
        };
        (keys.admin.is_some() || keys.snapshot.is_some())
            .then(|| Remote::new(&self.endpoint.url, keys))
    }

    /// Asks, with a key where there is one.
    ///
    /// # Errors
    /// Why there is no answer, as text.
    pub(super) async fn ask(
        &self,
        verb: Verb,
        path: &str,
        key: Option<&Secret>,
        body: Option<&(impl Serialize + Sync)>,
    ) -> Result<Reply, String> {
        let mut request = Request::default();
        if let Some(key) = key {
            let bearer = format!("Bearer {}", key.expose());
            request.headers.push(("authorization", bearer));
        }
        if let Some(body) = body {
            request
                .headers
                .push(("content-type", "application/json".to_owned()));
            request.body = serde_json::to_vec(body).ok();
        }
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let mut url = self.endpoint.at(path);
        url.set_query(Some(query).filter(|query| !query.is_empty()));
        let answer = match verb {
            Verb::Get => self.http.get_with(&url, request).await,
            Verb::Post => self.http.post(&url, request).await,
            Verb::Put => self.http.put(&url, request).await,
            Verb::Delete => self.http.delete(&url, request).await,
        };
        let Answer { status, body, .. } = answer.map_err(|error| error::chain(&error))?;
        Ok(Reply { status, body })
    }

    /// GETs, without a body.
    pub(super) async fn get(&self, path: &str, key: Option<&Secret>) -> Result<Reply, String> {
        self.ask(Verb::Get, path, key, None::<&Value>).await
    }
}

impl Reply {
    /// The body of a 2xx answer in the shape that is expected.
    ///
    /// # Errors
    /// What came instead, as text: the status with the server's code.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, String> {
        if !(200..300).contains(&self.status) {
            return Err(self.what());
        }
        serde_json::from_slice(&self.body)
            .map_err(|_other_shape| format!("{}, but not in the documented shape", self.status))
    }

    /// The code of a refusal; empty where there is none.
    pub(super) fn code(&self) -> String {
        let json: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let code = json.get("code").and_then(Value::as_str).unwrap_or_default();
        // A server's own words are shown only where they can be one of its codes.
        let is_code = |c: char| c.is_ascii_lowercase() || c == '_';
        if code.len() <= 64 && code.chars().all(is_code) {
            code.to_owned()
        } else {
            String::new()
        }
    }

    /// The status with the code, for people.
    pub(super) fn what(&self) -> String {
        match self.code() {
            code if code.is_empty() => format!("answered {}", self.status),
            code => format!("answered {} {code}", self.status),
        }
    }
}

/// A check whose question had no usable answer.
pub(super) fn unanswered(check: &'static str, why: impl Into<String>) -> Finding {
    let todo = "look at the server's log; `decantr ops serve` says there what went wrong";
    Finding::failed(check, why, todo)
}
