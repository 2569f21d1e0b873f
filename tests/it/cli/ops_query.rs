//! Named queries, as an operator runs them.

use std::fs;

use decantr::base::clock::Clock;
use decantr::model::protocol::EVENTS_PATH;
use jiff::civil::Date;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::process::{Home, Served};

pub(super) fn home() -> Home {
    let mut home = Home::new();
    let store = home.store();
    home.set("DECANTR_STORE", store);
    home
}

/// An ingest key.
pub(super) fn key(home: &Home) -> String {
    home.run(&["ops", "org", "add", "bots"]).ok();
    key_with(home, "ingest")
}

/// A key with this scope, of the organisation that is there.
pub(super) fn key_with(home: &Home, scope: &str) -> String {
    let args = [
        "ops", "key", "create", "--scope", scope, "--org", "bots", "--json",
    ];
    let made = home.run(&args).exits(0).json();
    made["key"].as_str().unwrap().to_owned()
}

pub(super) async fn post(server: &Served, key: Option<&str>, body: &Value) -> (u16, Value) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut request = client
        .post(format!("{}{EVENTS_PATH}", server.url))
        .body(body.to_string());
    if let Some(key) = key {
        request = request.bearer_auth(key);
    }
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let bytes = answer.bytes().await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap())
}

pub(super) fn batch(catalog: &str, version: &str, events: &[Value]) -> Value {
    json!({
        "schemaVersion": version,
        "catalog": catalog,
        "batchId": Uuid::now_v7(),
        "events": events,
    })
}

pub(super) fn generator(action: &str, provider: Option<&str>, status: &str) -> Value {
    json!({
        "id": Uuid::now_v7(),
        "name": format!("discord.generator.{action}"),
        "context": { "source": "discord", "environment": "production", "sampleRate": 0.5 },
        "properties": { "status": status, "provider": provider, "guild_hash": "0123456789abcdef0123456789abcdef", "duration_ms": 400 },
        "timestamp": Clock::system().now(),
    })
}

pub(super) fn assert_all_accepted(reply: &Value) {
    let results = reply["results"].as_array().unwrap();
    assert!(
        results.iter().all(|result| result["outcome"] == "accepted"),
        "{reply}"
    );
}

/// A home whose store has six requests to a race bot's generator, each of which stands for two.
async fn race_bot() -> Home {
    let home = home();
    let key = key(&home);
    let server = home.serve_with(&["--catalog", "race-bot"]);
    let events = [
        generator("invoke", Some("smz3"), "ok"),
        generator("success", Some("smz3"), "ok"),
        generator("success", Some("smz3"), "ok"),
        generator("success", Some("smz3"), "ok"),
        generator("failure", Some("smz3"), "timeout"),
        generator("failure", None, "error"),
    ];
    let (status, reply) = post(&server, Some(&key), &batch("race-bot", "1.0.0", &events)).await;
    assert_eq!(status, 202, "{reply}");
    assert_all_accepted(&reply);
    home
}

