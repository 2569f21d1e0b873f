//! A server killed under load at random moments, again and again: every acknowledged event is there exactly once, and the rollups
//! agree.

use std::collections::BTreeSet;
use std::time::Duration;

use decantr::base::clock::Clock;
use decantr::base::crypto;
use decantr::base::http::{Http, Request, parse_base_url};
use decantr::model::protocol::EVENTS_PATH;
use decantr::server::store::{self, StoreUrl};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::recount::assert_rollups_are_a_recount;
use super::support::{batch, event};
use crate::support::process::Home;

const ROUNDS: usize = 20;
const CLIENTS: usize = 8;
const EVENTS_A_BATCH: usize = 20;
/// How long after the first acknowledgement of a round the server is killed at the latest, in milliseconds.
const LATEST_KILL: u16 = 400;

/// Where SDKs of PostHog send batches.
const BATCH: &str = "/batch/";

/// A batch with the ids in it; sent until it is acknowledged, also by the next server.
#[derive(Clone)]
struct Frozen {
    /// The protocol it is sent by.
    path: &'static str,
    ids: Vec<String>,
    body: Vec<u8>,
}

impl Frozen {
    /// New events, by one protocol or another.
    fn new(path: &'static str) -> Self {
        let now = Clock::system().now();
        let fresh = || {
            let mut event = event();
            event["timestamp"] = now.to_string().into();
            event
        };
        let events: Vec<Value> = (0..EVENTS_A_BATCH).map(|_| fresh()).collect();
        let id = |event: &Value| event["id"].as_str().unwrap().to_owned();
        let body = match path {
            BATCH => posthog_batch(&events),
            _ => batch(&events),
        };
        Self {
            path,
            ids: events.iter().map(id).collect(),
            body: body.to_string().into_bytes(),
        }
    }
}

/// The events as an SDK of PostHog's would send them.
fn posthog_batch(events: &[Value]) -> Value {
    let events = events.iter().map(|event| {
        json!({
            "event": event["name"],
            "uuid": event["id"],
            "distinct_id": event["context"]["installId"],
            "properties": event["properties"],
            "timestamp": event["timestamp"],
        })
    });
    json!({ "api_key": "phc_testtoken123", "batch": events.collect::<Vec<_>>() })
}

/// A moment in a round, by chance.
fn moment(seed: u128, round: usize) -> Duration {
    let hash = crypto::sha256(format!("{seed} {round}").as_bytes());
    let chance = u16::from_le_bytes([hash[0], hash[1]]);
    Duration::from_millis(u64::from(chance % LATEST_KILL))
}

/// Sends batches until there is no answer; returns the acknowledged ones and the one in doubt.
async fn send(
    base: String,
    mut frozen: Frozen,
    done: tokio::sync::mpsc::UnboundedSender<Frozen>,
) -> Frozen {
    let http = Http::new(Duration::from_secs(20)).unwrap();
    let url = parse_base_url(&format!("{base}{}", frozen.path)).unwrap();
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
            Ok(answer) if answer.status / 100 == 2 => {
                let path = frozen.path;
                done.send(frozen).ok();
                frozen = Frozen::new(path);
            }
            _ => return frozen,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_dash_nine_loses_nothing() {
    let home = Home::new();
    let mut acknowledged: Vec<Frozen> = Vec::new();
    let paths = [EVENTS_PATH, BATCH].into_iter().cycle();
    let mut in_doubt: Vec<Frozen> = paths.take(CLIENTS).map(Frozen::new).collect();
    let seed = Uuid::new_v4().as_u128();
    println!("seed {seed}");
    for round in 0..ROUNDS {
        let server = home.serve_with(&["--rate-limit", "0"]);
        let (done, mut acknowledging) = tokio::sync::mpsc::unbounded_channel();
        let mut clients: JoinSet<Frozen> = in_doubt
            .drain(..)
            .map(|frozen| send(server.url.clone(), frozen, done.clone()))
            .collect();
        drop(done);
        acknowledged.push(acknowledging.recv().await.expect("the server answers"));
        let moment = moment(seed, round);
        tokio::time::sleep(moment).await;
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
    println!("{} batches acknowledged", acknowledged.len());
    assert!(acknowledged.len() > ROUNDS, "there was no load");
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
