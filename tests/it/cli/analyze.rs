//! `decantr analyze` as a person runs it: what it prints, writes and answers.

use std::fs;

use crate::support::process::Home;
use crate::support::unprivileged::Unprivileged;

#[test]
fn it_prints_a_summary_and_writes_the_report() {
    let home = Home::new().with_project();
    let run = home.run(&["analyze"]).exits(0);
    assert!(
        run.stdout.contains("nextjs") && run.stdout.contains("next-app-router"),
        "{}",
        run.stdout
    );
    assert!(
        run.stderr.contains("wrote .decantr/analysis.json"),
        "{}",
        run.stderr
    );
    let written = fs::read_to_string(home.work().join(".decantr/analysis.json")).unwrap();
    assert!(written.contains("\"schemaVersion\": 1"));
}

#[test]
fn json_is_one_object_and_nothing_else() {
    let home = Home::new().with_project();
    let json = home.run(&["analyze", "--json", "--no-write"]).json();
    assert_eq!(json["framework"]["id"], "nextjs");
    assert_eq!(json["routing"]["routes"][0]["path"], "/");
    assert!(!home.work().join(".decantr").exists());
}

#[test]
fn bad_input_of_every_kind_is_a_clear_error() {
    let home = Home::new();
    home.write("empty/.keep", "");
    home.write("rust/Cargo.toml", "[package]");
    home.write("broken/package.json", "{ \"name\": ");
    home.write("array/package.json", "[]");
    home.write("null/package.json", "null");
    home.write("folder/package.json/x", "");
    home.write("file.txt", "x");
    home.write(
        "huge/package.json",
        &format!("{{\"name\":\"{}\"}}", "x".repeat(2 * 1024 * 1024)),
    );
    for (path, code) in [
        ("empty", 1),
        ("rust", 1),
        ("broken", 3),
        ("array", 3),
        ("null", 3),
        ("folder", 3),
        ("file.txt", 3),
        ("missing", 3),
        ("huge", 3),
    ] {
        let run = home.run(&["analyze", path]).exits(code);
        assert!(run.stderr.starts_with("error: "), "{path}: {}", run.stderr);
        assert_eq!(run.stdout, "", "{path}");
        assert!(!home.work().join(path).join(".decantr").exists(), "{path}");
    }
}

#[test]
fn an_unreadable_folder_is_a_finding_and_not_a_silent_undercount() {
    let user = Unprivileged::new();
    user.write("package.json", r#"{"dependencies":{"next":"15.0.0"}}"#);
    user.write(
        "app/page.tsx",
        "export default function P() { return <p/>; }",
    );
    user.write(
        "app/secret/page.tsx",
        "export default function P() { return <p/>; }",
    );
    let routes = |run: &crate::support::process::Run| {
        run.json()["routing"]["routes"].as_array().unwrap().len()
    };
    let open = user.run(&["analyze", "--json", "--no-write"]).exits(0);
    assert_eq!(routes(&open), 2);
    user.chmod("work/app/secret", 0o000);
    let closed = user.run(&["analyze", "--json", "--no-write"]).exits(0);
    assert_eq!(routes(&closed), 1);
    assert!(closed.stdout.contains("app/secret"), "{}", closed.stdout);
    user.chmod("work/app/secret", 0o755);
}

#[test]
fn an_unreadable_manifest_and_a_read_only_project_are_clear_errors() {
    let user = Unprivileged::new();
    user.write("package.json", r#"{"dependencies":{"next":"15.0.0"}}"#);
    user.chmod("work", 0o500);
    let run = user.run(&["analyze"]).exits(3);
    assert!(run.stderr.contains(".decantr"), "{}", run.stderr);
    user.run(&["analyze", "--no-write"]).ok();
    user.chmod("work/package.json", 0o000);
    let run = user.run(&["analyze", "--no-write"]).exits(3);
    assert!(run.stderr.contains("package.json"), "{}", run.stderr);
    user.chmod("work", 0o700);
}
