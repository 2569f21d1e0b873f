//! `next.config.*`, read as code: what it says about which files are pages and where they are served.

use oxc_allocator::Allocator;

use crate::analyze::findings::Findings;
use crate::analyze::parse::{Lookup, Modules, Node};
use crate::analyze::project::Sources;

/// <https://nextjs.org/docs/app/api-reference/config/next-config-js>
const FILES: [&str; 4] = [
    "next.config.js",
    "next.config.mjs",
    "next.config.ts",
    "next.config.mts",
];

/// Names that Next.js passes over.
/// <https://nextjs.org/docs/app/api-reference/config/next-config-js#ecmascript-modules>
const UNSUPPORTED: [&str; 2] = ["next.config.cjs", "next.config.cts"];

/// <https://nextjs.org/docs/app/api-reference/config/next-config-js/pageExtensions>
const DEFAULT_EXTENSIONS: [&str; 4] = ["tsx", "ts", "jsx", "js"];

/// What matters of the configuration.
pub(super) struct Config {
    /// The endings of page files, the longest first, so that `page.tsx` is tried before `tsx`.
    pub(super) extensions: Vec<String>,
    /// `experimental.appDir`; none when it depends on code.
    pub(super) app_dir: Option<bool>,
    /// The file that has `i18n`.
    pub(super) localized: Option<&'static str>,
}

/// Reads the configuration; what only running it would tell is a finding.
pub(super) fn read(sources: &Sources<'_>, findings: &mut Findings) -> Config {
    let mut config = Config {
        extensions: DEFAULT_EXTENSIONS.map(str::to_owned).to_vec(),
        app_dir: Some(false),
        localized: None,
    };
    let is_there = |name: &&&str| sources.root.join(name).is_file();
    if let Some(file) = FILES.iter().find(is_there) {
        config.read_file(file, sources, findings);
    } else if let Some(file) = UNSUPPORTED.iter().find(is_there) {
        let detail = format!("Next.js does not read {file}; the defaults were used");
        findings.warn("config_not_supported", detail);
    }
    // Nextra adds these to whatever is listed: https://nextra.site/docs/guide
    if sources.manifest.has("nextra") {
        config.extensions.extend(["md", "mdx"].map(str::to_owned));
    }
    let extensions = &mut config.extensions;
    extensions.sort_by_key(|extension| std::cmp::Reverse(extension.len()));
    extensions.dedup();
    config
}

impl Config {
    fn read_file(&mut self, file: &'static str, sources: &Sources<'_>, findings: &mut Findings) {
        let allocator = Allocator::default();
        let modules = sources.modules(&allocator);
        let Some(config) = modules.default_export(&sources.root.join(file)) else {
            let detail = format!("{file} cannot be read as a module; the defaults were used");
            findings.warn("config_not_static", detail);
            self.app_dir = None;
            return;
        };
        let reader = Values {
            file,
            config,
            modules: &modules,
        };
        let listed = reader.value("pageExtensions", findings, |node| modules.strings(node));
        if let Some(listed) = listed {
            self.extensions = listed;
        }
        let base = reader.value("basePath", findings, |node| modules.string(node));
        if let Some(base) = base.filter(|base| !base.is_empty()) {
            let detail = format!("all paths are served under {base} (`basePath` in {file})");
            findings.note("base_path", detail);
        }
        self.localized = reader.has("i18n").then_some(file);
        self.app_dir = reader.app_dir();
    }
}

struct Values<'m, 'a> {
    file: &'static str,
    config: Node<'a>,
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
        let value = match self.modules.get(&self.config, key) {
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
        matches!(self.modules.get(&self.config, key), Lookup::Found(_))
    }

    /// Whether `experimental.appDir` is on; none when that depends on code.
    fn app_dir(&self) -> Option<bool> {
        let experimental = match self.modules.get(&self.config, "experimental") {
            Lookup::Found(experimental) => experimental,
            Lookup::Absent => return Some(false),
            Lookup::Unknown | Lookup::Circular => return None,
        };
        match self.modules.get(&experimental, "appDir") {
            Lookup::Found(value) => self.modules.truthy(&value),
            Lookup::Absent => Some(false),
            Lookup::Unknown | Lookup::Circular => None,
        }
    }
}
