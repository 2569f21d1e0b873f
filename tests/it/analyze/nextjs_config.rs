//! `next.config.*` as code: what is static is read, what is not is a finding, nothing is run.

use super::support::{PAGE, codes, next, routes};

/// The codes of the findings and whether `page.mdx` became a route, under the configuration `text` in `file`.
fn mdx_under(file: &str, text: &str) -> (bool, Vec<String>) {
    let project = next(&[
        (file, text),
        ("app/page.tsx", PAGE),
        ("app/guide/page.mdx", "# Guide"),
        (
            "extensions.ts",
            "export const all = ['tsx', 'mdx'] as const\nexport default { pageExtensions: all }",
        ),
        (
            "base.cjs",
            "module.exports = { pageExtensions: ['tsx', 'mdx'] }",
        ),
    ]);
    let analysis = project.analyze();
    let codes = codes(&analysis).into_iter().map(str::to_owned).collect();
    (routes(&analysis).contains(&"/guide"), codes)
}

#[test]
fn page_extensions_are_read_in_every_static_form() {
    for (file, text) in [
        (
            "next.config.js",
            "module.exports = { pageExtensions: ['tsx', 'mdx'] }",
        ),
        (
            "next.config.mjs",
            "export default { pageExtensions: ['tsx', `mdx`] }",
        ),
        (
            "next.config.ts",
            "const config: NextConfig = { pageExtensions: ['tsx', 'mdx'] } satisfies X\nexport default config",
        ),
        (
            "next.config.js",
            "const md = ['md', 'mdx']; module.exports = { pageExtensions: ['tsx', ...md] }",
        ),
        (
            "next.config.mjs",
            "const base = { pageExtensions: ['tsx', 'mdx'] }\nexport default { ...base, b: 1 }",
        ),
        (
            "next.config.mjs",
            "export default withMDX({ pageExtensions: ['tsx', 'mdx'] })",
        ),
        (
            "next.config.mjs",
            "const withMDX = createMDX({ a: 1 })\nconst c = { pageExtensions: ['tsx', 'mdx'] }\nexport default withMDX(c)",
        ),
        (
            "next.config.js",
            "module.exports = withA({ a: 1 })(withB({ pageExtensions: ['tsx', 'mdx'] }))",
        ),
        (
            "next.config.js",
            "module.exports = withPlugins([a, b], { pageExtensions: ['tsx', 'mdx'] })",
        ),
        (
            "next.config.js",
            "module.exports = () => { const p = [a]; return p.reduce((acc, f) => f(acc), { pageExtensions: ['tsx', 'mdx'] }) }",
        ),
    ] {
        assert_eq!(mdx_under(file, text), (true, vec![]), "{text}");
    }
}

#[test]
fn page_extensions_are_followed_through_functions_variables_and_imports() {
    for (file, text) in [
        (
            "next.config.mjs",
            "export default async (phase) => ({ pageExtensions: ['tsx', 'mdx'] })",
        ),
        (
            "next.config.mjs",
            "export default function config() { const c = { pageExtensions: ['tsx', 'mdx'] }; return c }",
        ),
        (
            "next.config.ts",
            "import { all } from './extensions'\nexport default { pageExtensions: all }",
        ),
        (
            "next.config.ts",
            "import base from './extensions.ts'\nexport default { ...base }",
        ),
        (
            "next.config.js",
            "const base = require('./base.cjs')\nmodule.exports = { ...base }",
        ),
        (
            "next.config.js",
            "const e = { x: { all: ['tsx', 'mdx'] } }; module.exports = { pageExtensions: e.x.all }",
        ),
        (
            "next.config.js",
            "const c = {}; c.pageExtensions = ['tsx', 'mdx']; module.exports = c",
        ),
        (
            "next.config.ts",
            "let c = { pageExtensions: ['tsx', 'mdx'] }\nif (process.env.X) { c = withSentry(c) }\nexport default c",
        ),
    ] {
        assert_eq!(mdx_under(file, text), (true, vec![]), "{text}");
    }
}

