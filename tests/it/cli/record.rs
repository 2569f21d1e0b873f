//! `decantr telemetry record`: what a script may say, what it hears when that is wrong, and silence while telemetry is off.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::process::{Home, Run};

const COMMAND: [&str; 5] = [
    "telemetry",
    "record",
    "cli.command.completed",
    "-p",
    "command=analyze",
];

/// Records the event of every command, with more words.
fn record(home: &Home, more: &[&str]) -> Run {
    home.run(&[&COMMAND[..], more].concat())
}

fn on() -> Home {
    let home = Home::new();
    home.run(&["telemetry", "enable", "--yes"]).ok();
    home
}

/// The events that wait.
fn waiting(home: &Home) -> Vec<Value> {
    let log = home.run(&["telemetry", "log", "--json"]).exits(0).json();
    log["waiting"].as_array().unwrap().clone()
}

/// Runs `record` with this standard input.
fn with_input(home: &Home, args: &[&str], input: &str) -> Run {
    let mut command = home.command(&[&["telemetry", "record"], args].concat());
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    Run {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code(),
    }
}

#[test]
fn while_telemetry_is_off_it_is_silent_and_makes_nothing() {
    let mut home = Home::new();
    for step in ["undecided", "refused", "forced off"] {
        match step {
            "refused" => drop(home.run(&["telemetry", "disable"]).exits(0)),
            "forced off" => {
                drop(home.run(&["telemetry", "enable", "--yes"]).exits(0));
                home.set("DO_NOT_TRACK", "1");
            }
            _ => {}
        }
        let before = home.snapshot();
        // Even what no catalog has: nobody looks at it.
        for words in [&["-p", "success=true"][..], &["-p", "nope=1"]] {
            let run = record(&home, words).exits(0);
            assert_eq!(
                (run.stdout.as_str(), run.stderr.as_str()),
                ("", ""),
                "{step}"
            );
        }
        let strict = record(&home, &["-p", "success=true", "--strict"]).exits(4);
        assert!(strict.stderr.contains("not on here"), "{}", strict.stderr);
        let json = record(&home, &["--json"]).exits(0).json();
        assert_eq!(
            (&json["permitted"], &json["events"]),
            (&json!(false), &json!([]))
        );
        assert_eq!(home.snapshot(), before, "{step}");
    }
}

#[test]
fn a_script_in_any_language_records_an_event() {
    let home = on();
    let run = record(
        &home,
        &[
            "-p",
            "success=false",
            "--duration-ms",
            "1200",
            "-p",
            "errorCode=timeout",
        ],
    );
    let run = run.exits(0);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
    let event = waiting(&home).pop().unwrap();
    assert_eq!(
        event["properties"],
        json!({ "command": "analyze", "success": false, "durationMs": 1200, "errorCode": "timeout" })
    );
    assert_eq!(event["context"]["source"], "cli");
}

#[test]
fn what_the_catalog_does_not_allow_is_refused_with_what_it_does() {
    let home = on();
    let good = ["-p", "success=true", "--duration-ms", "1"];
    for (wrong, said) in [
        (
            &["-p", "nope=1"][..],
            "no property nope from source cli; it has command, success, durationMs",
        ),
        (&["-p", "success=maybe"], "success must be true or false"),
        (
            &["-p", "durationMs=soon"],
            "durationMs must be a whole number from 0 to 86400000 (ms)",
        ),
        (&["--duration-ms=-5"], "durationMs must be a whole number"),
        (&["-p", "success"], "not of the form KEY=VALUE"),
    ] {
        let run = record(&home, wrong).exits(2);
        assert!(run.stderr.contains(said), "{wrong:?}: {}", run.stderr);
    }
    let run = record(&home, &["-p", "success=true"]).exits(2);
    assert!(run.stderr.contains("needs durationMs"), "{}", run.stderr);
    let unknown = home.run(&["telemetry", "record", "cli.nope"]).exits(2);
    assert!(
        unknown.stderr.contains("there is cli.command.completed"),
        "{}",
        unknown.stderr
    );
    let other = home.run(&[&["telemetry", "record", "mcp.tool.called"], &good[..]].concat());
    assert_eq!(other.code, Some(2), "{}", other.stderr);
    let nowhere = record(&home, &["--source", "nowhere"]).exits(2);
    assert!(
        nowhere.stderr.contains("it has api, cli, content-ci"),
        "{}",
        nowhere.stderr
    );
    assert!(waiting(&home).is_empty());

    let unlisted = |more: &[&str]| {
        let words = [
            "telemetry",
            "record",
            "cli.command.completed",
            "-p",
            "command=teleport",
        ];
        home.run(&[&words[..], &good, more].concat())
    };
    let strict = unlisted(&["--strict"]).exits(2);
    assert!(
        strict.stderr.contains("one of add, adopt, analyze"),
        "{}",
        strict.stderr
    );
    let lenient = unlisted(&[]).exits(0);
    assert!(
        lenient.stderr.contains("command is recorded as other"),
        "{}",
        lenient.stderr
    );
    assert_eq!(
        waiting(&home).pop().unwrap()["properties"]["command"],
        "other"
    );
}

