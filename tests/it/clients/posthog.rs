//! PostHog's SDKs for Python, Node.js and Rust, by both of its protocols.

use std::time::{Duration, Instant};

use posthog_rs::{ClientOptionsBuilder, Event};
use serde_json::{Value, json};

use super::given::Given;
use super::line::Fault;
use super::program::Program;
use super::trial::{Setup, Trial};
use crate::support::process::Home;

const TOKEN: &str = "phc_testtoken123";

/// How long the crate may take to send everything.
const PATIENCE: Duration = Duration::from_secs(60);

/// Distinct ids as programs choose them.
pub(super) const DISTINCT_IDS: [&str; 4] = [
    "inst_0123456789abcdef",
    "someone@example.com",
    "01a1f738-9484-77b4-b08d-218787d3305b",
    "Jürgen \"7\"",
];

fn setup(client: &'static str) -> Setup {
    Setup {
        client,
        catalog: "decantr",
        is_wanted: |_any| true,
    }
}

fn events(given: &[Given]) -> Value {
    let ids = DISTINCT_IDS.iter().cycle();
    given
        .iter()
        .zip(ids)
        .map(|(event, distinct_id)| {
            json!({
                "name": event.name,
                "distinctId": distinct_id,
                "properties": event.with_others(),
                "groups": { "project": "proj_abc", "company": 7 },
            })
        })
        .collect()
}

fn assert_all_whole(client: &str, trials: &[Trial]) {
    assert_eq!(trials.len(), Fault::ALL.len());
    for trial in trials {
        trial.assert_whole(client);
    }
}

fn python(client: &'static str, mode: &str, gzip: bool) {
    let send = |endpoint: &str, given: &[Given], _home: &Home| {
        let asked = json!({
            "endpoint": endpoint, "token": TOKEN, "mode": mode, "gzip": gzip, "events": events(given),
        });
        let said = Program::PosthogPython.run(&asked, &[]);
        assert_eq!(said, json!({ "version": "7.91.1", "errors": 0 }));
    };
    assert_all_whole(client, &setup(client).each(send));
}

#[test]
fn the_sdk_for_python_loses_nothing_and_doubles_nothing() {
    python("posthog (Python) 7.91.1, v0", "v0", false);
}

#[test]
fn the_sdk_for_python_loses_nothing_and_doubles_nothing_by_the_newer_protocol() {
    python("posthog (Python) 7.91.1, v1, gzip", "v1", true);
}

fn node(client: &'static str, mode: &str) {
    let send = |endpoint: &str, given: &[Given], _home: &Home| {
        let asked = json!({ "endpoint": endpoint, "token": TOKEN, "events": events(given) });
        let said = Program::PosthogNode.run(&asked, &[("POSTHOG_CAPTURE_MODE", mode)]);
        assert_eq!(said, json!({ "errors": 0 }));
    };
    assert_all_whole(client, &setup(client).each(send));
}

#[test]
fn the_sdk_for_node_loses_nothing_and_doubles_nothing() {
    node("posthog-node 5.70.0, v0", "v0");
}

#[test]
fn the_sdk_for_node_loses_nothing_and_doubles_nothing_by_the_newer_protocol() {
    node("posthog-node 5.70.0, v1", "v1");
}

/// Sends by the crate, which speaks only the newer protocol once that is built in.
pub(super) fn send_by_crate(endpoint: &str, token: &str, events: Vec<Event>) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let options = ClientOptionsBuilder::default()
            .host(endpoint)
            .api_key(token.to_owned())
            .max_batch_size(20)
            .build()
            .unwrap();
        let client = posthog_rs::client(options).await;
        for event in events {
            client.capture(event);
        }
        // Told to end it tries each batch once more and no further, so it is given its time, as a service is.
        let end = Instant::now() + PATIENCE;
        while client.pending_events() > 0 {
            assert!(Instant::now() < end, "it never ends");
            client.flush().await;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        client.shutdown().await;
    });
}

#[test]
fn the_sdk_for_rust_loses_only_what_it_gives_up_and_doubles_nothing() {
    let client = "posthog-rs 0.21.0, v1";
    let send = |endpoint: &str, given: &[Given], _home: &Home| {
        let ids = DISTINCT_IDS.iter().cycle();
        let events = given.iter().zip(ids).map(|(given, distinct_id)| {
            let mut event = Event::new(&*given.name, distinct_id);
            let properties = given.with_others();
            for (name, value) in properties.as_object().unwrap() {
                event.insert_prop(name, value).unwrap();
            }
            event.add_group("project", "proj_abc");
            event
        });
        send_by_crate(endpoint, TOKEN, events.collect());
    };
    for trial in setup(client).each(send) {
        if trial.fault == Fault::Limited {
            // It takes 429 for final. What it gave up is its loss, and nothing else is.
            assert_eq!(trial.stored, trial.acknowledged, "{trial:?}");
            assert!(trial.stored < trial.given, "{trial:?}");
        } else {
            trial.assert_whole(client);
        }
    }
}
