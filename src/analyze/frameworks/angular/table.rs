//! Tables of routes, followed through children, lazily loaded files and imported modules.

use std::collections::HashSet;

use crate::analyze::findings::Findings;
use crate::analyze::frameworks::found::{Found, join};
use crate::analyze::parse::{Lookup, Modules, Node, Target};
use crate::analyze::project::Sources;
use crate::analyze::report::RouteKind;

/// How deep tables may lie in one another; deeper ones go round in a circle.
const MAX_DEPTH: usize = 32;

/// The most routes and modules that are looked at.
const MAX_WORK: usize = 20_000;

const ROUTER: &[&str] = &["@angular/router"];

const ANALOG: &[&str] = &["@analogjs/router"];

/// All tables so far.
pub(super) struct Tables<'s, 'm, 'a> {
    sources: &'s Sources<'s>,
    modules: &'m Modules<'a>,
    found: Vec<(String, String, RouteKind)>,
    /// Places of what only running the code would tell.
    unknown: Vec<String>,
    /// Places of routes that a condition decides on.
    conditional: Vec<String>,
    /// Tables and modules that are being read, by place.
    open: Vec<String>,
    /// Modules that have been read, by place and path.
    read: HashSet<(String, String)>,
    work: usize,
}

impl<'s, 'm, 'a> Tables<'s, 'm, 'a> {
    pub(super) fn new(sources: &'s Sources<'s>, modules: &'m Modules<'a>) -> Self {
        Self {
            sources,
            modules,
            found: Vec::new(),
            unknown: Vec::new(),
            conditional: Vec::new(),
            open: Vec::new(),
            read: HashSet::new(),
            work: 0,
        }
    }

    /// The tables that `file` hands to the router as `name`: `provideRouter(routes)`, `RouterModule.forRoot(routes)`, and
    /// `withExtraRoutes(routes)` beside files of pages. <https://angular.dev/api/router/provideRouter>,
    /// <https://analogjs.org/docs/features/routing/overview>
    pub(super) fn handed(&mut self, file: &str, name: &str) {
        for node in self.modules.uses(&self.sources.root.join(file), &[name]) {
            if let Some(routes) = self.routes_of(&node) {
                self.list(&routes, "", 0);
            }
        }
    }

