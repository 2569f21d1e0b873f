//! Usage report and digest, over HTTP in and from the rollups out.

use decantr::model::catalog::Catalog;
use decantr::model::event::{Actor, Environment};
use decantr::server::jobs::digest::{Digest, Status};
use decantr::server::jobs::snapshot;
use decantr::server::report::{Level, Query, Thresholds, Usage};
use decantr::server::store;
use jiff::SignedDuration;
use serde_json::Value;

use super::support::{Running, event, now, url, with};

fn days_ago(days: i64, event: Value) -> Value {
    with(
        event,
        "/timestamp",
        (now() - SignedDuration::from_hours(24 * days)).to_string(),
    )
}

fn install(name: &str, event: Value) -> Value {
    with(event, "/context/installId", name)
}

/// Two weeks: 6 events last week (one of them today, one failed), 8 in the week before.
async fn fill(server: &Running) {
    let mut events = vec![
        event(),
        days_ago(1, event()),
        days_ago(2, install("install_a", event())),
        days_ago(3, with(event(), "/properties/success", false)),
        days_ago(6, with(event(), "/context/environment", "test")),
        days_ago(7, install("install_b", event())),
    ];
    events.extend((8..16).map(|days| days_ago(days.min(14), event())));
    let reply = server.batch(&events).await;
    assert!(
        reply
            .results
            .iter()
            .all(|result| result.outcome == "accepted")
    );
}

async fn usage(server: &Running, query: Query<'_>) -> Usage {
    let thresholds = Thresholds::default();
    Usage::read(
        &*server.store,
        &Catalog::decantr(),
        &[query],
        &thresholds,
        now(),
    )
    .await
    .unwrap()
    .remove(0)
}

async fn week(server: &Running) -> Usage {
    let query = Query {
        days: 7,
        ..Query::default()
    };
    usage(server, query).await
}

