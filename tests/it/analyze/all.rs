//! All applications of a workspace at once, one of them by name, and the forms they are shown in.

use std::process::Output;
use std::time::Duration;

use decantr::analyze::{
    AnalyzeError, NoProgress, Options, WorkspaceAnalysis, analyze_all, app_folder,
};
use decantr::base::clock::Clock;
use serde_json::Value;

use super::support::{NEXT, PAGE, Project, codes, next, project};

const ROOT: (&str, &str) = (
    "package.json",
    r#"{ "workspaces": ["apps/*", "packages/*", "inner"], "packageManager": "npm@11.0.0" }"#,
);

/// A workspace of two applications, a library, and a workspace with one application in it.
fn workspace(more: &[(&str, &str)]) -> Project {
    let inner = ("inner/package.json", r#"{ "workspaces": ["site"] }"#);
    let project = project(&[
        ROOT,
        inner,
        ("apps/web/package.json", NEXT),
        ("apps/web/app/page.tsx", PAGE),
        ("apps/web/app/[id]/page.tsx", PAGE),
        ("apps/shop/package.json", NEXT),
        ("apps/shop/pages/index.tsx", PAGE),
        ("packages/ui/package.json", r#"{ "name": "ui" }"#),
        ("inner/site/package.json", NEXT),
        ("inner/site/app/page.tsx", PAGE),
    ]);
    for (path, text) in more {
        project.write(path, text.as_bytes());
    }
    project
}

fn all_within(project: &Project, limit: Duration) -> Result<WorkspaceAnalysis, AnalyzeError> {
    let clock = Clock::fixed("2026-01-02T03:04:05Z".parse().unwrap());
    let mut options = Options::default();
    options.time_limit = limit;
    analyze_all(project.path(), &options, &clock, &NoProgress)
}

fn all(project: &Project) -> WorkspaceAnalysis {
    all_within(project, Options::default().time_limit).unwrap()
}

fn roots(all: &WorkspaceAnalysis) -> Vec<&str> {
    all.apps.iter().map(|app| app.root.as_str()).collect()
}

fn run(project: &Project, arguments: &[&str]) -> Output {
    std::process::Command::new(env!("CARGO_BIN_EXE_decantr"))
        .args(arguments)
        .current_dir(project.path())
        .env_clear()
        .env("HOME", project.path())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn every_application_is_analyzed_as_it_would_be_alone() {
    let project = workspace(&[]);
    let found = all(&project);
    assert_eq!(roots(&found), ["apps/shop", "apps/web", "inner/site"]);
    let json = serde_json::to_value(&found).unwrap();
    for (at, root) in roots(&found).iter().enumerate() {
        let alone = serde_json::to_value(project.try_analyze(root).unwrap()).unwrap();
        assert_eq!(json["apps"][at]["analysis"], alone, "{root}");
    }
    assert_eq!(json["schemaVersion"], 1);
    assert_eq!(json["workspace"]["packages"], 4);
    let inside = project.path().to_str().unwrap();
    assert!(!json.to_string().contains(inside), "{json}");
}

#[test]
fn a_root_that_is_an_application_is_one_of_them() {
    let root = r#"{ "workspaces": ["apps/*"], "dependencies": { "next": "15.1.0" } }"#;
    let found = workspace(&[
        ("package.json", root),
        ("next.config.js", ""),
        ("app/page.tsx", PAGE),
    ]);
    assert_eq!(roots(&all(&found)), [".", "apps/shop", "apps/web"]);
}

#[test]
fn without_a_workspace_the_folder_is_the_one_application() {
    let found = all(&next(&[("app/page.tsx", PAGE)]));
    assert!(found.workspace.is_none());
    assert_eq!(roots(&found), ["."]);
    let nothing = all_within(&project(&[ROOT]), Duration::from_mins(1));
    assert_eq!(nothing.unwrap_err().code(), "not_a_web_project");
}

#[test]
fn the_time_limit_is_that_of_all_together() {
    let found = all_within(&workspace(&[]), Duration::ZERO).unwrap();
    for analysis in found.analyses() {
        assert!(codes(analysis).contains(&"time_limit"));
    }
    assert_eq!(found.analyses().count(), 3);
}

#[test]
fn one_that_cannot_be_read_fails_the_run_and_hides_no_other() {
    let project = workspace(&[("apps/web/package.json", "{")]);
    let output = run(
        &project,
        &["analyze", "--all", "--json", "--no-write", "--no-telemetry"],
    );
    assert_eq!(output.status.code(), Some(3));
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["apps"][0]["analysis"]["framework"]["id"], "nextjs");
    let error = &json["apps"][1]["error"];
    assert_eq!(json["apps"][1]["root"], "apps/web");
    assert_eq!(error["code"], "package_json_invalid");
    let message = error["message"].as_str().unwrap();
    assert!(
        message.starts_with("cannot read apps/web/package.json"),
        "{message}"
    );
    assert!(text(&output.stderr).contains("1 of 3 applications"));
}

#[test]
fn each_report_is_written_into_the_folder_of_its_application() {
    let project = workspace(&[]);
    let output = run(&project, &["analyze", "--all", "--no-telemetry"]);
    assert!(output.status.success(), "{output:?}");
    let shown = text(&output.stdout);
    assert!(shown.contains("An npm workspace of 4 packages:"), "{shown}");
    for app in ["apps/shop", "apps/web", "inner/site"] {
        assert!(shown.contains(app), "{shown}");
        let report = project.path().join(app).join(".decantr/analysis.json");
        let written = std::fs::read(report).unwrap();
        let written: Value = serde_json::from_slice(&written).unwrap();
        assert_eq!(written["framework"]["id"], "nextjs");
    }
    assert!(!project.path().join(".decantr").exists());
}

#[test]
fn one_application_is_named_by_its_folder_in_the_workspace() {
    let project = workspace(&[]);
    let inside = project.path().join("apps/shop");
    let folder =
        |app: &str| app_folder(&inside, app.as_ref(), &Options::default(), &Clock::system());
    let web = project.path().canonicalize().unwrap().join("apps/web");
    for name in ["apps/web", "./apps/web/"] {
        assert_eq!(folder(name).unwrap(), web, "{name}");
    }
    for name in ["web", "../web", "apps/none", "/"] {
        let error = folder(name).unwrap_err();
        assert_eq!(error.code(), "path_not_found", "{name}");
        assert!(error.to_string().contains("apps/shop, apps/web"), "{error}");
    }
    let alone = next(&[]);
    let error = app_folder(
        alone.path(),
        ".".as_ref(),
        &Options::default(),
        &Clock::system(),
    )
    .unwrap_err();
    assert_eq!(error.code(), "not_found");
    let arguments = ["analyze", "--app", "apps/web", "--no-telemetry"];
    assert!(run(&project, &arguments).status.success());
    assert!(web.join(".decantr/analysis.json").is_file());
}

#[test]
fn all_of_them_are_reported_once_with_their_counts_together() {
    let project = workspace(&[]);
    let arguments = ["telemetry", "preview", "--", "analyze", "--all", "."];
    let shown = text(&run(&project, &arguments).stdout);
    assert_eq!(
        shown.matches("\"decantr.analyze.completed\"").count(),
        1,
        "{shown}"
    );
    assert!(
        shown.contains("\"routeCount\":4") || shown.contains("\"routeCount\": 4"),
        "{shown}"
    );
    assert!(!shown.contains("shop"), "{shown}");
}

#[test]
fn markdown_shows_names_as_they_are() {
    let project = next(&[("app/a|b/[_x_]/page.tsx", PAGE)]);
    let arguments = [
        "analyze",
        "--format",
        "markdown",
        "--no-write",
        "--no-telemetry",
    ];
    let shown = text(&run(&project, &arguments).stdout);
    assert!(
        shown.starts_with("# Web project: nextjs 15.1.0\n"),
        "{shown}"
    );
    let row = r"| `/a\|b/:_x_` | page | `app/a\|b/[_x_]/page.tsx` |";
    assert!(shown.contains(row), "{shown}");
    let arguments = ["analyze", "--all", "--format", "markdown", "--no-write"];
    let shown = text(&run(&workspace(&[]), &arguments).stdout);
    assert!(shown.contains("\n## `apps/web`\n"), "{shown}");
    assert!(shown.contains("\n### Routes\n"), "{shown}");
}

#[test]
fn an_application_that_was_not_found_in_time_is_not_said_to_be_missing() {
    let project = workspace(&[]);
    for number in 0..1_500 {
        project.write(&format!("apps/a{number}/package.json"), b"{}");
    }
    let clock = Clock::fixed("2026-01-02T03:04:05Z".parse().unwrap());
    let find = |app: &str, limit: Duration| {
        let mut options = Options::default();
        options.time_limit = limit;
        app_folder(project.path(), app.as_ref(), &options, &clock)
    };
    let enough = Options::default().time_limit;
    assert!(find("apps/a700", enough).is_ok());
    let missing = find("apps/other", enough);
    assert!(matches!(missing, Err(AnalyzeError::NoSuchApp { .. })));
    // Which of them are found before the time is over is the file system's choice.
    let found = (0..1_500)
        .step_by(50)
        .map(|number| format!("apps/a{number}"));
    let cut: Vec<_> = found
        .filter_map(|app| find(&app, Duration::ZERO).err())
        .collect();
    assert!(!cut.is_empty());
    let is_told = |error: &AnalyzeError| matches!(error, AnalyzeError::NotWebProject { .. });
    assert!(cut.iter().all(is_told), "{cut:?}");
}
