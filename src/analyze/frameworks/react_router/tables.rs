//! Reads tables of routes, as elements or as objects, whatever puts them together.

use std::collections::HashSet;

use super::entry::Entry;
use super::known::{Part, part};
use crate::analyze::frameworks::flat;
use crate::analyze::parse::{Elements, Lookup, Modules, Node, Target};
use crate::analyze::report::RouteKind;

/// How deep routes are nested at most.
const MAX_DEPTH: usize = 40;

/// The most routes that are read, those inside others counted once for each level.
const MAX_ROUTES: usize = 50_000;

/// The keys of what a route shows.
/// <https://reactrouter.com/start/data/route-object>
/// <https://v5.reactrouter.com/web/api/Route/route-render-methods>
const SHOWN: [&str; 5] = ["element", "Component", "component", "lazy", "render"];

/// The attributes by which wrappers are told what to show.
const PASSED: [&str; 5] = ["component", "Component", "element", "page", "route"];

/// Reads tables, and remembers what could not be read.
pub(super) struct Tables<'m, 'a> {
    /// The project's modules.
    pub(super) modules: &'m Modules<'a>,
    /// The places of routes whose path or number only running the code would tell.
    pub(super) unknown: Vec<String>,
    /// The places of routes that a condition decides on.
    pub(super) conditional: Vec<String>,
    /// How many routes there are by now.
    pub(super) count: usize,
    /// The places of elements that were read.
    pub(super) read: HashSet<String>,
}

/// Where routes are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Around {
    /// In something that renders the first that matches, where one without a path always does.
    Switch,
    /// Anywhere else.
    Other,
}

impl<'m, 'a> Tables<'m, 'a> {
    /// Nothing read yet.
    pub(super) fn new(modules: &'m Modules<'a>) -> Self {
        Self {
            modules,
            unknown: Vec::new(),
            conditional: Vec::new(),
            count: 0,
            read: HashSet::new(),
        }
    }

    /// The routes in a list of route objects.
    pub(super) fn objects(&mut self, list: &Node<'a>, depth: usize) -> Vec<Entry> {
        if depth > MAX_DEPTH {
            self.unknown.push(list.place());
            return Vec::new();
        }
        let elements = self.modules.elements(list);
        self.note(&elements);
        let mut entries = Vec::new();
        for one in &elements.unknown {
            let is_elements = part(self.modules, one) == Some(Part::FromElements);
            let call = self.modules.call(one);
            for argument in call.iter().flat_map(|call| &call.arguments) {
                if is_elements {
                    let content = self.modules.content(argument);
                    entries.extend(self.elements(&content, Around::Other, depth));
                } else if self.modules.is_list(argument) {
                    // A function that changes lists in some way hardly loses routes of them.
                    entries.extend(self.objects(argument, depth.saturating_add(1)));
                }
            }
            if !is_elements {
                self.unknown.push(one.place());
            }
        }
        for one in &elements.known {
            entries.extend(self.route(one, Around::Other, depth));
        }
        entries
    }

    /// The routes among elements of JSX.
    pub(super) fn elements(
        &mut self,
        elements: &Elements<'a>,
        around: Around,
        depth: usize,
    ) -> Vec<Entry> {
        self.note(elements);
        let mut entries = Vec::new();
        for one in &elements.unknown {
            // Solid's routers take objects among elements.
            if depth <= MAX_DEPTH && self.has(one, "path") {
                entries.extend(self.route(one, around, depth.saturating_add(1)));
            } else {
                self.unknown.push(one.place());
            }
        }
        for one in elements.known.iter().filter(|_| depth <= MAX_DEPTH) {
            entries.extend(self.element(one, around, depth));
        }
        entries
    }

    fn element(&mut self, node: &Node<'a>, around: Around, depth: usize) -> Vec<Entry> {
        let depth = depth.saturating_add(1);
        match part(self.modules, node) {
            Some(Part::Route | Part::Redirect) => self.route(node, around, depth),
            Some(Part::Routes | Part::Router) => self.inside(node, Around::Other, depth),
            Some(Part::Switch) => self.inside(node, Around::Switch, depth),
            _ if self.has(node, "path") || self.has(node, "from") => {
                self.route(node, around, depth)
            }
            _ => {
                let inside = self.inside(node, Around::Other, depth);
                if inside.is_empty() && around == Around::Switch {
                    return self.route(node, around, depth);
                }
                inside
            }
        }
    }

