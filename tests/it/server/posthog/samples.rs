//! What real SDKs sent to a recorder, sent to us: posthog-python 7.91.1, posthog-node 5.70.0, posthog-rs 0.21.0 and the PostHog sink
//! of @decantr/telemetry 3.8.1, on 2026-11-20.

use decantr::model::catalog::Catalog;
use decantr::model::outcome::{Reason, Strip};
use decantr::server::posthog::mapping::{self, Kept};
use decantr::server::rollup::Tally;
use serde_json::json;

use super::support::{Line, Reply, counted, dropped, sdk_catalog, serve, stored};
use crate::server::recount::assert_rollups_are_a_recount;
use crate::server::support::{Running, event};

macro_rules! sample {
    ($name:literal) => {
        include_bytes!(concat!("../samples/", $name, ".http")).as_slice()
    };
}

/// The request without what told the recorder how to answer.
fn plain(sample: &[u8]) -> Vec<u8> {
    let at = sample.iter().position(|byte| *byte == b'\n').unwrap();
    let (line, rest) = sample.split_at(at);
    let mut line = String::from_utf8(line.to_vec()).unwrap();
    for prefix in ["/fail/", "/r429/", "/r413/", "/r401/", "/quota/"] {
        line = line.replace(prefix, "/");
    }
    [line.as_bytes(), rest].concat()
}

async fn replay(server: &Running, samples: &[&[u8]]) -> Vec<Reply> {
    let mut line = Line::open(server).await;
    let mut replies = Vec::new();
    for sample in samples {
        replies.push(line.send(&plain(sample)).await);
    }
    replies
}

