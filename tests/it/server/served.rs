//! A server of several catalogs: which route takes whose events, and reports about each.

use decantr::model::protocol::{EVENTS_PATH, Scope};
use reqwest::Method;
use serde_json::{Value, json};

use super::accounts_support::Owned;
use super::support::{NOW, Running, batch, event};

fn of_the_bot() -> Value {
    json!({
        "schemaVersion": "1.0.0",
        "catalog": "race-bot",
        "events": [{
            "name": "discord.generator.success",
            "context": { "source": "discord" },
            "properties": { "status": "ok", "duration_ms": 40, "guild_hash": 123_456_789_012_345_678_i64 },
            "timestamp": NOW,
        }],
    })
}

async fn post(server: &Running, path: &str, key: Option<&Owned>, body: &Value) -> (u16, Value) {
    let body = Some(body.clone());
    server.ask(Method::POST, path, key, body).await
}

async fn catalogs(server: &Running) -> Vec<(String, String)> {
    let events = server.store.events(0, 10).await.unwrap();
    events.into_iter().map(|e| (e.catalog, e.name)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_catalog_has_its_own_routes_and_the_root_is_of_the_first() {
    let server = Running::serving(&["decantr", "race-bot"]).await;
    let key = server.key(&[Scope::Ingest], None).await;
    let (status, refused) = post(&server, EVENTS_PATH, Some(&key), &of_the_bot()).await;
    assert_eq!((status, &refused["code"]), (422, &json!("unknown_catalog")));
    let own = format!("/catalogs/race-bot{EVENTS_PATH}");
    let (status, reply) = post(&server, &own, Some(&key), &of_the_bot()).await;
    assert_eq!(status, 202, "{reply}");
    assert_eq!(reply["results"][0]["outcome"], "accepted", "{reply}");
    server.batch(&[event()]).await;
    let (status, _) = post(
        &server,
        &format!("/catalogs/decantr{EVENTS_PATH}"),
        None,
        &batch(&[event()]),
    )
    .await;
    assert_eq!(status, 202);
    let expected = [
        ("race-bot", "discord.generator.success"),
        ("decantr", "cli.command.completed"),
        ("decantr", "cli.command.completed"),
    ];
    let kept = catalogs(&server).await;
    let kept: Vec<_> = kept.iter().map(|(c, n)| (&**c, &**n)).collect();
    assert_eq!(kept, expected);
    let (status, _) = post(
        &server,
        &format!("/catalogs/drift{EVENTS_PATH}"),
        None,
        &of_the_bot(),
    )
    .await;
    assert_eq!(status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_about_the_catalog_that_is_asked_for() {
    let server = Running::serving(&["decantr", "race-bot"]).await;
    let admin = server.key(&[Scope::Ingest, Scope::Admin], None).await;
    let own = format!("/catalogs/race-bot{EVENTS_PATH}");
    post(&server, &own, Some(&admin), &of_the_bot()).await;
    for (query, total) in [("", 0), ("?catalog=decantr", 0), ("?catalog=race-bot", 1)] {
        let path = format!("/v1/admin/telemetry/usage{query}");
        let (status, usage) = server.ask(Method::GET, &path, Some(&admin), None).await;
        assert_eq!(status, 200, "{usage}");
        assert_eq!(usage["summary"]["total_events"], total, "{query}: {usage}");
    }
    let path = "/v1/admin/telemetry/usage?catalog=drift";
    let (status, refused) = server.ask(Method::GET, path, Some(&admin), None).await;
    assert_eq!((status, &refused["code"]), (400, &json!("invalid_catalog")));
}
