//! A panic in a request, or in the writer, costs that request and nothing else.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use decantr::base::clock::Clock;
use decantr::model::outcome::Outcome;
use decantr::model::protocol::{EVENTS_PATH, READY_PATH};
use decantr::server::rollup::Day;
use decantr::server::serve::Listener;
use decantr::server::store::{
    self, Active, ActiveQuery, Append, CrowdQuery, CrowdRow, Cursors, DayRow, Days, DriftTables,
    DurationRow, EventLog, Figures, FiguresQuery, Identities, Load, MeasureQuery, MeasureRow,
    OutcomeRow, Purged, Retention, Rollups, Secrets, Snapshots, Store, StoreError, StoredEvent,
    SumRow, UsageQuery, UsageRow,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::support::{Running, batch, event, now, url};

/// A store that panics where events are appended and where it is asked whether it can be read.
struct Faulty(Arc<dyn Store>);

/// What somebody sent, as a panic would tell it.
const SAID: &str = "secret-of-somebody@example.com";

#[async_trait]
impl EventLog for Faulty {
    async fn append(&self, _append: Append) -> Result<Vec<Outcome>, StoreError> {
        panic!("cannot keep {SAID}")
    }
    async fn events(&self, after: i64, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        self.0.events(after, limit).await
    }
    async fn before_last(&self, count: usize) -> Result<i64, StoreError> {
        self.0.before_last(count).await
    }
}

#[async_trait]
impl Rollups for Faulty {
    async fn usage(&self, query: &UsageQuery) -> Result<Vec<UsageRow>, StoreError> {
        self.0.usage(query).await
    }
    async fn active(&self, query: &ActiveQuery) -> Result<Active, StoreError> {
        self.0.active(query).await
    }
    async fn figures(&self, queries: Vec<FiguresQuery>) -> Result<Vec<Figures>, StoreError> {
        self.0.figures(queries).await
    }
    async fn outcomes(&self, catalog: &str, days: Days) -> Result<Vec<OutcomeRow>, StoreError> {
        self.0.outcomes(catalog, days).await
    }
    async fn daily(&self, query: &UsageQuery) -> Result<Vec<DayRow>, StoreError> {
        self.0.daily(query).await
    }
    async fn measures(&self, q: &MeasureQuery, by: &str) -> Result<Vec<MeasureRow>, StoreError> {
        self.0.measures(q, by).await
    }
    async fn sums(&self, q: &MeasureQuery, by: Option<&str>) -> Result<Vec<SumRow>, StoreError> {
        self.0.sums(q, by).await
    }
    async fn durations(&self, query: &MeasureQuery) -> Result<Vec<DurationRow>, StoreError> {
        self.0.durations(query).await
    }
    async fn crowds(&self, query: &CrowdQuery) -> Result<Vec<CrowdRow>, StoreError> {
        self.0.crowds(query).await
    }
}

#[async_trait]
impl Retention for Faulty {
    async fn purge(&self, catalog: &str, before: Day) -> Result<Purged, StoreError> {
        self.0.purge(catalog, before).await
    }
}

#[async_trait]
impl Store for Faulty {
    fn identities(&self) -> &dyn Identities {
        self.0.identities()
    }
    fn snapshots(&self) -> &dyn Snapshots {
        self.0.snapshots()
    }
    fn cursors(&self) -> &dyn Cursors {
        self.0.cursors()
    }
    fn drift(&self) -> &dyn DriftTables {
        self.0.drift()
    }
    fn secrets(&self) -> &Secrets {
        self.0.secrets()
    }
    fn load(&self) -> Load {
        self.0.load()
    }
    async fn check(&self) -> Result<(), StoreError> {
        panic!("cannot read {SAID}")
    }
    async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        self.0.backup(to).await
    }
    async fn close(&self) -> Result<(), StoreError> {
        self.0.close().await
    }
}

/// Everything that comes within a moment, or up to what `end` says is the end.
async fn read_to(stream: &mut TcpStream, end: &str) -> String {
    let mut text = String::new();
    let mut piece = [0; 4096];
    while !text.contains(end) {
        let read = stream.read(&mut piece).await.unwrap();
        assert!(read > 0, "the connection ended: {text}");
        text.push_str(std::str::from_utf8(&piece[..read]).unwrap());
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_panics_is_500_and_its_connection_and_the_server_live_on() {
    let folder = tempfile::tempdir().unwrap();
    let (path, clock) = (folder.path().join("events.db"), Clock::fixed(now()));
    let store = store::create(&url(&path), &clock).await.unwrap();
    let metrics = Listener::bind("127.0.0.1:0".parse().unwrap())
        .await
        .unwrap();
    let page = metrics.addr();
    let faulty = Arc::new(Faulty(store));
    let mut server =
        Running::on_store(&path, faulty, clock, |bound| bound.with_metrics(metrics)).await;
    let addr = server.base.strip_prefix("http://").unwrap().to_owned();
    let mut stream = TcpStream::connect(&addr).await.unwrap();
    let body = batch(&[event()]).to_string();
    let post = format!(
        "POST {EVENTS_PATH} HTTP/1.1\r\nhost: x\r\norigin: https://example.com\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    for _time in 0..3 {
        stream.write_all(post.as_bytes()).await.unwrap();
        let answer = read_to(&mut stream, "tells where\"}").await;
        assert!(answer.starts_with("HTTP/1.1 500"), "{answer}");
        assert!(answer.contains("\"code\":\"internal_error\""), "{answer}");
        assert!(
            answer.contains("access-control-allow-origin: *"),
            "{answer}"
        );
        assert!(!answer.contains(SAID), "{answer}");
    }
    let (status, answer) = server.get(READY_PATH).await;
    assert_eq!((status, &answer["code"]), (500, &"internal_error".into()));
    assert_eq!(server.get("/v1/health").await.0, 200);
    let counted = reqwest::get(format!("http://{page}/metrics"))
        .await
        .unwrap();
    let counted = counted.text().await.unwrap();
    assert!(
        counted.contains("\ndecantr_http_panics_total 4\n"),
        "{counted}"
    );
    server.stop().await.unwrap();
}
