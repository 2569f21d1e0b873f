//! Next.js: which files are routes, by what path, of which kind.

use decantr::analyze::{Level, RouteKind};

use super::support::{PAGE, codes, endpoints, next, project, routes};

#[test]
fn the_app_router_names_paths_as_next_does() {
    let analysis = next(&[
        ("app/page.tsx", PAGE),
        ("app/layout.tsx", PAGE),
        ("app/not-found.tsx", PAGE),
        ("app/loading.tsx", PAGE),
        ("app/(marketing)/pricing/page.jsx", PAGE),
        ("app/(a)/(b)/both/page.js", PAGE),
        ("app/blog/[slug]/page.tsx", PAGE),
        ("app/docs/[[...path]]/page.tsx", PAGE),
        (
            "app/files/[...path]/page.ts",
            "export default function Page() { return null }",
        ),
        ("app/_private/page.tsx", PAGE),
        ("app/shop/_lib/deep/page.tsx", PAGE),
        ("app/%5Fopen/page.tsx", PAGE),
        ("app/build/page.tsx", PAGE),
        ("app/test/page.tsx", PAGE),
        ("app/api/page.tsx", PAGE),
        ("app/page.test.tsx", PAGE),
        ("app/blog/page.stories.tsx", PAGE),
        ("app/blog/__tests__/page.tsx", PAGE),
        ("app/nothing/homepage.tsx", PAGE),
        (
            "app/content/page.mdx",
            "# not a page without pageExtensions",
        ),
    ])
    .analyze();
    assert_eq!(
        routes(&analysis),
        [
            "/",
            "/_open",
            "/api",
            "/blog/:slug",
            "/both",
            "/build",
            "/docs/:path*",
            "/files/:path+",
            "/pricing",
            "/test",
        ]
    );
    assert_eq!(analysis.routing.strategy, Some("next-app-router"));
    assert_eq!(analysis.page_count(), 10);
    assert_eq!(codes(&analysis), [""; 0]);
}

#[test]
fn parallel_and_intercepting_routes_add_no_paths() {
    let analysis = next(&[
        ("app/page.tsx", PAGE),
        ("app/@modal/page.tsx", PAGE),
        ("app/@modal/default.tsx", PAGE),
        ("app/@modal/(.)photo/[id]/page.tsx", PAGE),
        ("app/@modal/(..)(..)deep/page.tsx", PAGE),
        ("app/feed/(...)photo/page.tsx", PAGE),
        ("app/feed/(..)photo/page.tsx", PAGE),
        ("app/@team/settings/page.tsx", PAGE),
        ("app/photo/[id]/page.tsx", PAGE),
    ])
    .analyze();
    assert_eq!(routes(&analysis), ["/", "/photo/:id", "/settings"]);
    assert_eq!(analysis.routing.routes[0].file, "app/page.tsx");
    assert_eq!(analysis.page_count(), 8);
}

#[test]
fn the_pages_router_names_paths_as_next_does() {
    let analysis = next(&[
        ("pages/index.tsx", PAGE),
        ("pages/_app.tsx", PAGE),
        ("pages/_document.tsx", PAGE),
        ("pages/_error.tsx", PAGE),
        ("pages/404/index.tsx", PAGE),
        ("pages/404.tsx", PAGE),
        ("pages/500.tsx", PAGE),
        ("pages/blog/index.jsx", PAGE),
        ("pages/blog/[id].tsx", PAGE),
        ("pages/blog/404.tsx", PAGE),
        ("pages/index/index.tsx", PAGE),
        ("pages/docs/[[...slug]].tsx", PAGE),
        ("pages/shop/[...all].js", PAGE),
        ("pages/_offline.tsx", PAGE),
        ("pages/blog/index.test.tsx", PAGE),
        ("pages/types.d.ts", "export type A = 1"),
        ("pages/style.css", "a {}"),
        ("pages/api/index.ts", "export default () => {}"),
        ("pages/api/users/[id].ts", "export default () => {}"),
        ("pages/apis.tsx", PAGE),
    ])
    .analyze();
    assert_eq!(
        routes(&analysis),
        [
            "/",
            "/_offline",
            "/apis",
            "/blog",
            "/blog/404",
            "/blog/:id",
            "/docs/:slug*",
            "/index",
            "/shop/:all+",
        ]
    );
    assert_eq!(endpoints(&analysis), ["/api ", "/api/users/:id "]);
    assert_eq!(analysis.routing.strategy, Some("next-pages-router"));
}

