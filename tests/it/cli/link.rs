//! Linking, unlinking and being forgotten as a person does it: what is shown and asked, what is printed, and how it ends.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use axum::http::Method;
use decantr::model::protocol::{FORGET_PATH, LINK_PATH};
use serde_json::{Value, json};

use super::login_support::{Terminal, home, run_with};
use crate::client::link_server::{KEY, LinkServer};
use crate::support::process::Home;
use crate::support::trace::Trace;

const LINK: [&str; 4] = ["telemetry", "link", "--org", "acme"];

fn with(more: &[&'static str]) -> Vec<&'static str> {
    LINK.iter().chain(more).copied().collect()
}

/// A home with a project that is signed in at a server, and nothing more.
pub(super) fn signed_in() -> (Home, LinkServer) {
    let server = LinkServer::start();
    let home = home().with_project();
    let args = ["login", "--api-key-stdin", "--store", "file", "--api-url"];
    let args: Vec<&str> = args.into_iter().chain([&*server.url]).collect();
    run_with(home.command(&args), KEY).ok();
    (home, server)
}

pub(super) fn linked() -> (Home, LinkServer) {
    let (home, server) = signed_in();
    home.run(&with(&["--enable", "--yes"])).ok();
    (home, server)
}

pub(super) fn state(home: &Home, name: &str) -> std::path::PathBuf {
    home.path().join(".local/state/decantr").join(name)
}

fn links(server: &LinkServer) -> usize {
    server.bodies(&Method::POST, LINK_PATH).len()
}

#[test]
fn everything_is_shown_and_asked_once_on_a_terminal() {
    let (home, server) = signed_in();
    let before = home.snapshot();
    let args = with(&["--enable", "--label", "laptop"]);
    let mut terminal = Terminal::start(&home, &args);
    let (shown, code) = terminal.expect("[y/N]").write("\n").end();
    assert_eq!(code, Some(4), "{shown}");
    for words in [
        "decantr.analyze.completed",
        "days as raw events",
        "Recipient",
        "user_u1",
        "acme",
        "laptop",
        "could be matched by the operator",
        "--fresh",
        "(not shown)",
    ] {
        assert!(shown.contains(words), "no {words:?} in {shown}");
    }
    assert_eq!(shown.matches("[y/N]").count(), 1);
    assert_eq!(home.snapshot(), before);
    assert_eq!(links(&server), 0);
    let mut terminal = Terminal::start(&home, &args);
    let (shown, code) = terminal.expect("[y/N]").write("y\n").end();
    assert_eq!(code, Some(0), "{shown}");
    assert_eq!(links(&server), 1);
}

#[test]
fn without_a_terminal_it_needs_yes() {
    let (home, server) = signed_in();
    let (before, asked) = (home.snapshot(), server.requests().len());
    for args in [with(&["--enable"]), with(&["--enable", "--json"])] {
        let run = home.run(&args).exits(4);
        let hint = "`decantr telemetry link --org acme --enable --yes`";
        assert!(run.stderr.contains(hint), "{}", run.stderr);
    }
    assert_eq!(home.snapshot(), before);
    assert_eq!(
        server.requests().len(),
        asked,
        "not even who the key is for"
    );
}

#[test]
fn names_that_are_none_are_usage_errors() {
    let home = home();
    for (args, words) in [
        (with(&["--label", "My laptop"]), "a label has"),
        (
            vec!["telemetry", "link", "--org", "Acme Inc"],
            "a short name has",
        ),
        (vec!["telemetry", "link"], "--org"),
        (vec!["telemetry", "forget", "--check", "me"], "--check"),
    ] {
        let run = home.run(&args).exits(2);
        assert!(run.stderr.contains(words), "{}", run.stderr);
    }
    assert!(home.snapshot().is_empty());
}

#[test]
fn each_refusal_has_its_exit_code_and_says_what_to_do() {
    let (home, server) = signed_in();
    let run = home.run(&with(&["--yes"])).exits(4);
    assert!(run.stderr.contains("--enable"), "{}", run.stderr);
    for (status, code, exit, words) in [
        (404, "unknown_org", 5, "short name"),
        (403, "not_a_member", 5, "a key of that organisation"),
        (403, "missing_scope", 5, "scope link"),
        (401, "unknown_key", 5, "revoked"),
        (409, "linked_by_another", 5, "--fresh"),
        (404, "not_found", 6, "too old"),
    ] {
        home.run(&["telemetry", "disable"]).ok();
        server.refuse("POST", LINK_PATH, status, code);
        let run = home
            .run(&with(&["--enable", "--yes", "--json"]))
            .exits(exit);
        let error = run.json();
        assert_eq!(
            (&error["kind"], &error["exitCode"]),
            (&json!("error"), &json!(exit))
        );
        assert!(run.stderr.contains(words), "{}", run.stderr);
        let again = "telemetry is on, but the link was not made";
        assert!(run.stderr.contains(again), "{}", run.stderr);
        home.run(&["telemetry", "status"]).ok();
    }
    drop(server);
    let run = home.run(&with(&["--yes"])).exits(6);
    assert!(run.stderr.contains("cannot reach"), "{}", run.stderr);
    home.run(&["logout"]).ok();
    let run = home.run(&with(&["--yes"])).exits(5);
    assert!(run.stderr.contains("decantr login"), "{}", run.stderr);
}

#[test]
fn a_dry_run_shows_the_request_and_touches_nothing() {
    let (home, server) = linked();
    home.run(&["analyze"]).ok();
    home.run(&["telemetry", "unlink"]).ok();
    home.run(&["telemetry", "flush"]).ok();
    let nobody = super::login_support::home().with_project();
    assert_dry(&nobody, &with(&["--enable", "--dry-run"]));
    assert!(nobody.snapshot().is_empty());
    let requests = server.requests().len();
    for more in [&["--dry-run"][..], &["--dry-run", "--fresh", "--json"]] {
        assert_dry(&home, &with(more));
    }
    assert_eq!(server.requests().len(), requests);
}

fn assert_dry(home: &Home, args: &[&str]) {
    let before = home.snapshot();
    let trace = Trace::of(home, args);
    assert_eq!(trace.run.code, Some(0), "{}", trace.run.stderr);
    let stdout = &trace.run.stdout;
    assert!(stdout.contains("(not shown)"), "{stdout}");
    assert_eq!(trace.sockets(), Vec::<&str>::new());
    assert_eq!(trace.programs(), Vec::<&str>::new());
    let folder = home.path();
    let writes = trace.writes_below(&folder.to_string_lossy());
    assert_eq!(writes, Vec::<&str>::new());
    assert_eq!(home.snapshot(), before);
}

/// The secrets in a file of the state folder: every text of 64 hexadecimal digits.
fn secrets_in(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.split(|c: char| !c.is_ascii_hexdigit())
        .filter(|word| word.len() == 64)
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_whole_way_prints_no_secret_and_keeps_them_in_private_files() {
    let (home, server) = signed_in();
    let mut said = String::new();
    let mut secrets = vec![KEY.to_owned()];
    let mut run = |args: &[&str], code: i32| {
        let run = home.run(args).exits(code);
        said.push_str(&run.stdout);
        said.push_str(&run.stderr);
        for name in ["install-secret", "past-ids.json", "forget.json"] {
            secrets.extend(secrets_in(&state(&home, name)));
        }
        let projects = fs::read(state(&home, "projects.json")).unwrap_or_default();
        let projects: Value = serde_json::from_slice(&projects).unwrap_or_default();
        let secret = projects["projects"][0]["secret"].as_str();
        secrets.extend(secret.map(str::to_owned));
        for (path, bytes) in home.snapshot() {
            // A sender may have done with it meanwhile.
            let Ok(meta) = path.metadata() else { continue };
            assert!(
                meta.is_dir() || meta.permissions().mode() & 0o777 == 0o600,
                "{}",
                path.display()
            );
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let keeps = [
                "install-secret",
                "projects.json",
                "past-ids.json",
                "forget.json",
                "credentials.json",
            ];
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let shown = secrets.iter().any(|secret| text.contains(secret));
            assert!(!shown || keeps.contains(&&*name), "a secret in {name}");
        }
    };
    run(&with(&["--enable", "--yes", "--label", "laptop"]), 0);
    run(&["analyze"], 0);
    run(&with(&["--yes", "--json"]), 0);
    run(&["telemetry", "flush"], 0);
    run(&["telemetry", "status"], 0);
    run(&["telemetry", "status", "--json"], 0);
    run(&["telemetry", "explain", "--json"], 0);
    run(&["telemetry", "log", "--bytes", "--json"], 0);
    server.refuse("DELETE", LINK_PATH, 403, "bad_proof");
    run(&["telemetry", "unlink"], 5);
    server.behave();
    run(&["telemetry", "unlink", "--json"], 0);
    run(&["analyze"], 0);
    run(&["telemetry", "reset", "--json"], 0);
    run(&["telemetry", "reset"], 0);
    run(&with(&["--dry-run", "--json"]), 0);
    server.refuse("POST", FORGET_PATH, 500, "internal");
    run(&["telemetry", "forget", "--json"], 6);
    run(&["telemetry", "status"], 0);
    server.behave();
    run(&["telemetry", "forget"], 0);
    run(&["telemetry", "status"], 0);
    run(&["telemetry", "log", "--json"], 0);
    run(&["telemetry", "disable", "--forget", "--json"], 0);
    secrets.sort();
    secrets.dedup();
    assert!(
        secrets.len() >= 5,
        "only {} secrets were seen",
        secrets.len()
    );
    for secret in &secrets {
        assert!(!said.contains(secret), "a secret was printed");
    }
}

#[test]
fn every_answer_is_one_json_object() {
    let (home, server) = linked();
    for (args, kind) in [
        (with(&["--yes", "--json"]), "telemetry.link"),
        (with(&["--dry-run", "--json"]), "telemetry.link.plan"),
        (vec!["telemetry", "unlink", "--json"], "telemetry.unlink"),
        (vec!["telemetry", "unlink", "--json"], "telemetry.unlink"),
        (vec!["telemetry", "reset", "--json"], "telemetry.reset"),
        (vec!["telemetry", "forget", "--json"], "telemetry.forget"),
    ] {
        let answer = home.run(&args).exits(0).json();
        assert_eq!(
            (&answer["schemaVersion"], &answer["kind"]),
            (&json!(1), &json!(kind))
        );
    }
    let status = home.run(&["telemetry", "status", "--json"]).json();
    let ticket = status["forget"]["tickets"][0]["ticket"].as_str().unwrap();
    let check = ["telemetry", "forget", "--json", "--check", ticket];
    assert_eq!(home.run(&check).exits(0).json()["holds"], true);
    server.forge();
    assert_eq!(home.run(&check).exits(1).json()["holds"], false);
    let unknown = [
        "telemetry",
        "forget",
        "--check",
        "00000000-0000-4000-8000-000000000000",
    ];
    let run = home.run(&unknown).exits(1);
    assert!(run.stderr.contains("does not know"), "{}", run.stderr);
    let disabled = home.run(&["telemetry", "disable", "--forget", "--json"]);
    assert_eq!(
        disabled.exits(0).json()["forget"]["kind"],
        "telemetry.forget"
    );
}

#[test]
fn disable_without_forget_says_what_cannot_be_done_any_more() {
    let (home, _server) = linked();
    let run = home.run(&["telemetry", "disable"]).exits(0);
    assert!(run.stderr.contains("disable --forget"), "{}", run.stderr);
    assert!(run.stderr.contains("link to acme"), "{}", run.stderr);
    let run = home.run(&["telemetry", "disable"]).exits(0);
    assert_eq!(run.stderr, "");
}

#[test]
fn logout_tells_of_the_link_that_stays() {
    let (home, _server) = linked();
    let run = home.run(&["logout", "--json"]).exits(0);
    assert_eq!(run.json()["linkedTo"], "acme");
    assert!(run.stderr.contains("telemetry unlink"), "{}", run.stderr);
    home.run(&["telemetry", "unlink", "--local"]).ok();
    let run = home.run(&["logout"]).exits(0);
    assert!(!run.stderr.contains("linked"), "{}", run.stderr);
}

#[test]
fn a_project_id_is_shared_only_when_asked_for() {
    let (home, _server) = signed_in();
    let file = home.work().join(".decantr/project.json");
    home.run(&["telemetry", "enable", "--yes"]).ok();
    assert!(!file.exists());
    home.write(".decantr/project.json", "{\n  \"telemetry\": true\n}\n");
    let run = home
        .run(&["telemetry", "enable", "--share-project", "--yes"])
        .exits(0);
    assert!(
        run.stdout.contains(".decantr/project.json"),
        "{}",
        run.stdout
    );
    let written: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    assert_eq!(written["telemetry"], true);
    let id = written["telemetryProjectId"].as_str().unwrap();
    assert!(run.stdout.contains(id), "{}", run.stdout);
    home.run(&["analyze"]).ok();
    let status = home.run(&["telemetry", "status", "--json"]).json();
    assert_eq!(status["ids"]["projectId"], id);
}

#[test]
fn sharing_a_project_needs_consent_to_be_on() {
    let mut home = home();
    let args = ["telemetry", "enable", "--share-project"];
    let run = home.run(&args).exits(4);
    assert!(run.stdout.contains(".decantr/project.json"), "not shown");
    home.set("DO_NOT_TRACK", "1");
    let run = home.run(&[&args[..], &["--yes"]].concat()).exits(4);
    assert!(run.stderr.contains("DO_NOT_TRACK"), "{}", run.stderr);
    assert!(!home.work().join(".decantr").exists());
}