    /// The tables of the module that `file` starts the application with, and of all that this one imports.
    /// <https://angular.dev/api/core/PlatformRef#bootstrapModule>
    pub(super) fn bootstrapped(&mut self, file: &str) {
        for node in self
            .modules
            .uses(&self.sources.root.join(file), &["bootstrapModule"])
        {
            if let Some(module) = Modules::arguments(&node).first() {
                self.module(module, "", 0);
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Hands everything over.
    pub(super) fn collect(self, found: &mut Found, findings: &mut Findings) {
        for (path, file, kind) in self.found {
            found.route(path, &file, kind);
        }
        let what = "routes that only running the code would tell";
        findings.warn_of("route_not_static", what, &self.unknown);
        let what = "routes that depend on a condition";
        findings.note_of("route_conditional", what, &self.conditional);
    }

    fn routes_of(&self, node: &Node<'a>) -> Option<Node<'a>> {
        let call = self.modules.call(node)?;
        let is_known = match call.name.last() {
            "provideRouter" => call.name.is_from(ROUTER),
            "withExtraRoutes" => call.name.is_from(ANALOG),
            "forRoot" | "forChild" => call.name.name == "RouterModule" && call.name.is_from(ROUTER),
            _ => false,
        };
        call.arguments.into_iter().next().filter(|_| is_known)
    }

    /// The routes that the module `class` brings: its own, and those of the modules that it imports, in their order.
    /// <https://angular.dev/guide/ngmodules/overview>
    fn module(&mut self, class: &Node<'a>, base: &str, depth: usize) -> bool {
        let Some(settings) = self.modules.decorated(class, "NgModule") else {
            return false;
        };
        let place = settings.place_in_text();
        if !self.may_go_on(class, depth) || !self.read.insert((place, base.to_owned())) {
            return true;
        }
        let depth = depth.saturating_add(1);
        for key in ["imports", "providers"] {
            let Lookup::Found(list) = self.modules.get(&settings, key) else {
                continue;
            };
            for one in self.modules.elements(&list).known {
                if let Some(routes) = self.routes_of(&one).or_else(|| self.token(&one)) {
                    self.list(&routes, base, depth);
                } else if key == "imports" {
                    self.module(&one, base, depth);
                }
            }
        }
        true
    }

    /// `{ provide: ROUTES, useValue: routes, multi: true }`. <https://angular.dev/api/router/ROUTES>
    fn token(&self, provider: &Node<'a>) -> Option<Node<'a>> {
        let found = |key: &str| match self.modules.get(provider, key) {
            Lookup::Found(node) => Some(node),
            _ => None,
        };
        let name = self.modules.name(&found("provide")?)?;
        let is_routes = name.name == "ROUTES" && name.is_from(ROUTER);
        found("useValue").filter(|_| is_routes)
    }

    fn list(&mut self, routes: &Node<'a>, base: &str, depth: usize) {
        if !self.may_go_on(routes, depth) {
            return;
        }
        let elements = self.modules.elements(routes);
        self.unknown
            .extend(elements.unknown.iter().map(Node::place));
        self.conditional
            .extend(elements.conditional.iter().map(Node::place));
        for route in &elements.known {
            self.route(route, base, depth);
        }
    }

    fn route(&mut self, route: &Node<'a>, base: &str, depth: usize) {
        if !self.may_go_on(route, depth) || self.is_beside(route) {
            return;
        }
        let own = match self.modules.get(route, "path") {
            Lookup::Found(node) => self.modules.string(&node),
            Lookup::Absent if !self.has(route, "matcher") => Some(String::new()),
            _ => None,
        };
        let Some(own) = own else {
            self.unknown.push(route.place());
            return;
        };
        // https://angular.dev/guide/routing/define-routes#wildcards
        let path = join(base, if own == "**" { "*" } else { &own });
        if self.has(route, "redirectTo") {
            let file = route.file().to_owned();
            self.found.push((path, file, RouteKind::Redirect));
            return;
        }
        let depth = depth.saturating_add(1);
        let mut is_leaf = true;
        for key in ["children", "loadChildren"] {
            match self.modules.get(route, key) {
                Lookup::Absent => continue,
                Lookup::Found(list) if key == "children" => {
                    let elements = self.modules.elements(&list);
                    let is_empty = elements.known.is_empty() && elements.unknown.is_empty();
                    if is_empty {
                        continue;
                    }
                    self.list(&list, &path, depth);
                }
                Lookup::Found(later) => self.later(&later, &path, depth),
                Lookup::Unknown | Lookup::Circular => self.unknown.push(route.place()),
            }
            is_leaf = false;
        }
        if is_leaf {
            self.leaf(route, path);
        }
    }

    /// Whether the route is for an outlet beside the main one, of which the path says nothing.
    /// <https://angular.dev/guide/routing/show-routes-with-outlets>
    fn is_beside(&self, route: &Node<'a>) -> bool {
        match self.modules.get(route, "outlet") {
            Lookup::Found(name) => self.modules.string(&name).as_deref() != Some("primary"),
            _ => false,
        }
    }

    /// A route without children shows a component; without that, too, a guard must lead elsewhere.
    fn leaf(&mut self, route: &Node<'a>, path: String) {
        let found = |key: &str| match self.modules.get(route, key) {
            Lookup::Found(node) => Some(node),
            _ => None,
        };
        let target = match (found("component"), found("loadComponent")) {
            (Some(component), _) => self.modules.origin(&component),
            (None, Some(later)) => self.modules.lazy(&later),
            (None, None) => {
                if self.has(route, "canActivate") {
                    let file = route.file().to_owned();
                    self.found.push((path, file, RouteKind::Redirect));
                }
                return;
            }
        };
        let file = target.map_or_else(|| route.file().to_owned(), |target| self.written(target));
        self.found.push((path, file, RouteKind::Page));
    }

    /// The file that a component is written in, through modules that only pass it on.
    fn written(&self, target: Target) -> String {
        let node = self.modules.export(&target.path, &target.export);
        let file = node.map(|node| node.file().to_owned());
        file.filter(|file| !file.is_empty()).unwrap_or(target.file)
    }

    /// What `loadChildren` loads: routes, or a module that has them.
    /// <https://angular.dev/api/router/LoadChildren>
    fn later(&mut self, later: &Node<'a>, base: &str, depth: usize) {
        let target = match self.modules.string(later) {
            Some(text) => self.by_text(&text, later),
            None => self.modules.lazy(later),
        };
        let is_known = target.is_some_and(|target| self.loaded(&target, base, depth));
        if !is_known {
            self.unknown.push(later.place());
        }
    }

    /// The module that Angular before 8 loaded by the text `path#Class`. <https://v7.angular.io/guide/lazy-loading-ngmodules>
    fn by_text(&self, text: &str, node: &Node<'a>) -> Option<Target> {
        let (path, export) = text.split_once('#')?;
        let path = path.trim_start_matches("./");
        let folder = node
            .file()
            .rsplit_once('/')
            .map_or("", |(folder, _)| folder);
        let files = [folder, "src", "src/app", ""].map(|folder| {
            let file = format!("{folder}/{}.ts", path.trim_end_matches(".ts"));
            file.trim_start_matches('/').to_owned()
        });
        let is_there = |file: &String| self.sources.script(file).is_some();
        let file = files.into_iter().find(is_there)?;
        Some(Target {
            path: self.sources.root.join(&file),
            export: export.to_owned(),
            file,
        })
    }

    fn loaded(&mut self, target: &Target, base: &str, depth: usize) -> bool {
        let place = format!("{}#{}", target.file, target.export);
        if self.open.contains(&place) {
            return false;
        }
        let Some(node) = self.modules.export(&target.path, &target.export) else {
            return false;
        };
        self.open.push(place);
        let is_module = self.module(&node, base, depth);
        if !is_module {
            self.list(&node, base, depth);
        }
        self.open.pop();
        true
    }

    fn has(&self, route: &Node<'a>, key: &str) -> bool {
        matches!(self.modules.get(route, key), Lookup::Found(_))
    }

    /// Whether the bounds allow to look at `node`; what they do not is not known.
    fn may_go_on(&mut self, node: &Node<'a>, depth: usize) -> bool {
        self.work = self.work.saturating_add(1);
        let may = depth <= MAX_DEPTH && self.work <= MAX_WORK;
        if !may {
            self.unknown.push(node.place());
        }
        may
    }
}
