//! `decantr telemetry verify` as a person runs it: in every state, as root and as an ordinary user, and what it leaves behind.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;

use crate::support::process::{Home, Run, finish};
use crate::support::unprivileged::Unprivileged;

/// A home with a project, and a folder for temporary files that is looked at afterwards.
fn home() -> (Home, PathBuf) {
    let mut home = Home::new().with_project();
    let temporary = home.work().join("tmp");
    std::fs::create_dir(&temporary).unwrap();
    home.set("TMPDIR", temporary.to_str().unwrap());
    (home, temporary)
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).unwrap().next().is_none()
}

fn check<'a>(verified: &'a Value, name: &str) -> &'a Value {
    let checks = verified["checks"].as_array().unwrap();
    let found = checks.iter().find(|check| check["name"] == name);
    found.unwrap_or_else(|| panic!("no check {name} in {verified}"))
}

/// That all that the commands do not do was proved by the kernel.
fn assert_proved(verified: &Value) {
    for name in ["files", "processes", "sockets"] {
        let check = check(verified, name);
        assert_eq!(check["level"], "proved", "{check}");
        assert_eq!(check["passed"], true, "{check}");
    }
}

#[test]
fn off_is_proved_and_nothing_is_left_by_proving_it() {
    let (home, temporary) = home();
    let verified = home.run(&["telemetry", "verify", "--json"]).exits(0).json();
    assert_eq!(verified["kind"], "telemetry.verify");
    assert_eq!(verified["schemaVersion"], 1);
    assert_eq!(verified["effective"], "undecided");
    assert_eq!(verified["verdict"], "ok");
    assert_eq!(verified["notChecked"], 0);
    assert_proved(&verified);
    assert!(home.snapshot().is_empty() && is_empty(&temporary));
    home.run(&["telemetry", "disable"]).ok();
    let before = home.snapshot();
    let verified = home.run(&["telemetry", "verify", "--json", "--strict"]);
    let verified = verified.exits(0).json();
    assert_eq!(verified["effective"], "off");
    assert_proved(&verified);
    assert!(home.snapshot() == before && is_empty(&temporary));
}

#[test]
fn a_table_has_a_line_for_each_check_and_ends_with_the_verdict() {
    let (home, _temporary) = home();
    let table = home.run(&["telemetry", "verify"]).ok();
    let lines: Vec<&str> = table.lines().collect();
    let names: Vec<&str> = lines
        .iter()
        .filter_map(|line| line.strip_prefix("✔ "))
        .filter_map(|line| line.split_whitespace().nth(1))
        .collect();
    let expected = [
        "ids",
        "waiting",
        "log",
        "servers",
        "leftovers",
        "senders",
        "files",
        "processes",
        "sockets",
        "bytes",
        "receipts",
        "outcomes",
        "catalog",
    ];
    assert_eq!(names, expected, "{table}");
    assert!(
        lines.last().unwrap().starts_with("the promise holds: "),
        "{table}"
    );
    let verbose = home.run(&["telemetry", "verify", "-v"]).ok();
    assert!(
        verbose.contains("it did stop `decantr telemetry flush`"),
        "{verbose}"
    );
}

