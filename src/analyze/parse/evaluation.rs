//! Tests of the evaluator on small modules of our own.

use std::path::Path;

use oxc_allocator::Allocator;

use super::{Lookup, Modules, Node, Resolver};
use crate::analyze::manifest::Manifest;
use crate::analyze::packages::Packages;

/// Writes `files` and asks about the first.
fn ask(files: &[(&str, &str)], question: impl FnOnce(&Modules<'_>, &Path)) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    for (name, text) in files {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let allocator = Allocator::default();
    let resolver = Resolver::new(&root, &root, Packages::default());
    let modules = Modules::new(&allocator, resolver).with_aliases(&Manifest::default());
    question(&modules, &root.join(files[0].0));
}

fn text_of(files: &[(&str, &str)]) -> Option<String> {
    let mut text = None;
    ask(files, |modules, path| {
        text = modules.string(&modules.default_export(path).unwrap());
    });
    text
}

fn path_at<'a>(modules: &Modules<'a>, node: &Node<'a>) -> String {
    match modules.get(node, "path") {
        Lookup::Found(path) => modules.string(&path).unwrap(),
        _ => String::new(),
    }
}

/// The `path` of each element, with `?` for those that are conditional, and the places of unknown ones.
fn paths_of(files: &[(&str, &str)]) -> Vec<String> {
    let mut paths = Vec::new();
    ask(files, |modules, path| {
        let list = modules.elements(&modules.default_export(path).unwrap());
        for one in &list.known {
            let path = match modules.get(one, "path") {
                Lookup::Found(path) => modules.string(&path).unwrap_or_else(|| path.place()),
                _ => modules.string(one).unwrap_or_else(|| one.place()),
            };
            let conditional = list.conditional.iter().any(|other| other.is_same(one));
            paths.push(path + if conditional { "?" } else { "" });
        }
        paths.extend(list.unknown.iter().map(Node::place));
    });
    paths
}

#[test]
fn texts_are_put_together_across_files() {
    let paths = "export const base = '/app'; export enum Path { Users = '/users', 'x-y' = '/xy' }
        export const paths = { app: { users: { path: `${base}/users` } } } as const;
        export const user = (id = ':id') => `${base}/${id}`;";
    let tests = [
        ("export default '/a' + '/b' + 1", "/a/b1"),
        (
            "import { paths } from './paths'; export default paths.app.users.path",
            "/app/users",
        ),
        (
            "import * as all from './paths'; export default all.paths.app['users'].path",
            "/app/users",
        ),
        (
            "import { Path } from './paths'; export default Path.Users",
            "/users",
        ),
        (
            "import { Path } from './paths'; export default `${Path['x-y']}/*`",
            "/xy/*",
        ),
        (
            "import { user } from './paths'; export default user()",
            "/app/:id",
        ),
        (
            "import { user } from './paths'; export default user(':key')",
            "/app/:key",
        ),
        (
            "import { paths as p } from '~/again'; const { app } = p; export default app.users.path",
            "/app/users",
        ),
        (
            "const all = Object.freeze({ a: '/a' }); export default all?.a",
            "/a",
        ),
        (
            "class A { static path = '/static' }; export default A.path",
            "/static",
        ),
        (
            "const a = { key: 'k' }; const f = ({ alias, key }) => `/${alias ?? key}${a.no || '/x'}`;
            export default f(a)",
            "/k/x",
        ),
        (
            "const p = { a: $localize`:kebab-case@@a:prices`, b: $localize`/b` }; export default p.b + '/' + p.a",
            "/b/prices",
        ),
    ];
    for (text, expected) in tests {
        let files = [
            ("a.ts", text),
            ("paths.ts", paths),
            ("src/again.ts", "export * from '../paths'"),
            (
                "vite.config.ts",
                "export default defineConfig(() => ({ resolve: { alias: {
                    '~': fileURLToPath(new URL('./src', import.meta.url)) } } }))",
            ),
        ];
        assert_eq!(text_of(&files).as_deref(), Some(expected), "{text}");
    }
    for text in [
        "export default process.env.BASE + '/a'",
        "import { gone } from './gone'; export default gone",
        "let a = '/a'; a = '/b'; export default a",
        "const a = b; const b = a; export default a",
    ] {
        assert_eq!(text_of(&[("a.ts", text)]), None, "{text}");
    }
}

