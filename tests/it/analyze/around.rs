//! Whatever the bytes of the files around a package are, which its workspace and its managers read, analyzing it ends.

use proptest::prelude::*;
use proptest::sample::select;

use super::properties::text;
use super::support::{PAGE, project};

/// Files of a workspace of npm, Yarn, Nx and Volta, and of one package in it.
const PLAIN: &[(&str, &str)] = &[
    (
        "package.json",
        r#"{ "workspaces": ["apps/*", "packages/*"], "packageManager": "yarn@4.1.0", "resolutions": { "next": "15.1.2" } }"#,
    ),
    (
        "yarn.lock",
        "__metadata:\n  version: 8\n\n\"next@npm:15.1.2\":\n  version: 15.1.2\n",
    ),
    (
        ".yarnrc.yml",
        "yarnPath: .yarn/releases/yarn-4.1.0.cjs\ncatalog:\n  next: ^15\n",
    ),
    (".npmrc", "shared-workspace-lockfile=false\n"),
    ("pnpm-lock.yaml", "importers:\n  .: {}\n  apps/web: {}\n"),
    ("npm-shrinkwrap.json", r#"{ "packages": {} }"#),
    ("nx.json", "{}"),
    (
        "volta.json",
        r#"{ "volta": { "pnpm": "9.0.0", "extends": "./apps/web/package.json" } }"#,
    ),
    (
        "tsconfig.json",
        r#"{ "extends": "@acme/ui/tsconfig.json" }"#,
    ),
    (
        "packages/ui/package.json",
        r#"{ "name": "@acme/ui", "exports": { ".": { "import": "./src/index.ts" }, "./*": "./src/*.css" } }"#,
    ),
    ("packages/ui/src/theme.css", ".dark { --a: 1 }"),
    (
        "packages/ui/tsconfig.json",
        r#"{ "compilerOptions": { "strict": true } }"#,
    ),
    (
        "apps/web/project.json",
        r#"{ "projectType": "application", "targets": { "build": { "executor": "@nx/vite:build" } } }"#,
    ),
    (
        "apps/web/jsconfig.json",
        r#"{ "compilerOptions": { "paths": { "@/*": ["./*"] } } }"#,
    ),
    ("apps/web/yarn.lock", "# yarn lockfile v1\n"),
    (
        "examples/one/package.json",
        r#"{ "dependencies": { "next": "15.0.0" } }"#,
    ),
];

/// Files of a workspace of Rush, with subspaces.
const RUSH: &[(&str, &str)] = &[
    (
        "rush.json",
        r#"{ "pnpmVersion": "8.0.0", "projects": [{ "projectFolder": "apps/web", "subspaceName": "a" }] }"#,
    ),
    (
        "common/config/rush/subspaces.json",
        r#"{ "subspacesEnabled": true }"#,
    ),
    (
        "common/config/subspaces/a/pnpm-lock.yaml",
        "importers:\n  ../../../apps/web: {}\n",
    ),
    (
        "common/config/rush/pnpm-lock.yaml",
        "importers:\n  ../../apps/web: {}\n",
    ),
];

/// Files of a workspace of Deno.
const DENO: &[(&str, &str)] = &[
    (
        "deno.jsonc",
        r#"{ "workspace": ["./apps/web"], "imports": { "preact": "npm:preact@10" } }"#,
    ),
    (
        "deno.lock",
        r#"{ "version": "5", "specifiers": { "npm:preact@10": "10.0.0" } }"#,
    ),
    (
        "apps/web/deno.json",
        r#"{ "imports": { "vite": "npm:vite@7" } }"#,
    ),
];

const WEB: &str = r#"{ "name": "web", "dependencies": { "next": "catalog:", "@acme/ui": "*" }, "volta": { "extends": "../../volta.json" } }"#;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_around_a_package_are_survived(
        (files, at) in select(&[PLAIN, RUSH, DENO][..]).prop_flat_map(|files| (Just(files), 0..files.len())),
        bytes in text(),
        is_appended in any::<bool>(),
    ) {
        let project = project(files);
        for (path, text) in [
            ("apps/web/package.json", WEB),
            ("apps/web/app/page.tsx", PAGE),
            ("apps/web/app/a.css", "@import '@acme/ui/theme';"),
        ] {
            project.write(path, text.as_bytes());
        }
        let (name, valid) = files[at];
        let bytes = if is_appended { [valid.as_bytes(), &bytes].concat() } else { bytes };
        project.write(name, &bytes);
        let analysis = project.try_analyze("apps/web");
        prop_assert!(analysis.is_ok(), "{name}: {:?}", analysis.err());
        // The root is no application: with what is left of its files it is a workspace, or else no web project.
        if let Err(error) = project.try_analyze(".") {
            prop_assert!(["not_a_web_project", "package_json_invalid"].contains(&error.code()), "{name}: {error}");
        }
    }
}
