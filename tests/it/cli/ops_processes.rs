//! Several processes on one store: what one changes the others follow, and no key is left lying about.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use decantr::base::clock::Clock;
use decantr::model::protocol::{EVENTS_PATH, ME_PATH, USAGE_PATH};
use serde_json::{Value, json};

use crate::support::process::{Home, Served};

/// How soon a change is to be seen everywhere, with something on top for a busy machine.
const SOON: Duration = Duration::from_millis(1_500);

fn home() -> Home {
    let mut home = Home::new();
    let store = home.store();
    home.set("DECANTR_STORE", store);
    home.run(&["ops", "org", "add", "acme"]).ok();
    home
}

/// A new key and its public part.
fn key(home: &Home, scope: &str) -> (String, String) {
    let args = [
        "ops", "key", "create", "--scope", scope, "--org", "acme", "--json",
    ];
    let made = home.run(&args).exits(0).json();
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    (text("key"), text("keyId"))
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

async fn get(client: &reqwest::Client, server: &Served, path: &str, key: &str) -> (u16, Value) {
    let request = client.get(format!("{}{path}", server.url)).bearer_auth(key);
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let body = response.bytes().await.unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

/// Sends an event of an installation; gives the status.
async fn send(client: &reqwest::Client, server: &Served, install: &str, key: Option<&str>) -> u16 {
    let event = json!({
        "name": "cli.command.completed",
        "context": { "source": "cli", "installId": install },
        "properties": { "command": "check", "durationMs": 12, "success": true },
        "timestamp": Clock::system().now(),
    });
    let body = json!({ "schemaVersion": "0.3.0", "events": [event] }).to_string();
    let mut request = client
        .post(format!("{}{EVENTS_PATH}", server.url))
        .body(body);
    if let Some(key) = key {
        request = request.bearer_auth(key);
    }
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let answer = response.text().await.unwrap();
    assert_eq!(
        status == 202,
        answer.contains(r#""outcome":"accepted""#),
        "{answer}"
    );
    status
}

#[tokio::test(flavor = "multi_thread")]
async fn both_servers_see_at_once_that_a_key_was_revoked() {
    let home = home();
    let servers = [home.serve(), home.serve()];
    let client = client();
    let (admin, admin_id) = key(&home, "admin");
    let (ingest, ingest_id) = key(&home, "ingest");
    for server in &servers {
        assert_eq!(get(&client, server, ME_PATH, &admin).await.0, 200);
        assert_eq!(send(&client, server, "inst_1", Some(&ingest)).await, 202);
    }
    home.run(&["ops", "key", "revoke", &admin_id]).ok();
    for server in &servers {
        assert_eq!(get(&client, server, ME_PATH, &admin).await.0, 401);
    }
    home.run(&["ops", "key", "revoke", &ingest_id]).ok();
    let start = Instant::now();
    for server in &servers {
        while send(&client, server, "inst_1", Some(&ingest)).await != 401 {
            assert!(start.elapsed() < SOON, "it still sends");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn both_servers_follow_an_alias() {
    let home = home();
    let servers = [home.serve(), home.serve()];
    let client = client();
    let (admin, _) = key(&home, "admin");
    let customers = async |server: &Served| {
        let path = format!("{USAGE_PATH}?days=7&actor=customer");
        let (_, usage) = get(&client, server, &path, &admin).await;
        usage["summary"]["total_events"].as_u64().unwrap()
    };
    for server in &servers {
        assert_eq!(send(&client, server, "inst_1", None).await, 202);
        assert_eq!(send(&client, server, "inst_2", None).await, 202);
    }
    for server in &servers {
        assert_eq!(customers(server).await, 4);
    }
    let args = [
        "ops", "alias", "set", "inst_1", "--actor", "internal", "--json",
    ];
    let changed = home.run(&args).exits(0).json();
    assert_eq!(changed["rekeyed"]["events"], 2);
    let start = Instant::now();
    for server in &servers {
        assert_eq!(customers(server).await, 2, "reports are right at once");
    }
    // What comes from now on counts right, too, as soon as each writer has noticed.
    let mut sent = 0;
    for server in &servers {
        let before = customers(server).await;
        loop {
            assert_eq!(send(&client, server, "inst_1", None).await, 202);
            sent += 1;
            if customers(server).await == before {
                break;
            }
            assert!(
                start.elapsed() < SOON,
                "it still counts as a customer after {sent}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn configuration_makes_an_id_internal_from_the_start() {
    let mut home = home();
    let client = client();
    let (admin, _) = key(&home, "admin");
    let server = home.serve();
    assert_eq!(send(&client, &server, "inst_1", None).await, 202);
    let (code, _) = server.stop();
    assert_eq!(code, Some(0));
    home.set("DECANTR_INTERNAL_INSTALL_IDS", "inst_1 inst_2");
    let server = home.serve();
    let path = format!("{USAGE_PATH}?actor=internal");
    let (_, usage) = get(&client, &server, &path, &admin).await;
    assert_eq!(usage["summary"]["total_events"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rate_and_the_proxy_are_the_operators_to_set() {
    let home = home();
    let server = home.serve_with(&["--rate-limit", "1", "--trusted-proxy", "127.0.0.1"]);
    let client = client();
    let mut statuses = Vec::new();
    for peer in ["198.51.100.1", "198.51.100.2"] {
        for _ in 0..20 {
            let request = client.post(format!("{}{EVENTS_PATH}", server.url));
            let request = request.header("x-forwarded-for", peer).body("{}");
            statuses.push(request.send().await.unwrap().status().as_u16());
        }
    }
    for one in statuses.chunks(20) {
        assert_eq!(one[..5], [400; 5], "{statuses:?}");
        assert!(one.contains(&429), "{statuses:?}");
    }
}

/// Whether a file below `folder` holds these bytes.
fn holds(folder: &Path, bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holds(&path, bytes));
        } else if fs::read(&path)
            .unwrap()
            .windows(bytes.len())
            .any(|part| part == bytes)
        {
            found.push(path.display().to_string());
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn no_key_is_left_in_logs_or_in_the_store() {
    let mut home = home();
    home.set("RUST_LOG", "trace");
    let log = home.path().join("server.log");
    let server = home.serve_logging(&["-vv", "--log-json"], &log);
    let client = client();
    let (admin, admin_id) = key(&home, "admin");
    let (ingest, _) = key(&home, "ingest");
    assert_eq!(get(&client, &server, ME_PATH, &admin).await.0, 200);
    assert_eq!(get(&client, &server, USAGE_PATH, &ingest).await.0, 403);
    assert_eq!(send(&client, &server, "inst_1", Some(&ingest)).await, 202);
    home.run(&["ops", "key", "revoke", &admin_id]).ok();
    assert_eq!(get(&client, &server, ME_PATH, &admin).await.0, 401);
    let odd = format!("{admin}x");
    assert_eq!(get(&client, &server, ME_PATH, &odd).await.0, 401);
    let root = home.path().parent().unwrap().to_owned();
    for key in [&admin, &ingest] {
        let (_, secret) = key.split_at("dcr_000000000000_".len());
        assert_eq!(holds(&root, secret.as_bytes()), Vec::<String>::new());
    }
    assert!(
        !holds(&root, admin_id.as_bytes()).is_empty(),
        "the search finds nothing at all"
    );
    assert!(!fs::read(&log).unwrap().is_empty(), "nothing was logged");
    drop(server);
}
