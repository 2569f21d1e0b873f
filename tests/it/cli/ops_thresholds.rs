//! The thresholds of alerts come from the environment, and a wrong one is refused by its name.

use decantr::base::clock::Clock;
use decantr::model::protocol::EVENTS_PATH;
use serde_json::{Value, json};

use crate::support::process::Home;

/// A home with a store that holds 15 events of now, one of which failed: 6.7 %.
async fn home() -> Home {
    let mut home = Home::new();
    let store = home.store();
    home.set("DECANTR_STORE", store);
    let server = home.serve();
    let event = |number: u32| {
        json!({
            "name": "cli.command.completed",
            "context": { "source": "cli", "installId": "install_1" },
            "properties": { "command": "check", "durationMs": number, "success": number > 0 },
            "timestamp": Clock::system().now(),
        })
    };
    let events: Vec<Value> = (0..15).map(event).collect();
    let body = json!({ "schemaVersion": "0.3.0", "events": events }).to_string();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}{EVENTS_PATH}", server.url);
    let answer = client.post(url).body(body).send().await.unwrap();
    assert_eq!(answer.status(), 202);
    home
}

/// Whether this report has an alert about failures.
fn has_failures(report: &Value) -> bool {
    let alerts = report["alerts"].as_array().unwrap().iter();
    alerts.into_iter().any(|alert| alert["code"] == "failures")
}

#[tokio::test(flavor = "multi_thread")]
async fn thresholds_of_the_environment_decide_what_is_an_alert() {
    let mut home = home().await;
    let digest = ["ops", "digest", "--json"];
    let snapshot = ["ops", "snapshot", "--dry-run", "--json"];
    let alerts = |home: &Home| {
        let taken = home.run(&snapshot).exits(0).json();
        let digest = home.run(&digest).exits(0).json();
        [
            has_failures(&digest),
            has_failures(&taken["snapshots"][0]["usage"]),
        ]
    };
    assert_eq!(alerts(&home), [true, true]);
    home.set("TELEMETRY_FAILURE_RATE_ALERT_THRESHOLD", "0.5");
    assert_eq!(alerts(&home), [false, false]);
    home.set("TELEMETRY_FAILURE_ALERT_THRESHOLD", "1");
    assert_eq!(alerts(&home), [true, true]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_threshold_is_refused_by_its_name() {
    let mut home = home().await;
    let variable = "TELEMETRY_CUSTOMER_DROP_RATE_ALERT_THRESHOLD";
    home.set(variable, "a quarter");
    let commands: [&[&str]; 3] = [
        &["ops", "digest"],
        &["ops", "snapshot"],
        &["ops", "serve", "--listen", "127.0.0.1:0"],
    ];
    for command in commands {
        let run = home.run(command).exits(3);
        assert!(run.stderr.contains(variable), "{command:?}: {}", run.stderr);
        assert_eq!(run.stdout, "", "{command:?}");
    }
}