    /// The routes in what a route shows: only those of tables, for any element may have a `path`.
    fn within(&mut self, node: &Node<'a>, depth: usize) -> Vec<Entry> {
        let depth = depth.saturating_add(1);
        match part(self.modules, node) {
            _ if depth > MAX_DEPTH => Vec::new(),
            Some(Part::Route | Part::Routes | Part::Switch) => {
                self.element(node, Around::Other, depth)
            }
            Some(Part::Redirect) => Vec::new(),
            _ => {
                let children = self.modules.children(node).known;
                let inner = children.iter().flat_map(|one| self.within(one, depth));
                inner.collect()
            }
        }
    }

    fn inside(&mut self, node: &Node<'a>, around: Around, depth: usize) -> Vec<Entry> {
        self.read.insert(node.place_in_text());
        let children = self.modules.children(node);
        self.elements(&children, around, depth)
    }

    /// One route, an element or an object; several for a list of paths; none when its path is not known.
    pub(super) fn route(&mut self, node: &Node<'a>, around: Around, depth: usize) -> Vec<Entry> {
        self.read.insert(node.place_in_text());
        let is_redirect = part(self.modules, node) == Some(Part::Redirect);
        // Version 5 takes both of a redirect: https://v5.reactrouter.com/web/api/Redirect/from-string
        let is_from = is_redirect && self.has(node, "from");
        let Some(paths) = self.paths(node, if is_from { "from" } else { "path" }) else {
            self.unknown.push(node.place());
            return Vec::new();
        };
        let flag = |key: &str| match self.modules.get(node, key) {
            Lookup::Found(value) => self.modules.truthy(&value).unwrap_or(true),
            _ => false,
        };
        let (index, exact) = (flag("index"), flag("exact"));
        let before = self.unknown.len();
        let mut children = self.nested(node, depth);
        // `<Route path="/old"><Redirect to="/new" /></Route>`
        children.retain(|one| {
            let is_own = one.path.is_none() && !one.index && !one.is_parent;
            one.kind == RouteKind::Page || !is_own
        });
        let is_parent = !children.is_empty() || self.unknown.len() > before;
        let content = self.shown(node);
        // Routes of version 5 may be written right inside what is rendered.
        for one in &content {
            children.extend(self.within(one, depth));
        }
        let is_parent = is_parent || !children.is_empty();
        // Each of several paths has all that is inside.
        let each = size(&children).saturating_add(1);
        self.count = self.count.saturating_add(each.saturating_mul(paths.len()));
        if self.count > MAX_ROUTES {
            self.unknown.push(node.place());
            return Vec::new();
        }
        let target = self.target(node, &content);
        let redirects = is_redirect || self.redirects(node, &content);
        let kind = if redirects {
            RouteKind::Redirect
        } else {
            RouteKind::Page
        };
        let methods = self.methods(node, &content);
        let entry = |path: Option<String>, below: bool| Entry {
            path,
            below,
            index,
            exact,
            target: target.clone(),
            file: node.file().to_owned(),
            kind,
            children: children.clone(),
            is_parent,
            methods: methods.clone(),
        };
        if paths.is_empty() {
            let is_rest = around == Around::Switch && !is_parent;
            return vec![entry(is_rest.then(|| "*".to_owned()), false)];
        }
        let paths = paths.into_iter();
        paths
            .map(|(path, below)| entry(Some(path), below))
            .collect()
    }

    /// The paths of a route, each with whether it goes on from the route around: version 5 has lists of them. None when they
    /// are not known.
    fn paths(&self, node: &Node<'a>, key: &str) -> Option<Vec<(String, bool)>> {
        let value = match self.modules.get(node, key) {
            Lookup::Found(value) => value,
            Lookup::Absent => return Some(Vec::new()),
            Lookup::Unknown | Lookup::Circular => return None,
        };
        if let Some(path) = self.path(&value) {
            return Some(vec![path]);
        }
        if self.modules.truthy(&value) == Some(false) {
            return Some(Vec::new());
        }
        let all = self.modules.elements(&value).certain()?;
        let paths: Option<Vec<_>> = all.iter().map(|one| self.path(one)).collect();
        paths.filter(|paths| !paths.is_empty())
    }

    fn path(&self, value: &Node<'a>) -> Option<(String, bool)> {
        let whole = self.modules.string(value).map(|path| (path, false));
        whole.or_else(|| Some((self.modules.after_match(value)?, true)))
    }

    /// The routes that are written inside a route.
    fn nested(&mut self, node: &Node<'a>, depth: usize) -> Vec<Entry> {
        let depth = depth.saturating_add(1);
        if self.modules.tag(node).is_some() {
            let before = self.unknown.len();
            let inside = self.inside(node, Around::Other, depth);
            // What is not known among the contents of a page makes no routes.
            if inside.is_empty() && self.has_page(node) {
                self.unknown.truncate(before);
            }
            return inside;
        }
        let mut entries = Vec::new();
        for key in ["children", "routes", "childRoutes"] {
            match self.modules.get(node, key) {
                Lookup::Found(list) if self.modules.truthy(&list) != Some(false) => {
                    entries.extend(self.objects(&list, depth));
                }
                Lookup::Unknown if key == "children" => self.unknown.push(node.place()),
                _ => {}
            }
        }
        entries
    }

