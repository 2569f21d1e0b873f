//! Bodies of the older protocol: every wrapping, every path, every limit, and what is no request at all.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use decantr::model::catalog::Catalog;
use decantr::model::outcome::Reason;
use decantr::server::rollup::Tally;
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::rules::{event, with};
use super::support::{Line, counted, dropped, gzip, serve, stored};
use crate::server::recount::assert_rollups_are_a_recount;

const MAX_BODY: usize = 20 * 1024 * 1024;

const FORM: &str = "application/x-www-form-urlencoded";

fn one() -> String {
    with(&json!({ "api_key": "phc_1" })).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_path_takes_every_wrapping() {
    let (server, _folder) = serve(Catalog::decantr(), "").await;
    let mut line = Line::open(&server).await;
    let mut sent = 0;
    let paths = ["/i/v0/e", "/e", "/capture", "/track", "/engage", "/batch"];
    for path in paths
        .iter()
        .flat_map(|path| [(*path).to_owned(), format!("{path}/")])
    {
        let one = || with(&json!({ "api_key": "phc_1", "uuid": Uuid::now_v7() })).to_string();
        let base64 = BASE64.encode(one());
        let encoded = base64
            .replace('+', "%2B")
            .replace('/', "%2F")
            .replace('=', "%3D");
        for (path, kind, body) in [
            (path.clone(), "application/json", one().into_bytes()),
            (path.clone(), "text/plain", gzip(one().as_bytes())),
            (
                path.clone(),
                FORM,
                format!("data={encoded}&ip=1").into_bytes(),
            ),
            (path.clone(), FORM, format!("data={}", one()).into_bytes()),
            (
                path.clone(),
                "text/plain",
                BASE64.encode(one()).into_bytes(),
            ),
            (
                format!("{path}?compression=gzip-js&ver=1&_=1795150800000"),
                "text/plain",
                gzip(one().as_bytes()),
            ),
            (
                format!("{path}?compression=gzip"),
                "application/json",
                one().into_bytes(),
            ),
        ] {
            let reply = line.post_as(&path, kind, &body).await;
            assert_eq!(reply.status, 200, "{path} {kind}: {reply:?}");
            sent += 1;
        }
        let base64 = BASE64.encode(one()).replace('+', "%2B");
        let get = format!("GET {path}?ip=1&data={base64} HTTP/1.1\r\nhost: x\r\n\r\n");
        assert_eq!(line.send(get.as_bytes()).await.status, 200);
        let beacon = line
            .post(&format!("{path}?beacon=1"), one().as_bytes())
            .await;
        assert_eq!((beacon.status, beacon.body), (204, Value::Null));
        sent += 2;
    }
    // Every one has a `uuid` of its own.
    assert_eq!(stored(&server).await.len(), sent);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_about_people_need_no_name_where_all_are() {
    let (server, _folder) = serve(Catalog::decantr(), "").await;
    let body = br#"{"token":"phc_1","$distinct_id":"a","$set":{"email":"x@example.com"}}"#;
    let mut line = Line::open(&server).await;
    assert_eq!(line.post("/engage/", body).await.status, 200);
    assert_eq!(
        line.post("/track/", body).await.code(),
        (400, "missing_event")
    );
    assert_eq!(dropped(&server, "decantr", Reason::UnknownEvent).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_request_is_400() {
    let (server, _folder) = serve(Catalog::decantr(), "").await;
    let mut line = Line::open(&server).await;
    let secret = "correct-horse-battery";
    for (path, body, code) in [
        ("/e", b"".as_slice(), "empty_body"),
        ("/e?data=", b"", "empty_body"),
        ("/e", b"{", "invalid_json"),
        ("/e", b"[{]", "invalid_json"),
        ("/e", b"[\"\xff\xfe\"]", "invalid_json"),
        ("/e", b"\xff\xfe\x00", "invalid_json"),
        ("/e", b"<html>", "invalid_json"),
        ("/e", b"data=%7B", "invalid_json"),
        ("/e", b"data=", "invalid_form"),
        ("/e", b"\x1f\x8b\x08 nonsense", "invalid_gzip"),
        (
            "/e?compression=lz64",
            b"N4IgbghgTgLgl",
            "unsupported_compression",
        ),
        ("/e", secret.as_bytes(), "invalid_base64"),
        ("/batch", b"{\"batch\":{}}", "invalid_json"),
    ] {
        let reply = line.post(path, body).await;
        assert!(
            matches!(reply.code(), (400, got) if got == code),
            "{path} {body:?}: {reply:?}"
        );
        assert!(!reply.body.to_string().contains(secret));
    }
    assert!(stored(&server).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_cannot_be_read_is_dropped_alone() {
    let (server, _folder) = serve(Catalog::decantr(), "").await;
    let mut line = Line::open(&server).await;
    for properties in [
        r#"{"a":"\ud800"}"#.to_owned(),
        r#"{"a":1e999}"#.to_owned(),
        format!(r#"{{"a":{}1{}}}"#, "[".repeat(5000), "]".repeat(5000)),
        format!(r#"{{"a":[{}{{}}]}}"#, "{},".repeat(5000)),
    ] {
        let good = with(&json!({ "uuid": Uuid::now_v7() }));
        let bad = format!(
            r#"{{"event":"cli.command.completed","distinct_id":"a","properties":{properties}}}"#
        );
        let body = format!(r#"{{"api_key":"phc_1","batch":[{bad},{good}]}}"#);
        assert_eq!(
            line.post("/batch/", body.as_bytes()).await.status,
            200,
            "{properties:.40}"
        );
    }
    assert_eq!(stored(&server).await.len(), 4);
    assert_eq!(dropped(&server, "decantr", Reason::Malformed).await, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_has_20_mebibytes_and_not_one_byte_more_and_the_connection_goes_on() {
    let (server, _folder) = serve(Catalog::decantr(), "").await;
    let mut line = Line::open(&server).await;
    for path in ["/i/v0/e/", "/e", "/capture", "/track", "/engage", "/batch"] {
        let mut body = with(&json!({ "api_key": "phc_1", "uuid": Uuid::now_v7() })).to_string();
        body.push_str(&" ".repeat(MAX_BODY - body.len()));
        assert_eq!(line.post(path, body.as_bytes()).await.status, 200, "{path}");
        body.push(' ');
        let reply = line.post(path, body.as_bytes()).await;
        assert_eq!(reply.code(), (413, "body_too_large"), "{path}");
        // A small body that grows by as much.
        let reply = line.post(path, &gzip(body.as_bytes())).await;
        assert_eq!(reply.code(), (413, "body_too_large"), "{path}");
    }
    assert_eq!(line.post("/e", one().as_bytes()).await.status, 200);
    assert_eq!(stored(&server).await.len(), 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn bombs_in_bombs_end_at_the_limit() {
    let (server, _folder) = serve(Catalog::decantr(), "").await;
    let bomb = gzip(&vec![b'{'; 64 * 1024 * 1024]);
    let nested = gzip(&BASE64.encode(&bomb).into_bytes());
    let deep = gzip(&vec![b'['; MAX_BODY]);
    let commas = gzip(format!("[{}1]", "1,".repeat(MAX_BODY / 2 - 2)).as_bytes());
    let mut line = Line::open(&server).await;
    for body in [&bomb, &nested] {
        assert_eq!(
            line.post("/batch/", body).await.code(),
            (413, "body_too_large")
        );
    }
    assert_eq!(
        line.post("/batch/", &deep).await.code(),
        (400, "invalid_json")
    );
    let reply = line.post("/batch/", &commas).await;
    assert_eq!(reply.code(), (401, "missing_token"));
}

/// As many events as a request may have, some of which name no id and no time. A request that is sent again counts once, and so
/// does what was kept of one that could not be kept whole.
#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_events_are_judged_and_not_one_more() {
    let (mut server, _folder) = serve(Catalog::decantr(), "").await;
    let mut line = Line::open(&server).await;
    let tiny = r#"{"event":"a","distinct_id":"b"}"#;
    let real = r#"{"event":"cli.command.completed","distinct_id":"inst_1","properties":{"command":"check","durationMs":1,"success":true}}"#;
    let body = |sent_at: u32, count: usize| {
        let tiny = format!("{tiny},").repeat(count - 2_500);
        let real = vec![real; 2_500].join(",");
        format!(r#"{{"api_key":"phc_1","sent_at":{sent_at},"batch":[{tiny}{real}]}}"#).into_bytes()
    };
    let start = Instant::now();
    assert_eq!(
        line.post("/batch/", &gzip(&body(1, 100_000))).await.status,
        200
    );
    assert!(
        start.elapsed() < Duration::from_mins(1),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(stored(&server).await.len(), 2_500);
    assert_eq!(
        dropped(&server, "decantr", Reason::UnknownEvent).await,
        97_500
    );
    assert_eq!(line.post("/batch/", &body(2, 100_000)).await.status, 200);
    assert_eq!(
        stored(&server).await.len(),
        2_500,
        "sent again, they count again"
    );
    assert_eq!(counted(&server, "decantr", Tally::Duplicate).await, 2_500);

    let reply = line.post("/batch/", &body(3, 100_001)).await;
    assert_eq!(reply.code(), (413, "too_many_events"));
    assert_eq!(dropped(&server, "decantr", Reason::TooMany).await, 100_001);
    server.stop().await.unwrap();
    assert_rollups_are_a_recount(&server.path);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_store_cannot_keep_is_503_and_counts_once_when_it_comes_again() {
    let (server, _folder) = serve(Catalog::decantr(), "").await;
    let mut line = Line::open(&server).await;
    // The 1,500th event of the request cannot be stored.
    let trap = "CREATE TRIGGER trap AFTER INSERT ON events WHEN NEW.properties LIKE '%:666%'
                BEGIN SELECT RAISE(ABORT, 'trapped'); END";
    let other = rusqlite::Connection::open(&server.path).unwrap();
    other.execute_batch(trap).unwrap();
    let mut events = vec![event(); 2_000];
    for event in &mut events {
        event.as_object_mut().unwrap().remove("timestamp");
    }
    events[1_500]["properties"]["durationMs"] = 666.into();
    let body = json!({ "api_key": "phc_1", "batch": events }).to_string();
    let reply = line.post("/batch/", body.as_bytes()).await;
    assert_eq!(
        (reply.status, reply.header("retry-after")),
        (503, Some("1"))
    );
    assert_eq!(stored(&server).await.len(), 1_000);
    other.execute_batch("DROP TRIGGER trap").unwrap();
    assert_eq!(line.post("/batch/", body.as_bytes()).await.status, 200);
    assert_eq!(stored(&server).await.len(), 2_000);
}

/// The statuses that the older protocol answers with.
const STATUSES: [u16; 5] = [200, 204, 400, 401, 413];

fn wrapped(bytes: &[u8], layer: usize) -> Vec<u8> {
    match layer {
        0 => gzip(bytes),
        1 => BASE64.encode(bytes).into_bytes(),
        2 => [b"data=", bytes].concat(),
        _ => bytes.to_vec(),
    }
}

fn any_event() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    let value = leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z$]{1,6}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    });
    let place = prop::sample::select(vec![
        "event",
        "distinct_id",
        "$distinct_id",
        "uuid",
        "timestamp",
        "offset",
        "properties",
        "token",
        "$set",
        "options",
    ]);
    prop::collection::vec((place, value), 0..3).prop_map(|members| {
        let mut event = event();
        for (name, value) in members {
            event[name] = value;
        }
        event
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever comes, the answer is one of a few, and the connection and the server live on.
    #[test]
    fn any_bytes_get_a_documented_answer(
        bodies in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..200), 0_usize..4, 0_usize..4), 1..40),
        events in prop::collection::vec(any_event(), 1..40),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let (server, _folder) = serve(Catalog::decantr(), "").await;
            let mut line = Line::open(&server).await;
            for (bytes, inner, outer) in &bodies {
                let reply = line.post("/batch/", &wrapped(&wrapped(bytes, *inner), *outer)).await;
                prop_assert!(STATUSES.contains(&reply.status), "{reply:?}");
            }
            for event in &events {
                let body = json!({ "api_key": "phc_1", "batch": [event] }).to_string();
                let reply = line.post("/batch/", body.as_bytes()).await;
                prop_assert!(STATUSES.contains(&reply.status), "{body}: {reply:?}");
            }
            let reply = line.post("/batch/", one().as_bytes()).await;
            prop_assert_eq!(reply.status, 200);
            Ok(())
        })?;
    }
}
