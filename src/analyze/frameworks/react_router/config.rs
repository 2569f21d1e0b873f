//! `routes.ts` of framework mode: routes that helpers put together, or that are named by their files.
//!
//! <https://reactrouter.com/start/framework/routing>
//! <https://reactrouter.com/how-to/file-route-conventions>

use std::path::Path;

use oxc_allocator::Allocator;

use super::pattern::{below, pattern};
use super::settings;
use crate::analyze::findings::Findings;
use crate::analyze::frameworks::flat::{self, Convention, FlatRoute, Options};
use crate::analyze::frameworks::found::{Found, join};
use crate::analyze::frameworks::{Reader, Routes};
use crate::analyze::parse::{Lookup, Modules, Node};
use crate::analyze::project::Sources;

/// The endings that `routes` may have. <https://reactrouter.com/api/framework-conventions/routes.ts>
const ENDINGS: [&str; 6] = ["ts", "js", "mts", "mjs", "tsx", "jsx"];

/// How deep routes are nested at most.
const MAX_DEPTH: usize = 40;

/// The most routes that are read.
const MAX_ROUTES: usize = 20_000;

/// Files of an application in framework mode.
pub(in crate::analyze::frameworks) const EVIDENCE: &[&str] = &[
    "react-router.config.ts",
    "react-router.config.js",
    "app/root.tsx",
    "app/root.jsx",
];

/// How projects in framework mode are read.
pub(in crate::analyze::frameworks) const READER: Reader = Reader {
    wants: |_| true,
    configures: |path| path.starts_with("react-router.config."),
    read,
};

fn read(sources: &Sources<'_>, findings: &mut Findings) -> Routes {
    let app = settings::app_folder(sources, findings);
    let mut found = Found::default();
    let is_there = routes_of(sources, &app, &mut found, findings);
    if !is_there {
        let detail = format!("{app}/routes.ts, which framework mode needs, is not there");
        findings.warn("no_routes_found", detail);
        let strategy = super::read(sources, &mut found, findings);
        return found.finish(strategy);
    }
    found.finish(Some("react-router-fs"))
}

/// Reads the routes that `routes.ts` in the folder `app` exports into `found`; false when there is no such file.
pub(in crate::analyze::frameworks) fn routes_of(
    sources: &Sources<'_>,
    app: &str,
    found: &mut Found,
    findings: &mut Findings,
) -> bool {
    let mut names = ENDINGS
        .iter()
        .map(|ending| format!("{app}/routes.{ending}"));
    let Some(file) = names.find(|name| sources.root.join(name).is_file()) else {
        return false;
    };
    let allocator = Allocator::default();
    let modules = sources.modules(&allocator);
    let mut config = Config {
        sources,
        modules: &modules,
        app,
        routes: Vec::new(),
        unknown: Vec::new(),
    };
    match modules.default_export(&sources.root.join(&file)) {
        Some(list) => config.list(&list, &Place::default(), findings),
        None => config.unknown.push(file),
    }
    findings.warn_of(
        "route_not_static",
        "routes that only running the code would tell",
        &config.unknown,
    );
    let routes = config.routes;
    flat::collect(sources, &routes, found);
    true
}

/// Where routes are put.
#[derive(Debug, Clone, Default)]
struct Place {
    /// The path that they are below.
    path: String,
    /// The route that they are rendered in.
    parent: Option<usize>,
    depth: usize,
}

struct Config<'c, 'a> {
    sources: &'c Sources<'c>,
    modules: &'c Modules<'a>,
    app: &'c str,
    routes: Vec<FlatRoute>,
    unknown: Vec<String>,
}

