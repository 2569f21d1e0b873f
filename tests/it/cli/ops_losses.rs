//! What services say that they lost: counted once, from those with a key only, and told to the operator.

use serde_json::{Value, json};
use uuid::Uuid;

use super::ops_query::{assert_all_accepted, batch, generator, home, key, post};
use crate::support::process::Home;

/// The message of the alert about full queues, if there is one.
fn alert(home: &Home, catalog: &str) -> Option<String> {
    let args = ["ops", "digest", "--catalog", catalog, "--json"];
    let digest = home.run(&args).exits(0).json();
    let mut alerts = digest["alerts"].as_array().unwrap().iter();
    let alert = alerts.find(|alert| alert["code"] == "queue_overflow")?;
    Some(alert["message"].as_str().unwrap().to_owned())
}

fn telling(losses: Value) -> Value {
    let mut body = batch("race-bot", "1.0.0", &[generator("invoke", None, "ok")]);
    body["losses"] = losses;
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn losses_count_once_however_often_a_batch_comes() {
    let home = home();
    let key = key(&home);
    let server = home.serve_with(&["--catalog", "race-bot"]);
    let told = json!({ "queue_overflow": 3, "of_the_future": 9 });
    let body = telling(told);
    for outcome in ["accepted", "duplicate", "duplicate"] {
        let (status, reply) = post(&server, Some(&key), &body).await;
        assert_eq!(
            (status, &reply["results"][0]["outcome"]),
            (202, &json!(outcome))
        );
    }
    let message = alert(&home, "race-bot").unwrap();
    assert!(message.contains("Services dropped 3 events"), "{message}");
    let (_, reply) = post(
        &server,
        Some(&key),
        &telling(json!({ "queue_overflow": 4 })),
    )
    .await;
    assert_all_accepted(&reply);
    let message = alert(&home, "race-bot").unwrap();
    assert!(message.contains("Services dropped 7 events"), "{message}");
    let (status, reply) = post(&server, Some(&key), &telling(json!([3]))).await;
    assert_eq!((status, &reply["code"]), (400, &json!("invalid_json")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_anybody_says_of_losses_does_not_count() {
    let home = home();
    let server = home.serve_with(&["--catalog", "conversations"]);
    let viewed = json!({
        "id": Uuid::now_v7(),
        "name": "page_viewed",
        "context": { "source": "web", "environment": "production" },
        "properties": { "path": "/" },
    });
    let mut body = batch("conversations", "1.0.0", &[viewed]);
    body["losses"] = json!({ "queue_overflow": 3 });
    let (_, reply) = post(&server, None, &body).await;
    assert_all_accepted(&reply);
    assert_eq!(alert(&home, "conversations"), None);
}
