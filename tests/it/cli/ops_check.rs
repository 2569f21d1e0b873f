//! The live check: against a real server it finds what works, what does not, and what nobody can tell; it leaves no trace.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::routing::any;
use decantr::base::http::{Http, Request};
use decantr::server::jobs::check::CONFIRMING;
use serde_json::{Value, json};

use crate::posthog::fake::{Fake, KEY, PROJECT, TOKEN};
use crate::support::process::{Home, Served};
use crate::support::trace::Trace;

/// A home with an organisation and a running server.
fn home() -> (Home, Served) {
    let mut home = Home::new();
    let store = home.store();
    home.set("DECANTR_STORE", store);
    home.run(&["ops", "org", "add", "acme"]).ok();
    let server = home.serve();
    (home, server)
}

fn key(home: &Home, scope: &str) -> String {
    let mut args = vec!["ops", "key", "create", "--scope", scope, "--json"];
    if scope == "link" {
        args.extend(["--org", "acme"]);
    }
    let made = home.run(&args).exits(0).json();
    made["key"].as_str().unwrap().to_owned()
}

/// The verdict about one thing.
fn verdict<'a>(report: &'a Value, check: &str) -> &'a str {
    let findings = report["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["check"] == check);
    found.unwrap()["verdict"].as_str().unwrap()
}

#[test]
fn with_keys_everything_is_tried_and_erased_again() {
    let (mut home, server) = home();
    let (admin, link) = (key(&home, "admin"), key(&home, "link"));
    home.set("DECANTR_ADMIN_KEY", admin.clone())
        .set("DECANTR_API_KEY", link.clone())
        .set("DECANTR_API_URL", server.url.clone());
    let run = home.run(&["ops", "check", "--json"]).exits(0);
    let report = run.json();
    for check in [
        "endpoint",
        "catalog",
        "pairs",
        "lanes",
        "found",
        "link",
        "cleanup",
        "snapshots",
        "payloads",
        "billing_flags",
    ] {
        assert_eq!(verdict(&report, check), "passed", "{report:#}");
    }
    assert_eq!(verdict(&report, "coverage"), "not_checked");
    let strict = home.run(&["ops", "check", "--strict"]).exits(1);
    assert!(strict.stdout.contains("not checked"), "{}", strict.stdout);
    let digest = home.run(&["ops", "digest", "--json"]).exits(0).json();
    assert_eq!(digest["pulse"]["customer_7d"], 0, "{digest:#}");
    assert_eq!(digest["pulse"]["active_installs_7d"], 0);
    assert!(digest["pulse"]["total_7d"].as_u64().unwrap() >= 12);
    for secret in [admin, link] {
        assert!(!run.stdout.contains(&secret) && !run.stderr.contains(&secret));
    }
}

#[test]
fn without_keys_nothing_is_sent_that_would_count_as_a_customers() {
    let (home, server) = home();
    let report = home
        .run(&["ops", "check", "--api-url", &server.url, "--json"])
        .exits(0)
        .json();
    for check in ["endpoint", "catalog", "pairs"] {
        assert_eq!(verdict(&report, check), "passed", "{report:#}");
    }
    for check in ["lanes", "found", "link", "cleanup", "snapshots", "payloads"] {
        assert_eq!(verdict(&report, check), "not_checked", "{report:#}");
    }
    let digest = home.run(&["ops", "digest", "--json"]).exits(0).json();
    assert_eq!(digest["pulse"]["total_7d"], 0);
}

#[test]
fn a_dry_run_says_what_would_be_tried_and_connects_to_nothing() {
    let mut home = Home::new();
    home.set("DECANTR_API_URL", "https://telemetry.example.com")
        .set("DECANTR_ADMIN_KEY", "dcr_not_to_be_shown_1234");
    let trace = Trace::of(&home, &["ops", "check", "--dry-run"]);
    assert!(trace.sockets().is_empty());
    let said = trace.run.exits(0);
    assert!(said.stdout.contains("with the key in DECANTR_ADMIN_KEY"));
    assert!(said.stdout.contains("not without DECANTR_API_KEY"));
    assert!(!said.stdout.contains("not_to_be_shown"));
    assert!(home.snapshot().is_empty());
}

