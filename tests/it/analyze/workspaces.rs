//! Workspaces: their kinds, their applications, and what an application inherits from the root.

use super::support::{NEXT, PAGE, Project, codes, project, routes};

/// The files of an application and a library, as a workspace of the `root` files.
fn workspace(root: &[(&str, &str)]) -> Project {
    let project = project(&[
        (
            "apps/web/package.json",
            r#"{ "name": "web", "dependencies": { "next": "catalog:", "ui": "workspace:*" } }"#,
        ),
        ("apps/web/app/page.tsx", PAGE),
        (
            "apps/docs/package.json",
            r#"{ "name": "docs", "dependencies": { "astro": "^5.0.0" } }"#,
        ),
        ("apps/docs/astro.config.mjs", ""),
        (
            "packages/ui/package.json",
            r#"{ "name": "ui", "devDependencies": { "next": "^15.0.0", "react": "^19.0.0" } }"#,
        ),
        ("packages/ui/button.tsx", PAGE),
        ("packages/node_modules/x/package.json", NEXT),
    ]);
    for (path, text) in root {
        project.write(path, text.as_bytes());
    }
    project
}

const PNPM: (&str, &str) = (
    "pnpm-workspace.yaml",
    "packages:\n  - 'apps/*'\n  - packages/**\n  - '!**/test'\ncatalog:\n  next: ^15.2.0\n",
);

