//! React, Preact and Solid without a framework: routes by the router that the code uses.

use super::found::Found;
use super::{Reader, Routes, react_router};
use crate::analyze::findings::Findings;
use crate::analyze::project::Sources;

/// How such projects are read.
pub(super) const READER: Reader = Reader {
    wants: |_| true,
    configures: |_| false,
    read,
};

fn read(sources: &Sources<'_>, findings: &mut Findings) -> Routes {
    let mut found = Found::default();
    react_router::read(sources, &mut found, findings);
    let strategy = (!found.is_empty()).then_some("react-router");
    found.finish(strategy)
}
