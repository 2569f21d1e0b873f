//! SvelteKit: `+page` and `+server` files under `src/routes`. <https://svelte.dev/docs/kit/routing>

mod early;
mod segment;

use std::collections::BTreeMap;

use oxc_allocator::Allocator;

use super::found::Found;
use super::settings::{Settings, VITE};
use super::{Reader, Routes, names};
use crate::analyze::findings::Findings;
use crate::analyze::parse;
use crate::analyze::project::Sources;
use crate::analyze::range;
use crate::analyze::report::RouteKind;
use crate::analyze::secondary::is_secondary;

/// <https://svelte.dev/docs/kit/configuration>
pub(super) const CONFIG: [&str; 3] = ["svelte.config.js", "svelte.config.ts", "svelte.config.mjs"];

/// The folder of a SvelteKit application.
pub(super) const EVIDENCE: &[&str] = &["src/routes"];

/// How SvelteKit projects are read.
pub(super) const READER: Reader = Reader {
    wants: |path| {
        let name = path.rsplit('/').next().unwrap_or(path);
        name.starts_with('+') || path.starts_with("src/routes/")
    },
    configures: |path| path.starts_with("svelte.config."),
    read,
};

/// The files of one folder.
#[derive(Default)]
struct Folder<'s> {
    component: Option<&'s str>,
    /// `+page.ts` and `+page.server.ts`.
    modules: Vec<&'s str>,
    server: Option<&'s str>,
}

fn read(sources: &Sources<'_>, findings: &mut Findings) -> Routes {
    let allocator = Allocator::default();
    let by_plugin = takes_options(sources)
        .then(|| Settings::of_plugin(sources, &allocator, &VITE, &["sveltekit"]))
        .flatten();
    let (settings, section) = match by_plugin {
        Some(settings) => (Some(settings), &[][..]),
        None => (
            Settings::open(sources, &allocator, &CONFIG, findings),
            &["kit"][..],
        ),
    };
    let mut string = |keys: &[&str]| {
        settings
            .as_ref()?
            .string(&[section, keys].concat(), findings)
    };
    let folder = string(&["files", "routes"]).unwrap_or_else(|| {
        let source = string(&["files", "src"]);
        format!("{}/routes", source.as_deref().unwrap_or("src"))
    });
    let folder = folder.trim_start_matches("./").trim_matches('/').to_owned();
    let base = string(&["paths", "base"]);
    if let Some((base, file)) = base.filter(|base| !base.is_empty()).zip(settings.as_ref()) {
        let key = [section, &["paths", "base"]].concat().join(".");
        let detail = format!(
            "all paths are served under {base} (`{key}` in {})",
            file.file
        );
        findings.note("base_path", detail);
    }
    let extensions = settings
        .as_ref()
        .and_then(|settings| settings.strings(&["extensions"], findings));
    let extensions = extensions.unwrap_or_else(|| vec![".svelte".to_owned()]);
    let mut found = Found::default();
    if early::is_early(sources) {
        early::find(sources, &folder, &extensions, &mut found);
    } else {
        find(sources, &folder, &extensions, &mut found);
    }
    hooks(sources, &mut found);
    if found.is_empty() {
        let detail = format!("no page and no endpoint in {folder}/");
        findings.warn("no_routes_found", detail);
        return found.finish(None);
    }
    found.finish(Some("sveltekit"))
}

/// Whether Vite's plugin takes the configuration, for which `svelte.config.js` is ignored: since 2.62, which any range of
/// version 2 may come to. <https://svelte.dev/docs/kit/@sveltejs-kit-vite#sveltekit>
fn takes_options(sources: &Sources<'_>) -> bool {
    let name = "@sveltejs/kit";
    if let Some(version) = sources.version(name) {
        return range::minor(&version).is_none_or(|version| version >= (2, 62));
    }
    let declared = sources.declared(name);
    let major = declared.as_deref().and_then(range::major);
    major.is_none_or(|major| major >= 2)
}

fn find(sources: &Sources<'_>, folder: &str, extensions: &[String], found: &mut Found) {
    let mut folders: BTreeMap<&str, Folder<'_>> = BTreeMap::new();
    for (file, inside) in names::below(sources, folder) {
        let (place, name) = inside.rsplit_once('/').unwrap_or(("", inside));
        let Some(name) = name.strip_prefix('+') else {
            continue;
        };
        let folder = folders.entry(place).or_default();
        let stem = extensions.iter().find_map(|end| name.strip_suffix(&**end));
        if let Some(stem) = stem {
            // `+page@layout` chooses another layout, not another path.
            if stem == "page" || stem.starts_with("page@") {
                folder.component.get_or_insert(file);
            }
            continue;
        }
        match name
            .strip_suffix(".ts")
            .or_else(|| name.strip_suffix(".js"))
        {
            Some("page" | "page.server") => folder.modules.push(file),
            Some("server") => folder.server = Some(file),
            _ => {}
        }
    }
    for (place, folder) in folders {
        let path = segment::path(place);
        if let Some(file) = folder.component {
            found.route(path.clone(), file, RouteKind::Page);
        } else if let Some(file) = folder.modules.first() {
            without_component(sources, &path, file, &folder.modules, found);
        }
        if let Some(file) = folder.server {
            found.endpoint(path, file, methods(sources, file));
        }
    }
}

/// A page that has no component cannot be shown: its `load` must go elsewhere, or there are only actions to post to.
/// <https://svelte.dev/docs/kit/load#Redirects>
fn without_component(
    sources: &Sources<'_>,
    path: &str,
    file: &str,
    modules: &[&str],
    found: &mut Found,
) {
    let exports = |name: &str| {
        let mut scripts = modules.iter().filter_map(|file| sources.script(file));
        scripts.any(|script| script.exports(name))
    };
    if exports("actions") && !exports("load") {
        found.endpoint(path.to_owned(), file, vec!["POST"]);
    } else {
        found.route(path.to_owned(), file, RouteKind::Redirect);
    }
}

/// The methods of a `+server` file; `fallback` takes all others.
/// <https://svelte.dev/docs/kit/routing#server-Fallback-method-handler>
fn methods(sources: &Sources<'_>, file: &str) -> Vec<&'static str> {
    match sources.script(file) {
        Some(script) if !script.exports("fallback") => script.methods.clone(),
        _ => Vec::new(),
    }
}

/// Hooks see every request. <https://svelte.dev/docs/kit/hooks>
fn hooks(sources: &Sources<'_>, found: &mut Found) {
    let is_hook = |path: &str| {
        let inside = path.strip_prefix("src/hooks");
        inside.is_some_and(|rest| {
            let stem = rest
                .strip_prefix(".server")
                .or_else(|| rest.strip_prefix("/index"))
                .unwrap_or(rest);
            stem.strip_prefix('.').is_some_and(parse::is_script)
        })
    };
    let mut files = sources.files.iter().map(|file| file.path.as_str());
    if let Some(file) = files.find(|path| !is_secondary(path) && is_hook(path)) {
        found.feature("middleware", file);
    }
}
