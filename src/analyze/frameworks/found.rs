//! What a framework's files turn out to be: one route and one endpoint a path, sorted, with the files that render them.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use super::Routes;
use crate::analyze::parse::METHODS;
use crate::analyze::report::{Endpoint, Route, RouteKind, Routing};

/// The longest path that is told, in bytes: long texts that are put together would fill the memory.
pub(super) const MAX_PATH: usize = 2_048;

/// Routes and endpoints as they are found.
#[derive(Debug, Default)]
pub(super) struct Found {
    routes: BTreeMap<String, Route>,
    endpoints: BTreeMap<String, Endpoint>,
    pages: BTreeSet<String>,
    features: Vec<(&'static str, String)>,
    /// The files with paths that are too long.
    too_long: Vec<String>,
}

impl Found {
    /// `file` answers at `path`; the first file of a path keeps it, but a page takes it from a redirect.
    pub(super) fn route(&mut self, path: String, file: &str, kind: RouteKind) {
        if path.len() > MAX_PATH {
            self.too_long.push(file.to_owned());
            return;
        }
        if kind == RouteKind::Page {
            self.pages.insert(file.to_owned());
        }
        self.foreign_route(path, file, kind);
    }

    /// `file` has a page answer at `path` that lies elsewhere, so it is none of the files that render one.
    pub(super) fn foreign_route(&mut self, path: String, file: &str, kind: RouteKind) {
        let known = self.routes.get(&path).map(|route| route.kind);
        if known.is_none_or(|known| known != RouteKind::Page && kind == RouteKind::Page) {
            let route = Route {
                path: path.clone(),
                file: file.to_owned(),
                kind,
            };
            self.routes.insert(path, route);
        }
    }

    /// The page in `file` answers at `path`. It counts whatever it does: a file may be there only to redirect.
    pub(super) fn file_route(&mut self, path: String, file: &str, kind: RouteKind) {
        self.pages.insert(file.to_owned());
        self.route(path, file, kind);
    }

    /// `file` answers requests at `path` by `methods` (by all, or by those that are not known, where there are none),
    /// without a page; the first file of a path keeps it, with the methods of all.
    pub(super) fn endpoint(&mut self, path: String, file: &str, methods: Vec<&'static str>) {
        if path.len() > MAX_PATH {
            self.too_long.push(file.to_owned());
            return;
        }
        let endpoint = Endpoint {
            path: path.clone(),
            file: file.to_owned(),
            methods,
        };
        match self.endpoints.entry(path) {
            Entry::Vacant(free) => {
                free.insert(endpoint);
            }
            Entry::Occupied(known) => known.into_mut().add(endpoint.methods),
        }
    }

    /// `file` shows that the project has the feature `id`.
    pub(super) fn feature(&mut self, id: &'static str, file: &str) {
        self.features.push((id, file.to_owned()));
    }

    /// Whether a route was found.
    pub(super) fn has_routes(&self) -> bool {
        !self.routes.is_empty()
    }

    /// Whether neither a route nor an endpoint was found.
    pub(super) fn is_empty(&self) -> bool {
        self.routes.is_empty() && self.endpoints.is_empty()
    }

    /// All of it, found by `strategy`.
    pub(super) fn finish(self, strategy: Option<&'static str>) -> Routes {
        Routes {
            routing: Routing {
                strategy,
                routes: self.routes.into_values().collect(),
                endpoints: self.endpoints.into_values().collect(),
            },
            pages: u64::try_from(self.pages.len()).unwrap_or(u64::MAX),
            features: self.features,
            too_long: self.too_long,
        }
    }
}

impl Endpoint {
    /// Its methods are also `methods`.
    fn add(&mut self, methods: Vec<&'static str>) {
        if self.methods.is_empty() || methods.is_empty() {
            self.methods.clear();
            return;
        }
        self.methods.extend(methods);
        self.methods
            .sort_by_key(|method| METHODS.iter().position(|known| known == method));
        self.methods.dedup();
    }
}

/// `child` below `parent`, each with or without slashes around it; `/` for the two empty.
pub(super) fn join(parent: &str, child: &str) -> String {
    let parts = [parent, child].map(|part| part.trim_matches('/'));
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    format!("/{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_by_one_slash() {
        assert_eq!(join("", ""), "/");
        assert_eq!(join("/", "/"), "/");
        assert_eq!(join("/a/", "b"), "/a/b");
        assert_eq!(join("", "b/"), "/b");
    }

    #[test]
    fn an_endpoint_in_several_files_has_the_methods_of_all() {
        let methods = |second: Vec<&'static str>| {
            let mut found = Found::default();
            found.endpoint("/a".to_owned(), "a.post.ts", vec!["POST"]);
            found.endpoint("/a".to_owned(), "a.get.ts", second);
            found.finish(None).routing.endpoints.remove(0).methods
        };
        assert_eq!(methods(vec!["GET"]), ["GET", "POST"]);
        assert_eq!(methods(vec![]), [""; 0]);
    }

    #[test]
    fn paths_that_are_too_long_are_told_of() {
        let mut found = Found::default();
        found.route("/a".repeat(4_000), "a.tsx", RouteKind::Page);
        found.endpoint("/a".repeat(4_000), "b.ts", Vec::new());
        found.route("/a".to_owned(), "c.tsx", RouteKind::Page);
        let routes = found.finish(None);
        assert_eq!((routes.routing.routes.len(), routes.pages), (1, 1));
        assert_eq!(routes.too_long, ["a.tsx", "b.ts"]);
    }

    #[test]
    fn a_page_takes_its_path_from_a_redirect_and_no_other_way_round() {
        let mut found = Found::default();
        found.route("/a".to_owned(), "one.tsx", RouteKind::Redirect);
        found.route("/a".to_owned(), "two.tsx", RouteKind::Page);
        found.route("/a".to_owned(), "three.tsx", RouteKind::Redirect);
        let routes = found.finish(None);
        let files = routes.routing.routes.iter().map(|route| &*route.file);
        assert_eq!(files.collect::<Vec<_>>(), ["two.tsx"]);
        assert_eq!(routes.pages, 1);
    }
}
