//! Whatever is said about ids, in whichever order: the reports are those of somebody who had known it all from the start.

use std::path::Path;
use std::sync::Arc;

use decantr::base::clock::Clock;
use decantr::base::ids::OpaqueId;
use decantr::model::catalog::Catalog;
use decantr::model::event::{Actor, Admission, Owner, RawEvent, Validator};
use decantr::model::protocol::OrgName;
use decantr::server::report::{Query, Thresholds, Usage};
use decantr::server::store::{
    self, Append, By, Claimed, Classification, Entry, Flags, Linked, NewLink, Store,
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::books::{Books, agrees, id, org, user};
use super::recount::assert_rollups_are_a_recount;
use super::support::{now, url};

#[derive(Debug, Clone)]
pub(super) enum Step {
    Event(Made),
    Link {
        id: String,
        org: u8,
        user: u8,
    },
    Unlink {
        id: String,
    },
    Alias {
        id: String,
        says: Option<(Option<Actor>, Option<u8>, Option<u8>)>,
    },
    FlagOrg {
        org: u8,
        is_internal: bool,
    },
    FlagUser {
        user: u8,
        is_internal: bool,
    },
    Configure {
        ids: Vec<String>,
    },
    AddOrg,
}

#[derive(Debug, Clone)]
pub(super) struct Made {
    install: Option<u8>,
    project: Option<u8>,
    anonymous: Option<u8>,
    user: Option<u8>,
    org: Option<u8>,
    source: &'static str,
    pub(super) minutes_ago: i64,
}

/// An organisation that is not known at first.
const GHOST: u8 = 2;

pub(super) fn some_id() -> impl Strategy<Value = String> {
    prop_oneof![
        (0..3_u8).prop_map(|n| format!("install_{n}")),
        (0..3_u8).prop_map(|n| format!("project_{n}")),
        (0..2_u8).prop_map(|n| format!("anon_{n}")),
    ]
}

fn some_event() -> impl Strategy<Value = Made> {
    let maybe = |n: u8| prop_oneof![2 => Just(None), 3 => (0..n).prop_map(Some)];
    let source = prop_oneof![4 => Just("cli"), 1 => Just("content-ci")];
    (
        maybe(3),
        maybe(3),
        maybe(2),
        maybe(2),
        maybe(3),
        source,
        0..4_000_i64,
    )
        .prop_map(
            |(install, project, anonymous, user, org, source, minutes_ago)| Made {
                install,
                project,
                anonymous,
                user: user.filter(|_| minutes_ago % 3 == 0),
                org: org.filter(|_| minutes_ago % 4 == 0),
                source,
                minutes_ago: if minutes_ago % 2 == 0 { 0 } else { minutes_ago },
            },
        )
}

pub(super) fn some_step() -> impl Strategy<Value = Step> {
    let linkable =
        || some_id().prop_filter("an installation or a project", |id| !id.starts_with("anon"));
    let actor = prop_oneof![
        Just(None),
        Just(Some(Actor::Internal)),
        Just(Some(Actor::Customer)),
        Just(Some(Actor::Service)),
    ];
    let says = (
        actor,
        proptest::option::of(0..3_u8),
        proptest::option::of(0..2_u8),
    );
    prop_oneof![
        8 => some_event().prop_map(Step::Event),
        3 => (linkable(), 0..2_u8, 0..2_u8).prop_map(|(id, org, user)| Step::Link { id, org, user }),
        1 => linkable().prop_map(|id| Step::Unlink { id }),
        3 => (some_id(), proptest::option::of(says)).prop_map(|(id, says)| Step::Alias { id, says }),
        1 => (0..2_u8, any::<bool>()).prop_map(|(org, is_internal)| Step::FlagOrg { org, is_internal }),
        1 => (0..2_u8, any::<bool>()).prop_map(|(user, is_internal)| Step::FlagUser { user, is_internal }),
        1 => prop::collection::vec(some_id(), 0..2).prop_map(|ids| Step::Configure { ids }),
        1 => Just(Step::AddOrg),
    ]
}

pub(super) fn by(at: Timestamp) -> By {
    By {
        who: "local:test".to_owned(),
        at,
    }
}

pub(super) async fn add_org(store: &dyn Store, number: u8, at: Timestamp) {
    let name = OrgName {
        id: org(number),
        slug: format!("slug-{number}"),
    };
    store.identities().add_org(&name, &by(at)).await.unwrap();
}

async fn flag(store: &dyn Store, id: &OpaqueId, is_internal: bool, by: &By) {
    let flags = Flags {
        is_internal,
        is_test: false,
    };
    let rekeyed = store.identities().flag(id, flags, by).await.unwrap();
    assert!(rekeyed.is_some());
}

async fn link(store: &dyn Store, link: &OpaqueId, owner: &Owner<OpaqueId>, from: Timestamp) {
    let new = NewLink {
        ids: vec![Claimed {
            id: link.clone(),
            is_proven: true,
        }],
        org: owner.org.clone().unwrap(),
        user: owner.user.clone().unwrap(),
        label: None,
        from,
    };
    let linked = store.identities().link(&new, &by(from)).await.unwrap();
    assert!(matches!(linked, Linked::Done(_)), "{linked:?}");
}

async fn unlink(store: &dyn Store, id: &OpaqueId, until: Timestamp) {
    let claimed = [Claimed {
        id: id.clone(),
        is_proven: true,
    }];
    let nobody = user(9);
    store
        .identities()
        .unlink(&claimed, &nobody, until, &by(until))
        .await
        .unwrap();
}

pub(super) fn append(validator: &Validator, made: &Made, number: u128, at: Timestamp) -> Append {
    let raw = json!({
        "id": Uuid::from_u128(number + 1),
        "name": if made.source == "cli" { "cli.command.completed" } else { "content.validation.completed" },
        "context": {
            "source": made.source,
            "environment": "production",
            "installId": made.install.map(|n| format!("install_{n}")),
            "projectId": made.project.map(|n| format!("project_{n}")),
            "anonymousId": made.anonymous.map(|n| format!("anon_{n}")),
            "userId": made.user.map(|n| format!("user_{n}")),
            "orgId": made.org.map(|n| format!("org_{n}")),
            "sampleRate": if number.is_multiple_of(5) { Some(0.5) } else { None },
        },
        "properties": { "command": "check", "success": number.is_multiple_of(3), "durationMs": 5, "valid": true },
        "timestamp": at - SignedDuration::from_mins(made.minutes_ago),
    })
    .to_string();
    let raw: RawEvent<'_> = serde_json::from_str(&raw).unwrap();
    let admission = Admission {
        now: at,
        has_key: true,
    };
    let normalised = validator.normalise(&raw, admission).unwrap();
    Append {
        catalog: Arc::clone(&validator.catalog().id),
        received_at: at,
        entries: vec![Entry::from(normalised)],
        drops: Vec::new(),
        losses: Vec::new(),
    }
}

pub(super) async fn take(store: &dyn Store, books: &mut Books, step: &Step, at: Timestamp) {
    let (identities, by) = (store.identities(), by(at));
    match step {
        Step::Event(_) => {}
        Step::Link {
            id: text,
            org: to,
            user: of,
        } => {
            let owner = Owner {
                user: Some(user(*of)),
                org: Some(org(*to)),
            };
            link(store, &id(text), &owner, at).await;
            books.end_link(&id(text), at);
            books.links.push((id(text), owner, at, None));
        }
        Step::Unlink { id: text } => {
            unlink(store, &id(text), at).await;
            books.end_link(&id(text), at);
        }
        Step::Alias { id: text, says } => {
            let says = says.as_ref().map(|(actor, to, of)| Classification {
                actor: *actor,
                org: to.map(org),
                user: of.map(user),
            });
            identities
                .set_alias(&id(text), says.as_ref(), &by)
                .await
                .unwrap();
            match says {
                Some(says) => drop(books.aliases.insert(id(text), says)),
                None => drop(books.aliases.remove(&id(text))),
            }
        }
        Step::FlagOrg {
            org: of,
            is_internal,
        } => {
            flag(store, &org(*of), *is_internal, &by).await;
            books.flags.insert(org(*of), *is_internal);
        }
        Step::FlagUser {
            user: of,
            is_internal,
        } => {
            flag(store, &user(*of), *is_internal, &by).await;
            books.flags.insert(user(*of), *is_internal);
        }
        Step::Configure { ids } => {
            books.configured = ids.iter().map(|text| id(text)).collect();
            identities.set_configured(&books.configured).await.unwrap();
        }
        Step::AddOrg => {
            add_org(store, GHOST, at).await;
            books.flags.entry(org(GHOST)).or_insert(false);
            books.orgs.insert(GHOST);
        }
    }
}

/// Says everything at once, as it is known in the end.
async fn tell(store: &dyn Store, books: &Books, at: Timestamp) {
    for number in &books.orgs {
        add_org(store, *number, at).await;
    }
    let (identities, by) = (store.identities(), by(at));
    for (id, is_internal) in &books.flags {
        flag(store, id, *is_internal, &by).await;
    }
    for (id, says) in &books.aliases {
        identities.set_alias(id, Some(says), &by).await.unwrap();
    }
    identities.set_configured(&books.configured).await.unwrap();
    for (id, owner, from, until) in &books.links {
        link(store, id, owner, *from).await;
        if let Some(until) = until {
            unlink(store, id, *until).await;
        }
    }
}

async fn reports(store: &dyn Store, at: Timestamp) -> serde_json::Value {
    let acme = org(0);
    let query = |days, actor, org| Query {
        days,
        actor,
        org,
        ..Query::default()
    };
    let queries = [
        query(7, None, None),
        query(30, Some(Actor::Customer), None),
        query(30, None, Some(&acme)),
    ];
    let (catalog, thresholds) = (Catalog::decantr(), Thresholds::default());
    let reports = Usage::read(store, &catalog, &queries, &thresholds, at);
    serde_json::to_value(reports.await.unwrap()).unwrap()
}

async fn run(steps: &[Step], first: &Path, second: &Path) {
    let clock = Clock::fixed(now());
    let store = store::create(&url(first), &clock).await.unwrap();
    let validator = Validator::new(Catalog::decantr(), store.secrets().hmac_key, 90);
    let mut books = Books::default();
    for number in [0, 1] {
        add_org(&*store, number, now()).await;
        books.orgs.insert(number);
        books.flags.insert(org(number), false);
    }
    let at = |number: usize| now() + SignedDuration::from_mins(37 * i64::try_from(number).unwrap());
    let mut appends = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        if let Step::Event(made) = step {
            let append = append(&validator, made, number as u128, at(number));
            appends.push(append.clone());
            store.append(append).await.unwrap();
        }
        take(&*store, &mut books, step, at(number)).await;
    }
    let end = at(steps.len());
    for event in store.events(0, 1000).await.unwrap() {
        agrees(&event, &mut books);
    }
    let other = store::create(&url(second), &clock).await.unwrap();
    tell(&*other, &books, end).await;
    for append in appends {
        other.append(append).await.unwrap();
    }
    assert_eq!(reports(&*store, end).await, reports(&*other, end).await);
    store.close().await.unwrap();
    other.close().await.unwrap();
    assert_rollups_are_a_recount(first);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reports_are_those_of_somebody_who_knew_it_all_before(steps in prop::collection::vec(some_step(), 1..40)) {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(run(&steps, &folder.path().join("one.db"), &folder.path().join("two.db")));
    }
}
