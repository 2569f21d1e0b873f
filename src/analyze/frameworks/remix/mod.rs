//! Remix 1 and 2: routes by the names of files, and those that the configuration adds.
//!
//! Rules: <https://v2.remix.run/docs/file-conventions/routes>, <https://v2.remix.run/docs/file-conventions/remix-config>,
//! <https://v2.remix.run/docs/file-conventions/vite-config>. Version 1 names routes by nested folders unless it has the flag
//! `v2_routeConvention`: <https://v2.remix.run/docs/start/v2#file-system-route-convention>.

mod config;
mod manual;

use oxc_allocator::Allocator;

use super::flat::{self, Convention, Options};
use super::found::Found;
use super::{Reader, Routes, react_router};
use crate::analyze::findings::Findings;
use crate::analyze::project::Sources;
use crate::analyze::range;

use config::Config;

/// Files of a Remix application.
pub(super) const EVIDENCE: &[&str] = &["app/root.tsx", "app/root.jsx", "app/root.js"];

/// How Remix projects are read.
pub(super) const READER: Reader = Reader {
    wants: |path| path.starts_with("app/") || path.contains("routes/"),
    configures: |path| path.starts_with("remix.config.") || path.starts_with("vite.config."),
    read,
};

fn read(sources: &Sources<'_>, findings: &mut Findings) -> Routes {
    let allocator = Allocator::default();
    let modules = sources.modules(&allocator);
    let config = config::read(sources, &modules, findings);
    let mut found = Found::default();
    // A module lists the routes instead, with the flag `v3_routeConfig`:
    // https://v2.remix.run/docs/start/future-flags#v3_routeconfig
    if react_router::routes_of(sources, &config.app, &mut found, findings) {
        return found.finish(Some("remix-flat-routes"));
    }
    let options = Options {
        ignored: config.ignored.clone(),
        ..Options::new(convention(sources, &config), &config.app)
    };
    let mut routes = flat::routes(sources, &options, findings);
    if let Some(file) = config.adds {
        let added = manual::added(sources, &modules, file, &config.app, findings);
        // What the configuration says of a module counts: https://v2.remix.run/docs/file-conventions/remix-config#routes
        for route in &mut routes {
            if let Some(again) = added.iter().find(|one| one.file == route.file) {
                route.path.clone_from(&again.path);
            }
        }
        flat::append(&mut routes, added);
    }
    flat::collect(sources, &routes, &mut found);
    if found.is_empty() {
        let detail = format!("no route module in {}/routes/", config.app);
        findings.warn("no_routes_found", detail);
    }
    found.finish(Some("remix-flat-routes"))
}

fn convention(sources: &Sources<'_>, config: &Config) -> Convention {
    let packages = ["@remix-run/react", "@remix-run/dev"];
    let version = packages
        .iter()
        .find_map(|name| sources.version(name).or_else(|| sources.declared(name)));
    let major = version.as_deref().and_then(range::major);
    let is_flat = major.is_none_or(|major| major != 1) || config.is_flat;
    if is_flat {
        Convention::Flat
    } else {
        Convention::Folders
    }
}
