//! Pages of Vue by files, for Nuxt 3 and later and for the plugins of Vue Router: a file nests in the one whose name its
//! folder has, and only the leaves are routes.

pub(super) mod legacy;
mod segment;

use std::collections::HashMap;

use super::found::{Found, join};
use super::vue_router::pattern;
use crate::analyze::findings::Findings;
use crate::analyze::parse::PageMacro;
use crate::analyze::report::RouteKind;

/// What the rules differ in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rules {
    /// Nuxt's: <https://nuxt.com/docs/guide/directory-structure/app/pages>
    Nuxt,
    /// Those of Vue Router, where a dot is a slash that nests nothing:
    /// <https://uvr.esm.is/guide/file-based-routing>, <https://github.com/hannoeru/vite-plugin-pages>
    Router,
}

/// A file of pages.
#[derive(Debug, Clone)]
pub(super) struct PageFile {
    /// Its place inside the folder of pages, without its extension.
    pub(super) inside: String,
    /// Its path, as it is reported.
    pub(super) file: String,
    /// What it says of its own route.
    pub(super) page: Option<PageMacro>,
}

struct Page<'f> {
    file: &'f PageFile,
    /// Its path from the root.
    path: String,
    has_children: bool,
}

/// Adds a route for each page of `files` that no other is nested in.
///
/// A page is nested in another whose name its folder has:
/// <https://nuxt.com/docs/guide/directory-structure/app/pages#nested-routes>
pub(super) fn add(
    mut files: Vec<PageFile>,
    rules: Rules,
    found: &mut Found,
    findings: &mut Findings,
) {
    // A parent has the shorter name, so it is there before its children.
    files.sort_by(|a, b| {
        let by_length = a.inside.len().cmp(&b.inside.len());
        by_length.then_with(|| a.inside.cmp(&b.inside))
    });
    let mut pages: Vec<Page<'_>> = Vec::new();
    let mut known: HashMap<(Option<usize>, String, String), usize> = HashMap::new();
    for file in &files {
        let (mut name, mut path, mut parent) = (String::new(), String::new(), None);
        let stem = file.inside.strip_suffix(".client");
        let stem = stem.or_else(|| file.inside.strip_suffix(".server"));
        for text in stem.unwrap_or(&file.inside).split('/') {
            let Some(segment) = segment::read(text, rules == Rules::Router) else {
                continue;
            };
            if !name.is_empty() {
                name.push('/');
            }
            name.push_str(&segment.name);
            let is_index = segment.path == "index";
            let own = if is_index { "" } else { &segment.path };
            let place = join(&path, own);
            if let Some(other) = known.get(&(parent, name.clone(), place.clone())) {
                parent = Some(*other);
                path.clear();
            } else if !is_index || path.is_empty() {
                path = place;
            }
        }
        let number = pages.len();
        let outer = parent.and_then(|parent| pages.get_mut(parent));
        let above = outer.map_or_else(String::new, |outer| {
            outer.has_children = true;
            outer.path.clone()
        });
        let set = file.page.as_ref().and_then(|page| page.path.as_deref());
        let full = match set {
            Some(set) if set.starts_with('/') => pattern(set),
            Some(set) => join(&above, &pattern(set)),
            None => join(&above, &path),
        };
        known.entry((parent, name, path)).or_insert(number);
        pages.push(Page {
            file,
            path: full,
            has_children: false,
        });
    }
    add_leaves(pages, found, findings);
}

fn add_leaves(pages: Vec<Page<'_>>, found: &mut Found, findings: &mut Findings) {
    let mut aliased = Vec::new();
    for page in pages.into_iter().filter(|page| !page.has_children) {
        let said = page.file.page.as_ref();
        for key in said.iter().flat_map(|said| &said.unknown) {
            let detail = format!("`{key}` of the page {} is not static", page.file.file);
            findings.warn("page_not_static", detail);
        }
        if said.is_some_and(|said| said.unknown.contains(&"path")) {
            continue;
        }
        if said.is_some_and(|said| !said.aliases.is_empty()) {
            aliased.push(page.file.file.clone());
        }
        let kind = match said {
            Some(said) if said.redirects => RouteKind::Redirect,
            _ => RouteKind::Page,
        };
        found.file_route(page.path, &page.file.file, kind);
    }
    findings.note_of(
        "page_aliases",
        "pages with further paths (`alias`)",
        &aliased,
    );
}
