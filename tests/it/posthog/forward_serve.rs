//! The forwarder inside a server: it holds nobody up, is seen in metrics, and erasures name its copies.

use std::sync::Arc;
use std::time::{Duration, Instant};

use decantr::base::clock::Clock;
use decantr::base::http::{Http, parse_base_url};
use decantr::base::secret::Secret;
use decantr::model::catalog::Catalog;
use decantr::model::protocol::{EVENTS_PATH, FORGET_PATH, ForgetReply};
use decantr::server::jobs::forward::Forwarder;
use decantr::server::posthog::capture::Capture;
use decantr::server::serve::Listener;
use decantr::server::store;
use reqwest::Method;
use serde_json::json;

use super::fake::{Fake, TOKEN};
use super::forward::{forwarder_with, server};
use crate::server::accounts_support::own;
use crate::server::support::{Running, batch, event, now, url, with};
use crate::support::process::Home;

/// Asks for a page until it says something, at most half a minute.
async fn page_with(url: &str, text: &str) -> String {
    let http = Http::new(Duration::from_secs(5)).unwrap();
    let (url, end) = (
        parse_base_url(url).unwrap(),
        Instant::now() + Duration::from_secs(30),
    );
    loop {
        let answer = http.get(&url).await.unwrap();
        let page = String::from_utf8(answer.body).unwrap();
        if page.contains(text) {
            return page;
        }
        assert!(Instant::now() < end, "{page}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_posthog_that_never_answers_holds_nobody_up() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let app = format!("http://{}", silent.local_addr().unwrap());
    let capture = Capture::new(&parse_base_url(&app).unwrap(), Secret::new(TOKEN)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (path, clock) = (folder.path().join("events.db"), Clock::fixed(now()));
    let store = store::create(&url(&path), &clock).await.unwrap();
    let one = Forwarder::new(
        Arc::clone(&store),
        Catalog::decantr(),
        capture,
        clock.clone(),
    );
    let mut server =
        Running::on_store(&path, store, clock, |bound| bound.with_forwarder(one)).await;
    for _request in 0..20 {
        let _reply = server.batch(&[event(), event()]).await;
    }
    server.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_names_the_copies_that_it_does_not_reach() {
    let fake = Fake::start();
    let server = server(0).await;
    let mine = own("install", 1);
    let _reply = server
        .batch(&[with(event(), "/context/installId", mine.id.as_str())])
        .await;
    let mut one = forwarder_with(&fake, &server.store, TOKEN, &Clock::fixed(now()));
    let _step = one.step().await.unwrap();
    let body = json!({ "schemaVersion": 1, "ids": [mine] });
    let (status, reply) = server
        .ask(Method::POST, FORGET_PATH, None, Some(body))
        .await;
    assert_eq!(status, 200, "{reply}");
    let reply: ForgetReply = serde_json::from_value(reply).unwrap();
    assert_eq!(
        reply.forgotten.beyond,
        ["PostHog (127.0.0.1): events forwarded before"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_on_their_own_address_and_name_nobody() {
    let fake = Fake::start();
    let folder = tempfile::tempdir().unwrap();
    let (path, clock) = (folder.path().join("events.db"), Clock::fixed(now()));
    let store = store::create(&url(&path), &clock).await.unwrap();
    let one = forwarder_with(&fake, &store, TOKEN, &clock);
    let metrics = Listener::bind("127.0.0.1:0".parse().unwrap())
        .await
        .unwrap();
    let page = format!("http://{}/metrics", metrics.addr());
    let server = Running::on_store(&path, store, clock, |bound| {
        bound.with_metrics(metrics).with_forwarder(one)
    })
    .await;
    let bad = with(event(), "/name", "no.such.event");
    let _reply = server.batch(&[event(), event(), bad]).await;
    let text = page_with(&page, "decantr_forward_lag_events{target=\"posthog\"} 0").await;
    for line in [
        "decantr_ingest_events_total{catalog=\"decantr\",outcome=\"accepted\"} 2",
        "decantr_ingest_events_total{catalog=\"decantr\",outcome=\"dropped\",reason=\"unknown_event\"} 1",
        "# TYPE decantr_forward_lag_seconds gauge",
        "decantr_forward_events_total{target=\"posthog\",outcome=\"refused\"} 0",
    ] {
        assert!(text.contains(line), "{line}:\n{text}");
    }
    assert!(
        !text.contains("inst_") && !text.contains("127.0.0.1"),
        "{text}"
    );
    let (status, _) = server.get("/metrics").await;
    assert_eq!(status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn serve_forwards_what_is_there_and_needs_a_token() {
    let fake = Fake::start();
    let mut home = Home::new();
    let args = [
        "ops",
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--forward",
        "posthog",
    ];
    let run = home.run(&args).exits(5);
    assert!(
        run.stderr.contains("POSTHOG_PROJECT_TOKEN"),
        "{}",
        run.stderr
    );
    home.set("POSTHOG_PROJECT_TOKEN", "phx_personal");
    let run = home.run(&args).exits(5);
    assert!(
        run.stderr.contains("phc_") && !run.stderr.contains("personal\n"),
        "{}",
        run.stderr
    );
    assert!(home.snapshot().is_empty());
    let plain = home.serve();
    let at = Clock::system().now();
    let events: Vec<_> = (0..3)
        .map(|_| with(event(), "/timestamp", at.to_string()))
        .collect();
    let http = Http::new(Duration::from_secs(30)).unwrap();
    let url = parse_base_url(&format!("{}{EVENTS_PATH}", plain.url)).unwrap();
    let request = decantr::base::http::Request {
        headers: vec![("content-type", "application/json".to_owned())],
        body: Some(batch(&events).to_string().into_bytes()),
    };
    assert_eq!(http.post(&url, request).await.unwrap().status, 202);
    let _stopped = plain.stop();
    home.set("POSTHOG_PROJECT_TOKEN", TOKEN)
        .set("POSTHOG_HOST", &*fake.url);
    let log = home.work().join("log");
    let server = home.serve_logging(
        &[
            "--forward",
            "posthog",
            "--metrics-listen",
            "127.0.0.1:0",
            "-vv",
        ],
        &log,
    );
    let end = Instant::now() + Duration::from_secs(30);
    while fake.state().events.len() < 3 {
        assert!(Instant::now() < end);
        tokio::task::yield_now().await;
    }
    let (code, rest) = server.stop();
    assert_eq!(code, Some(0));
    assert!(rest.contains("metrics on http://127.0.0.1:"), "{rest}");
    let log = std::fs::read_to_string(log).unwrap();
    assert!(
        log.contains("forwarding to PostHog at 127.0.0.1") && !log.contains(TOKEN),
        "{log}"
    );
}
