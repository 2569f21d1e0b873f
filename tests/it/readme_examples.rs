//! The README's examples for other people's tools, run as they stand: a build pipeline, an npm script, a catalog in ten lines.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use decantr::config::layers::CI_VARIABLES;
use serde::Deserialize;

use crate::support::process::{BINARY, Home, Run, finish};

/// The text of the example of this name.
fn example(name: &str) -> String {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(readme).unwrap();
    let (_, rest) = readme
        .split_once(&format!("<!-- example: {name} -->\n```"))
        .unwrap();
    let (_language, rest) = rest.split_once('\n').unwrap();
    rest.split_once("\n```").unwrap().0.to_owned()
}

/// A shell in the home's working directory, where `decantr` is found before everything else.
fn shell(home: &Home, script: &str, variables: &[(&str, &str)]) -> Run {
    let tools: PathBuf = Path::new(BINARY).parent().unwrap().to_owned();
    let mut command = Command::new("bash");
    let script = format!("PATH={}:$PATH\n{script}", tools.display());
    command.args(["-euo", "pipefail", "-c", &script]);
    // Everything else of this environment stays, as it does on a build machine.
    for key in CI_VARIABLES
        .iter()
        .chain(&["DO_NOT_TRACK", "DECANTR_TELEMETRY"])
    {
        command.env_remove(key);
    }
    command
        .env("HOME", home.path())
        .env("XDG_CONFIG_HOME", "")
        .env("XDG_STATE_HOME", "")
        .env("npm_config_update_notifier", "false")
        .envs(variables.iter().copied())
        .current_dir(home.work());
    finish(command)
}

/// How often each event is in the store, by its name.
fn counted(home: &Home, catalog: &str) -> BTreeMap<String, i64> {
    let store = home.store();
    let words = [
        "ops",
        "query",
        "events-per-day",
        "--catalog",
        catalog,
        "--store",
        &store,
        "--json",
    ];
    let json = home.run(&words).exits(0).json();
    let rows = json["rows"].as_array().unwrap_or_else(|| panic!("{json}"));
    let count = |row: &serde_json::Value| {
        let event = row[1].as_str().unwrap().to_owned();
        (event, row[2].as_i64().unwrap())
    };
    rows.iter().map(count).collect()
}

fn executable(home: &Home, name: &str) {
    home.write(name, "#!/bin/sh\nexit 0\n");
    let path = home.work().join(name);
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[derive(Deserialize)]
struct Workflow {
    jobs: BTreeMap<String, Job>,
}

#[derive(Deserialize)]
struct Job {
    env: BTreeMap<String, String>,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    #[serde(default)]
    run: Option<String>,
}

#[test]
fn the_pipeline_reports_what_it_validated_and_published() {
    let home = Home::new();
    let served = home.serve();
    for name in ["validate", "publish"] {
        executable(&home, name);
    }
    home.write("content/a.json", "{}");
    home.write("content/b.json", "{}");
    let workflow: Workflow = serde_saphyr::from_str(&example("actions")).unwrap();
    let job = &workflow.jobs["content"];
    assert!(job.env.contains_key("DECANTR_TELEMETRY_ENDPOINT"));
    let variables = [
        ("CI", "true"),
        ("GITHUB_ACTIONS", "true"),
        ("DECANTR_TELEMETRY_ENDPOINT", served.url.as_str()),
    ];
    for script in job.steps.iter().filter_map(|step| step.run.as_deref()) {
        let run = shell(&home, script, &variables).exits(0);
        assert_eq!(run.stderr, "", "{script}");
    }
    let counted = counted(&home, "decantr");
    for event in ["content.validation.completed", "content.publish.completed"] {
        assert_eq!(counted.get(event), Some(&1), "{event}: {counted:?}");
    }
}

/// The server, the catalog and the consent of the section about one's own tool.
fn own(home: &Home) -> (crate::support::process::Served, String) {
    home.write("notes.toml", &example("catalog"));
    let catalog = home.work().join("notes.toml").to_str().unwrap().to_owned();
    (home.serve_with(&["--catalog", &catalog]), catalog)
}

#[test]
fn a_tool_of_ones_own_is_ten_lines_and_five_commands() {
    let home = Home::new();
    let (served, catalog) = own(&home);
    let lines = example("catalog");
    let lines = lines.lines().filter(|line| !line.trim().is_empty());
    assert!(lines.count() <= 10);
    let store = home.store();
    let variables = [("DECANTR_STORE", store.as_str())];
    let mut said = String::new();
    for line in example("own").lines() {
        let command = line.strip_prefix("$ ").unwrap();
        if command.starts_with("decantr ops serve") {
            continue;
        }
        let command = command.replace("http://127.0.0.1:7317", &served.url);
        said += &shell(&home, &command, &variables).ok();
    }
    assert!(
        said.contains("1 stored, 0 duplicate, 0 dropped; receipt verified"),
        "{said}"
    );
    assert_eq!(counted(&home, &catalog)["notes.sync.completed"], 1);
}

#[test]
fn the_npm_script_reports_by_the_projects_own_catalog() {
    let home = Home::new();
    let (served, catalog) = own(&home);
    home.write("package.json", &example("npm"));
    home.write("sync.js", "");
    let sync = "npm run sync --silent";
    let run = shell(&home, sync, &[]).exits(0);
    assert_eq!(
        (run.stdout.as_str(), run.stderr.as_str()),
        ("", ""),
        "undecided"
    );
    let agree = format!(
        "decantr telemetry enable --catalog ./notes.toml --endpoint {} --yes",
        served.url
    );
    drop(shell(&home, &agree, &[]).exits(0));
    drop(shell(&home, sync, &[]).exits(0));
    drop(shell(&home, "decantr telemetry flush --catalog ./notes.toml", &[]).exits(0));
    assert_eq!(counted(&home, &catalog)["notes.sync.completed"], 1);
}
