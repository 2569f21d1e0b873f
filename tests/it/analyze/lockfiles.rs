//! Package managers and installed versions, from every lockfile that is read.

use std::fmt::Write as _;

use super::support::{PAGE, Project, codes, project};

const MANIFEST: &str = r#"{ "dependencies": { "next": "^15.0.0" } }"#;

/// A project with the lockfile `name`.
fn with(name: &str, text: &str) -> Project {
    project(&[
        ("package.json", MANIFEST),
        (name, text),
        ("app/page.tsx", PAGE),
    ])
}

fn version(project: &Project) -> Option<String> {
    project.analyze().framework.unwrap().version
}

#[test]
fn every_version_of_npm_lockfiles_is_read() {
    for text in [
        r#"{ "lockfileVersion": 1, "dependencies": { "next": { "version": "15.1.2" } } }"#,
        r#"{ "lockfileVersion": 2, "packages": { "": {}, "node_modules/next": { "version": "15.1.2" },
            "node_modules/x/node_modules/next": { "version": "1.0.0" } }, "dependencies": {} }"#,
        r#"{ "lockfileVersion": 3, "packages": { "node_modules/next": { "version": "15.1.2", "resolved": "https://x" } } }"#,
        r#"{ "lockfileVersion": 3, "packages": { "node_modules/next": { "resolved": "vendor/next", "link": true },
            "vendor/next": { "version": "15.1.2" } } }"#,
    ] {
        assert_eq!(
            version(&with("package-lock.json", text)).as_deref(),
            Some("15.1.2"),
            "{text}"
        );
        assert_eq!(
            version(&with("npm-shrinkwrap.json", text)).as_deref(),
            Some("15.1.2")
        );
    }
}

#[test]
fn every_version_of_pnpm_lockfiles_is_read() {
    for text in [
        "lockfileVersion: 5.4\nspecifiers:\n  next: ^15.0.0\ndependencies:\n  next: 15.1.2_react@19.0.0\npackages:\n  /a: {}\n",
        "lockfileVersion: 5.4\nimporters:\n  .:\n    specifiers:\n      next: ^15.0.0\n    dependencies:\n      next: 15.1.2\n",
        "lockfileVersion: '6.0'\ndependencies:\n  next:\n    specifier: ^15.0.0\n    version: 15.1.2(react@19.0.0)\n",
        "lockfileVersion: '9.0'\nsettings:\n  autoInstallPeers: true\nimporters:\n  .:\n    devDependencies:\n      next:\n        \
         specifier: 'catalog:'\n        version: 15.1.2(react@19.0.0)\npackages:\n  next@15.1.2:\n    resolution: {integrity: x}\n",
        "---\nlockfileVersion: '9.0'\nimporters:\n  .:\n    configDependencies: {}\npackages: {}\n---\nlockfileVersion: '9.0'\n\
         importers:\n  .:\n    dependencies:\n      next:\n        specifier: ^15.0.0\n        version: 15.1.2\n",
    ] {
        let project = with("pnpm-lock.yaml", text);
        assert_eq!(version(&project).as_deref(), Some("15.1.2"), "{text}");
        assert_eq!(codes(&project.analyze()), [""; 0]);
    }
}

#[test]
fn lockfiles_of_every_manager_are_read() {
    let bun = r#"{ "lockfileVersion": 1, "workspaces": { "": { "dependencies": { "next": "^15.0.0" } } },
        "packages": { "next": ["next@15.1.2", "", {}, "sha512-aa=="], } }"#;
    let deno = r#"{ "version": "5", "specifiers": { "npm:next@^15.0.0": "15.1.2_react@19.0.0" }, "npm": {} }"#;
    let classic = "# yarn lockfile v1\n\nnext@^14.0.0:\n  version \"14.2.0\"\n\nnext@^15.0.0:\n  version \"15.1.2\"\n";
    let berry = "__metadata:\n  version: 8\n\n\"next@npm:^14.0.0\":\n  version: 14.2.0\n\n\"next@npm:^15.0.0\":\n  version: \
                 15.1.2\n  resolution: \"next@npm:15.1.2\"\n";
    for (name, id, text) in [
        ("yarn.lock", "yarn", classic),
        ("yarn.lock", "yarn", berry),
        ("bun.lock", "bun", bun),
        ("deno.lock", "deno", deno),
    ] {
        let project = with(name, text);
        let analysis = project.analyze();
        let manager = analysis.package_manager.as_ref().unwrap();
        assert_eq!((manager.id, manager.lockfile), (id, Some(name)));
        assert_eq!(version(&project).as_deref(), Some("15.1.2"), "{text}");
        assert_eq!(codes(&analysis), [""; 0]);
    }
}

