//! Connections that are slow, idle, or too many, and bodies that are announced too large.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use decantr::base::clock::Clock;
use decantr::model::catalog::Catalog;
use decantr::model::protocol::{EVENTS_PATH, MAX_BODY_BYTES};
use decantr::server::access::AccessSettings;
use decantr::server::serve::{Bound, Listener, ServeError, Settings};
use decantr::server::store;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::support::{Running, event, now, url};

const HALF_A_HEAD: &[u8] = b"POST /v1/telemetry/events HTTP/1.1\r\nhost: x\r\ncontent-";
const HEALTH: &[u8] = b"GET /v1/health HTTP/1.1\r\nhost: x\r\n\r\n";

async fn connect(server: &Running) -> TcpStream {
    let addr = server.base.strip_prefix("http://").unwrap();
    TcpStream::connect(addr).await.unwrap()
}

/// Waits at most `seconds` for the first bytes of an answer; nothing when the connection ends without one.
async fn answer(stream: &mut TcpStream, seconds: u64) -> Option<String> {
    let mut bytes = vec![0; 4096];
    let reading = tokio::time::timeout(Duration::from_secs(seconds), stream.read(&mut bytes));
    let length = reading.await.ok()?.unwrap_or(0);
    bytes.truncate(length);
    Some(String::from_utf8(bytes).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_does_not_arrive_ends_its_connection() {
    let server = Running::start().await;
    let mut silent = connect(&server).await;
    let mut slow = connect(&server).await;
    slow.write_all(HALF_A_HEAD).await.unwrap();
    let start = Instant::now();
    for stream in [&mut slow, &mut silent] {
        let got = answer(stream, 15)
            .await
            .expect("the connection is still open");
        assert!(!got.starts_with("HTTP/1.1 2"), "{got}");
    }
    assert!(start.elapsed() > Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_without_a_request_do_not_hold_up_a_stop() {
    let mut server = Running::start().await;
    server.batch(&[event()]).await;
    let mut idle = connect(&server).await;
    idle.write_all(HEALTH).await.unwrap();
    assert!(
        answer(&mut idle, 5)
            .await
            .unwrap()
            .starts_with("HTTP/1.1 200")
    );
    let mut slow = connect(&server).await;
    slow.write_all(HALF_A_HEAD).await.unwrap();
    let _silent = connect(&server).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let stopped = tokio::time::timeout(Duration::from_secs(3), server.stop()).await;
    stopped.expect("the server waits for nothing").unwrap();
    assert_eq!(answer(&mut slow, 1).await.as_deref(), Some(""));
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_beyond_the_limit_wait_for_their_turn() {
    let limited = |bound: Bound| bound.with_connections(2);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.db");
    let mut server = Running::on_bound(&path, Clock::fixed(now()), limited).await;
    let first = connect(&server).await;
    let mut second = connect(&server).await;
    second.write_all(HEALTH).await.unwrap();
    assert!(answer(&mut second, 5).await.is_some());
    let mut third = connect(&server).await;
    third.write_all(HEALTH).await.unwrap();
    assert_eq!(answer(&mut third, 1).await, None);
    drop(first);
    let got = answer(&mut third, 5).await.unwrap();
    assert!(got.starts_with("HTTP/1.1 200"), "{got}");
    server.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_announced_too_large_is_refused_before_it_is_sent() {
    let server = Running::start().await;
    let mut stream = connect(&server).await;
    let head = format!(
        "POST {EVENTS_PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n",
        MAX_BODY_BYTES + 1
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let got = answer(&mut stream, 5).await.expect("an answer in time");
    assert!(got.starts_with("HTTP/1.1 413"), "{got}");

    // One that grows too large without a word, and then stops growing, is no different.
    let mut stream = connect(&server).await;
    let head =
        format!("POST {EVENTS_PATH} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let size = MAX_BODY_BYTES + 1;
    stream
        .write_all(format!("{size:x}\r\n").as_bytes())
        .await
        .unwrap();
    stream.write_all(&vec![b' '; size]).await.unwrap();
    let got = answer(&mut stream, 5).await.expect("an answer in time");
    assert!(got.starts_with("HTTP/1.1 413"), "{got}");
}

fn settings() -> Settings {
    Settings {
        access: AccessSettings {
            event_rate: None,
            ..AccessSettings::default()
        },
        ..Settings::new(Catalog::decantr())
    }
}

async fn new_store(path: &Path) -> Arc<dyn store::Store> {
    store::create(&url(path), &Clock::fixed(now()))
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_can_be_taken_before_there_is_a_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.db");
    let listener = Listener::bind("127.0.0.1:0".parse().unwrap())
        .await
        .unwrap();
    let addr = listener.addr();
    let taken = Listener::bind(addr).await.err().unwrap();
    assert!(matches!(taken, ServeError::Bind { .. }), "{taken:?}");
    assert!(!path.exists());

    let store = new_store(&path).await;
    let bound = listener.serving(settings(), store, Clock::fixed(now()));
    assert_eq!(bound.addr, addr);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(bound.run(async move { drop(stopped.await) }));
    let mut stream = TcpStream::connect(addr).await.unwrap();
    stream.write_all(HEALTH).await.unwrap();
    assert!(
        answer(&mut stream, 5)
            .await
            .unwrap()
            .starts_with("HTTP/1.1 200")
    );
    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
}
