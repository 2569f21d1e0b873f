//! Analog: Angular with pages by files. <https://analogjs.org/docs/features/routing/overview>

use std::collections::HashSet;

use crate::analyze::frameworks::found::{Found, join};
use crate::analyze::frameworks::names;
use crate::analyze::frameworks::nuxt::handler;
use crate::analyze::parse::{Lookup, Modules, Script};
use crate::analyze::project::Sources;
use crate::analyze::report::RouteKind;

/// What makes a router of the files of pages.
pub(super) const MAKER: &str = "provideFileRouter";

/// Folders of pages, below the project.
const PAGES: [&str; 2] = ["src/app/pages", "src/app/routes"];

/// What a page's name ends with; Markdown is shown as it is.
/// <https://analogjs.org/docs/features/routing/content>
const ENDINGS: [&str; 5] = [".page.ts", ".page.js", ".page.analog", ".page.ag", ".md"];

/// The folder of what the server answers by itself. <https://analogjs.org/docs/features/api/overview>
const SERVER: &str = "src/server/routes";

/// Adds the pages and endpoints that are files, if the project makes such a router; whether there are pages.
pub(super) fn add(sources: &Sources<'_>, modules: &Modules<'_>, found: &mut Found) -> bool {
    let is_made = |(_, script): (&str, &Script)| script.routers.contains(&MAKER);
    if !sources.scripts().any(is_made) {
        return false;
    }
    let files: Vec<(&str, &str)> = PAGES
        .iter()
        .flat_map(|folder| names::below(sources, folder))
        .filter_map(|(file, inside)| {
            let stem = ENDINGS.iter().find_map(|end| inside.strip_suffix(end));
            Some((file, stem?))
        })
        .collect();
    let folders: HashSet<&str> = files
        .iter()
        .flat_map(|(_, stem)| stem.match_indices('/').filter_map(|(at, _)| stem.get(..at)))
        .collect();
    for (file, stem) in &files {
        // A folder of the same name holds what is nested in the page.
        if !folders.contains(stem) {
            let kind = kind(sources, modules, file);
            found.file_route(path(stem), file, kind);
        }
    }
    if !found.has_routes() {
        return false;
    }
    for (file, inside) in names::below(sources, SERVER) {
        let base = if inside.starts_with("api/") {
            "/"
        } else {
            "/api"
        };
        if let Some(handler) = handler(inside, base) {
            found.endpoint(handler.path, file, handler.methods);
        }
    }
    true
}

/// `routeMeta` may have nothing but where to go. <https://analogjs.org/docs/features/routing/metadata>
fn kind(sources: &Sources<'_>, modules: &Modules<'_>, file: &str) -> RouteKind {
    let is_exported = sources
        .script(file)
        .is_some_and(|script| script.exports("routeMeta"));
    let meta = is_exported.then(|| modules.export(&sources.root.join(file), "routeMeta"));
    let redirects = |meta| matches!(modules.get(&meta, "redirectTo"), Lookup::Found(_));
    if meta.flatten().is_some_and(redirects) {
        RouteKind::Redirect
    } else {
        RouteKind::Page
    }
}

/// The path of the page `stem`: a dot is a slash, what is in parentheses is nothing.
fn path(stem: &str) -> String {
    let mut path = String::new();
    for segment in stem.split('/') {
        let named = names::brackets(segment, |inner, is_double| {
            match (inner.strip_prefix("..."), is_double) {
                (Some(_), false) => "*".to_owned(),
                _ => names::parameter(inner, is_double),
            }
        });
        for part in without_groups(&named).split('.') {
            if part != "index" {
                path = join(&path, part);
            }
        }
    }
    join("", &path)
}

fn without_groups(segment: &str) -> String {
    let mut out = String::new();
    let mut rest = segment;
    while let Some((before, from)) = rest.split_once('(') {
        let Some((_, after)) = from.split_once(')') else {
            break;
        };
        out.push_str(before);
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_pages_are_paths() {
        for (stem, expected) in [
            ("index", "/"),
            ("(home)", "/"),
            ("about", "/about"),
            ("about.team", "/about/team"),
            ("products/[id]", "/products/:id"),
            ("products.[id].edit", "/products/:id/edit"),
            ("(auth)/login", "/login"),
            ("[...missing]", "/*"),
            ("docs/[[...slug]]", "/docs/:slug*"),
            ("open(", "/open("),
        ] {
            assert_eq!(path(stem), expected, "{stem}");
        }
    }
}
