//! Homes, folders and files that are missing, somebody else's, closed or read-only: whatever it is, a command that records goes on
//! as if nothing were wrong, the others say which place it is, and what is off stays off.

use std::fs;
use std::path::{Path, PathBuf};

use decantr::base::clock::Clock;
use serde_json::{Value, json};

use crate::support::process::{Home, Run, finish};
use crate::support::unprivileged::Unprivileged;

/// Exit codes that a command may end with, whatever is wrong with local files.
fn documented(command: &str) -> &'static [i32] {
    match command {
        "analyze" => &[0],
        "status" => &[0, 3],
        "flush" => &[0, 3, 4, 6],
        _ => &[0, 3, 4],
    }
}

fn checked(args: &[&str], run: Run, what: &str) -> Run {
    let command = args
        .iter()
        .rev()
        .find(|arg| !arg.starts_with('-') && !arg.starts_with("http"));
    let code = run.code.unwrap_or(-1);
    assert!(
        documented(command.unwrap()).contains(&code),
        "{what}: {args:?}: {code}\n{}",
        run.stderr
    );
    assert!(!run.stderr.contains("panicked"), "{what}: {}", run.stderr);
    run
}

const ENABLE: &[&str] = &[
    "telemetry",
    "enable",
    "--yes",
    "--endpoint",
    "http://127.0.0.1:9",
];
const COMMANDS: [&[&str]; 5] = [
    &["telemetry", "status"],
    &["telemetry", "flush"],
    &["telemetry", "enable", "--yes"],
    &["telemetry", "disable"],
    &["analyze", "--no-write"],
];

#[test]
fn a_home_that_is_none_is_a_clear_error_and_no_hindrance() {
    let home = Home::new().with_project();
    home.write("file", "x");
    let file = home.work().join("file");
    let file = file.to_str().unwrap();
    for (value, words) in [
        (None, "set HOME"),
        (Some(""), "set HOME"),
        (Some("home"), "set HOME"),
        (Some("./home"), "set HOME"),
        (Some(file), file),
        (Some("/dev/null"), "/dev/null"),
        (Some("/proc/1/nothing"), "/proc/1/nothing"),
    ] {
        let what = format!("HOME={value:?}");
        for args in COMMANDS {
            let mut command = home.command(args);
            match value {
                Some(value) => command.env("HOME", value),
                None => command.env_remove("HOME"),
            };
            let run = checked(args, finish(command), &what);
            let changes = args.contains(&"enable") || args.contains(&"disable");
            if changes
                || value.is_none_or(|value| !value.starts_with('/')) && args[0] == "telemetry"
            {
                assert_eq!(run.code, Some(3), "{what}: {args:?}: {}", run.stderr);
                assert!(
                    run.stderr.contains(words),
                    "{what}: {args:?}: {}",
                    run.stderr
                );
            }
        }
    }
    assert_eq!(fs::read(file).unwrap(), b"x");
    let names = fs::read_dir(home.work())
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let mut names: Vec<_> = names.collect();
    names.sort();
    assert_eq!(
        names,
        ["app", "file", "package.json"],
        "nothing was made in the working directory"
    );
}

#[test]
fn a_home_that_is_not_there_yet_is_made_by_a_yes_only() {
    let home = Home::new().with_project();
    let new = home.work().parent().unwrap().join("new/home");
    for args in [COMMANDS[0], COMMANDS[1], COMMANDS[4], COMMANDS[2]] {
        assert!(!new.exists());
        let mut command = home.command(args);
        command.env("HOME", &new);
        drop(checked(args, finish(command), "a new home"));
    }
    assert!(new.join(".config/decantr/consent.json").exists());
}

