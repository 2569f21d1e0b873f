//! The same digest from a store and from the server that keeps it, and what is said when a server gives none.

use decantr::base::clock::Clock;
use decantr::model::protocol::EVENTS_PATH;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::recorder::Recorder;
use crate::support::process::Home;

/// Events of several days and kinds.
pub(super) async fn fill(url: &str) {
    let now = Clock::system().now();
    let event = |days_ago: i64, name: &str, source: &str, properties: Value| {
        json!({
            "name": name,
            "context": { "source": source, "installId": "install_1", "projectId": "project_1" },
            "properties": properties,
            "timestamp": now - SignedDuration::from_hours(24 * days_ago),
        })
    };
    let command = json!({ "command": "check", "durationMs": 12, "success": true });
    let failed = json!({ "command": "check", "durationMs": 12, "success": false });
    let events = [
        event(0, "cli.command.completed", "cli", command.clone()),
        event(2, "cli.command.completed", "cli", failed),
        event(9, "cli.command.completed", "cli", command.clone()),
        event(10, "cli.command.completed", "cli", command),
        event(1, "no.such.event", "cli", json!({})),
    ];
    let body = json!({ "schemaVersion": "0.3.0", "catalog": "decantr", "batchId": uuid::Uuid::now_v7(), "events": events });
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client
        .post(format!("{url}{EVENTS_PATH}"))
        .body(body.to_string())
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 202);
}

pub(super) fn key(home: &Home, scope: &str) -> String {
    let key = home
        .run(&["ops", "key", "create", "--scope", scope, "--json"])
        .exits(0)
        .json();
    key["key"].as_str().unwrap().to_owned()
}

