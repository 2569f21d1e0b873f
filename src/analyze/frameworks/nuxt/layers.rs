//! The layers of a Nuxt project: itself, the folders in `layers/`, and what it extends.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::config::{self, Config};
use crate::analyze::findings::Findings;
use crate::analyze::parse::{self, PageMacro};
use crate::analyze::project::Sources;
use crate::analyze::text::{self, MAX_SOURCE};
use crate::analyze::walk::{self, Walk};

/// How many layers are read.
const MAX_LAYERS: usize = 32;

/// A folder with a configuration and pages of its own.
pub(super) struct Layer {
    /// Where it is.
    root: PathBuf,
    /// What its paths begin with when they are reported: nothing for the project itself.
    pub(super) shown: String,
    /// What its configuration says.
    pub(super) config: Config,
    /// Its files.
    pub(super) files: Vec<LayerFile>,
}

/// A file of a layer.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LayerFile {
    /// Its path in the layer.
    pub(super) inside: String,
    /// Its path as it is reported.
    pub(super) shown: String,
}

/// The layers by priority: the project, those in `layers/` from the last name to the first (since Nuxt 3.12), those that
/// it extends. <https://nuxt.com/docs/guide/going-further/layers>
pub(super) fn read(sources: &Sources<'_>, has_auto: bool, findings: &mut Findings) -> Vec<Layer> {
    let mut waiting = vec![sources.root.to_owned()];
    let mut seen = HashSet::new();
    let mut layers: Vec<Layer> = Vec::new();
    while let Some(root) = waiting.pop() {
        if !seen.insert(root.clone()) {
            continue;
        }
        if layers.len() >= MAX_LAYERS {
            let detail = format!("only the first {MAX_LAYERS} layers were read");
            findings.warn("layer_not_read", detail);
            break;
        }
        let shown = shown(sources, &root);
        let config = config::read(&root, &shown, sources, findings);
        let is_project = layers.is_empty();
        let mut next = Vec::new();
        if is_project && has_auto {
            next.extend(auto(sources));
        }
        for source in &config.extends {
            if let Some(folder) = locate(sources, &root, source) {
                next.push(folder);
            } else {
                let detail = format!("the layer {source} is not in this project");
                findings.warn("layer_not_read", detail);
            }
        }
        // The last that waits is next, and what a layer extends comes right after it.
        waiting.extend(next.into_iter().rev());
        let files = files(sources, &root, &shown, findings);
        layers.push(Layer {
            root,
            shown,
            config,
            files,
        });
    }
    layers
}

/// The folders in `layers/` with a configuration, the last first.
fn auto(sources: &Sources<'_>) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(sources.root.join("layers")) else {
        return Vec::new();
    };
    let mut folders: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(|entry| entry.path())
        .filter(|folder| config::is_in(folder))
        .collect();
    folders.sort();
    folders.reverse();
    folders
}

/// The folder of the layer that `source` means in the configuration in `root`: a path, or a package of the workspace.
fn locate(sources: &Sources<'_>, root: &Path, source: &str) -> Option<PathBuf> {
    let folder = if source.starts_with('.') {
        root.join(source)
    } else if let Some(rest) = source
        .strip_prefix("~~/")
        .or_else(|| source.strip_prefix("~/"))
        .or_else(|| source.strip_prefix("@@/"))
    {
        root.join(rest)
    } else {
        let mut members = sources.workspace.iter().flat_map(|all| &all.members);
        let member = members.find(|member| member.name.as_deref() == Some(source));
        member.map_or_else(|| root.join(source), |member| member.folder.clone())
    };
    let folder = folder.canonicalize().ok()?;
    let folder = if folder.is_file() {
        folder.parent()?.to_owned()
    } else {
        folder
    };
    (folder.starts_with(sources.top) && config::is_in(&folder)).then_some(folder)
}

/// What the paths in `folder` begin with, seen from the project.
fn shown(sources: &Sources<'_>, folder: &Path) -> String {
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

/// The files in `root`, read anew where the walk over the project did not come.
fn files(
    sources: &Sources<'_>,
    root: &Path,
    shown: &str,
    findings: &mut Findings,
) -> Vec<LayerFile> {
    let known = sources.files.iter().filter_map(|file| {
        Some(LayerFile {
            inside: file.path.strip_prefix(shown)?.to_owned(),
            shown: file.path.clone(),
        })
    });
    let known: Vec<LayerFile> = known.collect();
    if !known.is_empty() || root == sources.root {
        return known;
    }
    let mut walk = Walk::over(root, sources.top, HashSet::new(), sources.deadline);
    let mut files: Vec<LayerFile> = walk
        .by_ref()
        .map(|file| LayerFile {
            shown: format!("{shown}{}", file.path),
            inside: file.path,
        })
        .collect();
    walk.finish(findings);
    files.sort();
    files
}

impl Layer {
    /// What the page `file` says of its own route.
    pub(super) fn page(&self, sources: &Sources<'_>, file: &LayerFile) -> Option<PageMacro> {
        if let Some(script) = sources.script(&file.shown) {
            return script.page.clone();
        }
        if !self.shown.starts_with("..") {
            return None;
        }
        let text = text::read_quietly(&self.root.join(&file.inside), MAX_SOURCE)?;
        match parse::component(&file.inside, &text) {
            Some((component, _)) => component.script.page,
            None => parse::script(&file.inside, &text).ok()?.page,
        }
    }

    /// Whether `name` is a file or folder in it.
    pub(super) fn has(&self, name: &str) -> bool {
        self.root.join(name).exists()
    }

    /// Whether the folder `app` is one of sources: it holds more than what may lie there in any case.
    pub(super) fn has_app_folder(&self) -> bool {
        let entries = std::fs::read_dir(self.root.join("app"));
        let names = entries.into_iter().flatten().filter_map(Result::ok);
        let mut names = names.map(|entry| entry.file_name());
        names.any(|name| {
            let name = name.to_string_lossy();
            name != "spa-loading-template.html" && !name.starts_with("router.options")
        })
    }

    /// The text of the file `name` in it.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        text::read_quietly(&self.root.join(name), MAX_SOURCE)
    }

    /// Where it is.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }
}
