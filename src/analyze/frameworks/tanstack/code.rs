//! Routes of TanStack Router that are made in code.
//!
//! <https://tanstack.com/router/latest/docs/framework/react/routing/code-based-routing>

use std::collections::{BTreeMap, HashSet};

use oxc_allocator::Allocator;

use super::names::SPLAT;
use crate::analyze::findings::Findings;
use crate::analyze::frameworks::found::{Found, join};
use crate::analyze::frameworks::using;
use crate::analyze::parse::{Call, Lookup, Modules, Node};
use crate::analyze::project::Sources;
use crate::analyze::report::RouteKind;

/// The functions and classes that make routes; the classes are those of versions before 1.
const MAKERS: [&str; 2] = ["createRoute", "Route"];
const ROOTS: [&str; 4] = [
    "createRootRoute",
    "createRootRouteWithContext",
    "rootRouteWithContext",
    "RootRoute",
];

/// The packages that have them.
const PACKAGES: [&str; 3] = [
    "@tanstack/react-router",
    "@tanstack/solid-router",
    "@tanstack/router",
];

/// How deep routes are nested at most.
const MAX_DEPTH: usize = 40;

/// A route that is made in code.
struct Made {
    /// Its path in its parent; none for a layout that has only an `id`.
    path: Option<String>,
    /// The place of its parent; none when that is not known.
    parent: Option<String>,
    file: String,
    kind: RouteKind,
}

/// Reads the routes that the code makes into `found`.
pub(in crate::analyze::frameworks) fn read(
    sources: &Sources<'_>,
    found: &mut Found,
    findings: &mut Findings,
) {
    let allocator = Allocator::default();
    let modules = sources.modules(&allocator);
    let mut made = BTreeMap::new();
    let mut unknown = Vec::new();
    for file in using(sources, |name| MAKERS.contains(&name)) {
        for node in modules.uses(&file, &MAKERS) {
            let Some(call) = modules
                .call(&node)
                .filter(|call| call.name.is_from(&PACKAGES))
            else {
                continue;
            };
            match route(&modules, &node, &call) {
                Some(route) => {
                    made.insert(node.place_in_text(), route);
                }
                None => unknown.push(node.place()),
            }
        }
    }
    let parents: HashSet<&String> = made
        .values()
        .filter_map(|one| one.parent.as_ref())
        .collect();
    for (_, one) in made.iter().filter(|(place, _)| !parents.contains(place)) {
        if one.path.is_none() {
            // A layout with nothing in it.
            continue;
        }
        match path_of(&made, one) {
            Some(path) => found.route(join("", &path), &one.file, one.kind),
            None => unknown.push(one.file.clone()),
        }
    }
    findings.warn_of(
        "route_not_static",
        "routes that only running the code would tell",
        &unknown,
    );
}

/// The route that `call` at `node` makes; none when its path is not known.
fn route<'a>(modules: &Modules<'a>, node: &Node<'a>, call: &Call<'a>) -> Option<Made> {
    let options = call.arguments.first()?;
    let path = match modules.get(options, "path") {
        Lookup::Found(path) => Some(modules.string(&path)?),
        Lookup::Absent => None,
        Lookup::Unknown | Lookup::Circular => return None,
    };
    let parent = match modules.get(options, "getParentRoute") {
        Lookup::Found(parent) => parent_of(modules, &parent),
        _ => None,
    };
    let component = match modules.get(options, "component") {
        Lookup::Found(component) => modules.origin(&component),
        _ => None,
    };
    let has_component = matches!(modules.get(options, "component"), Lookup::Found(_));
    let redirects = !has_component
        && ["beforeLoad", "loader"]
            .iter()
            .any(|key| match modules.get(options, key) {
                // Both are documented: https://tanstack.com/router/latest/docs/framework/react/guide/authenticated-routes
                Lookup::Found(function) => {
                    let results = modules.results(&function).into_iter();
                    results.chain(modules.thrown(&function)).any(|one| {
                        let call = modules.call(&one);
                        call.is_some_and(|call| call.name.last() == "redirect")
                    })
                }
                _ => false,
            });
    Some(Made {
        path,
        parent,
        file: component.map_or_else(|| node.file().to_owned(), |target| target.file),
        kind: if redirects {
            RouteKind::Redirect
        } else {
            RouteKind::Page
        },
    })
}

/// The place where the route that `function` returns is made; empty for a root.
fn parent_of<'a>(modules: &Modules<'a>, function: &Node<'a>) -> Option<String> {
    let mut results = modules.results(function);
    let mut node = modules.resolve(&results.pop().filter(|_| results.is_empty())?)?;
    // `createRoute(…).lazy(…)`, `createRootRouteWithContext<Context>()(…)`
    for _ in 0..MAX_DEPTH {
        if let Some(call) = modules.call(&node) {
            if ROOTS.contains(&call.name.last()) {
                return Some(String::new());
            }
            if MAKERS.contains(&call.name.last()) {
                return Some(node.place_in_text());
            }
        }
        node = modules.resolve(&Modules::receiver(&node)?)?;
    }
    None
}

/// The whole path of a route; none when a parent is not known.
fn path_of(made: &BTreeMap<String, Made>, one: &Made) -> Option<String> {
    let mut path = written(one.path.as_deref().unwrap_or_default());
    let mut place = one.parent.as_ref()?;
    for _ in 0..MAX_DEPTH {
        if place.is_empty() {
            return Some(path);
        }
        let parent = made.get(place)?;
        if let Some(above) = &parent.path {
            path = join(&written(above), &path);
        }
        place = parent.parent.as_ref()?;
    }
    None
}

/// `$id` is `:id`, `{-$id}` is `:id?`, `$` is a splat.
/// <https://tanstack.com/router/latest/docs/framework/react/routing/routing-concepts>
fn written(path: &str) -> String {
    let parts: Vec<String> = path
        .split('/')
        .map(|part| {
            let optional = part
                .strip_prefix("{-$")
                .and_then(|part| part.strip_suffix('}'));
            match (part, optional, part.strip_prefix('$')) {
                ("$" | "*", ..) => SPLAT.to_owned(),
                (_, Some(name), _) => format!(":{name}?"),
                (_, _, Some(name)) => format!(":{name}"),
                _ => part.to_owned(),
            }
        })
        .collect();
    parts.join("/")
}
