//! Puts tables of routes together: those that are rendered inside a route of another one go on from its path.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::entry::{Base, Entry, Table};
use super::pattern::{before_splat, below, choices, pattern};
use crate::analyze::frameworks::found::{Found, join};
use crate::analyze::parse::{Modules, Target};
use crate::analyze::report::RouteKind;

/// How many components may lie between a route and the table that is rendered in it.
const MAX_WAY: usize = 6;

/// How many components are looked into on the way.
const MAX_COMPONENTS: usize = 120;

/// How many files are looked into for tables that are no roots.
const MAX_SHOWN: usize = 1_500;

/// How deep tables are rendered in one another at most.
const MAX_TABLES: usize = 8;

/// The most routes that are written out: tables that are rendered in several routes multiply.
const MAX_ROUTES: usize = 20_000;

/// Tables by the file that they are written in.
struct Linked<'m, 'a> {
    modules: &'m Modules<'a>,
    tables: &'m [Table],
    by_file: BTreeMap<&'m Path, Vec<usize>>,
    /// For the component of a route, the tables that are rendered in it.
    inner: BTreeMap<(PathBuf, String), Vec<usize>>,
    /// What is rendered in each file.
    renders: RefCell<HashMap<PathBuf, Rc<[Rendered]>>>,
    written: usize,
    /// The tables that have been written.
    reached: HashSet<usize>,
}

/// A component that is rendered.
struct Rendered {
    /// Where, in bytes of the file's text, when it is inside a function.
    start: Option<u32>,
    target: Target,
}

/// Where a component is written in its file; none when that is not known.
type Extents = Option<Vec<Range<u32>>>;

/// Writes the routes of `tables` to `found`; the files of those that are shown inside other routes, but in which is not known.
///
/// A route whose path ends with a splat shows the `<Routes>` that its component renders:
/// <https://reactrouter.com/6.30.1/components/routes>
pub(super) fn write(modules: &Modules<'_>, tables: &[Table], found: &mut Found) -> Vec<String> {
    let mut by_file: BTreeMap<&Path, Vec<usize>> = BTreeMap::new();
    for (number, table) in tables.iter().enumerate() {
        by_file.entry(&table.path).or_default().push(number);
    }
    let mut linked = Linked {
        modules,
        tables,
        by_file,
        inner: BTreeMap::new(),
        renders: RefCell::default(),
        written: 0,
        reached: HashSet::new(),
    };
    let mut inside = HashSet::new();
    for (number, table) in tables.iter().enumerate() {
        linked.find(number, &table.entries, &mut inside);
    }
    let shown = linked.shown();
    let is_root = |table: &Table| table.base != Base::Splat || !shown.contains(&table.path);
    let has_root = tables
        .iter()
        .any(|table| table.base == Base::Splat && is_root(table));
    let mut lost = Vec::new();
    for (number, table) in tables.iter().enumerate() {
        if inside.contains(&number) {
            continue;
        }
        if has_root && !is_root(table) {
            lost.extend(table.entries.first().map(|entry| entry.file.clone()));
            continue;
        }
        let (below, whole): (Vec<_>, Vec<_>) = table.entries.iter().partition(|one| one.below);
        lost.extend(below.iter().map(|entry| entry.file.clone()));
        for entry in whole {
            let entry = std::slice::from_ref(entry);
            linked.entries(entry, "", "", &mut vec![number], found);
        }
    }
    // Those that are inside one another, or inside some that are not written.
    let unreached = inside.iter().filter(|one| !linked.reached.contains(one));
    let unreached = unreached.filter_map(|number| tables.get(*number)?.entries.first());
    lost.extend(unreached.map(|entry| entry.file.clone()));
    lost
}

impl Linked<'_, '_> {
    /// Finds the tables that are rendered in `entries` of the table `own`.
    fn find(&mut self, own: usize, entries: &[Entry], inside: &mut HashSet<usize>) {
        for entry in entries {
            self.find(own, &entry.children, inside);
            if let Some(target) = &entry.target {
                let tables = self.rendered(target);
                let others = tables.into_iter().filter(|table| *table != own);
                inside.extend(others.filter(|table| self.goes_on(*table, entry)));
            }
        }
    }

