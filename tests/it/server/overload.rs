//! Too much at once, a stalled writer, a stop in the middle: nothing acknowledged is lost, and memory does not follow.

use std::time::Duration;

use decantr::base::clock::Clock;
use decantr::base::ids::OpaqueId;
use decantr::model::catalog::Catalog;
use decantr::model::event::{Admission, RawEvent, Validator};
use decantr::model::protocol::EVENTS_PATH;
use decantr::server::report::{Query, Thresholds, Usage};
use decantr::server::rollup::{Day, Tally};
use decantr::server::store;
use decantr::server::store::{Append, Days, Entry, StoreError};
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use uuid::Uuid;

use super::recount::assert_rollups_are_a_recount;
use super::support::{Running, batch, event, now, url, with};

fn append(validator: &Validator, count: usize) -> Append {
    let entries = (0..count).map(|_| {
        let text = event().to_string();
        let raw: RawEvent<'_> = serde_json::from_str(&text).unwrap();
        let admission = Admission {
            now: now(),
            has_key: false,
        };
        Entry::from(validator.normalise(&raw, admission).unwrap())
    });
    Append {
        catalog: validator.catalog().id.clone(),
        received_at: now(),
        entries: entries.collect(),
        drops: Vec::new(),
        losses: Vec::new(),
    }
}

/// The same events under new ids.
fn renewed(append: &Append) -> Append {
    let mut append = append.clone();
    for entry in &mut append.entries {
        entry.event.id = Uuid::now_v7();
    }
    append
}

