//! Folders with parts of a project that may lie beside it in its workspace: layers, folders of pages.

use std::collections::HashSet;
use std::path::Path;

use crate::analyze::findings::Findings;
use crate::analyze::links;
use crate::analyze::parse::{self, PageMacro};
use crate::analyze::project::Sources;
use crate::analyze::text::{self, MAX_SOURCE};
use crate::analyze::walk::{self, Walk};

/// A file in such a folder.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FileBeside {
    /// Its path in the folder.
    pub(super) inside: String,
    /// Its path as it is reported.
    pub(super) shown: String,
}

/// What the paths in `folder` begin with, seen from the project.
pub(super) fn shown(sources: &Sources<'_>, folder: &Path) -> String {
    let mut steps = String::new();
    for above in sources.root.ancestors() {
        if folder.starts_with(above) {
            let inside = walk::relative(above, folder);
            return match inside.as_str() {
                "." => steps,
                _ => format!("{steps}{inside}/"),
            };
        }
        steps.push_str("../");
    }
    steps
}

/// The files in `folder`, read anew where the walk over the project did not come; none outside of the workspace.
pub(super) fn files(
    sources: &Sources<'_>,
    folder: &Path,
    findings: &mut Findings,
) -> Vec<FileBeside> {
    let shown = shown(sources, folder);
    let known = sources.files.iter().filter_map(|file| {
        Some(FileBeside {
            inside: file.path.strip_prefix(&shown)?.to_owned(),
            shown: file.path.clone(),
        })
    });
    let known: Vec<FileBeside> = known.collect();
    let real = links::canonical_inside(folder, sources.top);
    let Some(real) = real.filter(|real| known.is_empty() && *real != sources.root && real.is_dir())
    else {
        return known;
    };
    let mut walk = Walk::over(&real, sources.top, HashSet::new(), sources.deadline);
    let mut files: Vec<FileBeside> = walk
        .by_ref()
        .map(|file| FileBeside {
            shown: format!("{shown}{}", file.path),
            inside: file.path,
        })
        .collect();
    walk.finish(findings);
    files.sort();
    files
}

/// What the page `file` in `folder` says of its own route.
pub(super) fn page(sources: &Sources<'_>, folder: &Path, file: &FileBeside) -> Option<PageMacro> {
    if let Some(script) = sources.script(&file.shown) {
        return script.page.clone();
    }
    if !file.shown.starts_with("..") {
        return None;
    }
    let text = text::read_quietly(&folder.join(&file.inside), MAX_SOURCE)?;
    match parse::component(&file.inside, &text) {
        Some((component, _)) => component.script.page,
        None => parse::script(&file.inside, &text).ok()?.page,
    }
}
