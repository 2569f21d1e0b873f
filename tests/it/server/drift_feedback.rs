//! `POST /v1/feedback`: results of benchmarks, in the shapes in which people have them.

use decantr::model::protocol::FEEDBACK_PATH;
use reqwest::Method;
use serde_json::{Value, json};

use super::drift_support::INSTALL;
use super::support::{NOW, Running};

async fn served() -> Running {
    Running::serving(&["decantr", "drift"]).await
}

async fn post(server: &Running, body: &Value) -> (u16, Value) {
    server
        .ask(Method::POST, FEEDBACK_PATH, None, Some(body.clone()))
        .await
}

async fn kept(server: &Running) -> Vec<Value> {
    let events = server.store.events(0, 100).await.unwrap();
    events
        .iter()
        .map(|event| {
            assert_eq!(
                (&*event.catalog, &*event.name),
                ("drift", "benchmark_feedback")
            );
            serde_json::from_str(&event.properties).unwrap()
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_result_is_taken_with_all_that_it_says() {
    let server = served().await;
    let result = json!({
        "benchmark": "demo-backend", "tool": "drift", "score": 62.8,
        "perception": 50, "understanding": 65, "application": 75,
        "durationMs": 1900, "filesScanned": 120, "parse_time_ms": 240.5, "napi_calls": 31,
        "timestamp": NOW, "installationId": INSTALL, "driftVersion": "0.9.1",
        "log": "/home/me/secret.ts",
    });
    for accepted in [1, 0] {
        let (status, reply) = post(&server, &result).await;
        assert_eq!((status, &reply["success"]), (200, &json!(true)));
        assert_eq!(reply["eventsProcessed"], 1);
        assert_eq!(reply["accepted"], accepted);
    }
    let expected = json!({
        "benchmark": "demo-backend", "tool": "drift", "score": 62.8,
        "perception": 50.0, "understanding": 65.0, "application": 75.0,
        "durationMs": 1900, "filesScanned": 120, "parse_time_ms": 240.5, "napi_calls": 31,
    });
    assert_eq!(kept(&server).await, [expected]);
    let events = server.store.events(0, 10).await.unwrap();
    let context = &events[0].context;
    assert_eq!(context.service_version.as_deref(), Some("0.9.1"));
    assert!(context.install_id.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_of_the_benchmark_is_taken_as_it_is_written() {
    let server = served().await;
    let report = json!({
        "tool": "drift", "timestamp": NOW, "duration": 19, "levels": ["perception"], "overallScore": 62.7,
        "corpora": [
            { "corpus": "Demo Backend", "overallScore": 62.7, "warnings": [], "errors": ["boom at /home/me"],
              "levels": { "perception": { "score": 50, "categories": { "patternRecognition": 100 } },
                          "understanding": { "score": 65 }, "application": { "score": 75 } } },
            { "corpus": "second", "overallScore": 10, "tool": "someone-elses" },
            7,
        ],
    });
    let (status, reply) = post(&server, &report).await;
    assert_eq!(status, 200, "{reply}");
    assert_eq!(
        (&reply["accepted"], &reply["dropped"]),
        (&json!(2), &json!(1))
    );
    let expected = [
        json!({ "benchmark": "demo_backend", "tool": "drift", "score": 62.7,
                "perception": 50.0, "understanding": 65.0, "application": 75.0 }),
        json!({ "benchmark": "second", "tool": "other", "score": 10.0 }),
    ];
    assert_eq!(kept(&server).await, expected);
    let (_, reply) = post(&server, &report).await;
    assert_eq!(reply["duplicates"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_and_other_names_are_taken_too() {
    let server = served().await;
    let result = json!({ "suite": "speed", "duration": 5, "parseTimeMs": 1, "napiCalls": 2 });
    for body in [
        json!([result]),
        json!({ "results": [result], "driftVersion": "1.0.0" }),
        json!({ "results": [] }),
        json!([]),
    ] {
        let (status, reply) = post(&server, &body).await;
        assert_eq!(status, 200, "{reply}");
    }
    // Without a time there is nothing to tell a repetition by.
    let expected =
        json!({ "benchmark": "speed", "durationMs": 5, "parse_time_ms": 1.0, "napi_calls": 2 });
    assert_eq!(kept(&server).await, [expected.clone(), expected]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_holds_no_result_is_refused() {
    let server = served().await;
    for body in [
        json!(7),
        json!("x"),
        json!(null),
        json!({ "results": 7 }),
        json!({ "results": {} }),
    ] {
        let (status, reply) = post(&server, &body).await;
        assert_eq!(
            (status, &reply["code"]),
            (400, &json!("invalid_json")),
            "{body}"
        );
    }
    let (status, reply) = post(&server, &json!({ "score": 7 })).await;
    assert_eq!((status, &reply["dropped"]), (200, &json!(1)), "{reply}");
    assert!(kept(&server).await.is_empty());
}
