//! The configuration of Remix: `remix.config`, or the options of its plugin in `vite.config`.

use crate::analyze::findings::Findings;
use crate::analyze::parse::{Lookup, Modules, Node};
use crate::analyze::project::Sources;

/// <https://v2.remix.run/docs/file-conventions/remix-config>
const FILES: [&str; 3] = ["remix.config.js", "remix.config.mjs", "remix.config.cjs"];

/// <https://v2.remix.run/docs/file-conventions/vite-config>
const VITE_FILES: [&str; 6] = [
    "vite.config.ts",
    "vite.config.js",
    "vite.config.mts",
    "vite.config.mjs",
    "vite.config.cts",
    "vite.config.cjs",
];

/// The names of the plugin, also those it had before it was stable.
const PLUGINS: [&str; 3] = ["vitePlugin", "unstable_vitePlugin", "remix"];

/// What matters of the configuration.
pub(super) struct Config {
    /// The folder of the application.
    pub(super) app: String,
    /// Globs of files that are no routes.
    pub(super) ignored: Vec<String>,
    /// Whether version 1 names routes as version 2 does.
    pub(super) is_flat: bool,
    /// The file whose `routes` adds some.
    pub(super) adds: Option<&'static str>,
}

/// Reads the configuration; what only running it would tell is a finding.
pub(super) fn read(
    sources: &Sources<'_>,
    modules: &Modules<'_>,
    findings: &mut Findings,
) -> Config {
    let mut config = Config {
        app: "app".to_owned(),
        ignored: Vec::new(),
        is_flat: false,
        adds: None,
    };
    let there = |name: &&&str| sources.root.join(name).is_file();
    if let Some(file) = FILES.iter().find(there) {
        if let Some(options) = modules.default_export(&sources.root.join(file)) {
            config.read_options(&options, file, modules, findings);
        } else {
            let detail = format!("{file} cannot be read as a module; the defaults were used");
            findings.warn("config_not_static", detail);
        }
        return config;
    }
    let Some(file) = VITE_FILES.iter().find(there) else {
        return config;
    };
    for plugin in modules.uses(&sources.root.join(file), &PLUGINS) {
        let Some(call) = modules.call(&plugin) else {
            continue;
        };
        if let Some(options) = call
            .arguments
            .first()
            .filter(|_| call.name.is_from(&["@remix-run/dev"]))
        {
            config.read_options(options, file, modules, findings);
        }
    }
    config
}

impl Config {
    fn read_options<'a>(
        &mut self,
        options: &Node<'a>,
        file: &'static str,
        modules: &Modules<'a>,
        findings: &mut Findings,
    ) {
        let mut value = |key: &str| match modules.get(options, key) {
            Lookup::Found(node) => Some(node),
            Lookup::Absent => None,
            Lookup::Unknown | Lookup::Circular => {
                let detail = format!("`{key}` in {file} is not static; its default was used");
                findings.warn("config_not_static", detail);
                None
            }
        };
        let app = value("appDirectory").and_then(|node| modules.string(&node));
        if let Some(app) = app {
            app.trim_start_matches("./")
                .trim_end_matches('/')
                .clone_into(&mut self.app);
        }
        let ignored = value("ignoredRouteFiles").and_then(|node| modules.strings(&node));
        self.ignored = ignored.unwrap_or_default();
        self.adds = value("routes").map(|_| file);
        let future = value("future");
        let flag = future.map(|future| modules.get(&future, "v2_routeConvention"));
        if let Some(Lookup::Found(flag)) = flag {
            self.is_flat = modules.truthy(&flag) == Some(true);
        }
    }
}
