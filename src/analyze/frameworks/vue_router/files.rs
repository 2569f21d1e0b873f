//! Routes that a plugin of the bundler makes of files: vite-plugin-pages, unplugin-vue-router, Vue Router 5 by itself.

use std::collections::HashSet;
use std::path::{Component, Path, PathBuf};

use globset::GlobSet;
use oxc_allocator::Allocator;

use crate::analyze::findings::Findings;
use crate::analyze::frameworks::beside::{self, FileBeside};
use crate::analyze::frameworks::found::Found;
use crate::analyze::frameworks::globs::{self, MAX_PATTERNS};
use crate::analyze::frameworks::settings::VITE;
use crate::analyze::frameworks::vue_pages::legacy::{self, Style};
use crate::analyze::frameworks::vue_pages::{self, PageFile, Rules};
use crate::analyze::parse::{Modules, Node};
use crate::analyze::project::Sources;
use crate::analyze::secondary::is_secondary;

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

/// Where Quasar is told of the bundler's plugins.
/// <https://quasar.dev/quasar-cli-vite/quasar-config-file>
const QUASAR: [&str; 2] = ["quasar.config.ts", "quasar.config.js"];

/// What the plugins are called where they are called.
const PLUGINS: [&str; 4] = ["VueRouter", "Pages", "VueRouterVite", "vueRouter"];

/// The packages with these plugins. <https://router.vuejs.org/file-based-routing/>
pub(super) const PACKAGES: [&str; 3] = ["vite-plugin-pages", "unplugin-vue-router", "vue-router"];

/// How many folders of pages are read.
const MAX_FOLDERS: usize = 64;

/// A folder of pages.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Folder {
    place: PathBuf,
    /// What its pages' paths begin with.
    prefix: String,
}

/// Whether a module that imports `source` uses such routes.
pub(super) fn is_virtual(source: &str) -> bool {
    VIRTUAL.contains(&source)
}

/// Adds the pages that a plugin finds, if the bundler's configuration has one or `is_used` says so.
pub(super) fn add(
    sources: &Sources<'_>,
    is_used: bool,
    found: &mut Found,
    findings: &mut Findings,
) {
    let config = config(sources, findings);
    if !is_used && !config.is_there {
        return;
    }
    for folder in &config.folders {
        if sources.deadline.is_over() {
            return;
        }
        let pages = config.pages(sources, folder, findings);
        if config.is_old_style {
            legacy::add(&pages, Style::Plugin, found);
        } else {
            vue_pages::add(pages, Rules::Router, found, findings);
        }
    }
}

/// What the plugin is told.
struct Config {
    /// Whether there is one.
    is_there: bool,
    folders: Vec<Folder>,
    /// The endings of pages.
    extensions: Vec<String>,
    /// What is no page.
    excluded: GlobSet,
    /// Whether names are those of Nuxt 2.
    is_old_style: bool,
}

/// The plugin's options, where those are written out.
/// <https://router.vuejs.org/file-based-routing/configuration>, <https://github.com/hannoeru/vite-plugin-pages#configuration>
fn config(sources: &Sources<'_>, findings: &mut Findings) -> Config {
    let mut config = Config {
        is_there: false,
        folders: vec![Folder {
            place: sources.root.join("src/pages"),
            prefix: String::new(),
        }],
        extensions: vec!["vue".to_owned()],
        excluded: GlobSet::empty(),
        is_old_style: false,
    };
    let mut files = VITE.into_iter().chain(QUASAR);
    let file = files.find(|name| sources.root.join(name).is_file());
    let Some(file) = file else {
        return config;
    };
    let allocator = Allocator::default();
    let modules = sources.modules(&allocator);
    for node in modules.uses(&sources.root.join(file), &PLUGINS) {
        let Some(call) = modules.call(&node) else {
            continue;
        };
        if !call.name.is_from(&PACKAGES) {
            continue;
        }
        config.is_there = true;
        if call.name.is_from(&["vite-plugin-pages"]) {
            config.excluded = globs::one("**/__*__/**").unwrap_or_default();
        }
        if let Some(options) = call.arguments.first() {
            config.fill(sources, &modules, options, findings);
        }
    }
    config
}

