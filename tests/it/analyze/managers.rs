//! Which lockfile counts for a package of a workspace, and what else names its package manager and the versions.

use std::fmt::Write as _;

use super::support::{PAGE, Project, codes, project};

const NEXT: &str = r#"{ "name": "web", "dependencies": { "next": "^15.0.0" } }"#;

/// The version and range of the framework of `apps/web`, with a page in it.
fn of_web(files: &[(&str, &str)]) -> (Option<String>, Option<String>) {
    let project = project(files);
    if !files
        .iter()
        .any(|(path, _)| *path == "apps/web/package.json")
    {
        project.write("apps/web/package.json", NEXT.as_bytes());
    }
    project.write("apps/web/app/page.tsx", PAGE.as_bytes());
    let framework = project.try_analyze("apps/web").unwrap().framework.unwrap();
    (framework.version, framework.declared)
}

fn version_of_web(files: &[(&str, &str)]) -> Option<String> {
    of_web(files).0
}

fn manager(project: &Project) -> (&'static str, Option<String>, Option<&'static str>) {
    let manager = project.analyze().package_manager.unwrap();
    (manager.id, manager.version, manager.lockfile)
}

#[test]
fn the_lockfile_of_the_workspace_counts_before_one_that_lies_about_in_a_package() {
    let root = r#"{ "workspaces": ["apps/*"] }"#;
    let npm = |version: &str| {
        format!(r#"{{ "packages": {{ "node_modules/next": {{ "version": "{version}" }} }} }}"#)
    };
    let (above, own) = (npm("15.1.2"), npm("1.0.0"));
    let found = version_of_web(&[
        ("package.json", root),
        ("package-lock.json", &above),
        ("apps/web/package-lock.json", &own),
    ]);
    assert_eq!(found.as_deref(), Some("15.1.2"));

    // Without one above, its own is all there is.
    let found = version_of_web(&[("package.json", root), ("apps/web/package-lock.json", &own)]);
    assert_eq!(found.as_deref(), Some("1.0.0"));

    // Yarn 1 does as npm does; for Yarn 2 and later a lockfile begins a project.
    let classic =
        |version: &str| format!("# yarn lockfile v1\n\nnext@^15.0.0:\n  version \"{version}\"\n");
    let berry = |version: &str| {
        format!(
            "# yarn\n\n__metadata:\n  version: 8\n\n\"next@npm:^15.0.0\":\n  version: {version}\n"
        )
    };
    for (above, own, wanted) in [
        (classic("15.1.2"), classic("1.0.0"), "15.1.2"),
        (berry("15.1.2"), berry("1.0.0"), "1.0.0"),
    ] {
        let found = version_of_web(&[
            ("package.json", root),
            ("yarn.lock", &above),
            ("apps/web/yarn.lock", &own),
        ]);
        assert_eq!(found.as_deref(), Some(wanted), "{above}");
    }
}

#[test]
fn pnpm_may_write_a_lockfile_for_each_package() {
    let lock = |version: &str| {
        format!(
            "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      next:\n        specifier: ^15.0.0\n        \
             version: {version}\n"
        )
    };
    let (above, own) = (lock("15.1.2"), lock("1.0.0"));
    for (rc, workspace, wanted) in [
        ("", "packages: [apps/*]\n", "15.1.2"),
        (
            "shared-workspace-lockfile = false\n",
            "packages: [apps/*]\n",
            "1.0.0",
        ),
        (
            "",
            "packages: [apps/*]\nsharedWorkspaceLockfile: false\n",
            "1.0.0",
        ),
        (
            "",
            "packages: [apps/*]\nsharedWorkspaceLockfile: false # each its own\n",
            "1.0.0",
        ),
    ] {
        let found = version_of_web(&[
            (".npmrc", rc),
            ("pnpm-workspace.yaml", workspace),
            ("pnpm-lock.yaml", &above),
            ("apps/web/pnpm-lock.yaml", &own),
        ]);
        assert_eq!(found.as_deref(), Some(wanted), "{rc}{workspace}");
    }
}

#[test]
fn rush_keeps_the_lockfile_of_all_projects_in_its_own_folder() {
    let rush = r#"{ /* Rush */ "pnpmVersion": "8.15.9",
        "projects": [{ "packageName": "web", "projectFolder": "apps/web", "subspaceName": "sites" }] }"#;
    let lock = |up: &str| {
        format!(
            "lockfileVersion: '6.0'\nimporters:\n  .: {{}}\n  {up}/apps/web:\n    dependencies:\n      next:\n        \
             specifier: ^15.0.0\n        version: 15.1.2(react@19.0.0)\n"
        )
    };
    let (plain, sites) = (lock("../.."), lock("../../.."));
    let files = [
        ("rush.json", rush),
        ("common/config/rush/pnpm-lock.yaml", &plain),
    ];
    assert_eq!(version_of_web(&files).as_deref(), Some("15.1.2"));

    let files = [
        ("rush.json", rush),
        (
            "common/config/rush/subspaces.json",
            r#"{ "subspacesEnabled": true }"#,
        ),
        ("common/config/subspaces/sites/pnpm-lock.yaml", &sites),
    ];
    assert_eq!(version_of_web(&files).as_deref(), Some("15.1.2"));
    let project = project(&files);
    project.write("apps/web/package.json", NEXT.as_bytes());
    project.write("apps/web/app/page.tsx", PAGE.as_bytes());
    let analysis = project.try_analyze("apps/web").unwrap();
    let manager = analysis.package_manager.as_ref().unwrap();
    assert_eq!(
        (manager.id, manager.version.as_deref(), manager.lockfile),
        ("pnpm", Some("8.15.9"), Some("pnpm-lock.yaml"))
    );
    assert_eq!(codes(&analysis), [""; 0]);
}

