//! Routes that are written as objects: records with children, wherever a router is made of them or given more.

use std::collections::{BTreeSet, HashMap};

use super::pattern;
use crate::analyze::findings::Findings;
use crate::analyze::frameworks::found::{Found, join};
use crate::analyze::parse::{Lookup, Modules, Node};
use crate::analyze::report::RouteKind;

/// How deep records may nest.
const MAX_DEPTH: usize = 24;

/// How many records are read; their parts may be used more than once.
const MAX_RECORDS: usize = 20_000;

/// Reads records, and collects what they come to.
pub(super) struct Records<'r, 'a> {
    modules: &'r Modules<'a>,
    found: &'r mut Found,
    findings: &'r mut Findings,
    /// The paths of records by their name, for those that are added to them later.
    names: HashMap<String, String>,
    count: usize,
    aliased: Vec<String>,
    /// The places of lists and records that are not known, and of those that depend on a condition.
    unknown: Vec<String>,
    conditional: Vec<String>,
    /// The files that use routes which a plugin makes of files.
    made: BTreeSet<String>,
}

impl<'r, 'a> Records<'r, 'a> {
    /// None yet.
    pub(super) fn new(
        modules: &'r Modules<'a>,
        found: &'r mut Found,
        findings: &'r mut Findings,
    ) -> Self {
        Self {
            modules,
            found,
            findings,
            names: HashMap::new(),
            count: 0,
            aliased: Vec::new(),
            unknown: Vec::new(),
            conditional: Vec::new(),
            made: BTreeSet::new(),
        }
    }

    /// Reads the list of records `node`, whose paths are below `parent`.
    ///
    /// Only records without children are routes; one whose path begins with a slash is not below its parent:
    /// <https://router.vuejs.org/guide/essentials/nested-routes.html>
    pub(super) fn list(&mut self, node: &Node<'a>, parent: &str, depth: usize) {
        let elements = self.modules.elements(node);
        for unknown in &elements.unknown {
            self.not_static(unknown);
        }
        let conditional = elements.conditional.iter();
        self.conditional.extend(conditional.map(Node::place));
        for record in &elements.known {
            self.record(record, parent, depth);
        }
    }

    /// Reads the record `node` below the record called `name`, as `addRoute` takes them; at the root without a name.
    pub(super) fn added(&mut self, node: &Node<'a>, name: Option<&str>) {
        let parent = match name {
            None => Some(String::new()),
            Some(name) => self.names.get(name).cloned(),
        };
        match parent {
            Some(parent) => self.record(node, &parent, 0),
            None => self.not_static(node),
        }
    }

    /// `file` uses routes that a plugin makes: what is not known there are those.
    pub(super) fn made_in(&mut self, file: &str) {
        self.made.insert(file.to_owned());
    }

    /// Tells that the record or list at `node` is not known.
    pub(super) fn not_static(&mut self, node: &Node<'a>) {
        if self.made.contains(node.file()) {
            return;
        }
        self.unknown.push(node.place());
    }

    /// Tells that all paths of the router at `node` are served under `base`.
    pub(super) fn base(&mut self, base: Option<String>, node: &Node<'a>) {
        let base = base.filter(|base| !matches!(base.as_str(), "" | "/"));
        if let Some(base) = base {
            let file = node.file();
            let detail = format!("all paths are served under {base} (the router in {file})");
            self.findings.note("base_path", detail);
        }
    }

    fn record(&mut self, node: &Node<'a>, parent: &str, depth: usize) {
        self.count = self.count.saturating_add(1);
        if depth > MAX_DEPTH || self.count > MAX_RECORDS {
            let detail = "routes that nest too deeply, or too many of them, were left out";
            self.findings.warn("routes_not_read", detail);
            return;
        }
        let path = self.at(node, "path");
        let path = path.and_then(|path| self.modules.string(&path));
        let Some(path) = path else {
            self.not_static(node);
            return;
        };
        // Menus are made of routes, so that links to elsewhere are among them.
        if path.contains("://") {
            return;
        }
        let path = pattern(&path);
        let full = if path.starts_with('/') {
            join("", &path)
        } else {
            join(parent, &path)
        };
        let name = self.at(node, "name");
        if let Some(name) = name.and_then(|name| self.modules.string(&name)) {
            self.names.entry(name).or_insert_with(|| full.clone());
        }
        if let Some(children) = self.at(node, "children")
            && !self.is_empty(&children)
        {
            self.list(&children, &full, depth.saturating_add(1));
            return;
        }
        let component = self.at(node, "component").or_else(|| {
            let views = self.at(node, "components")?;
            self.at(&views, "default")
        });
        let redirects = self.at(node, "redirect").is_some();
        let file = component.as_ref().and_then(|one| self.modules.origin(one));
        let file = file.map_or_else(|| node.file().to_owned(), |target| target.file);
        if self.at(node, "alias").is_some() {
            self.aliased.push(file.clone());
        }
        let kind = if redirects {
            RouteKind::Redirect
        } else {
            RouteKind::Page
        };
        self.found.route(full, &file, kind);
    }

    fn is_empty(&self, list: &Node<'a>) -> bool {
        let elements = self.modules.elements(list);
        elements.known.is_empty() && elements.unknown.is_empty()
    }

    fn at(&self, node: &Node<'a>, key: &str) -> Option<Node<'a>> {
        match self.modules.get(node, key) {
            Lookup::Found(value) => Some(value),
            _ => None,
        }
    }

    /// Tells what has been left out of the list of routes.
    pub(super) fn finish(self) {
        let what = "pages with further paths (`alias`)";
        self.findings.note_of("page_aliases", what, &self.aliased);
        let what = "routes that only running the code would tell";
        self.findings
            .warn_of("route_not_static", what, &self.unknown);
        let what = "routes that depend on a condition";
        self.findings
            .note_of("route_conditional", what, &self.conditional);
    }
}
