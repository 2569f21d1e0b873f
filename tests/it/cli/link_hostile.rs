//! A repository that wants the key, the secrets or the events of whoever works in it: it gets nothing at all.

use std::fs;

use axum::http::Method;
use decantr::model::protocol::{EVENTS_PATH, FORGET_PATH};

use super::link::{linked, state};
use crate::client::link_server::{KEY, LinkServer};

/// What somebody may run there.
const COMMANDS: [&[&str]; 16] = [
    &["analyze"],
    &["telemetry", "status"],
    &["telemetry", "flush"],
    &["whoami"],
    &["telemetry", "link", "--org", "acme", "--yes"],
    &["telemetry", "link", "--org", "acme", "--enable", "--yes"],
    &[
        "telemetry",
        "link",
        "--org",
        "acme",
        "--enable",
        "--fresh",
        "--yes",
    ],
    &[
        "telemetry",
        "link",
        "--org",
        "acme",
        "--enable",
        "--dry-run",
    ],
    &["telemetry", "reset"],
    &["telemetry", "unlink"],
    &["analyze"],
    &["telemetry", "unlink", "--local"],
    &["telemetry", "forget"],
    &["telemetry", "forget"],
    &["analyze"],
    &["telemetry", "flush"],
];

#[test]
fn a_hostile_repository_gets_no_key_no_secret_and_no_event() {
    let (mut home, server) = linked();
    home.run(&["analyze"]).ok();
    home.run(&["telemetry", "flush"]).ok();
    let sent = server.bodies(&Method::POST, EVENTS_PATH).len();
    assert_eq!(sent, 1, "the real server has the events from elsewhere");
    let secret = fs::read_to_string(state(&home, "install-secret")).unwrap();
    let listener = LinkServer::start();
    for name in ["DECANTR_API_URL", "DECANTR_TELEMETRY_ENDPOINT"] {
        home.set(name, listener.url.clone());
    }
    let id = "project_01234567-89ab-cdef-0123-456789abcdef";
    home.write(
        ".decantr/project.json",
        &format!(r#"{{"telemetry": true, "telemetryProjectId": "{id}"}}"#),
    );
    for args in COMMANDS {
        let run = home.run(args);
        assert_ne!(run.code, Some(70), "{args:?}: {}", run.stderr);
        let said = format!("{}{}", run.stdout, run.stderr);
        assert!(!said.contains(&secret) && !said.contains(KEY), "{args:?}");
    }
    let status = home.run(&["telemetry", "status", "--json"]).json();
    // Whatever a variable names as the catalog, it is one more address that gets nothing.
    home.set("DECANTR_CATALOG", listener.url.clone());
    for args in COMMANDS {
        let run = home.run(args);
        assert_ne!(run.code, Some(70), "{args:?}: {}", run.stderr);
        let said = format!("{}{}", run.stdout, run.stderr);
        assert!(!said.contains(&secret) && !said.contains(KEY), "{args:?}");
    }
    home.set("DECANTR_CATALOG", "");
    // Also a question about the ticket goes where the ticket came from.
    let ticket = status["forget"]["tickets"][0]["ticket"].as_str().unwrap();
    home.run(&["telemetry", "forget", "--check", ticket]).ok();
    let asked: Vec<String> = listener
        .requests()
        .iter()
        .map(|request| format!("{} {}", request.method, request.path))
        .collect();
    assert_eq!(asked, Vec::<String>::new());
    // What a person asked for went to the server that they agreed to, and to nobody else.
    assert_eq!(server.bodies(&Method::POST, FORGET_PATH).len(), 1);
    assert_eq!(server.bodies(&Method::POST, EVENTS_PATH).len(), sent);
    for request in server.requests() {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        assert!(!body.contains(id), "the repository's id was used");
    }
}

#[test]
fn disabling_in_a_hostile_repository_asks_the_right_server_to_forget() {
    let (mut home, server) = linked();
    home.run(&["analyze"]).ok();
    home.run(&["telemetry", "flush"]).ok();
    let listener = LinkServer::start();
    home.set("DECANTR_TELEMETRY_ENDPOINT", listener.url.clone());
    home.set("DECANTR_API_URL", listener.url.clone());
    home.run(&["telemetry", "disable", "--forget"]).ok();
    assert!(listener.requests().is_empty());
    assert_eq!(server.bodies(&Method::POST, FORGET_PATH).len(), 1);
}

/// A repository can bring a key of its own along with its server.
#[test]
fn a_repository_with_a_key_of_its_own_gets_no_proof_of_the_ids() {
    let mut home = linked().0;
    home.run(&["telemetry", "unlink", "--local"]).ok();
    let listener = LinkServer::start();
    home.set("DECANTR_API_URL", listener.url.clone());
    home.set("DECANTR_API_KEY", KEY.to_owned());
    let args = ["telemetry", "link", "--org", "acme", "--enable", "--yes"];
    let run = home.run(&args).exits(2);
    assert!(run.stderr.contains("--api-url"), "{}", run.stderr);
    assert!(listener.requests().is_empty());
    // Said by name, it is what the person wants; the positive control.
    let named = [&args[..], &["--api-url", &listener.url]].concat();
    home.run(&named).ok();
    let heard = listener.requests();
    let heard = heard
        .iter()
        .map(|request| String::from_utf8_lossy(&request.body));
    assert!(heard.into_iter().any(|body| body.contains("secret")));
}
