//! The rules of the older protocol, a table each: tokens, ids, names, context, keys.

use decantr::model::catalog::Catalog;
use decantr::model::outcome::{Reason, Strip};
use decantr::model::protocol::Scope;
use decantr::server::rollup::Tally;
use serde_json::{Value, json};

use super::support::{Line, counted, dropped, serve, stored};
use crate::server::support::NOW;

pub(super) fn event() -> Value {
    json!({
        "event": "cli.command.completed",
        "distinct_id": "inst_1",
        "properties": { "command": "check", "durationMs": 1, "success": true },
        "timestamp": NOW,
    })
}

/// The event with these members.
pub(super) fn with(members: &Value) -> Value {
    let mut event = event();
    for (name, value) in members.as_object().unwrap() {
        event[name] = value.clone();
    }
    event
}

fn batch(events: &[Value]) -> Value {
    json!({ "api_key": "phc_1", "batch": events })
}

async fn answers(tokens: &str, cases: &[(Value, u16, &str)]) {
    let (server, _folder) = serve(Catalog::decantr(), tokens).await;
    let mut line = Line::open(&server).await;
    for (body, status, code) in cases {
        let reply = line.post("/e/", body.to_string().as_bytes()).await;
        assert_eq!(reply.code(), (*status, *code), "{body}");
        if *status == 200 {
            assert_eq!(reply.body, json!({ "status": "Ok" }));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_has_one_token_wherever_it_is() {
    let own = |name: &str, token: &str| with(&json!({ name: token }));
    let inside = |name: &str| {
        let mut event = event();
        event["properties"][name] = "phc_1".into();
        event
    };
    answers(
        "",
        &[
            (own("api_key", "phc_1"), 200, ""),
            (own("token", "anything at all"), 200, ""),
            (own("$token", " phc_1\n"), 200, ""),
            (inside("token"), 200, ""),
            (inside("api_key"), 200, ""),
            (
                json!([own("token", "phc_1"), own("api_key", "phc_1"), event()]),
                200,
                "",
            ),
            // That of a batch counts more than those of its events.
            (batch(&[own("token", "phc_2")]), 200, ""),
            (json!({ "token": "phc_1", "batch": [event()] }), 200, ""),
            (json!({ "batch": [own("token", "phc_1")] }), 200, ""),
            (event(), 401, "missing_token"),
            (json!({ "batch": [event()] }), 401, "missing_token"),
            (
                json!([own("token", "phc_1"), own("token", "phc_2")]),
                401,
                "mixed_tokens",
            ),
            (
                with(&json!({ "token": "phc_1", "api_key": "phc_2" })),
                401,
                "mixed_tokens",
            ),
            (own("token", ""), 401, "invalid_token"),
            (own("token", "phx_1"), 401, "invalid_token"),
            (own("token", "é"), 401, "invalid_token"),
            (own("token", &"a".repeat(64)), 200, ""),
            (own("token", &"a".repeat(65)), 401, "invalid_token"),
            (with(&json!({ "token": 7 })), 401, "invalid_token"),
        ],
    )
    .await;
    answers(
        "phc_1, phc_2",
        &[
            (own("token", "phc_1"), 200, ""),
            (own("token", "phc_2"), 200, ""),
            (own("token", "phc_3"), 401, "invalid_token"),
            (own("token", "phc_"), 401, "invalid_token"),
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_concerns_a_request_whole_is_refused_whole_and_counted() {
    let bad = [
        (json!({ "distinct_id": "a" }), 400, "missing_event"),
        (with(&json!({ "event": "" })), 400, "missing_event"),
        (with(&json!({ "event": 7 })), 400, "missing_event"),
        (
            with(&json!({ "distinct_id": null })),
            400,
            "missing_distinct_id",
        ),
        (
            with(&json!({ "distinct_id": "" })),
            400,
            "missing_distinct_id",
        ),
        (with(&json!({ "uuid": "not-a-uuid" })), 400, "invalid_uuid"),
        (with(&json!({ "uuid": 7 })), 400, "invalid_uuid"),
        (json!(7), 400, "invalid_event"),
    ];
    let (server, _folder) = serve(Catalog::decantr(), "").await;
    let mut line = Line::open(&server).await;
    for (event, status, code) in &bad {
        let body = batch(&[self::event(), event.clone()]).to_string();
        let reply = line.post("/batch/", body.as_bytes()).await;
        assert_eq!(reply.code(), (*status, *code), "{body}");
    }
    for body in ["{\"api_key\":\"phc_1\",\"batch\":[]}", "[]"] {
        assert_eq!(
            line.post("/batch", body.as_bytes()).await.code(),
            (400, "empty_batch")
        );
    }
    assert!(stored(&server).await.is_empty(), "part of it was kept");
    let counted = dropped(&server, "decantr", Reason::Malformed).await;
    assert_eq!(counted, 2 * u64::try_from(bad.len()).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_one_event_drops_it_alone() {
    let (server, _folder) = serve(Catalog::decantr(), "").await;
    let events = [
        with(&json!({ "event": "$pageview" })),
        with(&json!({ "event": "$set", "$set": { "email": "x@example.com" } })),
        with(&json!({ "properties": { "command": "check" } })),
        with(&json!({ "properties": 7 })),
        with(&json!({ "timestamp": "2020-01-01T00:00:00Z" })),
        with(&json!({ "event": "execution_pack.compiled" })),
        with(
            &json!({ "properties": { "command": "check", "durationMs": 1, "success": true, "decantr_source": "registry-web" } }),
        ),
        with(
            &json!({ "properties": { "command": "check", "durationMs": 1, "success": true, "decantr_schema_version": "9.9.9" } }),
        ),
        event(),
    ];
    let reply = Line::open(&server)
        .await
        .post("/batch/", batch(&events).to_string().as_bytes())
        .await;
    assert_eq!((reply.status, reply.body), (200, json!({ "status": "Ok" })));
    assert_eq!(stored(&server).await.len(), 1);
    for (reason, count) in [
        (Reason::UnknownEvent, 2),
        (Reason::MissingRequired, 1),
        (Reason::Malformed, 1),
        (Reason::TooOld, 1),
        (Reason::SourceMismatch, 1),
        (Reason::NotPublic, 1),
        (Reason::UnsupportedVersion, 1),
    ] {
        assert_eq!(dropped(&server, "decantr", reason).await, count, "{reason}");
    }
}

/// Each line: the members that an event has, and the ids that are kept, `~` for a keyed hash.
fn senders() -> Vec<(Value, Value)> {
    vec![
        (
            json!({ "distinct_id": "inst_1" }),
            json!({ "installId": "inst_1" }),
        ),
        (
            json!({ "distinct_id": "install_1" }),
            json!({ "installId": "install_1" }),
        ),
        (
            json!({ "distinct_id": "anon_1" }),
            json!({ "anonymousId": "anon_1" }),
        ),
        (
            json!({ "distinct_id": "proj_1" }),
            json!({ "projectId": "proj_1" }),
        ),
        (
            json!({ "distinct_id": "someone@example.com" }),
            json!({ "anonymousId": "anon_~" }),
        ),
        (
            json!({ "distinct_id": "01a1f738-9484-77b4-b08d-218787d3305b" }),
            json!({ "anonymousId": "anon_~" }),
        ),
        (
            json!({ "distinct_id": 23 }),
            json!({ "anonymousId": "anon_~" }),
        ),
        (
            json!({ "distinct_id": { "a": 1 } }),
            json!({ "anonymousId": "anon_~" }),
        ),
        // Nobody with a key says so.
        (
            json!({ "distinct_id": "user_1" }),
            json!({ "anonymousId": "anon_~" }),
        ),
        (
            json!({ "distinct_id": "org_1" }),
            json!({ "anonymousId": "anon_~" }),
        ),
        (json!({ "distinct_id": "anonymous" }), json!({})),
        (
            json!({ "distinct_id": null, "$distinct_id": "inst_2" }),
            json!({ "installId": "inst_2" }),
        ),
        (
            json!({ "distinct_id": null, "properties": { "distinct_id": "inst_3" } }),
            json!({ "installId": "inst_3" }),
        ),
        (
            json!({ "distinct_id": "x", "properties": {
                "decantr_anonymous_id": "anon_1", "decantr_install_id": "inst_1",
                "$groups": { "project": "proj_1", "organization": "org_1", "company": "c1" },
                "$session_id": "0198-s",
            } }),
            json!({ "anonymousId": "anon_1", "installId": "inst_1", "projectId": "proj_1", "sessionId": "sess_~" }),
        ),
        (
            json!({ "distinct_id": "inst_1", "properties": {
                "decantr_install_id": "inst_2", "decantr_project_id": "proj_2", "decantr_session_id": "sess_2",
                "$groups": { "project": "proj_1" }, "$session_id": "0198-s",
            } }),
            json!({ "installId": "inst_2", "projectId": "proj_2", "sessionId": "sess_2" }),
        ),
        (
            json!({ "distinct_id": "service:cli", "properties": { "$groups": { "project": "our secret" } } }),
            json!({ "projectId": "project_~" }),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_sends_is_an_opaque_id_or_a_keyed_hash() {
    for (members, ids) in senders() {
        let (server, _folder) = serve(Catalog::decantr(), "").await;
        let mut sent = event();
        for (name, value) in members.as_object().unwrap() {
            match value {
                Value::Object(further) if name == "properties" => {
                    let properties = sent["properties"].as_object_mut().unwrap();
                    properties.extend(further.clone());
                }
                value => sent[name] = value.clone(),
            }
        }
        let body = batch(&[sent]).to_string();
        let reply = Line::open(&server)
            .await
            .post("/capture/", body.as_bytes())
            .await;
        assert_eq!(reply.status, 200);
        let kept = stored(&server).await;
        let mut context = serde_json::to_value(&kept[0].context).unwrap();
        let context = context.as_object_mut().unwrap();
        context.retain(|name, _| name.ends_with("Id"));
        for id in context.values_mut() {
            if let Some((kind, _)) = id.as_str().unwrap().split_once("_hmac-") {
                *id = format!("{kind}_~").into();
            }
        }
        assert_eq!(Value::Object(context.clone()), ids, "{members}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_knows_is_taken_out_and_counted() {
    let (server, _folder) = serve(Catalog::decantr(), "").await;
    let sent = with(&json!({
        "api_key": "phc_1", "$set": { "email": "x@example.com" }, "type": "capture",
        "properties": {
            "command": "check", "durationMs": 1, "success": true, "exitCode": 0,
            "$lib": "posthog-python", "$groups": { "company": "c1" }, "email": "x@example.com",
            "token": "phc_1", "distinct_id": "y", "$session_id": "s", "decantr_environment": "test",
        },
    }));
    Line::open(&server)
        .await
        .post("/i/v0/e", sent.to_string().as_bytes())
        .await;
    let kept = stored(&server).await;
    assert_eq!(
        kept[0].properties,
        r#"{"command":"check","success":true,"durationMs":1}"#
    );
    assert_eq!(kept[0].context.environment.as_str(), "test");
    for (strip, count) in [
        (Strip::UnknownProperty, 4),
        (Strip::UnknownMember, 2),
        (Strip::IdHashed, 1),
    ] {
        assert_eq!(
            counted(&server, "decantr", Tally::Stripped(strip)).await,
            count,
            "{strip}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_ours_in_the_place_of_a_token_speaks_for_its_owner() {
    let (server, _folder) = serve(Catalog::decantr(), "phc_1").await;
    let org = server.add_org("acme").await;
    let key = server.key(&[Scope::Ingest], Some(&org)).await;
    let admin = server.key(&[Scope::Admin], Some(&org)).await;
    let sent = with(&json!({ "distinct_id": "user_7", "properties": {
        "command": "check", "durationMs": 1, "success": true, "decantr_actor_type": "internal",
    } }));
    let body = |token: &str| json!({ "api_key": token, "batch": [sent] }).to_string();
    let mut line = Line::open(&server).await;
    assert_eq!(
        line.post("/batch/", body(&key.text).as_bytes())
            .await
            .status,
        200
    );
    let kept = stored(&server).await;
    let context = &kept[0].context;
    assert_eq!(context.user_id.as_ref().unwrap().as_str(), "user_7");
    assert_eq!(context.org_id.as_ref().unwrap().as_str(), "org_acme");
    assert_eq!(context.actor_type.unwrap().as_str(), "internal");
    let wrong = format!("dcr_{}_{}", key.id, "A".repeat(43));
    for (token, status, code) in [
        (admin.text.as_str(), 403, "missing_scope"),
        (wrong.as_str(), 401, "unknown_key"),
    ] {
        assert_eq!(
            line.post("/batch/", body(token).as_bytes()).await.code(),
            (status, code)
        );
    }
    // What takes a key is let in with it.
    let service = with(
        &json!({ "event": "execution_pack.compiled", "properties": { "success": true, "durationMs": 1 } }),
    );
    for (token, kept) in [("phc_1", 1), (&key.text, 2)] {
        let body = json!({ "api_key": token, "batch": [service] }).to_string();
        assert_eq!(line.post("/batch/", body.as_bytes()).await.status, 200);
        assert_eq!(stored(&server).await.len(), kept);
    }
    // In the header, as everywhere.
    let body = body("phc_1");
    let head = format!(
        "POST /e/ HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-length: {}\r\n\r\n",
        key.text,
        body.len()
    );
    let reply = line
        .send(&[head.as_bytes(), body.as_bytes()].concat())
        .await;
    assert_eq!(reply.status, 200);
}