#[test]
fn a_root_that_is_no_app_lists_its_apps() {
    let analysis = workspace(&[
        PNPM,
        ("package.json", r#"{ "packageManager": "pnpm@10.1.0" }"#),
    ])
    .analyze();
    let found = analysis.workspace.as_ref().unwrap();
    let apps: Vec<_> = found
        .apps
        .iter()
        .map(|app| (app.root.as_str(), app.framework))
        .collect();
    assert_eq!(apps, [("apps/docs", "astro"), ("apps/web", "nextjs")]);
    assert_eq!((found.kind, found.packages), ("pnpm", 3));
    assert_eq!(analysis.framework_id(), None);
    assert!(!analysis.is_workspace_app());
    assert_eq!(codes(&analysis), ["workspace_root"]);
}

#[test]
fn an_app_finds_manager_lockfile_and_catalog_at_the_root() {
    let project = workspace(&[
        PNPM,
        ("package.json", r#"{ "packageManager": "pnpm@10.1.0" }"#),
        ("turbo.json", "{}"),
        (
            "pnpm-lock.yaml",
            "lockfileVersion: '9.0'\nimporters:\n  .: {}\n  apps/web:\n    dependencies:\n      next:\n        \
             specifier: 'catalog:'\n        version: 15.2.4(react@19.0.0)\n  packages/ui:\n    devDependencies:\n      next:\n        \
             specifier: ^15.0.0\n        version: 15.0.1\npackages: {}\n",
        ),
    ]);
    let analysis = project.try_analyze("apps/web").unwrap();
    let framework = analysis.framework.as_ref().unwrap();
    assert_eq!(framework.version.as_deref(), Some("15.2.4"));
    assert_eq!(framework.declared.as_deref(), Some("^15.2.0"));
    let manager = analysis.package_manager.as_ref().unwrap();
    assert_eq!(
        (manager.id, manager.version.as_deref()),
        ("pnpm", Some("10.1.0"))
    );
    assert_eq!(manager.lockfile, Some("pnpm-lock.yaml"));
    assert_eq!(analysis.workspace.as_ref().unwrap().kind, "turbo");
    assert!(analysis.is_workspace_app());
    assert_eq!(routes(&analysis), ["/"]);
    assert_eq!(analysis.dependencies.ui, [""; 0]);
}

#[test]
fn npm_versions_are_looked_up_from_the_apps_folder() {
    let lock = r#"{ "packages": { "node_modules/next": { "version": "14.0.0" },
        "apps/web/node_modules/next": { "version": "15.2.4" }, "node_modules/astro": { "version": "5.0.1" } } }"#;
    let project = workspace(&[
        ("package.json", r#"{ "workspaces": ["apps/*"] }"#),
        ("package-lock.json", lock),
    ]);
    let version = |app: &str| project.try_analyze(app).unwrap().framework.unwrap().version;
    assert_eq!(version("apps/web").as_deref(), Some("15.2.4"));
    assert_eq!(version("apps/docs").as_deref(), Some("5.0.1"));
}

#[test]
fn every_kind_of_workspace_is_told_apart() {
    let globs = r#"{ "workspaces": ["apps/*", "packages/*"] }"#;
    let yarn = r#"{ "workspaces": { "packages": ["apps/*", "./packages/ui"] } }"#;
    let rush = "{ // comment\n \"projects\": [ { \"projectFolder\": \"apps/web\" }, { \"projectFolder\": \"apps/docs\" } ], }";
    for (kind, packages, files) in [
        ("npm", 3, &[("package.json", globs)][..]),
        ("yarn", 3, &[("package.json", yarn), ("yarn.lock", "")]),
        ("bun", 3, &[("package.json", globs), ("bun.lock", "")]),
        ("turbo", 3, &[("package.json", globs), ("turbo.json", "{}")]),
        (
            "lerna",
            2,
            &[
                ("package.json", "{}"),
                ("lerna.json", r#"{ "packages": ["apps/*"] }"#),
            ],
        ),
        ("rush", 2, &[("rush.json", rush)]),
        ("nx", 3, &[("package.json", "{}"), ("nx.json", "{}")]),
        (
            "deno",
            2,
            &[(
                "deno.json",
                r#"{ "workspace": ["./apps/web", "./apps/docs"] }"#,
            )],
        ),
        ("pnpm", 3, &[PNPM]),
    ] {
        let found = workspace(files).analyze().workspace.unwrap();
        assert_eq!(
            (found.kind, found.packages, found.apps.len()),
            (kind, packages, 2),
            "{kind}"
        );
    }
}

#[test]
fn an_nx_app_without_a_manifest_uses_the_roots() {
    let project = project(&[
        ("nx.json", "{}"),
        (
            "package.json",
            r#"{ "dependencies": { "next": "15.3.0" } }"#,
        ),
        ("apps/shop/project.json", "{}"),
        ("apps/shop/next.config.js", "module.exports = {}"),
        ("apps/shop/app/page.tsx", PAGE),
    ]);
    let analysis = project.try_analyze("apps/shop").unwrap();
    assert_eq!(
        analysis.framework.as_ref().unwrap().version.as_deref(),
        Some("15.3.0")
    );
    assert_eq!(routes(&analysis), ["/"]);
    assert_eq!(
        project.analyze().workspace.unwrap().apps[0].root,
        "apps/shop"
    );
}

#[test]
fn a_root_that_is_an_app_does_not_count_its_packages_sources() {
    let project = workspace(&[
        PNPM,
        ("package.json", NEXT),
        ("next.config.js", "module.exports = {}"),
        ("pages/index.tsx", PAGE),
    ]);
    let analysis = project.analyze();
    assert_eq!(analysis.framework_id(), Some("nextjs"));
    assert_eq!((routes(&analysis), analysis.components), (vec!["/"], 1));
    assert_eq!(analysis.workspace.unwrap().apps.len(), 3);
}

#[test]
fn a_package_that_cannot_be_read_is_a_finding() {
    let project = workspace(&[PNPM, ("apps/web/package.json", "{"), ("apps/web/x", "")]);
    let analysis = project.analyze();
    assert_eq!(codes(&analysis), ["package_not_read", "workspace_root"]);
    assert!(analysis.findings[0].detail.contains("apps/web "));
}

#[test]
fn a_folder_outside_the_globs_is_no_member() {
    let project = workspace(&[
        PNPM,
        ("package.json", r#"{ "packageManager": "pnpm@10.1.0" }"#),
        ("pnpm-lock.yaml", ""),
    ]);
    project.write("examples/one/package.json", NEXT.as_bytes());
    let analysis = project.try_analyze("examples/one").unwrap();
    assert!(analysis.workspace.is_none() && analysis.package_manager.is_none());
}

#[test]
fn strictness_is_inherited_through_files_and_packages() {
    let project = workspace(&[PNPM]);
    project.write(
        "apps/web/tsconfig.json",
        br#"{ "extends": "ui/tsconfig.next.json" }"#,
    );
    project.write(
        "packages/ui/tsconfig.next.json",
        b"{ /* shared */ \"extends\": [\"./base\"], }",
    );
    project.write(
        "packages/ui/base.json",
        br#"{ "compilerOptions": { "strict": true } }"#,
    );
    let strict = |project: &Project| project.try_analyze("apps/web").unwrap().language.strict;
    assert_eq!(strict(&project), Some(true));
    project.write(
        "apps/web/tsconfig.json",
        br#"{ "extends": "@tsconfig/next/tsconfig.json" }"#,
    );
    assert_eq!(strict(&project), None);
    project.write(
        "apps/web/tsconfig.json",
        br#"{ "extends": "./tsconfig.json" }"#,
    );
    assert_eq!(strict(&project), None);
    project.write(
        "apps/web/tsconfig.json",
        b"\xef\xbb\xbf{ \"compilerOptions\": { \"strict\": true } }",
    );
    assert_eq!(strict(&project), Some(true));
}

#[test]
fn the_default_strictness_is_that_of_the_compiler() {
    let strict = |range: &str| {
        let manifest =
            format!(r#"{{ "dependencies": {{ "next": "15.0.0", "typescript": "{range}" }} }}"#);
        let files = [("package.json", manifest.as_str()), ("tsconfig.json", "{}")];
        project(&files).analyze().language.strict
    };
    assert_eq!(strict("^5.9.0"), Some(false));
    assert_eq!(strict("~6.0.2"), Some(true));
    assert_eq!(strict("latest"), None);
}

#[test]
fn an_app_has_evidence_of_its_framework() {
    let apps = |manifest: &str, files: &[(&str, &str)]| {
        let project = workspace(&[PNPM, ("apps/web/package.json", manifest)]);
        for (path, text) in files {
            project.write(path, text.as_bytes());
        }
        let apps = project.analyze().workspace.unwrap().apps;
        let web = apps.iter().find(|app| app.root == "apps/web");
        web.map(|app| app.framework)
    };
    let library = r#"{ "devDependencies": { "next": "^15.0.0" } }"#;
    assert_eq!(apps(library, &[]), None);
    assert_eq!(
        apps(library, &[("apps/web/next.config.ts", "")]),
        Some("nextjs")
    );
    let run = r#"{ "devDependencies": { "next": "^15.0.0" }, "scripts": { "dev": "next dev" } }"#;
    assert_eq!(apps(run, &[]), Some("nextjs"));
    let second = r#"{ "dependencies": { "nuxt": "^4.0.0", "astro": "^5.0.0" } }"#;
    assert_eq!(
        apps(second, &[("apps/web/astro.config.mjs", "")]),
        Some("astro")
    );
}

#[test]
fn a_broken_definition_is_a_finding() {
    for name in ["lerna.json", "rush.json"] {
        let project = project(&[("package.json", NEXT), (name, "{"), ("app/page.tsx", PAGE)]);
        assert_eq!(
            codes(&project.analyze()),
            ["workspace_unreadable"],
            "{name}"
        );
    }
}