#[test]
fn settings_and_lockfiles_that_cannot_be_read_are_findings() {
    let bomb = (0..12).fold(
        "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned(),
        |text, number| {
            let uses = vec![format!("*a{number}"); 9].join(", ");
            format!("{text}a{0}: &a{0} [{uses}]\n", number + 1)
        },
    );
    let codes_with = |name: &str, bytes: &[u8]| {
        let project = project(&[
            ("package.json", NEXT),
            ("package-lock.json", "{}"),
            ("app/page.tsx", PAGE),
        ]);
        project.write(name, bytes);
        let analysis = project.analyze();
        let found = codes(&analysis).into_iter();
        let others =
            found.filter(|code| !["version_not_locked", "several_lockfiles"].contains(code));
        others.map(str::to_owned).collect::<Vec<_>>()
    };
    for name in [".yarnrc.yml", "pnpm-workspace.yaml"] {
        for text in [bomb.as_str(), "a: [", "\0"] {
            assert_eq!(
                codes_with(name, text.as_bytes()),
                ["workspace_unreadable"],
                "{name}"
            );
        }
        assert_eq!(codes_with(name, b""), [""; 0], "{name}");
    }
    assert_eq!(
        codes_with("pnpm-lock.yaml", bomb.as_bytes()),
        ["lockfile_unreadable"]
    );
    assert_eq!(
        codes_with("tsconfig.json", b"\xff\xfe{\0}\0"),
        ["tsconfig_unreadable"]
    );
    assert_eq!(codes_with("yarn.lock/x", b""), ["lockfile_unreadable"]);
    let patterns = "**/a*b/**\n".repeat(30_000);
    assert_eq!(
        codes_with(".gitignore", patterns.as_bytes()),
        ["gitignore_not_read"]
    );
}

#[test]
fn of_a_lockfile_with_many_packages_only_the_own_one_is_parsed() {
    let mut lock = "lockfileVersion: '9.0'\nimporters:\n".to_owned();
    for number in 0..50_000 {
        writeln!(lock, "  packages/p{number}:\n    dependencies: [").unwrap();
    }
    lock.push_str("  apps/web:\n    dependencies:\n      next:\n        specifier: ^15.0.0\n        version: 15.1.2\n");
    let started = std::time::Instant::now();
    let found = version_of_web(&[
        ("pnpm-workspace.yaml", "packages: [apps/*]\n"),
        ("pnpm-lock.yaml", &lock),
    ]);
    assert_eq!(found.as_deref(), Some("15.1.2"));
    assert!(started.elapsed().as_secs() < 5);
}

