//! A client of drift's protocol: its queue is sent whole until it is acknowledged, by this run of the program or by the next.

use decantr::base::clock::Clock;
use decantr::model::protocol::DRIFT_EVENTS_PATH;
use serde_json::{Value, json};

use super::given::Given;
use super::program::Program;
use super::trial::Setup;
use crate::support::process::Home;

fn events(given: &[Given]) -> Value {
    let now = Clock::system().now();
    given
        .iter()
        .map(|event| {
            let mut sent = json!({
                "type": event.name,
                "timestamp": now,
                "installationId": "11111111-2222-4333-8444-555555555555",
                "driftVersion": "0.9.1",
            });
            let members = sent.as_object_mut().unwrap();
            members.extend(event.with_others().as_object().unwrap().clone());
            sent
        })
        .collect()
}

#[test]
fn a_client_of_drifts_protocol_loses_nothing_and_doubles_nothing() {
    let client = "drift's protocol";
    let setup = Setup {
        client,
        catalog: "drift",
        is_wanted: |name| name != "benchmark_feedback",
    };
    let trials = setup.each(|endpoint: &str, given: &[Given], home: &Home| {
        let (earlier, later) = given.split_at(given.len() / 2);
        let run = |events: Value| {
            let asked = json!({
                "endpoint": format!("{endpoint}{DRIFT_EVENTS_PATH}"),
                "queue": home.work().join("queue.json"),
                "events": events,
            });
            Program::Drift.run(&asked, &[])["left"].as_u64().unwrap()
        };
        run(events(earlier));
        // What the first run could not deliver, the next one does.
        assert_eq!(run(events(later)), 0);
    });
    for trial in trials {
        trial.assert_whole(client);
    }
}
