//! Bad input: a clear error or a finding, never a panic, a hang, or a complete report over nothing.

use std::fmt::Write as _;
use std::path::Path;

use super::support::{NEXT, PAGE, analyze_path, codes, next, project, routes};

/// The code and text of the error for a project with this `package.json`.
fn refused(manifest: &[u8]) -> (&'static str, String) {
    let project = project(&[("app/page.tsx", PAGE)]);
    project.write("package.json", manifest);
    let error = project.try_analyze(".").unwrap_err();
    assert!(!error.is_not_web_project());
    (error.code(), error.to_string())
}

#[test]
fn what_is_no_web_project_is_told_apart() {
    for files in [
        &[][..],
        &[("src/main.rs", "fn main() {}"), ("docs/guide.html", "")],
        &[(
            "package.json",
            r#"{ "dependencies": { "express": "^5.0.0" } }"#,
        )],
        &[("package.json", "{}"), ("app/page.tsx", PAGE)],
        &[(
            "package.json",
            r#"{ "dependencies": "next", "devDependencies": ["next"] }"#,
        )],
        &[("package.json", r#"{ "peerDependencies": { "next": "*" } }"#)],
    ] {
        let error = project(files).try_analyze(".").unwrap_err();
        assert!(error.is_not_web_project(), "{files:?}: {error}");
        assert_eq!(error.code(), "not_a_web_project");
    }
}

#[test]
fn a_path_that_is_no_folder_is_refused() {
    let project = next(&[("app/page.tsx", PAGE)]);
    for (inside, code) in [
        ("missing", "path_not_found"),
        ("package.json", "not_a_directory"),
        ("package.json/x", "not_a_directory"),
    ] {
        let error = project.try_analyze(inside).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert!(error.to_string().starts_with("cannot analyze "), "{error}");
    }
    assert_eq!(
        analyze_path(Path::new("")).unwrap_err().code(),
        "path_not_found"
    );
    assert!(analyze_path(Path::new("a\0b")).is_err());
}

#[test]
fn a_manifest_that_is_no_object_is_refused() {
    for (text, found) in [
        ("null", "null"),
        ("[]", "an array"),
        ("7", "a number"),
        ("\"next\"", "a string"),
        ("true", "a boolean"),
    ] {
        let (code, error) = refused(text.as_bytes());
        assert_eq!(code, "package_json_invalid");
        assert!(
            error.ends_with(&format!("expected a JSON object, found {found}")),
            "{error}"
        );
    }
    for text in ["", "{", "{ \"dependencies\": }", "// no\n{}", "{}{}"] {
        let (code, error) = refused(text.as_bytes());
        assert_eq!(code, "package_json_invalid", "{error}");
        assert!(error.contains("not valid JSON ("), "{error}");
    }
    assert_eq!(refused(b"{ \"a\": \"\xff\" }").0, "package_json_invalid");
    assert_eq!(refused(&b"[".repeat(100_000)).0, "package_json_invalid");
}

#[test]
fn a_byte_order_mark_is_accepted() {
    let project = project(&[("app/page.tsx", PAGE)]);
    project.write("package.json", format!("\u{feff}{NEXT}").as_bytes());
    assert_eq!(routes(&project.analyze()), ["/"]);
}

#[test]
fn a_folder_named_package_json_is_refused() {
    let error = project(&[("package.json/x", "")])
        .try_analyze(".")
        .unwrap_err();
    assert_eq!(error.code(), "package_json_invalid");
    assert!(
        error.to_string().ends_with("it is a folder, not a file"),
        "{error}"
    );
}

#[test]
fn a_huge_manifest_is_refused_without_being_read() {
    let project = project(&[("app/page.tsx", PAGE)]);
    let path = project.write("package.json", b"");
    std::fs::File::create(path)
        .unwrap()
        .set_len(54_000_000)
        .unwrap();
    let error = project.try_analyze(".").unwrap_err();
    assert_eq!(error.code(), "package_json_too_large");
    assert!(
        error.to_string().ends_with("larger than 1048576 bytes"),
        "{error}"
    );
}

#[cfg(unix)]
#[test]
fn a_pipe_is_never_waited_for() {
    let project = next(&[("app/page.tsx", PAGE), ("app/x/layout.tsx", PAGE)]);
    for name in [
        "next.config.js",
        "tsconfig.json",
        "pnpm-workspace.yaml",
        "app/globals.css",
        "yarn.lock",
        ".gitignore",
        "app/.gitignore",
        "app/x/.gitignore",
    ] {
        let made = std::process::Command::new("mkfifo")
            .arg(project.path().join(name))
            .status();
        assert!(made.unwrap().success());
    }
    let analysis = project.analyze();
    assert_eq!(analysis.routing.strategy, None);
    let unread = |code: &&str| *code == "gitignore_not_read";
    assert_eq!(codes(&analysis).into_iter().filter(unread).count(), 2);
}

#[test]
fn deep_and_doubling_configuration_ends() {
    let mut doubling = String::new();
    for (n, next) in (1..61).enumerate() {
        writeln!(doubling, "const a{n} = {{ ...a{next}, ...a{next} }};").unwrap();
    }
    let project = next(&[
        ("app/page.tsx", PAGE),
        ("next.config.js", &format!("{doubling}module.exports = a0")),
        ("pnpm-workspace.yaml", &"[".repeat(100_000)),
        ("pnpm-lock.yaml", &"- ".repeat(100_000)),
        ("tsconfig.json", &"[".repeat(100_000)),
        (".gitignore", &"[".repeat(100_000)),
        ("app/a.css", &"{(".repeat(100_000)),
    ]);
    let analysis = project.analyze();
    assert_eq!(routes(&analysis), ["/"]);
    assert_eq!(
        codes(&analysis),
        [
            "config_not_static",
            "config_not_static",
            "lockfile_unreadable",
            "tsconfig_unreadable",
            "workspace_unreadable"
        ]
    );
}

#[test]
fn files_that_are_too_large_or_no_text_are_findings() {
    let project = next(&[("app/page.tsx", PAGE)]);
    project.write("app/large.tsx", "// x\n".repeat(300_000).as_bytes());
    project.write("app/binary.tsx", b"\xff\xfe\x00");
    project.write("app/broken.tsx", b"export const a = <");
    let deep = "(".repeat(50_000);
    project.write("app/deep.tsx", deep.as_bytes());
    let analysis = project.analyze();
    assert_eq!(
        codes(&analysis),
        ["file_too_large", "not_parsed", "unreadable_file"]
    );
    assert!(
        analysis.findings[1]
            .detail
            .contains("2, the first is app/broken.tsx")
    );
    assert_eq!((analysis.scanned.files, analysis.scanned.skipped), (1, 4));
}

/// Its name makes it a page, whatever is in it.
#[test]
fn a_page_that_is_too_large_to_read_is_still_a_route() {
    let project = next(&[("app/page.tsx", PAGE)]);
    project.write("app/big/page.tsx", "// x\n".repeat(300_000).as_bytes());
    let analysis = project.analyze();
    assert_eq!(codes(&analysis), ["file_too_large"]);
    assert_eq!(analysis.route_count(), 2);
}

#[test]
fn folders_deeper_than_the_bound_are_a_finding() {
    let project = next(&[("app/page.tsx", PAGE)]);
    let mut path = String::from("app/");
    for number in 0..70 {
        write!(path, "d{number}/").unwrap();
    }
    project.write(&format!("{path}page.tsx"), PAGE.as_bytes());
    let analysis = project.analyze();
    assert_eq!(routes(&analysis), ["/"]);
    assert_eq!(codes(&analysis), ["too_deep"]);
}

#[test]
fn the_projects_own_ignore_file_counts_and_output_never_does() {
    let project = next(&[
        (".gitignore", "app/generated/\n*.secret.tsx\n"),
        ("app/page.tsx", PAGE),
        ("app/generated/page.tsx", PAGE),
        ("app/node_modules/page.tsx", PAGE),
        (".next/app/page.tsx", PAGE),
        ("dist/app/page.tsx", PAGE),
        ("app/dist/page.tsx", PAGE),
        (".ignore", "app\n"),
        ("app/.well-known/thing/route.ts", "export function GET() {}"),
    ]);
    let analysis = project.analyze();
    assert_eq!(routes(&analysis), ["/", "/dist"]);
    assert_eq!(analysis.routing.endpoints[0].path, "/.well-known/thing");
}

#[test]
fn the_same_project_gives_the_same_report() {
    let project = next(&[
        ("app/page.tsx", PAGE),
        ("app/a/page.tsx", PAGE),
        ("app/b/broken.tsx", "<"),
    ]);
    let json = || serde_json::to_string(&project.analyze()).unwrap();
    let first = json();
    for _ in 0..5 {
        assert_eq!(json(), first);
    }
}