#[test]
fn both_routers_together_are_mixed_only_where_both_have_pages() {
    let app = ("app/page.tsx", PAGE);
    let with = |file| next(&[app, (file, PAGE)]).analyze().routing.strategy;
    assert_eq!(with("pages/about.tsx"), Some("next-mixed"));
    assert_eq!(with("pages/api/hello.tsx"), Some("next-app-router"));
    assert_eq!(with("pages/_app.tsx"), Some("next-app-router"));
    let other = next(&[
        ("pages/about.tsx", PAGE),
        ("app/api/route.ts", "export function GET() {}"),
    ]);
    assert_eq!(other.analyze().routing.strategy, Some("next-pages-router"));
}

#[test]
fn folders_at_the_root_hide_those_in_src() {
    let analysis = next(&[("app/page.tsx", PAGE), ("src/app/hidden/page.tsx", PAGE)]).analyze();
    assert_eq!(routes(&analysis), ["/"]);
    let analysis = next(&[("src/pages/index.tsx", PAGE), ("src/app/x/page.tsx", PAGE)]).analyze();
    assert_eq!(routes(&analysis), ["/", "/x"]);
}

#[test]
fn an_app_folder_is_no_router_before_next_13() {
    let manifest = r#"{ "dependencies": { "next": "^12.3.0" } }"#;
    let files = [
        ("package.json", manifest),
        ("app/page.tsx", PAGE),
        ("pages/index.tsx", PAGE),
    ];
    let analysis = project(&files).analyze();
    assert_eq!(analysis.routing.strategy, Some("next-pages-router"));
}

#[test]
fn methods_are_those_that_are_exported() {
    let analysis = next(&[
        (
            "app/a/route.ts",
            "export async function POST() {}\nexport function GET() {}\nfunction PUT() {}",
        ),
        (
            "app/b/route.js",
            "const handler = () => {}; export { handler as GET, handler as PATCH }",
        ),
        ("app/c/route.ts", "export const { GET, POST } = handlers"),
        (
            "app/d/route.ts",
            "export { GET } from '../a/route'\nexport const runtime = 'edge'",
        ),
        ("app/e/route.ts", "export * from '../a/route'"),
        (
            "app/f/route.ts",
            "export * from 'some-package'\nexport const HEAD = 1",
        ),
        (
            "app/g/route.tsx",
            "// export function GET() {}\nexport type POST = string",
        ),
        ("app/h/route.mjs", "export function GET() {}"),
    ])
    .analyze();
    assert_eq!(
        endpoints(&analysis),
        [
            "/a GET,POST",
            "/b GET,PATCH",
            "/c GET,POST",
            "/d GET",
            "/e GET,POST",
            "/f HEAD",
            "/g "
        ]
    );
    assert_eq!(codes(&analysis), ["methods_not_static"]);
}

#[test]
fn pages_that_do_nothing_but_redirect_are_marked() {
    let redirect = |body: &str| {
        let text =
            format!("import {{ redirect, permanentRedirect }} from 'next/navigation'\n{body}");
        let analysis = next(&[("app/page.tsx", &text)]).analyze();
        analysis.routing.routes[0].kind == RouteKind::Redirect
    };
    for body in [
        "export default function Page() { redirect('/a') }",
        "export default async function Page({ params }) { const { id } = await params; redirect(`/a/${id}`) }",
        "export default () => permanentRedirect('/a')",
        "const Page = () => { return redirect('/a') }\nexport default Page",
        "export default async function Page() { if (await f()) redirect('/a'); redirect('/b') }",
        "export default async function Page() { if (f()) { redirect('/a') } else { redirect('/b') } }",
    ] {
        assert!(redirect(body), "{body}");
    }
    for body in [
        "export default function Page() { if (a) redirect('/a'); return <main /> }",
        "export default function Page() { redirect('/a'); return <main /> }",
        "export default function Page() { track(); redirect('/a') }",
        "export default function Page() {}",
        "export function Page() { redirect('/a') }\nexport default Other",
    ] {
        assert!(!redirect(body), "{body}");
    }
}

