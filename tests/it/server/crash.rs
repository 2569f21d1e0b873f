//! A server killed under load, again and again: every acknowledged event is there exactly once, and the rollups agree.

use std::collections::BTreeSet;
use std::time::Duration;

use decantr::base::clock::Clock;
use decantr::base::http::{Http, Request, parse_base_url};
use decantr::server::store::{self, StoreUrl};
use serde_json::Value;
use tokio::task::JoinSet;

use super::recount::assert_rollups_are_a_recount;
use super::support::{batch, event};
use crate::support::process::Home;

const ROUNDS: usize = 10;
const CLIENTS: usize = 8;
const EVENTS_A_BATCH: usize = 20;
/// Acknowledged batches after which the server is killed.
const BATCHES_A_ROUND: usize = 40;

/// A batch with the ids in it; sent until it is acknowledged, also by the next server.
#[derive(Clone)]
struct Frozen {
    ids: Vec<String>,
    body: Vec<u8>,
}

fn freeze() -> Frozen {
    let now = Clock::system().now();
    let fresh = || {
        let mut event = event();
        event["timestamp"] = now.to_string().into();
        event
    };
    let events: Vec<Value> = (0..EVENTS_A_BATCH).map(|_| fresh()).collect();
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
    let home = Home::new();
    let mut acknowledged: Vec<Frozen> = Vec::new();
    let mut in_doubt: Vec<Frozen> = (0..CLIENTS).map(|_| freeze()).collect();
    for _ in 0..ROUNDS {
        let server = home.serve_with(&["--rate-limit", "0"]);
        let (done, mut acknowledging) = tokio::sync::mpsc::unbounded_channel();
        let mut clients: JoinSet<Frozen> = in_doubt
            .drain(..)
            .map(|frozen| send(server.url.clone(), frozen, done.clone()))
            .collect();
        drop(done);
        let enough = acknowledged.len() + BATCHES_A_ROUND;
        while acknowledged.len() < enough {
            acknowledged.push(acknowledging.recv().await.expect("the server answers"));
        }
        server.kill();
        while let Some(frozen) = clients.join_next().await {
            in_doubt.push(frozen.unwrap());
        }
        while let Some(frozen) = acknowledging.recv().await {
            acknowledged.push(frozen);
        }
    }

    // The log of the last, killed server is still there; reading must cope with it, and so must the next server.
    let url: StoreUrl = home.store().parse().unwrap();
    let StoreUrl::Sqlite(path) = &url else {
        panic!("not a file: {url}")
    };
    let reader = store::open(&url).await.unwrap();
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
    let store = store::create(&url, &Clock::system()).await.unwrap();
    store.close().await.unwrap();
    assert_rollups_are_a_recount(path);
}