#[test]
fn a_file_of_variables_serves_check_dashboard_and_query_alike() {
    let home = Home::new();
    let named = "DECANTR_STORE=sqlite:named-in-the-file.db\nDECANTR_API_URL=https://telemetry.example.com\n";
    home.write("jobs.env", &format!("{named}DECANTR_ADMIN_KEY=dcr_x\n"));
    home.write("posthog.env", "POSTHOG_ENVIRONMENT_ID=phc_token\n");
    let with = |args: &[&str]| home.run(&[args, &["--env-file", "jobs.env"]].concat());
    let check = with(&["ops", "check", "--dry-run"]).exits(0);
    assert!(check.stdout.contains("with the key in DECANTR_ADMIN_KEY"));
    let dashboard = ["ops", "dashboard", "--dry-run", "--env-file", "posthog.env"];
    let said = home.run(&dashboard).exits(3).stderr;
    assert!(said.contains("POSTHOG_ENVIRONMENT_ID"), "{said}");
    let query = with(&["ops", "query", "events-per-day"]).exits(3);
    assert!(
        query.stderr.contains("named-in-the-file.db"),
        "{}",
        query.stderr
    );
}

#[test]
fn a_billing_flag_that_is_on_fails_the_check() {
    let (mut home, server) = home();
    home.set("DECANTR_API_URL", server.url.clone())
        .set("NEXT_PUBLIC_REGISTRY_BILLING_ENABLED", "true");
    let run = home.run(&["ops", "check"]).exits(1);
    assert!(run.stdout.contains("NEXT_PUBLIC_REGISTRY_BILLING_ENABLED"));
}

#[test]
fn posthog_has_seen_every_confirming_event_or_the_missing_ones_are_named() {
    let (mut home, server) = home();
    let fake = Fake::start();
    home.set("DECANTR_API_URL", server.url.clone())
        .set("POSTHOG_HOST", &*fake.url)
        .set("POSTHOG_ENVIRONMENT_ID", PROJECT.to_string())
        .set("POSTHOG_PERSONAL_API_KEY", KEY);
    let seen = |events: &[&str]| {
        let rows: Vec<Value> = events.iter().map(|event| json!([event, 1])).collect();
        json!({ "columns": ["event", "events"], "results": rows, "hasMore": false })
    };
    fake.state().answers = [seen(&CONFIRMING), seen(&CONFIRMING[1..])].into();
    let report = home.run(&["ops", "check", "--json"]).exits(0).json();
    assert_eq!(verdict(&report, "posthog"), "passed", "{report:#}");
    assert_eq!(
        fake.state().asked[0]["query"]["values"]["names"],
        json!(CONFIRMING)
    );
    let run = home.run(&["ops", "check"]).exits(1);
    let line = format!("not seen in the last 7 days: {}\n", CONFIRMING[0]);
    assert!(run.stdout.contains(&line), "{}", run.stdout);
    fake.state().faults.lacks.insert("query:read".to_owned());
    let run = home.run(&["ops", "check"]).exits(1);
    assert!(run.stdout.contains("query:read"), "{}", run.stdout);
    assert!(!run.stdout.contains(KEY) && !run.stderr.contains(KEY));
}