    /// Whether elements of JSX are between the tags of the route `node`.
    fn has_page(&self, node: &Node<'a>) -> bool {
        let children = self.modules.children(node);
        let mut known = children.known.iter();
        known.any(|one| self.modules.tag(one).is_some()) || !children.unknown.is_empty()
    }

    /// The elements that a route shows.
    fn shown(&self, node: &Node<'a>) -> Vec<Node<'a>> {
        let mut content = Vec::new();
        for key in SHOWN {
            let Lookup::Found(value) = self.modules.get(node, key) else {
                continue;
            };
            let elements = self.modules.content(&value);
            if elements.known.is_empty() && matches!(key, "render" | "component" | "children") {
                content.extend(self.modules.inline(&value).known);
            }
            content.extend(elements.known);
        }
        if content.is_empty() && self.modules.tag(node).is_some() {
            content = self.modules.children(node).known;
        }
        content
    }

    /// The component that is shown: through wrappers that have it alone inside.
    fn target(&self, node: &Node<'a>, content: &[Node<'a>]) -> Option<Target> {
        if let Some(first) = content.first() {
            let mut shown = first.clone();
            for _ in 0..MAX_DEPTH {
                match &*self.modules.children(&shown).known {
                    [only] if self.modules.tag(only).is_some() => shown = only.clone(),
                    _ => break,
                }
            }
            return self.passed(&shown).or_else(|| self.modules.origin(&shown));
        }
        if part(self.modules, node).is_none()
            && self.modules.tag(node).is_some()
            && !SHOWN.iter().any(|key| self.has(node, key))
        {
            return self.modules.origin(node);
        }
        SHOWN
            .iter()
            .find_map(|key| match self.modules.get(node, key) {
                Lookup::Found(value) => self.component(&value),
                _ => None,
            })
    }

    /// The component that an element is told to show: `<RequireUser component={Home} />`.
    fn passed(&self, element: &Node<'a>) -> Option<Target> {
        PASSED.iter().find_map(|key| {
            let told = self.modules.found(element, key)?;
            let inner = SHOWN.iter();
            let inner = inner
                .copied()
                .find_map(|key| self.modules.found(&told, key));
            self.component(&inner.unwrap_or(told))
        })
    }

    /// The component that `value` is, or that a call which makes the content is given.
    pub(super) fn component(&self, value: &Node<'a>) -> Option<Target> {
        if let Some(target) = self.modules.lazy(value) {
            return Some(target);
        }
        if self.modules.name(value).is_some() {
            return self.modules.origin(value);
        }
        if let Some(call) = self.modules.call(value) {
            let mut arguments = call.arguments.iter();
            return arguments.find_map(|argument| self.modules.origin(argument));
        }
        self.modules.origin(value)
    }

    /// Whether the route does nothing but lead elsewhere.
    fn redirects(&self, node: &Node<'a>, content: &[Node<'a>]) -> bool {
        if let [only] = content
            && part(self.modules, only) == Some(Part::Redirect)
        {
            return true;
        }
        // What the loader answers comes before anything that is shown: https://reactrouter.com/api/utils/redirect
        let Lookup::Found(loader) = self.modules.get(node, "loader") else {
            return false;
        };
        let mut answers = self.modules.results(&loader);
        answers.extend(self.modules.thrown(&loader));
        let is_redirect = |one: &Node<'a>| part(self.modules, one) == Some(Part::Redirecting);
        !answers.is_empty() && answers.iter().all(is_redirect)
    }

    /// The methods that a route answers which shows nothing. <https://reactrouter.com/start/data/route-object>
    fn methods(&self, node: &Node<'a>, content: &[Node<'a>]) -> Vec<&'static str> {
        let is_there = |key: &&str| !matches!(self.modules.get(node, key), Lookup::Absent);
        if !content.is_empty() || SHOWN.iter().any(is_there) {
            return Vec::new();
        }
        flat::methods(self.has(node, "loader"), self.has(node, "action"))
    }

    fn has(&self, node: &Node<'a>, key: &str) -> bool {
        matches!(self.modules.get(node, key), Lookup::Found(_))
    }

    fn note(&mut self, elements: &Elements<'a>) {
        self.conditional
            .extend(elements.conditional.iter().map(Node::place));
    }
}

fn size(entries: &[Entry]) -> usize {
    let inner = entries
        .iter()
        .map(|entry| size(&entry.children).saturating_add(1));
    inner.sum()
}
