//! A PostHog on a free port of this machine, with faults to order: it drops connections, limits, refuses scopes.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::Read as _;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use decantr::base::clock::Clock;
use decantr::base::http::parse_base_url;
use decantr::base::secret::Secret;
use decantr::server::posthog::{Client, Settings, Waiter};
use flate2::read::GzDecoder;
use serde_json::{Value, json};

use super::objects::Objects;
use crate::support::serving::Serving;

/// The only key that it knows.
pub(crate) const KEY: &str = "phx_a-secret-that-nobody-may-see";

/// The only project token that it takes.
pub(crate) const TOKEN: &str = "phc_a-token-that-is-not-shown";

/// The number of its only project.
pub(crate) const PROJECT: u64 = 42;

/// Where the absolute address of a next page points.
pub(crate) const ELSEWHERE: &str = "https://elsewhere.invalid";

/// What it does wrong, on order.
#[derive(Default)]
pub(crate) struct Faults {
    /// Scopes that the key lacks.
    pub(crate) lacks: BTreeSet<String>,
    /// From this request on (the first is 0) every connection breaks before anything is done.
    pub(crate) cut_before: Option<usize>,
    /// From this request on every connection breaks; this one after it was done.
    pub(crate) cut_after: Option<usize>,
    /// The next request that makes one of these breaks after it was done.
    pub(crate) drops_answer_of: Option<&'static str>,
    /// What the next requests are answered instead: a status and perhaps a pause in seconds.
    pub(crate) says: VecDeque<(u16, Option<u64>)>,
    /// Events that it finds malformed, by id.
    pub(crate) refuses: BTreeSet<String>,
    /// The most events in a batch.
    pub(crate) most: Option<usize>,
    /// Repeats the key in every error.
    pub(crate) blurts: bool,
}

#[derive(Default)]
pub(crate) struct Shared {
    pub(crate) objects: Objects,
    pub(crate) faults: Faults,
    /// Method and path with query of every request.
    pub(crate) requests: Vec<(Method, String)>,
    /// Answers to queries, in order.
    pub(crate) answers: VecDeque<Value>,
    /// Events by id, as they came first.
    pub(crate) events: BTreeMap<String, Value>,
    /// How many events came in batches that were taken, repetitions included.
    pub(crate) arrivals: usize,
    /// The bodies of queries.
    pub(crate) asked: Vec<Value>,
}

/// The server; it stops when dropped.
pub(crate) struct Fake {
    pub(crate) url: String,
    shared: Arc<Mutex<Shared>>,
    _serving: Serving,
}

impl Fake {
    pub(crate) fn start() -> Self {
        let shared = Arc::<Mutex<Shared>>::default();
        let app = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&shared));
        let serving = Serving::start(app);
        Self {
            url: serving.url.clone(),
            shared,
            _serving: serving,
        }
    }

    /// Its whole state.
    pub(crate) fn state(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap()
    }

    /// Works again, and has forgotten what was asked.
    pub(crate) fn recover(&self) {
        let mut state = self.state();
        state.faults = Faults::default();
        state.requests.clear();
    }

    /// The methods of the requests that were not GET.
    pub(crate) fn writes(&self) -> Vec<(Method, String)> {
        let mut requests = self.state().requests.clone();
        requests.retain(|(method, _)| method != Method::GET);
        requests
    }

    /// A client with the key that it knows, which notes waits and does not wait.
    pub(crate) fn client(&self) -> Client {
        self.client_with(KEY, &Waiter::noting())
    }

    pub(crate) fn client_with(&self, key: &str, waiter: &Waiter) -> Client {
        let settings = Settings {
            host: parse_base_url(&self.url).unwrap(),
            environment_id: PROJECT,
            key: Secret::new(key),
        };
        Client::new(settings, Clock::system(), waiter.clone()).unwrap()
    }
}

/// Breaks the connection without an answer, and without the noise of a panic.
fn drop_connection() -> ! {
    std::panic::resume_unwind(Box::new("the connection breaks"))
}

