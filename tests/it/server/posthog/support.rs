//! Connections on which requests are written byte by byte, and a catalog with the events of the recorded SDKs.

use std::sync::Arc;

use decantr::base::clock::Clock;
use decantr::model::catalog::Catalog;
use decantr::model::outcome::Reason;
use decantr::server::access::{AccessSettings, ProjectTokens};
use decantr::server::rollup::{Day, Tally};
use decantr::server::serve::Settings;
use decantr::server::store::{self, Days, StoredEvent};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use std::io::Write as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::server::support::{Running, now, url};

/// The events that the recorded SDKs were given, as a catalog of their own.
const SDK: &str = r#"
id = "sdk"
owner = "tests"
sources = ["service"]

[[events]]
name = "decantr.cli.command_completed"
public_ingest = true
purpose = "Recorded."
properties = [{ name = "a", type = "int", max = 10, unit = "things", purpose = "Recorded." }]
"#;

const SDK_NAMES: [&str; 12] = [
    "no_person",
    "anon_event",
    "x",
    "e0",
    "e1",
    "e2",
    "e3",
    "ev0",
    "ev1",
    "ev2",
    "ev3",
    "retry_ev0",
];

/// The catalog of the recorded SDKs.
pub(crate) fn sdk_catalog() -> Arc<Catalog> {
    let further = SDK_NAMES.map(|name| {
        format!(
            "[[events]]\nname = \"{name}\"\npublic_ingest = true\npurpose = \"Recorded.\"\nproperties = []\n"
        )
    });
    let further = further.concat();
    Arc::new(Catalog::parse(&format!("{SDK}\n{further}")).unwrap())
}

/// A server of this catalog, with the folder of its store.
pub(crate) async fn serve(catalog: Arc<Catalog>, tokens: &str) -> (Running, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.db");
    let clock = Clock::fixed(now());
    let store = store::create(&url(&path), &clock).await.unwrap();
    let settings = Settings {
        access: AccessSettings {
            event_rate: None,
            project_tokens: ProjectTokens::parse(tokens).unwrap_or_default(),
            ..AccessSettings::default()
        },
        ..Settings::new(catalog)
    };
    let running = Running::on_settings(&path, store, clock, settings, |bound| bound).await;
    (running, folder)
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Value,
}

impl Reply {
    /// Status and code of a refusal.
    pub(crate) fn code(&self) -> (u16, &str) {
        (self.status, self.body["code"].as_str().unwrap_or_default())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (own, value) = line.split_once(':')?;
            own.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// A connection.
pub(crate) struct Line(TcpStream);

impl Line {
    pub(crate) async fn open(server: &Running) -> Self {
        let addr = server.base.strip_prefix("http://").unwrap();
        Self(TcpStream::connect(addr).await.unwrap())
    }

    /// Writes a whole request and reads its answer.
    pub(crate) async fn send(&mut self, request: &[u8]) -> Reply {
        let (mut reader, mut writer) = self.0.split();
        // What is refused early is answered while it is still being written.
        let writing = async { writer.write_all(request).await.ok() };
        let (_, reply) = tokio::join!(writing, read(&mut reader));
        reply
    }

    pub(crate) async fn post(&mut self, path: &str, body: &[u8]) -> Reply {
        self.post_as(path, "application/json", body).await
    }

    pub(crate) async fn post_as(&mut self, path: &str, kind: &str, body: &[u8]) -> Reply {
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n"
        );
        self.send(&[head.as_bytes(), body].concat()).await
    }
}

async fn read(reader: &mut (impl tokio::io::AsyncRead + Unpin)) -> Reply {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        assert!(
            reader.read_buf(&mut bytes).await.unwrap() > 0,
            "the connection ended"
        );
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let mut reply = Reply {
        status,
        head,
        body: Value::Null,
    };
    let length: usize = reply
        .header("content-length")
        .map_or(0, |length| length.parse().unwrap());
    while bytes.len() < end + 4 + length {
        assert!(
            reader.read_buf(&mut bytes).await.unwrap() > 0,
            "the connection ended"
        );
    }
    if length > 0 {
        reply.body = serde_json::from_slice(&bytes[end + 4..]).unwrap();
    }
    reply
}

/// What is stored, in the order in which it came.
pub(crate) async fn stored(server: &Running) -> Vec<StoredEvent> {
    server.store.events(0, 1_000_000).await.unwrap()
}

/// How many events of a catalog were dropped for this reason.
pub(crate) async fn dropped(server: &Running, catalog: &str, reason: Reason) -> u64 {
    counted(server, catalog, Tally::Dropped(reason)).await
}

/// A count of a catalog.
pub(crate) async fn counted(server: &Running, catalog: &str, tally: Tally) -> u64 {
    let today = Days::ending(Day::of(now()), 1);
    let rows = server.store.outcomes(catalog, today).await.unwrap();
    rows.iter()
        .filter(|row| row.tally == tally)
        .map(|row| row.count)
        .sum()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