#[tokio::test(flavor = "multi_thread")]
async fn a_success_rate_counts_failures_too_and_is_csv_or_a_table() {
    let home = race_bot().await;
    let args = "ops query success-rate --catalog race-bot --format csv";
    let csv = home.run(&args.split(' ').collect::<Vec<_>>()).ok();
    let expected = "surface,feature,provider,successes,failures,success_rate\r\n\
                    discord,generator,smz3,6,2,0.75\r\n\
                    discord,generator,,0,2,0\r\n";
    assert_eq!(csv, expected);
    let table = home.run(&["ops", "query", "success-rate"]).ok();
    assert!(
        table.contains("75.0 %") && table.contains("(none)"),
        "{table}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_one_json_object_with_its_days_and_columns() {
    let home = race_bot().await;
    let args = "ops query usage-summary --period weekly --days 2 --json";
    let run = home.run(&args.split(' ').collect::<Vec<_>>()).exits(0);
    let json = run.json();
    let head = [
        "schemaVersion",
        "kind",
        "query",
        "catalog",
        "days",
        "period",
    ];
    assert_eq!(
        head.map(|name| json[name].clone()),
        [
            json!(1),
            json!("ops.query"),
            json!("usage-summary"),
            json!("race-bot"),
            json!(2),
            json!("weekly")
        ]
    );
    let columns = "week events features successes failures success_rate groups";
    assert_eq!(
        json["columns"],
        json!(columns.split(' ').collect::<Vec<_>>())
    );
    let days = ["from", "to"].map(|name| json[name].as_str().unwrap().parse::<Date>().unwrap());
    assert_eq!(days[0].tomorrow().unwrap(), days[1]);
    // Midnight, and with it a Monday, may lie between the events and the question.
    let rows = json["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row[1] != 0).unwrap();
    let expected = json!([row[0], 12, 1, 6, 4, 0.6, 1]);
    assert_eq!(*row, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digest_of_another_catalog_leaves_out_what_it_has_not() {
    let home = race_bot().await;
    let args = ["ops", "digest", "--catalog", "race-bot"];
    let digest = home.run(&[&args[..], &["--json"]].concat()).exits(0).json();
    assert_eq!(digest["catalog"], "race-bot");
    assert_eq!(digest["pulse"]["total_7d"], 12);
    assert_eq!(digest["pulse"]["failures_7d"], 2);
    assert_eq!(digest["project_health"], json!([]));
    let digest = home.run(&args).ok();
    for absent in ["Project health", "campaign", "activation rate"] {
        assert!(!digest.contains(absent), "{absent}: {digest}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_for_another_catalog_is_refused_with_the_name_of_the_right_one() {
    let home = home();
    let server = home.serve_with(&["--catalog", "race-bot"]);
    let (status, reply) = post(&server, None, &batch("decantr", "0.3.0", &[])).await;
    assert_eq!((status, &reply["code"]), (422, &json!("unknown_catalog")));
    let detail = reply["detail"].as_str().unwrap();
    assert!(detail.contains("race-bot"), "{detail}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_query_of_a_catalog_answers_on_an_empty_store_too() {
    let home = home();
    home.run(&["ops", "org", "add", "bots"]).ok();
    for name in [
        "events-per-day",
        "completion-rate",
        "session-duration",
        "tokens-by-scenario",
        "invitation-funnel",
        "feature-usage",
        "success-rate",
        "p95",
        "active-groups",
        "top-features",
        "usage-summary",
    ] {
        let json = home.run(&["ops", "query", name, "--json"]).exits(0).json();
        assert_eq!(json["query"], name);
        let head = home.run(&["ops", "query", name, "--format", "csv"]).ok();
        let columns = json["columns"].as_array().unwrap().iter();
        let columns: Vec<&str> = columns.map(|column| column.as_str().unwrap()).collect();
        assert_eq!(head.split("\r\n").next().unwrap(), columns.join(","));
        home.run(&["ops", "query", name]).ok();
    }
}

#[test]
fn bad_questions_are_refused_with_what_would_be_good_and_make_no_store() {
    let home = home();
    let unknown = home.run(&["ops", "query", "everything"]).exits(2);
    assert!(
        unknown.stderr.contains("usage-summary"),
        "{}",
        unknown.stderr
    );
    for args in [
        &["--days", "0"][..],
        &["--days", "367"],
        &["--days", "-1"],
        &["--days", "week"],
        &["--period", "monthly"],
        &["--format", "xml"],
        &["--format", "csv", "--json"],
    ] {
        let _refused = home
            .run(&[&["ops", "query", "p95"], args].concat())
            .exits(2);
    }
    let other = home
        .run(&[
            "ops",
            "query",
            "session-duration",
            "--catalog",
            "race-bot",
            "--json",
        ])
        .exits(2);
    let error: Value = serde_json::from_str(&other.stdout).unwrap();
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("conversation_ended"),
        "{error}"
    );
    let missing = home.run(&["ops", "query", "p95"]).exits(3);
    assert!(missing.stderr.contains("--store"), "{}", missing.stderr);
    assert!(home.snapshot().is_empty());
    assert!(!fs::exists(home.store().trim_start_matches("sqlite:")).unwrap());
}

#[test]
fn days_that_words_of_senders_are_no_longer_kept_for_are_warned_of() {
    let mut home = home();
    home.run(&["ops", "org", "add", "bots"]).ok();
    let run = home
        .run(&["ops", "query", "active-groups", "--days", "31", "--json"])
        .exits(0);
    assert!(run.stderr.contains("30 days only"), "{}", run.stderr);
    home.set("TELEMETRY_RETENTION_DAYS", "60");
    let run = home
        .run(&["ops", "query", "active-groups", "--days", "31", "--json"])
        .exits(0);
    assert_eq!(run.stderr, "");
}