    /// The files of all that the routes show, when there are `<Routes>` in several files.
    fn shown(&self) -> HashSet<PathBuf> {
        let is_relative = |table: &&Table| table.base == Base::Splat;
        let relative = self.tables.iter().filter(is_relative);
        let files: HashSet<&Path> = relative.map(|table| table.path.as_path()).collect();
        let mut seen = HashSet::new();
        if files.len() < 2 {
            return seen;
        }
        let mut next = Vec::new();
        for table in self.tables {
            targets(&table.entries, &table.path, &mut next);
        }
        while let Some(path) = next.pop() {
            if seen.len() >= MAX_SHOWN || seen.contains(&path) {
                continue;
            }
            let rendered = self.renders(&path);
            next.extend(rendered.iter().map(|one| one.target.path.clone()));
            seen.insert(path);
        }
        seen
    }

    /// What is rendered in the file `path`, also by its functions that are called to make routes.
    fn renders(&self, path: &Path) -> Rc<[Rendered]> {
        if let Some(known) = self.renders.borrow().get(path) {
            return Rc::clone(known);
        }
        let is_wanted = |name: &str| {
            name.starts_with(char::is_uppercase)
                || ["render", "oute"].iter().any(|part| name.contains(part))
        };
        let rendered = self.modules.uses_of(path, &is_wanted);
        let rendered = rendered.iter().filter_map(|used| {
            let is_element = self.modules.tag(used).is_some();
            let called = Modules::subject(used).filter(|_| !is_element);
            let target = self.modules.origin(called.as_ref().unwrap_or(used))?;
            let is_wanted = is_element || target.path == path;
            is_wanted.then(|| Rendered {
                start: used.start_inside(),
                target,
            })
        });
        let rendered: Rc<[Rendered]> = rendered.collect();
        let mut known = self.renders.borrow_mut();
        known.insert(path.to_owned(), Rc::clone(&rendered));
        rendered
    }

    /// The tables that the component `target` renders, or else the nearest of the components that it renders.
    fn rendered(&mut self, target: &Target) -> Vec<usize> {
        let key = |target: &Target| (target.path.clone(), target.export.clone());
        if let Some(known) = self.inner.get(&key(target)) {
            return known.clone();
        }
        let mut seen = HashSet::from([key(target)]);
        let mut layer = vec![target.clone()];
        let mut tables = BTreeSet::new();
        for _ in 0..MAX_WAY {
            let mut next = Vec::new();
            for one in &layer {
                let extents = self.modules.extents(one);
                let here = self.by_file.get(one.path.as_path());
                let here = here.into_iter().flatten().filter(|number| {
                    let table = self.tables.get(**number);
                    table.is_some_and(|table| is_in(table.start, &extents))
                });
                tables.extend(here);
                for inner in self.renders(&one.path).iter() {
                    let is_new = is_in(inner.start, &extents)
                        && seen.len() < MAX_COMPONENTS
                        && seen.insert(key(&inner.target));
                    next.extend(is_new.then(|| inner.target.clone()));
                }
            }
            if !tables.is_empty() {
                break;
            }
            layer = next;
        }
        let tables: Vec<usize> = tables.into_iter().collect();
        self.inner.insert(key(target), tables.clone());
        tables
    }

    /// Writes `entries`, which are inside `parent` of a table that goes on from `base`.
    fn entries(
        &mut self,
        entries: &[Entry],
        base: &str,
        parent: &str,
        way: &mut Vec<usize>,
        found: &mut Found,
    ) {
        for entry in entries {
            self.written = self.written.saturating_add(1);
            if self.written > MAX_ROUTES {
                return;
            }
            let own = entry.path.as_deref();
            let path = own.map_or_else(|| parent.to_owned(), |own| below(parent, own));
            if entry.is_parent {
                self.entries(&entry.children, base, &path, way, found);
                if own.is_none() || entry.target.is_none() {
                    continue;
                }
                if !entry.is_leaf() {
                    self.tables_in(entry, base, &path, way, found);
                    continue;
                }
            }
            if own.is_none() && !entry.index {
                // A layout with nothing in it never matches.
                continue;
            }
            if self.tables_in(entry, base, &path, way, found) || self.is_frame(entry, way) {
                continue;
            }
            let full = pattern(&join(base, &path));
            if entry.is_endpoint() {
                found.endpoint(full, entry.shown(), entry.methods.clone());
            } else {
                found.route(full, entry.shown(), entry.kind);
            }
        }
    }

