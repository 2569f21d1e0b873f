//! The weekly report out of PostHog: for the same events the same numbers as out of the store.

use std::collections::{BTreeMap, BTreeSet};

use decantr::base::clock::Clock;
use decantr::model::catalog::Catalog;
use decantr::server::jobs::forward::Step;
use decantr::server::jobs::weekly::Weekly;
use decantr::server::report::Thresholds;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::fake::{Fake, KEY, PROJECT, TOKEN};
use super::forward::forwarder_with;
use crate::server::support::{Running, event, now, with};
use crate::support::process::Home;

/// One event as PostHog has it.
struct Sent(Value);

impl Sent {
    fn text(&self, pointer: &str) -> Option<String> {
        self.0.pointer(pointer)?.as_str().map(str::to_owned)
    }

    fn property(&self, name: &str) -> Option<String> {
        self.text(&format!("/properties/{name}"))
    }

    fn at(&self) -> Timestamp {
        self.text("/timestamp").unwrap().parse().unwrap()
    }

    fn day(&self) -> String {
        self.at().strftime("%Y-%m-%d").to_string()
    }

    fn is_failure(&self) -> bool {
        let said = |name: &str| self.0["properties"][name].as_bool();
        let status = self.property("status");
        let bad = status.is_some_and(|status| ["error", "timeout", "denied"].contains(&&*status));
        said("success").or(said("valid")).map_or(bad, |good| !good)
    }

    fn is_customer(&self) -> bool {
        let id = self.text("/distinct_id").unwrap();
        self.property("decantr_actor_type").as_deref() == Some("customer")
            && !id.starts_with("service:")
    }
}

fn table(columns: &[&str], rows: impl IntoIterator<Item = Value>) -> Value {
    let rows: Vec<Value> = rows.into_iter().collect();
    json!({ "columns": columns, "types": [], "results": rows, "hasMore": false })
}

fn counts(events: &[Sent]) -> Value {
    let mut rows: BTreeMap<[Option<String>; 5], (u64, u64)> = BTreeMap::new();
    for event in events {
        let key = [
            Some(event.day()),
            event.text("/event"),
            event.property("decantr_source"),
            event.property("decantr_environment"),
            event.property("decantr_actor_type"),
        ];
        let (all, failures) = rows.entry(key).or_default();
        *all += 1;
        *failures += u64::from(event.is_failure());
    }
    let columns = [
        "day",
        "event",
        "source",
        "environment",
        "actor",
        "events",
        "failures",
    ];
    let row = |([day, event, source, environment, actor], (all, failures)): (
        [Option<String>; 5],
        (u64, u64),
    )| { json!([day, event, source, environment, actor, all, failures]) };
    table(&columns, rows.into_iter().map(row))
}

fn active(window: &[&Sent]) -> Value {
    let different = |of: &dyn Fn(&Sent) -> Option<String>| {
        window
            .iter()
            .filter_map(|event| of(event))
            .collect::<BTreeSet<_>>()
            .len()
    };
    let property = |name: &'static str| different(&move |event| event.property(name));
    let id = |event: &Sent| event.text("/distinct_id");
    let row = json!([
        property("decantr_install_id"),
        property("decantr_project_id"),
        property("decantr_anonymous_id"),
        property("decantr_org_id"),
        different(&|event| id(event).filter(|id| id.starts_with("user_"))),
        different(&|event| id(event).filter(|_| event.is_customer())),
    ]);
    table(
        &[
            "installs",
            "projects",
            "anonymous",
            "orgs",
            "users",
            "customers",
        ],
        [row],
    )
}

fn customers(window: &[&Sent]) -> Value {
    let mut rows: BTreeMap<String, (u64, Timestamp)> = BTreeMap::new();
    for event in window.iter().filter(|event| event.is_customer()) {
        let id = event.text("/distinct_id").unwrap();
        let (count, last) = rows.entry(id).or_insert((0, event.at()));
        *count += 1;
        *last = event.at().max(*last);
    }
    let mut rows: Vec<_> = rows.into_iter().collect();
    rows.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    let rows = rows
        .into_iter()
        .map(|(id, (count, last))| json!([id, null, count, last.as_second()]));
    table(&["id", "org", "events", "last_seen"], rows)
}

fn origins(window: &[&Sent]) -> Value {
    let mut rows: BTreeMap<[Option<String>; 3], (u64, String)> = BTreeMap::new();
    for event in window {
        let (campaign, path) = (
            event.property("attributionUtmCampaign"),
            event.property("attributionLandingPath"),
        );
        if campaign.is_some() || path.is_some() {
            let (count, day) = rows
                .entry([event.text("/event"), campaign, path])
                .or_default();
            *count += 1;
            *day = event.day().max(day.clone());
        }
    }
    let row = |([event, campaign, path], (count, day)): ([Option<String>; 3], (u64, String))| {
        json!([event, campaign, path, count, day])
    };
    table(
        &["event", "campaign", "path", "events", "last_day"],
        rows.into_iter().map(row),
    )
}

