//! The door before PostHog's routes: how often, how much at once, and below which path.

use std::num::NonZeroU32;
use std::time::Duration;

use decantr::model::catalog::Catalog;
use decantr::server::access::AccessSettings;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::rules::with;
use super::support::{Line, serve, stored};
use crate::server::support::Running;

fn one() -> String {
    with(&json!({ "api_key": "phc_1" })).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_requests_are_told_when_to_come_again() {
    let access = AccessSettings {
        event_rate: NonZeroU32::new(1),
        ..AccessSettings::default()
    };
    let (server, _folder) = Running::with_door(access).await;
    let mut line = Line::open(&server).await;
    let mut statuses = Vec::new();
    for _ in 0..7 {
        let reply = line.post("/batch/", one().as_bytes()).await;
        assert_eq!(reply.status == 429, reply.header("retry-after").is_some());
        statuses.push(reply.status);
    }
    assert_eq!(statuses.first(), Some(&200));
    assert_eq!(statuses.last(), Some(&429));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_catalog_takes_its_own_events_below_its_path() {
    let server = Running::serving(&["decantr", "race-bot"]).await;
    let mut line = Line::open(&server).await;
    for (path, kept) in [
        ("/catalogs/race-bot/batch/", 0),
        ("/catalogs/decantr/batch/", 1),
    ] {
        assert_eq!(line.post(path, one().as_bytes()).await.status, 200);
        assert_eq!(stored(&server).await.len(), kept, "{path}");
    }
}

/// Four bodies that do not end are more than there is room for.
#[tokio::test(flavor = "multi_thread")]
async fn when_there_is_no_room_for_a_body_it_is_to_come_again() {
    let (server, _folder) = serve(Catalog::decantr(), "").await;
    let addr = server.base.strip_prefix("http://").unwrap();
    let size = 20 * 1024 * 1024;
    let head = format!("POST /batch/ HTTP/1.1\r\nhost: x\r\ncontent-length: {size}\r\n\r\n");
    let mut waiting = Vec::new();
    for _ in 0..4 {
        let mut stream = TcpStream::connect(addr).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&vec![b' '; size - 1]).await.unwrap();
        waiting.push(stream);
    }
    let mut answer = [0; 512];
    let refusing = async {
        loop {
            let answered = waiting
                .iter()
                .position(|stream| stream.try_read(&mut answer).is_ok());
            match answered {
                Some(at) => break at,
                None => tokio::task::yield_now().await,
            }
        }
    };
    let refused = tokio::time::timeout(Duration::from_secs(9), refusing).await;
    let refused = refused.expect("none of them was refused");
    let text = String::from_utf8_lossy(&answer).into_owned();
    assert!(text.starts_with("HTTP/1.1 503"), "{text}");
    assert!(
        text.contains("retry-after: 1") && text.contains("overloaded"),
        "{text}"
    );
    drop(waiting.remove(refused));
    let reply = Line::open(&server)
        .await
        .post("/batch/", one().as_bytes())
        .await;
    assert_eq!(reply.status, 200, "there is no room for small ones");
    for mut stream in waiting {
        stream.write_all(b" ").await.unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 400");
    }
}
