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

fn read(sources: &Sources<'_>, findings: &mut Findings) -> Routes {
    if tanstack::is_used(sources)
        && let Some(routes) = tanstack::read(sources, findings)
    {
        return routes;
    }
    if sources.manifest.has("@solidjs/router") {
        let detail = "routes of @solidjs/router are not read yet";
        findings.warn("router_not_supported_yet", detail);
    }
    let mut found = Found::default();
    react_router::read(sources, &mut found, findings);
    let strategy = (!found.is_empty()).then_some("react-router");
    found.finish(strategy)
}
