//! Memory under attack: bodies that are large, or become large when they are unpacked, many at once, from many connections.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::StatusCode;

use crate::support::process::Home;

/// The most memory that a server may come to have.
const BOUND: u64 = 512 * 1024 * 1024;

/// How many requests come at once.
const AT_ONCE: usize = 24;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A request of nearly 20 MiB whose `inner` is repeated.
fn body(inner: &str) -> Vec<u8> {
    let most = 20 * 1024 * 1024 - 200;
    let inner = inner.repeat(most / inner.len());
    let open = "{\"api_key\":\"phc_x\",\"batch\":[";
    format!("{open}{}]}}", inner.trim_end_matches(',')).into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_stays_bounded_whatever_comes_at_once() {
    let home = Home::new();
    let server = home.serve_with(&["--rate-limit", "0"]);
    let before = server.peak();
    let many = body("{\"event\":\"x\",\"distinct_id\":\"y\"},");
    let blank = body(" ");
    let nested = {
        let values = "0,".repeat(9 * 1024 * 1024);
        let values = values.trim_end_matches(',');
        format!("{{\"api_key\":\"phc_x\",\"batch\":[{{\"event\":\"x\",\"distinct_id\":\"y\",\"properties\":{{\"a\":[{values}]}}}}]}}").into_bytes()
    };
    let attacks = [gzip(&blank), gzip(&many), gzip(&nested), many, nested];
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut seen = std::collections::BTreeMap::<StatusCode, usize>::new();
    for attack in attacks {
        let requests: Vec<_> = (0..AT_ONCE)
            .map(|_| {
                let request = client
                    .post(format!("{}/batch/", server.url))
                    .body(attack.clone());
                tokio::spawn(request.send())
            })
            .collect();
        for request in requests {
            if let Ok(answer) = request.await.unwrap() {
                let status = answer.status();
                assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR);
                let comes_again = answer.headers().contains_key("retry-after");
                assert_eq!(status == StatusCode::SERVICE_UNAVAILABLE, comes_again);
                *seen.entry(status).or_default() += 1;
            }
        }
    }
    let grown = server.peak();
    assert!(grown < BOUND, "from {before} to {grown}: {seen:?}");
    // It was an attack, and the server lives.
    assert!(
        grown > before + 32 * 1024 * 1024,
        "from {before} to {grown}: {seen:?}"
    );
    assert!(
        seen.contains_key(&StatusCode::SERVICE_UNAVAILABLE),
        "{seen:?}"
    );
    let health = client
        .get(format!("{}/v1/ready", server.url))
        .send()
        .await
        .unwrap();
    assert_eq!(health.status(), StatusCode::OK);
    eprintln!("from {before} to {grown}: {seen:?}");
}