#[test]
fn a_binary_lockfile_tells_the_manager_only() {
    let analysis = with("bun.lockb", "").analyze();
    let manager = analysis.package_manager.as_ref().unwrap();
    assert_eq!((manager.id, manager.lockfile), ("bun", Some("bun.lockb")));
    assert_eq!(analysis.framework.as_ref().unwrap().version, None);
    assert_eq!(codes(&analysis), ["lockfile_not_read"]);
}

#[test]
fn a_version_that_volta_installs_is_that_of_the_manager_in_use() {
    let manifest = r#"{ "dependencies": { "next": "15.0.0" }, "volta": { "node": "22.1.0", "npm": "10.9.0", "yarn": "4.5.0" } }"#;
    let manager = |files: &[(&str, &str)]| {
        let project = project(&[("package.json", manifest)]);
        for (path, text) in files {
            project.write(path, text.as_bytes());
        }
        let manager = project.analyze().package_manager.unwrap();
        (manager.id, manager.version)
    };
    assert_eq!(manager(&[]), ("yarn", Some("4.5.0".to_owned())));
    let npm = ("package-lock.json", r#"{ "packages": {} }"#);
    assert_eq!(manager(&[npm]), ("npm", Some("10.9.0".to_owned())));
    let pnpm = ("pnpm-lock.yaml", "importers: {}\n");
    assert_eq!(manager(&[pnpm]), ("pnpm", None));
}

#[test]
fn packages_that_deno_imports_are_dependencies() {
    let config = r#"{ // tasks are left out
        "imports": { "preact": "npm:preact@^10.5.0", "preact/": "npm:/preact@^10.5.0/", "@std/path": "jsr:@std/path@1" } }"#;
    let lock = r#"{ "version": "5", "specifiers": { "npm:preact@^10.5.0": "10.6.1" } }"#;
    let analysis = project(&[("deno.json", config), ("deno.lock", lock)]).analyze();
    let framework = analysis.framework.unwrap();
    assert_eq!(
        (
            framework.id,
            framework.version.as_deref(),
            framework.declared.as_deref()
        ),
        ("preact", Some("10.6.1"), Some("^10.5.0"))
    );
    assert_eq!(analysis.package_manager.unwrap().id, "deno");
}

#[test]
fn tailwind_may_come_with_another_package() {
    let manifest = r#"{ "dependencies": { "nuxt": "^4.0.0" }, "devDependencies": { "@nuxtjs/tailwindcss": "^6.0.0" } }"#;
    let lock = r#"{ "packages": { "node_modules/nuxt": { "version": "4.1.0" }, "node_modules/tailwindcss": { "version": "4.1.0" },
        "node_modules/@nuxtjs/tailwindcss": { "version": "6.12.0" },
        "node_modules/@nuxtjs/tailwindcss/node_modules/tailwindcss": { "version": "3.4.17" } } }"#;
    let analysis = project(&[("package.json", manifest), ("package-lock.json", lock)]).analyze();
    let styling = analysis.styling;
    assert_eq!(styling.approach, Some("tailwind"));
    assert_eq!(styling.tailwind.unwrap().version.as_deref(), Some("3.4.17"));
}

#[test]
fn broken_lockfiles_are_findings() {
    for (name, text) in [
        ("package-lock.json", "{"),
        ("package-lock.json", "[]"),
        ("pnpm-lock.yaml", "importers: [\n"),
        ("pnpm-lock.yaml", "\"\n"),
        ("yarn.lock", "<<<<<<< ours\n"),
        ("bun.lock", "[]"),
        ("deno.lock", "{"),
    ] {
        let analysis = with(name, text).analyze();
        assert_eq!(codes(&analysis), ["lockfile_unreadable"], "{name} {text}");
        assert_eq!(analysis.framework.unwrap().version, None);
    }
}

