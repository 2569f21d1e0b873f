//! `decantr telemetry` from end to end: the person decides, a real server answers.

use serde_json::Value;

use crate::support::process::{Home, Served};

/// A home with a project and telemetry enabled for a running server.
pub(super) fn enabled() -> (Home, Served) {
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
