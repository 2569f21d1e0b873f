//! Qwik City: `index` files in folders under `src/routes`. <https://qwik.dev/docs/routing/>

use oxc_allocator::Allocator;

use super::found::Found;
use super::settings::{Settings, VITE};
use super::{Reader, Routes, names};
use crate::analyze::findings::Findings;
use crate::analyze::parse::METHODS;
use crate::analyze::project::Sources;
use crate::analyze::report::RouteKind;

/// Files and folders of a Qwik application.
pub(super) const EVIDENCE: &[&str] = &["src/routes", "src/entry.ssr.tsx"];

/// The router, by its packages' names in both major versions.
const ROUTER: [&str; 2] = ["@qwik.dev/router", "@builder.io/qwik-city"];

/// The plugin of the router in both, whose options tell where the routes are.
/// <https://qwik.dev/docs/advanced/vite/#qwikrouter>
const PLUGINS: [&str; 2] = ["qwikRouter", "qwikCity"];

/// How Qwik projects are read.
pub(super) const READER: Reader = Reader {
    wants: |path| path.contains("routes/"),
    configures: |path| path.starts_with("vite.config."),
    read,
};

fn read(sources: &Sources<'_>, findings: &mut Findings) -> Routes {
    let mut found = Found::default();
    let allocator = Allocator::default();
    let settings = Settings::of_plugin(sources, &allocator, &VITE, &PLUGINS);
    let folder = settings.as_ref().and_then(|settings| {
        // https://qwik.dev/docs/advanced/i18n/ gives routes in other languages.
        if settings.has(&["rewriteRoutes"]) {
            let file = settings.file;
            let detail = format!("routes are also served at others (`rewriteRoutes` in {file})");
            findings.note("rewritten_routes", detail);
        }
        settings.string(&["routesDir"], findings)
    });
    let folder = folder.as_deref().unwrap_or("src/routes");
    let folder = folder.trim_start_matches("./").trim_matches('/');
    if ROUTER.iter().any(|package| sources.manifest.has(package)) {
        find(sources, folder, &mut found);
    }
    if found.is_empty() {
        let detail = format!("no page and no endpoint in {folder}/");
        findings.warn("no_routes_found", detail);
        return found.finish(None);
    }
    found.finish(Some("qwik-router"))
}

fn find(sources: &Sources<'_>, folder: &str, found: &mut Found) {
    for (file, inside) in names::below(sources, folder) {
        let (folders, name) = inside.rsplit_once('/').unwrap_or(("", inside));
        let Some((stem, ending)) = name.rsplit_once('.') else {
            continue;
        };
        // Plugins see every request: https://qwik.dev/docs/advanced/plugins/
        if stem == "plugin" || stem.starts_with("plugin@") {
            found.feature("middleware", file);
            continue;
        }
        if !is_index(stem) {
            continue;
        }
        let path = path(folders);
        match ending {
            "md" | "mdx" => found.route(path, file, RouteKind::Page),
            "tsx" | "jsx" | "ts" | "js" => script(sources, path, file, found),
            _ => {}
        }
    }
}

/// A module with a component is a page; without one, an endpoint of the requests that it handles.
/// <https://qwik.dev/docs/endpoints/>
fn script(sources: &Sources<'_>, path: String, file: &str, found: &mut Found) {
    let Some(script) = sources.script(file) else {
        return;
    };
    let handles = |method: &&str| {
        let (first, rest) = method.split_at_checked(1).unwrap_or((method, ""));
        script.exports(&format!("on{first}{}", rest.to_ascii_lowercase()))
    };
    if script.exports("default") {
        found.route(path, file, RouteKind::Page);
    } else if script.redirects {
        found.route(path, file, RouteKind::Redirect);
    } else if script.exports("onRequest") {
        found.endpoint(path, file, Vec::new());
    } else if METHODS.iter().any(handles) {
        let methods = METHODS.into_iter().filter(handles).collect();
        found.endpoint(path, file, methods);
    }
}

/// `index`, `index!` without layouts, `index@name` with the layout of that name.
/// <https://qwik.dev/docs/advanced/routing/#named-layout>
fn is_index(stem: &str) -> bool {
    let rest = stem.strip_prefix("index");
    rest.is_some_and(|rest| matches!(rest, "" | "!") || rest.starts_with('@'))
}

fn path(folders: &str) -> String {
    let segments = folders
        .split('/')
        .filter(|name| !name.is_empty() && !names::is_group(name))
        .map(|name| names::brackets(name, names::parameter));
    format!("/{}", segments.collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_become_paths() {
        for (folders, expected) in [
            ("", "/"),
            ("(site)/docs/[...rest]", "/docs/:rest*"),
            ("[id]", "/:id"),
            ("pre[slug]post", "/pre:slugpost"),
        ] {
            assert_eq!(path(folders), expected, "{folders}");
        }
        assert!(is_index("index!") && is_index("index@wide") && !is_index("indexes"));
    }
}
