//! What only the store's own connection can provoke: a full disk, a writer that dies.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::purge::{self, Old};
use super::{EventLog as _, Rollups as _, Snapshots as _, Sqlite, Store as _, backfill, create};
use crate::base::clock::Clock;
use crate::base::ids::OpaqueId;
use crate::model::catalog::Catalog;
use crate::model::event::{Admission, RawEvent, Validator};
use crate::model::outcome::Outcome;
use crate::server::rollup::Day;
use crate::server::store::{Append, Days, Entry, MeasureQuery, StoreError, UsageQuery};

fn now() -> Timestamp {
    "2026-11-20T05:00:00Z".parse().unwrap()
}

fn append(count: usize) -> Append {
    let catalog = Catalog::decantr();
    let validator = Validator::new(Arc::clone(&catalog), [0; 32], 90);
    let raw = r#"{"name":"cli.command.completed","context":{"source":"cli","installId":"install_1"},
                  "properties":{"command":"check","success":true,"durationMs":5}}"#;
    let raw: RawEvent<'_> = serde_json::from_str(raw).unwrap();
    let admission = Admission {
        now: now(),
        has_key: false,
    };
    let entries = (0..count).map(|_| validator.normalise(&raw, admission).unwrap());
    Append {
        catalog: Arc::clone(&catalog.id),
        received_at: now(),
        entries: entries.map(Entry::from).collect(),
        drops: Vec::new(),
        losses: Vec::new(),
    }
}

/// Lets the store grow by at most `pages`, as a disk with little room does.
async fn limit(store: &Sqlite, pages: i64) {
    let writer = store.writer().unwrap();
    let limiting = writer.run("limit", move |db| {
        let count: i64 = db.pragma_query_value(None, "page_count", |row| row.get(0))?;
        db.pragma_update(None, "max_page_count", count + pages)
    });
    limiting.await.unwrap();
}

async fn stored(store: &Sqlite) -> (usize, u64) {
    let query = UsageQuery {
        catalog: "decantr".to_owned(),
        days: Days::ending(Day::of(now()), 1),
        actor: None,
        source: None,
        environment: None,
        org: None,
    };
    let rows = store.usage(&query).await.unwrap();
    let counted = rows.iter().map(|row| row.counts.events).sum();
    let query = MeasureQuery {
        catalog: query.catalog,
        days: query.days,
        events: Vec::new(),
        by_day: false,
    };
    let commands = store.measures(&query, "command").await.unwrap();
    let measured: u64 = commands.iter().map(|row| row.counts.events).sum();
    assert_eq!(measured, counted);
    (store.events(0, 100_000).await.unwrap().len(), counted)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_whole_requests_until_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.db");
    let store = create(&path, &Clock::fixed(now())).await.unwrap();
    store.append(append(10)).await.unwrap();
    limit(&store, 2).await;
    for _ in 0..2 {
        let error = store.append(append(5_000)).await.unwrap_err();
        assert!(matches!(error, StoreError::Sqlite { .. }), "{error:?}");
        assert_eq!(stored(&store).await, (10, 10));
    }
    limit(&store, 10_000).await;
    store.append(append(5_000)).await.unwrap();
    assert_eq!(stored(&store).await, (5_010, 5_010));
    store.close().await.unwrap();
}

/// The id and the installation of a round's event.
type IdAndInstall = fn(u32) -> (u32, u32);

