//! SvelteKit before its first release: every file under `src/routes` was a page or an endpoint by its own name.

use super::segment;
use crate::analyze::frameworks::found::Found;
use crate::analyze::frameworks::names;
use crate::analyze::parse::METHODS;
use crate::analyze::project::Sources;
use crate::analyze::report::RouteKind;

/// The first version with `+page` files. <https://github.com/sveltejs/kit/discussions/5774>
const FIRST_WITH_FOLDERS: u32 = 406;

/// Whether the version is one of those.
pub(super) fn is_early(sources: &Sources<'_>) -> bool {
    let name = "@sveltejs/kit";
    let version = sources.version(name).or_else(|| sources.declared(name));
    let number = version
        .as_deref()
        .and_then(|version| {
            version
                .trim_start_matches(['^', '~', '='])
                .strip_prefix("1.0.0-next.")
        })
        .and_then(|number| number.parse::<u32>().ok());
    number.is_some_and(|number| number < FIRST_WITH_FOLDERS)
}

/// Finds pages (`about.svelte`, `about/index.svelte`) and endpoints (`data.json.js`) under `folder`.
pub(super) fn find(sources: &Sources<'_>, folder: &str, extensions: &[String], found: &mut Found) {
    let mut modules = Vec::new();
    let mut pages = Vec::new();
    for (file, inside) in names::below(sources, folder) {
        let is_private =
            |name: &str| name.starts_with('_') || (name.starts_with('.') && name != ".well-known");
        if inside.split('/').any(is_private) {
            continue;
        }
        let ending = extensions
            .iter()
            .find_map(|end| inside.strip_suffix(&**end));
        if let Some(stem) = ending {
            // `page@layout` names a layout.
            let (folders, name) = stem.rsplit_once('/').unwrap_or(("", stem));
            let name = name.split_once('@').map_or(name, |(name, _)| name);
            let path = path(folders, name);
            pages.push(path.clone());
            found.route(path, file, RouteKind::Page);
        } else if let Some(stem) = inside
            .strip_suffix(".js")
            .or_else(|| inside.strip_suffix(".ts"))
        {
            let (folders, name) = stem.rsplit_once('/').unwrap_or(("", stem));
            modules.push((path(folders, name), file));
        }
    }
    for (path, file) in modules {
        // Beside a page of the same name it is what loads that page's data.
        if !pages.contains(&path) {
            found.endpoint(path, file, methods(sources, file));
        }
    }
}

fn path(folders: &str, name: &str) -> String {
    if name == "index" {
        segment::path(folders)
    } else {
        segment::path(&format!("{folders}/{name}"))
    }
}

/// Handlers had the names of the methods in small letters; `del` was the one for DELETE.
fn methods(sources: &Sources<'_>, file: &str) -> Vec<&'static str> {
    let Some(script) = sources.script(file) else {
        return Vec::new();
    };
    let is_exported = |method: &&str| {
        let small = method.to_ascii_lowercase();
        script.exports(method)
            || script.exports(&small)
            || (*method == "DELETE" && script.exports("del"))
    };
    METHODS.into_iter().filter(is_exported).collect()
}
