//! Signing in, asking who one is, and signing out, with the key in the file; and every way in which that can fail.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use super::login_support::{Api, KEY, Terminal, home, login, me, run_with};
use crate::support::process::{Home, Run};

pub(super) fn config(home: &Home, name: &str) -> std::path::PathBuf {
    home.path().join(".config/decantr").join(name)
}

fn login_without_store(home: &Home, url: &str) -> Run {
    run_with(
        home.command(&["login", "--api-key-stdin", "--api-url", url]),
        KEY,
    )
}

#[test]
fn a_key_is_checked_kept_used_and_removed() {
    let (home, api) = (home(), Api::start());
    let shown = login(&home, &api.url).ok();
    for word in [
        &*api.url,
        "user_7",
        "acme (org_acme)",
        "link",
        "laptop",
        "credentials.json",
    ] {
        assert!(shown.contains(word), "{word}: {shown}");
    }
    let file = config(&home, "credentials.json");
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let kept: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    let expected = json!({"schemaVersion": 1, "accounts": [
        {"origin": api.url, "store": "file", "key": KEY},
    ]});
    assert_eq!(kept, expected);
    let settings = fs::read_to_string(config(&home, "config.json")).unwrap();
    assert!(
        settings.contains(&format!("\"apiUrl\": \"{}/\"", api.url)),
        "{settings}"
    );

    let who = home.run(&["whoami", "--json"]).exits(0).json();
    let mut expected = me();
    let more = json!({"kind": "whoami", "server": api.url, "keyFrom": "file"});
    expected
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    assert_eq!(who, expected);
    let asked = api.requests();
    assert_eq!(asked.len(), 2);
    for request in asked {
        assert_eq!((request.method.as_str(), &*request.path), ("GET", "/v1/me"));
        assert_eq!(request.authorization(), Some(&*format!("Bearer {KEY}")));
    }

    let out = home.run(&["logout", "--json"]).exits(0).json();
    assert_eq!(out["removedFrom"], "file");
    assert!(!file.exists());
    let again = home.run(&["logout"]).ok();
    assert!(again.starts_with("Not signed in"), "{again}");
    let error = home.run(&["whoami"]).exits(5).stderr;
    assert!(error.contains("decantr login --api-url"), "{error}");
    assert_eq!(api.requests().len(), 2);
}

#[test]
fn what_login_prints_as_json_is_one_object() {
    let (home, api) = (home(), Api::start());
    let args = [
        "login",
        "--api-key-stdin",
        "--store",
        "file",
        "--json",
        "--api-url",
        &api.url,
    ];
    let shown = run_with(home.command(&args), KEY).exits(0).json();
    assert_eq!(shown["kind"], "login");
    assert_eq!(shown["storedIn"], "file");
    assert_eq!(shown["apiUrlKept"], true);
    assert_eq!(shown["userId"], "user_7");
    let refused = run_with(home.command(&args), "dcr_other").exits(5);
    assert_eq!(
        (&refused.json()["kind"], &refused.json()["exitCode"]),
        (&json!("error"), &json!(5))
    );
}

