//! What is said about ids, and erased, in ways that nobody should try: doubled claims, ids in odd places, ids that begin alike.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use decantr::base::clock::Clock;
use decantr::base::ids::OpaqueId;
use decantr::model::catalog::Catalog;
use decantr::model::event::{Actor, Admission, RawEvent, Validator};
use decantr::model::outcome::{Outcome, Reason};
use decantr::model::protocol::OrgName;
use decantr::server::store::{
    self, Append, By, Claimed, Classification, Entry, Linked, NewLink, Store, StoreError,
};
use serde_json::{Value, json};

use super::recount::assert_rollups_are_a_recount;
use super::support::{Running, event, now, url, with};

fn id(text: &str) -> OpaqueId {
    OpaqueId::parse(text).unwrap()
}

fn ids<const N: usize>(texts: [&str; N]) -> BTreeSet<OpaqueId> {
    texts.into_iter().map(id).collect()
}

fn by() -> By {
    By {
        who: "local:operator".to_owned(),
        at: now(),
    }
}

fn from(install: &str) -> Value {
    with(event(), "/context/installId", install)
}

fn internal() -> Classification {
    Classification {
        actor: Some(Actor::Internal),
        ..Classification::default()
    }
}

fn proven(text: &str) -> Claimed {
    Claimed {
        id: id(text),
        is_proven: true,
    }
}

async fn link(store: &dyn Store, ids: Vec<Claimed>, label: Option<&str>) {
    let name = OrgName {
        id: id("org_acme"),
        slug: "acme".to_owned(),
    };
    store.identities().add_org(&name, &by()).await.unwrap();
    let new = NewLink {
        ids,
        org: name.id,
        user: id("user_1"),
        label: label.map(str::to_owned),
        from: now(),
    };
    let linked = store.identities().link(&new, &by()).await.unwrap();
    assert!(matches!(linked, Linked::Done(_)), "{linked:?}");
}

async fn say(store: &dyn Store, about: &str, says: &Classification) -> Result<u64, StoreError> {
    let identities = store.identities();
    let said = identities.set_alias(&id(about), Some(says), &by()).await;
    said.map(|(_, rekeyed)| rekeyed.events)
}

/// Erases an id; tells how many events that were.
async fn forget(store: &dyn Store, gone: &str) -> u64 {
    let identities = store.identities();
    let forgotten = identities.forget(&ids([gone]), &[], &by()).await;
    forgotten.unwrap().events
}

/// Appends an event as somebody with a key sends it.
async fn append(store: &dyn Store, event: &Value) -> Outcome {
    let validator = Validator::new(Catalog::decantr(), store.secrets().hmac_key, 90);
    let text = event.to_string();
    let raw: RawEvent<'_> = serde_json::from_str(&text).unwrap();
    let admission = Admission {
        now: now(),
        has_key: true,
    };
    let normalised = validator.normalise(&raw, admission).unwrap();
    let append = Append {
        catalog: Arc::clone(&validator.catalog().id),
        received_at: now(),
        entries: vec![Entry::from(normalised)],
        drops: Vec::new(),
        losses: Vec::new(),
    };
    store.append(append).await.unwrap().remove(0)
}

