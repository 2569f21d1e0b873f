//! A service in this process against a real server: what it records is what the operator reads, also where it lost something.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::StatusCode;
use decantr::client::recorder::{ErrorClass, ErrorMap, Recorded, Recorder};
use decantr::config::{Env, ServiceConfig};
use decantr::model::catalog::Catalog;
use decantr::model::outcome::{Outcome, Reason};
use serde_json::{Value, json};

use crate::support::process::{Home, Served};
use crate::support::serving::Serving;

/// Longer than anything takes here.
const PATIENCE: Duration = Duration::from_mins(1);

/// Longer than no failure may hold anybody up.
const AT_ONCE: Duration = Duration::from_secs(5);

/// HMAC-SHA-256 of the guild's number under the salt, as `openssl dgst -sha256 -hmac` makes it.
const GUILD_HASH: &str = "535fef3efc2ff34cf9dc90963e1241eb";

const GUILD: u64 = 317_465_478_312_886_273;

/// A service as its operator sets it up.
fn config(id: &str, url: &str, key: &str, more: &[(&str, &str)]) -> ServiceConfig {
    let env = [
        ("TELEMETRY_ENABLED", "true"),
        ("TELEMETRY_HASH_SALT", "correct horse battery staple"),
        ("DECANTR_TELEMETRY_ENDPOINT", url),
        ("DECANTR_TELEMETRY_INGEST_KEY", key),
    ];
    let env = Env::from_pairs(env.into_iter().chain(more.iter().copied()));
    let config = ServiceConfig::new(Catalog::embedded(id).unwrap())
        .with_env(&env)
        .unwrap();
    config.flush_interval(PATIENCE)
}

/// An operator's home with a server of this catalog, and a key.
fn operator(id: &str) -> (Home, Served, String) {
    let mut home = Home::new();
    let store = home.store();
    home.set("DECANTR_STORE", store);
    home.run(&["ops", "org", "add", "bots"]).ok();
    let args = [
        "ops", "key", "create", "--scope", "ingest", "--org", "bots", "--json",
    ];
    let key = home.run(&args).exits(0).json()["key"]
        .as_str()
        .unwrap()
        .to_owned();
    let served = home.serve_with(&["--catalog", id]);
    (home, served, key)
}

fn rows(home: &Home, id: &str, query: &str) -> Value {
    let args = [
        "ops",
        "query",
        query,
        "--catalog",
        id,
        "--days",
        "2",
        "--json",
    ];
    home.run(&args).exits(0).json()["rows"].clone()
}

#[test]
fn what_a_service_records_is_what_the_operator_reads() {
    let (home, served, key) = operator("race-bot");
    let recorder = Recorder::service(config("race-bot", &served.url, &key, &[]));
    // 4 threads with 125 scopes each, of which every fifth fails: 1,000 events.
    std::thread::scope(|scope| {
        for thread in 0..4_u64 {
            let recorder = &recorder;
            scope.spawn(move || {
                for round in 0..125 {
                    let properties = [
                        ("provider", "smz3".into()),
                        ("guild_hash", (GUILD + thread).into()),
                    ];
                    let scope = recorder.scope_with("discord.generator", properties);
                    if round % 5 == 0 {
                        scope.failed(ErrorClass::Timeout);
                    } else {
                        scope.success();
                    }
                }
            });
        }
    });
    assert!(recorder.flush(PATIENCE));
    let books = recorder.books();
    assert_eq!((books.queued, books.accepted), (1_000, 1_000));
    assert_eq!((books.dropped, books.stripped), (vec![], vec![]));
    let rate = rows(&home, "race-bot", "success-rate");
    assert_eq!(
        rate,
        json!([["discord", "generator", "smz3", 400, 100, 0.8]])
    );
    // A midnight may lie in between.
    let groups = rows(&home, "race-bot", "active-groups");
    let groups = groups.as_array().unwrap().iter();
    assert_eq!(groups.filter_map(|row| row[1].as_u64()).max(), Some(4));
    let text = stored(&home);
    assert!(text.contains(GUILD_HASH), "{text:.500}");
    assert!(!text.contains(&GUILD.to_string()));
}

