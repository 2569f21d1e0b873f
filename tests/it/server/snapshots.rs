//! Snapshots: kept as they were computed, found again, replaced within a day, gone with what they could name.

use std::collections::BTreeSet;
use std::time::Duration;

use decantr::base::clock::Clock;
use decantr::base::ids::OpaqueId;
use decantr::model::catalog::Catalog;
use decantr::model::protocol::Scope;
use decantr::server::jobs::health::{Freshness, Health};
use decantr::server::jobs::snapshot;
use decantr::server::report::Thresholds;
use decantr::server::rollup::Day;
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::Value;

use super::accounts_support::{by, code};
use super::support::{Running, event, now, with};

const BASE: &str = "/v1/admin/telemetry-snapshots";

/// Keeps the reports as of so many days ago.
async fn keep(server: &Running, days_ago: i64) {
    let at = now() - SignedDuration::from_hours(24 * days_ago);
    let (store, thresholds) = (&*server.store, Thresholds::default());
    let taken = snapshot::compute(store, &Catalog::decantr(), &thresholds, at)
        .await
        .unwrap();
    snapshot::keep(store, &taken).await.unwrap();
}

async fn health(server: &Running) -> Health {
    let snapshots = server.store.snapshots();
    Health::read(snapshots, "decantr", now()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_is_what_was_computed_and_the_newest_is_found() {
    // The server keeps reports itself; its day is the day before yesterday.
    let folder = tempfile::tempdir().unwrap();
    let then = now() - SignedDuration::from_hours(48);
    let server = Running::on(&folder.path().join("events.db"), Clock::fixed(then)).await;
    let event = || with(event(), "/timestamp", then.to_string());
    let kept = async {
        while health(&server).await.checks[0].date.is_none() {
            tokio::task::yield_now().await;
        }
    };
    let kept = tokio::time::timeout(Duration::from_secs(30), kept);
    kept.await.expect("the server keeps reports at its start");
    assert_eq!(health(&server).await.status, Freshness::Error);
    server.batch(&[event(), event()]).await;
    keep(&server, 1).await;
    assert_eq!(health(&server).await.status, Freshness::Warning);
    keep(&server, 0).await;
    server.batch(&[event()]).await;
    keep(&server, 0).await;
    assert_eq!(health(&server).await.status, Freshness::Success);
    let latest = server
        .store
        .snapshots()
        .latest_snapshots("decantr")
        .await
        .unwrap();
    assert_eq!(latest.len(), 3);
    let week: Value = serde_json::from_str(&latest[0].usage).unwrap();
    assert_eq!((latest[0].days, latest[0].day), (7, Day::of(now())));
    assert_eq!(
        week["summary"]["total_events"], 3,
        "made again, it is replaced"
    );
    let rows: Value = serde_json::from_str(&latest[0].attribution).unwrap();
    assert_eq!(
        (&rows[0]["events"], &rows[0]["project"]),
        (&3.into(), &"proj_abc".into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_forgotten_or_too_old_is_in_no_snapshot() {
    let mut server = Running::start().await;
    server
        .batch(&[with(event(), "/context/projectId", "project_gone-for-good")])
        .await;
    keep(&server, 3).await;
    keep(&server, 0).await;
    let ids = BTreeSet::from([OpaqueId::parse("project_gone-for-good").unwrap()]);
    server
        .store
        .identities()
        .forget(&ids, &[], &by())
        .await
        .unwrap();
    let latest = server
        .store
        .snapshots()
        .latest_snapshots("decantr")
        .await
        .unwrap();
    let rows: Value = serde_json::from_str(&latest[0].attribution).unwrap();
    assert_eq!(rows[0]["project"], Value::Null);
    server
        .store
        .purge("decantr", Day::of(now()).plus(-1))
        .await
        .unwrap();
    server.stop().await.unwrap();
    let file = std::fs::read(&server.path).unwrap();
    assert!(!file.windows(13).any(|w| w == b"gone-for-good"));
    let db = rusqlite::Connection::open(&server.path).unwrap();
    let kept = "SELECT count(DISTINCT day) FROM snapshots";
    let kept: i64 = db.query_row(kept, [], |row| row.get(0)).unwrap();
    assert_eq!(kept, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_routes_want_a_key_of_their_own_scope_and_give_what_was_kept() {
    let server = Running::start().await;
    server.batch(&[event()]).await;
    let acme = server.add_org("acme").await;
    let link = server.key(&[Scope::Link], Some(&acme)).await;
    let run = format!("{BASE}/run");
    for (key, expected) in [
        (None, (401, "unknown_key")),
        (Some(&link), (403, "missing_scope")),
    ] {
        let answer = server.ask(Method::POST, &run, key, None).await;
        assert_eq!(code(&answer), expected);
    }
    let token = server.key(&[Scope::Snapshot], None).await;
    let headers = [("x-telemetry-snapshot-token", token.text.as_str())];
    let (status, _, made) = server.send(Method::POST, &run, &headers, None).await;
    assert_eq!(
        (status, &made["status"]),
        (200, &"success".into()),
        "{made}"
    );
    let twice = [headers[0], headers[0]];
    let (status, _, _) = server.send(Method::POST, &run, &twice, None).await;
    assert_eq!(status, 401);
    let admin = server.key(&[Scope::Admin], None).await;
    let get = async |path: &str| {
        server
            .ask(Method::GET, &format!("{BASE}{path}"), Some(&admin), None)
            .await
    };
    let (status, usage) = get("/usage?days=30&actor=customer").await;
    assert_eq!(status, 200, "{usage}");
    assert_eq!(usage["snapshots"].as_array().unwrap().len(), 1);
    assert_eq!(usage["snapshots"][0]["usage"]["summary"]["total_events"], 1);
    assert_eq!(usage["snapshots"][0]["usage"]["actor"], "customer");
    let (status, rows) = get("/attribution?days=7").await;
    assert_eq!(
        (status, &rows["snapshots"][0]["rows"][0]["events"]),
        (200, &1.into()),
        "{rows}"
    );
    assert_eq!(
        get("/health").await.1["checks"].as_array().unwrap().len(),
        3
    );
    assert_eq!(code(&get("/usage?days=8").await), (400, "invalid_days"));
    let usage = server
        .send(Method::GET, "/v1/admin/telemetry/usage", &headers, None)
        .await;
    assert_eq!(usage.0, 401, "the token is for snapshots only");
}

/// The days on which the snapshots of so many days were made, as days before today.
fn ages(server: &Running, days: u32) -> Vec<i32> {
    let db = rusqlite::Connection::open(&server.path).unwrap();
    let question = "SELECT ?1 - day FROM snapshots WHERE days = ?2 AND actor = '' ORDER BY day";
    let mut rows = db.prepare(question).unwrap();
    let today = Day::of(now()).0;
    let ages = rows.query_map((today, days), |row| row.get(0)).unwrap();
    ages.collect::<Result<_, _>>().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_goes_with_the_first_of_its_days_unless_it_is_the_newest() {
    let server = Running::start().await;
    server.batch(&[event()]).await;
    for days_ago in [70, 61, 60, 2, 0] {
        keep(&server, days_ago).await;
    }
    let purge = async |days: i32| {
        let before = Day::of(now()).plus(-days);
        server.store.purge("decantr", before).await.unwrap();
        [ages(&server, 7), ages(&server, 30)]
    };
    assert_eq!(
        purge(90).await,
        [vec![70, 61, 60, 2, 0], vec![61, 60, 2, 0]]
    );
    assert_eq!(purge(89).await, [vec![70, 61, 60, 2, 0], vec![60, 2, 0]]);
    assert_eq!(purge(7).await, [vec![0], vec![0]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_of_a_clock_that_ran_ahead_is_not_the_newest_for_long() {
    let server = Running::start().await;
    keep(&server, -400).await;
    keep(&server, 0).await;
    assert_eq!([ages(&server, 7), ages(&server, 30)], [[0], [0]]);
    assert_eq!(health(&server).await.status, Freshness::Success);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_is_forgotten_while_a_snapshot_is_made_is_not_in_it() {
    let server = Running::start().await;
    let of = |project: &str| with(event(), "/context/projectId", project);
    server
        .batch(&[of("project_gone"), of("project_stays"), of("project_stays")])
        .await;
    let (store, thresholds) = (&*server.store, Thresholds::default());
    let taken = snapshot::compute(store, &Catalog::decantr(), &thresholds, now())
        .await
        .unwrap();
    let ids = BTreeSet::from([OpaqueId::parse("project_gone").unwrap()]);
    store.identities().forget(&ids, &[], &by()).await.unwrap();
    snapshot::keep(store, &taken).await.unwrap();
    let latest = store.snapshots().latest_snapshots("decantr").await.unwrap();
    for snapshot in latest {
        let rows: Value = serde_json::from_str(&snapshot.attribution).unwrap();
        assert_eq!(rows.as_array().unwrap().len(), 2);
        assert_eq!(rows[0]["project"], "project_stays");
        assert_eq!(rows[1]["project"], Value::Null);
        assert_eq!(rows[1]["events"], 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_that_goes_with_an_erased_installation_is_in_no_snapshot() {
    let server = Running::start().await;
    let of = |install: &str, project: &str| {
        let event = with(event(), "/context/installId", install);
        with(event, "/context/projectId", project)
    };
    let stays = || of("install_stays", "project_stays");
    server
        .batch(&[of("install_gone", "project_gone"), stays(), stays()])
        .await;
    keep(&server, 3).await;
    keep(&server, 0).await;
    let ids = BTreeSet::from([OpaqueId::parse("install_gone").unwrap()]);
    let identities = server.store.identities();
    identities.forget(&ids, &[], &by()).await.unwrap();
    let db = rusqlite::Connection::open(&server.path).unwrap();
    let count = |name: &str| -> i64 {
        let question = "SELECT count(*) FROM snapshots WHERE instr(attribution, ?1)";
        db.query_row(question, [name], |row| row.get(0)).unwrap()
    };
    assert_eq!((count("project_gone"), count("project_stays")), (0, 3));
}
