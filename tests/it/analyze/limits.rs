//! Inputs that multiply or leak: shared configurations, places with credentials, little memory.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use decantr::analyze::{Analysis, NoProgress, Options, Progress, analyze};
use decantr::base::clock::Clock;
use jiff::SignedDuration;

use super::support::{PAGE, Project, codes, next, project};

/// Moves a clock on by a second for each file that is read.
struct Slow(Clock);

impl Progress for Slow {
    fn advanced(&self, files: u64) {
        let seconds = i64::try_from(files).unwrap();
        self.0.advance(SignedDuration::from_secs(seconds));
    }
}

fn analyze_slowly(project: &Project, limit: Duration) -> Analysis {
    let clock = Clock::fixed("2026-01-02T03:04:05Z".parse().unwrap());
    let mut options = Options::default();
    options.time_limit = limit;
    analyze(project.path(), &options, &clock, &Slow(clock.clone())).unwrap()
}

#[test]
fn when_the_time_is_over_what_was_read_is_reported() {
    let project = next(&[("app/page.tsx", PAGE)]);
    for number in 0..200 {
        project.write(&format!("app/p{number}/page.tsx"), PAGE.as_bytes());
    }
    let analysis = analyze_slowly(&project, Duration::from_mins(1));
    assert_eq!(codes(&analysis), ["time_limit"]);
    let scanned = analysis.scanned;
    // Files that were begun in time are read to their end, and nobody looks for more.
    assert!((60..80).contains(&scanned.files), "{scanned:?}");
    assert!(scanned.files + scanned.skipped < 201, "{scanned:?}");
    assert_eq!(analysis.components, scanned.files);
    let detail = &analysis.findings[0].detail;
    let said = format!("stopped after 60 s: {} source files", scanned.skipped);
    assert!(detail.starts_with(&said), "{detail}");
    let enough = analyze_slowly(&project, Duration::from_secs(202));
    assert!(enough.findings.is_empty(), "{:?}", enough.findings);
}

#[test]
fn no_time_at_all_gives_a_report_that_says_so() {
    let project = next(&[("app/page.tsx", PAGE)]);
    let analysis = analyze_slowly(&project, Duration::ZERO);
    assert!(codes(&analysis).contains(&"time_limit"));
    assert_eq!(analysis.framework_id(), Some("nextjs"));
    assert_eq!(analysis.scanned.files, 0);
}

#[test]
fn no_time_limit_is_too_long() {
    let project = next(&[("app/page.tsx", PAGE)]);
    let mut options = Options::default();
    options.time_limit = Duration::MAX;
    let analysis = analyze(project.path(), &options, &Clock::system(), &NoProgress).unwrap();
    assert!(analysis.findings.is_empty(), "{:?}", analysis.findings);
}

