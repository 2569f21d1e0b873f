//! Routes of react-admin, which makes those of its resources itself and renders all by React Router.
//!
//! <https://marmelab.com/react-admin/Resource.html>, <https://marmelab.com/react-admin/CustomRoutes.html>,
//! <https://marmelab.com/react-admin/Admin.html>

use std::path::PathBuf;

use super::entry::{Base, Entry, Table};
use super::note_base;
use super::tables::{Around, Tables};
use crate::analyze::findings::Findings;
use crate::analyze::frameworks::found::join;
use crate::analyze::parse::{Lookup, Node, Target};
use crate::analyze::project::Sources;
use crate::analyze::report::RouteKind;

/// The packages that have its elements.
const PACKAGES: [&str; 2] = ["react-admin", "ra-core"];

/// What a resource shows, and where below its name.
const PAGES: [(&str, &str); 4] = [
    ("list", ""),
    ("create", "create"),
    ("edit", ":id"),
    ("show", ":id/show"),
];

/// What the whole administration shows, and where.
const OWN_PAGES: [(&str, &str); 2] = [("dashboard", "/"), ("loginPage", "/login")];

/// The tables of the elements of react-admin in `files`; none when the project does not use it.
pub(super) fn tables(
    sources: &Sources<'_>,
    files: &[PathBuf],
    tables: &mut Tables<'_, '_>,
    findings: &mut Findings,
) -> Vec<Table> {
    let mut all = Vec::new();
    if !PACKAGES.iter().any(|name| sources.manifest.has(name)) {
        return all;
    }
    let modules = tables.modules;
    for file in files {
        let mut entries = Vec::new();
        for node in modules.uses(file, &["Admin", "Resource", "CustomRoutes"]) {
            let Some(tag) = modules.tag(&node) else {
                continue;
            };
            match tag.last() {
                // It may also be one of the project's own around it.
                "Admin" => {
                    // https://marmelab.com/react-admin/Admin.html#basename
                    note_base(modules, &node, findings);
                    entries.extend(shown(tables, &node, "", &OWN_PAGES));
                }
                "Resource" if tag.is_from(&PACKAGES) => entries.extend(resource(tables, &node)),
                "CustomRoutes" if tag.is_from(&PACKAGES) => {
                    let children = modules.children(&node);
                    entries.extend(tables.elements(&children, Around::Other, 0));
                }
                _ => {}
            }
        }
        all.push(Table {
            path: file.clone(),
            start: None,
            entries,
            base: Base::Root,
            is_lone: false,
        });
    }
    all
}

fn resource<'a>(tables: &mut Tables<'_, 'a>, node: &Node<'a>) -> Vec<Entry> {
    let name = match tables.modules.get(node, "name") {
        Lookup::Found(name) => tables.modules.string(&name),
        _ => None,
    };
    let Some(name) = name else {
        tables.unknown.push(node.place());
        return Vec::new();
    };
    let mut entries = shown(tables, node, &name, &PAGES);
    let children = tables.modules.children(node);
    let mut inside = tables.elements(&children, Around::Other, 0);
    for entry in &mut inside {
        let path = entry.path.as_deref().unwrap_or_default();
        entry.path = Some(join(&name, path));
    }
    entries.append(&mut inside);
    entries
}

/// A route for each of `pages` that `node` has.
fn shown<'a>(
    tables: &Tables<'_, 'a>,
    node: &Node<'a>,
    base: &str,
    pages: &[(&str, &str)],
) -> Vec<Entry> {
    let modules = tables.modules;
    let there = |key: &str| match modules.get(node, key) {
        Lookup::Found(value) if modules.truthy(&value) != Some(false) => Some(value),
        _ => None,
    };
    let made = pages.iter().filter_map(|(key, path)| {
        let value = there(key)?;
        Some(Entry {
            path: Some(join(base, path)),
            below: false,
            index: false,
            exact: true,
            target: component(tables, &value),
            file: node.file().to_owned(),
            kind: RouteKind::Page,
            children: Vec::new(),
            is_parent: false,
            methods: Vec::new(),
        })
    });
    made.collect()
}

/// The file of a component or element.
fn component<'a>(tables: &Tables<'_, 'a>, value: &Node<'a>) -> Option<Target> {
    match &*tables.modules.content(value).known {
        [element] => tables.modules.origin(element),
        _ => tables.component(value),
    }
}