/// Events of two weeks, of several sources, actors and fates.
async fn filled() -> Running {
    let server = Running::start().await;
    let back = |hours: i64, event: Value| {
        let at = now() - SignedDuration::from_hours(hours);
        with(event, "/timestamp", at.to_string())
    };
    let mut events = Vec::new();
    for at in 0..40_i64 {
        let install = format!("install_{}", at % 7);
        let command = with(event(), "/context/installId", install);
        events.push(back(
            at * 8,
            with(command, "/properties/success", at % 5 != 0),
        ));
        let mut page = with(event(), "/name", "marketing_web.page_viewed");
        page = with(
            page,
            "/context",
            json!({ "source": "marketing-web", "anonymousId": format!("anon_{}", at % 3), "environment": "production" }),
        );
        let campaign = if at % 2 == 0 { "spring" } else { "autumn" };
        let properties = json!({ "routePath": "/", "surface": "docs", "attributionUtmCampaign": campaign, "attributionLandingPath": "/" });
        events.push(back(at * 9, with(page, "/properties", properties)));
    }
    let reply = server.batch(&events).await;
    let dropped: Vec<_> = reply
        .results
        .iter()
        .filter(|result| result.outcome != "accepted")
        .collect();
    assert!(dropped.is_empty(), "{dropped:?}");
    server
}

/// Forwards everything, and prepares the answers to the queries of `now`.
async fn forwarded(server: &Running) -> Fake {
    let (fake, clock) = (Fake::start(), Clock::fixed(now()));
    let mut forwarder = forwarder_with(&fake, &server.store, TOKEN, &clock);
    while !matches!(forwarder.step().await.unwrap(), Step::Idle) {}
    let events: Vec<Sent> = fake.state().events.values().cloned().map(Sent).collect();
    assert_eq!(events.len(), 80);
    let first = (now() - SignedDuration::from_hours(6 * 24))
        .strftime("%Y-%m-%d")
        .to_string();
    let window: Vec<&Sent> = events.iter().filter(|event| event.day() >= first).collect();
    let answers = [
        counts(&events),
        active(&window),
        customers(&window),
        origins(&window),
    ];
    fake.state().answers.extend(answers);
    fake
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_events_give_the_same_numbers_by_either_way() {
    let server = filled().await;
    let fake = forwarded(&server).await;
    let (catalog, thresholds) = (Catalog::decantr(), Thresholds::default());
    let client = fake.client().read_only();
    let there = Weekly::from_posthog(&client, &catalog, &thresholds, now())
        .await
        .unwrap();
    let here = Weekly::read(&*server.store, &catalog, &thresholds, now())
        .await
        .unwrap();
    let (mut there, mut here) = (json!(there), json!(here));
    assert_eq!(
        (&there["basis"], &here["basis"]),
        (&json!("posthog"), &json!("store"))
    );
    // PostHog is not told who is undecided, nor when to the microsecond, so alerts about that are the store's alone.
    for report in [&mut there, &mut here] {
        let report = report.as_object_mut().unwrap();
        report.remove("basis");
        report.remove("alerts");
        report["summary"]
            .as_object_mut()
            .unwrap()
            .remove("classification_coverage");
        for customer in report["customer_identities"].as_array_mut().unwrap() {
            let customer = customer.as_object_mut().unwrap();
            customer.remove("last_seen");
        }
    }
    assert!(here["summary"]["customer_events"].as_u64().unwrap() > 10);
    assert_eq!(here["campaigns"].as_array().unwrap().len(), 2);
    for (member, value) in here.as_object().unwrap() {
        assert_eq!(&there[member], value, "{member}");
    }
    let asked = fake.state().asked.clone();
    let spans: BTreeSet<String> = asked
        .iter()
        .map(|body| body["query"]["values"].to_string())
        .collect();
    assert_eq!(
        spans.len(),
        2,
        "two weeks for the counts, one for the rest: {spans:?}"
    );
    assert!(asked.iter().all(|body| {
        let sql = body["query"]["query"].as_str().unwrap();
        sql.contains("{from}") && sql.contains("{until}") && sql.contains("LIMIT")
    }));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_asks_posthog_and_says_so_and_hides_the_key() {
    let fake = Fake::start();
    let mut home = Home::new();
    let args = ["ops", "weekly-report", "--from", "posthog", "--dry-run"];
    assert!(
        home.run(&args)
            .exits(5)
            .stderr
            .contains("POSTHOG_PERSONAL_API_KEY")
    );
    home.set("POSTHOG_HOST", fake.url.clone())
        .set("POSTHOG_ENVIRONMENT_ID", PROJECT.to_string())
        .set("POSTHOG_PERSONAL_API_KEY", KEY);
    let empty = [
        counts(&[]),
        table(
            &[
                "installs",
                "projects",
                "anonymous",
                "orgs",
                "users",
                "customers",
            ],
            [json!([0, 0, 0, 0, 0, 0])],
        ),
        customers(&[]),
        origins(&[]),
    ];
    fake.state().answers.extend(empty);
    let run = home.run(&args).exits(0);
    assert!(
        run.stdout.contains("from PostHog") && run.stdout.contains("No events"),
        "{}",
        run.stdout
    );
    assert!(!format!("{}{}", run.stdout, run.stderr).contains(KEY));
    let queries = fake.writes();
    assert!(
        queries.len() == 4 && queries.iter().all(|(_, path)| path.ends_with("/query/")),
        "{queries:?}"
    );
    let failed = home.run(&args).exits(6);
    assert!(
        failed.stderr.contains("Unable to resolve field"),
        "{}",
        failed.stderr
    );
    let both = [
        "ops",
        "weekly-report",
        "--from",
        "posthog",
        "--store",
        "sqlite:x.db",
    ];
    let _refused = home.run(&both).exits(2);
}
