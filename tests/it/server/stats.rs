//! `GET /v1/stats`: what anybody may see, and what nobody can make of it alone.

use decantr::base::clock::Clock;
use decantr::model::protocol::{STATS_PATH, Scope};
use decantr::server::access::AccessSettings;
use decantr::server::serve::Settings;
use decantr::server::store;
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};

use super::drift_support::{install, scan, serve_on, signature};
use super::support::{Running, event, now, url};

const DAY: SignedDuration = SignedDuration::from_hours(24);

async fn public(server: &Running) -> Value {
    let (status, public) = server.get(STATS_PATH).await;
    assert_eq!(status, 200, "{public}");
    public
}

/// A server whose clock can be moved, with the folder of its store.
async fn served() -> (Running, Clock, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::fixed(now());
    let server = serve_on(&folder.path().join("events.db"), &clock).await;
    (server, clock, folder)
}

/// So many installations send a scan and a signature each, now.
async fn crowd(server: &Running, clock: &Clock, installs: std::ops::Range<usize>) {
    let at = clock.now().to_string();
    let sent: Vec<Value> = installs
        .flat_map(|number| {
            let id = install(number);
            [
                scan(&id, &at, 1),
                signature(&id, &at, "05fac08b592c29eb", 0.9),
            ]
        })
        .collect();
    server.queue(&sent).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn completed_days_are_shown_rounded_and_add_up() {
    let (server, clock, _folder) = served().await;
    for installs in [7, 8, 12] {
        crowd(&server, &clock, 0..installs).await;
        clock.advance(DAY);
    }
    // Those of today are not shown, and make those of other days count.
    crowd(&server, &clock, 0..12).await;
    let public = public(&server).await;
    let day = |date: &str, shown: u32| {
        json!({
            "date": date,
            "totalEvents": 2 * shown,
            "metrics": {
                "category:api": shown,
                "events:pattern_signature": shown,
                "events:scan_completion": shown,
                "language:typescript": shown,
                "unique_installations": shown,
            },
        })
    };
    // Seven and eight installations were there on three days; four more only on the last two.
    let expected = json!({
        "catalog": "drift",
        "period": "last_30_days",
        "from": "2026-10-24",
        "to": "2026-11-22",
        "totalEvents": 50,
        "metrics": {
            "category:api": 25,
            "events:pattern_signature": 25,
            "events:scan_completion": 25,
            "language:typescript": 25,
        },
        "days": [day("2026-11-20", 5), day("2026-11-21", 10), day("2026-11-22", 10)],
        "generatedAt": "2026-11-23T05:00:00Z",
    });
    assert_eq!(public, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_installation_that_sends_much_is_not_shown() {
    let (server, clock, _folder) = served().await;
    for _ in 0..4 {
        let at = clock.now().to_string();
        let sent: Vec<Value> = (0..1_000).map(|n| scan(&install(0), &at, n)).collect();
        server.queue(&sent).await;
        crowd(&server, &clock, 0..4).await;
        clock.advance(DAY);
    }
    let public = public(&server).await;
    assert_eq!(
        (&public["totalEvents"], &public["days"]),
        (&json!(0), &json!([]))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn many_fresh_installations_of_one_day_do_not_count() {
    let (server, clock, _folder) = served().await;
    for _ in 0..3 {
        crowd(&server, &clock, 0..10).await;
        clock.advance(DAY);
    }
    // What they say about days before does not help: it came today.
    for back in (0..=5).rev() {
        let before = Clock::fixed(clock.now() - DAY * back);
        crowd(&server, &before, 100..600).await;
    }
    let days = public(&server).await["days"].clone();
    assert_eq!(days.as_array().unwrap().len(), 3, "{days}");
    for day in days.as_array().unwrap() {
        assert_eq!(day["metrics"]["events:scan_completion"], 10, "{day}");
    }
    clock.advance(DAY);
    assert_eq!(public(&server).await["totalEvents"], 60);
    // On the third day they do, at the price of three days.
    crowd(&server, &clock, 100..600).await;
    clock.advance(DAY);
    crowd(&server, &clock, 100..600).await;
    clock.advance(DAY);
    let total = public(&server).await["totalEvents"].as_u64().unwrap();
    assert!(total > 1_000, "{total}");
}

#[tokio::test(flavor = "multi_thread")]
async fn installations_of_an_account_count_at_once() {
    let (server, clock, _folder) = served().await;
    let org = server.add_org("acme").await;
    let key = server.key(&[Scope::Ingest], Some(&org)).await;
    let at = clock.now().to_string();
    let sent: Vec<Value> = (0..5).map(|n| scan(&install(n), &at, 1)).collect();
    let body = Some(json!({ "events": sent }));
    let (status, _) = server
        .ask(Method::POST, "/v1/events", Some(&key), body)
        .await;
    assert_eq!(status, 200);
    clock.advance(DAY);
    assert_eq!(public(&server).await["totalEvents"], 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_told_is_told_again_for_ten_minutes_and_until_midnight() {
    let (server, clock, _folder) = served().await;
    let first = public(&server).await;
    clock.advance(SignedDuration::from_mins(9));
    assert_eq!(public(&server).await, first);
    clock.advance(SignedDuration::from_mins(1));
    let second = public(&server).await;
    assert_ne!(second["generatedAt"], first["generatedAt"]);
    assert_eq!(second["to"], first["to"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_numbers_are_of_drift_where_it_is_served_else_of_the_main_catalog() {
    let both = Running::serving(&["decantr", "drift"]).await;
    both.batch(&[event()]).await;
    for (path, catalog) in [
        ("/v1/stats", "drift"),
        ("/catalogs/drift/v1/stats", "drift"),
        ("/catalogs/decantr/v1/stats", "decantr"),
    ] {
        let (status, public) = both.get(path).await;
        assert_eq!(
            (status, &public["catalog"]),
            (200, &json!(catalog)),
            "{path}"
        );
    }
    assert_eq!(both.get("/catalogs/race-bot/v1/stats").await.0, 404);
    let (status, _) = both.ask(Method::POST, STATS_PATH, None, None).await;
    assert_eq!(status, 405);
    let one = Running::serving(&["race-bot"]).await;
    assert_eq!(one.get(STATS_PATH).await.1["catalog"], "race-bot");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_too_often_waits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.db");
    let clock = Clock::fixed(now());
    let store = store::create(&url(&path), &clock).await.unwrap();
    let settings = Settings {
        access: AccessSettings::default(),
        ..Settings::new(decantr::model::catalog::Catalog::embedded("drift").unwrap())
    };
    let server = Running::on_settings(&path, store, clock, settings, |bound| bound).await;
    let mut answers = Vec::new();
    for _ in 0..200 {
        answers.push(server.get(STATS_PATH).await.0);
    }
    assert_eq!(answers[0], 200);
    assert!(answers.contains(&429));
}