impl Config {
    /// The pages in `folder`.
    fn pages(
        &self,
        sources: &Sources<'_>,
        folder: &Folder,
        findings: &mut Findings,
    ) -> Vec<PageFile> {
        let is_excluded = |file: &FileBeside| {
            self.excluded.is_match(&file.inside) || self.excluded.is_match(&file.shown)
        };
        let mut pages = Vec::new();
        for file in beside::files(sources, &folder.place, findings) {
            let mut extensions = self.extensions.iter();
            let stem = extensions.find_map(|extension| {
                let stem = file.inside.strip_suffix(extension.as_str())?;
                stem.strip_suffix('.')
            });
            let Some(stem) = stem else {
                continue;
            };
            if is_secondary(&file.shown) || is_excluded(&file) {
                continue;
            }
            // `users/_parent.vue` is what the pages in `users` are nested in, as `users.vue` is:
            // https://router.vuejs.org/file-based-routing/file-based-routing#nested-routes
            let stem = stem.strip_suffix("/_parent").unwrap_or(stem);
            let prefix = folder.prefix.trim_matches('/');
            pages.push(PageFile {
                inside: if prefix.is_empty() {
                    stem.to_owned()
                } else {
                    format!("{prefix}/{stem}")
                },
                page: beside::page(sources, &folder.place, &file),
                file: file.shown,
            });
        }
        pages
    }

    fn fill<'a>(
        &mut self,
        sources: &Sources<'_>,
        modules: &Modules<'a>,
        options: &Node<'a>,
        findings: &mut Findings,
    ) {
        let at = |key: &str| modules.found(options, key);
        for key in ["routesFolder", "dirs", "pagesDir"] {
            let Some(value) = at(key) else {
                continue;
            };
            match folders_of(sources, modules, &value) {
                Some(mut set) if !set.is_empty() => {
                    if set.len() > MAX_FOLDERS {
                        let place = value.place();
                        let detail =
                            format!("only {MAX_FOLDERS} folders of `{key}` at {place} were read");
                        findings.warn("routes_not_read", detail);
                    }
                    set.truncate(MAX_FOLDERS);
                    self.folders = set;
                }
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
        if let Some(set) = at("exclude") {
            let one = modules.string(&set).map(|one| vec![one]);
            if let Some(texts) = one.or_else(|| modules.strings(&set)) {
                self.exclude(&texts, &set.place(), findings);
            } else {
                let detail = format!("`exclude` at {} is not static", set.place());
                findings.warn("config_not_static", detail);
            }
        }
        let style = at("routeStyle").and_then(|value| modules.string(&value));
        self.is_old_style |= style.is_some_and(|style| style == "nuxt");
    }

    /// Leaves out what the patterns `texts`, which are written at `place`, are for.
    fn exclude(&mut self, texts: &[String], place: &str, findings: &mut Findings) {
        let (excluded, unread) = globs::all(texts);
        self.excluded = excluded;
        let what =
            format!("what `exclude` has at {place} and is no pattern, or beyond {MAX_PATTERNS}");
        findings.warn_of("glob_not_read", &what, &unread);
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
    let mut folders = Vec::new();
    let mut known = HashSet::new();
    for one in &elements {
        let folder = folder_of(sources, modules, one)?;
        if known.insert(folder.clone()) {
            folders.push(folder);
        }
    }
    Some(folders)
}

fn folder_of<'a>(sources: &Sources<'_>, modules: &Modules<'a>, node: &Node<'a>) -> Option<Folder> {
    let at = |key: &str| modules.found(node, key);
    let src = at("src").or_else(|| at("dir"));
    let place = modules.folder(src.as_ref().unwrap_or(node))?;
    let prefix = at("path").or_else(|| at("baseRoute"));
    let place = plain(&place)?;
    // Where several folders are meant at once, it is the plugin that knows which.
    let is_one = !place.to_string_lossy().contains('*');
    Some(Folder {
        place: Some(place).filter(|place| is_one && place.starts_with(sources.top))?,
        prefix: prefix
            .and_then(|value| modules.string(&value))
            .unwrap_or_default(),
    })
}

/// `place` without steps up and down.
fn plain(place: &Path) -> Option<PathBuf> {
    let mut plain = PathBuf::new();
    for part in place.components() {
        match part {
            Component::ParentDir => plain.pop().then_some(())?,
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    Some(plain)
}
