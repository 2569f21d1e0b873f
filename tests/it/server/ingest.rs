//! `POST /v1/telemetry/events`: what a client hears, and what is stored of what it said.

use std::collections::BTreeMap;

use decantr::model::outcome::{Reason, Strip};
use decantr::model::protocol::{KEY_PATH, KeyPage};
use decantr::server::rollup::{Day, Tally};
use decantr::server::store::Days;
use serde_json::{Value, json};

use super::recount::assert_rollups_are_a_recount;
use super::support::{Running, batch, event, now, with};

/// What a real client sent; the padding of its note is shortened.
const SAMPLE_001: &str = r#"{"schemaVersion":"0.3.0","event":{"name":"cli.command.completed","context":{"source":"cli","installId":"inst_0123456789abcdef","projectId":"proj_abc","sessionId":"sess_1","decantrVersion":"3.8.1","environment":"production"},"properties":{"command":"check","durationMs":1234,"success":true,"exitCode":0,"path":"[redacted]","note":"xxxxxxxxxxxxxxxx..."},"timestamp":"2026-11-20T04:24:06.472Z"}}"#;
const SAMPLE_002: &str = r#"{"schemaVersion":"0.3.0","event":{"name":"decantr.check.completed","context":{"source":"cli","installId":"inst_0123456789abcdef","projectId":"proj_abc","sessionId":"sess_1","decantrVersion":"3.8.1","environment":"production"},"properties":{"success":true},"timestamp":"2026-11-20T04:24:06.502Z"}}"#;
const SAMPLE_003: &str = r#"{"schemaVersion":"0.3.0","event":{"name":"registry.item.resolved","context":{"source":"mcp","projectId":"proj_abc","sessionId":"sess_1","decantrVersion":"3.8.1","environment":"production","anonymousId":"anon_1"},"timestamp":"2026-01-02T03:04:05.000Z","properties":{"kind":"pattern","nested":{"a":{"b":{"c":{"d":"[redacted]"}}}}}}}"#;

