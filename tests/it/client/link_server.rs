//! A server that knows one key, one organisation and everything about links and forgetting, as the protocol says; or answers as
//! told.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use decantr::base::crypto::SigningKey;
use decantr::model::protocol::{
    ACCOUNT_VERSION, Claim, EVENTS_PATH, FORGET_PATH, ForgetReply, ForgetRequest, Forgotten,
    KEY_PATH, KeyPage, LINK_PATH, LinkReply, LinkRequest, ME_PATH, Proof, Receipt, UnlinkReply,
    UnlinkRequest,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::server::{Request, inflate};
use crate::support::serving::Serving;

/// The key that it knows.
pub(crate) const KEY: &str = "dcr_000000000001_key-of-a-member";

/// What to answer instead of what the protocol says, by method and path.
type Told = BTreeMap<(String, String), (u16, Value)>;

struct Shared {
    requests: Mutex<Vec<Request>>,
    told: Mutex<Told>,
    erased: Mutex<BTreeMap<Uuid, Forgotten>>,
    key: SigningKey,
    other: SigningKey,
    forges: Mutex<bool>,
}

/// The server; it stops when dropped.
pub(crate) struct LinkServer {
    pub(crate) url: String,
    shared: Arc<Shared>,
    _serving: Serving,
}

impl LinkServer {
    pub(crate) fn start() -> Self {
        let shared = Arc::new(Shared {
            requests: Mutex::default(),
            told: Mutex::default(),
            erased: Mutex::default(),
            key: SigningKey::generate().unwrap().0,
            other: SigningKey::generate().unwrap().0,
            forges: Mutex::default(),
        });
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

    /// Answers these requests with a status and the error body of this code from now on.
    pub(crate) fn refuse(&self, method: &str, path: &str, status: u16, code: &str) {
        let body = json!({"accepted": false, "code": code, "detail": format!("about {code}")});
        self.say(method, path, status, body);
    }

    /// Answers these requests so from now on.
    pub(crate) fn say(&self, method: &str, path: &str, status: u16, body: Value) {
        let key = (method.to_owned(), path.to_owned());
        let _old = self.shared.told.lock().unwrap().insert(key, (status, body));
    }

    /// Answers as the protocol says again.
    pub(crate) fn behave(&self) {
        self.shared.told.lock().unwrap().clear();
    }

    /// Signs with another key than it shows, from now on.
    pub(crate) fn forge(&self) {
        *self.shared.forges.lock().unwrap() = true;
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// The bodies that arrived by this method at this path.
    pub(crate) fn bodies(&self, method: &Method, path: &str) -> Vec<Value> {
        let mut requests = self.requests();
        requests.retain(|request| request.method == method && request.path == path);
        let body = |request: &Request| match path {
            EVENTS_PATH => request.batch(),
            _ => serde_json::from_slice(&request.body).unwrap_or_default(),
        };
        requests.iter().map(body).collect()
    }
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let request = Request {
        method,
        path: uri.path().to_owned(),
        headers,
        body: body.to_vec(),
    };
    shared.requests.lock().unwrap().push(request.clone());
    let key = (request.method.to_string(), request.path.clone());
    if let Some((status, body)) = shared.told.lock().unwrap().get(&key) {
        let status = StatusCode::from_u16(*status).unwrap();
        return (status, axum::Json(body.clone())).into_response();
    }
    match (key.0.as_str(), key.1.as_str()) {
        ("GET", KEY_PATH) => axum::Json(KeyPage::of(&shared.key)).into_response(),
        ("POST", EVENTS_PATH) => events(&shared, &request),
        ("POST", FORGET_PATH) => forget(&shared, &request),
        ("GET", path) if path.starts_with(FORGET_PATH) => ticket(&shared, path),
        _ => account(&request),
    }
}

fn error(status: u16, code: &str) -> Response {
    let body = json!({"accepted": false, "code": code, "detail": code});
    (StatusCode::from_u16(status).unwrap(), axum::Json(body)).into_response()
}

fn account(request: &Request) -> Response {
    let bearer = request.headers.get("authorization");
    if bearer.is_none_or(|bearer| bearer != format!("Bearer {KEY}").as_str()) {
        return error(401, "unknown_key");
    }
    let org = json!({"id": "org_acme", "slug": "acme"});
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", ME_PATH) => axum::Json(
            json!({"schemaVersion": 1, "keyId": "000000000001", "userId": "user_u1",
            "org": org, "scopes": ["link"]}),
        )
        .into_response(),
        ("POST", LINK_PATH) => {
            let ask: LinkRequest = serde_json::from_slice(&request.body).unwrap();
            if ask.ids.iter().any(|claim| claim.proof() == Proof::Refuted) {
                return error(403, "bad_proof");
            }
            axum::Json(LinkReply {
                schema_version: ACCOUNT_VERSION,
                org: serde_json::from_value(org).unwrap(),
                user_id: serde_json::from_value(json!("user_u1")).unwrap(),
                linked: ask.ids.into_iter().map(|claim| claim.id).collect(),
                from: ask.from,
            })
            .into_response()
        }
        ("DELETE", LINK_PATH) => {
            let ask: UnlinkRequest = serde_json::from_slice(&request.body).unwrap();
            if ask.ids.iter().any(|claim| claim.proof() == Proof::Refuted) {
                return error(403, "bad_proof");
            }
            axum::Json(UnlinkReply {
                schema_version: ACCOUNT_VERSION,
                unlinked: ask.ids.into_iter().map(|claim| claim.id).collect(),
            })
            .into_response()
        }
        _ => error(404, "not_found"),
    }
}

fn forget(shared: &Shared, request: &Request) -> Response {
    let ask: ForgetRequest = serde_json::from_slice(&request.body).unwrap();
    let is_proven = |claim: &Claim| claim.proof() == Proof::Proven;
    if !ask.ids.iter().all(is_proven) {
        return error(403, "bad_proof");
    }
    let forgotten = Forgotten {
        ticket: Uuid::new_v4(),
        at: super::support::START.parse().unwrap(),
        ids: ask.ids.len().try_into().unwrap(),
        events: 3,
        activity: 2,
        links: 1,
        beyond: vec!["an analytics service".to_owned()],
    };
    let mut erased = shared.erased.lock().unwrap();
    erased.insert(forgotten.ticket, forgotten.clone());
    drop(erased);
    signed(shared, forgotten)
}

fn ticket(shared: &Shared, path: &str) -> Response {
    let ticket = path.rsplit('/').next().unwrap();
    let erased = shared.erased.lock().unwrap();
    match erased.get(&Uuid::parse_str(ticket).unwrap()) {
        Some(forgotten) => signed(shared, forgotten.clone()),
        None => error(404, "unknown_ticket"),
    }
}

fn signed(shared: &Shared, forgotten: Forgotten) -> Response {
    let key = if *shared.forges.lock().unwrap() {
        &shared.other
    } else {
        &shared.key
    };
    axum::Json(ForgetReply {
        schema_version: ACCOUNT_VERSION,
        receipt: Receipt::sign(&forgotten, key),
        forgotten,
    })
    .into_response()
}

fn events(shared: &Shared, request: &Request) -> Response {
    let batch = request.batch();
    let events = batch["events"].as_array().unwrap();
    let results: Vec<Value> = events
        .iter()
        .map(|event| json!({"id": event["id"], "outcome": "accepted"}))
        .collect();
    let payload = json!({"batchId": batch["batchId"],
        "digest": decantr::base::crypto::hex(&decantr::base::crypto::sha256(&inflate(&request.body))),
        "accepted": results.len(), "duplicates": 0, "dropped": 0, "receivedAt": super::support::START});
    let receipt = Receipt::sign(&payload, &shared.key);
    let reply = json!({"accepted": true, "results": results, "receipt": receipt});
    (StatusCode::ACCEPTED, axum::Json(reply)).into_response()
}
