//! Durable ingest over HTTP into SQLite, as a ratio to bare group commits of the same rows in the same run.
//!
//! `cargo bench --bench ingest [-- CLIENTS] [scattered]`. A real server on loopback and its clients share this process and its
//! cores; each client posts batches of 100 events of one machine out of 20,000 (`scattered`: of a hundred machines) with fresh
//! UUIDv7 ids and waits for the answer, which comes after the commit. The bare runs insert the same events, already encoded,
//! from one thread that has the machine to itself: no network, no JSON, no validation, no rollups. The baseline commits every
//! 1,000 rows and has the unique index that deduplication needs; beside it stand the same without the index, and with it but
//! in groups as large as all clients together can have on the way. At the end stands how many events and requests a second there
//! are when a request has fewer events, or more: those go the way of PostHog's SDKs, `/batch/`.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark prints, stops at the first surprise and needs the real time and arguments"
)]

mod load;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use decantr::base::clock::Clock;
use decantr::model::catalog::Catalog;
use decantr::model::protocol::{EVENTS_PATH, MAX_BATCH_EVENTS};
use decantr::server::access::AccessSettings;
use decantr::server::rollup::Day;
use decantr::server::serve::{Listener, Settings};
use decantr::server::store::{self, Days, StoreUrl, UsageQuery};
use jiff::Timestamp;
use load::{Made, Template, is_posthog, made};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

/// Batches in one run: 300,000 events.
const BATCHES: usize = 3_000;
const ROUNDS: usize = 5;
/// Events that all clients together may have on the way: more than the server's queue takes would be turned away.
const QUEUE: usize = 32_000;
/// Requests in one run, and events in each of them, where these are fewer or more than a batch may have; more go the way of
/// PostHog's SDKs, `/batch/`.
const OTHERS: [(usize, usize); 3] = [(100_000, 1), (20_000, 10), (300, 1_000)];
/// Rows in one commit of the baseline.
const BASELINE_GROUP: usize = 1_000;