    /// Whether the paths of the table `number` go on from that of `entry`, in which it is rendered.
    fn goes_on(&self, number: usize, entry: &Entry) -> bool {
        let base = self.tables.get(number).map(|table| table.base);
        entry.kind == RouteKind::Page
            && match (base, entry.path.as_deref()) {
                (Some(Base::Splat), Some(path)) => before_splat(path).is_some(),
                (Some(Base::Match), Some(_)) => !entry.exact && !entry.is_parent,
                _ => false,
            }
    }

    /// Whether the route `entry` of version 5 shows a component with a table whose paths are below its own.
    fn is_frame(&mut self, entry: &Entry, way: &[usize]) -> bool {
        let (Some(target), Some(path)) = (&entry.target, entry.path.as_deref()) else {
            return false;
        };
        if self.is_covered(target, path, way) {
            return true;
        }
        if entry.exact || path.trim_matches('/').is_empty() || before_splat(path).is_some() {
            return false;
        }
        let own = join("", path);
        let mut tables = self.rendered(target).into_iter();
        tables.any(|number| {
            let table = self.tables.get(number);
            let table = table.filter(|table| table.base == Base::Root && !way.contains(&number));
            let entries = table.iter().flat_map(|table| &table.entries);
            let mut paths = entries.filter_map(|one| one.path.as_deref());
            paths.any(|one| {
                one.strip_prefix(&*own)
                    .is_some_and(|rest| rest.starts_with('/'))
            })
        })
    }

    /// Whether each of several paths that `path` is a choice of is one of a table that the component `target` renders.
    fn is_covered(&mut self, target: &Target, path: &str, way: &[usize]) -> bool {
        let Some(chosen) = choices(path).filter(|chosen| chosen.len() > 1) else {
            return false;
        };
        let tables = self.rendered(target).into_iter();
        let tables = tables.filter(|number| !way.contains(number));
        let tables = tables.filter_map(|number| self.tables.get(number));
        let entries = tables.flat_map(|table| &table.entries);
        let paths = entries.filter_map(|one| choices(one.path.as_deref()?));
        let inside: HashSet<String> = paths.flatten().collect();
        chosen.iter().all(|one| inside.contains(one))
    }

    /// Writes the tables that are rendered in `entry`; false when there are none, or when it is a page of its own beside them.
    fn tables_in(
        &mut self,
        entry: &Entry,
        base: &str,
        path: &str,
        way: &mut Vec<usize>,
        found: &mut Found,
    ) -> bool {
        let Some(target) = &entry.target else {
            return false;
        };
        let mut tables = self.rendered(target);
        tables.retain(|table| !way.contains(table) && self.goes_on(*table, entry));
        if way.len() > MAX_TABLES || tables.is_empty() {
            return false;
        }
        let base = join(base, before_splat(path).unwrap_or(path));
        let mut is_page = true;
        for number in tables {
            let Some(table) = self.tables.get(number) else {
                continue;
            };
            self.reached.insert(number);
            way.push(number);
            for one in &table.entries {
                let is_own = one.below && one.path.as_deref() == Some("");
                is_page &= table.is_lone && !is_own;
                let is_whole = table.base == Base::Match && !one.below;
                let base = if is_whole { "" } else { &*base };
                self.entries(std::slice::from_ref(one), base, "", way, found);
            }
            way.pop();
        }
        !is_page
    }
}

/// Whether what begins at `start` is in `extents`; also when either is not known.
fn is_in(start: Option<u32>, extents: &Extents) -> bool {
    let (Some(start), Some(extents)) = (start, extents) else {
        return true;
    };
    extents.iter().any(|extent| extent.contains(&start))
}

/// The files that `entries` of the file `own` show.
fn targets(entries: &[Entry], own: &Path, out: &mut Vec<PathBuf>) {
    for entry in entries {
        targets(&entry.children, own, out);
        let target = entry.target.as_ref().filter(|target| target.path != own);
        out.extend(target.map(|target| target.path.clone()));
    }
}
