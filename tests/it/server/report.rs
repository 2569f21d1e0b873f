//! Every number of the usage report is what the raw events say, whatever came in whichever order.

use std::sync::Arc;

use decantr::base::clock::Clock;
use decantr::model::catalog::Catalog;
use decantr::model::event::{Actor, Environment, Validator};
use decantr::model::outcome::Outcome;
use decantr::model::protocol::OrgName;
use decantr::server::report::{Query, TOP_CUSTOMERS, Thresholds, Usage};
use decantr::server::rollup::{Day, Tally};
use decantr::server::store::{self, Append, Classification, Flags, Store};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::books::{id, org, user};
use super::recount::append;
use super::rekeying::by;
use super::report_books::{Known, report};
use super::support::{now, url};

/// Names with a source that may send them; the last one is of no catalog.
const NAMES: [(&str, &str); 13] = [
    ("cli.command.completed", "cli"),
    ("decantr.analyze.completed", "cli"),
    ("health.report.generated", "cli"),
    ("decantr.health.healthy", "cli"),
    ("health.ci.failed", "cli"),
    ("marketing_web.page_viewed", "marketing-web"),
    ("marketing_web.cta_clicked", "marketing-web"),
    ("registry_web.page_viewed", "registry-web"),
    ("registry_web.signup_clicked", "registry-web"),
    ("billing.plan_clicked", "registry-web"),
    ("content.validation.completed", "content-ci"),
    ("critique.completed", "api"),
    ("nothing.known", "cli"),
];

/// Properties that make each of the events one that is taken; those that an event does not have are stripped.
fn properties(number: u32, success: bool, word: Option<u32>) -> Value {
    let mut properties = json!({
        "command": "check", "success": success, "valid": success, "durationMs": number, "status": "healthy", "ci": true,
        "destination": "docs", "surface": "hero", "routePath": "/docs", "route": "browse", "authenticated": false,
        "billingEnabled": false, "plan": "pro", "scope": "hosted", "failOn": "warn", "score": 90, "errorCount": 1,
        "warnCount": 2, "infoCount": 3, "findingCount": 6, "orgScoped": true,
    });
    if let Some(word) = word {
        properties["attributionUtmCampaign"] = format!("campaign-{word}").into();
        properties["attributionUtmSource"] = ["search", "mail"][word as usize % 2].into();
        properties["attributionUtmMedium"] = "cpc".into();
    }
    if word.is_none_or(|word| word > 0) {
        properties["attributionLandingPath"] = ["/", "/docs"][number as usize % 2].into();
    }
    properties
}

prop_compose! {
    fn some_event()(
        id in 0_u128..120,
        kind in 0..NAMES.len(),
        (install, project, anonymous) in (
            proptest::option::of(0..4_u8), proptest::option::of(0..3_u8), proptest::option::of(0..2_u8),
        ),
        (user, org) in (proptest::option::weighted(0.2, 0..2_u8), proptest::option::weighted(0.2, 0..3_u8)),
        seconds_ago in -50_000..2_600_000_i64,
        success in any::<bool>(),
        rate in proptest::option::of(prop_oneof![Just(0.5), Just(0.25), Just(0.8)]),
        environment in prop_oneof![3 => Just("production"), 1 => Just("test")],
        word in proptest::option::of(0..4_u32),
        number in 0..90_000_u32,
    ) -> Value {
        let (name, source) = NAMES[kind];
        json!({
            "id": Uuid::from_u128(id),
            "name": name,
            "context": {
                "source": source,
                "environment": environment,
                "installId": install.map(|n| format!("install_{n}")),
                "projectId": project.map(|n| format!("project_{n}")),
                "anonymousId": anonymous.map(|n| format!("anon_{n}")),
                "userId": user.map(|n| format!("user_{n}")),
                "orgId": org.map(|n| format!("org_{n}")),
                "sampleRate": rate,
            },
            "properties": properties(number, success, word),
            "timestamp": now() - SignedDuration::from_secs(seconds_ago),
        })
    }
}

/// Says who is who: an organisation with a name, a flagged user, an alias, an id of the configuration.
async fn tell(store: &dyn Store, known: &mut Known, what: usize) {
    let (identities, by) = (store.identities(), by(now()));
    let said = match what {
        0 => {
            let name = OrgName {
                id: org(0),
                slug: "acme".to_owned(),
            };
            identities.add_org(&name, &by).await.unwrap();
            known.slugs.insert(org(0), name.slug);
            org(0)
        }
        1 => {
            let flags = Flags {
                is_internal: true,
                is_test: false,
            };
            identities.flag(&user(0), flags, &by).await.unwrap();
            user(0)
        }
        2 => {
            let says = Classification {
                actor: Some(Actor::Customer),
                org: Some(org(0)),
                user: None,
            };
            let subject = id("install_1");
            let told = identities.set_alias(&subject, Some(&says), &by);
            told.await.unwrap();
            subject
        }
        _ => {
            let ids = [id("project_1")].into();
            identities.set_configured(&ids).await.unwrap();
            id("project_1")
        }
    };
    known.decided.insert(said);
}