#[test]
fn every_layer_that_says_no_is_proved_too_and_what_the_grant_made_stays() {
    for (name, value) in [
        ("DO_NOT_TRACK", "1"),
        ("DECANTR_TELEMETRY", "off"),
        ("DECANTR_TELEMETRY", "log"),
        ("CI", "true"),
    ] {
        let (mut home, temporary) = home();
        home.run(&[
            "telemetry",
            "enable",
            "--yes",
            "--endpoint",
            "http://127.0.0.1:1",
        ])
        .ok();
        home.run(&["analyze", "--no-write"]).ok();
        // Waits for the sender that was just started, and fails as that one does.
        let flushed = home.run(&["telemetry", "flush"]).exits(6);
        assert!(
            flushed.stderr.contains("go on waiting"),
            "{}",
            flushed.stderr
        );
        home.set(name, value);
        let verified = settled(&home);
        assert_eq!(verified["effective"], "forced-off", "{name}");
        assert_proved(&verified);
        assert!(is_empty(&temporary), "{name}");
    }
    let (home, _temporary) = home();
    home.run(&["telemetry", "enable", "--yes"]).ok();
    home.write(".decantr/project.json", r#"{"telemetry": false}"#);
    let verified = home.run(&["telemetry", "verify", "--json"]).exits(0).json();
    assert_eq!(verified["effective"], "forced-off");
    assert_proved(&verified);
}

/// The answer, and that asking changed nothing.
fn settled(home: &Home) -> Value {
    let before = home.snapshot();
    let verified = home.run(&["telemetry", "verify", "--json"]).exits(0).json();
    assert!(home.snapshot() == before, "verifying changed something");
    verified
}

#[test]
fn on_is_checked_from_the_first_byte_to_the_receipt() {
    let (mut home, temporary) = home();
    let server = home.serve();
    home.set("DECANTR_TELEMETRY_ENDPOINT", server.url.clone());
    home.run(&["telemetry", "enable", "--yes"]).ok();
    home.run(&["analyze", "--no-write"]).ok();
    home.run(&["telemetry", "flush"]).ok();
    let before = home.snapshot();
    let verified = home.run(&["telemetry", "verify", "--json", "--strict"]);
    let verified = verified.exits(0).json();
    assert_eq!(verified["effective"], "on");
    assert_proved(&verified);
    for (name, level) in [
        ("bytes", "proved"),
        ("receipts", "proved"),
        ("catalog", "observed"),
    ] {
        assert_eq!(check(&verified, name)["level"], level);
        assert_eq!(check(&verified, name)["passed"], true);
    }
    let what = check(&verified, "files")["what"].as_str().unwrap();
    assert!(what.starts_with("with --no-telemetry, "), "{what}");
    assert!(home.snapshot() == before && is_empty(&temporary));
    // The same for a person who turns it off for this one command.
    let off = home.run(&["--no-telemetry", "telemetry", "verify", "--json"]);
    let off = off.exits(0).json();
    assert_eq!(off["effective"], "forced-off");
    assert_proved(&off);
    assert!(home.snapshot() == before && is_empty(&temporary));
}

#[test]
fn residue_is_exit_code_1_and_named_on_stderr() {
    let (home, _temporary) = home();
    let secret = home.path().join(".local/state/decantr/install-secret");
    std::fs::create_dir_all(secret.parent().unwrap()).unwrap();
    std::fs::write(&secret, "00").unwrap();
    let run = home.run(&["telemetry", "verify"]).exits(1);
    let path = secret.display().to_string();
    assert!(
        run.stderr.contains(&path) && run.stdout.contains(&path),
        "{}",
        run.stderr
    );
    assert!(run.stdout.contains("✘ FAILED       ids"), "{}", run.stdout);
    let json = home.run(&["telemetry", "verify", "--json"]).exits(1).json();
    assert_eq!(json["verdict"], "notOk");
    assert!(
        check(&json, "ids")["residue"][0]
            .as_str()
            .unwrap()
            .contains(&path)
    );
}

#[test]
fn an_unreadable_record_is_exit_code_3_after_the_answer() {
    let (home, _temporary) = home();
    let record = home.path().join(".config/decantr/consent.json");
    std::fs::create_dir_all(record.parent().unwrap()).unwrap();
    std::fs::write(&record, "{").unwrap();
    let run = home.run(&["telemetry", "verify", "--json"]).exits(3);
    let verified = run.json();
    assert_eq!(verified["effective"], "broken");
    assert_proved(&verified);
    assert_eq!(check(&verified, "ids")["passed"], Value::Null);
    assert!(run.stderr.contains("consent.json"), "{}", run.stderr);
    let strict = home.run(&["telemetry", "verify", "--strict"]).exits(3);
    assert!(
        strict.stdout.contains("- not checked  ids"),
        "{}",
        strict.stdout
    );
}

#[test]
fn without_a_place_for_temporary_files_the_commands_are_not_run() {
    let (mut home, _temporary) = home();
    home.set("TMPDIR", home.work().join("gone").to_str().unwrap());
    let verified = home.run(&["telemetry", "verify", "--json"]).exits(0).json();
    for name in ["files", "processes", "sockets"] {
        let check = check(&verified, name);
        assert_eq!(check["level"], "notChecked");
        assert_eq!(check["passed"], Value::Null);
        assert!(
            check["details"].as_str().unwrap().contains("gone"),
            "{check}"
        );
    }
    assert_eq!(verified["notChecked"], 3);
    let strict = home.run(&["telemetry", "verify", "--strict"]).exits(1);
    assert!(
        strict.stderr.contains("files, processes, sockets"),
        "{}",
        strict.stderr
    );
}

#[test]
fn a_sender_without_consent_is_named() {
    let (mut home, _temporary) = home();
    // It answers nobody, so a sender waits for it.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    home.set("DECANTR_TELEMETRY_ENDPOINT", url);
    home.run(&["telemetry", "enable", "--yes"]).ok();
    home.run(&["analyze", "--no-write"]).ok();
    let connected = listener.accept().unwrap();
    // By hand, behind the back of the sender that is at work.
    for folder in [".config/decantr", ".local/state/decantr"] {
        std::fs::remove_dir_all(home.path().join(folder)).unwrap();
    }
    let run = home.run(&["telemetry", "verify", "--json"]).exits(1);
    drop(connected);
    let verified = run.json();
    let residue = check(&verified, "senders")["residue"][0].as_str().unwrap();
    assert!(residue.starts_with("process "), "{residue}");
    assert!(run.stderr.contains("senders: process "), "{}", run.stderr);
    assert_eq!(verified["failed"], 1, "{verified}");
}

#[test]
fn an_ordinary_user_can_prove_it_also_where_nothing_can_be_written() {
    let user = Unprivileged::new();
    let verified = user.run(&["telemetry", "verify", "--json"]).exits(0).json();
    assert_proved(&verified);
    user.chmod("home", 0o555);
    user.chmod("work", 0o555);
    let verified = user.run(&["telemetry", "verify", "--json"]).exits(0).json();
    assert_proved(&verified);
    assert!(is_empty(&user.home()));
}

#[test]
fn a_signal_stops_it_and_leaves_nothing() {
    let (home, temporary) = home();
    let mut command = home.command(&["telemetry", "verify"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    while is_empty(&temporary) {
        assert!(child.try_wait().unwrap().is_none(), "it has ended already");
        std::thread::yield_now();
    }
    let pid = child.id().to_string();
    let killed = std::process::Command::new("kill")
        .args(["-INT", &pid])
        .status();
    assert!(killed.unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert!(is_empty(&temporary));
}

/// The cage's own entry, which nobody types.
#[test]
fn the_hidden_entry_says_why_it_cannot_be_used() {
    let (home, _temporary) = home();
    for args in [
        &["__caged"][..],
        &["__caged", "files", "shared"],
        &["__caged", "everything", "shared", "true"],
        &["__caged", "files", "elsewhere", "true"],
    ] {
        let run: Run = finish(home.command(args));
        assert_eq!((run.code, run.stdout.as_str()), (Some(70), ""), "{args:?}");
    }
    // Nobody gives the word to go.
    let run = home
        .run(&["__caged", "files", "shared", "/bin/true"])
        .exits(70);
    assert_eq!(run.stdout, "caged\n");
}

#[test]
fn another_programs_telemetry_is_checked_by_its_catalog_and_seen_without() {
    let (home, temporary) = home();
    let notes = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/support/notes.toml");
    let of_notes = ["telemetry", "verify", "--catalog", notes, "--json"];
    let enable = ["telemetry", "enable", "--catalog", notes, "--yes"];
    let nowhere = ["--endpoint", "http://127.0.0.1:1"];
    home.run(&[&enable[..], &nowhere[..]].concat()).ok();
    let verified = home.run(&of_notes).exits(0).json();
    assert_eq!(verified["effective"], "on");
    assert_proved(&verified);
    let details = check(&verified, "files")["details"].as_str().unwrap();
    assert!(details.starts_with("6 commands"), "{details}");
    let whole = home.run(&["telemetry", "verify", "--json"]).exits(0).json();
    assert_eq!(whole["effective"], "undecided");
    assert_eq!(check(&whole, "others")["passed"], true);

    home.run(&["telemetry", "disable", "--catalog", notes]).ok();
    let verified = home.run(&of_notes).exits(0).json();
    assert_eq!(verified["effective"], "off");
    assert_proved(&verified);
    let secret = ".local/state/decantr/catalogs/notes/install-secret";
    let secret = home.path().join(secret);
    std::fs::create_dir_all(secret.parent().unwrap()).unwrap();
    std::fs::write(&secret, "s").unwrap();
    let verified = home.run(&of_notes).exits(1).json();
    assert_eq!(check(&verified, "ids")["passed"], false);
    let whole = home.run(&["telemetry", "verify", "--json"]).exits(1).json();
    let residue = check(&whole, "others")["residue"][0].as_str().unwrap();
    assert!(residue.starts_with("notes: the secret"), "{residue}");
    assert!(is_empty(&temporary));
}

#[test]
fn what_left_under_another_form_of_a_catalog_is_not_called_wrong() {
    let (home, _temporary) = home();
    let notes = include_str!("../support/notes.toml");
    let path = home.work().join("notes.toml");
    let catalog = ["--catalog", path.to_str().unwrap()];
    let run = |args: &[&str]| home.run(&[args, &catalog[..]].concat());
    let of_catalog = || {
        let verified = run(&["telemetry", "verify", "--json"]).exits(0).json();
        check(&verified, "catalog")["passed"].clone()
    };
    let enable = [
        "telemetry",
        "enable",
        "--yes",
        "--endpoint",
        "http://127.0.0.1:1",
    ];
    let record = [
        "telemetry",
        "record",
        "notes.sync.completed",
        "-p",
        "store=git",
    ];
    std::fs::write(&path, notes).unwrap();
    run(&enable).ok();
    run(&record).ok();
    drop(run(&["telemetry", "flush"]).exits(6));
    assert_eq!(of_catalog(), true);
    std::fs::write(&path, notes.replace("\"git\", ", "")).unwrap();
    assert_eq!(of_catalog(), Value::Null);
    std::fs::write(&path, notes).unwrap();
    assert_eq!(of_catalog(), true);
}
