//! PostHog's REST interface: one project, one key, answers as JSON, retries only where nothing can be done twice.

use std::time::Duration;

use reqwest::Url;
use serde_json::{Map, Value};

use super::error::PostHogError;
use super::rules::{Kind, is_passing, repeats, scope_in};
use super::settings::Settings;
use super::wait::Waiter;
use crate::base::clock::Clock;
use crate::base::http::{self, Answer, Http, HttpError, Request};

/// How long one request may take. PostHog runs a query for at most 10 s, and may keep it waiting before that.
const REQUEST: Duration = Duration::from_mins(1);

/// The largest answer that is read: pages of insights hold whole queries.
const MAX_ANSWER: usize = 64 * 1024 * 1024;

/// How often one request is tried.
const ATTEMPTS: u32 = 5;

/// How long all requests of one client together may be kept waiting for their next attempt.
const PATIENCE: Duration = Duration::from_mins(5);

/// The longest wait that is our own choice.
const LONGEST_BACKOFF: Duration = Duration::from_secs(20);

/// How much of what PostHog says about an error is passed on, in characters.
const MAX_DETAIL: usize = 300;

/// More pages than any list that we ask for has.
const MAX_PAGES: usize = 1_000;

/// One request.
struct Ask<'a> {
    method: &'static str,
    kind: Kind,
    /// What it is, for errors: `list insights`.
    action: &'a str,
    /// The scope that it needs, in case PostHog does not say.
    scope: &'a str,
    url: Url,
    body: Option<&'a Value>,
}

/// What is asked, for one object of PostHog's or one kind of them.
#[derive(Debug, Clone, Copy)]
pub struct Topic<'a> {
    /// What it is, for errors: `list insights`.
    pub action: &'a str,
    /// The scope that it needs: `insight:read`.
    pub scope: &'a str,
    /// The path below the host: `/api/projects/1/insights/`.
    pub path: &'a str,
}

/// A client for one project.
#[derive(Debug)]
pub struct Client {
    settings: Settings,
    http: Http,
    clock: Clock,
    waiter: Waiter,
    may_write: bool,
    waited: tokio::sync::Mutex<Duration>,
}

impl Client {
    /// A client that may read and write.
    ///
    /// # Errors
    /// When no HTTP client can be set up.
    pub fn new(settings: Settings, clock: Clock, waiter: Waiter) -> Result<Self, PostHogError> {
        let http = Http::new_for(&settings.host, REQUEST).map_err(|source| PostHogError::Http {
            action: "talk to PostHog".to_owned(),
            source,
        })?;
        Ok(Self {
            settings,
            http: http.reading(MAX_ANSWER),
            clock,
            waiter,
            may_write: true,
            waited: tokio::sync::Mutex::default(),
        })
    }

    /// The same client, which refuses whatever is not a GET: for dry runs.
    #[must_use]
    pub fn read_only(self) -> Self {
        Self {
            may_write: false,
            ..self
        }
    }

    /// Whether it was made to write.
    pub fn may_write(&self) -> bool {
        self.may_write
    }

    /// The path of something in this project: `insights/` is `/api/projects/1/insights/`.
    pub fn project_path(&self, rest: &str) -> String {
        format!("/api/projects/{}/{rest}", self.settings.environment_id)
    }

    /// As [`Client::project_path`], for what PostHog keeps by environment.
    pub fn environment_path(&self, rest: &str) -> String {
        format!("/api/environments/{}/{rest}", self.settings.environment_id)
    }

