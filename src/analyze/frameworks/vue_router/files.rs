//! Routes that a plugin of the bundler makes of files: vite-plugin-pages, unplugin-vue-router, Vue Router 5 by itself.

use oxc_allocator::Allocator;

use crate::analyze::findings::Findings;
use crate::analyze::frameworks::found::Found;
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
    let (folders, extensions) = config(sources, findings);
    for folder in folders {
        let mut pages = Vec::new();
        for file in sources.files {
            let inside = file.path.strip_prefix(folder.src.as_str());
            let Some(inside) = inside.and_then(|path| path.strip_prefix('/')) else {
                continue;
            };
            let stem = extensions
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
        vue_pages::add(pages, Rules::Router, found, findings);
    }
}

/// The folders of pages and the endings of pages, by the plugin's options where those are written out.
fn config(sources: &Sources<'_>, findings: &mut Findings) -> (Vec<Folder>, Vec<String>) {
    let mut folders = vec![Folder {
        src: "src/pages".to_owned(),
        prefix: String::new(),
    }];
    let mut extensions = vec!["vue".to_owned()];
    let file = CONFIGS
        .into_iter()
        .find(|name| sources.root.join(name).is_file());
    let Some(file) = file else {
        return (folders, extensions);
    };
    let allocator = Allocator::default();
    let modules = sources.modules(&allocator);
    for node in modules.uses(&sources.root.join(file), &PLUGINS) {
        let options = modules.call(&node);
        let Some(options) = options.and_then(|call| call.arguments.into_iter().next()) else {
            continue;
        };
        let at = |key: &str| match modules.get(&options, key) {
            Lookup::Found(value) => Some(value),
            _ => None,
        };
        for key in ["routesFolder", "dirs", "pagesDir"] {
            let Some(value) = at(key) else {
                continue;
            };
            match folders_of(&modules, &value) {
                Some(set) if !set.is_empty() => folders = set,
                _ => {
                    let detail = format!("`{key}` in {file} is not static; src/pages was read");
                    findings.warn("config_not_static", detail);
                }
            }
        }
        if let Some(set) = at("extensions").and_then(|value| modules.strings(&value)) {
            extensions = set
                .into_iter()
                .map(|extension| extension.trim_start_matches('.').to_owned())
                .collect();
        }
    }
    (folders, extensions)
}

/// A folder, or several: each a path, or an object with a path and what comes before the paths of its pages.
fn folders_of<'a>(modules: &Modules<'a>, node: &Node<'a>) -> Option<Vec<Folder>> {
    if let Some(one) = folder_of(modules, node) {
        return Some(vec![one]);
    }
    let elements = modules.elements(node).certain()?;
    elements.iter().map(|one| folder_of(modules, one)).collect()
}

fn folder_of<'a>(modules: &Modules<'a>, node: &Node<'a>) -> Option<Folder> {
    let tidy = |src: String| src.trim_start_matches("./").trim_matches('/').to_owned();
    if let Some(src) = modules.string(node) {
        return Some(Folder {
            src: tidy(src),
            prefix: String::new(),
        });
    }
    let text = |key: &str| match modules.get(node, key) {
        Lookup::Found(value) => modules.string(&value),
        _ => None,
    };
    Some(Folder {
        src: tidy(text("src").or_else(|| text("dir"))?),
        prefix: text("path")
            .or_else(|| text("baseRoute"))
            .unwrap_or_default(),
    })
}
