//! Applications of their own inside a project, such as its examples: they are not what the project is made of.

use std::collections::{HashSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

use super::deadline::Deadline;
use super::findings::Findings;
use super::frameworks;
use super::manifest::Manifest;
use super::workspace::WorkspaceRoot;

/// How deep they are looked for.
const MAX_DEPTH: usize = 3;

/// How many folders are looked into.
const MAX_FOLDERS: usize = 2_000;

/// Folders at the top in which a project has its own sources. A layer of Nuxt is a part of the project that extends it,
/// though it may have a manifest: <https://nuxt.com/docs/guide/going-further/layers>
const OWN: [&str; 13] = [
    "node_modules",
    "src",
    "app",
    "pages",
    "components",
    "lib",
    "public",
    "static",
    "assets",
    "content",
    "server",
    "layers",
    "routes",
];

/// The folders of other packages that a walk over `root` could meet: those of `workspace` and applications of their own.
pub(super) fn packages(
    root: &Path,
    workspace: Option<&WorkspaceRoot>,
    deadline: &Deadline,
    findings: &mut Findings,
) -> HashSet<PathBuf> {
    let mut folders = workspace.map_or_else(HashSet::new, WorkspaceRoot::member_folders);
    folders.extend(applications(root, deadline, findings));
    folders
}

/// The folders below `root` that hold an application with a manifest of its own, which no workspace connects with it.
fn applications(root: &Path, deadline: &Deadline, findings: &mut Findings) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = VecDeque::from([(root.to_owned(), 0)]);
    let mut looked_into = 0_usize;
    while let Some((folder, depth)) = waiting.pop_front() {
        looked_into = looked_into.saturating_add(1);
        if deadline.is_over_after(looked_into) {
            break;
        }
        if looked_into > MAX_FOLDERS {
            let detail = format!(
                "applications of their own inside the project were looked for in {MAX_FOLDERS} folders only"
            );
            findings.warn("too_many_folders", detail);
            break;
        }
        if depth > 0 && is_application(&folder) {
            found.push(folder);
        } else if depth < MAX_DEPTH {
            let mut below: Vec<PathBuf> = folders_in(&folder, depth == 0).collect();
            below.sort();
            let below = below.into_iter();
            waiting.extend(below.map(|inner| (inner, depth.saturating_add(1))));
        }
    }
    found
}

fn folders_in(folder: &Path, is_top: bool) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let folders = entries.filter(move |entry| {
        let name = entry.file_name();
        let name = name.to_str().unwrap_or(".");
        let is_own = name == "node_modules" || (is_top && OWN.contains(&name));
        // Links are no folders to the walk either.
        !name.starts_with('.') && !is_own && entry.file_type().is_ok_and(|kind| kind.is_dir())
    });
    folders.map(|entry| entry.path())
}

fn is_application(folder: &Path) -> bool {
    if !folder.join("package.json").is_file() {
        return false;
    }
    let manifest = Manifest::read(folder).ok().flatten().unwrap_or_default();
    frameworks::detect_app(&manifest, folder).is_some_and(|known| known.id != "nuxt")
}
