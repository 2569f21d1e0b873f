//! The newer protocol: what is wrong with a request whole.

use decantr::model::catalog::Catalog;
use decantr::model::outcome::Reason;
use serde_json::{Value, json};

use super::support::{Line, dropped, serve, stored};
use super::v1::{ID, PATH, batch, but, event, headers, post, with};

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_is_wrong_is_refused_in_the_protocols_words() {
    let (server, _folder) = serve(Catalog::decantr(), "phc_1").await;
    let mut line = Line::open(&server).await;
    let body = batch(&[event()]);
    let missing = "missing_required_headers";
    let invalid = "invalid_header_value";
    for (name, value, status, error) in [
        ("authorization", None, 401, "invalid_api_token"),
        ("authorization", Some("Bearer phx_1"), 401, "invalid_token"),
        ("authorization", Some("Bearer phc_2"), 401, "invalid_token"),
        ("authorization", Some("Basic phc_1"), 401, "unknown_key"),
        ("content-type", None, 400, missing),
        (
            "content-type",
            Some("text/plain"),
            415,
            "unsupported_content_type",
        ),
        ("user-agent", None, 400, missing),
        ("posthog-sdk-info", None, 400, missing),
        ("posthog-attempt", None, 400, missing),
        ("posthog-attempt", Some("0"), 400, invalid),
        ("posthog-attempt", Some("x"), 400, invalid),
        ("posthog-request-timestamp", None, 400, missing),
        ("posthog-request-timestamp", Some("now"), 400, invalid),
        ("posthog-request-id", None, 400, missing),
        ("posthog-request-id", Some("7"), 400, invalid),
        ("content-encoding", Some("br"), 415, "unsupported_encoding"),
        (
            "content-encoding",
            Some("zstd"),
            415,
            "unsupported_encoding",
        ),
    ] {
        let reply = post(&mut line, PATH, &but(name, value), body.as_bytes()).await;
        assert_eq!(
            (reply.status, reply.body["error"].as_str()),
            (status, Some(error)),
            "{name} {value:?}"
        );
        assert!(reply.body["error_description"].is_string() && reply.body["error_uri"].is_string());
        assert_eq!(reply.header("retry-after"), None);
        let echoed = (name != "posthog-request-id").then_some(ID);
        assert_eq!(reply.header("posthog-request-id"), echoed);
    }
    assert!(stored(&server).await.is_empty());
    for (name, value) in [
        ("authorization", "bearer  phc_1 "),
        ("content-type", "Application/JSON; charset=utf-8"),
    ] {
        let reply = post(
            &mut line,
            "/i/v1/general/events/",
            &but(name, Some(value)),
            body.as_bytes(),
        )
        .await;
        assert_eq!(reply.status, 200, "{name} {value}: {reply:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_is_wrong_is_refused_whole_and_counted() {
    let (server, _folder) = serve(Catalog::decantr(), "").await;
    let mut line = Line::open(&server).await;
    let twice = event();
    let many = vec![json!({ "uuid": "x" }); 10_001];
    for (body, status, error) in [
        (String::new(), 400, "invalid_json"),
        ("nonsense".to_owned(), 400, "invalid_json"),
        (event().to_string(), 400, "invalid_batch"),
        (json!([event()]).to_string(), 400, "invalid_batch"),
        (
            json!({ "batch": [event()] }).to_string(),
            400,
            "invalid_batch",
        ),
        (
            json!({ "created_at": "now", "batch": [event()] }).to_string(),
            400,
            "invalid_batch",
        ),
        (batch(&[]), 400, "empty_batch"),
        (batch(&[json!(7)]), 400, "invalid_batch"),
        (
            batch(&[event(), with("uuid", Value::Null)]),
            400,
            "missing_event_uuid",
        ),
        (
            batch(&[event(), with("uuid", "".into())]),
            400,
            "missing_event_uuid",
        ),
        (
            batch(&[event(), with("uuid", "x".into())]),
            400,
            "invalid_event_uuid",
        ),
        (
            batch(&[twice.clone(), twice.clone()]),
            400,
            "duplicate_event_uuid",
        ),
        (batch(&many), 413, "payload_too_large"),
    ] {
        let reply = post(&mut line, PATH, &headers(), body.as_bytes()).await;
        assert_eq!(
            (reply.status, reply.body["error"].as_str()),
            (status, Some(error)),
            "{body:.200}"
        );
    }
    assert!(stored(&server).await.is_empty());
    assert_eq!(
        dropped(&server, "decantr", Reason::Malformed).await,
        1 + 4 * 2
    );
    assert_eq!(dropped(&server, "decantr", Reason::TooMany).await, 10_001);
}
