//! Drift's four tables: filled as events come, read by the system's own SQL, and what is left of them after purge and erasure.

use std::path::Path;

use decantr::base::clock::Clock;
use decantr::base::ids::OpaqueId;
use decantr::server::rollup::Day;
use decantr::server::store::{By, Days};
use jiff::SignedDuration;
use rusqlite::Connection;
use serde_json::json;

use super::drift_recount::assert_tables_are_a_recount;
use super::drift_support::{INSTALL, action, install, scan, serve_on, signature};
use super::support::{NOW, Running, now};

const HASH: &str = "05fac08b592c29eb";

/// One column of the only row.
fn one<T: rusqlite::types::FromSql>(db: &Connection, sql: &str) -> T {
    db.query_row(sql, [], |row| row.get(0)).unwrap()
}

fn columns(db: &Connection, table: &str) -> Vec<String> {
    let mut statement = db.prepare(&format!("PRAGMA table_info({table})")).unwrap();
    let names = statement.query_map([], |row| row.get(1)).unwrap();
    names.map(Result::unwrap).collect()
}

async fn stats(server: &Running) -> Vec<(String, String, u64)> {
    let days = Days::ending(Day::of(now()).plus(1), 200);
    let stats = server.store.drift().daily_stats(days).await.unwrap();
    stats
        .into_iter()
        .map(|row| (row.day.date().to_string(), row.metric, row.value))
        .collect()
}

fn stat(date: &str, metric: &str, value: u64) -> (String, String, u64) {
    (date.to_owned(), metric.to_owned(), value)
}

