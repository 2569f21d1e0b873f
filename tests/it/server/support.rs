//! A server on a free port with a store of its own, and requests in few words.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use decantr::base::clock::Clock;
use decantr::base::http::{Answer, Http, Request, parse_base_url};
use decantr::model::catalog::Catalog;
use decantr::model::protocol::{BatchReply, EVENTS_PATH};
use decantr::server::access::AccessSettings;
use decantr::server::rollup::Day;
use decantr::server::serve::{Bound, Listener, ServeError, Served, Settings};
use decantr::server::store::{
    self, Active, ActiveQuery, Days, Store, StoreUrl, UsageQuery, UsageRow,
};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use uuid::Uuid;

/// When the recorded samples are judged.
pub(crate) const NOW: &str = "2026-11-20T05:00:00Z";

pub(crate) fn now() -> Timestamp {
    NOW.parse().unwrap()
}

pub(crate) fn url(path: &Path) -> StoreUrl {
    StoreUrl::Sqlite(path.to_owned())
}

/// A server that stands until it is stopped or dropped.
pub(crate) struct Running {
    pub(crate) base: String,
    pub(crate) path: PathBuf,
    pub(crate) store: Arc<dyn Store>,
    http: Http,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<Result<(), ServeError>>,
    /// Removed with the server.
    folder: Option<tempfile::TempDir>,
}

impl Running {
    /// With an empty store and the clock at [`NOW`].
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.db");
        let mut running = Self::on(&path, Clock::fixed(now())).await;
        running.folder = Some(folder);
        running
    }

    /// With the store at `path`.
    pub(crate) async fn on(path: &Path, clock: Clock) -> Self {
        Self::on_bound(path, clock, |bound| bound).await
    }

    /// With the store at `path`, and with changes to the server before it runs.
    pub(crate) async fn on_bound(
        path: &Path,
        clock: Clock,
        change: impl FnOnce(Bound) -> Bound,
    ) -> Self {
        let store = store::create(&url(path), &clock).await.unwrap();
        Self::on_store(path, store, clock, change).await
    }

    /// With this store, which is at `path`.
    pub(crate) async fn on_store(
        path: &Path,
        store: Arc<dyn Store>,
        clock: Clock,
        change: impl FnOnce(Bound) -> Bound,
    ) -> Self {
        let access = AccessSettings {
            event_rate: None,
            ..AccessSettings::default()
        };
        Self::on_door(path, store, clock, access, change).await
    }

    /// With this store and this door.
    pub(crate) async fn on_door(
        path: &Path,
        store: Arc<dyn Store>,
        clock: Clock,
        access: AccessSettings,
        change: impl FnOnce(Bound) -> Bound,
    ) -> Self {
        let settings = Settings {
            access,
            ..Settings::new(Catalog::decantr())
        };
        Self::on_settings(path, store, clock, settings, change).await
    }

    /// With an empty store, the clock at [`NOW`] and these embedded catalogs, the first as the main one.
    pub(crate) async fn serving(ids: &[&str]) -> Self {
        let mut served = ids
            .iter()
            .map(|id| Served::from(Catalog::embedded(id).unwrap()));
        let settings = Settings {
            access: AccessSettings {
                event_rate: None,
                ..AccessSettings::default()
            },
            ..Settings::new(served.next().unwrap())
        };
        let settings = Settings {
            others: served.collect(),
            ..settings
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.db");
        let clock = Clock::fixed(now());
        let store = store::create(&url(&path), &clock).await.unwrap();
        let mut running = Self::on_settings(&path, store, clock, settings, |bound| bound).await;
        running.folder = Some(folder);
        running
    }

    /// With this store and these settings.
    pub(crate) async fn on_settings(
        path: &Path,
        store: Arc<dyn Store>,
        clock: Clock,
        settings: Settings,
        change: impl FnOnce(Bound) -> Bound,
    ) -> Self {
        let listener = Listener::bind("127.0.0.1:0".parse().unwrap())
            .await
            .unwrap();
        let bound = change(listener.serving(settings, Arc::clone(&store), clock));
        let base = format!("http://{}", bound.addr);
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(bound.run(async move {
            stopped.await.ok();
        }));
        Self {
            base,
            path: path.to_owned(),
            store,
            http: Http::new(Duration::from_secs(30)).unwrap(),
            stop: Some(stop),
            task,
            folder: None,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        let url = parse_base_url(&format!("{}{path}", self.base)).unwrap();
        read(&self.http.get(&url).await.unwrap())
    }

    pub(crate) async fn post_bytes(&self, body: impl Into<Vec<u8>>) -> Answer {
        let url = parse_base_url(&format!("{}{EVENTS_PATH}", self.base)).unwrap();
        let request = Request {
            headers: vec![("content-type", "application/json".to_owned())],
            body: Some(body.into()),
        };
        self.http.post(&url, request).await.unwrap()
    }

    pub(crate) async fn post(&self, body: impl Into<Vec<u8>>) -> (u16, Value) {
        read(&self.post_bytes(body).await)
    }

    /// Posts a batch that must be taken.
    pub(crate) async fn batch(&self, events: &[Value]) -> BatchReply {
        let (status, reply) = self.post(batch(events).to_string()).await;
        assert_eq!(status, 202, "{reply}");
        serde_json::from_value(reply).unwrap()
    }

    /// Tells the server to stop and waits until it has.
    pub(crate) async fn stop(&mut self) -> Result<(), ServeError> {
        self.stop.take().unwrap().send(()).unwrap();
        (&mut self.task).await.unwrap()
    }

    pub(crate) async fn usage(&self) -> Vec<UsageRow> {
        self.store.usage(&everything()).await.unwrap()
    }

    pub(crate) async fn active(&self) -> Active {
        let query = everything();
        let query = ActiveQuery {
            catalog: query.catalog,
            since: query.days.from,
            actor: None,
            source: None,
            org: None,
        };
        self.store.active(&query).await.unwrap()
    }
}

/// The rows of a year around [`NOW`].
pub(crate) fn everything() -> UsageQuery {
    UsageQuery {
        catalog: "decantr".to_owned(),
        days: Days::ending(Day::of(now()).plus(180), 360),
        actor: None,
        source: None,
        environment: None,
        org: None,
    }
}

pub(crate) fn read(answer: &Answer) -> (u16, Value) {
    let value = serde_json::from_slice(&answer.body);
    let value = value.unwrap_or_else(|_| panic!("{answer:?} is not JSON"));
    (answer.status, value)
}

pub(crate) fn batch(events: &[Value]) -> Value {
    json!({
        "schemaVersion": "0.3.0",
        "catalog": "decantr",
        "batchId": Uuid::now_v7(),
        "events": events,
    })
}

/// A good event with a new id.
pub(crate) fn event() -> Value {
    json!({
        "id": Uuid::now_v7(),
        "name": "cli.command.completed",
        "context": {
            "source": "cli",
            "installId": "inst_0123456789abcdef",
            "projectId": "proj_abc",
            "sessionId": "sess_1",
            "decantrVersion": "3.8.1",
            "environment": "production",
        },
        "properties": { "command": "check", "durationMs": 1234, "success": true },
        "timestamp": "2026-11-20T04:24:06.472Z",
    })
}

/// `event` with the member at `pointer` replaced.
pub(crate) fn with(mut event: Value, pointer: &str, value: impl Into<Value>) -> Value {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    event.pointer_mut(parent).unwrap()[key] = value.into();
    event
}
