//! The commands that are about any catalog, of drift.

use serde_json::{Value, json};

use crate::support::process::Home;

#[tokio::test(flavor = "multi_thread")]
async fn reports_queries_and_explanations_are_of_drift_where_it_is_named() {
    let mut home = Home::new();
    let store = home.store();
    home.set("DECANTR_STORE", store);
    let server = home.serve_with(&["--catalog", "decantr", "--catalog", "drift"]);
    let event = json!({
        "type": "scan_completion",
        "timestamp": decantr::base::clock::Clock::system().now(),
        "installationId": "11111111-2222-4333-8444-555555555555",
        "driftVersion": "0.0.1",
        "durationMs": 1234,
        "filesScanned": 10,
    });
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.post(format!("{}/v1/events", server.url));
    let body = json!({ "events": [event] }).to_string();
    let answer = request.body(body).send().await.unwrap();
    let reply: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    assert_eq!(
        (&reply["success"], &reply["accepted"]),
        (&json!(true), &json!(1))
    );
    let of_drift = |args: &[&str]| home.run(&[args, &["--catalog", "drift"]].concat()).ok();
    let csv = of_drift(&["ops", "query", "events-per-day", "--format", "csv"]);
    assert!(csv.contains("scan_completion,1"), "{csv}");
    let digest = of_drift(&["ops", "digest"]);
    assert!(digest.contains("Catalog drift"), "{digest}");
    let explained = of_drift(&["telemetry", "explain"]);
    assert!(explained.contains("pattern_signature"), "{explained}");
    let shown = home.run(&["ops", "catalog", "show", "drift"]).ok();
    assert!(shown.contains("signatureHash"), "{shown}");
}