#[test]
fn only_a_key_that_was_accepted_is_kept() {
    let api = Api::start();
    let coded = |code: &str| format!(r#"{{"accepted":false,"code":"{code}","detail":"so it is"}}"#);
    let cases = [
        (401, coded("unknown_key"), 5, "unknown or was revoked"),
        (
            403,
            coded("missing_scope"),
            5,
            "does not allow this: so it is (missing_scope)",
        ),
        (404, coded("not_found"), 6, "too old"),
        (405, coded("method_not_allowed"), 6, "too old"),
        (429, String::new(), 6, "takes no more requests"),
        (500, coded("oops"), 6, "failed with 500"),
        (200, "{}".to_owned(), 6, "makes no sense"),
        (200, "<html>".to_owned(), 6, "makes no sense"),
        (307, String::new(), 6, "points elsewhere"),
    ];
    for (status, body, exit, words) in cases {
        let home = home();
        api.says(status, &body);
        let run = login(&home, &api.url).exits(exit);
        assert!(run.stderr.contains(words), "{status}: {}", run.stderr);
        assert_eq!(run.stdout, "");
        assert!(home.snapshot().is_empty(), "{status}");
    }
    let home = home();
    let gone = Api::start().url.clone();
    let run = login(&home, &gone).exits(6);
    assert!(run.stderr.contains("cannot reach"), "{}", run.stderr);
    assert!(home.snapshot().is_empty());
}

#[test]
fn a_revoked_key_and_a_server_that_is_gone_are_told_apart() {
    let (home, api) = (home(), Api::start());
    login(&home, &api.url).ok();
    api.says(401, "");
    let run = home.run(&["whoami"]).exits(5);
    assert!(run.stderr.contains("revoked"), "{}", run.stderr);
    drop(api);
    let run = home.run(&["whoami", "--json"]).exits(6);
    assert_eq!(run.json()["exitCode"], 6);
}

#[test]
fn a_wrong_way_to_give_a_key_is_a_usage_error_and_sends_nothing() {
    let (home, api) = (home(), Api::start());
    let url = &*api.url;
    let none = home.run(&["login", "--api-url", url]).exits(2);
    assert!(none.stderr.contains("--api-key-stdin"), "{}", none.stderr);
    for bad in [
        "",
        " \n",
        "two words",
        "naïve",
        &"x".repeat(600),
        &"x".repeat(5000),
    ] {
        let args = ["login", "--api-key-stdin", "--api-url", url];
        let run = run_with(home.command(&args), bad).exits(2);
        assert!(
            bad.trim().is_empty() || !run.stderr.contains(bad),
            "{}",
            run.stderr
        );
    }
    for wrong in [
        &["login", "--api-key-stdin", "--api-key", KEY][..],
        &["login", KEY],
        &["login", "--api-key-stdin", KEY, "--api-url", url],
        &["login", "--api-key", KEY, KEY, "--json"],
    ] {
        let run = home.run(wrong).exits(2);
        assert!(!(run.stderr + &run.stdout).contains(KEY), "{wrong:?}");
    }
    let far = login(&home, "http://far.example").exits(2);
    assert!(far.stderr.contains("https"), "{}", far.stderr);
    assert!(home.snapshot().is_empty());
    assert!(api.requests().is_empty());
}

#[test]
fn a_key_on_the_command_line_works_with_a_warning() {
    let (home, api) = (home(), Api::start());
    let key = format!("--api-key={KEY}");
    let run = home.run(&["login", &key, "--store", "file", "--api-url", &api.url]);
    assert!(run.stderr.starts_with("warning:"), "{}", run.stderr);
    assert!(run.stderr.contains("list of processes"), "{}", run.stderr);
    run.ok();
}

#[test]
fn where_there_is_no_keyring_the_file_is_used_after_saying_so() {
    let (home, api) = (home(), Api::start());
    let run = login_without_store(&home, &api.url).exits(0);
    for words in [
        "warning: ",
        "there is no keyring here",
        "/nonexistent/bus",
        "credentials.json instead, readable by you only",
    ] {
        assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
    }
    home.run(&["whoami"]).ok();
    home.run(&["logout"]).ok();
    let args = [
        "login",
        "--api-key-stdin",
        "--api-url",
        &api.url,
        "--store",
        "keyring",
    ];
    let run = run_with(home.command(&args), KEY).exits(3);
    assert!(run.stderr.contains("--store file"), "{}", run.stderr);
    assert!(!config(&home, "credentials.json").exists());
}

#[test]
fn a_damaged_file_is_reported_and_left_alone() {
    let (home, api) = (home(), Api::start());
    let file = config(&home, "credentials.json");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    let url = &*api.url;
    for (text, mode) in [
        ("dcr_half", 0o600),
        ("{}", 0o600),
        (r#"{"schemaVersion":1,"accounts":[]}"#, 0o644),
    ] {
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        let runs = [
            login(&home, url),
            home.run(&["whoami", "--api-url", url]),
            home.run(&["logout", "--api-url", url]),
        ];
        for run in runs {
            let run = run.exits(3);
            assert!(run.stderr.contains("credentials.json"), "{}", run.stderr);
            assert!(!run.stderr.contains("dcr_half"), "{}", run.stderr);
        }
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
    }
}

#[test]
fn a_servers_names_neither_steer_the_terminal_nor_break_the_json() {
    let (home, api) = (home(), Api::start());
    login(&home, &api.url).ok();
    let mut odd = me();
    odd["label"] = "a\nKey from  b\u{1b}[8mc\u{202e}d\u{7f}e\u{9b}2J".into();
    odd["keyId"] = "k\u{1b}[1m".repeat(500).into();
    api.says(200, &odd.to_string());
    let shown = home.run(&["whoami"]).ok();
    assert!(shown.contains("aKey from  b[8mcde2J"), "{shown}");
    let steers = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
    assert!(!shown.contains(steers) && shown.len() < 2000, "{shown:?}");
    let run = home.run(&["whoami", "--json"]).exits(0);
    assert_eq!(run.json()["label"], odd["label"]);
    assert!(!run.stdout.contains(|c: char| c != '\n' && c.is_control()));
}

#[test]
fn an_address_from_the_environment_alone_gets_no_key_unless_somebody_sees_it() {
    let (mut home, api) = (home(), Api::start());
    home.set("DECANTR_API_URL", &api.url);
    let run = run_with(
        home.command(&["login", "--api-key-stdin", "--store", "file"]),
        KEY,
    )
    .exits(2);
    assert!(run.stderr.contains("DECANTR_API_URL"), "{}", run.stderr);
    assert!(
        run.stderr.contains(&format!("--api-url {}", api.url)),
        "{}",
        run.stderr
    );
    assert!(api.requests().is_empty());
    let mut terminal = Terminal::start(&home, &["login", "--store", "file"]);
    terminal.expect("(named by DECANTR_API_URL)");
    let (shown, code) = terminal.write(&format!("{KEY}\r")).end();
    assert_eq!(code, Some(0), "{shown}");
    assert!(
        !config(&home, "config.json").exists(),
        "only the command line is kept"
    );
}

#[test]
fn no_command_of_these_records_anything() {
    let (home, api) = (home(), Api::start());
    home.run(&["telemetry", "enable", "--yes", "--endpoint", &api.url])
        .ok();
    login(&home, &api.url).ok();
    home.run(&["whoami"]).ok();
    home.run(&["logout"]).ok();
    let log = home.run(&["telemetry", "log", "--json"]).exits(0).json();
    assert_eq!(
        (&log["entries"], &log["waiting"]),
        (&json!([]), &json!([])),
        "{log}"
    );
}

#[test]
fn a_server_that_telemetry_moves_to_is_named() {
    let (home, api, other) = (home(), Api::start(), Api::start());
    assert_eq!(
        login(&home, &api.url).exits(0).stderr,
        "",
        "nothing was decided"
    );
    home.run(&["telemetry", "enable", "--yes"]).ok();
    let moved = login(&home, &other.url).exits(0).stderr;
    let words = format!(
        "telemetry belongs to {} now instead of {}",
        other.url, api.url
    );
    assert!(moved.contains(&words), "{moved}");
    assert_eq!(
        login(&home, &other.url).exits(0).stderr,
        "",
        "nothing moves"
    );
    home.run(&["telemetry", "enable", "--yes", "--endpoint", &api.url])
        .ok();
    let third = Api::start();
    let elsewhere = login(&home, &third.url).exits(0).stderr;
    assert_eq!(elsewhere, "", "telemetry has an address of its own");
}
