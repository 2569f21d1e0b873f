//! Budgets of requests, proxies that are believed, and bodies that trickle.

use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use decantr::model::protocol::{EVENTS_PATH, ME_PATH, Scope};
use decantr::server::access::AccessSettings;
use reqwest::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::support::{Running, batch, event};

/// A door for this many requests with events a second, which believes this machine about others.
fn door(rate: u32) -> AccessSettings {
    AccessSettings {
        event_rate: NonZeroU32::new(rate),
        trusted_proxies: vec!["127.0.0.0/8".parse().unwrap()],
        ..AccessSettings::default()
    }
}

/// Sends events for `client` through a proxy until there is an answer other than 202; gives how many were taken, and the answer.
async fn spend(
    server: &Running,
    headers: &[(&str, &str)],
    most: usize,
) -> (usize, u16, Option<String>) {
    for taken in 0..most {
        let body = Some(batch(&[event()]).to_string());
        let (status, retry, answer) = server.send(Method::POST, EVENTS_PATH, headers, body).await;
        if status != 202 {
            assert_eq!(answer["code"], "rate_limited");
            return (taken, status, retry);
        }
    }
    (most, 202, None)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_peer_has_a_budget_and_a_key_has_its_own() {
    // One a second: the burst of five is spent faster than it comes back.
    let (server, _folder) = Running::with_door(door(1)).await;
    let (taken, status, retry) = spend(&server, &[], 20).await;
    assert!((5..10).contains(&taken), "{taken}");
    assert_eq!((status, retry.as_deref()), (429, Some("1")));
    let stored = server.store.events(0, 100).await.unwrap().len();
    assert_eq!(stored, taken);
    assert_eq!(server.get("/v1/health").await.0, 200);

    // A key is not held up by its peer, and has ten times as much.
    let key = server.key(&[Scope::Ingest], None).await;
    let bearer = format!("Bearer {}", key.text);
    let (taken, ..) = spend(&server, &[("authorization", &bearer)], 40).await;
    assert_eq!(taken, 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_proxy_speaks_for_many_peers() {
    let (server, _folder) = Running::with_door(door(1)).await;
    let from = |client: &'static str| [("x-forwarded-for", client)];
    for client in ["198.51.100.1", "198.51.100.2", "2001:db8:0:1::1"] {
        let (taken, status, _) = spend(&server, &from(client), 20).await;
        assert!(
            (5..10).contains(&taken) && status == 429,
            "{client}: {taken} {status}"
        );
    }
    // What stands further left is hearsay, and a neighbour in the same network is the same peer.
    for client in ["192.0.2.9, 198.51.100.1", "2001:db8:0:1::2"] {
        let (taken, status, _) = spend(&server, &from(client), 20).await;
        assert!(taken < 5 && status == 429, "{client}: {taken} {status}");
    }
    let untrusting = AccessSettings {
        trusted_proxies: Vec::new(),
        ..door(1)
    };
    let (server, _folder) = Running::with_door(untrusting).await;
    spend(&server, &from("198.51.100.1"), 20).await;
    let (taken, status, _) = spend(&server, &from("198.51.100.2"), 20).await;
    assert!(
        taken < 5 && status == 429,
        "anybody can get a new budget: {taken}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn trying_keys_has_a_price_and_a_key_that_holds_is_not_charged_for_it() {
    let server = Running::start().await;
    let key = server.key(&[Scope::Admin], None).await;
    let bad = [("authorization", "Bearer x")];
    let mut statuses = Vec::new();
    for _ in 0..30 {
        statuses.push(server.send(Method::GET, ME_PATH, &bad, None).await.0);
    }
    assert_eq!(statuses[..20], [401; 20]);
    let (status, retry, answer) = server.send(Method::GET, ME_PATH, &bad, None).await;
    assert_eq!((status, retry.as_deref()), (429, Some("1")));
    assert_eq!(answer["code"], "rate_limited");
    assert_eq!(
        server.ask(Method::GET, ME_PATH, Some(&key), None).await.0,
        200
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn account_routes_have_a_budget_for_each_key_and_for_each_peer() {
    let server = Running::start().await;
    let keys = [
        server.key(&[Scope::Link], None).await,
        server.key(&[Scope::Link], None).await,
    ];
    let ask = |key| server.ask(Method::GET, ME_PATH, key, None);
    let start = Instant::now();
    let mut taken = 0;
    while ask(Some(&keys[0])).await.0 == 200 {
        taken += 1;
        assert!(taken < 1_000, "there is no budget");
    }
    let back = usize::try_from(start.elapsed().as_secs() + 1).unwrap() * 10;
    assert!((60..=60 + back).contains(&taken), "{taken}");
    assert_eq!(ask(Some(&keys[1])).await.0, 200);
    let ticket = "/v1/forget/x";
    let mut statuses = Vec::new();
    for _ in 0..60 + back + 20 {
        statuses.push(server.ask(Method::GET, ticket, None, None).await.0);
    }
    assert_eq!(statuses[..60], [404; 60]);
    assert!(statuses.contains(&429));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_trickles_is_cut() {
    let server = Running::start().await;
    let addr = server.base.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(addr).await.unwrap();
    let head = format!("POST {EVENTS_PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let start = Instant::now();
    let mut answer = vec![0; 1024];
    let got = loop {
        // Never silent for long, so no time-out of silence would end it.
        if stream.write_all(b" ").await.is_err() {
            break 0;
        }
        let reading = stream.read(&mut answer);
        if let Ok(read) = tokio::time::timeout(Duration::from_millis(200), reading).await {
            break read.unwrap();
        }
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "it is still read"
        );
    };
    let answer = String::from_utf8_lossy(&answer[..got]).into_owned();
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(
        start.elapsed() > Duration::from_secs(5),
        "an honest slow sender was cut"
    );
}
