//! Routes that are written as objects: records with children, wherever a router is made of them or given more.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::gathered::Gathered;
use super::pattern;
use crate::analyze::findings::Findings;
use crate::analyze::frameworks::found::{Found, MAX_PATH, join};
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
    /// Tables that a bundler gathers, which have not been read, and the files that gather those that have.
    gathered: Gathered<'a>,
    gathering: BTreeSet<String>,
    /// The places of calls that records are taken from which these are called with.
    passed: BTreeSet<String>,
    /// The places of all records so far.
    read: HashSet<String>,
    /// The places of tables that code may add.
    addable: Vec<String>,
}

impl<'r, 'a> Records<'r, 'a> {
    /// None yet.
    pub(super) fn new(
        modules: &'r Modules<'a>,
        found: &'r mut Found,
        findings: &'r mut Findings,
        gathered: Gathered<'a>,
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
            gathered,
            gathering: BTreeSet::new(),
            passed: BTreeSet::new(),
            read: HashSet::new(),
            addable: Vec::new(),
        }
    }

    /// Reads the list of records `node`, whose paths are below `parent`.
    ///
    /// Only records without children are routes; one whose path begins with a slash is not below its parent:
    /// <https://router.vuejs.org/guide/essentials/nested-routes.html>
    pub(super) fn list(&mut self, node: &Node<'a>, parent: &str, depth: usize) {
        let elements = self.modules.elements(node);
        for unknown in &elements.unknown {
            if !self.made_of(unknown, parent, depth) {
                self.not_static(unknown);
            }
        }
        let conditional = elements.conditional.iter();
        self.conditional.extend(conditional.map(Node::place));
        for record in &elements.known {
            self.record(record, parent, depth);
        }
    }

    /// Reads what the list `unknown` is made of by code that is not followed: the records that a function is called with, which
    /// it is taken to sort or dress up, or what a bundler gathers where it is written. Whether there is any.
    fn made_of(&mut self, unknown: &Node<'a>, parent: &str, depth: usize) -> bool {
        let file = unknown.file();
        let depth = depth.saturating_add(1);
        self.count = self.count.saturating_add(1);
        if self.made.contains(file) || depth > MAX_DEPTH || self.count > MAX_RECORDS {
            return false;
        }
        let mut is_known = false;
        for argument in Modules::arguments(unknown) {
            let is_read = is_table(self.modules, &argument);
            if is_read {
                self.passed.insert(unknown.place());
                self.table(&argument, parent, depth);
            } else if !Modules::arguments(&argument).is_empty() {
                is_known |= self.made_of(&argument, parent, depth);
            }
            is_known |= is_read;
        }
        let made = Modules::subject(unknown).filter(|_| !is_known);
        let made = made.map(|function| self.modules.results(&function));
        for value in made.into_iter().flatten() {
            is_known |= self.made_of(&value, parent, depth);
        }
        if is_known {
            return true;
        }
        if let Some(tables) = self.gathered.tables.remove(file) {
            self.gathering.insert(file.to_owned());
            for table in &tables {
                self.table(table, parent, depth);
            }
            return true;
        }
        self.gathering.contains(file)
    }

    /// Reads a list of records, or one.
    fn table(&mut self, node: &Node<'a>, parent: &str, depth: usize) {
        if is_record(self.modules, node) {
            self.record(node, parent, depth);
        } else {
            self.list(node, parent, depth);
        }
    }

    /// Reads the gathered tables that no list has come to: code puts them where it likes, so their paths are whole.
    pub(super) fn rest(&mut self) {
        for (file, tables) in std::mem::take(&mut self.gathered.tables) {
            self.gathering.insert(file);
            for table in &tables {
                self.table(table, "", 0);
            }
        }
    }

    /// Reads the lists of records among `exports`, unless they have been read or are part of one another, when code that is
    /// not known adds routes: that is what they are exported for.
    pub(super) fn addable(&mut self, exports: Vec<Node<'a>>) {
        if self.unknown.is_empty() {
            return;
        }
        let mut tables = Vec::new();
        for table in exports {
            let records = self.modules.elements(&table).known;
            let is_new = |record: &Node<'a>| !self.read.contains(&record.place_in_text());
            let is_whole = |record: &Node<'a>| {
                let path = self.text(record, "path").unwrap_or_default();
                path.starts_with(['/', '*'])
            };
            if records.iter().any(is_new) && records.first().is_some_and(is_whole) {
                tables.push((table, records));
            }
        }
        let mut inner = HashSet::new();
        for (_, records) in &tables {
            for record in records {
                self.reach(record, &mut inner, 0);
            }
        }
        for (table, records) in &tables {
            if !records
                .iter()
                .any(|one| inner.contains(&one.place_in_text()))
            {
                self.addable.extend(records.first().map(Node::place));
                self.list(table, "", 0);
            }
        }
    }

    /// The places of all records below `record`.
    fn reach(&self, record: &Node<'a>, places: &mut HashSet<String>, depth: usize) {
        if depth > MAX_DEPTH || places.len() > MAX_RECORDS {
            return;
        }
        let children = self.at(record, "children");
        let children = children.map(|list| self.modules.elements(&list).known);
        for child in children.into_iter().flatten() {
            if places.insert(child.place_in_text()) {
                self.reach(&child, places, depth.saturating_add(1));
            }
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
        self.read.insert(node.place_in_text());
        let Some(path) = self.text(node, "path") else {
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
        if full.len() <= MAX_PATH
            && let Some(name) = self.text(node, "name")
        {
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
        let is_absent = |key| matches!(self.modules.get(node, key), Lookup::Absent);
        if !redirects && is_absent("component") && is_absent("components") {
            return;
        }
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
        self.modules.found(node, key)
    }

    fn text(&self, node: &Node<'a>, key: &str) -> Option<String> {
        self.modules.string(&self.at(node, key)?)
    }

    /// Tells what has been left out of the list of routes.
    pub(super) fn finish(self) {
        let what = "routes that are gathered by a glob are not read";
        let unread = &self.gathered.unread;
        self.findings.warn_of("route_not_static", what, unread);
        let what = "routes that are gathered by a glob are those of the modules, whatever code makes of them";
        let gathering: Vec<String> = self.gathering.into_iter().collect();
        self.findings.note_of("routes_gathered", what, &gathering);
        let what = "routes that are passed through code that is not followed, and may change there";
        let passed: Vec<String> = self.passed.into_iter().collect();
        self.findings.note_of("routes_passed", what, &passed);
        let what = "lists of routes that code may add, in part or in whole";
        self.findings
            .note_of("route_conditional", what, &self.addable);
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

/// Whether `node` is a record: an object with a path, and with what is there.
pub(super) fn is_record<'a>(modules: &Modules<'a>, node: &Node<'a>) -> bool {
    let has = |key: &str| modules.found(node, key).is_some();
    let path = modules.found(node, "path");
    let path = path.and_then(|path| modules.string(&path));
    path.is_some()
        && ["component", "components", "children", "redirect"]
            .into_iter()
            .any(has)
}

/// Whether `node` is a list of records, or one. Menus are made of routes, so that entries with nothing but a path may be among
/// them, such as links to elsewhere.
pub(super) fn is_table<'a>(modules: &Modules<'a>, node: &Node<'a>) -> bool {
    if is_record(modules, node) {
        return true;
    }
    let records = modules.elements(node).known;
    let has_path = |one: &Node<'a>| modules.found(one, "path").is_some();
    records.iter().any(|one| is_record(modules, one)) && records.iter().all(has_path)
}
