//! TanStack Router's file routes, in TanStack Start and alone: names of files, or the route tree that is committed.
//!
//! Rules: <https://tanstack.com/router/latest/docs/framework/react/routing/file-naming-conventions>,
//! <https://tanstack.com/start/latest/docs/framework/react/guide/server-routes>.

mod code;
mod config;
mod names;
mod tree;
mod virtual_routes;

use std::collections::BTreeMap;

use oxc_allocator::Allocator;

use super::found::Found;
use super::{Reader, Routes};
use crate::analyze::findings::Findings;
use crate::analyze::parse::Modules;
use crate::analyze::project::Sources;
use crate::analyze::report::RouteKind;
use crate::analyze::secondary::is_secondary;
use crate::analyze::walk;

pub(super) use code::read as read_code;
use names::{Named, Role};

/// Files and folders of a TanStack Start application.
pub(super) const EVIDENCE: &[&str] = &[
    "src/routes",
    "app/routes",
    "src/router.tsx",
    "app.config.ts",
];

/// How TanStack Start projects are read.
pub(super) const READER: Reader = Reader {
    wants,
    configures: |path| path.starts_with("vite.config.") || path.starts_with("app.config."),
    read: |sources, findings| {
        read(sources, findings).unwrap_or_else(|| {
            let detail = "no file route in src/routes/ or app/routes/";
            findings.warn("no_routes_found", detail);
            Routes::default()
        })
    },
};

/// The endings of route files. <https://tanstack.com/router/latest/docs/api/file-based-routing>
const EXTENSIONS: [&str; 4] = ["tsx", "ts", "jsx", "js"];

/// Whether the file at `path` may be a file route although its extension allows no JSX.
fn wants(path: &str) -> bool {
    path.contains("routes/")
}

/// The file routes of a project that uses TanStack Router; none when it has none, and lists its routes in code.
pub(super) fn read(sources: &Sources<'_>, findings: &mut Findings) -> Option<Routes> {
    let allocator = Allocator::default();
    let modules = sources.modules(&allocator);
    let (config, list) = config::read(sources, &modules, findings);
    let tree = tree::read(sources, &config);
    let mut notes = virtual_routes::Notes::default();
    let files = match &list {
        Some(list) => virtual_routes::read(sources, &modules, list, &config, &mut notes),
        None => named(sources, &modules, &config, &mut notes),
    };
    let what = "routes that only running the code would tell";
    findings.warn_of("route_not_static", what, &notes.unknown);
    let is_route = |one: &Named<'_>| {
        let script = sources.script(one.file);
        script.is_some_and(|script| script.file_route.is_some())
    };
    if config.is_virtual && list.is_none() && tree.is_none() {
        let detail = "the list of virtual routes is not static, and no route tree is committed";
        findings.warn("routes_not_static", detail);
        return Some(Routes::default());
    }
    if tree.is_none() && !files.iter().any(is_route) {
        return None;
    }
    let by_path = by_path(&files);
    let mut paths: BTreeMap<String, Option<&str>> = by_path
        .iter()
        .map(|(path, one)| ((*path).to_owned(), Some(one.file)))
        .collect();
    if let Some(tree) = &tree {
        let routes: Vec<&str> = files
            .iter()
            .filter(|one| is_route(one))
            .map(|one| one.file)
            .collect();
        let stale = tree.stale(sources, &routes).filter(|_| !config.is_virtual);
        if let Some(detail) = stale {
            findings.warn("route_tree_stale", detail);
        } else {
            let of_tree = tree.routes.iter().map(|(path, file)| {
                let known = by_path.get(path.as_str()).map(|one| one.file);
                (path.clone(), known.or(file.as_deref()))
            });
            paths = of_tree.collect();
        }
    }
    let mut keys: Vec<&str> = files.iter().map(|one| one.key.as_str()).collect();
    keys.sort_unstable();
    let mut found = Found::default();
    for (path, file) in paths {
        let named = by_path.get(path.as_str());
        let is_parent =
            named.is_some_and(|one| one.role != Role::Index && is_parent(&keys, &one.key));
        add(
            sources,
            &mut found,
            path,
            file.unwrap_or_default(),
            is_parent,
        );
    }
    Some(found.finish(Some("tanstack-router-fs")))
}

/// The files of the folder of the routes by their names, those of each folder that lists its routes by its list.
fn named<'s>(
    sources: &Sources<'s>,
    modules: &Modules<'_>,
    config: &config::Config,
    notes: &mut virtual_routes::Notes,
) -> Vec<Named<'s>> {
    let Some(folder) = &config.folder else {
        return Vec::new();
    };
    let inside = |file: &'s str| file.strip_prefix(folder.as_str())?.strip_prefix('/');
    let files = || sources.files.iter().map(|file| file.path.as_str());
    let mut listed: Vec<&str> = Vec::new();
    let mut found = Vec::new();
    let is_below = |path: &str, folder: &str| {
        let rest = path.strip_prefix(folder);
        folder.is_empty() || rest.is_some_and(|rest| rest.starts_with('/'))
    };
    let mut lists: Vec<&str> = files()
        .filter(|file| virtual_routes::is_list(file) && inside(file).is_some())
        .collect();
    lists.sort_by_key(|file| file.split('/').count());
    for file in lists {
        let path = inside(file).unwrap_or_default();
        let outer = path.rsplit_once('/').map_or("", |(outer, _)| outer);
        if config.ignores(path) || listed.iter().any(|folder| is_below(outer, folder)) {
            continue;
        }
        listed.push(outer);
        let part = virtual_routes::subtree(sources, modules, config, (file, outer), notes);
        found.extend(part);
    }
    let by_name = files()
        .filter(|file| !is_secondary(file) && EXTENSIONS.contains(&walk::extension(file)))
        .filter_map(|file| {
            let inside = inside(file)?;
            let is_listed = listed.iter().any(|folder| is_below(inside, folder));
            (!is_listed).then(|| names::named(inside, file, config))?
        });
    found.extend(by_name);
    found
}

/// One file a path: its index before a page, a page before what is loaded later.
fn by_path<'f, 's>(files: &'f [Named<'s>]) -> BTreeMap<&'f str, &'f Named<'s>> {
    let mut by_path: BTreeMap<&str, &Named<'_>> = BTreeMap::new();
    for one in files {
        let known = by_path.entry(&one.path).or_insert(one);
        if (one.role, one.file) < (known.role, known.file) {
            *known = one;
        }
    }
    by_path
}

/// Whether one of `keys`, which are sorted, is nested in `key`.
fn is_parent(keys: &[&str], key: &str) -> bool {
    let below = format!("{key}/");
    let start = keys.partition_point(|one| *one < below.as_str());
    keys.get(start).is_some_and(|one| one.starts_with(&below))
}

/// Adds the route of `file` to what it is: a page, a redirect, a layout that no page is in, an endpoint.
fn add(sources: &Sources<'_>, found: &mut Found, path: String, file: &str, is_parent: bool) {
    let script = sources.script(file);
    let route = script.and_then(|script| script.file_route.as_ref());
    if let Some(route) = route.filter(|route| route.handles) {
        found.endpoint(path.clone(), file, route.methods.clone());
        if !route.component {
            return;
        }
    }
    let kind = match route {
        Some(route) if route.redirects => RouteKind::Redirect,
        _ if is_parent => RouteKind::LayoutOnly,
        _ => RouteKind::Page,
    };
    found.file_route(path, file, kind);
}
