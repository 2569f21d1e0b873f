//! Next.js: routes that several files claim, and files that are no routes in some versions.

use super::support::{PAGE, codes, endpoints, next, project, routes};

const HANDLER: &str = "export function GET() {}";

#[test]
fn a_path_that_several_files_claim_counts_once_and_is_named() {
    for (one, other, path) in [
        ("app/a/page.tsx", "pages/a.tsx", "/a"),
        ("app/(x)/a/page.tsx", "app/(y)/a/page.tsx", "/a"),
        ("app/a/page.js", "app/a/page.tsx", "/a"),
        ("pages/a.tsx", "pages/a/index.tsx", "/a"),
        ("app/a/page.tsx", "app/a/route.ts", "/a"),
    ] {
        let text = if other.ends_with("route.ts") {
            HANDLER
        } else {
            PAGE
        };
        let analysis = next(&[(one, PAGE), (other, text)]).analyze();
        assert_eq!(routes(&analysis), [path], "{one} {other}");
        assert_eq!(endpoints(&analysis), [""; 0], "{one} {other}");
        assert_eq!(analysis.page_count(), 1, "{one} {other}");
        assert_eq!(codes(&analysis), ["conflicting_routes"], "{one} {other}");
        let detail = &analysis.findings[0].detail;
        assert!(detail.contains(one) && detail.contains(other), "{detail}");
    }
    let handlers = next(&[
        ("app/api/a/route.ts", HANDLER),
        ("pages/api/a.ts", "export default () => {}"),
    ]);
    assert_eq!(endpoints(&handlers.analyze()), ["/api/a GET"]);
}

#[test]
fn slots_and_interceptions_are_no_conflict() {
    let analysis = next(&[
        ("app/a/page.tsx", PAGE),
        ("app/@x/a/page.tsx", PAGE),
        ("app/@y/a/page.tsx", PAGE),
        ("app/(.)a/page.tsx", PAGE),
    ])
    .analyze();
    assert_eq!(routes(&analysis), ["/a"]);
    assert_eq!(codes(&analysis), [""; 0]);
}

#[test]
fn groups_may_begin_with_a_dot() {
    let analysis = next(&[("app/(.internal)/a/page.tsx", PAGE)]).analyze();
    assert_eq!(routes(&analysis), ["/a"]);
}

