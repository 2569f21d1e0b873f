//! `nuxt.config.*`, read as code: where pages are, which files are pages, what the project extends.

use std::path::Path;

use oxc_allocator::Allocator;

use crate::analyze::findings::Findings;
use crate::analyze::parse::{Lookup, Modules, Node};
use crate::analyze::project::Sources;

/// <https://nuxt.com/docs/guide/directory-structure/nuxt-config>
pub(in crate::analyze::frameworks) const FILES: [&str; 6] = [
    "nuxt.config.ts",
    "nuxt.config.js",
    "nuxt.config.mjs",
    "nuxt.config.mts",
    "nuxt.config.cjs",
    "nuxt.config.cts",
];

/// What matters of a configuration; what it does not say is none or empty.
#[derive(Debug, Default)]
pub(super) struct Config {
    /// The file, by its name.
    pub(super) file: Option<&'static str>,
    /// `srcDir`
    pub(super) src: Option<String>,
    /// `serverDir`
    pub(super) server: Option<String>,
    /// `dir.pages`
    pub(super) pages: Option<String>,
    /// `dir.middleware`
    pub(super) middleware: Option<String>,
    /// `pages`, where it is on or off.
    pub(super) enabled: Option<bool>,
    /// `pages.pattern`
    pub(super) patterns: Vec<String>,
    /// `extensions`, which are added to the known ones.
    pub(super) extensions: Vec<String>,
    /// `ignore`
    pub(super) ignore: Vec<String>,
    /// `ignorePrefix`
    pub(super) ignore_prefix: Option<String>,
    /// `extends`
    pub(super) extends: Vec<String>,
    /// `future.compatibilityVersion`
    pub(super) compatibility: Option<u32>,
    /// `content.documentDriven`, with its page.
    pub(super) is_document_driven: bool,
    /// `i18n.strategy`, where it is written here.
    pub(super) i18n_strategy: Option<String>,
}

/// Whether the folder `root` has a configuration.
pub(super) fn is_in(root: &Path) -> bool {
    FILES.iter().any(|name| root.join(name).is_file())
}

/// Reads the configuration in the folder `root`, called `shown` in findings; what only running it would tell is a finding.
pub(super) fn read(
    root: &Path,
    shown: &str,
    sources: &Sources<'_>,
    findings: &mut Findings,
) -> Config {
    let mut config = Config::default();
    let Some(file) = FILES.iter().find(|name| root.join(name).is_file()) else {
        return config;
    };
    config.file = Some(file);
    let allocator = Allocator::default();
    let modules = sources.modules(&allocator);
    let Some(node) = modules.default_export(&root.join(file)) else {
        let detail = format!("{shown}{file} cannot be read as a module; the defaults were used");
        findings.warn("config_not_static", detail);
        return config;
    };
    let mut values = Values {
        file: format!("{shown}{file}"),
        modules: &modules,
        findings,
    };
    config.fill(&node, &mut values);
    config
}

impl Config {
    fn fill<'a>(&mut self, node: &Node<'a>, values: &mut Values<'_, 'a>) {
        self.src = values.string(node, "srcDir");
        self.server = values.string(node, "serverDir");
        if let Some(dir) = values.section(node, "dir") {
            self.pages = values.string(&dir, "pages");
            self.middleware = values.string(&dir, "middleware");
        }
        if let Some(pages) = values.section(node, "pages") {
            self.enabled = values.modules.truthy(&pages);
            if self.enabled == Some(true) {
                // An object may still say otherwise.
                self.enabled = match values.modules.get(&pages, "enabled") {
                    Lookup::Found(enabled) => values.modules.truthy(&enabled),
                    _ => match values.modules.get(&pages, "pattern") {
                        Lookup::Found(_) => None,
                        _ => Some(true),
                    },
                };
                self.patterns = values.strings(&pages, "pattern");
            }
        }
        self.extensions = values.strings(node, "extensions");
        self.ignore = values.strings(node, "ignore");
        self.ignore_prefix = values.string(node, "ignorePrefix");
        self.extends = values.extends(node);
        if let Some(future) = values.section(node, "future")
            && let Lookup::Found(version) = values.modules.get(&future, "compatibilityVersion")
        {
            self.compatibility = values.modules.number(&version).map(super::whole);
        }
        if let Some(content) = values.section(node, "content")
            && let Some(mode) = values.section(&content, "documentDriven")
        {
            let page = values.section(&mode, "injectPage");
            let is_off = page.is_some_and(|page| values.modules.truthy(&page) == Some(false));
            self.is_document_driven = values.modules.truthy(&mode) == Some(true) && !is_off;
        }
        if let Some(i18n) = values.section(node, "i18n") {
            self.i18n_strategy = values.string(&i18n, "strategy");
        }
        if let Some(app) = values.section(node, "app")
            && let Some(base) = values.string(&app, "baseURL")
            && base != "/"
        {
            let detail = format!(
                "all paths are served under {base} (`app.baseURL` in {})",
                values.file
            );
            values.findings.note("base_path", detail);
        }
    }
}

struct Values<'m, 'a> {
    file: String,
    modules: &'m Modules<'a>,
    findings: &'m mut Findings,
}

impl<'a> Values<'_, 'a> {
    fn section(&self, node: &Node<'a>, key: &str) -> Option<Node<'a>> {
        match self.modules.get(node, key) {
            Lookup::Found(section) => Some(section),
            _ => None,
        }
    }

    /// What `read` makes of `key`; a finding when it is there and that is nothing.
    fn value<T>(
        &mut self,
        node: &Node<'a>,
        key: &str,
        read: impl FnOnce(&Modules<'a>, &Node<'a>) -> Option<T>,
    ) -> Option<T> {
        let value = match self.modules.get(node, key) {
            Lookup::Absent => return None,
            Lookup::Found(node) => read(self.modules, &node),
            Lookup::Unknown | Lookup::Circular => None,
        };
        if value.is_none() {
            let detail = format!("`{key}` in {} is not static; it was left out", self.file);
            self.findings.warn("config_not_static", detail);
        }
        value
    }

    fn string(&mut self, node: &Node<'a>, key: &str) -> Option<String> {
        self.value(node, key, Modules::string)
    }

    /// An array of texts, or one.
    fn strings(&mut self, node: &Node<'a>, key: &str) -> Vec<String> {
        let value = self.value(node, key, |modules, node| {
            let one = modules.string(node).map(|one| vec![one]);
            one.or_else(|| modules.strings(node))
        });
        value.unwrap_or_default()
    }

    /// `extends` has layers by their place, each perhaps with options.
    /// <https://nuxt.com/docs/getting-started/layers>
    fn extends(&mut self, node: &Node<'a>) -> Vec<String> {
        let layers = match self.modules.get(node, "extends") {
            Lookup::Absent => return Vec::new(),
            Lookup::Found(layers) => layers,
            Lookup::Unknown | Lookup::Circular => node.clone(),
        };
        if let Some(one) = self.modules.string(&layers) {
            return vec![one];
        }
        let layers = self.modules.elements(&layers);
        let mut texts = Vec::new();
        let mut is_known = layers.unknown.is_empty();
        for layer in &layers.known {
            let options = || self.modules.elements(layer).known.into_iter().next();
            let text = self.modules.string(layer);
            let text = text.or_else(|| self.modules.string(&options()?));
            is_known &= text.is_some();
            texts.extend(text);
        }
        if !is_known {
            let detail = format!("some of `extends` in {} is not static", self.file);
            self.findings.warn("config_not_static", detail);
        }
        texts
    }
}
