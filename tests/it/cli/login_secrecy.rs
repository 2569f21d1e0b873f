//! The key is nowhere: not in what is printed, not in a file, not in the list of processes; and it goes to its own server only.

use std::collections::BTreeSet;
use std::fs;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use super::login_support::{Api, Terminal, home, run_with};
use crate::support::process::{Home, Run};

/// A key that no other test uses, and no other run of this one, since every process of the machine is searched for it.
static KEY: LazyLock<String> = LazyLock::new(|| {
    let nobody_elses = uuid::Uuid::new_v4().simple();
    format!("dcr_fedcba987654_{nobody_elses}c2VjcmVjeS0")
});

/// The options and variables that make a command say most.
const LOUD: [&str; 1] = ["-vv"];

fn loud_home() -> Home {
    let mut home = home();
    home.set("RUST_LOG", "trace").set("RUST_BACKTRACE", "full");
    home
}

/// The parts of the key that are looked for: all of it, and its secret half.
fn shows_key(bytes: &[u8]) -> bool {
    let (_, half) = KEY.rsplit_once('_').unwrap();
    bytes
        .windows(half.len())
        .any(|part| part == half.as_bytes())
}

fn assert_silent(run: &Run, what: &str) {
    for text in [&run.stdout, &run.stderr] {
        assert!(!shows_key(text.as_bytes()), "{what}: {text}");
    }
}

fn files_with_key(home: &Home) -> Vec<String> {
    let files = home.snapshot().into_iter();
    let found = files.filter(|(_, bytes)| shows_key(bytes));
    found
        .map(|(path, _)| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect()
}

/// The processes of the machine whose command line or environment holds the key, as `what: name`.
fn processes_with_key() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for process in fs::read_dir("/proc").unwrap() {
        let folder = process.unwrap().path();
        for what in ["cmdline", "environ"] {
            // A process that has ended, or is not ours.
            let Ok(bytes) = fs::read(folder.join(what)) else {
                continue;
            };
            if shows_key(&bytes) {
                let name = fs::read_to_string(folder.join("comm")).unwrap_or_default();
                found.insert(format!("{what}: {}", name.trim()));
            }
        }
    }
    found
}

fn loud<'a>(args: &[&'a str]) -> Vec<&'a str> {
    args.iter().copied().chain(LOUD).collect()
}

fn login_args(url: &str) -> Vec<&str> {
    loud(&[
        "login",
        "--api-key-stdin",
        "--store",
        "file",
        "--api-url",
        url,
    ])
}

