//! The log of a running server: one line for each request, and nothing in it of what was sent.

use decantr::model::protocol::{EVENTS_PATH, TRACK_PATH};
use reqwest::Method;
use serde_json::Value;

use super::support::{batch, event, with};
use crate::support::process::{Home, Served};

/// What must not be in any log.
const SECRET: &str = "s3cr3t-of-somebody";

/// Requests with a secret in every place.
async fn ask(server: &Served) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let send = |method: Method, path: String, body: String| {
        let request = client.request(method, format!("{}{path}", server.url));
        let request = request
            .header("user-agent", SECRET)
            .header("x-forwarded-for", "203.0.113.77")
            .header("cookie", SECRET)
            .header(SECRET, SECRET)
            .body(body);
        async move { request.send().await.unwrap().status().as_u16() }
    };
    let bad = with(event(), "/properties/command", SECRET);
    let bad = with(bad, "/context/installId", format!("inst_{SECRET}"));
    let bodies = [
        batch(&[bad, with(event(), "/name", SECRET)]).to_string(),
        format!("{{{SECRET}"),
        format!("{{\"name\":\"{SECRET}\"}}"),
        SECRET.to_owned(),
    ];
    for body in bodies {
        for path in [
            EVENTS_PATH,
            TRACK_PATH,
            "/capture",
            "/v1/forget",
            "/v1/me/telemetry-link",
        ] {
            let path = format!("{path}?q={SECRET}");
            send(Method::POST, path, body.clone()).await;
        }
    }
    for path in [
        format!("/{SECRET}"),
        format!("/v1/forget/{SECRET}"),
        format!("/v1/me?key={SECRET}"),
    ] {
        send(Method::GET, path.clone(), String::new()).await;
        send(Method::from_bytes(b"S3CR3T").unwrap(), path, String::new()).await;
    }
    let keyed = client
        .get(format!("{}/v1/me", server.url))
        .bearer_auth(SECRET);
    assert_eq!(keyed.send().await.unwrap().status(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_request_is_a_line_that_names_its_route_and_nothing_of_what_was_sent() {
    let home = Home::new();
    let log = home.work().join("log");
    let server = home.serve_logging(&["--log-json", "-vv"], &log);
    ask(&server).await;
    let (code, _rest) = server.stop();
    assert_eq!(code, Some(0));
    let text = std::fs::read_to_string(&log).unwrap();
    for secret in [SECRET, "S3CR3T", "203.0.113.77", "127.0.0.1:"] {
        let told = text.lines().find(|line| {
            line.contains(secret)
                && !line.contains("listening")
                && !line.contains("stopped")
                && line.starts_with('{')
        });
        assert_eq!(told, None);
    }
    let lines = text
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let answered: Vec<Value> = lines
        .map(|line| line["fields"].clone())
        .filter(|fields| fields["message"] == "answered")
        .collect();
    assert_eq!(answered.len(), 27, "{text}");
    let routes: std::collections::BTreeSet<&str> = answered
        .iter()
        .map(|one| one["route"].as_str().unwrap())
        .collect();
    let expected = [
        "/capture",
        "/v1/forget",
        "/v1/forget/{ticket}",
        "/v1/me",
        "/v1/me/telemetry-link",
        TRACK_PATH,
        EVENTS_PATH,
        "none",
    ];
    assert_eq!(routes, expected.into());
    let first = &answered[0];
    assert_eq!(
        (first["status"].as_u64(), first["method"].as_str()),
        (Some(202), Some("POST"))
    );
    assert!(first["ms"].is_u64(), "{first}");
    assert_eq!(
        (&first["accepted"], &first["dropped"]),
        (&1.into(), &1.into()),
        "{first}"
    );
    assert!(
        answered
            .iter()
            .any(|one| one["code"] == "invalid_json" && one["status"] == 400)
    );
    assert!(answered.iter().any(|one| one["method"] == "other"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_being_asked_nothing_is_said_about_requests() {
    let home = Home::new();
    let log = home.work().join("log");
    let server = home.serve_logging(&[], &log);
    ask(&server).await;
    server.stop();
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(
        !text.contains("answered") && !text.contains(SECRET),
        "{text}"
    );
}
