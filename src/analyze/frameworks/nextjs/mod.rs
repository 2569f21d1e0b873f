//! Next.js: the app router, the pages router, or both, as its own build finds them.

mod app;
mod bundler;
mod config;
mod conflicts;
mod endpoints;
mod pages;
mod segment;

use std::collections::BTreeMap;

use super::{Reader, Routes};
use crate::analyze::findings::Findings;
use crate::analyze::project::Sources;
use crate::analyze::range;
use crate::analyze::report::{Route, RouteKind, Routing};

use config::Config;

pub(super) use bundler::bundler;
pub(super) use config::FILES as CONFIG;

/// Folders of a Next.js application.
pub(super) const EVIDENCE: &[&str] = &["app", "pages", "src/app", "src/pages"];

/// How Next.js projects are read.
pub(super) const READER: Reader = Reader {
    wants: |path| {
        let name = path.rsplit('/').next().unwrap_or(path);
        let inside = path.strip_prefix("src/").unwrap_or(path);
        let in_pages = inside.starts_with("pages/") && !inside.starts_with("pages/api/");
        name.starts_with("route.") || name.starts_with("page.") || in_pages
    },
    configures: |path| path.starts_with("next.config."),
    read,
};

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
    /// A file of middleware among the pages.
    middleware: Option<&'s str>,
}

fn read(sources: &Sources<'_>, findings: &mut Findings) -> Routes {
    let config = config::read(sources, findings);
    let version = sources.version("next").or_else(|| sources.declared("next"));
    let version = version.as_deref();
    let mut app = Router::default();
    if let Some(folder) = folder(sources, "app") {
        let found = app::find(sources, folder, &config.extensions);
        if has_app_router(version, &config, &found, findings) {
            app = found;
        }
    }
    let mut pages = Router::default();
    if let Some(folder) = folder(sources, "pages") {
        pages = pages::find(sources, folder, &config.extensions);
    }
    conflicts::settle(&mut app, &mut pages, findings);
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
    // The app router has no such option: https://nextjs.org/docs/app/guides/internationalization
    if let Some(file) = config
        .localized
        .as_ref()
        .filter(|_| !pages.pages.is_empty())
    {
        let detail = format!("paths are also served under a locale prefix (`i18n` in {file})");
        findings.note("locale_paths", detail);
    }
    let all: Vec<&Found<'_>> = app.pages.iter().chain(&pages.pages).collect();
    let middleware = middleware(sources, version, &config.extensions);
    let middleware = middleware.or_else(|| pages.middleware.map(str::to_owned));
    Routes {
        pages: u64::try_from(all.len()).unwrap_or(u64::MAX),
        routing: Routing {
            strategy,
            routes: routes(sources, &all),
            endpoints: endpoints::read(sources, &app, &pages, findings),
        },
        features: middleware
            .map(|path| ("middleware", path))
            .into_iter()
            .collect(),
        too_long: Vec::new(),
    }
}

/// Whether `app/` is a router: since Next.js 13, before 13.4 only with `experimental.appDir`.
/// <https://nextjs.org/docs/app/api-reference/config/next-config-js/appDir>
fn has_app_router(
    version: Option<&str>,
    config: &Config,
    found: &Router<'_>,
    findings: &mut Findings,
) -> bool {
    let major = version.and_then(range::major);
    let is_empty = found.pages.is_empty() && found.endpoints.is_empty();
    if major != Some(13) || is_empty {
        return major.is_none_or(|major| major >= 13);
    }
    let is_early = version.and_then(range::minor).map(|(_, minor)| minor < 4);
    let reason = match (is_early, config.app_dir) {
        (Some(false), _) | (_, Some(true)) => return true,
        (Some(true), Some(false)) => {
            let detail = "app/ is no router before Next.js 13.4 without `experimental.appDir`";
            findings.warn("app_router_not_enabled", detail);
            return false;
        }
        (Some(true), None) => "`experimental.appDir` is not static",
        (None, _) => "the installed version of Next.js 13 is not known",
    };
    let detail = format!("app/ was read as a router, which is not certain: {reason}");
    findings.warn("app_router_uncertain", detail);
    true
}

/// The file that sees every request: `middleware`, since Next.js 16 also `proxy`, with the ending of a page.
/// <https://nextjs.org/docs/app/api-reference/file-conventions/proxy>
/// <https://nextjs.org/docs/pages/api-reference/config/next-config-js/pageExtensions>
fn middleware(
    sources: &Sources<'_>,
    version: Option<&str>,
    extensions: &[String],
) -> Option<String> {
    let major = version.and_then(range::major);
    let has_proxy = major.is_none_or(|major| major >= 16);
    let stems = ["proxy", "src/proxy", "middleware", "src/middleware"];
    let stems = stems
        .into_iter()
        .filter(|stem| has_proxy || stem.ends_with("middleware"));
    let mut files =
        stems.flat_map(|stem| extensions.iter().map(move |end| format!("{stem}.{end}")));
    files.find(|name| sources.root.join(name).is_file())
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
