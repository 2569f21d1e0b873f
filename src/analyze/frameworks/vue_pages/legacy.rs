//! Pages by the names of Nuxt 2: `_id.vue` is a parameter, `_.vue` takes the rest, and files nest as in later versions.

use std::collections::HashSet;

use super::PageFile;
use crate::analyze::frameworks::found::{Found, join};
use crate::analyze::report::RouteKind;

/// Who reads the names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::analyze::frameworks) enum Style {
    /// Nuxt 2.
    Nuxt,
    /// vite-plugin-pages, for which only the last parameter may be optional.
    /// <https://github.com/hannoeru/vite-plugin-pages#routestyle>
    Plugin,
}

/// Adds a route for each page of `files` that no other is nested in.
///
/// <https://v2.nuxt.com/docs/features/file-system-routing>. A parameter is optional when its folder has
/// no page of its own, and the parameter no folder: `users/_id.vue` alone is `/users/:id?`.
pub(in crate::analyze::frameworks) fn add(files: &[PageFile], style: Style, found: &mut Found) {
    let stems: HashSet<&str> = files.iter().map(|file| file.inside.as_str()).collect();
    let folders: HashSet<&str> = stems
        .iter()
        .flat_map(|stem| stem.match_indices('/').filter_map(|(at, _)| stem.get(..at)))
        .collect();
    for file in files {
        let stem = file.inside.as_str();
        // A folder of the same name holds what is nested in the page.
        if !folders.contains(stem) {
            found.route(path(stem, style, &stems), &file.file, RouteKind::Page);
        }
    }
}

fn path(stem: &str, style: Style, stems: &HashSet<&str>) -> String {
    let own = stem.strip_suffix("/index");
    let count = own.unwrap_or(stem).split('/').count();
    let mut path = String::new();
    let mut folder = String::new();
    for (number, segment) in stem.split('/').enumerate() {
        let is_last = number.saturating_add(1) == count;
        let is_required = match style {
            Style::Nuxt => own.is_some() && is_last,
            Style::Plugin => own.is_some() || !is_last,
        };
        let part = match segment {
            "index" => String::new(),
            "_" if style == Style::Plugin => ":all*".to_owned(),
            "_" => "*".to_owned(),
            _ => match segment.strip_prefix('_') {
                Some(name) if is_required || has_index(&folder, stems) => format!(":{name}"),
                Some(name) => format!(":{name}?"),
                None => segment.to_owned(),
            },
        };
        path = join(&path, &part);
        if !folder.is_empty() {
            folder.push('/');
        }
        folder.push_str(segment);
    }
    path
}

/// Whether `folder` has a page of its own.
fn has_index(folder: &str, stems: &HashSet<&str>) -> bool {
    let index = if folder.is_empty() {
        "index".to_owned()
    } else {
        format!("{folder}/index")
    };
    stems.contains(index.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn underscores_are_parameters() {
        let files = [
            "index",
            "users/_id",
            "posts/index",
            "posts/_slug/edit",
            "posts/_slug/index",
            "docs",
            "docs/_",
            "_lang",
            "tags/_tag/index",
            "shop/_item/buy",
        ];
        let files = files.map(|inside| PageFile {
            inside: inside.to_owned(),
            file: format!("{inside}.vue"),
            page: None,
        });
        let mut found = Found::default();
        add(&files, Style::Nuxt, &mut found);
        let routes = found.finish(None).routing.routes;
        let paths: Vec<_> = routes.iter().map(|route| route.path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "/",
                "/:lang",
                "/docs/*",
                "/posts",
                "/posts/:slug",
                "/posts/:slug/edit",
                "/shop/:item?/buy",
                "/tags/:tag",
                "/users/:id?"
            ]
        );
    }
}