#[tokio::test(flavor = "multi_thread")]
async fn of_events_with_one_id_the_first_counts_wherever_they_stand() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.db");
    let store = create(&path, &Clock::fixed(now())).await.unwrap();
    let mut known = HashSet::new();
    // Whole blocks of new ids, of known ones and of both; with few senders and with new ones in between.
    let rounds: [(usize, IdAndInstall); 5] = [
        (200, |at| (at, 1)),
        (200, |at| (at, 2)),
        (200, |at| (150 + at * at * 7 % 211, at / 50)),
        (200, |at| (300 + at * 5 % 97, at / 3)),
        (70, |at| (380 + at / 2, at)),
    ];
    for (count, event) in rounds {
        let mut append = append(count);
        let mut expected = Vec::new();
        for (at, entry) in (0..).zip(&mut append.entries) {
            let (id, install) = event(at);
            entry.event.id = Uuid::from_u128(id.into());
            let install = OpaqueId::parse(&format!("install_{install}"));
            Arc::make_mut(&mut entry.event.context).install_id = Some(install.unwrap());
            let is_new = known.insert(id);
            expected.push([Outcome::Duplicate, Outcome::Accepted][usize::from(is_new)]);
        }
        assert_eq!(store.append(append).await.unwrap(), expected);
    }
    let all = u64::try_from(known.len()).unwrap();
    assert_eq!(stored(&store).await, (known.len(), all));
    store.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_that_panics_keeps_nothing_of_that_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.db");
    let store = create(&path, &Clock::fixed(now())).await.unwrap();
    store.append(append(1)).await.unwrap();
    let writer = store.writer().unwrap();
    for _time in 0..2 {
        // In the middle of a change, as a commit would.
        let dying = writer.run("die", |db| -> rusqlite::Result<()> {
            db.execute_batch(
                "BEGIN IMMEDIATE; DELETE FROM words; DELETE FROM ids; DELETE FROM events",
            )?;
            panic!("as told")
        });
        assert!(matches!(dying.await, Err(StoreError::Closed)));
        assert!(store.load().is_writable);
    }
    store.append(append(2)).await.unwrap();
    assert_eq!(stored(&store).await, (3, 3));
    store.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purge_leaves_the_sender_of_an_event_that_came_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.db");
    let store = create(&path, &Clock::fixed(now())).await.unwrap();
    // As if it had come when the old days and events were gone already.
    store.append(append(1)).await.unwrap();
    let purging = store.writer().unwrap().run_on_dictionary("purge", |db| {
        let catalog = db.query_row("SELECT catalog FROM events", [], |row| row.get(0))?;
        let before = Day::of(now()).plus(1);
        purge::senders(db, Old { catalog, before }, 0)
    });
    assert_eq!(purging.await.unwrap(), Some((1, 0)));
    assert_eq!(stored(&store).await, (1, 1));
    store.close().await.unwrap();
}

/// How SQLite would answer, a line for each step.
async fn plan(store: &Sqlite, sql: &'static str) -> String {
    let explaining = store.writer().unwrap().run("explain", move |db| {
        let mut statement = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
        let (mut rows, mut steps) = (statement.raw_query(), String::new());
        while let Some(row) = rows.next()? {
            steps = steps + &row.get::<_, String>(3)? + "\n";
        }
        Ok(steps)
    });
    explaining.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stride_looks_at_its_own_rows_and_not_at_the_whole_table() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.db");
    let store = create(&path, &Clock::fixed(now())).await.unwrap();
    for (sql, way) in [
        (purge::OLD_EVENTS, "events USING INTEGER PRIMARY KEY"),
        (backfill::NEXT, "e USING INTEGER PRIMARY KEY"),
        (purge::OLD_WORDS, "INDEX measure_daily_open"),
    ] {
        let plan = plan(&store, sql).await;
        assert!(plan.contains(way) && !plan.contains("ORDER BY"), "{plan}");
    }
    store.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_of_a_clock_that_ran_years_ahead_holds_nobody_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.db");
    let store = create(&path, &Clock::fixed(now())).await.unwrap();
    let take = async |holder: u128, at: Timestamp| {
        let until = at + SignedDuration::from_mins(12);
        let lease = store.lease("work", Uuid::from_u128(holder), at, until);
        lease.await.unwrap()
    };
    assert!(take(1, now() + SignedDuration::from_hours(24 * 3_650)).await);
    assert!(take(2, now()).await, "nobody waits for ten years");
    let slow = now() - SignedDuration::from_mins(1);
    assert!(!take(3, slow).await, "clocks differ a little");
    store.close().await.unwrap();
}
