//! Several requests on one connection: what is refused leaves it usable, or closes it cleanly, and no answer belongs to another request.

use std::num::NonZeroU32;
use std::time::Duration;

use decantr::model::protocol::{EVENTS_PATH, MAX_BODY_BYTES};
use decantr::server::access::AccessSettings;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::support::{Running, batch, event};

async fn connect(server: &Running) -> TcpStream {
    let addr = server.base.strip_prefix("http://").unwrap();
    TcpStream::connect(addr).await.unwrap()
}

fn post(headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST {EVENTS_PATH} HTTP/1.1\r\nhost: x\r\n{headers}content-length: {length}\r\n\r\n{body}"
    )
}

/// The statuses of all answers until the connection closes or is quiet.
async fn statuses(stream: &mut TcpStream) -> Vec<u16> {
    let mut text = Vec::new();
    let mut piece = vec![0; 64 * 1024];
    let quiet = Duration::from_secs(3);
    while let Ok(Ok(read)) = tokio::time::timeout(quiet, stream.read(&mut piece)).await {
        if read == 0 {
            break;
        }
        text.extend_from_slice(&piece[..read]);
    }
    let text = String::from_utf8(text).unwrap();
    let starts = text.split("HTTP/1.1 ").skip(1);
    starts
        .map(|answer| answer.split_once(' ').unwrap().0.parse().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_leaves_the_connection_to_the_next_request() {
    let server = Running::start().await;
    let good = batch(&[event()]).to_string();
    let large = "x".repeat(MAX_BODY_BYTES + 1);
    let refused = [
        (post("", "{"), 400),
        (post("authorization: Bearer x\r\n", &good), 401),
        (post("", &large), 413),
        (post("", "{\"schemaVersion\":\"9\",\"events\":[]}"), 422),
        (post("", &good).replacen("/v1", "/v0", 1), 404),
        (post("", &good).replacen("POST", "PUT", 1), 405),
    ];
    for (request, status) in refused {
        let mut stream = connect(&server).await;
        // In one piece: the second request may be read with the first.
        let both = format!("{request}{}", post("", &good));
        let (mut reading, mut writing) = stream.split();
        let write = async { writing.write_all(both.as_bytes()).await.ok() };
        let read = async {
            let mut piece = vec![0; 16];
            let read = reading.read(&mut piece).await.unwrap();
            String::from_utf8(piece[..read].to_vec()).unwrap()
        };
        let (_, mut start) = tokio::join!(write, read);
        start.truncate(12);
        assert_eq!(start, format!("HTTP/1.1 {status}"));
        let rest = statuses(&mut stream).await;
        assert_eq!(rest, [202], "after {status}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_too_often_is_answered_on_the_same_connection_once_for_each_request() {
    let door = AccessSettings {
        event_rate: NonZeroU32::new(1),
        ..AccessSettings::default()
    };
    let (server, _folder) = Running::with_door(door).await;
    let mut stream = connect(&server).await;
    let all: String = (0..12)
        .map(|_| post("", &batch(&[event()]).to_string()))
        .collect();
    stream.write_all(all.as_bytes()).await.unwrap();
    let statuses = statuses(&mut stream).await;
    assert_eq!(statuses.len(), 12, "{statuses:?}");
    assert_eq!(statuses[..5], [202; 5]);
    assert_eq!(statuses.last(), Some(&429));
}

#[tokio::test(flavor = "multi_thread")]
async fn heads_that_are_too_long_or_no_heads_close_their_connection() {
    let server = Running::start().await;
    let many = "x-a: b\r\n".repeat(150);
    let path = "a".repeat(70_000);
    for (head, expected) in [
        (
            format!("GET /v1/health HTTP/1.1\r\nhost: x\r\n{many}\r\n"),
            vec![431],
        ),
        (
            format!("GET /{path} HTTP/1.1\r\nhost: x\r\n\r\n"),
            vec![414, 431],
        ),
        ("nonsense\r\n\r\n".to_owned(), vec![400]),
        (
            "GET /v1/health HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n"
                .to_owned(),
            vec![400],
        ),
        (
            "POST /v1/track HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"
                .to_owned(),
            vec![400],
        ),
    ] {
        let mut stream = connect(&server).await;
        let next = "GET /v1/health HTTP/1.1\r\nhost: x\r\n\r\n";
        stream.write_all(head.as_bytes()).await.ok();
        stream.write_all(next.as_bytes()).await.ok();
        let statuses = statuses(&mut stream).await;
        assert_eq!(statuses.len(), 1, "{statuses:?}");
        assert!(
            expected.contains(&statuses[0]),
            "{statuses:?} and not {expected:?}"
        );
    }
}
