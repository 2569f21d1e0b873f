//! Who is who, in a store: what an operator reads back, erasure, copies, and two processes on one store.

use std::collections::BTreeSet;

use decantr::base::clock::Clock;
use decantr::base::ids::OpaqueId;
use decantr::model::event::Actor;
use decantr::model::outcome::Reason;
use decantr::model::protocol::{OrgName, Scope};
use decantr::server::rollup::{Day, IdentityKind};
use decantr::server::store::{
    self, ActivityQuery, Added, By, Claimed, Classification, Days, Flags, Key, Linked, NewLink,
    Store, StoreError,
};
use serde_json::Value;

use super::recount::assert_rollups_are_a_recount;
use super::support::{Running, event, everything, now, url, with};

fn id(text: &str) -> OpaqueId {
    OpaqueId::parse(text).unwrap()
}

fn by() -> By {
    By {
        who: "local:operator".to_owned(),
        at: now(),
    }
}

fn acme() -> OrgName {
    OrgName {
        id: id("org_acme"),
        slug: "acme".to_owned(),
    }
}

fn from(install: &str) -> Value {
    with(event(), "/context/installId", install)
}

fn week() -> ActivityQuery {
    ActivityQuery {
        catalog: "decantr".to_owned(),
        days: Days::ending(Day::of(now()), 7),
        actor: None,
        source: None,
        org: None,
        limit: 10,
    }
}

fn internal() -> Classification {
    Classification {
        actor: Some(Actor::Internal),
        ..Classification::default()
    }
}

async fn link(store: &dyn Store, install: &str, is_proven: bool, user: &str) -> Linked {
    let new = NewLink {
        ids: vec![Claimed {
            id: id(install),
            is_proven,
        }],
        org: acme().id,
        user: id(user),
        label: None,
        from: now(),
    };
    store.identities().link(&new, &by()).await.unwrap()
}