#[test]
fn json_says_it_too_one_event_or_many() {
    let home = on();
    let one = r#"{"name":"cli.command.completed","properties":{"command":"scan","success":true}}"#;
    let run = with_input(&home, &["--from-json", "-", "--duration-ms", "7"], one);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    let many = r#"[{"properties":{"command":"scan","success":true,"durationMs":1}},{"properties":{"command":"add","success":true,"durationMs":2}}]"#;
    home.write("events.json", many);
    let words = [
        "telemetry",
        "record",
        "cli.command.completed",
        "--from-json",
        "events.json",
        "--json",
    ];
    let json = home.run(&words).exits(0).json();
    assert_eq!(json["events"].as_array().unwrap().len(), 2);
    let waits = waiting(&home);
    let commands: Vec<&Value> = waits
        .iter()
        .map(|event| &event["properties"]["command"])
        .collect();
    assert_eq!(commands, ["scan", "scan", "add"]);
    assert_eq!(waits[0]["properties"]["durationMs"], 7);

    let mixed = r#"[{"properties":{"command":"scan","success":true,"durationMs":1}},{"properties":{"command":"add"}}]"#;
    home.write("events.json", mixed);
    drop(home.run(&words).exits(2));
    assert_eq!(waiting(&home).len(), 3, "all or none");
    for wrong in [
        "",
        "nonsense",
        "7",
        "[7]",
        r#"{"name":7}"#,
        r#"{"nom":"x"}"#,
        r#"{"name":"x","properties":[]}"#,
        "{}",
    ] {
        let run = with_input(&home, &["--from-json", "-"], wrong);
        assert_eq!(run.code, Some(2), "{wrong}: {}", run.stderr);
        assert!(!run.stderr.contains("panicked"), "{wrong}: {}", run.stderr);
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(
        with_input(&home, &["--from-json", "-"], &deep).code,
        Some(2)
    );
    drop(
        home.run(&["telemetry", "record", "--from-json", "missing.json"])
            .exits(3),
    );
    drop(home.run(&["telemetry", "record"]).exits(2));
}

#[test]
fn a_grant_that_does_not_cover_the_event_is_like_none() {
    let home = on();
    let words = [
        "telemetry",
        "record",
        "content.validation.completed",
        "--source",
        "content-ci",
        "-p",
        "valid=true",
    ];
    let run = home.run(&words).exits(0);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
    assert!(waiting(&home).is_empty());
    let strict = home.run(&[&words[..], &["--strict"]].concat()).exits(4);
    assert!(
        strict.stderr.contains("not_covered_by_consent"),
        "{}",
        strict.stderr
    );
    home.run(&[
        "telemetry",
        "enable",
        "--source",
        "content-ci",
        "--source",
        "cli",
        "--yes",
    ])
    .ok();
    home.run(&[&words[..], &["--strict"]].concat()).ok();
    assert_eq!(waiting(&home)[0]["context"]["source"], "content-ci");
}

#[test]
fn a_catalog_that_cannot_be_used_is_named() {
    let home = on();
    home.write("broken.toml", "id = 7");
    for (catalog, code, said) in [
        ("nope", 2, "there is no catalog nope"),
        ("./missing.toml", 3, "missing.toml"),
        ("broken.toml", 3, "broken.toml is not a catalog"),
        (".", 2, "there is no catalog"),
        ("./", 3, "regular file"),
    ] {
        let run = home
            .run(&["telemetry", "status", "--catalog", catalog])
            .exits(code);
        assert!(run.stderr.contains(said), "{catalog}: {}", run.stderr);
    }
}
