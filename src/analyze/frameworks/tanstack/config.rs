//! The options of TanStack Router's generator, in `tsr.config.json` and where the bundler's plugin is called.

use regex::{Regex, RegexBuilder};

use crate::analyze::findings::Findings;
use crate::analyze::jsonc;
use crate::analyze::parse::{Lookup, Modules, Node};
use crate::analyze::project::Sources;
use crate::analyze::text::{self, MAX_SOURCE};

/// <https://tanstack.com/router/latest/docs/api/file-based-routing>
const FILE: &str = "tsr.config.json";

/// How large a pattern may be when it is compiled, in bytes: a larger one takes too long on many names.
const MAX_PATTERN: usize = 64 * 1024;

/// Folders of routes, the first of which that is there is taken where none is configured. Versions of TanStack Start
/// before 1.121 had them in `app`.
/// <https://tanstack.com/start/latest/docs/framework/react/guide/routing>
const FOLDERS: [&str; 2] = ["src/routes", "app/routes"];

/// What names of files mean.
#[derive(Debug, Clone)]
pub(super) struct Config {
    /// The folder of the routes, if there is any.
    pub(super) folder: Option<String>,
    /// What names of routes begin with.
    pub(super) prefix: String,
    /// What names of files that are no routes begin with.
    pub(super) ignore_prefix: String,
    /// What names of files and folders have that are no routes.
    pub(super) ignore_pattern: Option<Regex>,
    /// The name of a folder's own page.
    pub(super) index_token: String,
    /// The name of a folder's layout.
    pub(super) route_token: String,
    /// Where the tree is generated.
    pub(super) tree: Option<String>,
    /// Whether routes are listed, not named by files.
    pub(super) is_virtual: bool,
    /// The module that lists them.
    pub(super) list: Option<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            folder: None,
            prefix: String::new(),
            ignore_prefix: "-".to_owned(),
            ignore_pattern: None,
            index_token: "index".to_owned(),
            route_token: "route".to_owned(),
            tree: None,
            is_virtual: false,
            list: None,
        }
    }
}

/// The configurations of bundlers, in which the generator's plugin is called.
/// <https://tanstack.com/router/latest/docs/framework/react/installation/with-vite>
const BUNDLERS: [&str; 12] = [
    "vite.config.ts",
    "vite.config.js",
    "vite.config.mts",
    "vite.config.mjs",
    "app.config.ts",
    "app.config.js",
    "rsbuild.config.ts",
    "rsbuild.config.js",
    "rspack.config.ts",
    "rspack.config.js",
    "webpack.config.js",
    "esbuild.config.js",
];

/// The names of the plugin by bundler and version; Start's has the same options below a key of their own.
const PLUGINS: [&str; 8] = [
    "tanstackRouter",
    "TanStackRouterVite",
    "TanStackRouterRspack",
    "TanStackRouterWebpack",
    "TanStackRouterEsbuild",
    "tanstackStart",
    "default",
    "defineConfig",
];

/// The packages of the plugin alone.
const ROUTERS: [&str; 2] = ["@tanstack/router-plugin", "@tanstack/router-vite-plugin"];

/// The packages of Start.
const STARTS: [&str; 4] = [
    "@tanstack/react-start",
    "@tanstack/solid-start",
    "@tanstack/vue-start",
    "@tanstack/start",
];

/// The keys of Start that hold the generator's options, the newest first.
/// <https://tanstack.com/start/latest/docs/framework/react/guide/routing>
const INNER: [&str; 2] = ["router", "tsr"];

/// Reads the options, and the list of virtual routes where there is one; what only running code would tell is a finding.
pub(super) fn read<'a>(
    sources: &Sources<'_>,
    modules: &Modules<'a>,
    findings: &mut Findings,
) -> (Config, Option<Node<'a>>) {
    let mut config = Config::default();
    let mut listed = None;
    let text = text::read_quietly(&sources.root.join(FILE), MAX_SOURCE);
    if let Some(text) = text {
        match jsonc::parse(&text) {
            Some(options) => {
                let value = |key: &str| match options.get(key) {
                    Some(value) => Given::of(value.as_str()),
                    None => Given::Nothing,
                };
                config.apply(value, "", FILE, findings);
            }
            None => findings.warn("config_not_static", format!("{FILE} is no JSON")),
        }
    }
    let there = |name: &&&str| sources.root.join(name).is_file();
    for file in BUNDLERS.iter().filter(there) {
        for (options, inside) in options_in(sources, modules, file) {
            let value = |key: &str| match modules.get(&options, key) {
                Lookup::Absent => Given::Nothing,
                Lookup::Found(node) => Given::of(modules.string(&node).as_deref()),
                Lookup::Unknown | Lookup::Circular => Given::Unknown,
            };
            config.apply(value, &inside, file, findings);
            if let Lookup::Found(list) = modules.get(&options, "virtualRouteConfig") {
                listed = Some(list);
            }
        }
    }
    if config.folder.is_none() {
        let there = FOLDERS
            .into_iter()
            .find(|folder| sources.root.join(folder).is_dir());
        config.folder = there.map(str::to_owned);
    }
    if config.is_virtual {
        let module = config.list.as_ref().map(|file| sources.root.join(file));
        let exported = module.and_then(|path| {
            let named = modules.export(&path, "routes");
            named.or_else(|| modules.default_export(&path))
        });
        let list = exported.or(listed);
        return (config, list);
    }
    (config, None)
}