fn assert_all_ok(replies: &[Reply]) {
    for reply in replies {
        assert_eq!(
            (reply.status, &reply.body),
            (200, &json!({ "status": "Ok" }))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_posthog_sink_of_the_tools_is_read_as_its_own_sink_is() {
    let (server, _folder) = serve(Catalog::decantr(), "").await;
    let samples = [
        sample!("decantr-004"),
        sample!("decantr-005"),
        sample!("decantr-006"),
    ];
    assert_all_ok(&replay(&server, &samples).await);
    let kept = stored(&server).await;
    let [command] = kept.as_slice() else {
        panic!("{kept:?}")
    };
    assert_eq!(command.name, "cli.command.completed");
    assert_eq!(
        command.properties,
        r#"{"command":"check","success":true,"durationMs":1234}"#
    );
    assert_eq!(
        serde_json::to_value(&command.context).unwrap(),
        json!({
            "source": "cli", "environment": "production", "decantrVersion": "3.8.1",
            "installId": "inst_0123456789abcdef", "projectId": "proj_abc", "sessionId": "sess_1",
        })
    );
    assert_eq!(command.timestamp.to_string(), "2026-11-20T04:24:06.506Z");
    // `decantr_actor_type` takes a key; the other two events lack a property.
    assert_eq!(
        counted(&server, "decantr", Tally::Stripped(Strip::ContextNeedsKey)).await,
        1
    );
    assert_eq!(
        dropped(&server, "decantr", Reason::MissingRequired).await,
        2
    );

    assert_all_ok(&replay(&server, &samples).await);
    assert_eq!(
        stored(&server).await.len(),
        1,
        "sent again, it is the same event"
    );
    assert_eq!(counted(&server, "decantr", Tally::Duplicate).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sdks_older_protocol_is_read_whoever_speaks_it() {
    let (mut server, _folder) = serve(sdk_catalog(), "phc_testtoken123").await;
    let samples = [
        sample!("python-001"),
        sample!("python-002"),
        sample!("node-001"),
        sample!("node-002"),
        sample!("rust-v0-001"),
    ];
    assert_all_ok(&replay(&server, &samples).await);
    let kept = stored(&server).await;
    let kept: Vec<(&str, String, &str)> = kept
        .iter()
        .map(|event| {
            // Whoever is no opaque id is a keyed hash.
            let visitor = event.context.anonymous_id.as_ref().unwrap().as_str();
            assert!(visitor.starts_with("anon_hmac-"), "{visitor}");
            (
                event.name.as_str(),
                event.timestamp.strftime("%dT%H:%M").to_string(),
                event.properties.as_str(),
            )
        })
        .collect();
    // The clocks of senders are corrected by when they say that they sent: what happened just before happened just now. node says
    // that its first event is of January, which is too old.
    assert_eq!(
        kept,
        [
            (
                "decantr.cli.command_completed",
                "20T04:59".to_owned(),
                r#"{"a":1}"#
            ),
            ("no_person", "20T04:59".to_owned(), "{}"),
            (
                "decantr.cli.command_completed",
                "20T04:59".to_owned(),
                r#"{"a":1}"#
            ),
            ("anon_event", "20T04:59".to_owned(), "{}"),
        ]
    );
    assert_eq!(dropped(&server, "sdk", Reason::TooOld).await, 1);
    assert_eq!(dropped(&server, "sdk", Reason::UnknownEvent).await, 8);
    let sessions = stored(&server).await;
    let session = sessions[2].context.session_id.as_ref().unwrap().as_str();
    assert!(session.starts_with("sess_hmac-"), "{session}");
    server.stop().await.unwrap();
    assert_rollups_are_a_recount(&server.path);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_again_counts_once() {
    let (server, _folder) = serve(sdk_catalog(), "").await;
    let python = [
        sample!("python-fail-001"),
        sample!("python-fail-002"),
        sample!("python-fail-003"),
        sample!("python-fail-004"),
        sample!("python-fail-005"),
        sample!("python-fail-006"),
        sample!("python-fail-007"),
        sample!("python-fail-008"),
    ];
    assert_all_ok(&replay(&server, &python).await);
    assert_eq!(stored(&server).await.len(), 4, "three tries are one event");
    let node = [
        sample!("node-fail-001"),
        sample!("node-fail-002"),
        sample!("node-fail-003"),
        sample!("node-fail-004"),
        sample!("node-fail-005"),
        sample!("node-fail-006"),
        // The batch that was too large and its halves.
        sample!("node-fail-007"),
        sample!("node-fail-008"),
        sample!("node-fail-009"),
        sample!("node-fail-010"),
        sample!("node-fail-011"),
    ];
    assert_all_ok(&replay(&server, &node).await);
    assert_eq!(stored(&server).await.len(), 4 + 5 * 4);
    assert_eq!(counted(&server, "sdk", Tally::Accepted).await, 24);
    assert_eq!(
        counted(&server, "sdk", Tally::Duplicate).await,
        4 + 4 * 4 + 2 + 1
    );
}

/// The results of a request by the newer protocol, in the order of its events.
fn results(reply: &Reply) -> Vec<String> {
    assert_eq!(reply.status, 200, "{reply:?}");
    let results = reply.body["results"].as_object().unwrap();
    let shown = results.values().map(|result| {
        let details = result["details"].as_str().unwrap_or_default();
        format!("{} {details}", result["result"].as_str().unwrap())
    });
    shown.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sdks_newer_protocol_is_read_whoever_speaks_it() {
    let (mut server, _folder) = serve(sdk_catalog(), "phc_testtoken123").await;
    let samples = [
        sample!("python-v1-001"),
        sample!("rust-v1-001"),
        sample!("node-v1-001"),
        sample!("node-v1-002"),
        sample!("node-v1-003"),
        // One event of this batch is sent again in the next one.
        sample!("node-v1-004"),
        sample!("node-v1-005"),
    ];
    let ok = "ok ";
    let unknown = "drop unknown_event";
    let expected: [&[&str]; 7] = [
        &[ok, unknown],
        &[ok, ok],
        &["drop too_old", unknown, unknown, unknown],
        &["drop too_old", unknown, unknown, unknown],
        &[ok, ok, ok, ok],
        &[unknown; 4],
        &[unknown],
    ];
    for _ in 0..2 {
        let replies = replay(&server, &samples).await;
        for ((reply, expected), sample) in replies.iter().zip(expected).zip(samples) {
            assert_eq!(results(reply), expected);
            let sample = String::from_utf8_lossy(sample).to_lowercase();
            let id = reply.header("posthog-request-id").unwrap();
            assert!(sample.contains(&format!("posthog-request-id: {id}")));
            assert_eq!(reply.header("retry-after"), None);
        }
    }
    // Sent a second time, all were the same events.
    let kept = stored(&server).await;
    assert_eq!(kept.len(), 7);
    assert_eq!(counted(&server, "sdk", Tally::Duplicate).await, 7);
    assert_eq!(kept[0].properties, r#"{"a":1}"#);
    assert_eq!(
        kept[0].timestamp.strftime("%dT%H:%M").to_string(),
        "20T04:59"
    );
    let session = kept[0].context.session_id.as_ref().unwrap().as_str();
    assert!(session.starts_with("sess_hmac-"), "{session}");
    server.stop().await.unwrap();
    assert_rollups_are_a_recount(&server.path);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_our_own_forwarder_sends_comes_back_as_it_was() {
    let catalog = Catalog::decantr();
    let (from, _folder) = serve(Catalog::decantr(), "").await;
    let (to, _other_folder) = serve(Catalog::decantr(), "").await;
    from.batch(&[event()]).await;
    let sent = stored(&from).await.remove(0);
    let kept = Kept {
        id: sent.id,
        spec: catalog.event(&sent.name).unwrap(),
        schema_version: &catalog.schema_version,
        context: &sent.context,
        counted: &sent.counted,
        timestamp: sent.timestamp,
        properties: &sent.properties,
    };
    let body = json!({ "api_key": "phc_1", "batch": [mapping::event(&kept)] }).to_string();
    let reply = Line::open(&to).await.post("/batch/", body.as_bytes()).await;
    assert_all_ok(&[reply]);
    let got = stored(&to).await.remove(0);
    assert_eq!(
        (got.id, &got.context, got.timestamp, &got.properties),
        (sent.id, &sent.context, sent.timestamp, &sent.properties)
    );
}
