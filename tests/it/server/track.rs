//! `POST /v1/track`: one event a request, as products that track send it.

use decantr::model::protocol::{Scope, TRACK_PATH};
use reqwest::Method;
use serde_json::{Value, json};

use super::accounts_support::Owned;
use super::support::{NOW, Running};

async fn post(server: &Running, path: &str, key: Option<&Owned>, body: &Value) -> (u16, Value) {
    let body = Some(body.clone());
    server.ask(Method::POST, path, key, body).await
}

async fn served() -> Running {
    Running::serving(&["decantr", "conversations"]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_view_of_a_browser_is_kept_narrowed_and_without_a_user() {
    let server = served().await;
    let body = json!({
        "name": "page_viewed",
        "properties": { "path": "/invite/SECRET?x=1", "referrer": "https://www.example.com/q?a=b" },
        "sessionId": 42,
        "userId": "clx1",
        "ip": "192.0.2.7",
    });
    let (status, reply) = post(&server, TRACK_PATH, None, &body).await;
    assert_eq!((status, reply), (202, json!({ "accepted": true })));
    let events = server.store.events(0, 10).await.unwrap();
    let [kept] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_eq!(&*kept.catalog, "conversations");
    let properties: Value = serde_json::from_str(&kept.properties).unwrap();
    assert_eq!(
        properties,
        json!({ "path": "/invite/:x", "referrer": "www.example.com" })
    );
    assert_eq!(&*kept.context.source, "web");
    assert_eq!(kept.context.environment.as_str(), "production");
    assert_eq!(kept.context.user_id, None);
    let session = kept.context.session_id.as_ref().unwrap().as_str();
    assert!(session.starts_with("sess_hmac-"), "{session}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_with_a_key_says_whose_event_it_is() {
    let server = served().await;
    let key = server.key(&[Scope::Ingest], None).await;
    let body = json!({
        "name": "conversation_started",
        "properties": { "scenarioId": "clx7", "scenarioSlug": "hard-talk" },
        "userId": "clx1",
    });
    let (status, refused) = post(&server, TRACK_PATH, None, &body).await;
    assert_eq!((status, &refused["code"]), (422, &json!("not_public")));
    let (status, _) = post(&server, TRACK_PATH, Some(&key), &body).await;
    assert_eq!(status, 202);
    let events = server.store.events(0, 10).await.unwrap();
    let user = events[0].context.user_id.as_ref().unwrap().as_str();
    assert!(user.starts_with("user_hmac-"), "{user}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_is_sent_again_with_its_time_is_kept_once() {
    let server = served().await;
    let body = json!({ "name": "page_viewed", "properties": { "path": "/" }, "timestamp": NOW });
    for expected in [
        json!({ "accepted": true }),
        json!({ "accepted": true, "duplicate": true }),
    ] {
        let (status, reply) = post(&server, TRACK_PATH, None, &body).await;
        assert_eq!((status, reply), (202, expected));
    }
    assert_eq!(server.store.events(0, 10).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_event_is_told_so() {
    let server = served().await;
    for (body, status, code) in [
        (json!([]), 400, "invalid_json"),
        (json!("x"), 400, "invalid_json"),
        (json!({}), 422, "malformed_event"),
        (json!({ "name": 7 }), 422, "malformed_event"),
        (json!({ "name": "x".repeat(101) }), 422, "unknown_event"),
        (
            json!({ "name": "page_viewed", "properties": 7 }),
            422,
            "malformed_event",
        ),
        (
            json!({ "name": "page_viewed", "timestamp": "soon", "properties": { "path": "/" } }),
            422,
            "invalid_timestamp",
        ),
        (
            json!({ "name": "page_viewed" }),
            422,
            "missing_required_property",
        ),
    ] {
        let (answered, reply) = post(&server, TRACK_PATH, None, &body).await;
        assert_eq!((answered, &reply["code"]), (status, &json!(code)), "{body}");
    }
    assert!(server.store.events(0, 10).await.unwrap().is_empty());
}
