//! `react-router.config.ts`: where the application is, and what its paths begin with.

use oxc_allocator::Allocator;

use crate::analyze::findings::Findings;
use crate::analyze::frameworks::settings::Settings;
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
    let allocator = Allocator::default();
    let Some(settings) = Settings::open(sources, &allocator, &CONFIGS, findings) else {
        return default;
    };
    let app = settings.string(&["appDirectory"], findings);
    let base = settings.string(&["basename"], findings);
    if let Some(base) = base.filter(|base| !base.trim_matches('/').is_empty()) {
        let file = settings.file;
        let detail = format!("all paths are served under {base} (`basename` in {file})");
        findings.note("base_path", detail);
    }
    app.map_or(default, |app| {
        app.trim_start_matches("./").trim_matches('/').to_owned()
    })
}
