//! The jobs of `decantr ops`: what they print is true, and a dry run changes nothing.

use std::fs;

use decantr::base::clock::Clock;
use decantr::model::protocol::EVENTS_PATH;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::process::Home;
use crate::support::trace::Trace;

/// A home with a store that holds an event of today and, with `is_old`, one of 40 days ago.
async fn home(is_old: bool) -> Home {
    let mut home = Home::new();
    let store = home.store();
    home.set("DECANTR_STORE", store);
    let server = home.serve();
    let days: &[i64] = if is_old { &[0, 40] } else { &[0] };
    for days_ago in days {
        let at = Clock::system().now() - SignedDuration::from_hours(24 * days_ago);
        let event = json!({
            "name": "cli.command.completed",
            "context": { "source": "cli", "installId": "install_1", "projectId": "project_1" },
            "properties": { "command": "check", "durationMs": 12, "success": true },
            "timestamp": at,
        });
        let body = json!({ "schemaVersion": "0.3.0", "events": [event] }).to_string();
        let url = format!("{}{EVENTS_PATH}", server.url);
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = client.post(url).body(body).send().await.unwrap();
        assert_eq!(answer.status(), 202);
    }
    // It keeps the reports of today when it has started, which may take it a moment.
    let is_fresh = || home.run(&["ops", "health", "--exit-code"]).code == Some(0);
    assert!((0..200).any(|_| is_fresh()), "no reports were kept");
    drop(server);
    home
}

/// The bytes of every file of the store.
fn store_bytes(home: &Home) -> Vec<Vec<u8>> {
    let store = home.store();
    let path = store.strip_prefix("sqlite:").unwrap_or(&store).to_owned();
    ["", "-wal", "-shm"]
        .iter()
        .map(|suffix| fs::read(format!("{path}{suffix}")).unwrap_or_default())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_computes_the_same_and_changes_nothing() {
    let home = home(true).await;
    // The server has kept the reports of today while it ran.
    home.run(&["ops", "health", "--exit-code"]).ok();
    let before = store_bytes(&home);
    let dry = Trace::of(&home, &["ops", "snapshot", "--dry-run", "--json"]);
    assert!(dry.sockets().is_empty());
    let purge = Trace::of(
        &home,
        &["ops", "purge", "--dry-run", "--keep-days", "30", "--json"],
    );
    assert!(purge.sockets().is_empty());
    assert_eq!(store_bytes(&home), before, "the store was changed");
    let dry = dry.run.exits(0).json();
    let wet = home.run(&["ops", "snapshot", "--json"]).exits(0).json();
    for at in 0..3 {
        let report = |of: &Value| of["snapshots"][at]["usage"]["summary"].clone();
        assert_eq!(report(&dry), report(&wet));
    }
    let purge = purge.run.exits(0).json();
    assert_eq!(purge["days"].as_array().unwrap().len(), 1, "{purge}");
    assert_eq!(
        (&purge["days"][0]["events"], &purge["removed"]),
        (&json!(1), &Value::Null)
    );
    let done = home
        .run(&["ops", "purge", "--keep-days", "30", "--json"])
        .exits(0)
        .json();
    assert_eq!(
        (&done["days"], &done["removed"]["events"]),
        (&purge["days"], &json!(1))
    );
    let again = home.run(&["ops", "purge", "--keep-days", "30"]).ok();
    assert!(again.contains("removed 0 events"), "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn health_says_what_is_stale_and_ends_with_1_only_when_asked_to() {
    let home = home(false).await;
    home.run(&["ops", "snapshot"]).ok();
    let db = rusqlite::Connection::open(home.store().trim_start_matches("sqlite:")).unwrap();
    db.execute("UPDATE snapshots SET day = day - 2 WHERE days = 7", [])
        .unwrap();
    drop(db);
    let table = home.run(&["ops", "health"]);
    assert!(
        table.stderr.contains("decantr ops snapshot"),
        "{}",
        table.stderr
    );
    assert!(table.ok().contains("2 days"));
    let run = home
        .run(&["ops", "health", "--exit-code", "--json"])
        .exits(1);
    let health: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(health["health"]["status"], "error");
    home.run(&["ops", "snapshot"]).ok();
    home.run(&["ops", "health", "--exit-code"]).ok();
}

#[test]
fn jobs_on_a_store_that_is_not_there_make_none() {
    let mut home = Home::new();
    home.set("DECANTR_STORE", home.store());
    for args in [
        &["ops", "snapshot"][..],
        &["ops", "snapshot", "--dry-run"],
        &["ops", "health"],
        &["ops", "purge"],
    ] {
        let _said = home.run(args).exits(3);
    }
    home.set("TELEMETRY_RETENTION_DAYS", "ninety".to_owned());
    for args in [
        &["ops", "purge"][..],
        &["ops", "serve", "--listen", "127.0.0.1:0"],
    ] {
        let run = home.run(args).exits(3);
        assert!(
            run.stderr.contains("TELEMETRY_RETENTION_DAYS"),
            "{}",
            run.stderr
        );
    }
    assert!(home.snapshot().is_empty());
}
