//! Rush: which package manager it installs, and where it keeps the one lockfile of all projects.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::analyze::jsonc;
use crate::analyze::manifest;
use crate::analyze::text::{self, MAX_SOURCE};
use crate::analyze::walk;

/// The manager that `rush.json` in `top` names, as `packageManager` would be written.
/// <https://rushjs.io/pages/configs/rush_json/>
pub(super) fn pin(top: &Path) -> Option<String> {
    let rush = read(&top.join("rush.json"))?;
    ["pnpm", "npm", "yarn"].iter().find_map(|manager| {
        let version = manifest::string(rush.get(format!("{manager}Version")))?;
        Some(format!("{manager}@{version}"))
    })
}

/// The folder of the lockfile, and what it calls the project in `root`: its folder, seen from that of the installation.
/// <https://rushjs.io/pages/advanced/subspaces/>
pub(super) fn place(top: &Path, root: &Path) -> Option<(PathBuf, String)> {
    let rush = read(&top.join("rush.json"))?;
    let own = walk::relative(top, root);
    let config = top.join("common/config");
    let subspaces = read(&config.join("rush/subspaces.json"));
    let has_subspaces = subspaces
        .and_then(|all| all.get("subspacesEnabled")?.as_bool())
        .unwrap_or(false);
    if !has_subspaces {
        return Some((config.join("rush"), format!("../../{own}")));
    }
    let projects = rush.get("projects").and_then(Value::as_array);
    let mut projects = projects.into_iter().flatten();
    let project = projects.find(|project| {
        let folder = project.get("projectFolder").and_then(Value::as_str);
        folder == Some(own.as_str())
    });
    let subspace = project.and_then(|project| project.get("subspaceName")?.as_str());
    let folder = config.join("subspaces").join(subspace.unwrap_or("default"));
    Some((folder, format!("../../../{own}")))
}

fn read(file: &Path) -> Option<Value> {
    jsonc::parse(&text::read_quietly(file, MAX_SOURCE)?)
}
