//! When events happened, and which of them are the same.

use decantr::model::catalog::Catalog;
use serde_json::{Value, json};

use super::support::{Line, serve, stored};
use crate::server::support::NOW;

fn batch(event: &Value, sent_at: &str) -> String {
    json!({ "api_key": "phc_1", "sent_at": sent_at, "batch": [event] }).to_string()
}

fn event(timestamp: &Value) -> Value {
    json!({
        "event": "cli.command.completed",
        "distinct_id": "inst_1",
        "properties": { "command": "check", "durationMs": 1, "success": true },
        "timestamp": timestamp,
    })
}

/// Each line: what the request says (query, time of sending, the event's time and offset), when the event happened.
#[tokio::test(flavor = "multi_thread")]
async fn clocks_are_corrected_by_the_time_of_sending() {
    let eleven = "2026-11-20T04:00:00";
    for (query, sent_at, timestamp, offset, happened) in [
        (
            "",
            "2026-11-20T05:00:10Z",
            json!("2026-11-20T04:00:00Z"),
            None,
            "2026-11-20T03:59:50Z",
        ),
        (
            "",
            "2026-11-20T04:59:50+00:00",
            json!(eleven),
            None,
            "2026-11-20T04:00:10Z",
        ),
        ("", "nonsense", json!(eleven), None, "2026-11-20T04:00:00Z"),
        ("", "", json!("2026-11-21T05:00:00Z"), None, NOW),
        (
            "",
            "",
            json!("2026-11-21T04:00:00Z"),
            None,
            "2026-11-21T04:00:00Z",
        ),
        ("", "", json!("yesterday"), None, NOW),
        ("", "2026-11-20T05:00:10Z", Value::Null, None, NOW),
        ("", "", json!(eleven), Some(5_000), "2026-11-20T04:59:55Z"),
        ("", "", Value::Null, Some(5_000), "2026-11-20T04:59:55Z"),
        (
            "?_=1795150810000",
            "",
            json!(eleven),
            None,
            "2026-11-20T03:59:50Z",
        ),
        (
            "?_=1795150810",
            "",
            json!(eleven),
            None,
            "2026-11-20T04:00:00Z",
        ),
    ] {
        let (server, _folder) = serve(Catalog::decantr(), "").await;
        let mut sent = event(&timestamp);
        sent["offset"] = json!(offset);
        let body = batch(&sent, sent_at);
        let reply = Line::open(&server)
            .await
            .post(&format!("/batch/{query}"), body.as_bytes())
            .await;
        assert_eq!(reply.status, 200, "{reply:?}");
        let kept = stored(&server).await;
        assert_eq!(kept[0].timestamp.to_string(), happened, "{query} {body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_that_is_not_to_be_corrected_is_not() {
    let (server, _folder) = serve(Catalog::decantr(), "").await;
    let mut exact = event(&json!("2026-11-20T04:00:00Z"));
    exact["properties"]["$ignore_sent_at"] = true.into();
    let body = batch(&exact, "2026-11-20T05:30:00Z");
    Line::open(&server)
        .await
        .post("/batch", body.as_bytes())
        .await;
    assert_eq!(
        stored(&server).await[0].timestamp.to_string(),
        "2026-11-20T04:00:00Z"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_without_an_id_is_the_same_when_it_is_sent_again_and_another_at_another_time() {
    let (server, _folder) = serve(Catalog::decantr(), "").await;
    let mut line = Line::open(&server).await;
    let at_four = event(&json!("2026-11-20T04:00:00Z"));
    let mut empty = at_four.clone();
    empty["uuid"] = "".into();
    for (body, kept) in [
        (batch(&at_four, "2026-11-20T05:00:10Z"), 1),
        (batch(&at_four, "2026-11-20T05:00:15Z"), 1),
        (batch(&empty, "2026-11-20T04:00:00Z"), 1),
        // Corrected, it happened when the first one did; its sender says that it is another.
        (
            batch(
                &event(&json!("2026-11-20T04:00:05Z")),
                "2026-11-20T05:00:15Z",
            ),
            2,
        ),
        // Whoever says no time is not known again.
        (batch(&event(&Value::Null), NOW), 3),
        (batch(&event(&Value::Null), NOW), 4),
        (batch(&event(&json!("yesterday")), NOW), 5),
    ] {
        assert_eq!(line.post("/batch/", body.as_bytes()).await.status, 200);
        assert_eq!(stored(&server).await.len(), kept, "{body}");
    }
}