/// Two installations on two days.
async fn some(server: &Running) {
    let (before, other) = ("2026-11-19T23:59:59.999Z", install(2));
    server
        .queue(&[
            signature(INSTALL, NOW, HASH, 0.9),
            signature(&other, before, HASH, 0.6),
            action(INSTALL, NOW, 0.8, 2),
            action(INSTALL, NOW, 0.9, 5),
            action(INSTALL, NOW, 0.79, json!(null)),
            action(INSTALL, NOW, 0.1, 4),
        ])
        .await;
    server
        .queue(&[
            scan(INSTALL, NOW, 7),
            scan(&other, NOW, 8),
            scan(&other, NOW, 8),
        ])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_four_are_filled() {
    let server = Running::serving(&["drift"]).await;
    some(&server).await;
    let expected = [
        stat("2026-11-19", "category:api", 1),
        stat("2026-11-19", "events:pattern_signature", 1),
        stat("2026-11-19", "language:typescript", 1),
        stat("2026-11-19", "unique_installations", 1),
        stat("2026-11-20", "category:api", 1),
        stat("2026-11-20", "events:pattern_signature", 1),
        stat("2026-11-20", "events:scan_completion", 2),
        stat("2026-11-20", "events:user_action", 4),
        stat("2026-11-20", "language:typescript", 1),
        stat("2026-11-20", "unique_installations", 2),
    ];
    assert_eq!(stats(&server).await, expected);

    let drift = server.store.drift();
    let found = drift.pattern_signatures("", 10).await.unwrap();
    let [pattern] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(
        (&*pattern.signature_hash, &*pattern.category),
        (HASH, "api")
    );
    assert_eq!(pattern.detection_method.as_deref(), Some("ast"));
    assert_eq!(pattern.language.as_deref(), Some("typescript"));
    assert_eq!(pattern.first_seen.to_string(), "2026-11-19T23:59:59Z");
    assert_eq!(pattern.last_seen.to_string(), NOW);
    assert_eq!(pattern.occurrence_count, 2);
    assert!((pattern.avg_confidence - 0.75).abs() < 1e-12);
    assert!((pattern.avg_location_count - 3.0).abs() < 1e-12);
    assert!((pattern.avg_outlier_count - 1.0).abs() < 1e-12);
    assert!(drift.pattern_signatures(HASH, 10).await.unwrap().is_empty());

    let actions = drift.action_aggregates().await.unwrap();
    let actions: Vec<_> = actions
        .iter()
        .map(|row| {
            (
                &*row.confidence_bucket,
                row.count,
                row.avg_hours_to_decision,
            )
        })
        .collect();
    let expected = [
        ("high", 2, Some(3.5)),
        ("low", 1, Some(4.0)),
        ("medium", 1, None),
    ];
    assert_eq!(actions, expected);

    let events = drift.drift_events(0, 2).await.unwrap();
    assert_eq!(events.len(), 2);
    let event = &events[1];
    assert_eq!(
        (&*event.kind, &*event.timestamp, &*event.created_at),
        (
            "pattern_signature",
            "2026-11-19T23:59:59.999Z",
            "2026-11-20 05:00:00"
        )
    );
    assert_eq!(event.installation_id, install(2));
    assert_eq!(event.drift_version, "0.0.1");
    assert!(event.payload.contains(HASH), "{event:?}");
    assert_eq!(
        drift.drift_events(events[1].id, 100).await.unwrap().len(),
        6
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn names_columns_and_constraints_are_those_of_the_system() {
    let mut server = Running::serving(&["decantr", "drift"]).await;
    some(&server).await;
    server.stop().await.unwrap();
    let db = Connection::open(&server.path).unwrap();
    for (table, expected) in [
        ("daily_stats", "date metric value"),
        (
            "pattern_signatures",
            "signature_hash category detection_method language first_seen last_seen occurrence_count \
             avg_confidence avg_location_count avg_outlier_count",
        ),
        (
            "action_aggregates",
            "category action confidence_bucket count avg_hours_to_decision",
        ),
        (
            "drift_events",
            "id type timestamp installation_id drift_version payload created_at",
        ),
    ] {
        assert_eq!(columns(&db, table).join(" "), expected, "{table}");
    }
    for again in [
        "INSERT INTO daily_stats (date, metric, value) VALUES ('2026-11-20', 'category:api', 1)",
        "INSERT INTO pattern_signatures (signature_hash, category) VALUES ('05fac08b592c29eb', 'api')",
        "INSERT INTO action_aggregates (category, action, confidence_bucket) VALUES ('api', 'approve', 'low')",
        "INSERT INTO daily_stats (metric) VALUES ('x')",
        "INSERT INTO pattern_signatures (signature_hash) VALUES ('x')",
        "INSERT INTO action_aggregates (category) VALUES ('x')",
    ] {
        assert!(db.execute(again, []).is_err(), "{again}");
    }
    // With one line before it, its SQL runs as it is written; our own table of that name is not in its way.
    db.execute_batch("CREATE TEMP VIEW events AS SELECT * FROM drift_events")
        .unwrap();
    let recent = "SELECT COUNT(*) as count FROM events WHERE created_at >= datetime('2026-11-20 05:00:00', '-30 days')";
    assert_eq!(one::<i64>(&db, recent), 8);
    let old = "SELECT count(*) FROM events WHERE created_at < datetime('2026-11-20 05:00:00', '-90 days')";
    assert_eq!(one::<i64>(&db, old), 0);
    let own = "SELECT count(*) FROM events WHERE type = 'user_action'
        AND installation_id = '11111111-2222-4333-8444-555555555555' AND drift_version = '0.0.1'
        AND timestamp >= '2026-11-20T00:00:00.000Z' AND json_extract(payload, '$.confidenceAtAction') >= 0.8";
    assert_eq!(one::<i64>(&db, own), 2);
    let totals = "SELECT group_concat(metric || '=' || total, ' ') FROM (
        SELECT metric, SUM(value) as total FROM daily_stats
        WHERE date >= date('2026-11-20', '-30 days') GROUP BY metric ORDER BY total DESC, metric)";
    assert_eq!(
        one::<String>(&db, totals),
        "events:user_action=4 unique_installations=3 category:api=2 events:pattern_signature=2 \
         events:scan_completion=2 language:typescript=2"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_again_counts_once_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.db");
    let clock = Clock::fixed(now());
    let mut kept = Vec::new();
    for _ in 0..3 {
        let mut server = serve_on(&path, &clock).await;
        some(&server).await;
        some(&server).await;
        kept.push(stats(&server).await);
        server.stop().await.unwrap();
        assert_tables_are_a_recount(&path);
    }
    assert_eq!(kept[0], kept[2]);
    // An installation that was active before counts once on a day, whatever it sends and however often the server starts.
    let server = serve_on(&path, &clock).await;
    server.queue(&[scan(INSTALL, NOW, 100)]).await;
    let today = stats(&server).await;
    assert!(today.contains(&stat("2026-11-20", "unique_installations", 2)));
    assert!(today.contains(&stat("2026-11-20", "events:scan_completion", 3)));
}

fn rows(path: &Path, table: &str) -> i64 {
    let db = Connection::open(path).unwrap();
    one(&db, &format!("SELECT count(*) FROM {table}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_without_identities_outlive_the_events() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.db");
    let server = serve_on(&path, &Clock::fixed(now())).await;
    some(&server).await;
    let before = stats(&server).await;
    assert_eq!(
        (rows(&path, "drift_events"), rows(&path, "drift_daily")),
        (8, 4)
    );
    let of_another = Day::of(now()).plus(1);
    server.store.purge("decantr", of_another).await.unwrap();
    assert_eq!(
        (rows(&path, "drift_events"), rows(&path, "drift_daily")),
        (8, 4)
    );
    server.store.purge("drift", Day::of(now())).await.unwrap();
    assert_eq!(
        (rows(&path, "drift_events"), rows(&path, "drift_daily")),
        (7, 2)
    );
    server.store.purge("drift", of_another).await.unwrap();
    for table in ["drift_events", "drift_daily", "senders", "ids"] {
        assert_eq!(rows(&path, table), 0, "{table}");
    }
    assert_eq!(stats(&server).await, before);
    let drift = server.store.drift();
    assert_eq!(drift.pattern_signatures("", 10).await.unwrap().len(), 1);
    assert_eq!(drift.action_aggregates().await.unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn erasing_an_installation_takes_its_rows_and_leaves_the_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.db");
    let server = serve_on(&path, &Clock::fixed(now())).await;
    some(&server).await;
    let before = stats(&server).await;
    let id = OpaqueId::parse(&format!("install_{INSTALL}")).unwrap();
    let by = By {
        who: "local:operator".to_owned(),
        at: now(),
    };
    let ids = [id].into_iter().collect();
    let forgotten = server.store.identities().forget(&ids, &[], &by).await;
    assert_eq!(forgotten.unwrap().events, 6);
    assert_eq!(
        (rows(&path, "drift_events"), rows(&path, "drift_daily")),
        (2, 2)
    );
    assert_eq!(stats(&server).await, before);
    let reply = server
        .queue(&[scan(INSTALL, NOW, 9), scan(&install(3), NOW, 9)])
        .await;
    assert_eq!(
        (&reply["accepted"], &reply["dropped"]),
        (&json!(1), &json!(1))
    );
    let after = stats(&server).await;
    assert!(after.contains(&stat("2026-11-20", "unique_installations", 3)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_a_clock_that_runs_ahead_counts_on_the_day_it_came() {
    let server = Running::serving(&["drift"]).await;
    let ahead = (now() + SignedDuration::from_hours(20)).to_string();
    server.queue(&[signature(INSTALL, &ahead, HASH, 0.5)]).await;
    let days: Vec<String> = stats(&server).await.into_iter().map(|row| row.0).collect();
    assert_eq!(days, ["2026-11-20"; 4]);
    let found = server
        .store
        .drift()
        .pattern_signatures("", 1)
        .await
        .unwrap();
    assert_eq!(found[0].last_seen.to_string(), NOW);
}