fn started(mut command: Command) -> Child {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn nothing_that_is_printed_or_written_holds_the_key() {
    let (home, api) = (loud_home(), Api::knowing(&KEY));
    let url = &*api.url;
    // Refused, broken, and none of them leaves the key behind.
    let echo = format!(
        r#"{{"accepted":false,"code":"{0}","detail":"not {0}"}}"#,
        *KEY
    );
    for (status, body) in [
        (401, &*echo),
        (403, &echo),
        (500, &echo),
        (200, "{"),
        (200, &echo),
        (307, ""),
    ] {
        api.says(status, body);
        let run = run_with(home.command(&login_args(url)), &KEY);
        assert!(run.code != Some(0), "{status}");
        assert_silent(&run, &status.to_string());
        let json: Vec<&str> = login_args(url).into_iter().chain(["--json"]).collect();
        assert_silent(&run_with(home.command(&json), &KEY), &status.to_string());
    }
    let gone = Api::start().url.clone();
    assert_silent(&run_with(home.command(&login_args(&gone)), &KEY), "offline");
    api.behaves();
    let no_ring = loud(&[
        "login",
        "--api-key-stdin",
        "--api-url",
        url,
        "--store",
        "keyring",
    ]);
    assert_silent(
        &run_with(home.command(&no_ring), &KEY).exits(3),
        "no keyring",
    );
    let flag = format!("--api-key={}", *KEY);
    let flag = loud(&["login", &flag, "--api-url", url, "--store", "keyring"]);
    assert_silent(&home.run(&flag).exits(3), "flag");
    assert_eq!(files_with_key(&home), Vec::<String>::new());

    assert_silent(
        &run_with(home.command(&login_args(url)), &KEY).exits(0),
        "login",
    );
    assert_eq!(files_with_key(&home), ["credentials.json"]);
    for args in [
        &["whoami"][..],
        &["whoami", "--json"],
        &["telemetry", "status", "--json"],
        &["telemetry", "explain", "--json"],
        &["telemetry", "enable", "--yes"],
        &["analyze", "--json"],
        &["telemetry", "log", "--bytes", "--json"],
    ] {
        assert_silent(&home.run(&loud(args)), args[0]);
    }
    api.says(500, &echo);
    assert_silent(&home.run(&loud(&["whoami"])).exits(6), "whoami failing");
    assert_eq!(files_with_key(&home), ["credentials.json"]);
    assert_silent(&home.run(&loud(&["logout"])).exits(0), "logout");
    assert_eq!(files_with_key(&home), Vec::<String>::new());
}

#[test]
fn the_list_of_processes_does_not_hold_the_key_while_a_server_is_slow() {
    let (home, api) = (loud_home(), Api::knowing(&KEY));
    let login = ["login", "--store", "file", "--api-url", &api.url];
    api.hold();
    let mut terminal = Terminal::start(&home, &login);
    terminal.expect("API key for").write(&format!("{}\r", *KEY));
    api.wait_for(1);
    assert_eq!(processes_with_key(), BTreeSet::new());
    api.release();
    let (shown, code) = terminal.end();
    assert_eq!(code, Some(0), "{shown}");
    assert!(!shows_key(shown.as_bytes()), "{shown}");

    api.hold();
    let whoami = started(home.command(&loud(&["whoami"])));
    api.wait_for(2);
    assert_eq!(processes_with_key(), BTreeSet::new());
    api.release();
    assert!(whoami.wait_with_output().unwrap().status.success());

    // The test can see it where a person put it: that is what the warning is about.
    api.hold();
    let flag = format!("--api-key={}", *KEY);
    let args = ["login", &flag, "--store", "file", "--api-url", &api.url];
    let flagged = started(home.command(&args));
    api.wait_for(3);
    assert_eq!(
        processes_with_key(),
        BTreeSet::from(["cmdline: decantr".to_owned()])
    );
    api.release();
    assert!(flagged.wait_with_output().unwrap().status.success());
}

/// Signs in to `api` with [`KEY`], in the file.
fn signed_in(api: &Api) -> Home {
    let home = loud_home();
    run_with(home.command(&login_args(&api.url)), &KEY).ok();
    home
}

#[test]
fn a_stored_key_goes_to_no_other_server() {
    let (api, other) = (Api::knowing(&KEY), Api::knowing(&KEY));
    let mut home = signed_in(&api);
    let by_flag = home.run(&["whoami", "--api-url", &other.url]).exits(5);
    assert!(by_flag.stderr.contains(&other.url), "{}", by_flag.stderr);
    home.set("DECANTR_API_URL", &other.url);
    let by_variable = home.run(&["whoami"]).exits(5);
    assert!(
        by_variable.stderr.contains("DECANTR_API_URL"),
        "{}",
        by_variable.stderr
    );
    // The same server by another name, or by another port, is another origin.
    home.set("DECANTR_API_URL", api.url.replace("127.0.0.1", "localhost"));
    drop(home.run(&["whoami"]).exits(5));
    home.set("DECANTR_API_URL", "http://far.example");
    drop(home.run(&["whoami"]).exits(3));
    home.set("DECANTR_API_URL", "");
    home.set("DECANTR_TELEMETRY_ENDPOINT", &other.url);
    home.run(&["whoami"]).ok();
    assert_eq!(other.requests().len(), 0);
    assert_eq!(api.requests().len(), 2);
}

#[test]
fn a_key_does_not_follow_a_redirect() {
    let (api, other) = (Api::knowing(&KEY), Api::knowing(&KEY));
    let home = signed_in(&api);
    api.redirects_to(&format!("{}/v1/me", other.url));
    let run = home.run(&["whoami"]).exits(6);
    assert!(
        run.stderr.contains("points elsewhere (307)"),
        "{}",
        run.stderr
    );
    drop(run_with(home.command(&login_args(&api.url)), &KEY).exits(6));
    assert_eq!(other.requests().len(), 0);
}

#[test]
fn a_project_can_neither_bring_nor_get_a_key() {
    let (api, other) = (Api::knowing(&KEY), Api::knowing(&KEY));
    let mut home = signed_in(&api);
    let settings = format!(r#"{{"apiUrl":"{}"}}"#, other.url);
    home.write("cfg/config.json", &settings);
    home.write(".decantr/project.json", &settings);
    home.run(&["whoami"]).ok();
    let cfg = home.work().join("cfg").to_string_lossy().into_owned();
    home.set("DECANTR_CONFIG_DIR", cfg);
    for args in [&["whoami"][..], &["logout"]] {
        let run = home.run(args).exits(3);
        assert!(
            run.stderr.contains("points into the project"),
            "{}",
            run.stderr
        );
    }
    drop(run_with(home.command(&login_args(&api.url)), &KEY).exits(3));
    assert_eq!(other.requests().len(), 0);
}

#[test]
fn a_key_in_the_environment_needs_an_address_beside_it() {
    let (api, other) = (Api::knowing(&KEY), Api::knowing("dcr_other"));
    let mut home = signed_in(&api);
    home.set("DECANTR_API_KEY", "dcr_other");
    // Alone it is not used: the stored key is.
    let run = home.run(&["whoami", "--json"]).exits(0);
    assert_eq!(run.json()["keyFrom"], "file");
    assert!(
        run.stderr.contains("DECANTR_API_KEY is not used"),
        "{}",
        run.stderr
    );
    // Beside an address it goes before the stored key.
    let run = home
        .run(&["whoami", "--json", "--api-url", &other.url])
        .exits(0);
    assert_eq!(run.json()["keyFrom"], "environment");
    drop(home.run(&["whoami", "--api-url", &api.url]).exits(5));
    home.set("DECANTR_API_URL", &other.url);
    home.run(&["whoami"]).ok();
    // With nothing stored, alone, it is said why it is not used.
    let mut bare = super::login_support::home();
    bare.set("DECANTR_API_KEY", "dcr_other");
    let run = bare.run(&["whoami"]).exits(5);
    assert!(
        run.stderr.contains("DECANTR_API_KEY is not used without"),
        "{}",
        run.stderr
    );
    bare.set("DECANTR_API_KEY", "not a key")
        .set("DECANTR_API_URL", &other.url);
    let run = bare.run(&["whoami"]).exits(3);
    assert!(!run.stderr.contains("not a key"), "{}", run.stderr);
    bare.run(&["logout"]).ok();
}
