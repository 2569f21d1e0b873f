//! Routes that are named by their files, by the four conventions of Remix and React Router, and what of them is a page.

mod auto;
mod calls;
mod escapes;
mod folders;
mod hybrid;
mod official;

use globset::GlobSet;

use super::found::Found;
use super::globs;
use crate::analyze::findings::Findings;
use crate::analyze::parse::{self, Script};
use crate::analyze::project::Sources;
use crate::analyze::report::RouteKind;
use crate::analyze::secondary::is_secondary;
use crate::analyze::text::{self, MAX_SOURCE};
use crate::analyze::walk;

pub(super) use calls::{NAMES, append, of_call};

/// The endings of route modules, in the order in which they are looked for.
/// <https://v2.remix.run/docs/file-conventions/routes>
pub(super) const EXTENSIONS: [&str; 6] = ["js", "jsx", "ts", "tsx", "md", "mdx"];

/// How names of files become routes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Convention {
    /// Remix 2 and `@react-router/fs-routes`: <https://v2.remix.run/docs/file-conventions/routes>,
    /// <https://reactrouter.com/how-to/file-route-conventions>
    Flat,
    /// Remix 1 and `@remix-run/v1-route-convention`: <https://v2.remix.run/docs/start/v2#file-system-route-convention>
    Folders,
    /// `remix-flat-routes`: <https://github.com/kiliman/remix-flat-routes>
    Hybrid,
    /// `react-router-auto-routes`: <https://github.com/kenn/react-router-auto-routes>
    Auto,
}

/// Where routes are and how they are named.
#[derive(Debug, Clone)]
pub(super) struct Options {
    /// The convention.
    pub(super) convention: Convention,
    /// The folder of the application, relative to the project.
    pub(super) app: String,
    /// The folder of the routes, relative to `app`.
    pub(super) folder: String,
    /// Globs of files that are no routes: relative to `app` by [`Convention::Flat`], else to the folder of the routes.
    pub(super) ignored: Vec<String>,
    /// What a segment that is a parameter begins with.
    pub(super) param: char,
    /// What marks folders: with routes of their own in [`Convention::Hybrid`], without any in [`Convention::Auto`].
    pub(super) mark: char,
    /// The path that all routes are below.
    pub(super) base: String,
}

/// A route module, by the name of its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FlatRoute {
    /// The whole path, with a slash in front, in path-to-regexp notation.
    pub(super) path: String,
    /// The module, relative to the project.
    pub(super) file: String,
    /// Whether it is the index of its parent.
    pub(super) index: bool,
    /// The place in the list of the route that it is rendered in.
    pub(super) parent: Option<usize>,
}

/// A file in the folder of the routes.
struct Module<'s> {
    /// Its path in that folder.
    inside: &'s str,
    /// Its path in the project.
    file: &'s str,
}

impl Module<'_> {
    /// Its path without its ending.
    fn id(&self) -> &str {
        let ending = walk::extension(self.inside).len();
        let end = self.inside.len().saturating_sub(ending.saturating_add(1));
        self.inside.get(..end).unwrap_or(self.inside)
    }
}

impl Options {
    /// The defaults of `convention` in the application folder `app`.
    pub(super) fn new(convention: Convention, app: &str) -> Self {
        Self {
            convention,
            app: app.to_owned(),
            folder: "routes".to_owned(),
            ignored: Vec::new(),
            param: '$',
            mark: '+',
            base: "/".to_owned(),
        }
    }
}

/// The route modules of a project by `options`, sorted by file; empty when the folder is not there.
///
/// A glob that cannot be read, and modules that claim the path of another one, are findings.
pub(super) fn routes(
    sources: &Sources<'_>,
    options: &Options,
    findings: &mut Findings,
) -> Vec<FlatRoute> {
    let folder = super::found::join(&options.app, &options.folder);
    let folder = folder.trim_start_matches('/');
    let ignored = matcher(&options.ignored, findings);
    let modules: Vec<Module<'_>> = sources
        .files
        .iter()
        .filter(|file| EXTENSIONS.contains(&file.extension()))
        .filter(|file| !is_secondary(&file.path) || is_named_test(sources, &file.path))
        .filter_map(|file| {
            let inside = file.path.strip_prefix(folder)?.strip_prefix('/')?;
            let subject = match options.convention {
                Convention::Flat => file.path.strip_prefix(&options.app)?.strip_prefix('/')?,
                _ => inside,
            };
            let file = &file.path;
            (!ignored.is_match(subject)).then_some(Module { inside, file })
        })
        .collect();
    let mut routes = match options.convention {
        Convention::Flat => official::routes(&modules, options, &ignored),
        Convention::Folders => folders::routes(&modules, options),
        Convention::Hybrid => hybrid::routes(&modules, options),
        Convention::Auto => auto::routes(&modules, options),
    };
    for route in &mut routes {
        route.path = super::found::join(&options.base, &route.path);
    }
    routes
}

