//! The newer protocol: a result for each event.

use std::io::Write as _;

use decantr::model::catalog::Catalog;
use decantr::model::protocol::Scope;
use flate2::Compression;
use flate2::write::{DeflateEncoder, ZlibEncoder};
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::support::{Line, Reply, gzip, serve, stored};
use crate::server::support::NOW;

pub(super) const PATH: &str = "/i/v1/analytics/events";

pub(super) const ID: &str = "01a1f732-e47f-7ec2-beb5-f8c40e7691bb";

/// The headers that a request needs.
pub(super) fn headers() -> Vec<(&'static str, String)> {
    vec![
        ("authorization", "Bearer phc_1".to_owned()),
        ("content-type", "application/json".to_owned()),
        ("user-agent", "posthog-test/1".to_owned()),
        ("posthog-sdk-info", "posthog-test/1".to_owned()),
        ("posthog-attempt", "1".to_owned()),
        ("posthog-request-id", ID.to_owned()),
        ("posthog-request-timestamp", NOW.to_owned()),
    ]
}

/// The same with one of them changed, or without it.
pub(super) fn but(name: &'static str, value: Option<&str>) -> Vec<(&'static str, String)> {
    let mut headers = headers();
    headers.retain(|(own, _)| *own != name);
    headers.extend(value.map(|value| (name, value.to_owned())));
    headers
}

pub(super) fn event() -> Value {
    json!({
        "event": "cli.command.completed",
        "uuid": Uuid::now_v7(),
        "distinct_id": "inst_1",
        "timestamp": NOW,
        "options": {},
        "properties": { "command": "check", "durationMs": 1, "success": true },
    })
}

pub(super) fn with(name: &str, value: Value) -> Value {
    let mut event = event();
    event[name] = value;
    event
}

pub(super) fn batch(events: &[Value]) -> String {
    json!({ "created_at": NOW, "batch": events }).to_string()
}

pub(super) async fn post(
    line: &mut Line,
    path: &str,
    headers: &[(&str, String)],
    body: &[u8],
) -> Reply {
    let mut head = format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        head.extend([*name, ": ", value, "\r\n"]);
    }
    line.send(&[head.as_bytes(), b"\r\n", body].concat()).await
}