#[test]
fn texts_that_are_too_long_are_not_known() {
    let long = "x".repeat(40_000);
    for (text, is_known) in [
        ("a", true),
        ("'/' + a", true),
        ("a + a", false),
        ("`${a}/${a}`", false),
        ("[a, a].join('')", false),
        ("['', '', ''].join(a)", false),
        ("a.concat('/', a)", false),
        ("urlJoin(a, a)", false),
        ("`${a}xxxx xxxx`", true),
    ] {
        let text =
            format!("import urlJoin from 'url-join'; const a = '{long}'; export default {text}");
        assert_eq!(text_of(&[("a.ts", &text)]).is_some(), is_known);
    }
    let whole = format!("export default '{}'", "x".repeat(500_000));
    assert_eq!(text_of(&[("a.ts", &whole)]), None);
}

#[test]
fn lists_of_long_texts_end() {
    let long = "x".repeat(60_000);
    for (count, is_known) in [(20, true), (4_000, false)] {
        let text = format!(
            "const a = '{long}'; export default [{}]",
            "a, ".repeat(count)
        );
        ask(&[("a.ts", &text)], |modules, path| {
            let texts = modules.strings(&modules.default_export(path).unwrap());
            assert_eq!(texts.is_some(), is_known, "{count}");
        });
    }
}

#[test]
fn lists_are_put_together_across_files() {
    let more = "export const more = [{ path: 'm' }, { path: 'n' }];";
    let tests: [(&str, &[&str]); 12] = [
        (
            "import { more } from './more'; export default [{ path: 'a' }, ...more]",
            &["a", "m", "n"],
        ),
        (
            "export default [{ path: 'a' }].concat([{ path: 'b' }], { path: 'c' })",
            &["a", "b", "c"],
        ),
        (
            "export default [[{ path: 'a' }], { path: 'b' }].flat()",
            &["a", "b"],
        ),
        (
            "export default [flag && { path: 'a' }, false, { path: 'b' }].filter(Boolean)",
            &["a?", "b"],
        ),
        (
            "export default [true ? { path: 'a' } : { path: 'b' }]",
            &["a"],
        ),
        (
            "export default ['a', 'b'].map((name) => ({ path: `/${name}` }))",
            &["/a", "/b"],
        ),
        (
            "export default [{ to: 'a' }].map(({ to }) => { const path = '/' + to; return { path } })",
            &["/a"],
        ),
        (
            "export default Object.entries({ a: 1, b: 2 }).map(([key]) => ({ path: key }))",
            &["a", "b"],
        ),
        (
            "const make = (name) => [{ path: name }]; export default [...make('x'), ...make('y')]",
            &["x", "y"],
        ),
        (
            "export default\n[{ path: 'a' },\n...window.routes]",
            &["a", "a.ts:3"],
        ),
        ("export default [...(flag ? [{ path: 'a' }] : [])]", &["a?"]),
        (
            "export default Object.values({ a: { path: 'x' }, b: { path: 'y' } })",
            &["x", "y"],
        ),
    ];
    for (text, expected) in tests {
        assert_eq!(
            paths_of(&[("a.ts", text), ("more.ts", more)]),
            expected,
            "{text}"
        );
    }
}