#[test]
fn catalogs_may_be_in_the_settings_of_yarn() {
    let lock = "__metadata:\n  version: 8\n\n\"next@npm:^15.0.0\":\n  version: 15.1.2\n\n\"next@npm:^14.0.0\":\n  version: 14.2.0\n";
    let catalogs = "catalog:\n  next: ^15.0.0\ncatalogs:\n  old:\n    next: ^14.0.0\n";
    for (range, version, declared) in [
        ("catalog:", "15.1.2", "^15.0.0"),
        ("catalog:old", "14.2.0", "^14.0.0"),
    ] {
        let manifest = format!(r#"{{ "name": "web", "dependencies": {{ "next": "{range}" }} }}"#);
        let found = of_web(&[
            ("package.json", r#"{ "workspaces": ["apps/*"] }"#),
            (".yarnrc.yml", catalogs),
            ("yarn.lock", lock),
            ("apps/web/package.json", &manifest),
        ]);
        let wanted = (Some(version.to_owned()), Some(declared.to_owned()));
        assert_eq!(found, wanted, "{range}");
    }
}

#[test]
fn a_package_that_is_alone_may_have_catalogs() {
    let manifest = r#"{ "dependencies": { "next": "catalog:" } }"#;
    for (name, text) in [
        ("pnpm-workspace.yaml", "catalog:\n  next: ^15.0.0\n"),
        (".yarnrc.yml", "catalog:\n  next: ^15.0.0\n"),
    ] {
        let analysis = project(&[
            ("package.json", manifest),
            (name, text),
            ("app/page.tsx", PAGE),
        ])
        .analyze();
        assert!(analysis.workspace.is_none(), "{name}");
        let declared = analysis.framework.unwrap().declared;
        assert_eq!(declared.as_deref(), Some("^15.0.0"), "{name}");
    }
}

#[test]
fn the_manager_has_more_than_one_way_to_be_named() {
    let framework = r#""dependencies": { "next": "15.0.0" }"#;
    let only = |extra: &str| format!("{{ {extra}, {framework} }}");

    let allowed = only(r#""scripts": { "preinstall": "npx -y only-allow pnpm" }"#);
    assert_eq!(
        manager(&project(&[("package.json", &allowed)])),
        ("pnpm", None, None)
    );

    let plain = format!("{{ {framework} }}");
    let release = project(&[
        ("package.json", &plain),
        (".yarnrc.yml", "yarnPath: .yarn/releases/yarn-3.2.1.cjs\n"),
        ("yarn.lock", "__metadata:\n  version: 6\n"),
    ]);
    let version = Some("3.2.1".to_owned());
    assert_eq!(manager(&release), ("yarn", version, Some("yarn.lock")));

    // It is run whatever else names Yarn, but does not choose between managers.
    for (more, id, version) in [
        (r#""packageManager": "yarn@4.5.0""#, "yarn", Some("3.2.1")),
        (r#""volta": { "yarn": "1.22.19" }"#, "yarn", Some("3.2.1")),
        (r#""packageManager": "pnpm@9.1.0""#, "pnpm", Some("9.1.0")),
    ] {
        let project = project(&[
            ("package.json", &only(more)),
            (".yarnrc.yml", "yarnPath: .yarn/releases/yarn-3.2.1.cjs\n"),
        ]);
        let version = version.map(str::to_owned);
        assert_eq!(manager(&project), (id, version, None), "{more}");
    }
    let nameless = project(&[
        ("package.json", &only(r#""packageManager": "yarn@4.5.0""#)),
        (".yarnrc.yml", "yarnPath: .yarn/releases/yarn-berry.cjs\n"),
    ]);
    assert_eq!(manager(&nameless).1.as_deref(), Some("4.5.0"));

    let extended = only(r#""volta": { "node": "22.1.0", "extends": "./tools/volta.json" }"#);
    let volta = project(&[
        ("package.json", &extended),
        (
            "tools/volta.json",
            r#"{ "volta": { "pnpm": "9.1.0", "extends": "../circle.json" } }"#,
        ),
        (
            "circle.json",
            r#"{ "volta": { "extends": "./circle.json" } }"#,
        ),
    ]);
    assert_eq!(manager(&volta), ("pnpm", Some("9.1.0".to_owned()), None));
}

#[test]
fn members_of_a_deno_workspace_import_what_its_root_does() {
    let root = r#"{ "workspace": ["./www"], "imports": { "preact": "npm:preact@^10.5.0", "tailwindcss": "npm:tailwindcss@4.0.0" } }"#;
    let project = project(&[
        ("deno.json", root),
        (
            "deno.lock",
            r#"{ "version": "5", "specifiers": { "npm:preact@^10.5.0": "10.6.1" } }"#,
        ),
        (
            "www/deno.json",
            r#"{ "imports": { "vite": "npm:vite@^7.0.0" } }"#,
        ),
        (
            "www/routes/index.tsx",
            "export default () => <p class=\"dark:hidden\" />;",
        ),
    ]);
    let all = serde_json::to_value(project.analyze()).unwrap();
    assert_eq!(all["workspace"]["apps"][0]["root"], "www");
    let app = project.try_analyze("www").unwrap();
    assert_eq!(app.styling.approach, Some("tailwind"));
    let framework = app.framework.unwrap();
    assert_eq!(
        (
            framework.id,
            framework.version.as_deref(),
            framework.bundler
        ),
        ("preact", Some("10.6.1"), Some("vite"))
    );
}
