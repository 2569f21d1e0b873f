//! Links between opaque ids and accounts: who may make and end one, and what becomes of events.

use std::slice::from_ref;

use decantr::model::event::Actor;
use decantr::model::protocol::{Claim, LINK_PATH, ME_PATH, OrgName, Scope};
use reqwest::Method;
use serde_json::{Value, json};

use super::accounts_support::{Owned, code, foreign, own};
use super::support::{NOW, Running, event, with};

/// A server with the organisation acme and a key that may link to it.
async fn with_acme() -> (Running, OrgName, Owned) {
    let server = Running::start().await;
    let org = server.add_org("acme").await;
    let key = server.key(&[Scope::Link], Some(&org)).await;
    (server, org, key)
}

async fn linked(server: &Running) -> Vec<(String, String)> {
    let links = server.store.identities().links().await.unwrap();
    links
        .into_iter()
        .map(|row| (row.id.into(), row.user.into()))
        .collect()
}

async fn unlink(server: &Running, key: &Owned, ids: &[Claim]) -> (u16, Value) {
    let body = json!({ "schemaVersion": 1, "ids": ids, "until": NOW });
    server
        .ask(Method::DELETE, LINK_PATH, Some(key), Some(body))
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_tells_who_it_belongs_to() {
    let (server, _, key) = with_acme().await;
    let (status, me) = server.ask(Method::GET, ME_PATH, Some(&key), None).await;
    let expected = json!({
        "schemaVersion": 1,
        "keyId": key.id,
        "userId": key.user,
        "org": { "id": "org_acme", "slug": "acme" },
        "scopes": ["link"],
    });
    assert_eq!((status, me), (200, expected));
    let alone = server.key(&[Scope::Ingest, Scope::Admin], None).await;
    let (_, me) = server.ask(Method::GET, ME_PATH, Some(&alone), None).await;
    assert_eq!(me.get("org"), None);
    assert_eq!(me["scopes"], json!(["ingest", "admin"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_made_once_and_said_once() {
    let (server, org, key) = with_acme().await;
    let (install, project) = (own("install", 1), own("project", 2));
    let ids = [install.clone(), project.clone()];
    let first = server.link(&key, "acme", &ids).await;
    let expected = json!({
        "schemaVersion": 1,
        "org": org,
        "userId": key.user,
        "linked": [install.id, project.id],
        "from": NOW,
    });
    assert_eq!(first, (200, expected));
    assert_eq!(server.link(&key, "acme", &ids).await, first);
    let events = server.store.events(0, 10).await.unwrap();
    let [said] = events.as_slice() else {
        panic!("one link, one event: {events:?}")
    };
    assert_eq!(said.name, "telemetry.identity_linked");
    assert_eq!(&*said.context.source, "api");
    assert_eq!(said.context.install_id.as_ref(), Some(&install.id));
    assert_eq!(said.context.org_id.as_ref(), Some(&org.id));
    assert_eq!(said.context.user_id.as_ref().unwrap().as_str(), key.user);
    let properties: Value = serde_json::from_str(&said.properties).unwrap();
    let expected = json!({
        "success": true, "identityType": "install", "linkCount": 2, "orgScoped": true,
    });
    assert_eq!(properties, expected);
    let audit = server.store.identities().audit(2).await.unwrap();
    let expected = format!("key:{}", key.id);
    assert!(
        audit
            .iter()
            .all(|entry| entry.action == "link" && entry.by.who == expected)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn events_after_a_link_count_under_its_organisation() {
    let (server, org, key) = with_acme().await;
    let install = own("install", 1);
    let from_it = || with(event(), "/context/installId", install.id.as_str());
    server.batch(&[from_it()]).await;
    let body = json!({
        "schemaVersion": 1,
        "org": "acme",
        "ids": [install],
        "from": "2026-11-20T04:30:00Z",
    });
    let answer = server
        .ask(Method::POST, LINK_PATH, Some(&key), Some(body))
        .await;
    assert_eq!(answer.0, 200, "{answer:?}");
    let later = with(from_it(), "/timestamp", "2026-11-20T04:40:00Z");
    server.batch(&[from_it(), later]).await;
    let events = server.store.events(0, 10).await.unwrap();
    let of_cli: Vec<_> = events
        .iter()
        .filter(|event| &*event.context.source == "cli")
        .map(|event| (event.counted.actor, event.counted.owner.org.clone()))
        .collect();
    let unlinked = (Actor::Customer, None);
    assert_eq!(
        of_cli,
        [unlinked.clone(), unlinked, (Actor::Customer, Some(org.id))]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_links_what_is_not_theirs() {
    let (server, org, key) = with_acme().await;
    let other = server.add_org("other").await;
    let stranger = server.key(&[Scope::Link], Some(&other)).await;
    let colleague = server.key(&[Scope::Link], Some(&org)).await;
    let homeless = server.key(&[Scope::Link], None).await;
    let mine = own("install", 1);
    let with_secret = |secret: Option<String>| Claim {
        secret,
        id: mine.id.clone(),
    };
    let refuted = [
        with_secret(None),
        with_secret(own("install", 2).secret),
        with_secret(Some(String::new())),
        with_secret(Some("01".repeat(31))),
        with_secret(Some("01".repeat(33))),
        with_secret(Some("no hex".to_owned())),
    ];
    for claim in refuted {
        let answer = server.link(&key, "acme", &[own("project", 3), claim]).await;
        assert_eq!(code(&answer), (403, "bad_proof"));
        assert!(!answer.1.to_string().contains(mine.id.as_str()));
    }
    let cases = [
        (&key, "nobody", 404, "unknown_org"),
        (&key, "other", 403, "not_a_member"),
        (&stranger, "acme", 403, "not_a_member"),
        (&homeless, "acme", 403, "not_a_member"),
    ];
    for (key, org, status, expected) in cases {
        let answer = server.link(key, org, from_ref(&mine)).await;
        assert_eq!(code(&answer), (status, expected));
    }
    assert_eq!(linked(&server).await, []);

    let found = foreign("inst_0123456789abcdef");
    assert_eq!(server.link(&key, "acme", from_ref(&found)).await.0, 200);
    for thief in [(&stranger, "other"), (&colleague, "acme")] {
        let answer = server
            .link(thief.0, thief.1, &[own("project", 4), found.clone()])
            .await;
        assert_eq!(code(&answer), (409, "linked_by_another"));
        let (_, unlinked) = unlink(&server, thief.0, from_ref(&found)).await;
        assert_eq!(unlinked["unlinked"], json!([]));
    }
    assert_eq!(
        linked(&server).await,
        [(found.id.to_string(), key.user.clone())]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_of_a_secret_takes_their_id_back() {
    let (server, _, key) = with_acme().await;
    let other = server.add_org("other").await;
    let second = server.key(&[Scope::Link], Some(&other)).await;
    let mine = [own("install", 1)];
    assert_eq!(server.link(&key, "acme", &mine).await.0, 200);
    assert_eq!(server.link(&second, "other", &mine).await.0, 200);
    let id = mine[0].id.to_string();
    assert_eq!(linked(&server).await, [(id.clone(), second.user.clone())]);
    let stolen = [Claim {
        secret: None,
        ..mine[0].clone()
    }];
    let answer = unlink(&server, &second, &stolen).await;
    assert_eq!(code(&answer), (403, "bad_proof"));
    let (status, answer) = unlink(&server, &key, &mine).await;
    assert_eq!((status, &answer["unlinked"]), (200, &json!([id])));
    let (_, again) = unlink(&server, &key, &mine).await;
    assert_eq!(again["unlinked"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_far_off_is_not_believed() {
    let (server, _, key) = with_acme().await;
    for (at, from) in [
        ("2026-11-19T06:00:00Z", "2026-11-19T06:00:00Z"),
        ("2020-01-01T00:00:00Z", NOW),
        ("2099-01-01T00:00:00Z", NOW),
    ] {
        let ids = [foreign(&format!("inst_{}", at.split('-').next().unwrap()))];
        let body = json!({ "schemaVersion": 1, "org": "acme", "ids": ids, "from": at });
        let (status, answer) = server
            .ask(Method::POST, LINK_PATH, Some(&key), Some(body))
            .await;
        assert_eq!((status, answer["from"].as_str()), (200, Some(from)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_read_strictly() {
    let (server, _, key) = with_acme().await;
    let good =
        json!({ "schemaVersion": 1, "org": "acme", "ids": [own("install", 1)], "from": NOW });
    let many: Vec<Claim> = (0..101).map(|n| foreign(&format!("inst_{n}"))).collect();
    let cases = [
        (
            with(good.clone(), "/schemaVersion", 2),
            422,
            "unsupported_schema_version",
        ),
        (with(good.clone(), "/ids", json!([])), 400, "invalid_ids"),
        (with(good.clone(), "/ids", json!(many)), 400, "invalid_ids"),
        (
            with(good.clone(), "/ids", json!([foreign("user_1")])),
            400,
            "not_linkable",
        ),
        (
            with(good.clone(), "/ids", json!([foreign("anon_1")])),
            400,
            "not_linkable",
        ),
        (
            with(good.clone(), "/ids", json!([{ "id": "a@b.example" }])),
            400,
            "invalid_json",
        ),
        (
            with(good.clone(), "/label", "Two Words"),
            400,
            "invalid_label",
        ),
        (
            with(good.clone(), "/from", "yesterday"),
            400,
            "invalid_json",
        ),
        (
            json!([1, "acme", [own("install", 1)], NOW]),
            400,
            "invalid_json",
        ),
        (json!({ "schemaVersion": 1 }), 400, "invalid_json"),
        (
            with(good.clone(), "/label", "x".repeat(70_000)),
            413,
            "body_too_large",
        ),
    ];
    for (body, status, expected) in cases {
        let answer = server
            .ask(Method::POST, LINK_PATH, Some(&key), Some(body))
            .await;
        assert_eq!(code(&answer), (status, expected));
    }
    let bearer = format!("Bearer {}", key.text);
    let twice = good.to_string().replacen('{', r#"{"org":"other","#, 1);
    let headers = [("authorization", bearer.as_str())];
    let (status, _, answer) = server
        .send(Method::POST, LINK_PATH, &headers, Some(twice))
        .await;
    assert_eq!((status, &answer["code"]), (400, &json!("invalid_json")));
    assert_eq!(linked(&server).await, []);
    assert_eq!(
        server
            .ask(Method::POST, LINK_PATH, Some(&key), Some(good))
            .await
            .0,
        200
    );
}