#[test]
fn elements_of_jsx_are_read_like_objects() {
    let text = "import { Route, Routes } from 'react-router'; import * as S from '@sentry/react';
        const more = [{ to: 'x' }];
        const extra = () => <><Route path=\"e\" /></>;
        export const App = ({ admin }) => <S.Routes><Route path={'/a'} index>
            {admin && <Route path=\"b\" />}
            {more.map(one => <Route key={1} path={one.to} />)}
            {extra()} text {/* no */} {admin.routes}
        </Route></S.Routes>;";
    ask(&[("a.tsx", text)], |modules, path| {
        let routes = modules.uses(path, &["Routes"]);
        assert_eq!(routes.len(), 1);
        let name = modules.tag(&routes[0]).unwrap();
        assert_eq!(
            (name.source, name.name, name.last()),
            (Some("@sentry/react"), "*", "Routes")
        );
        let top = modules.children(&routes[0]).certain().unwrap();
        assert_eq!(top.len(), 1);
        assert!(modules.tag(&top[0]).unwrap().is_from(&["react-router"]));
        assert_eq!(path_at(modules, &top[0]), "/a");
        let Lookup::Found(index) = modules.get(&top[0], "index") else {
            panic!("no index")
        };
        assert_eq!(modules.truthy(&index), Some(true));
        let inner = modules.children(&top[0]);
        let paths: Vec<_> = inner
            .known
            .iter()
            .map(|one| path_at(modules, one))
            .collect();
        assert_eq!(paths, ["b", "x", "e"]);
        assert_eq!(inner.conditional.len(), 1);
        assert_eq!(inner.unknown.len(), 1);
        assert_eq!(inner.unknown[0].place(), "a.tsx:7");
    });
}

#[test]
fn calls_are_known_by_the_module_that_has_what_is_called() {
    let text = "import { RouterModule as R } from '@angular/router'; import make from './make';
        R.forChild([{ path: 'a' }]); new Router({ routes: [] }); make();";
    let files = [
        ("a.ts", text),
        (
            "make.ts",
            "export { createRouter as default } from 'vue-router'",
        ),
    ];
    ask(&files, |modules, path| {
        let calls = modules.uses(path, &["forChild", "Router", "make"]);
        let names: Vec<_> = calls
            .iter()
            .map(|call| {
                let call = modules.call(call).unwrap();
                let name = call.name;
                format!(
                    "{:?} {} {} {}",
                    name.source,
                    name.name,
                    name.last(),
                    call.arguments.len()
                )
            })
            .collect();
        assert_eq!(
            names,
            [
                "Some(\"@angular/router\") RouterModule forChild 1",
                "None Router Router 1",
                "Some(\"vue-router\") createRouter createRouter 0"
            ]
        );
    });
}

#[test]
fn files_that_are_loaded_later_are_known() {
    let tests = [
        ("lazy(() => import('./page'))", "src/page.tsx default"),
        (
            "React.lazy(() => import('@/page').then(m => m.Page))",
            "src/page.tsx Page",
        ),
        (
            "lazy(() => import('./page').then(({ Page }) => ({ default: Page })))",
            "src/page.tsx Page",
        ),
        (
            "async () => { const { Page } = await import('./page'); return { Component: Page } }",
            "src/page.tsx Page",
        ),
        (
            "async () => (await import('./page')).Page",
            "src/page.tsx Page",
        ),
        (
            "function () { return import('../src/page') }",
            "src/page.tsx default",
        ),
        (
            "Loadable(lazy(() => import('./page')))",
            "src/page.tsx default",
        ),
        ("load('page')", "src/page.tsx default"),
        ("Named", "src/page.tsx Page"),
        ("Barrel", "src/page.tsx Page"),
    ];
    for (value, expected) in tests {
        let text = format!(
            "import {{ Page as Named }} from './page'; import {{ Page as Barrel }} from '@/pages';
            const load = (name) => lazy(() => import(`./${{name}}`)); export default {value}"
        );
        let files = [
            ("src/a.tsx", text.as_str()),
            (
                "src/page.tsx",
                "export const Page = () => <p/>; export default Page",
            ),
            ("src/pages/index.ts", "export * from '../page'"),
            (
                "tsconfig.json",
                "{ \"references\": [{ \"path\": \"./tsconfig.app.json\" }] }",
            ),
            (
                "tsconfig.app.json",
                "{ \"compilerOptions\": { \"paths\": { \"@/*\": [\"./src/*\"] } } }",
            ),
        ];
        ask(&files, |modules, path| {
            let node = modules.default_export(path).unwrap();
            let target = modules.origin(&node).unwrap_or_else(|| panic!("{value}"));
            assert_eq!(
                format!("{} {}", target.file, target.export),
                expected,
                "{value}"
            );
        });
    }
}
