//! SolidStart: files under `src/routes` that export a page, handlers of HTTP methods, or both.
//! <https://docs.solidjs.com/solid-start/building-your-application/routing>

use oxc_allocator::Allocator;

use super::found::{Found, join};
use super::settings::{Settings, VITE};
use super::{Reader, Routes, names, spa};
use crate::analyze::findings::Findings;
use crate::analyze::project::Sources;
use crate::analyze::report::RouteKind;

/// <https://docs.solidjs.com/solid-start/reference/config/define-config>
const CONFIG: [&str; 4] = [
    "app.config.ts",
    "app.config.js",
    "app.config.mjs",
    "app.config.mts",
];

/// Files and folders of a SolidStart application.
pub(super) const EVIDENCE: &[&str] = &["src/routes", "app.config.ts", "vite.config.ts"];

/// <https://docs.solidjs.com/solid-start/reference/config/define-config#parameters>
const EXTENSIONS: [&str; 4] = ["js", "jsx", "ts", "tsx"];

/// Packages that add endings of pages by themselves, with these. <https://solidbase.dev/guide>
const ADDING: [(&str, [&str; 2]); 1] = [("@kobalte/solidbase", ["md", "mdx"])];

/// How SolidStart projects are read.
pub(super) const READER: Reader = Reader {
    wants: |path| path.contains("routes/"),
    configures: |path| path.starts_with("app.config.") || path.starts_with("vite.config."),
    read,
};

/// A file that is a page.
struct Page<'s> {
    /// Its path with groups, and with a slash at the end when it is an index.
    id: String,
    file: &'s str,
}

fn read(sources: &Sources<'_>, findings: &mut Findings) -> Routes {
    let allocator = Allocator::default();
    // Since version 2 the options are those of a plugin of Vite:
    // https://docs.solidjs.com/solid-start/v2/reference/config/solid-start
    let settings = Settings::open(sources, &allocator, &CONFIG, findings)
        .or_else(|| Settings::of_plugin(sources, &allocator, &VITE, &["solidStart"]));
    let mut string = |key: &str, default: &str| {
        let value = settings.as_ref()?.string(&[key], findings);
        Some(value.unwrap_or_else(|| default.to_owned()))
    };
    let root = string("appRoot", "./src").unwrap_or_else(|| "src".to_owned());
    let folder = string("routeDir", "./routes").unwrap_or_else(|| "routes".to_owned());
    let folder = [root, folder].map(|part| part.trim_start_matches("./").to_owned());
    let folder = join(&folder[0], &folder[1]);
    let more = settings
        .as_ref()
        .and_then(|settings| settings.strings(&["extensions"], findings));
    let mut extensions: Vec<String> = EXTENSIONS.map(str::to_owned).to_vec();
    extensions.extend(more.unwrap_or_default());
    for (package, endings) in ADDING {
        if sources.manifest.has(package) {
            extensions.extend(endings.map(str::to_owned));
        }
    }
    let mut found = Found::default();
    find(sources, &folder, &extensions, &mut found);
    if found.is_empty() {
        // The file router is a component that may be left out:
        // https://docs.solidjs.com/solid-start/building-your-application/routing#other-routers
        let routes = (spa::READER.read)(sources, findings);
        if !routes.routing.routes.is_empty() {
            return routes;
        }
        let detail = format!("no page and no endpoint in {}/", folder.trim_matches('/'));
        findings.warn("no_routes_found", detail);
        return found.finish(None);
    }
    found.finish(Some("solid-start-fs"))
}

fn find(sources: &Sources<'_>, folder: &str, extensions: &[String], found: &mut Found) {
    let mut pages = Vec::new();
    for (file, inside) in names::below(sources, folder) {
        let Some((stem, ending)) = inside.rsplit_once('.') else {
            continue;
        };
        if !extensions
            .iter()
            .any(|one| one.trim_start_matches('.') == ending)
        {
            continue;
        }
        let id = id(stem);
        if matches!(ending, "md" | "mdx") {
            pages.push(Page { id, file });
            continue;
        }
        let Some(script) = sources.script(file) else {
            continue;
        };
        if !script.methods.is_empty() {
            found.endpoint(path(&id), file, script.methods.clone());
        }
        if script.exports("default") {
            pages.push(Page { id, file });
        }
    }
    // A page with others inside its own path is their layout:
    // https://docs.solidjs.com/solid-start/building-your-application/routing#nested-layouts
    let frames = |page: &Page<'_>| {
        let inside = format!("{}/", page.id);
        pages.iter().any(|other| other.id.starts_with(&inside))
    };
    for page in pages.iter().filter(|page| !frames(page)) {
        let redirects = sources
            .script(page.file)
            .is_some_and(|script| script.redirects);
        let kind = if redirects {
            RouteKind::Redirect
        } else {
            RouteKind::Page
        };
        found.file_route(path(&page.id), page.file, kind);
    }
}

/// `/blog/` for `blog/index`, `/blog/:id` for `blog/[id]`; groups stay, for layouts are told by them.
fn id(stem: &str) -> String {
    let stem = match stem.strip_suffix("index") {
        // What is in parentheses before it is not part of the name.
        Some(folder) if folder.is_empty() || folder.ends_with(['/', ')']) => folder,
        _ => stem,
    };
    let segments: Vec<String> = stem
        .split('/')
        .map(|name| names::brackets(name, names::parameter))
        .collect();
    format!("/{}", segments.join("/"))
}

/// The path of a page: what is in parentheses is there for the file system only, in whatever place of a name.
/// <https://docs.solidjs.com/solid-start/building-your-application/routing#escaping-nested-routes>
fn path(id: &str) -> String {
    let mut path = String::new();
    let mut rest = id;
    while let Some((before, after)) = rest.split_once('(') {
        match after.split_once(')') {
            Some((inside, behind)) if !inside.is_empty() && !inside.contains('/') => {
                path.push_str(before);
                rest = behind;
            }
            _ => {
                path.push_str(before);
                path.push('(');
                rest = after;
            }
        }
    }
    path.push_str(rest);
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    format!("/{}", segments.collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_become_paths() {
        for (stem, expected) in [
            ("index", "/"),
            ("blog/index", "/blog"),
            ("blog/[id]", "/blog/:id"),
            ("[[lang]]/about", "/:lang?/about"),
            ("[...404]", "/:404*"),
            ("(app)/(home)/index", "/"),
            ("users(details)/[id]", "/users/:id"),
            ("nested/(ignored)route", "/nested/route"),
            ("(basic)", "/"),
            ("docs/(1)index", "/docs"),
            ("open(end", "/open(end"),
        ] {
            assert_eq!(path(&id(stem)), expected, "{stem}");
        }
    }
}