/// A digest without what differs by the way it was read.
fn numbers(digest: &Value) -> Value {
    let mut digest = digest.clone();
    for member in ["basis", "generated_at", "snapshots"] {
        digest.as_object_mut().unwrap().remove(member).unwrap();
    }
    digest
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digest_has_the_same_numbers_by_either_way() {
    let mut home = Home::new();
    let store = home.store();
    home.set("DECANTR_STORE", store.clone());
    let server = home.serve();
    fill(&server.url).await;
    home.run(&["ops", "snapshot"]).ok();
    let (snapshot, admin) = (key(&home, "snapshot"), key(&home, "admin"));
    let local = home.run(&["ops", "digest", "--json"]).exits(0).json();
    assert_eq!(local["basis"], "live");
    assert_eq!(local["pulse"]["total_7d"], 2);

    // Named by a flag, with a key that may read snapshots only.
    home.set("DECANTR_TELEMETRY_SNAPSHOT_TOKEN", snapshot.clone());
    let remote = home
        .run(&["ops", "digest", "--json", "--api-url", &server.url])
        .exits(0);
    assert!(!remote.stderr.contains(&snapshot));
    assert_eq!(remote.json()["basis"], "snapshot");
    assert_eq!(numbers(&remote.json()), numbers(&local));
    let health = |run: Value| run["health"]["checks"].clone();
    assert_eq!(
        health(
            home.run(&[
                "ops",
                "health",
                "--json",
                "--api-url",
                &format!("{}/v1", server.url)
            ])
            .exits(0)
            .json()
        ),
        health(home.run(&["ops", "health", "--json"]).exits(0).json()),
    );

    // Stale: live with an admin key, else the kept ones, and it is said.
    let db = rusqlite::Connection::open(store.trim_start_matches("sqlite:")).unwrap();
    db.execute("UPDATE snapshots SET day = day - 2", [])
        .unwrap();
    drop(db);
    let stale = home
        .run(&["ops", "digest", "--json", "--api-url", &server.url])
        .exits(0)
        .json();
    assert_eq!(
        (&stale["basis"], &stale["status"]),
        (&json!("snapshot"), &json!("attention"))
    );
    assert_eq!(stale["snapshots"]["status"], "error");
    home.set("DECANTR_ADMIN_KEY", admin);
    let live = home
        .run(&["ops", "digest", "--json", "--api-url", &server.url])
        .exits(0)
        .json();
    let local = home.run(&["ops", "digest", "--json"]).exits(0).json();
    assert_eq!(live["basis"], "live");
    assert_eq!(numbers(&live), numbers(&local));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_environments_address_counts_only_beside_a_key_and_without_a_store() {
    let mut home = Home::new();
    let store = home.store();
    home.set("DECANTR_STORE", store);
    let server = home.serve();
    home.run(&["ops", "snapshot"]).ok();
    let admin = key(&home, "admin");
    home.set("DECANTR_ADMIN_KEY", admin);
    home.set("DECANTR_API_URL", server.url.clone());
    let named = home.run(&["ops", "digest"]).exits(0);
    assert!(
        !named.stderr.contains("reading the reports of"),
        "{}",
        named.stderr
    );
    home.set("DECANTR_STORE", "");
    let named = home.run(&["ops", "digest"]).exits(0);
    assert!(
        named
            .stderr
            .contains("reading the reports of http://127.0.0.1"),
        "{}",
        named.stderr
    );
    home.set("DECANTR_ADMIN_KEY", "");
    let none = home.run(&["ops", "digest"]).exits(3);
    assert!(
        none.stderr.contains("store"),
        "without a key the address does not count: {}",
        none.stderr
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_do_not_do_and_servers_that_keep_nothing_are_told_apart() {
    let mut home = Home::new();
    let store = home.store();
    home.set("DECANTR_STORE", store.clone());
    let server = home.serve();
    let (ingest, snapshot) = (key(&home, "ingest"), key(&home, "snapshot"));
    let url = server.url.clone();
    let digest = ["ops", "digest", "--api-url", &url];
    assert!(
        home.run(&digest)
            .exits(5)
            .stderr
            .contains("DECANTR_TELEMETRY_SNAPSHOT_TOKEN")
    );
    home.set("DECANTR_TELEMETRY_SNAPSHOT_TOKEN", ingest);
    assert!(home.run(&digest).exits(5).stderr.contains("may not read"));
    home.set("DECANTR_TELEMETRY_SNAPSHOT_TOKEN", "nonsense");
    assert!(
        home.run(&digest)
            .exits(5)
            .stderr
            .contains("does not know the key")
    );
    home.set("DECANTR_TELEMETRY_SNAPSHOT_TOKEN", snapshot);
    let db = rusqlite::Connection::open(store.trim_start_matches("sqlite:")).unwrap();
    db.execute("DELETE FROM snapshots", []).unwrap();
    drop(db);
    assert!(
        home.run(&digest)
            .exits(5)
            .stderr
            .contains("keeps no snapshot yet")
    );
}

#[test]
fn servers_that_are_none_of_ours_are_named_and_nothing_else() {
    let mut home = Home::new();
    home.set("DECANTR_ADMIN_KEY", "dcr_s3cret");
    for (reply, words) in [
        (
            (200, "content-type: text/html\r\n", "<html>sign in</html>"),
            "not JSON",
        ),
        ((200, "", "{}"), "no report of this version"),
        ((404, "", ""), "has nothing at"),
        (
            (302, "location: https://elsewhere.example/\r\n", ""),
            "HTTP 302",
        ),
        ((500, "", "dcr_s3cret"), "HTTP 500"),
    ] {
        let recorder = Recorder::answering(&[reply]);
        let run = home
            .run(&["ops", "digest", "--api-url", &recorder.url])
            .exits(6);
        assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
        assert!(!run.stderr.contains("s3cret"), "{}", run.stderr);
        assert!(
            recorder
                .asked()
                .iter()
                .all(|asked| asked.line.starts_with("GET "))
        );
    }
    let _conflict = home
        .run(&[
            "ops",
            "digest",
            "--api-url",
            "https://a.example",
            "--store",
            "sqlite:x",
        ])
        .exits(2);
    let _plain = home
        .run(&["ops", "digest", "--api-url", "http://a.example"])
        .exits(2);
    let offline = home
        .run(&["ops", "health", "--api-url", "http://127.0.0.1:1"])
        .exits(6);
    assert!(offline.stderr.contains("127.0.0.1:1"), "{}", offline.stderr);
}
