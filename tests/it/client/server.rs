//! A server on a port of its own that answers as told: well, badly, or not at all.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use decantr::base::crypto::{SigningKey, hex, sha256};
use decantr::model::protocol::{EVENTS_PATH, KEY_PATH, KeyPage, Receipt, ReceiptPayload};
use flate2::read::GzDecoder;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::serving::Serving;

/// How the server answers batches.
pub(crate) enum Behaviour {
    /// As documented.
    Good,
    /// With this status, `Retry-After` and body.
    Says(u16, Option<u64>, &'static str),
    /// Never.
    Silent,
    /// As documented, but its key page never comes.
    SilentKey,
    /// As documented, but with a receipt by another key.
    OtherKey,
    /// As documented, but without a receipt.
    NoReceipt,
    /// As documented, after running this.
    After(Box<dyn Fn() + Send>),
}

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// The inflated batch.
    pub(crate) fn batch(&self) -> Value {
        serde_json::from_slice(&inflate(&self.body)).unwrap()
    }
}

struct Shared {
    behaviour: Mutex<Behaviour>,
    requests: Mutex<Vec<Request>>,
    known: Mutex<BTreeSet<String>>,
    key: SigningKey,
    other: SigningKey,
}

/// The server; it stops when dropped.
pub(crate) struct Server {
    pub(crate) url: String,
    shared: Arc<Shared>,
    _serving: Serving,
}

impl Server {
    pub(crate) fn start() -> Self {
        let shared = Arc::new(Shared {
            behaviour: Mutex::new(Behaviour::Good),
            requests: Mutex::default(),
            known: Mutex::default(),
            key: SigningKey::generate().unwrap().0,
            other: SigningKey::generate().unwrap().0,
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

    pub(crate) fn behave(&self, behaviour: Behaviour) {
        *self.shared.behaviour.lock().unwrap() = behaviour;
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// How many different events it took.
    pub(crate) fn accepted(&self) -> usize {
        self.shared.known.lock().unwrap().len()
    }

    /// The batches that arrived.
    pub(crate) fn posts(&self) -> Vec<Request> {
        let mut requests = self.requests();
        requests.retain(|request| request.method == Method::POST);
        requests
    }
}

pub(crate) fn inflate(bytes: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut body).unwrap();
    body
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
    if request.path == KEY_PATH {
        let is_silent = matches!(&*shared.behaviour.lock().unwrap(), Behaviour::SilentKey);
        if is_silent {
            std::future::pending::<()>().await;
        }
        return axum::Json(KeyPage::of(&shared.key)).into_response();
    }
    assert_eq!(request.path, EVENTS_PATH);
    let is_silent = matches!(&*shared.behaviour.lock().unwrap(), Behaviour::Silent);
    if is_silent {
        std::future::pending::<()>().await;
    }
    let behaviour = shared.behaviour.lock().unwrap();
    let (key, with_receipt) = match &*behaviour {
        Behaviour::Says(status, retry_after, body) => {
            let status = StatusCode::from_u16(*status).unwrap();
            let mut response = (status, *body).into_response();
            let headers = response.headers_mut();
            if let Some(seconds) = retry_after {
                headers.insert("retry-after", (*seconds).into());
            }
            if status.is_redirection() {
                headers.insert("location", "/elsewhere".parse().unwrap());
            }
            return response;
        }
        Behaviour::OtherKey => (&shared.other, true),
        Behaviour::NoReceipt => (&shared.key, false),
        Behaviour::After(run) => {
            run();
            (&shared.key, true)
        }
        Behaviour::Good | Behaviour::Silent | Behaviour::SilentKey => (&shared.key, true),
    };
    acknowledge(&shared, &request, key, with_receipt)
}

fn acknowledge(
    shared: &Shared,
    request: &Request,
    key: &SigningKey,
    with_receipt: bool,
) -> Response {
    let batch = request.batch();
    let mut known = shared.known.lock().unwrap();
    let results: Vec<Value> = batch["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| {
            let is_new = known.insert(event["id"].as_str().unwrap().to_owned());
            json!({"id": event["id"], "outcome": if is_new { "accepted" } else { "duplicate" }})
        })
        .collect();
    let accepted = results
        .iter()
        .filter(|result| result["outcome"] == "accepted")
        .count();
    let payload = ReceiptPayload {
        batch_id: batch["batchId"]
            .as_str()
            .map(|id| Uuid::parse_str(id).unwrap()),
        digest: hex(&sha256(&inflate(&request.body))),
        accepted: u32::try_from(accepted).unwrap(),
        duplicates: u32::try_from(results.len() - accepted).unwrap(),
        dropped: 0,
        received_at: super::support::START.parse().unwrap(),
    };
    let mut reply = json!({"accepted": true, "results": results});
    if with_receipt {
        reply["receipt"] = serde_json::to_value(Receipt::sign(&payload, key)).unwrap();
    }
    (StatusCode::ACCEPTED, axum::Json(reply)).into_response()
}