fn result(reply: &Reply, event: &Value) -> Value {
    reply.body["results"][event["uuid"].as_str().unwrap()].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_event_has_a_result_of_its_own() {
    let (server, _folder) = serve(Catalog::decantr(), "").await;
    let mut line = Line::open(&server).await;
    let drop = |details: &str| json!({ "result": "drop", "details": details });
    let ok = json!({ "result": "ok" });
    let long = "a".repeat(200);
    let longer = Value::from("a".repeat(201));
    let cases = [
        (event(), ok.clone()),
        (with("distinct_id", long.into()), ok.clone()),
        (
            with("distinct_id", longer.clone()),
            drop("distinct_id_too_large"),
        ),
        (with("event", longer), drop("event_name_too_long")),
        (with("event", "".into()), drop("missing_event_name")),
        (with("event", "$pageview".into()), drop("unknown_event")),
        (
            with("event", "execution_pack.compiled".into()),
            drop("not_public"),
        ),
        (with("distinct_id", "".into()), drop("missing_distinct_id")),
        (
            with("distinct_id", Value::Null),
            drop("missing_distinct_id"),
        ),
        (with("distinct_id", 7.into()), drop("malformed_distinct_id")),
        (
            with("distinct_id", " Guest ".into()),
            drop("malformed_distinct_id"),
        ),
        (
            with("distinct_id", "0".into()),
            drop("malformed_distinct_id"),
        ),
        (
            with("timestamp", "now".into()),
            drop("invalid_event_timestamp"),
        ),
        (
            with("timestamp", Value::Null),
            drop("invalid_event_timestamp"),
        ),
        (
            with("timestamp", "2020-01-01T00:00:00Z".into()),
            drop("too_old"),
        ),
        (
            with("properties", json!([])),
            drop("malformed_event_properties"),
        ),
        (
            with("properties", json!({ "command": "check" })),
            drop("missing_required_property"),
        ),
        (with("options", 7.into()), drop("invalid_options")),
        (with("options", Value::Null), ok.clone()),
    ];
    let events: Vec<Value> = cases.iter().map(|(event, _)| event.clone()).collect();
    for _ in 0..2 {
        let reply = post(&mut line, PATH, &headers(), batch(&events).as_bytes()).await;
        for (event, expected) in &cases {
            assert_eq!(result(&reply, event), *expected, "{event}");
        }
        assert_eq!(
            stored(&server).await.len(),
            3,
            "a duplicate is ok and counts once"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_of_the_sender_is_corrected_unless_an_event_says_not_to() {
    let (server, _folder) = serve(Catalog::decantr(), "").await;
    let ahead = but("posthog-request-timestamp", Some("2026-11-20T05:10:00Z"));
    let events = [
        with("timestamp", "2026-11-20T05:00:00Z".into()),
        {
            let mut exact = with("timestamp", "2026-11-20T04:30:00Z".into());
            exact["options"]["disable_skew_adjustment"] = true.into();
            exact
        },
        with("timestamp", "2026-11-22T05:00:00Z".into()),
    ];
    let mut line = Line::open(&server).await;
    assert_eq!(
        post(&mut line, PATH, &ahead, batch(&events).as_bytes())
            .await
            .status,
        200
    );
    let kept = stored(&server).await;
    let times: Vec<String> = kept
        .iter()
        .map(|event| event.timestamp.to_string())
        .collect();
    assert_eq!(times, ["2026-11-20T04:50:00Z", "2026-11-20T04:30:00Z", NOW]);
}

fn encoded(encoding: &str, bytes: &[u8]) -> Vec<u8> {
    match encoding {
        "gzip" => gzip(bytes),
        "zlib" => {
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        }
        _ => {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_are_inflated_up_to_a_limit() {
    let (server, _folder) = serve(Catalog::decantr(), "").await;
    let mut line = Line::open(&server).await;
    let of_size = |size: usize| {
        let mut body = batch(&[event()]);
        body.push_str(&" ".repeat(size - body.len()));
        body.into_bytes()
    };
    let (wire, inflated) = (10 * 1024 * 1024, 20 * 1024 * 1024);
    for (name, way) in [
        ("gzip", "gzip"),
        ("deflate", "zlib"),
        ("deflate", "deflate"),
    ] {
        let header = but("content-encoding", Some(name));
        for (size, status) in [(1_000, 200), (inflated, 200), (inflated + 1, 413)] {
            let body = encoded(way, &of_size(size));
            let reply = post(&mut line, PATH, &header, &body).await;
            assert_eq!(reply.status, status, "{name} {size}: {:?}", reply.body);
        }
        let cut = encoded(way, &of_size(1_000));
        let reply = post(&mut line, PATH, &header, &cut[..cut.len() / 2]).await;
        assert_eq!(reply.status, 400, "{name}");
    }
    for (size, status) in [(wire, 200), (wire + 1, 413)] {
        let reply = post(&mut line, PATH, &headers(), &of_size(size)).await;
        assert_eq!(reply.status, status, "{size}");
    }
    assert_eq!(stored(&server).await.len(), 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_ours_is_one_and_any_other_token_is_none() {
    let (server, _folder) = serve(Catalog::decantr(), "").await;
    let org = server.add_org("acme").await;
    let key = server.key(&[Scope::Ingest], Some(&org)).await;
    let service = || {
        let mut event = with("event", "execution_pack.compiled".into());
        event["properties"] = json!({ "success": true, "durationMs": 1 });
        event
    };
    let mut line = Line::open(&server).await;
    let bearer = but("authorization", Some(&format!("Bearer {}", key.text)));
    let event = service();
    let reply = post(
        &mut line,
        PATH,
        &bearer,
        batch(std::slice::from_ref(&event)).as_bytes(),
    )
    .await;
    assert_eq!(result(&reply, &event), json!({ "result": "ok" }));
    let kept = stored(&server).await;
    assert_eq!(
        kept[0].context.org_id.as_ref().unwrap().as_str(),
        "org_acme"
    );
    let wrong = format!("Bearer dcr_{}_{}", key.id, "A".repeat(43));
    let reply = post(
        &mut line,
        PATH,
        &but("authorization", Some(&wrong)),
        batch(&[service()]).as_bytes(),
    )
    .await;
    assert_eq!(
        (reply.status, reply.body["error"].as_str()),
        (401, Some("unknown_key"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_store_could_not_keep_is_to_come_again_and_nothing_else() {
    let (server, _folder) = serve(Catalog::decantr(), "").await;
    let mut line = Line::open(&server).await;
    let trap = "CREATE TRIGGER trap AFTER INSERT ON events WHEN NEW.properties LIKE '%:666%'
                BEGIN SELECT RAISE(ABORT, 'trapped'); END";
    let other = rusqlite::Connection::open(&server.path).unwrap();
    other.execute_batch(trap).unwrap();
    let mut events: Vec<Value> = (0..1_200).map(|_| event()).collect();
    events[1_100]["properties"]["durationMs"] = 666.into();
    events[1_150]["event"] = "$pageview".into();
    let reply = post(&mut line, PATH, &headers(), batch(&events).as_bytes()).await;
    assert_eq!(
        (reply.status, reply.header("retry-after")),
        (200, Some("1"))
    );
    let retry = json!({ "result": "retry", "details": "not_persisted" });
    assert_eq!(result(&reply, &events[999]), json!({ "result": "ok" }));
    assert_eq!(result(&reply, &events[1_000]), retry);
    assert_eq!(result(&reply, &events[1_150])["result"], "drop");
    assert_eq!(stored(&server).await.len(), 1_000);
    // All of a request.
    let alone = batch(&events[1_100..1_101]);
    let reply = post(&mut line, PATH, &headers(), alone.as_bytes()).await;
    assert_eq!(
        (reply.status, reply.header("retry-after")),
        (503, Some("1"))
    );
    assert_eq!(reply.body["error"], "store_unavailable");
    other.execute_batch("DROP TRIGGER trap").unwrap();
    let reply = post(
        &mut line,
        PATH,
        &headers(),
        batch(&events[1_000..]).as_bytes(),
    )
    .await;
    assert_eq!(result(&reply, &events[1_100]), json!({ "result": "ok" }));
    assert_eq!(stored(&server).await.len(), 1_199);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_get_a_documented_answer(
        bodies in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..200), 0_usize..3), 1..30),
        values in prop::collection::vec((0_usize..7, prop::option::of("[ -~]{0,40}")), 1..30),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let (server, _folder) = serve(Catalog::decantr(), "").await;
            let mut line = Line::open(&server).await;
            let documented = [200, 400, 401, 413, 415];
            for (bytes, encoding) in &bodies {
                let headers = but("content-encoding", Some(["gzip", "deflate", "identity"][*encoding]));
                let reply = post(&mut line, PATH, &headers, bytes).await;
                prop_assert!(documented.contains(&reply.status), "{reply:?}");
            }
            for (at, value) in &values {
                let (name, _) = headers()[*at];
                let reply = post(&mut line, PATH, &but(name, value.as_deref()), batch(&[event()]).as_bytes()).await;
                // Too many keys that do not hold.
                prop_assert!(reply.status == 429 || documented.contains(&reply.status), "{reply:?}");
            }
            Ok(())
        })?;
    }
}