#[test]
fn middleware_is_seen_under_every_name_of_its_version() {
    let middleware = |version: &str, config: &str, file: &str| {
        let manifest = format!(r#"{{ "dependencies": {{ "next": "{version}" }} }}"#);
        let analysis = project(&[
            ("package.json", &manifest),
            ("next.config.js", config),
            ("pages/index.tsx", PAGE),
            (file, "export function proxy() {}"),
        ])
        .analyze();
        let features = analysis.features.iter();
        let found = features.filter(|feature| feature.id == "middleware");
        found.map(|feature| feature.evidence.clone()).next()
    };
    let plain = "module.exports = {}";
    let own = "module.exports = { pageExtensions: ['page.ts'] }";
    for (version, config, file) in [
        ("16.0.0", plain, "proxy.js"),
        ("16.0.0", plain, "src/proxy.js"),
        ("16.0.0", plain, "src/proxy.ts"),
        ("16.0.0", own, "proxy.page.ts"),
        ("15.0.0", own, "src/middleware.page.ts"),
        ("15.0.0", plain, "middleware.ts"),
        ("12.1.0", plain, "pages/about/_middleware.ts"),
    ] {
        let expected = format!("file {file}");
        assert_eq!(middleware(version, config, file), Some(expected), "{file}");
    }
    assert_eq!(middleware("15.0.0", plain, "proxy.ts"), None);
    assert_eq!(middleware("15.0.0", own, "middleware.ts"), None);
}

#[test]
fn nested_middleware_is_no_page() {
    let manifest = r#"{ "dependencies": { "next": "12.1.0" } }"#;
    let analysis = project(&[
        ("package.json", manifest),
        ("pages/index.tsx", PAGE),
        ("pages/about/_middleware.ts", "export default () => {}"),
    ])
    .analyze();
    assert_eq!(routes(&analysis), ["/"]);
}

#[test]
fn the_app_router_of_early_next_13_must_be_turned_on() {
    let read = |version: &str, config: &str| {
        let manifest = format!(r#"{{ "dependencies": {{ "next": "{version}" }} }}"#);
        let analysis = project(&[
            ("package.json", &manifest),
            ("next.config.js", config),
            ("app/page.tsx", PAGE),
            ("pages/old.tsx", PAGE),
        ])
        .analyze();
        let about_app = |code: &&str| code.starts_with("app_router");
        let code = codes(&analysis)
            .into_iter()
            .find(about_app)
            .map(str::to_owned);
        (routes(&analysis).contains(&"/"), code)
    };
    let on = "module.exports = { experimental: { appDir: true } }";
    let off = "module.exports = {}";
    let unknown = "module.exports = { experimental: load() }";
    let code = |code: &str| Some(code.to_owned());
    assert_eq!(read("13.2.4", on), (true, None));
    assert_eq!(read("13.2.4", off), (false, code("app_router_not_enabled")));
    assert_eq!(
        read("13.2.4", unknown),
        (true, code("app_router_uncertain"))
    );
    assert_eq!(read("^13.0.0", off), (true, code("app_router_uncertain")));
    assert_eq!(read("13.4.0", off), (true, None));
    assert_eq!(read(">=12", off), (true, None));
}

#[test]
fn the_build_script_decides_on_the_bundler() {
    let bundler = |scripts: &str| {
        let manifest =
            format!(r#"{{ "dependencies": {{ "next": "15.0.0" }}, "scripts": {{ {scripts} }} }}"#);
        let project = project(&[("package.json", &manifest), ("app/page.tsx", PAGE)]);
        project.analyze().framework.unwrap().bundler
    };
    let analyzed = r#""analyze": "next build --turbopack""#;
    for (scripts, expected) in [
        (
            format!(r#""build": "next build", {analyzed}"#),
            Some("webpack"),
        ),
        (format!(r#""b": "next build", {analyzed}"#), None),
        (analyzed.to_owned(), Some("turbopack")),
        (
            r#""build": "next build && x --turbopack""#.to_owned(),
            Some("webpack"),
        ),
    ] {
        assert_eq!(bundler(&scripts), expected, "{scripts}");
    }
}

#[test]
fn helpers_of_plain_typescript_pages_are_read() {
    let analysis = next(&[(
        "pages/old.ts",
        "export async function getServerSideProps() { return { redirect: { destination: '/' } } }\nexport default () => null",
    )])
    .analyze();
    let kind = analysis.routing.routes[0].kind;
    assert_eq!(kind, decantr::analyze::RouteKind::Redirect);
}

#[test]
fn forwarded_methods_are_read_from_any_own_module() {
    let mut files = vec![
        (
            "app/a/route.ts".to_owned(),
            "export * from '../../lib/a'".to_owned(),
        ),
        (
            "lib/a/index.ts".to_owned(),
            "export * from './b.js'".to_owned(),
        ),
        ("lib/a/b.ts".to_owned(), HANDLER.to_owned()),
        (
            "app/many/route.ts".to_owned(),
            "export * from '../../lib/m0'".to_owned(),
        ),
    ];
    // Every module forwards the next one many times over.
    for number in 0..24 {
        let line = format!("export * from './m{}'\n", number + 1);
        files.push((format!("lib/m{number}.ts"), line.repeat(8)));
    }
    files.push((
        "lib/m24.ts".to_owned(),
        "export function PUT() {}".to_owned(),
    ));
    let project = next(&[]);
    for (path, text) in &files {
        project.write(path, text.as_bytes());
    }
    let analysis = project.analyze();
    assert_eq!(endpoints(&analysis), ["/a GET", "/many PUT"]);
    assert_eq!(codes(&analysis), [""; 0]);
}

#[test]
fn locale_prefixes_are_those_of_the_pages_router() {
    let config = (
        "next.config.js",
        "module.exports = { i18n: { locales: ['en'] } }",
    );
    let with = |file| codes(&next(&[config, (file, PAGE)]).analyze()).len();
    assert_eq!(with("pages/index.tsx"), 1);
    assert_eq!(with("app/page.tsx"), 0);
}