async fn answer(
    State(shared): State<Arc<Mutex<Shared>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let (breaks, response) = {
        let mut shared = shared.lock().unwrap();
        let number = shared.requests.len();
        let path = uri.path_and_query().unwrap().to_string();
        shared.requests.push((method.clone(), path));
        let faults = &shared.faults;
        if faults.cut_before.is_some_and(|at| number >= at)
            || faults.cut_after.is_some_and(|at| number > at)
        {
            (true, StatusCode::OK.into_response())
        } else {
            let mut breaks = shared.faults.cut_after == Some(number);
            let response = respond(&mut shared, &method, &uri, &headers, &body);
            if let Some(noun) = shared.faults.drops_answer_of
                && method == Method::POST
                && uri.path().contains(noun)
            {
                shared.faults.drops_answer_of = None;
                breaks = true;
            }
            (breaks, response)
        }
    };
    if breaks {
        drop_connection();
    }
    response
}

pub(crate) fn said(status: u16, value: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap();
    (status, axum::Json(value)).into_response()
}

fn refusal(status: u16, detail: &str) -> Response {
    said(
        status,
        &json!({"type": "error", "code": "x", "detail": detail, "attr": null}),
    )
}

fn respond(
    shared: &mut Shared,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &Bytes,
) -> Response {
    if uri.path() == "/batch/" {
        return batch(shared, body);
    }
    let key = headers
        .get("authorization")
        .map(|value| value.to_str().unwrap());
    if key != Some(&format!("Bearer {KEY}")) {
        let more = if shared.faults.blurts {
            key.unwrap_or_default()
        } else {
            ""
        };
        return refusal(401, &format!("Invalid API key {more}"));
    }
    if let Some((status, pause)) = shared.faults.says.pop_front() {
        let more = if shared.faults.blurts { KEY } else { "" };
        let mut response = refusal(status, &format!("told to {more}"));
        if let Some(pause) = pause {
            response.headers_mut().insert("retry-after", pause.into());
        }
        return response;
    }
    let mut parts = uri.path().trim_matches('/').split('/');
    let (Some("api"), Some(root), Some(project), Some(kind), id) = (
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
    ) else {
        return refusal(404, "Not found.");
    };
    let is_place = match kind {
        "alerts" => root == "environments",
        _ => root == "projects",
    };
    if !is_place || project != PROJECT.to_string() {
        return refusal(404, "Not found.");
    }
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    if kind == "query" {
        return query(shared, method, body);
    }
    let right = if method == Method::GET {
        "read"
    } else {
        "write"
    };
    let scope = format!("{}:{right}", kind.trim_end_matches('s'));
    if shared.faults.lacks.contains(&scope) {
        return refusal(403, &format!("API key missing required scope '{scope}'"));
    }
    if uri.path().ends_with("/reorder_tiles/") {
        return shared.objects.reorder(&body);
    }
    shared
        .objects
        .answer(method, kind, id, uri.query().unwrap_or_default(), body)
}

fn query(shared: &mut Shared, method: &Method, body: Value) -> Response {
    if method == Method::POST {
        shared.asked.push(body);
    }
    let scope = "query:read";
    if shared.faults.lacks.contains(scope) {
        return refusal(403, "You do not have permission to perform this action.");
    }
    match shared.answers.pop_front() {
        Some(answer) => said(200, &answer),
        None => refusal(400, "Unable to resolve field: nonsense"),
    }
}

/// `/batch/`, as its v0 route answers: a bad event fails the whole batch.
fn batch(shared: &mut Shared, body: &[u8]) -> Response {
    if let Some((status, pause)) = shared.faults.says.pop_front() {
        let mut response = refusal(status, &format!("told to, {TOKEN}"));
        if let Some(pause) = pause {
            response.headers_mut().insert("retry-after", pause.into());
        }
        return response;
    }
    let mut text = String::new();
    GzDecoder::new(body).read_to_string(&mut text).unwrap();
    let body: Value = serde_json::from_str(&text).unwrap();
    if body["api_key"] != TOKEN {
        return refusal(401, "API key is not valid");
    }
    let events = body["batch"].as_array().unwrap();
    if shared.faults.most.is_some_and(|most| events.len() > most) {
        return refusal(413, "too large");
    }
    let id = |event: &Value| event["uuid"].as_str().unwrap().to_owned();
    if events.is_empty()
        || events
            .iter()
            .any(|event| shared.faults.refuses.contains(&id(event)))
    {
        return refusal(400, "Failed to decode");
    }
    for event in events {
        shared.arrivals += 1;
        shared
            .events
            .entry(id(event))
            .or_insert_with(|| event.clone());
    }
    said(200, &json!({"status": "Ok"}))
}
