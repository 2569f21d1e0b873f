//! The tables of `decantr analyze`: what was not measured is not shown as if it had been.

use super::support::{NEXT, PAGE, Project, next, project};

/// What the program prints for the folder.
fn shown(project: &Project) -> String {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_decantr"))
        .args(["analyze", ".", "--no-write", "--no-telemetry"])
        .current_dir(project.path())
        .env_clear()
        .env("HOME", project.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_workspace_root_shows_its_apps_and_nothing_that_was_not_read() {
    let app = ("apps/web/package.json", NEXT);
    let page = ("apps/web/app/page.tsx", PAGE);
    let root = ("package.json", r#"{ "workspaces": ["apps/*"] }"#);
    let text = shown(&project(&[root, app, page]));
    assert!(
        text.contains("An npm workspace of 1 package; analyze"),
        "{text}"
    );
    for unread in ["Language", "Routing", "Counts", "Styling", "JavaScript"] {
        assert!(!text.contains(unread), "{text}");
    }
    let pnpm = ("pnpm-workspace.yaml", "packages: ['apps/*', 'packages/*']");
    let other = ("packages/a/package.json", "{}");
    let text = shown(&project(&[pnpm, app, page, other]));
    assert!(
        text.contains("A pnpm workspace of 2 packages; analyze"),
        "{text}"
    );
}

#[test]
fn routes_that_are_not_there_are_told_from_routes_that_are_not_read() {
    let routing = |project: &Project| {
        let text = shown(project);
        let line = text.lines().find(|line| line.contains("Routing"));
        line.unwrap_or_default().trim().to_owned()
    };
    assert!(routing(&next(&[("lib/a.ts", "")])).ends_with("none found"));
    let ember = (
        "package.json",
        r#"{ "dependencies": { "ember-source": "6.0.0" } }"#,
    );
    assert!(routing(&project(&[ember])).ends_with("not read"));
}

#[test]
fn pages_without_a_framework_have_no_version() {
    let text = shown(&project(&[
        ("index.html", "<p>hello</p>"),
        ("a.css", ":root { --a: 1 }"),
    ]));
    assert!(!text.contains("not known"), "{text}");
    assert!(
        text.contains("1 CSS variable\n") || text.contains("1 CSS variable "),
        "{text}"
    );
}
