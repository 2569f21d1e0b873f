//! The end of an account: events stay and count, and nothing says any more whose they were.

use decantr::base::ids::OpaqueId;
use decantr::model::event::opaque_id;
use decantr::model::protocol::{Claim, Scope, TRACK_PATH, USERS_PATH};
use reqwest::Method;
use serde_json::{Value, json};

use super::accounts_support::Owned;
use super::recount::assert_rollups_are_a_recount;
use super::support::{NOW, Running};

async fn track(server: &Running, key: &Owned, body: Value) {
    let (status, reply) = server
        .ask(Method::POST, TRACK_PATH, Some(key), Some(body))
        .await;
    assert_eq!(status, 202, "{reply}");
}

/// What two users do, and nobody.
async fn use_it(server: &Running, key: &Owned) {
    for (at, user) in [
        ("01", Some("clx1")),
        ("02", Some("clx1")),
        ("03", Some("clx2")),
        ("04", None),
    ] {
        let mut body = json!({
            "name": "message_sent",
            "properties": { "length": 5 },
            "timestamp": format!("2026-11-20T04:00:{at}Z"),
        });
        if let Some(user) = user {
            body["userId"] = user.into();
        }
        track(server, key, body).await;
    }
    for (from, to) in [("clx1", "clx2"), ("clx3", "clx1")] {
        let properties = json!({ "fromUserId": from, "toUserId": to });
        let body = json!({ "name": "user_merged", "properties": properties, "timestamp": NOW });
        track(server, key, body).await;
    }
}

fn rows(server: &Running, sql: &str) -> Vec<Option<String>> {
    let db = rusqlite::Connection::open(&server.path).unwrap();
    let mut all = db.prepare(sql).unwrap();
    let rows = all.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

const USERS: &str = "SELECT i.text FROM events AS e JOIN senders AS s ON s.id = e.sender
    LEFT JOIN ids AS i ON i.id = s.user ORDER BY e.sequence";

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_users_events_stay_and_name_nobody() {
    let mut server = Running::serving(&["conversations"]).await;
    let key = server.key(&[Scope::Ingest, Scope::Admin], None).await;
    use_it(&server, &key).await;
    let hash_of = |user: &str| {
        let id = opaque_id("user", user, &server.store.secrets().hmac_key).unwrap();
        id.as_str().trim_start_matches("user_hmac-").to_owned()
    };
    let (gone, other) = (hash_of("clx1"), hash_of("clx2"));
    let named = |hash: &str| Some(format!("user_hmac-{hash}"));
    assert_eq!(rows(&server, USERS)[0], named(&gone), "it was there before");

    let body = json!({ "userId": "clx1" });
    let (status, reply) = server
        .ask(Method::DELETE, USERS_PATH, Some(&key), Some(body.clone()))
        .await;
    assert_eq!((status, &reply["deleted"]["events"]), (200, &json!(2)));
    let whose = rows(&server, USERS);
    assert_eq!(whose, [None, None, named(&other), None, None, None]);
    let merged = "SELECT properties FROM events ORDER BY sequence DESC LIMIT 2";
    let merged: String = rows(&server, merged).into_iter().flatten().collect();
    assert!(
        !merged.contains(&gone) && merged.contains(&other),
        "{merged}"
    );
    assert_rollups_are_a_recount(&server.path);

    // What was still on its way is kept without the user, and the second time nothing is left to do.
    track(&server, &key, json!({ "name": "message_sent", "properties": { "length": 9 }, "userId": "clx1", "timestamp": NOW })).await;
    assert_eq!(rows(&server, USERS)[6], None);
    let (status, again) = server
        .ask(Method::DELETE, USERS_PATH, Some(&key), Some(body))
        .await;
    assert_eq!((status, &again["deleted"]["events"]), (200, &json!(0)));
    assert_rollups_are_a_recount(&server.path);
    server.stop().await.unwrap();
    let file = std::fs::read(&server.path).unwrap();
    assert!(
        !contains(&file, gone.as_bytes()),
        "the file still names the user"
    );
    assert!(contains(&file, other.as_bytes()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_deleted_user_owned_ends() {
    let server = Running::start().await;
    let org = server.add_org("acme").await;
    let admin = server.key(&[Scope::Admin], None).await;
    let own = server.key(&[Scope::Link, Scope::Ingest], Some(&org)).await;
    let claim = Claim {
        id: OpaqueId::parse("inst_0123456789abcdef").unwrap(),
        secret: None,
    };
    let (status, _) = server.link(&own, "acme", &[claim]).await;
    assert_eq!(status, 200);
    server.batch(&[super::support::event()]).await;
    let (status, reply) = server
        .ask(
            Method::DELETE,
            USERS_PATH,
            Some(&admin),
            Some(json!({ "userId": own.user })),
        )
        .await;
    assert_eq!(status, 200, "{reply}");
    let deleted = &reply["deleted"];
    assert_eq!(
        (&deleted["keys"], &deleted["links"]),
        (&json!(1), &json!(1))
    );
    let (status, _) = server.ask(Method::GET, "/v1/me", Some(&own), None).await;
    assert_eq!(status, 401, "its keys go");
    assert!(server.store.identities().links().await.unwrap().is_empty());
    let audit = server.store.identities().audit(100).await.unwrap();
    let audit = format!("{audit:?}");
    assert!(
        !audit.contains(&own.user) && audit.contains("user.delete"),
        "{audit}"
    );
    assert_rollups_are_a_recount(&server.path);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_administrator_deletes_users() {
    let server = Running::start().await;
    let key = server.key(&[Scope::Ingest, Scope::Link], None).await;
    let body = Some(json!({ "userId": "clx1" }));
    let (status, _) = server
        .ask(Method::DELETE, USERS_PATH, Some(&key), body.clone())
        .await;
    assert_eq!(status, 403);
    let (status, _) = server.ask(Method::DELETE, USERS_PATH, None, body).await;
    assert_eq!(status, 401);
    let admin = server.key(&[Scope::Admin], None).await;
    for bad in [
        json!({}),
        json!({ "userId": " " }),
        json!({ "userId": [] }),
        json!({ "user": 1 }),
    ] {
        let (status, _) = server
            .ask(Method::DELETE, USERS_PATH, Some(&admin), Some(bad.clone()))
            .await;
        assert_eq!(status, 400, "{bad}");
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
