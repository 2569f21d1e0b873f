//! Settings in code: options of plugins that only running it would tell, and which of several places counts.

use super::support::{Project, codes, project, routes};

const SCREEN: &str = "export default function Screen() { return <p>hello</p> }";

/// An Expo application with routes in two folders and such a configuration.
fn expo(config: &str) -> Project {
    project(&[
        (
            "package.json",
            r#"{ "dependencies": { "expo": "53.0.0", "expo-router": "5.0.0" } }"#,
        ),
        ("app.config.ts", config),
        ("app/index.tsx", SCREEN),
        ("screens/about.tsx", SCREEN),
    ])
}

#[test]
fn options_of_a_plugin_of_expo_that_are_not_static_are_a_finding() {
    for (config, path, is_told) in [
        (
            "export default { plugins: [['expo-router', { root: 'screens' }]] }",
            "/about",
            false,
        ),
        ("export default { plugins: ['expo-router'] }", "/", false),
        (
            "export default { plugins: ['expo-router', ...more()] }",
            "/",
            false,
        ),
        ("export default { name: 'a' }", "/", false),
        (
            "import { all } from 'x'; export default { plugins: all() }",
            "/",
            true,
        ),
        (
            "export default { plugins: ['expo-font', ...more()] }",
            "/",
            true,
        ),
        (
            "export default { plugins: [['expo-router', { root: root() }]] }",
            "/",
            true,
        ),
        ("export default {", "/", true),
    ] {
        let analysis = expo(config).analyze();
        assert_eq!(routes(&analysis), [path], "{config}");
        let told = codes(&analysis).contains(&"config_not_static");
        assert_eq!(told, is_told, "{config}");
    }
}

#[test]
fn endings_of_a_plugin_of_gatsby_that_are_not_static_are_a_finding() {
    for (plugins, is_told) in [
        ("['gatsby-plugin-mdx']", false),
        (
            "[{ resolve: 'gatsby-plugin-mdx', options: { extensions: ['.mdx'] } }]",
            false,
        ),
        (
            "[{ resolve: 'gatsby-plugin-mdx', options: { extensions: endings() } }]",
            true,
        ),
        ("all()", true),
    ] {
        let config = format!("module.exports = {{ plugins: {plugins} }}");
        let analysis = project(&[
            (
                "package.json",
                r#"{ "dependencies": { "gatsby": "5.0.0", "gatsby-plugin-mdx": "5.0.0" } }"#,
            ),
            ("gatsby-config.js", &config),
            ("src/pages/guide.mdx", "# Guide"),
        ])
        .analyze();
        assert_eq!(routes(&analysis), ["/guide"], "{plugins}");
        let told = codes(&analysis).contains(&"config_not_static");
        assert_eq!(told, is_told, "{plugins}");
    }
}

#[test]
fn the_plugin_of_sveltekit_takes_the_place_of_its_file_only_where_it_takes_options() {
    for (version, base) in [
        ("2.0.0", "/file"),
        ("2.61.1", "/file"),
        ("2.62.0", "/plugin"),
        ("3.0.0", "/plugin"),
        ("^1.20.0", "/file"),
        ("^2.5.0", "/plugin"),
    ] {
        let manifest = format!(r#"{{ "dependencies": {{ "@sveltejs/kit": "{version}" }} }}"#);
        let analysis = project(&[
            ("package.json", &manifest),
            (
                "svelte.config.js",
                "export default { kit: { paths: { base: '/file' } } }",
            ),
            (
                "vite.config.ts",
                "import { sveltekit } from '@sveltejs/kit/vite';
                 export default { plugins: [sveltekit({ paths: { base: '/plugin' } })] }",
            ),
            ("src/routes/+page.svelte", "<p>hello</p>"),
        ])
        .analyze();
        let mut findings = analysis.findings.iter();
        let told = findings.find(|finding| finding.code == "base_path");
        let detail = &told.unwrap().detail;
        assert!(detail.contains(&format!("{base} ")), "{version}: {detail}");
    }
}

#[test]
fn routes_of_a_table_stand_beside_the_pages_of_analog() {
    let with = |routes_of: &str| {
        let main = format!(
            "import {{ provideFileRouter, withExtraRoutes }} from '@analogjs/router';
             const extra = [{{ path: 'extra', component: Extra }}, {{ path: 'old', redirectTo: '/' }}];
             bootstrapApplication(App, {{ providers: [provideFileRouter(withExtraRoutes({routes_of}))] }});"
        );
        project(&[
            (
                "package.json",
                r#"{ "dependencies": { "@angular/core": "20.0.0", "@analogjs/router": "2.0.0" } }"#,
            ),
            ("src/main.ts", &main),
            (
                "src/app/pages/index.page.ts",
                "export default class Home {}",
            ),
        ])
        .analyze()
    };
    assert_eq!(routes(&with("extra")), ["/", "/extra", "/old"]);
    let unknown = with("made()");
    assert_eq!(routes(&unknown), ["/"]);
    assert!(codes(&unknown).contains(&"route_not_static"));
}

#[test]
fn the_layer_that_turns_on_pages_of_documents_is_the_one_that_is_named() {
    let nuxt = r#"{ "dependencies": { "nuxt": "3.13.2", "@nuxt/content": "2.13.2" } }"#;
    let analysis = project(&[
        ("package.json", nuxt),
        ("nuxt.config.ts", "export default { extends: ['./base'] }"),
        (
            "base/nuxt.config.js",
            "export default { content: { documentDriven: true } }",
        ),
        ("pages/index.vue", "<template><p /></template>"),
    ])
    .analyze();
    let found = analysis.routing.routes.iter();
    let found: Vec<_> = found.map(|route| (&*route.path, &*route.file)).collect();
    assert_eq!(
        found,
        [("/", "pages/index.vue"), ("/:slug*", "base/nuxt.config.js")]
    );
    assert_eq!(analysis.pages, 1, "a configuration is no page");
}
