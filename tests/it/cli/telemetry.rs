//! `decantr telemetry` from end to end: the person decides, a real server answers.

use std::fs;

use serde_json::Value;

use crate::support::process::{Home, Served};
use crate::support::unprivileged::Unprivileged;

/// A home with a project and telemetry enabled for a running server.
fn enabled() -> (Home, Served) {
    let mut home = Home::new().with_project();
    let server = home.serve();
    home.set("DECANTR_TELEMETRY_ENDPOINT", server.url.clone());
    home.run(&["telemetry", "enable", "--yes"]).ok();
    (home, server)
}

fn sha256(text: &str) -> String {
    decantr::base::crypto::hex(&decantr::base::crypto::sha256(text.as_bytes()))
}

#[test]
fn explain_lists_every_cli_event_and_can_be_shared() {
    let home = Home::new().with_project();
    let explained = home.run(&["telemetry", "explain", "--json"]);
    let json = explained.json();
    assert_eq!(json["schemaVersion"], 1);
    assert_eq!(json["kind"], "telemetry.explain");
    let events = json["events"].as_array().unwrap();
    assert_eq!(events.len(), 14);
    for event in events {
        assert!(!event["purpose"].as_str().unwrap().is_empty());
        let properties = event["properties"].as_array().unwrap();
        assert!(!properties.is_empty(), "{event}");
        for property in properties {
            let kind = property["type"].as_str().unwrap();
            assert!(
                ["bool", "int", "number", "enum", "version"].contains(&kind),
                "{property}"
            );
            assert!(
                !property["allowed"].as_str().unwrap().is_empty(),
                "{property}"
            );
            assert_eq!(kind == "enum", property["values"].is_array(), "{property}");
        }
    }
    let text = explained.stdout;
    for local in [home.path(), home.work()] {
        assert!(
            !text.contains(&*local.to_string_lossy()),
            "names a local path"
        );
    }
}

#[test]
fn explain_one_event() {
    let home = Home::new();
    let table = home
        .run(&["telemetry", "explain", "decantr.analyze.completed"])
        .ok();
    assert!(
        table.contains("targetFramework") && !table.contains("studio.started"),
        "{table}"
    );
}

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
fn an_event_goes_all_the_way() {
    let (home, server) = enabled();
    home.run(&["analyze"]).ok();
    let flushed = home.run(&["telemetry", "flush", "--json"]).exits(0).json();
    assert_eq!(flushed["waiting"], 0);
    let status = home.run(&["telemetry", "status", "--json"]).json();
    assert_eq!(status["delivery"]["lastReceipt"]["receipt"], "verified");
    let digest = home
        .run(&[
            "ops",
            "digest",
            "--dry-run",
            "--json",
            "--store",
            &home.store(),
        ])
        .ok();
    assert!(digest.contains("decantr.analyze.completed"), "{digest}");
    let log = home.run(&["telemetry", "log", "--bytes"]).ok();
    assert!(
        log.contains("decantr.analyze.completed") && log.contains("\"batchId\""),
        "{log}"
    );
    let (code, _) = server.stop();
    assert_eq!(code, Some(0));
}

#[test]
fn what_the_server_gets_is_what_the_log_shows_and_what_explain_allows() {
    let (home, _server) = enabled();
    home.run(&["analyze"]).ok();
    home.run(&["telemetry", "flush"]).ok();
    let explained = home.run(&["telemetry", "explain", "--json"]).json();
    let log = home.run(&["telemetry", "log", "--bytes", "--json"]).json();
    let body = log["sent"][0]["body"].as_str().unwrap();
    let batch = log["entries"]
        .as_array()
        .unwrap()
        .iter()
        .find(|e| e["kind"] == "batch")
        .unwrap();
    assert_eq!(
        batch["digest"],
        sha256(body),
        "the shown bytes are not those of the receipt"
    );
    let text = log.to_string();
    for local in [home.path(), home.work()] {
        assert!(
            !text.contains(&*local.to_string_lossy()),
            "a local path left the machine: {text}"
        );
    }
    let names: Vec<&Value> = explained["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| &e["name"])
        .collect();
    let sent: Vec<&Value> = log["entries"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["kind"] == "event")
        .map(|entry| &entry["name"])
        .collect();
    assert_eq!(sent.len(), 2, "{text}");
    assert!(sent.iter().all(|name| names.contains(name)));
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
fn a_down_server_changes_nothing_for_the_command_and_loses_nothing() {
    let (home, server) = enabled();
    let with_server = home.run(&["analyze", "--json", "--no-telemetry"]).exits(0);
    server.kill();
    let run = home.run(&["analyze", "--json"]).exits(0);
    let strip = |text: &str| {
        let mut json: Value = serde_json::from_str(text).unwrap();
        json["analyzedAt"] = Value::Null;
        json["scanned"]["durationMs"] = Value::Null;
        json
    };
    assert_eq!(strip(&run.stdout), strip(&with_server.stdout));
    assert_eq!(run.stderr, with_server.stderr);
    let failed = home.run(&["telemetry", "flush"]).exits(6);
    assert!(failed.stderr.contains("go on waiting"), "{}", failed.stderr);
    let status = home.run(&["telemetry", "status", "--json"]).json();
    assert_eq!(status["spool"]["events"], 2);
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
fn a_failure_is_one_json_object_where_json_was_asked_for() {
    let home = Home::new();
    for (args, code) in [
        (&["telemetry", "enable", "--json"][..], 4),
        (&["telemetry", "explain", "no.such.event", "--json"], 2),
        (&["analyze", "missing", "--json"], 3),
        (&["ops", "digest", "--json"], 3),
        (
            &[
                "telemetry",
                "enable",
                "--endpoint",
                "nonsense",
                "--yes",
                "--json",
            ],
            2,
        ),
    ] {
        let json = home.run(args).exits(code).json();
        assert_eq!(json["kind"], "error", "{args:?}");
        assert_eq!(json["exitCode"], code, "{args:?}");
        assert!(!json["message"].as_str().unwrap().is_empty());
    }
}
