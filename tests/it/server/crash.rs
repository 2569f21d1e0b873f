//! A server killed under load, again and again: every acknowledged event is there exactly once, and the rollups agree.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use decantr::base::clock::Clock;
use decantr::base::http::{Http, Request, parse_base_url};
use decantr::server::store;
use serde_json::Value;
use tokio::task::JoinSet;

use super::recount::assert_rollups_are_a_recount;
use super::support::{Running, batch, event, now, url};

/// Where the child finds its store.
const STORE_VARIABLE: &str = "DECANTR_TEST_STORE";
const ROUNDS: usize = 10;
const CLIENTS: usize = 8;
const EVENTS_A_BATCH: usize = 20;
/// Acknowledged batches after which the server is killed.
const BATCHES_A_ROUND: usize = 40;

/// Not a test of its own: the server that [`kill_dash_nine_loses_nothing`] starts in a process it can kill.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "started by the kill test in a process of its own"]
async fn child() {
    #[expect(
        clippy::disallowed_methods,
        reason = "the parent has no other way to tell"
    )]
    let Some(path) = std::env::var_os(STORE_VARIABLE) else {
        return;
    };
    let server = Running::on(Path::new(&path), Clock::fixed(now())).await;
    println!("\nlistening {}", server.base);
    std::future::pending::<()>().await;
}

fn start(path: &Path) -> (Child, String) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "server::crash::child",
            "--ignored",
            "--nocapture",
        ])
        .env(STORE_VARIABLE, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let base = lines
        .map(|line| line.unwrap())
        .find_map(|line| line.strip_prefix("listening ").map(str::to_owned))
        .unwrap();
    (child, base)
}

/// A batch with the ids in it; sent until it is acknowledged, also by the next server.
#[derive(Clone)]
struct Frozen {
    ids: Vec<String>,
    body: Vec<u8>,
}

fn freeze() -> Frozen {
    let events: Vec<Value> = (0..EVENTS_A_BATCH).map(|_| event()).collect();
    let id = |event: &Value| event["id"].as_str().unwrap().to_owned();
    Frozen {
        ids: events.iter().map(id).collect(),
        body: batch(&events).to_string().into_bytes(),
    }
}

/// Sends batches until there is no answer; returns the acknowledged ones and the one in doubt.
async fn send(
    base: String,
    mut frozen: Frozen,
    done: tokio::sync::mpsc::UnboundedSender<Frozen>,
) -> Frozen {
    let http = Http::new(Duration::from_secs(20)).unwrap();
    let url = parse_base_url(&format!("{base}/v1/telemetry/events")).unwrap();
    loop {
        let body = Some(frozen.body.clone());
        match http
            .post(
                &url,
                Request {
                    body,
                    ..Request::default()
                },
            )
            .await
        {
            Ok(answer) if answer.status == 202 => {
                done.send(frozen).ok();
                frozen = freeze();
            }
            _ => return frozen,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_dash_nine_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.db");
    let mut acknowledged: Vec<Frozen> = Vec::new();
    let mut in_doubt: Vec<Frozen> = (0..CLIENTS).map(|_| freeze()).collect();
    for _ in 0..ROUNDS {
        let (mut child, base) = start(&path);
        let (done, mut acknowledging) = tokio::sync::mpsc::unbounded_channel();
        let mut clients: JoinSet<Frozen> = in_doubt
            .drain(..)
            .map(|frozen| send(base.clone(), frozen, done.clone()))
            .collect();
        drop(done);
        let enough = acknowledged.len() + BATCHES_A_ROUND;
        while acknowledged.len() < enough {
            acknowledged.push(acknowledging.recv().await.expect("the server answers"));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        while let Some(frozen) = clients.join_next().await {
            in_doubt.push(frozen.unwrap());
        }
        while let Some(frozen) = acknowledging.recv().await {
            acknowledged.push(frozen);
        }
    }

    // The log of the last, killed server is still there; reading must cope with it, and so must the next server.
    let reader = store::open(&url(&path)).await.unwrap();
    let stored = reader.events(0, usize::MAX).await.unwrap();
    let ids: BTreeSet<String> = stored.iter().map(|event| event.id.to_string()).collect();
    assert_eq!(ids.len(), stored.len(), "an event is stored twice");
    for id in acknowledged.iter().flat_map(|frozen| &frozen.ids) {
        assert!(ids.contains(id), "{id} was acknowledged but is not stored");
    }
    let sent: BTreeSet<&String> = acknowledged
        .iter()
        .chain(&in_doubt)
        .flat_map(|frozen| &frozen.ids)
        .collect();
    assert!(ids.iter().all(|id| sent.contains(id)));
    let store = store::create(&url(&path), &Clock::fixed(now()))
        .await
        .unwrap();
    store.close().await.unwrap();
    assert_rollups_are_a_recount(&path);
}
