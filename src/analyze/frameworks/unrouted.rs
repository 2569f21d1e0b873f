//! Frameworks whose routers are not in the vocabulary: their routes are not read, and a router that is there is a finding.

use super::{Reader, Routes};
use crate::analyze::findings::Findings;
use crate::analyze::project::Sources;

/// Routers by package. <https://svelte.dev/packages#routing>, <https://lit.dev/docs/libraries/labs/#router>,
/// <https://guides.emberjs.com/release/routing/>
const ROUTERS: [&str; 13] = [
    "svelte-routing",
    "svelte-spa-router",
    "svelte-navigator",
    "svelte-router-spa",
    "svelte5-router",
    "@mateothegreat/svelte5-router",
    "@roxi/routify",
    "@vaadin/router",
    "@lit-labs/router",
    "@open-wc/lit-router",
    "page",
    "navigo",
    "ember-source",
];

/// How projects of such frameworks are read.
pub(super) const READER: Reader = Reader {
    wants: |_| false,
    configures: |_| false,
    read,
};

fn read(sources: &Sources<'_>, findings: &mut Findings) -> Routes {
    let router = ROUTERS.into_iter().find(|name| sources.manifest.has(name));
    if let Some(name) = router {
        let detail = format!("routes of {name} are not read");
        findings.warn("router_not_read", detail);
    }
    Routes::default()
}