fn main() {
    let clients = std::env::args().find_map(|arg| arg.parse().ok());
    let clients: usize = clients.unwrap_or(128);
    let events = BATCHES * MAX_BATCH_EVENTS;
    println!(
        "{events} events a run, {MAX_BATCH_EVENTS} a request, {clients} clients, synchronous=FULL"
    );
    println!("round |      HTTP |  baseline | ratio | no index | ratio | large groups | ratio");
    let (mut rates, mut ratios) = (Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        let large = clients * MAX_BATCH_EVENTS;
        let baseline = bare(BASELINE_GROUP, true);
        let plain = bare(BASELINE_GROUP, false);
        let grouped = bare(large, true);
        let http = http_of(clients, BATCHES, MAX_BATCH_EVENTS);
        println!(
            "{round:5} | {http:9.0} | {baseline:9.0} | {:5.2} | {plain:8.0} | {:5.2} | {grouped:12.0} | {:5.2}",
            http / baseline,
            http / plain,
            http / grouped
        );
        rates.push(http);
        ratios.push(http / baseline);
    }
    let (http, ratio) = (median(rates), median(ratios));
    println!("medians: {http:.0} events/s, {ratio:.2} of the baseline");
    println!("events a request | events/s | requests/s, median of {ROUNDS} rounds");
    for (requests, events) in OTHERS {
        let rates = (0..ROUNDS)
            .map(|_| http_of(clients.min(QUEUE / events), requests, events))
            .collect();
        let rate = median(rates);
        let size = f64::from(u32::try_from(events).unwrap());
        println!("{events:16} | {rate:8.0} | {:10.0}", rate / size);
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM"));
    println!(
        "peak memory of server and clients together: {}",
        peak.unwrap_or("unknown")
    );
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    *values.get(values.len() / 2).unwrap()
}

/// Events a second over HTTP, in so many requests of so many events.
fn http_of(clients: usize, requests: usize, size: usize) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let clock = Clock::system();
        let now = clock.now();
        let url: StoreUrl = format!("sqlite:{}/ingest.db", folder.path().display())
            .parse()
            .unwrap();
        let store = store::create(&url, &clock).await.unwrap();
        let settings = Settings {
            access: AccessSettings {
                event_rate: None,
                ..AccessSettings::default()
            },
            ..Settings::new(Catalog::decantr())
        };
        let listener = Listener::bind("127.0.0.1:0".parse().unwrap())
            .await
            .unwrap();
        let bound = listener.serving(settings, Arc::clone(&store), clock);
        let addr = bound.addr;
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(bound.run(async move {
            stopped.await.ok();
        }));
        let next = Arc::new(AtomicUsize::new(0));
        let start = Instant::now();
        let tasks: Vec<_> = (0..clients)
            .map(|_| {
                let next = Arc::clone(&next);
                tokio::spawn(async move {
                    let mut stream = TcpStream::connect(addr).await.unwrap();
                    stream.set_nodelay(true).unwrap();
                    let mut template = Template::new(path(size), size, now);
                    loop {
                        let batch = next.fetch_add(1, Ordering::Relaxed);
                        if batch >= requests {
                            return;
                        }
                        post(&mut stream, template.batch(batch, now)).await;
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        let elapsed = start.elapsed();
        stop.send(()).unwrap();
        server.await.unwrap().unwrap();
        check(&url, now, requests * size).await;
        let events = f64::from(u32::try_from(requests * size).unwrap());
        events / elapsed.as_secs_f64()
    })
}

/// Where a request of so many events goes.
fn path(events: usize) -> &'static str {
    if is_posthog(events) {
        "/batch/"
    } else {
        EVENTS_PATH
    }
}

/// Sends one request and reads its answer whole.
async fn post(stream: &mut TcpStream, request: &[u8]) {
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::with_capacity(16 * 1024);
    loop {
        assert_ne!(
            stream.read_buf(&mut answer).await.unwrap(),
            0,
            "the connection broke"
        );
        let Some(end) = answer.windows(4).position(|window| window == b"\r\n\r\n") else {
            continue;
        };
        let head = std::str::from_utf8(answer.get(..end).unwrap())
            .unwrap()
            .to_ascii_lowercase();
        assert!(head.starts_with("http/1.1 20"), "{head}");
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .unwrap();
        if answer.len() >= end + 4 + length.parse::<usize>().unwrap() {
            return;
        }
    }
}

/// Every event must be there, counted once.
async fn check(url: &StoreUrl, now: Timestamp, events: usize) {
    let store = store::open(url).await.unwrap();
    let query = UsageQuery {
        catalog: "decantr".to_owned(),
        days: Days::ending(Day::of(now), 3),
        actor: None,
        source: None,
        environment: None,
        org: None,
    };
    let rows = store.usage(&query).await.unwrap();
    let counted: u64 = rows.iter().map(|row| row.counts.events).sum();
    assert_eq!(counted, u64::try_from(events).unwrap());
}

fn bare(group: usize, unique: bool) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let mut db = open_bare(&folder.path().join("bare.db"), unique);
    let now = Timestamp::now();
    let total = BATCHES * MAX_BATCH_EVENTS;
    let mut elapsed = 0.0;
    for first in (0..total).step_by(group) {
        let rows: Vec<(Made, String, String, String)> = (first..total.min(first + group))
            .map(|number| {
                let made = made(number, now);
                let install = format!(
                    "install_8a6e0804-2bd0-4672-b79d-d97027f9{:05}",
                    made.install
                );
                let project = format!(
                    "project_0f3b1a52-6b0e-4c89-9f5e-5e2f6a1c{:05}",
                    made.install
                );
                let session = format!("sess_{:012}", made.session);
                (made, install, project, session)
            })
            .collect();
        let start = Instant::now();
        let change = db.transaction().unwrap();
        {
            let mut insert = change
                .prepare_cached(
                    "INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                )
                .unwrap();
            for (made, install, project, session) in &rows {
                insert
                    .execute(rusqlite::params![
                        made.id.as_bytes(),
                        made.at.as_microsecond(),
                        now.as_microsecond(),
                        made.name,
                        "cli",
                        "production",
                        install,
                        project,
                        session,
                        "3.8.1",
                        made.properties
                    ])
                    .unwrap();
            }
        }
        change.commit().unwrap();
        elapsed += start.elapsed().as_secs_f64();
    }
    f64::from(u32::try_from(total).unwrap()) / elapsed
}

fn open_bare(path: &Path, unique: bool) -> rusqlite::Connection {
    let db = rusqlite::Connection::open(path).unwrap();
    db.execute_batch(
        "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = 4096;
         CREATE TABLE events (id BLOB NOT NULL, happened_at INTEGER, received_at INTEGER, name TEXT,
           source TEXT, environment TEXT, install TEXT, project TEXT, session TEXT, version TEXT,
           properties TEXT);",
    )
    .unwrap();
    if unique {
        db.execute_batch("CREATE UNIQUE INDEX events_by_id ON events (id)")
            .unwrap();
    }
    db
}
