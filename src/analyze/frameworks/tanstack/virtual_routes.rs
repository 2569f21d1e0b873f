//! Routes that a module lists by `rootRoute`, `route`, `index`, `layout` and `physical`, as far as it is written out.
//!
//! Rules: <https://tanstack.com/router/latest/docs/framework/react/routing/virtual-file-routes>.

use crate::analyze::findings::Findings;
use crate::analyze::frameworks::found::join;
use crate::analyze::parse::{Modules, Node};
use crate::analyze::project::Sources;

use super::config::Config;
use super::names::{self, Named, Role};

/// How deep routes are listed in one another.
const MAX_DEPTH: usize = 32;

/// The package of the functions.
const PACKAGE: [&str; 1] = ["@tanstack/virtual-file-routes"];

/// Where a list is.
#[derive(Clone, Default)]
struct Place {
    path: String,
    key: String,
    depth: usize,
}

/// Reads lists.
struct Lists<'m, 's, 'a> {
    modules: &'m Modules<'a>,
    sources: &'m Sources<'s>,
    config: &'m Config,
    folder: &'m str,
    found: Vec<Named<'s>>,
    unknown: Vec<String>,
}

/// The routes that `root`, a call of `rootRoute`, lists for the folder of `config`; what is not static is a finding.
pub(super) fn read<'s, 'a>(
    sources: &Sources<'s>,
    modules: &Modules<'a>,
    root: &Node<'a>,
    config: &Config,
    findings: &mut Findings,
) -> Vec<Named<'s>> {
    let mut lists = Lists {
        modules,
        sources,
        config,
        folder: config.folder.as_deref().unwrap_or_default(),
        found: Vec::new(),
        unknown: Vec::new(),
    };
    let call = modules.call(root);
    let children = call.filter(|call| call.name.is_from(&PACKAGE));
    match children.and_then(|call| call.arguments.into_iter().nth(1)) {
        Some(children) => lists.list(&children, &Place::default()),
        None => lists.unknown.push(root.place()),
    }
    let what = "routes that only running the code would tell";
    findings.warn_of("route_not_static", what, &lists.unknown);
    lists.found
}

impl<'a> Lists<'_, '_, 'a> {
    fn list(&mut self, list: &Node<'a>, place: &Place) {
        let elements = self.modules.elements(list);
        let unknown = elements.unknown.iter().map(Node::place);
        self.unknown.extend(unknown);
        for node in elements.known {
            if place.depth >= MAX_DEPTH || self.one(&node, place).is_none() {
                self.unknown.push(node.place());
            }
        }
    }

    /// Reads one call; none when it is not static.
    fn one(&mut self, node: &Node<'a>, place: &Place) -> Option<()> {
        let call = self.modules.call(node)?;
        if !call.name.is_from(&PACKAGE) {
            return None;
        }
        let arguments = &call.arguments;
        let text = |at: usize| arguments.get(at).and_then(|one| self.modules.string(one));
        // The file may be left out before the list.
        let (first, second) = (text(0), text(1));
        match call.name.last() {
            "index" => {
                self.add(&first?, place, Role::Index);
            }
            "route" => {
                let segment = segments(&first?);
                let inner = place.below(&segment, &segment);
                if let Some(file) = &second {
                    self.add(file, &inner, Role::Page);
                }
                let list = arguments.get(if second.is_some() { 2 } else { 1 });
                if let Some(list) = list {
                    self.list(list, &inner);
                }
            }
            "layout" => {
                let id = format!("_{}", first?);
                let list = arguments.get(if second.is_some() { 2 } else { 1 });
                if let Some(list) = list {
                    self.list(list, &place.below("", &id));
                }
            }
            "physical" => {
                let (prefix, folder) = match second {
                    Some(folder) => (first?, folder),
                    None => (String::new(), first?),
                };
                let prefix = segments(&prefix);
                self.folder_of(&folder, &place.below(&prefix, &prefix));
            }
            _ => return None,
        }
        Some(())
    }

    fn add(&mut self, file: &str, place: &Place, role: Role) {
        let file = join(self.folder, file);
        let file = file.trim_start_matches('/');
        let files = self.sources.files;
        let there = files.binary_search_by(|one| one.path.as_str().cmp(file));
        let Some(file) = there.ok().and_then(|at| files.get(at)) else {
            self.unknown.push(format!("{file}, which is not there"));
            return;
        };
        self.found.push(Named {
            file: &file.path,
            path: join("", &place.path),
            key: place.key.clone(),
            role,
        });
    }

    /// The files of `folder` by their names.
    fn folder_of(&mut self, folder: &str, place: &Place) {
        let folder = join(self.folder, folder);
        let folder = folder.trim_start_matches('/').to_owned();
        let config = Config {
            folder: Some(folder),
            ..self.config.clone()
        };
        for one in super::named(self.sources, &config) {
            self.found.push(Named {
                path: join(&place.path, &one.path),
                key: names::nested(&place.key, &one.key),
                ..one
            });
        }
    }
}

impl Place {
    fn below(&self, path: &str, key: &str) -> Self {
        Self {
            path: join(&self.path, path),
            key: names::nested(&self.key, key),
            depth: self.depth.saturating_add(1),
        }
    }
}

/// A path of the router in our notation, without slashes around it.
fn segments(path: &str) -> String {
    let parts: Vec<String> = path
        .trim_matches('/')
        .split('/')
        .map(names::pattern)
        .collect();
    parts.join("/")
}
