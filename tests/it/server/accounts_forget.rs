//! Erasure: who may ask for it, what is gone then, and what proves that it was done.

use std::slice::from_ref;

use decantr::model::protocol::{
    Claim, FORGET_PATH, ForgetReply, Forgotten, KEY_PATH, KeyPage, Scope,
};
use reqwest::Method;
use serde_json::{Value, json};

use super::accounts_support::{Owned, code, foreign, own};
use super::support::{Running, event, with};

async fn forget(server: &Running, key: Option<&Owned>, ids: &[Claim]) -> (u16, Value) {
    let body = json!({ "schemaVersion": 1, "ids": ids });
    server.ask(Method::POST, FORGET_PATH, key, Some(body)).await
}

fn from(claim: &Claim) -> Value {
    with(event(), "/context/installId", claim.id.as_str())
}

async fn stored(server: &Running) -> usize {
    server.store.events(0, 100).await.unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_needs_nothing_but_the_secret() {
    let server = Running::start().await;
    let (mine, other) = (own("install", 1), own("install", 2));
    server
        .batch(&[from(&mine), from(&mine), from(&other)])
        .await;
    let (status, first) = forget(&server, None, from_ref(&mine)).await;
    assert_eq!(status, 200, "{first}");
    let reply: ForgetReply = serde_json::from_value(first.clone()).unwrap();
    assert_eq!((reply.forgotten.ids, reply.forgotten.events), (1, 2));
    assert_eq!(reply.forgotten.beyond, Vec::<String>::new());
    assert_eq!(stored(&server).await, 1);

    let (_, page) = server.get(KEY_PATH).await;
    let page: KeyPage = serde_json::from_value(page).unwrap();
    let signed: Forgotten = reply.receipt.open(&page).unwrap();
    assert_eq!(signed, reply.forgotten);
    let path = format!("{FORGET_PATH}/{}", reply.forgotten.ticket);
    assert_eq!(
        server.ask(Method::GET, &path, None, None).await,
        (200, first)
    );
    for unknown in ["00000000-0000-0000-0000-000000000000", "x"] {
        let path = format!("{FORGET_PATH}/{unknown}");
        let answer = server.ask(Method::GET, &path, None, None).await;
        assert_eq!(code(&answer), (404, "unknown_ticket"));
    }

    let late = server.batch(&[from(&mine), from(&other)]).await;
    assert_eq!(late.results[0].outcome, "dropped");
    assert_eq!(late.results[1].outcome, "accepted");
    let org = server.add_org("acme").await;
    let key = server.key(&[Scope::Link], Some(&org)).await;
    let answer = server.link(&key, "acme", &[mine]).await;
    assert_eq!(code(&answer), (409, "forgotten"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_erases_what_is_not_theirs() {
    let server = Running::start().await;
    let (mine, theirs, old) = (own("install", 1), own("install", 2), foreign("inst_1"));
    server
        .batch(&[from(&mine), from(&theirs), from(&old)])
        .await;
    let with_secret = |secret: Option<String>| Claim {
        secret,
        id: theirs.id.clone(),
    };
    let admin = server.key(&[Scope::Admin], None).await;
    let user = server.key(&[Scope::Link, Scope::Ingest], None).await;
    for secret in [
        None,
        mine.secret.clone(),
        Some("02".repeat(31)),
        Some("02".repeat(33)),
    ] {
        for key in [None, Some(&user), Some(&admin)] {
            let ids = [mine.clone(), with_secret(secret.clone())];
            let answer = forget(&server, key, &ids).await;
            assert_eq!(code(&answer), (403, "bad_proof"));
            let text = answer.1.to_string();
            assert!(!text.contains(mine.id.as_str()) && !text.contains(theirs.id.as_str()));
        }
    }
    for key in [None, Some(&user)] {
        let answer = forget(&server, key, &[mine.clone(), old.clone()]).await;
        assert_eq!(code(&answer), (403, "admin_only"));
    }
    let answer = forget(&server, Some(&admin), &[foreign("user_1")]).await;
    assert_eq!(code(&answer), (400, "not_erasable"));
    let nobody = Owned {
        text: "x".to_owned(),
        id: String::new(),
        user: String::new(),
    };
    let answer = forget(&server, Some(&nobody), from_ref(&mine)).await;
    assert_eq!(code(&answer), (401, "unknown_key"));
    assert_eq!(stored(&server).await, 3, "something was erased");

    let (status, answer) = forget(&server, Some(&admin), &[mine, old]).await;
    assert_eq!((status, &answer["forgotten"]["events"]), (200, &json!(2)));
    assert_eq!(stored(&server).await, 1);
    let audit = server.store.identities().audit(1).await.unwrap();
    assert_eq!(audit[0].by.who, format!("key:{}", admin.id));
}