#[test]
fn without_a_lockfile_only_an_exact_range_is_a_version() {
    let declared = |range: &str| {
        let manifest = format!(r#"{{ "dependencies": {{ "next": "{range}" }} }}"#);
        version(&project(&[
            ("package.json", &manifest),
            ("app/page.tsx", PAGE),
        ]))
    };
    assert_eq!(declared("15.1.2").as_deref(), Some("15.1.2"));
    for range in ["^15.1.2", "latest", "15", "workspace:*", "npm:next@15.1.2"] {
        assert_eq!(declared(range), None, "{range}");
    }
}

#[test]
fn the_pinned_manager_chooses_among_lockfiles() {
    let manifest = r#"{ "packageManager": "npm@11.0.0", "dependencies": { "next": "^15.0.0" } }"#;
    let lock = r#"{ "packages": { "node_modules/next": { "version": "15.9.9" } } }"#;
    let files = [
        ("package.json", manifest),
        ("package-lock.json", lock),
        ("yarn.lock", ""),
        ("app/page.tsx", PAGE),
    ];
    let pinned = project(&files).analyze();
    let manager = pinned.package_manager.as_ref().unwrap();
    assert_eq!(
        (manager.id, manager.version.as_deref()),
        ("npm", Some("11.0.0"))
    );
    assert_eq!(
        pinned.framework.as_ref().unwrap().version.as_deref(),
        Some("15.9.9")
    );
    assert_eq!(codes(&pinned), [""; 0]);

    let unpinned = project(&[
        ("package.json", MANIFEST),
        ("package-lock.json", lock),
        ("yarn.lock", ""),
        ("app/page.tsx", PAGE),
    ]);
    assert!(codes(&unpinned.analyze()).contains(&"several_lockfiles"));

    let engine = r#"{ "devEngines": { "packageManager": { "name": "bun", "version": "^1.0.0" } }, "dependencies": { "next": "15.0.0" } }"#;
    let manager = project(&[("package.json", engine)])
        .analyze()
        .package_manager
        .unwrap();
    assert_eq!((manager.id, manager.version), ("bun", None));
}

#[test]
fn a_large_lockfile_is_read_quickly() {
    let mut text = "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      next:\n        specifier: ^15.0.0\n        \
                    version: 15.1.2\npackages:\n"
        .to_owned();
    for number in 0..200_000 {
        writeln!(
            text,
            "  /package-{number}@1.0.0:\n    resolution: {{integrity: x}}"
        )
        .unwrap();
    }
    let project = with("pnpm-lock.yaml", &text);
    let started = std::time::Instant::now();
    assert_eq!(version(&project).as_deref(), Some("15.1.2"));
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}

#[test]
fn an_unknown_version_has_a_finding() {
    let code = |files: &[(&str, &str)]| {
        let analysis = project(files).analyze();
        assert_eq!(analysis.framework.as_ref().unwrap().version, None);
        codes(&analysis)
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let page = ("app/page.tsx", PAGE);
    assert_eq!(code(&[("package.json", MANIFEST), page]), ["no_lockfile"]);
    let pinned = r#"{ "packageManager": "pnpm@9.0.0", "dependencies": { "next": "^15.0.0" } }"#;
    assert_eq!(code(&[("package.json", pinned), page]), ["no_lockfile"]);
    let lock = r#"{ "packages": { "node_modules/next": { "version": "15.9.9" } } }"#;
    assert_eq!(
        code(&[("package.json", pinned), ("package-lock.json", lock), page]),
        ["lockfile_of_other_manager"]
    );
}

#[test]
fn the_first_of_several_development_engines_is_the_manager() {
    let manifest = r#"{ "dependencies": { "next": "15.0.0" },
        "devEngines": { "packageManager": [{ "name": "pnpm", "version": "9.1.0" }, { "name": "npm" }] } }"#;
    let manager = project(&[("package.json", manifest)])
        .analyze()
        .package_manager
        .unwrap();
    assert_eq!(
        (manager.id, manager.version.as_deref()),
        ("pnpm", Some("9.1.0"))
    );
}