/// Stores a batch that came so many days ago, and notes what became of it.
async fn take(store: &dyn Store, known: &mut Known, mut batch: Append, days_ago: i64) {
    batch.received_at = now() - SignedDuration::from_hours(24 * days_ago);
    let day = Day::of(batch.received_at);
    let (drops, entries) = (batch.drops.clone(), batch.entries.clone());
    for (reason, count) in drops {
        known.fates.push((day, "dropped", reason.code(), count));
    }
    let outcomes = store.append(batch).await.unwrap();
    for (outcome, entry) in outcomes.iter().zip(entries) {
        let tally = match outcome {
            Outcome::Accepted => Tally::Accepted,
            Outcome::Duplicate => Tally::Duplicate,
            Outcome::Dropped(reason) => Tally::Dropped(*reason),
        };
        let strips = entry.strips.iter().map(|strip| Tally::Stripped(*strip));
        let strips = strips.filter(|_| *outcome == Outcome::Accepted);
        for tally in std::iter::once(tally).chain(strips) {
            let (outcome, reason) = tally.words();
            known.fates.push((day, outcome, reason, 1));
        }
    }
}

fn without_words(mut usage: Value) -> Value {
    usage.as_object_mut().unwrap().remove("alerts");
    for part in ["activation", "marketing"] {
        usage[part].as_object_mut().unwrap().remove("warnings");
    }
    usage
}

async fn assert_reports_are_a_recount(store: &dyn Store, known: &Known, at: Timestamp) {
    let (acme, ghost) = (org(0), org(2));
    let of = |days, actor, org| Query {
        days,
        actor,
        org,
        ..Query::default()
    };
    let queries = [
        Query {
            customers: Some(TOP_CUSTOMERS),
            ..of(7, None, None)
        },
        of(30, None, None),
        Query {
            customers: Some(TOP_CUSTOMERS),
            environment: Some(Environment::Production),
            ..of(30, Some(Actor::Customer), None)
        },
        of(14, None, Some(&acme)),
        of(7, Some(Actor::Internal), Some(&ghost)),
        Query {
            source: Some("cli"),
            environment: Some(Environment::Test),
            ..of(1, None, None)
        },
    ];
    let (catalog, thresholds) = (Catalog::decantr(), Thresholds::default());
    let reports = Usage::read(store, &catalog, &queries, &thresholds, at);
    let events = store.events(0, 10_000).await.unwrap();
    for (query, usage) in queries.iter().zip(reports.await.unwrap()) {
        let said = without_words(serde_json::to_value(usage).unwrap());
        let expected = report(&events, known, *query);
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(said[name], *value, "{name} of {query:?}");
        }
        let names = |value: &Value| value.as_object().unwrap().len();
        assert_eq!(names(&said), names(&expected), "a member is not recounted");
    }
}

async fn open(folder: &tempfile::TempDir) -> (Arc<dyn Store>, Validator) {
    let path = folder.path().join("events.db");
    let (url, clock) = (url(&path), Clock::fixed(now()));
    let store = store::create(&url, &clock).await.unwrap();
    let validator = Validator::new(Catalog::decantr(), store.secrets().hmac_key, 90);
    (store, validator)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_number_of_a_report_is_a_recount(
        batches in prop::collection::vec((prop::collection::vec(some_event(), 0..50), 0..20_i64), 1..6),
        told in prop::collection::vec((0..6_usize, 0..4_usize), 0..4),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let (store, validator) = open(&folder).await;
            let mut known = Known::default();
            for (place, (events, days_ago)) in batches.iter().enumerate() {
                take(&*store, &mut known, append(&validator, events), *days_ago).await;
                for (_, what) in told.iter().filter(|(after, _)| *after == place) {
                    tell(&*store, &mut known, *what).await;
                }
            }
            assert_reports_are_a_recount(&*store, &known, now()).await;
            store.close().await.unwrap();
        });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_recounted_events_are_ones_that_are_taken() {
    let folder = tempfile::tempdir().unwrap();
    let (store, validator) = open(&folder).await;
    for (name, source) in NAMES {
        let event = json!({
            "id": Uuid::now_v7(), "name": name, "context": { "source": source, "environment": "production" },
            "properties": properties(1, true, Some(1)), "timestamp": now(),
        });
        let append = append(&validator, &[event]);
        assert_eq!(
            append.entries.is_empty(),
            name == "nothing.known",
            "{name}: {:?}",
            append.drops
        );
    }
    store.close().await.unwrap();
}
