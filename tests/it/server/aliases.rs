//! The operator's routes: what is said about ids, and the reports that follow from it.

use decantr::model::event::opaque_id;
use decantr::model::protocol::Scope;
use decantr::model::protocol::{ALIASES_PATH, ATTRIBUTION_PATH, USAGE_PATH};
use reqwest::Method;
use serde_json::{Value, json};

use super::accounts_support::{Owned, code, foreign};
use super::support::{Running, event, with};

async fn with_admin() -> (Running, Owned) {
    let server = Running::start().await;
    server.add_org("acme").await;
    let admin = server.key(&[Scope::Admin], None).await;
    (server, admin)
}

async fn get(server: &Running, key: &Owned, path: &str) -> (u16, Value) {
    server.ask(Method::GET, path, Some(key), None).await
}

async fn put(server: &Running, key: &Owned, body: Value) -> (u16, Value) {
    server
        .ask(Method::PUT, ALIASES_PATH, Some(key), Some(body))
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_classification_moves_what_was_counted_and_can_be_taken_back() {
    let (server, admin) = with_admin().await;
    let of = |id: &str| with(event(), "/context/installId", id);
    server
        .batch(&[of("inst_1"), of("inst_1"), of("inst_2")])
        .await;
    let usage = format!("{USAGE_PATH}?days=7&actor=customer");
    let customers =
        async || get(&server, &admin, &usage).await.1["summary"]["total_events"].clone();
    assert_eq!(customers().await, 3);

    let (_, listed) = get(&server, &admin, ALIASES_PATH).await;
    let candidate = json!({
        "id": "inst_1", "kind": "install", "events": 2, "lastSeen": "2026-11-20T04:24:06.472Z",
    });
    let candidates = listed["candidates"].as_array().unwrap();
    assert!(candidates.contains(&candidate), "{listed}");

    let (status, set) = put(
        &server,
        &admin,
        json!({ "id": "inst_1", "actor": "internal" }),
    )
    .await;
    assert_eq!(
        (status, &set["rekeyed"]["events"]),
        (200, &json!(2)),
        "{set}"
    );
    assert_eq!(set["before"], Value::Null);
    assert_eq!(set["after"]["actor"], "internal");
    assert_eq!(customers().await, 1);
    let body = json!({ "id": "inst_1", "org": "acme", "user": "user_1" });
    let (_, changed) = put(&server, &admin, body).await;
    assert_eq!(changed["before"]["actor"], "internal");
    assert_eq!(changed["after"]["org"], "acme");
    assert_eq!(changed["after"]["orgId"], "org_acme");
    assert_eq!(changed["after"]["by"], format!("key:{}", admin.id));
    assert_eq!(customers().await, 3);
    let (_, listed) = get(&server, &admin, ALIASES_PATH).await;
    assert_eq!(listed["aliases"], json!([changed["after"]]));

    let (_, found) = get(
        &server,
        &admin,
        &format!("{ATTRIBUTION_PATH}?org=acme&limit=1"),
    )
    .await;
    let row = &found["rows"][0];
    assert_eq!(
        (&row["org_slug"], &row["events"]),
        (&json!("acme"), &json!(2)),
        "{found}"
    );
    let (_, found) = get(&server, &admin, &format!("{USAGE_PATH}?org=acme")).await;
    assert_eq!(found["summary"]["total_events"], 2);

    let path = format!("{ALIASES_PATH}?id=inst_1");
    let (status, removed) = server.ask(Method::DELETE, &path, Some(&admin), None).await;
    assert_eq!((status, &removed["after"]), (200, &Value::Null));
    let again = server.ask(Method::DELETE, &path, Some(&admin), None).await;
    assert_eq!(code(&again), (404, "unknown_alias"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_of_another_shape_is_classified_where_its_events_are() {
    let (server, admin) = with_admin().await;
    server
        .batch(&[with(event(), "/context/installId", "someone@example.com")])
        .await;
    let body = json!({ "id": "someone@example.com", "kind": "install", "actor": "service" });
    let (status, set) = put(&server, &admin, body).await;
    assert_eq!(
        (status, &set["rekeyed"]["events"]),
        (200, &json!(1)),
        "{set}"
    );
    let hmac_key = &server.store.secrets().hmac_key;
    let stored = opaque_id("install", "someone@example.com", hmac_key).unwrap();
    assert_eq!(set["after"]["id"], stored.as_str());
    assert!(!set.to_string().contains("example.com"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_meant_is_refused_by_name() {
    let (server, admin) = with_admin().await;
    let cases = [
        (json!({ "id": "inst_1" }), 400, "nothing_said"),
        (
            json!({ "id": "inst_1", "actr": "internal" }),
            400,
            "invalid_json",
        ),
        (
            json!({ "id": "inst_1", "actor": "anonymous" }),
            400,
            "invalid_actor",
        ),
        (
            json!({ "id": "inst_1", "actor": "boss" }),
            400,
            "invalid_actor",
        ),
        (
            json!({ "id": "inst_1", "org": "nobody" }),
            404,
            "unknown_org",
        ),
        (
            json!({ "id": "inst_1", "user": "a@b.example" }),
            400,
            "invalid_user",
        ),
        (
            json!({ "id": "user_1", "actor": "internal" }),
            400,
            "invalid_id",
        ),
        (
            json!({ "id": "machine 7", "actor": "internal" }),
            400,
            "invalid_id",
        ),
        (
            json!({ "id": "machine 7", "kind": "car", "actor": "internal" }),
            400,
            "invalid_kind",
        ),
    ];
    for (body, status, expected) in cases {
        let answer = put(&server, &admin, body).await;
        assert_eq!(code(&answer), (status, expected));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_is_read_strictly() {
    let (server, admin) = with_admin().await;
    for (query, expected) in [
        ("days=2", "invalid_days"),
        ("days=x", "invalid_days"),
        ("actor=boss", "invalid_actor"),
        ("source=nowhere", "invalid_source"),
        ("catalog=other", "invalid_catalog"),
        ("day=7", "unknown_parameter"),
        ("days=7&days=7", "repeated_parameter"),
        ("org=nobody", "unknown_org"),
    ] {
        for path in [USAGE_PATH, ATTRIBUTION_PATH] {
            let answer = get(&server, &admin, &format!("{path}?{query}")).await;
            let status = if expected == "unknown_org" { 404 } else { 400 };
            assert_eq!(code(&answer), (status, expected), "{path}?{query}");
        }
    }
    let answer = get(&server, &admin, &format!("{USAGE_PATH}?environment=moon")).await;
    assert_eq!(code(&answer), (400, "invalid_environment"));
    for limit in ["0", "1001", "-1"] {
        let answer = get(
            &server,
            &admin,
            &format!("{ATTRIBUTION_PATH}?limit={limit}"),
        )
        .await;
        assert_eq!(code(&answer), (400, "invalid_limit"));
    }
    let all = "days=90&limit=1000&actor=customer&source=cli&catalog=decantr";
    let answer = get(&server, &admin, &format!("{ATTRIBUTION_PATH}?{all}")).await;
    assert_eq!(answer.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn links_are_listed_for_the_operator() {
    let (server, admin) = with_admin().await;
    let org = server.add_org("acme").await;
    let key = server.key(&[Scope::Link], Some(&org)).await;
    assert_eq!(server.link(&key, "acme", &[foreign("inst_1")]).await.0, 200);
    let (_, listed) = get(&server, &admin, ALIASES_PATH).await;
    let expected = json!([{
        "id": "inst_1",
        "org": { "id": "org_acme", "slug": "acme" },
        "userId": key.user,
        "label": null,
        "from": super::support::NOW,
    }]);
    assert_eq!(listed["links"], expected);
}
