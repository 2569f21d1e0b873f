//! Drift's tables equal a recount of its events, whatever came in whichever order.

use std::path::Path;

use decantr::base::clock::Clock;
use decantr::base::ids::OpaqueId;
use decantr::model::catalog::Catalog;
use decantr::model::event::Validator;
use decantr::server::store::{self, By};
use proptest::prelude::*;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::drift_support::install;
use super::recount::{append, assert_rollups_are_a_recount};
use super::support::{now, url};

const STATS: &str = "
    WITH seen AS (
      SELECT date(min(happened_at, received_at) / 1000000, 'unixepoch') AS date, w.text AS name, s.install, e.properties
      FROM events AS e JOIN words AS w ON w.id = e.name JOIN senders AS s ON s.id = e.sender
      WHERE e.catalog = (SELECT id FROM words WHERE text = 'drift')
    )
    SELECT date, 'events:' || name, count(*) FROM seen GROUP BY 1, 2
    UNION ALL SELECT date, 'language:' || json_extract(properties, '$.language'), count(*) FROM seen
      WHERE name = 'pattern_signature' AND json_extract(properties, '$.language') IS NOT NULL GROUP BY 1, 2
    UNION ALL SELECT date, 'category:' || json_extract(properties, '$.category'), count(*) FROM seen
      WHERE name = 'pattern_signature' GROUP BY 1, 2
    UNION ALL SELECT date, 'unique_installations', count(DISTINCT install) FROM seen WHERE install <> 0 GROUP BY 1";

const SIGNATURES: &str = "
    SELECT json_extract(payload, '$.signatureHash'), count(*),
      datetime(min(min(happened_at, received_at)) / 1000000, 'unixepoch'),
      datetime(max(min(happened_at, received_at)) / 1000000, 'unixepoch'),
      round(avg(json_extract(payload, '$.confidence')), 9),
      round(avg(json_extract(payload, '$.locationCount')), 9), round(avg(json_extract(payload, '$.outlierCount')), 9)
    FROM drift_events JOIN events ON sequence = drift_events.id WHERE type = 'pattern_signature' GROUP BY 1";

const ACTIONS: &str = "
    SELECT json_extract(payload, '$.category'), json_extract(payload, '$.action'),
      CASE
        WHEN json_extract(payload, '$.confidenceAtAction') < 0.5 THEN 'low'
        WHEN json_extract(payload, '$.confidenceAtAction') < 0.8 THEN 'medium'
        ELSE 'high'
      END,
      count(*), round(avg(json_extract(payload, '$.hoursSinceDiscovery')), 9)
    FROM drift_events WHERE type = 'user_action' GROUP BY 1, 2, 3";

const CROWD: &str = "
    WITH seen AS (
      SELECT min(happened_at, received_at) / 86400000000 AS day, sender, payload
      FROM drift_events JOIN events ON sequence = drift_events.id WHERE type = 'pattern_signature'
    )
    SELECT day, sender, 'category:' || json_extract(payload, '$.category'), count(*) FROM seen GROUP BY 1, 2, 3
    UNION ALL SELECT day, sender, 'language:' || json_extract(payload, '$.language'), count(*) FROM seen
      WHERE json_extract(payload, '$.language') IS NOT NULL GROUP BY 1, 2, 3";

/// Fails unless the tables are exactly what the raw events say; averages up to their ninth digit.
pub(crate) fn assert_tables_are_a_recount(path: &Path) {
    let db = Connection::open(path).unwrap();
    let stats = "SELECT date, metric, value FROM daily_stats";
    let signatures = "SELECT signature_hash, occurrence_count, first_seen, last_seen,
        round(avg_confidence, 9), round(avg_location_count, 9), round(avg_outlier_count, 9) FROM pattern_signatures";
    let actions = "SELECT category, action, confidence_bucket, count, round(avg_hours_to_decision, 9) FROM action_aggregates";
    let crowd = "SELECT day, sender, metric, events FROM drift_daily";
    for (kept, recount) in [
        (stats, STATS),
        (signatures, SIGNATURES),
        (actions, ACTIONS),
        (crowd, CROWD),
    ] {
        for (one, other) in [(kept, recount), (recount, kept)] {
            let sql = format!(
                "SELECT count(*) FROM (SELECT * FROM ({one}) EXCEPT SELECT * FROM ({other}))"
            );
            let differing: i64 = db.query_row(&sql, [], |row| row.get(0)).unwrap();
            assert_eq!(differing, 0, "rows of one side only: {one}");
        }
    }
}

prop_compose! {
    /// An event out of little, so that what says the same is common.
    fn some_event()(
        kind in 0..3,
        number in 0..3_usize,
        sender in proptest::option::of(0..4_usize),
        user in proptest::option::of(0..2),
        minutes_ago in -1400..4000_i64,
        share in prop::sample::select([0.1, 0.49, 0.5, 0.79, 0.8, 1.0].as_slice()),
        count in proptest::option::of(0..3_usize),
        word in 0..3_usize,
    ) -> Value {
        let category = ["api", "auth", "x"][word];
        let action = ["approve", "ignore", "x"][number];
        let language = count.map(|count| ["ts", "py", "?"][count]);
        let (name, properties) = match kind {
            0 => ("pattern_signature", json!({
                "signatureHash": format!("05fac08b592c29e{number}"), "category": category,
                "confidence": share, "locationCount": number, "outlierCount": count.unwrap_or(7),
                "language": language,
            })),
            1 => ("user_action", json!({
                "action": action, "category": category,
                "confidenceAtAction": share, "hoursSinceDiscovery": count,
            })),
            _ => ("scan_completion", json!({ "durationMs": number, "filesScanned": 1 })),
        };
        let at = now() - jiff::SignedDuration::from_mins(minutes_ago);
        json!({
            "name": name,
            "context": {
                "source": "drift",
                "installId": sender.map(|number| format!("install_{}", install(number))),
                "userId": user.map(|n| format!("user_{n}")),
            },
            "properties": properties,
            "timestamp": at,
        })
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tables_equal_a_recount(batches in prop::collection::vec(prop::collection::vec(some_event(), 0..30), 1..6)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.db");
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            // Each batch twice, the second time by another process.
            for batch in batches.iter().chain(&batches) {
                let store = store::create(&url(&path), &Clock::fixed(now())).await.unwrap();
                let catalog = Catalog::embedded("drift").unwrap();
                let validator = Validator::new(catalog, store.secrets().hmac_key, 90);
                store.append(append(&validator, batch)).await.unwrap();
                store.close().await.unwrap();
            }
        });
        assert_tables_are_a_recount(&path);
        assert_rollups_are_a_recount(&path);
        runtime.block_on(async {
            // An account ends: what it sent goes to whoever is the same but for the account.
            let store = store::create(&url(&path), &Clock::fixed(now())).await.unwrap();
            let by = By { who: "local:operator".to_owned(), at: now() };
            let user = OpaqueId::parse("user_0").unwrap();
            store.identities().delete_user(&user, &by).await.unwrap();
            store.close().await.unwrap();
        });
        assert_tables_are_a_recount(&path);
    }
}
