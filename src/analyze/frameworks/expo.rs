//! Expo Router: files under `app/` or `src/app/`; an Expo application without it has no routes that can be visited.
//!
//! Rules: <https://docs.expo.dev/router/basics/notation/>, <https://docs.expo.dev/router/reference/src-directory/>,
//! <https://docs.expo.dev/router/web/api-routes/>. A `+not-found` file replaces the page that every application has for
//! paths without a route (<https://docs.expo.dev/router/error-handling/>): it is no route itself.

use std::collections::BTreeMap;

use oxc_allocator::Allocator;
use serde_json::Value;

use super::found::Found;
use super::settings::Settings;
use super::{Reader, Routes};
use crate::analyze::findings::Findings;
use crate::analyze::jsonc;
use crate::analyze::project::Sources;
use crate::analyze::report::RouteKind;
use crate::analyze::secondary::is_secondary;
use crate::analyze::text::{self, MAX_SOURCE};
use crate::analyze::walk;

/// How Expo projects are read.
pub(super) const READER: Reader = Reader {
    wants: |path| path.starts_with("app/") || path.starts_with("src/app/") || is_api(path),
    configures: |path| path.starts_with("app.config."),
    read,
};

/// <https://docs.expo.dev/workflow/configuration/#dynamic-configuration>
pub(super) const CONFIG: [&str; 5] = [
    "app.config.ts",
    "app.config.js",
    "app.config.mjs",
    "app.config.cjs",
    "app.config.mts",
];

/// <https://docs.expo.dev/router/basics/notation/>
const EXTENSIONS: [&str; 4] = ["tsx", "ts", "jsx", "js"];

/// Ends of names for one platform: <https://docs.expo.dev/router/advanced/platform-specific-modules/>
const PLATFORMS: [&str; 4] = ["android", "ios", "native", "web"];

fn read(sources: &Sources<'_>, findings: &mut Findings) -> Routes {
    if !sources.manifest.has("expo-router") {
        return Routes::default();
    }
    let folder = folder(sources, findings);
    let mut found = Found::default();
    let mut by_path: BTreeMap<String, (bool, &str)> = BTreeMap::new();
    let mut without_page = Vec::new();
    for file in sources.files {
        let is_script = EXTENSIONS.contains(&file.extension());
        let inside = file.path.strip_prefix(folder.as_str());
        let Some(inside) = inside.and_then(|path| path.strip_prefix('/')) else {
            continue;
        };
        if is_secondary(&file.path) || !is_script {
            continue;
        }
        let script = sources.script(&file.path);
        if is_api(inside) {
            let stem = inside.rsplit_once("+api").map_or(inside, |(stem, _)| stem);
            let methods = script.map(|script| script.methods.clone());
            found.endpoint(path(stem), &file.path, methods.unwrap_or_default());
            continue;
        }
        let stem = inside.rsplit_once('.').map_or(inside, |(stem, _)| stem);
        let platform = PLATFORMS.contains(&walk::extension(stem));
        let stem = match stem.rsplit_once('.') {
            Some((stem, _)) if platform => stem,
            _ => stem,
        };
        let name = stem.rsplit('/').next().unwrap_or(stem);
        if name == "_layout" || name.starts_with('+') {
            continue;
        }
        if script.is_some_and(|script| !script.exports("default")) {
            without_page.push(file.path.clone());
            continue;
        }
        // The file of one platform stands in for that of all, which must be there.
        let this = (platform, file.path.as_str());
        let known = by_path.entry(path(stem)).or_insert(this);
        *known = this.min(*known);
    }
    let what = "no default export, so no route";
    findings.warn_of("route_without_page", what, &without_page);
    for (path, (_, file)) in by_path {
        let redirects = sources.script(file).is_some_and(|script| script.redirects);
        let kind = if redirects {
            RouteKind::Redirect
        } else {
            RouteKind::Page
        };
        found.file_route(path, file, kind);
    }
    if found.is_empty() {
        findings.warn("no_routes_found", format!("no route in {folder}/"));
        return Routes::default();
    }
    found.finish(Some("expo-router"))
}

fn is_api(path: &str) -> bool {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    stem.ends_with("+api")
}

/// The folder of the routes: the option `root` of the plugin, else `src/app` before `app`.
/// <https://docs.expo.dev/versions/latest/sdk/router/#configuration-in-app-config>
fn folder(sources: &Sources<'_>, findings: &mut Findings) -> String {
    if let Some(root) = root_in_code(sources, findings).or_else(|| root_in_json(sources)) {
        return root
            .trim_start_matches("./")
            .trim_end_matches('/')
            .to_owned();
    }
    let inner = sources.root.join("src/app").is_dir();
    if inner { "src/app" } else { "app" }.to_owned()
}

/// The option in `app.config`, which is run after `app.json` is read.
/// <https://docs.expo.dev/workflow/configuration/#dynamic-configuration>
fn root_in_code(sources: &Sources<'_>, findings: &mut Findings) -> Option<String> {
    let allocator = Allocator::default();
    let settings = Settings::open(sources, &allocator, &CONFIG, findings)?;
    settings.plugin_string(("expo-router", "root"), findings)
}

fn root_in_json(sources: &Sources<'_>) -> Option<String> {
    let text = text::read_quietly(&sources.root.join("app.json"), MAX_SOURCE);
    let config = text.and_then(|text| jsonc::parse(&text))?;
    let config = config.get("expo").unwrap_or(&config);
    let mut plugins = config.get("plugins").and_then(Value::as_array)?.iter();
    let options = plugins.find_map(|plugin| {
        let named = plugin.get(0).and_then(Value::as_str) == Some("expo-router");
        plugin.get(1).filter(|_| named)
    });
    Some(options?.get("root")?.as_str()?.to_owned())
}

/// The path of a route's name without its ending. Groups, also several in one such as `(a,b)`, have no part in it.
fn path(stem: &str) -> String {
    let (folders, name) = stem.rsplit_once('/').unwrap_or(("", stem));
    let names = folders
        .split('/')
        .chain((name != "index").then_some(name))
        .filter(|name| !(name.is_empty() || name.starts_with('(') && name.ends_with(')')));
    let parts: Vec<String> = names
        .map(|name| {
            let inner = name
                .strip_prefix('[')
                .and_then(|rest| rest.strip_suffix(']'));
            let Some(inner) = inner.filter(|inner| !inner.contains(['[', ']'])) else {
                return name.to_owned();
            };
            match inner.strip_prefix("...") {
                Some("") => "*".to_owned(),
                Some(rest) => format!(":{rest}*"),
                None => format!(":{inner}"),
            }
        })
        .collect();
    format!("/{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_paths() {
        for (stem, expected) in [
            ("index", "/"),
            ("(tabs)/index", "/"),
            ("(a,b)/feed", "/feed"),
            ("user/[id]", "/user/:id"),
            ("user/[id]/index", "/user/:id"),
            ("[...rest]", "/:rest*"),
            ("docs/[...]", "/docs/*"),
            ("at-[id]", "/at-[id]"),
        ] {
            assert_eq!(path(stem), expected, "{stem}");
        }
    }
}