/// The options of each call of the plugin in `file`, with the folder that their folders are relative to.
fn options_in<'a>(
    sources: &Sources<'_>,
    modules: &Modules<'a>,
    file: &str,
) -> Vec<(Node<'a>, String)> {
    let mut found = Vec::new();
    for node in modules.uses(&sources.root.join(file), &PLUGINS) {
        let Some(call) = modules.call(&node) else {
            continue;
        };
        let is_plugin = call.name.is_from(&ROUTERS) || call.name.is_from(&STARTS);
        let Some(options) = call.arguments.first().filter(|_| is_plugin) else {
            continue;
        };
        let is_start = call.name.is_from(&STARTS);
        if !is_start {
            found.push((options.clone(), String::new()));
        }
        let source = match modules.get(options, "srcDirectory") {
            Lookup::Found(source) => modules.string(&source),
            _ => None,
        };
        let source = source.unwrap_or_else(|| "src".to_owned());
        for key in INNER.into_iter().filter(|_| is_start) {
            if let Lookup::Found(inner) = modules.get(options, key) {
                // Those of `router` are relative to the sources, those of `tsr` to the project.
                let inside = Some(source.clone()).filter(|_| key == "router");
                found.push((inner, inside.unwrap_or_default()));
            }
        }
    }
    found
}

/// What is said of a key.
enum Given {
    Text(String),
    Unknown,
    Nothing,
}

impl Given {
    fn of(text: Option<&str>) -> Self {
        text.map_or(Self::Unknown, |text| Self::Text(text.to_owned()))
    }
}

impl Config {
    /// Whether a name on the way to `inside`, a file in the folder of the routes, is one of no route.
    pub(super) fn ignores(&self, inside: &str) -> bool {
        let by_prefix = self.ignore_prefix.as_str();
        inside.split('/').any(|part| {
            part.starts_with('.')
                || (!by_prefix.is_empty() && part.starts_with(by_prefix))
                || !part.starts_with(self.prefix.as_str())
                || self
                    .ignore_pattern
                    .as_ref()
                    .is_some_and(|pattern| pattern.is_match(part))
        })
    }

    /// Takes what `value` says of each option in `file`; folders are relative to `inside`.
    fn apply(
        &mut self,
        value: impl Fn(&str) -> Given,
        inside: &str,
        file: &str,
        findings: &mut Findings,
    ) {
        let mut text = |key: &str| match value(key) {
            Given::Text(text) => Some(text),
            Given::Nothing => None,
            Given::Unknown => {
                let detail = format!("`{key}` in {file} is not static; its default was used");
                findings.warn("config_not_static", detail);
                None
            }
        };
        let place = |text: String| {
            let mut parts = Vec::new();
            for part in inside.split('/').chain(text.split('/')) {
                match part {
                    "" | "." => {}
                    ".." => drop(parts.pop()),
                    name => parts.push(name),
                }
            }
            parts.join("/")
        };
        self.folder = text("routesDirectory").map(place).or(self.folder.take());
        self.tree = text("generatedRouteTree").map(place).or(self.tree.take());
        for (key, field) in [
            ("routeFilePrefix", &mut self.prefix),
            ("routeFileIgnorePrefix", &mut self.ignore_prefix),
            ("indexToken", &mut self.index_token),
            ("routeToken", &mut self.route_token),
        ] {
            *field = text(key).unwrap_or_else(|| std::mem::take(field));
        }
        if let Some(pattern) = text("routeFileIgnorePattern").filter(|text| !text.is_empty()) {
            // What looks around itself or repeats what it found is not understood.
            let mut pattern_within = RegexBuilder::new(&pattern);
            self.ignore_pattern = pattern_within.size_limit(MAX_PATTERN).build().ok();
            if self.ignore_pattern.is_none() {
                let detail =
                    format!("`routeFileIgnorePattern` in {file} was not applied: {pattern}");
                findings.warn("config_not_static", detail);
            }
        }
        match value("virtualRouteConfig") {
            Given::Text(list) => {
                self.is_virtual = true;
                self.list = Some(list.trim_start_matches("./").to_owned());
            }
            Given::Unknown => self.is_virtual = true,
            Given::Nothing => {}
        }
    }
}