fn holds(path: &Path, needle: &str) -> bool {
    let file = std::fs::read(path).unwrap();
    file.windows(needle.len()).any(|w| w == needle.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn erasing_an_id_leaves_those_alone_that_begin_like_it() {
    let server = Running::start().await;
    let identities = server.store.identities();
    for about in ["install_1", "install_12"] {
        say(&*server.store, about, &internal()).await.unwrap();
    }
    forget(&*server.store, "install_1").await;
    let audit = identities.audit(10).await.unwrap();
    let subjects: Vec<_> = audit.iter().rev().map(|e| e.subject.as_str()).collect();
    assert_eq!(subjects[..2], ["(forgotten)", "install_12"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_owner_called_an_erased_id_goes_with_it() {
    let mut server = Running::start().await;
    let store = &*server.store;
    link(store, vec![proven("install_1")], Some("marys-laptop")).await;
    link(store, vec![proven("install_2")], Some("johns-laptop")).await;
    forget(store, "install_1").await;
    let audit = store.identities().audit(10).await.unwrap();
    assert_eq!(audit.iter().filter(|e| e.action == "link").count(), 2);
    server.stop().await.unwrap();
    assert!(!holds(&server.path, "marys-laptop"));
    assert!(holds(&server.path, "johns-laptop"));
}

#[tokio::test(flavor = "multi_thread")]
async fn configuration_does_not_bring_a_forgotten_id_back() {
    let mut server = Running::start().await;
    let identities = server.store.identities();
    server.batch(&[from("install_gone-for-good")]).await;
    forget(&*server.store, "install_gone-for-good").await;
    let listed = ids(["install_gone-for-good", "install_stays"]);
    identities.set_configured(&listed).await.unwrap();
    let reply = server
        .batch(&[from("install_gone-for-good"), from("install_stays")])
        .await;
    assert_eq!(reply.results[0].reason, Some(Reason::Forgotten));
    assert_eq!(reply.results[1].outcome, "accepted");
    server.stop().await.unwrap();
    assert!(!holds(&server.path, "gone-for-good"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_can_be_said_of_a_forgotten_id_through_another_one() {
    let mut server = Running::start().await;
    let identities = server.store.identities();
    forget(&*server.store, "project_gone-for-good").await;
    let says = Classification {
        org: Some(id("project_gone-for-good")),
        ..Classification::default()
    };
    let said = say(&*server.store, "install_1", &says).await;
    assert!(
        matches!(said, Err(StoreError::Forgotten { .. })),
        "{said:?}"
    );
    let new = NewLink {
        ids: vec![proven("project_gone-for-good")],
        org: id("org_acme"),
        user: id("user_1"),
        label: None,
        from: now(),
    };
    let linked = identities.link(&new, &by()).await;
    assert!(
        matches!(linked, Err(StoreError::Forgotten { .. })),
        "{linked:?}"
    );
    server.stop().await.unwrap();
    assert!(!holds(&server.path, "gone-for-good"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_in_an_odd_place_does_not_outlive_its_erasure() {
    let mut server = Running::start().await;
    let store = &*server.store;
    for place in ["userId", "orgId", "sessionId"] {
        let pointer = format!("/context/{place}");
        let odd = with(from("install_other"), &pointer, "install_gone-for-good");
        assert_eq!(append(store, &odd).await, Outcome::Accepted);
    }
    append(store, &from("install_gone-for-good")).await;
    assert_eq!(forget(store, "install_gone-for-good").await, 1);
    // The next new id gets the number of none of the old ones.
    append(store, &from("install_new")).await;
    let events = store.events(0, 10).await.unwrap();
    let told: Vec<_> = events
        .iter()
        .map(|e| json!(e.context).to_string())
        .collect();
    assert_eq!(told.iter().filter(|e| e.contains("install_new")).count(), 1);
    server.stop().await.unwrap();
    assert!(!holds(&server.path, "gone-for-good"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_is_claimed_twice_at_once_is_linked_once() {
    let server = Running::start().await;
    let store = &*server.store;
    link(store, vec![proven("install_1"), proven("install_1")], None).await;
    assert_eq!(store.identities().links().await.unwrap().len(), 1);
    let (claimed, user, by) = ([proven("install_1")], id("user_1"), by());
    let ended = store.identities().unlink(&claimed, &user, now(), &by);
    assert_eq!(ended.await.unwrap(), [id("install_1")]);
    assert!(store.identities().links().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn events_with_two_ids_that_change_at_once_are_moved_once() {
    let mut server = Running::start().await;
    let both = with(from("install_1"), "/context/projectId", "project_1");
    server.batch(&[both]).await;
    let listed = ids(["install_1", "project_1"]);
    let rekeyed = server.store.identities().set_configured(&listed).await;
    assert_eq!(rekeyed.unwrap().events, 1);
    server.stop().await.unwrap();
    assert_rollups_are_a_recount(&server.path);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_rate_that_stands_for_too_many_events_does_not_spoil_the_counts() {
    let mut server = Running::start().await;
    let store = &*server.store;
    let endless = with(from("install_1"), "/context/sampleRate", 1e-310);
    append(store, &endless).await;
    append(store, &from("install_2")).await;
    assert_eq!(say(store, "install_1", &internal()).await.unwrap(), 1);
    let weights = server.usage().await;
    assert!(weights.iter().all(|row| row.counts.weight.is_finite()));
    server.stop().await.unwrap();
    assert_rollups_are_a_recount(&server.path);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_that_count_and_classify_at_once_lose_nothing() {
    let mut one = Running::start().await;
    let two = store::create(&url(&one.path), &Clock::fixed(now())).await;
    let two = two.unwrap();
    let counting = |store: Arc<dyn Store>, start: u8| async move {
        for number in 0..60 {
            let install = format!("install_{}", (start + number) % 4);
            assert_eq!(append(&*store, &from(&install)).await, Outcome::Accepted);
        }
    };
    let classifying = |store: Arc<dyn Store>, about: &'static str| async move {
        for actor in [Some(Actor::Internal), Some(Actor::Service), None].repeat(8) {
            let says = actor.map(|actor| Classification {
                actor: Some(actor),
                ..Classification::default()
            });
            let (about, by) = (id(about), by());
            let said = store.identities().set_alias(&about, says.as_ref(), &by);
            said.await.unwrap();
        }
    };
    let done = tokio::join!(
        tokio::spawn(counting(Arc::clone(&one.store), 0)),
        tokio::spawn(counting(Arc::clone(&two), 2)),
        tokio::spawn(classifying(Arc::clone(&one.store), "proj_abc")),
        tokio::spawn(classifying(Arc::clone(&two), "install_1")),
    );
    assert!(done.0.is_ok() && done.1.is_ok() && done.2.is_ok() && done.3.is_ok());
    two.close().await.unwrap();
    assert_eq!(one.store.events(0, 1000).await.unwrap().len(), 120);
    one.stop().await.unwrap();
    assert_rollups_are_a_recount(&one.path);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_that_waits_for_a_reader_holds_no_writer_up() {
    let server = Running::start().await;
    append(&*server.store, &from("install_1")).await;
    let reader = rusqlite::Connection::open(&server.path).unwrap();
    let reading = "BEGIN; CREATE TEMP TABLE seen AS SELECT * FROM events";
    reader.execute_batch(reading).unwrap();
    let store = Arc::clone(&server.store);
    let forgetting = tokio::spawn(async move { forget(&*store, "install_1").await });
    while !server.store.events(0, 1).await.unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    let event = from("install_2");
    let appending = append(&*server.store, &event);
    let appended = tokio::time::timeout(Duration::from_secs(2), appending).await;
    assert_eq!(appended.unwrap(), Outcome::Accepted);
    assert!(!forgetting.is_finished());
    reader.execute_batch("COMMIT").unwrap();
    assert_eq!(forgetting.await.unwrap(), 1);
}