/// Somebody who has agreed, with an event that waits and no sender that would meddle.
fn reporting() -> Unprivileged {
    let user = Unprivileged::new();
    user.write("package.json", r#"{"dependencies":{"next":"15.0.0"}}"#);
    user.run(ENABLE).ok();
    let just_now = json!({ "lastAttempt": Clock::system().now() });
    let state = state(&user).join("spool/1/delivery.json");
    user.write(state.to_str().unwrap(), &just_now.to_string());
    user.run(&["analyze", "--no-write"]).ok();
    user
}

fn state(user: &Unprivileged) -> PathBuf {
    user.home().join(".local/state/decantr")
}

/// What can be closed, from the home folder on, and whether a status needs it.
const PLACES: [(&str, bool); 13] = [
    (".config", true),
    (".config/decantr", true),
    (".config/decantr/consent.json", true),
    (".config/decantr/config.json", true),
    (".local/state", true),
    (".local/state/decantr", true),
    (".local/state/decantr/install-secret", false),
    (".local/state/decantr/projects.json", true),
    (".local/state/decantr/spool", true),
    (".local/state/decantr/spool/1", true),
    (".local/state/decantr/spool/1/queue.ndjson", true),
    (".local/state/decantr/spool/1/delivery.json", true),
    (".local/state/decantr/ledger", false),
];

fn effective(user: &Unprivileged) -> String {
    let args = ["telemetry", "status", "--json"];
    let status = checked(&args, user.run(&args), "status").json();
    status["effective"].as_str().unwrap().to_owned()
}

#[test]
fn what_cannot_be_read_is_named_and_not_recorded_over() {
    for (place, needed) in PLACES {
        let user = reporting();
        let before = effective(&user);
        assert_eq!(before, "on");
        user.chmod(&format!("home/{place}"), 0o000);
        for args in [COMMANDS[4], COMMANDS[1], COMMANDS[0]] {
            let run = checked(args, user.run(args), place);
            if needed && args.contains(&"status") {
                assert_eq!(run.code, Some(3), "{place}: {}", run.stdout);
                assert!(run.stderr.contains(place), "{place}: {}", run.stderr);
            }
        }
        disabled(&user, place);
    }
}

#[test]
fn what_cannot_be_written_is_no_hindrance_and_is_named_when_it_is_to_go() {
    for (place, _) in PLACES {
        let user = reporting();
        let path = user.home().join(place);
        let mode = if path.is_dir() { 0o500 } else { 0o400 };
        user.chmod(&format!("home/{place}"), mode);
        for args in [COMMANDS[4], COMMANDS[1], COMMANDS[0]] {
            drop(checked(args, user.run(args), place));
        }
        assert_eq!(effective(&user), "on", "{place}");
        disabled(&user, place);
    }
}

/// A no is a no afterwards, or it says why it could not be written; whatever of telemetry is left was named.
fn disabled(user: &Unprivileged, place: &str) {
    let args = COMMANDS[3];
    let run = checked(args, user.run(args), place);
    let is_on = !run.stdout.starts_with("Telemetry is off");
    if is_on {
        assert_eq!(run.code, Some(3), "{place}: {}", run.stderr);
        assert!(
            run.stderr.contains(".config/decantr"),
            "{place}: {}",
            run.stderr
        );
    }
    // With the rights back one can see what happened.
    open(&user.home());
    let still = effective(user);
    assert_eq!(still == "on", is_on, "{place}: {still}: {}", run.stderr);
    let left = left_in(&state(user));
    let is_named = |path: &PathBuf| {
        path.ancestors().any(|above| {
            above.starts_with(state(user)) && run.stderr.contains(above.to_str().unwrap())
        })
    };
    for path in left.iter().filter(|_| !is_on) {
        assert_eq!(run.code, Some(4), "{place}");
        assert!(
            is_named(path),
            "{place}: {} in {}",
            path.display(),
            run.stderr
        );
    }
    let settings = user.home().join(".config/decantr/config.json");
    let has_id = || fs::read_to_string(&settings).is_ok_and(|text| text.contains("install_"));
    if has_id() && !is_on {
        assert_eq!(run.code, Some(4), "{place}: {}", run.stderr);
        assert!(
            run.stderr.contains("config.json"),
            "{place}: {}",
            run.stderr
        );
    }
    assert!(
        is_on || !run.stderr.contains("nothing was changed"),
        "{place}: {}",
        run.stderr
    );
    // And once more, with nothing in the way.
    user.run(COMMANDS[3]).ok();
    assert_eq!(left_in(&state(user)), Vec::<PathBuf>::new(), "{place}");
    assert_eq!(effective(user), "off", "{place}");
    assert!(!has_id(), "{place}");
}

fn open(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, PermissionsExt::from_mode(0o700)).unwrap();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            open(&path);
        } else {
            fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        }
    }
}

fn left_in(folder: &Path) -> Vec<PathBuf> {
    let mut left = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            left.extend(left_in(&path));
        } else {
            left.push(path);
        }
    }
    left
}

#[test]
fn a_refusal_stays_one_whatever_is_closed() {
    for mode in [0o000, 0o500] {
        for (place, _) in PLACES {
            let user = reporting();
            let consent = user.home().join(".config/decantr/consent.json");
            let text = fs::read_to_string(&consent).unwrap();
            // As when `disable` died right after it wrote the refusal: the files are all still there.
            let mut file: Value = serde_json::from_str(&text).unwrap();
            file["records"][0]["consent"] =
                json!({"state": "refused", "at": "2026-01-01T00:00:00Z"});
            fs::write(&consent, file.to_string()).unwrap();
            let before = left_in(&user.home());
            user.chmod(&format!("home/{place}"), mode);
            assert_ne!(effective(&user), "on", "{place}");
            let args = COMMANDS[4];
            drop(checked(args, user.run(args), place));
            open(&user.home());
            assert_eq!(left_in(&user.home()), before, "{place}");
        }
    }
}
