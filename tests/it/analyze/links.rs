//! Symbolic links, and names that lead out of a project: what is followed, and that nothing outside is read.
#![cfg(unix)]

use std::os::unix::fs::symlink;

use serde_json::{Value, json};

use super::support::{self, PAGE, Project, codes, next, project, routes};

/// What an application of Vue is, with the routes of `plugin`.
fn vue_pages(options: &str) -> Project {
    let config = format!(
        "import VueRouter from 'unplugin-vue-router/vite'; export default {{ plugins: [VueRouter({options})] }}"
    );
    project(&[
        (
            "package.json",
            r#"{ "dependencies": { "vue": "3.5.0", "unplugin-vue-router": "0.10.0" } }"#,
        ),
        ("index.html", ""),
        ("vite.config.ts", &config),
        (
            "src/main.ts",
            "import { routes } from 'vue-router/auto-routes'",
        ),
    ])
}

#[test]
fn links_that_lead_out_or_round_are_not_followed() {
    let project = next(&[("app/page.tsx", PAGE), ("app/x/layout.tsx", PAGE)]);
    let elsewhere = support::project(&[("page.tsx", PAGE), ("deep/page.tsx", PAGE)]);
    symlink("..", project.path().join("app/loop")).unwrap();
    symlink("../..", project.path().join("app/x/loop")).unwrap();
    symlink(".", project.path().join("app/self")).unwrap();
    symlink(elsewhere.path(), project.path().join("app/out")).unwrap();
    symlink("page.tsx", project.path().join("app/x/page.tsx")).unwrap();
    symlink("missing", project.path().join("app/dangling")).unwrap();
    let analysis = project.analyze();
    assert_eq!(routes(&analysis), ["/"]);
    assert_eq!(codes(&analysis), ["link_not_followed"]);
    assert_eq!(analysis.scanned.skipped, 5);
}

/// <https://nextjs.org/docs/app/getting-started/project-structure> says nothing of links; the framework follows them.
#[test]
fn links_inside_the_project_are_followed_and_each_folder_through_one() {
    let project = next(&[
        ("app/page.tsx", PAGE),
        ("app/x/layout.tsx", PAGE),
        ("shared/a/page.tsx", PAGE),
        ("shared/b/page.tsx", PAGE),
        ("node_modules/c/page.tsx", PAGE),
    ]);
    for (target, link) in [
        ("../shared/a", "app/linked"),
        ("../../shared/a/page.tsx", "app/x/page.tsx"),
        ("../shared/a", "app/second"),
        ("../node_modules/c", "app/foreign"),
        ("../b", "shared/a/to-b"),
        ("../a", "shared/b/to-a"),
    ] {
        symlink(target, project.path().join(link)).unwrap();
    }
    let analysis = project.analyze();
    assert_eq!(routes(&analysis), ["/", "/linked", "/x"]);
    assert_eq!(codes(&analysis), ["link_not_followed"]);
    let again = project.analyze();
    assert_eq!(routes(&analysis), routes(&again));
    assert_eq!(analysis.findings, again.findings);
}

#[test]
fn what_is_left_out_stays_out_behind_a_link() {
    let project = next(&[
        ("app/page.tsx", PAGE),
        (".gitignore", "private/\n"),
        ("private/page.tsx", PAGE),
        ("private/deep/page.tsx", PAGE),
        ("lib/card.tsx", PAGE),
        (
            "examples/one/package.json",
            r#"{ "dependencies": { "next": "15.0.0" } }"#,
        ),
        ("examples/one/app/page.tsx", PAGE),
    ]);
    for (target, link) in [
        ("../private", "app/private"),
        ("../private/deep", "app/deep"),
        ("../../private/page.tsx", "app/lone/page.tsx"),
        ("../lib", "app/lib"),
        ("../examples", "app/examples"),
    ] {
        std::fs::create_dir_all(project.path().join("app/lone")).unwrap();
        symlink(target, project.path().join(link)).unwrap();
    }
    let analysis = project.analyze();
    assert_eq!(routes(&analysis), ["/"]);
    // The page and the card, which stands in the project once.
    assert_eq!(analysis.components, 2);
    assert_eq!(analysis.scanned.skipped, 3);
}

#[test]
fn folders_of_pages_and_modules_that_are_links_out_are_not_read() {
    let outside = project(&[
        ("pages/secret.vue", "<template><p /></template>"),
        (
            "x.js",
            "exports.createPages = ({ actions }) => actions.createPage({ path: '/secret' })",
        ),
    ]);
    let pages = vue_pages("");
    symlink(outside.path().join("pages"), pages.path().join("src/pages")).unwrap();
    assert_eq!(routes(&pages.analyze()), [""; 0]);

    let gatsby = project(&[
        (
            "package.json",
            r#"{ "dependencies": { "gatsby": "5.0.0", "react": "18.0.0" } }"#,
        ),
        (
            "gatsby-node.js",
            "exports.createPages = require('./parts/x').createPages",
        ),
        ("src/pages/index.js", PAGE),
    ]);
    symlink(outside.path(), gatsby.path().join("parts")).unwrap();
    assert_eq!(routes(&gatsby.analyze()), ["/"]);
}

#[test]
fn configurations_outside_of_the_project_are_not_read() {
    let all = project(&[
        ("volta.json", r#"{ "volta": { "yarn": "9.9.9" } }"#),
        ("ts.json", r#"{ "compilerOptions": { "strict": true } }"#),
        (
            "astro.mjs",
            "export default { redirects: { '/secret': '/' } }",
        ),
        ("site/.git/HEAD", ""),
        ("site/src/pages/index.astro", ""),
        ("site/tsconfig.json", r#"{ "extends": "../ts.json" }"#),
        (
            "site/package.json",
            r#"{ "dependencies": { "astro": "5.0.0" }, "volta": { "extends": "../volta.json" },
                 "scripts": { "dev": "astro dev --config ../astro.mjs" } }"#,
        ),
    ]);
    let analysis = all.try_analyze("site").unwrap();
    let said: Value = serde_json::to_value(&analysis).unwrap();
    assert_eq!(said["packageManager"], Value::Null);
    assert_eq!(
        said["language"],
        json!({ "typescript": true, "strict": null })
    );
    assert_eq!(routes(&analysis), ["/"]);
    assert!(
        codes(&analysis).contains(&"tsconfig_not_read"),
        "{:?}",
        analysis.findings
    );
}
