//! The weekly report: the numbers of the usage report, in a memo that can be mailed and posted.

use decantr::base::clock::Clock;
use decantr::model::catalog::Catalog;
use decantr::server::jobs::weekly::Weekly;
use decantr::server::report::{Query, TOP_CUSTOMERS, Thresholds, Usage};
use decantr::server::store::{self, StoreUrl};
use jiff::Timestamp;
use serde_json::json;

use super::recorder::Recorder;
use super::remote::fill;
use crate::support::process::Home;
use crate::support::trace::Trace;

fn now() -> Timestamp {
    "2026-11-20T05:00:00Z".parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn its_numbers_are_those_of_the_usage_report_and_the_digest() {
    let mut home = Home::new();
    let store = home.store();
    home.set("DECANTR_STORE", store.clone());
    let server = home.serve();
    fill(&server.url).await;
    drop(server);
    let weekly = home
        .run(&["ops", "weekly-report", "--json"])
        .exits(0)
        .json();
    let digest = home.run(&["ops", "digest", "--json"]).exits(0).json();
    let path = store.trim_start_matches("sqlite:");
    let store = store::open(&StoreUrl::Sqlite(path.into())).await.unwrap();
    let query = Query {
        days: 7,
        customers: Some(TOP_CUSTOMERS),
        ..Query::default()
    };
    let (catalog, thresholds) = (Catalog::decantr(), Thresholds::default());
    let now = Clock::system().now();
    let usage = Usage::read(&*store, &catalog, &[query], &thresholds, now).await;
    let usage = json!(usage.unwrap()[0]);
    for member in [
        "summary",
        "trends",
        "sources",
        "customer_sources",
        "actors",
        "failures",
        "customer_identities",
        "alerts",
    ] {
        assert_eq!(weekly[member], usage[member], "{member}");
    }
    for (mine, theirs) in [
        ("campaigns", "campaigns"),
        ("landing_paths", "landing_paths"),
    ] {
        assert_eq!(weekly[mine], usage["marketing"][theirs]);
    }
    assert_eq!(
        weekly["summary"]["total_events"],
        digest["pulse"]["total_7d"]
    );
    assert_eq!(
        weekly["customer_cli_events"],
        digest["pulse"]["customer_cli_7d"]
    );
    assert_eq!(weekly["customer_cli_events"], 2);
    assert_eq!(weekly["movement"][0]["name"], "cli.command.completed");
    let bucket = |key: &str| {
        let buckets = usage["buckets"].as_array().unwrap();
        buckets
            .iter()
            .find(|bucket| bucket["key"] == key)
            .unwrap()
            .clone()
    };
    let readout = weekly["readout"].as_array().unwrap();
    assert_eq!(readout.len(), 7);
    for reading in readout {
        let bucket = bucket(reading["key"].as_str().unwrap());
        for member in ["total", "current", "previous", "change_rate"] {
            assert_eq!(reading[member], bucket[member]);
        }
    }
}

#[test]
fn a_sample_shows_every_part_and_says_that_it_is_one() {
    let markdown = Weekly::sample(now()).message().to_markdown();
    assert!(markdown.starts_with("**SAMPLE"));
    let titles: Vec<&str> = markdown
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .collect();
    assert_eq!(
        titles,
        [
            "Alerts",
            "Totals",
            "Days",
            "Readout",
            "Event movement",
            "Sources",
            "Customer sources",
            "Actors",
            "Active customer identities",
            "Failures",
            "Campaigns",
            "Landing paths",
        ]
    );
    insta::assert_snapshot!(markdown.split("## Event movement").next().unwrap(), @r#"
    **SAMPLE: these numbers are made up.**

    # Telemetry, week to 2026-11-20

    Catalog decantr, 2026-11-20 05:00 UTC (made up). "7 days" are 2026-11-14 to 2026-11-20, today included; changes compare the complete days 2026-11-13 to 2026-11-19 with 2026-11-06 to 2026-11-12.

    ## Alerts

    - warning: Failures reported: 52 (0.6 % of events).
    - info: 24 of 530 active identities are candidates for an alias.

    ## Totals

    |  | 7 days | 7 complete days | 7 before | change |
    |---|---:|---:|---:|---:|
    | events | 8789 | 8520 | 7729 | +10.2 % |
    | customer events | 3775 | 3658 | 3320 | +10.2 % |
    | customer CLI events | 3045 |  |  |  |
    | active customer identities | 98 |  |  |  |
    | failures | 52 |  |  |  |
    | failure rate | 0.6 % |  |  |  |

    ## Days

    |  | trend | least | most |
    |---|---:|---:|---:|
    | events | ▄▆█▇▇▆▄ | 753 | 1632 |
    | customer events | ▄▆█▇▇▆▄ | 324 | 701 |
    | failures | ▃▆███▆▃ | 2 | 7 |

    2026-11-14 to 2026-11-20; the last day is not complete.

    ## Readout

    | signal | 7 days | 7 complete days | 7 before | change |
    |---|---:|---:|---:|---:|
    | activation | 0 | 0 | 0 | n/a |
    | discovery | 1990 | 1930 | 1750 | +10.3 % |
    | commercial intent | 0 | 0 | 0 | n/a |
    | identity hygiene | 0 | 0 | 0 | n/a |
    | billing intent | 0 | 0 | 0 | n/a |
    | private-registry readiness | 0 | 0 | 0 | n/a |
    | content pipeline | 84 | 81 | 73 | +11.0 % |

    Activation is silent in both weeks; 148 of 205 health reports found a healthy project. Discovery grows: 1930 after 1750. Commercial intent is silent in both weeks.
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_posted_mailed_and_rehearsed_like_any_report() {
    let recorder = Recorder::answering(&[(200, "", "ok")]);
    let mut home = Home::new();
    home.set("DECANTR_STORE", home.store());
    let _none = home.run(&["ops", "weekly-report"]).exits(3);
    let server = home.serve();
    fill(&server.url).await;
    drop(server);
    home.set(
        "TELEMETRY_WEEKLY_REPORT_WEBHOOK_URL",
        format!("{}/s3cret", recorder.url),
    );
    let dry = Trace::of(&home, &["ops", "weekly-report", "--dry-run", "--json"]);
    assert!(dry.sockets().is_empty());
    let dry = dry.run.exits(0).json();
    assert!(recorder.asked().is_empty());
    let run = home
        .run(&["ops", "weekly-report", "--format", "html"])
        .exits(0);
    assert!(run.stdout.starts_with("<!doctype html>") && run.stdout.ends_with("</html>\n"));
    assert!(!run.stderr.contains("s3cret"), "{}", run.stderr);
    let posted = recorder.asked()[0].json();
    let rehearsed = &dry["destinations"][0]["payload"];
    // The two were made at different times.
    assert_eq!(posted["sections"], rehearsed["sections"]);
    home.run(&["ops", "weekly-report", "--sample"]).ok();
    assert_eq!(recorder.asked().len(), 1, "a sample was posted");
}
