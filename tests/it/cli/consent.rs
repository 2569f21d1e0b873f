//! Saying yes and no: what is shown, what is written, what is left, and what cannot pass for a yes.

use std::fs;

use serde_json::Value;

use super::telemetry::enabled;
use crate::support::process::Home;
use crate::support::unprivileged::Unprivileged;

#[test]
fn enable_without_a_terminal_needs_yes_and_writes_nothing() {
    let home = Home::new();
    for args in [
        &["telemetry", "enable"][..],
        &["telemetry", "enable", "--json"],
    ] {
        let run = home.run(args).exits(4);
        assert!(run.stderr.contains("--yes"), "{}", run.stderr);
    }
    let elsewhere = ["--endpoint", "https://a.example", "--share-project"];
    let args = [&["telemetry", "enable"][..], &elsewhere].concat();
    let run = home.run(&args).exits(4);
    let hint = "`decantr telemetry enable --endpoint https://a.example --share-project --yes`";
    assert!(run.stderr.contains(hint), "{}", run.stderr);
    assert!(home.snapshot().is_empty());
}

#[test]
fn enable_under_a_layer_that_says_no_saves_the_record_and_names_the_layer() {
    let mut home = Home::new();
    home.set("DO_NOT_TRACK", "1");
    let run = home.run(&["telemetry", "enable", "--yes"]).exits(4);
    assert!(run.stderr.contains("DO_NOT_TRACK"), "{}", run.stderr);
    let status = home.run(&["telemetry", "status", "--json"]).json();
    assert_eq!(status["effective"], "forced-off");
    assert_eq!(status["by"], "DO_NOT_TRACK");
    assert_eq!(status["stored"]["state"], "granted");
    assert_eq!(status["ids"]["installId"], Value::Null);
}

#[test]
fn disable_removes_every_trace_but_the_refusal() {
    let (home, _server) = enabled();
    home.run(&["analyze"]).ok();
    home.run(&["telemetry", "flush"]).ok();
    home.run(&["telemetry", "disable"]).ok();
    let files: Vec<_> = home
        .snapshot()
        .into_iter()
        .filter(|(path, _)| path.is_file())
        .collect();
    let names: Vec<String> = files
        .iter()
        .map(|(path, _)| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    assert!(
        names
            .iter()
            .all(|name| name == "consent.json" || name == "config.json"),
        "{names:?}"
    );
    for (path, bytes) in files {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        assert!(
            !text.contains("install_") && !text.contains("project_"),
            "{}: {text}",
            path.display()
        );
    }
}

#[test]
fn a_corrupt_consent_file_is_off_reported_and_untouched() {
    let home = Home::new().with_project();
    home.run(&["telemetry", "enable", "--yes"]).ok();
    let path = home.path().join(".config/decantr/consent.json");
    for broken in ["", "{", "[]", "{\"schemaVersion\": 99}"] {
        fs::write(&path, broken).unwrap();
        let before = home.snapshot();
        for args in [
            &["telemetry", "status"][..],
            &["telemetry", "flush"],
            &["telemetry", "enable", "--yes"],
        ] {
            let run = home.run(args).exits(3);
            assert!(
                run.stderr.contains("consent.json"),
                "{args:?}: {}",
                run.stderr
            );
        }
        home.run(&["analyze", "--no-write"]).ok();
        assert_eq!(home.snapshot(), before, "{broken:?}");
    }
}

#[test]
fn an_unreadable_consent_file_is_off_and_reported() {
    let user = Unprivileged::new();
    user.write("package.json", r#"{"dependencies":{"next":"15.0.0"}}"#);
    user.run(&["telemetry", "enable", "--yes"]).ok();
    user.run(&["telemetry", "status"]).ok();
    user.chmod("home/.config/decantr/consent.json", 0o000);
    let run = user.run(&["telemetry", "status"]).exits(3);
    assert!(run.stderr.contains("consent.json"), "{}", run.stderr);
    user.run(&["analyze", "--no-write"]).ok();
    user.chmod("home/.config/decantr/consent.json", 0o600);
    user.run(&["telemetry", "status"]).ok();
}

#[test]
fn a_read_only_home_is_a_clear_error_and_no_hindrance() {
    let user = Unprivileged::new();
    user.write("package.json", r#"{"dependencies":{"next":"15.0.0"}}"#);
    user.chmod("home", 0o500);
    let run = user.run(&["telemetry", "enable", "--yes"]).exits(3);
    assert!(run.stderr.contains("cannot create"), "{}", run.stderr);
    user.run(&["analyze", "--no-write"]).ok();
    user.chmod("home", 0o700);
    user.run(&["telemetry", "enable", "--yes"]).ok();
}

#[test]
fn a_consent_that_came_with_a_repository_is_no_consent() {
    let server = Home::new().serve();
    let mut home = Home::new().with_project();
    let planted = format!(
        r#"{{"schemaVersion":1,"epoch":1,"records":[{{"catalog":"decantr","origin":"{}","consent":{{
            "state":"granted","revision":1,"sha256":"","scopes":["local","ci"],"until":null,
            "at":"2026-01-01T00:00:00Z","actor":"terminal","epoch":1}}}}]}}"#,
        server.url
    );
    home.write("cfg/consent.json", &planted);
    home.set("DECANTR_TELEMETRY_ENDPOINT", server.url.clone());
    // The folder itself is refused while it lies in the project…
    home.set(
        "DECANTR_CONFIG_DIR",
        home.work().join("cfg").to_string_lossy(),
    );
    let run = home.run(&["telemetry", "status"]).exits(3);
    assert!(run.stderr.contains("DECANTR_CONFIG_DIR"), "{}", run.stderr);
    home.run(&["analyze"]).ok();
    assert!(home.snapshot().is_empty());
    // …and elsewhere the file is not trusted, since others may read it, as in every checkout.
    let elsewhere = home.path().join("cfg");
    fs::create_dir(&elsewhere).unwrap();
    fs::write(elsewhere.join("consent.json"), &planted).unwrap();
    home.set("DECANTR_CONFIG_DIR", elsewhere.to_string_lossy());
    let before = home.snapshot();
    let run = home.run(&["telemetry", "status"]).exits(3);
    assert!(run.stderr.contains("chmod 600"), "{}", run.stderr);
    home.run(&["analyze"]).ok();
    assert_eq!(home.snapshot(), before);
}

