//! Next.js: the app router, the pages router, or both, as its own build finds them.

mod app;
mod config;
mod pages;
mod segment;

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use super::{Reader, Routes};
use crate::analyze::findings::Findings;
use crate::analyze::manifest::Manifest;
use crate::analyze::parse::METHODS;
use crate::analyze::project::Sources;
use crate::analyze::report::{Endpoint, Route, RouteKind, Routing};
use crate::analyze::{range, walk};

/// Files and folders of a Next.js application.
pub(super) const EVIDENCE: &[&str] = &[
    "next.config.js",
    "next.config.mjs",
    "next.config.ts",
    "app",
    "pages",
    "src/app",
    "src/pages",
];

/// How Next.js projects are read.
pub(super) const READER: Reader = Reader {
    wants: |path| {
        let name = path.rsplit('/').next().unwrap_or(path);
        name.starts_with("route.") || name.starts_with("page.")
    },
    read,
};

/// Files that see every request. <https://nextjs.org/docs/app/api-reference/file-conventions/proxy>
const MIDDLEWARE: [&str; 6] = [
    "middleware.ts",
    "middleware.js",
    "src/middleware.ts",
    "src/middleware.js",
    "proxy.ts",
    "src/proxy.ts",
];

/// Whether a page of the file system is visited by its own path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// It is the page of its path.
    Own,
    /// It is shown in a slot of its path's layout.
    Slot,
    /// It is shown instead of another page, on the way there from inside the application.
    Intercepting,
}

/// A page or endpoint file.
#[derive(Debug)]
struct Found<'s> {
    path: String,
    file: &'s str,
    place: Place,
}

/// The files of one router.
#[derive(Debug, Default)]
struct Router<'s> {
    pages: Vec<Found<'s>>,
    endpoints: Vec<Found<'s>>,
}

/// The bundler of `next build`: Turbopack by flag, or by default since Next.js 16.
/// <https://nextjs.org/docs/app/api-reference/turbopack>
pub(super) fn bundler(manifest: &Manifest, major: Option<u32>) -> Option<&'static str> {
    let builds = |flag: &str| {
        let mut lines = manifest.scripts.values();
        lines.any(|line| line.contains("next build") && line.contains(flag))
    };
    if manifest.has("next-rspack") {
        Some("rspack")
    } else if builds("--webpack") {
        Some("webpack")
    } else if builds("--turbo") {
        Some("turbopack")
    } else {
        major.map(|major| if major >= 16 { "turbopack" } else { "webpack" })
    }
}

fn read(sources: &Sources<'_>, findings: &mut Findings) -> Routes {
    let config = config::read(sources, findings);
    let mut app = Router::default();
    if has_app_router(sources)
        && let Some(folder) = folder(sources, "app")
    {
        app = app::find(sources, folder, &config.extensions);
    }
    let mut pages = Router::default();
    if let Some(folder) = folder(sources, "pages") {
        pages = pages::find(sources, folder, &config.extensions);
    }
    let strategy = match (app.pages.is_empty(), pages.pages.is_empty()) {
        (false, false) => Some("next-mixed"),
        (false, true) => Some("next-app-router"),
        (true, false) => Some("next-pages-router"),
        (true, true) if !app.endpoints.is_empty() => Some("next-app-router"),
        (true, true) if !pages.endpoints.is_empty() => Some("next-pages-router"),
        (true, true) => None,
    };
    if strategy.is_none() {
        let detail = "no page and no endpoint in app/, pages/, src/app/ or src/pages/";
        findings.warn("no_routes_found", detail);
    }
    let all: Vec<&Found<'_>> = app.pages.iter().chain(&pages.pages).collect();
    let middleware = MIDDLEWARE
        .iter()
        .find(|name| sources.root.join(name).is_file());
    Routes {
        pages: u64::try_from(all.len()).unwrap_or(u64::MAX),
        routing: Routing {
            strategy,
            routes: routes(sources, &all),
            endpoints: endpoints(sources, &app, &pages, findings),
        },
        features: middleware
            .map(|name| ("middleware", (*name).to_owned()))
            .into_iter()
            .collect(),
    }
}