    /// GETs one object.
    pub async fn get(
        &self,
        topic: Topic<'_>,
        query: &[(&str, &str)],
    ) -> Result<Value, PostHogError> {
        let mut url = self.url(topic.path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        self.send(ask("GET", Kind::Read, topic, url, None)).await
    }

    /// GETs every page of a list. Of the address of the next page only the query is used, so that no answer can send the key
    /// elsewhere.
    pub async fn list(
        &self,
        topic: Topic<'_>,
        query: &[(&str, &str)],
    ) -> Result<Vec<Value>, PostHogError> {
        let mut url = self.url(topic.path);
        url.query_pairs_mut()
            .append_pair("limit", "100")
            .extend_pairs(query);
        let mut all = Vec::new();
        for _page in 0..MAX_PAGES {
            let page = self
                .send(ask("GET", Kind::Read, topic, url.clone(), None))
                .await?;
            let results = page.get("results").and_then(Value::as_array);
            let results = results.ok_or_else(|| unreadable(topic.action, "no `results`"))?;
            all.extend(results.iter().cloned());
            let Some(next) = page.get("next").and_then(Value::as_str) else {
                return Ok(all);
            };
            let query = next.split_once('?').map(|(_, query)| query);
            if query.is_none() || query == url.query() {
                return Err(unreadable(topic.action, "the next page is this one"));
            }
            url.set_query(query);
        }
        Err(unreadable(topic.action, "the list does not end"))
    }

    /// POSTs something that makes a new object. It is repeated only where PostHog says that it did nothing.
    ///
    /// # Errors
    /// [`PostHogError::Unknown`] when the object may have been made.
    pub async fn make(&self, topic: Topic<'_>, body: &Value) -> Result<Value, PostHogError> {
        self.send(ask(
            "POST",
            Kind::Make,
            topic,
            self.url(topic.path),
            Some(body),
        ))
        .await
    }

    /// POSTs an action that can be repeated without doing more.
    pub async fn act(&self, topic: Topic<'_>, body: &Value) -> Result<Value, PostHogError> {
        self.send(ask(
            "POST",
            Kind::Set,
            topic,
            self.url(topic.path),
            Some(body),
        ))
        .await
    }

    /// POSTs a question, which may be repeated like any other.
    pub(super) async fn ask(&self, topic: Topic<'_>, body: &Value) -> Result<Value, PostHogError> {
        self.send(ask(
            "POST",
            Kind::Read,
            topic,
            self.url(topic.path),
            Some(body),
        ))
        .await
    }

    /// Sets fields of an object with PATCH.
    pub async fn set(&self, topic: Topic<'_>, body: &Value) -> Result<Value, PostHogError> {
        self.send(ask(
            "PATCH",
            Kind::Set,
            topic,
            self.url(topic.path),
            Some(body),
        ))
        .await
    }

    /// Waits as a part of one question, which counts for no limit.
    pub(super) async fn linger(&self, time: Duration) {
        self.waiter.wait(time).await;
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.settings.host.clone();
        let below = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{below}{path}"));
        url
    }

    async fn send(&self, ask: Ask<'_>) -> Result<Value, PostHogError> {
        if ask.kind != Kind::Read && !self.may_write {
            return Err(PostHogError::ReadOnly {
                action: ask.action.to_owned(),
            });
        }
        let mut attempt = 1;
        loop {
            let answered = self.once(&ask).await;
            let (is_safe, asked_for) = match &answered {
                Ok(answer) => (
                    repeats(ask.kind, answer.status),
                    answer.pause(self.clock.now()),
                ),
                Err(error) => (ask.kind != Kind::Make && is_passing(error), None),
            };
            if !is_safe || attempt == ATTEMPTS || !self.pause(attempt, asked_for).await {
                return self.judge(&ask, answered);
            }
            attempt += 1;
        }
    }

    async fn once(&self, ask: &Ask<'_>) -> Result<Answer, HttpError> {
        let mut request = Request {
            headers: vec![
                (
                    "authorization",
                    format!("Bearer {}", self.settings.key.expose()),
                ),
                ("accept", "application/json".to_owned()),
            ],
            body: None,
        };
        if let Some(body) = ask.body {
            request
                .headers
                .push(("content-type", "application/json".to_owned()));
            request.body = Some(body.to_string().into_bytes());
        }
        match ask.method {
            "POST" => self.http.post(&ask.url, request).await,
            "PATCH" => self.http.patch(&ask.url, request).await,
            _ => self.http.get_with(&ask.url, request).await,
        }
    }

    /// Waits before the next attempt, as long as the server asks or a little longer each time; false when that would be too long.
    async fn pause(&self, attempt: u32, asked_for: Option<u64>) -> bool {
        let backoff = Duration::from_millis(500).saturating_mul(2_u32.saturating_pow(attempt - 1));
        let time = asked_for.map_or(backoff.min(LONGEST_BACKOFF), Duration::from_secs);
        let mut waited = self.waited.lock().await;
        let total = waited.saturating_add(time);
        if total > PATIENCE {
            return false;
        }
        *waited = total;
        self.waiter.wait(time).await;
        true
    }

    fn judge(
        &self,
        ask: &Ask<'_>,
        answered: Result<Answer, HttpError>,
    ) -> Result<Value, PostHogError> {
        let action = ask.action.to_owned();
        let answer = match answered {
            Ok(answer) => answer,
            Err(source) if ask.kind == Kind::Make && is_passing(&source) => {
                let source = Some(source);
                return Err(PostHogError::Unknown { action, source });
            }
            Err(source) => return Err(PostHogError::Http { action, source }),
        };
        match answer.status {
            204 => Ok(Value::Null),
            200..=299 => serde_json::from_slice(&answer.body)
                .map_err(|error| unreadable(ask.action, &format!("not JSON: {error}"))),
            401 => Err(PostHogError::Unauthorized {
                host: http::origin(&ask.url),
            }),
            403 => Err(PostHogError::Forbidden {
                scope: scope_in(&self.detail(&answer)).unwrap_or_else(|| ask.scope.to_owned()),
                action,
            }),
            404 => Err(PostHogError::NotFound {
                action,
                path: ask.url.path().to_owned(),
            }),
            429 => Err(PostHogError::RateLimited {
                action,
                seconds: answer.pause(self.clock.now()).unwrap_or(60),
            }),
            500..=599 if ask.kind == Kind::Make => Err(PostHogError::Unknown {
                action: format!("{action} (it answered {})", answer.status),
                source: None,
            }),
            status => Err(PostHogError::Refused {
                action,
                status,
                detail: self.detail(&answer),
            }),
        }
    }

    /// What PostHog says about an error (`detail`, and `attr` for the field it is about), bounded and without the key.
    fn detail(&self, answer: &Answer) -> String {
        let said: Map<String, Value> = serde_json::from_slice(&answer.body).unwrap_or_default();
        let text = |key: &str| said.get(key).and_then(Value::as_str);
        let Some(detail) = text("detail").or_else(|| text("error")) else {
            return String::new();
        };
        let detail = match text("attr") {
            Some(attribute) => format!(": {attribute}: {detail}"),
            None => format!(": {detail}"),
        };
        if detail.contains(self.settings.key.expose()) {
            return ": (its text repeats the key and is not shown)".to_owned();
        }
        detail.chars().take(MAX_DETAIL).collect()
    }
}

fn ask<'a>(
    method: &'static str,
    kind: Kind,
    topic: Topic<'a>,
    url: Url,
    body: Option<&'a Value>,
) -> Ask<'a> {
    Ask {
        method,
        kind,
        action: topic.action,
        scope: topic.scope,
        url,
        body,
    }
}

pub(super) fn unreadable(action: &str, what: &str) -> PostHogError {
    PostHogError::Unreadable {
        action: action.to_owned(),
        what: what.to_owned(),
    }
}