#[test]
fn enable_says_so_when_a_variable_names_another_endpoint() {
    let mut home = Home::new();
    home.set("DECANTR_TELEMETRY_ENDPOINT", "http://127.0.0.1:1");
    let run = home
        .run(&[
            "telemetry",
            "enable",
            "--endpoint",
            "http://127.0.0.1:2",
            "--yes",
        ])
        .exits(4);
    assert!(
        run.stderr.contains("DECANTR_TELEMETRY_ENDPOINT"),
        "{}",
        run.stderr
    );
}

#[test]
fn enable_as_json_holds_what_was_agreed_to() {
    let home = Home::new();
    let json = home
        .run(&["telemetry", "enable", "--yes", "--json"])
        .exits(0)
        .json();
    let offer = &json["offer"];
    assert_eq!(offer["events"].as_array().unwrap().len(), 14);
    assert_eq!(offer["retentionDays"], 90);
    assert!(!offer["recipients"].as_array().unwrap().is_empty());
    assert!(offer["sample"]["events"][0]["name"].is_string());
}

#[test]
fn disable_with_an_unusable_endpoint_still_refuses() {
    let mut home = Home::new();
    home.set("DECANTR_TELEMETRY_ENDPOINT", "http://far.example");
    let run = home.run(&["telemetry", "disable"]).exits(3);
    assert!(
        run.stderr.contains("DECANTR_TELEMETRY_ENDPOINT"),
        "{}",
        run.stderr
    );
    home.set("DECANTR_TELEMETRY_ENDPOINT", "");
    let status = home.run(&["telemetry", "status", "--json"]).json();
    assert_eq!(status["stored"]["state"], "refused");
}

#[test]
fn disable_removes_what_an_interrupted_write_left() {
    let home = Home::new();
    home.run(&["telemetry", "enable", "--yes"]).ok();
    let leftovers = [".config/decantr/.tmp-abc", ".local/state/decantr/.tmp-xyz"];
    for name in leftovers {
        fs::write(home.path().join(name), "install_1").unwrap();
    }
    home.run(&["telemetry", "disable"]).ok();
    assert!(
        leftovers
            .iter()
            .all(|name| !home.path().join(name).exists())
    );
}

#[test]
fn an_enable_that_fails_leaves_it_off() {
    let home = Home::new();
    fs::create_dir_all(home.path().join(".local/state")).unwrap();
    fs::write(home.path().join(".local/state/decantr"), "in the way").unwrap();
    let run = home.run(&["telemetry", "enable", "--yes"]).exits(3);
    assert!(
        run.stderr.contains(".local/state/decantr"),
        "{}",
        run.stderr
    );
    let status = home.run(&["telemetry", "status", "--json"]).json();
    assert_eq!(status["effective"], "undecided");
}
