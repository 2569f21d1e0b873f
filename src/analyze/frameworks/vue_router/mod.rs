//! Vue Router: routes written as objects, or found among files.

mod files;
mod gathered;
mod pattern;
mod records;

use std::path::Path;

use oxc_allocator::Allocator;

use super::found::Found;
use super::{Reader, Routes};
use crate::analyze::findings::Findings;
use crate::analyze::parse::{Call, Lookup, Modules, Node, Script};
use crate::analyze::project::Sources;

use gathered::Gathered;
pub(super) use pattern::pattern;
use records::Records;

/// How projects with Vue alone are read.
pub(super) const READER: Reader = Reader {
    wants: |_| true,
    configures: |_| false,
    read,
};

/// The packages that make routers. <https://ionicframework.com/docs/vue/navigation>
const PACKAGES: [&str; 3] = ["vue-router", "@ionic/vue-router", "vite-ssg"];

/// What makes a router, by the names it is written with: `createRouter` since Vue Router 4, `new VueRouter` before.
/// vite-ssg makes one itself, of what its second argument says: <https://github.com/antfu-collective/vite-ssg#usage>
const MAKERS: [&str; 4] = ["createRouter", "VueRouter", "Router", SSG];

const SSG: &str = "ViteSSG";

/// Generators of sites whose pages are no routes of a router that is in the vocabulary.
/// <https://vitepress.dev/guide/routing>, <https://vuepress.vuejs.org/guide/page.html>
const SITES: [&str; 3] = ["vitepress", "vuepress", "gridsome"];

/// What adds routes later. <https://router.vuejs.org/guide/advanced/dynamic-routing.html>
const ADDERS: [&str; 2] = ["addRoute", "addRoutes"];

fn read(sources: &Sources<'_>, findings: &mut Findings) -> Routes {
    let has_router = PACKAGES.iter().any(|name| sources.manifest.has(name))
        || files::PACKAGES
            .iter()
            .any(|name| sources.manifest.has(name));
    let mut found = Found::default();
    let has_made = |script: &Script| script.made_routes.iter().any(|one| files::is_virtual(one));
    let is_used = sources.scripts().any(|(_, script)| has_made(script));
    files::add(sources, is_used, &mut found, findings);
    let allocator = Allocator::default();
    let modules = sources.modules(&allocator);
    let gathered = if has_router {
        gathered::read(sources, &modules)
    } else {
        Gathered::default()
    };
    let mut records = Records::new(&modules, &mut found, findings, gathered);
    for (path, script) in sources.scripts() {
        if has_made(script) {
            records.made_in(path);
        }
    }
    let using = |names: &'static [&str]| {
        let uses = move |script: &Script| names.iter().any(|name| script.routers.contains(name));
        sources
            .scripts()
            .filter(move |(_, script)| uses(script))
            .map(|(path, _)| sources.root.join(path))
    };
    let mut is_made = false;
    for file in using(&MAKERS) {
        is_made |= made(&modules, &file, &mut records);
    }
    for file in using(&ADDERS) {
        added(&modules, &file, &mut records);
    }
    if is_made {
        records.rest();
        records.addable(exported(sources, &modules));
    }
    records.finish();
    if !has_router {
        if let Some(name) = SITES.iter().find(|name| sources.manifest.has(name)) {
            let detail = format!("routes of {name} are not read");
            findings.warn("router_not_read", detail);
        }
        return Routes::default();
    }
    if found.is_empty() {
        let detail = "vue-router is a dependency, but no router with static routes was found";
        findings.warn("no_routes_found", detail);
    }
    let strategy = (is_made || !found.is_empty()).then_some("vue-router");
    found.finish(strategy)
}

/// The lists of records that the project's files of routes export.
fn exported<'a>(sources: &Sources<'_>, modules: &Modules<'a>) -> Vec<Node<'a>> {
    let scripts = sources.scripts();
    let files = scripts.filter(|(path, _)| gathered::is_of_routes(path));
    let values = files.flat_map(|(path, script)| {
        let file = sources.root.join(path);
        let names = script.exported();
        names.filter_map(move |name| modules.export(&file, name))
    });
    values
        .filter(|value| modules.is_list(value) && records::is_table(modules, value))
        .collect()
}

/// Reads the routers that are made in `file`; whether there are any.
fn made<'a>(modules: &Modules<'a>, file: &Path, records: &mut Records<'_, 'a>) -> bool {
    let mut is_made = false;
    for node in modules.uses(file, &MAKERS) {
        let Some(call) = modules
            .call(&node)
            .filter(|call| call.name.is_from(&PACKAGES))
        else {
            continue;
        };
        let number = usize::from(call.name.last() == SSG);
        let Some(options) = call.arguments.get(number) else {
            continue;
        };
        is_made = true;
        match modules.get(options, "routes") {
            Lookup::Found(routes) => records.list(&routes, "", 0),
            Lookup::Absent => {}
            Lookup::Unknown | Lookup::Circular => records.not_static(&node),
        }
        if let Lookup::Found(history) = modules.get(options, "history") {
            let base = modules.call(&history).and_then(first_text(modules));
            records.base(base, &node);
        }
        if let Lookup::Found(base) = modules.get(options, "base") {
            records.base(modules.string(&base), &node);
        }
    }
    is_made
}

/// The text of a call's first argument.
fn first_text<'m, 'a>(modules: &'m Modules<'a>) -> impl FnOnce(Call<'a>) -> Option<String> + 'm {
    |call| modules.string(call.arguments.first()?)
}

/// Reads the routes that are added in `file`: one by one, below a record by its name, or a list of them in Vue Router 3.
fn added<'a>(modules: &Modules<'a>, file: &Path, records: &mut Records<'_, 'a>) {
    for node in modules.uses(file, &ADDERS) {
        let Some(call) = modules.call(&node) else {
            records.not_static(&node);
            continue;
        };
        match (call.name.last(), &*call.arguments) {
            ("addRoutes", [list]) => records.list(list, "", 0),
            ("addRoute", [record]) => records.added(record, None),
            ("addRoute", [name, record, ..]) => match modules.string(name) {
                Some(name) => records.added(record, Some(&name)),
                None => records.not_static(&node),
            },
            _ => {}
        }
    }
}
