//! What a running server tells about requests: metrics and a log, with nothing of what was sent.

use std::collections::BTreeMap;
use std::path::Path;

use decantr::base::clock::Clock;
use decantr::model::protocol::TRACK_PATH;
use decantr::server::serve::Listener;

use super::support::{Running, event, now, with};

/// The lines of a page of metrics, by name and labels.
fn values(page: &str) -> BTreeMap<&str, &str> {
    let lines = page.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.rsplit_once(' ').unwrap()).collect()
}

/// Some requests of several kinds.
async fn ask(server: &Running) {
    let known = event();
    let unknown = with(event(), "/name", "cli.other");
    let late = with(event(), "/timestamp", "2020-01-01T00:00:00Z");
    server.batch(&[known.clone(), event(), unknown, late]).await;
    server.batch(&[known]).await;
    assert_eq!(server.post("{").await.0, 400);
    assert_eq!(server.get("/v1/health").await.0, 200);
    assert_eq!(server.get("/v1/secret-of-somebody").await.0, 404);
    let url = format!("{}{TRACK_PATH}", server.base);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let tracked = client
        .post(url)
        .body(r#"{"name":"x"}"#)
        .send()
        .await
        .unwrap();
    assert_eq!(tracked.status(), 422);
}

/// A server on the store at `path`, with the address of its page of metrics.
async fn measured(path: &Path) -> (Running, String) {
    let metrics = Listener::bind("127.0.0.1:0".parse().unwrap())
        .await
        .unwrap();
    let page = format!("http://{}/metrics", metrics.addr());
    let change = |bound: decantr::server::serve::Bound| bound.with_metrics(metrics);
    let server = Running::on_bound(path, Clock::fixed(now()), change).await;
    (server, page)
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_and_events_are_counted_by_client_outcome_and_reason() {
    let folder = tempfile::tempdir().unwrap();
    let (mut server, page) = measured(&folder.path().join("events.db")).await;
    ask(&server).await;
    let text = reqwest::get(&page).await.unwrap().text().await.unwrap();
    let values = values(&text);
    let value = |name: &str| {
        values
            .get(name)
            .copied()
            .unwrap_or_else(|| panic!("{name}: {text}"))
    };
    for (labels, count) in [
        (r#"client="decantr",outcome="accepted""#, "2"),
        (r#"client="decantr",outcome="duplicate""#, "1"),
        (
            r#"client="decantr",outcome="dropped",reason="unknown_event""#,
            "1",
        ),
        (
            r#"client="decantr",outcome="dropped",reason="too_old""#,
            "1",
        ),
        (
            r#"client="track",outcome="dropped",reason="unknown_event""#,
            "1",
        ),
    ] {
        let name = format!("decantr_ingest_client_events_total{{{labels}}}");
        assert_eq!(value(&name), count, "{name}");
    }
    for (labels, count) in [
        (r#"client="decantr",status="202""#, "2"),
        (r#"client="decantr",status="400",code="invalid_json""#, "1"),
        (r#"client="track",status="422",code="unknown_event""#, "1"),
        (r#"status="404",code="not_found""#, "1"),
        (r#"status="200""#, "1"),
    ] {
        let name = format!("decantr_http_requests_total{{{labels}}}");
        assert_eq!(value(&name), count, "{name}");
    }
    let took = "decantr_ingest_request_duration_seconds";
    assert_eq!(
        value(&format!(r#"{took}_bucket{{client="decantr",le="+Inf"}}"#)),
        "3"
    );
    assert_eq!(value(&format!(r#"{took}_count{{client="decantr"}}"#)), "3");
    assert!(value(&format!(r#"{took}_sum{{client="decantr"}}"#)) != "0");
    // Of one moment: the daily counts out of the store are there as ever.
    let stored = r#"decantr_ingest_events_total{catalog="decantr",outcome="accepted"}"#;
    assert_eq!(value(stored), "2");
    assert_eq!(value("decantr_http_panics_total"), "0");
    assert_eq!(value("decantr_http_bodies_bytes"), "0");
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        value(&format!(r#"decantr_build_info{{version="{version}"}}"#)),
        "1"
    );
    let number = |name| value(name).parse::<u64>().unwrap();
    let (open, limit) = ("decantr_http_connections", "decantr_http_connections_limit");
    assert!((1..number(limit)).contains(&number(open)), "{text}");
    assert!(!text.contains("secret-of-somebody"), "{text}");
    server.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_end_are_not_counted_as_open() {
    let folder = tempfile::tempdir().unwrap();
    let (server, page) = measured(&folder.path().join("events.db")).await;
    let addr = server.base.strip_prefix("http://").unwrap();
    let mut held = Vec::new();
    for _ in 0..5 {
        held.push(tokio::net::TcpStream::connect(addr).await.unwrap());
    }
    let open = |count: &'static str| {
        let page = page.clone();
        async move {
            loop {
                let text = reqwest::get(&page).await.unwrap().text().await.unwrap();
                if values(&text)["decantr_http_connections"] == count {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
    };
    let soon = std::time::Duration::from_secs(10);
    tokio::time::timeout(soon, open("5")).await.unwrap();
    drop(held);
    tokio::time::timeout(soon, open("0")).await.unwrap();
}