#[test]
fn the_last_word_in_an_object_counts() {
    let later = "module.exports = { pageExtensions: ['mdx'], pageExtensions: ['tsx'] }";
    assert_eq!(mdx_under("next.config.js", later), (false, vec![]));
    let spread = "const base = { pageExtensions: ['tsx'] }; module.exports = { pageExtensions: ['mdx'], ...base }";
    assert_eq!(mdx_under("next.config.js", spread), (false, vec![]));
}

#[test]
fn what_only_running_would_tell_is_a_finding() {
    for text in [
        "module.exports = { pageExtensions: extensions() }",
        "module.exports = { pageExtensions: process.env.EXT.split(',') }",
        "module.exports = { pageExtensions: ['tsx', name] }",
        "module.exports = { [key]: 1 }",
        "const c = {}; if (x) { c.pageExtensions = ['mdx'] } module.exports = c",
        "const c = {}; c.pageExtensions = ['mdx']; c.pageExtensions = []; module.exports = c",
        "module.exports = { ...(process.env.MDX ? { pageExtensions: ['mdx'] } : {}) }",
        "let c = { pageExtensions: ['mdx'] }; if (x) { c = {} } module.exports = c",
        "module.exports = { ...require('some-package') }",
        "const a = { ...b }, b = { ...a }; module.exports = a",
        "import c from './missing.mjs'\nexport default c",
        "module.exports = { pageExtensions",
        "",
    ] {
        let (mdx, codes) = mdx_under("next.config.js", text);
        assert!(
            !mdx && codes.contains(&"config_not_static".to_owned()),
            "{text}: {codes:?}"
        );
    }
}

#[test]
fn what_says_nothing_about_pages_is_no_finding() {
    for text in [
        "module.exports = { webpack: (config) => config, env: process.env, ...(x && { images: {} }) }",
        "const c = {}; c.webpack = f; module.exports = withSentryConfig(withX(c), { org: o })",
        "module.exports = (phase) => { if (phase === DEV) { return { a: 1 } } return { b: 2 } }",
    ] {
        assert_eq!(mdx_under("next.config.js", text), (false, vec![]), "{text}");
    }
}

#[test]
fn page_extensions_with_a_dot_choose_files_in_both_routers() {
    let project = next(&[
        (
            "next.config.js",
            "module.exports = { pageExtensions: ['page.tsx', 'api.ts'] }",
        ),
        ("pages/index.page.tsx", PAGE),
        ("pages/index.tsx", PAGE),
        ("pages/blog/helper.tsx", PAGE),
        ("pages/blog/[id].page.tsx", PAGE),
        ("pages/api/users.api.ts", "export default () => {}"),
        ("app/shop/page.page.tsx", PAGE),
        ("app/shop/page.tsx", PAGE),
    ]);
    assert_eq!(routes(&project.analyze()), ["/", "/blog/:id", "/shop"]);
}

#[test]
fn prefixes_of_all_paths_are_findings() {
    let project = next(&[
        (
            "next.config.mjs",
            "export default { basePath: '/docs', i18n: { locales: ['en'] } }",
        ),
        ("pages/index.tsx", PAGE),
    ]);
    let analysis = project.analyze();
    assert_eq!(routes(&analysis), ["/"]);
    assert_eq!(codes(&analysis), ["base_path", "locale_paths"]);
    assert!(analysis.findings[0].detail.contains("/docs"));
}

#[test]
fn the_bundler_is_named_where_it_is_certain() {
    let bundler = |version: &str, script: &str| {
        let manifest = format!(
            r#"{{ "dependencies": {{ "next": "{version}" }}, "scripts": {{ "build": "{script}", "dev": "next dev --turbo" }} }}"#
        );
        let project =
            super::support::project(&[("package.json", &manifest), ("app/page.tsx", PAGE)]);
        project.analyze().framework.unwrap().bundler
    };
    assert_eq!(bundler("^15.0.0", "next build"), Some("webpack"));
    assert_eq!(
        bundler("^15.0.0", "next build --turbopack"),
        Some("turbopack")
    );
    assert_eq!(bundler("^16.0.0", "next build"), Some("turbopack"));
    assert_eq!(bundler("^16.0.0", "next build --webpack"), Some("webpack"));
    assert_eq!(bundler("latest", "next build"), None);
}