#[test]
fn a_key_without_a_server_beside_it_goes_nowhere() {
    let (mut home, _server) = home();
    home.set("DECANTR_ADMIN_KEY", "dcr_not_to_be_shown_1234");
    let run = home.run(&["ops", "check"]).exits(2);
    assert!(run.stderr.contains("--api-url") && !run.stderr.contains("not_to_be"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_else_answers_is_no_server() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let page = Router::new().fallback(any(|| async { "<html>hello</html>" }));
    let serving = tokio::spawn(async move { axum::serve(listener, page).await });
    let checked = tokio::task::spawn_blocking(move || {
        let home = Home::new();
        home.run(&["ops", "check", "--api-url", &url, "--json"])
            .exits(1)
            .json()
    });
    let report = checked.await.unwrap();
    serving.abort();
    assert_eq!(verdict(&report, "endpoint"), "failed");
    assert_eq!(verdict(&report, "lanes"), "not_checked");
}

#[test]
fn a_server_that_is_down_is_said_and_ends_with_1() {
    let (home, server) = home();
    let url = server.url.clone();
    server.kill();
    let run = home.run(&["ops", "check", "--api-url", &url]).exits(1);
    assert!(run.stdout.contains("start `decantr ops serve`"));
}

/// Runs the check against a server behind something that breaks the `nth` request (the first is 0) with this method and path.
async fn checked_through(
    home: Home,
    server: String,
    breaks: (Method, &'static str, usize),
) -> (Home, Value) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let http = Http::new(Duration::from_secs(30)).unwrap();
    let seen = Arc::new(AtomicUsize::new(0));
    let pass = async move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
        let (breaking, path, nth) = &breaks;
        if method == breaking && uri.path() == *path && seen.fetch_add(1, Ordering::Relaxed) == *nth
        {
            return (StatusCode::BAD_GATEWAY, Vec::new());
        }
        let to = format!("{server}{uri}").parse().unwrap();
        let names = ["authorization", "content-type"];
        let headers = names.into_iter().filter_map(|name| {
            let value = headers.get(name)?.to_str().unwrap();
            Some((name, value.to_owned()))
        });
        let request = Request {
            headers: headers.collect(),
            body: Some(body.to_vec()).filter(|body| !body.is_empty()),
        };
        let answer = match method {
            Method::POST => http.post(&to, request).await,
            Method::PUT => http.put(&to, request).await,
            Method::DELETE => http.delete(&to, request).await,
            _ => http.get_with(&to, request).await,
        };
        let answer = answer.unwrap();
        (StatusCode::from_u16(answer.status).unwrap(), answer.body)
    };
    let passing = Router::new().fallback(pass);
    let serving = tokio::spawn(async move { axum::serve(listener, passing).await });
    let checking = tokio::task::spawn_blocking(move || {
        let args = ["ops", "check", "--api-url", &url, "--json"];
        let report = home.run(&args).exits(1).json();
        (home, report)
    });
    let done = checking.await.unwrap();
    serving.abort();
    done
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_that_were_marked_only_in_part_are_forgotten_all_the_same() {
    let (mut home, server) = home();
    let admin = key(&home, "admin");
    home.set("DECANTR_ADMIN_KEY", admin);
    let breaks = (Method::PUT, "/v1/admin/telemetry/aliases", 1);
    let (home, report) = checked_through(home, server.url.clone(), breaks).await;
    assert_eq!(verdict(&report, "lanes"), "failed", "{report:#}");
    assert_eq!(verdict(&report, "found"), "not_checked");
    assert_eq!(verdict(&report, "cleanup"), "passed");
    let aliases = home.run(&["ops", "alias", "list"]).ok();
    assert!(!aliases.contains("install_"), "{aliases}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_erased_is_named_with_the_command_that_erases_it() {
    let (mut home, server) = home();
    let admin = key(&home, "admin");
    home.set("DECANTR_ADMIN_KEY", admin);
    let breaks = (Method::POST, "/v1/forget", 0);
    let (home, report) = checked_through(home, server.url.clone(), breaks).await;
    let findings = report["findings"].as_array().unwrap();
    let cleanup = findings.iter().find(|one| one["check"] == "cleanup");
    let cleanup = cleanup.unwrap();
    assert_eq!(cleanup["verdict"], "failed");
    let todo = cleanup["todo"].as_str().unwrap();
    let command = todo.split('`').nth(1).unwrap();
    let mut args: Vec<&str> = command.split(' ').skip(1).collect();
    args.push("--yes");
    let said = home.run(&args).ok();
    assert!(said.contains("events erased"), "{said}");
    let aliases = home.run(&["ops", "alias", "list"]).ok();
    assert!(!aliases.contains("install_"), "{aliases}");
}

#[test]
fn copies_of_its_own_events_are_told_and_confirm_nothing() {
    let mut home = Home::new();
    let (store, fake) = (home.store(), Fake::start());
    home.set("DECANTR_STORE", store)
        .set("POSTHOG_PROJECT_TOKEN", TOKEN)
        .set("POSTHOG_HOST", &*fake.url);
    home.run(&["ops", "org", "add", "acme"]).ok();
    let server = home.serve_with(&["--forward", "posthog"]);
    let admin = key(&home, "admin");
    home.set("DECANTR_ADMIN_KEY", admin)
        .set("DECANTR_API_URL", server.url.clone());
    // The place of the copies is kept soon after the start.
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        let run = home.run(&["ops", "check"]).exits(0);
        if run.stdout.contains("copies may stay at PostHog") {
            break;
        }
        assert!(Instant::now() < end, "{}", run.stdout);
    }
    home.set("POSTHOG_ENVIRONMENT_ID", PROJECT.to_string())
        .set("POSTHOG_PERSONAL_API_KEY", KEY);
    let _run = home.run(&["ops", "check"]).exits(1);
    let asked = fake.state().asked[0]["query"]["query"].to_string();
    assert!(asked.contains("decantr_environment"), "{asked}");
}
