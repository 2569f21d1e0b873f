//! The whole way against the real server: an operator makes an organisation and a key, a developer signs in, links, reports,
//! and is forgotten.

use serde_json::Value;

use super::login_support::{home, run_with};
use crate::support::process::{Home, Served};

/// An operator's key for linking to `org`.
fn key(home: &Home, org: &str) -> Value {
    let store = home.store();
    let args = ["ops", "key", "create", "--scope", "link", "--org", org];
    let args: Vec<&str> = args
        .into_iter()
        .chain(["--json", "--store", &store])
        .collect();
    home.run(&args).exits(0).json()
}

/// A developer who is signed in, with the key's answer.
fn signed_in() -> (Home, Served, Value) {
    let home = home().with_project();
    let store = home.store();
    for org in ["acme", "globex"] {
        home.run(&["ops", "org", "add", org, "--store", &store])
            .ok();
    }
    let key = key(&home, "acme");
    let server = home.serve();
    let args = ["login", "--api-key-stdin", "--store", "file", "--api-url"];
    let args: Vec<&str> = args.into_iter().chain([&*server.url]).collect();
    run_with(home.command(&args), key["key"].as_str().unwrap()).ok();
    (home, server, key)
}

fn digest(home: &Home) -> String {
    let store = home.store();
    home.run(&["ops", "digest", "--dry-run", "--store", &store])
        .ok()
}

/// The numbers of the organisation's line in the digest.
fn of_acme(digest: &str) -> Option<Vec<&str>> {
    let mut lines = digest.lines().map(str::split_whitespace);
    lines.find_map(|mut words| (words.next() == Some("acme")).then(|| words.collect()))
}

#[test]
fn the_operator_sees_the_organisation_with_one_install_and_one_project() {
    let (home, _server, _key) = signed_in();
    home.run(&["telemetry", "link", "--enable", "--org", "acme", "--yes"])
        .ok();
    home.run(&["analyze"]).ok();
    home.run(&["telemetry", "flush"]).ok();
    let digest = digest(&home);
    let numbers = of_acme(&digest).unwrap_or_else(|| panic!("{digest}"));
    assert_eq!(numbers[1..3], ["1", "1"], "{digest}");
}

#[test]
fn after_unlink_nothing_more_is_attributed() {
    let (home, _server, _key) = signed_in();
    home.run(&["telemetry", "link", "--enable", "--org", "acme", "--yes"])
        .ok();
    home.run(&["analyze"]).ok();
    home.run(&["telemetry", "flush"]).ok();
    let before = of_acme(&digest(&home)).map(|numbers| numbers[0].to_owned());
    home.run(&["telemetry", "unlink"]).ok();
    home.run(&["analyze"]).ok();
    home.run(&["telemetry", "flush"]).ok();
    let after = of_acme(&digest(&home)).map(|numbers| numbers[0].to_owned());
    assert!(before.is_some());
    assert_eq!(after, before);
}

#[test]
fn the_real_server_erases_and_its_ticket_can_be_asked_for() {
    let (home, _server, _key) = signed_in();
    home.run(&["telemetry", "link", "--enable", "--org", "acme", "--yes"])
        .ok();
    home.run(&["analyze"]).ok();
    home.run(&["telemetry", "flush"]).ok();
    let run = home.run(&["telemetry", "reset"]).exits(4);
    assert!(run.stderr.contains("unlink"), "{}", run.stderr);
    home.run(&["telemetry", "unlink"]).ok();
    home.run(&["analyze"]).ok();
    home.run(&["telemetry", "flush"]).ok();
    let forgotten = home.run(&["telemetry", "forget", "--json"]).exits(0).json();
    let erased = &forgotten["erased"][0];
    assert_eq!(erased["receipt"], "verified");
    assert!(erased["events"].as_u64() >= Some(4), "{erased}");
    assert_eq!(erased["links"], 1, "{erased}");
    let ticket = erased["ticket"].as_str().unwrap();
    let check = home.run(&["telemetry", "forget", "--json", "--check", ticket]);
    let check = check.exits(0).json();
    assert_eq!(check["forgotten"]["events"], erased["events"]);
    assert_eq!(check["holds"], true);
}

#[test]
fn a_revoked_key_and_another_organisation_are_clear_answers() {
    let (home, _server, key) = signed_in();
    let run = home.run(&["telemetry", "link", "--enable", "--org", "globex", "--yes"]);
    let run = run.exits(5);
    assert!(run.stderr.contains("not to globex"), "{}", run.stderr);
    home.run(&["telemetry", "link", "--enable", "--org", "acme", "--yes"])
        .ok();
    let store = home.store();
    let id = key["id"].as_str().or(key["keyId"].as_str()).unwrap();
    home.run(&["ops", "key", "revoke", id, "--store", &store])
        .ok();
    let run = home
        .run(&["telemetry", "link", "--org", "acme", "--yes"])
        .exits(5);
    assert!(run.stderr.contains("revoked"), "{}", run.stderr);
    let run = home.run(&["telemetry", "unlink"]).exits(5);
    assert!(run.stderr.contains("--local"), "{}", run.stderr);
    home.run(&["telemetry", "unlink", "--local"]).ok();
}
