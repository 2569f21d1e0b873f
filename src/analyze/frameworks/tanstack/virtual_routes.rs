//! Routes that a module lists by `rootRoute`, `route`, `index`, `layout` and `physical`, as far as it is written out.
//!
//! Rules: <https://tanstack.com/router/latest/docs/framework/react/routing/virtual-file-routes>.

use crate::analyze::frameworks::found::join;
use crate::analyze::parse::{Modules, Node};
use crate::analyze::project::Sources;

use super::config::Config;
use super::names::{self, Named, Role};

/// How deep routes are listed in one another.
const MAX_DEPTH: usize = 32;

/// The package of the functions.
const PACKAGE: [&str; 1] = ["@tanstack/virtual-file-routes"];

/// How many lists of folders are read at most; lists may name the same folder again and again.
const MAX_LISTS: usize = 1000;

/// How many files of folders are listed at most, for the same reason.
const MAX_LISTED: usize = 200_000;

/// What reading lists left behind.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// Places of routes that are not known.
    pub(super) unknown: Vec<String>,
    /// How many lists of folders were read.
    lists: usize,
    /// How many files they have in all.
    files: usize,
}

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
    /// Whether the list is that of all routes, not of a folder.
    is_root: bool,
    found: Vec<Named<'s>>,
    notes: &'m mut Notes,
}

/// The routes that `root`, a call of `rootRoute`, lists for the folder of `config`; what is not static is noted.
pub(super) fn read<'s, 'a>(
    sources: &Sources<'s>,
    modules: &Modules<'a>,
    root: &Node<'a>,
    config: &Config,
    notes: &mut Notes,
) -> Vec<Named<'s>> {
    let mut lists = Lists {
        modules,
        sources,
        config,
        folder: config.folder.as_deref().unwrap_or_default(),
        is_root: true,
        found: Vec::new(),
        notes,
    };
    let call = modules.call(root);
    let children = call.filter(|call| call.name.is_from(&PACKAGE));
    match children.and_then(|call| call.arguments.into_iter().nth(1)) {
        Some(children) => lists.list(&children, &Place::default()),
        None => lists.notes.unknown.push(root.place()),
    }
    lists.found
}

/// Whether `file` lists the routes of its folder.
pub(super) fn is_list(file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or(file);
    let ending = name.strip_prefix("__virtual.");
    ending.is_some_and(|ending| matches!(ending, "ts" | "js" | "mts" | "mjs" | "cts" | "cjs"))
}

/// The routes that `file` lists for its folder, `inside` that of `config`.
/// <https://tanstack.com/router/latest/docs/framework/react/routing/virtual-file-routes>
pub(super) fn subtree<'s>(
    sources: &Sources<'s>,
    modules: &Modules<'_>,
    config: &Config,
    (file, inside): (&str, &str),
    notes: &mut Notes,
) -> Vec<Named<'s>> {
    notes.lists = notes.lists.saturating_add(1);
    if notes.lists > MAX_LISTS {
        notes.unknown.push(file.to_owned());
        return Vec::new();
    }
    let folder = join(config.folder.as_deref().unwrap_or_default(), inside);
    let mut lists = Lists {
        modules,
        sources,
        config,
        folder: folder.trim_start_matches('/'),
        is_root: false,
        found: Vec::new(),
        notes,
    };
    let (path, key) = names::folder(inside);
    let depth = 0;
    let exported = modules.default_export(&sources.root.join(file));
    // The list is an argument, or what a function returns that is one.
    let list = exported
        .and_then(|node| modules.call(&node))
        .filter(|call| call.name.is_from(&PACKAGE))
        .and_then(|call| call.arguments.into_iter().next());
    match list {
        Some(list) if !modules.is_list(&list) => match modules.results(&list).as_slice() {
            [returned] => lists.list(returned, &Place { path, key, depth }),
            _ => lists.notes.unknown.push(file.to_owned()),
        },
        Some(list) => lists.list(&list, &Place { path, key, depth }),
        None => lists.notes.unknown.push(file.to_owned()),
    }
    lists.found
}

impl<'a> Lists<'_, '_, 'a> {
    fn list(&mut self, list: &Node<'a>, place: &Place) {
        let elements = self.modules.elements(list);
        let unknown = elements.unknown.iter().map(Node::place);
        self.notes.unknown.extend(unknown);
        for node in elements.known {
            if place.depth >= MAX_DEPTH || self.one(&node, place).is_none() {
                self.notes.unknown.push(node.place());
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
            self.notes
                .unknown
                .push(format!("{file}, which is not there"));
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
        // The list of a folder that it names itself would never end.
        if folder == self.folder && !self.is_root {
            self.notes.unknown.push(format!("{folder}/"));
            return;
        }
        self.notes.lists = self.notes.lists.saturating_add(1);
        let is_too_much = self.notes.lists > MAX_LISTS || self.notes.files > MAX_LISTED;
        if is_too_much || self.sources.deadline.is_over() {
            self.notes
                .unknown
                .push(format!("{folder}/, after too many"));
            return;
        }
        let config = Config {
            folder: Some(folder),
            ..self.config.clone()
        };
        let files = super::named(self.sources, self.modules, &config, self.notes);
        self.notes.files = self.notes.files.saturating_add(files.len());
        for one in files {
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
