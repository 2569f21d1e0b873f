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

/// A store as the first version made it: four events of two installations, one from the pipeline, one purged already.
fn first_form(path: &Path) {
    let db = rusqlite::Connection::open(path).unwrap();
    let first =
        include_str!("../../../src/server/store/sqlite/migrations/0001_events_and_rollups.sql");
    db.execute_batch(first).unwrap();
    let checksum = decantr::base::crypto::hex(&decantr::base::crypto::sha256(first.as_bytes()));
    let today = now().as_microsecond();
    let day = decantr::server::rollup::Day::of(now()).0;
    db.execute_batch(&format!(
        "PRAGMA application_id = 1684239474;
         CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at INTEGER NOT NULL);
         INSERT INTO migrations VALUES (1, '0001_events_and_rollups', '{checksum}', 0);
         INSERT INTO words (id, text) VALUES (1, 'decantr'), (2, 'cli.command.completed'), (3, 'cli'), (4, 'production'),
           (5, 'customer'), (6, 'content-ci'), (7, 'official_pipeline'), (8, 'service'), (77, '3.8.1'), (78, 'unused');
         INSERT INTO ids (id, text) VALUES (1, 'install_one'), (2, 'install_two'), (3, 'org_acme');
         INSERT INTO events (sequence, id, catalog, name, happened_at, received_at, source, environment, actor, install, project,
           anonymous, user, org, session, claimed_actor, decantr_version, service_name, service_version, registry_source,
           sample_rate, failed, properties)
         VALUES
           (4, x'00000000000000000000000000000001', 1, 2, {today} - 86400000000, {today}, 3, 4, 5, 1, 0, 0, 0, 0, NULL, 0, 77, 0, 0, 0, NULL, 0, '{{}}'),
           (5, x'00000000000000000000000000000002', 1, 2, {today}, {today}, 3, 4, 5, 1, 0, 0, 0, 0, NULL, 0, 77, 0, 0, 0, 0.5, 1, '{{}}'),
           (6, x'00000000000000000000000000000003', 1, 2, {today}, {today}, 3, 4, 5, 2, 0, 0, 0, 3, NULL, 0, 77, 0, 0, 0, NULL, 0, '{{}}'),
           (7, x'00000000000000000000000000000004', 1, 2, {today}, {today}, 6, 4, 7, 1, 0, 0, 0, 0, NULL, 0, 77, 0, 0, 0, NULL, 0, '{{}}');
         INSERT INTO usage_daily (day, catalog, event, source, environment, actor, org, events, weight, failures) VALUES
           ({day} - 100, 1, 2, 3, 4, 5, 0, 9, 9.0, 1), ({day} - 1, 1, 2, 3, 4, 5, 0, 3, 3.0, 0),
           ({day}, 1, 2, 3, 4, 5, 0, 1, 2.0, 1), ({day}, 1, 2, 3, 4, 5, 3, 1, 1.0, 0), ({day}, 1, 2, 6, 4, 7, 0, 1, 1.0, 0);
         INSERT INTO outcome_daily VALUES ({day}, 1, 'accepted', '', 4);
         INSERT INTO secrets VALUES ('hmac_key', randomblob(32));"
    ))
    .unwrap();
    let (_, key) = decantr::base::crypto::SigningKey::generate().unwrap();
    let put = "INSERT INTO secrets VALUES ('signing_key', ?1)";
    db.execute(put, [key]).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_of_the_first_form_is_brought_up_to_date_without_loss() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.db");
    first_form(&path);
    let older = store::open(&url(&path)).await.err().unwrap();
    assert!(
        matches!(older, store::StoreError::Older { .. }),
        "{older:?}"
    );
    let mut server = Running::on(&path, Clock::fixed(now())).await;
    let stored = server.store.events(0, 10).await.unwrap();
    let seen: Vec<_> = stored
        .iter()
        .map(|event| {
            let install = event.context.install_id.as_ref().unwrap().as_str();
            let org = event
                .counted
                .owner
                .org
                .as_ref()
                .map(decantr::base::ids::OpaqueId::as_str);
            (event.sequence, install, org, event.counted.actor.as_str())
        })
        .collect();
    assert_eq!(
        seen,
        [
            (4, "install_one", None, "customer"),
            (5, "install_one", None, "customer"),
            (6, "install_two", Some("org_acme"), "customer"),
            (7, "install_one", None, "official_pipeline"),
        ]
    );
    assert_eq!(stored[0].context.decantr_version.as_deref(), Some("3.8.1"));
    let counted: u64 = server
        .usage()
        .await
        .iter()
        .map(|row| row.counts.events)
        .sum();
    assert_eq!(
        counted, 15,
        "counts of days stay, though their raw events are gone, all or (where a purge was interrupted) some"
    );
    assert_eq!(
        (server.active().await.installs, server.active().await.orgs),
        (2, 1)
    );
    server.batch(&[event()]).await;
    server.stop().await.unwrap();
    let db = rusqlite::Connection::open(&path).unwrap();
    let count = "SELECT count(*) FROM words WHERE text IN ('3.8.1', 'unused')";
    let left: i64 = db.query_row(count, [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
    db.execute_batch(
        "DELETE FROM usage_daily WHERE events = 9;
         UPDATE usage_daily SET events = 1, weight = 1.0 WHERE events = 3;",
    )
    .unwrap();
    drop(db);
    assert_rollups_are_a_recount(&path);
}
