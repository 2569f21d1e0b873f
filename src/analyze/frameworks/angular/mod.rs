//! Angular: the tables of routes that an application is provided with. <https://angular.dev/guide/routing/define-routes>

mod analog;
mod applications;
mod table;

use oxc_allocator::Allocator;

use super::found::Found;
use super::{Reader, Routes};
use crate::analyze::findings::Findings;
use crate::analyze::parse;
use crate::analyze::project::Sources;
use crate::analyze::walk;

pub(super) use applications::{bundler, is_application, is_project};

use table::Tables;

/// Files of an Angular application.
pub(super) const EVIDENCE: &[&str] = &["angular.json", "src/main.ts"];

/// How Angular projects are read.
pub(super) const READER: Reader = Reader {
    wants: |path| parse::is_script(walk::extension(path)),
    configures: |_| false,
    read,
};

fn read(sources: &Sources<'_>, findings: &mut Findings) -> Routes {
    let folder = applications::folder(sources, findings);
    let allocator = Allocator::default();
    let modules = sources.modules(&allocator);
    let mut found = Found::default();
    let mut tables = Tables::new(sources, &modules);
    if analog::add(sources, &modules, &mut found) {
        for (file, script) in sources.scripts() {
            if script.routers.contains(&analog::MAKER) {
                tables.handed(file, "withExtraRoutes");
            }
        }
        tables.collect(&mut found, findings);
        return found.finish(Some("angular-router"));
    }
    let is_inside = |path: &str| {
        let inside = path.strip_prefix(&*folder);
        inside.is_some_and(|rest| folder.is_empty() || rest.starts_with('/'))
    };
    let using = |name: &'static str| {
        sources
            .files
            .iter()
            .map(|file| &*file.path)
            .filter(move |path| {
                let script = sources.script(path);
                is_inside(path) && script.is_some_and(|script| script.routers.contains(&name))
            })
    };
    for file in using("provideRouter") {
        tables.handed(file, "provideRouter");
    }
    for file in using("bootstrapModule") {
        tables.bootstrapped(file);
    }
    if tables.is_empty() {
        for file in using("forRoot") {
            tables.handed(file, "forRoot");
        }
    }
    tables.collect(&mut found, findings);
    if found.is_empty() {
        let detail = "no provideRouter and no RouterModule.forRoot with routes";
        findings.warn("no_routes_found", detail);
        return found.finish(None);
    }
    found.finish(Some("angular-router"))
}
