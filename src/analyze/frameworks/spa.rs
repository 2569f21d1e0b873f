//! React, Preact and Solid without a framework: routes by the router that the code uses.

use super::found::Found;
use super::{Reader, Routes, react_router, tanstack};
use crate::analyze::findings::Findings;
use crate::analyze::project::Sources;

/// How such projects are read.
pub(super) const READER: Reader = Reader {
    wants: |_| true,
    configures: |_| false,
    read,
};

/// The packages of TanStack Router.
const TANSTACK: [&str; 3] = [
    "@tanstack/react-router",
    "@tanstack/solid-router",
    "@tanstack/router",
];

fn read(sources: &Sources<'_>, findings: &mut Findings) -> Routes {
    let mut found = Found::default();
    if TANSTACK.iter().any(|name| sources.manifest.has(name)) {
        if let Some(routes) = tanstack::read(sources, findings) {
            return routes;
        }
        tanstack::read_code(sources, &mut found, findings);
        if !found.is_empty() {
            return found.finish(Some("tanstack-router"));
        }
    }
    let strategy = react_router::read(sources, &mut found, findings);
    found.finish(strategy)
}