#[test]
fn pages_whose_data_is_always_a_redirect_are_marked() {
    let pages = next(&[
        (
            "pages/a.tsx",
            "export async function getServerSideProps() { return { redirect: { destination: '/b' } } }",
        ),
        (
            "pages/b.tsx",
            "export const getServerSideProps = async () => ({ redirect: { destination: '/c' } })",
        ),
        (
            "pages/c.tsx",
            "export async function getServerSideProps() { if (x) return { redirect: {} }; return { props: {} } }",
        ),
    ]);
    let analysis = pages.analyze();
    let kinds: Vec<_> = analysis
        .routing
        .routes
        .iter()
        .map(|route| route.kind)
        .collect();
    assert_eq!(
        kinds,
        [RouteKind::Redirect, RouteKind::Redirect, RouteKind::Page]
    );
}

#[test]
fn components_are_functions_that_return_jsx() {
    let count = |text: &str| {
        next(&[("ui/a.tsx", text), ("app/route.ts", "")])
            .analyze()
            .components
    };
    for text in [
        "export function A() { return <a /> }",
        "const A = () => <a />",
        "export const A = function () { return (<></>) }",
        "export default () => <a />",
        "export default function () { return <a /> }",
        "const A = memo(forwardRef<X, Y>((props, ref) => { return <a ref={ref} /> }))",
        "export class A extends React.Component { render() { return <a /> } }",
        "function A() { const view = x ? <a /> : null; return view }",
        "function A() { let view; if (x) { view = <a /> } return view }",
        "function A() { return x && <a /> }",
        "function A() { return xs.map((x) => <a key={x} />) }",
        "function A() { return React.createElement('a') }",
        "function A() { try { return <a /> } catch { return null } }",
    ] {
        assert_eq!(count(text), 1, "{text}");
    }
    for text in [
        "function a() { return <a /> }",
        "export function GET() { return new ImageResponse(<a />) }",
        "const A = <a />",
        "const A = { b: () => <a /> }",
        "function A() { const inner = () => <a />; return 1 }",
        "function A() { return 1 }",
        "class A { render() { return <a /> } }",
        "type A = () => JSX.Element",
        "// export function A() { return <a /> }",
    ] {
        assert_eq!(count(text), 0, "{text}");
    }
    let others = next(&[
        ("ui/a.test.tsx", PAGE),
        ("ui/a.stories.tsx", PAGE),
        ("tests/a.tsx", PAGE),
        ("node_modules/x/a.tsx", PAGE),
        (".next/a.js", PAGE),
        ("dist/a.js", PAGE),
        (".gitignore", "/ignored\n"),
        ("ignored/a.tsx", PAGE),
    ]);
    assert_eq!(others.analyze().components, 0);
}

#[test]
fn an_application_without_pages_says_so() {
    let analysis = next(&[("lib/a.ts", "")]).analyze();
    assert_eq!(analysis.routing.strategy, None);
    assert_eq!(analysis.findings[0].code, "no_routes_found");
    assert_eq!(analysis.findings[0].level, Level::Warning);
}

#[test]
fn an_application_without_pages_is_named_by_its_package() {
    for (package, id, ui) in [
        ("@sveltejs/kit", "sveltekit", "svelte"),
        ("@angular/core", "angular", "angular"),
        ("@tanstack/react-start", "tanstack-start", "react"),
        ("expo", "expo", "react-native"),
        ("react", "react", "react"),
    ] {
        let manifest =
            format!(r#"{{ "dependencies": {{ "{package}": "1.2.3", "react": "19.0.0" }} }}"#);
        let analysis = project(&[("package.json", &manifest)]).analyze();
        let framework = analysis.framework.as_ref().unwrap();
        assert_eq!((framework.id, framework.ui), (id, Some(ui)));
        assert!(framework.version.is_some());
        assert_eq!(analysis.routing.strategy, None);
        let known = |code: &&str| ["no_routes_found", "router_not_read"].contains(code);
        assert!(codes(&analysis).iter().all(known), "{id}");
    }
    let analysis = project(&[("index.html", "<p>hello</p>")]).analyze();
    assert_eq!(analysis.framework_id(), Some("html"));
}