async fn count(store: &dyn Store, actor: Actor) -> u64 {
    let mut query = everything();
    query.actor = Some(actor);
    let rows = store.usage(&query).await.unwrap();
    rows.iter().map(|row| row.counts.events).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn organisations_users_and_keys_read_back_and_every_change_is_on_record() {
    let server = Running::start().await;
    let identities = server.store.identities();
    assert!(matches!(
        identities.add_org(&acme(), &by()).await.unwrap(),
        Added::New(_)
    ));
    let again = OrgName {
        slug: "other".to_owned(),
        ..acme()
    };
    let Added::Exists(there) = identities.add_org(&again, &by()).await.unwrap() else {
        panic!("one id, two organisations");
    };
    assert_eq!(there.name, acme());
    let key = Key {
        id: "0123456789ab".to_owned(),
        hash: [7; 32],
        scopes: vec![Scope::Link, Scope::Ingest],
        org: Some(acme()),
        user: id("user_1"),
        label: Some("ci".to_owned()),
        created_at: now(),
        revoked_at: None,
    };
    identities.add_key(&key, &by()).await.unwrap();
    assert_eq!(identities.keys().await.unwrap(), std::slice::from_ref(&key));
    assert_eq!(
        identities.key("0123456789ab").await.unwrap(),
        Some(key.clone())
    );
    assert_eq!(identities.key("000000000000").await.unwrap(), None);
    let revoked = identities
        .revoke_key(&key.id, &by())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(revoked.revoked_at, Some(now()));
    assert_eq!(
        identities.revoke_key("nonsense", &by()).await.unwrap(),
        None
    );
    let actions = actions(&*server.store).await;
    let changed: Vec<&str> = actions.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(changed, ["org.add", "key.create", "key.revoke"]);
    assert_eq!(actions[2].1, "0123456789ab");
}

/// The actions on record with their subjects, oldest first.
async fn actions(store: &dyn Store) -> Vec<(String, String)> {
    let audit = store.identities().audit(100).await.unwrap();
    assert!(audit.iter().all(|entry| entry.by == by()));
    let actions = audit.into_iter().rev();
    actions.map(|entry| (entry.action, entry.subject)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn flags_make_users_known_but_not_organisations() {
    let server = Running::start().await;
    let identities = server.store.identities();
    let flags = Flags {
        is_internal: true,
        is_test: false,
    };
    assert!(
        identities
            .flag(&id("org_none"), flags, &by())
            .await
            .unwrap()
            .is_none()
    );
    identities
        .flag(&id("user_2"), flags, &by())
        .await
        .unwrap()
        .unwrap();
    let users = identities.users().await.unwrap();
    let users: Vec<_> = users
        .iter()
        .map(|user| (user.id.as_str(), user.flags))
        .collect();
    assert_eq!(users, [("user_2", flags)]);
    let audit = identities.audit(10).await.unwrap();
    assert_eq!((audit.len(), audit[0].action.as_str()), (1, "user.flag"));
    assert!(
        audit[0]
            .from
            .as_deref()
            .unwrap()
            .contains("\"isInternal\":false"),
        "{audit:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn candidates_come_by_events_until_somebody_says_who_they_are() {
    let server = Running::start().await;
    server
        .batch(&[from("install_a"), from("install_b"), from("install_b")])
        .await;
    let identities = server.store.identities();
    let found = identities.candidates(&week()).await.unwrap();
    let seen: Vec<_> = found
        .iter()
        .map(|c| (c.kind, c.id.as_str(), c.events))
        .collect();
    assert_eq!(
        seen,
        [
            (IdentityKind::Project, "proj_abc", 3),
            (IdentityKind::Install, "install_b", 2),
            (IdentityKind::Install, "install_a", 1),
        ]
    );
    let (before, rekeyed) = identities
        .set_alias(&id("install_b"), Some(&internal()), &by())
        .await
        .unwrap();
    assert_eq!((before, rekeyed.events), (None, 2));
    let again = identities
        .set_alias(&id("install_b"), Some(&internal()), &by())
        .await
        .unwrap();
    assert_eq!(again.1.events, 0, "nothing is moved twice");
    assert_eq!(count(&*server.store, Actor::Internal).await, 2);
    let found = identities.candidates(&week()).await.unwrap();
    let seen: Vec<_> = found.iter().map(|c| (c.id.as_str(), c.events)).collect();
    assert_eq!(seen, [("install_a", 1), ("proj_abc", 1)]);
    let (before, rekeyed) = identities
        .set_alias(&id("install_b"), None, &by())
        .await
        .unwrap();
    assert_eq!((before.unwrap().says, rekeyed.events), (internal(), 2));
    assert_eq!(count(&*server.store, Actor::Internal).await, 0);
    assert!(identities.aliases().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_process_says_the_other_counts_by_at_once() {
    let mut one = Running::start().await;
    let two = store::create(&url(&one.path), &Clock::fixed(now()))
        .await
        .unwrap();
    one.batch(&[from("install_a")]).await;
    two.identities()
        .set_alias(&id("install_a"), Some(&internal()), &by())
        .await
        .unwrap();
    one.batch(&[from("install_a")]).await;
    assert_eq!(count(&*one.store, Actor::Internal).await, 2);
    assert_eq!(count(&*one.store, Actor::Customer).await, 0);
    two.close().await.unwrap();
    one.stop().await.unwrap();
    assert_rollups_are_a_recount(&one.path);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_nobody_can_prove_belongs_to_who_comes_first() {
    let server = Running::start().await;
    let store = &*server.store;
    store.identities().add_org(&acme(), &by()).await.unwrap();
    let done = Linked::Done(vec![id("inst_old")]);
    assert_eq!(link(store, "inst_old", false, "user_1").await, done);
    assert_eq!(
        link(store, "inst_old", false, "user_1").await,
        Linked::Done(vec![])
    );
    assert_eq!(
        link(store, "inst_old", false, "user_2").await,
        Linked::Taken(id("inst_old"))
    );
    assert_eq!(
        link(store, "inst_old", true, "user_2").await,
        done,
        "a proof wins"
    );
    let links = store.identities().links().await.unwrap();
    assert_eq!((links.len(), links[0].user.as_str()), (1, "user_2"));
    let claimed = [Claimed {
        id: id("inst_old"),
        is_proven: false,
    }];
    for (user, ended) in [("user_1", vec![]), ("user_2", vec![id("inst_old")])] {
        let (user, by) = (id(user), by());
        let end = store.identities().unlink(&claimed, &user, now(), &by);
        assert_eq!(end.await.unwrap(), ended);
    }
    assert!(store.identities().links().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_forgotten_is_gone_from_the_file_and_does_not_come_back() {
    let mut server = Running::start().await;
    let identities = server.store.identities();
    identities.add_org(&acme(), &by()).await.unwrap();
    let secret = with(
        from("install_gone-for-good"),
        "/context/projectId",
        "project_gone-along",
    );
    server
        .batch(&[secret.clone(), from("install_stays"), from("install_stays")])
        .await;
    link(&*server.store, "install_gone-for-good", true, "user_1").await;
    server.batch(&[from("install_gone-for-good")]).await;
    let counts = server.usage().await;
    let ids = BTreeSet::from([id("install_gone-for-good"), id("user_1")]);
    let forgotten = identities
        .forget(&ids, &["elsewhere".to_owned()], &by())
        .await
        .unwrap();
    assert_eq!(
        (forgotten.ids, forgotten.events, forgotten.links),
        (1, 2, 1)
    );
    assert_eq!(forgotten.beyond, ["elsewhere"]);
    assert_eq!(
        identities.forgotten(forgotten.ticket).await.unwrap(),
        Some(forgotten.clone())
    );
    assert_eq!(identities.forgotten(uuid::Uuid::nil()).await.unwrap(), None);
    assert_eq!(server.usage().await, counts, "counts without ids stay");
    assert_eq!(server.store.events(0, 10).await.unwrap().len(), 2);
    let reply = server
        .batch(&[from("install_gone-for-good"), from("install_stays")])
        .await;
    assert_eq!(reply.results[0].reason, Some(Reason::Forgotten));
    assert_eq!(reply.results[1].outcome, "accepted");
    let said = identities
        .set_alias(&id("install_gone-for-good"), Some(&internal()), &by())
        .await;
    assert!(
        matches!(said, Err(StoreError::Forgotten { .. })),
        "{said:?}"
    );
    server.stop().await.unwrap();
    let file = std::fs::read(&server.path).unwrap();
    for gone in ["gone-for-good", "gone-along"] {
        assert!(
            !file.windows(gone.len()).any(|w| w == gone.as_bytes()),
            "{gone}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purge_keeps_what_was_said_about_ids_and_forgets_links_that_ended() {
    let mut server = Running::start().await;
    let identities = server.store.identities();
    identities.add_org(&acme(), &by()).await.unwrap();
    let old = |install| with(from(install), "/timestamp", "2026-11-01T12:00:00Z");
    server
        .batch(&[old("install_said"), old("install_unsaid")])
        .await;
    identities
        .set_alias(&id("install_said"), Some(&internal()), &by())
        .await
        .unwrap();
    server.store.purge("decantr", Day::of(now())).await.unwrap();
    assert_eq!(
        identities.aliases().await.unwrap()[0].id,
        id("install_said")
    );
    server.batch(&[from("install_said")]).await;
    assert_eq!(count(&*server.store, Actor::Internal).await, 2);
    server.stop().await.unwrap();
    let file = std::fs::read(&server.path).unwrap();
    assert!(!file.windows(14).any(|w| w == b"install_unsaid"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_a_store_of_its_own_and_never_replaces_anything() {
    use std::os::unix::fs::PermissionsExt as _;
    let server = Running::start().await;
    server.batch(&[event(), event()]).await;
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("copy.db");
    server.store.backup(&to).await.unwrap();
    assert_eq!(to.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let copy = store::open(&url(&to)).await.unwrap();
    assert_eq!(
        copy.events(0, 10).await.unwrap(),
        server.store.events(0, 10).await.unwrap()
    );
    assert_eq!(copy.secrets().hmac_key, server.store.secrets().hmac_key);
    let before = std::fs::read(&to).unwrap();
    let again = server.store.backup(&to).await.unwrap_err();
    assert!(again.to_string().contains("copy.db"), "{again}");
    assert_eq!(std::fs::read(&to).unwrap(), before);
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        1,
        "nothing is left over"
    );
    let nowhere = server.store.backup(&folder.path().join("no/copy.db")).await;
    assert!(matches!(nowhere, Err(StoreError::File(_))), "{nowhere:?}");
}