async fn tallies(server: &Running) -> BTreeMap<(&'static str, &'static str), u64> {
    let today = Days::ending(Day::of(now()), 1);
    let rows = server.store.outcomes("decantr", today).await.unwrap();
    rows.iter()
        .map(|row| (row.tally.words(), row.count))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_clients_event_is_stored_without_what_the_catalog_does_not_know() {
    let server = Running::start().await;
    let (status, reply) = server.post(SAMPLE_001).await;
    assert_eq!((status, &reply), (202, &json!({ "accepted": true })));

    let stored = server.store.events(0, 10).await.unwrap();
    assert_eq!(stored.len(), 1);
    let event = &stored[0];
    assert_eq!(
        event.properties,
        r#"{"command":"check","success":true,"durationMs":1234}"#
    );
    assert_eq!(event.timestamp.to_string(), "2026-11-20T04:24:06.472Z");
    assert_eq!(
        event.context.install_id.as_ref().unwrap().as_str(),
        "inst_0123456789abcdef"
    );
    assert_eq!(event.context.decantr_version.as_deref(), Some("3.8.1"));
    assert_eq!(event.counted.actor.as_str(), "customer");
    let expected = [
        (Tally::Accepted.words(), 1),
        (Tally::Stripped(Strip::UnknownProperty).words(), 3),
    ];
    assert_eq!(tallies(&server).await, BTreeMap::from(expected));

    // The client sends no id, so its retry is recognised by content.
    let (status, reply) = server.post(SAMPLE_001).await;
    let again = json!({ "accepted": true, "duplicate": true });
    assert_eq!((status, reply), (202, again));
    assert_eq!(server.store.events(0, 10).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_without_a_required_property_are_refused_and_counted() {
    let server = Running::start().await;
    for sample in [SAMPLE_002, SAMPLE_003] {
        let (status, reply) = server.post(sample).await;
        assert_eq!(status, 422);
        assert_eq!(reply["accepted"], false);
        assert_eq!(reply["code"], "missing_required_property");
        assert!(
            reply["detail"]
                .as_str()
                .unwrap()
                .contains("required property")
        );
    }
    assert!(server.usage().await.is_empty());
    let missing = Tally::Dropped(Reason::MissingRequired).words();
    assert_eq!(tallies(&server).await, BTreeMap::from([(missing, 2)]));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_event_of_a_batch_has_its_own_fate_and_the_receipt_adds_up() {
    let server = Running::start().await;
    let first = event();
    let events = [
        first.clone(),
        with(event(), "/name", "no.such.event"),
        first,
        with(event(), "/context/source", "nobody"),
        with(event(), "/timestamp", "2026-01-01T00:00:00Z"),
        with(event(), "/timestamp", "2026-11-22T00:00:00Z"),
        with(event(), "/id", "not-a-uuid"),
        json!(7),
    ];
    let request = batch(&events);
    let body = request.to_string();
    let answer = server.post_bytes(body.clone()).await;
    assert_eq!(answer.status, 202);
    let reply: decantr::model::protocol::BatchReply = serde_json::from_slice(&answer.body).unwrap();
    let fates: Vec<&str> = reply
        .results
        .iter()
        .map(|result| {
            result
                .reason
                .map_or(&*result.outcome, |reason| reason.code())
        })
        .collect();
    assert_eq!(
        fates,
        [
            "accepted",
            "unknown_event",
            "duplicate",
            "unknown_source",
            "too_old",
            "too_new",
            "invalid_id",
            "malformed_event"
        ]
    );
    assert_eq!(reply.results[1].id.unwrap().to_string(), events[1]["id"]);
    assert_eq!(reply.results[6].id, None);

    let (_, page) = server.get(KEY_PATH).await;
    let page: KeyPage = serde_json::from_value(page).unwrap();
    let receipt = reply.receipt.verify(&page, body.as_bytes()).unwrap();
    assert_eq!(
        (receipt.accepted, receipt.duplicates, receipt.dropped),
        (1, 1, 6)
    );
    assert_eq!(receipt.batch_id.unwrap().to_string(), request["batchId"]);
    assert_eq!(receipt.received_at, now());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_sent_again_changes_nothing() {
    let mut server = Running::start().await;
    let events: Vec<Value> = (0..20)
        .map(|_| with(event(), "/properties/note", "x"))
        .collect();
    let body = batch(&events).to_string();
    let (_, reply) = server.post(body.clone()).await;
    assert!(
        reply["results"]
            .as_array()
            .unwrap()
            .iter()
            .all(|r| r["outcome"] == "accepted")
    );
    let (usage, active, mut tallied) = (
        server.usage().await,
        server.active().await,
        tallies(&server).await,
    );

    let (status, reply) = server.post(body).await;
    assert_eq!(status, 202);
    assert!(
        reply["results"]
            .as_array()
            .unwrap()
            .iter()
            .all(|r| r["outcome"] == "duplicate")
    );
    assert_eq!(server.usage().await, usage);
    assert_eq!(server.active().await, active);
    tallied.insert(Tally::Duplicate.words(), 20);
    assert_eq!(tallies(&server).await, tallied);
    server.stop().await.unwrap();
    assert_rollups_are_a_recount(&server.path);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_nobody_can_speak_for_a_user_or_an_organisation() {
    let server = Running::start().await;
    let event = with(event(), "/context/userId", "user_1");
    let event = with(event, "/context/orgId", "org_1");
    let event = with(event, "/context/actorType", "internal");
    let event = with(event, "/context/sampleRate", 0.001);
    let event = with(event, "/context/installId", "someone@example.com");
    server.batch(&[event]).await;
    let stored = server.store.events(0, 1).await.unwrap();
    let context = &stored[0].context;
    assert_eq!(
        (&context.user_id, &context.org_id, context.sample_rate),
        (&None, &None, None)
    );
    assert_eq!(
        (context.actor_type, stored[0].counted.actor.as_str()),
        (None, "customer")
    );
    let install = context.install_id.as_ref().unwrap().as_str();
    assert!(
        install.starts_with("install_hmac-") && !install.contains("someone"),
        "{install}"
    );
    let bytes = std::fs::read(&server.path).unwrap();
    let log = std::fs::read(server.path.with_extension("db-wal")).unwrap();
    let holds = |needle: &[u8]| {
        [&bytes, &log]
            .iter()
            .any(|b| b.windows(needle.len()).any(|w| w == needle))
    };
    assert!(holds(install.as_bytes()));
    assert!(
        !holds(b"someone@example.com"),
        "the raw identifier reached the disk"
    );
    assert!(!holds(b"user_1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blank_identifier_is_nobody() {
    let server = Running::start().await;
    let event = with(event(), "/context/installId", "");
    let event = with(event, "/context/projectId", " \t");
    server.batch(&[event]).await;
    let stored = server.store.events(0, 1).await.unwrap();
    let context = &stored[0].context;
    assert_eq!((&context.install_id, &context.project_id), (&None, &None));
    assert_eq!(stored[0].counted.actor.as_str(), "service");
    let stripped = Tally::Stripped(Strip::InvalidContext).words();
    assert_eq!(tallies(&server).await[&stripped], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_for_another_catalog_or_version_is_refused_whole_and_counted() {
    let server = Running::start().await;
    let many: Vec<Value> = (0..3).map(|_| event()).collect();
    let single = json!({ "schemaVersion": "0.1.0", "event": event() });
    for (body, code) in [
        (
            with(batch(&many), "/catalog", "elsewhere"),
            "unknown_catalog",
        ),
        (
            with(batch(&many), "/schemaVersion", "9.9.9"),
            "unsupported_schema_version",
        ),
        (
            with(batch(&many), "/schemaVersion", Value::Null),
            "unsupported_schema_version",
        ),
        (single, "unsupported_schema_version"),
    ] {
        let (status, reply) = server.post(body.to_string()).await;
        assert_eq!((status, reply["code"].as_str()), (422, Some(code)));
        assert_eq!(reply["accepted"], false);
    }
    let expected = [
        (Tally::Dropped(Reason::UnknownCatalog).words(), 3),
        (Tally::Dropped(Reason::UnsupportedVersion).words(), 7),
    ];
    assert_eq!(tallies(&server).await, BTreeMap::from(expected));
    let older = with(batch(&many), "/schemaVersion", "0.2.0");
    assert_eq!(server.post(older.to_string()).await.0, 202);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_of_too_many_events_is_refused_whole_and_counted() {
    let server = Running::start().await;
    let fits: Vec<Value> = (0..100).map(|_| event()).collect();
    assert_eq!(server.batch(&fits).await.results.len(), 100);
    let many: Vec<Value> = (0..2000).map(|_| event()).collect();
    let (status, reply) = server.post(batch(&many).to_string()).await;
    assert_eq!(
        (status, reply["code"].as_str()),
        (422, Some("too_many_events"))
    );
    let tallied = tallies(&server).await;
    assert_eq!(tallied[&Tally::Dropped(Reason::TooMany).words()], 2000);
    assert_eq!(tallied[&Tally::Accepted.words()], 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_clients_at_once_are_all_answered_and_counted_once() {
    let mut server = Running::start().await;
    let shared: Vec<Value> = (0..10).map(|_| event()).collect();
    let requests = (0..32_usize).map(|client| {
        let mut events = shared.clone();
        events.extend((0..50).map(|n| {
            let install = format!("install_{}", (client * 50 + n) % 97);
            with(event(), "/context/installId", install)
        }));
        let (server, shared) = (&server, shared.len());
        async move {
            let reply = server.batch(&events).await;
            assert!(
                reply.results[shared..]
                    .iter()
                    .all(|r| r.outcome == "accepted")
            );
            reply.results[..shared]
                .iter()
                .filter(|r| r.outcome == "accepted")
                .count()
        }
    });
    let mut firsts = 0;
    for accepted in join_all(requests).await {
        firsts += accepted;
    }
    assert_eq!(firsts, 10, "an event that many send is accepted once");
    let counted: u64 = server
        .usage()
        .await
        .iter()
        .map(|row| row.counts.events)
        .sum();
    assert_eq!(counted, 32 * 50 + 10);
    assert_eq!(server.active().await.installs, 97 + 1);
    server.stop().await.unwrap();
    assert_rollups_are_a_recount(&server.path);
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_json_everywhere() {
    let mut server = Running::start().await;
    let (status, health) = server.get("/v1/health").await;
    assert_eq!((status, health["status"].as_str()), (200, Some("ok")));
    let (status, ready) = server.get("/v1/ready").await;
    assert_eq!((status, ready["status"].as_str()), (200, Some("ready")));
    let (status, nothing) = server.get("/v1/nothing").await;
    assert_eq!((status, nothing["code"].as_str()), (404, Some("not_found")));
    let (status, method) = server.get("/v1/telemetry/events").await;
    assert_eq!(
        (status, method["code"].as_str()),
        (405, Some("method_not_allowed"))
    );
    server.stop().await.unwrap();
}

/// Runs all at once and collects what they give, in order.
async fn join_all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut pending: Vec<_> = futures.into_iter().map(|f| (Box::pin(f), None)).collect();
    std::future::poll_fn(|context| {
        for (future, output) in &mut pending {
            if output.is_none()
                && let std::task::Poll::Ready(value) = future.as_mut().poll(context)
            {
                *output = Some(value);
            }
        }
        if pending.iter().all(|(_, output)| output.is_some()) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    pending
        .into_iter()
        .filter_map(|(_, output)| output)
        .collect()
}
