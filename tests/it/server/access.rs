//! Keys at the door: which hold, what they are for, and what they let in.

use std::time::{Duration, Instant};

use decantr::base::ids::OpaqueId;
use decantr::model::outcome::Strip;
use decantr::model::protocol::{ALIASES_PATH, ATTRIBUTION_PATH, USAGE_PATH};
use decantr::model::protocol::{EVENTS_PATH, FORGET_PATH, LINK_PATH, ME_PATH, OrgName, Scope};
use decantr::server::rollup::{Day, Tally};
use decantr::server::store::Days;
use reqwest::Method;
use serde_json::{Value, json};

use super::accounts_support::{Owned, by, code};
use super::support::{Running, batch, event, now, with};

/// Every route that needs a key, with the scope it needs.
fn routes() -> Vec<(Method, String, Option<Scope>)> {
    let admin = Some(Scope::Admin);
    vec![
        (Method::GET, ME_PATH.to_owned(), None),
        (Method::POST, LINK_PATH.to_owned(), Some(Scope::Link)),
        (Method::DELETE, LINK_PATH.to_owned(), Some(Scope::Link)),
        (Method::GET, ALIASES_PATH.to_owned(), admin),
        (Method::PUT, ALIASES_PATH.to_owned(), admin),
        (Method::DELETE, format!("{ALIASES_PATH}?id=inst_1"), admin),
        (Method::GET, USAGE_PATH.to_owned(), admin),
        (Method::GET, ATTRIBUTION_PATH.to_owned(), admin),
    ]
}

async fn org(server: &Running) -> OrgName {
    server.add_org("acme").await
}

