//! The options of TanStack Router's generator, in `tsr.config.json` and where the bundler's plugin is called.

use serde_json::Value;

use crate::analyze::findings::Findings;
use crate::analyze::jsonc;
use crate::analyze::project::Sources;
use crate::analyze::text::{self, MAX_SOURCE};

/// <https://tanstack.com/router/latest/docs/api/file-based-routing>
const FILE: &str = "tsr.config.json";

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
    /// The name of a folder's own page.
    pub(super) index_token: String,
    /// The name of a folder's layout.
    pub(super) route_token: String,
    /// Where the tree is generated.
    pub(super) tree: Option<String>,
    /// Whether routes are listed by a module, not by names of files.
    pub(super) is_virtual: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            folder: None,
            prefix: String::new(),
            ignore_prefix: "-".to_owned(),
            index_token: "index".to_owned(),
            route_token: "route".to_owned(),
            tree: None,
            is_virtual: false,
        }
    }
}

/// Reads the options; what only running code would tell is a finding.
pub(super) fn read(sources: &Sources<'_>, findings: &mut Findings) -> Config {
    let mut config = Config::default();
    let text = text::read_quietly(&sources.root.join(FILE), MAX_SOURCE);
    if let Some(text) = text {
        match jsonc::parse(&text) {
            Some(options) => config.apply(&options, FILE, findings),
            None => findings.warn("config_not_static", format!("{FILE} is no JSON")),
        }
    }
    if config.folder.is_none() {
        let there = FOLDERS
            .into_iter()
            .find(|folder| sources.root.join(folder).is_dir());
        config.folder = there.map(str::to_owned);
    }
    config
}

impl Config {
    fn apply(&mut self, options: &Value, file: &str, findings: &mut Findings) {
        let text = |key: &str| options.get(key).and_then(Value::as_str);
        let folder = |text: &str| text.trim_start_matches("./").trim_matches('/').to_owned();
        if let Some(value) = text("routesDirectory") {
            self.folder = Some(folder(value));
        }
        if let Some(value) = text("generatedRouteTree") {
            self.tree = Some(folder(value));
        }
        for (key, field) in [
            ("routeFilePrefix", &mut self.prefix),
            ("routeFileIgnorePrefix", &mut self.ignore_prefix),
            ("indexToken", &mut self.index_token),
            ("routeToken", &mut self.route_token),
        ] {
            match options.get(key) {
                Some(Value::String(value)) => field.clone_from(value),
                Some(_) => {
                    let detail = format!("`{key}` in {file} is no text; its default was used");
                    findings.warn("config_not_static", detail);
                }
                None => {}
            }
        }
        self.is_virtual |= options.get("virtualRouteConfig").is_some();
        if let Some(pattern) = text("routeFileIgnorePattern") {
            let detail = format!("`routeFileIgnorePattern` in {file} was not applied: {pattern}");
            findings.warn("config_not_static", detail);
        }
    }
}
