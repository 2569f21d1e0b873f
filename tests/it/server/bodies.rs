//! Bodies of every kind: compressed, too large, too deep, of wrong types, or no JSON at all.

use std::io::Write as _;
use std::time::Duration;

use decantr::model::outcome::Reason;
use decantr::model::protocol::{EVENTS_PATH, KEY_PATH, KeyPage, MAX_BODY_BYTES};
use decantr::server::rollup::{Day, Tally};
use decantr::server::store::Days;
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::support::{Running, batch, event, now, with};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

async fn refused(server: &Running, body: impl Into<Vec<u8>>) -> (u16, String) {
    let (status, reply) = server.post(body).await;
    assert_eq!(reply["accepted"], false, "{reply}");
    (status, reply["code"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn gzip_is_known_by_its_first_bytes_and_the_receipt_is_about_what_was_inside() {
    let server = Running::start().await;
    let body = batch(&[event()]).to_string();
    let (status, reply) = server.post(gzip(body.as_bytes())).await;
    assert_eq!(status, 202, "{reply}");
    let reply: decantr::model::protocol::BatchReply = serde_json::from_value(reply).unwrap();
    let page: KeyPage = serde_json::from_value(server.get(KEY_PATH).await.1).unwrap();
    reply.receipt.verify(&page, body.as_bytes()).unwrap();

    let mut cut = gzip(body.as_bytes());
    cut.truncate(cut.len() / 2);
    assert_eq!(
        refused(&server, cut).await,
        (400, "invalid_gzip".to_owned())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_a_large_body_nor_a_bomb_is_taken() {
    let server = Running::start().await;
    let large = vec![b' '; MAX_BODY_BYTES + 1];
    assert_eq!(
        refused(&server, large).await,
        (413, "body_too_large".to_owned())
    );
    let bomb = gzip(&vec![b' '; 64 * 1024 * 1024]);
    assert!(bomb.len() < 100_000);
    assert_eq!(
        refused(&server, bomb).await,
        (413, "body_too_large".to_owned())
    );
    let mut padded = batch(&[event()]).to_string();
    padded.push_str(&" ".repeat(MAX_BODY_BYTES - padded.len()));
    assert_eq!(server.post(padded.clone()).await.0, 202);
    assert_eq!(server.post(gzip(padded.as_bytes())).await.0, 202);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_request_is_400() {
    let server = Running::start().await;
    let invalid_json = (400, "invalid_json".to_owned());
    // What serde would take for the request's members.
    let members_in_order = json!(["0.3.0", "decantr", null, [event()], null]).to_string();
    let both = json!({ "schemaVersion": "0.3.0", "event": event(), "events": [event()] });
    for body in [
        "",
        "nonsense",
        "[]",
        "7",
        "{",
        "{\"events\":{}}",
        "{\"events\":7}",
        "{\"schemaVersion\":7,\"events\":[]}",
        "{\"batchId\":\"x\",\"events\":[]}",
        "{\"events\":[]} trailing",
        "{\"events\":[],\"events\":[]}",
        "\u{0}",
        &members_in_order,
    ] {
        assert_eq!(refused(&server, body).await, invalid_json, "{body:.80}");
    }
    assert_eq!(
        refused(&server, b"{\"event\":\"\xff\"}".as_slice()).await,
        invalid_json
    );
    let invalid_request = (400, "invalid_request".to_owned());
    for body in [
        "{}",
        r#"{"schemaVersion":"0.3.0"}"#,
        r#"{"events":null}"#,
        &both.to_string(),
    ] {
        assert_eq!(refused(&server, body).await, invalid_request, "{body:.80}");
    }
    assert!(server.usage().await.is_empty());
}

/// Properties that are JSON, but no event's.
fn unreadable() -> [String; 4] {
    [
        r#"{"a":"\ud800"}"#.to_owned(),
        r#"{"a":1e999}"#.to_owned(),
        format!(r#"{{"a":{}1{}}}"#, "[".repeat(5000), "]".repeat(5000)),
        format!(r#"{{"a":[{}{{}}]}}"#, "{},".repeat(5000)),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_cannot_be_read_is_dropped_alone() {
    let server = Running::start().await;
    let mark = r#""THE PROPERTIES""#;
    for properties in unreadable() {
        let bad = with(event(), "/properties", "THE PROPERTIES");
        let single = json!({ "schemaVersion": "0.3.0", "event": bad });
        let single = single.to_string().replace(mark, &properties);
        let malformed = (422, "malformed_event".to_owned());
        assert_eq!(
            refused(&server, single).await,
            malformed,
            "{properties:.80}"
        );

        let body = batch(&[event(), bad, event()]).to_string();
        let (status, reply) = server
            .post(gzip(body.replace(mark, &properties).as_bytes()))
            .await;
        assert_eq!(status, 202, "{properties:.80}: {reply}");
        let outcomes: Vec<_> = reply["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| &r["outcome"])
            .collect();
        assert_eq!(outcomes, ["accepted", "dropped", "accepted"]);
        assert_eq!(reply["results"][1]["reason"], "malformed_event");
    }
    let today = Days::ending(Day::of(now()), 1);
    let counted = server.store.outcomes("decantr", today).await.unwrap();
    let malformed = counted
        .iter()
        .find(|row| row.tally == Tally::Dropped(Reason::Malformed));
    assert_eq!(malformed.unwrap().count, 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_never_repeats_what_was_sent() {
    let server = Running::start().await;
    let secret = "correct-horse-battery";
    for body in [
        format!("{{\"schemaVersion\":[\"{secret}\"]}}"),
        secret.to_owned(),
        with(batch(&[]), "/catalog", secret).to_string(),
        with(batch(&[]), "/schemaVersion", secret).to_string(),
        json!({ "schemaVersion": "0.3.0", "event": with(event(), "/name", secret) }).to_string(),
        json!({ "schemaVersion": "0.3.0", "event": with(event(), "/timestamp", secret) })
            .to_string(),
    ] {
        let answer = server.post_bytes(body).await;
        let text = String::from_utf8(answer.body).unwrap();
        assert!(answer.status >= 400 && !text.contains(secret), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_batch_is_acknowledged() {
    let server = Running::start().await;
    let reply = server.batch(&[]).await;
    assert!(reply.results.is_empty());
    assert_eq!(reply.receipt.read().unwrap().accepted, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_breaks_off_leaves_nothing_behind() {
    let mut server = Running::start().await;
    let addr = server.base.strip_prefix("http://").unwrap().to_owned();
    let body = batch(&[event()]).to_string();
    let mut stream = TcpStream::connect(&addr).await.unwrap();
    let head = format!(
        "POST {EVENTS_PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
        .write_all(&body.as_bytes()[..body.len() / 2])
        .await
        .unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = Vec::new();
    let reading = stream.read_to_end(&mut answer);
    tokio::time::timeout(Duration::from_secs(10), reading)
        .await
        .unwrap()
        .ok();
    assert!(!answer.starts_with(b"HTTP/1.1 202"));
    assert!(server.usage().await.is_empty());
    server.stop().await.unwrap();
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z@/.]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("[a-zA-Z]{1,9}", inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    /// Each event has any value in one of its places; whatever comes, the batch is answered and adds up.
    #[test]
    fn events_of_any_shape_get_one_fate_each(values in prop::collection::vec((any_json(), 0_usize..8), 1..60)) {
        const PLACES: [&str; 7] = ["/id", "/name", "/context", "/properties", "/timestamp", "/context/source", "/properties/durationMs"];
        let events: Vec<Value> = values
            .into_iter()
            .map(|(value, place)| match PLACES.get(place) {
                Some(pointer) => with(event(), pointer, value),
                None => value,
            })
            .collect();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let server = Running::start().await;
            let reply = server.batch(&events).await;
            prop_assert_eq!(reply.results.len(), events.len());
            let receipt = reply.receipt.read().unwrap();
            let sum = receipt.accepted + receipt.duplicates + receipt.dropped;
            prop_assert_eq!(usize::try_from(sum).unwrap(), events.len());
            let stored: u64 = server.usage().await.iter().map(|row| row.counts.events).sum();
            prop_assert_eq!(stored, u64::from(receipt.accepted));
            Ok(())
        })?;
    }
}
