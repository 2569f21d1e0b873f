//! The rollups equal a recount of the raw events, whatever came in whichever order.

use std::path::Path;

use decantr::base::clock::Clock;
use decantr::model::catalog::Catalog;
use decantr::model::event::{Admission, RawEvent, Validator};
use decantr::model::outcome::Outcome;
use decantr::server::store::{self, Append, Entry};
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::support::{now, url};

const USAGE: &str = "
    SELECT e.catalog, min(happened_at, received_at) / 86400000000 AS day, name, source, environment, actor, owner_org,
           standing, count(*), sum(1.0 / coalesce(sample_rate, 1.0)), sum(failed)
    FROM events AS e JOIN senders AS s ON s.id = e.sender GROUP BY 1, 2, 3, 4, 5, 6, 7, 8";

const ACTIVITY: &str = "
    SELECT catalog, min(happened_at, received_at) / 86400000000 AS day, sender, name, environment,
           count(*), sum(1.0 / coalesce(sample_rate, 1.0)), sum(failed), max(happened_at)
    FROM events GROUP BY 1, 2, 3, 4, 5";

const DAYS: &str = "
    SELECT catalog, sender, max(day), sum(1 << ((SELECT last_day FROM senders WHERE id = sender) - day))
    FROM (SELECT DISTINCT catalog, sender, day FROM sender_daily) GROUP BY 1, 2";

/// Fails unless the tables are exactly what the raw events say.
pub(crate) fn assert_rollups_are_a_recount(path: &Path) {
    let db = rusqlite::Connection::open(path).unwrap();
    let usage = "SELECT catalog, day, event, source, environment, actor, org, standing, events, weight, failures FROM usage_daily";
    let activity = "SELECT catalog, day, sender, event, environment, events, weight, failures, last_seen FROM sender_daily";
    let days = "SELECT catalog, id, last_day, days FROM senders";
    for (kept, recount) in [(usage, USAGE), (activity, ACTIVITY), (days, DAYS)] {
        for (one, other) in [(kept, recount), (recount, kept)] {
            let sql = format!(
                "SELECT count(*) FROM (SELECT * FROM ({one}) EXCEPT SELECT * FROM ({other}))"
            );
            let differing: i64 = db.query_row(&sql, [], |row| row.get(0)).unwrap();
            assert_eq!(differing, 0, "rows of one side only: {one}");
        }
    }
    let accepted: i64 = db
        .query_row(
            "SELECT coalesce(sum(count), 0) FROM outcome_daily WHERE outcome = 'accepted'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    let events: i64 = db
        .query_row("SELECT count(*) FROM events", [], |row| row.get(0))
        .unwrap();
    assert_eq!(
        accepted, events,
        "every stored event was counted as accepted once"
    );
}

prop_compose! {
    /// An event out of few ids, so that duplicates are common.
    fn some_event()(
        id in 0_u128..40,
        install in proptest::option::of(0..4),
        project in proptest::option::of(0..3),
        user in proptest::option::of(0..2),
        org in proptest::option::of(0..2),
        minutes_ago in -1400..4000_i64,
        success in any::<bool>(),
        rate in proptest::option::of(prop_oneof![Just(0.5), Just(0.25)]),
        environment in prop_oneof!["production", "test"],
    ) -> Value {
        let at = now() - jiff::SignedDuration::from_mins(minutes_ago);
        json!({
            "id": Uuid::from_u128(id),
            "name": if success { "cli.command.completed" } else { "decantr.check.completed" },
            "context": {
                "source": "cli",
                "environment": environment,
                "installId": install.map(|n| format!("install_{n}")),
                "projectId": project.map(|n| format!("project_{n}")),
                "userId": user.map(|n| format!("user_{n}")),
                "orgId": org.map(|n| format!("org_{n}")),
                "sampleRate": rate,
            },
            "properties": { "command": "check", "success": success, "durationMs": 5, "strictMode": true, "note": "x" },
            "timestamp": at,
        })
    }
}

/// Judges the events as if they had come with a key, so that organisations, users and sample rates count too.
pub(super) fn append(validator: &Validator, events: &[Value]) -> Append {
    let admission = Admission {
        now: now(),
        has_key: true,
    };
    let text = serde_json::to_string(events).unwrap();
    let raw: Vec<RawEvent<'_>> = serde_json::from_str(&text).unwrap();
    let mut append = Append {
        catalog: validator.catalog().id.clone(),
        received_at: now(),
        entries: Vec::new(),
        drops: Vec::new(),
        losses: Vec::new(),
    };
    for event in &raw {
        match validator.normalise(event, admission) {
            Ok(normalised) => append.entries.push(Entry::from(normalised)),
            Err(rejection) => append.drops.push((rejection.reason, 1)),
        }
    }
    append
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rollups_equal_a_recount(batches in prop::collection::vec(prop::collection::vec(some_event(), 0..30), 1..6)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.db");
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let store = store::create(&url(&path), &Clock::fixed(now())).await.unwrap();
            let validator = Validator::new(Catalog::decantr(), store.secrets().hmac_key, 90);
            let mut accepted = 0;
            for batch in &batches {
                let outcomes = store.append(append(&validator, batch)).await.unwrap();
                accepted += outcomes.iter().filter(|outcome| **outcome == Outcome::Accepted).count();
            }
            let stored = store.events(0, 1000).await.unwrap();
            assert_eq!(stored.len(), accepted);
            store.close().await.unwrap();
        });
        assert_rollups_are_a_recount(&path);
    }
}
