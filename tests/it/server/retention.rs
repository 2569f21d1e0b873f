//! What is kept, for how long, and under which day it counts.

use std::path::Path;
use std::time::Duration;

use decantr::base::clock::Clock;
use decantr::model::catalog::Catalog;
use decantr::server::report::{Query, Thresholds, Usage};
use decantr::server::store;
use jiff::SignedDuration;
use serde_json::Value;

use super::recount::assert_rollups_are_a_recount;
use super::support::{Running, event, now, url, with};

/// Whether the closed store's file holds this text anywhere.
fn holds(path: &Path, needle: &str) -> bool {
    let file = std::fs::read(path).unwrap();
    file.windows(needle.len()).any(|w| w == needle.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_a_clock_that_runs_ahead_counts_today() {
    let mut server = Running::start().await;
    server
        .batch(&[with(event(), "/timestamp", "2026-11-21T04:00:00Z")])
        .await;
    let query = [Query {
        days: 7,
        ..Query::default()
    }];
    let catalog = Catalog::decantr();
    let thresholds = Thresholds::default();
    let usage = Usage::read(&*server.store, &catalog, &query, &thresholds, now());
    let usage = usage.await.unwrap().remove(0);
    let summary = (usage.summary.total_events, usage.summary.active_installs);
    assert_eq!(summary, (1, 1));
    assert!(usage.alerts.iter().all(|alert| alert.code != "no_events"));
    server.stop().await.unwrap();
    assert_rollups_are_a_recount(&server.path);
}

/// A store with an old event and a new one, as of 80 days after the old one.
async fn aged(path: &Path) {
    let mut server = Running::on(path, Clock::fixed(now())).await;
    let old = (now() - SignedDuration::from_hours(24 * 80)).to_string();
    let old = with(event(), "/timestamp", old);
    let old = with(old, "/context/installId", "install_long-ago");
    let old = with(old, "/context/decantrVersion", "7123.8.91");
    server.batch(&[old, event()]).await;
    server.stop().await.unwrap();
    assert!(holds(path, "install_long-ago") && holds(path, "7123.8.91"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_purges_what_is_too_old_when_it_starts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.db");
    aged(&path).await;
    let clock = Clock::fixed(now() + SignedDuration::from_hours(24 * 11));
    let mut server = Running::on(&path, clock).await;
    // Identifiers go last.
    let db = rusqlite::Connection::open(&path).unwrap();
    let left = "SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM ids WHERE text = 'install_long-ago')";
    let purged = async {
        while db
            .query_row::<i64, _, _>(left, [], |row| row.get(0))
            .unwrap()
            > 1
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let purged = tokio::time::timeout(Duration::from_secs(10), purged).await;
    purged.expect("the old event is still there");
    drop(db);
    assert_eq!(server.active().await.installs, 1);
    assert_eq!(
        server.batch(&[event()]).await.results[0].outcome,
        "accepted"
    );
    server.stop().await.unwrap();
    for gone in ["install_long-ago", "7123.8.91"] {
        assert!(!holds(&path, gone), "{gone} is still in the file");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_keeps_what_is_not_too_old() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.db");
    aged(&path).await;
    let clock = Clock::fixed(now() + SignedDuration::from_hours(24 * 10));
    let mut server = Running::on(&path, clock).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(server.store.events(0, 10).await.unwrap().len(), 2);
    server.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_duplicate_leaves_no_identifier_behind() {
    let mut server = Running::start().await;
    let first = event();
    server.batch(std::slice::from_ref(&first)).await;
    let again: Vec<Value> = (0..3)
        .map(|n| {
            let again = with(
                first.clone(),
                "/context/installId",
                format!("install_smuggled-{n}"),
            );
            with(again, "/context/decantrVersion", format!("9876.5.{n}"))
        })
        .collect();
    let reply = server.batch(&again).await;
    assert!(reply.results.iter().all(|r| r.outcome == "duplicate"));
    // New and repeated within one batch: only what the first of them says is kept.
    let twice = with(event(), "/context/installId", "install_kept");
    let reply = server
        .batch(&[
            twice.clone(),
            with(twice, "/context/installId", "install_smuggled-4"),
        ])
        .await;
    assert_eq!(reply.results[1].outcome, "duplicate");
    server.stop().await.unwrap();
    assert!(holds(&server.path, "install_kept"));
    for never in ["smuggled", "9876.5."] {
        assert!(!holds(&server.path, never), "{never} is in the file");
    }
    assert_rollups_are_a_recount(&server.path);
}

#[tokio::test(flavor = "multi_thread")]
async fn senders_words_go_with_their_events() {
    let mut server = Running::start().await;
    let from_api = |service: &str| {
        let event = with(event(), "/name", "registry.item.resolved");
        let event = with(event, "/properties/contentType", "pattern");
        let event = with(event, "/context/source", "mcp");
        let event = with(event, "/context/serviceName", service);
        let event = with(event, "/context/serviceVersion", "4123.5.61");
        with(event, "/context/decantrVersion", "7123.8.91")
    };
    let reply = server.batch(&[from_api("chosen-by-somebody")]).await;
    assert_eq!(reply.results[0].outcome, "accepted", "{:?}", reply.results);
    let stored = server.store.events(0, 1).await.unwrap().remove(0).context;
    assert_eq!(stored.service_name.as_deref(), Some("chosen-by-somebody"));
    assert_eq!(stored.service_version.as_deref(), Some("4123.5.61"));
    assert_eq!(stored.decantr_version.as_deref(), Some("7123.8.91"));
    let tomorrow = decantr::server::rollup::Day::of(now()).plus(1);
    server.store.purge("decantr", tomorrow).await.unwrap();
    server.stop().await.unwrap();
    for gone in ["chosen", "4123.5.61", "7123.8.91"] {
        assert!(!holds(&server.path, gone), "{gone} is still in the file");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_of_the_first_form_is_brought_up_to_date_without_loss() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.db");
    let mut server = Running::on(&path, Clock::fixed(now())).await;
    server.batch(&[event()]).await;
    server.stop().await.unwrap();
    let before = server.store.events(0, 10).await.unwrap();
    // As it was before senders' words came into the event's row.
    let db = rusqlite::Connection::open(&path).unwrap();
    db.execute_batch(
        "INSERT INTO words (id, text) VALUES (77, '3.8.1'), (78, 'unused');
         ALTER TABLE events DROP COLUMN decantr_version;
         ALTER TABLE events DROP COLUMN service_name;
         ALTER TABLE events DROP COLUMN service_version;
         ALTER TABLE events ADD COLUMN decantr_version INTEGER NOT NULL DEFAULT 77;
         ALTER TABLE events ADD COLUMN service_name INTEGER NOT NULL DEFAULT 0;
         ALTER TABLE events ADD COLUMN service_version INTEGER NOT NULL DEFAULT 0;
         DELETE FROM migrations WHERE number > 1",
    )
    .unwrap();
    drop(db);
    let older = store::open(&url(&path)).await.err().unwrap();
    assert!(
        matches!(older, store::StoreError::Older { .. }),
        "{older:?}"
    );
    let store = store::create(&url(&path), &Clock::fixed(now()))
        .await
        .unwrap();
    assert_eq!(store.events(0, 10).await.unwrap(), before);
    store.close().await.unwrap();
    let db = rusqlite::Connection::open(&path).unwrap();
    let count = "SELECT count(*) FROM words WHERE text IN ('3.8.1', 'unused')";
    let left: i64 = db.query_row(count, [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
}
