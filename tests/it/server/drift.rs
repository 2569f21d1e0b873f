//! `POST /v1/events`: what clients of drift send, as they send it and resend it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use decantr::base::ids::OpaqueId;
use decantr::model::protocol::{DRIFT_EVENTS_PATH, MAX_BODY_BYTES};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::drift_support::{INSTALL, action, scan, signature};
use super::support::{NOW, Running};
use crate::support::serving::Serving;

/// A request of a real client, byte by byte.
const SAMPLE: &[u8] = include_bytes!("samples/drift-001.http");

async fn served() -> Running {
    Running::serving(&["decantr", "drift"]).await
}

fn said(accepted: u32, duplicates: u32, dropped: u32) -> Value {
    json!({
        "success": true,
        "eventsProcessed": accepted + duplicates + dropped,
        "accepted": accepted,
        "duplicates": duplicates,
        "dropped": dropped,
    })
}

async fn stored(server: &Running) -> usize {
    server.store.events(0, 10_000).await.unwrap().len()
}

/// Sends bytes as they are; gives the status line and the body.
async fn replay(server: &Running, bytes: &[u8]) -> (String, Value) {
    let mut stream = TcpStream::connect(server.base.trim_start_matches("http://"))
        .await
        .unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    loop {
        assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0);
        let text = String::from_utf8(answer.clone()).unwrap();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        if let Ok(body) = serde_json::from_str(body) {
            return (head.lines().next().unwrap().to_owned(), body);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorded_request_is_taken_as_it_is_and_once() {
    let server = served().await;
    let (status, reply) = replay(&server, SAMPLE).await;
    assert_eq!((&*status, reply), ("HTTP/1.1 200 OK", said(3, 0, 0)));
    let (status, reply) = replay(&server, SAMPLE).await;
    assert_eq!((&*status, reply), ("HTTP/1.1 200 OK", said(0, 3, 0)));
    let events = server.store.events(0, 10).await.unwrap();
    let names: Vec<&str> = events.iter().map(|event| &*event.name).collect();
    assert_eq!(
        names,
        ["pattern_signature", "user_action", "scan_completion"]
    );
    for event in &events {
        let context = &event.context;
        assert_eq!(event.catalog, "drift");
        assert_eq!(&*context.source, "drift");
        assert_eq!(context.environment.as_str(), "production");
        assert_eq!(context.service_version.as_deref(), Some("0.0.1"));
        let install = context.install_id.as_ref().unwrap().as_str();
        assert_eq!(install, format!("install_{INSTALL}"));
    }
    let sent: Value = {
        let text = std::str::from_utf8(SAMPLE).unwrap();
        serde_json::from_str(text.split_once("\r\n\r\n").unwrap().1).unwrap()
    };
    for (event, sent) in events.iter().zip(sent["events"].as_array().unwrap()) {
        let kept: Value = serde_json::from_str(&event.properties).unwrap();
        let mut sent = sent.as_object().unwrap().clone();
        for member in ["type", "timestamp", "installationId", "driftVersion"] {
            sent.shift_remove(member);
        }
        for (name, value) in &sent {
            let kept = &kept[name];
            assert_eq!(kept.as_f64(), value.as_f64(), "{name}");
            assert!(kept == value || kept.is_number(), "{name}: {kept}");
        }
        assert_eq!(kept.as_object().unwrap().len(), sent.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_event_is_dropped_and_counted_and_fails_no_other() {
    let server = served().await;
    let good = scan(INSTALL, NOW, 1);
    let without = |name: &str| {
        let mut event = good.clone();
        event.as_object_mut().unwrap().shift_remove(name);
        event
    };
    let with = |name: &str, value: Value| {
        let mut event = good.clone();
        event[name] = value;
        event
    };
    let bad = [
        json!(7),
        json!(null),
        json!([]),
        json!({}),
        without("type"),
        without("timestamp"),
        without("durationMs"),
        with("type", json!("nothing_known")),
        with("type", json!({ "a": 1 })),
        with("timestamp", json!("soon")),
        with("timestamp", json!("2020-01-01T00:00:00Z")),
        with("timestamp", json!("2030-01-01T00:00:00Z")),
        with("durationMs", json!(-1)),
        with("durationMs", json!("long")),
        with("x", json!(vec![0; 5_000])),
    ];
    let mut queue = bad.to_vec();
    queue.insert(7, good.clone());
    let reply = server.queue(&queue).await;
    assert_eq!(reply, said(1, 0, 15));
    assert_eq!(stored(&server).await, 1);
    let today = decantr::server::store::Days::ending(
        decantr::server::rollup::Day::of(super::support::now()),
        1,
    );
    let outcomes = server.store.outcomes("drift", today).await.unwrap();
    let dropped: u64 = outcomes
        .iter()
        .filter(|row| row.tally.words().0 == "dropped")
        .map(|row| row.count)
        .sum();
    assert_eq!(dropped, 15, "{outcomes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_is_no_json_harms_its_own_event_only() {
    let server = served().await;
    let good = scan(INSTALL, NOW, 1).to_string();
    let body = format!(r#"{{"events":[{{"type":"\ud800"}},{good},{{"a":1e999}}]}}"#);
    let (status, _, reply) = server
        .send(Method::POST, DRIFT_EVENTS_PATH, &[], Some(body))
        .await;
    assert_eq!((status, reply), (200, said(1, 0, 2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_may_be_longer_than_a_hundred_and_empty_too() {
    let server = served().await;
    let queue: Vec<Value> = (0..2_000).map(|n| scan(INSTALL, NOW, n)).collect();
    assert_eq!(server.queue(&queue).await, said(2_000, 0, 0));
    assert_eq!(server.queue(&queue).await, said(0, 2_000, 0));
    assert_eq!(server.queue(&[]).await, said(0, 0, 0));
    let long = "x".repeat(MAX_BODY_BYTES);
    let (status, reply) = server.drift(&json!({ "events": [], "pad": long })).await;
    assert_eq!(status, 413, "{reply}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_holds_no_queue_is_refused_with_json() {
    let server = served().await;
    for body in [
        "",
        "{",
        "7",
        "null",
        "[]",
        "[[]]",
        "{}",
        r#"{"events":null}"#,
        r#"{"events":{}}"#,
        r#"{"events":7}"#,
        r#"{"events":[}"#,
    ] {
        let body = Some(body.to_owned());
        let (status, _, reply) = server
            .send(Method::POST, DRIFT_EVENTS_PATH, &[], body.clone())
            .await;
        assert_eq!(
            (status, &reply["code"]),
            (400, &json!("invalid_json")),
            "{body:?}"
        );
    }
    assert_eq!(stored(&server).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_routes_are_there_only_where_drift_is_served() {
    let server = Running::serving(&["decantr"]).await;
    let (status, _) = server.drift(&json!({ "events": [] })).await;
    assert_eq!(status, 404);
    let server = served().await;
    for (path, expected) in [
        ("/catalogs/drift/v1/events", 200),
        ("/catalogs/decantr/v1/events", 404),
    ] {
        let body = Some(json!({ "events": [] }));
        let (status, reply) = server.ask(Method::POST, path, None, body).await;
        assert_eq!(status, expected, "{path}: {reply}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_can_speak_here_for_an_id_that_somebody_could_prove() {
    let server = served().await;
    let certified = OpaqueId::certified("install", &[7; 32]).unwrap();
    let uuid = certified.as_str().trim_start_matches("install_");
    let queue: Vec<Value> = [
        uuid,
        &uuid.to_uppercase(),
        certified.as_str(),
        "me@example.com",
        "unknown",
        "",
    ]
    .into_iter()
    .map(|id| scan(id, NOW, 1))
    .collect();
    // The same UUID in two spellings is one sender; the last two have none.
    assert_eq!(server.queue(&queue).await, said(4, 2, 0));
    let events = server.store.events(0, 10).await.unwrap();
    let ids: Vec<Option<&str>> = events
        .iter()
        .map(|event| event.context.install_id.as_ref().map(OpaqueId::as_str))
        .collect();
    assert_eq!(ids.len(), 4);
    for id in ids.iter().take(3) {
        assert!(id.unwrap().starts_with("install_hmac-"), "{ids:?}");
    }
    assert_eq!(ids[3], None);
}

/// What stands between a client and the server, and fails in turns.
#[derive(Clone)]
struct Front {
    to: String,
    tries: Arc<AtomicUsize>,
}

async fn fail_in_turns(State(front): State<Front>, body: Bytes) -> (StatusCode, Vec<u8>) {
    let turn = front.tries.fetch_add(1, Ordering::SeqCst);
    // Nothing arrives; everything arrives, but nobody hears of it; all is well.
    let busy = (StatusCode::SERVICE_UNAVAILABLE, b"busy".to_vec());
    if turn % 3 == 0 {
        return busy;
    }
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.post(&front.to).body(body).send().await.unwrap();
    let status = answer.status();
    let body = answer.bytes().await.unwrap().to_vec();
    if turn % 3 == 1 { busy } else { (status, body) }
}

/// A client as the real one is: a queue, sent whole; two more tries after anything but a 2xx; what is left is sent with the next.
struct Client {
    url: String,
    queue: Vec<Value>,
    http: reqwest::Client,
}

impl Client {
    async fn flush(&mut self) -> bool {
        let sent = self.queue.len();
        for _ in 0..=2 {
            let body = json!({ "events": self.queue }).to_string();
            let request = self.http.post(&self.url);
            let request = request.header("content-type", "application/json");
            let answer = request.body(body).send().await.unwrap();
            if answer.status().is_success() {
                // It must be JSON.
                let reply: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
                assert_eq!(reply["eventsProcessed"], sent);
                self.queue.drain(..sent);
                return true;
            }
        }
        false
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_resends_its_queue_is_counted_once() {
    let server = served().await;
    let front = Front {
        to: format!("{}{DRIFT_EVENTS_PATH}", server.base),
        tries: Arc::default(),
    };
    let app = Router::new()
        .route(DRIFT_EVENTS_PATH, post(fail_in_turns))
        .with_state(front.clone());
    let serving = Serving::start(app);
    let mut client = Client {
        url: format!("{}{DRIFT_EVENTS_PATH}", serving.url),
        queue: Vec::new(),
        http: reqwest::Client::builder().no_proxy().build().unwrap(),
    };
    for turn in 0..5_u32 {
        client.queue.push(scan(INSTALL, NOW, turn));
        client.queue.push(action(INSTALL, NOW, 0.9, turn));
        let hash = format!("05fac08b592c29e{turn}");
        client.queue.push(signature(INSTALL, NOW, &hash, 0.9));
        client.queue.push(json!({ "type": "broken" }));
        assert!(client.flush().await);
        assert!(client.queue.is_empty());
    }
    assert_eq!(front.tries.load(Ordering::SeqCst), 15);
    assert_eq!(stored(&server).await, 15);
    // A server of its own answers what the client cannot do anything about: it keeps its queue and sends it with the next.
    client.url = format!("{}/nowhere", server.base);
    client.queue.push(scan(INSTALL, NOW, 100));
    assert!(!client.flush().await);
    client.url = front.to;
    client.queue.push(scan(INSTALL, NOW, 101));
    assert!(client.flush().await);
    assert_eq!(stored(&server).await, 17);
    let found = server.store.drift().pattern_signatures("", 10).await;
    let counts: Vec<u64> = found.unwrap().iter().map(|s| s.occurrence_count).collect();
    assert_eq!(counts, [1; 5]);
}