/// The key with another secret part.
fn wrong(key: &Owned) -> String {
    let (head, secret) = key.text.rsplit_once(&format!("{}_", key.id)).unwrap();
    format!("{head}{}_{}", key.id, "A".repeat(secret.len()))
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_wrong_with_a_key_the_answer_is_the_same() {
    let server = Running::start().await;
    let org = org(&server).await;
    let good = server.key(&Scope::ALL, Some(&org)).await;
    let revoked = server.key(&Scope::ALL, Some(&org)).await;
    let identities = server.store.identities();
    identities.revoke_key(&revoked.id, &by()).await.unwrap();
    let bearers = [
        format!("Bearer {}", revoked.text),
        format!("Bearer {}", wrong(&good)),
        format!("Bearer {}", good.text.replace(&good.id, &revoked.id)),
        format!("Bearer dcr_000000000000_{}", "A".repeat(43)),
        format!("Bearer {}x", good.text),
        "Bearer x".to_owned(),
        "Bearer ".to_owned(),
        good.text.clone(),
        format!("Basic {}", good.text),
    ];
    let (_, _, expected) = server.send(Method::GET, ME_PATH, &[], None).await;
    assert_eq!(expected["code"], "unknown_key");
    let mut tried = 1;
    for (at, bearer) in bearers.iter().enumerate() {
        let (method, path, _) = routes().swap_remove(at % routes().len());
        for (method, path) in [(method, path), (Method::POST, EVENTS_PATH.to_owned())] {
            let headers = [("authorization", bearer.as_str())];
            let body = Some(batch(&[event()]).to_string());
            let (status, _, answer) = server.send(method, &path, &headers, body).await;
            assert_eq!((status, &answer), (401, &expected), "{path} {at}");
            tried += 1;
        }
    }
    assert!(tried < 20, "a peer may fail 20 times at once");
    let twice = format!("Bearer {}", good.text);
    let twice = [
        ("authorization", twice.as_str()),
        ("authorization", twice.as_str()),
    ];
    let (status, _, answer) = server.send(Method::GET, ME_PATH, &twice, None).await;
    assert_eq!((status, answer), (401, expected));
    assert!(server.usage().await.is_empty(), "something was stored");
    let any_case = format!("bearer  {}", good.text);
    let headers = [("authorization", any_case.as_str())];
    assert_eq!(
        server.send(Method::GET, ME_PATH, &headers, None).await.0,
        200
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_nothing_is_told() {
    let server = Running::start().await;
    for (method, path, _) in routes() {
        let answer = server.ask(method, &path, None, None).await;
        assert_eq!(code(&answer), (401, "unknown_key"), "{path}");
    }
    let path = format!("{FORGET_PATH}/{}", uuid::Uuid::nil());
    let answer = server.ask(Method::GET, &path, None, None).await;
    assert_eq!(code(&answer), (404, "unknown_ticket"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_for_its_scopes_only() {
    let server = Running::start().await;
    let org = org(&server).await;
    for scope in Scope::ALL {
        let key = server.key(&[scope], Some(&org)).await;
        for (method, path, needed) in routes() {
            let answer = server.ask(method.clone(), &path, Some(&key), None).await;
            let is_let_in = needed.is_none_or(|needed| needed == scope);
            let is_refused = code(&answer) == (403, "missing_scope");
            assert_eq!(
                is_refused, !is_let_in,
                "{scope} {method} {path}: {answer:?}"
            );
        }
        let body = Some(batch(&[event()]));
        let answer = server
            .ask(Method::POST, EVENTS_PATH, Some(&key), body)
            .await;
        let expected = if scope == Scope::Ingest { 202 } else { 403 };
        assert_eq!(answer.0, expected, "{scope}: {answer:?}");
    }
    assert_eq!(server.usage().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_ends_at_once_and_within_a_second_for_events() {
    let server = Running::start().await;
    let key = server.key(&[Scope::Ingest, Scope::Admin], None).await;
    let send = || {
        server.ask(
            Method::POST,
            EVENTS_PATH,
            Some(&key),
            Some(batch(&[event()])),
        )
    };
    assert_eq!(send().await.0, 202);
    assert_eq!(
        server
            .ask(Method::GET, USAGE_PATH, Some(&key), None)
            .await
            .0,
        200
    );
    let identities = server.store.identities();
    identities.revoke_key(&key.id, &by()).await.unwrap();
    let start = Instant::now();
    let answer = server.ask(Method::GET, USAGE_PATH, Some(&key), None).await;
    assert_eq!(code(&answer), (401, "unknown_key"));
    while send().await.0 == 202 {
        assert!(start.elapsed() < Duration::from_secs(2), "it still sends");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The strips of today.
async fn strips(server: &Running) -> Vec<(Tally, u64)> {
    let days = Days::ending(Day::of(now()), 1);
    let outcomes = server.store.outcomes("decantr", days).await.unwrap();
    outcomes
        .into_iter()
        .map(|row| (row.tally, row.count))
        .collect()
}

fn claiming(org: &str) -> Value {
    let event = with(event(), "/context/userId", "user_7");
    let event = with(event, "/context/sampleRate", 0.5);
    with(event, "/context/orgId", org)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_may_say_who_its_events_are_from_and_nobody_else_may() {
    let server = Running::start().await;
    let key = server.key(&[Scope::Ingest], None).await;
    let body = || Some(batch(&[claiming("org_9")]));
    assert_eq!(
        server
            .ask(Method::POST, EVENTS_PATH, Some(&key), body())
            .await
            .0,
        202
    );
    assert_eq!(
        server.ask(Method::POST, EVENTS_PATH, None, body()).await.0,
        202
    );
    let stored = server.store.events(0, 10).await.unwrap();
    let [keyed, keyless] = stored.as_slice() else {
        panic!("{stored:?}")
    };
    assert_eq!(keyed.context.user_id.as_ref().unwrap().as_str(), "user_7");
    assert_eq!(keyed.context.org_id.as_ref().unwrap().as_str(), "org_9");
    assert_eq!(keyed.context.sample_rate, Some(0.5));
    assert_eq!(keyless.context.user_id, None);
    assert_eq!(keyless.context.org_id, None);
    assert_eq!(keyless.context.sample_rate, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_are_not_public_need_a_key() {
    let server = Running::start().await;
    let key = server.key(&[Scope::Ingest], None).await;
    let body = json!({
        "name": "telemetry.identity_linked",
        "context": { "source": "api", "userId": "user_7" },
        "properties": { "success": true },
    });
    let send = |key| {
        server.ask(
            Method::POST,
            EVENTS_PATH,
            key,
            Some(batch(std::slice::from_ref(&body))),
        )
    };
    let (_, refused) = send(None).await;
    assert_eq!(refused["results"][0]["reason"], "not_public");
    let (_, taken) = send(Some(&key)).await;
    assert_eq!(taken["results"][0]["outcome"], "accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_an_organisation_speaks_for_no_other() {
    let server = Running::start().await;
    let org = org(&server).await;
    let key = server.key(&[Scope::Ingest], Some(&org)).await;
    let events = [event(), claiming("org_acme"), claiming("org_other")];
    let body = Some(batch(&events));
    assert_eq!(
        server
            .ask(Method::POST, EVENTS_PATH, Some(&key), body)
            .await
            .0,
        202
    );
    for stored in server.store.events(0, 10).await.unwrap() {
        assert_eq!(stored.context.org_id.as_ref(), Some(&org.id));
    }
    let stripped = (Tally::Stripped(Strip::OrgOfAnother), 1);
    let strips = strips(&server).await;
    assert!(strips.contains(&stripped), "{strips:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_comes_in_as_an_id_of_another_kind() {
    let server = Running::start().await;
    let event = with(event(), "/context/anonymousId", "user_7");
    let event = with(event, "/context/installId", "org_acme");
    let event = with(event, "/context/projectId", "proj_abc");
    server.batch(&[event]).await;
    let stored = server.store.events(0, 10).await.unwrap();
    let context = &stored[0].context;
    let kept = |id: &Option<OpaqueId>| id.as_ref().unwrap().to_string();
    assert!(kept(&context.anonymous_id).starts_with("anon_hmac-"));
    assert!(kept(&context.install_id).starts_with("install_hmac-"));
    assert_eq!(kept(&context.project_id), "proj_abc");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_event_stands_for_a_million_at_most() {
    let server = Running::start().await;
    let key = server.key(&[Scope::Ingest], None).await;
    let refused = [5e-324, 1e-300, 9.9e-7, 0.0, -1.0, 1.1];
    let rated = |rate: f64| with(event(), "/context/sampleRate", rate);
    let body = batch(&refused.map(rated));
    let answer = server.ask(Method::POST, EVENTS_PATH, Some(&key), Some(body));
    assert_eq!(answer.await.0, 202);
    for stored in server.store.events(0, 10).await.unwrap() {
        assert_eq!(stored.context.sample_rate, None);
    }
    let body = batch(&[rated(1e-6)]);
    let answer = server.ask(Method::POST, EVENTS_PATH, Some(&key), Some(body));
    assert_eq!(answer.await.0, 202);
    let weight: f64 = server
        .usage()
        .await
        .iter()
        .map(|row| row.counts.weight)
        .sum();
    assert!((weight - 1_000_006.0).abs() < 0.001, "{weight}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_text_is_no_ticket() {
    let server = Running::start().await;
    for ticket in ["%ff", "%00", "a%2Fb", "x"] {
        let path = format!("{FORGET_PATH}/{ticket}");
        let answer = server.ask(Method::GET, &path, None, None).await;
        assert_eq!(code(&answer), (404, "unknown_ticket"), "{ticket}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn usage_and_attribution_count_alike() {
    let server = Running::start().await;
    let org = org(&server).await;
    let sender = server.key(&[Scope::Ingest], Some(&org)).await;
    let admin = server.key(&[Scope::Admin], None).await;
    let body = batch(&[event(), with(event(), "/context/sampleRate", 0.25)]);
    let answer = server.ask(Method::POST, EVENTS_PATH, Some(&sender), Some(body));
    assert_eq!(answer.await.0, 202);
    server.batch(&[event()]).await;
    for (filter, total) in [("", 6), ("?org=acme", 5)] {
        let ask = |path| server.ask(Method::GET, path, Some(&admin), None);
        let (usage, rows) = (
            format!("{USAGE_PATH}{filter}"),
            format!("{ATTRIBUTION_PATH}{filter}"),
        );
        let (_, usage) = ask(&usage).await;
        let (_, attribution) = ask(&rows).await;
        assert_eq!(usage["summary"]["total_events"], total);
        let rows = attribution["rows"].as_array().unwrap();
        let sum: u64 = rows.iter().map(|row| row["events"].as_u64().unwrap()).sum();
        assert_eq!(sum, total, "{attribution}");
        assert_eq!(attribution["org"], usage["org"]);
    }
}