#[test]
fn configurations_that_refer_to_one_another_are_read_once() {
    let project = next(&[("app/page.tsx", PAGE)]);
    let started = Instant::now();
    for number in 0..16 {
        let bases = format!("\"./t{}.json\", ", number + 1).repeat(20);
        let extends = format!(r#"{{ "extends": [{}] }}"#, bases.trim_end_matches(", "));
        let name = if number == 0 {
            "tsconfig.json".to_owned()
        } else {
            format!("t{number}.json")
        };
        project.write(&name, extends.as_bytes());
        let references = bases
            .replace("\"./", "{ \"path\": \"./")
            .replace("\", ", "\" }, ");
        let solution = format!(
            r#"{{ "references": [{}] }}"#,
            references.trim_end_matches(", ")
        );
        project.write(&format!("r{number}.json"), solution.as_bytes());
    }
    project.write(
        "t16.json",
        br#"{ "references": [{ "path": "./r0.json" }] }"#,
    );
    project.analyze();
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn no_credential_and_no_absolute_path_reaches_the_report() {
    for range in [
        "git+https://user:sesame@example.com/next.git",
        "https://user:sesame@example.com/next.tgz",
        "file:/home/sesame/next",
        "/home/sesame/next",
        "workspace:/home/sesame",
        "sesame://sesame",
    ] {
        let manifest = format!(r#"{{ "dependencies": {{ "next": "{range}" }} }}"#);
        let lock = format!(r#"{{ "dependencies": {{ "next": {{ "version": "{range}" }} }} }}"#);
        let base = "{ \"extends\": \"/home/sesame/tsconfig.json\" }";
        let analysis = project(&[
            ("package.json", &manifest),
            ("package-lock.json", &lock),
            ("tsconfig.json", base),
            ("app/page.tsx", PAGE),
        ])
        .analyze();
        let json = serde_json::to_string(&analysis).unwrap();
        assert!(!json.contains("sesame"), "{json}");
    }
}

#[test]
fn an_absolute_base_configuration_is_read() {
    let project = next(&[("app/page.tsx", PAGE)]);
    let base = project.write(
        "config/base.json",
        br#"{ "compilerOptions": { "strict": true } }"#,
    );
    let config = serde_json::json!({ "extends": base }).to_string();
    project.write("tsconfig.json", config.as_bytes());
    assert_eq!(project.analyze().language.strict, Some(true));
}

#[test]
fn a_version_is_what_a_lockfile_has_after_an_alias() {
    let lock = r#"{ "dependencies": { "next": { "version": "npm:@acme/next@15.1.2" } } }"#;
    let manifest = r#"{ "dependencies": { "next": "npm:@acme/next@^15.0.0" } }"#;
    let files = [("package.json", manifest), ("package-lock.json", lock)];
    let framework = project(&files).analyze().framework.unwrap();
    assert_eq!(framework.version.as_deref(), Some("15.1.2"));
    assert_eq!(
        framework.declared.as_deref(),
        Some("npm:@acme/next@^15.0.0")
    );
}

#[test]
fn the_lockfile_of_a_large_monorepo_is_read() {
    let mut text = "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      next:\n        specifier: ^15.0.0\n        \
                    version: 15.1.2\n"
        .to_owned();
    for importer in 0..1_000 {
        writeln!(text, "  packages/p{importer}:\n    dependencies:").unwrap();
        for number in 0..60 {
            let entry = "specifier: ^1.0.0\n        version: 1.0.0";
            writeln!(text, "      package-{number}:\n        {entry}").unwrap();
        }
    }
    let manifest = r#"{ "dependencies": { "next": "^15.0.0" } }"#;
    let files = [("package.json", manifest), ("pnpm-lock.yaml", &text)];
    let analysis = project(&files).analyze();
    let version = analysis.framework.unwrap().version;
    assert_eq!(
        version.as_deref(),
        Some("15.1.2"),
        "{:?}",
        analysis.findings
    );
}

#[cfg(target_os = "linux")]
#[test]
fn little_address_space_is_enough() {
    let project = next(&[("app/page.tsx", PAGE)]);
    for kibibytes in [2_000_000, 900_000, 400_000] {
        let program = env!("CARGO_BIN_EXE_decantr");
        let line = format!(
            "ulimit -v {kibibytes}; exec \"$0\" analyze . --json --no-write --no-telemetry"
        );
        let output = std::process::Command::new("sh")
            .args(["-c", &line, program])
            .current_dir(project.path())
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", project.path())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.contains("app/page.tsx"), "{kibibytes}: {output:?}");
    }
}

/// Somewhere between too little to begin and enough for a stack the program runs without a thread.
#[cfg(target_os = "linux")]
#[test]
fn where_no_thread_starts_the_error_says_so_once() {
    let project = next(&[("app/page.tsx", PAGE)]);
    let said = (20_000..400_000).step_by(4_000).any(|kibibytes| {
        let line =
            format!("ulimit -v {kibibytes}; exec \"$0\" analyze . --no-write --no-telemetry");
        let output = std::process::Command::new("sh")
            .args(["-c", &line, env!("CARGO_BIN_EXE_decantr")])
            .current_dir(project.path())
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", project.path())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        text.starts_with("error: cannot start threads: ") && text.matches("os error").count() == 1
    });
    assert!(said);
}

#[test]
fn the_search_for_packages_ends_when_the_time_is_over() {
    let project = project(&[(
        "package.json",
        r#"{ "workspaces": ["packages/**"], "dependencies": { "next": "15.0.0" } }"#,
    )]);
    project.write("app/page.tsx", PAGE.as_bytes());
    for number in 0..1_500 {
        project.write(&format!("packages/p{number}/package.json"), b"{}");
    }
    let packages = |limit| {
        let analysis = analyze_slowly(&project, limit);
        let json = serde_json::to_value(&analysis).unwrap();
        let is_cut = codes(&analysis).contains(&"time_limit");
        (json["workspace"]["packages"].as_u64().unwrap(), is_cut)
    };
    let (found, is_cut) = packages(Duration::ZERO);
    assert!(found < 600 && is_cut, "{found}");
    assert_eq!(packages(Duration::from_mins(1)), (1_500, false));
}

#[test]
fn lists_that_name_one_folder_again_and_again_end() {
    let calls = "physical('/a', 's'), ".repeat(8_000);
    let list = format!(
        "import {{ rootRoute, physical }} from '@tanstack/virtual-file-routes'; export const routes = rootRoute('root.tsx', [{calls}])"
    );
    let project = project(&[
        (
            "package.json",
            r#"{ "dependencies": { "@tanstack/react-router": "1.0.0", "react": "19.0.0" } }"#,
        ),
        ("index.html", ""),
        (
            "tsr.config.json",
            r#"{ "virtualRouteConfig": "./routes.ts" }"#,
        ),
        ("routes.ts", &list),
        ("src/routes/root.tsx", PAGE),
    ]);
    for number in 0..300 {
        project.write(&format!("src/routes/s/p{number}.tsx"), PAGE.as_bytes());
    }
    let started = Instant::now();
    let analysis = project.analyze();
    assert!(
        started.elapsed() < Duration::from_secs(20),
        "{:?}",
        started.elapsed()
    );
    assert!(
        codes(&analysis).contains(&"route_not_static"),
        "{:?}",
        analysis.findings
    );
}

#[test]
fn a_pattern_that_grows_when_it_is_compiled_is_not_applied() {
    let project = project(&[
        (
            "package.json",
            r#"{ "dependencies": { "@tanstack/react-router": "1.0.0", "react": "19.0.0" } }"#,
        ),
        ("index.html", ""),
        (
            "tsr.config.json",
            r#"{ "routeFileIgnorePattern": "(?:.?){3000}Q" }"#,
        ),
        ("src/routes/index.tsx", PAGE),
    ]);
    assert!(codes(&project.analyze()).contains(&"config_not_static"));
}

#[test]
fn nested_applications_are_found_beside_many_folders_and_the_bound_is_told() {
    let project = next(&[
        ("app/page.tsx", PAGE),
        (
            "examples/one/package.json",
            r#"{ "dependencies": { "next": "15.0.0" } }"#,
        ),
        ("examples/one/app/page.tsx", PAGE),
    ]);
    for number in 0..2_100 {
        let folder = project.path().join(format!("many/f{number}"));
        std::fs::create_dir_all(folder).unwrap();
    }
    let analysis = project.analyze();
    assert_eq!(analysis.components, 1);
    assert_eq!(codes(&analysis), ["too_many_folders"]);
}

/// A Vue project whose plugin for routes from files has these `options`.
fn with_files(options: &str) -> Project {
    let config = format!(
        "import VueRouter from 'unplugin-vue-router/vite';\nexport default {{ plugins: [VueRouter({{ {options} }})] }};"
    );
    let manifest = r#"{ "dependencies": { "vue": "3.5.13", "vue-router": "4.5.0", "unplugin-vue-router": "0.10.0" } }"#;
    project(&[("package.json", manifest), ("vite.config.ts", &config)])
}

#[test]
fn a_pattern_that_is_too_long_is_a_finding() {
    let long = "a".repeat(60_000);
    for options in [
        format!("exclude: ['{long}']"),
        format!("exclude: [{}]", "'a', ".repeat(101)),
    ] {
        let project = with_files(&options);
        project.write("src/pages/index.vue", b"<template><p /></template>");
        let analysis = project.analyze();
        assert_eq!(codes(&analysis), ["glob_not_read"]);
        assert_eq!(analysis.routing.routes.len(), 1);
    }
}

#[test]
fn folders_of_pages_are_read_once_and_not_without_end() {
    let started = Instant::now();
    for (folders, count, expected) in [
        ("'src/pages', ".repeat(4_000), 300, vec![]),
        (
            (0..400).fold(String::new(), |all, one| format!("{all}'src/p{one}', ")),
            64,
            vec!["routes_not_read"],
        ),
    ] {
        let project = with_files(&format!("routesFolder: [{folders}]"));
        for number in 0..300 {
            let page = b"<template><p /></template>";
            project.write(&format!("src/pages/a{number}.vue"), page);
            project.write(&format!("src/p{number}/b{number}.vue"), page);
        }
        let analysis = project.analyze();
        assert_eq!(codes(&analysis), expected);
        assert_eq!(analysis.routing.routes.len(), count);
    }
    assert!(started.elapsed() < Duration::from_secs(15));
}