/// `app/` is a router since Next.js 13. <https://nextjs.org/blog/next-13>
fn has_app_router(sources: &Sources<'_>) -> bool {
    let version = sources.version("next").or_else(|| sources.declared("next"));
    let major = version.as_deref().and_then(range::major);
    major.is_none_or(|major| major >= 13)
}

/// The folder of a router; the one at the root hides the one in `src`.
/// <https://nextjs.org/docs/app/api-reference/file-conventions/src-folder>
fn folder(sources: &Sources<'_>, name: &'static str) -> Option<&'static str> {
    let inner = if name == "app" {
        "src/app"
    } else {
        "src/pages"
    };
    [name, inner]
        .into_iter()
        .find(|folder| sources.root.join(folder).is_dir())
}

/// One route a path, by the page that is its own rather than one in a slot. Pages that intercept have no path of their
/// own: the page they stand in for has it.
fn routes(sources: &Sources<'_>, pages: &[&Found<'_>]) -> Vec<Route> {
    let mut by_path: BTreeMap<&str, &Found<'_>> = BTreeMap::new();
    for page in pages {
        if page.place == Place::Intercepting {
            continue;
        }
        by_path
            .entry(&page.path)
            .and_modify(|known| {
                if page.place < known.place {
                    *known = page;
                }
            })
            .or_insert(page);
    }
    let redirects = |file: &str| sources.script(file).is_some_and(|script| script.redirects);
    by_path
        .into_values()
        .map(|page| Route {
            path: page.path.clone(),
            file: page.file.to_owned(),
            kind: if redirects(page.file) {
                RouteKind::Redirect
            } else {
                RouteKind::Page
            },
        })
        .collect()
}

fn endpoints(
    sources: &Sources<'_>,
    app: &Router<'_>,
    pages: &Router<'_>,
    findings: &mut Findings,
) -> Vec<Endpoint> {
    let mut unknown = Vec::new();
    let handlers = app.endpoints.iter().map(|found| {
        let mut methods = Vec::new();
        if !methods_of(sources, found.file, 0, &mut methods) {
            unknown.push(found.file.to_owned());
        }
        (found, methods)
    });
    let handlers: Vec<_> = handlers.collect();
    let whole = pages.endpoints.iter().map(|found| (found, Vec::new()));
    let mut endpoints: Vec<Endpoint> = handlers
        .into_iter()
        .chain(whole)
        .map(|(found, methods)| Endpoint {
            path: found.path.clone(),
            file: found.file.to_owned(),
            methods: METHODS
                .into_iter()
                .filter(|m| methods.contains(m))
                .collect(),
        })
        .collect();
    endpoints.sort();
    findings.warn_of(
        "methods_not_static",
        "methods that are not in the file",
        &unknown,
    );
    endpoints
}

/// Collects the methods that `file` exports, through `export * from` of the project's own modules; whether all of them
/// could be read.
fn methods_of(
    sources: &Sources<'_>,
    file: &str,
    depth: usize,
    methods: &mut Vec<&'static str>,
) -> bool {
    let Some(script) = sources.script(file).filter(|_| depth < 8) else {
        return false;
    };
    methods.extend(&script.methods);
    script.forwards.iter().all(|source| {
        target(sources, file, source)
            .is_some_and(|file| methods_of(sources, file, depth.saturating_add(1), methods))
    })
}

/// The source file that `source` means in `file`.
fn target<'s>(sources: &Sources<'s>, file: &str, source: &str) -> Option<&'s str> {
    if !source.starts_with('.') {
        return None;
    }
    let place = normal(&Path::new(file).parent()?.join(source))?;
    let found = sources.files.iter().find(|candidate| {
        let stem = candidate.path.strip_suffix(candidate.extension());
        candidate.path == place || stem.and_then(|s| s.strip_suffix('.')) == Some(&place)
    })?;
    Some(&found.path)
}

/// `path` without `.` and `..`; none when it leads out of the project.
fn normal(path: &Path) -> Option<String> {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => out.push(name),
            Component::ParentDir if out.pop() => {}
            Component::CurDir => {}
            _ => return None,
        }
    }
    Some(walk::relative(Path::new(""), &out))
}
