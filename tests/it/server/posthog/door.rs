//! The door before PostHog's routes: how often, how much at once, and below which path.

use std::num::NonZeroU32;

use decantr::model::catalog::Catalog;
use decantr::server::access::AccessSettings;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::rules::with;
use super::support::{Line, gzip, serve, stored};
use crate::server::support::Running;

fn one() -> String {
    with(json!({ "api_key": "phc_1" })).to_string()
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

/// Three bodies that never end hold most of the room there is for all of them.
#[tokio::test(flavor = "multi_thread")]
async fn when_there_is_no_room_for_a_body_or_a_layer_of_one_it_is_to_come_again() {
    let (server, _folder) = serve(Catalog::decantr(), "").await;
    let addr = server.base.strip_prefix("http://").unwrap();
    let size = 20 * 1024 * 1024;
    let large = gzip(&vec![b' '; 19 * 1024 * 1024]);
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut stream = TcpStream::connect(addr).await.unwrap();
        let head = format!("POST /batch/ HTTP/1.1\r\nhost: x\r\ncontent-length: {size}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&vec![b' '; size - 1]).await.unwrap();
        held.push(stream);
    }
    let mut line = Line::open(&server).await;
    let mut reply = line.post("/batch/", &large).await;
    // The last of what was written may be on its way.
    while reply.status == 400 {
        reply = line.post("/batch/", &large).await;
    }
    assert_eq!(
        (reply.code(), reply.header("retry-after")),
        ((503, "overloaded"), Some("1"))
    );
    assert_eq!(
        line.post("/batch/", one().as_bytes()).await.status,
        200,
        "there is no room for small ones"
    );
    for mut stream in held {
        stream.write_all(b" ").await.unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 400");
    }
    assert_eq!(
        line.post("/batch/", &large).await.code(),
        (400, "invalid_json")
    );
}