/// Holds the store's write lock until dropped.
fn stall(path: &std::path::Path) -> rusqlite::Connection {
    let db = rusqlite::Connection::open(path).unwrap();
    db.execute_batch("BEGIN IMMEDIATE").unwrap();
    db
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stalled_writer_turns_requests_away_and_recovers() {
    let mut server = Running::start().await;
    let validator = Validator::new(Catalog::decantr(), [0; 32], 90);
    let stalled = stall(&server.path);
    // Fill the queue up to its limit, which is a matter of the store, not of patience.
    let many = append(&validator, 2_000);
    let mut waiting = Vec::new();
    let load = server.store.load();
    while server.store.load().rows + 2_000 <= load.max_rows {
        let (store, append) = (server.store.clone(), renewed(&many));
        let rows = server.store.load().rows;
        waiting.push(tokio::spawn(async move { store.append(append).await }));
        while server.store.load().rows == rows {
            tokio::task::yield_now().await;
        }
    }
    let body = batch(&[event()]).to_string();
    let error = server.store.append(renewed(&many)).await;
    assert!(matches!(error, Err(StoreError::Overloaded)));
    assert_eq!(server.get("/v1/ready").await.0, 503);
    let answer = server.post_bytes(body.clone()).await;
    assert_eq!((answer.status, answer.retry_after), (503, Some(1)));
    assert!(String::from_utf8_lossy(&answer.body).contains("overloaded"));
    assert!(server.store.load().rows <= load.max_rows);

    stalled.execute_batch("ROLLBACK").unwrap();
    let mut kept = 0;
    for task in waiting {
        kept += task.await.unwrap().unwrap().len();
    }
    assert_eq!(server.post(body).await.0, 202);
    assert_eq!(server.get("/v1/ready").await.0, 200);
    assert_eq!(server.store.load().rows, 0);
    let counted: u64 = server
        .usage()
        .await
        .iter()
        .map(|row| row.counts.events)
        .sum();
    assert_eq!(counted, u64::try_from(kept + 1).unwrap());
    // What was turned away is counted with the next commit: the events of one append, and the one of a request.
    let days = Days::ending(Day::of(now()), 1);
    let outcomes = server.store.outcomes("decantr", days).await.unwrap();
    let mut deferred = outcomes.iter().filter(|row| row.tally == Tally::Deferred);
    assert_eq!(deferred.next().unwrap().count, 2_001);
    let query = Query {
        days: 1,
        ..Query::default()
    };
    let (catalog, thresholds) = (Catalog::decantr(), Thresholds::default());
    let read = Usage::read(&*server.store, &catalog, &[query], &thresholds, now()).await;
    let report = &read.unwrap()[0];
    assert_eq!(report.intake.deferred, 2_001);
    let mut codes = report.alerts.iter().map(|alert| alert.code);
    assert!(codes.any(|code| code == "queue_overflow"));
    server.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_store_cannot_write_the_batch_is_503_and_the_server_lives_on() {
    let mut server = Running::start().await;
    let stalled = stall(&server.path);
    let answer = server.post_bytes(batch(&[event()]).to_string()).await;
    assert_eq!((answer.status, answer.retry_after), (503, Some(1)));
    assert!(String::from_utf8_lossy(&answer.body).contains("store_unavailable"));
    assert_eq!(server.get("/v1/health").await.0, 200);
    stalled.execute_batch("ROLLBACK").unwrap();
    assert!(server.usage().await.is_empty());
    assert_eq!(
        server.batch(&[event()]).await.results[0].outcome,
        "accepted"
    );
    server.stop().await.unwrap();
    assert_rollups_are_a_recount(&server.path);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_fails_halfway_leaves_nothing_behind_not_even_in_memory() {
    let mut server = Running::start().await;
    let trap = "CREATE TRIGGER trap AFTER INSERT ON events WHEN NEW.properties LIKE '%:666%'
                BEGIN SELECT RAISE(ABORT, 'trapped'); END";
    let other = rusqlite::Connection::open(&server.path).unwrap();
    other.execute_batch(trap).unwrap();
    let new_here = |event| with(event, "/context/installId", "install_new");
    let trapped = with(new_here(event()), "/properties/durationMs", 666);
    let both = batch(&[new_here(event()), trapped]).to_string();
    let answer = server.post_bytes(both).await;
    assert_eq!((answer.status, answer.retry_after), (503, Some(1)));
    assert!(server.usage().await.is_empty());
    assert_eq!(server.active().await.installs, 0);

    server.batch(&[new_here(event())]).await;
    let stored = server.store.events(0, 10).await.unwrap();
    let install = stored[0].context.install_id.as_ref();
    assert_eq!(install.map(OpaqueId::as_str), Some("install_new"));
    server.stop().await.unwrap();
    assert_rollups_are_a_recount(&server.path);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_in_the_middle_loses_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.db");
    let mut server = Running::on(&path, Clock::fixed(now())).await;
    let (sent, mut seen) = tokio::sync::mpsc::unbounded_channel();
    let clients: Vec<_> = (0..8)
        .map(|_| {
            let (base, sent) = (server.base.clone(), sent.clone());
            tokio::spawn(async move { post_until_refused(&base, &sent).await })
        })
        .collect();
    drop(sent);
    let mut acknowledged: Vec<Value> = Vec::new();
    while acknowledged.len() < 400 {
        acknowledged.push(seen.recv().await.unwrap());
    }
    let stopped = tokio::time::timeout(Duration::from_secs(10), server.stop()).await;
    stopped.unwrap().unwrap();
    for client in clients {
        client.await.unwrap();
    }
    while let Some(id) = seen.recv().await {
        acknowledged.push(id);
    }
    let log = path.with_extension("db-wal");
    assert!(!log.exists(), "the log was not folded into the store");
    assert_rollups_are_a_recount(&path);
    let store = store::open(&url(&path)).await.unwrap();
    let stored = store.events(0, usize::MAX).await.unwrap();
    let stored: std::collections::BTreeSet<String> =
        stored.iter().map(|e| e.id.to_string()).collect();
    for id in &acknowledged {
        assert!(
            stored.contains(id.as_str().unwrap()),
            "{id} was acknowledged but is not stored"
        );
    }
}

/// Posts batches of ten and reports each acknowledged id, until the server does not answer any more.
async fn post_until_refused(base: &str, sent: &tokio::sync::mpsc::UnboundedSender<Value>) {
    use decantr::base::http::{Http, Request, parse_base_url};
    let http = Http::new(Duration::from_secs(10)).unwrap();
    let url = parse_base_url(&format!("{base}/v1/telemetry/events")).unwrap();
    loop {
        let events: Vec<Value> = (0..10).map(|_| event()).collect();
        let body = Some(batch(&events).to_string().into_bytes());
        let Ok(answer) = http
            .post(
                &url,
                Request {
                    body,
                    ..Request::default()
                },
            )
            .await
        else {
            return;
        };
        if answer.status != 202 {
            return;
        }
        for event in events {
            sent.send(event["id"].clone()).ok();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_never_finishes_does_not_hold_up_a_stop() {
    let mut server = Running::start().await;
    let addr = server.base.strip_prefix("http://").unwrap();
    let mut slow = TcpStream::connect(addr).await.unwrap();
    let head = format!("POST {EVENTS_PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{{");
    slow.write_all(head.as_bytes()).await.unwrap();
    server.batch(&[event()]).await;
    let stopped = tokio::time::timeout(Duration::from_secs(9), server.stop()).await;
    stopped.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn after_closing_a_store_takes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.db");
    let store = store::create(&url(&path), &Clock::fixed(now()))
        .await
        .unwrap();
    store.close().await.unwrap();
    store.close().await.unwrap();
    let validator = Validator::new(Catalog::decantr(), [0; 32], 90);
    let error = store.append(append(&validator, 1)).await;
    assert!(matches!(error, Err(StoreError::Closed)));
    assert!(!store.load().is_writable);
}
