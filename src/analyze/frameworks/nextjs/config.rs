//! `next.config.*`, read as code: what it says about which files are pages and where they are served.

use oxc_allocator::Allocator;

use crate::analyze::findings::Findings;
use crate::analyze::parse::{Lookup, Modules, Node};
use crate::analyze::project::Sources;

/// <https://nextjs.org/docs/app/api-reference/config/next-config-js>
const FILES: [&str; 5] = [
    "next.config.js",
    "next.config.mjs",
    "next.config.ts",
    "next.config.mts",
    "next.config.cjs",
];

/// <https://nextjs.org/docs/app/api-reference/config/next-config-js/pageExtensions>
const DEFAULT_EXTENSIONS: [&str; 4] = ["tsx", "ts", "jsx", "js"];

/// What matters of the configuration.
pub(super) struct Config {
    /// The endings of page files, the longest first, so that `page.tsx` is tried before `tsx`.
    pub(super) extensions: Vec<String>,
}

/// Reads the configuration; what only running it would tell is a finding.
pub(super) fn read(sources: &Sources<'_>, findings: &mut Findings) -> Config {
    let mut extensions: Vec<String> = DEFAULT_EXTENSIONS.map(str::to_owned).to_vec();
    // Nextra adds these itself: https://nextra.site/docs/guide
    if sources.manifest.has("nextra") {
        extensions.extend(["md", "mdx"].map(str::to_owned));
    }
    let file = FILES
        .into_iter()
        .find(|name| sources.root.join(name).is_file());
    if let Some(file) = file {
        let allocator = Allocator::default();
        let modules = sources.modules(&allocator);
        let reader = Values {
            file,
            config: modules.default_export(&sources.root.join(file)),
            modules: &modules,
        };
        let listed = reader.value("pageExtensions", findings, |node| modules.strings(node));
        extensions = listed.unwrap_or(extensions);
        let base = reader.value("basePath", findings, |node| modules.string(node));
        if let Some(base) = base.filter(|base| !base.is_empty()) {
            let detail = format!("all paths are served under {base} (`basePath` in {file})");
            findings.note("base_path", detail);
        }
        if reader.has("i18n") {
            let detail = format!("paths are also served under a locale prefix (`i18n` in {file})");
            findings.note("locale_paths", detail);
        }
    }
    extensions.sort_by_key(|extension| std::cmp::Reverse(extension.len()));
    Config { extensions }
}

struct Values<'m, 'a> {
    file: &'static str,
    config: Option<Node<'a>>,
    modules: &'m Modules<'a>,
}

impl<'a> Values<'_, 'a> {
    /// The value of `key`; none, with a finding when it is there but not static, when it cannot be read.
    fn value<T>(
        &self,
        key: &str,
        findings: &mut Findings,
        read: impl FnOnce(&Node<'a>) -> Option<T>,
    ) -> Option<T> {
        let found = self
            .config
            .as_ref()
            .map_or(Lookup::Unknown, |config| self.modules.get(config, key));
        let value = match found {
            Lookup::Absent => return None,
            Lookup::Found(node) => read(&node),
            Lookup::Unknown | Lookup::Circular => None,
        };
        if value.is_none() {
            let detail = format!(
                "`{key}` in {} is not static; its default was used",
                self.file
            );
            findings.warn("config_not_static", detail);
        }
        value
    }

    fn has(&self, key: &str) -> bool {
        self.config
            .as_ref()
            .is_some_and(|config| matches!(self.modules.get(config, key), Lookup::Found(_)))
    }
}
