//! `react-router.config.ts`: where the application is, and what its paths begin with.

use oxc_allocator::Allocator;

use crate::analyze::findings::Findings;
use crate::analyze::parse::Lookup;
use crate::analyze::project::Sources;

/// <https://reactrouter.com/api/framework-conventions/react-router.config.ts>
const CONFIGS: [&str; 4] = [
    "react-router.config.ts",
    "react-router.config.js",
    "react-router.config.mts",
    "react-router.config.mjs",
];

/// The folder of the application: `appDirectory`, else `app`. A `basename` is noted.
pub(super) fn app_folder(sources: &Sources<'_>, findings: &mut Findings) -> String {
    let default = "app".to_owned();
    let Some(file) = CONFIGS
        .into_iter()
        .find(|name| sources.root.join(name).is_file())
    else {
        return default;
    };
    let allocator = Allocator::default();
    let modules = sources.modules(&allocator);
    let Some(config) = modules.default_export(&sources.root.join(file)) else {
        let detail = format!("{file} cannot be read as a module; the defaults were used");
        findings.warn("config_not_static", detail);
        return default;
    };
    let mut text = |key: &str| match modules.get(&config, key) {
        Lookup::Absent => None,
        Lookup::Found(value) if modules.string(&value).is_some() => modules.string(&value),
        _ => {
            let detail = format!("`{key}` in {file} is not static; its default was used");
            findings.warn("config_not_static", detail);
            None
        }
    };
    let app = text("appDirectory");
    if let Some(base) = text("basename").filter(|base| !base.trim_matches('/').is_empty()) {
        let detail = format!("all paths are served under {base} (`basename` in {file})");
        findings.note("base_path", detail);
    }
    app.map_or(default, |app| {
        app.trim_start_matches("./").trim_matches('/').to_owned()
    })
}
