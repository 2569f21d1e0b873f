//! React Router: routes as elements and as objects (library mode), and those of `routes.ts` (framework mode).

mod admin;
mod config;
mod entry;
mod known;
mod link;
mod pattern;
mod settings;
mod tables;

use std::path::Path;

use oxc_allocator::Allocator;

use super::found::Found;
use super::using;
use crate::analyze::findings::Findings;
use crate::analyze::parse::{Lookup, Modules, Node};
use crate::analyze::project::Sources;

pub(super) use config::{EVIDENCE, READER, routes_of};
use entry::{Base, Entry, Table};
use known::{Part, part};
use tables::{Around, Tables};

/// Reads the routes that the project's code hands to React Router, or to one that is like it; the strategy that this is.
pub(super) fn read(
    sources: &Sources<'_>,
    found: &mut Found,
    findings: &mut Findings,
) -> Option<&'static str> {
    let allocator = Allocator::default();
    let modules = sources.modules(&allocator);
    let mut tables = Tables::new(&modules);
    let mut all = Vec::new();
    let files: Vec<_> = using(sources, |_| true).collect();
    let uses: Vec<_> = files
        .iter()
        .flat_map(|file| {
            modules
                .uses_of(file, &known::is_likely)
                .into_iter()
                .map(move |node| (file, node))
        })
        .filter_map(|(file, node)| Some((file, part(&modules, &node)?, node)))
        .collect();
    for (file, part, node) in &uses {
        all.extend(table(&mut tables, file, node, *part, findings));
    }
    let admin = admin::tables(sources, &files, &mut tables, findings);
    let is_admin = admin.iter().any(|table| !table.entries.is_empty());
    all.extend(admin);
    for (file, part, node) in &uses {
        match part {
            Part::Route => all.extend(left_over(&mut tables, file, node)),
            Part::Redirect => all.extend(left_redirect(&mut tables, file, node)),
            _ => {}
        }
    }
    // Tests and previews have routers in memory as well.
    if all.iter().all(|table: &Table| table.entries.is_empty()) {
        for (file, _, node) in uses.iter().filter(|(_, part, _)| *part == Part::Memory) {
            all.extend(table(&mut tables, file, node, Part::Create, findings));
        }
    }
    findings.warn_of(
        "route_not_static",
        "routes that only running the code would tell",
        &tables.unknown,
    );
    findings.note_of(
        "route_conditional",
        "routes that depend on a condition",
        &tables.conditional,
    );
    let lost = link::write(&modules, &all, found);
    findings.warn_of(
        "route_not_static",
        "routes inside others, but in which is not known",
        &lost,
    );
    let mut own = uses.iter().map(|(_, _, node)| node);
    let is_own = is_admin || own.any(|node| !known::is_alike(&modules, node));
    let has_routes = !found.is_empty() || !tables.unknown.is_empty();
    (is_own && has_routes).then_some("react-router")
}

/// The table that the call or element `node` hands to the router.
fn table<'a>(
    tables: &mut Tables<'_, 'a>,
    file: &Path,
    node: &Node<'a>,
    part: Part,
    findings: &mut Findings,
) -> Option<Table> {
    let modules = tables.modules;
    if tables.read.contains(&node.place_in_text()) {
        return None;
    }
    let (mut entries, base) = match part {
        Part::Create | Part::Use => {
            let call = modules.call(node)?;
            if let Some(options) = call.arguments.get(1).filter(|_| part == Part::Create) {
                note_base(modules, options, findings);
            }
            let list = call.arguments.first()?;
            let base = if part == Part::Use {
                Base::Splat
            } else {
                Base::Root
            };
            (tables.objects(list, 0), base)
        }
        Part::Routes => {
            tables.read.insert(node.place_in_text());
            let children = modules.children(node);
            (tables.elements(&children, Around::Other, 0), Base::Splat)
        }
        Part::Switch => {
            tables.read.insert(node.place_in_text());
            let children = modules.children(node);
            (tables.elements(&children, Around::Switch, 0), Base::Root)
        }
        Part::Router => {
            note_base(modules, node, findings);
            return None;
        }
        Part::Route | Part::Redirect | Part::FromElements | Part::Redirecting | Part::Memory => {
            return None;
        }
    };
    let is_below = entries.iter().any(|entry| entry.below);
    for entry in entries.iter_mut().filter(|_| is_below) {
        // What is left of the paths is so below the same route.
        entry.below |= entry.path.as_deref() == Some("*");
    }
    Some(Table {
        path: file.to_owned(),
        start: node.start_inside(),
        entries,
        base: if is_below { Base::Match } else { base },
        is_lone: false,
    })
}

/// A route that is in no table: version 5 needs none, and later ones may get it in a way that is not static, but then its path
/// counts only when it is absolute.
fn left_over<'a>(tables: &mut Tables<'_, 'a>, file: &Path, node: &Node<'a>) -> Option<Table> {
    // A wrapper that passes a path on makes no route by itself.
    let is_passing = !matches!(tables.modules.get(node, "path"), Lookup::Found(_));
    let is_read = tables.read.contains(&node.place_in_text());
    if is_passing || is_read || is_always_shown(tables.modules, node) {
        return None;
    }
    let mut entries = tables.route(node, Around::Other, 0);
    entries.retain(|entry| {
        let path = entry.path.as_ref();
        entry.below || path.is_some_and(|path| path.starts_with(['/', '*']))
    });
    Some(lone(file, node, entries))
}

/// Whether a function between the tags of a route, or its `children`, is called without a match as well, as links do that
/// show whether they are active. <https://v5.reactrouter.com/web/api/Route/children-func>
fn is_always_shown<'a>(modules: &Modules<'a>, node: &Node<'a>) -> bool {
    let mut shown = modules.children(node).unknown;
    if let Lookup::Found(children) = modules.get(node, "children") {
        shown.push(children);
    }
    shown.iter().any(Modules::is_function)
}

/// `<Redirect to={`${match.url}/first`} />`, which is in no table: it leads on from the route that it is rendered in.
fn left_redirect<'a>(tables: &mut Tables<'_, 'a>, file: &Path, node: &Node<'a>) -> Option<Table> {
    let modules = tables.modules;
    let Lookup::Found(to) = modules.get(node, "to") else {
        return None;
    };
    if tables.read.contains(&node.place_in_text()) || modules.after_match(&to)?.is_empty() {
        return None;
    }
    let mut entries = tables.route(node, Around::Other, 0);
    entries.retain(|entry| entry.path.is_none());
    for entry in &mut entries {
        entry.path = Some(String::new());
        entry.below = true;
    }
    Some(lone(file, node, entries))
}

fn lone(file: &Path, node: &Node<'_>, entries: Vec<Entry>) -> Table {
    let is_below = entries.iter().any(|entry| entry.below);
    Table {
        path: file.to_owned(),
        start: node.start_inside(),
        entries,
        base: if is_below { Base::Match } else { Base::Root },
        is_lone: true,
    }
}

/// Notes what all paths begin with. <https://reactrouter.com/api/declarative-routers/BrowserRouter#basename>
fn note_base<'a>(modules: &Modules<'a>, options: &Node<'a>, findings: &mut Findings) {
    if let Lookup::Found(base) = modules.get(options, "basename") {
        let place = options.file();
        let detail = match modules.string(&base) {
            Some(base) if base.trim_matches('/').is_empty() => return,
            Some(base) => format!("all paths are served under {base} (`basename` in {place})"),
            None => format!("all paths are served under a `basename` that is not static ({place})"),
        };
        findings.note("base_path", detail);
    }
}
