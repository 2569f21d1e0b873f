//! Which framework a project is found to use: one it depends on, or one that its workspace does for it.

use std::path::Path;

use super::{HTML, KNOWN, Known, angular, chosen};
use crate::analyze::manifest::Manifest;
use crate::analyze::workspace::WorkspaceRoot;

/// The frameworks whose configuration files name them in a project whose dependencies are listed elsewhere (at the root of
/// its workspace).
const NAMED: [&str; 3] = ["nextjs", "nuxt", "astro"];

/// The libraries that render, each a framework by itself.
pub(super) const UI: [&str; 7] = [
    "angular", "svelte", "vue", "preact", "solid", "lit", "react",
];

/// A framework as it was found.
#[derive(Debug, Clone, Copy)]
pub(in crate::analyze) struct Detected {
    /// Which one.
    pub(in crate::analyze) known: &'static Known,
    /// Whether another package of the workspace depends on it, not the project itself.
    pub(in crate::analyze) is_lent: bool,
}

/// The framework of `folder`, whose `manifest` takes in the dependencies that its `workspace`, with the root's manifest
/// `above`, has for it. The root of a workspace with applications is one only if it looks like it.
pub(in crate::analyze) fn detected(
    folder: &Path,
    manifest: &mut Manifest,
    above: &Manifest,
    workspace: Option<&WorkspaceRoot>,
) -> Option<Detected> {
    let has_apps = workspace.is_some_and(|all| all.folder == folder && all.has_apps());
    let own = if has_apps {
        detect_app(manifest, folder)
    } else {
        detect(manifest, folder)
    };
    let found = |known| Detected {
        known,
        is_lent: false,
    };
    if let Some(known) = own {
        return Some(found(known));
    }
    if let Some(known) = by_project_file(folder, above) {
        manifest.borrow_from(above);
        return Some(found(known));
    }
    if let Some(known) = by_script(manifest, folder) {
        if let Some(workspace) = workspace {
            workspace.lend(manifest);
        }
        return Some(Detected {
            known,
            is_lent: true,
        });
    }
    html(folder).map(found)
}

/// The framework that `manifest` depends on and `folder` shows; else the one that `manifest` depends on.
fn detect(manifest: &Manifest, folder: &Path) -> Option<&'static Known> {
    let is_there = |known: &Known| {
        let package = known.package(manifest);
        package.is_some_and(|name| !known.is_only_tried(manifest, name, folder))
    };
    detect_app(manifest, folder).or_else(|| chosen::chosen(manifest, is_there))
}

/// The framework that `manifest` depends on and that `folder` is an application of: the first with files that show it.
pub(in crate::analyze) fn detect_app(manifest: &Manifest, folder: &Path) -> Option<&'static Known> {
    chosen::chosen(manifest, |known| {
        let package = known.package(manifest);
        package.is_some_and(|name| known.is_app(manifest, name, folder))
    })
}

/// The framework of `folder`, a project of a monorepo whose dependencies are those of the manifest `above`: the one that a
/// configuration file names, one that `folder` shows, or the only library that renders which is there.
pub(in crate::analyze) fn by_project_file(
    folder: &Path,
    above: &Manifest,
) -> Option<&'static Known> {
    if !folder.join("project.json").is_file() {
        return None;
    }
    let is_angular = |known: &&Known| known.id == "angular" && angular::is_application(folder);
    if let Some(known) = configured(folder).or_else(|| KNOWN.iter().find(is_angular)) {
        return Some(known);
    }
    if !angular::is_project(folder) {
        return None;
    }
    let is_shown = |known: &&Known| {
        let package = known.package(above).filter(|_| !known.is_library());
        package.is_some_and(|name| known.is_app(above, name, folder))
    };
    if let Some(known) = KNOWN.iter().find(is_shown) {
        return Some(known);
    }
    let is_rendered = |known: &&Known| UI.contains(&known.id) && known.package(above).is_some();
    let mut rendered = KNOWN.iter().filter(is_rendered);
    let only = rendered.next().filter(|_| rendered.next().is_none());
    only.filter(|known| known.has_evidence(folder))
}

/// The framework that a configuration file in `folder` names and a script of `manifest` runs, which another package of the
/// workspace brings along, as a layer of Nuxt does.
pub(in crate::analyze) fn by_script(manifest: &Manifest, folder: &Path) -> Option<&'static Known> {
    let known = configured(folder)?;
    let is_run = known.packages.iter().any(|name| manifest.runs(name));
    is_run.then_some(known)
}

/// The framework that a configuration file in `folder` names.
fn configured(folder: &Path) -> Option<&'static Known> {
    let is_named = |known: &&Known| NAMED.contains(&known.id) && known.is_configured(folder);
    KNOWN.iter().find(is_named)
}

/// Plain HTML, when `folder` has an `index.html` where a server would look.
fn html(folder: &Path) -> Option<&'static Known> {
    HTML.has_evidence(folder).then_some(&HTML)
}