#[tokio::test(flavor = "multi_thread")]
async fn totals_include_today_and_changes_compare_complete_days() {
    let server = Running::start().await;
    fill(&server).await;
    let week = week(&server).await;
    assert_eq!(
        (week.window.from.to_string(), week.window.to.to_string()),
        ("2026-11-14".into(), "2026-11-20".into())
    );
    assert_eq!(
        (week.current.from.to_string(), week.current.to.to_string()),
        ("2026-11-13".into(), "2026-11-19".into())
    );
    assert_eq!(
        (week.previous.from.to_string(), week.previous.to.to_string()),
        ("2026-11-06".into(), "2026-11-12".into())
    );
    let summary = &week.summary;
    assert_eq!(
        (
            summary.total_events,
            summary.customer_events,
            summary.failures
        ),
        (5, 5, 1)
    );
    assert_eq!(
        (
            summary.current_events,
            summary.previous_events,
            summary.delta
        ),
        (5, 8, -3)
    );
    assert_eq!(summary.change_rate, Some(-0.375));
    assert_eq!(
        (summary.failure_rate, summary.outside_production),
        (Some(0.2), Some(0.2))
    );
    assert_eq!(
        (
            summary.active_installs,
            summary.active_projects,
            summary.active_orgs
        ),
        (2, 1, 0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn buckets_compare_complete_days_and_alerts_come_worst_first() {
    let server = Running::start().await;
    fill(&server).await;
    let week = week(&server).await;
    let bucket = week
        .buckets
        .iter()
        .find(|bucket| bucket.key == "cli_adoption")
        .unwrap();
    assert_eq!(
        (bucket.total, bucket.current, bucket.previous, bucket.delta),
        (5, 5, 8, -3)
    );
    let unused = week
        .buckets
        .iter()
        .find(|bucket| bucket.key == "billing_intent")
        .unwrap();
    assert_eq!((unused.current, unused.change_rate), (0, None));
    let alerts: Vec<_> = week
        .alerts
        .iter()
        .map(|alert| (alert.level, alert.code))
        .collect();
    assert_eq!(
        alerts,
        [
            (Level::Critical, "failures"),
            (Level::Warning, "customer_drop"),
            (Level::Warning, "identity_coverage"),
            (Level::Warning, "candidate_growth"),
            (Level::Info, "candidate_aliases"),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_leave_the_rest_out() {
    let server = Running::start().await;
    fill(&server).await;
    let production = Query {
        days: 7,
        environment: Some(Environment::Production),
        ..Query::default()
    };
    assert_eq!(usage(&server, production).await.summary.total_events, 4);
    let nobody = Query {
        days: 30,
        actor: Some(Actor::Internal),
        ..Query::default()
    };
    let nobody = usage(&server, nobody).await;
    assert_eq!(
        (nobody.summary.total_events, nobody.summary.failure_rate),
        (0, None)
    );
    assert_eq!(
        nobody
            .alerts
            .iter()
            .map(|alert| alert.code)
            .collect::<Vec<_>>(),
        ["no_events"]
    );
    let source = Query {
        days: 30,
        source: Some("cli"),
        ..Query::default()
    };
    assert_eq!(usage(&server, source).await.summary.total_events, 14);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digest_reads_a_store_that_no_server_runs_on() {
    let mut server = Running::start().await;
    fill(&server).await;
    server
        .batch(&[with(event(), "/name", "no.such.event")])
        .await;
    let (catalog, thresholds) = (Catalog::decantr(), Thresholds::default());
    let taken = snapshot::compute(&*server.store, &catalog, &thresholds, now()).await;
    snapshot::keep(&*server.store, &taken.unwrap())
        .await
        .unwrap();
    server.stop().await.unwrap();
    let store = store::open(&url(&server.path)).await.unwrap();
    let digest = Digest::read(
        &*store,
        &Catalog::decantr(),
        None,
        &Thresholds::default(),
        now(),
    )
    .await
    .unwrap();
    assert_eq!(digest.status, Status::Attention);
    let markdown = digest.message().to_markdown();
    insta::assert_snapshot!(markdown.split("## Project health").next().unwrap(), @r#"
    # Telemetry digest: attention

    Catalog decantr, 2026-11-20 05:00 UTC (live). "7 days" ends with today; changes compare complete days.

    ## Alerts

    - critical: Failures reported: 1 (20.0 % of events).
    - warning: Customer events fell by 37.5 % from one period of 7 complete days to the next (8 to 5).
    - warning: 6.7 % of the events received were dropped, most of them as unknown_event.
    - warning: Identity coverage is 0.0 % (0 of 5 events with ids); `decantr ops alias candidates` lists who is not known.
    - warning: Candidate aliases grow faster than customer events (2 to 4): classify internal traffic first, then ask customer teams to link.
    - info: 3 of 3 active identities are candidates for an alias.

    ## Pulse

    |  | 7 days | change | 30 days |
    |---|---:|---:|---:|
    | events | 5 | -37.5 % | 14 |
    | customer events | 5 | -37.5 % | 14 |
    | customer CLI events | 5 |  | 14 |
    | active installs | 2 |  | 3 |
    | active projects | 1 |  | 1 |
    | active organisations | 0 |  | 0 |
    | failures | 1 |  |  |
    | failure rate | 20.0 % |  |  |
    | outside production | 20.0 % |  |  |
    | classification coverage | 0.0 % |  |  |
    | dropped events | 1 |  |  |
    | duplicate events | 0 |  |  |
    | stripped parts | 0 |  |  |

    ## Identity

    |  | 7 days |
    |---|---:|
    | identity coverage | 0.0 % |
    | active identities | 3 |
    | candidate aliases | 3 |
    "#);
    let json = serde_json::to_value(&digest).unwrap();
    assert_eq!(
        (json["basis"].as_str(), json["sample"].as_bool()),
        (Some("live"), Some(false))
    );
    assert_eq!(json["pulse"]["total_7d"], 5);
    assert_eq!(json["project_health"][0]["last_7_days"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn snapshots_that_are_not_fresh_are_an_alert_and_decide_the_verdict() {
    let server = Running::start().await;
    let (catalog, thresholds) = (Catalog::decantr(), Thresholds::default());
    let store = &*server.store;
    let later = |days: i64| now() + SignedDuration::from_hours(24 * days);
    let alert = async |at| {
        let digest = Digest::read(store, &catalog, None, &thresholds, at)
            .await
            .unwrap();
        let stale = digest
            .alerts
            .iter()
            .find(|alert| alert.code == "stale_snapshots");
        (
            stale.map(|alert| alert.level),
            digest.snapshots.status.as_str(),
        )
    };
    let taken = snapshot::compute(store, &catalog, &thresholds, now())
        .await
        .unwrap();
    snapshot::keep(store, &taken).await.unwrap();
    assert_eq!(alert(now()).await, (None, "success"));
    assert_eq!(alert(later(1)).await, (Some(Level::Warning), "warning"));
    assert_eq!(alert(later(2)).await, (Some(Level::Critical), "error"));
}

#[test]
fn a_sample_says_that_it_is_one() {
    let sample = Digest::sample(now());
    let markdown = sample.message().to_markdown();
    assert!(markdown.starts_with("**SAMPLE"));
    assert_eq!(serde_json::to_value(&sample).unwrap()["sample"], true);
    assert_eq!(markdown, Digest::sample(now()).message().to_markdown());
    insta::assert_snapshot!(markdown.split("## Adoption").next().unwrap(), @r#"
    **SAMPLE: these numbers are made up.**

    # Telemetry digest: watch

    Catalog decantr, 2026-11-20 05:00 UTC (made up). "7 days" ends with today; changes compare complete days.

    ## Alerts

    - warning: Failures reported: 52 (0.6 % of events).
    - info: 24 of 530 active identities are candidates for an alias.

    ## Pulse

    |  | 7 days | change | 30 days |
    |---|---:|---:|---:|
    | events | 8789 | +10.2 % | 37664 |
    | customer events | 3775 | +10.2 % | 16176 |
    | customer CLI events | 3045 |  | 13048 |
    | active installs | 112 |  | 480 |
    | active projects | 133 |  | 570 |
    | active organisations | 7 |  | 30 |
    | failures | 52 |  |  |
    | failure rate | 0.6 % |  |  |
    | outside production | 0.0 % |  |  |
    | classification coverage | 100.0 % |  |  |
    | dropped events | 12 |  |  |
    | duplicate events | 63 |  |  |
    | stripped parts | 41 |  |  |

    ## Top customers

    | organisation | 7 days | installs | projects | last active |
    |---|---:|---:|---:|---:|
    | acme | 406 | 3 | 4 | 2026-11-20 |
    | globex | 147 | 1 | 2 | 2026-11-20 |

    ## Identity

    |  | 7 days |
    |---|---:|
    | identity coverage | 96.0 % |
    | active identities | 530 |
    | candidate aliases | 24 |

    ## Project health

    |  | 7 days | 30 days | customers, 30 days |
    |---|---:|---:|---:|
    | analyze | 312 | 1337 | 1337 |
    | new | 0 | 0 | 0 |
    | init | 0 | 0 | 0 |
    | refresh | 0 | 0 | 0 |
    | check | 540 | 2314 | 2314 |
    | health reports | 205 | 878 | 878 |
    | healthy milestones | 148 | 634 | 634 |
    | CI failures | 0 | 0 | 0 |
    | remediation prompts | 0 | 0 | 0 |
    | studio starts | 0 | 0 | 0 |
    | studio refreshes | 0 | 0 | 0 |

    Activation rate 72.2 %, CI failure rate 0.0 % (7 days).
    "#);
}
