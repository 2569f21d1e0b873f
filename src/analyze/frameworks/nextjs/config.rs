//! `next.config.*`, read as code: what it says about which files are pages and where they are served.

use oxc_allocator::Allocator;

use crate::analyze::findings::Findings;
use crate::analyze::frameworks::settings::Settings;
use crate::analyze::project::Sources;

/// <https://nextjs.org/docs/app/api-reference/config/next-config-js>
pub(in crate::analyze::frameworks) const FILES: [&str; 4] = [
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
    pub(super) localized: Option<String>,
}

/// Reads the configuration; what only running it would tell is a finding.
pub(super) fn read(sources: &Sources<'_>, findings: &mut Findings) -> Config {
    let mut config = Config {
        extensions: DEFAULT_EXTENSIONS.map(str::to_owned).to_vec(),
        app_dir: Some(false),
        localized: None,
    };
    let is_there = |name: &&&str| sources.root.join(name).is_file();
    let allocator = Allocator::default();
    if let Some(settings) = Settings::open(sources, &allocator, &FILES, findings) {
        config.read_settings(&settings, findings);
    } else if FILES.iter().any(|name| is_there(&name)) {
        config.app_dir = None;
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
    fn read_settings(&mut self, settings: &Settings<'_>, findings: &mut Findings) {
        let file = settings.file;
        if let Some(listed) = settings.strings(&["pageExtensions"], findings) {
            self.extensions = listed;
        }
        let base = settings.string(&["basePath"], findings);
        if let Some(base) = base.filter(|base| !base.is_empty()) {
            let detail = format!("all paths are served under {base} (`basePath` in {file})");
            findings.note("base_path", detail);
        }
        self.localized = settings.has(&["i18n"]).then(|| file.to_owned());
        self.app_dir = settings.truthy(&["experimental", "appDir"]);
    }
}
