//! Routes that a plugin of the bundler makes of files: vite-plugin-pages, unplugin-vue-router, Vue Router 5 by itself.

use std::path::{Component, Path};

use oxc_allocator::Allocator;

use crate::analyze::findings::Findings;
use crate::analyze::frameworks::found::Found;
use crate::analyze::frameworks::vue_pages::legacy::{self, Style};
use crate::analyze::frameworks::vue_pages::{self, PageFile, Rules};
use crate::analyze::parse::{Lookup, Modules, Node};
use crate::analyze::project::Sources;
use crate::analyze::walk::is_secondary;

/// Modules that such a plugin makes. <https://uvr.esm.is/introduction.html>,
/// <https://github.com/hannoeru/vite-plugin-pages#getting-started>
const VIRTUAL: [&str; 7] = [
    "vue-router/auto",
    "vue-router/auto-routes",
    "vue-router/auto/routes",
    "unplugin-vue-router/runtime",
    "virtual:generated-pages",
    "~pages",
    "~vue-pages",
];

/// Where the bundler is told of its plugins.
const CONFIGS: [&str; 5] = [
    "vite.config.ts",
    "vite.config.js",
    "vite.config.mts",
    "vite.config.mjs",
    "quasar.config.ts",
];

/// What the plugins are called where they are called.
const PLUGINS: [&str; 4] = ["VueRouter", "Pages", "VueRouterVite", "vueRouter"];

/// A folder of pages.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Folder {
    /// Its path in the project.
    src: String,
    /// What its pages' paths begin with.
    prefix: String,
}

/// Whether a module that imports `source` uses such routes.
pub(super) fn is_virtual(source: &str) -> bool {
    VIRTUAL.contains(&source)
}

/// Adds the pages that the plugin finds.
pub(super) fn add(sources: &Sources<'_>, found: &mut Found, findings: &mut Findings) {
    let config = config(sources, findings);
    for folder in config.folders {
        let mut pages = Vec::new();
        for file in sources.files {
            let inside = file.path.strip_prefix(folder.src.as_str());
            let Some(inside) = inside.and_then(|path| path.strip_prefix('/')) else {
                continue;
            };
            let stem = config
                .extensions
                .iter()
                .find_map(|extension| inside.strip_suffix(extension.as_str())?.strip_suffix('.'));
            let is_part = ["components/", "__"].into_iter().any(|part| {
                inside
                    .split_inclusive('/')
                    .any(|name| name.starts_with(part))
            });
            let Some(stem) = stem.filter(|_| !is_secondary(&file.path) && !is_part) else {
                continue;
            };
            let prefix = folder.prefix.trim_matches('/');
            pages.push(PageFile {
                inside: if prefix.is_empty() {
                    stem.to_owned()
                } else {
                    format!("{prefix}/{stem}")
                },
                file: file.path.clone(),
                page: sources
                    .script(&file.path)
                    .and_then(|script| script.page.clone()),
            });
        }
        if config.is_old_style {
            legacy::add(&pages, Style::Plugin, found);
        } else {
            vue_pages::add(pages, Rules::Router, found, findings);
        }
    }
}

/// What the plugin is told.
struct Config {
    folders: Vec<Folder>,
    /// The endings of pages.
    extensions: Vec<String>,
    /// Whether names are those of Nuxt 2.
    is_old_style: bool,
}

/// The plugin's options, where those are written out.
fn config(sources: &Sources<'_>, findings: &mut Findings) -> Config {
    let mut config = Config {
        folders: vec![Folder {
            src: "src/pages".to_owned(),
            prefix: String::new(),
        }],
        extensions: vec!["vue".to_owned()],
        is_old_style: false,
    };
    let file = CONFIGS
        .into_iter()
        .find(|name| sources.root.join(name).is_file());
    let Some(file) = file else {
        return config;
    };
    let allocator = Allocator::default();
    let modules = sources.modules(&allocator);
    for node in modules.uses(&sources.root.join(file), &PLUGINS) {
        let options = modules.call(&node);
        let options = options.and_then(|call| call.arguments.into_iter().next());
        if let Some(options) = options {
            config.fill(sources, &modules, &options, findings);
        }
    }
    config
}

impl Config {
    fn fill<'a>(
        &mut self,
        sources: &Sources<'_>,
        modules: &Modules<'a>,
        options: &Node<'a>,
        findings: &mut Findings,
    ) {
        let at = |key: &str| match modules.get(options, key) {
            Lookup::Found(value) => Some(value),
            _ => None,
        };
        for key in ["routesFolder", "dirs", "pagesDir"] {
            let Some(value) = at(key) else {
                continue;
            };
            match folders_of(sources, modules, &value) {
                Some(set) if !set.is_empty() => self.folders = set,
                _ => {
                    let place = value.place();
                    let detail = format!("`{key}` at {place} is not static; src/pages was read");
                    findings.warn("config_not_static", detail);
                }
            }
        }
        if let Some(set) = at("extensions").and_then(|value| modules.strings(&value)) {
            let set = set.into_iter();
            let set = set.map(|extension| extension.trim_start_matches('.').to_owned());
            self.extensions = set.collect();
        }
        let style = at("routeStyle").and_then(|value| modules.string(&value));
        self.is_old_style |= style.is_some_and(|style| style == "nuxt");
    }
}

/// A folder, or several: each a path, or an object with a path and what comes before the paths of its pages.
fn folders_of<'a>(
    sources: &Sources<'_>,
    modules: &Modules<'a>,
    node: &Node<'a>,
) -> Option<Vec<Folder>> {
    if let Some(one) = folder_of(sources, modules, node) {
        return Some(vec![one]);
    }
    let elements = modules.elements(node).certain()?;
    let folders = elements.iter();
    folders
        .map(|one| folder_of(sources, modules, one))
        .collect()
}

fn folder_of<'a>(sources: &Sources<'_>, modules: &Modules<'a>, node: &Node<'a>) -> Option<Folder> {
    let at = |key: &str| match modules.get(node, key) {
        Lookup::Found(value) => Some(value),
        _ => None,
    };
    let src = at("src").or_else(|| at("dir"));
    let place = modules.folder(src.as_ref().unwrap_or(node))?;
    let prefix = at("path").or_else(|| at("baseRoute"));
    Some(Folder {
        src: inside(sources.root, &place)?,
        prefix: prefix
            .and_then(|value| modules.string(&value))
            .unwrap_or_default(),
    })
}

/// The path of `place` in the folder `root`.
fn inside(root: &Path, place: &Path) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    for part in place.strip_prefix(root).ok()?.components() {
        match part {
            Component::Normal(name) => parts.push(name.to_string_lossy().into_owned()),
            Component::ParentDir => drop(parts.pop()?),
            _ => {}
        }
    }
    Some(parts.join("/"))
}
