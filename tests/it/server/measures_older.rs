//! A store that is older than counts by properties' values has them for the raw events that it still holds.

use std::path::Path;

use decantr::base::clock::Clock;
use decantr::base::crypto::{hex, sha256};
use decantr::model::catalog::Catalog;
use decantr::model::event::Validator;
use decantr::server::store;
use serde_json::{Value, json};
use uuid::Uuid;

use super::measures::assert_measures_are_a_recount;
use super::recount::append;
use super::support::{now, url};

/// The changes of the schema before measures.
const BEFORE: [(&str, &str); 4] = [
    (
        "0001_events_and_rollups",
        include_str!("../../../src/server/store/sqlite/migrations/0001_events_and_rollups.sql"),
    ),
    (
        "0002_senders_words",
        include_str!("../../../src/server/store/sqlite/migrations/0002_senders_words.sql"),
    ),
    (
        "0003_accounts_and_senders",
        include_str!("../../../src/server/store/sqlite/migrations/0003_accounts_and_senders.sql"),
    ),
    (
        "0004_snapshots_and_leases",
        include_str!("../../../src/server/store/sqlite/migrations/0004_snapshots_and_leases.sql"),
    ),
];

/// The store at `path` with everything from `from`, as a version made it that did not know measures.
fn older(from: &Path, path: &Path) {
    let db = rusqlite::Connection::open(path).unwrap();
    db.execute_batch(
        "PRAGMA application_id = 1684239474;
         CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at INTEGER NOT NULL);",
    )
    .unwrap();
    for (number, (name, text)) in (1..).zip(BEFORE) {
        db.execute_batch(text).unwrap();
        let row = (number, name, hex(&sha256(text.as_bytes())));
        db.execute("INSERT INTO migrations VALUES (?1, ?2, ?3, 0)", row)
            .unwrap();
    }
    db.execute("ATTACH ?1 AS newer", [from.to_str().unwrap()])
        .unwrap();
    for table in [
        "words",
        "ids",
        "senders",
        "events",
        "usage_daily",
        "secrets",
    ] {
        // Columns that came later are left behind.
        let columns =
            format!("SELECT group_concat(name) FROM pragma_table_info('{table}', 'main')");
        let columns: String = db.query_row(&columns, [], |row| row.get(0)).unwrap();
        let copy = format!("INSERT INTO {table} ({columns}) SELECT {columns} FROM newer.{table}");
        db.execute(&copy, []).unwrap();
    }
}

fn event(number: u32) -> Value {
    let (name, source) = [
        ("cli.command.completed", "cli"),
        ("marketing_web.cta_clicked", "marketing-web"),
        ("critique.completed", "api"),
    ][number as usize % 3];
    json!({
        "id": Uuid::from_u128(u128::from(number)),
        "name": name,
        "context": { "source": source, "environment": "production", "sampleRate": if number.is_multiple_of(4) { 0.5 } else { 1.0 } },
        "properties": {
            "command": "check", "success": !number.is_multiple_of(5), "durationMs": number * 7, "scope": "hosted", "overall": 71.5,
            "destination": "docs", "surface": "hero", "attributionUtmCampaign": format!("c{}", number % 6),
        },
        "timestamp": now() - jiff::SignedDuration::from_hours(i64::from(number % 96)),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_stored_before_is_counted_when_a_store_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let (new, old) = (folder.path().join("new.db"), folder.path().join("old.db"));
    let clock = Clock::fixed(now());
    let store = store::create(&url(&new), &clock).await.unwrap();
    let validator = Validator::new(Catalog::decantr(), store.secrets().hmac_key, 90);
    let events: Vec<Value> = (0..90).map(event).collect();
    let outcomes = store.append(append(&validator, &events)).await.unwrap();
    assert_eq!(outcomes.len(), 90);
    store.close().await.unwrap();
    older(&new, &old);

    let store = store::create(&url(&old), &clock).await.unwrap();
    assert_measures_are_a_recount(&*store).await;
    let more: Vec<Value> = (60..110).map(event).collect();
    store.append(append(&validator, &more)).await.unwrap();
    assert_measures_are_a_recount(&*store).await;
    store.close().await.unwrap();
}