impl<'a> Config<'_, 'a> {
    /// Reads a list of routes.
    fn list(&mut self, list: &Node<'a>, place: &Place, findings: &mut Findings) {
        if place.depth > MAX_DEPTH || self.routes.len() > MAX_ROUTES {
            self.unknown.push(list.place());
            return;
        }
        let elements = self.modules.elements(list);
        for one in &elements.known {
            self.route(one, place, findings);
        }
        // Helpers that make lists.
        for one in &elements.unknown {
            self.made(one, place, findings);
        }
    }

    /// `prefix(…)`, and the conventions for names of files.
    fn made(&mut self, node: &Node<'a>, place: &Place, findings: &mut Findings) {
        let Some(call) = self.modules.call(node) else {
            self.unknown.push(node.place());
            return;
        };
        let first = call.arguments.first();
        match (call.name.last(), first, call.arguments.get(1)) {
            ("prefix", Some(path), Some(list)) => match self.modules.string(path) {
                Some(path) => {
                    let path = below(&place.path, path.trim_start_matches('/'));
                    let depth = place.depth.saturating_add(1);
                    self.list(
                        list,
                        &Place {
                            path,
                            depth,
                            ..place.clone()
                        },
                        findings,
                    );
                }
                None => self.unknown.push(node.place()),
            },
            ("flatRoutes", options, _) => self.files(Convention::Flat, options, place, findings),
            ("autoRoutes", options, _) => self.files(Convention::Auto, options, place, findings),
            ("remixRoutesOptionAdapter", _, _) => self.adapted(node, place, findings),
            ("createRoutesFromFolders", _, _) => {
                self.files(Convention::Folders, call.arguments.get(1), place, findings);
            }
            _ => {
                self.unknown.push(node.place());
                // A function that changes lists in some way hardly loses routes of them.
                let depth = place.depth.saturating_add(1);
                let inner = Place {
                    depth,
                    ..place.clone()
                };
                for list in call
                    .arguments
                    .iter()
                    .filter(|one| self.modules.is_list(one))
                {
                    self.list(list, &inner, findings);
                }
            }
        }
    }

    /// `remixRoutesOptionAdapter((defineRoutes) => flatRoutes('routes', defineRoutes))` of `remix-flat-routes`.
    /// <https://reactrouter.com/upgrading/remix#step-6-update-routests>
    fn adapted(&mut self, node: &Node<'a>, place: &Place, findings: &mut Findings) {
        let call = self.modules.call(node);
        let function = call.as_ref().and_then(|call| call.arguments.first());
        let mut results = function.map_or_else(Vec::new, |one| self.modules.results(one));
        let made = results.pop().filter(|_| results.is_empty());
        let Some(call) = made.and_then(|made| self.modules.call(&made)) else {
            self.unknown.push(node.place());
            return;
        };
        let convention = match call.name.last() {
            "flatRoutes" => Convention::Hybrid,
            "createRoutesFromFolders" => Convention::Folders,
            _ => {
                self.unknown.push(node.place());
                return;
            }
        };
        let mut options = Options::new(convention, self.app);
        if let Some(folder) = call
            .arguments
            .first()
            .and_then(|one| self.modules.string(one))
        {
            options.folder = folder;
        }
        let more = call
            .arguments
            .iter()
            .skip(1)
            .find_map(|one| self.ignored(one));
        options.ignored = more.unwrap_or_default();
        self.add(options, place, findings);
    }

    fn ignored(&self, options: &Node<'a>) -> Option<Vec<String>> {
        ["ignoredRouteFiles", "ignoredFilePatterns"]
            .iter()
            .find_map(|key| match self.modules.get(options, key) {
                Lookup::Found(list) => self.modules.strings(&list),
                _ => None,
            })
    }

    /// Routes that are named by their files.
    fn files(
        &mut self,
        convention: Convention,
        options: Option<&Node<'a>>,
        place: &Place,
        findings: &mut Findings,
    ) {
        let mut read = Options::new(convention, self.app);
        if let Some(node) = options {
            for key in ["rootDirectory", "routesDir"] {
                match self.modules.get(node, key) {
                    Lookup::Found(value) => match self.modules.string(&value) {
                        Some(folder) => {
                            folder.trim_matches(['.', '/']).clone_into(&mut read.folder);
                        }
                        None => self.unknown.push(value.place()),
                    },
                    Lookup::Absent => {}
                    Lookup::Unknown | Lookup::Circular => self.unknown.push(node.place()),
                }
            }
            read.ignored = self.ignored(node).unwrap_or_default();
        }
        self.add(read, place, findings);
    }

    fn add(&mut self, mut options: Options, place: &Place, findings: &mut Findings) {
        options.base = join("", &place.path);
        let before = self.routes.len();
        let routes = flat::routes(self.sources, &options, findings);
        self.routes.extend(routes.into_iter().map(|route| {
            FlatRoute {
                parent: route
                    .parent
                    .map_or(place.parent, |parent| Some(parent.saturating_add(before))),
                ..route
            }
        }));
    }

    /// `route(path, file, children)`, `index(file)`, `layout(file, children)`, with options before the children, or the
    /// object that these make.
    fn route(&mut self, node: &Node<'a>, place: &Place, findings: &mut Findings) {
        let Some(call) = self.modules.call(node) else {
            self.object(node, place, findings);
            return;
        };
        let mut arguments = call.arguments.iter();
        let path = match call.name.last() {
            "route" => match arguments.next() {
                Some(path) if self.modules.truthy(path) == Some(false) => Some(None),
                Some(path) => self.modules.string(path).map(Some),
                None => None,
            },
            "index" | "layout" => Some(None),
            _ => {
                self.made(node, place, findings);
                return;
            }
        };
        let file = arguments.next().and_then(|file| self.modules.string(file));
        let (Some(path), Some(file)) = (path, file) else {
            self.unknown.push(node.place());
            return;
        };
        let index = call.name.last() == "index";
        let rest: Vec<_> = arguments.collect();
        let children = rest.last().filter(|_| !index).copied();
        self.push(node, &path.unwrap_or_default(), &file, (index, place));
        if let Some(children) = children.filter(|one| !self.is_options(one)) {
            self.children(children, place, findings);
        }
    }

    fn is_options(&self, node: &Node<'a>) -> bool {
        ["id", "caseSensitive", "path", "index"]
            .iter()
            .any(|key| matches!(self.modules.get(node, key), Lookup::Found(_)))
    }

    fn object(&mut self, node: &Node<'a>, place: &Place, findings: &mut Findings) {
        let text = |key: &str| match self.modules.get(node, key) {
            Lookup::Found(value) => self.modules.string(&value).map(Some),
            Lookup::Absent => Some(None),
            Lookup::Unknown | Lookup::Circular => None,
        };
        let (Some(path), Some(Some(file))) = (text("path"), text("file")) else {
            self.unknown.push(node.place());
            return;
        };
        let index = matches!(self.modules.get(node, "index"), Lookup::Found(value)
            if self.modules.truthy(&value) == Some(true));
        self.push(node, &path.unwrap_or_default(), &file, (index, place));
        if let Lookup::Found(children) = self.modules.get(node, "children") {
            self.children(&children, place, findings);
        }
    }

    /// Reads the routes in the one that was added last.
    fn children(&mut self, list: &Node<'a>, place: &Place, findings: &mut Findings) {
        let Some(parent) = self.routes.len().checked_sub(1) else {
            return;
        };
        let path = self
            .routes
            .last()
            .map(|route| route.path.clone())
            .unwrap_or_default();
        let depth = place.depth.saturating_add(1);
        let inner = Place {
            path,
            parent: Some(parent),
            depth,
        };
        self.list(list, &inner, findings);
    }

    fn push(&mut self, node: &Node<'a>, path: &str, file: &str, (index, place): (bool, &Place)) {
        let file = self.module(node, file);
        self.routes.push(FlatRoute {
            path: pattern(&below(&place.path, path)),
            file,
            index,
            parent: place.parent,
        });
    }

    /// The route module `file`: relative to the application's folder, by `relative` to that of the module that names it.
    fn module(&self, node: &Node<'a>, file: &str) -> String {
        let own = node
            .file()
            .rsplit_once('/')
            .map_or("", |(folder, _)| folder);
        let mut places = [self.app, own]
            .into_iter()
            .map(|folder| resolved(folder, file));
        let first = resolved(self.app, file);
        places
            .find(|place| self.sources.root.join(place).is_file())
            .unwrap_or(first)
    }
}

/// `file` in `folder`, without `.` and `..`.
fn resolved(folder: &str, file: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    if Path::new(file).is_absolute() {
        parts.clear();
    }
    for part in file.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts.join("/")
}
