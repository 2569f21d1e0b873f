//! Which framework a project is found to use: one it depends on, or one that its workspace does for it.

use std::path::Path;

use super::{Known, by_project_file, by_script, detect, detect_app, html};
use crate::analyze::manifest::Manifest;
use crate::analyze::workspace::WorkspaceRoot;

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
        manifest.dependencies.clone_from(&above.dependencies);
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
