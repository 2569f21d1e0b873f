//! All jobs together: they agree about the numbers, and no dry run of any of them changes anything anywhere.

use std::fs;

use decantr::model::protocol::USAGE_PATH;
use reqwest::Method;
use serde_json::{Value, json};

use super::recorder::Recorder;
use super::remote::{fill, key};
use crate::posthog::fake::{Fake, KEY, PROJECT};
use crate::support::process::{Home, Served};
use crate::support::trace::Trace;

/// A home with a store, a server on it, and events.
async fn home() -> (Home, Served) {
    let mut home = Home::new();
    let store = home.store();
    home.set("DECANTR_STORE", store);
    let server = home.serve();
    fill(&server.url).await;
    (home, server)
}

fn json_of(home: &Home, args: &[&str]) -> Value {
    home.run(args).exits(0).json()
}

#[tokio::test(flavor = "multi_thread")]
async fn digest_weekly_report_api_and_query_say_the_same_numbers() {
    let (home, server) = home().await;
    let admin = key(&home, "admin");
    let digest = json_of(&home, &["ops", "digest", "--json"]);
    let weekly = json_of(&home, &["ops", "weekly-report", "--json"]);
    let query = json_of(
        &home,
        &["ops", "query", "events-per-day", "--days", "7", "--json"],
    );
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}{USAGE_PATH}?days=7", server.url);
    let asked = client.get(url).bearer_auth(admin).send().await.unwrap();
    let api: Value = serde_json::from_slice(&asked.bytes().await.unwrap()).unwrap();
    let rows = query["rows"].as_array().unwrap();
    let queried: u64 = rows.iter().map(|row| row[2].as_u64().unwrap()).sum();
    assert_eq!(queried, 2);
    assert_eq!(digest["pulse"]["total_7d"], queried);
    assert_eq!(weekly["summary"], api["summary"]);
    assert_eq!(weekly["trends"], api["trends"]);
    assert_eq!(weekly["alerts"], api["alerts"]);
    assert_eq!(api["summary"]["total_events"], queried);
    for (ours, theirs) in [
        ("customer_7d", "customer_events"),
        ("customer_change_rate", "customer_change_rate"),
        ("total_change_rate", "change_rate"),
        ("failures_7d", "failures"),
        ("failure_rate_7d", "failure_rate"),
        ("active_installs_7d", "active_installs"),
    ] {
        assert_eq!(digest["pulse"][ours], api["summary"][theirs], "{ours}");
    }
    assert_eq!(digest["identity"], api["identity"]);
    assert_eq!(api["summary"]["failures"], 1, "{api:#}");
}

/// Every job with a dry run, and whether it asks PostHog.
const DRY_RUNS: [(&[&str], bool); 10] = [
    (&["ops", "digest", "--dry-run"], false),
    (
        &["ops", "digest", "--dry-run", "--sample", "--always"],
        false,
    ),
    (&["ops", "weekly-report", "--dry-run"], false),
    (
        &["ops", "weekly-report", "--dry-run", "--format", "html"],
        false,
    ),
    (&["ops", "health", "--dry-run", "--always"], false),
    (&["ops", "snapshot", "--dry-run"], false),
    (&["ops", "purge", "--dry-run", "--keep-days", "1"], false),
    (&["ops", "check", "--dry-run"], false),
    (&["ops", "dashboard", "--dry-run"], true),
    (
        &["ops", "dashboard", "--dry-run", "--prune", "--json"],
        true,
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn no_dry_run_changes_anything_anywhere() {
    let (mut home, server) = home().await;
    let (admin, snapshot) = (key(&home, "admin"), key(&home, "snapshot"));
    let posthog = Fake::start();
    // Answers nothing but errors, and remembers who asked.
    let receiver = Recorder::answering(&[(500, "", "")]);
    let summary = home.work().join("summary.md");
    fs::write(&summary, "before\n").unwrap();
    for name in ["DIGEST", "HEALTH", "WEEKLY_REPORT"] {
        home.set(&format!("TELEMETRY_{name}_WEBHOOK_URL"), &*receiver.url);
    }
    home.set("GITHUB_STEP_SUMMARY", summary.display().to_string())
        .set("DECANTR_API_URL", server.url.clone())
        .set("DECANTR_ADMIN_KEY", admin)
        .set("DECANTR_TELEMETRY_SNAPSHOT_TOKEN", snapshot)
        .set("POSTHOG_HOST", &*posthog.url)
        .set("POSTHOG_ENVIRONMENT_ID", PROJECT.to_string())
        .set("POSTHOG_PERSONAL_API_KEY", KEY);
    drop(server);
    let store = home.store();
    let path = store.trim_start_matches("sqlite:").to_owned();
    let bytes = || ["", "-wal", "-shm"].map(|end| fs::read(format!("{path}{end}")).ok());
    let before = (home.snapshot(), bytes());
    for (args, is_remote) in DRY_RUNS {
        let trace = Trace::of(&home, args);
        assert_eq!(trace.sockets().is_empty(), !is_remote, "{args:?}");
        let run = trace.run.exits(0);
        assert!(run.stderr.contains("dry run"), "{args:?}: {}", run.stderr);
        assert!((home.snapshot(), bytes()) == before, "{args:?} has written");
    }
    assert!(receiver.asked().is_empty(), "something was posted");
    assert_eq!(posthog.writes(), Vec::<(Method, String)>::new());
    assert_eq!(fs::read_to_string(&summary).unwrap(), "before\n");
}

/// The table of dry runs is complete: it has every command of `ops` that knows the option.
#[test]
fn every_command_with_a_dry_run_is_tried() {
    let home = Home::new();
    let help = home.run(&["ops", "--help"]).ok();
    let (_, commands) = help.split_once("Commands:\n").unwrap();
    let commands = commands
        .lines()
        .take_while(|line| line.starts_with("  "))
        .filter_map(|line| {
            line.strip_prefix("  ")
                .filter(|line| !line.starts_with(' '))
        })
        .filter_map(|line| line.split_whitespace().next());
    let known: Vec<Value> = DRY_RUNS.iter().map(|(args, _)| json!(args[1])).collect();
    let mut found = 0;
    for command in commands.filter(|command| *command != "help") {
        let help = home.run(&["ops", command, "--help"]).ok();
        if help.contains("--dry-run") {
            found += 1;
            assert!(known.contains(&json!(command)), "{command} is not tried");
        }
    }
    assert!(found >= 7, "{found}");
}