/// Adds `routes` to `found`: pages, and modules without a page that answer requests.
///
/// A module without a default export is a resource route: <https://reactrouter.com/how-to/resource-routes>,
/// <https://v2.remix.run/docs/guides/resource-routes>. A page with pages in it is a layout, the page of its own path is
/// its index: <https://v2.remix.run/docs/file-conventions/routes#nested-routes>.
pub(super) fn collect(sources: &Sources<'_>, routes: &[FlatRoute], found: &mut Found) {
    let kinds: Vec<_> = routes
        .iter()
        .map(|route| kind_of(sources, &route.file))
        .collect();
    let mut has_pages = vec![false; routes.len()];
    for (route, kind) in routes.iter().zip(&kinds) {
        let mut parent = route.parent.filter(|_| matches!(kind, Kind::Page(_)));
        // A parent that was seen has parents that were.
        while let Some(place) = parent {
            let Some(seen) = has_pages.get_mut(place).filter(|seen| !**seen) else {
                break;
            };
            *seen = true;
            parent = routes.get(place).and_then(|above| above.parent);
        }
    }
    for ((route, kind), has_pages) in routes.iter().zip(kinds).zip(has_pages) {
        let path = route.path.clone();
        match kind {
            _ if has_pages => {}
            Kind::Page(kind) => found.file_route(path, &route.file, kind),
            Kind::Endpoint(methods) => found.endpoint(path, &route.file, methods),
            Kind::Nothing => {}
        }
    }
}

enum Kind {
    Page(RouteKind),
    Endpoint(Vec<&'static str>),
    Nothing,
}

/// What the module `file` is by its exports. One that could not be parsed counts as a page.
fn kind_of(sources: &Sources<'_>, file: &str) -> Kind {
    let parsed;
    let script = if let Some(script) = sources.script(file) {
        script
    } else if let Some(script) = parse_now(sources, file) {
        parsed = script;
        &parsed
    } else {
        return Kind::Page(RouteKind::Page);
    };
    // A page may be rendered on the server alone: https://reactrouter.com/how-to/react-server-components
    if script.exports("default") || script.exports("ServerComponent") {
        return Kind::Page(if script.redirects {
            RouteKind::Redirect
        } else {
            RouteKind::Page
        });
    }
    let reads = script.exports("loader");
    let acts = script.exports("action");
    if !(reads || acts) && script.forwards.is_empty() {
        return Kind::Nothing;
    }
    Kind::Endpoint(methods(reads, acts))
}

/// The methods that a route answers by its `loader`, when it `reads`, and by its `action`, when it `acts`.
/// <https://v2.remix.run/docs/guides/resource-routes#handling-different-request-methods>
pub(super) fn methods(reads: bool, acts: bool) -> Vec<&'static str> {
    let reading = ["GET"].into_iter().filter(|_| reads);
    let acting = ["POST", "PUT", "DELETE", "PATCH"];
    reading.chain(acting.into_iter().filter(|_| acts)).collect()
}

/// Whether the file, which is called like a test, is a route with a segment of that name: `runs.$id.test.tsx`. A test exports
/// nothing that makes a route.
fn is_named_test(sources: &Sources<'_>, file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or(file);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    // The same file in a folder of tests is one for its folder.
    let is_by_folder = is_secondary(file.trim_end_matches(name));
    let is_other = matches!(walk::extension(stem), "stories" | "story" | "d");
    !is_by_folder && !is_other && {
        let script = parse_now(sources, file);
        let names = ["default", "loader", "action"];
        script.is_some_and(|script| names.iter().any(|name| script.exports(name)))
    }
}

/// A script that was not parsed for its name.
fn parse_now(sources: &Sources<'_>, file: &str) -> Option<Script> {
    let text = text::read_quietly(&sources.root.join(file), MAX_SOURCE)?;
    parse::script(file, &text).ok()
}

/// The matcher of `patterns`, in which `*` stays inside a folder.
fn matcher(patterns: &[String], findings: &mut Findings) -> GlobSet {
    let (set, unread) = globs::all(patterns);
    findings.warn_of("glob_not_read", "a pattern of ignored route files", &unread);
    set
}

/// Whether files called `name` are for one side only: `.server` modules are no routes by the two conventions of others.
fn is_server(name: &str) -> bool {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    walk::extension(stem) == "server"
}
