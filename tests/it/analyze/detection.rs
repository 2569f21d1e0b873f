//! Which framework a project is made with where several are there, and which files are its own.

use super::support::{PAGE, project};

/// The id of the framework of a project with `manifest` and such files.
fn id(manifest: &str, files: &[&str]) -> Option<String> {
    let project = project(&[("package.json", manifest)]);
    for file in files {
        project.write(file, b"");
    }
    project.analyze().framework_id().map(str::to_owned)
}

#[test]
fn a_framework_whose_files_are_there_comes_before_one_that_is_only_depended_on() {
    let both =
        r#"{ "dependencies": { "react": "19.0.0" }, "devDependencies": { "next": "15.0.0" } }"#;
    assert_eq!(id(both, &["index.html"]).as_deref(), Some("react"));
    assert_eq!(
        id(both, &["app/page.tsx", "next.config.ts"]).as_deref(),
        Some("nextjs")
    );
    assert_eq!(
        id(both, &[]).as_deref(),
        Some("nextjs"),
        "nothing tells which"
    );
}

#[test]
fn of_several_libraries_the_one_that_is_compiled_or_rendered_is_the_framework() {
    for (packages, wanted) in [
        (r#""lit": "3", "react": "19", "react-dom": "19""#, "react"),
        (r#""lit": "3""#, "lit"),
        (
            r#""preact": "10", "react": "npm:@preact/compat@17", "react-dom": "npm:@preact/compat@17""#,
            "preact",
        ),
        (
            r#""preact": "10", "react": "19", "react-dom": "19""#,
            "react",
        ),
        (
            r#""preact": "10", "react": "19", "react-dom": "19", "@preact/preset-vite": "2""#,
            "preact",
        ),
        (
            r#""vue": "3", "react": "19", "react-dom": "19", "@vitejs/plugin-react": "5""#,
            "react",
        ),
        (
            r#""vue": "3", "react": "19", "@vitejs/plugin-vue": "6", "@vitejs/plugin-react": "5""#,
            "vue",
        ),
    ] {
        let manifest = format!(r#"{{ "dependencies": {{ {packages} }} }}"#);
        assert_eq!(
            id(&manifest, &["index.html"]).as_deref(),
            Some(wanted),
            "{packages}"
        );
        assert_eq!(id(&manifest, &[]).as_deref(), Some(wanted), "{packages}");
    }
}

#[test]
fn applications_of_a_workspace_need_no_index_page() {
    let react = r#"{ "name": "a", "dependencies": { "react": "19.0.0" } }"#;
    let served = r#"{ "name": "b", "scripts": { "start": "webpack-dev-server" }, "dependencies": { "react": "19.0.0" } }"#;
    let analysis = project(&[
        (
            "package.json",
            r#"{ "workspaces": ["packages/*"], "dependencies": { "react": "19.0.0" } }"#,
        ),
        ("packages/docs/package.json", react),
        ("packages/docs/docusaurus.config.ts", ""),
        ("packages/shop/package.json", served),
        ("packages/kit/package.json", react),
        ("packages/kit/src/index.tsx", PAGE),
    ])
    .analyze();
    let json = serde_json::to_value(&analysis).unwrap();
    let apps: Vec<_> = json["workspace"]["apps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|app| app["root"].as_str())
        .collect();
    assert_eq!(apps, [Some("packages/docs"), Some("packages/shop")]);
    assert_eq!(analysis.framework_id(), None);
}

#[test]
fn applications_inside_that_no_workspace_names_are_not_what_the_project_is_made_of() {
    let tailwind = r#"{ "dependencies": { "next": "15.0.0", "tailwindcss": "4.0.0" } }"#;
    let files = [
        (
            "package.json",
            r#"{ "dependencies": { "next": "15.0.0" } }"#,
        ),
        ("app/page.tsx", PAGE),
        ("app/a.css", "a { --own: 1 }"),
        ("examples/cms/one/package.json", tailwind),
        ("examples/cms/one/app/page.tsx", PAGE),
        (
            "examples/cms/one/app/b.css",
            "@import 'tailwindcss'; .dark { --b: 1 }",
        ),
        // A manifest alone makes no application.
        ("parts/package.json", r#"{ "type": "module" }"#),
        ("parts/part.tsx", PAGE),
    ];
    let analysis = project(&files).analyze();
    assert_eq!((analysis.components, analysis.scanned.files), (2, 3));
    let styling = analysis.styling;
    assert_eq!(
        (styling.approach, styling.css_variables, styling.dark_mode),
        (Some("css"), 1, false)
    );
}

#[test]
fn a_layer_with_a_manifest_is_a_part_of_the_project() {
    let nuxt = r#"{ "dependencies": { "nuxt": "4.0.0" } }"#;
    let analysis = project(&[
        ("package.json", nuxt),
        (
            "nuxt.config.ts",
            "export default defineNuxtConfig({ extends: ['./base'] })",
        ),
        ("app/pages/index.vue", "<template><p /></template>"),
        ("base/package.json", nuxt),
        ("base/nuxt.config.ts", "export default defineNuxtConfig({})"),
        ("base/app/pages/about.vue", "<template><p /></template>"),
    ])
    .analyze();
    assert_eq!(super::support::routes(&analysis), ["/", "/about"]);
}

#[test]
fn strictness_may_be_set_above_a_package() {
    let analysis = project(&[
        ("package.json", r#"{ "workspaces": ["web"] }"#),
        (
            "tsconfig.json",
            r#"{ "compilerOptions": { "strict": true } }"#,
        ),
        (
            "web/package.json",
            r#"{ "dependencies": { "next": "15.0.0" } }"#,
        ),
        ("web/app/page.tsx", PAGE),
    ]);
    assert_eq!(
        analysis.try_analyze("web").unwrap().language.strict,
        Some(true)
    );
}

#[test]
fn a_project_of_a_monorepo_has_its_own_dependencies_beside_those_of_the_root() {
    let own = r#"{ "dependencies": { "styled-components": "6.0.0", "zustand": "5.0.0" } }"#;
    let analysis = project(&[
        (
            "package.json",
            r#"{ "workspaces": ["apps/*"], "dependencies": { "next": "15.0.0", "react": "19.0.0" } }"#,
        ),
        ("apps/web/package.json", own),
        ("apps/web/project.json", "{}"),
        ("apps/web/next.config.js", "module.exports = {}"),
        ("apps/web/app/page.tsx", PAGE),
    ])
    .try_analyze("apps/web")
    .unwrap();
    assert_eq!(analysis.framework_id(), Some("nextjs"));
    assert_eq!(analysis.styling.approach, Some("css-in-js"));
    let json = serde_json::to_value(&analysis).unwrap();
    assert_eq!(json["dependencies"]["state"][0], "zustand");
}

#[test]
fn every_name_of_a_configuration_file_names_its_framework() {
    for (name, file, wanted) in [
        ("next", "next.config.mts", "nextjs"),
        ("nuxt", "nuxt.config.mjs", "nuxt"),
        ("nuxt", "nuxt.config.cts", "nuxt"),
        ("astro", "astro.config.ts", "astro"),
        ("astro", "astro.config.cjs", "astro"),
    ] {
        let root = format!(r#"{{ "dependencies": {{ "{name}": "5.0.0" }} }}"#);
        let project = project(&[
            ("package.json", root.as_str()),
            ("nx.json", "{}"),
            ("apps/web/project.json", "{}"),
        ]);
        project.write(&format!("apps/web/{file}"), b"export default {}");
        let analysis = project.try_analyze("apps/web").unwrap();
        assert_eq!(analysis.framework_id(), Some(wanted), "{file}");
    }
}

#[test]
fn a_bundler_of_tests_and_packages_is_not_what_ships_an_application() {
    for (packages, wanted) in [
        (r#""expo": "53", "esbuild": "0.25", "vite": "7""#, "metro"),
        (r#""gatsby": "5", "parcel": "2""#, "webpack"),
        (r#""@solidjs/start": "1", "webpack": "5""#, "vite"),
        (r#""react-native": "0.79", "esbuild": "0.25""#, "metro"),
        (
            r#""react-native": "0.79", "@callstack/repack": "5", "@rspack/core": "1""#,
            "rspack",
        ),
        (r#""@remix-run/dev": "2", "vite": "6""#, "vite"),
        (r#""@remix-run/dev": "2""#, "esbuild"),
    ] {
        let manifest = format!(r#"{{ "dependencies": {{ {packages} }} }}"#);
        let analysis = project(&[("package.json", &manifest)]).analyze();
        let bundler = analysis.framework.unwrap().bundler;
        assert_eq!(bundler, Some(wanted), "{packages}");
    }
}

#[test]
fn a_configuration_with_a_name_of_many_tools_is_one_of_an_application_only_with_its_tool() {
    let analysis = |packages: &str| {
        let manifest =
            format!(r#"{{ "name": "a", "dependencies": {{ "react": "19" {packages} }} }}"#);
        project(&[
            ("package.json", r#"{ "workspaces": ["packages/*"] }"#),
            ("packages/a/package.json", &manifest),
            ("packages/a/config/config.ts", "export default {}"),
            (
                "packages/b/package.json",
                r#"{ "dependencies": { "vue": "3" } }"#,
            ),
            ("packages/b/index.html", "<p></p>"),
        ])
        .analyze()
    };
    for (packages, wanted) in [
        ("", &["packages/b"][..]),
        (r#", "umi": "4""#, &["packages/a", "packages/b"]),
        (r#", "@umijs/max": "4""#, &["packages/a", "packages/b"]),
    ] {
        let json = serde_json::to_value(analysis(packages)).unwrap();
        let apps = json["workspace"]["apps"].as_array().unwrap().iter();
        let roots: Vec<_> = apps.map(|app| app["root"].as_str().unwrap()).collect();
        assert_eq!(roots, wanted, "{packages}");
    }
}
