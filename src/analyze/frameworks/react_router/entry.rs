//! Routes as they are written: in tables, nested, each with the file of what it shows.

use std::path::PathBuf;

use crate::analyze::parse::Target;
use crate::analyze::report::RouteKind;

/// Routes that are written at one place.
#[derive(Debug)]
pub(super) struct Table {
    /// The file that they are written in.
    pub(super) path: PathBuf,
    /// Where it begins there, in bytes, when it is a component that renders it.
    pub(super) start: Option<u32>,
    /// The routes.
    pub(super) entries: Vec<Entry>,
    /// What its paths go on from.
    pub(super) base: Base,
    /// Whether it is one route alone, beside what its component shows anyway.
    pub(super) is_lone: bool,
}

/// What the paths of a table go on from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    /// Nothing: they are whole.
    Root,
    /// The route with a splat that it is rendered in, as those of `<Routes>` do.
    Splat,
    /// The route of version 5 that it is rendered in, for those of its entries that are below that.
    Match,
}

/// A route, or what lies around routes.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an attribute that a route may have beside the others"
)]
pub(super) struct Entry {
    /// Its path as written; none for an index route and a layout without a path.
    pub(super) path: Option<String>,
    /// Whether its path goes on from the route that its table is rendered in.
    pub(super) below: bool,
    /// Whether it is the index route of its parent.
    pub(super) index: bool,
    /// Whether nothing is below its path, as `exact` of version 5 says.
    pub(super) exact: bool,
    /// The component that it shows, where that is in the project.
    pub(super) target: Option<Target>,
    /// The file that it is written in, relative to the project.
    pub(super) file: String,
    /// What it is when it has no routes inside.
    pub(super) kind: RouteKind,
    /// The routes inside.
    pub(super) children: Vec<Self>,
    /// Whether it has routes inside, also such as are not known.
    pub(super) is_parent: bool,
    /// The methods that it answers without showing anything.
    pub(super) methods: Vec<&'static str>,
}

impl Entry {
    /// Whether it only answers requests, as a resource route does.
    pub(super) fn is_endpoint(&self) -> bool {
        !self.is_parent && !self.methods.is_empty() && self.kind == RouteKind::Page
    }

    /// Whether what it has inside only answers requests, so that it is a page itself where it shows something.
    pub(super) fn is_leaf(&self) -> bool {
        let is_other = |one: &Self| one.is_endpoint() || one.target.is_none() && one.is_leaf();
        !self.children.is_empty() && self.children.iter().all(is_other)
    }

    /// The file that shows it: its component's, or else the one it is written in.
    pub(super) fn shown(&self) -> &str {
        let target = self.target.as_ref().map(|target| target.file.as_str());
        target.filter(|file| !file.is_empty()).unwrap_or(&self.file)
    }
}
