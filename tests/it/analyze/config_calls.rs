//! `next.config.*` that is put together by functions: own ones are looked into, others pass their configuration on.

use super::support::{PAGE, Project, codes, next, routes};

/// An application with a page that counts only under `pageExtensions` with `mdx`.
fn configured(file: &str, text: &str) -> Project {
    next(&[
        (file, text),
        ("app/page.tsx", PAGE),
        ("app/guide/page.mdx", "# Guide"),
    ])
}

/// Whether the page counts; none when that is a finding.
fn has_mdx(project: &Project) -> Option<bool> {
    let analysis = project.analyze();
    if codes(&analysis).contains(&"config_not_static") {
        None
    } else {
        Some(routes(&analysis).contains(&"/guide"))
    }
}

fn mdx(text: &str) -> Option<bool> {
    has_mdx(&configured("next.config.js", text))
}

const C: &str = "const c = { pageExtensions: ['tsx', 'mdx'] };";

#[test]
fn module_exports_may_be_assigned_several_times() {
    for text in [
        "module.exports = c; const { withSentryConfig } = require('@sentry/nextjs'); \
         module.exports = withSentryConfig(module.exports, { org: 'o' })",
        "module.exports = c; if (process.env.X) { module.exports = withX(module.exports) }",
        "module.exports = {}; module.exports.pageExtensions = ['tsx', 'mdx']",
        "exports.pageExtensions = ['tsx', 'mdx']",
    ] {
        assert_eq!(mdx(&format!("{C}{text}")), Some(true), "{text}");
    }
    for text in [
        "module.exports = c; if (process.env.X) { module.exports = {} }",
        "module.exports = {}; if (process.env.X) module.exports.pageExtensions = ['tsx', 'mdx']",
        "module.exports = c; module.exports.pageExtensions = ['tsx']",
        "module.exports = c; module.exports[key] = 1",
        "module.exports = c; delete c.pageExtensions",
        "module.exports = c; c.pageExtensions.push('md')",
        "module.exports = c; Object.assign(c, other)",
    ] {
        assert_eq!(mdx(&format!("{C}{text}")), None, "{text}");
    }
}

#[test]
fn own_functions_are_followed_to_what_they_return() {
    for text in [
        "const wrap = (config) => ({ ...config, a: 1 }); module.exports = wrap(c)",
        "function wrap(config) { return { ...config } } module.exports = wrap(c)",
        "const wrap = (a) => (config) => ({ ...config, a }); module.exports = wrap(1)(c)",
        "const wrap = (config) => withX(config); module.exports = wrap(c)",
        "const config = 1; const wrap = (c) => ({ b: c }); module.exports = { ...c, ...wrap({}) }",
        "module.exports = (() => { return c })()",
        "const wrap = ({ config }) => config; module.exports = wrap({ config: c })",
    ] {
        assert_eq!(mdx(&format!("{C}{text}")), Some(true), "{text}");
    }
    for text in [
        "const wrap = (config) => ({ ...config, pageExtensions: ['tsx'] }); module.exports = wrap(c)",
        "const wrap = (config) => ({ images: config.images }); module.exports = wrap(c)",
        "const wrap = (config, other) => ({ ...other }); module.exports = wrap(c, {})",
    ] {
        assert_eq!(mdx(&format!("{C}{text}")), Some(false), "{text}");
    }
    for text in [
        "const wrap = (config) => load(config, process.env.X)[0]; module.exports = wrap(c)",
        "module.exports = [a, b].reduce((all, one) => ({ ...all, ...one }), c)",
        "function wrap(config) { return wrap(config) } module.exports = wrap(c)",
    ] {
        assert_eq!(mdx(&format!("{C}{text}")), None, "{text}");
    }
}

#[test]
fn own_functions_of_other_modules_are_followed_too() {
    let project = configured(
        "next.config.mjs",
        "import { wrap } from './wrap.mjs'\nexport default wrap({ pageExtensions: ['mdx', 'tsx'] })",
    );
    project.write(
        "wrap.mjs",
        b"export const wrap = (config) => ({ ...config, pageExtensions: ['tsx'] })",
    );
    assert_eq!(has_mdx(&project), Some(false));
}

#[test]
fn merges_are_lists_of_spreads() {
    for (text, expected) in [
        ("Object.assign({}, c)", Some(true)),
        ("Object.assign({}, c, { a: 1 })", Some(true)),
        (
            "Object.assign({}, c, { pageExtensions: ['tsx'] })",
            Some(false),
        ),
        ("Object.assign({}, c, ...others)", None),
        ("merge({ a: 1 }, c)", Some(true)),
        ("merge(c, { pageExtensions: ['tsx'] })", None),
        ("c || {}", None),
        ("process.env.CONFIG ?? c", None),
        ("c || c", Some(true)),
    ] {
        let text = format!("{C}module.exports = {text}");
        assert_eq!(mdx(&text), expected, "{text}");
    }
}

#[test]
fn a_plugin_without_arguments_has_an_empty_configuration() {
    for text in [
        "module.exports = withMDX()",
        "const withNextra = require('nextra')({}); module.exports = withNextra()",
        "module.exports = require('@next/bundle-analyzer')({ enabled: true })()",
    ] {
        assert_eq!(mdx(text), Some(false), "{text}");
    }
    assert_eq!(mdx("module.exports = load()"), None);
}

#[test]
fn nextra_adds_its_endings_to_those_that_are_listed() {
    let project = configured(
        "next.config.js",
        "module.exports = { pageExtensions: ['tsx'] }",
    );
    project.write(
        "package.json",
        br#"{ "dependencies": { "next": "15.1.0", "nextra": "4.0.0" } }"#,
    );
    assert_eq!(has_mdx(&project), Some(true));
}

#[test]
fn names_that_next_passes_over_are_a_warning() {
    for file in ["next.config.cjs", "next.config.cts"] {
        let project = configured(file, "module.exports = { pageExtensions: ['mdx'] }");
        let analysis = project.analyze();
        assert_eq!(routes(&analysis), ["/"]);
        assert_eq!(codes(&analysis), ["config_not_supported"]);
    }
}

#[test]
fn a_configuration_that_cannot_be_read_is_one_finding() {
    let project = configured("next.config.js", "module.exports = {");
    assert_eq!(codes(&project.analyze()), ["config_not_static"]);
}