/// Everything that was stored of events, as text.
fn stored(home: &Home) -> String {
    let path = home.store().trim_start_matches("sqlite:").to_owned();
    let store = rusqlite::Connection::open(path).unwrap();
    let mut query = store.prepare("SELECT properties FROM events").unwrap();
    let rows = query.query_map([], |row| row.get::<_, String>(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn a_hash_that_a_service_made_arrives_as_it_is_also_where_the_server_hashes() {
    let (home, served, key) = operator("conversations");
    let config = config("conversations", &served.url, &key, &[]);
    let recorder = Recorder::service(config.source("api").unwrap());
    let outcome = recorder.tracker().user("me@example.com").record(
        "conversation_started",
        [("scenarioId", GUILD.into()), ("source", "qr".into())],
    );
    assert_eq!(outcome, Recorded::Done(Outcome::Accepted));
    assert!(recorder.flush(PATIENCE));
    let text = stored(&home);
    assert!(
        text.contains(&format!("\"scenarioId\":\"{GUILD_HASH}\"")),
        "{text}"
    );
}

#[test]
fn what_a_service_could_not_queue_is_where_the_operator_looks() {
    let (home, served, key) = operator("race-bot");
    let few = [("TELEMETRY_QUEUE_SIZE", "10")];
    let recorder = Recorder::service(config("race-bot", &served.url, &key, &few));
    let (mut asked, mut full) = (0, 0);
    while full < 25 && asked < 1_000_000 {
        asked += 1;
        let outcome = recorder.record("discord.generator.invoke", []);
        full += u64::from(outcome == Recorded::Done(Outcome::Dropped(Reason::QueueOverflow)));
    }
    assert!(recorder.flush(PATIENCE));
    recorder.record("discord.generator.invoke", []);
    assert!(
        recorder.flush(PATIENCE),
        "the batch that tells of the last losses"
    );
    let books = recorder.books();
    assert_eq!(books.dropped, [(Reason::QueueOverflow, full)]);
    assert_eq!(books.accepted, asked + 1 - full);
    let digest = home.run(&["ops", "digest", "--catalog", "race-bot", "--json"]);
    let digest = digest.exits(0).json();
    let alert = digest["alerts"].as_array().unwrap().iter();
    let alert = alert
        .clone()
        .find(|alert| alert["code"] == "queue_overflow")
        .unwrap();
    let text = format!("Services dropped {full} events because their queues were full");
    assert!(
        alert["message"].as_str().unwrap().contains(&text),
        "{alert}"
    );
}

/// A service that talks to `url`, with one event that waits, and what came of flushing and dropping it.
fn trouble(url: &str) -> (bool, Vec<(Reason, u64)>) {
    let recorder = Recorder::service(config("race-bot", url, "dcr_wrong", &[]));
    let began = Instant::now();
    recorder.scope("discord.generator").success();
    assert!(began.elapsed() < AT_ONCE, "recording waits for nothing");
    let is_settled = recorder.flush(Duration::from_millis(300));
    let dropped = recorder.books().dropped;
    drop(recorder);
    assert!(began.elapsed() < AT_ONCE, "{:?}", began.elapsed());
    (is_settled, dropped)
}

#[test]
fn a_server_that_is_gone_hangs_or_talks_nonsense_holds_nobody_up() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let gone = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    assert_eq!(trouble(&gone), (false, vec![]));

    // It takes the connection, and never says a word.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let hangs = format!("http://{}", silent.local_addr().unwrap());
    assert_eq!(trouble(&hangs), (false, vec![]));

    for (status, text) in [
        (StatusCode::INTERNAL_SERVER_ERROR, "oh"),
        (StatusCode::OK, "<html>"),
        (StatusCode::ACCEPTED, "{\"accepted\":true,\"results\":[]}"),
        (StatusCode::FOUND, ""),
    ] {
        let server = Serving::start(Router::new().fallback(move || async move { (status, text) }));
        assert_eq!(trouble(&server.url), (false, vec![]), "{status} {text}");
    }
}

#[test]
fn a_wrong_key_costs_the_events_and_is_counted() {
    let (_home, served, _key) = operator("race-bot");
    assert_eq!(trouble(&served.url), (true, vec![(Reason::Refused, 2)]));
}

#[test]
fn a_tool_has_the_same_face() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let gone = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let machine = super::support::Machine::new().with("DECANTR_TELEMETRY_ENDPOINT", &gone);
    machine.enable();
    let recorder = machine.recorder();
    let properties = [("command", "analyze".into()), ("success", true.into())];
    let took = Duration::from_millis(12);
    let outcome = recorder.record_timing("cli.command.completed", took, properties);
    assert_eq!(outcome, Recorded::Done(Outcome::Accepted));
    recorder
        .tracker()
        .user("me@example.com")
        .scope("cli.nothing")
        .success();
    assert!(!recorder.flush(AT_ONCE), "nobody listens there");
    let off = Recorder::off();
    off.tracker().session(1).scope("cli.command").success();
    assert!(off.flush(AT_ONCE));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_flushes_to_a_real_server_also_from_within_a_runtime() {
    let home = Home::new();
    let served = home.serve();
    let clock = decantr::base::clock::Clock::system();
    let mut machine =
        super::support::Machine::new().with("DECANTR_TELEMETRY_ENDPOINT", &served.url);
    machine.clock = clock;
    machine.enable();
    let recorder = machine.recorder();
    super::support::record(&recorder);
    assert!(recorder.flush(PATIENCE));
    assert!(stored(&home).contains("\"command\":\"analyze\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_http_client_meets_is_told_apart() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let gone = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let hangs = format!("http://{}", silent.local_addr().unwrap());
    let late = Serving::start(Router::new().fallback(|| async { StatusCode::GATEWAY_TIMEOUT }));
    let lacks = Serving::start(Router::new());
    let client = reqwest::Client::builder().no_proxy();
    let client = client.timeout(Duration::from_millis(300)).build().unwrap();
    for (url, class) in [
        (&gone, ErrorClass::Unavailable),
        (&hangs, ErrorClass::Timeout),
        (&late.url, ErrorClass::Timeout),
        (&lacks.url, ErrorClass::Unexpected),
    ] {
        let answer = client.get(url).send().await;
        let error = answer
            .and_then(reqwest::Response::error_for_status)
            .unwrap_err();
        assert_eq!(ErrorMap::default().class_of(&error), class, "{error:?}");
        let wrapped = std::io::Error::other(error);
        assert_eq!(ErrorMap::default().class_of(&wrapped), class);
    }
}
