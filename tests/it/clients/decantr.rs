//! `@decantr/telemetry` with each of its sinks. It sends each event once, waits three seconds, and tells its program what failed: what
//! was not acknowledged is the program's to give to it again.

use decantr::model::protocol::EVENTS_PATH;
use serde_json::{Value, json};

use super::given::Given;
use super::line::Fault;
use super::program::Program;
use super::trial::Setup;
use crate::support::process::Home;

#[derive(Clone, Copy)]
enum Sink {
    Fetch,
    Posthog,
}

fn events(given: &[Given]) -> Value {
    given
        .iter()
        .map(|event| {
            json!({
                "name": event.name,
                "context": {
                    "source": event.source,
                    "installId": "inst_0123456789abcdef",
                    "projectId": "proj_abc",
                    "sessionId": "sess_1",
                    "decantrVersion": "3.8.1",
                    "environment": "production",
                },
                "properties": event.with_others(),
            })
        })
        .collect()
}

/// Gives events to it, and `again` times what failed; gives how many it could not deliver.
fn send(sink: Sink, endpoint: &str, given: &[Given], again: usize) -> usize {
    let (name, endpoint) = match sink {
        Sink::Fetch => ("fetch", format!("{endpoint}{EVENTS_PATH}")),
        Sink::Posthog => ("posthog", endpoint.to_owned()),
    };
    let asked = json!({
        "endpoint": endpoint,
        "sink": name,
        "token": "phc_testtoken123",
        "headers": { "x-decantr-client": "cli" },
        "again": again,
        "events": events(given),
    });
    let said = Program::DecantrTelemetry.run(&asked, &[]);
    said["lost"].as_array().unwrap().len()
}

fn setup(client: &'static str) -> Setup {
    Setup {
        client,
        catalog: "decantr",
        is_wanted: |_any| true,
    }
}

/// Given once, every event that it does not call lost is stored, and no event is stored twice.
fn alone(client: &'static str, sink: Sink) {
    let lost = std::sync::Mutex::new(Vec::new());
    let trials = setup(client).each(|endpoint: &str, given: &[Given], _home: &Home| {
        let count = send(sink, endpoint, given, 0);
        lost.lock().unwrap().push(count);
    });
    let mut lost = lost.into_inner().unwrap();
    lost.sort_unstable();
    // Two requests fail, but for the line that works.
    assert_eq!(lost, [0, 2, 2, 2, 2, 2]);
    for trial in trials {
        let never_came = matches!(trial.fault, Fault::Busy | Fault::Limited);
        let expected = trial.given - if never_came { 2 } else { 0 };
        assert_eq!(trial.stored, expected, "{trial:?}");
        assert_eq!(trial.duplicates, 0, "{trial:?}");
    }
}

/// Given again until it is delivered, every event is stored, once.
fn until_delivered(client: &'static str, sink: Sink) {
    let trials = setup(client).each(|endpoint: &str, given: &[Given], _home: &Home| {
        assert_eq!(send(sink, endpoint, given, 3), 0);
    });
    for trial in trials {
        trial.assert_whole(client);
        if trial.fault == Fault::Slow {
            assert_eq!(trial.duplicates, 2, "it had given up waiting: {trial:?}");
        }
    }
}

#[test]
fn the_fetch_sink_loses_only_what_it_tells_to_be_lost() {
    alone("@decantr/telemetry 3.8.1, fetch sink", Sink::Fetch);
}

#[test]
fn the_fetch_sink_delivers_once_what_is_given_to_it_again() {
    let client = "@decantr/telemetry 3.8.1, fetch sink, given again";
    until_delivered(client, Sink::Fetch);
}

#[test]
fn the_posthog_sink_loses_only_what_it_tells_to_be_lost() {
    alone("@decantr/telemetry 3.8.1, PostHog sink", Sink::Posthog);
}

#[test]
fn the_posthog_sink_delivers_once_what_is_given_to_it_again() {
    let client = "@decantr/telemetry 3.8.1, PostHog sink, given again";
    until_delivered(client, Sink::Posthog);
}
